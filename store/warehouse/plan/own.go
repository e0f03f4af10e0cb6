package plan

import (
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

// Measured is the query of what a measure gives people at the calendar's now: two columns, person and value. Numbers are
// floating-point numbers in the units in which conditions test them, instants in milliseconds since 1970; booleans are the texts
// true and false. The meaning is that of [query.Value], but that those of whom there is nothing to measure have no row.
func Measured(d Dialect, v understand.Valued, at Calendar) string {
	k := &compilation{Dialect: everywhere{d}, Calendar: at, clock: query.Clock{Now: at.Now, Location: at.Location}}
	return k.measured(v)
}

// MeasuredOf is [Measured] for one person, whose profiles are given: it reads what is theirs only.
func MeasuredOf(d Dialect, v understand.Valued, at Calendar, person hitori.CustomerID, profiles []hitori.CustomerID) string {
	ids := make([]string, len(profiles))
	for i, p := range profiles {
		ids[i] = itoa(int64(p))
	}
	k := &compilation{
		Dialect: everywhere{d}, Calendar: at, clock: query.Clock{Now: at.Now, Location: at.Location},
		person: itoa(int64(person)), profiles: "customer_id IN (" + strings.Join(ids, ", ") + ")",
	}
	return k.measured(v)
}

// everywhere asks derived tables as a whole, and not where a person stands.
type everywhere struct{ Dialect }

// Own implements [Dialect].
func (e everywhere) Own(table string) string { return e.Derived(table) }

func (k *compilation) measured(v understand.Valued) string {
	switch n := v.Measure.(type) {
	case *query.Event:
		if n.Measure == query.FirstValue || n.Measure == query.LastValue {
			return k.measuredValue(n, v.Type)
		}
		m := k.measure(n)
		return "SELECT person, CAST(" + m.result(whole) + " AS DOUBLE) AS value FROM " + k.eventRows(n, &m, k.during(n.Window)) + " GROUP BY person"
	case *query.Order:
		unit := query.Order{Measure: n.Measure, Currency: n.Currency, Is: query.Test{Number: 1}}
		one := unit.Stored()
		rows, m := k.orderRows(n, &one)
		return "SELECT person, CAST(" + m.result(whole) + " AS DOUBLE) / " + decimal(one.Number) + " AS value FROM " + rows + " GROUP BY person"
	}
	return ""
}

// measuredValue is the first or last value of a property, as far as it has the type.
func (k *compilation) measuredValue(n *query.Event, t query.Type) string {
	document, path := pathOf(n.Property)
	m := measure{}
	if document == "" {
		k.outermost(&m, n, "name")
		return "SELECT person, " + m.result(whole) + " AS value FROM " + k.eventRows(n, &m, k.during(n.Window)) + " GROUP BY person"
	}
	k.outermost(&m, n, k.Raw(k.Value(document, path...)))
	told := "SELECT person, " + m.result(whole) + " AS told FROM " + k.eventRows(n, &m, k.during(n.Window)) + " GROUP BY person"
	if t == query.TypeDate || t == query.TypeTime {
		return k.instantsTold(told)
	}
	value := k.Text("told")
	switch t {
	case query.TypeNumber, query.TypeInteger:
		value = k.Number("told")
	case query.TypeBoolean:
		value = "CASE WHEN told IN ('true', 'false') THEN told ELSE '' END"
	}
	return "SELECT person, " + value + " AS value FROM (" + told + ") AS t"
}
