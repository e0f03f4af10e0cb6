package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// sortedSample is how many rows are gone through to find the latest events among them. Of older
// rows any will do.
const sortedSample = 1_000_000

// SampleValues returns recent distinct values of a field, out of the latest events of the
// name. The newest parts are looked through first, so that the field of a frequent event
// costs little, however many there are.
func (w *Warehouse) SampleValues(ctx context.Context, t hitori.EventType, name, path string, limit int) ([]hitori.JSON, error) {
	sampler, err := warehouse.NewSampler(path, limit)
	if err != nil || limit <= 0 {
		return nil, err
	}
	var samples []sample
	var mu sync.Mutex
	err = w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		mine, err := s.samples(ctx, sampler.Column, fmt.Sprintf("type = %d AND name = %s", t, quote(name)), w.sortedSample)
		mu.Lock()
		defer mu.Unlock()
		samples = append(samples, mine...)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(b.position, a.position) })
	for _, s := range samples[:min(len(samples), warehouse.SampledEvents)] {
		if !sampler.Add(hitori.JSON(s.document)) {
			break
		}
	}
	return sampler.Values(), nil
}

// sample is a document with the position of its event.
type sample struct {
	position int64
	document string
}

// samples reads documents of one shard's events.
func (s *shard) samples(ctx context.Context, column, ofName string, sorted int64) ([]sample, error) {
	var samples []sample
	read := func(clause string) error {
		query := fmt.Sprintf("SELECT position, %s FROM events%s LIMIT %d", column, clause, warehouse.SampledEvents-len(samples))
		return s.each(ctx, query, func(row driver.Rows) error {
			var one sample
			if err := scan(row, &one.position, &one.document); err != nil {
				return err
			}
			samples = append(samples, one)
			return nil
		})
	}
	newest, all, err := s.newestParts(ctx, sorted)
	if err != nil {
		return nil, err
	}
	const latest = " ORDER BY position DESC"
	if all {
		err := read(where(ofName) + latest)
		return samples, err
	}
	err = read(where(ofName, "_part IN ("+newest+")") + latest)
	if err == nil && len(samples) < warehouse.SampledEvents {
		// A part that was merged meanwhile is among the others now.
		err = read(where(ofName, "_part NOT IN ("+newest+")"))
	}
	return samples, err
}

// newestParts lists the parts that were inserted last, up to so many rows, and reports whether
// these are all.
func (s *shard) newestParts(ctx context.Context, rows int64) (list string, all bool, err error) {
	query := "SELECT name, rows FROM system.parts" + where("database = currentDatabase()", "table = 'events'", "active") +
		" ORDER BY max_block_number DESC"
	names := []string{"''"}
	err = s.each(ctx, query, func(row driver.Rows) error {
		var name string
		var count uint64
		if err := scan(row, &name, &count); err != nil {
			return err
		}
		if rows -= int64(count); rows >= 0 {
			names = append(names, quote(name))
		}
		return nil
	})
	return strings.Join(names, ", "), rows >= 0, err
}
