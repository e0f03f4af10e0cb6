package duckdb

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// TestAppendWaitsForRoom appends more than there is room for while nothing is moved away. When that goes on, and with it
// a checkpoint that lets no append run beside it, the append that waited goes on too.
func TestAppendWaitsForRoom(t *testing.T) {
	w := openTest(t, filepath.Join(t.TempDir(), "warehouse.duckdb"), tinySizes)
	full := func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.tails[1-w.active].frozen && w.tails[w.active].rows >= tinySizes.full
	}
	w.upkeep.Lock()
	done := make(chan error, 1)
	go func() {
		shop := warehousetest.NewShop(1, 50)
		for round := range 20 {
			if err := w.Append(t.Context(), unify.Batch{Token: fmt.Sprint(round), Events: shop.Next(60)}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for !full() {
		runtime.Gosched()
	}
	w.upkeep.Unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	info, err := w.Info(t.Context())
	if err != nil || info.Events != 20*60 {
		t.Errorf("%d events, %v", info.Events, err)
	}
}
