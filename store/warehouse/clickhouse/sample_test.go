package clickhouse

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// Of a large warehouse the newest parts are looked through first, and the others when that
// is not enough.
func TestSamplesOfNewestParts(t *testing.T) {
	w := openTest(t, testURL(t, ""))
	w.sortedSample = 25
	for _, s := range w.shards {
		if err := s.exec(t.Context(), "SYSTEM STOP MERGES events"); err != nil {
			t.Fatal(err)
		}
	}
	var want []hitori.JSON
	for batch := range 6 {
		var list []hitori.Stamped
		for i := range 10 {
			list = append(list, warehousetest.NewEvent(warehousetest.EventArgs{
				Number: 10*batch + i, Customer: hitori.CustomerID(1 + i), Properties: hitori.JSON(fmt.Sprintf(`{"batch":%d}`, batch)),
			}))
		}
		appendTo(t, w, unify.Batch{Token: fmt.Sprint(batch), Events: list})
		want = append(want, hitori.JSON(fmt.Sprint(batch)))
	}
	newest, all, err := w.shards[0].newestParts(t.Context(), w.sortedSample)
	if err != nil || all || newest != "'', 'all_6_6_0', 'all_5_5_0'" {
		t.Fatalf("newest parts %s, %v, %v", newest, all, err)
	}
	slices.Reverse(want)
	got, err := w.SampleValues(t.Context(), hitori.Track, "Product Viewed", "properties.batch", 10)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %v, %v", got, err)
	}
}
