package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori/store/warehouse/plan"
)

// words is DuckDB's dialect over all people.
type words struct{}

var _ plan.Dialect = words{}

// Events implements [plan.Dialect].
func (words) Events(columns, condition string) string { return ofPeople("events", columns, condition) }

// Lines implements [plan.Dialect].
func (words) Lines(columns, condition string) string { return ofPeople("lines", columns, condition) }

func ofPeople(table, columns, condition string) string {
	return fmt.Sprintf(`(SELECT %s FROM (SELECT e.*, coalesce(root_id, e.customer_id) AS person FROM %s AS e LEFT JOIN aliases USING (customer_id)) WHERE %s)`,
		columns, table, condition)
}

// Derived implements [plan.Dialect].
func (words) Derived(table string) string { return "derived." + table }

// Quote implements [plan.Dialect].
func (words) Quote(text string) string { return quote(text) }

// LatestBy implements [plan.Dialect].
func (words) LatestBy(value, by string) string { return "arg_max(" + value + ", " + by + ")" }

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
	return "try_cast(CAST(" + json + " AS VARCHAR) AS DOUBLE)"
}

// Contains implements [plan.Dialect].
func (words) Contains(text, part string) string { return "contains(" + text + ", " + quote(part) + ")" }

// Divide implements [plan.Dialect].
func (words) Divide(a, b string) string { return a + " // " + b }

// staged is the dialect of a derivation: over the people who are computed, and the tables beside.
type staged struct {
	words
	stage *stage
	// everybody says that it is over all people, described that they were described anew.
	everybody, described bool
}

// Events implements [plan.Dialect].
func (s staged) Events(columns, condition string) string {
	return s.ofChosen("events", columns, condition)
}

// Lines implements [plan.Dialect].
func (s staged) Lines(columns, condition string) string {
	return s.ofChosen("lines", columns, condition)
}

func (s staged) ofChosen(table, columns, condition string) string {
	if s.everybody {
		return ofPeople(table, columns, condition)
	}
	return fmt.Sprintf("(SELECT %s FROM (SELECT e.*, person FROM %s AS e JOIN chosen USING (customer_id)) WHERE %s)", columns, table, condition)
}

// Derived implements [plan.Dialect].
func (s staged) Derived(table string) string {
	if table == "people" && !s.described {
		if s.stage.part != "" {
			return fmt.Sprintf("(SELECT * FROM %s WHERE %s)", s.words.Derived(table), s.stage.part)
		}
		return s.words.Derived(table)
	}
	return s.stage.within(table)
}

var _ plan.Engine = (*Warehouse)(nil)

// Query implements [plan.Engine].
func (w *Warehouse) Query(ctx context.Context, build func(plan.Dialect) string, each func(plan.Row) error) error {
	return w.each(ctx, build(words{}), func(rows *sql.Rows) error { return each(rows) })
}
