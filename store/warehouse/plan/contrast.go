package plan

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

// seldom is the share of people below which a value is not compared: one in a thousand, and ten at least.
const (
	seldom = 1000
	fewest = 10
)

// Contrast implements [understand.SegmentReader].
func (r Reader) Contrast(ctx context.Context, g understand.Group, own []understand.Valued) (understand.Contrast, error) {
	var c understand.Contrast
	var err error
	if c.Size, c.Everybody, err = r.Count(ctx, g); err != nil || c.Size == 0 {
		return c, err
	}
	k := contrast{group: g, atLeast: max(fewest, c.Everybody/seldom)}
	if err := r.contrastValues(ctx, &c, k.values); err != nil {
		return c, err
	}
	if err := r.contrastNumbers(ctx, &c, k.numbers); err != nil {
		return c, err
	}
	for _, v := range own { // each reads events of its own
		switch {
		case v.Written():
			err = r.contrastValues(ctx, &c, func(d Dialect) string { return k.ownValues(d, v, r.calendar(v.At)) })
		case v.Type == query.TypeNumber || v.Type == query.TypeInteger:
			err = r.contrastNumbers(ctx, &c, func(d Dialect) string { return k.ownNumbers(d, v, r.calendar(v.At)) })
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

func (r Reader) contrastValues(ctx context.Context, c *understand.Contrast, build func(Dialect) string) error {
	return r.Query(ctx, build, func(row Row) error {
		var v understand.ContrastedValue
		err := row.Scan(&v.About, &v.Name, &v.Value, &v.In, &v.All)
		c.Values = append(c.Values, v)
		return err
	})
}

func (r Reader) contrastNumbers(ctx context.Context, c *understand.Contrast, build func(Dialect) string) error {
	return r.Query(ctx, build, func(row Row) error {
		n := understand.ContrastedNumber{}
		var meanIn, meanAll, varIn, varAll sql.Null[float64]
		err := row.Scan(&n.About, &n.Name, &n.In, &n.All, &meanIn, &meanAll, &varIn, &varAll)
		n.MeanIn, n.MeanAll, n.VarIn, n.VarAll = meanIn.V, meanAll.V, varIn.V, varAll.V
		c.Numbers = append(c.Numbers, n)
		return err
	})
}

// contrast writes what is asked about the members of a group and everybody.
type contrast struct {
	group understand.Group
	// atLeast is how many people must have a value.
	atLeast int64
}

// member is a column that says of a person whether they are a member.
func (k contrast) member(d Dialect) string {
	return d.In("person", members(k.group, d.Derived, d)) + " AS member"
}

// count counts how many people, and how many members, have each value.
func (k contrast) count(about, name, value, from string) string {
	return fmt.Sprintf(`SELECT %s AS about, %s AS name, %s AS value, count(*) FILTER (WHERE member) AS members, count(*) AS everybody FROM %s
		GROUP BY about, name, value HAVING count(*) >= %d`, about, name, value, from, k.atLeast)
}

// statistics averages a value among members and everybody.
func (k contrast) statistics(d Dialect, about, name, from, group string) string {
	within := func(aggregate string) string { return d.When(aggregate, "member") }
	return fmt.Sprintf(`SELECT %s AS about, %s AS name, count(value) FILTER (WHERE member), count(value), %s, avg(value), %s, var_samp(value) FROM %s%s`,
		about, name, within("avg(value)"), within("var_samp(value)"), from, group)
}

// values counts levels, and the values of texts that are derived.
func (k contrast) values(d Dialect) string {
	parts := []string{
		k.count("'level'", "'level'", "value", "(SELECT CASE level WHEN 2 THEN 'member' WHEN 1 THEN 'lead' ELSE 'visitor' END AS value, member FROM "+with(d, k.group, "level")+" AS p) AS levels"),
		k.count("'trait'", "fact", "value", fmt.Sprintf("(SELECT name AS fact, text AS value, %s FROM %s AS f WHERE about = %d AND kind IN (%d, %d) AND text <> '' AND NOT dated) AS facts",
			k.member(d), d.Derived("facts"), understand.AboutTrait, hitori.JSONString, hitori.JSONBoolean)),
	}
	for _, f := range understand.Features() {
		if f.Type == query.TypeText || f.Named() {
			parts = append(parts, k.count("'feature'", d.Quote(f.Name), "value",
				fmt.Sprintf("(SELECT CAST(%s AS VARCHAR) AS value, %s FROM %s AS f WHERE coalesce(CAST(%[1]s AS VARCHAR), '') <> '') AS texts", f.Name, k.member(d), d.Derived("features"))))
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// numbers averages the numbers that are derived.
func (k contrast) numbers(d Dialect) string {
	parts := []string{k.statistics(d, "'trait'", "fact", fmt.Sprintf("(SELECT name AS fact, number AS value, %s FROM %s AS f WHERE about = %d AND kind = %d) AS facts",
		k.member(d), d.Derived("facts"), understand.AboutTrait, hitori.JSONNumber), " GROUP BY fact")}
	for _, f := range understand.Features() {
		if (f.Type == query.TypeNumber || f.Type == query.TypeInteger) && !f.Named() {
			parts = append(parts, k.statistics(d, "'feature'", d.Quote(f.Name),
				fmt.Sprintf("(SELECT CAST(%s AS DOUBLE) AS value, %s FROM %s AS f WHERE %[1]s IS NOT NULL) AS numbers", f.Name, k.member(d), d.Derived("features")), ""))
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// ownValues counts the texts that a measure gives.
func (k contrast) ownValues(d Dialect, v understand.Valued, at Calendar) string {
	return k.count("'feature'", d.Quote(v.Name), "value", fmt.Sprintf("(SELECT value, %s FROM (%s) AS m WHERE coalesce(value, '') <> '') AS texts", k.member(d), Measured(d, v, at)))
}

// ownNumbers averages the numbers that a measure gives. Of whom there is nothing to count has none of it, which is a number.
func (k contrast) ownNumbers(d Dialect, v understand.Valued, at Calendar) string {
	measured := "SELECT person, value FROM (" + Measured(d, v, at) + ") AS m WHERE value IS NOT NULL"
	if query.Always(v.Measure) {
		measured = fmt.Sprintf("SELECT p.person AS person, coalesce(m.value, 0) AS value FROM (SELECT person FROM %s AS y) AS p LEFT JOIN (%s) AS m ON p.person = m.person", d.Derived("people"), measured)
	}
	return k.statistics(d, "'feature'", d.Quote(v.Name), "(SELECT value, "+k.member(d)+" FROM ("+measured+") AS m) AS numbers", "")
}
