package state

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"sync"

	"github.com/parquet-go/parquet-go/bloom"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Which events were seen is asked once for every event, for ever, and ids are random: an
// index of them would touch a page on disk for each. So ids are kept in generations. Those of the young
// generation are in memory, and on disk in the order in which they came, a row for each transaction. When it is
// full it is closed: sorted and written in pages. A Bloom filter for every sixteen closed generations, in memory and
// stored beside, answers "certainly not" for all but about one in a thousand new ids; only for what the filter does not
// rule out pages are read.
//
// With an id goes the position where it was first seen, so that the same event at the
// same position, coming again after a crash, is still new.
const (
	generationSize    = 1 << 19
	filterGenerations = 16
	filterBits        = 16 // for each id; about 0.1 % false alarms (Putze, Sanders, Singler 2007)
	pageIDs           = 80 // of a page: two fit into a page of SQLite, and PostgreSQL leaves it in its row
)

// seen is this process's copy of what is in memory. It is emptied when a transaction fails.
type seen struct {
	mu      sync.Mutex
	size    int // of a generation
	loaded  bool
	closed  int   // generations that the filters know
	last    int64 // row of the young generation that was read or written last
	young   map[hitori.EventID]hitori.Position
	filters []bloom.SplitBlockFilter
}

func (s *seen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loaded, s.filters, s.young = false, nil, nil
}

const seenSetting = "seen" // how many generations are closed

// place is where an id stands in the order of pages.
func place(id hitori.EventID) int64 { return int64(binary.BigEndian.Uint64(id[:8]) ^ 1<<63) }

func appendSighting(data []byte, s unify.Sighting) []byte {
	return binary.BigEndian.AppendUint64(append(data, s.ID[:]...), uint64(s.Position))
}

const sightingBytes = len(hitori.EventID{}) + 8

func eachSighting(data []byte, do func(unify.Sighting)) {
	for entry := range slices.Chunk(data, sightingBytes) {
		var s unify.Sighting
		copy(s.ID[:], entry)
		s.Position = hitori.Position(binary.BigEndian.Uint64(entry[len(s.ID):]))
		do(s)
	}
}

// sight records events that were never seen before and returns where each was seen first. What of
// that does not count, [tx.Sight] knows.
func (t *tx) sight(ctx context.Context, sightings []unify.Sighting) ([]hitori.Position, error) {
	if len(sightings) == 0 {
		return nil, nil
	}
	t.seen.mu.Lock()
	defer t.seen.mu.Unlock()
	if err := t.catchUp(ctx); err != nil {
		return nil, err
	}
	old, err := t.sightOld(ctx, sightings)
	if err != nil {
		return nil, err
	}
	first := make([]hitori.Position, len(sightings))
	var added []byte
	for i, s := range sightings {
		position, known := old[s.ID]
		if !known {
			position, known = t.seen.young[s.ID]
		}
		if !known {
			position = s.Position
			t.seen.young[s.ID] = position
			added = appendSighting(added, s)
		}
		first[i] = position
	}
	if len(added) > 0 {
		t.seen.last++
		if _, err := t.c.Exec(ctx, "INSERT INTO seen_young (number, ids) VALUES (?1, ?2)", t.seen.last, added); err != nil {
			return nil, err
		}
	}
	if len(t.seen.young) >= t.seen.size {
		return first, t.closeGeneration(ctx)
	}
	return first, nil
}

// catchUp reads what other processes, or this one before its start, have seen.
func (t *tx) catchUp(ctx context.Context) error {
	value, err := t.setting(ctx, seenSetting)
	if err != nil {
		return err
	}
	closed, _ := strconv.Atoi(value) // nothing is zero
	s := t.seen
	if !s.loaded || closed < s.closed {
		s.loaded, s.closed, s.filters = true, 0, nil
		s.young, s.last = make(map[hitori.EventID]hitori.Position), 0
	}
	if closed > s.closed {
		s.young, s.last = make(map[hitori.EventID]hitori.Position), 0
		if err := t.readFilters(ctx); err != nil {
			return err
		}
		s.closed = closed
	}
	return each(ctx, t.c, func(r Rows) error {
		var ids []byte
		if err := r.Scan(&s.last, &ids); err != nil {
			return err
		}
		eachSighting(ids, func(sighting unify.Sighting) { s.young[sighting.ID] = sighting.Position })
		return nil
	}, "SELECT number, ids FROM seen_young WHERE number > ?1 ORDER BY number", s.last)
}

// readFilters reads the filters that this process does not have, or not whole.
func (t *tx) readFilters(ctx context.Context) error {
	s := t.seen
	return each(ctx, t.c, func(r Rows) error {
		var number int
		var bits []byte
		if err := r.Scan(&number, &bits); err != nil {
			return err
		}
		s.filters = append(s.filters[:number], bloom.MakeSplitBlockFilter(bits))
		return nil
	}, "SELECT number, bits FROM seen_filters WHERE number >= ?1 ORDER BY number", s.closed/filterGenerations)
}

// sightOld finds where ids were first seen in the closed generations.
func (t *tx) sightOld(ctx context.Context, sightings []unify.Sighting) (map[hitori.EventID]hitori.Position, error) {
	var suspects [][]any
	for i := range sightings {
		id := sightings[i].ID
		for n, filter := range t.seen.filters {
			if !filter.Check(binary.BigEndian.Uint64(id[:])) {
				continue
			}
			for g := n * filterGenerations; g < min((n+1)*filterGenerations, t.seen.closed); g++ {
				suspects = append(suspects, []any{i, g, place(id)})
			}
		}
	}
	if len(suspects) == 0 {
		return nil, nil
	}
	found := make(map[hitori.EventID]hitori.Position)
	return found, each(ctx, t.c, func(r Rows) error {
		var number int64
		var page []byte
		err := r.Scan(&number, &page)
		id := sightings[number].ID
		eachSighting(page, func(s unify.Sighting) {
			if s.ID == id {
				found[id] = s.Position
			}
		})
		return err
	}, t.sql.sightOld, set(suspects, func(row []any) []any { return row }))
}

// closeGeneration writes the young generation in pages and adds it to its filter.
func (t *tx) closeGeneration(ctx context.Context) error {
	s := t.seen
	list := make([]unify.Sighting, 0, len(s.young))
	for id, position := range s.young {
		list = append(list, unify.Sighting{ID: id, Position: position})
	}
	slices.SortFunc(list, func(a, b unify.Sighting) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	number := s.closed / filterGenerations
	filter := make(bloom.SplitBlockFilter, bloom.NumSplitBlocksOf(int64(s.size*filterGenerations), filterBits))
	if number < len(s.filters) {
		filter = s.filters[number]
	}
	var pages [][]any
	for len(list) > 0 {
		n := min(pageIDs, len(list))
		for n < len(list) && place(list[n].ID) == place(list[n-1].ID) {
			n++ // a page is found by its first place
		}
		page := make([]byte, 0, n*sightingBytes)
		for _, sighting := range list[:n] {
			page = appendSighting(page, sighting)
			filter.Insert(binary.BigEndian.Uint64(sighting.ID[:]))
		}
		pages = append(pages, []any{s.closed, place(list[0].ID), page})
		list = list[n:]
	}
	if err := t.c.Bulk(ctx, "INSERT INTO seen (generation, first, ids) VALUES (?1, ?2, ?3)", pages); err != nil {
		return err
	}
	_, err := t.c.Exec(ctx, `INSERT INTO seen_filters (number, bits) VALUES (?1, ?2)
		ON CONFLICT (number) DO UPDATE SET bits = excluded.bits`, number, filter.Bytes())
	if err != nil {
		return err
	}
	if _, err := t.c.Exec(ctx, "DELETE FROM seen_young"); err != nil {
		return err
	}
	s.filters = append(s.filters[:number], filter)
	s.young, s.last = make(map[hitori.EventID]hitori.Position, s.size), 0
	s.closed++
	return t.set(ctx, seenSetting, strconv.Itoa(s.closed))
}
