package imports

import (
	"time"

	"github.com/hitori-cdp/hitori"
)

// heldPeople is how many people's traits are held back at a time: about 30 MB, and twice as much on disk.
const heldPeople = 1 << 18

// held keeps back the identify event beside a row until the person's traits differ or room is
// needed, since most rows of a person say the same. What is handed on bears the latest time at
// which the file says it, so that leaving out the others loses nothing.
type held struct {
	f      *factory
	limit  int
	failed func(error)

	people  []heldPerson // in the order they came in; room is made at the head
	gone    int          // those before people
	numbers map[Hash]int // where a person stands, those that are gone counted
	texts   shelf
	buf     []byte
}

type heldPerson struct {
	key, content Hash
	row          Hash // names the row that said so last
	line         int64
	at           int64 // ms since 1970
	text         shelved
	released     bool
}

func newHeld(f *factory, limit int, tempDir string, failed func(error)) *held {
	return &held{f: f, limit: limit, failed: failed, numbers: make(map[Hash]int), texts: shelf{dir: tempDir}}
}

// add holds what a row says about its person. row names the row within the shop, as an order number
// does.
func (h *held) add(rec *record, person, row []byte, at time.Time) {
	f := h.f
	told := len(rec.traits) > 0 && (rec.user.to > rec.user.from || !onlyContact(rec))
	if !told && len(rec.consents) == 0 {
		return
	}
	p := heldPerson{key: f.hash.reset().part(person).sum(), row: f.hash.reset().part(row).sum(), line: rec.line, at: at.UnixMilli()}
	f.hash.reset().part(rec.traits).part(rec.text(rec.user)).part(rec.externals)
	for _, c := range rec.consents {
		f.hash.word(c.channel).word(map[bool]string{true: "1", false: "0"}[c.granted])
	}
	p.content = f.hash.sum()
	if n, ok := h.numbers[p.key]; ok {
		last := &h.people[n-h.gone]
		if last.content == p.content {
			if p.at > last.at {
				last.at, last.line, last.row = p.at, p.line, p.row
			}
			return
		}
		h.release(last)
	}
	h.makeRoom()
	h.buf = appendSaid(h.buf[:0], rec, told)
	var err error
	if p.text, err = h.texts.put(h.buf); err != nil {
		h.failed(err)
		return
	}
	h.numbers[p.key] = h.gone + len(h.people)
	h.people = append(h.people, p)
}

// appendSaid writes what a record says about its person.
func appendSaid(dst []byte, rec *record, told bool) []byte {
	dst = appendBytes(appendBytes(dst, rec.text(rec.user)), rec.text(rec.anon))
	traits := rec.traits
	if !told {
		traits = nil
	}
	dst = appendBytes(appendBytes(dst, rec.context()), traits)
	for _, c := range rec.consents {
		dst = append(appendBytes(dst, []byte(c.channel)), byte(btoi(c.granted)))
	}
	return dst
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
		h.release(&h.people[0])
		h.people = h.people[1:]
		h.gone++
		if len(h.people) > 0 {
			h.texts.dropBefore(h.people[0].text)
		}
	}
}

// release hands on what is held about a person.
func (h *held) release(p *heldPerson) {
	if p.released {
		return
	}
	p.released = true
	delete(h.numbers, p.key)
	said, err := h.texts.get(p.text)
	if err != nil {
		h.failed(err)
		return
	}
	f := h.f
	e := hitori.Event{Source: f.source, Type: hitori.Identify, Time: time.UnixMilli(p.at).UTC()}
	next := func() []byte {
		part, rest := cutBytes(said, 0)
		said = said[rest:]
		return part
	}
	e.UserID, e.AnonymousID, e.Context = string(next()), string(next()), hitori.JSON(next())
	if traits := next(); len(traits) > 0 {
		identify := e
		identify.Traits = object(traits)
		f.send(p.line, &identify, f.hash.reset().word("identify").part(p.key[:]).part(p.row[:]).part(p.content[:]).sum())
	}
	for len(said) > 0 {
		c := consent{channel: string(next()), granted: said[0] == 1}
		said = said[1:]
		e := consentEvent(e, c, e.Time)
		f.send(p.line, &e, f.hash.reset().word(e.Name).part(p.key[:]).word(c.channel).part(p.row[:]).sum())
	}
}

// flush hands on all that is held, in the order it came in.
func (h *held) flush() {
	for i := range h.people {
		h.release(&h.people[i])
	}
	h.people, h.gone = nil, 0
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
