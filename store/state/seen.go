package state

import (
	"context"
	"encoding/binary"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Which events were seen is asked once for every event, for ever, and ids are random; see [generations]. With an id
// goes the position where it was first seen, so that the same event at the same position, coming again after a crash,
// is still new.
const (
	seenTable         = "seen"
	seenGeneration    = 1 << 19
	seenSharingFilter = 16
)

func newSeen(d Dialect) *generations[hitori.Position] {
	return newGenerations(d, seenTable, seenGeneration, seenSharingFilter, codec[hitori.Position]{
		size:   8,
		append: func(data []byte, p hitori.Position) []byte { return binary.BigEndian.AppendUint64(data, uint64(p)) },
		read:   func(data []byte) hitori.Position { return hitori.Position(binary.BigEndian.Uint64(data)) },
	})
}

// sight records events that were never seen before and returns where each was seen first. What of
// that does not count, [tx.Sight] knows.
func (t *tx) sight(ctx context.Context, sightings []unify.Sighting) ([]hitori.Position, error) {
	if len(sightings) == 0 {
		return nil, nil
	}
	t.seen.mu.Lock()
	defer t.seen.mu.Unlock()
	ids := make([]digest, len(sightings))
	for i := range sightings {
		ids[i] = sightings[i].ID
	}
	old, err := t.seen.find(ctx, t.c, ids)
	if err != nil {
		return nil, err
	}
	first := make([]hitori.Position, len(sightings))
	for i, s := range sightings {
		position, known := t.seen.newest(old, s.ID)
		if !known {
			position = s.Position
			t.seen.put(s.ID, position)
		}
		first[i] = position
	}
	return first, t.seen.flush(ctx, t.c)
}

// known returns where events were first seen, whether that counts or not; zero for new ones.
func (t *tx) known(ctx context.Context, ids []hitori.EventID) ([]hitori.Position, error) {
	t.seen.mu.Lock()
	defer t.seen.mu.Unlock()
	keys := make([]digest, len(ids))
	for i, id := range ids {
		keys[i] = id
	}
	old, err := t.seen.find(ctx, t.c, keys)
	first := make([]hitori.Position, len(ids))
	for i, k := range keys {
		first[i], _ = t.seen.newest(old, k)
	}
	return first, err
}
