package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori/query"
)

// sequence looks for events that follow each other, one level of the query for each step. Of the events that
// end a run up to a step the latest is enough, since limits grow with time.
func (k *compilation) sequence(n *query.Sequence) string {
	steps, rows := n.Steps, k.stepRows(n)
	var absent *query.Step
	if last := &steps[len(steps)-1]; last.Absent {
		absent, steps = last, steps[:len(steps)-1]
	}
	reached := "step0"
	for i := 1; i < len(steps); i++ {
		rows = k.follow(rows, reached, i, len(n.Steps), steps[i].Within)
		reached = "reached"
	}
	if absent == nil {
		return k.amongEvents(rows+" AS s WHERE "+reached, false)
	}
	return k.notFollowed(rows, reached, len(n.Steps)-1, absent.Within)
}

// stepRows are the events that may be steps, with a column for each step that says which they are.
func (k *compilation) stepRows(n *query.Sequence) string {
	list := []string{"person", "time", "position"}
	meant := make([]string, len(n.Steps))
	for i := range n.Steps {
		s := &n.Steps[i]
		meant[i] = selected(k, &s.Events)
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
	return k.Events(strings.Join(list, ", "), k.happened(since, "("+strings.Join(slices.Compact(meant), " OR ")+")"))
}

// follow marks as reached the events of a step before which, within the limit, one lies that reached the step
// before. Events that are of no use to later steps are left out.
func (k *compilation) follow(rows, reached string, step, steps int, limit *query.Duration) string {
	list := []string{"person", "time", "position"}
	useful := []string{reached}
	for i := step; i < steps; i++ {
		useful = append(useful, fmt.Sprintf("step%d", i))
	}
	for i := step + 1; i < steps; i++ {
		list = append(list, fmt.Sprintf("step%d", i))
	}
	reach, now := "1", "1"
	if limit != nil {
		reach, now = k.limit("time", limit), k.reading("time", limit)
	}
	before := "max(CASE WHEN " + reached + " THEN " + reach + " END) OVER (PARTITION BY person ORDER BY time, position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
	return fmt.Sprintf("(SELECT %s, (step%d AND coalesce(%s >= %s, false)) AS reached FROM %s AS s WHERE %s)",
		strings.Join(list, ", "), step, before, now, rows, strings.Join(useful, " OR "))
}

// notFollowed is the leaf of those of whom a run that was reached was not followed by a step until its limit, which
// has passed; without a limit, by now.
func (k *compilation) notFollowed(rows, reached string, step int, limit *query.Duration) string {
	reading, open := "1", "next IS NULL"
	if limit != nil {
		reading = k.reading("time", limit)
		end := k.limit("time", limit)
		open = "(next IS NULL OR next > " + end + ") AND " + end + " < " + k.reading(itoa(k.Now.UnixMilli()), limit)
	}
	next := fmt.Sprintf("min(CASE WHEN step%d THEN %s END) OVER (PARTITION BY person ORDER BY time, position ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next", step, reading)
	return k.amongEvents(fmt.Sprintf("(SELECT person, time, %[1]s AS reached, %[2]s FROM %[3]s AS s WHERE %[1]s OR step%[4]d) AS s WHERE reached AND %[5]s", reached, next, rows, step, open), false)
}
