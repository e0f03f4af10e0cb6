package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

// Crossings implements [understand.SegmentReader].
func (r Reader) Crossings(ctx context.Context, rules []understand.Rule, at query.Clock) ([][]understand.Crossing, error) {
	crossings := make([][]understand.Crossing, 0, len(rules))
	for some := range slices.Chunk(rules, mostAtOnce) {
		crossed, err := r.crossed(ctx, some, at)
		if err != nil {
			return nil, err
		}
		if err := r.recall(ctx, some, crossed); err != nil {
			return nil, err
		}
		crossings = append(crossings, crossed...)
	}
	return crossings, nil
}

// crossed finds whose answers differ from the table of members: bit n of a number is the nth segment's.
func (r Reader) crossed(ctx context.Context, rules []understand.Rule, at query.Clock) ([][]understand.Crossing, error) {
	conditions := make([]query.Condition, len(rules))
	for i := range rules {
		conditions[i] = rules[i].Condition
	}
	build := func(d Dialect) string {
		bits := make([]string, len(rules))
		for i := range rules {
			bits[i] = fmt.Sprintf("SELECT %s AS id, %d AS bit", d.Quote(rules[i].Segment), int64(1)<<i)
		}
		was := fmt.Sprintf("SELECT person, CAST(sum(bit) AS BIGINT) AS was FROM (SELECT person, segment FROM %s AS m WHERE is_in AND segment IN %s) AS members JOIN (%s) AS bits ON segment = id GROUP BY person",
			d.Derived("memberships"), quoted(d, segmentsOf(rules)), strings.Join(bits, " UNION ALL "))
		return fmt.Sprintf(`SELECT crossed, met, was FROM
			(SELECT coalesce(now.person, before.person) AS crossed, coalesce(met, 0) AS met, coalesce(was, 0) AS was FROM (%s) AS now FULL JOIN (%s) AS before ON now.person = before.person) AS both_sides
			WHERE met <> was ORDER BY crossed`, Conditions(d, conditions, r.calendar(at)), was)
	}
	crossings := make([][]understand.Crossing, len(rules))
	return crossings, r.Query(ctx, build, func(row Row) error {
		var person, met, was int64
		err := row.Scan(&person, &met, &was)
		for i := range rules {
			if (met^was)>>i&1 == 1 {
				crossings[i] = append(crossings[i], understand.Crossing{Customer: hitori.CustomerID(person), In: met>>i&1 == 1})
			}
		}
		return err
	})
}

func segmentsOf(rules []understand.Rule) []string {
	ids := make([]string, len(rules))
	for i := range rules {
		ids[i] = rules[i].Segment
	}
	return ids
}

// fewCrossed is up to how many people are named when it is looked up when they came and left.
const fewCrossed = 20_000

// recall notes with crossings when people came into the segments and left them before.
func (r Reader) recall(ctx context.Context, rules []understand.Rule, crossed [][]understand.Crossing) error {
	var asked []understand.Rule
	var people []string
	for i := range rules {
		if len(crossed[i]) > 0 {
			asked = append(asked, rules[i])
		}
		for _, c := range crossed[i] {
			people = append(people, itoa(int64(c.Customer)))
		}
	}
	if len(asked) == 0 {
		return nil
	}
	slices.Sort(people)
	people = slices.Compact(people)
	build := func(d Dialect) string {
		among := "1 = 1"
		if len(people) <= fewCrossed {
			among = "person IN (" + strings.Join(people, ", ") + ")"
		}
		return fmt.Sprintf(`SELECT segment, person, entered, "left" FROM %s AS m WHERE segment IN %s AND (entered IS NOT NULL OR "left" IS NOT NULL) AND %s`,
			d.Derived("memberships"), quoted(d, segmentsOf(asked)), among)
	}
	return r.Query(ctx, build, func(row Row) error {
		var segment string
		var person int64
		var p passage
		if err := row.Scan(&segment, &person, &p.entered, &p.left); err != nil {
			return err
		}
		of := crossed[slices.IndexFunc(rules, func(rule understand.Rule) bool { return rule.Segment == segment })]
		if i, found := slices.BinarySearchFunc(of, hitori.CustomerID(person), func(c understand.Crossing, id hitori.CustomerID) int { return int(c.Customer - id) }); found {
			of[i].Before = p.passage()
		}
		return nil
	})
}
