package imports

import "slices"

// FieldType is how the cells of a field are read.
type FieldType string

// The field types.
const (
	// TypeString is text; full-width digits and letters become half-width, half-width kana
	// full-width.
	TypeString     FieldType = "string"
	TypeText       FieldType = "text" // the customer's own words, kept as they are
	TypeCode       FieldType = "code" // an id or code; everything full-width becomes half-width
	TypeNumber     FieldType = "number"
	TypePercent    FieldType = "percent" // "50%" and "0.5" are both 0.5
	TypeTime       FieldType = "time"
	TypeDate       FieldType = "date" // a day, as a birthday
	TypeBool       FieldType = "boolean"
	TypeEmail      FieldType = "email"
	TypePhone      FieldType = "phone"
	TypePostal     FieldType = "postal_code"
	TypePrefecture FieldType = "prefecture"
	TypeGender     FieldType = "gender"
)

// keptTypes are those a column without a field can have.
var keptTypes = []FieldType{TypeString, TypeText, TypeCode, TypeNumber, TypeTime, TypeDate, TypeBool}

// place is where a value goes in the event.
type place uint8

const (
	control    place = iota // it decides about the event and does not stand in it by itself
	inUser                  // userId
	inAnon                  // anonymousId
	inTrait                 // traits of the person
	inProperty              // properties of the event
	inLine                  // a product of the event
	inExternal              // context.externalIds
	inConsent               // a Consent Granted or Consent Withdrawn event; the path is the channel
)

// Field is one thing a target can take from a file.
type Field struct {
	// Name is the name mappings use, for example "order_id". Its titles are in the locale files
	// under "import.field.".
	Name     string
	Type     FieldType
	Required bool

	in   place
	path string // of the property or trait, "address.city"
	// soft fields whose value cannot be read are left out with a warning; of the others the row is
	// rejected.
	soft bool
	join string // what stands between the values of several columns, "" for one column only
	// common fields may be the same for the whole file, and then no column has them.
	common bool
	// events restricts the property to some events of the target.
	events []string
	// words are headers that mean this field, in the order of likelihood. They are compared as
	// normalHeader writes them.
	words []string
}

// Joins reports whether several columns can make up the field.
func (f *Field) Joins() bool { return f.join != "" }

// Target is a kind of file: what its rows are about and what becomes of them.
type Target struct {
	// Name is the name mappings use, for example "orders". Its titles are in the locale files
	// under "import.target.".
	Name   string
	Fields []Field

	// moments are events that happened when their time field has a value: sent_at, opened_at.
	moments []moment
	kinds   *kinds
	// keys are the natural keys of an event, the first that is filled counts; without one the
	// content of the row is the key. See messageID.
	keys [][]string
	// keysOf overrides keys for single events.
	keysOf map[string][][]string
	// identify targets make identify events and nothing else.
	identify bool
	// state targets say how something is now, not what happened: see Ledger.
	state bool
	// grouped targets gather rows into orders.
	grouped bool
	// impersonal targets are about products and campaigns.
	impersonal bool
	// money targets get the currency beside their amounts.
	money bool
	// headers of a file that would name this target by themselves, in guessing
	signs []string
}

// moment is an event that a time column stands for.
type moment struct {
	event string
	time  string
}

// kinds tells the event by a word in a column.
type kinds struct {
	field string
	time  string
	// words of each event, as normalWord writes them
	words map[string][]string
	// fallback is the event of rows whose column is empty or not mapped; "" when there must be a
	// word. known says that other words are an error.
	fallback string
	strict   bool
	// free makes the word itself the name of the event.
	free bool
	// alone is set when the kind makes no event of its own beside those of moments.
	alone bool
	// decides is set when the word tells the event even where the date stands in the column of
	// another moment.
	decides bool
}

// Field returns the field of that name.
func (t *Target) Field(name string) (*Field, bool) {
	i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return &t.Fields[i], true
}

// Targets returns all targets, the common ones first.
func Targets() []*Target { return slices.Clone(targets) }

// LookupTarget returns the target of that name.
func LookupTarget(name string) (*Target, bool) {
	i := slices.IndexFunc(targets, func(t *Target) bool { return t.Name == name })
	if i < 0 {
		return nil, false
	}
	return targets[i], true
}

var targets = []*Target{
	orders(), customers(), products(), orderChanges(), webEvents(), messages(), adCosts(), surveys(),
	inquiries(), reviews(), contracts(), deals(), activities(), points(), coupons(),
}

// The helpers below keep the tables short.

func field(name string, t FieldType, in place, path string, words ...string) Field {
	return Field{Name: name, Type: t, in: in, path: path, words: words}
}

func property(name string, t FieldType, words ...string) Field {
	return field(name, t, inProperty, name, words...)
}

func (f Field) required() Field             { f.Required = true; return f }
func (f Field) oftenCommon() Field          { f.common = true; return f }
func (f Field) lenient() Field              { f.soft = true; return f }
func (f Field) joined(by string) Field      { f.join = by; return f }
func (f Field) only(events ...string) Field { f.events = events; return f }

func concat(lists ...[]Field) []Field { return slices.Concat(lists...) }
