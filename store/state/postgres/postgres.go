// Package postgres runs the state on PostgreSQL, which several processes can share.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/state"
)

// The keys of advisory locks, which belong to one database.
const (
	lockAlone      = 0x6869746f7269 // taken by WriteAlone
	lockWorkers    = 0x68697401     // shared by every working process
	lockPartitions = 0x68697402     // with the number of a partition
)

// Engine is a PostgreSQL database.
type Engine struct {
	conn
	pool *pgxpool.Pool
	db   *sql.DB

	mu    sync.Mutex
	share *pgx.Conn // holds the locks on this process's partitions
	mine  map[int]bool
}

// Open connects to the database a postgres:// URL names.
func Open(ctx context.Context, url string) (*Engine, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, hitori.NewError(hitori.Invalid, "state_url").Because(err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, unavailable(err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, unavailable(err)
	}
	return &Engine{conn: conn{pool}, pool: pool, db: stdlib.OpenDBFromPool(pool), mine: make(map[int]bool)}, nil
}

func unavailable(err error) error {
	return hitori.NewError(hitori.Unavailable, "state_unavailable").Because(err)
}

// Name implements [state.Dialect].
func (*Engine) Name() string { return "postgres" }

// DB implements [state.Engine].
func (e *Engine) DB() *sql.DB { return e.db }

// Set implements [state.Dialect] with the jsonb_array_elements function.
func (*Engine) Set(number int, columns ...string) string {
	parts := make([]string, len(columns))
	for i, column := range columns {
		name, kind, _ := strings.Cut(column, " ")
		parts[i] = fmt.Sprintf("(e->>%d)::%s AS %s", i, kind, name)
	}
	return fmt.Sprintf("(SELECT %s FROM jsonb_array_elements(?%d::jsonb) e)", strings.Join(parts, ", "), number)
}

// Words implements [state.Dialect].
func (*Engine) Words() map[string]string {
	return map[string]string{"without_rowid": "", "bytes": "BYTEA", "binary_order": `COLLATE "C"`}
}

// Gone implements [state.Dialect].
func (*Engine) Gone(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) { // whatever the server says to it
		return true
	}
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		switch failure.Code[:2] {
		case "08", "53", "57", "58": // connection, resources, operator, system
			return true
		}
		return failure.Code == pgSerialization || failure.Code == pgDeadlock
	}
	var network net.Error
	return errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "unexpected EOF")
}

const (
	pgSerialization = "40001"
	pgDeadlock      = "40P01"
)

// Write implements [state.Engine].
func (e *Engine) Write(ctx context.Context, fn func(state.Conn) error) error {
	return e.transact(ctx, pgx.TxOptions{}, fn)
}

// WriteAlone implements [state.Engine] with an advisory lock.
func (e *Engine) WriteAlone(ctx context.Context, fn func(state.Conn) error) error {
	return e.Write(ctx, func(c state.Conn) error {
		if _, err := c.Exec(ctx, "SELECT pg_advisory_xact_lock(?1)", int64(lockAlone)); err != nil {
			return err
		}
		return fn(c)
	})
}

// Snapshot implements [state.Engine].
func (e *Engine) Snapshot(ctx context.Context, fn func(state.Conn) error) error {
	return e.transact(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, fn)
}

func (e *Engine) transact(ctx context.Context, options pgx.TxOptions, fn func(state.Conn) error) error {
	tx, err := e.pool.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after a commit
	if err := fn(conn{tx}); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// Size implements [state.Engine].
func (e *Engine) Size(ctx context.Context) (size int64, err error) {
	err = e.pool.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&size)
	return size, err
}

// Close ends all connections.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dropShare()
	err := e.db.Close()
	e.pool.Close()
	return err
}

// conn is a pool or a transaction.
type conn struct {
	db interface {
		Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
		Query(context.Context, string, ...any) (pgx.Rows, error)
		SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
	}
}

// dollars turns ?1 into $1. No statement of ours has a question mark elsewhere.
func dollars(query string) string { return strings.ReplaceAll(query, "?", "$") }

func (c conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := c.db.Exec(ctx, dollars(query), args...)
	return tag.RowsAffected(), err
}

func (c conn) Query(ctx context.Context, query string, args ...any) (state.Rows, error) {
	r, err := c.db.Query(ctx, dollars(query), args...)
	return rows{r}, err
}

func (c conn) Bulk(ctx context.Context, query string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	batch := new(pgx.Batch)
	for _, row := range rows {
		batch.Queue(dollars(query), row...)
	}
	return c.db.SendBatch(ctx, batch).Close()
}

type rows struct{ pgx.Rows }

func (r rows) Columns() ([]string, error) {
	var names []string
	for _, field := range r.FieldDescriptions() {
		names = append(names, field.Name)
	}
	return names, r.Err()
}

func (r rows) Close() error {
	r.Rows.Close()
	return r.Err()
}
