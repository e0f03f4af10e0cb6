// Package identity decides whom an event belongs to. It works on a small graph in memory,
// loaded for one batch of events, and knows nothing of engines; the rules it keeps are
// written in the documentation of package unify.
package identity

import (
	"time"

	"github.com/hitori-cdp/hitori"
)

// Level says how well a profile is known: the class of the strongest identifier it began
// with.
type Level uint8

// The levels. Their numbers are stored and never change.
const (
	Visitor Level = iota // a device, or nothing
	Lead                 // an e-mail address, telephone number or LINE id
	Member               // an account given by the shop
)

// String returns the name used in the API.
func (l Level) String() string { return [...]string{"visitor", "lead", "member"}[l] }

func levelOf(class hitori.IdentifierClass) Level {
	switch class {
	case hitori.Account:
		return Member
	case hitori.Contact:
		return Lead
	}
	return Visitor
}

// Owner is an identifier as it is stored.
type Owner struct {
	hitori.OwnedIdentifier
	Position hitori.Position // of the event it was first seen with
	// Root is the person the profile belongs to now.
	Root hitori.CustomerID
}

// Person is a root profile with all that was merged into it.
type Person struct {
	Root    hitori.CustomerID
	Level   Level
	Members []hitori.CustomerID
	// Strong are the account and contact identifiers of all members.
	Strong []hitori.Identifier
	// Names are the latest names of the members that have one.
	Names []Name
	// Apart are profiles of which someone decided that they are other people.
	Apart []hitori.CustomerID
}

// Name is the name a profile goes by. The latest by time, then by position, counts.
type Name struct {
	Customer hitori.CustomerID
	// Value is normalised.
	Value    string
	Time     time.Time
	Position hitori.Position
}

// Profile is a new profile.
type Profile struct {
	ID        hitori.CustomerID
	Level     Level
	FirstSeen time.Time
}

// Merge joins one person into another.
type Merge struct {
	// Position is the event that caused it; with Loser it names the merge.
	Position hitori.Position
	Loser    hitori.CustomerID
	Winner   hitori.CustomerID
	// Via is the identifier they had in common; empty when somebody decided.
	Via   hitori.Identifier
	Actor string
	Time  time.Time
	// Members are the profiles that moved, for the aliases of the warehouse.
	Members []hitori.CustomerID
}

// Conflict is a join that the rules refuse, for a person to decide.
type Conflict struct {
	Via hitori.Identifier
	// Owner is the person who has the identifier, Claimant the profile that brought it too;
	// zero when there is no such profile, only another name.
	Owner    hitori.CustomerID
	Claimant hitori.CustomerID
	// Key tells claimants apart: those of one identifier with one key count once.
	Key      string
	Reason   string
	Position hitori.Position
	Time     time.Time
}

// The reasons of conflicts. Their texts are in the locale files under "conflict.".
const (
	BothMembers  = "both_members"  // both have accounts of their own
	SameAccount  = "same_account"  // both have an account of the same kind
	OtherEmail   = "other_email"   // a telephone number in common, but other e-mail addresses and no common name
	OtherName    = "other_name"    // a telephone number in common, but other names
	SharedDevice = "shared_device" // a device that two known people use
)

// Changes is what a batch does to the identity graph.
type Changes struct {
	Created     []Profile
	Identifiers []Owner // new ones, and those whose owner or state changed
	Names       []Name
	Merges      []Merge
	Conflicts   []Conflict
}

// Claim is what one event says about who it belongs to.
type Claim struct {
	Position hitori.Position
	Time     time.Time
	Source   hitori.SourceID
	// Identifiers are normalised, the strongest first, without duplicates.
	Identifiers []hitori.Identifier
	// Name is the normalised name the event carries, if any.
	Name string
	// Previous is the other id of an alias call: the account of that id when there is one,
	// else the device.
	Previous string
}
