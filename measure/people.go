package measure

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Doing is what people did, by which they are listed.
type Doing string

// What people can be listed by.
const (
	Active    Doing = "active"    // did anything, visitors included
	Bought    Doing = "all"       // ordered
	New       Doing = "new"       // ordered for the first time
	Returning Doing = "returning" // ordered, and had ordered before
)

// Place is where a page of people ends: with one who was last seen doing it then.
type Place struct {
	Time     time.Time
	Customer hitori.CustomerID
}

// PeopleQuery selects people by what they did when.
type PeopleQuery struct {
	Span
	Doing Doing
	After Place // of the page before; zero for the first
	Limit int
}

// People are a page of a list of people, latest first; of those with the same time, by id.
type People struct {
	Page []Place
	// Total is how many people the whole list has; it is not known beyond its end.
	Total int64
}

// Date is a day of the shop's calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// People returns a page of the people who did something from one day of the shop to another, that day
// included. Somebody whose first and second order are both within that time is new and returning. It returns
// an error with code [hitori.Invalid] for days in the wrong order, or more than [MaxDays] of them.
func (s *Shop) People(ctx context.Context, doing Doing, from, to Date, after Place, limit int) (People, error) {
	span := Span{midnight(from.Year, from.Month, from.Day, s.location), midnight(to.Year, to.Month, to.Day+1, s.location)}
	if days := span.To.Sub(span.From).Hours() / 24; days < 0.5 || days > MaxDays+0.5 {
		return People{}, hitori.NewError(hitori.Invalid, "dates_range", "most", MaxDays).At("to")
	}
	return s.warehouse.People(ctx, PeopleQuery{Span: span, Doing: doing, After: after, Limit: limit})
}
