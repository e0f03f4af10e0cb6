package hitori

import (
	"iter"
	"maps"
	"strings"
	"time"
)

// IdentifierKind is the name of a kind of identifier, such as "email".
type IdentifierKind string

// The kinds Hitori knows. A source can bring others through context.externalIds.
const (
	UserID      IdentifierKind = "user_id"      // the id the shop gives (会員ID)
	Card        IdentifierKind = "card"         // membership or point card (会員証)
	Email       IdentifierKind = "email"        //
	Phone       IdentifierKind = "phone"        // E.164
	LINE        IdentifierKind = "line_id"      // LINE user id
	AnonymousID IdentifierKind = "anonymous_id" // a browser or device
)

// IdentifierClass says what an identifier proves.
type IdentifierClass uint8

// The classes, from the weakest to the strongest.
const (
	// Reference identifiers help to find a person and never join two profiles.
	Reference IdentifierClass = iota
	// Device identifiers stand for a browser or telephone that several people may use.
	Device
	// Contact identifiers reach a person and are mostly, but not always, one person's own.
	Contact
	// Account identifiers are given by a shop to one person; a person has one of a kind.
	Account
)

// Class returns what identifiers of this kind prove. Unknown kinds are references.
func (k IdentifierKind) Class() IdentifierClass {
	switch k {
	case UserID, Card:
		return Account
	case Email, Phone, LINE:
		return Contact
	case AnonymousID:
		return Device
	}
	return Reference
}

// Identifier is one name of a person: a kind and a normalised value.
type Identifier struct {
	Kind  IdentifierKind `json:"kind"`
	Value string         `json:"value"`
}

// String returns "kind:value", the form URLs and the command line use.
func (i Identifier) String() string { return string(i.Kind) + ":" + i.Value }

// ParseIdentifier reads "kind:value". It reports false when there is no kind.
func ParseIdentifier(s string) (Identifier, bool) {
	kind, value, ok := strings.Cut(s, ":")
	if !ok || kind == "" || value == "" {
		return Identifier{}, false
	}
	return Identifier{Kind: IdentifierKind(kind), Value: value}, true
}

// IdentifierState says whether an identifier may join profiles.
type IdentifierState uint8

// The states of an identifier. Their numbers are stored and never change.
const (
	// Trusted identifiers join profiles by the rules of package unify.
	Trusted IdentifierState = iota
	// Shared devices were used by several identified people and belong to nobody.
	Shared
	// Junk identifiers were claimed by too many people to mean anything.
	Junk
)

// String returns the name used in the API.
func (s IdentifierState) String() string { return [...]string{"trusted", "shared", "junk"}[s] }

// OwnedIdentifier is an identifier with the profile it belongs to.
type OwnedIdentifier struct {
	Identifier
	// Customer is the profile it was first seen with, before merges.
	Customer  CustomerID      `json:"-"`
	State     IdentifierState `json:"-"`
	Source    SourceID        `json:"source"`
	FirstSeen time.Time       `json:"first_seen"`
}

// traitIdentifiers are the traits whose values identify a person.
var traitIdentifiers = map[string]IdentifierKind{
	"email": Email, "phone": Phone,
	"line_id": LINE, "lineId": LINE, "lineUserId": LINE,
	"card": Card, "cardNumber": Card, "membership_number": Card,
}

// TraitIdentifier returns the kind of identifier that a trait of that name holds, and false
// for other traits.
func TraitIdentifier(name string) (IdentifierKind, bool) {
	kind, ok := traitIdentifiers[name]
	return kind, ok
}

// TraitIdentifiers tells the names of the traits that identify a person, with their kinds.
func TraitIdentifiers() iter.Seq2[string, IdentifierKind] { return maps.All(traitIdentifiers) }
