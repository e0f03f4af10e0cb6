package query

import (
	"slices"
	"time"
)

// Type is the type of a value that can be tested.
type Type string

// The types.
const (
	TypeText    Type = "text"
	TypeNumber  Type = "number"
	TypeInteger Type = "integer"
	TypeBoolean Type = "boolean"
	TypeDate    Type = "date"  // a calendar day, "2006-01-02"; an instant counts as its day in the shop's zone
	TypeTime    Type = "time"  // an instant, RFC 3339; a calendar day counts as its first instant
	TypeTexts   Type = "texts" // a list of texts
	// TypePast is the instant of something that has happened. Values are never stored so; it
	// is the type of [FirstTime] and [LastTime].
	TypePast Type = "past"
)

// Op says how a value is tested.
type Op string

// The tests. What each needs beside its name stands in the package documentation.
const (
	Known            Op = "known"
	OneOf            Op = "one_of"
	Contains         Op = "contains"
	BeginsWith       Op = "begins_with"
	EndsWith         Op = "ends_with"
	Includes         Op = "includes"
	Equals           Op = "equals"
	AtLeast          Op = "at_least"
	AtMost           Op = "at_most"
	MoreThan         Op = "more_than"
	LessThan         Op = "less_than"
	Between          Op = "between"
	IsTrue           Op = "is_true"
	IsFalse          Op = "is_false"
	InLast           Op = "in_last"
	InNext           Op = "in_next"
	BeforeLast       Op = "before_last"
	DaysAgo          Op = "days_ago"
	InPeriod         Op = "in_period"
	Since            Op = "since"
	Until            Op = "until"
	BetweenDates     Op = "between_dates"
	Anniversary      Op = "anniversary"
	AnniversaryMonth Op = "anniversary_month"
	Age              Op = "age"

	// HasText is met by texts but the empty one. It is no part of definitions: [Expand] asks so whether a feature is known.
	HasText Op = "has_text"
)

// ops lists the tests in the order a builder shows them.
var ops = []Op{
	OneOf, Contains, BeginsWith, EndsWith, Includes, AtLeast, AtMost, MoreThan, LessThan, Between, Equals, IsTrue, IsFalse,
	InLast, BeforeLast, DaysAgo, InPeriod, InNext, Since, Until, BetweenDates, Anniversary, AnniversaryMonth, Age, Known,
}

// For reports whether values of a type can be tested so.
func (o Op) For(t Type) bool {
	instant := t == TypeDate || t == TypeTime || t == TypePast
	switch o {
	case Known:
		return t != TypePast
	case OneOf, Contains, BeginsWith, EndsWith:
		return t == TypeText
	case Includes:
		return t == TypeTexts
	case Equals, AtLeast, AtMost, Between:
		return t == TypeNumber || t == TypeInteger
	case MoreThan, LessThan: // of whole numbers, "more than 2" is "at least 3"
		return t == TypeNumber
	case IsTrue, IsFalse:
		return t == TypeBoolean
	case InNext:
		return instant && t != TypePast
	}
	return instant
}

// OpsFor lists the tests for values of a type, in the order to show them.
func OpsFor(t Type) []Op {
	return slices.DeleteFunc(slices.Clone(ops), func(o Op) bool { return !o.For(t) })
}

// WindowOps lists the tests that can say when an event happened.
func WindowOps() []Op {
	return []Op{InLast, BeforeLast, DaysAgo, InPeriod, Since, Until, BetweenDates}
}

// Test is a test of one value. Op decides which of the other members are used.
type Test struct {
	Op Op
	// Values are texts; one of them is enough.
	Values []string
	// Number is the bound of a test of numbers.
	Number float64
	// Min and Max are inclusive. Max 0 of [Age] is no upper bound.
	Min, Max float64
	// From and To are inclusive.
	From, To Date
	// Duration is the distance from now.
	Duration
}

// Duration is a distance in time. Minutes and hours are exact; days and longer units count
// days of the calendar.
type Duration struct {
	N    int
	Unit Unit
}

// Unit is a unit of time.
type Unit string

// The units.
const (
	Minute Unit = "minute"
	Hour   Unit = "hour"
	Day    Unit = "day"
	Week   Unit = "week"
	Month  Unit = "month"
	Year   Unit = "year"
)

var units = []Unit{Minute, Hour, Day, Week, Month, Year}

// Exact is the length of a number of minutes or hours, and false for days and longer units.
func (d Duration) Exact() (time.Duration, bool) {
	switch d.Unit {
	case Minute:
		return time.Duration(d.N) * time.Minute, true
	case Hour:
		return time.Duration(d.N) * time.Hour, true
	}
	return 0, false
}

// members goes over what the test needs.
func (t *Test) members(c coder) {
	choice(c, "op", &t.Op, ops)
	switch t.Op {
	case OneOf, Contains, BeginsWith, EndsWith, Includes:
		c.texts("values", &t.Values)
	case Equals, AtLeast, AtMost, MoreThan, LessThan:
		c.number("number", &t.Number, required)
	case Between, DaysAgo:
		c.number("min", &t.Min, required)
		c.number("max", &t.Max, required)
	case Age:
		c.number("min", &t.Min, required)
		c.number("max", &t.Max, optional)
	case InLast, InNext, BeforeLast, InPeriod:
		t.Duration.members(c)
	case Anniversary, AnniversaryMonth:
		c.whole("n", &t.N)
	case Since:
		c.date("from", &t.From)
	case Until:
		c.date("to", &t.To)
	case BetweenDates:
		c.date("from", &t.From)
		c.date("to", &t.To)
	}
}

func (d *Duration) members(c coder) {
	c.whole("n", &d.N)
	choice(c, "unit", &d.Unit, units)
}
