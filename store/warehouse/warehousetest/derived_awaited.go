package warehousetest

import (
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// Awaits checks what is told of the derivation: whether anything was derived, and else whether that is still to come.
func Awaits(t *testing.T, w plan.Engine, when string, computing, derived bool) {
	t.Helper()
	revision, err := plan.Analyst{Engine: w, Location: tokyo, Currency: hitori.JPY}.Revision(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if revision.Computing != computing || (revision.Number != 0) != derived {
		t.Errorf("%s: %+v", when, revision)
	}
	if shop, err := (plan.Shop{Engine: w}).Computing(within(t)); err != nil || shop != computing {
		t.Errorf("%s: of the shop %v, %v", when, shop, err)
	}
}

// derivedAwaited: a shop without anybody awaits nothing, whether that was derived or not; with the first data it does.
func derivedAwaited(t *testing.T, w Warehouse) {
	Awaits(t, w, "at the beginning", false, false)
	shop := newDerivedShop(4, 300)
	nobody := shop.derivation(nil)
	nobody.People = func(func(understand.Person, error) bool) {}
	derive(t, w, nobody)
	Awaits(t, w, "after nobody was derived", false, false)
	appendBatch(t, w, unify.Batch{Token: "first", Events: shop.events, Aliases: shop.aliases()})
	Awaits(t, w, "when the first data has come", true, false)
	derive(t, w, shop.derivation(nil))
	Awaits(t, w, "when everybody is derived", false, true)
	var everybody []hitori.CustomerID
	for n := range 40 {
		everybody = append(everybody, hitori.CustomerID(1+n)<<20)
	}
	if err := w.Erase(within(t), everybody, nil); err != nil {
		t.Fatal(err)
	}
	Awaits(t, w, "when everybody is erased", false, false)
}
