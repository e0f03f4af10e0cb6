package imports

import (
	"bytes"
	"time"

	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// span is a piece of a record's store; the zero span is nothing.
type span struct{ from, to int }

// record is what the cells of one row, or of the rows of one order, say.
type record struct {
	line int64

	// The insides of JSON objects.
	properties, traits, address, company, externals []byte
	names                                           []byte // those of traits that are names
	product                                         []byte // the line of an order

	store []byte // holds what spans point to

	user, anon, email, phone, external span
	texts                              []span // of fields, by slot, where the plan wants them
	times                              []time.Time
	numbers                            []japanese.Decimal
	flags                              []int8 // 1 yes, -1 no
	filled                             []bool
	consents                           []consent
	questions                          []question
	members                            []member // of properties
}

// member is one property, `"key":value`.
type member struct {
	span
	column *planColumn
}

type consent struct {
	channel string
	granted bool
}

// question is a column of a survey with its answer.
type question struct {
	text   string
	answer span
}

func newRecord(fields int) *record {
	return &record{
		texts: make([]span, fields), times: make([]time.Time, fields), numbers: make([]japanese.Decimal, fields),
		flags: make([]int8, fields), filled: make([]bool, fields),
	}
}

func (r *record) reset(line int64) {
	r.line = line
	r.properties, r.traits, r.address, r.company, r.externals = r.properties[:0], r.traits[:0], r.address[:0], r.company[:0], r.externals[:0]
	r.names = r.names[:0]
	r.product, r.store = r.product[:0], r.store[:0]
	r.user, r.anon, r.email, r.phone, r.external = span{}, span{}, span{}, span{}, span{}
	clear(r.texts)
	clear(r.times)
	clear(r.numbers)
	clear(r.flags)
	clear(r.filled)
	r.consents, r.questions, r.members = r.consents[:0], r.questions[:0], r.members[:0]
}

func (r *record) keep(text []byte) span {
	from := len(r.store)
	r.store = append(r.store, text...)
	return span{from, len(r.store)}
}

func (r *record) text(s span) []byte { return r.store[s.from:s.to] }

// person appends the strongest name the row gives its person to dst, with its kind before it;
// nothing when there is none.
func (r *record) person(dst []byte) []byte {
	switch {
	case r.user.to > r.user.from:
		return append(append(dst, "u:"...), r.text(r.user)...)
	case r.email.to > r.email.from:
		return append(append(dst, "e:"...), bytes.ToLower(r.text(r.email))...)
	case r.phone.to > r.phone.from:
		dst = append(dst, "p:"...)
		for _, c := range r.text(r.phone) {
			if c >= '0' && c <= '9' || c == '+' {
				dst = append(dst, c)
			}
		}
		return dst
	case r.external.to > r.external.from:
		return append(append(dst, "x:"...), r.text(r.external)...)
	case r.anon.to > r.anon.from:
		return append(append(dst, "a:"...), r.text(r.anon)...)
	}
	return dst
}

// finishPerson puts names and addresses together from their parts.
func (r *record) finishPerson(p *plan) {
	before := len(r.traits)
	r.finishName(p.slots.name, p.slots.family, p.slots.given, `"name"`, `"lastName"`, `"firstName"`)
	r.names = append(r.names, bytes.TrimPrefix(r.traits[before:], []byte(","))...)
	r.finishName(p.slots.nameKana, p.slots.familyKana, p.slots.givenKana, `"nameKana"`, `"lastNameKana"`, `"firstNameKana"`)
	state, street := r.slot(p.slots.state), r.slot(p.slots.street)
	if len(state) == 0 && len(street) > 0 && len(r.slot(p.slots.city)) == 0 {
		if prefecture, rest := japanese.CutPrefecture(street); prefecture != "" {
			r.address = appendString(appendMember(r.address, []byte(`"state"`)), []byte(prefecture))
			street = rest
		}
	}
	if len(street) > 0 {
		r.address = appendString(appendMember(r.address, []byte(`"street"`)), street)
	}
	if len(r.address) > 0 {
		r.traits = appendObject(r.traits, `"address"`, r.address)
	}
	if len(r.company) > 0 {
		r.traits = appendObject(r.traits, `"company"`, r.company)
	}
}

func (r *record) finishName(full, family, given int, nameKey, familyKey, givenKey string) {
	name, last, first := r.slot(full), r.slot(family), r.slot(given)
	if len(last) == 0 && len(first) == 0 && len(name) > 0 {
		if f, g, ok := japanese.SplitName(name); ok {
			if last, first = f, g; !japanese.HasJapanese(name) {
				last, first = g, f // "Taro Yamada"
			}
		}
	}
	if len(last) > 0 {
		r.traits = appendString(appendMember(r.traits, []byte(familyKey)), last)
	}
	if len(first) > 0 {
		r.traits = appendString(appendMember(r.traits, []byte(givenKey)), first)
	}
	switch {
	case len(last) > 0 && len(first) > 0:
		a, b := last, first
		if !japanese.HasJapanese(last) && !japanese.HasJapanese(first) {
			a, b = first, last
		}
		var room [128]byte
		name = append(append(append(room[:0], a...), ' '), b...)
	case len(name) == 0:
		name = last
	}
	if len(name) > 0 && (len(last) == 0 || len(first) > 0) {
		r.traits = appendString(appendMember(r.traits, []byte(nameKey)), name)
	}
}

// slot is the text of a field, nil when it is not mapped or empty.
func (r *record) slot(i int) []byte {
	if i < 0 {
		return nil
	}
	return r.text(r.texts[i])
}

func appendObject(dst []byte, key string, inside []byte) []byte {
	dst = append(appendMember(dst, []byte(key)), '{')
	return append(append(dst, inside...), '}')
}

// context is the JSON of Event.Context: what says who the person of an event is beside userId and
// anonymousId. Someone with a userId needs no e-mail address here: the identify event has it. The
// name of a guest goes with the telephone number, which a family may share.
func (r *record) context() []byte {
	var out []byte
	if r.user.to == r.user.from && (r.email.to > r.email.from || r.phone.to > r.phone.from) {
		var traits []byte
		if r.email.to > r.email.from {
			traits = appendPair(traits, "email", r.text(r.email))
		}
		if r.phone.to > r.phone.from {
			traits = appendPair(traits, "phone", r.text(r.phone))
		}
		if len(r.names) > 0 {
			if len(traits) > 0 {
				traits = append(traits, ',')
			}
			traits = append(traits, r.names...)
		}
		out = appendObject(out, `"traits"`, traits)
	}
	if len(r.externals) > 0 {
		out = append(appendMember(out, []byte(`"externalIds"`)), '[')
		out = append(append(out, r.externals...), ']')
	}
	if len(out) == 0 {
		return nil
	}
	return append(append([]byte{'{'}, out...), '}')
}
