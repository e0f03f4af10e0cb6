package warehousetest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

var appendTests = map[string]func(*testing.T, Warehouse){
	"KeepsEveryField":      appendKeepsEveryField,
	"HostileText":          appendHostileText,
	"Empty":                appendEmpty,
	"Twice":                appendTwice,
	"TwiceOtherContents":   appendTwiceOtherContents,
	"ManyTokens":           appendManyTokens,
	"SameTokenTogether":    appendSameTokenTogether,
	"NewestAliasHolds":     appendNewestAliasHolds,
	"EventsOfNobody":       appendEventsOfNobody,
	"ReadsWhileAppending":  appendReadsWhileAppending,
	"LargeBatch":           appendLargeBatch,
	"CancelledAppendsNone": appendCancelled,
}

// add appends events under a token of their own.
func add(t testing.TB, w Warehouse, events ...hitori.Stamped) {
	t.Helper()
	token := "none"
	if len(events) > 0 {
		token = fmt.Sprintf("%#v-%d", events[0].Position, len(events))
	}
	appendBatch(t, w, unify.Batch{Token: token, Events: events})
}

func appendBatch(t testing.TB, w Warehouse, batch unify.Batch) {
	t.Helper()
	if err := w.Append(within(t), batch); err != nil {
		t.Fatal(err)
	}
}

// same fails the test unless the events are those expected, in their order.
func same(t testing.TB, got, want []hitori.Stamped) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("event %d of %d:\n got %+v\nwant %+v", i, len(want), got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, not %d", len(got), len(want))
	}
}

// everything returns the history of customers.
func everything(t testing.TB, w Warehouse, customers ...hitori.CustomerID) []hitori.Stamped {
	t.Helper()
	var events []hitori.Stamped
	err := w.History(within(t), customers, nil, func(e hitori.Stamped) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// stored counts what is stored.
func stored(t testing.TB, w Warehouse) int64 {
	t.Helper()
	info, err := w.Info(within(t))
	if err != nil {
		t.Fatal(err)
	}
	return info.Events
}

func appendKeepsEveryField(t *testing.T, w Warehouse) {
	e := hitori.Stamped{
		Event: hitori.Event{
			Position: hitori.NewPosition(1<<42, 255, 4095), Source: math.MaxInt32, Type: hitori.Screen, Name: "お気に入り",
			Time: Epoch.Add(123 * time.Millisecond), ReceivedAt: Epoch.Add(456 * time.Millisecond),
			UserID: "会員-1", AnonymousID: "a\x00b", PreviousID: "p", GroupID: "g",
			Properties: `{"a": [1, 2.50, "x"],  "b":null}`, Traits: `{"é":"🍵"}`, Context: `[]`,
		},
		Customer: math.MaxInt64, Kind: hitori.KindSystem, OrderID: "O-1", Amount: math.MinInt64, Currency: "USD",
		Lines: []hitori.Line{
			{ProductID: "P", SKU: "S", Name: "N", Category: "C", Brand: "B", Variant: "V", Price: math.MaxInt64, Quantity: -500},
			{},
			{ProductID: "P"},
		},
	}
	first := NewEvent(EventArgs{Number: 1, Customer: math.MaxInt64, Time: time.Date(1903, 2, 3, 4, 5, 6, 7e6, time.UTC)})
	last := NewEvent(EventArgs{Number: 2, Customer: math.MaxInt64, Time: time.Date(2999, 12, 31, 23, 59, 59, 999e6, time.UTC)})
	add(t, w, e, first, last)
	same(t, everything(t, w, math.MaxInt64), []hitori.Stamped{first, e, last})
}

func appendHostileText(t *testing.T, w Warehouse) {
	texts := []string{"'; DROP TABLE events; --", "\\", "{x:String}", "%s?1", "\u2028", strings.Repeat("長い", 20_000), "\xff\xfe broken"}
	var want []hitori.Stamped
	for i, text := range texts {
		e := NewEvent(EventArgs{Number: i, Customer: 5, Name: text, Properties: hitori.JSON(`"` + text + `"`)})
		e.UserID, e.OrderID, e.Currency = text, text, hitori.Currency(text)
		e.Lines = []hitori.Line{{Name: text, ProductID: text}}
		add(t, w, e)
		want = append(want, clean(e))
	}
	same(t, everything(t, w, 5), want)
}

// clean replaces what is not UTF-8, as every engine does.
func clean(e hitori.Stamped) hitori.Stamped {
	valid := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
	e.Name, e.UserID, e.OrderID = valid(e.Name), valid(e.UserID), valid(e.OrderID)
	e.Currency, e.Properties = hitori.Currency(valid(string(e.Currency))), hitori.JSON(valid(string(e.Properties)))
	e.Lines = slices.Clone(e.Lines)
	for i := range e.Lines {
		e.Lines[i].Name, e.Lines[i].ProductID = valid(e.Lines[i].Name), valid(e.Lines[i].ProductID)
	}
	return e
}

func appendEmpty(t *testing.T, w Warehouse) {
	appendBatch(t, w, unify.Batch{Token: "empty"})
	appendBatch(t, w, unify.Batch{Token: "empty", Events: NewShop(1, 10).Next(3)})
	if n := stored(t, w); n != 0 {
		t.Fatalf("%d events under the token of an empty batch", n)
	}
}

func appendTwice(t *testing.T, w Warehouse) {
	batch := unify.Batch{Token: "once", Events: NewShop(1, 10).Next(100), Quarantined: []hitori.Event{quarantined(QuarantinedArgs{Number: 1})}}
	appendBatch(t, w, batch)
	before := dump(t, w)
	appendBatch(t, w, batch)
	before.equals(t, dump(t, w))
}

func appendTwiceOtherContents(t *testing.T, w Warehouse) {
	shop := NewShop(1, 10)
	appendBatch(t, w, unify.Batch{Token: "once", Events: shop.Next(100)})
	before := dump(t, w)
	appendBatch(t, w, unify.Batch{
		Token: "once", Events: shop.Next(50), Quarantined: []hitori.Event{quarantined(QuarantinedArgs{Number: 1})},
		Aliases: []unify.Alias{{Customer: 1, Root: 2, Version: 3}},
	})
	before.equals(t, dump(t, w))
	if got := aliases(t, w); len(got) > 0 {
		t.Fatalf("aliases of a batch that was not applied: %v", got)
	}
}

func appendManyTokens(t *testing.T, w Warehouse) {
	shop := NewShop(1, 10)
	var batches []unify.Batch
	for i := range 60 {
		batches = append(batches, unify.Batch{Token: fmt.Sprintf("step-%d", i), Events: shop.Next(3)})
		appendBatch(t, w, batches[i])
	}
	for _, batch := range batches {
		appendBatch(t, w, batch)
	}
	if n := stored(t, w); n != 180 {
		t.Fatalf("%d events, not 180", n)
	}
}

func appendSameTokenTogether(t *testing.T, w Warehouse) {
	batch := unify.Batch{Token: "race", Events: NewShop(1, 10).Next(500)}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := w.Append(within(t), batch); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := stored(t, w); n != 500 {
		t.Fatalf("%d events, not 500", n)
	}
}

func aliases(t testing.TB, w Warehouse) []unify.Alias {
	t.Helper()
	var all []unify.Alias
	err := w.Aliases(within(t), func(a unify.Alias) error {
		all = append(all, a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func appendNewestAliasHolds(t *testing.T, w Warehouse) {
	appendBatch(t, w, unify.Batch{Token: "1", Aliases: []unify.Alias{{Customer: 9, Root: 1, Version: 10}, {Customer: 8, Root: 1, Version: 10}}})
	appendBatch(t, w, unify.Batch{Token: "2", Aliases: []unify.Alias{{Customer: 9, Root: 9, Version: 30}}})
	appendBatch(t, w, unify.Batch{Token: "3", Aliases: []unify.Alias{{Customer: 9, Root: 2, Version: 20}}})
	want := []unify.Alias{{Customer: 8, Root: 1, Version: 10}, {Customer: 9, Root: 9, Version: 30}}
	if got := aliases(t, w); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func appendEventsOfNobody(t *testing.T, w Warehouse) {
	var want []hitori.Stamped
	for i := range 20 {
		e := NewEvent(EventArgs{Number: i, Name: "Product Updated", Properties: hitori.JSON(fmt.Sprintf(`{"product_id":"P%d"}`, i))})
		e.Lines = []hitori.Line{{ProductID: fmt.Sprint("P", i)}}
		want = append(want, e)
	}
	add(t, w, want...)
	add(t, w, NewEvent(EventArgs{Number: 100, Customer: 3}))
	dump(t, w).equals(t, dumped{events: append(want, NewEvent(EventArgs{Number: 100, Customer: 3}))})
}

// appendReadsWhileAppending reads while batches are appended: a batch is seen whole, with
// all lines, and what was seen once stays.
func appendReadsWhileAppending(t *testing.T, w Warehouse) {
	const batches, size = 40, 25
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			seen := 0
			for running := true; running; {
				select {
				case <-done:
					running = false
				default:
				}
				events := everything(t, w, 77)
				if len(events) < seen || len(events)%size != 0 {
					t.Errorf("%d events after %d", len(events), seen)
					return
				}
				seen = len(events)
				for _, e := range events {
					if len(e.Lines) != 2 || e.Lines[1].ProductID != "second" {
						t.Errorf("event %#v has lines %v", e.Position, e.Lines)
						return
					}
				}
			}
			if seen != batches*size {
				t.Errorf("%d events at last, not %d", seen, batches*size)
			}
		})
	}
	for b := range batches {
		var events []hitori.Stamped
		for i := range size {
			events = append(events, NewEvent(EventArgs{
				Number: b*size + i, Customer: 77, Lines: []hitori.Line{{ProductID: "first"}, {ProductID: "second"}},
			}))
		}
		add(t, w, events...)
	}
	close(done)
	readers.Wait()
}

func appendLargeBatch(t *testing.T, w Warehouse) {
	events := NewShop(2, 5000).Next(40_000)
	add(t, w, events...)
	if n := stored(t, w); n != int64(len(events)) {
		t.Fatalf("%d events, not %d", n, len(events))
	}
	c := events[39_999].Customer
	want := slices.DeleteFunc(slices.Clone(events), func(e hitori.Stamped) bool { return e.Customer != c })
	same(t, everything(t, w, c), oldestFirst(want))
}

func appendCancelled(t *testing.T, w Warehouse) {
	ctx, cancel := contextCancelled(t)
	defer cancel()
	batch := unify.Batch{Token: "cancelled", Events: NewShop(1, 10).Next(100)}
	if err := w.Append(ctx, batch); err == nil {
		t.Fatal("a cancelled append succeeded")
	}
	appendBatch(t, w, batch)
	if n := stored(t, w); n != 100 {
		t.Fatalf("%d events, not 100", n)
	}
}
