package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// Timeline returns a page of events of the given customers, newest first.
func (w *Warehouse) Timeline(ctx context.Context, query unify.TimelineQuery) ([]hitori.Stamped, error) {
	return w.page(ctx, warehouse.TimelinePage(query))
}

// History tells every event of the given customers, oldest first.
func (w *Warehouse) History(ctx context.Context, customers []hitori.CustomerID, kinds []hitori.Kind, fn func(hitori.Stamped) error) error {
	return warehouse.History(ctx, customers, kinds, w.page, fn)
}

// Summarise counts the events of the given customers.
func (w *Warehouse) Summarise(ctx context.Context, customers []hitori.CustomerID) (unify.Summary, error) {
	summary := unify.Summary{ByKind: make(map[hitori.Kind]int64)}
	if len(customers) == 0 {
		return summary, nil
	}
	query := fmt.Sprintf("SELECT kind, count(*), min(time), max(time) FROM (%s) GROUP BY kind",
		w.ofCustomers("events", "kind, time", customers, ""))
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var kind hitori.Kind
		var events, first, last int64
		if err := row.Scan(&kind, &events, &first, &last); err != nil {
			return err
		}
		if t := milliseconds(first); summary.Events == 0 || t.Before(summary.First) {
			summary.First = t
		}
		if t := milliseconds(last); summary.Events == 0 || t.After(summary.Last) {
			summary.Last = t
		}
		summary.Events += events
		summary.ByKind[kind] = events
		return nil
	})
	return summary, err
}

// page reads a page in two steps, since wide columns are dear: it finds where the page ends,
// then reads the events up to there and, beside them, their lines. Events that are appended
// between the steps can only push others off the page.
func (w *Warehouse) page(ctx context.Context, p warehouse.Page) ([]hitori.Stamped, error) {
	if len(p.Customers) == 0 || p.Limit <= 0 {
		return nil, nil
	}
	condition, some, err := w.bounds(ctx, p)
	if err != nil || !some {
		return nil, err
	}
	var events []hitori.Stamped
	var lines []warehouse.Line
	readEvents := func(ctx context.Context, customers []hitori.CustomerID, gather gather) error {
		return w.each(ctx, w.ofCustomers("events", eventNames, customers, condition), func(row *sql.Rows) error {
			e, err := scanEvent(row)
			gather(func() { events = append(events, e) })
			return err
		})
	}
	readLines := func(ctx context.Context, customers []hitori.CustomerID, gather gather) error {
		return w.each(ctx, w.ofCustomers("lines", lineRead, customers, condition), func(row *sql.Rows) error {
			l, err := scanLine(row)
			gather(func() { lines = append(lines, l) })
			return err
		})
	}
	if err := w.apart(ctx, p.Customers, readEvents, readLines); err != nil {
		return nil, err
	}
	events = p.Cut(events)
	if !warehouse.Attach(events, lines) {
		// A batch came after the lines were read and before the events were.
		lines = nil
		if err := w.apart(ctx, p.Customers, readLines); err != nil {
			return nil, err
		}
		warehouse.Attach(events, lines)
	}
	return events, nil
}

// bounds returns the conditions that select the events of the page, and false when there are
// none.
func (w *Warehouse) bounds(ctx context.Context, p warehouse.Page) (condition string, some bool, err error) {
	best, beyond, upTo := "max", "<", ">="
	if p.OldestFirst {
		best, beyond, upTo = "min", ">", "<="
	}
	conditions := []string{kindCondition(p.Kinds)}
	if !p.From.Time.IsZero() {
		conditions = append(conditions, side(beyond, p.From.Time.UnixMilli(), int64(p.From.Position)))
	}
	type place struct{ time, position int64 }
	var places []place
	err = w.apart(ctx, p.Customers, func(ctx context.Context, customers []hitori.CustomerID, gather gather) error {
		query := fmt.Sprintf("SELECT unnest(%s({'t': time, 'p': position}, %d), recursive := true) FROM (%s)",
			best, p.Limit, w.ofCustomers("events", "time, position", customers, and(conditions...)))
		return w.each(ctx, query, func(row *sql.Rows) error {
			var at place
			err := row.Scan(&at.time, &at.position)
			gather(func() { places = append(places, at) })
			return err
		})
	})
	if len(places) >= p.Limit {
		slices.SortFunc(places, func(a, b place) int {
			return direction(p) * cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.position, b.position))
		})
		last := places[p.Limit-1]
		conditions = append(conditions, side(upTo, last.time, last.position))
	}
	return and(conditions...), len(places) > 0, err
}

// direction is 1 when the page is in the order of time, -1 when it is in the other.
func direction(p warehouse.Page) int {
	if p.OldestFirst {
		return 1
	}
	return -1
}

// side selects what lies on one side of a place in the order of time, then position. It names
// the time alone first, by which DuckDB can skip row groups.
func side(comparison string, time, position int64) string {
	strict := comparison[:1]
	return fmt.Sprintf("time %s= %d AND (time %s %d OR position %s %d)", strict, time, strict, time, comparison, position)
}

func kindCondition(kinds []hitori.Kind) string {
	if len(kinds) == 0 {
		return ""
	}
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = strconv.Itoa(int(k))
	}
	return "kind IN (" + strings.Join(list, ", ") + ")"
}

// ofCustomers selects columns of the rows of some customers in "events" or "lines". DuckDB
// skips row groups only by plain comparisons, so each customer is a query of its own.
func (w *Warehouse) ofCustomers(table, columns string, customers []hitori.CustomerID, condition string) string {
	var parts []string
	for _, c := range customers {
		only := where(fmt.Sprintf("customer_id = %d", c), condition)
		parts = append(parts, fmt.Sprintf("SELECT %s FROM sealed_%s%s AND %s", columns, table, only, shownRuns))
		for i := range w.tails {
			if w.tails[i].customers.has(c) {
				parts = append(parts, fmt.Sprintf("SELECT %s FROM tail_%s_%d%s", columns, table, i, only))
			}
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// gather runs a function while no other function that is gathered runs.
type gather func(func())

// apart runs each query for a share of the customers at a time, side by side: DuckDB runs the
// parts of a UNION ALL one after the other.
func (w *Warehouse) apart(ctx context.Context, customers []hitori.CustomerID,
	queries ...func(context.Context, []hitori.CustomerID, gather) error,
) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(w.config.Threads)
	var mu sync.Mutex
	gather := func(add func()) {
		mu.Lock()
		defer mu.Unlock()
		add()
	}
	share := (len(customers) + w.config.Threads - 1) / w.config.Threads
	for _, query := range queries {
		for some := range slices.Chunk(customers, share) {
			group.Go(func() error { return query(ctx, some, gather) })
		}
	}
	return group.Wait()
}

// each runs a query and calls fn for each row.
func (w *Warehouse) each(ctx context.Context, query string, fn func(*sql.Rows) error, args ...any) error {
	return w.together(ctx, func(db *sql.DB) error { return each(ctx, db, query, fn, args...) })
}

// each works in a transaction, because DuckDB plans a statement before it begins one of its
// own: a plan that leaves out a table in which no row can match would then be
// carried out when the rows have been moved there.
func each(ctx context.Context, db *sql.DB, query string, fn func(*sql.Rows) error, args ...any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
