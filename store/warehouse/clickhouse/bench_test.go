package clickhouse

import (
	"context"
	"os"
	"strconv"
	"testing"

	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
)

// BenchmarkWarehouse stores HITORI_BENCH_EVENTS events (a million unless set) for a fiftieth
// as many customers, on one node or, with HITORI_BENCH_CLUSTER, on a cluster.
func BenchmarkWarehouse(b *testing.B) {
	count := 1_000_000
	if s := os.Getenv("HITORI_BENCH_EVENTS"); s != "" {
		var err error
		if count, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	open := func(b *testing.B) warehousetest.Warehouse {
		return openTest(b, testURL(b, os.Getenv("HITORI_BENCH_CLUSTER")))
	}
	warehousetest.Benchmark(b, open, warehousetest.BenchmarkArgs{
		Events: count, Customers: count / 50, Batch: 20_000, Settled: settled,
	})
}

// settled merges all parts into one.
func settled(ctx context.Context, w warehousetest.Warehouse) error {
	return w.(*Warehouse).everywhere(ctx, func(ctx context.Context, s *shard) error {
		for _, table := range []string{events.name, lines.name} {
			if err := s.exec(ctx, "OPTIMIZE TABLE "+table+" FINAL"); err != nil {
				return err
			}
		}
		return nil
	})
}
