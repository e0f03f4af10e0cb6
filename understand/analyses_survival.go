package understand

import (
	"cmp"
	"math"
	"slices"
)

// Wait is how many waited so many days: until what they waited for came, or, when it did not, until the day of the
// analysis.
type Wait struct {
	Days  int64
	Came  bool
	Count int64
}

// CurvePoint is the share of those who had come after so many days, with its interval.
type CurvePoint struct {
	Days int64 `json:"days"`
	Interval
	// AtRisk is of how many it was not yet known on that day whether they would come later: who neither came nor was
	// out of sight before it.
	AtRisk int64 `json:"at_risk"`
}

// curve is the share of those who come, by days, as one that rises from zero: 1 - S(t) with the product-limit
// estimator S of Kaplan and Meier (1958, "Nonparametric estimation from incomplete observations"). Who is out of
// sight after t days counts as waiting on day t. There is a point for every day on which somebody came.
//
// The variance is Greenwood's (1926); the interval is made for log(-log S), so that it stays within 0 and 1
// (Kalbfleisch and Prentice 1980, section 1.3). On a day from which on nobody is left it is not defined, and the interval of
// the day before is kept.
func curve(waits []Wait) []CurvePoint {
	waits = slices.Clone(waits)
	slices.SortFunc(waits, func(a, b Wait) int { return cmp.Compare(a.Days, b.Days) })
	var atRisk int64
	for _, w := range waits {
		atRisk += w.Count
	}
	var points []CurvePoint
	surviving, greenwood := 1.0, 0.0
	last := CurvePoint{}
	for i := 0; i < len(waits); {
		days := waits[i].Days
		var came, gone int64
		for ; i < len(waits) && waits[i].Days == days; i++ {
			if waits[i].Came {
				came += waits[i].Count
			} else {
				gone += waits[i].Count
			}
		}
		if came > 0 {
			surviving *= 1 - float64(came)/float64(atRisk)
			point := CurvePoint{Days: days, AtRisk: atRisk, Interval: Interval{Estimate: 1 - surviving, Low: last.Low, High: 1}}
			if came < atRisk {
				greenwood += float64(came) / (float64(atRisk) * float64(atRisk-came))
				point.Low, point.High = logLog(surviving, greenwood)
			}
			points = append(points, point)
			last = point
		}
		atRisk -= came + gone
	}
	return points
}

// logLog is the interval of 1 - S.
func logLog(s, greenwood float64) (low, high float64) {
	spread := z * math.Sqrt(greenwood) / math.Abs(math.Log(s))
	return 1 - math.Pow(s, math.Exp(-spread)), 1 - math.Pow(s, math.Exp(spread))
}

// at is the curve after so many days.
func at(points []CurvePoint, days int64) Interval {
	i, exact := slices.BinarySearchFunc(points, days, func(p CurvePoint, d int64) int { return cmp.Compare(p.Days, d) })
	if !exact {
		i--
	}
	if i < 0 {
		return Interval{}
	}
	return points[i].Interval
}

// reaches is the first day on which a value of the curve is at least so much; nil when it never is.
func reaches(points []CurvePoint, of func(*CurvePoint) float64, much float64) *int64 {
	for i := range points {
		if of(&points[i]) >= much-1e-12 { // a product of shares misses a half by a bit
			days := points[i].Days
			return &days
		}
	}
	return nil
}

func estimate(p *CurvePoint) float64 { return p.Estimate }
func lower(p *CurvePoint) float64    { return p.Low }
func upper(p *CurvePoint) float64    { return p.High }
