package duckdb

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// TestMemoryIsGivenBack appends so many small batches that what DuckDB keeps of the rows' versions adds up: 13 MB, were the
// database not opened anew.
func TestMemoryIsGivenBack(t *testing.T) {
	const size, batches, most = 5000, 200, 7 << 20
	w := openTest(t, filepath.Join(t.TempDir(), "warehouse.duckdb"), sizes{seal: 2 * rowGroup, full: 3 * rowGroup, step: rowGroup, sample: 64, worn: 3 << 20})
	var kept int64
	for n := range batches {
		events := make([]hitori.Stamped, size)
		for i := range events {
			number := n*size + i
			events[i] = warehousetest.NewEvent(warehousetest.EventArgs{
				Number: number, Customer: hitori.CustomerID(1+number) << 20, Time: warehousetest.Epoch.Add(time.Duration(number) * time.Millisecond),
			})
		}
		if err := w.Append(t.Context(), unify.Batch{Token: fmt.Sprint(n), Events: events}); err != nil {
			t.Fatal(err)
		}
		if n%20 == 19 {
			if err := w.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			kept = max(kept, keptMemory(t, w))
		}
	}
	if t.Logf("%d MB at most", kept>>20); kept > most {
		t.Errorf("%d MB cannot be given back", kept>>20)
	}
	if info, err := w.Info(t.Context()); err != nil || info.Events != batches*size {
		t.Errorf("%d events, %v", info.Events, err)
	}
}

// keptMemory is how much memory DuckDB does not give back when it is asked to.
func keptMemory(t *testing.T, w *Warehouse) int64 {
	t.Helper()
	w.upkeep.Lock()
	defer w.upkeep.Unlock()
	var kept int64
	err := w.together(t.Context(), func(db *sql.DB) error {
		if _, err := db.ExecContext(t.Context(), "CHECKPOINT"); err != nil {
			return err
		}
		_, _ = db.ExecContext(t.Context(), memoryLimit(1<<20)) // gives back what it can before it fails
		if err := eachID(t.Context(), db, "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()", func(sum int64) { kept = sum }); err != nil {
			return err
		}
		_, err := db.ExecContext(t.Context(), memoryLimit(DefaultMemoryLimit))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}
