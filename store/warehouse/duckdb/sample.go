package duckdb

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// sortedSample is how many rows are gone through to find the latest events among them. Of a
// larger run any events will do.
const sortedSample = 2_000_000

// SampleValues returns recent distinct values of a field. It looks at the latest events of
// the name: those in the tails, then run by run from the smallest, which is the newest, to
// the largest. So the field of a frequent event costs little, however many there are.
func (w *Warehouse) SampleValues(ctx context.Context, t hitori.EventType, name, path string, limit int) ([]hitori.JSON, error) {
	sampler, err := warehouse.NewSampler(path, limit)
	if err != nil || limit <= 0 {
		return nil, err
	}
	places, err := w.newestFirst(ctx)
	if err != nil {
		return nil, err
	}
	wanted := warehouse.SampledEvents
	for _, place := range places {
		query := fmt.Sprintf("SELECT %s FROM %s LIMIT %d", sampler.Column, place, wanted)
		more := true
		err := w.each(ctx, query, func(row *sql.Rows) error {
			wanted--
			var document hitori.JSON
			if err := row.Scan(&document); err != nil || !more {
				return err
			}
			more = sampler.Add(document)
			return nil
		}, uint8(t), name)
		if err != nil || wanted <= 0 || !more {
			return sampler.Values(), err
		}
	}
	return sampler.Values(), nil
}

// newestFirst returns where events of a name are found, as the end of a query.
func (w *Warehouse) newestFirst(ctx context.Context) ([]string, error) {
	const ofName, latest = "type = ? AND name = ?", " ORDER BY position DESC"
	w.mu.Lock()
	active := w.active
	w.mu.Unlock()
	places := []string{
		tailEvents(active) + where(ofName) + latest,
		tailEvents(1-active) + where(ofName) + latest,
	}
	var runs map[int32]int64
	err := w.together(ctx, func(db *sql.DB) (err error) {
		runs, err = countRuns(ctx, db)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, run := range smallestFirst(runs) {
		place := "sealed_events" + where(inRun(run), shownRuns, ofName)
		if runs[run] <= sortedSample {
			place += latest
		}
		places = append(places, place)
	}
	return places, nil
}
