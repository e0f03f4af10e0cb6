package unify

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// Preview tells what undoing an import would take back. Of people whose events have left the warehouse
// under a retention rule it may say that they stay although they vanish.
func (s *Undos) Preview(ctx context.Context, of hitori.Import) (hitori.UndoCounts, error) {
	u := &undo{Undos: s, of: of}
	if err := u.settle(ctx); err != nil {
		return hitori.UndoCounts{}, err
	}
	if err := u.find(ctx, of.End, nil); err != nil {
		return hitori.UndoCounts{}, err
	}
	counts := hitori.UndoCounts{Events: int64(len(u.positions)), Orders: u.orders}
	theirs, err := u.customers(ctx)
	if err != nil {
		return counts, err
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(theirs)), previewed) {
		gone, kept, err := u.fates(ctx, some, theirs)
		if err != nil {
			return counts, err
		}
		counts.PeopleGone += gone
		counts.PeopleKept += kept
	}
	return counts, nil
}

// fates counts the people, known as theirs says by how many events of each profile are undone, who
// will vanish or stay. A person is counted with the first profile that the import touches.
func (u *undo) fates(ctx context.Context, some []hitori.CustomerID, theirs map[hitori.CustomerID]int64) (gone, kept int64, err error) {
	people, err := u.store.Members(ctx, some)
	if err != nil {
		return 0, 0, err
	}
	all, err := u.warehouse.CountEvents(ctx, slices.Concat(slices.Collect(maps.Values(people))...))
	if err != nil {
		return 0, 0, err
	}
	for _, members := range people {
		touched := slices.Clone(members)
		touched = slices.DeleteFunc(touched, func(c hitori.CustomerID) bool { return theirs[c] == 0 })
		if _, here := slices.BinarySearch(some, slices.Min(touched)); !here {
			continue
		}
		stays := slices.ContainsFunc(members, func(c hitori.CustomerID) bool {
			return !u.undone(hitori.Position(c)) || all[c] > theirs[c]
		})
		if stays {
			kept++
		} else {
			gone++
		}
	}
	return gone, kept, nil
}

// settle waits until everything accepted has been applied.
func (u *undo) settle(ctx context.Context) error {
	last, err := u.log.Last(ctx)
	if err != nil {
		return err
	}
	return awaitApplied(ctx, u.store, last)
}

// find reads the log up to a frame, or its end, for the events of the import. With forget given, their ids are forgotten.
func (u *undo) find(ctx context.Context, end uint64, forget func(context.Context, []Sighting) error) error {
	progress, err := u.store.Progress(ctx)
	if err != nil {
		return err
	}
	last := progress.Applied // what was redacted at the end is no longer among the log's own last frames
	var sightings []Sighting
	flush := func() error {
		if forget == nil || len(sightings) == 0 {
			return nil
		}
		err := forget(ctx, sightings)
		sightings = sightings[:0]
		return err
	}
	err = eachEvent(ctx, u.log, u.of.Begin, end, last, func(e *hitori.Event) error {
		if e.Type == 0 || e.Source != u.of.Source || e.Import() != u.of.ID {
			return nil
		}
		u.positions = append(u.positions, e.Position)
		if e.Type == hitori.Track && e.Name == "Order Completed" {
			u.orders++
		}
		for _, key := range entitiesOf(e) {
			if u.entities != nil {
				u.entities[key] = true
			}
		}
		if sightings = append(sightings, Sighting{e.ID, e.Position}); len(sightings) < removedAtOnce {
			return nil
		}
		return flush()
	})
	slices.Sort(u.positions)
	return errors.Join(err, flush())
}

// eachEvent calls fn for the events of all partitions behind a frame, up to the given last frame of each and
// not beyond end, unless that is zero.
func eachEvent(ctx context.Context, log Log, begin, end uint64, last map[int]uint64, fn func(*hitori.Event) error) error {
	after := make(map[int]uint64, log.Partitions())
	open := make(map[int]bool)
	for p := range log.Partitions() {
		after[p] = begin
		open[p] = last[p] > begin
	}
	maps.DeleteFunc(open, func(_ int, more bool) bool { return !more })
	if len(open) == 0 {
		return nil
	}
	reader, err := log.Read(ctx, after)
	if err != nil {
		return err
	}
	defer reader.Close()
	for len(open) > 0 {
		frame, err := reader.Next(ctx)
		if err != nil {
			return err
		}
		if end > 0 && frame.Sequence > end {
			return nil
		}
		if frame.Sequence <= last[frame.Partition] {
			for i := range frame.Events {
				if err := fn(&frame.Events[i]); err != nil {
					return err
				}
			}
		}
		if frame.Sequence >= last[frame.Partition] {
			delete(open, frame.Partition)
		}
	}
	return nil
}

// customers returns how many of the import's events each profile has.
func (u *undo) customers(ctx context.Context) (map[hitori.CustomerID]int64, error) {
	theirs := make(map[hitori.CustomerID]int64)
	if len(u.positions) == 0 {
		return theirs, nil
	}
	return theirs, u.warehouse.Stamps(ctx, u.of.Source, u.positions[0], u.positions[len(u.positions)-1], func(p hitori.Position, c hitori.CustomerID) error {
		if c > 0 && u.undone(p) {
			theirs[c]++
		}
		return nil
	})
}
