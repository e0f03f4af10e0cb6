package state

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// The ledger is asked and told about every state in a file, and its keys are hashes; see [generations]. A key of which
// nothing is known any more has the zero entry.
const (
	ledgerTable      = "ledger"
	ledgerGeneration = 1 << 17
)

func newLedger(d Dialect) *generations[collect.LedgerEntry] {
	// A daily export repeats what is known already, so every generation has a filter of its own: then a known key
	// costs one page.
	return newGenerations(d, ledgerTable, ledgerGeneration, 1, codec[collect.LedgerEntry]{
		size: 32,
		append: func(data []byte, e collect.LedgerEntry) []byte {
			return append(append(data, e.Content[:]...), e.Chain[:]...)
		},
		read: func(data []byte) collect.LedgerEntry {
			return collect.LedgerEntry{Content: collect.Hash(data[:16]), Chain: collect.Hash(data[16:])}
		},
	})
}

// ledgerKey tells a key of one source from the same of another.
func ledgerKey(source hitori.SourceID, k collect.Hash) digest {
	mixed := digest(k)
	binary.BigEndian.PutUint64(mixed[:], prefix(mixed)^uint64(source)*0x9E3779B97F4A7C15)
	return mixed
}

// Recall implements [collect.ImportStore].
func (s *Store) Recall(ctx context.Context, source hitori.SourceID, keys []collect.Hash) ([]collect.LedgerEntry, error) {
	entries := make([]collect.LedgerEntry, len(keys))
	digests := make([]digest, len(keys))
	for i, k := range keys {
		digests[i] = ledgerKey(source, k)
	}
	return entries, s.wrap(s.engine.Snapshot(ctx, func(c Conn) error {
		s.ledger.mu.Lock()
		defer s.ledger.mu.Unlock()
		closed, err := s.ledger.find(ctx, c, digests)
		for i, d := range digests {
			entries[i], _ = s.ledger.newest(closed, d)
		}
		return err
	}))
}

// changeLedger runs fn in a transaction that alone may put something into the ledger.
func (s *Store) changeLedger(ctx context.Context, fn func(Conn) error) error {
	err := s.engine.WriteAlone(ctx, func(c Conn) error {
		s.ledger.mu.Lock()
		defer s.ledger.mu.Unlock()
		if err := s.ledger.catchUp(ctx, c); err != nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
		return s.ledger.flush(ctx, c)
	})
	if err != nil {
		s.ledger.forget()
	}
	return s.wrap(err)
}

// Remember implements [collect.ImportStore].
func (s *Store) Remember(ctx context.Context, job string, source hitori.SourceID, changes []collect.LedgerChange) error {
	if len(changes) == 0 {
		return nil
	}
	return s.changeLedger(ctx, func(c Conn) error {
		for some := range slices.Chunk(changes, changesOfRow) {
			var row changeRow
			for _, change := range some {
				s.ledger.put(ledgerKey(source, change.Key), change.Now)
				row.changes = append(row.changes, ledgerChange{change.Key, change.Before, change.Now.Chain, change.Event})
			}
			_, err := c.Exec(ctx, `INSERT INTO ledger_changes (number, job, source_id, changes)
				SELECT coalesce(max(number), 0) + 1, CAST(?1 AS TEXT), CAST(?2 AS INTEGER), ?3 FROM ledger_changes`, job, int64(source), row.encode())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// undoneRows is how many rows of an import's changes are taken back in one transaction, about 130,000 keys.
const undoneRows = 32

// UndoLedger implements [collect.ImportStore]. It goes from the newest change to the oldest.
func (s *Store) UndoLedger(ctx context.Context, job string) error {
	for more := true; more; {
		err := s.changeLedger(ctx, func(c Conn) error {
			mine, err := changeRows(ctx, c, "WHERE job = ?1 ORDER BY number DESC LIMIT ?2", job, undoneRows)
			if more = err == nil && len(mine) > 0; !more {
				return err
			}
			return s.undoChanges(ctx, c, job, mine)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// undoChanges takes back some rows of an import, all into one source. An entry that still says what the import said
// becomes what it was before; where another import has gone on from it, that one has gone on from what was before
// instead.
func (s *Store) undoChanges(ctx context.Context, c Conn, job string, mine []changeRow) error {
	source, oldest := mine[0].source, mine[len(mine)-1].number
	undone := make(undoing)
	for _, row := range mine {
		for _, change := range row.changes {
			undone[told{change.key, change.chain}] = change.before
		}
	}
	keys := undone.keys()
	digests := make([]digest, len(keys))
	for i, k := range keys {
		digests[i] = ledgerKey(source, k)
	}
	closed, err := s.ledger.find(ctx, c, digests)
	if err != nil {
		return err
	}
	goneOn := len(undone) // changes from which others have gone on
	for i, k := range keys {
		now, _ := s.ledger.newest(closed, digests[i])
		before, steps := undone.before(k, now)
		if goneOn -= steps; steps > 0 {
			s.ledger.put(digests[i], before)
		}
	}
	if goneOn > 0 {
		err = eachChangeRow(ctx, c, oldest, func(row changeRow) error {
			if row.job == job || row.source != source || !row.undo(undone) {
				return nil
			}
			return row.save(ctx, c)
		})
		if err != nil {
			return err
		}
	}
	_, err = c.Exec(ctx, "DELETE FROM ledger_changes WHERE job = ?1 AND number >= ?2", job, oldest)
	return err
}

// ForgetLedger implements [unify.ErasureStore].
func (s *Store) ForgetLedger(ctx context.Context, ids []hitori.EventID) error {
	if len(ids) == 0 {
		return nil
	}
	erased := make(map[hitori.EventID]bool, len(ids))
	for _, id := range ids {
		erased[id] = true
	}
	return s.changeLedger(ctx, func(c Conn) error {
		gone := make(map[digest]bool)
		err := eachChangeRow(ctx, c, 0, func(row changeRow) error {
			for i := range row.changes {
				if erased[row.changes[i].event] {
					gone[ledgerKey(row.source, row.changes[i].key)] = true
				}
			}
			return nil
		})
		if err != nil || len(gone) == 0 {
			return err
		}
		for d := range gone {
			s.ledger.put(d, collect.LedgerEntry{})
		}
		return eachChangeRow(ctx, c, 0, func(row changeRow) error {
			if !row.drop(gone) {
				return nil
			}
			return row.save(ctx, c)
		})
	})
}
