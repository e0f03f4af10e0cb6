package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// busyRuns is how many runs may lie beside each other while events pour in: merging them
// at once would take the processor from the events.
const busyRuns = 64

// mergeRuns is how many runs are merged at a time.
const mergeRuns = 8

// layout is what the upkeep knows of the sealed tables.
type layout struct {
	// rows is how many rows each run has; nil when that must be counted.
	rows map[int32]int64
	last int32 // the newest run
	job  *merge
	// steps is how many steps were made since the last checkpoint; due, that one is overdue.
	steps int
	due   bool
}

func (l *layout) newRun() int32 {
	l.last++
	return l.last
}

// forget makes the runs be counted again.
func (l *layout) forget() { l.rows, l.job = nil, nil }

// merge is a merge under way. It is forgotten in a crash, and what is left is merged like
// any other runs.
type merge struct {
	sources []int32
	target  int32
	spans   []span // those that remain
}

// runs returns how many rows each run has, counting them the first time.
func (w *Warehouse) runs(ctx context.Context, db *sql.DB) (map[int32]int64, error) {
	if w.layout.rows == nil {
		runs, err := countRuns(ctx, db)
		if err != nil {
			return nil, err
		}
		for run := range runs {
			w.layout.last = max(w.layout.last, run)
		}
		if err := eachID(ctx, db, "SELECT max(run) FROM shown", func(run int64) { w.layout.last = max(w.layout.last, int32(run)) }); err != nil {
			return nil, err
		}
		w.layout.rows = runs
	}
	return w.layout.rows, nil
}

func countRuns(ctx context.Context, db *sql.DB) (map[int32]int64, error) {
	runs := make(map[int32]int64)
	err := each(ctx, db, "SELECT run, count(*) FROM sealed_events GROUP BY run", func(row *sql.Rows) error {
		var run int32
		var rows int64
		err := row.Scan(&run, &rows)
		runs[run] = rows
		return err
	})
	return runs, err
}

func smallestFirst(runs map[int32]int64) []int32 {
	return slices.SortedFunc(maps.Keys(runs), func(a, b int32) int { return cmp.Or(cmp.Compare(runs[a], runs[b]), cmp.Compare(a, b)) })
}

// mergeStep makes one step of a merge that is under way or due. It reports whether it did.
func (w *Warehouse) mergeStep(ctx context.Context, db *sql.DB, quiet bool) (bool, error) {
	runs, err := w.runs(ctx, db)
	if err != nil {
		return false, err
	}
	if w.layout.job == nil {
		sources := dueMerge(runs, quiet)
		if sources == nil {
			return false, nil
		}
		samples := make([]string, len(sources))
		for i, source := range sources {
			samples[i] = w.sample("sealed_events", inRun(source))
		}
		spans, err := w.spans(ctx, db, samples, w.sizes.step)
		if err != nil {
			return false, err
		}
		w.layout.job = &merge{sources: sources, target: w.layout.newRun(), spans: spans}
	}
	job := w.layout.job
	if !quiet && len(runs) < busyRuns {
		return false, nil
	}
	if err := job.move(ctx, db); err != nil {
		w.layout.forget()
		return false, err
	}
	w.layout.steps++
	if len(job.spans) == 0 {
		for _, source := range job.sources {
			runs[job.target] += runs[source]
			delete(runs, source)
		}
		w.layout.job = nil
	}
	return true, nil
}

// move makes one step: it moves the next span of customers.
func (m *merge) move(ctx context.Context, db *sql.DB) error {
	statements := show(m.target)
	for _, table := range sealedTables {
		from := table.name + where(inRuns(m.sources), m.spans[0].condition())
		statements = append(statements, fmt.Sprintf("INSERT INTO %s SELECT %d, %s FROM %s ORDER BY %s", table.name, m.target, table.columns, from, table.order))
		statements = append(statements, hideRun(table, from)...)
		statements = append(statements, "DELETE FROM "+from)
	}
	if err := transact(ctx, db, statements...); err != nil {
		return err
	}
	m.spans = m.spans[1:]
	return nil
}

// hide are the statements that follow an insertion into a table whose readers may see it already, while other rows are deleted
// in the same transaction. When that has also deleted some of what it inserted, be it one row, DuckDB keeps the others from
// those who began before it ended; see [Warehouse.seal]. The row given is such a one, and itself selects it.
func hide(table, row, itself string) []string {
	return []string{"INSERT INTO " + table + " " + row, "DELETE FROM " + table + where(itself)}
}

// hideRun hides what was inserted into a sealed table; from tells some of the rows.
func hideRun(t sealedTable, from string) []string {
	const none = -1
	return hide(t.name, fmt.Sprintf("SELECT %d, %s FROM %s LIMIT 1", none, t.columns, from), inRun(none))
}

// hidePerson hides what was inserted into a derived table.
func hidePerson(table string) []string { return hide(table, "(person) VALUES (-1)", "person = -1") }

func inRun(run int32) string { return fmt.Sprintf("run = %d", run) }

func inRuns(runs []int32) string {
	list := make([]string, len(runs))
	for i, run := range runs {
		list[i] = strconv.Itoa(int(run))
	}
	return "run IN (" + strings.Join(list, ", ") + ")"
}

// dueMerge chooses the runs to merge next, or none.
//
// When it is quiet, a run is merged with smaller ones when it is no larger than all of them
// together, so that few runs remain. Otherwise nothing is done before there are too many runs.
// The smallest ones go first, and never more than mergeRuns at a time: a step reads row
// groups whole, and of many runs it needs but a small part of each.
func dueMerge(runs map[int32]int64, quiet bool) []int32 {
	bySize := smallestFirst(runs)
	due := 0
	if quiet {
		var sum int64
		for i, run := range bySize {
			if i > 0 && runs[run] <= sum {
				due = i + 1
			}
			sum += runs[run]
		}
	} else if len(bySize) >= busyRuns {
		due = mergeRuns
	}
	if due == 0 {
		return nil
	}
	return bySize[:min(due, mergeRuns)]
}
