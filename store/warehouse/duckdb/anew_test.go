package duckdb

import (
	"path/filepath"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// TestDerivedAnew: a program with other derived tables begins with empty ones, and says that they are being computed.
func TestDerivedAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	w := openTest(t, path, tinySizes)
	e := warehousetest.NewEvent(warehousetest.EventArgs{Number: 1, Customer: 1 << 20, Name: "Order Completed", Time: warehousetest.Epoch})
	e.OrderID, e.Currency = "O1", hitori.JPY
	if err := w.Append(t.Context(), unify.Batch{Token: "all", Events: []hitori.Stamped{e}}); err != nil {
		t.Fatal(err)
	}
	derivedTexts(t, w)
	warehousetest.Awaits(t, w, "before the upgrade", false, true)
	touched, err := w.Touched(t.Context(), understand.Form{})
	if err == nil {
		err = w.Untouch(t.Context(), touched)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.write(t.Context(), "UPDATE derived.form SET shape = 'that of another program'"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = openTest(t, path, tinySizes)
	warehousetest.Awaits(t, w, "after the upgrade", true, false)
	derivedTexts(t, w)
	warehousetest.Awaits(t, w, "when it is computed", false, true)
}
