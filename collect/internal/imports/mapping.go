package imports

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// Mapping says which column of a file is which field of a target. It can be kept as JSON and
// used for the next file of the same form.
type Mapping struct {
	// Version of this form of mappings: 1.
	Version int    `json:"version"`
	Name    string `json:"name,omitempty"`
	// Revision of a saved mapping grows with every change. Sent back, it says which is to be
	// changed; zero adds one.
	Revision int64  `json:"revision,omitempty" doc:"That of the saved mapping when you read it; without it the name must be new"`
	Target   string `json:"target"`
	// Fingerprint is that of the header it was made for.
	Fingerprint string          `json:"fingerprint,omitempty"`
	Columns     []ColumnMapping `json:"columns"`
	// Fixed are values of fields that no column has: {"survey_id":"nps-2024","channel":"email"}.
	Fixed map[string]string `json:"fixed,omitempty"`
	// Currency of amounts beside which none is named; the import's own when empty.
	Currency string `json:"currency,omitempty"`
}

// MappingVersion is the version written into new mappings.
const MappingVersion = 1

// ColumnMapping says what becomes of one column. A column may stand in several, to feed
// several fields; one with neither field nor Keep is left out of the events.
type ColumnMapping struct {
	// Column is its name as [Inspection.Columns] has it.
	Column string `json:"column"`
	Field  string `json:"field,omitempty"`
	// Part numbers the columns that make up one field together: 1 to 3 for the parts of a
	// telephone number.
	Part int `json:"part,omitempty"`
	// Else marks a column that is read only in rows where the field's other columns are empty: the
	// number of a mobile telephone beside that of the house.
	Else bool `json:"else,omitempty"`
	// Keep is one of the Keep… constants, for columns without a field.
	Keep string `json:"keep,omitempty"`
	// As is the name a kept column gets; its own when empty.
	As string `json:"as,omitempty"`
	// Type is how a kept column is read; [TypeString] when empty.
	Type FieldType `json:"type,omitempty"`
	// Format is how dates are read that can be read in several ways.
	Format japanese.DateFormat `json:"format,omitempty"`
	// Values translates cells before they are read: {"900":"キャンセル"}. An empty value makes
	// the cell empty.
	Values map[string]string `json:"values,omitempty"`
}

// What a column without a field can be kept as.
const (
	KeepProperty = "property" // a property of the event
	KeepTrait    = "trait"    // a trait of the person
	KeepLine     = "line"     // a property of the product, in orders
	KeepQuestion = "question" // a question of a survey, with the cells as answers
)

const (
	maxMappingColumns = 10_000
	maxMappingSize    = 4 << 20
)

// ParseMapping reads a mapping from JSON. Its errors have the keys import_mapping_broken and those
// of [Mapping.Validate].
func ParseMapping(b []byte) (*Mapping, error) {
	if len(b) > maxMappingSize {
		return nil, hitori.NewError(hitori.TooLarge, "import_mapping_broken", "offset", maxMappingSize)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var m Mapping
	if err := d.Decode(&m); err != nil {
		offset := d.InputOffset()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			offset = syntax.Offset
		}
		return nil, hitori.NewError(hitori.Invalid, "import_mapping_broken", "offset", offset).Because(err)
	}
	if d.More() || m.Version != MappingVersion {
		return nil, hitori.NewError(hitori.Invalid, "import_mapping_broken", "offset", d.InputOffset())
	}
	return &m, m.Validate(nil)
}

// Validate checks that the mapping makes sense by itself and, when columns are given, for a file
// with those. Its errors have the keys import_target_unknown, import_field_unknown,
// import_field_twice, import_field_missing, import_column_missing, import_column_unnamed and
// import_mapping_value.
func (m *Mapping) Validate(columns []string) error {
	target, ok := LookupTarget(m.Target)
	if !ok {
		return hitori.NewError(hitori.Invalid, "import_target_unknown", "target", m.Target)
	}
	if len(m.Columns) > maxMappingColumns {
		return hitori.NewError(hitori.TooLarge, "import_too_many_columns", "limit", maxMappingColumns)
	}
	type use struct {
		column string
		part   int
	}
	used := map[string][]use{}
	kept := map[string]string{}
	for i, c := range m.Columns {
		at := "columns." + strconv.Itoa(i)
		if c.Column == "" {
			return hitori.NewError(hitori.Invalid, "import_column_unnamed").At(at)
		}
		if columns != nil && (c.Field != "" || c.Keep != "") && !slices.Contains(columns, c.Column) {
			return hitori.NewError(hitori.Invalid, "import_column_missing", "column", c.Column).At(at)
		}
		if err := c.check(target); err != nil {
			return err.At(at)
		}
		if c.Keep != "" {
			name := c.Keep + "\x00" + c.As
			if c.As == "" {
				name += c.Column
			}
			if other, ok := kept[name]; ok {
				return hitori.NewError(hitori.Invalid, "import_field_twice", "field", c.As, "columns",
					other+", "+c.Column).At(at)
			}
			kept[name] = c.Column
		}
		if c.Field == "" {
			continue
		}
		if c.Else {
			continue
		}
		f, _ := target.Field(c.Field)
		for _, other := range used[c.Field] {
			if !f.Joins() || other.part == c.Part {
				return hitori.NewError(hitori.Invalid, "import_field_twice", "field", c.Field, "columns",
					other.column+", "+c.Column).At(at)
			}
		}
		used[c.Field] = append(used[c.Field], use{c.Column, c.Part})
	}
	for i, c := range m.Columns {
		if c.Else && len(used[c.Field]) == 0 {
			return c.bad("else", "true").At("columns." + strconv.Itoa(i))
		}
	}
	if err := m.checkKept(target); err != nil {
		return err
	}
	for name, value := range m.Fixed {
		if _, ok := target.Field(name); !ok {
			return hitori.NewError(hitori.Invalid, "import_field_unknown", "field", name, "target",
				m.Target).At("fixed." + name)
		}
		if len(used[name]) > 0 || value == "" {
			return hitori.NewError(hitori.Invalid, "import_field_twice", "field", name, "columns",
				name).At("fixed." + name)
		}
		used[name] = []use{{}}
	}
	return m.checkRequired(target, func(name string) bool { return len(used[name]) > 0 })
}

// checkKept refuses kept columns under a name that a field, or what is made of fields, has already.
func (m *Mapping) checkKept(target *Target) error {
	taken := map[string]string{KeepProperty + ".products": "products"}
	if target.money {
		taken[KeepProperty+".currency"] = "currency"
	}
	for _, c := range m.Columns {
		f, ok := target.Field(c.Field)
		if !ok {
			continue
		}
		switch f.in {
		case inProperty:
			taken[KeepProperty+"."+f.path] = f.Name
		case inTrait:
			head, _, _ := strings.Cut(f.path, ".")
			taken[KeepTrait+"."+head] = f.Name
			if strings.HasSuffix(f.Name, "_name") || f.Name == "name" {
				for _, name := range []string{"name", "lastName", "firstName"} {
					taken[KeepTrait+"."+name] = f.Name
				}
			}
			if strings.Contains(f.Name, "kana") {
				for _, name := range []string{"nameKana", "lastNameKana", "firstNameKana"} {
					taken[KeepTrait+"."+name] = f.Name
				}
			}
		case inLine:
			taken[KeepLine+"."+f.path] = f.Name
		}
	}
	for i, c := range m.Columns {
		name := cmp.Or(c.As, c.Column)
		if field, ok := taken[c.Keep+"."+name]; ok && c.Keep != "" {
			return hitori.NewError(hitori.Invalid, "import_field_twice", "field", field, "columns", c.Column).
				At("columns." + strconv.Itoa(i))
		}
	}
	return nil
}

func (m *Mapping) checkRequired(target *Target, has func(string) bool) error {
	for _, f := range target.Fields {
		if f.Required && !has(f.Name) {
			return hitori.NewError(hitori.Invalid, "import_field_missing", "field", f.Name, "target",
				m.Target).At(f.Name)
		}
	}
	for _, group := range target.oneOf() {
		switch {
		case slices.ContainsFunc(group, has):
		case group[0] == personFields[0]:
			return hitori.NewError(hitori.Invalid, "import_person_missing", "target", m.Target).At(group[0])
		default:
			return hitori.NewError(hitori.Invalid, "import_field_missing", "field", group[0], "target", m.Target).At(group[0])
		}
	}
	return nil
}

// personFields are those that say who a row is about.
var personFields = func() (names []string) {
	for _, f := range identifiers() {
		names = append(names, f.Name)
	}
	return names
}()

// oneOf are the groups of fields of which each needs one: the times, of which the first is the
// usual one, and those that say who it was.
func (t *Target) oneOf() [][]string {
	groups := [][]string{}
	var times []string
	if t.kinds != nil && t.kinds.time != "" {
		times = append(times, t.kinds.time)
	}
	for _, m := range t.moments {
		times = append(times, m.time)
	}
	if len(times) > 0 {
		groups = append(groups, times)
	}
	if !t.impersonal {
		groups = append(groups, personFields)
	}
	return groups
}

func (c *ColumnMapping) bad(name, value string) *hitori.Error {
	return hitori.NewError(hitori.Invalid, "import_mapping_value", "column", c.Column, "name", name, "value", value)
}

func (c *ColumnMapping) check(target *Target) *hitori.Error {
	if c.Field != "" {
		if _, ok := target.Field(c.Field); !ok {
			return hitori.NewError(hitori.Invalid, "import_field_unknown", "field", c.Field, "target", target.Name)
		}
		if c.Keep != "" {
			return c.bad("keep", c.Keep)
		}
	}
	switch c.Keep {
	case "", KeepProperty:
	case KeepTrait:
		if target.impersonal {
			return c.bad("keep", c.Keep)
		}
	case KeepLine:
		if !target.grouped {
			return c.bad("keep", c.Keep)
		}
	case KeepQuestion:
		if target.Name != "surveys" {
			return c.bad("keep", c.Keep)
		}
	default:
		return c.bad("keep", c.Keep)
	}
	if c.Type != "" && (c.Keep == "" || !slices.Contains(keptTypes, c.Type)) {
		return c.bad("type", string(c.Type))
	}
	switch c.Format {
	case japanese.AnyDate, japanese.DayFirst, japanese.MonthFirst, japanese.Unix, japanese.UnixMillis, japanese.Serial:
	default:
		return c.bad("format", string(c.Format))
	}
	if c.Else && (c.Field == "" || c.Part > 0) {
		return c.bad("else", "true")
	}
	if c.Part < 0 || c.Part > 20 {
		return c.bad("part", strconv.Itoa(c.Part))
	}
	return nil
}

// Fingerprint names the form of a file by its header, whatever the order of the columns.
func Fingerprint(columns []string) string {
	names := make([]string, 0, len(columns))
	for _, c := range columns {
		if !rejectColumn(c) {
			names = append(names, normalHeader(c))
		}
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// normalHeader makes headers comparable: half-width, lower case, without spaces and punctuation.
func normalHeader(s string) string {
	folded := japanese.AppendCode(nil, []byte(s))
	var b strings.Builder
	for _, r := range strings.ToLower(string(folded)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '〒' || r == '#' {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return strings.TrimSpace(string(folded))
	}
	return b.String()
}

// normalWord makes the words of a column comparable: half-width, lower case, without spaces and
// separators.
func normalWord(s []byte) string {
	var room [64]byte
	folded := japanese.AppendCode(room[:0], japanese.Trim(s))
	out := folded[:0]
	for i := 0; i < len(folded); i++ {
		switch c := folded[i]; {
		case c == ' ' || c == '-' || c == '_':
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func normalValues(values map[string]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]string, len(values))
	for k, v := range values {
		out[normalWord([]byte(k))] = v
	}
	return out
}
