package state

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"
	"sync"

	"github.com/parquet-go/parquet-go/bloom"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Which events were seen is asked once for every event, for ever, and ids are random: one large
// index would touch a page on disk for each of them. So ids are kept in generations. Those
// of the young generation lie in a small tree that stays in memory; the old generations are
// closed, and a Bloom filter for every eight of them, in memory and stored beside, answers
// "certainly not" for all but about one in a hundred new ids. Only what the filter does not rule out is looked up.
//
// An id's row holds the position where it was first seen, so that the same event at the
// same position, coming again after a crash, is still new.
const (
	generationSize    = 1 << 20
	filterGenerations = 8
	filterBits        = 10 // for each id; about 1 % false alarms (Putze, Sanders, Singler 2007)
)

// seen is this process's copy of the filters.
type seen struct {
	mu      sync.Mutex
	size    int64 // of a generation
	closed  int   // generations that the filters know
	filters []bloom.SplitBlockFilter
}

const seenSetting = "seen" // "generation count"

func halves(id hitori.EventID) (high, low int64) {
	return int64(binary.BigEndian.Uint64(id[:8])), int64(binary.BigEndian.Uint64(id[8:]))
}

// sight records events that were never seen before and returns where each was seen first. What of
// that does not count, [tx.Sight] knows.
func (t *tx) sight(ctx context.Context, sightings []unify.Sighting) ([]hitori.Position, error) {
	if len(sightings) == 0 {
		return nil, nil
	}
	t.seen.mu.Lock()
	defer t.seen.mu.Unlock()
	generation, count, err := t.generation(ctx)
	if err != nil {
		return nil, err
	}
	if err := t.seen.catchUp(ctx, t.c, generation); err != nil {
		return nil, err
	}
	first := make(map[hitori.EventID]hitori.Position, len(sightings))
	if err := t.sightOld(ctx, sightings, first); err != nil {
		return nil, err
	}
	added, err := t.sightNew(ctx, sightings, generation, first)
	if err != nil {
		return nil, err
	}
	if count += added; count >= t.seen.size {
		if err := t.closeGeneration(ctx, generation); err != nil {
			return nil, err
		}
		generation, count = generation+1, 0
	}
	if err := t.set(ctx, seenSetting, strconv.Itoa(generation)+" "+strconv.FormatInt(count, 10)); err != nil {
		return nil, err
	}
	positions := make([]hitori.Position, len(sightings))
	for i, s := range sightings {
		positions[i] = first[s.ID]
	}
	return positions, nil
}

func (t *tx) generation(ctx context.Context) (generation int, count int64, err error) {
	value, err := t.setting(ctx, seenSetting)
	if err != nil || value == "" {
		return 0, 0, err
	}
	a, b, _ := strings.Cut(value, " ")
	if generation, err = strconv.Atoi(a); err != nil {
		return 0, 0, err
	}
	count, err = strconv.ParseInt(b, 10, 64)
	return generation, count, err
}

// sightOld finds where ids were first seen in the closed generations.
func (t *tx) sightOld(ctx context.Context, sightings []unify.Sighting, first map[hitori.EventID]hitori.Position) error {
	var suspects [][]any
	for i, s := range sightings {
		high, low := halves(s.ID)
		for n, filter := range t.seen.filters {
			if !filter.Check(uint64(high)) {
				continue
			}
			for g := n * filterGenerations; g < min((n+1)*filterGenerations, t.seen.closed); g++ {
				suspects = append(suspects, []any{i, g, high, low})
			}
		}
	}
	if len(suspects) == 0 {
		return nil
	}
	return each(ctx, t.c, func(r Rows) error {
		var number, position int64
		err := r.Scan(&number, &position)
		first[sightings[number].ID] = hitori.Position(position)
		return err
	}, t.sql.sightOld, set(suspects, func(row []any) []any { return row }))
}

// sightNew adds ids that no closed generation has to the young one, and finds where those
// were first seen that it had already. It returns how many were added.
func (t *tx) sightNew(ctx context.Context, sightings []unify.Sighting, generation int, first map[hitori.EventID]hitori.Position) (int64, error) {
	var candidates []unify.Sighting // without repetitions
	for _, s := range sightings {
		if _, known := first[s.ID]; !known {
			first[s.ID] = s.Position
			candidates = append(candidates, s)
		}
	}
	added, err := t.c.Exec(ctx, t.sql.sightNew, set(candidates, func(s unify.Sighting) []any {
		high, low := halves(s.ID)
		return []any{high, low, int64(s.Position)}
	}), generation)
	if err != nil || added == int64(len(candidates)) {
		return added, err
	}
	number := 0
	return added, each(ctx, t.c, func(r Rows) error {
		var number, position int64
		err := r.Scan(&number, &position)
		first[candidates[number].ID] = hitori.Position(position)
		return err
	}, t.sql.sightAgain, set(candidates, func(s unify.Sighting) []any {
		high, low := halves(s.ID)
		number++
		return []any{number - 1, high, low}
	}), generation)
}

// closeGeneration adds a full generation to its filter and stores the filter.
func (t *tx) closeGeneration(ctx context.Context, generation int) error {
	number := generation / filterGenerations
	filter := t.seen.newFilter()
	if number < len(t.seen.filters) { // a copy, since the transaction may still fail
		copy(filter, t.seen.filters[number])
	}
	err := each(ctx, t.c, func(r Rows) error {
		var high int64
		err := r.Scan(&high)
		filter.Insert(uint64(high))
		return err
	}, "SELECT high FROM seen WHERE generation = ?1", generation)
	if err != nil {
		return err
	}
	_, err = t.c.Exec(ctx, `INSERT INTO seen_filters (number, bits) VALUES (?1, ?2)
		ON CONFLICT (number) DO UPDATE SET bits = excluded.bits`, number, filter.Bytes())
	return err
}

func (s *seen) newFilter() bloom.SplitBlockFilter {
	return make(bloom.SplitBlockFilter, bloom.NumSplitBlocksOf(s.size*filterGenerations, filterBits))
}

// catchUp reads the filters that this process does not have yet: all of them at the
// beginning, later those that a generation was added to, by whichever process.
func (s *seen) catchUp(ctx context.Context, c Conn, generation int) error {
	if generation < s.closed { // the state was emptied for a rebuild
		s.closed, s.filters = 0, nil
	}
	if s.closed == generation {
		return nil
	}
	err := each(ctx, c, func(r Rows) error {
		var number int64
		var bits []byte
		if err := r.Scan(&number, &bits); err != nil {
			return err
		}
		for int64(len(s.filters)) <= number {
			s.filters = append(s.filters, nil)
		}
		s.filters[number] = bloom.MakeSplitBlockFilter(bits)
		return nil
	}, "SELECT number, bits FROM seen_filters WHERE number >= ?1", s.closed/filterGenerations)
	if err == nil {
		s.closed = generation
	}
	return err
}
