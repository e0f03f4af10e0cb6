package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// problemList is the list of problems of a quarantined event.
const problemList = "JSONExtract(problems, 'Array(Tuple(code String, field String, detail String))')"

// Quarantined returns events of the quarantine in the order of their positions.
func (w *Warehouse) Quarantined(ctx context.Context, f collect.QuarantineFilter, after hitori.Position, limit int) ([]hitori.Event, error) {
	clause := fmt.Sprintf("%s ORDER BY position LIMIT %d", where(filterConditions(f, after)...), limit)
	var all []hitori.Event
	var mu sync.Mutex
	err := w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		var mine []hitori.Event
		err := quarantined.each(ctx, s, clause, func(r quarantinedRow) error {
			e, err := r.quarantined()
			mine = append(mine, e)
			return err
		})
		mu.Lock()
		defer mu.Unlock()
		all = append(all, mine...)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b hitori.Event) int { return cmp.Compare(a.Position, b.Position) })
	return all[:min(len(all), limit)], nil
}

func filterConditions(f collect.QuarantineFilter, after hitori.Position) []string {
	conditions := []string{fmt.Sprintf("position > %d", after)}
	if f.Source != 0 {
		conditions = append(conditions, fmt.Sprintf("source_id = %d", f.Source))
	}
	if f.Type != 0 {
		conditions = append(conditions, fmt.Sprintf("type = %d", f.Type))
	}
	if f.Name != "" {
		conditions = append(conditions, "name = "+quote(f.Name))
	}
	var problem []string
	if f.Code != "" {
		problem = append(problem, "p.code = "+quote(f.Code))
	}
	if f.Field != "" {
		problem = append(problem, "p.field = "+quote(f.Field))
	}
	if len(problem) > 0 {
		conditions = append(conditions, "arrayExists(p -> "+and(problem...)+", "+problemList+")")
	}
	return conditions
}

// CountQuarantined counts the events of the quarantine by what they are and what is wrong
// with them.
func (w *Warehouse) CountQuarantined(ctx context.Context) ([]collect.QuarantineCount, error) {
	type group struct {
		source hitori.SourceID
		kind   hitori.EventType
		name   string
		hitori.Problem
	}
	groups := make(map[group]collect.QuarantineCount)
	var mu sync.Mutex
	query := `SELECT source_id, type, name, p.code, p.field, p.detail, toInt64(count()), min(received_at), max(received_at)
		FROM (SELECT source_id, type, name, received_at, arrayJoin(arrayDistinct(` + problemList + `)) AS p FROM quarantined)
		GROUP BY source_id, type, name, p.code, p.field, p.detail`
	err := w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		return s.each(ctx, query, func(row driver.Rows) error {
			var c collect.QuarantineCount
			var first, last int64
			err := scan(row, (*int32)(&c.Source), (*uint8)(&c.Type), &c.Name, &c.Code, &c.Field, &c.Detail, &c.Events, &first, &last)
			if err != nil {
				return err
			}
			c.First, c.Last = milliseconds(first), milliseconds(last)
			mu.Lock()
			defer mu.Unlock()
			g := group{c.Source, c.Type, c.Name, c.Problem}
			if other, ok := groups[g]; ok {
				c.Events += other.Events
				if other.First.Before(c.First) {
					c.First = other.First
				}
				if other.Last.After(c.Last) {
					c.Last = other.Last
				}
			}
			groups[g] = c
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	counts := make([]collect.QuarantineCount, 0, len(groups))
	for _, c := range groups {
		counts = append(counts, c)
	}
	slices.SortFunc(counts, func(a, b collect.QuarantineCount) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Detail, b.Detail))
	})
	return counts, nil
}

// Release removes events from the quarantine.
func (w *Warehouse) Release(ctx context.Context, positions []hitori.Position) error {
	dealt := make([][]hitori.Position, len(w.shards))
	for _, p := range positions {
		n := w.shardOf(int64(p)).number
		dealt[n] = append(dealt[n], p)
	}
	return w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		return s.hide(ctx, dealt[s.number], quarantined.name)
	})
}
