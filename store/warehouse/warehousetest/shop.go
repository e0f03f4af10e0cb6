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
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
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
	days, err := plan.Shop{Engine: w}.Days(within(t), c)
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// orderEvents makes events of orders in any order, changed, cancelled and refunded.
func orderEvents(random *rand.Rand, n int, around time.Time) []hitori.Stamped {
	names := []string{"Order Completed", "Order Completed", "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled", "Order Shipped", "Product Viewed", "Message Sent", "Message Clicked"}
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
	derive(t, w, understand.Derivation{
		Everybody: true, Form: form, Currency: hitori.JPY, Now: now, Location: location,
		People: func(yield func(understand.Person, error) bool) {},
	})

	calendar := measure.NewCalendar(now, 25)
	told := tellOrders(events, root)
	want := expectedDays(told, calendar)
	got := shopNumbers(t, w, calendar)
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("day %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
	spans := []measure.Span{ // in no order, one of them empty, one in which nothing can have happened
		{From: calendar.Days[20], To: calendar.Days[20].Add(15 * time.Hour)},
		{From: calendar.Days[3], To: calendar.Days[10]},
		{From: calendar.Days[2], To: calendar.Days[2]},
		{From: now.AddDate(2, 0, 0), To: now.AddDate(2, 0, 1)},
		{From: calendar.Days[12], To: calendar.Days[14]},
	}
	sales, first, err := plan.Shop{Engine: w}.Sales(within(t), spans)
	if err != nil {
		t.Fatal(err)
	}
	wantSales, wantFirst := expectedSales(told, spans)
	if !reflect.DeepEqual(sales, wantSales) || !first.Equal(wantFirst) {
		t.Errorf("sales:\n got %+v, first %v\nwant %+v, first %v", sales, first, wantSales, wantFirst)
	}
	for _, doing := range []measure.Doing{measure.Active, measure.Bought, measure.New, measure.Returning} {
		for _, span := range []measure.Span{{From: calendar.Days[20], To: calendar.Days[21]}, {From: calendar.Days[2], To: calendar.Days[23]}} {
			want := expectedPeople(told, doing, span)
			for _, limit := range []int{1000, 3} {
				if got := listPeople(t, w, measure.PeopleQuery{Span: span, Doing: doing, Limit: limit}, len(want)); !slices.Equal(got, want) {
					t.Errorf("%s of %v by %d: got %v, want %v", doing, span, limit, got, want)
				}
			}
		}
	}
}

// listPeople reads all pages of a list.
func listPeople(t *testing.T, w Warehouse, q measure.PeopleQuery, total int) (list []measure.Place) {
	t.Helper()
	for {
		people, err := plan.Shop{Engine: w}.People(within(t), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(people.Page) > 0 && people.Total != int64(total) {
			t.Errorf("%d people in all, want %d", people.Total, total)
		}
		list = append(list, people.Page...)
		if len(people.Page) < q.Limit {
			return list
		}
		q.After = people.Page[q.Limit-1]
	}
}

// toldPerson is what the events tell of one person.
type toldPerson struct {
	events []hitori.Stamped
	orders []hitori.Order // by time
}

// new reports whether an order is the first that the person keeps.
func (p *toldPerson) new(o *hitori.Order) bool {
	first := slices.IndexFunc(p.orders, func(o hitori.Order) bool { return !o.Cancelled })
	return first >= 0 && reflect.DeepEqual(*o, p.orders[first])
}

func tellOrders(events []hitori.Stamped, root map[hitori.CustomerID]hitori.CustomerID) map[hitori.CustomerID]*toldPerson {
	people := make(map[hitori.CustomerID]*toldPerson)
	for _, e := range events {
		person := e.Customer
		if r, ok := root[person]; ok {
			person = r
		}
		if people[person] == nil {
			people[person] = new(toldPerson)
		}
		people[person].events = append(people[person].events, e)
	}
	for _, p := range people {
		p.orders = hitori.Orders(p.events)
	}
	return people
}

func expectedSales(people map[hitori.CustomerID]*toldPerson, spans []measure.Span) (sales []measure.Sales, first time.Time) {
	sales = make([]measure.Sales, len(spans))
	for i := range sales {
		sales[i].Revenue = []measure.Revenue{}
	}
	for _, p := range people {
		bought := make(map[int]bool)
		for _, o := range p.orders {
			if o.Cancelled {
				continue
			}
			if first.IsZero() || o.Time.Before(first) {
				first = o.Time
			}
			for i, s := range spans {
				if o.Time.Before(s.From) || !o.Time.Before(s.To) {
					continue
				}
				if sales[i].Orders++; !bought[i] {
					sales[i].Buyers++
				}
				bought[i] = true
				sales[i].Revenue = addRevenue(sales[i].Revenue, &o, p.new(&o))
			}
		}
	}
	return sales, first
}

// addRevenue adds an order to sums by currency, which stay in the order of the currencies.
func addRevenue(sums []measure.Revenue, o *hitori.Order, first bool) []measure.Revenue {
	at := slices.IndexFunc(sums, func(r measure.Revenue) bool { return r.Currency == o.Currency })
	if at < 0 {
		at = len(sums)
		sums = append(sums, measure.Revenue{Currency: o.Currency})
	}
	sums[at].Net += o.Net()
	if !first {
		sums[at].Returning += o.Net()
	}
	slices.SortFunc(sums, func(a, b measure.Revenue) int { return cmp.Compare(a.Currency, b.Currency) })
	return sums
}

func expectedPeople(people map[hitori.CustomerID]*toldPerson, doing measure.Doing, span measure.Span) (list []measure.Place) {
	for id, p := range people {
		var last time.Time
		did := func(at time.Time) {
			if !at.Before(span.From) && at.Before(span.To) && at.After(last) {
				last = at.UTC()
			}
		}
		for _, e := range p.events {
			if doing == measure.Active && measure.Did(&e.Event) {
				did(e.Time)
			}
		}
		for _, o := range p.orders {
			if !o.Cancelled && (doing == measure.Bought || doing == measure.New && p.new(&o) || doing == measure.Returning && !p.new(&o)) {
				did(o.Time)
			}
		}
		if !last.IsZero() {
			list = append(list, measure.Place{Time: last, Customer: id})
		}
	}
	slices.SortFunc(list, func(a, b measure.Place) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Customer, b.Customer))
	})
	return list
}

func expectedDays(people map[hitori.CustomerID]*toldPerson, c measure.Calendar) []measure.Day {
	days := make([]measure.Day, len(c.Days))
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
	for i := range days {
		days[i].Date, days[i].Revenue = c.Days[i], []measure.Revenue{}
	}
	for _, p := range people {
		active, bought := make(map[int]bool), map[bool]map[int]bool{true: {}, false: {}}
		for _, e := range p.events {
			if i := dayOf(e.Time); i >= 0 && !active[i] && measure.Did(&e.Event) {
				active[i] = true
				days[i].Active++
			}
		}
		for _, o := range p.orders {
			i := dayOf(o.Time)
			if o.Cancelled || i < 0 {
				continue
			}
			first := p.new(&o)
			switch {
			case bought[first][i]:
			case first:
				days[i].New++
			default:
				days[i].Returning++
			}
			bought[first][i] = true
			days[i].Orders++
			days[i].Revenue = addRevenue(days[i].Revenue, &o, first)
		}
	}
	return days
}
