package query

import (
	"math"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Measurable is a leaf that measures something about a customer and tests the result: [Event] or [Order]. Without its test
// it is a measure: what features of a shop's own are defined by.
//
//	{"version": 1, "measure": {"type": "order", "state": "kept", "measure": "revenue", "currency": "JPY"}}
type Measurable interface {
	Condition
	// With returns the leaf with another test.
	With(is Test) Condition
	// measured goes over the members but the test.
	measured(c coder)
	// known is the condition that there is a result of a type.
	known(of Type) Condition
	// result is the type and unit of what is measured.
	result(schema Schema) (Type, string)
}

var (
	_ Measurable = (*Event)(nil)
	_ Measurable = (*Order)(nil)
)

// With implements [Measurable].
func (e *Event) With(is Test) Condition {
	asked := *e
	asked.Is = is
	return &asked
}

// With implements [Measurable].
func (o *Order) With(is Test) Condition {
	asked := *o
	asked.Is = is
	return &asked
}

// ParseMeasure reads the definition of a measure. Like [Parse] it checks the form only, and returns [Faults].
func ParseMeasure(data []byte) (Measurable, error) {
	var m Measurable
	err := parse(data, func(r *reader) { measure(r, &m) })
	if err != nil {
		return nil, err
	}
	return m, nil
}

// EncodeMeasure returns the canonical form of a measure's definition.
func EncodeMeasure(m Measurable) []byte {
	m = Normalise(m).(Measurable)
	return encode(func(w *writer) { measure(w, &m) })
}

// measureName is the member of a definition that has the measure.
const measureName = "measure"

// measure goes over a measure.
func measure(c coder, m *Measurable) {
	c.member(measureName, required, true, func(c coder) {
		kind := ""
		if *m != nil {
			kind = (*m).kind()
		}
		c.choice("type", &kind, func(kind string) bool { return nodes[kind] != nil && isMeasurable(nodes[kind]()) })
		if kind == "" {
			return // without a type the rest means nothing
		}
		if *m == nil {
			*m = nodes[kind]().(Measurable)
		}
		(*m).measured(c)
	})
}

func isMeasurable(c Condition) bool {
	_, ok := c.(Measurable)
	return ok
}

// ValidateMeasure checks that everything a measure refers to exists, and that it gives a number, an instant, a text or a
// yes or no. It returns [Faults].
func ValidateMeasure(m Measurable, schema Schema) error {
	v := &validation{schema: schema}
	path := "/" + measureName
	switch n := m.(type) {
	case *Event:
		if t := v.eventMeasure(path, n, 1); (n.Measure == FirstValue || n.Measure == LastValue) && t == TypeTexts {
			v.faults.add(hitori.NewError(hitori.Invalid, "query_measure_list").At(below(path, "property")))
		}
	case *Order:
		v.orderMeasure(path, n, 1)
	}
	if v.nodes > MaxNodes {
		v.faults = append(Faults{hitori.NewError(hitori.Invalid, "query_too_many", "limit", MaxNodes).At(path)}, v.faults...)
	}
	return v.faults.err()
}

// ResultOf returns the type and the unit of what a valid measure gives. Instants have the type [TypeTime].
func ResultOf(m Measurable, schema Schema) (Type, string) { return m.result(schema) }

func (e *Event) result(schema Schema) (Type, string) {
	property, _ := schema.Lookup(Ref{Kind: RefProperty, Name: e.Property, Of: e.Ref().String()})
	switch e.Measure {
	case Count:
		return TypeInteger, UnitTimes
	case DistinctCount:
		return TypeInteger, UnitPieces
	case FirstTime, LastTime:
		return TypeTime, ""
	case FirstValue, LastValue:
		return property.Type, property.Unit
	}
	return TypeNumber, property.Unit
}

func (o *Order) result(Schema) (Type, string) {
	switch o.Measure {
	case Count:
		return TypeInteger, UnitTimes
	case FirstTime, LastTime:
		return TypeTime, ""
	case Quantity:
		return TypeNumber, UnitPieces
	}
	return TypeNumber, string(o.Currency)
}

// Always reports whether a measure has a result for everybody: 0 for those of whom there is nothing to measure.
func Always(m Measurable) bool {
	switch n := m.(type) {
	case *Event:
		return slices.Contains([]Measure{Count, Sum, DistinctCount}, n.Measure)
	case *Order:
		return !slices.Contains([]Measure{Average, FirstTime, LastTime}, n.Measure)
	}
	return false
}

// everybody is met by all customers.
func everybody() Condition { return &Level{OneOf: slices.Clone(levels)} }

func (e *Event) known(of Type) Condition {
	switch {
	case Always(e):
		return everybody()
	case e.Measure == FirstTime || e.Measure == LastTime:
		asked := *e
		asked.Measure, asked.Is = Count, Test{Op: AtLeast, Number: 1}
		return &asked
	case of == TypeText:
		return e.With(Test{Op: HasText})
	case of == TypeDate || of == TypeTime:
		return e.With(Test{Op: Since, From: Date{0, time.January, 1}}) // nothing earlier can be written
	case of == TypeBoolean:
		return &Any{[]Condition{e.With(Test{Op: IsTrue}), e.With(Test{Op: IsFalse})}}
	}
	return e.With(Test{Op: Between, Min: -math.MaxFloat64, Max: math.MaxFloat64})
}

func (o *Order) known(Type) Condition {
	if Always(o) {
		return everybody()
	}
	asked := *o // the currency stays: only those orders are averaged
	asked.Measure, asked.Is = Count, Test{Op: AtLeast, Number: 1}
	return &asked
}

// Expand puts what features mean into their places: those that are defined by a measure are tested where they are measured.
// defined returns the measure and the type of its result, and nil for features that are computed elsewhere. Neither evaluation nor compilation knows features of
// the first kind, so this comes before both. The condition itself stays as it is; without such features it is returned.
func Expand(c Condition, defined func(name string) (Measurable, Type)) Condition {
	switch n := c.(type) {
	case *All:
		if of, changed := expandEach(n.Of, defined); changed {
			return &All{of}
		}
	case *Any:
		if of, changed := expandEach(n.Of, defined); changed {
			return &Any{of}
		}
	case *Not:
		if of := Expand(n.Of, defined); of != n.Of {
			return &Not{of}
		}
	case *Feature:
		m, t := defined(n.Name)
		switch {
		case m == nil:
		case n.Is.Op == Known:
			return m.known(t)
		default:
			return m.With(n.Is)
		}
	}
	return c
}

func expandEach(of []Condition, defined func(name string) (Measurable, Type)) (expanded []Condition, changed bool) {
	expanded = make([]Condition, len(of))
	for i, c := range of {
		expanded[i] = Expand(c, defined)
		changed = changed || expanded[i] != c
	}
	return expanded, changed
}

// MeasureSentence says in words what a measure gives; see [Sentence].
func MeasureSentence(m Measurable, schema Schema, texts Texts) string {
	t := newTeller(schema, texts)
	switch n := Normalise(m).(type) {
	case *Event:
		said, _ := t.eventMeasure(n)
		return said
	case *Order:
		if n.Measure == Count {
			return t.orderMeasure("number", n)
		}
		return t.orderMeasure(string(n.Measure), n)
	}
	return ""
}

// Value returns what a measure gives for a customer at an instant: a float64 (instants in milliseconds since 1970, amounts
// in major units), a string or a bool; nil when there is nothing to tell.
func Value(m Measurable, s Subject, now time.Time, location *time.Location) any {
	e := newEvaluation(s, now, location)
	switch n := m.(type) {
	case *Event:
		return e.measured(n).told()
	case *Order:
		return e.orders(n).told()
	}
	return nil
}

// told is what was measured as [Value] returns it.
func (t *tally) told() any {
	switch {
	case t.measure == FirstTime || t.measure == LastTime:
		return instantOrNone(t.count, t.at)
	case t.measure == FirstValue || t.measure == LastValue:
		return plainValue(t.value)
	}
	return numberOrNone(t.result())
}

func (t *orderTally) told() any {
	if t.order.Measure == FirstTime || t.order.Measure == LastTime {
		return instantOrNone(t.count, t.at)
	}
	return numberOrNone(t.result() / math.Pow10(t.order.decimals()))
}

func instantOrNone(count, ms int64) any {
	if count == 0 {
		return nil
	}
	return float64(ms)
}

func numberOrNone(number float64) any {
	if math.IsNaN(number) {
		return nil
	}
	return number
}

// plainValue is a JSON text, number or boolean as Go has it; nothing for the empty text and all else.
func plainValue(v hitori.JSON) any {
	switch v.Type() {
	case hitori.JSONString:
		if text := v.Text(); text != "" {
			return text
		}
	case hitori.JSONBoolean:
		return v.Text() == "true"
	case hitori.JSONNumber:
		if number, ok := numberOf(v); ok {
			return number
		}
	}
	return nil
}
