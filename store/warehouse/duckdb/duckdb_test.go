package duckdb

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// tinySizes make a few rows go all the way from the tail through many runs.
var tinySizes = sizes{seal: 150, full: 220, step: 100, sample: 8, worn: 5000}

func openTest(t testing.TB, path string, sizes sizes) *Warehouse {
	t.Helper()
	w, err := open(t.Context(), Config{Path: path, Threads: 2}, sizes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestConformance(t *testing.T) {
	t.Run("Tail", func(t *testing.T) {
		warehousetest.Run(t, func(t *testing.T) warehousetest.Warehouse {
			return openTest(t, filepath.Join(t.TempDir(), "warehouse.duckdb"), standardSizes)
		})
	})
	t.Run("Runs", func(t *testing.T) {
		warehousetest.Run(t, func(t *testing.T) warehousetest.Warehouse {
			return settled{t, openTest(t, filepath.Join(t.TempDir(), "warehouse.duckdb"), tinySizes)}
		})
	})
}

// settled merges runs after every batch.
type settled struct {
	t *testing.T
	*Warehouse
}

func (s settled) Append(ctx context.Context, batch unify.Batch) error {
	if err := s.Warehouse.Append(ctx, batch); err != nil {
		return err
	}
	return s.Settle(ctx)
}
