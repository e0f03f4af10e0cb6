package query

import (
	"slices"
	"time"
)

// Drift is how the answers to a condition change with time alone, for all customers at once.
// [Evaluate] tells it for one.
type Drift struct {
	// Daily says that answers may change when a day of the shop's calendar begins.
	Daily bool
	// Lags are distances behind something that happened at which answers may change: between
	// two evaluations those of customers to whom something happened that long before. A negative
	// one looks ahead, to times that are known beforehand.
	Lags []time.Duration
}

// DriftOf returns how the answers to a condition change with time alone. What it depends on
// (features, other segments) may drift too.
func DriftOf(c Condition) Drift {
	var d Drift
	walk(root, c, func(_ string, c Condition) {
		switch n := c.(type) {
		case *Trait:
			d.tests(&n.Is)
		case *Feature:
			d.tests(&n.Is)
		case *Property:
			d.tests(&n.Is)
		case *Answer:
			d.tests(n.Window, &n.Is)
		case *Event:
			d.tests(n.Window, &n.Is)
		case *Order:
			d.tests(n.Window, &n.Is)
		case *Segment:
			d.tests(n.Window)
		case *Sequence:
			d.tests(n.Window)
			if last := &n.Steps[len(n.Steps)-1]; last.Absent && last.Within != nil {
				d.distance(*last.Within, 1)
			}
		}
	})
	slices.Sort(d.Lags)
	d.Lags = slices.Compact(d.Lags)
	return d
}

func (d *Drift) tests(all ...*Test) {
	for _, t := range all {
		switch {
		case !t.moves():
		case t.Op == InNext: // it begins before it has come, and is over when it has
			d.distance(t.Duration, -1)
			d.distance(Duration{Unit: t.Unit}, 1)
		default:
			d.distance(t.Duration, 1)
		}
	}
}

func (d *Drift) distance(distance Duration, sign time.Duration) {
	if exact, ok := distance.Exact(); ok {
		d.Lags = append(d.Lags, sign*exact)
	} else {
		d.Daily = true
	}
}

// moves reports whether what the test accepts changes with time.
func (t *Test) moves() bool {
	if t == nil {
		return false
	}
	switch t.Op {
	case InLast, InNext, BeforeLast, DaysAgo, InPeriod, Anniversary, AnniversaryMonth, Age:
		return true
	}
	return false
}
