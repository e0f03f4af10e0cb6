package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
)

const (
	urlVariable = "HITORI_TEST_CLICKHOUSE_URL" // of one node of a cluster called testCluster
	testCluster = "hitori"
)

// variable returns an environment variable that names an engine. Without it the test is
// skipped, or fails when engines are required.
func variable(t testing.TB, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		if os.Getenv("HITORI_REQUIRE_ENGINES") == "1" {
			t.Fatalf("ClickHouse was not tested: %s is not set", name)
		}
		t.Skipf("ClickHouse is not tested: %s is not set", name)
	}
	return value
}

var databases atomic.Int64

// testURL names a database of the test's own, on one node or on the cluster, which is
// dropped when the test ends.
func testURL(t testing.TB, cluster string) string {
	t.Helper()
	u, err := url.Parse(variable(t, urlVariable))
	if err != nil {
		t.Fatal(err)
	}
	warehousetest.HoldNodes(t, false)
	u.Path = fmt.Sprintf("/hitori_test_%d_%d", os.Getpid(), databases.Add(1))
	query := u.Query()
	query.Set("cluster", cluster)
	if cluster == "" {
		query.Del("cluster")
	}
	u.RawQuery = query.Encode()
	t.Cleanup(func() { dropDatabase(t, u.String()) })
	return u.String()
}

func dropDatabase(t testing.TB, raw string) {
	t.Helper()
	target, err := parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := target.addresses(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		conn, err := target.dial("", address)
		if err != nil {
			t.Fatal(err)
		}
		s := &shard{conn: conn}
		if err := s.exec(context.Background(), "DROP DATABASE IF EXISTS "+quoteName(target.Auth.Database)+" SYNC"); err != nil {
			t.Error(err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

func openTest(t testing.TB, url string) *Warehouse {
	t.Helper()
	w, err := Open(t.Context(), url)
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
	for name, cluster := range map[string]string{"Node": "", "Cluster": testCluster} {
		t.Run(name, func(t *testing.T) {
			warehousetest.Run(t, func(t *testing.T) warehousetest.Warehouse { return openTest(t, testURL(t, cluster)) })
		})
	}
}

func wantError(t *testing.T, err error, code hitori.Code, key string) {
	t.Helper()
	var known *hitori.Error
	if !errors.As(err, &known) || known.Code != code || known.Key != key {
		t.Fatalf("got %v, not %s: %s", err, code, key)
	}
}
