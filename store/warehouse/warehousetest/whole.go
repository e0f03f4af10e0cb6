package warehousetest

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

var wholeTests = map[string]func(*testing.T, Warehouse){
	"DumpedComesBack":      dumpedComesBack,
	"DumpIncludes":         dumpIncludes,
	"DumpStops":            dumpStops,
	"Truncated":            truncated,
	"Info":                 infoTells,
	"ClosedRefuses":        closedRefuses,
	"DumpOfOneLargePerson": dumpOfOneLargePerson,
}

// dumped is all that a warehouse holds.
type dumped struct {
	events      []hitori.Stamped
	quarantined []hitori.Event
}

func dump(t testing.TB, w Warehouse) dumped {
	t.Helper()
	return dumpOf(t, w, func(hitori.Position) bool { return true })
}

func dumpOf(t testing.TB, w Warehouse, include func(hitori.Position) bool) dumped {
	t.Helper()
	var d dumped
	err := w.Dump(within(t), include,
		func(e hitori.Stamped) error { d.events = append(d.events, e); return nil },
		func(e hitori.Event) error { d.quarantined = append(d.quarantined, e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// equals fails the test unless both hold the same, in any order.
func (d dumped) equals(t testing.TB, other dumped) {
	t.Helper()
	byPosition := func(a, b hitori.Stamped) int { return cmp.Compare(a.Position, b.Position) }
	same(t, slices.SortedFunc(slices.Values(other.events), byPosition), slices.SortedFunc(slices.Values(d.events), byPosition))
	byPlace := func(a, b hitori.Event) int { return cmp.Compare(a.Position, b.Position) }
	sameQuarantine(t, slices.SortedFunc(slices.Values(other.quarantined), byPlace), slices.SortedFunc(slices.Values(d.quarantined), byPlace))
}

// full fills a warehouse with a bit of everything.
func full(t testing.TB, w Warehouse) dumped {
	t.Helper()
	shop := NewShop(8, 200)
	var d dumped
	for range 8 {
		events := shop.Next(300)
		add(t, w, events...)
		d.events = append(d.events, events...)
	}
	for i := range 30 {
		d.quarantined = append(d.quarantined, quarantined(QuarantinedArgs{Number: 5000 + i}))
	}
	quarantine(t, w, d.quarantined...)
	return d
}

func dumpedComesBack(t *testing.T, w Warehouse) {
	want := full(t, w)
	before := dump(t, w)
	before.equals(t, want)
	if err := w.Truncate(within(t)); err != nil {
		t.Fatal(err)
	}
	for chunk := range slices.Chunk(before.events, 500) {
		add(t, w, chunk...)
	}
	quarantine(t, w, before.quarantined...)
	dump(t, w).equals(t, want)
}

func dumpIncludes(t *testing.T, w Warehouse) {
	all := full(t, w)
	even := func(p hitori.Position) bool { return p.Sequence()%2 == 0 }
	got := dumpOf(t, w, even)
	got.equals(t, dumped{
		events:      slices.DeleteFunc(all.events, func(e hitori.Stamped) bool { return !even(e.Position) }),
		quarantined: slices.DeleteFunc(all.quarantined, func(e hitori.Event) bool { return !even(e.Position) }),
	})
}

func dumpStops(t *testing.T, w Warehouse) {
	full(t, w)
	all := func(hitori.Position) bool { return true }
	enough := errors.New("enough")
	err := w.Dump(within(t), all, func(hitori.Stamped) error { return enough }, func(hitori.Event) error { return nil })
	if !errors.Is(err, enough) {
		t.Fatalf("got %v", err)
	}
	err = w.Dump(within(t), all, func(hitori.Stamped) error { return nil }, func(hitori.Event) error { return enough })
	if !errors.Is(err, enough) {
		t.Fatalf("got %v", err)
	}
}

// dumpOfOneLargePerson has more events of one customer than of all others.
func dumpOfOneLargePerson(t *testing.T, w Warehouse) {
	shop := NewShop(10, 300)
	var all []hitori.Stamped
	for i := range 10 {
		events := shop.Next(1000)
		for n := range events {
			if n%10 != i {
				events[n].Customer = shop.Customer(100)
			}
		}
		add(t, w, events...)
		all = append(all, events...)
	}
	dump(t, w).equals(t, dumped{events: all})
}

func truncated(t *testing.T, w Warehouse) {
	batch := unify.Batch{
		Token: "token", Events: NewShop(1, 10).Next(30), Quarantined: []hitori.Event{quarantined(QuarantinedArgs{Number: 900})},
		Aliases: []unify.Alias{{Customer: 1, Root: 2, Version: 3}},
	}
	for range 2 {
		appendBatch(t, w, batch)
		dump(t, w).equals(t, dumped{batch.Events, batch.Quarantined})
		if err := w.Truncate(within(t)); err != nil {
			t.Fatal(err)
		}
		dump(t, w).equals(t, dumped{})
		if got := aliases(t, w); len(got) > 0 {
			t.Fatalf("aliases %v", got)
		}
	}
}

func infoTells(t *testing.T, w Warehouse) {
	empty, err := w.Info(within(t))
	if err != nil || empty.Events != 0 {
		t.Fatalf("got %+v, %v", empty, err)
	}
	add(t, w, NewShop(1, 100).Next(20_000)...)
	info, err := w.Info(within(t))
	if err != nil || info.Events != 20_000 || info.Bytes < empty.Bytes+100_000 {
		t.Fatalf("got %+v after %+v, %v", info, empty, err)
	}
	var events, bytes int64
	for _, s := range info.Shards {
		events += s.Events
		bytes += s.Bytes
	}
	if len(info.Shards) > 0 && (events != info.Events || bytes != info.Bytes) {
		t.Fatalf("shards %+v do not add up to %+v", info.Shards, info)
	}
}

func closedRefuses(t *testing.T, w Warehouse) {
	add(t, w, NewShop(1, 10).Next(3)...)
	for range 2 {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Timeline(within(t), unify.TimelineQuery{Customers: []hitori.CustomerID{1}, Limit: 1})
	if hitori.ErrorCode(err) != hitori.Unavailable {
		t.Errorf("a timeline of a closed warehouse: %v", err)
	}
	err = w.Append(within(t), unify.Batch{Token: "late", Events: NewShop(1, 10).Next(1)})
	if hitori.ErrorCode(err) != hitori.Unavailable {
		t.Errorf("an append to a closed warehouse: %v", err)
	}
	if _, err := w.Info(within(t)); hitori.ErrorCode(err) != hitori.Unavailable {
		t.Errorf("the size of a closed warehouse: %v", err)
	}
}
