package state

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

const (
	// changesOfRow is how many changes go into one row.
	changesOfRow = 4096
	// rowsAtOnce is how many rows are read at once.
	rowsAtOnce = 8
)

// ledgerChange is what is kept of a [collect.LedgerChange], so that it can be taken back.
type ledgerChange struct {
	key    collect.Hash
	before collect.LedgerEntry
	chain  collect.Hash // of the entry after it
	event  hitori.EventID
}

// changeRow is a row of changes, which one import made at a time.
type changeRow struct {
	number  int64
	job     string
	source  hitori.SourceID
	changes []ledgerChange
}

// In its row a change is a byte that says what it has, the key, the chain, and what it has: the entry before, and the
// event.
const (
	hasBefore = 1 << iota
	hasEvent
)

var errLedger = errors.New("state: damaged changes of the ledger")

func (r *changeRow) encode() []byte {
	var data []byte
	for i := range r.changes {
		c := &r.changes[i]
		var has byte
		if c.before != (collect.LedgerEntry{}) {
			has |= hasBefore
		}
		if c.event != (hitori.EventID{}) {
			has |= hasEvent
		}
		data = append(append(append(data, has), c.key[:]...), c.chain[:]...)
		if has&hasBefore != 0 {
			data = append(append(data, c.before.Content[:]...), c.before.Chain[:]...)
		}
		if has&hasEvent != 0 {
			data = append(data, c.event[:]...)
		}
	}
	return data
}

func (r *changeRow) decode(data []byte) error {
	take := func(into *[16]byte) {
		data = data[copy(into[:], data):]
	}
	for len(data) > 0 {
		var c ledgerChange
		has := data[0]
		data = data[1:]
		if size := 32 + int(has&hasBefore)*32 + int(has&hasEvent)*8; len(data) < size || has > hasBefore|hasEvent {
			return errLedger
		}
		take((*[16]byte)(&c.key))
		take((*[16]byte)(&c.chain))
		if has&hasBefore != 0 {
			take((*[16]byte)(&c.before.Content))
			take((*[16]byte)(&c.before.Chain))
		}
		if has&hasEvent != 0 {
			take((*[16]byte)(&c.event))
		}
		r.changes = append(r.changes, c)
	}
	return nil
}

// changeRows reads the rows that the end of a query selects.
func changeRows(ctx context.Context, c Conn, end string, args ...any) ([]changeRow, error) {
	var list []changeRow
	return list, each(ctx, c, func(r Rows) error {
		var row changeRow
		var source int64
		var data []byte
		if err := r.Scan(&row.number, &row.job, &source, &data); err != nil {
			return err
		}
		row.source = hitori.SourceID(source)
		err := row.decode(data)
		list = append(list, row)
		return err
	}, "SELECT number, job, source_id, changes FROM ledger_changes "+end, args...)
}

// eachChangeRow calls fn for every row behind a number, in their order; fn may save the row.
func eachChangeRow(ctx context.Context, c Conn, after int64, fn func(changeRow) error) error {
	for {
		rows, err := changeRows(ctx, c, "WHERE number > ?1 ORDER BY number LIMIT ?2", after, rowsAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if err := fn(row); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].number
	}
}

// save writes the row's changes, or removes it when it has none any more.
func (r *changeRow) save(ctx context.Context, c Conn) error {
	if len(r.changes) == 0 {
		_, err := c.Exec(ctx, "DELETE FROM ledger_changes WHERE number = ?1", r.number)
		return err
	}
	_, err := c.Exec(ctx, "UPDATE ledger_changes SET changes = ?1 WHERE number = ?2", r.encode(), r.number)
	return err
}

// drop removes the changes of some keys, and reports whether there were any.
func (r *changeRow) drop(gone map[digest]bool) bool {
	n := len(r.changes)
	r.changes = slices.DeleteFunc(r.changes, func(c ledgerChange) bool { return gone[ledgerKey(r.source, c.key)] })
	return len(r.changes) < n
}

// undo makes the changes what they would be without those that are undone, and reports whether that is something else.
func (r *changeRow) undo(undone undoing) bool {
	changed := false
	for i := range r.changes {
		c := &r.changes[i]
		before, steps := undone.before(c.key, c.before)
		c.before, changed = before, changed || steps > 0
	}
	return changed
}

// undoing are changes of one source that are taken back: what was known before each.
type undoing map[told]collect.LedgerEntry

// told is a state of a thing: what was told up to then.
type told struct{ key, chain collect.Hash }

// before goes back from an entry to the one from which no undone change led to it, and returns over how many that was.
func (u undoing) before(key collect.Hash, e collect.LedgerEntry) (collect.LedgerEntry, int) {
	for steps := 0; ; steps++ {
		before, ok := u[told{key, e.Chain}]
		if !ok || steps == len(u) {
			return e, steps
		}
		e = before
	}
}

// keys are those of the changes, each once.
func (u undoing) keys() []collect.Hash {
	all := make(map[collect.Hash]bool, len(u))
	for t := range u {
		all[t.key] = true
	}
	return slices.Collect(maps.Keys(all))
}
