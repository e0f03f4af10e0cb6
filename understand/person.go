package understand

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/unify"
)

// Person is what is known about a person beside events.
type Person struct {
	ID hitori.CustomerID
	// Profiles are all that belong to the person, the person's own included.
	Profiles  []hitori.CustomerID
	Level     unify.Level
	FirstSeen time.Time
	Facts     []Fact
}

// About says what a fact is about. The numbers are stored and never change.
type About uint8

// The kinds of facts.
const (
	AboutTrait      About = iota + 1
	AboutElement          // a text in a list that is a trait
	AboutIdentifier       // there is a trusted one of the kind Name
	AboutConsent          // Name is [ConsentName], Text "granted" or "withdrawn"
)

// Fact is one thing known about a person. It is laid out so that a test of its value is a comparison.
type Fact struct {
	About About
	Name  string
	// Kind is the type of the value in JSON.
	Kind hitori.JSONType
	// Text is the value as a text: that of a string, "true" or "false", empty for lists and objects.
	Text string
	// Number is the value of a number.
	Number float64
	// Instant is what a text stands for that is a day or an instant, in milliseconds since 1970; Dated says
	// whether it is one.
	Instant int64
	Dated   bool
}

// ConsentName names the consent for a channel and purpose among facts.
func ConsentName(channel, purpose string) string { return channel + "\x1f" + purpose }

// ParseConsentName reads what [ConsentName] writes.
func ParseConsentName(name string) (channel, purpose string, ok bool) {
	return strings.Cut(name, "\x1f")
}

// NewPerson describes a person as the state knows one. Days begin in the given zone.
func NewPerson(r *unify.Record, location *time.Location) Person {
	p := Person{ID: r.Root, Profiles: r.Members, Level: r.Level, FirstSeen: r.FirstSeen}
	clock := query.Clock{Location: location}
	for _, name := range slices.Sorted(maps.Keys(r.Document.Traits)) {
		p.Facts = appendTrait(p.Facts, name, r.Document.Traits[name].Value, clock)
	}
	for _, id := range r.Identifiers {
		if id.State == hitori.Trusted {
			p.Facts = append(p.Facts, Fact{About: AboutIdentifier, Name: string(id.Kind)})
		}
	}
	for key, consent := range r.Document.Consents {
		text := query.ConsentWithdrawn
		if consent.Granted {
			text = query.ConsentGranted
		}
		p.Facts = append(p.Facts, Fact{About: AboutConsent, Name: ConsentName(key.Channel, key.Purpose), Kind: hitori.JSONString, Text: string(text)})
	}
	slices.SortFunc(p.Facts, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.About, b.About), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Text, b.Text))
	})
	p.Facts = slices.Compact(p.Facts)
	return p
}

// appendTrait adds a trait and, of a list, its texts.
func appendTrait(facts []Fact, name string, value hitori.JSON, clock query.Clock) []Fact {
	f := Fact{About: AboutTrait, Name: name, Kind: value.Type()}
	switch f.Kind {
	case hitori.JSONString:
		f.Text = value.Text()
		f.Instant, f.Dated = clock.Instant(f.Text)
	case hitori.JSONBoolean:
		f.Text = value.Text()
	case hitori.JSONNumber:
		var err error
		if f.Number, err = strconv.ParseFloat(value.Text(), 64); err != nil {
			f.Kind, f.Number = hitori.JSONNull, 0 // beyond what numbers are
		}
	case hitori.JSONArray:
		for element := range value.Elements() {
			if element.Type() == hitori.JSONString {
				facts = append(facts, Fact{About: AboutElement, Name: name, Kind: hitori.JSONString, Text: element.Text()})
			}
		}
	}
	return append(facts, f)
}
