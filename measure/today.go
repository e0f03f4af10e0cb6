package measure

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Span is a time from one moment up to another, which does not belong to it.
type Span struct{ From, To time.Time }

// Sales is what was ordered within a time and not cancelled since.
type Sales struct {
	Orders int64 `json:"orders"`
	// Buyers is how many people ordered.
	Buyers  int64     `json:"buyers"`
	Revenue []Revenue `json:"revenue" doc:"What remains after refunds, by currency"`
}

// Week is what was ordered on the same day of an earlier week, up to the same time of day.
type Week struct {
	Date time.Time `json:"date" doc:"The midnight with which the day begins"`
	Sales
}

// Usual is the median of earlier weeks.
type Usual struct {
	Orders  float64   `json:"orders"`
	Buyers  float64   `json:"buyers"`
	Revenue []Revenue `json:"revenue"`
}

// Today compares the day so far with the same weekday of earlier weeks up to the same time of day, in the shop's
// time zone. Refunds that came later are taken off the earlier weeks, too.
type Today struct {
	Until time.Time `json:"until" doc:"The time up to which all days are counted"`
	SoFar Sales     `json:"so_far"`
	// Usual is missing while the shop has sold for less than a week.
	Usual *Usual `json:"usual,omitempty" doc:"The median of the weeks; missing without any"`
	Weeks []Week `json:"weeks" doc:"The latest weeks, newest first, of those that began after the first order"`
}

// usualWeeks is how many weeks make the usual: two months, so that one campaign or holiday does not
// show, and the season does.
const usualWeeks = 8

// today compares the day of now with earlier weeks.
func (s *Shop) today(ctx context.Context, now time.Time) (Today, error) {
	year, month, day := now.Date()
	spans := []Span{{midnight(year, month, day, s.location), now}}
	for n := 1; n <= usualWeeks; n++ {
		from := midnight(year, month, day-7*n, s.location)
		to := time.Date(year, month, day-7*n, now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), s.location)
		if to.Before(from) { // the clocks skip midnight
			to = from
		}
		spans = append(spans, Span{from, to})
	}
	sales, first, err := s.warehouse.Sales(ctx, spans)
	if err != nil {
		return Today{}, err
	}
	today := Today{Until: now, SoFar: sales[0], Weeks: []Week{}}
	for n := 1; n < len(spans); n++ {
		if !first.IsZero() && first.Before(spans[n].From) { // the shop sold by then, for the whole day
			today.Weeks = append(today.Weeks, Week{spans[n].From, sales[n]})
		}
	}
	if len(today.Weeks) > 0 {
		today.Usual = usual(today.Weeks)
	}
	return today, nil
}

func usual(weeks []Week) *Usual {
	of := func(value func(*Week) int64) float64 { return median(weeks, value) }
	u := &Usual{
		Orders:  of(func(w *Week) int64 { return w.Orders }),
		Buyers:  of(func(w *Week) int64 { return w.Buyers }),
		Revenue: []Revenue{},
	}
	var currencies []hitori.Currency
	for i := range weeks {
		for _, r := range weeks[i].Revenue {
			currencies = append(currencies, r.Currency)
		}
	}
	slices.Sort(currencies)
	for _, currency := range slices.Compact(currencies) {
		in := func(value func(Revenue) int64) int64 {
			return int64(math.Round(of(func(w *Week) int64 {
				i := slices.IndexFunc(w.Revenue, func(r Revenue) bool { return r.Currency == currency })
				if i < 0 {
					return 0
				}
				return value(w.Revenue[i])
			})))
		}
		u.Revenue = append(u.Revenue, Revenue{
			Currency: currency, Net: in(func(r Revenue) int64 { return r.Net }), Returning: in(func(r Revenue) int64 { return r.Returning }),
		})
	}
	return u
}

// median is the middle of the values, or the mean of the two in the middle.
func median(weeks []Week, value func(*Week) int64) float64 {
	values := make([]int64, len(weeks))
	for i := range weeks {
		values[i] = value(&weeks[i])
	}
	slices.SortFunc(values, cmp.Compare[int64])
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return float64(values[middle])
	}
	return float64(values[middle-1]+values[middle]) / 2
}
