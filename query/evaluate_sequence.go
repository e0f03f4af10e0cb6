package query

import (
	"math"

	"github.com/hitori-cdp/hitori"
)

// sequence looks for a run of events that meets the steps.
func (e *evaluation) sequence(n *Sequence) bool {
	r := newRun(e, n)
	for event := range e.Events(r.refs()) {
		if e.ahead(event) {
			break
		}
		if r.take(event) {
			return true
		}
	}
	return r.absent != nil && r.waiting && e.past(r.deadline)
}

// past reports whether a deadline has passed, and notes when it will.
func (e *evaluation) past(deadline int64) bool {
	if deadline == math.MaxInt64 {
		return true // there was none: what has not followed so far has not followed
	}
	e.changes(deadline + 1)
	return deadline < e.now
}

// run is how far the steps of a sequence have been met by the events so far. For each step
// the latest event that ends a run up to it is enough: whatever follows within the limit of
// an earlier one also follows within the limit of that.
type run struct {
	*evaluation
	window  *Test
	span    Span
	steps   []Step
	absent  *Step
	reached []int64 // for each step but the last: until when the next one may follow
	// A finished run waits for what must not follow, until its deadline; of several, the
	// earliest is enough.
	waiting  bool
	deadline int64
	// noted are the changes of the window: by the first event in it and the first behind it.
	noted [2]bool
}

func newRun(e *evaluation, n *Sequence) *run {
	r := &run{evaluation: e, window: n.Window, steps: n.Steps}
	r.span, _ = e.span(n.Window)
	if last := &n.Steps[len(n.Steps)-1]; last.Absent {
		r.steps, r.absent = n.Steps[:len(n.Steps)-1], last
	}
	r.reached = make([]int64, len(r.steps))
	for i := range r.reached {
		r.reached[i] = math.MinInt64
	}
	return r
}

func (r *run) refs() []Ref {
	var refs []Ref
	for i := range r.steps {
		refs = append(refs, r.steps[i].Ref())
	}
	if r.absent != nil {
		refs = append(refs, r.absent.Ref())
	}
	return refs
}

// take takes the next event and reports whether the sequence is met for good.
func (r *run) take(event *hitori.Stamped) bool {
	ms := event.Time.UnixMilli()
	if r.waiting && r.matches(&r.absent.Events, event) {
		if r.deadline < ms {
			return true // too late
		}
		r.waiting = false
	}
	// From the last step to the first, so that an event counts for one step of a run only.
	for i := len(r.steps) - 1; i >= 0; i-- {
		if i > 0 && r.reached[i-1] < ms || i == 0 && ms < r.span.From || !r.matches(&r.steps[i].Events, event) {
			continue
		}
		if i == 0 && !r.begins(ms) {
			continue
		}
		switch {
		case i < len(r.steps)-1:
			r.reached[i] = r.limit(ms, r.steps[i+1].Within)
		case r.absent == nil:
			return true
		case !r.waiting:
			r.waiting, r.deadline = true, r.limit(ms, r.absent.Within)
		}
	}
	return false
}

// begins reports whether a first step lies in the window.
func (r *run) begins(ms int64) bool {
	behind := 0
	if ms >= r.span.To {
		behind = 1
	}
	if !r.noted[behind] {
		r.passes(r.window, ms)
		r.noted[behind] = true
	}
	return behind == 0
}

// limit is the last millisecond in which the next step may follow.
func (r *run) limit(ms int64, within *Duration) int64 {
	if within == nil {
		return math.MaxInt64
	}
	return r.after(ms, *within)
}
