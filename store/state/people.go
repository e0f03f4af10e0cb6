package state

import (
	"context"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// PeopleAfter implements [understand.State].
func (s *Store) PeopleAfter(ctx context.Context, after hitori.CustomerID, limit int) ([]hitori.CustomerID, error) {
	var people []hitori.CustomerID
	err := each(ctx, s.engine, func(r Rows) error {
		var id int64
		err := r.Scan(&id)
		people = append(people, hitori.CustomerID(id))
		return err
	}, "SELECT id FROM customers WHERE id > ?1 AND parent_id = 0 ORDER BY id LIMIT ?2", int64(after), limit)
	return people, s.wrap(err)
}

// Roots implements [understand.State].
func (s *Store) Roots(ctx context.Context, profiles []hitori.CustomerID) (roots map[hitori.CustomerID]hitori.CustomerID, err error) {
	return roots, s.wrap(s.engine.Snapshot(ctx, func(c Conn) error {
		roots, err = (&tx{s, c}).Roots(ctx, profiles)
		return err
	}))
}

// Products implements [understand.State].
func (s *Store) Products(ctx context.Context, fn func(id string, traits hitori.Traits) error) error {
	return s.wrap(each(ctx, s.engine, func(r Rows) error {
		var id, document string
		if err := r.Scan(&id, &document); err != nil {
			return err
		}
		traits, err := unify.DecodeTraits(document)
		if err != nil {
			return err
		}
		return fn(id, traits)
	}, "SELECT id, document FROM entities WHERE kind = 'product' ORDER BY id"))
}

var _ understand.State = (*Store)(nil)
