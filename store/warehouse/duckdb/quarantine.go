package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// problemList is the list of problems of a quarantined event.
const problemList = `from_json(problems, '[{"code": "VARCHAR", "field": "VARCHAR", "detail": "VARCHAR"}]')`

// Quarantined returns events of the quarantine in the order of their positions.
func (w *Warehouse) Quarantined(ctx context.Context, f collect.QuarantineFilter, after hitori.Position, limit int) ([]hitori.Event, error) {
	conditions := []string{"position > ?"}
	args := []any{int64(after)}
	add := func(condition string, arg any) {
		conditions = append(conditions, condition)
		args = append(args, arg)
	}
	if f.Source != 0 {
		add("source_id = ?", int32(f.Source))
	}
	if f.Type != 0 {
		add("type = ?", uint8(f.Type))
	}
	if f.Name != "" {
		add("name = ?", f.Name)
	}
	if f.Code != "" || f.Field != "" {
		conditions = append(conditions, "len(list_filter("+problemList+", lambda p: (? = '' OR p.code = ?) AND (? = '' OR p.field = ?))) > 0")
		args = append(args, f.Code, f.Code, f.Field, f.Field)
	}
	query := fmt.Sprintf("SELECT %s FROM quarantined%s ORDER BY position LIMIT %d", quarantinedColumns, where(conditions...), limit)
	var events []hitori.Event
	err := w.each(ctx, query, func(row *sql.Rows) error {
		e, err := scanQuarantined(row)
		events = append(events, e)
		return err
	}, args...)
	return events, err
}

// CountQuarantined counts the events of the quarantine by what they are and what is wrong
// with them.
func (w *Warehouse) CountQuarantined(ctx context.Context) ([]collect.QuarantineCount, error) {
	query := `SELECT source_id, type, name, p.code, p.field, p.detail, count(*), min(received_at), max(received_at)
		FROM (SELECT source_id, type, name, received_at, unnest(list_distinct(` + problemList + `)) AS p FROM quarantined)
		GROUP BY ALL ORDER BY 7 DESC, 1, 2, 3, 4, 5, 6`
	var counts []collect.QuarantineCount
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var c collect.QuarantineCount
		var detail sql.NullString // absent when empty
		var first, last int64
		err := row.Scan(&c.Source, &c.Type, &c.Name, &c.Code, &c.Field, &detail, &c.Events, &first, &last)
		c.Detail, c.First, c.Last = detail.String, milliseconds(first), milliseconds(last)
		counts = append(counts, c)
		return err
	})
	return counts, err
}

// Release removes events from the quarantine.
func (w *Warehouse) Release(ctx context.Context, positions []hitori.Position) error {
	if len(positions) == 0 {
		return nil
	}
	w.upkeep.Lock()
	defer w.upkeep.Unlock()
	return w.write(ctx, "DELETE FROM quarantined WHERE position IN "+idList(positions))
}

// write runs statements in one transaction.
func (w *Warehouse) write(ctx context.Context, statements ...string) error {
	return w.together(ctx, func(db *sql.DB) error { return transact(ctx, db, statements...) })
}

// idList is a subquery of ids.
func idList[ID ~int64](ids []ID) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(int64(id), 10)
	}
	return "(SELECT unnest([" + strings.Join(list, ", ") + "]::BIGINT[]))"
}
