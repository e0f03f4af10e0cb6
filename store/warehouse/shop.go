package warehouse

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/measure"
)

// LocalDay is an expression of the local day number of a time in milliseconds; see
// [measure.Calendar]. Both engines understand it.
func LocalDay(column string, offsets []measure.Offset, divide string) string {
	shift := fmt.Sprint(offsets[0].Seconds * 1000)
	if len(offsets) > 1 {
		var b strings.Builder
		b.WriteString("CASE")
		for i, o := range offsets[:len(offsets)-1] {
			fmt.Fprintf(&b, " WHEN %s < %d THEN %d", column, offsets[i+1].From.UnixMilli(), o.Seconds*1000)
		}
		fmt.Fprintf(&b, " ELSE %d END", offsets[len(offsets)-1].Seconds*1000)
		shift = b.String()
	}
	return fmt.Sprintf(divide, column+" + "+shift, 24*60*60*1000)
}

// OrderEvents selects the events that tell of orders.
var OrderEvents = fmt.Sprintf("type = %d AND name IN ('Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled')", hitori.Track)

// Done selects the events that [measure.Did] says yes to.
var Done = fmt.Sprintf("type <> %d AND NOT (type = %d AND name IN ('%s'))", hitori.System, hitori.Track, strings.Join(measure.NotDone, "', '"))

// DayOrders is what one day's orders in one currency come to.
type DayOrders struct {
	Day                       int64
	Currency                  string
	Orders, Net, NetReturning int64
}

// Within is a condition on a time in milliseconds.
func Within(column string, s measure.Span) string {
	return fmt.Sprintf("(%[1]s >= %[2]d AND %[1]s < %[3]d)", column, s.From.UnixMilli(), s.To.UnixMilli())
}

// SpanOf is an expression of the index of the span that a time in milliseconds falls into, or else -1.
func SpanOf(column string, spans []measure.Span) string {
	var b strings.Builder
	b.WriteString("CASE")
	for i, s := range spans {
		fmt.Fprintf(&b, " WHEN %s THEN %d", Within(column, s), i)
	}
	b.WriteString(" ELSE -1 END")
	return b.String()
}

// Ordered is a condition on the orders of an engine: those that make a person one who does it.
func Ordered(q *measure.PeopleQuery) string {
	condition := "NOT cancelled AND " + Within("placed", q.Span)
	switch q.Doing {
	case measure.New:
		return condition + " AND placed = first"
	case measure.Returning:
		return condition + " AND placed > first"
	}
	return condition
}

// Behind is a condition on a person and the last time they did it: to come after the page before.
func Behind(after measure.Place) string {
	if after.Time.IsZero() {
		return "true"
	}
	return fmt.Sprintf("(last < %[1]d OR (last = %[1]d AND person > %[2]d))", after.Time.UnixMilli(), after.Customer)
}

// SpanOrders is what the orders of one span in one currency come to, and when the first was placed.
type SpanOrders struct {
	Span                      int64
	Currency                  string
	Orders, Net, NetReturning int64
	First                     int64
}

// Sales puts the numbers of spans together. buyers are by span.
func Sales(spans []measure.Span, buyers map[int64]int64, orders []SpanOrders) (sales []measure.Sales, first time.Time) {
	sales = make([]measure.Sales, len(spans))
	for i := range sales {
		sales[i].Revenue, sales[i].Buyers = []measure.Revenue{}, buyers[int64(i)]
	}
	for _, o := range orders {
		if at := time.UnixMilli(o.First).UTC(); first.IsZero() || at.Before(first) {
			first = at
		}
		if o.Span >= 0 {
			s := &sales[o.Span]
			s.Orders += o.Orders
			s.Revenue = append(s.Revenue, measure.Revenue{Currency: hitori.Currency(o.Currency), Net: o.Net, Returning: o.NetReturning})
		}
	}
	for i := range sales {
		slices.SortFunc(sales[i].Revenue, func(a, b measure.Revenue) int { return cmp.Compare(a.Currency, b.Currency) })
	}
	return sales, first
}

// DayPeople is how many people did something on one day.
type DayPeople struct {
	Day                    int64
	Active, New, Returning int64
}

// Days puts the numbers of days together.
func Days(calendar measure.Calendar, people []DayPeople, orders []DayOrders) []measure.Day {
	days := make([]measure.Day, len(calendar.Days))
	index := make(map[int64]*measure.Day, len(days))
	for i := range days {
		days[i].Date, days[i].Revenue = calendar.Days[i], []measure.Revenue{}
		index[calendar.Number(i)] = &days[i]
	}
	for _, p := range people {
		if d := index[p.Day]; d != nil {
			d.Active, d.New, d.Returning = d.Active+p.Active, d.New+p.New, d.Returning+p.Returning
		}
	}
	for _, o := range orders {
		if d := index[o.Day]; d != nil {
			d.Orders += o.Orders
			d.Revenue = append(d.Revenue, measure.Revenue{Currency: hitori.Currency(o.Currency), Net: o.Net, Returning: o.NetReturning})
		}
	}
	for _, d := range days {
		slices.SortFunc(d.Revenue, func(a, b measure.Revenue) int { return cmp.Compare(a.Currency, b.Currency) })
	}
	return days
}
