package unify

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/identity"
)

// The parts of the identity graph, as they are stored.
type (
	// Owner is an identifier with the profile and the person it belongs to.
	Owner = identity.Owner
	// Person is a root profile with all that was merged into it.
	Person = identity.Person
	// Profile is a new profile.
	Profile = identity.Profile
	// Name is the name a profile goes by.
	Name = identity.Name
	// Merge joins one person into another.
	Merge = identity.Merge
	// Conflict is a join that the rules refuse, for a person to decide.
	Conflict = identity.Conflict
	// Level says how well a profile is known.
	Level = identity.Level
)

// JunkClaims is how many others must claim an e-mail address, telephone number or LINE id
// before it means nothing.
const JunkClaims = 5

// The levels of a profile.
const (
	Visitor = identity.Visitor
	Lead    = identity.Lead
	Member  = identity.Member
)

// WorkerStore is the state the worker reads and writes.
type WorkerStore interface {
	// Update runs fn in one write transaction, which no other writer of identities overlaps, in this
	// process or another. An error of fn undoes all of it and is returned.
	Update(ctx context.Context, fn func(Tx) error) error
	// Decide is Update for what people decided.
	Decide(ctx context.Context, fn func(DecisionTx) error) error
	// Progress returns how far each partition has been applied, and the steps that the
	// warehouse may not have yet.
	Progress(ctx context.Context) (Progress, error)
	// Assigned returns the partitions this process works on now, out of count. It is asked
	// again and again; every partition is some live process's, and no two processes' for long.
	Assigned(ctx context.Context, count int) ([]int, error)
}

// Progress is how far the log has been applied.
type Progress struct {
	// Applied is the sequence number of the last applied frame of each partition.
	Applied map[int]uint64
	// Pending are the steps not known to be in the warehouse, oldest first.
	Pending []Step
}

// Step is one run of frames applied together.
type Step struct {
	// Token names the step in the warehouse.
	Token  string
	Ranges []Range
	// Plan says what goes to the warehouse; see encodePlan.
	Plan []byte
}

// Range is the frames of a partition after one sequence number up to another.
type Range struct {
	Partition   int
	After, Last uint64
}

// Sighting is an event with its place.
type Sighting struct {
	ID       hitori.EventID
	Position hitori.Position
}

// Repeat is an event that came again. It is remembered because whoever erases the first one
// from the log must erase this one too.
type Repeat struct {
	First, Again hitori.Position
}

// Changes is what a step writes.
type Changes struct {
	identity.Changes
	// Documents replace those of the same profiles.
	Documents map[hitori.CustomerID]Document
	// Entities replace those of the same key.
	Entities map[hitori.EntityKey]hitori.Traits
	// AddTerms and RemoveTerms are what people are searched by.
	AddTerms, RemoveTerms []Term
	// Fields are added to the counts of the data contract.
	Fields []hitori.FieldCount
	// Repeats are events that had been seen before.
	Repeats []Repeat
	// Redact are events of erased people that have still to be removed from the log.
	Redact []hitori.Position
}

// Term is a word by which a profile is found: the beginning of it is what a user types.
type Term struct {
	Customer hitori.CustomerID
	Text     string
}

// Tx is a write transaction on the state.
type Tx interface {
	// Epoch changes whenever identifiers were taken from their owners, by any process; what
	// was read about owners before is then void.
	Epoch(ctx context.Context) (int64, error)
	// Sight records events that were never seen before and returns, for each, the position
	// where it was first seen: its own when it is new.
	Sight(ctx context.Context, sightings []Sighting) ([]hitori.Position, error)
	// Owners returns those of the identifiers that have an owner.
	Owners(ctx context.Context, ids []hitori.Identifier) ([]Owner, error)
	// People returns the people with these roots.
	People(ctx context.Context, roots []hitori.CustomerID) ([]Person, error)
	// Documents returns the documents of profiles that have one.
	Documents(ctx context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID]Document, error)
	// Entities returns the traits of entities that are known.
	Entities(ctx context.Context, keys []hitori.EntityKey) (map[hitori.EntityKey]hitori.Traits, error)
	// Buried returns, for those of the identifiers that an erased person had, the position
	// of the erasure: earlier events with them must not bring the person back.
	Buried(ctx context.Context, ids []hitori.Identifier) (map[hitori.Identifier]hitori.Position, error)
	// Released returns those of the events that were taken out of quarantine.
	Released(ctx context.Context, positions []hitori.Position) ([]hitori.Position, error)
	// Save writes changes. It marks identifiers with too many claimants as junk.
	Save(ctx context.Context, changes *Changes) error
	// Advance records a step and forgets those steps that have reached the warehouse. It
	// returns an error of code Conflict when another process has applied one of the frames;
	// nothing may then be committed.
	Advance(ctx context.Context, step Step, settled []string) error
}

// DecisionTx is a write transaction that carries out what a person decided.
type DecisionTx interface {
	Tx
	// Separate records that two people are not one, or, with apart false, forgets it.
	Separate(ctx context.Context, a, b hitori.CustomerID, apart bool, d Decision) error
	// Unmerge takes back a merge and returns the profiles that moved. It returns an error of
	// code NotFound when there is no such merge.
	Unmerge(ctx context.Context, merge hitori.Position, loser hitori.CustomerID, d Decision) ([]Alias, error)
	// Erase removes a person from the state, remembers in a form that cannot be read back
	// whom, and leaves the rest of the work in the list of erasures. It returns an error of code NotFound when there is no
	// such person.
	Erase(ctx context.Context, root hitori.CustomerID, d Decision) error
	// Conclude records what became of a decision.
	Conclude(ctx context.Context, outcome Outcome) error
}

// Decision is something a person decided about people, as it stands on the log.
type Decision struct {
	Position hitori.Position `json:"-"`
	Time     time.Time       `json:"-"`
	Action   Action          `json:"action"`
	// Customer is whom it is about: one of the two people of a merge, the loser of a merge undone.
	Customer hitori.CustomerID `json:"customer,omitempty"`
	// Other is the second person of a merge.
	Other hitori.CustomerID `json:"other,omitempty"`
	// Merge is the position of the merge to undo.
	Merge hitori.Position `json:"merge,omitempty"`
	// Identifier is the one to mark or clear.
	Identifier *hitori.Identifier `json:"identifier,omitempty"`
	Actor      string             `json:"actor"`
	Reason     string             `json:"reason,omitempty"`
}

// Action is what a decision does. The texts are stored on the log and never change.
type Action string

// The actions.
const (
	ActionMerge    Action = "customer.merge"     // Customer and Other are one person
	ActionSeparate Action = "customer.separate"  // Customer and Other are two people
	ActionUnmerge  Action = "customer.unmerge"   // the merge was wrong
	ActionErase    Action = "customer.erase"     // everything about Customer is to be deleted
	ActionJunk     Action = "identifier.junk"    // the identifier means nothing
	ActionTrust    Action = "identifier.trusted" // the identifier is one person's after all
)

// Outcome is what became of a decision.
type Outcome struct {
	Position hitori.Position
	// Error is the key of the error when the decision could not be carried out.
	Error string
}
