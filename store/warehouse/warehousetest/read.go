package warehousetest

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

var readTests = map[string]func(*testing.T, Warehouse){
	"TimelinePages":      timelinePages,
	"TimelineTies":       timelineTies,
	"TimelineOfNobody":   timelineOfNobody,
	"AgainstModel":       readAgainstModel,
	"HistoryStops":       historyStops,
	"LongHistory":        longHistory,
	"SummariseNobody":    summariseNobody,
	"SummariseManyKinds": summariseManyKinds,
}

func contextCancelled(t testing.TB) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}

func byTime(a, b hitori.Stamped) int {
	return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Position, b.Position))
}

func oldestFirst(events []hitori.Stamped) []hitori.Stamped {
	return slices.SortedFunc(slices.Values(events), byTime)
}

// timeline reads all pages of a query.
func timeline(t testing.TB, w Warehouse, query unify.TimelineQuery) []hitori.Stamped {
	t.Helper()
	var all []hitori.Stamped
	for {
		page, err := w.Timeline(within(t), query)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > query.Limit {
			t.Fatalf("a page of %d events, not %d", len(page), query.Limit)
		}
		all = append(all, page...)
		if len(page) < query.Limit {
			return all
		}
		last := page[len(page)-1]
		query.Before = unify.Cursor{Time: last.Time, Position: last.Position}
	}
}

// model answers what a warehouse should answer.
type model []hitori.Stamped

func (m model) of(customers []hitori.CustomerID, kinds []hitori.Kind) []hitori.Stamped {
	return oldestFirst(slices.DeleteFunc(slices.Clone(m), func(e hitori.Stamped) bool {
		return !slices.Contains(customers, e.Customer) || len(kinds) > 0 && !slices.Contains(kinds, e.Kind)
	}))
}

func (m model) summary(customers []hitori.CustomerID) unify.Summary {
	s := unify.Summary{ByKind: make(map[hitori.Kind]int64)}
	for i, e := range m.of(customers, nil) {
		if i == 0 {
			s.First = e.Time
		}
		s.Last = e.Time
		s.Events++
		s.ByKind[e.Kind]++
	}
	return s
}

func reversed(events []hitori.Stamped) []hitori.Stamped {
	events = slices.Clone(events)
	slices.Reverse(events)
	return events
}

// readAgainstModel compares every way of reading with a list of all events, for people of one
// and of several profiles.
func readAgainstModel(t *testing.T, w Warehouse) {
	shop := NewShop(3, 40)
	random := rand.New(rand.NewPCG(3, 4))
	var all model
	for range 30 {
		events := shop.Next(1 + random.IntN(120))
		add(t, w, events...)
		all = append(all, events...)
	}
	kinds := [][]hitori.Kind{nil, {hitori.KindPurchase}, {hitori.KindMessage, hitori.KindPoint}, {hitori.KindSales}}
	for i := range 25 {
		var customers []hitori.CustomerID
		for range 1 + i%5 {
			if c := shop.Customer(random.IntN(44)); !slices.Contains(customers, c) {
				customers = append(customers, c)
			}
		}
		of := kinds[i%len(kinds)]
		want := all.of(customers, of)
		same(t, timeline(t, w, unify.TimelineQuery{Customers: customers, Kinds: of, Limit: 1 + random.IntN(60)}), reversed(want))
		var history []hitori.Stamped
		err := w.History(within(t), customers, of, func(e hitori.Stamped) error {
			history = append(history, e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, history, want)
		summary, err := w.Summarise(within(t), customers)
		if err != nil {
			t.Fatal(err)
		}
		if want := all.summary(customers); !reflect.DeepEqual(summary, want) {
			t.Fatalf("got %+v, want %+v", summary, want)
		}
	}
}

func timelinePages(t *testing.T, w Warehouse) {
	var events []hitori.Stamped
	for i := range 23 {
		events = append(events, NewEvent(EventArgs{Number: i, Customer: hitori.CustomerID(1 + i%2)}))
	}
	add(t, w, events...)
	both := []hitori.CustomerID{1, 2}
	for _, limit := range []int{1, 7, 22, 23, 24, 500} {
		same(t, timeline(t, w, unify.TimelineQuery{Customers: both, Limit: limit}), reversed(events))
	}
	before := unify.Cursor{Time: events[10].Time, Position: events[10].Position}
	page, err := w.Timeline(within(t), unify.TimelineQuery{Customers: both, Before: before, Limit: 4})
	if err != nil {
		t.Fatal(err)
	}
	same(t, page, reversed(events[6:10]))
}

// timelineTies has many events at one moment, as imports do.
func timelineTies(t *testing.T, w Warehouse) {
	var events []hitori.Stamped
	for i := range 40 {
		events = append(events, NewEvent(EventArgs{Number: i, Customer: hitori.CustomerID(1 + i%3), Time: Epoch.Add(time.Duration(i/20) * time.Hour)}))
	}
	add(t, w, events...)
	customers := []hitori.CustomerID{1, 2, 3}
	for _, limit := range []int{1, 3, 20, 39} {
		same(t, timeline(t, w, unify.TimelineQuery{Customers: customers, Limit: limit}), reversed(oldestFirst(events)))
	}
	same(t, everything(t, w, customers...), oldestFirst(events))
}

func timelineOfNobody(t *testing.T, w Warehouse) {
	add(t, w, NewEvent(EventArgs{Number: 1, Customer: 1}))
	for _, customers := range [][]hitori.CustomerID{nil, {2}, {2, 3}} {
		page, err := w.Timeline(within(t), unify.TimelineQuery{Customers: customers, Limit: 5})
		if err != nil || len(page) > 0 {
			t.Fatalf("%v: got %v, %v", customers, page, err)
		}
	}
}

func historyStops(t *testing.T, w Warehouse) {
	add(t, w, NewEvent(EventArgs{Number: 1, Customer: 1}), NewEvent(EventArgs{Number: 2, Customer: 1}))
	enough := errors.New("enough")
	calls := 0
	err := w.History(within(t), []hitori.CustomerID{1}, nil, func(hitori.Stamped) error {
		calls++
		return enough
	})
	if !errors.Is(err, enough) || calls != 1 {
		t.Fatalf("got %v after %d calls", err, calls)
	}
}

// longHistory is longer than what is read at a time.
func longHistory(t *testing.T, w Warehouse) {
	var events []hitori.Stamped
	for i := range 7000 {
		e := NewEvent(EventArgs{Number: i, Customer: hitori.CustomerID(1 + i%2), Time: Epoch.Add(time.Duration(i/10) * time.Second)})
		if i%5 == 0 {
			e.Lines = []hitori.Line{{ProductID: "P", Quantity: int64(i)}}
		}
		events = append(events, e)
	}
	add(t, w, events...)
	same(t, everything(t, w, 1, 2), oldestFirst(events))
}

func summariseNobody(t *testing.T, w Warehouse) {
	for _, customers := range [][]hitori.CustomerID{nil, {5}} {
		s, err := w.Summarise(within(t), customers)
		if err != nil || s.Events != 0 || len(s.ByKind) != 0 || !s.First.IsZero() || !s.Last.IsZero() {
			t.Fatalf("got %+v, %v", s, err)
		}
	}
}

func summariseManyKinds(t *testing.T, w Warehouse) {
	var all model
	for i, name := range []string{"Order Completed", "Order Refunded", "Product Viewed", "Consent Granted", "Deal Won", "Survey Answered"} {
		all = append(all, NewEvent(EventArgs{Number: i, Customer: 4, Name: name, Time: Epoch.AddDate(0, -i, 0)}))
	}
	add(t, w, all...)
	s, err := w.Summarise(within(t), []hitori.CustomerID{4})
	if err != nil {
		t.Fatal(err)
	}
	if want := all.summary([]hitori.CustomerID{4}); !reflect.DeepEqual(s, want) {
		t.Fatalf("got %+v, want %+v", s, want)
	}
}
