package query

import (
	"math"
	"sort"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Evaluate reports whether a condition holds for a customer at an instant, and until when
// that stays so if nothing new happens and no other statement about the customer changes: the
// zero time means for ever. Just before until the answer is still the same; from then on it
// must be computed again. The condition must be valid.
func Evaluate(c Condition, s Subject, now time.Time, location *time.Location) (met bool, until time.Time) {
	e := newEvaluation(s, now, location)
	met = holds(c, e.leaf)
	if e.until != math.MaxInt64 {
		until = time.UnixMilli(e.until).In(location)
	}
	return met, until
}

func newEvaluation(s Subject, now time.Time, location *time.Location) *evaluation {
	e := &evaluation{Clock: Clock{now, location}, Subject: s, now: now.UnixMilli(), until: math.MaxInt64}
	e.tomorrow = e.Start(e.Today().add(1, Day))
	return e
}

type evaluation struct {
	Clock
	Subject
	now      int64 // this and the others in milliseconds
	tomorrow int64 // the first instant of the next day
	until    int64 // the earliest instant at which anything looked at so far may change
	spans    []testSpan
	// coarse says that the many values of events are being looked at: of a moving window it is
	// then only noted that it moves tomorrow.
	coarse bool
	// read is the event whose properties are at hand.
	read   *hitori.Stamped
	readAt hitori.Position
	names  []string
	values []hitori.JSON
}

// holds evaluates the groups of a tree; leaf tells about what is no group. It may stop early:
// what was not looked at cannot change the answer before what was.
func holds(c Condition, leaf func(Condition) bool) bool {
	switch n := c.(type) {
	case *All:
		for _, inner := range n.Of {
			if !holds(inner, leaf) {
				return false
			}
		}
		return true
	case *Any:
		for _, inner := range n.Of {
			if holds(inner, leaf) {
				return true
			}
		}
		return false
	case *Not:
		return !holds(n.Of, leaf)
	}
	return leaf(c)
}

// where evaluates a tree of properties; no tree holds.
func where(c Condition, leaf func(*Property) bool) bool {
	return c == nil || holds(c, func(c Condition) bool { return leaf(c.(*Property)) })
}

// leaf evaluates a leaf about the customer.
func (e *evaluation) leaf(c Condition) bool {
	switch n := c.(type) {
	case *Trait:
		return e.test(&n.Is, e.Trait(n.Name))
	case *Feature:
		return e.test(&n.Is, e.Feature(n.Name))
	case *Identifier:
		return e.HasIdentifier(n.Kind)
	case *Consent:
		granted, known := e.Consent(n.Channel, n.Purpose)
		return n.State == ConsentUnknown && !known ||
			n.State == ConsentGranted && known && granted || n.State == ConsentWithdrawn && known && !granted
	case *Level:
		return among(e.Level(), n.OneOf)
	case *Segment:
		return e.segment(n)
	case *List:
		return e.OnList(n.ID)
	case *Event:
		return e.event(n)
	case *Answer:
		return e.event(n.Event())
	case *Sequence:
		return e.sequence(n)
	case *Order:
		return e.order(n)
	}
	return false // a property outside a where, which is not valid
}

func (e *evaluation) segment(n *Segment) bool {
	membership := e.Segment(n.ID)
	at := membership.Entered
	switch n.State {
	case SegmentIn:
		return membership.In
	case SegmentLeft:
		at = membership.Left
	}
	return !at.IsZero() && e.testInstant(n.Window, at.UnixMilli())
}

// testInstant tests an instant and notes when the answer changes. An instant that lies ahead
// is taken as any other; events that lie ahead are left out before.
func (e *evaluation) testInstant(t *Test, ms int64) bool {
	if t == nil {
		return true
	}
	span, ok := e.span(t)
	if !ok {
		e.changes(e.tomorrow)
		return t.recurs(e.DayOf(ms), e.Today())
	}
	e.passes(t, ms)
	return span.Contains(ms)
}

// span is the test's span now, computed once.
func (e *evaluation) span(t *Test) (Span, bool) {
	for i := range e.spans {
		if e.spans[i].test == t {
			return e.spans[i].span, e.spans[i].ok
		}
	}
	span, ok := t.Span(e.Clock)
	e.spans = append(e.spans, testSpan{t, span, ok})
	return span, ok
}

type testSpan struct {
	test *Test
	span Span
	ok   bool
}

// changes notes an instant at which something changes.
func (e *evaluation) changes(at int64) {
	if at > e.now {
		e.until = min(e.until, at)
	}
}

// farthest is how many days ahead changes are looked for: 200 years.
const farthest = 200 * 366

// passes notes when the edge of a moving span passes an instant. Spans move forward only, so
// an instant is first ahead, then within, then behind; the day of its next change is searched.
func (e *evaluation) passes(t *Test, ms int64) {
	if !t.moves() {
		return
	}
	if exact, ok := t.Exact(); ok {
		e.passesExactly(t.Op, ms, exact.Milliseconds())
		return
	}
	span, _ := e.span(t)
	if ms < span.From {
		return
	}
	if e.coarse || e.until <= e.tomorrow {
		e.changes(e.tomorrow)
		return
	}
	today := e.Today()
	days := sort.Search(farthest, func(days int) bool {
		start := today.add(days, Day).startOf(e.Location)
		at, _ := t.Span(Clock{start, e.Location})
		if ms >= span.To {
			return ms < at.To
		}
		return ms < at.From
	})
	if days < farthest {
		e.changes(e.Start(today.add(days, Day)))
	}
}

// passesExactly notes both changes of a window of minutes or hours; those that have been are
// passed over.
func (e *evaluation) passesExactly(op Op, ms, distance int64) {
	switch op {
	case InLast:
		e.changes(ms)
		e.changes(ms + distance + 1)
	case BeforeLast:
		e.changes(ms + distance + 1)
	case InNext:
		e.changes(ms - distance)
		e.changes(ms + 1)
	}
}

func among(text string, of []string) bool {
	for _, one := range of {
		if text == one {
			return true
		}
	}
	return false
}

// test tests a value as it stands in JSON. Values of another type than the test is for do
// not meet it, as if they were absent.
func (e *evaluation) test(t *Test, v hitori.JSON) bool {
	if isNull(v) {
		return false
	}
	switch kind := v.Type(); t.Op {
	case Known:
		return kind != hitori.JSONString || v.Text() != ""
	case HasText:
		return kind == hitori.JSONString && v.Text() != ""
	case OneOf, Contains, BeginsWith, EndsWith:
		return kind == hitori.JSONString && t.text(v.Text())
	case Includes:
		for element := range v.Elements() {
			if element.Type() == hitori.JSONString && among(element.Text(), t.Values) {
				return true
			}
		}
		return false
	case Equals, AtLeast, AtMost, MoreThan, LessThan, Between:
		number, ok := numberOf(v)
		return ok && t.Accepts(number)
	case IsTrue:
		return kind == hitori.JSONBoolean && v.Text() == "true"
	case IsFalse:
		return kind == hitori.JSONBoolean && v.Text() == "false"
	}
	ms, ok := e.instantOf(v)
	return ok && e.testInstant(t, ms)
}
