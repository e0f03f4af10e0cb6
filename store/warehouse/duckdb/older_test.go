package duckdb

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// TestOlderRows: rows that were sealed before there were details tell the same as others.
func TestOlderRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	w := openTest(t, path, tinySizes)
	var events []hitori.Stamped
	for n := range 400 {
		args := warehousetest.EventArgs{Number: n, Customer: hitori.CustomerID(1+n%20) << 20, Name: "Order Completed", Time: warehousetest.Epoch.Add(time.Duration(n) * time.Hour)}
		switch n % 4 {
		case 1:
			args.Name = "Survey Answered"
		case 2:
			args.Name = "Message Clicked"
		}
		e := warehousetest.NewEvent(args)
		e.OrderID, e.Currency = fmt.Sprint("O", n), hitori.JPY
		e.Properties = hitori.JSON(fmt.Sprintf(`{"channel":"c%d","coupon":"x","discount":%d,"score":%d}`, n%7, n%3, n%11))
		if n%4 == 3 {
			e.Type, e.Kind, e.Context = hitori.Page, hitori.KindWeb, hitori.JSON(fmt.Sprintf(`{"campaign":{"source":"s%d"}}`, n%5))
		}
		events = append(events, e)
	}
	if err := w.Append(t.Context(), unify.Batch{Token: "all", Events: events}); err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := derivedTexts(t, w)
	for _, d := range details {
		if err := w.write(t.Context(), "UPDATE sealed_events SET "+d.Name+" = NULL"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w = openTest(t, path, tinySizes); !w.older.Load() {
		t.Error("nothing is older")
	}
	if got := derivedTexts(t, w); len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// TestUnpriced: sums of the price are right where some rows were sealed before there was a column for it, and it is used again
// when none is left.
func TestUnpriced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	w := openTest(t, path, tinySizes)
	var events []hitori.Stamped
	for n := range 300 {
		e := warehousetest.NewEvent(warehousetest.EventArgs{Number: n, Customer: hitori.CustomerID(1+n%20) << 20, Name: "Product Added", Time: warehousetest.Epoch})
		e.Properties = hitori.JSON(fmt.Sprintf(`{"price":%d}`, n%20))
		events = append(events, e)
	}
	if err := w.Append(t.Context(), unify.Batch{Token: "all", Events: events}); err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	derivedTexts(t, w)
	dear := &query.Event{
		Events: query.Events{Name: "Product Added"}, Measure: query.Sum, Property: plan.PriceProperty, Is: query.Test{Op: query.AtLeast, Number: 15 * 12},
	}
	check := func(unpriced bool) {
		t.Helper()
		size, _, err := plan.Reader{Engine: w}.Size(t.Context(), dear, query.Clock{Now: warehousetest.Epoch.AddDate(0, 1, 0), Location: time.UTC})
		if err != nil || size != 8 || w.unpriced.Load() != unpriced {
			t.Errorf("%d people, unpriced %v, %v", size, w.unpriced.Load(), err)
		}
	}
	check(false)
	for _, price := range []string{"NULL", price.Value} {
		if err := w.write(t.Context(), "UPDATE sealed_events SET price = "+price); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		w = openTest(t, path, tinySizes)
		check(price == "NULL")
	}
}

// derivedTexts derives everything, and returns what follows from details.
func derivedTexts(t *testing.T, w *Warehouse) []string {
	t.Helper()
	people := func(yield func(understand.Person, error) bool) {
		for n := range 20 {
			id := hitori.CustomerID(1+n) << 20
			if !yield(understand.Person{ID: id, Profiles: []hitori.CustomerID{id}}, nil) {
				return
			}
		}
	}
	err := w.Derive(t.Context(), understand.Derivation{Everybody: true, People: people, Currency: hitori.JPY, Now: warehousetest.Epoch.AddDate(0, 1, 0), Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, query := range []string{
		"SELECT concat_ws(' ', order_id, channel, coupon, discount) FROM derived.orders ORDER BY 1",
		"SELECT concat_ws(' ', person, satisfaction, responsive_channel, acquisition_source, discount_dependence) FROM derived.features ORDER BY 1",
	} {
		err := w.Query(t.Context(), func(plan.Dialect) string { return query }, func(r plan.Row) error {
			var text string
			err := r.Scan(&text)
			all = append(all, text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
