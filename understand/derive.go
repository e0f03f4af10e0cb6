package understand

import (
	"context"
	"iter"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Warehouse keeps what follows from events beside them.
type Warehouse interface {
	// Touched returns the profiles of whom anything was appended, moved or removed since the last
	// [Warehouse.Untouch]. What was derived in another form is of no use: everybody counts as touched then.
	Touched(ctx context.Context, form Form) (Touched, error)
	// Untouch forgets what an earlier call of Touched returned; what came since stays touched.
	Untouch(ctx context.Context, touched Touched) error
	// Derive computes what follows about people anew and replaces what was there; readers see all of it
	// or nothing. It can be called again when it was cut off.
	Derive(ctx context.Context, d Derivation) error
}

// Touched is of whom something came.
type Touched struct {
	// Profiles are those; with Everybody they are not told.
	Profiles []hitori.CustomerID
	// Everybody says that nothing was derived yet, or so many were touched that it is quicker to compute everything.
	Everybody bool
	// Aged says that what is known about people is current but for those told, and that features were computed on
	// another day.
	Aged bool
	// Mark tells the engine up to where this is.
	Mark string
}

// Form is everything on which what is derived depends beside events and people.
type Form struct {
	// Shape is the version of the computation with the shop's zone, currency and grading.
	Shape string
	// Day is the local day, with which windows move on.
	Day string
}

// Derivation says what to compute.
type Derivation struct {
	// People are those to describe, each once: everybody there is, or those who were touched. An error
	// ends the derivation and is returned. With everybody it may be nil: only what moves on with the day is computed anew, features
	// with a window.
	People    iter.Seq2[Person, error]
	Everybody bool
	// Form is noted with everybody; see [Warehouse.Touched].
	Form Form
	// Gone are profiles that are no person (any more); what is derived of them is removed.
	Gone []hitori.CustomerID
	// Costs are what a piece of a product costs, by product id, in minor units of Currency.
	Costs map[string]int64
	// Currency is that of features; amounts in others are left out of them.
	Currency hitori.Currency
	// Grading is how customers are graded and grouped.
	Grading Grading
	// Now and Location say which day it is: features with a window end with it.
	Now      time.Time
	Location *time.Location
}
