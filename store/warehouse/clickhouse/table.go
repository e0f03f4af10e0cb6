package clickhouse

import (
	"context"
	"fmt"
	"strings"

	engine "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori/store/warehouse"
)

// table is a table whose rows are kept in R.
type table[R any] struct {
	name string
	// engine is its engine and order.
	engine  string
	columns []column[R]
}

// column is a column of a table.
type column[R any] struct {
	name, kind string
	// field returns where a row keeps it: an *int64, *int32, *uint32, *uint8, *float64
	// or *string.
	field func(*R) any
}

// names lists the columns.
func (t table[R]) names() string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = c.name
	}
	return strings.Join(list, ", ")
}

func (t table[R]) create() string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = c.name + " " + c.kind
	}
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s) ENGINE = %s SETTINGS %s", t.name, strings.Join(list, ", "), t.engine, tableSettings)
}

// insert inserts rows as one block. A second insert with the same token does nothing.
func (t table[R]) insert(ctx context.Context, s *shard, token string, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	set := engine.WithSettings(engine.Settings{"insert_deduplication_token": token})
	batch, err := s.conn.PrepareBatch(engine.Context(ctx, set), fmt.Sprintf("INSERT INTO %s (%s)", t.name, t.names()))
	if err != nil {
		return fail(ctx, err)
	}
	for i, c := range t.columns {
		if err := batch.Column(i).Append(c.values(rows)); err != nil {
			_ = batch.Abort() // it was not sent
			return failed(err)
		}
	}
	return fail(ctx, batch.Send())
}

// each calls fn for the rows that a clause selects.
func (t table[R]) each(ctx context.Context, s *shard, clause string, fn func(R) error) error {
	return s.each(ctx, "SELECT "+t.names()+" FROM "+t.name+clause, func(row driver.Rows) error {
		var r R
		fields := make([]any, len(t.columns))
		for i, c := range t.columns {
			fields[i] = c.field(&r)
		}
		if err := scan(row, fields...); err != nil {
			return err
		}
		return fn(r)
	})
}

// values returns the column of rows.
func (c column[R]) values(rows []R) any {
	switch c.field(&rows[0]).(type) {
	case *int64:
		return gathered[int64](c, rows)
	case *int32:
		return gathered[int32](c, rows)
	case *uint32:
		return gathered[uint32](c, rows)
	case *uint8:
		return gathered[uint8](c, rows)
	case *uint64:
		return gathered[uint64](c, rows)
	case *bool:
		return gathered[bool](c, rows)
	case **int64:
		return gathered[*int64](c, rows)
	case *float64:
		return gathered[float64](c, rows)
	}
	texts := gathered[string](c, rows)
	for i := range texts {
		texts[i] = warehouse.Text(texts[i])
	}
	return texts
}

func gathered[T, R any](c column[R], rows []R) []T {
	list := make([]T, len(rows))
	for i := range rows {
		list[i] = *c.field(&rows[i]).(*T)
	}
	return list
}
