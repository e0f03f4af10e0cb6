package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	engine "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
)

const (
	// dialTimeout is how long to wait for a connection, be it a new one or one that
	// somebody else uses.
	dialTimeout = 5 * time.Second
	// answerTimeout is how long a node may work without a word. A node that is gone is
	// noticed sooner, by the keep-alive of TCP.
	answerTimeout = time.Hour

	openConnections = 32 // to a node
	idleConnections = 8
)

// settings are those every statement runs with.
var settings = engine.Settings{
	"async_insert":             0, // an insert is on disk when it returns
	"insert_deduplicate":       1,
	"mutations_sync":           2,
	"lightweight_deletes_sync": 2,
	"max_query_size":           64 << 20, // lists of positions
	"max_ast_elements":         1_000_000,
}

// target is what a URL names.
type target struct {
	engine.Options
	cluster string
}

func parse(raw string) (target, error) {
	invalid := func(err error) (target, error) {
		return target{}, hitori.NewError(hitori.Invalid, "warehouse_url").Because(err)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return invalid(errors.New("no URL")) // its text may tell the password
	}
	query := u.Query()
	cluster := query.Get("cluster")
	query.Del("cluster")
	u.RawQuery = query.Encode()
	options, err := engine.ParseDSN(u.String())
	switch {
	case err != nil:
		return invalid(err)
	case u.Scheme != "clickhouse":
		return invalid(fmt.Errorf("the scheme is %q", u.Scheme))
	case len(options.Addr) > 1 && cluster == "":
		return invalid(errors.New("several hosts, but no cluster"))
	}
	if options.Auth.Database == "" {
		options.Auth.Database = "default"
	}
	if options.Compression == nil {
		options.Compression = &engine.Compression{Method: engine.CompressionLZ4}
	}
	if options.DialTimeout == 0 {
		options.DialTimeout = dialTimeout
	}
	if options.ReadTimeout == 0 {
		options.ReadTimeout = answerTimeout
	}
	if options.MaxOpenConns == 0 {
		options.MaxOpenConns, options.MaxIdleConns = openConnections, idleConnections
	}
	for name, value := range settings {
		options.Settings[name] = value
	}
	return target{*options, cluster}, nil
}

// dial makes a pool of connections to nodes that are as good as each other.
func (t target) dial(database string, addresses ...string) (driver.Conn, error) {
	options := t.Options
	options.Addr = addresses
	options.Auth.Database = database
	conn, err := engine.Open(&options)
	if err != nil {
		return nil, hitori.NewError(hitori.Invalid, "warehouse_url").Because(err)
	}
	return conn, nil
}

// addresses returns the node of each shard.
func (t target) addresses(ctx context.Context) ([]string, error) {
	if t.cluster == "" {
		return t.Addr, nil
	}
	conn, err := t.dial("", t.Addr...)
	if err != nil {
		return nil, err
	}
	s := &shard{conn: conn}
	defer conn.Close()
	var addresses []string
	query := "SELECT host_name, port, replica_num FROM system.clusters WHERE cluster = " + quote(t.cluster) + " ORDER BY shard_num"
	err = s.each(ctx, query, func(row driver.Rows) error {
		var host string
		var port uint16
		var replica uint32
		if err := scan(row, &host, &port, &replica); err != nil {
			return err
		}
		if replica > 1 {
			// Nothing would copy the rows to it.
			return hitori.NewError(hitori.Invalid, "warehouse_replicas", "cluster", t.cluster)
		}
		addresses = append(addresses, fmt.Sprintf("%s:%d", host, port))
		return nil
	})
	if err == nil && len(addresses) == 0 {
		err = hitori.NewError(hitori.Invalid, "warehouse_cluster", "cluster", t.cluster)
	}
	return addresses, err
}

// connect connects to a node. It creates the database where that is missing, which needs a
// right that the user may lack where it is not.
func (t target) connect(ctx context.Context, address string) (*shard, error) {
	if err := t.createDatabase(ctx, address); err != nil {
		return nil, err
	}
	conn, err := t.dial(t.Auth.Database, address)
	return &shard{address: address, conn: conn}, err
}

func (t target) createDatabase(ctx context.Context, address string) error {
	conn, err := t.dial("", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &shard{conn: conn}
	found, err := values[uint8](ctx, s, "SELECT 1 FROM system.databases"+where("name = "+quote(t.Auth.Database)))
	if err != nil || len(found) > 0 {
		return err
	}
	return s.exec(ctx, "CREATE DATABASE IF NOT EXISTS "+quoteName(t.Auth.Database))
}

// shard is a node with its share of the rows.
type shard struct {
	number  int
	address string
	conn    driver.Conn
}

func (s *shard) exec(ctx context.Context, statement string) error {
	return fail(ctx, s.conn.Exec(ctx, statement))
}

// each runs a query and calls fn for each row.
func (s *shard) each(ctx context.Context, query string, fn func(driver.Rows) error) error {
	rows, err := s.conn.Query(ctx, query)
	if err != nil {
		return fail(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return fail(ctx, rows.Err())
}

// scan reads a row.
func scan(row driver.Rows, fields ...any) error {
	if err := row.Scan(fields...); err != nil {
		return failed(err)
	}
	return nil
}

// values returns the one column of a query's rows.
func values[T any](ctx context.Context, s *shard, query string) ([]T, error) {
	var list []T
	err := s.each(ctx, query, func(row driver.Rows) error {
		var value T
		err := scan(row, &value)
		list = append(list, value)
		return err
	})
	return slices.Clip(list), err
}
