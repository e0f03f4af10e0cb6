package simulate_test

import (
	"testing"

	"github.com/hitori-cdp/hitori/simulate"
)

// BenchmarkEvents makes all events of a shop of 2,000 customers in two years.
func BenchmarkEvents(b *testing.B) {
	shop := newShop(b, simulate.Config{Customers: 2000})
	var events, bytes int64
	for b.Loop() {
		err := shop.Events(b.Context(), func(m simulate.Message) error {
			events++
			bytes += int64(len(m.JSON))
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(bytes)/float64(events), "bytes/event")
	b.ReportAllocs()
}
