package plan

import (
	"fmt"
	"slices"
	"strings"
)

// question is what is asked of everybody's events: a measure of some rows of each person, and a test of it.
type question struct {
	// rows is what stands in a FROM clause, and what follows it, for those of the rows that meet a condition as well; it may be
	// empty. Questions of the same rows are answered together.
	rows func(condition string) string
	// filter selects the rows that count, empty for all.
	filter string
	// result is what is measured; of is called with each aggregate in it.
	result func(of func(aggregate string) string) string
	test   func(result string) string
	// none is the answer for people of whom there are no rows.
	none bool
}

// asking are the questions about the same rows, which are read once for all of them.
type asking struct {
	key       string
	questions []question
	answers   []string // as they stand behind SELECT, each once
}

// asked is the leaf of those of whom a question is answered with yes.
func (k *compilation) asked(q question) string {
	key := q.rows("")
	at := slices.IndexFunc(k.askings, func(a *asking) bool { return a.key == key })
	if at < 0 {
		at = len(k.askings)
		k.askings = append(k.askings, &asking{key: key})
	}
	a := k.askings[at]
	answer := q.test(q.result(k.within(q.filter)))
	n := slices.Index(a.answers, answer)
	if n < 0 {
		n = len(a.answers)
		a.answers, a.questions = append(a.answers, answer), append(a.questions, q)
	}
	return fmt.Sprintf("coalesce(answer%d_%d, %t)", at, n, q.none)
}

// within makes an aggregate one of the rows that a filter selects.
func (k *compilation) within(filter string) func(string) string {
	return func(aggregate string) string {
		switch {
		case filter == "":
			return aggregate
		case strings.HasPrefix(aggregate, "count("):
			return aggregate + " FILTER (WHERE " + filter + ")"
		}
		return k.When(aggregate, filter)
	}
}

// whole leaves an aggregate as it is.
func whole(aggregate string) string { return aggregate }

// people is what stands in a FROM clause for the people with what was asked of them.
func (k *compilation) people() string {
	var b strings.Builder
	b.WriteString(k.People(strings.Join(k.columns, ", ")) + " AS people")
	for i, a := range k.askings {
		answers, filters := slices.Clone(a.answers), make([]string, len(a.questions))
		for n := range a.questions {
			filters[n] = a.questions[n].filter
		}
		slices.Sort(filters)
		filters = slices.Compact(filters)
		if len(filters) == 1 { // what the rows are selected by need not be asked of each again
			for n, q := range a.questions {
				answers[n] = q.test(q.result(whole))
			}
		}
		for n := range answers {
			answers[n] += fmt.Sprintf(" AS answer%d_%d", i, n)
		}
		condition := ""
		if !slices.Contains(filters, "") {
			condition = "(" + strings.Join(filters, " OR ") + ")"
		}
		fmt.Fprintf(&b, "\nLEFT JOIN (SELECT person AS whose%d, %s FROM %s GROUP BY person) AS asked%[1]d ON person = whose%[1]d",
			i, strings.Join(answers, ", "), a.questions[0].rows(condition))
	}
	return b.String()
}
