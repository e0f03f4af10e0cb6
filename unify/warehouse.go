package unify

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Warehouse keeps every event of every customer for reading in bulk and by person. It is
// a view of the log: what it holds can be computed again.
//
// All methods take profiles before merges; whoever asks for a merged person passes all of
// that person's profiles.
type Warehouse interface {
	// Append adds a batch. It is idempotent by the batch's token: a second call with the
	// same token, even after a crash in the midst of the first and even with other
	// contents, changes nothing. When it returns, the batch is on disk.
	Append(ctx context.Context, batch Batch) error

	// Timeline returns events of the given customers, newest first.
	Timeline(ctx context.Context, query TimelineQuery) ([]hitori.Stamped, error)

	// History calls fn for every event of the given customers, oldest first (by time, then
	// position), with its lines. With kinds given only those. An error of fn ends it and is
	// returned.
	History(ctx context.Context, customers []hitori.CustomerID, kinds []hitori.Kind, fn func(hitori.Stamped) error) error

	// Summarise counts the events of the given customers.
	Summarise(ctx context.Context, customers []hitori.CustomerID) (Summary, error)

	// Positions returns where the events stand on the log that Erase would remove, those in
	// quarantine included.
	Positions(ctx context.Context, customers []hitori.CustomerID, identifiers []hitori.Identifier) ([]hitori.Position, error)

	// Erase removes every row of the given customers, and the quarantined events that carry
	// one of the given identifiers, for good. Erasing what is not there is no error.
	Erase(ctx context.Context, customers []hitori.CustomerID, identifiers []hitori.Identifier) error

	// Expired returns up to limit positions of events that happened before a time: those of
	// the track event of that name, or, with an empty name, all that tell what somebody did.
	// What says who people are and what they agreed to stays (identify, group, alias, decisions,
	// consent): without it people could not be computed again.
	Expired(ctx context.Context, name string, before time.Time, limit int) ([]hitori.Position, error)
	// Drop removes events. Dropping what is not there is no error.
	Drop(ctx context.Context, positions []hitori.Position) error
}

// Batch is what one step of the worker hands to the warehouse.
type Batch struct {
	// Token names the batch for ever.
	Token string
	// Events are new events in the order of the log.
	Events []hitori.Stamped
	// Quarantined are events that broke the data contract, in the order of the log.
	Quarantined []hitori.Event
	// Aliases say which person a profile now belongs to.
	Aliases []Alias
}

// Alias says that the events of Customer are to be read as those of Root, from Version on;
// of several for one customer that with the highest version holds. Root equals Customer
// when a merge was undone.
type Alias struct {
	Customer hitori.CustomerID
	Root     hitori.CustomerID
	Version  hitori.Position
}

// TimelineQuery selects a page of a timeline.
type TimelineQuery struct {
	Customers []hitori.CustomerID
	// Kinds restricts the kinds; empty means all.
	Kinds []hitori.Kind
	// Before is where the page starts: only events that are older than Before.Time, or of the same
	// time with a smaller position. The zero value starts at the newest.
	Before Cursor
	// Limit is the greatest number of events returned; it must be positive.
	Limit int
}

// Cursor is a place in a timeline.
type Cursor struct {
	Time     time.Time
	Position hitori.Position
}

// Summary counts events.
type Summary struct {
	Events      int64
	First, Last time.Time
	ByKind      map[hitori.Kind]int64
}
