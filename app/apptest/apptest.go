// Package apptest starts whole programs for tests: on port 0, in a folder of their own, on
// the embedded engines or on external ones.
package apptest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/jackc/pgx/v5"

	"github.com/hitori-cdp/hitori/store/stream/streamtest"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
)

// The variables that name the engines of a test machine.
const (
	PostgresVariable   = "HITORI_TEST_POSTGRES_URL"
	ClickHouseVariable = "HITORI_TEST_CLICKHOUSE_URL"
	requireVariable    = "HITORI_REQUIRE_ENGINES"
)

// Engines are the URLs of external engines; the zero value is the embedded pair.
type Engines struct {
	Stream, State, Warehouse string
	// Nodes are those of the stream.
	Nodes *streamtest.Cluster
}

// External makes engines of the test's own on this machine's servers, and removes them with
// the test. It skips the test where there are none, or fails it when they are required.
func External(t testing.TB) Engines {
	t.Helper()
	postgres, clickhouse := os.Getenv(PostgresVariable), os.Getenv(ClickHouseVariable)
	if postgres == "" || clickhouse == "" {
		message := fmt.Sprintf("external engines are not tested: %s and %s are not both set", PostgresVariable, ClickHouseVariable)
		if os.Getenv(requireVariable) == "1" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	warehousetest.HoldNodes(t, false)
	name := fmt.Sprintf("hitori_test_%d_%d", os.Getpid(), counter.Add(1))
	nodes := streamtest.StartCluster(t, 3)
	return Engines{Stream: nodes.URL() + "?replicas=3", Nodes: nodes, State: postgresDatabase(t, postgres, name), Warehouse: clickhouseDatabase(t, clickhouse, name)}
}

var counter atomic.Int64

func postgresDatabase(t testing.TB, base, name string) string {
	t.Helper()
	run := func(statement string) {
		conn, err := pgx.Connect(context.Background(), base)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), statement); err != nil {
			t.Error(err)
		}
	}
	run("CREATE DATABASE " + name)
	t.Cleanup(func() { run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return withDatabase(t, base, name, nil)
}

// clickhouseDatabase names a database on the test cluster, which the program creates, and drops
// it with the test.
func clickhouseDatabase(t testing.TB, base, name string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Del("cluster") // is ours, not the driver's
	u.RawQuery = query.Encode()
	options, err := clickhouse.ParseDSN(u.String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	addresses, err := nodes(conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		t.Cleanup(func() {
			node := *options
			node.Addr = []string{address}
			conn, err := clickhouse.Open(&node)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.Exec(context.Background(), "DROP DATABASE IF EXISTS "+name+" SYNC"); err != nil {
				t.Error(err)
			}
		})
	}
	return withDatabase(t, base, name, url.Values{"cluster": {"hitori"}})
}

// nodes lists the addresses of the test cluster.
func nodes(conn clickhouse.Conn) ([]string, error) {
	rows, err := conn.Query(context.Background(), "SELECT host_name, port FROM system.clusters WHERE cluster = 'hitori' ORDER BY shard_num")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var host string
		var port uint16
		if err := rows.Scan(&host, &port); err != nil {
			return nil, err
		}
		list = append(list, fmt.Sprintf("%s:%d", host, port))
	}
	return list, rows.Err()
}

func withDatabase(t testing.TB, base, name string, query url.Values) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	q := u.Query()
	for key, values := range query {
		q[key] = values
	}
	u.RawQuery = q.Encode()
	return u.String()
}
