package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// TestReadersSeeEveryEventOnce reads while whole row groups are sealed and merged.
func TestReadersSeeEveryEventOnce(t *testing.T) {
	w := openTest(t, filepath.Join(t.TempDir(), "warehouse.duckdb"), sizes{seal: 2 * rowGroup, full: 3 * rowGroup, step: 2*rowGroup - 2000, sample: 64, worn: 1 << 20})
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				var events, different int64
				err := w.together(t.Context(), func(db *sql.DB) error {
					return db.QueryRowContext(t.Context(), "SELECT count(*), count(DISTINCT position) FROM events").Scan(&events, &different)
				})
				if err != nil || events != different {
					t.Errorf("%d events are seen, %d different ones, %v", events, different, err)
					return
				}
			}
		})
	}
	const batches, size = 60, 5000
	for n := range batches {
		events := make([]hitori.Stamped, size)
		for i := range events {
			number := n*size + i
			events[i] = warehousetest.NewEvent(warehousetest.EventArgs{
				Number: number, Customer: hitori.CustomerID(1+number%997) << 20, Time: warehousetest.Epoch.Add(time.Duration(number) * time.Millisecond),
			})
		}
		if err := w.Append(t.Context(), unify.Batch{Token: fmt.Sprint(n), Events: events}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop()
	readers.Wait()
	if info, err := w.Info(t.Context()); err != nil || info.Events != batches*size {
		t.Errorf("%d events, %v", info.Events, err)
	}
}
