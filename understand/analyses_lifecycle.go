package understand

import (
	"context"
	"fmt"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// Dormancy tells from when on a customer is likely gone (休眠の目安), by the shop's own intervals between orders.
type Dormancy struct {
	Basis
	// Returned is how many intervals ended with an order, Waiting how many were open on the day.
	Returned int64 `json:"returned"`
	Waiting  int64 `json:"waiting"`
	// Horizon is the last day of which enough is known; those who come later count as not coming again.
	Horizon int64 `json:"horizon"`
	// Return is the share of intervals that end with an order within the horizon.
	Return Interval `json:"return"`
	// Levels are by which day a share of those who come again have come.
	Levels []DormancyLevel `json:"levels"`
	Curve  []CurvePoint    `json:"curve" doc:"Share that came again by so many days"`
	Stages Thresholds      `json:"stages"`
	// Enough says that there were enough intervals; without that the stages are guesses.
	Enough bool `json:"enough"`
}

// DormancyLevel is a share of those who come again, and by when they have.
type DormancyLevel struct {
	Share float64 `json:"share"`
	Days  int64   `json:"days"`
}

// Thresholds are days since the last order, after which a customer is in the next stage.
type Thresholds struct {
	AtRisk  int64 `json:"at_risk" doc:"By this day 80 % of those who come again have come"`
	Dormant int64 `json:"dormant" doc:"By this day 90 % of those who come again have come"`
	Churned int64 `json:"churned" doc:"Twice dormant"`
}

const (
	// fewIntervals is how many must be known to last a day or longer for the curve to be believed there.
	fewIntervals = 30
	atRiskShare  = 0.8
	dormantShare = 0.9
)

// guessed stands in where a shop has too few intervals of its own.
var guessed = Thresholds{AtRisk: 90, Dormant: 180, Churned: 360}

// Dormancy finds by which day a share of those who come again have come: the intervals between a customer's orders,
// orders of one day counting as one, with those still open on the day as censored. Their curve (Kaplan-Meier) is cut
// at the last day of which at least 30 intervals are known to last so long, and each level is where it reaches that share of
// its height there.
//
// Taking observed intervals only would give too few days, since long ones are not over yet. This still gives somewhat too few
// when the shop is watched for less than its customers' longest intervals. Those who order often weigh more, since each
// of their intervals counts.
func (a *Analyses) Dormancy(ctx context.Context, asOf string) (Dormancy, error) {
	p, basis, err := a.whole(ctx, asOf)
	if err != nil {
		return Dormancy{}, err
	}
	waits, err := a.buyers.Waits(ctx, p, 0)
	r := Dormancy{Basis: basis}
	r.fill(waits)
	return r, err
}

func (r *Dormancy) fill(waits []Wait) {
	for _, w := range waits {
		if w.Came {
			r.Returned += w.Count
		} else {
			r.Waiting += w.Count
		}
	}
	r.Stages = guessed
	points := curve(waits)
	if end := slices.IndexFunc(points, func(c CurvePoint) bool { return c.AtRisk < fewIntervals }); end >= 0 {
		points = points[:end]
	}
	r.Curve = points
	if r.Returned < fewIntervals || len(points) == 0 {
		return
	}
	last := points[len(points)-1]
	r.Enough, r.Horizon, r.Return = true, last.Days, last.Interval
	for _, level := range []float64{0.5, 0.7, atRiskShare, dormantShare, 0.95, 0.99} {
		days := *reaches(points, estimate, level*last.Estimate)
		r.Levels = append(r.Levels, DormancyLevel{level, days})
		switch level {
		case atRiskShare:
			r.Stages.AtRisk = days
		case dormantShare:
			r.Stages.Dormant, r.Stages.Churned = days, 2*days
		}
	}
}

// Stage is a stage of a customer's life with a shop.
type Stage string

// The stages, in the order in which they are passed.
const (
	Prospect     Stage = "prospect" // known, and has not ordered (見込み客)
	NewStage     Stage = "new"      // one order, not dormant yet (新規)
	ActiveStage  Stage = "active"   // several orders, the last not long ago (活動中)
	AtRiskStage  Stage = "at_risk"  // several orders, most who come again would have (離反懸念)
	DormantStage Stage = "dormant"  // 休眠
	ChurnedStage Stage = "churned"  // 離反
)

// stageRanges are the stages of those who ordered; the first that fits counts. Who has one order is new until dormant.
func (t Thresholds) stageRanges() ([]Stage, []Range) {
	return []Stage{NewStage, ActiveStage, AtRiskStage, DormantStage, ChurnedStage}, []Range{
		{Between{-unreached, t.Dormant}, Between{1, 1}, Any},
		{Between{-unreached, t.AtRisk}, Any, Any},
		{Between{t.AtRisk + 1, t.Dormant}, Any, Any},
		{Between{t.Dormant + 1, t.Churned}, Any, Any},
		{Between{t.Churned + 1, unreached}, Any, Any},
	}
}

// StageSums is a stage with its customers.
type StageSums struct {
	Stage   Stage   `json:"stage" enum:"prospect,new,active,at_risk,dormant,churned"`
	Share   float64 `json:"share" doc:"Of all leads, members and customers"`
	Average float64 `json:"average" doc:"Spent by customer, in minor units"`
	Sums
}

// Lifecycle are customers by stage.
type Lifecycle struct {
	Basis
	Thresholds Thresholds  `json:"thresholds"`
	Own        bool        `json:"own" doc:"The thresholds are of the shop's own intervals; otherwise they were given, or stand in for too few"`
	Stages     []StageSums `json:"stages"`
	// Visitors are people without a name who have not ordered; they are no prospects yet.
	Visitors int64        `json:"visitors"`
	Products []GroupSales `json:"products,omitempty" doc:"What customers in each stage bought"`
}

// LifecycleQuery says what to ask.
type LifecycleQuery struct {
	AsOf string
	// Fixed are thresholds to use; all zero for the shop's own.
	Fixed Thresholds
	// Axis by product adds what customers in each stage bought.
	Axis Axis
}

// Lifecycle tells in which stage customers are. Thresholds come from [Analyses.Dormancy] unless they are given: at risk
// after the day by which 80 % of those who come again have come, dormant after that of 90 %, churned after
// twice as many days.
func (a *Analyses) Lifecycle(ctx context.Context, q LifecycleQuery) (Lifecycle, error) {
	p, basis, err := a.whole(ctx, q.AsOf)
	if err != nil {
		return Lifecycle{}, err
	}
	r := Lifecycle{Basis: basis}
	if r.Thresholds, r.Own, err = a.thresholds(ctx, p, q.Fixed); err != nil {
		return Lifecycle{}, err
	}
	idle, err := a.buyers.Idle(ctx, p)
	if err != nil {
		return Lifecycle{}, err
	}
	r.Visitors = idle.Visitors
	r.Stages = []StageSums{{Stage: Prospect, Sums: Sums{People: idle.Leads + idle.Members}}}
	stages, ranges := r.Thresholds.stageRanges()
	sums, err := a.buyers.Groups(ctx, p, ranges)
	if err != nil {
		return Lifecycle{}, err
	}
	all := r.Stages[0].People
	for i, s := range sums {
		r.Stages = append(r.Stages, StageSums{Stage: stages[i], Average: share(s.Spend, s.People), Sums: s})
		all += s.People
	}
	for i := range r.Stages {
		r.Stages[i].Share = share(r.Stages[i].People, all)
	}
	if q.Axis == ByProduct {
		r.Products, err = a.goods.Bought(ctx, p, ranges, productsByGroup)
		for i := range r.Products {
			r.Products[i].Name = string(stages[r.Products[i].Group])
		}
	}
	return r, err
}

func (a *Analyses) thresholds(ctx context.Context, p Period, fixed Thresholds) (t Thresholds, own bool, err error) {
	if fixed != (Thresholds{}) {
		if fixed.AtRisk <= 0 || fixed.Dormant < fixed.AtRisk || fixed.Churned < fixed.Dormant {
			return t, false, hitori.NewError(hitori.Invalid, "stage_thresholds", "at_risk", fixed.AtRisk, "dormant", fixed.Dormant, "churned", fixed.Churned).At("at_risk")
		}
		return fixed, false, nil
	}
	waits, err := a.buyers.Waits(ctx, p, 0)
	if err != nil {
		return t, false, fmt.Errorf("intervals between orders: %w", err)
	}
	var d Dormancy
	d.fill(waits)
	return d.Stages, d.Enough, nil
}
