package clickhouse

import (
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// Timeline returns a page of events of the given customers, newest first.
func (w *Warehouse) Timeline(ctx context.Context, query unify.TimelineQuery) ([]hitori.Stamped, error) {
	return w.page(ctx, warehouse.TimelinePage(query))
}

// History tells every event of the given customers, oldest first.
func (w *Warehouse) History(ctx context.Context, customers []hitori.CustomerID, kinds []hitori.Kind, fn func(hitori.Stamped) error) error {
	return warehouse.History(ctx, customers, kinds, w.page, fn)
}

// Summarise counts the events of the given customers.
func (w *Warehouse) Summarise(ctx context.Context, customers []hitori.CustomerID) (unify.Summary, error) {
	summary := unify.Summary{ByKind: make(map[hitori.Kind]int64)}
	err := w.withCustomers(ctx, customers, func(ctx context.Context, s *shard, some []hitori.CustomerID, gather gather) error {
		query := "SELECT kind, toInt64(count()), min(time), max(time) FROM events" + where(among("customer_id", some)) + " GROUP BY kind"
		return s.each(ctx, query, func(row driver.Rows) error {
			var kind uint8
			var events, first, last int64
			if err := scan(row, &kind, &events, &first, &last); err != nil {
				return err
			}
			gather(func() { add(&summary, hitori.Kind(kind), events, first, last) })
			return nil
		})
	})
	return summary, err
}

func add(s *unify.Summary, kind hitori.Kind, events, first, last int64) {
	if t := milliseconds(first); s.Events == 0 || t.Before(s.First) {
		s.First = t
	}
	if t := milliseconds(last); s.Events == 0 || t.After(s.Last) {
		s.Last = t
	}
	s.Events += events
	s.ByKind[kind] += events
}

// page reads a page of every shard that has events of the customers, and cuts the page out
// of them.
func (w *Warehouse) page(ctx context.Context, p warehouse.Page) ([]hitori.Stamped, error) {
	if p.Limit <= 0 {
		return nil, nil
	}
	var all []hitori.Stamped
	err := w.withCustomers(ctx, p.Customers, func(ctx context.Context, s *shard, some []hitori.CustomerID, gather gather) error {
		mine := p
		mine.Customers = some
		events, err := s.page(ctx, mine)
		gather(func() { all = append(all, events...) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return p.Cut(all), nil
}

// page reads the page of one shard: first its events, then their lines, which were all there
// before the events were. ClickHouse reads wide columns only for the rows that remain when it
// has found the page.
func (s *shard) page(ctx context.Context, p warehouse.Page) ([]hitori.Stamped, error) {
	direction, beyond := "DESC", "<"
	if p.OldestFirst {
		direction, beyond = "ASC", ">"
	}
	conditions := []string{among("customer_id", p.Customers)}
	if len(p.Kinds) > 0 {
		conditions = append(conditions, among("kind", p.Kinds))
	}
	selected := slices.Clone(conditions)
	if !p.From.Time.IsZero() {
		time := p.From.Time.UnixMilli()
		// The time alone comes first, by which granules are skipped.
		selected = append(selected, fmt.Sprintf("time %[1]s= %[2]d AND (time %[1]s %[2]d OR position %[1]s %[3]d)", beyond, time, p.From.Position))
	}
	var page []hitori.Stamped
	clause := fmt.Sprintf("%s ORDER BY time %[2]s, position %[2]s LIMIT %[3]d", where(selected...), direction, p.Limit)
	err := events.each(ctx, s, clause, func(r eventRow) error {
		page = append(page, r.stamped())
		return nil
	})
	if err != nil {
		return nil, err
	}
	return page, s.attach(ctx, page, conditions...)
}

// attach reads the lines of events, which are among those that the conditions select.
func (s *shard) attach(ctx context.Context, page []hitori.Stamped, conditions ...string) error {
	var first, last int64
	some := false
	for i := range page {
		if len(page[i].Lines) == 0 {
			continue
		}
		time := page[i].Time.UnixMilli()
		if !some {
			first, last, some = time, time, true
		}
		first, last = min(first, time), max(last, time)
	}
	if !some {
		return nil
	}
	var found []warehouse.Line
	conditions = append(conditions, fmt.Sprintf("time >= %d AND time <= %d", first, last))
	err := lines.each(ctx, s, where(conditions...), func(r lineRow) error {
		found = append(found, r.placed())
		return nil
	})
	warehouse.Attach(page, found)
	return err
}
