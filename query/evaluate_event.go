package query

import (
	"math"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// matches reports whether an event is one of those selected.
func (e *evaluation) matches(s *Events, event *hitori.Stamped) bool {
	switch {
	case s.Name != "":
		if event.Type != hitori.Track || event.Name != s.Name {
			return false
		}
	case s.Call != "":
		if event.Type.String() != s.Call {
			return false
		}
	case event.Kind.String() != s.Kind:
		return false
	}
	if s.Where == nil {
		return true
	}
	e.coarse = true
	met := where(s.Where, func(p *Property) bool {
		return e.anyProperty(event, p.Name, func(v hitori.JSON) bool { return e.test(&p.Is, v) })
	})
	e.coarse = false
	return met
}

// anyProperty calls f for the values of a property until one call returns true.
func (e *evaluation) anyProperty(event *hitori.Stamped, name string, f func(hitori.JSON) bool) bool {
	if path, ok := strings.CutPrefix(name, "properties."); ok {
		first, rest, more := strings.Cut(path, ".")
		name, list := strings.CutSuffix(first, "[]")
		return anyIn(e.property(event, name), list, rest, more, f)
	}
	if path, ok := strings.CutPrefix(name, "context."); ok {
		return anyAt(event.Context, path, f)
	}
	return name == "name" && event.Name != "" && f(quoted(event.Name))
}

// property returns a property of an event. The properties of the latest event asked for are
// kept, since most conditions ask for several. Subjects may use one place in memory for all events,
// so the event's place on the log is looked at too.
func (e *evaluation) property(event *hitori.Stamped, name string) (value hitori.JSON) {
	if e.read != event || e.readAt != event.Position {
		e.read, e.readAt, e.names, e.values = event, event.Position, e.names[:0], e.values[:0]
		for name, value := range event.Properties.Members() {
			e.names, e.values = append(e.names, name), append(e.values, value)
		}
	}
	if i := slices.Index(e.names, name); i >= 0 { // of two with a name the first one counts
		return e.values[i]
	}
	return ""
}

func quoted(text string) hitori.JSON {
	quoted, _ := jsontext.AppendQuote(nil, text) // bad UTF-8 is replaced
	return hitori.JSON(quoted)
}

// ahead notes an event that has not happened yet: with it, everything may change.
func (e *evaluation) ahead(event *hitori.Stamped) bool {
	ms := event.Time.UnixMilli()
	if ms > e.now {
		e.changes(ms)
		return true
	}
	return false
}

// event measures the selected events and tests the result.
func (e *evaluation) event(n *Event) bool {
	tally := e.measured(n)
	switch value := tally.result(); {
	case n.Measure == FirstTime || n.Measure == LastTime:
		return tally.count > 0 && e.testInstant(&n.Is, tally.at)
	case n.Measure == FirstValue || n.Measure == LastValue:
		return tally.count > 0 && e.test(&n.Is, tally.value)
	default:
		return !math.IsNaN(value) && n.Is.Accepts(value)
	}
}

// measured measures the selected events.
func (e *evaluation) measured(n *Event) *tally {
	tally := &tally{measure: n.Measure}
	if side, ok := e.relative(n.Relative); ok {
		e.tally(n, &side, tally)
	}
	return tally
}

// tally takes the selected events within the window into account, and notes when one will
// leave or enter it.
func (e *evaluation) tally(n *Event, side *side, tally *tally) {
	span, _ := e.span(n.Window)
	leaves, enters := true, true // of those that will, the oldest goes first
	for event := range e.Events([]Ref{n.Ref()}) {
		if e.ahead(event) {
			return
		}
		ms := event.Time.UnixMilli()
		if ms < span.From || !side.contains(ms, event.Position) || !e.matches(&n.Events, event) {
			continue
		}
		if ms >= span.To {
			if enters {
				e.passes(n.Window, ms)
				enters = false
			}
			continue
		}
		if leaves {
			e.passes(n.Window, ms)
			leaves = false
		}
		if n.Property == "" {
			tally.add(ms, "")
			continue
		}
		e.anyProperty(event, n.Property, func(v hitori.JSON) bool { tally.add(ms, v); return false })
	}
}

// place is where an event stands among those of a customer.
type place struct {
	ms       int64
	position hitori.Position
}

func (p place) before(o place) bool { return p.ms < o.ms || p.ms == o.ms && p.position < o.position }

// side is the run of events that lie after or before an anchor. From and to are exclusive.
type side struct{ from, to place }

var anywhere = side{place{math.MinInt64, math.MinInt64}, place{math.MaxInt64, math.MaxInt64}}

func (s *side) contains(ms int64, position hitori.Position) bool {
	p := place{ms, position}
	return s.from.before(p) && p.before(s.to)
}

// relative finds the anchor and returns the events beside it. It reports false when there is
// no anchor: then no event lies beside it.
func (e *evaluation) relative(r *Relative) (side, bool) {
	s := anywhere
	if r == nil {
		return s, true
	}
	anchor, found := place{}, false
	for event := range e.Events([]Ref{r.Anchor.Ref()}) {
		if e.ahead(event) {
			break
		}
		if e.matches(&r.Anchor, event) {
			anchor, found = place{event.Time.UnixMilli(), event.Position}, true
			if r.Which == "first" {
				break
			}
		}
	}
	if r.Side == "after" {
		s.from = anchor
		if found && r.Within != nil {
			s.to = place{e.after(anchor.ms, *r.Within), math.MaxInt64}
		}
	} else {
		s.to = anchor
		if found && r.Within != nil {
			s.from = place{e.before(anchor.ms, *r.Within), math.MinInt64}
		}
	}
	return s, found
}

// tally adds up what is measured.
type tally struct {
	measure  Measure
	count    int64 // of events, or of values that are numbers where those are measured
	sum      int64 // in ten-thousandths
	min, max float64
	distinct map[string]struct{}
	at       int64
	value    hitori.JSON
}

func (t *tally) add(ms int64, v hitori.JSON) {
	switch t.measure {
	case FirstTime:
		if t.count == 0 {
			t.at = ms
		}
	case LastTime:
		t.at = ms
	case FirstValue, LastValue:
		if isNull(v) {
			return
		}
		if t.count == 0 || t.measure == LastValue {
			t.value = v
		}
	case DistinctCount:
		if text := v.Text(); v.Type() == hitori.JSONString && text != "" {
			if t.distinct == nil {
				t.distinct = make(map[string]struct{})
			}
			t.distinct[text] = struct{}{}
		}
	case Sum, Average, Min, Max:
		number, ok := numberOf(v)
		units, fits := fixed(number)
		if !ok || !fits {
			return
		}
		t.sum += units
		if t.count == 0 || number < t.min {
			t.min = number
		}
		if t.count == 0 || number > t.max {
			t.max = number
		}
	}
	t.count++
}

// result is the number that was measured, and not a number when there is none.
func (t *tally) result() float64 {
	switch t.measure {
	case Count:
		return float64(t.count)
	case DistinctCount:
		return float64(len(t.distinct))
	case Sum:
		return float64(t.sum) / tenThousandths
	}
	if t.count == 0 {
		return math.NaN()
	}
	switch t.measure {
	case Min:
		return t.min
	case Max:
		return t.max
	case Average:
		return float64(t.sum) / float64(t.count) / tenThousandths
	}
	return math.NaN()
}
