package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// Positions returns where the events stand on the log that Erase would remove.
func (w *Warehouse) Positions(ctx context.Context, customers []hitori.CustomerID, identifiers []hitori.Identifier) ([]hitori.Position, error) {
	var positions []hitori.Position
	err := w.withCustomers(ctx, customers, func(ctx context.Context, s *shard, some []hitori.CustomerID, gather gather) error {
		found, err := values[int64](ctx, s, "SELECT position FROM events"+where(among("customer_id", some)))
		gather(func() { positions = append(positions, asPositions(found)...) })
		return err
	})
	if err != nil {
		return nil, err
	}
	held, err := warehouse.Carriers(ctx, w, identifiers)
	return append(positions, held...), err
}

func asPositions(numbers []int64) []hitori.Position {
	positions := make([]hitori.Position, len(numbers))
	for i, n := range numbers {
		positions[i] = hitori.Position(n)
	}
	return positions
}

// Expired returns positions of events that happened before a time. Events in quarantine
// expire like all others.
func (w *Warehouse) Expired(ctx context.Context, name string, before time.Time, limit int) ([]hitori.Position, error) {
	old := fmt.Sprintf("time < %d", before.UnixMilli())
	done := fmt.Sprintf(" AND type <= %d AND kind <> %d", hitori.Screen, hitori.KindConsent)
	if name != "" {
		done = ""
		old = fmt.Sprintf("%s AND type = %d AND name = %s", old, hitori.Track, quote(name))
	}
	query := fmt.Sprintf("SELECT position FROM (SELECT position FROM events WHERE %[1]s%[3]s LIMIT %[2]d "+
		"UNION ALL SELECT position FROM quarantined WHERE %[1]s LIMIT %[2]d) LIMIT %[2]d", old, limit, done)
	var positions []hitori.Position
	var mu sync.Mutex
	err := w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		found, err := values[int64](ctx, s, query)
		mu.Lock()
		defer mu.Unlock()
		positions = append(positions, asPositions(found)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return positions[:min(len(positions), limit)], nil
}

// Drop removes events, those in quarantine included. The rows are only marked as removed;
// their bytes go when their part is merged, or when somebody is erased.
func (w *Warehouse) Drop(ctx context.Context, positions []hitori.Position) error {
	return w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		return s.hide(ctx, positions, events.name, lines.name, quarantined.name)
	})
}

// hiddenAtOnce is how many rows are removed by one statement.
const hiddenAtOnce = 20_000

// hide marks the rows of events as removed.
func (s *shard) hide(ctx context.Context, positions []hitori.Position, tables ...string) error {
	for some := range slices.Chunk(positions, hiddenAtOnce) {
		owners, err := values[int64](ctx, s, "SELECT DISTINCT customer_id FROM events"+where("customer_id <> 0", among("position", some)))
		if err != nil {
			return err
		}
		for _, table := range tables {
			if err := s.exec(ctx, "DELETE FROM "+table+where(among("position", some))); err != nil {
				return err
			}
		}
		if err := s.touch(ctx, owners); err != nil {
			return err
		}
	}
	return nil
}
