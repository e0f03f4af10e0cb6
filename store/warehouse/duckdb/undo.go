package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// Stamps tells whose the events of a source in a stretch of the log are.
func (w *Warehouse) Stamps(ctx context.Context, source hitori.SourceID, from, to hitori.Position, fn func(hitori.Position, hitori.CustomerID) error) error {
	query := fmt.Sprintf("SELECT position, customer_id FROM events WHERE source_id = %d AND position >= %d AND position <= %d", source, from, to)
	return w.each(ctx, query, func(row *sql.Rows) error {
		var p hitori.Position
		var c hitori.CustomerID
		if err := row.Scan(&p, &c); err != nil {
			return err
		}
		return fn(p, c)
	})
}

// CountEvents counts the events of each of the customers.
func (w *Warehouse) CountEvents(ctx context.Context, customers []hitori.CustomerID) (map[hitori.CustomerID]int64, error) {
	counts := make(map[hitori.CustomerID]int64, len(customers))
	if len(customers) == 0 {
		return counts, nil
	}
	return counts, w.each(ctx, "SELECT customer_id, count(*) FROM events WHERE customer_id IN "+idList(customers)+" GROUP BY ALL", func(row *sql.Rows) error {
		var c hitori.CustomerID
		var events int64
		err := row.Scan(&c, &events)
		counts[c] = events
		return err
	})
}

// EventsOf tells the events of customers, without their lines.
func (w *Warehouse) EventsOf(ctx context.Context, customers []hitori.CustomerID, fn func(hitori.Stamped) error) error {
	if len(customers) == 0 {
		return nil
	}
	return w.bare(ctx, "customer_id IN "+idList(customers), fn)
}

// Describing tells the events that describe groups and products, without their lines.
func (w *Warehouse) Describing(ctx context.Context, fn func(hitori.Stamped) error) error {
	return w.bare(ctx, warehouse.Describes, fn)
}

// bare reads events without their lines.
func (w *Warehouse) bare(ctx context.Context, condition string, fn func(hitori.Stamped) error) error {
	return w.each(ctx, "SELECT "+eventNames+" FROM events"+where(condition), func(row *sql.Rows) error {
		e, err := scanEvent(row)
		if err != nil {
			return err
		}
		e.Lines = nil
		return fn(e)
	})
}

// Restamp gives events to other customers.
func (w *Warehouse) Restamp(ctx context.Context, batch unify.Batch) error {
	if err := w.Append(ctx, batch); err != nil || len(batch.Events) == 0 {
		return err
	}
	w.upkeep.Lock()
	defer w.upkeep.Unlock()
	w.appending.Lock()
	defer w.appending.Unlock()
	w.layout.forget()
	positions, customers := make([]string, len(batch.Events)), make([]string, len(batch.Events))
	for i, e := range batch.Events {
		positions[i], customers[i] = strconv.FormatInt(int64(e.Position), 10), strconv.FormatInt(int64(e.Customer), 10)
	}
	moved := fmt.Sprintf("(SELECT unnest([%s]::BIGINT[]) AS position, unnest([%s]::BIGINT[]) AS customer_id) AS moved",
		strings.Join(positions, ", "), strings.Join(customers, ", "))
	statements := []string{w.touchOf("position IN (SELECT position FROM " + moved + ")")}
	for _, table := range []string{"sealed_events", "sealed_lines", tailEvents(0), tailLines(0), tailEvents(1), tailLines(1)} {
		statements = append(statements, fmt.Sprintf("DELETE FROM %[1]s USING %[2]s WHERE %[1]s.position = moved.position AND %[1]s.customer_id <> moved.customer_id", table, moved))
	}
	return w.write(ctx, statements...)
}
