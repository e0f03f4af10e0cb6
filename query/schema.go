package query

import (
	"cmp"
	"slices"
)

// Schema says what conditions may refer to. Whoever offers conditions implements it; the
// builder, validation, sentences and compilation all ask the same.
type Schema interface {
	// Lookup returns what a reference means, and false when there is no such thing.
	Lookup(ref Ref) (Field, bool)
	// List returns what can be chosen of a kind, in the order to show it. Of properties and
	// questions it returns those of the event or survey of.
	List(kind RefKind, of string) []Field
}

// Field is something a condition can refer to.
type Field struct {
	Ref
	// Title is its name for people, in the language the schema was made for.
	Title string
	// Type is the type of its value, for traits, properties and features.
	Type Type
	// Unit is what numbers count, one of the Unit… constants below or a currency code such as
	// "JPY"; empty when they have none.
	Unit string
	// Examples are values to offer.
	Examples []string
}

// The units of numbers beside currencies.
const (
	UnitTimes   = "times"
	UnitPieces  = "pieces"
	UnitPeople  = "people"
	UnitDays    = "days"
	UnitYears   = "years"
	UnitPoints  = "points"
	UnitPercent = "percent" // 0 to 100
)

// Units are all of them.
var Units = []string{UnitTimes, UnitPieces, UnitPeople, UnitDays, UnitYears, UnitPoints, UnitPercent}

// Ref names something a condition refers to.
type Ref struct {
	Kind RefKind
	Name string
	// Of is the event of a property, as [Ref.String] writes it, or the survey of a question.
	Of string
}

// RefKind is the kind of a reference.
type RefKind string

// The kinds of references.
const (
	RefTrait      RefKind = "trait"
	RefIdentifier RefKind = "identifier"
	RefChannel    RefKind = "channel"
	RefPurpose    RefKind = "purpose"
	RefEvent      RefKind = "event"    // the event of a track call
	RefCall       RefKind = "call"     // "page" or "screen"
	RefEventKind  RefKind = "kind"     // the name of a hitori.Kind
	RefProperty   RefKind = "property" // a path as in the data contract: "properties.products[].price", "name"
	RefFeature    RefKind = "feature"
	RefSurvey     RefKind = "survey"
	RefQuestion   RefKind = "question"
	RefSegment    RefKind = "segment"
	RefList       RefKind = "list"
)

// String returns the kind and the name, for example "event:Product Viewed".
func (r Ref) String() string { return string(r.Kind) + ":" + r.Name }

func compareRefs(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Name, b.Name))
}

// Ref names what is selected, without its properties.
func (e *Events) Ref() Ref {
	switch {
	case e.Name != "":
		return Ref{Kind: RefEvent, Name: e.Name}
	case e.Call != "":
		return Ref{Kind: RefCall, Name: e.Call}
	}
	return Ref{Kind: RefEventKind, Name: e.Kind}
}

// OrderField is a field a [Property] in the where of an [Order] can name.
type OrderField struct {
	Name string
	Type Type
	// Line says that it belongs to a line of the order.
	Line bool
}

var orderFields = []OrderField{
	{"product_id", TypeText, true},
	{"sku", TypeText, true},
	{"product_name", TypeText, true},
	{"category", TypeText, true},
	{"brand", TypeText, true},
	{"variant", TypeText, true},
	{"price", TypeNumber, true},
	{"total", TypeNumber, false},
	{"coupon", TypeText, false},
	{"channel", TypeText, false},
	{"affiliation", TypeText, false},
	{"payment_method", TypeText, false},
	{"status", TypeText, false},
}

// OrderFields lists the fields of orders. Those that are not of a line are texts of the
// order's latest statement, beside "total", which is what remains of the order after refunds.
// Amounts are in major units of the order's currency.
func OrderFields() []OrderField { return slices.Clone(orderFields) }

func orderField(name string) (OrderField, bool) {
	for _, f := range orderFields {
		if f.Name == name {
			return f, true
		}
	}
	return OrderField{}, false
}
