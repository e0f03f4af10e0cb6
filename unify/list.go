package unify

import (
	"context"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
)

// ListQuery selects a page of people, in the order in which they were first seen, the newest first unless
// it says otherwise. Of those seen at the same time the higher id is the newer.
type ListQuery struct {
	// Levels are those of the people; members and leads when empty.
	Levels      []Level
	OldestFirst bool
	After       ListPlace // of the page before; zero for the first
	Limit       int
}

// ListPlace is where a page ends: with a person who was first seen then.
type ListPlace struct {
	Time     time.Time
	Customer hitori.CustomerID
}

// List returns a page of people and where the following one begins, zero after the last.
func (c *Customers) List(ctx context.Context, q ListQuery) (cards []Card, next ListPlace, err error) {
	if len(q.Levels) == 0 {
		q.Levels = []Level{Member, Lead}
	}
	roots, err := c.store.List(ctx, q)
	if err != nil {
		return nil, next, err
	}
	cards, err = c.Cards(ctx, roots)
	if len(roots) == q.Limit && len(cards) > 0 {
		last := cards[len(cards)-1]
		next = ListPlace{last.FirstSeen, last.ID}
	}
	return cards, next, err
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
