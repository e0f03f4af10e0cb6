package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// dumpRows is about how many rows a dump reads at a time.
const dumpRows = 16_000

// Dump calls events for every stored event with its lines, and quarantined for every event
// in quarantine, of the positions that include selects, in any order. It reads a range of
// customers at a time, each in one statement, so that neither appends nor merges wait for
// it; events that are appended meanwhile may be among them or not. An error of a
// function ends it and is returned.
func (w *Warehouse) Dump(ctx context.Context, include func(hitori.Position) bool,
	events func(hitori.Stamped) error, quarantined func(hitori.Event) error,
) error {
	all, err := w.allSpans(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		page, err := w.dumpSpan(ctx, s, include)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := events(e); err != nil {
				return err
			}
		}
	}
	return warehouse.EachQuarantined(ctx, w, func(e hitori.Event) error {
		if !include(e.Position) {
			return nil
		}
		return quarantined(e)
	})
}

// allSpans cuts all rows into spans to dump.
func (w *Warehouse) allSpans(ctx context.Context) ([]span, error) {
	samples := []string{w.sample("sealed_events"), w.sample(tailEvents(0)), w.sample(tailEvents(1))}
	var all []span
	err := w.together(ctx, func(db *sql.DB) (err error) {
		all, err = w.spans(ctx, db, samples, dumpRows)
		return err
	})
	return all, err
}

func (w *Warehouse) dumpSpan(ctx context.Context, s span, include func(hitori.Position) bool) ([]hitori.Stamped, error) {
	var events []hitori.Stamped
	err := w.each(ctx, "SELECT "+eventNames+" FROM events"+where(s.condition()), func(row *sql.Rows) error {
		e, err := scanEvent(row)
		if include(e.Position) {
			events = append(events, e)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var lines []warehouse.Line
	err = w.each(ctx, "SELECT "+lineRead+" FROM lines"+where(s.condition()), func(row *sql.Rows) error {
		l, err := scanLine(row)
		lines = append(lines, l)
		return err
	})
	warehouse.Attach(events, lines)
	return events, err
}

// Aliases calls fn for the alias that holds for each customer that ever had one, in the
// order of the customers.
func (w *Warehouse) Aliases(ctx context.Context, fn func(unify.Alias) error) error {
	return w.each(ctx, "SELECT customer_id, root_id, version FROM aliases ORDER BY customer_id", func(row *sql.Rows) error {
		var a unify.Alias
		if err := row.Scan(&a.Customer, &a.Root, &a.Version); err != nil {
			return err
		}
		return fn(a)
	})
}

// Info returns how much is stored.
func (w *Warehouse) Info(ctx context.Context) (warehouse.Info, error) {
	var info warehouse.Info
	err := w.each(ctx, "SELECT count(*) FROM events", func(row *sql.Rows) error { return row.Scan(&info.Events) })
	if err != nil {
		return info, err
	}
	file, err := os.Stat(w.config.Path)
	if err != nil {
		return info, unavailable(err)
	}
	info.Bytes = file.Size() + w.walSize()
	return info, nil
}

// Truncate removes everything, the tokens of batches included.
func (w *Warehouse) Truncate(ctx context.Context) error {
	w.upkeep.Lock()
	defer w.upkeep.Unlock()
	w.appending.Lock()
	defer w.appending.Unlock()
	w.gate.Lock()
	defer w.gate.Unlock()
	if err := w.ready(ctx); err != nil {
		return w.fail(ctx, err)
	}
	_ = w.db.Close() // whatever it could not write is not wanted
	w.db = nil
	for _, path := range []string{w.config.Path + ".wal", w.config.Path} {
		if err := os.RemoveAll(path); err != nil {
			return unavailable(fmt.Errorf("truncate: %w", err))
		}
	}
	if err := w.removeDerived(); err != nil {
		return unavailable(fmt.Errorf("truncate: %w", err))
	}
	return w.fail(ctx, w.open(ctx))
}
