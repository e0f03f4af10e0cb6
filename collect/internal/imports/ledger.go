package imports

import (
	"context"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// Ledger remembers, for one source, what its imports said last about things that have a state: a
// customer's traits, a product's price, the content of an order. Exports repeat all of it each
// time; with a ledger only what has changed becomes events, and a state that comes back (a price of
// 100, then 90, then 100) is told each time. Without one, message ids alone keep repeats apart: a
// state that was told before is then taken for known, and an order that changed without saying when
// gives no Order Updated.
type Ledger interface {
	// Recall returns an entry for each key, the zero Entry where nothing is remembered.
	Recall(ctx context.Context, keys []Hash) ([]Entry, error)
	// Remember replaces entries. It is called when the sink has accepted the events they stand
	// for; calling it again with the same is harmless.
	Remember(ctx context.Context, changes []Change) error
}

// Change is what an import changes in a ledger.
type Change struct {
	Key Hash
	// Before is the zero Entry where nothing was remembered.
	Before, Now Entry
	// Event is the one that tells the state, zero where the ledger alone is told.
	Event hitori.EventID
}

// Entry is what a ledger keeps for a key.
type Entry struct {
	// Content is the hash of what was said.
	Content Hash
	// Chain is the hash of everything said up to then, from which message ids are made.
	Chain Hash
}

// ledgerFilter asks the ledger about the states of chunks, in their order, while earlier chunks are
// still on their way to the sink.
type ledgerFilter struct {
	ledger Ledger
	// pending are entries of chunks that the sink has not accepted yet.
	pending map[Hash]pendingEntry
}

type pendingEntry struct {
	entry Entry
	chunk int64
}

// filter takes the events out of a chunk that are not to be handed on, and notes what is to be
// remembered when the others are accepted. Ids of states are made here.
func (l *ledgerFilter) filter(ctx context.Context, c *chunk) error {
	if len(c.states) == 0 {
		return nil
	}
	known, err := l.recall(ctx, c.states)
	if err != nil {
		return err
	}
	kept := c.events[:c.states[0].index]
	for i, st := range c.states {
		e := &c.events[st.index]
		if l.wanted(known, e, &st, c) {
			kept = append(kept, *e)
		}
		next := len(c.events)
		if i+1 < len(c.states) {
			next = c.states[i+1].index
		}
		kept = append(kept, c.events[st.index+1:next]...)
	}
	c.events = kept
	return nil
}

// wanted decides about one state.
func (l *ledgerFilter) wanted(known map[Hash]Entry, e *hitori.Event, st *state, c *chunk) bool {
	if l.ledger == nil {
		return st.mode == whenNew || st.mode == growing
	}
	old, seen := known[st.key]
	if seen && old.Content == st.content {
		if st.mode == whenNew || st.mode == whenChanged {
			c.told.Unchanged++
		}
		return false
	}
	entry := Entry{st.content, chain(st.key, old.Chain, st.content)}
	known[st.key] = entry
	l.pending[st.key] = pendingEntry{entry, c.n}
	c.changes = append(c.changes, Change{Key: st.key, Before: old, Now: entry})
	if st.mode == remembered || st.mode == whenChanged && !seen {
		return false
	}
	if st.mode == growing && seen && !grown(e, old.Content, st.content) {
		return false
	}
	name(e, entry.Chain)
	c.changes[len(c.changes)-1].Event = e.ID
	return true
}

// grown writes into the event by how much an amount has grown. It reports false when it has
// not.
func grown(e *hitori.Event, old, now Hash) bool {
	by, ok := contentAmount(now).Add(contentAmount(old).Neg())
	if !ok || by.Unscaled <= 0 {
		return false
	}
	text := string(e.Properties)
	e.Properties = hitori.JSON(text[:strings.LastIndexByte(text, ':')+1] + by.String() + "}")
	return true
}

// recall returns what is remembered about the states' keys.
func (l *ledgerFilter) recall(ctx context.Context, states []state) (map[Hash]Entry, error) {
	if l.ledger == nil {
		return nil, nil
	}
	known := map[Hash]Entry{}
	var ask []Hash
	for _, st := range states {
		if p, ok := l.pending[st.key]; ok {
			known[st.key] = p.entry
			continue
		}
		ask = append(ask, st.key)
	}
	if len(ask) == 0 {
		return known, nil
	}
	entries, err := l.ledger.Recall(ctx, ask)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if e != (Entry{}) {
			known[ask[i]] = e
		}
	}
	return known, nil
}

// accepted forgets the pending entries of a chunk that the ledger now has.
func (l *ledgerFilter) accepted(chunk int64, changes []Change) {
	for _, c := range changes {
		if l.pending[c.Key].chunk == chunk {
			delete(l.pending, c.Key)
		}
	}
}
