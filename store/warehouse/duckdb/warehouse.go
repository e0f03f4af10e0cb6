package duckdb

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	engine "github.com/duckdb/duckdb-go/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// DefaultMemoryLimit is what DuckDB may use for its buffers, in bytes.
const DefaultMemoryLimit = 512 << 20

// idleConnections is how many connections are kept open for the next read.
const idleConnections = 8

// Config says where the warehouse is and what it may use.
type Config struct {
	// Path is the database file. It is made when it is missing. Beside it stand its
	// write-ahead log (".wal") and, while large sorts run, temporary files (".tmp.…").
	Path string
	// Threads is how many threads a query may use; 0 means one per processor.
	Threads int
	// MemoryLimit is what DuckDB may use for its buffers, in bytes; 0 means
	// [DefaultMemoryLimit]. The process needs some more than that, and while what follows from events is
	// computed, up to four times as much.
	MemoryLimit int64
	// Logger gets what goes wrong in the background; nil discards it.
	Logger *slog.Logger
}

// Warehouse is the warehouse in a DuckDB file. It implements unify.Warehouse,
// collect.Quarantine and collect.Samples.
type Warehouse struct {
	config Config
	sizes  sizes
	runner service.Runner
	wake   chan struct{}

	// Locks are taken in this order: upkeep, appending, gate, mu.

	// gate is shared by whatever uses db, and taken alone by what needs nobody else to.
	gate   sync.RWMutex
	db     *sql.DB
	closed bool
	// temporary is the folder of the temporary files of db. Each database has its own: one that was invalidated may remove
	// its files while the next is already in use.
	temporary string
	// broken is set when db must be opened anew.
	broken atomic.Bool

	// appending is held by the append under way: there is one at a time.
	appending sync.Mutex
	applied   tokens
	// touches is the greatest number in the table touched; it grows under appending.
	touches atomic.Int64

	// tables tells the derived tables' form.
	tables string

	// older says that some events were sealed before there were details; see words.
	older atomic.Bool
	// unpriced says that some were sealed before there was a price.
	unpriced atomic.Bool

	// upkeep is held by whatever moves rows: a step in the background, or an erasure.
	upkeep sync.Mutex
	layout layout
	// arrived is how many rows were appended since the last step.
	arrived atomic.Int64

	// worn is about how much memory DuckDB keeps for versions of rows since the database was opened, in bytes.
	worn atomic.Int64

	// deriving is held by the derivation under way.
	deriving sync.Mutex

	// mu guards what follows, for moments.
	mu     sync.Mutex
	tails  [2]tail
	active int
	// moved is closed and replaced after each step of the upkeep; trouble is how that ended.
	moved   chan struct{}
	trouble error
}

var (
	_ unify.Warehouse    = (*Warehouse)(nil)
	_ collect.Quarantine = (*Warehouse)(nil)
	_ collect.Samples    = (*Warehouse)(nil)

	_ understand.Warehouse = (*Warehouse)(nil)
)

// Open opens or creates the warehouse and brings its tables up to date. It returns an error
// with code [hitori.Unavailable] when the file cannot be used or another process has it, and
// [hitori.Conflict] when a newer program has written it.
func Open(ctx context.Context, config Config) (*Warehouse, error) {
	return open(ctx, config, standardSizes)
}

func open(ctx context.Context, config Config, sizes sizes) (*Warehouse, error) {
	if config.Threads == 0 {
		config.Threads = runtime.NumCPU()
	}
	if config.MemoryLimit == 0 {
		config.MemoryLimit = DefaultMemoryLimit
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	w := &Warehouse{config: config, sizes: sizes, wake: make(chan struct{}, 1), moved: make(chan struct{})}
	if err := w.open(ctx); err != nil {
		return nil, w.fail(ctx, err)
	}
	w.runner.Run(ctx, w.keep)
	return w, nil
}

// Close ends the work in the background and closes the file. Closing twice is no error.
func (w *Warehouse) Close() error {
	w.runner.Stop()
	w.gate.Lock()
	defer w.gate.Unlock()
	w.closed = true
	if w.db == nil {
		return nil
	}
	err := w.db.Close()
	w.db = nil
	return w.fail(context.Background(), err)
}

// open opens the file and reads what the tails hold. The caller has the warehouse to itself.
func (w *Warehouse) open(ctx context.Context) error {
	w.temporary = w.config.Path + temporarySuffix + rand.Text()
	attach := fmt.Sprintf("ATTACH IF NOT EXISTS '%s' AS warehouse (ROW_GROUP_SIZE %d, STORAGE_VERSION 'v1.5.0')",
		strings.ReplaceAll(w.config.Path, "'", "''"), rowGroup)
	connector, err := engine.NewConnector("?"+w.settings(), func(c driver.ExecerContext) error {
		_, err := c.ExecContext(context.Background(), attach+"; USE warehouse", nil)
		return err
	})
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	db.SetMaxIdleConns(idleConnections)
	err = w.load(ctx, db)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	w.db = db
	w.broken.Store(false)
	return nil
}

// load brings the tables up to date and reads what is kept in memory of them.
func (w *Warehouse) load(ctx context.Context, db *sql.DB) error {
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	// Only now that the file is locked is it certain that nobody uses these.
	if err := w.removeTemporary(); err != nil {
		return unavailable(err)
	}
	if err := migrate(ctx, db); err != nil {
		return err
	}
	if err := w.attachDerived(ctx, db); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS filler"); err != nil {
		return err
	}
	w.layout.forget()
	w.worn.Store(0)
	var older, unpriced bool
	const without = "EXISTS (FROM sealed_events WHERE %s IS NULL)"
	if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT "+without+", "+without, details[0].Name, price.Name)).Scan(&older, &unpriced); err != nil {
		return err
	}
	w.older.Store(older)
	w.unpriced.Store(unpriced)
	if older || unpriced {
		w.config.Logger.Warn("the warehouse was filled by an older version; features and segments are computed slowly until \"hitori rebuild --yes\" was run once")
	}
	err := eachID(ctx, db, "SELECT coalesce(max(number), 0) FROM touched", w.touches.Store)
	return errors.Join(err, w.loadTails(ctx, db), w.loadTokens(ctx, db))
}

// share gives its caller a share of the database, which it returns with w.gate.RUnlock. A
// database that was invalidated is opened anew.
func (w *Warehouse) share(ctx context.Context) (*sql.DB, error) {
	for {
		w.gate.RLock()
		if w.db != nil && !w.broken.Load() {
			return w.db, nil
		}
		w.gate.RUnlock()
		if err := w.alone(ctx, func(*sql.DB) error { return nil }); err != nil {
			return nil, err
		}
	}
}

// together gives work a share of the database, alone gives it the whole.
func (w *Warehouse) together(ctx context.Context, work func(*sql.DB) error) error {
	db, err := w.share(ctx)
	if err != nil {
		return err
	}
	defer w.gate.RUnlock()
	return w.fail(ctx, work(db))
}

func (w *Warehouse) alone(ctx context.Context, work func(*sql.DB) error) error {
	w.gate.Lock()
	defer w.gate.Unlock()
	if err := w.ready(ctx); err != nil {
		return w.fail(ctx, err)
	}
	return w.fail(ctx, work(w.db))
}

// ready opens the database when that must be done. The caller has the warehouse to itself.
func (w *Warehouse) ready(ctx context.Context) error {
	if w.closed {
		return hitori.NewError(hitori.Unavailable, "warehouse_closed")
	}
	if w.db != nil && !w.broken.Load() {
		return nil
	}
	if w.db != nil {
		_ = w.db.Close() // an invalidated database cannot be closed in order
		w.db = nil
	}
	return w.open(ctx)
}

const temporarySuffix = ".tmp."

// removeTemporary removes the temporary files of databases that are no more.
func (w *Warehouse) removeTemporary() error {
	folder, name := filepath.Split(w.config.Path)
	entries, err := os.ReadDir(cmp.Or(folder, "."))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if strings.HasPrefix(entry.Name(), name+temporarySuffix) && path != filepath.Clean(w.temporary) {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

// settings are those of the engine, as a query string.
func (w *Warehouse) settings() string {
	return url.Values{
		"threads":      {strconv.Itoa(w.config.Threads)},
		"memory_limit": {fmt.Sprintf("%dB", w.config.MemoryLimit)},
		// Checkpoints are made when the tails are small; see checkpoint.
		"checkpoint_threshold": {"1TB"},
		// Row groups that lost rows are not rewritten at every checkpoint, only dropped when
		// they are empty: merges empty them anyway.
		"max_vacuum_tasks": {"0"},
		// The latest events of a name are found before their wide columns are read.
		"late_materialization_max_rows": {strconv.Itoa(warehouse.SampledEvents)},
		"temp_directory":                {w.temporary},
		"autoinstall_known_extensions":  {"false"},
		"autoload_known_extensions":     {"false"},
	}.Encode()
}
