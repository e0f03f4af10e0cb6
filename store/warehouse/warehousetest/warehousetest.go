// Package warehousetest is the suite every warehouse engine must pass.
package warehousetest

import (
	"context"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// Warehouse is what an engine offers.
type Warehouse interface {
	collect.Quarantine
	collect.Samples
	collect.Arrivals
	unify.UndoWarehouse
	understand.Warehouse
	understand.MemberTable
	plan.Engine

	// Dump calls events for every stored event and quarantined for every event in quarantine,
	// of the positions that include selects, in any order.
	Dump(ctx context.Context, include func(hitori.Position) bool, events func(hitori.Stamped) error, quarantined func(hitori.Event) error) error
	// Aliases calls fn for the alias that holds for each customer, in the order of the customers.
	Aliases(ctx context.Context, fn func(unify.Alias) error) error
	// Info returns how much is stored.
	Info(ctx context.Context) (warehouse.Info, error)
	// Truncate removes everything.
	Truncate(ctx context.Context) error
	// Close ends the use of the engine; closing twice is no error.
	Close() error
}

// Run runs the suite; open gives each test an empty warehouse of its own.
func Run(t *testing.T, open func(t *testing.T) Warehouse) {
	topics := []struct {
		name  string
		tests map[string]func(*testing.T, Warehouse)
	}{
		{"Append", appendTests},
		{"Read", readTests},
		{"Quarantine", quarantineTests},
		{"Samples", sampleTests},
		{"Arrivals", arrivalTests},
		{"Erase", eraseTests},
		{"Retention", retentionTests},
		{"Undo", undoTests},
		{"Whole", wholeTests},
		{"Shop", shopTests},
		{"Derived", derivedTests},
		{"Conditions", conditionTests},
		{"Own", ownTests},
		{"Analyses", analysesTests},
		{"Segments", segmentTests},
	}
	for _, topic := range topics {
		for name, test := range topic.tests {
			t.Run(topic.name+"/"+name, func(t *testing.T) {
				w := open(t)
				t.Cleanup(func() {
					if err := w.Close(); err != nil {
						t.Error(err)
					}
				})
				test(t, w)
			})
		}
	}
}

// limit is how long anything in a test may take.
const limit = 2 * time.Minute

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}
