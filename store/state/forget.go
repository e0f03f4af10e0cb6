package state

import (
	"context"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// An event that was taken back may come again and is new then. The record of what was seen is made for adding
// only, so what does not count of it stands beside it, in the table forgotten; it is asked for repeated events only.

// Sight implements [unify.Tx].
func (t *tx) Sight(ctx context.Context, sightings []unify.Sighting) ([]hitori.Position, error) {
	first, err := t.sight(ctx, sightings)
	if err != nil {
		return nil, err
	}
	var again []int
	for i, s := range sightings {
		if first[i] != s.Position {
			again = append(again, i)
		}
	}
	if len(again) == 0 {
		return first, nil
	}
	repeated := make([]hitori.EventID, len(again))
	for n, i := range again {
		repeated[n] = sightings[i].ID
	}
	forgotten, err := forgotten(ctx, t.Store, t.c, repeated)
	if err != nil {
		return nil, err
	}
	var anew []unify.Sighting
	for _, i := range again {
		id := sightings[i].ID
		position, found := forgotten[id]
		if !found {
			continue
		}
		if position == 0 {
			position = sightings[i].Position
			forgotten[id] = position
			anew = append(anew, sightings[i])
		}
		first[i] = position
	}
	return first, t.forget(ctx, anew)
}

// forgotten returns, for those of the events whose first sighting does not count, where they came again, zero
// when they have not.
func forgotten(ctx context.Context, s *Store, c Conn, ids []hitori.EventID) (map[hitori.EventID]hitori.Position, error) {
	found := make(map[hitori.EventID]hitori.Position)
	if len(ids) == 0 {
		return found, nil
	}
	number := 0
	return found, each(ctx, c, func(r Rows) error {
		var number, position int64
		err := r.Scan(&number, &position)
		found[ids[number]] = hitori.Position(position)
		return err
	}, "SELECT s.number, f.position FROM "+s.engine.Set(1, "number bigint", "high bigint", "low bigint")+
		" s CROSS JOIN forgotten f WHERE f.high = s.high AND f.low = s.low",
		set(ids, func(id hitori.EventID) []any {
			high, low := hashHalves(id)
			number++
			return []any{number - 1, high, low}
		}))
}

// forget notes that the first sightings of events do not count, and where they came again instead.
func (t *tx) forget(ctx context.Context, instead []unify.Sighting) error {
	w := writer{ctx: ctx, c: t.c}
	write(&w, "INSERT INTO forgotten (high, low, position) SELECT s.high, s.low, s.position FROM "+
		t.engine.Set(1, "high bigint", "low bigint", "position bigint")+
		" s WHERE true ON CONFLICT (high, low) DO UPDATE SET position = excluded.position", instead, func(s unify.Sighting) []any {
		high, low := hashHalves(s.ID)
		return []any{high, low, int64(s.Position)}
	})
	return w.err
}

// seenAt returns where events were seen first, as far as that counts; zero for new ones.
func (t *tx) seenAt(ctx context.Context, ids []hitori.EventID) ([]hitori.Position, error) {
	first, err := t.known(ctx, ids)
	if err != nil {
		return nil, err
	}
	var seen []hitori.EventID
	for i, id := range ids {
		if first[i] != 0 {
			seen = append(seen, id)
		}
	}
	forgotten, err := forgotten(ctx, t.Store, t.c, seen)
	for i, id := range ids {
		if again, found := forgotten[id]; found {
			first[i] = again
		}
	}
	return first, err
}

// ForgetSightings implements [unify.UndoStore] and [unify.ErasureStore].
func (s *Store) ForgetSightings(ctx context.Context, sightings []unify.Sighting) error {
	ids := make([]hitori.EventID, len(sightings))
	for i := range sightings {
		ids[i] = sightings[i].ID
	}
	return s.wrap(s.engine.WriteAlone(ctx, func(c Conn) error {
		t := &tx{s, c}
		positions, err := t.seenAt(ctx, ids)
		if err != nil {
			return err
		}
		var gone []unify.Sighting
		for i, sighting := range sightings {
			if positions[i] == sighting.Position {
				gone = append(gone, unify.Sighting{ID: sighting.ID})
			}
		}
		return t.forget(ctx, gone)
	}))
}

// Known implements [collect.ImportStore].
func (s *Store) Known(ctx context.Context, ids []hitori.EventID) ([]bool, error) {
	known := make([]bool, len(ids))
	return known, s.wrap(s.engine.Snapshot(ctx, func(c Conn) error {
		positions, err := (&tx{s, c}).seenAt(ctx, ids)
		if err != nil || !slices.ContainsFunc(positions, func(p hitori.Position) bool { return p != 0 }) {
			return err
		}
		// What is in memory may be of a transaction that is not committed.
		progress, err := progress(ctx, c)
		for i, p := range positions {
			known[i] = p != 0 && p.Sequence() <= progress.Applied[p.Partition()]
		}
		return err
	}))
}
