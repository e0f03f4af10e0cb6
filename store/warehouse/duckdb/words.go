package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori/store/warehouse/plan"
)

// words is DuckDB's dialect over all people.
type words struct {
	// older says that there are events whose details are null.
	older bool
	// unpriced says that there are events whose price is not known.
	unpriced bool
}

var _ plan.Dialect = words{}

// Events implements [plan.Dialect].
func (w words) Events(columns, condition string) string {
	return w.ofPeople("events", columns, condition)
}

// Acts implements [plan.Dialect].
func (words) Acts(columns, condition string) string {
	return fmt.Sprintf("(SELECT %s FROM derived.acts WHERE %s)", columns, condition)
}

// Figure implements [plan.Dialect].
func (w words) Figure(property string) string {
	if property == plan.PriceProperty && !w.unpriced {
		return price.Name
	}
	return ""
}

// Named implements [plan.Dialect].
func (words) Named(name string) string { return "(code = " + codeOf(quote(name)) + ")" }

// Lines implements [plan.Dialect].
func (w words) Lines(columns, condition string) string {
	return w.ofPeople("lines", columns, condition)
}

func (w words) ofPeople(table, columns, condition string) string {
	if !strings.Contains(columns+condition, "person") { // whose they are is not looked up
		return fmt.Sprintf("(SELECT %s FROM (SELECT %s FROM %s AS e) WHERE %s)", columns, w.all(table), table, condition)
	}
	return fmt.Sprintf(`(SELECT %s FROM (SELECT %s, coalesce(root_id, e.customer_id) AS person FROM %s AS e LEFT JOIN aliases USING (customer_id)) WHERE %s)`,
		columns, w.all(table), table, condition)
}

// all are the columns of a table that is called e.
func (w words) all(table string) string {
	if !w.older || table != "events" {
		return "e.*"
	}
	var list []string
	for _, d := range details {
		list = append(list, fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %[1]s END AS %[1]s", d.Name, d.Value))
	}
	return "e.* REPLACE (" + strings.Join(list, ", ") + ")"
}

// Derived implements [plan.Dialect].
func (words) Derived(table string) string {
	if table == "touched" { // stands with the events
		return table
	}
	return "derived." + table
}

// People implements [plan.Dialect].
func (words) People(columns string) string { return "(SELECT " + columns + " FROM derived.people)" }

// Own implements [plan.Dialect].
func (w words) Own(table string) string { return w.Derived(table) }

// In implements [plan.Dialect].
func (words) In(value, query string) string { return value + " IN (" + query + ")" }

// Quote implements [plan.Dialect].
func (words) Quote(text string) string { return quote(text) }

// LatestBy implements [plan.Dialect].
func (words) LatestBy(value, by string) string {
	// One number is compared several times faster than a row.
	switch by {
	case "(time, position)":
		return "arg_max(" + value + ", " + moment + ")"
	case "(-time, -position)":
		return "arg_min(" + value + ", " + moment + ")"
	}
	return "arg_max(" + value + ", " + by + ")"
}

// moment orders events by time and position.
const moment = "CAST(time AS HUGEINT) * 18446744073709551616 + position"

// Earlier implements [plan.Dialect].
func (words) Earlier(value string) string { return "last_value(" + value + " IGNORE NULLS)" }

// Later implements [plan.Dialect].
func (words) Later(value string) string { return "first_value(" + value + " IGNORE NULLS)" }

// When implements [plan.Dialect].
func (words) When(aggregate, condition string) string {
	return aggregate + " FILTER (WHERE " + condition + ")"
}

// Members implements [plan.Dialect].
func (words) Members(document string, names ...string) string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = quote(`$."` + strings.ReplaceAll(name, `"`, `\"`) + `"`)
	}
	return fmt.Sprintf("coalesce(json_extract(nullif(CAST(%s AS VARCHAR), ''), [%s]), []::JSON[])", document, strings.Join(paths, ", "))
}

// Text implements [plan.Dialect].
func (words) Text(json string) string {
	return fmt.Sprintf(`CASE WHEN CAST(%[1]s AS VARCHAR) LIKE '"%%' THEN %[1]s ->> '$' ELSE '' END`, json)
}

// Number implements [plan.Dialect].
func (words) Number(json string) string {
	return "nullif(nullif(try_cast(CAST(" + json + " AS VARCHAR) AS DOUBLE), 'inf'), '-inf')"
}

// Raw implements [plan.Dialect].
func (words) Raw(json string) string { return "CAST(" + json + " AS VARCHAR)" }

// Value implements [plan.Dialect].
func (words) Value(document string, path ...string) string {
	return fmt.Sprintf("json_extract(nullif(CAST(%s AS VARCHAR), ''), %s)", document, jsonPath(path))
}

// Values implements [plan.Dialect].
func (w words) Values(document string, path ...string) string {
	if !strings.ContainsFunc(strings.Join(path, ""), odd) {
		return w.Value(document, path...)
	}
	list := "[" + w.Raw(document) + "]" // paths with lists do not know such names: step by step
	for _, part := range path {
		name, many := strings.CutSuffix(part, "[]")
		if name != "" || !many {
			list = fmt.Sprintf("list_transform(%s, lambda part: %s)", list, w.Value("part", name))
		}
		if many {
			list = fmt.Sprintf("flatten(list_transform(%s, lambda part: json_extract(part, '$[*]')))", list)
		}
	}
	return list
}

// odd is a character that path expressions take for something else, wherever it stands.
func odd(r rune) bool { return r == '*' }

// jsonPath writes a path; names that end in [] stand for the elements of lists.
func jsonPath(names []string) string {
	var b strings.Builder
	if strings.ContainsFunc(strings.Join(names, ""), odd) || slices.Contains(names, "") { // as a JSON pointer
		for _, name := range names {
			b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
		}
		return quote(b.String())
	}
	b.WriteByte('$')
	for _, name := range names {
		name, many := strings.CutSuffix(name, "[]")
		if name != "" {
			b.WriteString(`."` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`)
		}
		if many {
			b.WriteString("[*]")
		}
	}
	return quote(b.String())
}

// Each implements [plan.Dialect].
func (words) Each(list string) string { return "unnest(" + list + ")" }

// Any implements [plan.Dialect].
func (words) Any(list, name, condition string) string {
	return fmt.Sprintf("coalesce(len(list_filter(%s, lambda %s: %s)) > 0, false)", list, name, condition)
}

// Contains implements [plan.Dialect].
func (words) Contains(text, part string) string { return "contains(" + text + ", " + quote(part) + ")" }

// BeginsWith implements [plan.Dialect].
func (words) BeginsWith(text, part string) string {
	return "starts_with(" + text + ", " + quote(part) + ")"
}

// EndsWith implements [plan.Dialect].
func (words) EndsWith(text, part string) string {
	return "ends_with(" + text + ", " + quote(part) + ")"
}

// Matches implements [plan.Dialect].
func (words) Matches(text, pattern string) string {
	return "regexp_full_match(" + text + ", " + quote(pattern) + ")"
}

// Whole implements [plan.Dialect].
func (words) Whole(text string) string { return "try_cast(" + text + " AS BIGINT)" }

// Divide implements [plan.Dialect].
func (words) Divide(a, b string) string { return a + " // " + b }

// words is the dialect by what is in the warehouse.
func (w *Warehouse) words() words { return words{w.older.Load(), w.unpriced.Load()} }

var _ plan.Engine = (*Warehouse)(nil)

// Query implements [plan.Engine].
func (w *Warehouse) Query(ctx context.Context, build func(plan.Dialect) string, each func(plan.Row) error) error {
	return w.each(ctx, build(w.words()), func(rows *sql.Rows) error { return each(rows) })
}
