package understand

import (
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
// of several groups. The titles of those that are there from the beginning stand in the locale files under "rfm.".
type RFMGroup struct {
	Name      string   `json:"name"`
	Recency   [2]int64 `json:"recency"`
	Frequency [2]int64 `json:"frequency"`
	Monetary  [2]int64 `json:"monetary"`
}

// DefaultRFMGroups are the groups a shop begins with. Every customer is in one.
func DefaultRFMGroups() []RFMGroup {
	all := [2]int64{1, grades}
	return []RFMGroup{
		{"best", [2]int64{4, 5}, [2]int64{4, 5}, [2]int64{4, 5}}, // 優良顧客
		{"loyal", [2]int64{4, 5}, [2]int64{4, 5}, all},           // 常連顧客
		{"growing", [2]int64{4, 5}, [2]int64{2, 3}, all},         // 育成顧客
		{"new", [2]int64{4, 5}, [2]int64{1, 1}, all},             // 新規顧客
		{"best_slipping", [2]int64{2, 3}, [2]int64{4, 5}, all},   // 優良離反予備群
		{"slipping", [2]int64{2, 3}, [2]int64{2, 3}, all},        // 離反予備群
		{"once", [2]int64{2, 3}, [2]int64{1, 1}, all},            // お試し止まり
		{"best_lost", [2]int64{1, 1}, [2]int64{4, 5}, all},       // 優良離反顧客
		{"lost", [2]int64{1, 1}, [2]int64{1, 3}, all},            // 離反顧客
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

// RFMMove is how many customers moved from one group to another; an empty name says that they had not ordered yet,
// or not within the period.
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
	// Fixed are bounds to use; those that are empty are taken from the customers.
	Fixed Bounds
	// Before is an earlier date, to tell who moved between groups since.
	Before string
	// Axis by product adds what each group buys.
	Axis Axis
}

// RFM grades the customers who ordered in a period. Without fixed bounds grades are cut by quantiles: the grade of a
// customer is 1 + ⌊5 × the share of customers with a worse value⌋. So who has the same value has the same grade, and
// a grade can stay empty where many are the same, as those with one order mostly are.
//
// Moves compare with an earlier day, looked at as orders stand now. The bounds are those of the later day
// for both, so that who moves has changed and not the yardstick. It returns an error with code [hitori.Invalid] for
// dates or bounds that make no sense.
func (a *Analyses) RFM(ctx context.Context, q RFMQuery) (RFM, error) {
	p, bounds, r, err := a.graded(ctx, q)
	if err != nil {
		return RFM{}, err
	}
	r.Bounds = bounds
	if r.Cells, err = a.buyers.Cells(ctx, p, bounds); err != nil {
		return RFM{}, err
	}
	for _, c := range r.Cells {
		r.Customers += c.People
		r.Spend += c.Spend
	}
	r.grid()
	groups := DefaultRFMGroups()
	r.group(groups)
	if q.Before != "" {
		if err := a.rfmMoves(ctx, q, p, groups, &r); err != nil {
			return RFM{}, err
		}
	}
	if q.Axis == ByProduct {
		r.Products, err = a.goods.Bought(ctx, p, ranges(groups, bounds), productsByGroup)
		for i := range r.Products {
			r.Products[i].Name = groups[r.Products[i].Group].Name
		}
	}
	return r, err
}

// productsByGroup is how many products are told of each group.
const productsByGroup = 10

// graded reads the dates and finds the bounds.
func (a *Analyses) graded(ctx context.Context, q RFMQuery) (p Period, b Bounds, r RFM, err error) {
	if p, r.Basis, err = a.period(q.Dates); err != nil {
		return p, b, r, err
	}
	if err = q.Fixed.check(); err != nil {
		return p, b, r, err
	}
	found, err := a.buyers.Quantiles(ctx, p, grades, Recency, Orders, Spend)
	if err != nil {
		return p, b, r, err
	}
	b = q.Fixed
	for i, to := range []*[]int64{&b.Recency, &b.Frequency, &b.Monetary} {
		if len(*to) == 0 {
			*to = found[i]
		}
	}
	return p, b, r, nil
}

// check returns an error for fixed bounds that are not four in the right order.
func (b Bounds) check() error {
	for _, v := range []struct {
		name   string
		bounds []int64
		sign   int64
	}{{"recency", b.Recency, -1}, {"frequency", b.Frequency, 1}, {"monetary", b.Monetary, 1}} {
		rising := slices.IsSortedFunc(v.bounds, func(x, y int64) int { return int(max(-1, min(1, (x-y)*v.sign))) })
		if len(v.bounds) != 0 && len(v.bounds) != grades-1 || !rising {
			return hitori.NewError(hitori.Invalid, "rfm_bounds", "count", grades-1).At(v.name)
		}
	}
	return nil
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

func (a *Analyses) rfmMoves(ctx context.Context, q RFMQuery, p Period, groups []RFMGroup, r *RFM) error {
	before := p
	var err error
	if before.To, err = parseDay(q.Before, "before"); err != nil {
		return err
	}
	if before.To >= p.To || before.To < before.From {
		return hitori.NewError(hitori.Invalid, "before_not_earlier", "before", q.Before, "as_of", p.To).At("before")
	}
	all := ranges(groups, r.Bounds)
	moves, err := a.buyers.Moves(ctx, before, p, all, all)
	name := func(i int) string {
		if i < 0 {
			return ""
		}
		return groups[i].Name
	}
	for _, m := range moves {
		r.Moves = append(r.Moves, RFMMove{name(m.Was), name(m.Is), m.People})
	}
	r.Before = q.Before
	return err
}
