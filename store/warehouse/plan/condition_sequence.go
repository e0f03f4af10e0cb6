package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori/query"
)

// sequence looks for events that follow each other. Each step between the first and the last is a level of the query, which
// looks back from its events: of those that end a run up to the step before the latest is enough, since limits grow with
// time. From the last but one it looks ahead as well, at the next event that ends the sequence.
func (k *compilation) sequence(n *query.Sequence) string {
	last := len(n.Steps) - 1
	rows, reached := k.stepRows(n), "step0"
	for i := 1; i < last-1; i++ {
		rows = k.follow(rows, reached, i, last, n.Steps[i].Within)
		reached = "reached"
	}
	seen := k.next(last)
	if last > 1 {
		seen += ", " + k.before(reached)
		reached = fmt.Sprintf("step%d AND %s", last-1, k.followed(n.Steps[last-1].Within))
	}
	from := fmt.Sprintf("(SELECT *, %s FROM %s AS s) AS s WHERE ", seen, rows)
	return k.asked(question{
		rows:   func(condition string) string { return from + all("1 = 1", condition) },
		filter: reached + " AND " + k.ended(&n.Steps[last]),
		result: aggregate("count(*)"),
		test:   func(result string) string { return result + " > 0" },
	})
}

// stepRows are the events that may be steps, with a column for each step that says which they are.
func (k *compilation) stepRows(n *query.Sequence) string {
	e := k.scan(slices.ContainsFunc(n.Steps, func(s query.Step) bool { return s.Where != nil }))
	list := []string{"person", "time", "position"}
	meant := make([]string, len(n.Steps))
	for i := range n.Steps {
		s := &n.Steps[i]
		meant[i] = e.selected(&s.Events)
		window := ""
		if i == 0 {
			window = k.during(n.Window)
		}
		list = append(list, fmt.Sprintf("(%s) AS step%d", all(meant[i], window, k.where(s.Where)), i))
	}
	since := ""
	if span, ok := n.Window.Span(k.clock); ok {
		since = within([]query.Span{{From: span.From, To: query.Ever.To}}, "time", itoa) // the others come later
	}
	slices.Sort(meant)
	return k.happened(e, strings.Join(list, ", "), since, "("+strings.Join(slices.Compact(meant), " OR ")+")")
}

// The order in which a person's events follow each other.
const following = "(PARTITION BY person ORDER BY time, position ROWS BETWEEN "

// next is the time of the next event of a step.
func (k *compilation) next(step int) string {
	return k.Later(fmt.Sprintf("CASE WHEN step%d THEN time END", step)) + " OVER " + following + "1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next"
}

// before is the time of the latest event before that reached the step before.
func (k *compilation) before(reached string) string {
	return k.Earlier("CASE WHEN "+reached+" THEN time END") + " OVER " + following + "UNBOUNDED PRECEDING AND 1 PRECEDING) AS before"
}

// followed tests that there is such an event, and that it lies within the limit.
func (k *compilation) followed(limit *query.Duration) string {
	if limit == nil {
		return "before IS NOT NULL"
	}
	return "coalesce(" + k.limit("before", limit) + " >= " + k.reading("time", limit) + ", false)"
}

// follow marks as reached the events of a step that follow one of the step before. Events that are of no use to later steps
// are left out.
func (k *compilation) follow(rows, reached string, step, last int, limit *query.Duration) string {
	list, useful := []string{"person", "time", "position"}, []string{"reached"}
	for i := step + 1; i <= last; i++ {
		list, useful = append(list, fmt.Sprintf("step%d", i)), append(useful, fmt.Sprintf("step%d", i))
	}
	return fmt.Sprintf("(SELECT * FROM (SELECT %s, (step%d AND %s) AS reached FROM (SELECT *, %s FROM %s AS s) AS seen) AS s WHERE %s)",
		strings.Join(list, ", "), step, k.followed(limit), k.before(reached), rows, strings.Join(useful, " OR "))
}

// ended tests the next event of the last step: that it lies within the limit, or, of one that is to be absent, that none does,
// and that the limit has passed.
func (k *compilation) ended(last *query.Step) string {
	limit := last.Within
	switch {
	case limit == nil && last.Absent:
		return "next IS NULL"
	case limit == nil:
		return "next IS NOT NULL"
	}
	end := k.limit("time", limit)
	if last.Absent {
		return "(next IS NULL OR " + k.reading("next", limit) + " > " + end + ") AND " + end + " < " + k.reading(itoa(k.Now.UnixMilli()), limit)
	}
	return "coalesce(" + k.reading("next", limit) + " <= " + end + ", false)"
}
