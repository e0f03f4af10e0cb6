package imports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// plan is a mapping made ready for the columns of one file.
type plan struct {
	target  *Target
	mapping *Mapping
	event   []planColumn
	line    []planColumn // of orders
	// changing are the file's columns of event-level fields, to compare the rows of an order.
	changing []int
	slots    slots
	wanted   []bool // whose text the record keeps, by slot
	sign     int    // slot of the field whose sign tells the event, -1

	loc      *time.Location
	currency []byte // quoted
	asOf     time.Time
	serials  bool // bare numbers in time columns are days, as in Excel
}

// slots are the places of fields the builders ask for, -1 when the target has none.
type slots struct {
	name, family, given, nameKana, familyKana, givenKana, state, city, street int
	updatedAt, consentAt, currency, deleted, sku                              int
}

// planColumn is a field with where its cells are.
type planColumn struct {
	field  *Field // nil for a kept column
	slot   int
	from   []int  // columns of the file, in the order of their parts
	joined int    // how many of them make up the value; the rest are for rows where these are empty
	fixed  []byte // the value when there is no column
	key    []byte // quoted
	in     place
	kind   FieldType
	format japanese.DateFormat
	values map[string]string
	name   string // for messages: the column, or the field
	ask    string // the question a survey column stands for
}

func newPlan(m *Mapping, columns []string, opts *Options, serials bool) (*plan, error) {
	if err := m.Validate(columns); err != nil {
		return nil, err
	}
	target, _ := LookupTarget(m.Target)
	p := &plan{
		target: target, mapping: m, loc: opts.location(), asOf: opts.AsOf, serials: serials, sign: -1,
		currency: quoted(string(cmp.Or(hitori.Currency(m.Currency), opts.Currency, hitori.JPY))),
		wanted:   make([]bool, len(target.Fields)),
	}
	index := make(map[string]int, len(columns))
	for i, name := range columns {
		index[name] = i
	}
	byField := map[int]*planColumn{}
	const last = 1 << 20
	parts := map[int]int{} // of columns
	var kept []planColumn
	for _, c := range m.Columns {
		from := index[c.Column]
		switch {
		case c.Keep != "":
			kept = append(kept, keptColumn(c, from))
		case c.Field != "":
			i := p.indexOf(c.Field)
			if byField[i] == nil {
				col := p.fieldColumn(i, c.Column)
				col.format, col.values = c.Format, normalValues(c.Values)
				byField[i] = &col
			}
			byField[i].from = append(byField[i].from, from)
			if parts[from] = c.Part; c.Else {
				parts[from] = last
			} else {
				byField[i].joined++
			}
		}
	}
	for name, value := range m.Fixed {
		col := p.fieldColumn(p.indexOf(name), name)
		col.fixed = []byte(value)
		byField[col.slot] = &col
	}
	for i := range target.Fields {
		if col, ok := byField[i]; ok {
			slices.SortStableFunc(col.from, func(a, b int) int { return cmp.Compare(parts[a], parts[b]) })
			p.add(*col)
		}
	}
	slices.SortStableFunc(kept, func(a, b planColumn) int { return cmp.Compare(string(a.key), string(b.key)) })
	for _, col := range kept {
		p.add(col)
	}
	p.findSlots()
	return p, nil
}

// lineControls are the fields of a line that do not stand in it by themselves.
var lineControls = []string{"price", "line_total", "line_kind"}

func (p *plan) add(col planColumn) {
	if p.target.grouped && (col.in == inLine || col.field != nil && slices.Contains(lineControls, col.field.Name)) {
		p.line = append(p.line, col)
		return
	}
	p.event = append(p.event, col)
	p.changing = append(p.changing, col.from...)
}

// fieldColumn is the column of a field, called name in messages.
func (p *plan) fieldColumn(slot int, name string) planColumn {
	f := &p.target.Fields[slot]
	return planColumn{field: f, slot: slot, key: quoted(lastStep(f.path)), in: f.in, kind: f.Type, name: name}
}

func keptColumn(c ColumnMapping, from int) planColumn {
	col := planColumn{
		slot: -1, from: []int{from}, joined: 1, key: quoted(cmp.Or(c.As, c.Column)), kind: cmp.Or(c.Type, TypeString),
		format: c.Format, values: normalValues(c.Values), name: c.Column,
	}
	switch c.Keep {
	case KeepTrait:
		col.in = inTrait
	case KeepLine:
		col.in = inLine
	case KeepQuestion:
		col.in, col.ask = control, cmp.Or(c.As, c.Column)
	default:
		col.in = inProperty
	}
	return col
}

func lastStep(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// indexOf is the slot of a field, -1 when the target has none of that name.
func (p *plan) indexOf(name string) int {
	return slices.IndexFunc(p.target.Fields, func(f Field) bool { return f.Name == name })
}

// findSlots notes the fields whose text or place the builders need.
func (p *plan) findSlots() {
	s := &p.slots
	s.name, s.family, s.given = p.indexOf("name"), p.indexOf("family_name"), p.indexOf("given_name")
	if s.family < 0 { // elsewhere a name is that of a product or a deal
		s.name = -1
	}
	s.nameKana, s.familyKana, s.givenKana = p.indexOf("name_kana"), p.indexOf("family_name_kana"),
		p.indexOf("given_name_kana")
	s.state, s.city, s.street = p.indexOf("state"), p.indexOf("city"), p.indexOf("street")
	s.updatedAt, s.consentAt, s.currency = p.indexOf("updated_at"), p.indexOf("consent_at"), p.indexOf("currency")
	s.deleted, s.sku = p.indexOf("deleted"), p.indexOf("sku")
	want := func(i int) {
		if i >= 0 {
			p.wanted[i] = true
		}
	}
	for _, i := range []int{s.name, s.family, s.given, s.nameKana, s.familyKana, s.givenKana, s.state, s.city, s.street, s.currency, s.sku} {
		want(i)
	}
	for i, f := range p.target.Fields {
		if f.in == control && (f.Type == TypeString || f.Type == TypeCode) {
			want(i)
		}
	}
	keys := slices.Clone(p.target.keys)
	for _, k := range p.target.keysOf {
		keys = append(keys, k...)
	}
	for _, k := range slices.Concat(keys...) {
		want(p.indexOf(strings.TrimSuffix(k, "?")))
	}
	if k := p.target.kinds; k != nil && k.field != "" {
		want(p.indexOf(k.field))
	}
	for _, name := range []string{"order_id", "status", "fulfillment_status", "product_id", "variant"} {
		want(p.indexOf(name))
	}
	if p.target.Name == "points" {
		p.sign = p.indexOf("points")
	}
}

// composed reports whether a trait is put together by record.finishPerson.
func (p *plan) composed(slot int) bool {
	s := &p.slots
	switch slot {
	case s.name, s.family, s.given, s.nameKana, s.familyKana, s.givenKana, s.street:
		return slot >= 0
	}
	return false
}
