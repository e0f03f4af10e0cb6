package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// dumpRows is how many events a dump reads at a time.
const dumpRows = 10_000

// Dump calls events for every stored event with its lines, and quarantined for every event
// in quarantine, of the positions that include selects, in any order. It reads one range of
// customers after the other, so that a slow function keeps no query waiting; events that
// are appended meanwhile may be among them or not. An error of a function ends it and is
// returned.
func (w *Warehouse) Dump(ctx context.Context, include func(hitori.Position) bool,
	events func(hitori.Stamped) error, quarantined func(hitori.Event) error,
) error {
	for _, s := range w.shards {
		if err := s.dump(ctx, include, events); err != nil {
			return err
		}
	}
	return warehouse.EachQuarantined(ctx, w, func(e hitori.Event) error {
		if !include(e.Position) {
			return nil
		}
		return quarantined(e)
	})
}

func (s *shard) dump(ctx context.Context, include func(hitori.Position) bool, fn func(hitori.Stamped) error) error {
	for from := ""; ; {
		page, err := s.dumpPage(ctx, from)
		if err != nil {
			return err
		}
		for _, e := range page {
			if !include(e.Position) {
				continue
			}
			if err := fn(e); err != nil {
				return err
			}
		}
		if len(page) < dumpRows {
			return nil
		}
		last := &page[len(page)-1]
		from = side(">", last)
	}
}

// dumpPage reads events in the order of the table.
func (s *shard) dumpPage(ctx context.Context, from string) ([]hitori.Stamped, error) {
	var page []hitori.Stamped
	clause := fmt.Sprintf("%s ORDER BY customer_id, time, position LIMIT %d", where(from), dumpRows)
	err := events.each(ctx, s, clause, func(r eventRow) error {
		page = append(page, r.stamped())
		return nil
	})
	if err != nil || len(page) == 0 {
		return nil, err
	}
	var found []warehouse.Line
	err = lines.each(ctx, s, where(from, side("<=", &page[len(page)-1])), func(r lineRow) error {
		found = append(found, r.placed())
		return nil
	})
	warehouse.Attach(page, found)
	return page, err
}

// side selects the rows on one side of an event in the order of the tables. It compares one
// column after the other, since ClickHouse skips no granules by comparisons of tuples.
func side(comparison string, e *hitori.Stamped) string {
	strict := comparison[:1]
	return fmt.Sprintf("customer_id %[1]s= %[2]d AND (customer_id %[1]s %[2]d OR time %[1]s= %[3]d AND (time %[1]s %[3]d OR position %[5]s %[4]d))",
		strict, e.Customer, e.Time.UnixMilli(), e.Position, comparison)
}

// Aliases calls fn for the alias that holds for each customer that ever had one, in the
// order of the customers.
func (w *Warehouse) Aliases(ctx context.Context, fn func(unify.Alias) error) error {
	return aliases.each(ctx, w.shards[0], " FINAL ORDER BY customer_id", func(r aliasRow) error { return fn(r.Alias) })
}

// Info returns how much is stored, in all and on each node.
func (w *Warehouse) Info(ctx context.Context) (warehouse.Info, error) {
	info := warehouse.Info{Shards: make([]warehouse.Shard, len(w.shards))}
	query := "SELECT toInt64((SELECT count() FROM events)), toInt64(sum(bytes_on_disk)) FROM system.parts" +
		where("database = currentDatabase()", "active")
	err := w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		of := &info.Shards[s.number]
		of.Address = s.address
		return s.each(ctx, query, func(row driver.Rows) error { return scan(row, &of.Events, &of.Bytes) })
	})
	if err != nil {
		return warehouse.Info{}, err
	}
	for _, s := range info.Shards {
		info.Events += s.Events
		info.Bytes += s.Bytes
	}
	return info, nil
}
