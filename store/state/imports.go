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

func hashHalves(h [16]byte) (high, low int64) {
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
func (s *Store) Remember(ctx context.Context, job string, source hitori.SourceID, changes []collect.LedgerChange) error {
	if len(changes) == 0 {
		return nil
	}
	first := make(map[collect.Hash]int, len(changes)) // of several changes of one key the first says what was before
	var rows [][]any
	for _, c := range changes {
		content, chain := hex.EncodeToString(c.Now.Content[:]), hex.EncodeToString(c.Now.Chain[:])
		if n, again := first[c.Key]; again {
			rows[n][2], rows[n][3] = content, chain
			continue
		}
		high, low := hashHalves(c.Key)
		before, event := [2]string{}, ""
		if c.Before != (collect.LedgerEntry{}) {
			before = [2]string{hex.EncodeToString(c.Before.Content[:]), hex.EncodeToString(c.Before.Chain[:])}
		}
		if c.Event != (hitori.EventID{}) {
			event = hex.EncodeToString(c.Event[:])
		}
		first[c.Key] = len(rows)
		rows = append(rows, []any{high, low, content, chain, before[0], before[1], event})
	}
	changed := set(rows, func(row []any) []any { return row })
	return s.wrap(s.engine.Write(ctx, func(c Conn) error {
		if _, err := c.Exec(ctx, s.sql.remember, set(rows, func(row []any) []any { return row[:4] }), int64(source)); err != nil {
			return err
		}
		_, err := c.Exec(ctx, `INSERT INTO ledger_changes (job, source_id, high, low, before_content, before_chain, chain, event)
			SELECT CAST(?3 AS TEXT), CAST(?2 AS INTEGER), s.high, s.low, s.before_content, s.before_chain, s.chain, s.event
			FROM `+s.engine.Set(1, "high bigint", "low bigint", "content text", "chain text", "before_content text", "before_chain text", "event text")+` s WHERE true
			ON CONFLICT (job, source_id, high, low) DO UPDATE SET chain = excluded.chain`, changed, int64(source), job)
		return err
	}))
}

// undoneKeys is how many keys of the ledger are taken back in one transaction.
const undoneKeys = 5000

// UndoLedger implements [collect.ImportStore].
func (s *Store) UndoLedger(ctx context.Context, job string) error {
	for {
		left, err := s.undoLedger(ctx, job)
		if err != nil || left == 0 {
			return s.wrap(err)
		}
	}
}

// undoLedger takes some keys back and returns how many those were. An entry that still says what this import
// said becomes what it was before; where a later import has gone on from it, that one has gone on from what was
// before instead.
func (s *Store) undoLedger(ctx context.Context, job string) (int, error) {
	type change struct {
		source, high, low             int64
		content, beforeChain, myChain string
	}
	var changes []change
	err := s.engine.Write(ctx, func(c Conn) error {
		err := each(ctx, c, func(r Rows) error {
			var l change
			err := r.Scan(&l.source, &l.high, &l.low, &l.content, &l.beforeChain, &l.myChain)
			changes = append(changes, l)
			return err
		}, "SELECT source_id, high, low, before_content, before_chain, chain FROM ledger_changes WHERE job = ?1 LIMIT ?2", job, undoneKeys)
		if err != nil || len(changes) == 0 {
			return err
		}
		mine := set(changes, func(l change) []any { return []any{l.source, l.high, l.low, l.content, l.beforeChain, l.myChain} })
		from := s.engine.Set(1, "source bigint", "high bigint", "low bigint", "content text", "before_chain text", "chain text") + " s"
		key := func(table string) string {
			return table + ".source_id = s.source AND " + table + ".high = s.high AND " + table + ".low = s.low"
		}
		for _, statement := range []string{
			"UPDATE ledger_changes SET before_content = s.content, before_chain = s.before_chain FROM " + from +
				" WHERE " + key("ledger_changes") + " AND ledger_changes.before_chain = s.chain",
			"UPDATE ledger SET content = s.content, chain = s.before_chain FROM " + from + " WHERE " + key("ledger") + " AND ledger.chain = s.chain",
			"DELETE FROM ledger WHERE content = '' AND (source_id, high, low) IN (SELECT s.source, s.high, s.low FROM " + from + ")",
		} {
			if _, err := c.Exec(ctx, statement, mine); err != nil {
				return err
			}
		}
		_, err = c.Exec(ctx, "DELETE FROM ledger_changes WHERE job = ?2 AND (source_id, high, low) IN (SELECT s.source, s.high, s.low FROM "+from+")", mine, job)
		return err
	})
	return len(changes), err
}
