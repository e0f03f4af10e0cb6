package imports

import (
	"cmp"
	"encoding/binary"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// mode says when an event about a state is handed on.
type mode uint8

const (
	// whenNew facts are states: they are handed on when the ledger remembers nothing or something
	// else.
	whenNew mode = iota
	// whenChanged facts are handed on when the ledger remembers something else.
	whenChanged
	// remembered facts are never handed on; the ledger is told.
	remembered
	// growing facts are sums that only grow: what has been added since is handed on. The content
	// is the sum (see amountContent), and the properties end in it.
	growing
)

// state is what the ledger has to know about an event.
type state struct {
	index   int // of the event in its chunk
	mode    mode
	key     Hash
	content Hash
}

// outbox gathers events until there are enough for a chunk.
type outbox struct {
	events []hitori.Event
	states []state
	limit  int
	// full hands the events on and empties the box.
	full func()
}

func (o *outbox) add(e *hitori.Event) {
	o.events = append(o.events, *e)
	if len(o.events) >= o.limit {
		o.full()
	}
}

func (o *outbox) empty() { o.events, o.states = o.events[:0], o.states[:0] }

// factory makes events from records.
type factory struct {
	plan   *plan
	source hitori.SourceID
	out    *outbox
	stats  *stats
	hash   hasher
	key    []byte
	held   *held
	ledger bool
}

// event makes the event of a record, without id.
func (f *factory) event(rec *record, t hitori.EventType, name string, at time.Time) hitori.Event {
	e := hitori.Event{Source: f.source, Type: t, Name: name, Time: at.UTC()}
	if rec == nil {
		return e
	}
	e.UserID = string(rec.text(rec.user))
	e.AnonymousID = string(rec.text(rec.anon))
	e.Context = hitori.JSON(rec.context())
	return e
}

// name gives an event the id that h stands for.
func name(e *hitori.Event, h Hash) {
	e.MessageID = messageID(h)
	e.ID = hitori.NewEventID(e.Source, e.MessageID)
}

// send hands on an event that happened once.
func (f *factory) send(line int64, e *hitori.Event, id Hash) {
	name(e, id)
	f.stats.observe(line, e)
	f.out.add(e)
}

// sendState hands on a state. Its id is made when the ledger has been asked; without one it
// follows from key and content.
func (f *factory) sendState(line int64, e *hitori.Event, m mode, key, content Hash) {
	name(e, chain(key, Hash{}, content))
	if m == whenNew || m == growing {
		f.stats.observe(line, e)
	}
	f.out.states = append(f.out.states, state{len(f.out.events), m, key, content})
	f.out.add(e)
}

// amountContent keeps an amount where others keep the hash of a content.
func amountContent(d japanese.Decimal) Hash {
	var h Hash
	binary.BigEndian.PutUint64(h[:8], uint64(d.Unscaled))
	h[8], h[15] = byte(d.Scale), 1
	return h
}

func contentAmount(h Hash) japanese.Decimal {
	return japanese.Decimal{Unscaled: int64(binary.BigEndian.Uint64(h[:8])), Scale: int8(h[8])}
}

// label names an event in counts.
func label(e *hitori.Event) string { return cmp.Or(e.Name, e.Type.String()) }

// chain is the id of a state that followed another: a price that goes from 100 to 90 and back
// is three facts.
func chain(key, before, content Hash) Hash {
	var h hasher
	return h.word("state").part(key[:]).part(before[:]).part(content[:]).sum()
}

func object(inside []byte) hitori.JSON { return hitori.JSON("{" + string(inside) + "}") }
