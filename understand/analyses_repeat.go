package understand

import (
	"cmp"
	"context"
	"slices"
)

// CohortMonth is how many of those whose first order was in a month ordered so many months later, and what
// they spent then.
type CohortMonth struct {
	Month  Month
	Later  int64
	People int64
	Spend  int64
}

// CohortPoint is a cell of the table of cohorts.
type CohortPoint struct {
	Later   int64    `json:"later" doc:"Months after that of the first order"`
	People  int64    `json:"people"`
	Share   Interval `json:"share" doc:"Of the cohort, with the Wilson interval"`
	Spend   int64    `json:"spend"`
	Average float64  `json:"average" doc:"Spent by member of the cohort from the beginning to this month, in minor units"`
	Partial bool     `json:"partial,omitempty" doc:"The month is not over on the day of the analysis"`
}

// Cohort are those whose first order was in a month.
type Cohort struct {
	Month  string        `json:"month"`
	People int64         `json:"people"`
	Points []CohortPoint `json:"points" doc:"A point for each month up to that of the analysis; later months are not known yet"`
}

// Cohorts are customers by the month of their first order (コホート分析).
type Cohorts struct {
	Basis
	Cohorts []Cohort `json:"cohorts"`
	// All is the share over all cohorts of which a month is known in full.
	All []CohortPoint `json:"all"`
}

// Cohorts tells which share of those who began in a month ordered in each month after it. Months are those of the
// calendar in the shop's zone. A month that has not come yet has no point, instead of zero; the month under way is
// marked. In month 0 everybody ordered.
func (a *Analyses) Cohorts(ctx context.Context, asOf string) (Cohorts, error) {
	p, basis, err := a.whole(ctx, asOf)
	if err != nil {
		return Cohorts{}, err
	}
	cells, err := a.buyers.Cohorts(ctx, p)
	if err != nil {
		return Cohorts{}, err
	}
	r := Cohorts{Basis: basis, Cohorts: []Cohort{}}
	byMonth := make(map[Month]map[int64]CohortMonth)
	for _, c := range cells {
		if byMonth[c.Month] == nil {
			byMonth[c.Month] = make(map[int64]CohortMonth)
		}
		byMonth[c.Month][c.Later] = c
	}
	last := p.To.Month()
	partial := p.To+1 < (last + 1).First()
	type total struct{ people, base, spend int64 }
	var totals []total
	for month := range byMonth {
		cohort := Cohort{Month: month.String(), People: byMonth[month][0].People}
		var spend int64
		for later := int64(0); month+Month(later) <= last; later++ {
			cell := byMonth[month][later]
			spend += cell.Spend
			point := CohortPoint{
				Later: later, People: cell.People, Share: wilson(cell.People, cohort.People), Spend: cell.Spend,
				Average: share(spend, cohort.People), Partial: partial && month+Month(later) == last,
			}
			cohort.Points = append(cohort.Points, point)
			if point.Partial {
				continue
			}
			for int(later) >= len(totals) {
				totals = append(totals, total{})
			}
			t := &totals[later]
			t.people, t.base, t.spend = t.people+cell.People, t.base+cohort.People, t.spend+cell.Spend
		}
		r.Cohorts = append(r.Cohorts, cohort)
	}
	slices.SortFunc(r.Cohorts, func(x, y Cohort) int { return cmp.Compare(x.Month, y.Month) })
	average := 0.0
	for later, t := range totals {
		average += share(t.spend, t.base)
		r.All = append(r.All, CohortPoint{Later: int64(later), People: t.people, Share: wilson(t.people, t.base), Spend: t.spend, Average: average})
	}
	return r, nil
}

// RepeatStep is the way from one order to the next: F2 is that from the first to the second.
type RepeatStep struct {
	Step string `json:"step" doc:"F2 is the second order"`
	// People placed the order before, Came the next one by the day of the analysis.
	People int64 `json:"people"`
	Came   int64 `json:"came"`
	// Median is by when half of all had come, with the days on which the interval's ends cross a half; missing when
	// fewer than half do.
	Median     *int64 `json:"median,omitempty"`
	MedianLow  *int64 `json:"median_low,omitempty"`
	MedianHigh *int64 `json:"median_high,omitempty"`
	// MedianOfCame is the median of the days of those who came, which is too low while others still will.
	MedianOfCame *int64       `json:"median_of_came,omitempty"`
	Rates        []RepeatRate `json:"rates"`
	Curve        []CurvePoint `json:"curve"`
}

// RepeatRate is the share who came within so many days.
type RepeatRate struct {
	Days int64 `json:"days"`
	Interval
}

// Repeat tells who comes again, and when (F2転換).
type Repeat struct {
	Basis
	Steps []RepeatStep `json:"steps"`
}

// repeatDays are the days of which rates are told.
var repeatDays = []int64{30, 60, 90, 180, 365, 730}

// repeatSteps is how many orders after the first are looked at.
const repeatSteps = 3

// Repeat tells which share of those with an order places the next, and after how many days. Who has not ordered again
// by the day of the analysis may still do so, and counts as censored (Kaplan-Meier). Every order counts, so a second
// order on the day of the first is one after 0 days. A rate is told for days that somebody was watched for.
func (a *Analyses) Repeat(ctx context.Context, asOf string) (Repeat, error) {
	p, basis, err := a.whole(ctx, asOf)
	if err != nil {
		return Repeat{}, err
	}
	r := Repeat{Basis: basis}
	for number := 1; number <= repeatSteps; number++ {
		waits, err := a.buyers.Waits(ctx, p, number)
		if err != nil {
			return Repeat{}, err
		}
		r.Steps = append(r.Steps, repeatStep(stepName(number+1), waits))
	}
	return r, nil
}

// stepName is what an order with a number is called: F2 is the second.
func stepName(number int) string { return "F" + itoa(number) }

func repeatStep(name string, waits []Wait) RepeatStep {
	s := RepeatStep{Step: name, Curve: curve(waits), Rates: []RepeatRate{}}
	longest := int64(-1)
	var came []Wait
	for _, w := range waits {
		s.People += w.Count
		longest = max(longest, w.Days)
		if w.Came {
			s.Came += w.Count
			came = append(came, w)
		}
	}
	s.Median, s.MedianLow, s.MedianHigh = reaches(s.Curve, estimate, 0.5), reaches(s.Curve, upper, 0.5), reaches(s.Curve, lower, 0.5)
	s.MedianOfCame = reaches(curve(came), estimate, 0.5)
	for _, days := range repeatDays {
		if days <= longest {
			s.Rates = append(s.Rates, RepeatRate{days, at(s.Curve, days)})
		}
	}
	return s
}
