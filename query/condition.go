package query

import (
	"slices"

	"github.com/hitori-cdp/hitori"
)

// Condition is a node of the tree: a group ([All], [Any], [Not]), a leaf about one customer,
// or, inside a where only, a [Property]. The types of this file are all there are.
type Condition interface {
	// kind is the "type" of the node in JSON.
	kind() string
	// members goes over the node's other members, in their order.
	members(c coder)
}

// nodes makes an empty node of each type.
var nodes = map[string]func() Condition{
	"all": func() Condition { return new(All) }, "any": func() Condition { return new(Any) }, "not": func() Condition { return new(Not) },
	"trait": func() Condition { return new(Trait) }, "identifier": func() Condition { return new(Identifier) },
	"consent": func() Condition { return new(Consent) }, "level": func() Condition { return new(Level) },
	"event": func() Condition { return new(Event) }, "sequence": func() Condition { return new(Sequence) },
	"order": func() Condition { return new(Order) }, "feature": func() Condition { return new(Feature) },
	"answer": func() Condition { return new(Answer) }, "segment": func() Condition { return new(Segment) },
	"list": func() Condition { return new(List) }, "property": func() Condition { return new(Property) },
}

// All holds when every one of its conditions does.
type All struct{ Of []Condition }

// Any holds when at least one of its conditions does.
type Any struct{ Of []Condition }

// Not holds exactly when its condition does not, also where that has nothing to look at.
type Not struct{ Of Condition }

// Trait tests what is known about the customer under a name.
type Trait struct {
	Name string
	Is   Test
}

// Identifier holds for customers who have a trusted identifier of a kind.
type Identifier struct{ Kind hitori.IdentifierKind }

// Consent holds for customers whose latest statement for channel and purpose is this one.
type Consent struct {
	Channel, Purpose string
	State            ConsentState
}

// ConsentState is what a customer said about being contacted.
type ConsentState string

var consentStates = []ConsentState{ConsentGranted, ConsentWithdrawn, ConsentUnknown}

// The states of a consent. ConsentUnknown is that nothing was ever said.
const (
	ConsentGranted   ConsentState = "granted"
	ConsentWithdrawn ConsentState = "withdrawn"
	ConsentUnknown   ConsentState = "unknown"
)

// Level holds for customers who are known as well as one of the levels says: "member",
// "lead" or "visitor".
type Level struct{ OneOf []string }

// Events selects events of a customer: by exactly one of Name, Call and Kind, and by what
// their properties say.
type Events struct {
	// Name is the event of a track call.
	Name string
	// Call is "page" or "screen", whose names are the property "name".
	Call string
	// Kind is the name of a hitori.Kind.
	Kind string
	// Where is a tree whose leaves are properties; nil takes all.
	Where Condition
}

// Event measures the selected events of a customer and tests the result.
type Event struct {
	Events
	// Window says when the events happened; nil is ever.
	Window *Test
	// Relative says where they lie from another event; nil is anywhere.
	Relative *Relative
	Measure  Measure
	// Property is what is measured; empty for [Count], [FirstTime] and [LastTime].
	Property string
	Is       Test
}

// Relative places events after or before another one, the anchor.
type Relative struct {
	Side   string // "after" or "before"
	Which  string // "first" or "last" of the anchor's events
	Anchor Events
	// Within is how far at most; nil is any distance.
	Within *Duration
}

var sides, occurrences = []string{"after", "before"}, []string{"first", "last"}

// Measure is what is computed over events or orders.
type Measure string

// The measures.
const (
	Count         Measure = "count"
	Sum           Measure = "sum"
	Min           Measure = "min"
	Max           Measure = "max"
	Average       Measure = "average" // of orders: revenue by order (平均購入単価)
	DistinctCount Measure = "distinct_count"
	FirstTime     Measure = "first_time"
	LastTime      Measure = "last_time"
	FirstValue    Measure = "first_value"
	LastValue     Measure = "last_value"
	Revenue       Measure = "revenue"      // of orders: what remains after refunds
	Profit        Measure = "profit"       // of orders whose cost is known: revenue less cost (粗利)
	Quantity      Measure = "quantity"     // of orders: pieces in the matching lines
	ItemRevenue   Measure = "item_revenue" // of orders: price times quantity of the matching lines
)

var (
	eventMeasures = []Measure{Count, Sum, Min, Max, Average, DistinctCount, FirstTime, LastTime, FirstValue, LastValue}
	orderMeasures = []Measure{Count, Revenue, Profit, Average, Quantity, ItemRevenue, FirstTime, LastTime}
)

// EventMeasures lists what can be measured over events, in the order to show it.
func EventMeasures() []Measure { return slices.Clone(eventMeasures) }

// OrderMeasures lists what can be measured over orders, in the order to show it.
func OrderMeasures() []Measure { return slices.Clone(orderMeasures) }

// Sequence holds when the customer did the steps one after the other, each within its limit
// after the one before. The last step may be one that did not follow.
type Sequence struct {
	// Window says when the first step happened; nil is ever.
	Window *Test
	Steps  []Step
}

// Step is one step of a sequence.
type Step struct {
	Events
	// Within is how long after the step before at most; nil is any time.
	Within *Duration
	// Absent says that no such event followed; the last step only.
	Absent bool
}

// Order measures the orders of a customer, folded as [hitori.Orders] does, and tests the
// result.
type Order struct {
	State  OrderState
	Where  Condition // a tree of properties named by [OrderFields]; nil takes all
	Window *Test     // when the order was placed; nil is ever
	// Currency is that of the amounts; orders in another are left out. Money only.
	Currency hitori.Currency
	Measure  Measure
	Is       Test
}

// OrderState says which orders are meant.
type OrderState string

var orderStates = []OrderState{OrderKept, OrderReturned, OrderCancelled, OrderAll}

// The states of orders.
const (
	OrderKept      OrderState = "kept"      // all but cancelled ones
	OrderReturned  OrderState = "returned"  // not cancelled, and something was given back
	OrderCancelled OrderState = "cancelled" //
	OrderAll       OrderState = "all"
)

// Feature tests a computed value about the customer: a feature or a score.
type Feature struct {
	Name string
	Is   Test
}

// Answer tests the customer's latest answer to a survey: its score by a test of numbers, its
// words by a test of texts, that there is one by [Known].
type Answer struct {
	Survey   string
	Question string // empty for a survey of one question
	Window   *Test  // when it was given; nil is ever
	Is       Test
}

// Segment holds for customers who are in a segment now, or whose latest entry or exit lies
// in a window.
type Segment struct {
	ID     string
	State  SegmentState
	Window *Test // for entered and left only
}

// SegmentState is how a customer relates to a segment.
type SegmentState string

var segmentStates = []SegmentState{SegmentIn, SegmentEntered, SegmentLeft}

// The states of segments.
const (
	SegmentIn      SegmentState = "in"
	SegmentEntered SegmentState = "entered"
	SegmentLeft    SegmentState = "left"
)

// List holds for customers who are on a static list.
type List struct{ ID string }

// Property tests one property of an event, or one field of an order, inside a where.
type Property struct {
	Name string
	Is   Test
}

func (*All) kind() string        { return "all" }
func (*Any) kind() string        { return "any" }
func (*Not) kind() string        { return "not" }
func (*Trait) kind() string      { return "trait" }
func (*Identifier) kind() string { return "identifier" }
func (*Consent) kind() string    { return "consent" }
func (*Level) kind() string      { return "level" }
func (*Event) kind() string      { return "event" }
func (*Sequence) kind() string   { return "sequence" }
func (*Order) kind() string      { return "order" }
func (*Feature) kind() string    { return "feature" }
func (*Answer) kind() string     { return "answer" }
func (*Segment) kind() string    { return "segment" }
func (*List) kind() string       { return "list" }
func (*Property) kind() string   { return "property" }

// children are the conditions of an all or any.
func children(c Condition) []Condition {
	switch n := c.(type) {
	case *All:
		return n.Of
	case *Any:
		return n.Of
	}
	return nil
}

// Event is the condition on events an answer stands for. Evaluation and compilation know
// only that.
func (a *Answer) Event() *Event {
	where := &All{Of: []Condition{&Property{Name: "properties.survey_id", Is: Test{Op: OneOf, Values: []string{a.Survey}}}}}
	if a.Question != "" {
		where.Of = append(where.Of, &Property{Name: "properties.question_id", Is: Test{Op: OneOf, Values: []string{a.Question}}})
	}
	e := &Event{Events: Events{Name: "Survey Answered", Where: where}, Window: a.Window, Measure: LastValue, Property: "properties.answer", Is: a.Is}
	switch {
	case a.Is.Op == Known:
		e.Measure, e.Property, e.Is = Count, "", Test{Op: AtLeast, Number: 1}
	case a.Is.Op.For(TypeNumber):
		e.Property = "properties.score"
	}
	return e
}
