// Package sqlite runs the state on SQLite, in one file of this process's own.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"

	"github.com/hitori-cdp/hitori/store/state"
)

const (
	// readers is how many queries run side by side.
	readers = 4
	// walPages is how long the write-ahead log grows before its pages are written to their place, 64 MB. Keys are random,
	// so transactions that follow one another write much the same pages.
	walPages = 16 << 10
	// walLimit is what is left of its file afterwards, in bytes, when one transaction needed more.
	walLimit = 2 * walPages * 4096
)

// Engine is a SQLite file. All writes go through one connection.
type Engine struct {
	conn   // for reading
	writer *sql.DB
	file   string
}

// Open opens the file, and creates it when it is missing.
func Open(file string) (*Engine, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	open := func(connections int, options url.Values) (*sql.DB, error) {
		options.Set("_journal_mode", "WAL")
		options.Set("_busy_timeout", "10000")
		db, err := sql.Open("sqlite3", "file:"+file+"?"+options.Encode())
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db, db.PingContext(context.Background())
	}
	// What the warehouse is told to forget must be on disk here first, hence FULL.
	writer, err := open(1, url.Values{
		"_synchronous": {"FULL"}, "_txlock": {"immediate"}, "_cache_size": {"-65536"}, "_secure_delete": {"on"},
	})
	if err != nil {
		return nil, err
	}
	if _, err := writer.ExecContext(context.Background(), fmt.Sprintf("PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %d", walPages, walLimit)); err != nil {
		writer.Close()
		return nil, err
	}
	reader, err := open(readers, url.Values{"_cache_size": {"-8192"}, "_query_only": {"on"}})
	if err != nil {
		writer.Close()
		return nil, err
	}
	return &Engine{conn: conn{reader}, writer: writer, file: file}, nil
}

// Name implements [state.Dialect].
func (*Engine) Name() string { return "sqlite" }

// DB implements [state.Engine].
func (e *Engine) DB() *sql.DB { return e.writer }

// Set implements [state.Dialect] with the json_each function.
func (*Engine) Set(number int, columns ...string) string {
	parts := make([]string, len(columns))
	for i, column := range columns {
		name, _, _ := strings.Cut(column, " ")
		parts[i] = fmt.Sprintf("json_extract(value, '$[%d]') AS %s", i, name)
	}
	return fmt.Sprintf("(SELECT %s FROM jsonb_each(?%d))", strings.Join(parts, ", "), number)
}

// Words implements [state.Dialect].
func (*Engine) Words() map[string]string {
	return map[string]string{"without_rowid": "WITHOUT ROWID", "bytes": "BLOB", "binary_order": ""}
}

// Gone implements [state.Dialect].
func (*Engine) Gone(err error) bool {
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Code {
	case sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrBusy, sqlite3.ErrCantOpen, sqlite3.ErrReadonly:
		return true
	}
	return false
}

// Exec implements [state.Conn] on the writing connection.
func (e *Engine) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return conn{e.writer}.Exec(ctx, query, args...)
}

// Bulk implements [state.Conn] in a transaction of its own.
func (e *Engine) Bulk(ctx context.Context, query string, rows [][]any) error {
	return e.Write(ctx, func(c state.Conn) error { return c.Bulk(ctx, query, rows) })
}

// Write implements [state.Engine].
func (e *Engine) Write(ctx context.Context, fn func(state.Conn) error) error {
	return transact(ctx, e.writer, fn)
}

// WriteAlone implements [state.Engine]; there is only one writer anyway.
func (e *Engine) WriteAlone(ctx context.Context, fn func(state.Conn) error) error {
	return transact(ctx, e.writer, fn)
}

// Snapshot implements [state.Engine].
func (e *Engine) Snapshot(ctx context.Context, fn func(state.Conn) error) error {
	return transact(ctx, e.db.(*sql.DB), fn)
}

func transact(ctx context.Context, db *sql.DB, fn func(state.Conn) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := fn(conn{tx}); err != nil {
		return err
	}
	return tx.Commit()
}

// Assigned implements [state.Engine]: the only process has every partition.
func (*Engine) Assigned(_ context.Context, count int) ([]int, error) {
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	return all, nil
}

// Size implements [state.Engine].
func (e *Engine) Size(context.Context) (int64, error) {
	var size int64
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(e.file + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
		if err == nil {
			size += info.Size()
		}
	}
	return size, nil
}

// Close writes everything into the file and closes it.
func (e *Engine) Close() error {
	_, err := e.writer.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, e.db.(*sql.DB).Close(), e.writer.Close())
}

// conn is a database or a transaction.
type conn struct {
	db interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		PrepareContext(context.Context, string) (*sql.Stmt, error)
	}
}

func (c conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := c.db.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c conn) Query(ctx context.Context, query string, args ...any) (state.Rows, error) {
	return c.db.QueryContext(ctx, query, args...) //nolint:rowserrcheck // whoever reads them asks
}

func (c conn) Bulk(ctx context.Context, query string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	statement, err := c.db.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer statement.Close()
	for _, row := range rows {
		if _, err := statement.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}
