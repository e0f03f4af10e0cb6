package imports

import (
	"time"

	"github.com/hitori-cdp/hitori"
)

// heldPeople is how many people's traits are held back at a time, about 60 MB.
const heldPeople = 1 << 16

// held keeps back the identify event beside a row until the person's traits differ or room is
// needed, since most rows of a person say the same. What is handed on bears the latest time at
// which the file says it, so that leaving out the others loses nothing.
type held struct {
	f      *factory
	limit  int
	people map[Hash]*heldPerson
	// order has the people in the order they came in; room is made at its head.
	order []Hash
	head  int
}

type heldPerson struct {
	line     int64
	at       time.Time
	row      []byte // names the row that said so
	content  Hash
	event    hitori.Event // without traits when there are none
	consents []consent
	traits   bool
}

func newHeld(f *factory, limit int) *held {
	return &held{f: f, limit: limit, people: make(map[Hash]*heldPerson)}
}

// add holds what a row says about its person. row names the row within the shop, as an order number
// does.
func (h *held) add(rec *record, person, row []byte, at time.Time) {
	f := h.f
	told := len(rec.traits) > 0 && (rec.user.to > rec.user.from || !onlyContact(rec))
	if !told && len(rec.consents) == 0 {
		return
	}
	key := f.hash.reset().part(person).sum()
	f.hash.reset().part(rec.traits).part(rec.text(rec.user)).part(rec.externals)
	for _, c := range rec.consents {
		f.hash.word(c.channel).word(map[bool]string{true: "1", false: "0"}[c.granted])
	}
	content := f.hash.sum()
	p, ok := h.people[key]
	if ok && p.content == content {
		if at.After(p.at) {
			p.at, p.line, p.row = at, rec.line, append(p.row[:0], row...)
		}
		return
	}
	if ok {
		h.release(key, p)
	} else {
		h.makeRoom()
		p = &heldPerson{}
		h.people[key] = p
		h.order = append(h.order, key)
	}
	*p = heldPerson{line: rec.line, at: at, row: append(p.row[:0], row...), content: content, traits: told, consents: append(p.consents[:0], rec.consents...)}
	p.event = f.event(rec, hitori.Identify, "", at)
	if told {
		p.event.Traits = object(rec.traits)
	}
}

// onlyContact reports whether the traits are e-mail address and telephone number and no more,
// which the context of every event has too.
func onlyContact(rec *record) bool {
	n := 0
	for _, s := range []span{rec.email, rec.phone} {
		if s.to > s.from {
			n += s.to - s.from + 1
		}
	}
	return len(rec.traits) <= n+len(`"email":"","phone":""`)
}

func (h *held) makeRoom() {
	for len(h.people) >= h.limit {
		key := h.order[h.head]
		h.release(key, h.people[key])
		delete(h.people, key)
		if h.head++; h.head > len(h.order)/2 {
			h.order = append(h.order[:0], h.order[h.head:]...)
			h.head = 0
		}
	}
}

// release hands on what is held about a person.
func (h *held) release(key Hash, p *heldPerson) {
	f := h.f
	if p.traits {
		e := p.event
		e.Time = p.at.UTC()
		id := f.hash.reset().word("identify").part(key[:]).part(p.row).part(p.content[:]).sum()
		f.send(p.line, &e, id)
	}
	for _, c := range p.consents {
		e := consentEvent(p.event, c, p.at)
		id := f.hash.reset().word(e.Name).part(key[:]).word(c.channel).part(p.row).sum()
		f.send(p.line, &e, id)
	}
}

// flush hands on all that is held, in the order it came in.
func (h *held) flush() {
	for _, key := range h.order[h.head:] {
		h.release(key, h.people[key])
	}
	clear(h.people)
	h.order, h.head = nil, 0
}

// consentEvent says what the person of an event agreed to.
func consentEvent(e hitori.Event, c consent, at time.Time) hitori.Event {
	e.Type, e.Name, e.Traits, e.Time = hitori.Track, "Consent Withdrawn", "", at.UTC()
	if c.granted {
		e.Name = "Consent Granted"
	}
	e.Properties = hitori.JSON(`{"channel":"` + c.channel + `","purpose":"marketing","method":"import"}`)
	return e
}
