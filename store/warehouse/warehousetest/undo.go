package warehousetest

import (
	"cmp"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

var undoTests = map[string]func(*testing.T, Warehouse){
	"StampsOfAStretch": stampsOfAStretch,
	"CountEvents":      countEvents,
	"Describing":       describing,
	"Restamp":          restamp,
}

func stampsOfAStretch(t *testing.T, w Warehouse) {
	events := NewShop(11, 40).Next(600)
	add(t, w, events[:400]...)
	add(t, w, events[400:]...)
	from, to := events[100].Position, events[500].Position
	want := make(map[hitori.Position]hitori.CustomerID)
	for _, e := range events {
		if e.Source == 3 && e.Position >= from && e.Position <= to {
			want[e.Position] = e.Customer
		}
	}
	if len(want) < 50 {
		t.Fatalf("only %d events in the stretch", len(want))
	}
	err := w.Stamps(within(t), 3, from, to, func(p hitori.Position, c hitori.CustomerID) error {
		if want[p] != c {
			t.Errorf("%#v is of %d, want %d", p, c, want[p])
		}
		delete(want, p)
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Errorf("%d were not told, %v", len(want), err)
	}
}

func countEvents(t *testing.T, w Warehouse) {
	shop := NewShop(12, 9)
	events := shop.Next(300)
	add(t, w, events...)
	want := make(map[hitori.CustomerID]int64)
	for _, e := range events {
		want[e.Customer]++
	}
	asked := []hitori.CustomerID{shop.Customer(0), shop.Customer(4), shop.Customer(8), 77}
	got, err := w.CountEvents(within(t), asked)
	if err != nil || len(got) != 3 {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, c := range asked {
		if got[c] != want[c] {
			t.Errorf("customer %d has %d events, want %d", c, got[c], want[c])
		}
	}
	var told []hitori.Stamped
	if err := w.EventsOf(within(t), asked, func(e hitori.Stamped) error { told = append(told, e); return nil }); err != nil {
		t.Fatal(err)
	}
	var theirs []hitori.Stamped
	for _, e := range events {
		if slices.Contains(asked, e.Customer) {
			e.Lines = nil
			theirs = append(theirs, e)
		}
	}
	slices.SortFunc(told, func(a, b hitori.Stamped) int { return cmp.Compare(a.Position, b.Position) })
	slices.SortFunc(theirs, func(a, b hitori.Stamped) int { return cmp.Compare(a.Position, b.Position) })
	same(t, told, theirs)
	if got, err = w.CountEvents(within(t), nil); err != nil || len(got) > 0 {
		t.Errorf("of nobody: %v, %v", got, err)
	}
}

func describing(t *testing.T, w Warehouse) {
	group := NewEvent(EventArgs{Number: 9001, Customer: 5, Type: hitori.Group})
	group.GroupID, group.Traits = "G1", `{"name":"山田商店"}`
	product := NewEvent(EventArgs{Number: 9002, Name: "Product Updated", Properties: `{"product_id":"P1","price":100}`})
	gone := NewEvent(EventArgs{Number: 9003, Name: "Product Deleted", Properties: `{"product_id":"P1"}`})
	page := NewEvent(EventArgs{Number: 9004, Customer: 5, Type: hitori.Page, Name: "Product Updated"})
	add(t, w, NewShop(13, 20).Next(200)...)
	add(t, w, group, product, gone, page)
	var got []hitori.Stamped
	if err := w.Describing(within(t), func(e hitori.Stamped) error { got = append(got, e); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []hitori.Stamped{group, product, gone}
	for _, list := range [][]hitori.Stamped{got, want} {
		slices.SortFunc(list, func(a, b hitori.Stamped) int { return cmp.Compare(a.Position, b.Position) })
	}
	same(t, got, want)
}

// restamp moves events from customer to customer, also to nobody and twice, while the others stay
// and nothing is doubled.
func restamp(t *testing.T, w Warehouse) {
	shop := NewShop(14, 30)
	var all []hitori.Stamped
	for range 6 {
		events := shop.Next(120)
		add(t, w, events...)
		all = append(all, events...)
	}
	move := func(token string, to hitori.CustomerID, every int) {
		batch := unify.Batch{Token: token, Aliases: []unify.Alias{{Customer: 1 << 20, Root: to, Version: 7}}}
		for i := range all {
			if i%every == 0 && all[i].Customer != to {
				all[i].Customer = to
				batch.Events = append(batch.Events, all[i])
			}
		}
		for range 2 {
			if err := w.Restamp(within(t), batch); err != nil {
				t.Fatal(err)
			}
		}
	}
	move("one", 999<<20, 7)
	dump(t, w).equals(t, dumped{events: all})
	move("two", shop.Customer(3), 5) // who has events already, some of which stay
	move("three", 0, 11)
	dump(t, w).equals(t, dumped{events: all})
	theirs := slices.DeleteFunc(slices.Clone(all), func(e hitori.Stamped) bool { return e.Customer != shop.Customer(3) })
	if got := everything(t, w, shop.Customer(3)); len(got) != len(theirs) {
		t.Errorf("%d events in the story, want %d", len(got), len(theirs))
	}
	if got := aliases(t, w); len(got) != 1 {
		t.Errorf("aliases %v", got)
	}
	if err := w.Restamp(within(t), unify.Batch{Token: "none"}); err != nil {
		t.Error(err)
	}
}
