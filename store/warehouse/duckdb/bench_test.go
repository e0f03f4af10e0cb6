package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
)

// BenchmarkWarehouse stores HITORI_BENCH_EVENTS events (a million unless set) for a fiftieth
// as many customers, in HITORI_BENCH_DIR when that is set.
func BenchmarkWarehouse(b *testing.B) {
	events := 1_000_000
	if s := os.Getenv("HITORI_BENCH_EVENTS"); s != "" {
		var err error
		if events, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	dir := os.Getenv("HITORI_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	open := func(b *testing.B) warehousetest.Warehouse {
		return openTest(b, filepath.Join(dir, "warehouse.duckdb"), standardSizes)
	}
	warehousetest.Benchmark(b, open, warehousetest.BenchmarkArgs{
		Events: events, Customers: events / 50, Batch: 20_000,
		Settled: func(ctx context.Context, w warehousetest.Warehouse) error { return w.(*Warehouse).Settle(ctx) },
	})
}
