package plan

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// Analyst computes what [understand.Analyses] asks for.
type Analyst struct {
	Engine
	Location *time.Location
	Currency hitori.Currency
}

var (
	_ understand.Buyers = Analyst{}
	_ understand.Goods  = Analyst{}
)

// placedWithin selects orders of a period that were not cancelled.
func placedWithin(p understand.Period) string {
	return fmt.Sprintf("NOT cancelled AND day >= %d AND day <= %d", p.From, p.To)
}

// ours selects orders in the shop's currency.
func (a Analyst) ours(d Dialect) string { return "currency = " + d.Quote(string(a.Currency)) }

// buyers are the people who ordered in a period, with their values. Those all of whose orders are of the period stand in the table
// of buyers; only the orders of others are summed.
func (a Analyst) buyers(d Dialect, p understand.Period) string {
	whole := fmt.Sprintf("first_day >= %d AND last_day <= %d", p.From, p.To)
	cut := fmt.Sprintf("SELECT person FROM %s WHERE first_day <= %d AND last_day >= %d AND NOT (%s)", d.Derived("buyers"), p.To, p.From, whole)
	return fmt.Sprintf("(SELECT person, %d - last_day AS recency, orders, spend FROM %s WHERE %s", p.To, d.Derived("buyers"), whole) +
		fmt.Sprintf(" UNION ALL SELECT person, %d - max(day) AS recency, CAST(count(*) AS BIGINT) AS orders, CAST(coalesce(%s, 0) AS BIGINT) AS spend FROM %s WHERE %s AND person IN (%s) GROUP BY person)",
			p.To, d.When("sum(net)", a.ours(d)), d.Derived("orders"), placedWithin(p), cut)
}

// spread counts people by a value, with how many have a smaller one, and what those with a value up to this one have
// in all.
func spread(from, value string) string {
	return fmt.Sprintf(`(SELECT value, sum(n) OVER (ORDER BY value) - n AS below, sum(n) OVER () AS people,
			sum(n * value) OVER (ORDER BY value) AS upto, sum(n * value) OVER () AS whole
		FROM (SELECT %s AS value, count(*) AS n FROM %s AS b GROUP BY value) AS counted)`, value, from)
}

// Revision implements [understand.Buyers].
func (a Analyst) Revision(ctx context.Context) (understand.Revision, error) {
	return revisionOf(ctx, a.Engine)
}

// Quantiles implements [understand.Buyers].
func (a Analyst) Quantiles(ctx context.Context, p understand.Period, parts int, values ...understand.Value) ([][]int64, error) {
	all := make([][]int64, len(values))
	for i, value := range values {
		expression, sign := string(value), int64(1)
		if value == understand.Recency { // fewer days are better
			expression, sign = "0 - recency", -1
		}
		build := func(d Dialect) string {
			bounds := make([]string, parts-1)
			for k := range bounds {
				bounds[k] = d.When("min(value)", fmt.Sprintf("%d * below >= %d * people", parts, k+1))
			}
			return "SELECT " + strings.Join(bounds, ", ") + " FROM " + spread(a.buyers(d, p), expression) + " AS s"
		}
		found, err := a.known(ctx, parts-1, build)
		if err != nil {
			return nil, err
		}
		for k := range found {
			found[k] *= sign
		}
		all[i] = found
	}
	return all, nil
}

// known runs a query for one row of whole numbers, and returns those that are known; they come first.
func (a Analyst) known(ctx context.Context, columns int, build func(Dialect) string) ([]int64, error) {
	known := []int64{}
	err := a.Query(ctx, build, func(r Row) error {
		values, cells := make([]sql.Null[int64], columns), make([]any, columns)
		for i := range values {
			cells[i] = &values[i]
		}
		err := r.Scan(cells...)
		for _, v := range values {
			if v.Valid {
				known = append(known, v.V)
			}
		}
		return err
	})
	return known, err
}

// Concentration implements [understand.Buyers].
func (a Analyst) Concentration(ctx context.Context, p understand.Period, percent ...int64) ([]int64, error) {
	return a.known(ctx, len(percent), func(d Dialect) string {
		bounds := make([]string, len(percent))
		for i, share := range percent {
			bounds[i] = d.When("min(value)", fmt.Sprintf("100 * (whole - upto) < %d * whole", share))
		}
		return "SELECT " + strings.Join(bounds, ", ") + " FROM " + spread(a.buyers(d, p), "spend") + " AS s"
	})
}

// grade is an expression of the grade of a value; better is how it compares with the bounds it reaches.
func grade(value, better string, bounds []int64) string {
	var b strings.Builder
	b.WriteString("1")
	for _, bound := range bounds {
		fmt.Fprintf(&b, " + CASE WHEN %s %s %d THEN 1 ELSE 0 END", value, better, bound)
	}
	return b.String()
}

// Cells implements [understand.Buyers].
func (a Analyst) Cells(ctx context.Context, p understand.Period, b understand.Bounds) ([]understand.Cell, error) {
	cells := []understand.Cell{}
	build := func(d Dialect) string {
		return fmt.Sprintf(`SELECT r, f, m, count(*), sum(orders), sum(spend), min(spend), max(spend)
			FROM (SELECT %s AS r, %s AS f, %s AS m, orders, spend FROM %s AS b) AS graded GROUP BY r, f, m ORDER BY r, f, m`,
			grade("recency", "<=", b.Recency), grade("orders", ">=", b.Frequency), grade("spend", ">=", b.Monetary), a.buyers(d, p))
	}
	return cells, a.Query(ctx, build, func(r Row) error {
		var c understand.Cell
		err := r.Scan(&c.Recency, &c.Frequency, &c.Monetary, &c.People, &c.Orders, &c.Spend, &c.Least, &c.Most)
		cells = append(cells, c)
		return err
	})
}

// far is beyond every value that a shop has.
const far = 1 << 61

// inside is a condition that values are in a range; their names end with a suffix.
func inside(r understand.Range, suffix string) string {
	var parts []string
	for _, v := range []struct {
		name string
		understand.Between
	}{{"recency", r.Recency}, {"orders", r.Orders}, {"spend", r.Spend}} {
		if v.Least > -far {
			parts = append(parts, fmt.Sprintf("%s%s >= %d", v.name, suffix, v.Least))
		}
		if v.Most < far {
			parts = append(parts, fmt.Sprintf("%s%s <= %d", v.name, suffix, v.Most))
		}
	}
	if len(parts) == 0 {
		return "1 = 1"
	}
	return strings.Join(parts, " AND ")
}

// first is an expression of the number of the first range that values are in, and of -1 for none. A condition says
// of whom there are values.
func first(ranges []understand.Range, suffix, condition string) string {
	var b strings.Builder
	b.WriteString("CASE WHEN NOT (" + condition + ") THEN -1")
	for i, r := range ranges {
		fmt.Fprintf(&b, " WHEN %s THEN %d", inside(r, suffix), i)
	}
	return b.String() + " ELSE -1 END"
}

// Groups implements [understand.Buyers].
func (a Analyst) Groups(ctx context.Context, p understand.Period, ranges []understand.Range) ([]understand.Sums, error) {
	sums := make([]understand.Sums, len(ranges))
	build := func(d Dialect) string {
		return fmt.Sprintf(`SELECT g, count(*), sum(orders), sum(spend), min(spend), max(spend) FROM (SELECT %s AS g, orders, spend FROM %s AS b) AS grouped
			WHERE g >= 0 GROUP BY g`, first(ranges, "", "1 = 1"), a.buyers(d, p))
	}
	return sums, a.Query(ctx, build, func(r Row) error {
		var at int64
		var s understand.Sums
		err := r.Scan(&at, &s.People, &s.Orders, &s.Spend, &s.Least, &s.Most)
		sums[at] = s
		return err
	})
}

// valuesIn are the values of people from their orders of a period, which are kept; their names end with a suffix. Orders are
// grouped by person. Ours selects those in the shop's currency.
func valuesIn(d Dialect, p understand.Period, suffix, ours string) string {
	in := placedWithin(p)
	return fmt.Sprintf("%d - %s AS recency%s, count(*) FILTER (WHERE %s) AS orders%[3]s, coalesce(%[5]s, 0) AS spend%[3]s",
		p.To, d.When("max(day)", in), suffix, in, d.When("sum(net)", in+" AND "+ours))
}

// compared are people who ordered in one of two periods, with their values of both: those of the first end with 0.
func (a Analyst) compared(d Dialect, before, after understand.Period) string {
	all := understand.Period{From: min(before.From, after.From), To: max(before.To, after.To)}
	return fmt.Sprintf("(SELECT person, %s, %s FROM %s WHERE %s GROUP BY person)",
		valuesIn(d, before, "0", a.ours(d)), valuesIn(d, after, "1", a.ours(d)), d.Derived("orders"), placedWithin(all))
}

// Moves implements [understand.Buyers].
func (a Analyst) Moves(ctx context.Context, before, after understand.Period, was, is []understand.Range) ([]understand.Move, error) {
	moves := []understand.Move{}
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT was, now, count(*) FROM (SELECT %s AS was, %s AS now FROM %s AS b) AS moved GROUP BY was, now ORDER BY was, now",
			first(was, "0", "orders0 > 0"), first(is, "1", "orders1 > 0"), a.compared(d, before, after))
	}
	return moves, a.Query(ctx, build, func(r Row) error {
		var was, now, people int64
		err := r.Scan(&was, &now, &people)
		moves = append(moves, understand.Move{Was: int(was), Is: int(now), People: people})
		return err
	})
}

// idle selects the people who were known at the end of a period and had not ordered.
func (a Analyst) idle(d Dialect, p understand.Period) string {
	return fmt.Sprintf("(SELECT person, level, first_seen FROM %s AS known WHERE first_seen < %d AND person NOT IN (SELECT person FROM %s AS b WHERE first_day <= %d))",
		d.Derived("people"), a.end(p), d.Derived("buyers"), p.To)
}

// end is when the last day of a period ends, in milliseconds.
func (a Analyst) end(p understand.Period) int64 {
	year, month, day := p.To.Date().Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, a.Location).UnixMilli()
}

// Idle implements [understand.Buyers].
func (a Analyst) Idle(ctx context.Context, p understand.Period) (understand.Idle, error) {
	var idle understand.Idle
	build := func(d Dialect) string {
		return "SELECT level, count(*) FROM " + a.idle(d, p) + " AS i GROUP BY level"
	}
	return idle, a.Query(ctx, build, func(r Row) error {
		var level, people int64
		err := r.Scan(&level, &people)
		if counts := []*int64{&idle.Visitors, &idle.Leads, &idle.Members}; level >= 0 && level < int64(len(counts)) {
			*counts[level] = people
		}
		return err
	})
}

// Members implements [understand.Buyers].
func (a Analyst) Members(ctx context.Context, p understand.Period, q understand.MembersQuery) (understand.Members, error) {
	var m understand.Members
	build := func(d Dialect) string {
		after := "1 = 1"
		if q.After != nil {
			after = fmt.Sprintf("(value < %d OR value = %[1]d AND person > %d)", q.After.Value, q.After.Customer)
		}
		return fmt.Sprintf("SELECT person, value, (SELECT count(*) FROM %s AS everybody) AS total FROM %[1]s AS chosen WHERE %s ORDER BY value DESC, person LIMIT %d",
			a.chosen(d, p, q), after, q.Limit)
	}
	return m, a.Query(ctx, build, func(r Row) error {
		var place understand.MembersPlace
		var person int64
		err := r.Scan(&person, &place.Value, &m.Total)
		place.Customer = hitori.CustomerID(person)
		m.Page = append(m.Page, place)
		return err
	})
}

// chosen are people with a value by which they are listed.
func (a Analyst) chosen(d Dialect, p understand.Period, q understand.MembersQuery) string {
	among := func(condition string) string {
		return fmt.Sprintf("(SELECT person, spend AS value FROM %s AS b WHERE %s)", a.buyers(d, p), condition)
	}
	switch {
	case q.Idle:
		return "(SELECT person, first_seen AS value FROM " + a.idle(d, p) + " AS i WHERE level > 0)"
	case q.Moved != nil:
		return fmt.Sprintf("(SELECT person, spend1 AS value FROM %s AS b WHERE %s = %d AND %s = %d)", a.compared(d, q.Moved.Before, p),
			first(q.Ranges, "0", "orders0 > 0"), q.Moved.Was, first(q.Ranges, "1", "orders1 > 0"), q.At)
	case q.Cohort != nil:
		return fmt.Sprintf("(SELECT person, sum(%s) AS value FROM %s WHERE %s AND cohort = %d AND month = %d GROUP BY person)",
			a.net(d), d.Derived("orders"), placedWithin(p), q.Cohort.Month, int64(q.Cohort.Month)+q.Cohort.Later)
	case q.First != nil:
		return among(fmt.Sprintf("person IN (SELECT person FROM %s AS f WHERE first_product = %s)", d.Derived("features"), d.Quote(*q.First)))
	case q.Next != nil:
		of := func(number int, product string) string {
			condition := "product = " + d.Quote(product)
			if product == "" {
				condition = "product <> ''"
			}
			return fmt.Sprintf("person IN (SELECT person FROM %s WHERE %s AND number = %d AND %s)", d.Derived("order_lines"), placedWithin(p), number, condition)
		}
		return among(of(1, q.Next.First) + " AND " + of(2, q.Next.Second))
	}
	return among(fmt.Sprintf("%s = %d", first(q.Ranges, "", "1 = 1"), q.At))
}

// net is what remains of an order in the shop's currency.
func (a Analyst) net(d Dialect) string { return "CASE WHEN " + a.ours(d) + " THEN net ELSE 0 END" }

// Cohorts implements [understand.Buyers]. Whoever ordered in a month did so for the first time in it once.
func (a Analyst) Cohorts(ctx context.Context, p understand.Period) ([]understand.CohortMonth, error) {
	cells := []understand.CohortMonth{}
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT cohort, month - cohort AS later, count(*) FILTER (WHERE opens_month), sum(%s) FROM %s WHERE %s GROUP BY cohort, later ORDER BY cohort, later",
			a.net(d), d.Derived("orders"), placedWithin(p))
	}
	return cells, a.Query(ctx, build, func(r Row) error {
		var c understand.CohortMonth
		var month int64
		err := r.Scan(&month, &c.Later, &c.People, &c.Spend)
		c.Month = understand.Month(month)
		cells = append(cells, c)
		return err
	})
}

// Waits implements [understand.Buyers]. Between any two orders, those of one day count as one.
func (a Analyst) Waits(ctx context.Context, p understand.Period, number int) ([]understand.Wait, error) {
	came, waiting := "waited > 0", "1 = 1"
	if number > 0 {
		came, waiting = fmt.Sprintf("number = %d", number+1), fmt.Sprintf("orders = %d", number)
	}
	waits := []understand.Wait{}
	build := func(d Dialect) string {
		return fmt.Sprintf(`SELECT days, came, count(*) FROM (SELECT waited AS days, 1 = 1 AS came FROM %s WHERE %s AND %s
				UNION ALL SELECT recency AS days, 1 = 0 AS came FROM %s AS b WHERE %s) AS spells
			GROUP BY days, came ORDER BY days, came`, d.Derived("orders"), placedWithin(p), came, a.buyers(d, p), waiting)
	}
	return waits, a.Query(ctx, build, func(r Row) error {
		var w understand.Wait
		err := r.Scan(&w.Days, &w.Came, &w.Count)
		waits = append(waits, w)
		return err
	})
}

// rounded is an amount in minor units.
func rounded(amount sql.Null[float64]) int64 {
	if math.IsNaN(amount.V) {
		return 0
	}
	return understand.Minor(amount.V)
}

// quoted is a list of texts, which is not empty.
func quoted(d Dialect, texts []string) string {
	all := slices.Clone(texts)
	for i, t := range all {
		all[i] = d.Quote(t)
	}
	return "(" + strings.Join(all, ", ") + ")"
}
