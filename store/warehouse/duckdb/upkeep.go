package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"
)

const (
	// walLimit is how large the write-ahead log may grow before a checkpoint, in bytes: it is
	// read within a second when the process was killed.
	walLimit = 128 << 20
	// checkpointSteps is after how many merge steps the space they freed is given back.
	checkpointSteps = 64
	// lookInterval is how often the background looks how many events arrive; with no more
	// than quietRows in that time, there is leisure to merge runs.
	lookInterval = 2 * time.Second
	quietRows    = 10_000
)

// keep moves rows in the background. Rows that arrived are sealed at once; runs are merged
// when few events arrive.
func (w *Warehouse) keep(ctx context.Context) {
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	quiet := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		case <-ticker.C:
			quiet = w.arrived.Swap(0) <= quietRows
		}
		more, err := w.step(ctx, quiet)
		if err != nil && ctx.Err() == nil {
			w.config.Logger.Warn("the warehouse could not be tidied; trying again with the next events", "error", err)
		}
		if more {
			w.kick()
		}
	}
}

// kick makes the background look whether there is something to do.
func (w *Warehouse) kick() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Settle does what the background would do by and by if nothing more were appended, and
// returns when it is done: rows lie in few runs then.
func (w *Warehouse) Settle(ctx context.Context) error {
	for {
		more, err := w.step(ctx, true)
		if err != nil || !more {
			return err
		}
	}
}

// step does one thing that is due and reports whether there may be more. Each takes about a
// second at most.
func (w *Warehouse) step(ctx context.Context, quiet bool) (more bool, err error) {
	w.upkeep.Lock()
	defer w.upkeep.Unlock()
	sealed := false
	err = w.together(ctx, func(db *sql.DB) error {
		if i := w.frozenTail(); i >= 0 {
			sealed, more = true, true
			return w.seal(ctx, db, i, "")
		}
		more, err = w.mergeStep(ctx, db, quiet)
		return err
	})
	if err == nil && w.checkpointDue(sealed, more) {
		err = w.checkpoint(ctx)
	}
	if w.worn.Load() >= w.sizes.worn || scarce(err) {
		err = cmp.Or(err, w.renew(ctx))
	}
	w.stepped(err)
	return more && err == nil, err
}

// checkpointDue reports whether it is time for a checkpoint. That writes the rows in the
// tails, for nothing, since they will be moved soon: so it is best made after a seal, unless
// many rows have arrived meanwhile.
func (w *Warehouse) checkpointDue(sealed, more bool) bool {
	if sealed {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.layout.due = true
		return w.tails[w.active].rows < w.sizes.seal/2 || w.walSize() > walLimit
	}
	return w.layout.due && !more || w.layout.steps >= checkpointSteps || w.layout.steps > 0 && !more || w.walSize() > walLimit
}

// stepped wakes an append that waits for room.
func (w *Warehouse) stepped(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = err
	close(w.moved)
	w.moved = make(chan struct{})
}

// seal moves the rows of a frozen tail into a new run, or only those that match a condition
// and drops the others.
//
// Whole row groups that a transaction inserts are seen in DuckDB even by those that began before it ended, who still see
// the rows it deletes too. So readers keep to the runs they are shown, which a transaction sees as it should.
func (w *Warehouse) seal(ctx context.Context, db *sql.DB, i int, kept string) error {
	runs, err := w.runs(ctx, db)
	if err != nil {
		return err
	}
	run := w.layout.newRun()
	statements := show(run)
	condition := where(kept)
	statements = append(statements,
		fmt.Sprintf("INSERT INTO sealed_events SELECT %d, %s, %s FROM %s%s ORDER BY %s", run, eventNames, detailValues, tailEvents(i), condition, eventOrder),
		fmt.Sprintf("INSERT INTO sealed_lines SELECT %d, %s FROM %s%s ORDER BY %s", run, lineNames, tailLines(i), condition, lineOrder),
		"DELETE FROM "+tailEvents(i), "DELETE FROM "+tailLines(i),
		fmt.Sprintf("DELETE FROM applied WHERE number <= %d", w.applied.last.Load()-keptTokens))
	if err := transact(ctx, db, statements...); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &w.tails[i]
	runs[run] = t.rows
	t.rows, t.frozen = 0, false
	t.customers.clear()
	if w.tails[w.active].rows >= w.sizes.seal {
		w.turn()
	}
	return nil
}

// checkpoint writes what is in the write-ahead log to its place, and gives back the space of
// rows that were moved. No append runs meanwhile, since rows that a transaction may still see
// keep their space. When a reader stands in the way, it is tried again after the next step.
func (w *Warehouse) checkpoint(ctx context.Context) error {
	w.appending.Lock()
	defer w.appending.Unlock()
	return w.together(ctx, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, "CHECKPOINT")
		if err != nil && !busy(err) {
			return err
		}
		w.layout.due, w.layout.steps = err != nil, 0
		return nil
	})
}

// versionBytes is what a row costs in memory that came in a small batch to a table in which it stays: where several
// transactions fill a vector, DuckDB keeps who inserted which row, as long as the database is open.
const versionBytes = 13

// renew opens the database anew, unless somebody reads it at the moment: then it is tried again after the next step. Else
// the versions of rows in the tables touched and alias_log would fill the memory while tens of millions of events come in, until
// no tail could be sealed.
func (w *Warehouse) renew(ctx context.Context) error {
	w.appending.Lock()
	defer w.appending.Unlock()
	if !w.gate.TryLock() {
		return nil
	}
	defer w.gate.Unlock()
	layout := w.layout // a merge under way goes on
	w.broken.Store(true)
	if err := w.ready(ctx); err != nil {
		return w.fail(ctx, err)
	}
	w.layout = layout
	return nil
}

func (w *Warehouse) walSize() int64 {
	info, err := os.Stat(w.config.Path + ".wal")
	if err != nil {
		return 0
	}
	return info.Size()
}
