package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// Stamps tells whose the events of a source in a stretch of the log are.
func (w *Warehouse) Stamps(ctx context.Context, source hitori.SourceID, from, to hitori.Position, fn func(hitori.Position, hitori.CustomerID) error) error {
	var mu sync.Mutex
	query := "SELECT position, customer_id FROM events" +
		where(fmt.Sprintf("source_id = %d AND position >= %d AND position <= %d", source, from, to))
	return w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		return s.each(ctx, query, func(row driver.Rows) error {
			var position, customer int64
			if err := scan(row, &position, &customer); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			return fn(hitori.Position(position), hitori.CustomerID(customer))
		})
	})
}

// CountEvents counts the events of each of the customers.
func (w *Warehouse) CountEvents(ctx context.Context, customers []hitori.CustomerID) (map[hitori.CustomerID]int64, error) {
	counts := make(map[hitori.CustomerID]int64, len(customers))
	err := w.withCustomers(ctx, customers, func(ctx context.Context, s *shard, some []hitori.CustomerID, gather gather) error {
		query := "SELECT customer_id, toInt64(count()) FROM events" + where(among("customer_id", some)) + " GROUP BY customer_id"
		return s.each(ctx, query, func(row driver.Rows) error {
			var customer, events int64
			if err := scan(row, &customer, &events); err != nil {
				return err
			}
			gather(func() { counts[hitori.CustomerID(customer)] += events })
			return nil
		})
	})
	return counts, err
}

// EventsOf tells the events of customers, without their lines.
func (w *Warehouse) EventsOf(ctx context.Context, customers []hitori.CustomerID, fn func(hitori.Stamped) error) error {
	return w.withCustomers(ctx, customers, func(ctx context.Context, s *shard, some []hitori.CustomerID, gather gather) error {
		return events.each(ctx, s, where(among("customer_id", some)), func(r eventRow) (err error) {
			e := r.stamped()
			e.Lines = nil
			gather(func() { err = fn(e) })
			return err
		})
	})
}

// Describing tells the events that describe groups and products, without their lines.
func (w *Warehouse) Describing(ctx context.Context, fn func(hitori.Stamped) error) error {
	var mu sync.Mutex
	return w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		return events.each(ctx, s, where(warehouse.Describes), func(r eventRow) error {
			e := r.stamped()
			e.Lines = nil
			mu.Lock()
			defer mu.Unlock()
			return fn(e)
		})
	})
}

// Restamp gives events to other customers.
func (w *Warehouse) Restamp(ctx context.Context, batch unify.Batch) error {
	if err := w.Append(ctx, batch); err != nil {
		return err
	}
	return w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		for some := range slices.Chunk(batch.Events, hiddenAtOnce) {
			positions, rows := make([]hitori.Position, len(some)), make([]string, len(some))
			for i, e := range some {
				positions[i], rows[i] = e.Position, fmt.Sprintf("(%d, %d)", e.Position, e.Customer)
			}
			condition := among("position", positions) + " AND (position, customer_id) NOT IN (" + strings.Join(rows, ", ") + ")"
			owners, err := values[int64](ctx, s, "SELECT DISTINCT customer_id FROM events"+where("customer_id <> 0", among("position", positions)))
			if err != nil {
				return err
			}
			for _, table := range []string{events.name, lines.name} {
				if err := s.exec(ctx, "DELETE FROM "+table+where(condition)); err != nil {
					return err
				}
			}
			if err := s.touch(ctx, owners); err != nil {
				return err
			}
		}
		return nil
	})
}
