package warehouse

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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

// DayOrders is what one day's orders in one currency come to.
type DayOrders struct {
	Day                       int64
	Currency                  string
	Orders, Net, NetReturning int64
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
