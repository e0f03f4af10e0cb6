package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// Conn runs statements. Parameters are written ?1, ?2 … in the order of the arguments.
type Conn interface {
	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query runs a query. The rows must be closed.
	Query(ctx context.Context, query string, args ...any) (Rows, error)
	// Bulk runs a statement once for each row of arguments.
	Bulk(ctx context.Context, query string, rows [][]any) error
}

// Rows are the rows of a query.
type Rows interface {
	Next() bool
	Scan(targets ...any) error
	Columns() ([]string, error)
	Close() error
	Err() error
}

// Engine is SQLite or PostgreSQL.
type Engine interface {
	Conn
	Dialect
	// Write runs fn in a transaction and undoes it when fn fails.
	Write(ctx context.Context, fn func(Conn) error) error
	// WriteAlone is Write, but no two of them overlap, in this process or another.
	WriteAlone(ctx context.Context, fn func(Conn) error) error
	// Snapshot runs fn in a transaction that sees one moment and writes nothing.
	Snapshot(ctx context.Context, fn func(Conn) error) error
	// Assigned returns the share of count partitions that this process works on.
	Assigned(ctx context.Context, count int) ([]int, error)
	// DB is the engine for the migrations.
	DB() *sql.DB
	// Size returns how many bytes the state takes on disk.
	Size(ctx context.Context) (int64, error)
	Close() error
}

// Dialect is where the two engines differ.
type Dialect interface {
	// Name is "sqlite" or "postgres".
	Name() string
	// Set turns a JSON array of arrays, given as parameter number, into a subquery with
	// these columns, each with a type: "kind text", "id bigint". The result can
	// be joined and selected from.
	Set(number int, columns ...string) string
	// Words fills in the braces of the migrations.
	Words() map[string]string
	// Gone reports whether an error means that the engine cannot be reached or its disk is full.
	Gone(err error) bool
}

// Store keeps the state on an engine. Each room's interface is one of its methods' sets:
// see identity.go, customers.go, contract.go, keys.go, jobs.go.
type Store struct {
	engine Engine
	sql    queries
	seen   *generations[hitori.Position]
	ledger *generations[collect.LedgerEntry]
}

// New returns a store on an engine, with its tables brought up to date.
func New(ctx context.Context, engine Engine, options ...Option) (*Store, error) {
	s := &Store{engine: engine, sql: newQueries(engine), seen: newSeen(engine), ledger: newLedger(engine)}
	for _, option := range options {
		option(s)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	if err := s.listAnew(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Option changes a store.
type Option func(*Store)

// GenerationSize sets with how many entries a generation is closed, of seen ids and of the ledger; tests make
// it small.
func GenerationSize(entries int) Option {
	return func(s *Store) { s.seen.size, s.ledger.size = entries, entries }
}

// Close releases the engine.
func (s *Store) Close() error { return s.engine.Close() }

// Size returns how many bytes the state takes on disk.
func (s *Store) Size(ctx context.Context) (int64, error) { return s.engine.Size(ctx) }

// Ping returns an error when the engine cannot be reached.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.engine.Exec(ctx, "SELECT 1")
	return s.wrap(err)
}

// wrap turns what an engine says into an error of code Unavailable or Internal, unless it
// is an error for the user already.
func (s *Store) wrap(err error) error {
	var known *hitori.Error
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case s.engine.Gone(err):
		return hitori.NewError(hitori.Unavailable, "state_unavailable").Because(err)
	}
	return hitori.NewError(hitori.Internal, "state_failed").Because(err)
}

// set encodes rows for [Dialect.Set].
func set[T any](items []T, row func(T) []any) string {
	rows := make([][]any, len(items))
	for i, item := range items {
		rows[i] = row(item)
	}
	b, err := json.Marshal(rows)
	if err != nil {
		panic(fmt.Sprintf("state: %v", err)) // texts and numbers always have a JSON form
	}
	return string(b)
}

func customerRow(id hitori.CustomerID) []any { return []any{int64(id)} }

func identifierRow(id hitori.Identifier) []any { return []any{string(id.Kind), id.Value} }

// each calls scan for every row of a query.
func each(ctx context.Context, c Conn, scan func(Rows) error, query string, args ...any) error {
	rows, err := c.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one scans the only row of a query and reports whether there was one.
func one(ctx context.Context, c Conn, query string, args []any, targets ...any) (bool, error) {
	found := false
	err := each(ctx, c, func(r Rows) error {
		found = true
		return r.Scan(targets...)
	}, query, args...)
	return found, err
}

// fillWords replaces the words in braces.
func fillWords(text string, words map[string]string) string {
	pairs := make([]string, 0, 2*len(words))
	for word, value := range words {
		pairs = append(pairs, "{"+word+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
