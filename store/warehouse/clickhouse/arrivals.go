package clickhouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
)

// Arrivals implements [collect.Arrivals] and [access.Arrivals].
func (w *Warehouse) Arrivals(ctx context.Context, since time.Time, step time.Duration) ([]hitori.Arrival, error) {
	of := func(table string) string {
		return w.of("SELECT source_id, intDiv(received_at, %d) AS step, count() AS n, max(received_at) AS last FROM %s.%s WHERE received_at >= %d GROUP BY source_id, step",
			step.Milliseconds(), quoteName(w.database), table, since.UnixMilli())
	}
	var list []hitori.Arrival
	query := "SELECT toInt32(source_id), toInt64(sum(n)), toInt64(max(last)) AS latest FROM (SELECT * FROM " + of(events.name) +
		" UNION ALL SELECT * FROM " + of(quarantined.name) + ") GROUP BY source_id, step ORDER BY source_id, latest"
	err := w.shards[0].each(ctx, query, func(row driver.Rows) error {
		var source int32
		var a hitori.Arrival
		var last int64
		err := scan(row, &source, &a.Events, &last)
		a.Source, a.Last = hitori.SourceID(source), time.UnixMilli(last).UTC()
		list = append(list, a)
		return err
	})
	return list, err
}
