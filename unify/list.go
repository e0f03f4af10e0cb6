package unify

import (
	"context"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
)

// ListOrder is what people are listed by.
type ListOrder uint8

// The orders. Of those who are equal the one with the higher id comes first, or last when ascending.
const (
	BySight   ListOrder = iota // when they were first seen
	ByChange                   // when what is known about them last changed
	ByReading                  // by [Reading]; who has none comes last, ascending or not
)

// ListQuery selects a page of people, the last ones first unless it says otherwise.
type ListQuery struct {
	// Levels are those of the people; members and leads when empty.
	Levels    []Level
	By        ListOrder
	Ascending bool
	After     ListPlace // the last of the page before; zero for the first page
	Limit     int
}

// ListPlace is a person's place in a list: what they are listed by, and who it is.
type ListPlace struct {
	Time     time.Time // by sight or change
	Reading  string    // by reading
	Customer hitori.CustomerID
}

// List returns a page of people and its last place, zero when nobody follows.
func (c *Customers) List(ctx context.Context, q ListQuery) (cards []Card, last ListPlace, err error) {
	if len(q.Levels) == 0 {
		q.Levels = []Level{Member, Lead}
	}
	places, err := c.store.List(ctx, q)
	if err != nil {
		return nil, last, err
	}
	roots := make([]hitori.CustomerID, len(places))
	for i, place := range places {
		roots[i] = place.Customer
	}
	if len(places) == q.Limit {
		last = places[len(places)-1]
	}
	cards, err = c.Cards(ctx, roots)
	return cards, last, err
}

// Search finds people by the beginning of a name, reading, address, number or the last digits of a
// telephone number, those with an exact match first. With levels given, of those found only people of these
// are returned.
func (c *Customers) Search(ctx context.Context, text string, levels []Level, limit int) ([]Card, error) {
	beginnings := searchTerms(text)
	if len(beginnings) == 0 {
		return []Card{}, nil
	}
	roots, err := c.store.Search(ctx, beginnings, limit)
	if err != nil {
		return nil, err
	}
	cards, err := c.Cards(ctx, roots)
	if len(levels) > 0 {
		cards = slices.DeleteFunc(cards, func(card Card) bool {
			return !slices.ContainsFunc(levels, func(l Level) bool { return l.String() == card.Level })
		})
	}
	return cards, err
}
