package warehousetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// BenchmarkArgs says how large a warehouse to measure.
type BenchmarkArgs struct {
	// Events are stored for Customers before timelines are read.
	Events, Customers int
	// Batch is how many events are appended at a time.
	Batch int
	// Settled brings the warehouse into the state it reaches by itself when left alone; nil
	// when the engine has no such state.
	Settled func(context.Context, Warehouse) error
}

// Benchmark measures appends and timelines of an engine; open gives an empty warehouse.
func Benchmark(b *testing.B, open func(b *testing.B) Warehouse, args BenchmarkArgs) {
	w := open(b)
	shop := NewShop(1, args.Customers)
	load := sync.OnceValue(func() loaded { return fill(b, w, shop, args) })
	b.Run("Append", func(b *testing.B) {
		l := load()
		b.ReportMetric(float64(args.Events)/l.spent.Seconds(), "events/s")
		b.ReportMetric(float64(l.longest.Milliseconds()), "ms-longest")
		b.ReportMetric(float64(l.bytes)/float64(args.Events), "B/event")
		b.ReportMetric(0, "ns/op")
	})
	load()
	if args.Settled != nil {
		b.Run("Timeline/Unsettled", func(b *testing.B) { benchmarkTimelines(b, w, shop) })
		start := time.Now()
		if err := args.Settled(b.Context(), w); err != nil {
			b.Fatal(err)
		}
		b.Logf("settled in %v", time.Since(start).Round(time.Millisecond))
	}
	b.Run("Timeline", func(b *testing.B) { benchmarkTimelines(b, w, shop) })
	b.Run("Conditions", func(b *testing.B) { benchmarkConditions(b, w, shop) })
}

// loaded is what storing the events took.
type loaded struct {
	spent, longest time.Duration
	bytes          int64
}

// fill stores the events. They are made beside it, and that is not counted.
func fill(b *testing.B, w Warehouse, shop *Shop, args BenchmarkArgs) loaded {
	batches := make(chan []hitori.Stamped, 2)
	go func() {
		defer close(batches)
		for n := 0; n < args.Events; n += args.Batch {
			batches <- shop.Next(args.Batch)
		}
	}()
	var l loaded
	number := 0
	for events := range batches {
		number++
		start := time.Now()
		if err := w.Append(b.Context(), unify.Batch{Token: fmt.Sprintf("bench-%d", number), Events: events}); err != nil {
			b.Fatal(err)
		}
		took := time.Since(start)
		l.spent += took
		l.longest = max(l.longest, took)
	}
	info, err := w.Info(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	l.bytes = info.Bytes
	return l
}

// benchmarkTimelines reads the first page of people with one and with five profiles.
func benchmarkTimelines(b *testing.B, w Warehouse, shop *Shop) {
	for _, profiles := range []int{1, 5} {
		b.Run(fmt.Sprintf("Profiles=%d", profiles), func(b *testing.B) {
			random := rand.New(rand.NewPCG(uint64(profiles), 2))
			var times []time.Duration
			for b.Loop() {
				customers := make([]hitori.CustomerID, profiles)
				for i := range customers {
					customers[i] = shop.Customer(random.IntN(shop.customers))
				}
				start := time.Now()
				if _, err := w.Timeline(b.Context(), unify.TimelineQuery{Customers: customers, Limit: 50}); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			for _, percent := range []int{50, 95, 99} {
				at := times[len(times)*percent/100]
				b.ReportMetric(float64(at.Microseconds())/1000, fmt.Sprintf("ms-p%d", percent))
			}
		})
	}
}
