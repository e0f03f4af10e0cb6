package imports

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// rowBuilder makes the events of targets whose rows stand each for themselves.
type rowBuilder struct {
	f     *factory
	r     *reader
	rec   *record
	words map[string]string // of the kind column
	seen  *occurrences
	carry carry
}

func newRowBuilder(f *factory, r *reader, seen *occurrences) *rowBuilder {
	b := &rowBuilder{f: f, r: r, rec: newRecord(len(f.plan.target.Fields)), seen: seen}
	if k := f.plan.target.kinds; k != nil {
		b.words = wordTable(k.words)
	}
	b.carry.init(f.plan)
	return b
}

// add makes the events of a row. It returns why it cannot.
func (b *rowBuilder) add(row *tabular.Row) *cellProblem {
	rec, t := b.rec, b.f.plan.target
	rec.reset(row.Line)
	if b.carry.active {
		if row = b.carry.fill(row); row == nil {
			return nil
		}
	}
	if p := b.r.read(row, rec, b.f.plan.event); p != nil {
		return p
	}
	rec.finishPerson(b.f.plan)
	person := rec.person(b.f.key[:0])
	b.f.key = person
	if !t.impersonal {
		if len(person) == 0 {
			return &cellProblem{key: "no_person", column: -1}
		}
		b.f.stats.person(b.f.hash.reset().part(person).sum())
	}
	switch {
	case t.identify:
		b.customer(person)
		return nil
	case t.Name == "products":
		b.product()
		return nil
	case len(rec.questions) > 0:
		return b.answers(person)
	}
	return b.happenings(person)
}

// customer makes the identify event of a customer, and what the customer agreed to.
func (b *rowBuilder) customer(person []byte) {
	rec, f := b.rec, b.f
	at, timed := f.plan.asOf, false
	if i := f.plan.slots.updatedAt; i >= 0 && rec.filled[i] {
		at, timed = rec.times[i], true
	}
	e := f.event(rec, hitori.Identify, "", at)
	e.Traits = object(rec.traits)
	key := f.hash.reset().word("customer").part(person).sum()
	content := f.hash.reset().part(rec.traits).part(rec.text(rec.user)).part(rec.externals).sum()
	b.state(&e, timed, key, content)
	at, timed = consentTime(f.plan, rec, at, timed)
	for _, c := range rec.consents {
		e := consentEvent(e, c, at)
		key := f.hash.reset().word("consent").part(person).word(c.channel).sum()
		b.state(&e, timed, key, f.hash.reset().word(e.Name).sum())
	}
}

func consentTime(p *plan, rec *record, at time.Time, timed bool) (time.Time, bool) {
	if i := p.slots.consentAt; i >= 0 && rec.filled[i] {
		return rec.times[i], true
	}
	return at, timed
}

// state hands on a state: by the time the row gives for it, or, without one, by comparison with
// what was said before.
func (b *rowBuilder) state(e *hitori.Event, timed bool, key, content Hash) {
	f := b.f
	if timed {
		id := f.hash.reset().word("timed").part(key[:]).part(content[:]).word(e.Time.Format(time.RFC3339)).sum()
		f.send(b.rec.line, e, id)
		return
	}
	f.sendState(b.rec.line, e, whenNew, key, content)
}

// product makes the event of a product, or of its end.
func (b *rowBuilder) product() {
	rec, f := b.rec, b.f
	at, timed := f.plan.asOf, false
	if i := f.plan.slots.updatedAt; i >= 0 && rec.filled[i] {
		at, timed = rec.times[i], true
	}
	f.addCurrency(rec)
	e := f.event(nil, hitori.Track, "Product Updated", at)
	e.Properties = object(rec.properties)
	id := rec.slot(f.plan.indexOf("product_id"))
	if i := f.plan.slots.deleted; i >= 0 && rec.flags[i] > 0 {
		e.Name, e.Properties = "Product Deleted", object(appendPair(nil, "product_id", id))
	}
	key := f.hash.reset().word("product").part(id).part(rec.slot(f.plan.slots.sku)).part(rec.slot(f.plan.indexOf("variant"))).sum()
	b.state(&e, timed, key, f.hash.reset().word(e.Name).part(rec.properties).sum())
}

// addCurrency names the currency of amounts where the file does not.
func (f *factory) addCurrency(rec *record) {
	i := f.plan.slots.currency
	if !f.plan.target.money || i >= 0 && rec.filled[i] {
		return
	}
	rec.properties = append(appendMember(rec.properties, []byte(`"currency"`)), f.plan.currency...)
}

// answers makes an event for each question that a survey has in a column of its own.
func (b *rowBuilder) answers(person []byte) *cellProblem {
	rec, f := b.rec, b.f
	at := rec.times[f.plan.indexOf("answered_at")]
	b.hold(person, at)
	n := len(rec.properties)
	for _, q := range rec.questions {
		rec.properties = appendPair(rec.properties[:n], "question", []byte(q.text))
		rec.properties = appendPair(rec.properties, "answer", rec.text(q.answer))
		e := f.event(rec, hitori.Track, "Survey Answered", at)
		e.Properties = object(rec.properties)
		id := b.identity(e.Name, person, at, f.plan.target.keys)
		f.send(rec.line, &e, f.hash.reset().part(id[:]).word(q.text).sum())
	}
	return nil
}

// happenings makes an event for each moment the row has, and for its kind.
func (b *rowBuilder) happenings(person []byte) *cellProblem {
	rec, f := b.rec, b.f
	t := f.plan.target
	f.addCurrency(rec)
	n := 0
	only := b.decided()
	for _, m := range t.moments {
		if i := f.plan.indexOf(m.time); rec.filled[i] {
			b.happened(cmp.Or(only, m.event), rec.times[i], person)
			n++
		}
	}
	if k := t.kinds; k != nil {
		i := f.plan.indexOf(k.time)
		if rec.filled[i] && !(k.alone && n > 0 && !b.kindGiven(k)) {
			event, p := b.kind(k)
			if p != nil {
				return p
			}
			if event == notPlaced {
				b.r.warn(rec.line, &cellProblem{key: "order_not_placed", column: -1})
				return nil
			}
			b.happened(event, rec.times[i], person)
			n++
		}
	}
	if n == 0 {
		var name string
		if t.kinds != nil {
			name = t.kinds.time
		} else {
			name = t.moments[0].time
		}
		return &cellProblem{key: "missing", column: -1, args: arguments("field", name)}
	}
	return nil
}

// decided is the event of a row whose word tells it and which has one date only, "" for others: a
// list of returns and cancellations may have the date of both in a column called 返品日.
func (b *rowBuilder) decided() string {
	t := b.f.plan.target
	if t.kinds == nil || !t.kinds.decides || !b.kindGiven(t.kinds) {
		return ""
	}
	dates := 0
	for _, m := range t.moments {
		dates += btoi(b.rec.filled[b.f.plan.indexOf(m.time)])
	}
	event := b.words[normalWord(b.rec.slot(b.f.plan.indexOf(t.kinds.field)))]
	if dates != 1 || event == notPlaced {
		return ""
	}
	return event
}

func (b *rowBuilder) kindGiven(k *kinds) bool {
	i := b.f.plan.indexOf(k.field)
	return i >= 0 && len(b.rec.slot(i)) > 0
}

// kind tells the event by the word of the kind column, and for points without one by their sign.
func (b *rowBuilder) kind(k *kinds) (string, *cellProblem) {
	rec, p := b.rec, b.f.plan
	var word []byte
	if k.field != "" {
		word = rec.slot(p.indexOf(k.field))
	}
	if len(word) == 0 {
		if p.sign >= 0 {
			return []string{"Points Earned", "Points Used"}[btoi(rec.numbers[p.sign].Unscaled < 0)], nil
		}
		if k.fallback == "" {
			return "", &cellProblem{key: "missing", column: -1, args: arguments("field", k.field)}
		}
		return k.fallback, nil
	}
	if event, ok := b.words[normalWord(word)]; ok {
		return event, nil
	}
	switch {
	case k.free:
		return string(word), nil
	case k.strict || k.fallback == "":
		return "", &cellProblem{
			key: "kind_unknown", column: -1, name: k.field, value: string(word),
			args: arguments("value", string(word)),
		}
	}
	return k.fallback, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// happened hands on one event of the row.
func (b *rowBuilder) happened(event string, at time.Time, person []byte) {
	rec, f := b.rec, b.f
	inside := b.propertiesOf(event)
	var e hitori.Event
	if f.plan.target.impersonal {
		e = f.event(nil, hitori.Track, event, at)
	} else {
		b.hold(person, at)
		e = f.event(rec, hitori.Track, event, at)
	}
	e.Properties = object(inside)
	keys := f.plan.target.keys
	if k, ok := f.plan.target.keysOf[event]; ok {
		keys = k
	}
	f.send(rec.line, &e, b.identity(event, person, at, keys))
}

// propertiesOf are the properties of the row that belong to an event. What was used or expired is
// told as a positive number: the event's name has the sign.
func (b *rowBuilder) propertiesOf(event string) []byte {
	rec, p := b.rec, b.f.plan
	var inside []byte
	end := 0
	for _, m := range rec.members {
		end = m.to
		if f := m.column.field; f != nil && f.events != nil && !slices.Contains(f.events, event) {
			continue
		}
		text := rec.properties[m.from:m.to]
		if m.column.slot == p.sign && p.sign >= 0 && (event == "Points Used" || event == "Points Expired") {
			text = bytes.Replace(text, []byte(":-"), []byte(":"), 1)
		}
		if len(inside) > 0 {
			inside = append(inside, ',')
		}
		inside = append(inside, text...)
	}
	if rest := bytes.TrimPrefix(rec.properties[end:], []byte(",")); len(rest) > 0 { // the currency
		if len(inside) > 0 {
			inside = append(inside, ',')
		}
		inside = append(inside, rest...)
	}
	if len(rec.product) > 0 {
		inside = append(appendMember(inside, []byte(`"products"`)), "[{"...)
		inside = append(append(inside, rec.product...), "}]"...)
	}
	return inside
}

// hold keeps what the row says about its person, beside the event.
func (b *rowBuilder) hold(person []byte, at time.Time) {
	row := b.f.hash.reset().word(at.UTC().Format(time.RFC3339)).sum()
	b.f.held.add(b.rec, person, row[:], at)
}

// identity is what an event's id is made from: the event and the first of the natural keys that the
// row fills, or else its whole content and how often the file has had that before.
func (b *rowBuilder) identity(event string, person []byte, at time.Time, keys [][]string) Hash {
	for _, key := range keys {
		if h, ok := b.natural(event, person, at, key); ok {
			return h
		}
	}
	f := b.f
	f.hash.reset().word("row").word(event).part(person).word(at.UTC().Format(time.RFC3339Nano)).part(b.propertiesOf(event)).part(b.rec.externals)
	content := f.hash.sum()
	if n := b.seen.next(content); n > 0 {
		var digits [20]byte
		return f.hash.reset().part(content[:]).part(strconv.AppendInt(digits[:0], n, 10)).sum()
	}
	return content
}

// natural makes the key from fields, "@person", "@time" and "@content". Fields with ? may be empty.
func (b *rowBuilder) natural(event string, person []byte, at time.Time, key []string) (Hash, bool) {
	h := b.f.hash.reset().word(event)
	for _, name := range key {
		switch name {
		case "@person":
			h.part(person)
		case "@time":
			h.word(at.UTC().Format(time.RFC3339Nano))
		case "@content":
			h.part(b.rec.properties)
		default:
			bare, optional := strings.CutSuffix(name, "?")
			i := b.f.plan.indexOf(bare)
			if i < 0 || !optional && !b.rec.filled[i] {
				return Hash{}, false
			}
			h.part(b.rec.slot(i))
		}
	}
	return h.sum(), true
}

// carry fills the cells that exports of products leave empty in the rows of further variants.
type carry struct {
	active  bool
	id      []int // columns of the product id
	columns []int // that are carried down
	own     []int // columns a row of a variant must have one of
	last    rowStore
	out     [][]byte
}

// carried are the fields that the rows of one product share.
var carried = []string{"product_name", "category", "brand", "url", "image_url", "description", "active"}

func (c *carry) init(p *plan) {
	if p.target.Name != "products" {
		return
	}
	for i := range p.event {
		col := &p.event[i]
		switch {
		case col.field == nil:
		case col.field.Name == "product_id":
			c.id = col.from
		case slices.Contains(carried, col.field.Name):
			c.columns = append(c.columns, col.from...)
		default:
			c.own = append(c.own, col.from...)
		}
	}
	c.active = len(c.id) > 0 && len(c.own) > 0
}

// fill returns the row with the carried cells of the row before it, and nil for a further row of a
// product that says nothing of a variant, as Shopify writes for each picture.
func (c *carry) fill(row *tabular.Row) *tabular.Row {
	if c.last.len() == 0 || !c.same(row, c.last.get(0)) {
		c.last.reset()
		c.last.add(row)
		return row
	}
	before := c.last.get(0)
	if !slices.ContainsFunc(c.own, func(i int) bool { return len(cellOf(row, i)) > 0 }) {
		return nil
	}
	c.out = append(c.out[:0], row.Cells...)
	for _, i := range c.columns {
		if i < len(c.out) && len(cellOf(row, i)) == 0 {
			c.out[i] = cellOf(before, i)
		}
	}
	return &tabular.Row{Line: row.Line, Cells: c.out, Encoding: row.Encoding}
}

func (c *carry) same(a, b *tabular.Row) bool {
	for _, i := range c.id {
		if x := cellOf(a, i); len(x) == 0 || !bytes.Equal(x, cellOf(b, i)) {
			return false
		}
	}
	return true
}

func cellOf(row *tabular.Row, i int) []byte {
	if i >= len(row.Cells) {
		return nil
	}
	return bytes.TrimSpace(row.Cells[i])
}
