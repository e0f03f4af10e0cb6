package clickhouse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

func TestURLs(t *testing.T) {
	for _, url := range []string{
		"", "clickhouse://", "http://127.0.0.1:8123/default", "clickhouse://u:p@ss%@h:9000/d", "127.0.0.1:9000",
		"clickhouse://one:9000,two:9000/d", "clickhouse://one:9000/d?dial_timeout=soon",
	} {
		_, err := Open(t.Context(), url)
		wantError(t, err, hitori.Invalid, "warehouse_url")
		if strings.Contains(err.Error(), "p@ss") {
			t.Errorf("the password is told: %v", err)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	_, err := Open(t.Context(), "clickhouse://127.0.0.1:1/default")
	wantError(t, err, hitori.Unavailable, "warehouse_unavailable")
}

func TestUnknownCluster(t *testing.T) {
	_, err := Open(t.Context(), testURL(t, testCluster)+"-that-is-not-there")
	wantError(t, err, hitori.Invalid, "warehouse_cluster")
}

func TestNewerWarehouse(t *testing.T) {
	url := testURL(t, "")
	w := openTest(t, url)
	newer := versionRow{version: uint32(len(migrations()) + 1), shards: 1}
	if err := versions.insert(t.Context(), w.shards[0], "newer", []versionRow{newer}); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), url)
	wantError(t, err, hitori.Conflict, "warehouse_newer")
}

// A node that was alone would lack the rows of most customers in a cluster.
func TestOtherShards(t *testing.T) {
	alone := testURL(t, "")
	openTest(t, alone)
	_, err := Open(t.Context(), alone+"?cluster="+testCluster)
	t.Cleanup(func() { dropDatabase(t, alone+"?cluster="+testCluster) })
	wantError(t, err, hitori.Conflict, "warehouse_shards")
}

// Rows stand where ClickHouse's own function says, so that SQL can be written about that.
func TestShardsAreThoseOfIntHash64(t *testing.T) {
	w := openTest(t, testURL(t, ""))
	for _, n := range []int64{0, 1, -1, 97 << 20, 1<<63 - 1} {
		got, err := values[uint64](t.Context(), w.shards[0], fmt.Sprintf("SELECT intHash64(toInt64(%d))", n))
		if err != nil || len(got) != 1 || got[0] != intHash64(n) {
			t.Errorf("intHash64(%d) is %v, not %d; %v", n, got, intHash64(n), err)
		}
	}
}

// An insert of any size is one part: it is seen whole or not at all.
func TestLargeInsertIsOnePart(t *testing.T) {
	w := openTest(t, testURL(t, ""))
	rows := make([]aliasRow, 1_500_000) // the server's usual blocks have a million rows
	for i := range rows {
		rows[i].Customer = hitori.CustomerID(i)
	}
	if err := aliases.insert(t.Context(), w.shards[0], "large", rows); err != nil {
		t.Fatal(err)
	}
	var parts, inserted uint64
	query := "SELECT count(), sum(rows) FROM system.parts" + where("database = currentDatabase()", "table = 'aliases'")
	err := w.shards[0].each(t.Context(), query, func(row driver.Rows) error { return row.Scan(&parts, &inserted) })
	if err != nil || parts != 1 || inserted != uint64(len(rows)) {
		t.Fatalf("%d parts with %d rows, %v", parts, inserted, err)
	}
}

// Tables that are made anew for another program are empty until everything is computed, and that is told.
func TestDerivedAnew(t *testing.T) {
	for _, cluster := range []string{"", testCluster} {
		w := openTest(t, testURL(t, cluster))
		e := warehousetest.NewEvent(warehousetest.EventArgs{Number: 1, Customer: 1 << 20, Name: "Order Completed", Time: warehousetest.Epoch})
		if err := w.Append(t.Context(), unify.Batch{Token: "all", Events: []hitori.Stamped{e}}); err != nil {
			t.Fatal(err)
		}
		derive := func() {
			t.Helper()
			people := func(yield func(understand.Person, error) bool) {
				yield(understand.Person{ID: 1 << 20, Profiles: []hitori.CustomerID{1 << 20}}, nil)
			}
			err := w.Derive(t.Context(), understand.Derivation{Everybody: true, People: people, Currency: hitori.JPY, Now: warehousetest.Epoch.AddDate(0, 1, 0), Location: time.UTC})
			if err != nil {
				t.Fatal(err)
			}
			touched, err := w.Touched(t.Context(), understand.Form{})
			if err == nil {
				err = w.Untouch(t.Context(), touched)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		derive()
		warehousetest.Awaits(t, w, "before the upgrade", false, true)
		for _, s := range w.shards {
			for _, statement := range derivedAnew() {
				if err := s.exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
		}
		warehousetest.Awaits(t, w, "after the upgrade", true, false)
		derive()
		warehousetest.Awaits(t, w, "when it is computed", false, true)
	}
}
