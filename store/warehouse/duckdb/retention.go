package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// Positions returns where the events stand on the log that Erase would remove.
func (w *Warehouse) Positions(ctx context.Context, customers []hitori.CustomerID, identifiers []hitori.Identifier) ([]hitori.Position, error) {
	var positions []hitori.Position
	if len(customers) > 0 {
		var err error
		positions, err = w.positions(ctx, w.ofCustomers("events", "position", customers, ""))
		if err != nil {
			return nil, err
		}
	}
	quarantined, err := warehouse.Carriers(ctx, w, identifiers)
	return append(positions, quarantined...), err
}

// Expired returns positions of events that happened before a time. Events in quarantine
// expire like all others.
func (w *Warehouse) Expired(ctx context.Context, name string, before time.Time, limit int) ([]hitori.Position, error) {
	old := fmt.Sprintf("time < %d", before.UnixMilli())
	done := fmt.Sprintf(" AND type <= %d AND kind <> %d", hitori.Screen, hitori.KindConsent)
	var args []any
	if name != "" {
		old = fmt.Sprintf("%s AND type = %d AND name = ?", old, hitori.Track)
		done, args = "", []any{name, name}
	}
	return w.positions(ctx, fmt.Sprintf("(SELECT position FROM events WHERE %s%s UNION ALL SELECT position FROM quarantined WHERE %s) LIMIT %d",
		old, done, old, limit), args...)
}

// Drop removes events, those in quarantine included. Their space is given back when their
// runs are merged.
func (w *Warehouse) Drop(ctx context.Context, positions []hitori.Position) error {
	if len(positions) == 0 {
		return nil
	}
	w.upkeep.Lock()
	defer w.upkeep.Unlock()
	w.appending.Lock()
	defer w.appending.Unlock()
	w.layout.forget()
	statements := []string{w.touchOf("position IN " + idList(positions))}
	for _, table := range []string{"sealed_events", "sealed_lines", tailEvents(0), tailLines(0), tailEvents(1), tailLines(1), "quarantined"} {
		statements = append(statements, fmt.Sprintf("DELETE FROM %s WHERE position IN %s", table, idList(positions)))
	}
	return w.write(ctx, statements...)
}

func (w *Warehouse) positions(ctx context.Context, query string, args ...any) ([]hitori.Position, error) {
	var positions []hitori.Position
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var p hitori.Position
		err := row.Scan(&p)
		positions = append(positions, p)
		return err
	}, args...)
	return positions, err
}
