package understand

import (
	"context"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/unify"
)

// Marked is a mark of an analysis, to be told as a condition.
type Marked struct {
	Behind
	// Axis is that of the analysis: deciles and classes of products are no customers.
	Axis Axis
}

// Condition tells who is behind a mark as a condition, which they meet today. Bounds that the analysis took from the
// shop's customers stay as they are today; days since the last order go on being counted, so who meets the condition
// changes as time passes. Of RFM by the shop's own bounds it is the features that follow from them, so that the condition
// goes with the shop's settings.
//
// It returns an error with code [hitori.Invalid] for what no condition can say: a period that begins somewhere, an earlier day,
// products, what was bought in the second order, moves since another day than the last of last month, and a mark with nobody.
func (a *Analyses) Condition(ctx context.Context, q Marked, features *Catalogue) (query.Condition, error) {
	p, _, err := a.period(ctx, q.Dates)
	if err != nil {
		return nil, err
	}
	switch today := DayOf(a.clock.Now().In(a.location)); {
	case q.From != "":
		return nil, hitori.NewError(hitori.Invalid, "condition_from").At("from")
	case p.To < today:
		return nil, hitori.NewError(hitori.Invalid, "condition_as_of", "as_of", p.To, "today", today).At("as_of")
	case q.Axis == ByProduct && (q.Analysis == "decile" || q.Analysis == "abc"):
		return nil, hitori.NewError(hitori.Invalid, "condition_axis").At("axis")
	}
	if q.Analysis == "rfm" {
		return a.rfmCondition(ctx, p, q.Behind)
	}
	m, err := a.mark(ctx, p, q.Behind)
	switch {
	case err != nil:
		return nil, err
	case m.Idle:
		never := feature("orders", query.Test{Op: query.Equals})
		return &query.All{Of: []query.Condition{&query.Level{OneOf: []string{unify.Lead.String(), unify.Member.String()}}, never}}, nil
	case m.Cohort != nil:
		return m.Cohort.condition(), nil
	case m.First != nil:
		return a.firstProduct(ctx, p, m, features)
	case m.Next != nil:
		return nil, hitori.NewError(hitori.Invalid, "condition_next").At("group")
	}
	return firstIn(m.Ranges, m.At, a.currency)
}

func feature(name string, is query.Test) query.Condition { return &query.Feature{Name: name, Is: is} }

func noCondition() error {
	return hitori.NewError(hitori.Invalid, "condition_nobody").At("group")
}

// rfmCondition is that of a cell, a group, or a move between groups.
func (a *Analyses) rfmCondition(ctx context.Context, p Period, q Behind) (query.Condition, error) {
	m, g, err := a.rfmMark(ctx, p, q)
	if err != nil {
		return nil, err
	}
	ours := g.Known() && len(q.Bounds.Recency)+len(q.Bounds.Frequency)+len(q.Bounds.Monetary) == 0
	switch {
	case m.Moved != nil && (!ours || m.Moved.Before.To != LastMonth(p.To)):
		return nil, hitori.NewError(hitori.Invalid, "condition_move", "before", LastMonth(p.To)).At("before")
	case m.Moved != nil:
		return &query.All{Of: append(inGroup(RFMGroupFeature, q.Group), inGroup(RFMGroupLastMonth, q.Was)[:1]...)}, nil
	case ours && cellName.MatchString(q.Group):
		return cellOf(q.Group).condition(), nil
	case ours:
		return query.Normalise(&query.All{Of: inGroup(RFMGroupFeature, q.Group)}), nil
	case m.At < 0:
		return nil, noCondition()
	}
	return firstIn(m.Ranges, m.At, a.currency)
}

// inGroup is that a feature has the name of a group; who is in none has ordered all the same.
func inGroup(name, group string) []query.Condition {
	if group != NoRFMGroup {
		return []query.Condition{feature(name, query.Test{Op: query.OneOf, Values: []string{group}})}
	}
	return []query.Condition{&query.Not{Of: feature(name, query.Test{Op: query.Known})}, feature("orders", query.Test{Op: query.AtLeast, Number: 1})}
}

// condition is that the grades are those of a cell.
func (g RFMGroup) condition() query.Condition {
	var of []query.Condition
	for _, graded := range []struct {
		name string
		in   [2]int64
	}{{"rfm_recency_grade", g.Recency}, {"rfm_frequency_grade", g.Frequency}, {"rfm_monetary_grade", g.Monetary}} {
		if graded.in[0] == graded.in[1] {
			of = append(of, feature(graded.name, query.Test{Op: query.Equals, Number: float64(graded.in[0])}))
		}
	}
	return &query.All{Of: of}
}

// condition is that the first order was in the month, and that there was one so many months later.
func (c CohortCell) condition() query.Condition {
	began := feature("first_order_at", within(c.Month))
	if c.Later == 0 {
		return began
	}
	window := within(c.Month + Month(c.Later))
	again := &query.Order{State: query.OrderKept, Window: &window, Measure: query.Count, Is: query.Test{Op: query.AtLeast, Number: 1}}
	return &query.All{Of: []query.Condition{began, again}}
}

func within(m Month) query.Test {
	return query.Test{Op: query.BetweenDates, From: dateOf(m.First()), To: dateOf((m + 1).First() - 1)}
}

func dateOf(d Day) query.Date {
	year, month, day := d.Date().Date()
	return query.Date{Year: year, Month: month, Day: day}
}

// firstProduct is that the first order was mainly of a product. The feature knows ids only; analyses take a stock number
// or name where a line has none, so somebody behind the mark is asked.
func (a *Analyses) firstProduct(ctx context.Context, p Period, m MembersQuery, features *Catalogue) (query.Condition, error) {
	m.Limit = 1
	found, err := a.buyers.Members(ctx, p, m)
	if err != nil {
		return nil, err
	}
	if len(found.Page) == 0 {
		return nil, noCondition()
	}
	values, err := features.Of(ctx, found.Page[0].Customer)
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		if v.Name == "first_product" && v.Value == *m.First {
			return feature(v.Name, query.Test{Op: query.OneOf, Values: []string{*m.First}}), nil
		}
	}
	return nil, hitori.NewError(hitori.Invalid, "condition_product", "product", *m.First).At("group")
}

// ordered is the range of all who ordered, with the ends that values have.
var ordered = Range{Recency: Between{0, unreached}, Orders: Between{1, unreached}, Spend: Between{-unreached, unreached}}

// firstIn is that a range is the first of several that values are in: they are in it and in none of those before it.
func firstIn(ranges []Range, at int, currency hitori.Currency) (query.Condition, error) {
	r := ranges[at].and(ordered)
	if r.empty() {
		return nil, noCondition()
	}
	conditions := r.tests(ordered, currency)
	if r.Recency == ordered.Recency && r.Orders == ordered.Orders { // who never ordered has spent nothing
		conditions = append(conditions, feature("orders", query.Test{Op: query.AtLeast, Number: 1}))
	}
	for _, before := range ranges[:at] {
		if r.and(before).empty() {
			continue
		}
		rest := before.tests(r, currency)
		if len(rest) == 0 {
			return nil, noCondition()
		}
		conditions = append(conditions, &query.Not{Of: &query.All{Of: rest}})
	}
	return query.Normalise(&query.All{Of: conditions}), nil
}

func (r Range) and(o Range) Range {
	return Range{r.Recency.and(o.Recency), r.Orders.and(o.Orders), r.Spend.and(o.Spend)}
}

func (r Range) empty() bool { return r.Recency.empty() || r.Orders.empty() || r.Spend.empty() }

// tests are those of a range that do not follow from being in another.
func (r Range) tests(given Range, currency hitori.Currency) (tests []query.Condition) {
	r = r.and(ordered)
	if !r.Recency.holds(given.Recency) {
		tests = append(tests, feature("last_order_at", r.Recency.daysAgo()))
	}
	if !r.Orders.holds(given.Orders) {
		tests = append(tests, feature("orders", r.Orders.numbers(func(n int64) float64 { return float64(n) })))
	}
	if !r.Spend.holds(given.Spend) {
		tests = append(tests, feature("spend", r.Spend.numbers(func(n int64) float64 { return hitori.Money{Amount: n, Currency: currency}.Major() })))
	}
	return tests
}

func (b Between) and(o Between) Between { return Between{max(b.Least, o.Least), min(b.Most, o.Most)} }

func (b Between) holds(o Between) bool { return b.Least <= o.Least && o.Most <= b.Most }

// empty also says so of values beyond what any shop has.
func (b Between) empty() bool { return b.Least > b.Most || b.Least >= unreached }

func (b Between) numbers(of func(int64) float64) query.Test {
	switch {
	case b.Least == b.Most:
		return query.Test{Op: query.Equals, Number: of(b.Least)}
	case b.Most >= unreached:
		return query.Test{Op: query.AtLeast, Number: of(b.Least)}
	case b.Least <= -unreached:
		return query.Test{Op: query.AtMost, Number: of(b.Most)}
	}
	return query.Test{Op: query.Between, Min: of(b.Least), Max: of(b.Most)}
}

// furthest is the greatest distance in days that a test takes.
const furthest = 36_500

// daysAgo is that an instant lies on a day so many days ago; none of them is below zero.
func (b Between) daysAgo() query.Test {
	last := func(op query.Op, days int64) query.Test {
		return query.Test{Op: op, Duration: query.Duration{N: int(min(days, furthest)), Unit: query.Day}}
	}
	switch {
	case b.Most == 0:
		return last(query.InPeriod, 0) // today
	case b.Least == 0:
		return last(query.InLast, b.Most)
	case b.Most >= unreached && b.Least > 1:
		return last(query.BeforeLast, b.Least-1)
	}
	return query.Test{Op: query.DaysAgo, Min: float64(b.Least), Max: float64(min(b.Most, furthest))}
}
