package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori/query"
)

// measure is how rows are measured by person, and the result is tested.
type measure struct {
	// columns are those of the rows, by name, with the expressions they are computed by.
	columns map[string]string
	// condition is what the events must meet for a row.
	condition string
	// plain says that the columns ask no more of events than [Dialect.Acts] tells.
	plain bool
	// value is what a row says where that is computed from its columns, and filter says which rows count.
	value, filter string
	// result is what is measured, of called with each aggregate in it, and test what is asked of it.
	result func(of func(aggregate string) string) string
	test   func(result string) string
	// counts says that people without rows have 0; of others no test is met.
	counts bool
	// whole says that people with rows have 1 at least, in whole numbers.
	whole bool
}

// event measures the events that are meant.
func (k *compilation) event(n *query.Event) string {
	m := k.measure(n)
	filter := k.during(n.Window)
	if filter != "" {
		m.columns["time"] = "time"
	}
	rows := func(condition string) string { return k.eventRows(n, &m, condition) }
	return k.asked(question{rows, filter, m.result, m.test, m.counts && n.Is.Accepts(0)})
}

// eventRows are the rows that are measured of events that meet a condition.
func (k *compilation) eventRows(n *query.Event, m *measure, condition string) string {
	if n.Relative != nil {
		m.columns["time"], m.columns["position"] = "time", "position"
	}
	rows := k.matching(&n.Events, !m.plain, columns(m.columns), condition, m.condition) + " AS e"
	if n.Relative != nil {
		rows = k.beside(rows, m.columns, n.Relative)
	}
	if m.value != "" {
		time := ""
		if m.columns["time"] != "" {
			time = ", time"
		}
		rows = "(SELECT person, " + m.value + " AS value" + time + " FROM " + rows + ") AS v"
	}
	if m.filter != "" {
		rows += " WHERE " + m.filter
	}
	return rows
}

// columns writes the columns of rows about people.
func columns(list map[string]string) string {
	parts := []string{"person"}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		parts = append(parts, list[name]+" AS "+name)
	}
	return strings.Join(parts, ", ")
}

func (k *compilation) measure(n *query.Event) measure {
	m := measure{columns: make(map[string]string), test: func(result string) string { return numbers(&n.Is, result) }}
	switch n.Measure {
	case query.Count:
		m.result, m.counts, m.plain = aggregate("count(*)"), true, true
	case query.FirstTime, query.LastTime:
		m.columns["time"], m.plain = "time", true
		m.result = aggregate(map[query.Measure]string{query.FirstTime: "min(time)", query.LastTime: "max(time)"}[n.Measure])
		m.test = func(result string) string { return k.instants(&n.Is, result) }
	case query.FirstValue, query.LastValue:
		k.extreme(&m, n)
	case query.DistinctCount:
		m.columns["property"], m.value = k.values(n.Property), k.Text("property")
		if n.Property == "name" {
			m.value = "property"
		}
		m.filter, m.result, m.counts = "value <> ''", aggregate("count(DISTINCT value)"), true
	default:
		if figure := k.Figure(n.Property); figure != "" && n.Where == nil && k.profiles == "" {
			m.columns["value"], m.plain = figure, true
		} else {
			m.columns["property"], m.value = k.values(n.Property), k.Number("property")
		}
		m.filter = "value BETWEEN -1e14 AND 1e14"
		m.counts = n.Measure == query.Sum
		m.result = map[query.Measure]func(func(string) string) string{
			query.Sum: tenThousandths, query.Min: aggregate("min(value)"), query.Max: aggregate("max(value)"),
			query.Average: func(of func(string) string) string { return tenThousandths(of) + " / " + of("count(*)") },
		}[n.Measure]
	}
	return m
}

// aggregate is a result that is a single aggregate.
func aggregate(text string) func(of func(string) string) string {
	return func(of func(string) string) string { return of(text) }
}

// tenThousandths is a sum that is the same in whatever order it is added up; see query.
func tenThousandths(of func(string) string) string {
	return "CAST(" + of("sum(CAST(floor(value * 10000 + 0.5) AS BIGINT))") + " AS DOUBLE) / 10000"
}

// values is the property of an event; of one that has several, with a row for each.
func (k *compilation) values(property string) string {
	document, path := pathOf(property)
	switch {
	case document == "":
		return "name"
	case many(path):
		return k.Each(k.Values(document, path...))
	}
	return k.Value(document, path...)
}

// extreme tests the property in the first or last event that has it. Every row tells whether its event would do.
func (k *compilation) extreme(m *measure, n *query.Event) {
	k.outermost(m, n, k.property(n.Property, &n.Is))
	m.test = func(result string) string { return result }
}

// outermost takes what an expression says of the first or last event that has the property.
func (k *compilation) outermost(m *measure, n *query.Event, expression string) {
	by := "(time, position)"
	if n.Measure == query.FirstValue {
		by = "(-time, -position)"
	}
	m.columns = map[string]string{"told": expression, "time": "time", "position": "position"}
	m.condition = "name <> ''"
	if document, path := pathOf(n.Property); document != "" {
		m.condition = "coalesce(" + k.Raw(k.Value(document, path...)) + " <> 'null', false)"
	}
	m.result = aggregate(k.LatestBy("told", by))
}

// beside keeps the rows that lie after or before an anchor.
func (k *compilation) beside(rows string, columns map[string]string, r *query.Relative) string {
	at, by := "max(time)", "(time, position)"
	if r.Which == "first" {
		at, by = "min(time)", "(-time, -position)"
	}
	anchors := "(SELECT person, " + at + " AS at, " + k.LatestBy("position", by) + " AS place FROM " +
		k.matching(&r.Anchor, false, "person, time, position") + " AS of_anchor GROUP BY person) AS a"
	earlier, later := "a.at", "e.time"
	condition := "(a.at < e.time OR a.at = e.time AND a.place < e.position)"
	if r.Side == "before" {
		earlier, later = later, earlier
		condition = "(e.time < a.at OR e.time = a.at AND e.position < a.place)"
	}
	if r.Within != nil {
		condition += " AND " + k.reading(later, r.Within) + " <= " + k.limit(earlier, r.Within)
	}
	parts := []string{"e.person AS person"}
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		parts = append(parts, "e."+name+" AS "+name)
	}
	return "(SELECT " + strings.Join(parts, ", ") + " FROM " + rows + " JOIN " + anchors + " ON e.person = a.person WHERE " + condition + ") AS b"
}

// reading is what a distance is counted in, at a time: the time itself, or its day.
func (k *compilation) reading(ms string, d *query.Duration) string {
	if _, exact := d.Exact(); exact {
		return ms
	}
	return k.Day(k, ms)
}

// limit is the last reading within a distance after a time.
func (k *compilation) limit(ms string, d *query.Duration) string {
	n := int64(d.N)
	if exact, ok := d.Exact(); ok {
		n = exact.Milliseconds()
	} else if d.Unit == query.Week {
		n *= 7
	}
	return fmt.Sprintf("%s + %d", k.reading(ms, d), n)
}
