package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
)

var _ warehousetest.Filler = (*Warehouse)(nil)

// Fill implements [warehousetest.Filler].
func (w *Warehouse) Fill(ctx context.Context, table string, columns []string, rows [][]any) error {
	person := slices.Index(columns, "person")
	values := make([][]string, len(w.shards))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = fmt.Sprint(cell)
			if cell == nil {
				cells[i] = "NULL"
			} else if text, ok := cell.(string); ok {
				cells[i] = quote(text)
			}
		}
		shard := w.shardOf(row[person].(int64)).number
		values[shard] = append(values[shard], "("+strings.Join(cells, ", ")+", 1)")
	}
	return w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		if err := s.exec(ctx, "TRUNCATE TABLE "+table+" SYNC"); err != nil || len(values[s.number]) == 0 {
			return err
		}
		return s.exec(ctx, fmt.Sprintf(`INSERT INTO %s ("%s", version) VALUES %s`, table, strings.Join(columns, `", "`), strings.Join(values[s.number], ", ")))
	})
}
