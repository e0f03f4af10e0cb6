package query

import (
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// The limits of a condition.
const (
	MaxDepth = 10  // of nodes within nodes
	MaxNodes = 500 // counting groups, leaves and properties
	MaxSteps = 5   // of a sequence
)

// Validate checks that everything a condition refers to exists, that every test fits the
// type of what it tests, and that it can be met. It returns [Faults].
func Validate(c Condition, schema Schema) error {
	v := &validation{schema: schema}
	v.condition(root, c, nil, 1)
	if v.nodes > MaxNodes {
		v.faults = append(Faults{hitori.NewError(hitori.Invalid, "query_too_many", "limit", MaxNodes).At(root)}, v.faults...)
	}
	return v.faults.err()
}

type validation struct {
	schema Schema
	faults Faults
	nodes  int
}

// properties looks up what a property inside a where is; it is nil outside.
type properties func(path, name string) (Type, bool)

func (v *validation) condition(path string, c Condition, inside properties, depth int) {
	v.nodes++
	switch {
	case c == nil:
		v.faults.add(hitori.NewError(hitori.Invalid, "query_missing", "name", "where").At(path))
		return
	case depth > MaxDepth:
		v.faults.add(hitori.NewError(hitori.Invalid, "query_too_deep", "limit", MaxDepth).At(path))
		return
	case v.nodes > MaxNodes:
		return
	}
	switch n := c.(type) {
	case *All, *Any:
		v.group(path, children(c), inside, depth)
		return
	case *Not:
		v.condition(below(path, "of"), n.Of, inside, depth+1)
		return
	}
	property, isProperty := c.(*Property)
	if isProperty != (inside != nil) {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_place", "type", c.kind()).At(below(path, "type")))
		return
	}
	if !isProperty {
		v.leaf(path, c, depth)
		return
	}
	if t, ok := inside(below(path, "name"), property.Name); ok {
		v.test(below(path, "is"), &property.Is, t)
	}
}

func (v *validation) group(path string, of []Condition, inside properties, depth int) {
	if len(of) == 0 {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_group_empty").At(below(path, "of")))
	}
	for i, c := range of {
		v.condition(item(below(path, "of"), i), c, inside, depth+1)
	}
}

func (v *validation) leaf(path string, c Condition, depth int) {
	switch n := c.(type) {
	case *Trait:
		v.named(path, Ref{Kind: RefTrait, Name: n.Name}, &n.Is)
	case *Feature:
		v.named(path, Ref{Kind: RefFeature, Name: n.Name}, &n.Is)
	case *Identifier:
		v.lookup(below(path, "kind"), Ref{Kind: RefIdentifier, Name: string(n.Kind)})
	case *Consent:
		v.lookup(below(path, "channel"), Ref{Kind: RefChannel, Name: n.Channel})
		v.lookup(below(path, "purpose"), Ref{Kind: RefPurpose, Name: n.Purpose})
		chosen(v, below(path, "state"), n.State, consentStates)
	case *Level:
		v.levels(below(path, "one_of"), n.OneOf)
	case *Event:
		v.event(path, n, depth)
	case *Sequence:
		v.sequence(path, n, depth)
	case *Order:
		v.order(path, n, depth)
	case *Answer:
		v.answer(path, n)
	case *Segment:
		v.segment(path, n)
	case *List:
		v.lookup(below(path, "id"), Ref{Kind: RefList, Name: n.ID})
	}
}

// named checks a leaf that tests a value with a name.
func (v *validation) named(path string, ref Ref, is *Test) {
	if field, ok := v.lookup(below(path, "name"), ref); ok {
		v.test(below(path, "is"), is, field.Type)
	}
}

func (v *validation) lookup(path string, ref Ref) (Field, bool) {
	field, ok := v.schema.Lookup(ref)
	if !ok {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_reference_unknown", "name", ref.Name).At(path))
	}
	return field, ok
}

func chosen[T ~string](v *validation, path string, value T, of []T) {
	if !slices.Contains(of, value) {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_choice", "value", value).At(path))
	}
}

var levels = []string{"member", "lead", "visitor"}

func (v *validation) levels(path string, of []string) {
	v.texts(path, of)
	for i, level := range of {
		chosen(v, item(path, i), level, levels)
	}
}

// events checks what is selected, and returns what its properties are.
func (v *validation) events(path string, e *Events, depth int) properties {
	given := slices.DeleteFunc([]string{e.Name, e.Call, e.Kind}, func(name string) bool { return name == "" })
	if len(given) != 1 {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_events").At(path))
		return nil
	}
	ref := e.Ref()
	if _, ok := v.lookup(below(path, string(ref.Kind)), ref); !ok {
		return nil
	}
	inside := func(path, name string) (Type, bool) {
		field, ok := v.lookup(path, Ref{Kind: RefProperty, Name: name, Of: ref.String()})
		return field.Type, ok
	}
	if e.Where != nil {
		v.condition(below(path, "where"), e.Where, inside, depth+1)
	}
	return inside
}

func (v *validation) event(path string, n *Event, depth int) {
	t, is := v.eventMeasure(path, n, depth), below(path, "is")
	switch {
	case t == "":
	case n.Measure == Count || n.Measure == DistinctCount:
		v.count(is, &n.Is)
	default:
		v.test(is, &n.Is, t)
	}
}

// eventMeasure checks what is measured over events, and returns the type of the result; it is empty when that cannot be
// told.
func (v *validation) eventMeasure(path string, n *Event, depth int) Type {
	inside := v.events(path, &n.Events, depth)
	v.window(path, n.Window)
	if r := n.Relative; r != nil {
		path := below(path, "relative")
		chosen(v, below(path, "side"), r.Side, sides)
		chosen(v, below(path, "which"), r.Which, occurrences)
		v.events(below(path, "anchor"), &r.Anchor, depth)
		v.within(path, r.Within)
	}
	chosen(v, below(path, "measure"), n.Measure, eventMeasures)
	if inside == nil {
		return ""
	}
	return v.measured(below(path, "property"), n, inside)
}

// measured checks the property an event is measured by, and returns the type of the result.
func (v *validation) measured(at string, n *Event, inside properties) Type {
	switch n.Measure {
	case Count, FirstTime, LastTime:
		if n.Property != "" {
			v.faults.add(hitori.NewError(hitori.Invalid, "query_property_needless").At(at))
		}
		if n.Measure == Count {
			return TypeInteger
		}
		return TypePast
	}
	if n.Property == "" {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_property_missing").At(at))
		return ""
	}
	t, ok := inside(at, n.Property)
	if !ok {
		return ""
	}
	switch n.Measure {
	case DistinctCount:
		t, ok = TypeInteger, t == TypeText
	case FirstValue, LastValue:
		if strings.Contains(n.Property, "[]") {
			v.faults.add(hitori.NewError(hitori.Invalid, "query_measure_list").At(at))
		}
	default:
		t, ok = TypeNumber, t == TypeNumber || t == TypeInteger
	}
	if !ok {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_measure_property").At(at))
	}
	return t
}

func (v *validation) sequence(path string, n *Sequence, depth int) {
	v.window(path, n.Window)
	at := below(path, "steps")
	if len(n.Steps) < 2 || len(n.Steps) > MaxSteps {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_steps", "limit", MaxSteps).At(at))
	}
	for i := range n.Steps {
		step, path := &n.Steps[i], item(at, i)
		v.events(path, &step.Events, depth)
		v.within(path, step.Within)
		if i == 0 && step.Within != nil {
			v.faults.add(hitori.NewError(hitori.Invalid, "query_within_first").At(below(path, "within")))
		}
		if step.Absent && (i == 0 || i < len(n.Steps)-1) {
			v.faults.add(hitori.NewError(hitori.Invalid, "query_absent_place").At(below(path, "absent")))
		}
	}
}

func (v *validation) order(path string, n *Order, depth int) {
	v.orderMeasure(path, n, depth)
	is := below(path, "is")
	switch n.Measure {
	case Count:
		v.count(is, &n.Is)
	case FirstTime, LastTime:
		v.test(is, &n.Is, TypePast)
	default:
		v.test(is, &n.Is, TypeNumber)
		if n.Is.Op.For(TypeNumber) {
			v.decimals(is, &n.Is, n.decimals())
		}
	}
}

// orderMeasure checks what is measured over orders.
func (v *validation) orderMeasure(path string, n *Order, depth int) {
	chosen(v, below(path, "state"), n.State, orderStates)
	chosen(v, below(path, "measure"), n.Measure, orderMeasures)
	v.window(path, n.Window)
	if n.Where != nil {
		v.condition(below(path, "where"), n.Where, func(path, name string) (Type, bool) {
			field, ok := orderField(name)
			if !ok {
				v.faults.add(hitori.NewError(hitori.Invalid, "query_reference_unknown", "name", name).At(path))
			}
			return field.Type, ok
		}, depth+1)
	}
	if money := n.Measure.money(); money != isCurrency(n.Currency) || !money && n.Currency != "" {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_currency").At(below(path, "currency")))
	}
}

// money reports whether what is measured over orders is an amount.
func (m Measure) money() bool {
	return slices.Contains([]Measure{Revenue, Profit, Average, ItemRevenue}, m)
}

func isCurrency(c hitori.Currency) bool {
	return len(c) == 3 && strings.Trim(string(c), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (v *validation) answer(path string, n *Answer) {
	v.window(path, n.Window)
	field, ok := v.lookup(below(path, "survey"), Ref{Kind: RefSurvey, Name: n.Survey})
	if ok && n.Question != "" {
		field, ok = v.lookup(below(path, "question"), Ref{Kind: RefQuestion, Name: n.Question, Of: n.Survey})
	}
	if ok {
		v.test(below(path, "is"), &n.Is, field.Type)
	}
}

func (v *validation) segment(path string, n *Segment) {
	v.lookup(below(path, "id"), Ref{Kind: RefSegment, Name: n.ID})
	chosen(v, below(path, "state"), n.State, segmentStates)
	if (n.State == SegmentIn) != (n.Window == nil) {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_segment_window").At(below(path, "window")))
	}
	v.window(path, n.Window)
}
