package imports

import (
	"slices"
)

// preset is a ready mapping for the export of one shop system.
//
// Where the headers come from stands with each list; "not verified" marks those that no public
// document or code was found for. Columns a file lacks are left out, as most systems let a shop
// choose them.
type preset struct {
	name   string // "eccube4.orders"; its title is in the locale files under "import.preset."
	target string
	// signature are headers the export always has and others do not have together.
	signature []string
	columns   []presetColumn
	fixed     map[string]string
}

type presetColumn struct {
	header string
	ColumnMapping
}

// to maps a header to a field.
func to(header, field string) presetColumn {
	return presetColumn{header, ColumnMapping{Field: field}}
}

// otherwise maps a header to a field whose columns before it may be empty, or missing.
func otherwise(header, field string) presetColumn {
	return presetColumn{header, ColumnMapping{Field: field, Else: true}}
}

// part maps a header to a part of a field.
func part(header, field string, n int) presetColumn {
	return presetColumn{header, ColumnMapping{Field: field, Part: n}}
}

// keep keeps a column under another name.
func keep(header, as, where string, t FieldType) presetColumn {
	return presetColumn{header, ColumnMapping{Keep: where, As: as, Type: t}}
}

// reading translates the values of the column.
func (c presetColumn) reading(values map[string]string) presetColumn {
	c.Values = values
	return c
}

// Presets lists the names of the ready mappings.
func Presets() []string {
	var names []string
	for _, p := range presets() {
		names = append(names, p.name)
	}
	return names
}

// PresetMapping returns the ready mapping of that name for a file with these columns. It reports
// false when there is none.
func PresetMapping(name string, columns []string) (Mapping, bool) {
	for _, p := range presets() {
		if p.name == name {
			return p.mapping(columns), true
		}
	}
	return Mapping{}, false
}

func presets() []*preset {
	return slices.Concat(shopifyPresets(), eccubePresets(), basePresets(), makeshopPresets(), futureshopPresets(), rakutenPresets())
}

// recognise finds the preset whose signature a header has; of several the one that knows most of
// its columns.
func recognise(columns []string) (*preset, bool) {
	index := headerIndex(columns)
	var best *preset
	known := 0
	for _, p := range presets() {
		if slices.ContainsFunc(p.signature, func(h string) bool { _, ok := index[normalHeader(h)]; return !ok }) {
			continue
		}
		n := 0
		for _, c := range p.columns {
			if _, ok := index[normalHeader(c.header)]; ok {
				n++
			}
		}
		if n > known {
			best, known = p, n
		}
	}
	return best, best != nil
}

func headerIndex(columns []string) map[string]string {
	index := make(map[string]string, len(columns))
	for _, c := range columns {
		if h := normalHeader(c); index[h] == "" {
			index[h] = c
		}
	}
	return index
}

// mapping makes the mapping for a file with these columns.
func (p *preset) mapping(columns []string) Mapping {
	index := headerIndex(columns)
	m := Mapping{Version: MappingVersion, Name: p.name, Target: p.target, Fingerprint: Fingerprint(columns), Fixed: p.fixed}
	used := map[string]bool{}
	taken := map[string]int{} // fields by the kind of column they have: the first header that is there decides
	const parts, whole = 1, 2
	for _, c := range p.columns {
		column, ok := index[normalHeader(c.header)]
		kind := whole
		if c.Part > 0 {
			kind = parts
		}
		had := taken[c.Field]
		instead := c.Else && had > 0
		if !ok || !instead && c.Field != "" && (had == whole || had == parts && kind == whole) {
			continue
		}
		taken[c.Field] = max(had, kind)
		cm := c.ColumnMapping
		cm.Column, cm.Else = column, instead
		m.Columns = append(m.Columns, cm)
		used[column] = true
	}
	for _, c := range columns {
		if !used[c] && !rejectColumn(c) {
			m.Columns = append(m.Columns, ColumnMapping{Column: c})
		}
	}
	return m
}

// buyerColumns maps the columns of a person that follow one naming: prefix and suffix around the
// usual words.
func buyerColumns(pairs ...string) []presetColumn {
	var out []presetColumn
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, to(pairs[i], pairs[i+1]))
	}
	return out
}

func presetColumns(lists ...[]presetColumn) []presetColumn { return slices.Concat(lists...) }
