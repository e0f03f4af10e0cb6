package warehousetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/unify"
)

var shopTests = map[string]func(*testing.T, Warehouse){
	"DaysTokyo":   func(t *testing.T, w Warehouse) { shopDays(t, w, "Asia/Tokyo") },
	"DaysNewYork": func(t *testing.T, w Warehouse) { shopDays(t, w, "America/New_York") },
	"DaysOfNone": func(t *testing.T, w Warehouse) {
		for _, d := range shopNumbers(t, w, measure.NewCalendar(Epoch, 3)) {
			if d.Active+d.Orders+d.New+d.Returning != 0 || len(d.Revenue) != 0 {
				t.Errorf("got %+v", d)
			}
		}
	},
}

func shopNumbers(t *testing.T, w Warehouse, c measure.Calendar) []measure.Day {
	t.Helper()
	days, err := w.Days(within(t), c)
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// orderEvents makes events of orders in any order, changed, cancelled and refunded.
func orderEvents(random *rand.Rand, n int, around time.Time) []hitori.Stamped {
	names := []string{"Order Completed", "Order Completed", "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled", "Order Shipped", "Product Viewed"}
	var events []hitori.Stamped
	for i := range n {
		e := NewEvent(EventArgs{
			Number: i, Customer: hitori.CustomerID(1+random.IntN(40)) << 20, Name: names[random.IntN(len(names))],
			Time: around.Add(time.Duration(random.IntN(40*24*3600)-30*24*3600) * time.Second),
		})
		if e.Kind == hitori.KindPurchase {
			e.Amount, e.Currency = int64(random.IntN(5))*700, []hitori.Currency{"JPY", "JPY", "USD"}[random.IntN(3)]
			if order := random.IntN(n / 3); order%10 > 0 {
				e.OrderID = fmt.Sprint("O", order)
				e.Customer = hitori.CustomerID(1+order%40) << 20
				if order%7 == 0 { // told by two profiles
					e.Customer = hitori.CustomerID(1+(order+random.IntN(2))%40) << 20
				}
			}
		}
		events = append(events, e)
	}
	return events
}

// shopDays compares the numbers of days with those that follow from the fold of each
// person's events.
func shopDays(t *testing.T, w Warehouse, zone string) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 20, 15, 0, 0, 0, location) // New York changes its clocks on the 8th
	events := orderEvents(rand.New(rand.NewPCG(4, 2)), 1500, now)
	root := make(map[hitori.CustomerID]hitori.CustomerID)
	batch := unify.Batch{Token: "orders", Events: events}
	for i := range 12 { // profiles 1 to 12 belong to 13 to 24; two of these merges were undone
		from, to := hitori.CustomerID(1+i)<<20, hitori.CustomerID(13+i)<<20
		batch.Aliases = append(batch.Aliases, unify.Alias{Customer: from, Root: to, Version: 1})
		if root[from] = to; i < 2 {
			batch.Aliases = append(batch.Aliases, unify.Alias{Customer: from, Root: from, Version: 2})
			delete(root, from)
		}
	}
	appendBatch(t, w, batch)

	calendar := measure.NewCalendar(now, 25)
	want, buyers := expectedDays(events, root, calendar)
	got := shopNumbers(t, w, calendar)
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("day %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
	for _, news := range []bool{true, false} {
		day := 20
		ids, err := w.Buyers(within(t), measure.BuyersQuery{From: calendar.Days[day], To: calendar.Days[day+1], New: news, Returning: !news, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(ids)
		if !slices.Equal(ids, buyers[news][day]) {
			t.Errorf("buyers of day %d, new %t: got %v, want %v", day, news, ids, buyers[news][day])
		}
	}
}

func expectedDays(events []hitori.Stamped, root map[hitori.CustomerID]hitori.CustomerID, c measure.Calendar) ([]measure.Day, map[bool]map[int][]hitori.CustomerID) {
	days := make([]measure.Day, len(c.Days))
	people := make(map[hitori.CustomerID][]hitori.Stamped)
	active := make(map[int]map[hitori.CustomerID]bool)
	dayOf := func(at time.Time) int {
		for i := range c.Days {
			end := c.End
			if i+1 < len(c.Days) {
				end = c.Days[i+1]
			}
			if !at.Before(c.Days[i]) && at.Before(end) {
				return i
			}
		}
		return -1
	}
	for _, e := range events {
		person := e.Customer
		if r, ok := root[person]; ok {
			person = r
		}
		people[person] = append(people[person], e)
		if i := dayOf(e.Time); i >= 0 {
			if active[i] == nil {
				active[i] = make(map[hitori.CustomerID]bool)
			}
			active[i][person] = true
		}
	}
	buyers := map[bool]map[int][]hitori.CustomerID{true: {}, false: {}}
	for person, theirs := range people {
		orders := hitori.Orders(theirs)
		for _, o := range orders {
			i := dayOf(o.Time)
			if o.Cancelled || i < 0 {
				continue
			}
			first := o.Time.Equal(orders[0].Time)
			if !slices.Contains(buyers[first][i], person) {
				buyers[first][i] = append(buyers[first][i], person)
			}
			days[i].Orders++
			at := slices.IndexFunc(days[i].Revenue, func(r measure.Revenue) bool { return r.Currency == o.Currency })
			if at < 0 {
				at = len(days[i].Revenue)
				days[i].Revenue = append(days[i].Revenue, measure.Revenue{Currency: o.Currency})
			}
			days[i].Revenue[at].Net += o.Net()
			if !first {
				days[i].Revenue[at].Returning += o.Net()
			}
		}
	}
	for i := range days {
		days[i].Date, days[i].Active = c.Days[i], int64(len(active[i]))
		days[i].New, days[i].Returning = int64(len(buyers[true][i])), int64(len(buyers[false][i]))
		for _, first := range []bool{true, false} {
			slices.Sort(buyers[first][i])
		}
		if days[i].Revenue == nil {
			days[i].Revenue = []measure.Revenue{}
		}
		slices.SortFunc(days[i].Revenue, func(a, b measure.Revenue) int { return cmp.Compare(a.Currency, b.Currency) })
	}
	return days, buyers
}
