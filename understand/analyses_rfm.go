package understand

import (
	"cmp"
	"context"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// grades is how many there are of each value.
const grades = 5

// Bounds are where grades begin. A customer's grade is one more than the number of bounds reached: by recency, of at
// most so many days; by orders and spend, of at least so much. There are fewer than four when no customer could
// reach the others.
type Bounds struct {
	Recency   []int64 `json:"recency" doc:"At most so many days since the last order for grades 2, 3, 4, 5"`
	Frequency []int64 `json:"frequency" doc:"At least so many orders for grades 2, 3, 4, 5"`
	Monetary  []int64 `json:"monetary" doc:"At least so much spent for grades 2, 3, 4, 5, in minor units"`
}

// Cell is how many have three grades, each of 1 (worst) to 5.
type Cell struct {
	Recency   int64 `json:"recency"`
	Frequency int64 `json:"frequency"`
	Monetary  int64 `json:"monetary"`
	Sums
}

// GridCell is a cell of the grid of recency and frequency.
type GridCell struct {
	Recency    int64   `json:"recency"`
	Frequency  int64   `json:"frequency"`
	Share      float64 `json:"share" doc:"Of all customers"`
	SpendShare float64 `json:"spend_share" doc:"Of all that was spent"`
	Average    float64 `json:"average" doc:"Spent by customer, in minor units"`
	Sums
}

// RFMGroup is a named group of customers by grades: from the least to the most, both included. A customer belongs to the first
// of several groups. The titles of those that are there from the beginning stand in the locale files under "rfm.", unless
// the shop has given them others.
type RFMGroup struct {
	Name      string   `json:"name" doc:"What conditions and programs know it by; it never changes. Of a new group it may be left out"`
	Title     string   `json:"title,omitempty" doc:"What the shop calls it; the groups that are there from the beginning have a title without"`
	Recency   [2]int64 `json:"recency"`
	Frequency [2]int64 `json:"frequency"`
	Monetary  [2]int64 `json:"monetary"`
}

// DefaultRFMGroups are the groups a shop begins with. Every customer is in one.
func DefaultRFMGroups() []RFMGroup {
	all := [2]int64{1, grades}
	return []RFMGroup{
		{"best", "", [2]int64{4, 5}, [2]int64{4, 5}, [2]int64{4, 5}}, // 優良顧客
		{"loyal", "", [2]int64{4, 5}, [2]int64{4, 5}, all},           // 常連顧客
		{"growing", "", [2]int64{4, 5}, [2]int64{2, 3}, all},         // 育成顧客
		{"new", "", [2]int64{4, 5}, [2]int64{1, 1}, all},             // 新規顧客
		{"best_slipping", "", [2]int64{2, 3}, [2]int64{4, 5}, all},   // 優良離反予備群
		{"slipping", "", [2]int64{2, 3}, [2]int64{2, 3}, all},        // 離反予備群
		{"once", "", [2]int64{2, 3}, [2]int64{1, 1}, all},            // お試し止まり
		{"best_lost", "", [2]int64{1, 1}, [2]int64{4, 5}, all},       // 優良離反顧客
		{"lost", "", [2]int64{1, 1}, [2]int64{1, 3}, all},            // 離反顧客
	}
}

// RFMGroupSums is a group with its customers.
type RFMGroupSums struct {
	RFMGroup
	Share      float64 `json:"share"`
	SpendShare float64 `json:"spend_share"`
	Average    float64 `json:"average" doc:"Spent by customer, in minor units"`
	Sums
}

// RFMMove is how many customers moved from one group to another; an empty name says that they were in no group: mostly
// they had not ordered yet, or not within the period.
type RFMMove struct {
	Was    string `json:"was"`
	Is     string `json:"is"`
	People int64  `json:"people"`
}

// RFM grades customers by recency (最新購買日), frequency (購買回数) and monetary value (購買金額).
type RFM struct {
	Basis
	Customers int64          `json:"customers"`
	Spend     int64          `json:"spend"`
	Bounds    Bounds         `json:"bounds"`
	Scales    RFMScales      `json:"scales" doc:"Where the bounds come from"`
	Grid      []GridCell     `json:"grid" doc:"All 25 cells of recency and frequency, 5 first"`
	Cells     []Cell         `json:"cells" doc:"With monetary value; only cells with customers"`
	Groups    []RFMGroupSums `json:"groups"`
	// Before is the earlier date of Moves.
	Before   string       `json:"before,omitempty" format:"date"`
	Moves    []RFMMove    `json:"moves,omitempty" doc:"From the groups on the day before to those on as_of, by the bounds of as_of"`
	Products []GroupSales `json:"products,omitempty" doc:"What each group buys"`
}

// RFMQuery says what to ask.
type RFMQuery struct {
	Dates
	// Fixed are bounds to use; in place of those that are empty there are the shop's.
	Fixed Bounds
	// Before is an earlier date, to tell who moved between groups since.
	Before string
	// Axis by product adds what each group buys.
	Axis Axis
}

// RFM grades the customers who ordered in a period, by bounds that were given or else by those of the shop; see
// [Analyses.GradedBy]. Bounds that the shop cuts by quantiles hold for days of the month they were cut for. On other days, and
// in a period that begins somewhere, the customers of those days are cut: the grade of a customer is
// 1 + ⌊5 × the share of customers with a worse value⌋. So who has the same value has the same grade, and
// a grade can stay empty where many are the same, as those with one order mostly are.
//
// Moves compare with an earlier day, looked at as orders stand now. The bounds are those of the later day
// for both, so that who moves has changed and not the yardstick. It returns an error with code [hitori.Invalid] for
// dates or bounds that make no sense.
func (a *Analyses) RFM(ctx context.Context, q RFMQuery) (RFM, error) {
	p, graded, r, err := a.graded(ctx, q)
	if err != nil {
		return RFM{}, err
	}
	r.Bounds, r.Scales = graded.Bounds(), graded.Scales
	if r.Cells, err = a.buyers.Cells(ctx, p, r.Bounds); err != nil {
		return RFM{}, err
	}
	for _, c := range r.Cells {
		r.Customers += c.People
		r.Spend += c.Spend
	}
	r.grid()
	r.group(graded.Groups)
	if q.Before != "" {
		if err := a.rfmMoves(ctx, q, p, graded, &r); err != nil {
			return RFM{}, err
		}
	}
	if q.Axis == ByProduct {
		r.Products, err = a.goods.Bought(ctx, p, graded.Ranges(), productsByGroup)
		for i := range r.Products {
			r.Products[i].Name = graded.Groups[r.Products[i].Group].Name
		}
	}
	return r, err
}

// productsByGroup is how many products are told of each group.
const productsByGroup = 10

// GradedBy makes the analyses go by how a shop grades its customers. Without it they are cut by quantiles and in the groups of
// [DefaultRFMGroups].
func (a *Analyses) GradedBy(grading func(context.Context) (Grading, error)) *Analyses {
	a.grading = grading
	return a
}

// graded reads the dates and finds the bounds.
func (a *Analyses) graded(ctx context.Context, q RFMQuery) (p Period, g Grading, r RFM, err error) {
	if p, r.Basis, err = a.period(ctx, q.Dates); err != nil {
		return p, g, r, err
	}
	if err = q.Fixed.check(); err != nil {
		return p, g, r, err
	}
	if g, err = a.grading(ctx); err != nil {
		return p, g, r, err
	}
	var values []Value
	var cut []*RFMScale
	g.Scales.each(&q.Fixed, func(name string, scale *RFMScale, given *[]int64, _ int64) {
		switch {
		case len(*given) > 0:
			*scale = RFMScale{Method: ByGiven, Bounds: *given}
		case scale.Method == ByQuantiles && (scale.Since == "" || q.From != "" || p.To.String() < scale.Since):
			*scale = RFMScale{Method: ByQuantiles}
			values, cut = append(values, map[string]Value{"recency": Recency, "frequency": Orders, "monetary": Spend}[name]), append(cut, scale)
		}
	})
	if len(cut) == 0 {
		return p, g, r, nil
	}
	found, err := a.buyers.Quantiles(ctx, p, grades, values...)
	for i := range found {
		cut[i].Bounds = found[i]
	}
	return p, g, r, err
}

// check returns an error for fixed bounds that are not four in the right order.
func (b *Bounds) check() (err error) {
	new(RFMScales).each(b, func(name string, _ *RFMScale, bounds *[]int64, sign int64) {
		if n := len(*bounds); n != 0 && (n != grades-1 || !inOrder(*bounds, sign)) {
			err = hitori.NewError(hitori.Invalid, "rfm_bounds", "count", grades-1).At(name)
		}
	})
	return err
}

// inOrder reports whether bounds rise or, with a sign below zero, fall.
func inOrder(bounds []int64, sign int64) bool {
	return slices.IsSortedFunc(bounds, func(x, y int64) int { return cmp.Compare(x*sign, y*sign) })
}

func (r *RFM) grid() {
	for recency := int64(grades); recency > 0; recency-- {
		for frequency := int64(grades); frequency > 0; frequency-- {
			cell := GridCell{Recency: recency, Frequency: frequency}
			for _, c := range r.Cells {
				if c.Recency == recency && c.Frequency == frequency {
					cell.add(c.Sums)
				}
			}
			cell.Share, cell.SpendShare, cell.Average = share(cell.People, r.Customers), share(cell.Spend, r.Spend), share(cell.Spend, cell.People)
			r.Grid = append(r.Grid, cell)
		}
	}
}

func (r *RFM) group(groups []RFMGroup) {
	sums := make([]RFMGroupSums, len(groups))
	for _, c := range r.Cells {
		if at := slices.IndexFunc(groups, func(g RFMGroup) bool { return g.has(c) }); at >= 0 {
			sums[at].add(c.Sums)
		}
	}
	for i := range sums {
		g := &sums[i]
		g.RFMGroup, g.Share, g.SpendShare, g.Average = groups[i], share(g.People, r.Customers), share(g.Spend, r.Spend), share(g.Spend, g.People)
	}
	r.Groups = sums
}

func (g RFMGroup) has(c Cell) bool {
	in := func(grade int64, of [2]int64) bool { return of[0] <= grade && grade <= of[1] }
	return in(c.Recency, g.Recency) && in(c.Frequency, g.Frequency) && in(c.Monetary, g.Monetary)
}

// rangeOf is the range of those who have grades.
func (b Bounds) rangeOf(g RFMGroup) Range {
	recency := graded(g.Recency, b.Recency, -1)
	return Range{
		Recency: Between{-recency.Most, -recency.Least},
		Orders:  graded(g.Frequency, b.Frequency, 1), Spend: graded(g.Monetary, b.Monetary, 1),
	}
}

// graded is the values, times a sign, that have a grade from one to another. Ends that are open lie beyond what
// any shop has, and stay within the whole numbers when their sign changes.
func graded(of [2]int64, bounds []int64, sign int64) Between {
	values := Between{Least: -unreached, Most: unreached}
	if lowest := int(of[0]) - 2; lowest >= len(bounds) {
		values.Least = unreached
	} else if lowest >= 0 {
		values.Least = bounds[lowest] * sign
	}
	if above := int(of[1]) - 1; above < len(bounds) {
		values.Most = bounds[above]*sign - 1
	}
	return values
}

const unreached = 1 << 62

func ranges(groups []RFMGroup, b Bounds) []Range {
	all := make([]Range, len(groups))
	for i, g := range groups {
		all[i] = b.rangeOf(g)
	}
	return all
}

// earlier is the period of an earlier day to compare with.
func (p Period) earlier(before string) (Period, error) {
	then := p
	var err error
	if then.To, err = parseDay(before, "before"); err != nil {
		return then, err
	}
	if then.To >= p.To || then.To < then.From {
		return then, hitori.NewError(hitori.Invalid, "before_not_earlier", "before", before, "as_of", p.To).At("before")
	}
	return then, nil
}

func (a *Analyses) rfmMoves(ctx context.Context, q RFMQuery, p Period, g Grading, r *RFM) error {
	before, err := p.earlier(q.Before)
	if err != nil {
		return err
	}
	all := g.Ranges()
	moves, err := a.buyers.Moves(ctx, before, p, all, all)
	name := func(i int) string {
		if i < 0 {
			return ""
		}
		return g.Groups[i].Name
	}
	for _, m := range moves {
		r.Moves = append(r.Moves, RFMMove{name(m.Was), name(m.Is), m.People})
	}
	r.Before = q.Before
	return err
}
