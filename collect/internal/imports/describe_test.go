package imports

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

// A file of nothing but the examples goes in: every field's cell is read, and the header that
// is told first is guessed to be the field.
func TestExamplesCanBeImported(t *testing.T) {
	for _, target := range Describe() {
		t.Run(target.Name, func(t *testing.T) {
			m := Mapping{Version: MappingVersion, Target: target.Name}
			var head, row []string
			for _, f := range target.Fields {
				if f.Example == "" || len(f.Headers) == 0 {
					t.Errorf("%s has no example or no header", f.Name)
				}
				head, row = append(head, f.Name), append(row, f.Example)
				m.Columns = append(m.Columns, ColumnMapping{Column: f.Name, Field: f.Name})
			}
			var text strings.Builder
			if err := csv.NewWriter(&text).WriteAll([][]string{head, row}); err != nil {
				t.Fatal(err)
			}
			opts := options()
			opts.AsOf = exported.AddDate(3, 0, 0)
			sink, report := importWith(t, text.String(), m, opts)
			if report.Rejected > 0 || len(report.Warnings) > 0 || len(sink.events) == 0 {
				t.Errorf("%d events, rejects %+v, warnings %+v", len(sink.events), report.Rejects, report.Warnings)
			}
		})
	}
}

// What a target is told to need is what a mapping is refused without.
func TestNeedsAreTold(t *testing.T) {
	for _, target := range Describe() {
		needed := slices.Clone(target.OneOf)
		for _, f := range target.Fields {
			if f.Required {
				needed = append(needed, []string{f.Name})
			}
		}
		with := func(left int) error {
			m := Mapping{Version: MappingVersion, Target: target.Name}
			for i, group := range needed {
				if i != left {
					m.Columns = append(m.Columns, ColumnMapping{Column: group[0], Field: group[0]})
				}
			}
			// A field that is required and stands in a group, too, is mapped once.
			slices.SortFunc(m.Columns, func(a, b ColumnMapping) int { return strings.Compare(a.Column, b.Column) })
			m.Columns = slices.CompactFunc(m.Columns, func(a, b ColumnMapping) bool { return a.Column == b.Column })
			return m.Validate(nil)
		}
		if err := with(-1); err != nil {
			t.Errorf("%s with everything it needs: %v", target.Name, err)
		}
		for i, group := range needed {
			again := slices.ContainsFunc(needed, func(other []string) bool { return &other[0] != &group[0] && slices.Contains(other, group[0]) })
			if err := with(i); err == nil && !again {
				t.Errorf("%s without any of %v is let through", target.Name, group)
			}
		}
	}
}
