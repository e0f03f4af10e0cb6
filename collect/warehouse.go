package collect

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Quarantine keeps the events that broke the data contract until they are replayed or
// thrown away. Rows are written by the worker, beside the good events of the same batch.
type Quarantine interface {
	// Quarantined returns events in the order of their positions, after the given one.
	Quarantined(ctx context.Context, filter QuarantineFilter, after hitori.Position, limit int) ([]hitori.Event, error)
	// CountQuarantined counts events by source, event and problem, most frequent first. An event with
	// several problems counts under each.
	CountQuarantined(ctx context.Context) ([]QuarantineCount, error)
	// Release removes the events at these positions from the quarantine.
	Release(ctx context.Context, positions []hitori.Position) error
}

// QuarantineFilter selects quarantined events; zero fields select all.
type QuarantineFilter struct {
	Source hitori.SourceID
	Type   hitori.EventType
	Name   string
	// Code and Field are those of any of the event's problems.
	Code  string
	Field string
}

// QuarantineCount is how many events of one kind wait for one reason.
type QuarantineCount struct {
	Source hitori.SourceID
	Type   hitori.EventType
	Name   string
	hitori.Problem
	Events      int64
	First, Last time.Time // of receipt
}

// Samples shows what values a field takes.
type Samples interface {
	// SampleValues returns up to limit recent distinct values of a field of an event. The path is
	// dotted and starts with "properties", "traits" or "context"; "[]" steps into an array,
	// as in "properties.products[].price". Name is empty for events without one.
	SampleValues(ctx context.Context, t hitori.EventType, name, path string, limit int) ([]hitori.JSON, error)
}
