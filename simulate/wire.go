package simulate

import (
	"cmp"
	"slices"
	"strconv"
)

// The source systems that messages come from.
const (
	SourceWeb   = "web" // the online shop: its browser SDK and its server
	SourceStore = "pos" // the tills of the physical stores
	SourceCRM   = "crm" // mail and LINE delivery, surveys, customer service
)

var sourceNames = [...]string{SourceWeb, SourceStore, SourceCRM}

const (
	sourceWeb = iota
	sourceStore
	sourceCRM
)

// entry is one message within a writer's buffer.
type entry struct {
	at       int64
	person   uint32
	n        uint32
	sub      uint16
	source   uint8
	from, to int32
}

// compareEntries is the global order: by time, then by what the message is about, so that
// it does not depend on how the work was split.
func compareEntries(a, b entry) int {
	if c := cmp.Compare(a.at, b.at); c != 0 {
		return c
	}
	if c := cmp.Compare(a.person, b.person); c != 0 {
		return c
	}
	if c := cmp.Compare(a.n, b.n); c != 0 {
		return c
	}
	return cmp.Compare(a.sub, b.sub)
}

// writer turns items into messages. Objects are written with a comma after every member;
// closing one overwrites the last comma.
type writer struct {
	s       *Shop
	buf     []byte
	entries []entry
	orders  []order // of the items to be written
	lines   []line

	it     *item
	person uint32
	cached bool
	basics
	userID    string
	steps     []step
	anonymous []byte
	agent     string
	known     bool
	page      page
	referrer  string
	campaign  *campaign
}

// reset empties the writer for a new batch of items.
func (w *writer) reset(orders []order, lines []line) {
	w.buf, w.entries, w.orders, w.lines, w.cached = w.buf[:0], w.entries[:0], orders, lines, false
}

func (w *writer) sort() { slices.SortFunc(w.entries, compareEntries) }

// write appends the messages of one item.
func (w *writer) write(it *item) {
	w.it = it
	if it.kind == productUpdated {
		w.productUpdated()
		return
	}
	if it.kind == adCost {
		w.adCost()
		return
	}
	if !w.cached || w.person != it.person {
		w.person, w.cached = it.person, true
		w.basics = w.s.basics(it.person)
		w.userID = userID(w.number)
	}
	switch {
	case it.kind <= visitCrawl:
		w.visit()
	case it.kind >= cardIssued:
		w.till()
	default:
		w.server()
	}
}

func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }

func (w *writer) key(k string) {
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, k...)
	w.buf = append(w.buf, '"', ':')
}

// text writes a member; the value must need no escaping, as is so for all that is invented
// here.
func (w *writer) text(k, v string) {
	w.key(k)
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, v...)
	w.buf = append(w.buf, '"', ',')
}

// textIf writes a member unless it is empty.
func (w *writer) textIf(k, v string) {
	if v != "" {
		w.text(k, v)
	}
}

func (w *writer) integer(k string, v int64) {
	w.key(k)
	w.buf = strconv.AppendInt(w.buf, v, 10)
	w.buf = append(w.buf, ',')
}

func (w *writer) object(k string) {
	w.key(k)
	w.buf = append(w.buf, '{')
}

func (w *writer) array(k string) {
	w.key(k)
	w.buf = append(w.buf, '[')
}

// end closes an object or an array and leaves a comma.
func (w *writer) end(bracket byte) {
	if last := len(w.buf) - 1; w.buf[last] == ',' {
		w.buf[last] = bracket
	} else {
		w.buf = append(w.buf, bracket)
	}
	w.buf = append(w.buf, ',')
}

// start begins a message and its entry.
func (w *writer) start(at int64, source uint8, kind string) {
	sub := uint16(0)
	if n := len(w.entries); n > 0 {
		if last := &w.entries[n-1]; last.person == w.it.person && last.n == w.it.n {
			sub = last.sub + 1
		}
	}
	w.entries = append(w.entries, entry{at: at, person: w.it.person, n: w.it.n, sub: sub, source: source, from: int32(len(w.buf))})
	w.raw(`{"type":"`)
	w.raw(kind)
	w.raw(`","timestamp":"`)
	w.buf = appendTimestamp(w.buf, at)
	w.raw(`","integrations":{},`)
}

// finish closes the properties or traits and the message.
func (w *writer) finish() {
	w.end('}')
	w.buf[len(w.buf)-1] = '}'
	w.entries[len(w.entries)-1].to = int32(len(w.buf))
}

// messageID is prefix-milliseconds-uuid, as SDKs make it.
func (w *writer) messageID(prefix string) {
	e := &w.entries[len(w.entries)-1]
	w.raw(`"messageId":"`)
	w.raw(prefix)
	w.buf = strconv.AppendInt(w.buf, e.at, 10)
	w.buf = append(w.buf, '-')
	key := uint64(e.n)<<16 | uint64(e.sub)
	w.buf = appendUUID(w.buf, w.s.hash(streamMessage, uint64(e.person), key<<1), w.s.hash(streamMessage, uint64(e.person), key<<1|1))
	w.raw(`",`)
}

// node begins a message of a server about the person with an account.
func (w *writer) node(at int64, source uint8, kind string) {
	w.start(at, source, kind)
	w.messageID("node-next-")
	w.raw(`"context":{"library":{"name":"@segment/analytics-node","version":"2.1.0"},"app":{"name":"`)
	w.raw(sourceNames[source])
	w.raw(`"}},"_metadata":{"nodeVersion":"v20.11.0","jsRuntime":"node"},`)
}

// track begins an event of a server; its properties follow.
func (w *writer) track(at int64, source uint8, event string) {
	w.node(at, source, "track")
	w.text("userId", w.userID)
	w.text("event", event)
	w.object("properties")
}

// appendTimestamp writes 2024-05-01T12:00:00.000Z. The calendar arithmetic is Hinnant's
// civil_from_days, for years from 1970.
func appendTimestamp(dst []byte, ms int64) []byte {
	days, rest := ms/day, ms%day
	z := days + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	date := doy - (153*mp+2)/5 + 1
	month := mp + 3
	year := yoe + era*400
	if month > 12 {
		month, year = month-12, year+1
	}
	dst = append2(dst, year/100)
	dst = append(append2(dst, year%100), '-')
	dst = append(append2(dst, month), '-')
	dst = append(append2(dst, date), 'T')
	dst = append(append2(dst, rest/hour), ':')
	dst = append(append2(dst, rest/minute%60), ':')
	dst = append(append2(dst, rest/second%60), '.')
	milli := rest % second
	return append(dst, byte('0'+milli/100), byte('0'+milli/10%10), byte('0'+milli%10), 'Z')
}

func append2(dst []byte, v int64) []byte { return append(dst, byte('0'+v/10), byte('0'+v%10)) }
