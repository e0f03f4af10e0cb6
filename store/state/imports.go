package state

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// Mappings implements [collect.ImportStore].
func (s *Store) Mappings(ctx context.Context) ([]collect.Mapping, error) {
	list := []collect.Mapping{}
	err := each(ctx, s.engine, func(r Rows) error {
		var text string
		var revision int64
		if err := r.Scan(&text, &revision); err != nil {
			return err
		}
		var m collect.Mapping
		err := json.Unmarshal([]byte(text), &m)
		m.Revision = revision
		list = append(list, m)
		return err
	}, "SELECT mapping, version FROM mappings ORDER BY name")
	return list, s.wrap(err)
}

var mappingTable = versioned{"mappings", []string{"name"}, []string{"mapping", "updated_at", "updated_by"}}

// PutMapping implements [collect.ImportStore].
func (s *Store) PutMapping(ctx context.Context, m collect.Mapping, actor string, at time.Time) error {
	revision := m.Revision
	m.Revision = 0 // it has a column of its own
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.put(ctx, mappingTable, revision, m.Name, string(text), millis(at), actor)
}

// DeleteMapping implements [collect.ImportStore].
func (s *Store) DeleteMapping(ctx context.Context, name string, revision int64) error {
	found, err := s.drop(ctx, mappingTable, revision, name)
	if err == nil && !found {
		return hitori.NewError(hitori.NotFound, "mapping_unknown", "name", name)
	}
	return err
}

func hashHalves(h collect.Hash) (high, low int64) {
	return int64(binary.BigEndian.Uint64(h[:8])), int64(binary.BigEndian.Uint64(h[8:]))
}

func readHash(text string) (h collect.Hash, err error) {
	_, err = hex.Decode(h[:], []byte(text))
	return h, err
}

// Recall implements [collect.ImportStore].
func (s *Store) Recall(ctx context.Context, source hitori.SourceID, keys []collect.Hash) ([]collect.LedgerEntry, error) {
	entries := make([]collect.LedgerEntry, len(keys))
	if len(keys) == 0 {
		return entries, nil
	}
	number := -1
	err := each(ctx, s.engine, func(r Rows) error {
		var n int64
		var content, chain string
		if err := r.Scan(&n, &content, &chain); err != nil {
			return err
		}
		var err error
		if entries[n].Content, err = readHash(content); err != nil {
			return err
		}
		entries[n].Chain, err = readHash(chain)
		return err
	}, s.sql.recall, set(keys, func(k collect.Hash) []any {
		number++
		high, low := hashHalves(k)
		return []any{number, high, low}
	}), int64(source))
	return entries, s.wrap(err)
}

// Remember implements [collect.ImportStore].
func (s *Store) Remember(ctx context.Context, source hitori.SourceID, keys []collect.Hash, entries []collect.LedgerEntry) error {
	if len(keys) == 0 {
		return nil
	}
	last := make(map[collect.Hash]int, len(keys)) // of several entries for one key the last counts
	for i, key := range keys {
		last[key] = i
	}
	rows := make([][]any, 0, len(last))
	for key, i := range last {
		high, low := hashHalves(key)
		rows = append(rows, []any{high, low, hex.EncodeToString(entries[i].Content[:]), hex.EncodeToString(entries[i].Chain[:])})
	}
	_, err := s.engine.Exec(ctx, s.sql.remember, set(rows, func(row []any) []any { return row }), int64(source))
	return s.wrap(err)
}
