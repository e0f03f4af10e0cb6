package warehouse

import (
	"cmp"
	"context"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// historyPage is how many events the first page of a history has, longestPage the last ones of a long history: how many are held in
// memory while it is told.
const (
	historyPage = 2000
	longestPage = 16_000
)

// Page selects events of customers in the order of their time, then position.
type Page struct {
	Customers []hitori.CustomerID
	// Kinds restricts the kinds; empty means all.
	Kinds []hitori.Kind
	// From is where the page starts, exclusive. The zero value starts at the end.
	From unify.Cursor
	// OldestFirst turns the order round.
	OldestFirst bool
	Limit       int
}

// TimelinePage is the page a timeline query asks for.
func TimelinePage(q unify.TimelineQuery) Page {
	return Page{Customers: q.Customers, Kinds: q.Kinds, From: q.Before, Limit: q.Limit}
}

// Cut brings events into the order of the page and drops those beyond its limit.
func (p Page) Cut(events []hitori.Stamped) []hitori.Stamped {
	slices.SortFunc(events, func(a, b hitori.Stamped) int {
		order := cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Position, b.Position))
		if p.OldestFirst {
			return order
		}
		return -order
	})
	return events[:min(len(events), p.Limit)]
}

// History tells the events of customers page by page, so that a long story needs no more
// memory than a short one. Events are never changed, so every event that was stored when it
// began is told once, whatever is appended meanwhile.
func History(ctx context.Context, customers []hitori.CustomerID, kinds []hitori.Kind,
	read func(context.Context, Page) ([]hitori.Stamped, error), fn func(hitori.Stamped) error,
) error {
	page := Page{Customers: customers, Kinds: kinds, OldestFirst: true, Limit: historyPage}
	for {
		events, err := read(ctx, page)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := fn(e); err != nil {
				return err
			}
		}
		if len(events) < page.Limit {
			return nil
		}
		last := events[len(events)-1]
		page.From = unify.Cursor{Time: last.Time, Position: last.Position}
		page.Limit = min(2*page.Limit, longestPage)
	}
}
