package clickhouse

import (
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// onDisk counts the rows of events and lines in files, those marked as removed and those in
// parts that are no longer in use included.
func onDisk(t *testing.T, w *Warehouse) (rows uint64) {
	t.Helper()
	query := "SELECT sum(rows) FROM system.parts" + where("database = currentDatabase()", "table IN ('events', 'lines')")
	for _, s := range w.shards {
		err := s.each(t.Context(), query, func(row driver.Rows) error {
			var n uint64
			err := row.Scan(&n)
			rows += n
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// When an erasure is done the rows are in no file, even if some of them had only been marked as
// removed before.
func TestErasedRowsAreOffTheDisk(t *testing.T) {
	for name, cluster := range map[string]string{"Node": "", "Cluster": testCluster} {
		t.Run(name, func(t *testing.T) {
			w := openTest(t, testURL(t, cluster))
			gone, _ := warehousetest.UniqueTexts(1<<40, 0, 100)
			kept, _ := warehousetest.UniqueTexts(2<<40, 1000, 100)
			appendTo(t, w, unify.Batch{Token: "gone", Events: gone}, unify.Batch{Token: "kept", Events: kept})
			var some []hitori.Position
			for _, e := range gone[:30] {
				some = append(some, e.Position)
			}
			if err := w.Drop(t.Context(), some); err != nil {
				t.Fatal(err)
			}
			if err := w.Erase(t.Context(), []hitori.CustomerID{1 << 40}, nil); err != nil {
				t.Fatal(err)
			}
			if rows := onDisk(t, w); rows != 200 {
				t.Fatalf("%d rows are on disk, not 100 events with a line each", rows)
			}
			wantContents(t, w, unify.Batch{Events: kept})
		})
	}
}

// Truncating forgets the tokens, also those of parts that were merged since.
func TestTruncateForgetsTokens(t *testing.T) {
	w := openTest(t, testURL(t, testCluster))
	first, second := fullBatch("1", 1), fullBatch("2", 2)
	for i := range second.Events {
		second.Events[i].Position += hitori.NewPosition(1000, 0, 0)
	}
	appendTo(t, w, first, second)
	if err := settled(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if err := w.Truncate(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantContents(t, w)
	appendTo(t, w, second, first)
	wantContents(t, w, first, second)
}
