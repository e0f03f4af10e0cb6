package hitori

import "time"

// FieldKey names one field of one kind of event, as the data contract knows it.
type FieldKey struct {
	Type EventType
	// Name is the event of a track call, and empty for the other types, whose fields do not
	// depend on their names.
	Name string
	// Path is dotted, as in "properties.products[].price". The empty path is the event
	// itself.
	Path string
}

// FieldCount is what a run of events adds to the knowledge about a field.
type FieldCount struct {
	FieldKey
	// Events is in how many events the field was present, null or not.
	Events int64
	// Values counts the values by JSON type, since a field inside an array has many.
	Values [len(jsonTypes)]int64
	// Bytes is the size of the values as they are stored.
	Bytes       int64
	First, Last time.Time // of receipt
}

// Add adds what other counts of the same field.
func (f *FieldCount) Add(other *FieldCount) {
	f.Events += other.Events
	for i := range f.Values {
		f.Values[i] += other.Values[i]
	}
	f.Bytes += other.Bytes
	if f.First.IsZero() || other.First.Before(f.First) {
		f.First = other.First
	}
	if other.Last.After(f.Last) {
		f.Last = other.Last
	}
}

// EntityKey names something that is not a person: a product, a company, a household.
type EntityKey struct {
	Kind string // "product", or the kind of a group
	ID   string
}

// Traits are what is known about a customer or an entity, by name.
type Traits map[string]Trait

// Set takes over a trait when it is newer than what is known, and reports whether it was.
func (t Traits) Set(name string, trait Trait) bool {
	if old, ok := t[name]; ok && !trait.Newer(old) {
		return false
	}
	t[name] = trait
	return true
}
