package imports

import (
	"bytes"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// cellProblem is why a row is rejected, or a value left out.
type cellProblem struct {
	key    string // of the text
	args   map[string]string
	column int    // of the file, -1 for the row as a whole
	name   string // of the column or field
	value  string
}

// reader reads the cells of rows into records.
type reader struct {
	plan *plan
	warn func(line int64, p *cellProblem)

	cell []byte // the text of a field
	part []byte
	out  []byte
}

// read puts the values of some columns of a row into the record. It returns the first problem that
// costs the row.
func (r *reader) read(row *tabular.Row, rec *record, columns []planColumn) *cellProblem {
	for i := range columns {
		if p := r.readColumn(row, rec, &columns[i]); p != nil {
			return p
		}
	}
	return nil
}

func (r *reader) readColumn(row *tabular.Row, rec *record, col *planColumn) *cellProblem {
	text, p := r.text(row, col)
	if p != nil {
		return p
	}
	if len(text) == 0 {
		if col.field != nil && col.field.Required {
			return &cellProblem{key: "missing", column: first(col), name: col.name, args: arguments("field",
				col.field.Name)}
		}
		return nil
	}
	key := r.store(rec, col, text)
	if key == "" {
		return nil
	}
	p = &cellProblem{key: key, column: first(col), name: col.name, value: clip(text), args: arguments("value",
		clip(text))}
	if !costsValue(key) {
		r.warn(row.LineOf(p.column), p)
		return nil
	}
	if col.field == nil || col.field.soft {
		p.key = "value_ignored"
		r.warn(row.LineOf(p.column), p)
		return nil
	}
	return p
}

func first(col *planColumn) int {
	if len(col.from) == 0 {
		return -1
	}
	return col.from[0]
}

// text returns the cleaned text of a field: without what spreadsheets put around it, the values
// of several columns joined, translated as the mapping says. It is valid until the next call.
func (r *reader) text(row *tabular.Row, col *planColumn) ([]byte, *cellProblem) {
	if col.fixed != nil {
		return col.fixed, nil
	}
	r.cell = r.cell[:0]
	for n, column := range col.from {
		if n >= col.joined && len(r.cell) > 0 {
			break
		}
		var p *tabular.Problem
		if r.part, p = row.Append(r.part[:0], column); p != nil {
			return nil, &cellProblem{key: p.Key, args: p.Args, column: p.Column, name: col.name, value: clip(row.AppendLenient(nil, column))}
		}
		part := unwrap(r.part, col.kind)
		if len(part) == 0 {
			continue
		}
		if n > 0 && len(r.cell) > 0 && col.field != nil {
			r.cell = append(r.cell, col.field.join...)
		}
		r.cell = append(r.cell, part...)
	}
	text := r.cell
	if len(col.values) > 0 {
		if v, ok := col.values[normalWord(text)]; ok {
			text = append(r.cell[:0], v...)
			r.cell = text
		}
	}
	switch col.kind {
	case TypeString, TypeText:
		return text, nil
	case TypeTime, TypeDate:
		if japanese.ZeroDate(text) {
			return nil, nil
		}
	}
	if japanese.Blank(text) {
		return nil, nil
	}
	return text, nil
}

// unwrap trims a cell and takes off ="…" and the apostrophe that keep spreadsheets from reading
// a code as a number.
func unwrap(cell []byte, kind FieldType) []byte {
	cell = japanese.Trim(cell)
	if len(cell) < 2 {
		return bytes.TrimSuffix(cell, []byte("'")) // before a cell of white space
	}
	if kind == TypeText {
		if cell[0] == '\'' && formula(cell[1:]) {
			return cell[1:]
		}
		return cell
	}
	if cell[0] == '=' && cell[1] == '"' && cell[len(cell)-1] == '"' && len(cell) > 2 {
		return japanese.Trim(bytes.ReplaceAll(cell[2:len(cell)-1], []byte(`""`), []byte(`"`)))
	}
	if cell[0] == '\'' && (kind != TypeString || formula(cell[1:]) || '0' <= cell[1] && cell[1] <= '9') {
		return japanese.Trim(cell[1:])
	}
	return cell
}

// store reads the text as the type of the column and puts it where it belongs. It returns the
// key of a problem, or "".
func (r *reader) store(rec *record, col *planColumn, text []byte) string {
	key := r.storeValue(rec, col, text)
	if col.slot >= 0 && !costsValue(key) {
		rec.filled[col.slot] = true
	}
	return key
}

// costsValue tells problems that leave no value from those that only deserve a word.
func costsValue(key string) bool { return key != "" && key != "era_mended" && key != "time_in_future" }

func (r *reader) storeValue(rec *record, col *planColumn, text []byte) string {
	if col.ask != "" {
		rec.questions = append(rec.questions, question{col.ask, rec.keep(text)})
		return ""
	}
	switch col.in {
	case control:
		return r.storeControl(rec, col, text)
	case inConsent:
		granted, ok := japanese.Bool(text)
		if !ok {
			return "boolean"
		}
		rec.consents = append(rec.consents, consent{col.field.path, granted})
		return ""
	}
	value, bare, key := r.value(rec, col, text)
	if costsValue(key) {
		return key
	}
	if col.slot >= 0 && r.plan.wanted[col.slot] {
		rec.texts[col.slot] = rec.keep(bare)
	}
	r.place(rec, col, value, bare)
	return key
}

// place writes a value, which is JSON, where the column wants it.
func (r *reader) place(rec *record, col *planColumn, value, bare []byte) {
	switch col.in {
	case inUser:
		rec.user = rec.keep(bare)
	case inAnon:
		rec.anon = rec.keep(bare)
	case inProperty:
		from := len(rec.properties)
		if from > 0 {
			from++ // the comma
		}
		rec.properties = append(appendMember(rec.properties, col.key), value...)
		rec.members = append(rec.members, member{span{from, len(rec.properties)}, col})
	case inLine:
		rec.product = append(appendMember(rec.product, col.key), value...)
	case inExternal:
		rec.external = rec.keep(bare)
		if len(rec.externals) > 0 {
			rec.externals = append(rec.externals, ',')
		}
		rec.externals = append(rec.externals, `{"type":`...)
		rec.externals = append(append(rec.externals, col.key...), `,"id":`...)
		rec.externals = append(appendString(rec.externals, bare), '}')
	case inTrait:
		r.placeTrait(rec, col, value, bare)
	}
}

func (r *reader) placeTrait(rec *record, col *planColumn, value, bare []byte) {
	if col.field == nil {
		rec.traits = append(appendMember(rec.traits, col.key), value...)
		return
	}
	switch col.field.path {
	case "email":
		rec.email = rec.keep(bare)
	case "phone":
		rec.phone = rec.keep(bare)
	}
	switch {
	case r.plan.composed(col.slot): // see record.finishPerson
	case strings.HasPrefix(col.field.path, "address."):
		rec.address = append(appendMember(rec.address, col.key), value...)
	case strings.HasPrefix(col.field.path, "company."):
		rec.company = append(appendMember(rec.company, col.key), value...)
	default:
		rec.traits = append(appendMember(rec.traits, col.key), value...)
	}
}

func (r *reader) storeControl(rec *record, col *planColumn, text []byte) string {
	switch col.kind {
	case TypeTime, TypeDate:
		t, key := r.time(col, text)
		if !costsValue(key) {
			rec.times[col.slot] = t.Time
		}
		return key
	case TypeNumber:
		d, ok := japanese.ParseNumber(text)
		if !ok {
			return "number"
		}
		rec.numbers[col.slot] = d
	case TypeBool:
		b, ok := japanese.Bool(text)
		if !ok {
			return "boolean"
		}
		rec.flags[col.slot] = -1
		if b {
			rec.flags[col.slot] = 1
		}
	default:
		r.out = appendTyped(r.out[:0], col.kind, text)
		rec.texts[col.slot] = rec.keep(r.out)
	}
	return ""
}

func appendTyped(dst []byte, kind FieldType, text []byte) []byte {
	if kind == TypeCode {
		return japanese.AppendCode(dst, text)
	}
	return japanese.AppendFold(dst, text)
}

// value reads the text as the type of the column and returns it as JSON and bare. Both are valid
// until the next call.
func (r *reader) value(rec *record, col *planColumn, text []byte) (value, bare []byte, key string) {
	out := r.out[:0]
	var ok bool
	switch col.kind {
	case TypeText:
		out = append(out, text...)
	case TypeString:
		out = japanese.AppendFold(out, text)
	case TypeCode:
		if out = japanese.AppendCode(out, text); col.slot >= 0 && col.slot == r.plan.slots.currency {
			out = bytes.ToUpper(out)
		}
	case TypeEmail:
		if out, ok = japanese.AppendEmail(out, text); !ok {
			return nil, nil, "email"
		}
	case TypePhone:
		if out, ok = japanese.AppendPhone(out, text); !ok {
			return nil, nil, "phone"
		}
	case TypePostal:
		if out, ok = japanese.AppendPostal(out, text); !ok {
			return nil, nil, "postal_code"
		}
	case TypePrefecture: // abroad it is a state, and stays as it is
		if name, known := japanese.Prefecture(text); known {
			out = append(out, name...)
		} else {
			out = japanese.AppendFold(out, text)
		}
	case TypeGender:
		gender, known := japanese.Gender(text)
		if !known {
			return nil, nil, "gender"
		}
		out = append(out, gender...)
	default:
		return r.bareValue(rec, col, text)
	}
	n := len(out)
	out = appendString(out, out[:n])
	r.out = out
	return out[n:], out[:n], ""
}

// bareValue reads the types that JSON writes without quotes, and times.
func (r *reader) bareValue(rec *record, col *planColumn, text []byte) (value, bare []byte, key string) {
	out := r.out[:0]
	switch col.kind {
	case TypeNumber, TypePercent:
		d, ok := japanese.ParseNumber(bytes.TrimSuffix(text, []byte("%")))
		if col.kind == TypePercent && bytes.HasSuffix(text, []byte("%")) {
			d.Scale += 2
		} else if bytes.HasSuffix(text, []byte("%")) {
			ok = false
		}
		if !ok {
			return nil, nil, "number"
		}
		if col.slot >= 0 {
			rec.numbers[col.slot] = d
		}
		out = d.AppendJSON(out)
	case TypeBool:
		b, ok := japanese.Bool(text)
		if !ok {
			return nil, nil, "boolean"
		}
		if out = append(out, "false"...); b {
			out = append(out[:0], "true"...)
		}
	case TypeTime, TypeDate:
		var t japanese.Time
		if t, key = r.time(col, text); costsValue(key) {
			return nil, nil, key
		}
		if key == "time_in_future" { // only what happened cannot lie in the future
			key = ""
		}
		if col.slot >= 0 {
			rec.times[col.slot] = t.Time
		}
		out = append(out, '"')
		if col.kind == TypeDate {
			out = t.AppendDate(out)
		} else {
			out = t.AppendFormat(out, time.RFC3339)
		}
		out = append(out, '"')
		r.out = out
		return out, out[1 : len(out)-1], key
	}
	r.out = out
	return out, out, ""
}

// time reads a date, as a spreadsheet's count of days too where the file is one.
func (r *reader) time(col *planColumn, text []byte) (japanese.Time, string) {
	t, key := japanese.ParseTime(text, r.plan.loc, col.format)
	if key != "" && r.plan.serials && col.format == japanese.AnyDate {
		if days, k := japanese.ParseTime(text, r.plan.loc, japanese.Serial); k == "" {
			t, key = days, ""
		}
	}
	switch {
	case key != "":
		return t, string(key)
	case t.EraMended:
		return t, "era_mended"
	case t.After(r.plan.asOf.Add(futureMargin)):
		return t, "time_in_future"
	}
	return t, ""
}

// futureMargin is how far beyond the export a time may lie without a warning: a zone
// misunderstood by half the world.
const futureMargin = 24 * time.Hour

func arguments(pairs ...any) map[string]string {
	return hitori.NewError("", "", pairs...).Args
}

// clip shortens a value for a message.
func clip(text []byte) string {
	const limit = 80
	if len(text) <= limit {
		return string(text)
	}
	return strings.ToValidUTF8(string(text[:limit]), "") + "…"
}
