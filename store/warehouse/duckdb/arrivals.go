package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Arrivals implements [collect.Arrivals] and [access.Arrivals].
func (w *Warehouse) Arrivals(ctx context.Context, since time.Time, step time.Duration) ([]hitori.Arrival, error) {
	var list []hitori.Arrival
	query := fmt.Sprintf(`SELECT source_id, count(*), max(received_at)
		FROM (SELECT source_id, received_at FROM events UNION ALL SELECT source_id, received_at FROM quarantined)
		WHERE received_at >= %d GROUP BY source_id, received_at // %d ORDER BY 1, 3`, since.UnixMilli(), step.Milliseconds())
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var a hitori.Arrival
		var last int64
		err := row.Scan(&a.Source, &a.Events, &last)
		a.Last = time.UnixMilli(last).UTC()
		list = append(list, a)
		return err
	})
	return list, err
}
