package warehousetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

var eraseTests = map[string]func(*testing.T, Warehouse){
	"LeavesTheOthers":       eraseLeavesTheOthers,
	"Quarantine":            eraseQuarantine,
	"Nothing":               eraseNothing,
	"AndComesBack":          eraseAndComesBack,
	"Aliases":               eraseAliases,
	"PositionsTellThemSame": erasePositions,
}

func erase(t testing.TB, w Warehouse, customers []hitori.CustomerID, identifiers ...hitori.Identifier) {
	t.Helper()
	if err := w.Erase(within(t), customers, identifiers); err != nil {
		t.Fatal(err)
	}
}

func eraseLeavesTheOthers(t *testing.T, w Warehouse) {
	shop := NewShop(5, 30)
	var all model
	for range 12 {
		events := shop.Next(50)
		add(t, w, events...)
		all = append(all, events...)
	}
	gone := []hitori.CustomerID{shop.Customer(3), shop.Customer(4), shop.Customer(29), 12345}
	for range 2 {
		erase(t, w, gone)
		same(t, everything(t, w, gone...), nil)
		rest := slices.DeleteFunc(slices.Clone(all), func(e hitori.Stamped) bool { return slices.Contains(gone, e.Customer) })
		dump(t, w).equals(t, dumped{events: rest})
	}
	summary, err := w.Summarise(within(t), gone)
	if err != nil || summary.Events != 0 {
		t.Fatalf("got %+v, %v", summary, err)
	}
}

// carriers are quarantined events that carry an identifier, and those that only seem to.
func carriers() (events []hitori.Event, of map[hitori.Identifier][]int) {
	fill := []func(*hitori.Event){
		func(e *hitori.Event) { e.UserID = "u-1" },
		func(e *hitori.Event) { e.AnonymousID = "device-1" },
		func(e *hitori.Event) { e.Type, e.PreviousID = hitori.Alias, "u-1" },
		func(e *hitori.Event) { e.Traits = `{"email":" Hanako@Example.JP "}` },
		func(e *hitori.Event) { e.Properties = `{"note":{"to":["hanako@example.jp"]}}` },
		func(e *hitori.Event) { e.Context = `{"traits":{"phone":"090-8765-2109"}}` },
		func(e *hitori.Event) { e.Raw = `{"userId":"u-1","traits":{"phone":"+81 90 8765 2109"}}` },
		func(e *hitori.Event) {
			e.Context = `{"externalIds":[{"id":"C-77","type":"card"},{"id":"x","type":"other"}]}`
		},
		func(e *hitori.Event) {
			e.Properties = `{"user_id":"u-10","product_id":"u-1","email":"hanako@example.jp.example.com"}`
		},
		func(e *hitori.Event) { e.UserID, e.AnonymousID = "device-1", "u-1" },
	}
	for i, f := range fill {
		e := quarantined(QuarantinedArgs{Number: i})
		f(&e)
		events = append(events, e)
	}
	return events, map[hitori.Identifier][]int{
		{Kind: hitori.UserID, Value: "u-1"}:                  {0, 2, 6},
		{Kind: hitori.AnonymousID, Value: "device-1"}:        {1},
		{Kind: hitori.Email, Value: "hanako@example.jp"}:     {3, 4},
		{Kind: hitori.Phone, Value: "+819087652109"}:         {5, 6},
		{Kind: hitori.Card, Value: "C77"}:                    {7},
		{Kind: hitori.IdentifierKind("other"), Value: "x"}:   {7},
		{Kind: hitori.Email, Value: "somebody@example.test"}: nil,
	}
}

func erasePositions(t *testing.T, w Warehouse) {
	events, of := carriers()
	quarantine(t, w, events...)
	for id, numbers := range of {
		got, err := w.Positions(within(t), nil, []hitori.Identifier{id})
		if err != nil {
			t.Fatal(err)
		}
		var want []hitori.Position
		for _, n := range numbers {
			want = append(want, events[n].Position)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%v: got %v, want %v", id, got, want)
		}
	}
	stored := NewShop(9, 3).Next(40)
	for i := range stored {
		stored[i].Position += hitori.NewPosition(1000, 0, 0)
	}
	add(t, w, stored...)
	want := []hitori.Position{events[1].Position}
	for _, e := range stored {
		if e.Customer != stored[0].Customer {
			want = append(want, e.Position)
		}
	}
	var customers []hitori.CustomerID
	for n := range 3 {
		if c := NewShop(9, 3).Customer(n); c != stored[0].Customer {
			customers = append(customers, c)
		}
	}
	got, err := w.Positions(within(t), customers, []hitori.Identifier{{Kind: hitori.AnonymousID, Value: "device-1"}})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func eraseQuarantine(t *testing.T, w Warehouse) {
	events, of := carriers()
	quarantine(t, w, events...)
	var ids []hitori.Identifier
	gone := make(map[int]bool)
	for id, numbers := range of {
		ids = append(ids, id)
		for _, n := range numbers {
			gone[n] = true
		}
	}
	erase(t, w, nil, ids...)
	var want []hitori.Event
	for i, e := range events {
		if !gone[i] {
			want = append(want, e)
		}
	}
	dump(t, w).equals(t, dumped{quarantined: want})
}

func eraseNothing(t *testing.T, w Warehouse) {
	erase(t, w, nil)
	erase(t, w, []hitori.CustomerID{1}, hitori.Identifier{Kind: hitori.Email, Value: "a@example.jp"})
	events := NewShop(1, 10).Next(20)
	add(t, w, events...)
	erase(t, w, nil)
	erase(t, w, []hitori.CustomerID{1}, hitori.Identifier{Kind: hitori.Email, Value: "a@example.jp"})
	dump(t, w).equals(t, dumped{events: events})
}

func eraseAndComesBack(t *testing.T, w Warehouse) {
	batch := unify.Batch{Token: "old"}
	for i := range 10 {
		batch.Events = append(batch.Events, NewEvent(EventArgs{Number: i, Customer: 5}))
	}
	appendBatch(t, w, batch)
	erase(t, w, []hitori.CustomerID{5})
	appendBatch(t, w, batch) // a batch that comes again does not bring the person back
	same(t, everything(t, w, 5), nil)
	again := NewEvent(EventArgs{Number: 50, Customer: 5})
	add(t, w, again)
	same(t, everything(t, w, 5), []hitori.Stamped{again})
}

func eraseAliases(t *testing.T, w Warehouse) {
	appendBatch(t, w, unify.Batch{Token: "a", Aliases: []unify.Alias{
		{Customer: 1, Root: 2, Version: 1}, {Customer: 3, Root: 3, Version: 1}, {Customer: 4, Root: 3, Version: 2}, {Customer: 2, Root: 2, Version: 9},
	}})
	erase(t, w, []hitori.CustomerID{1, 2})
	want := []unify.Alias{{Customer: 3, Root: 3, Version: 1}, {Customer: 4, Root: 3, Version: 2}}
	if got := aliases(t, w); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// UniqueTexts makes events of one customer that each carry a text found nowhere else, in
// every place a text can stand, and returns what to look for: a text
// is unlike any other, so that no compression can hide it.
func UniqueTexts(customer hitori.CustomerID, first, n int) (events []hitori.Stamped, texts []string) {
	for i := range n {
		number := first + i
		text := func(place string) string {
			s := fmt.Sprintf("%016x%016x", uint64(number)*0x9e3779b97f4a7c15, uint64(len(place)+number)*0xbf58476d1ce4e5b9)
			texts = append(texts, s)
			return s
		}
		e := NewEvent(EventArgs{Number: number, Customer: customer, Name: text("name"), Properties: hitori.JSON(`"` + text("properties") + `"`)})
		e.UserID, e.AnonymousID, e.OrderID = text("user"), text("anonymous id"), text("order")
		e.Lines = []hitori.Line{{Name: text("line"), Variant: text("variant of line")}}
		events = append(events, e)
	}
	return events, texts
}
