package state

import (
	"context"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Lookup implements [unify.ReadStore].
func (s *Store) Lookup(ctx context.Context, ids []hitori.Identifier) ([]unify.Owner, error) {
	list, err := owners(ctx, s, s.engine, ids)
	return list, s.wrap(err)
}

// Root implements [unify.ReadStore].
func (s *Store) Root(ctx context.Context, profile hitori.CustomerID) (hitori.CustomerID, error) {
	var root int64
	found, err := one(ctx, s.engine, "SELECT root_id FROM customers WHERE id = ?1", []any{int64(profile)}, &root)
	if err == nil && !found {
		return 0, hitori.NewError(hitori.NotFound, "customer_unknown", "reference", profile)
	}
	return hitori.CustomerID(root), s.wrap(err)
}

// Records implements [unify.ReadStore].
func (s *Store) Records(ctx context.Context, roots []hitori.CustomerID) ([]unify.Record, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	records := make(map[hitori.CustomerID]*unify.Record, len(roots))
	err := s.engine.Snapshot(ctx, func(c Conn) error {
		r := recordReader{s, ctx, c, records, make(map[int64]*unify.Record)}
		if err := r.members(roots); err != nil {
			return err
		}
		if err := r.identifiers(); err != nil {
			return err
		}
		if len(roots) > 1 { // lists do not show histories
			return nil
		}
		if err := r.merges(); err != nil {
			return err
		}
		return r.conflicts()
	})
	list := make([]unify.Record, 0, len(roots))
	for _, root := range roots {
		if record := records[root]; record != nil {
			list = append(list, *record)
		}
	}
	return list, s.wrap(err)
}

// recordReader gathers the parts of records.
type recordReader struct {
	*Store
	ctx     context.Context
	c       Conn
	records map[hitori.CustomerID]*unify.Record
	of      map[int64]*unify.Record // by member
}

func (r *recordReader) members(roots []hitori.CustomerID) error {
	type member struct {
		root, id, level, seen, updated int64
		document                       string
	}
	var all []member
	err := each(r.ctx, r.c, func(rows Rows) error {
		var m member
		err := rows.Scan(&m.root, &m.id, &m.level, &m.seen, &m.updated, &m.document)
		all = append(all, m)
		return err
	}, r.sql.records, set(roots, customerRow))
	if err != nil {
		return err
	}
	// The root first, then the others in the order in which they were first seen.
	slices.SortFunc(all, func(a, b member) int { return int(min(1, max(-1, a.id-b.id))) })
	for _, m := range all {
		if m.id == m.root {
			r.records[hitori.CustomerID(m.root)] = &unify.Record{
				Root: hitori.CustomerID(m.root), Level: unify.Level(m.level), FirstSeen: fromMillis(m.seen), Document: unify.NewDocument(),
			}
		}
	}
	for _, m := range all {
		record := r.records[hitori.CustomerID(m.root)]
		if record == nil {
			continue
		}
		r.of[m.id] = record
		record.Members = append(record.Members, hitori.CustomerID(m.id))
		if seen := fromMillis(m.seen); seen.Before(record.FirstSeen) {
			record.FirstSeen = seen
		}
		if changed := fromMillis(max(m.seen, m.updated)); changed.After(record.UpdatedAt) {
			record.UpdatedAt = changed
		}
		document, err := unify.DecodeDocument(m.document)
		if err != nil {
			return err
		}
		record.Document.Merge(document)
	}
	return nil
}

func (r *recordReader) all() string {
	var ids []hitori.CustomerID
	for id := range r.of {
		ids = append(ids, hitori.CustomerID(id))
	}
	return set(ids, customerRow)
}

func (r *recordReader) identifiers() error {
	err := each(r.ctx, r.c, func(rows Rows) error {
		owner, err := scanOwner(rows)
		if err != nil {
			return err
		}
		record := r.of[int64(owner.Customer)]
		record.Identifiers = append(record.Identifiers, owner.OwnedIdentifier)
		return nil
	}, r.sql.identifiersOf, r.all())
	for _, record := range r.records {
		slices.SortFunc(record.Identifiers, func(a, b hitori.OwnedIdentifier) int {
			return strings.Compare(a.String(), b.String())
		})
	}
	return err
}

func (r *recordReader) merges() error {
	return each(r.ctx, r.c, func(rows Rows) error {
		var m unify.MergeRecord
		var position, loser, winner, merged, undone int64
		var kind string
		if err := rows.Scan(&position, &loser, &winner, &kind, &m.Via.Value, &m.Actor, &merged, &undone, &m.UndoneBy); err != nil {
			return err
		}
		m.Position, m.Loser, m.Winner = hitori.Position(position), hitori.CustomerID(loser), hitori.CustomerID(winner)
		m.Via.Kind, m.Time, m.UndoneAt = hitori.IdentifierKind(kind), fromMillis(merged), fromMillis(undone)
		for _, end := range []int64{loser, winner} {
			if record := r.of[end]; record != nil {
				record.Merges = append(record.Merges, m)
				break
			}
		}
		return nil
	}, r.sql.mergesOf, r.all())
}

func (r *recordReader) conflicts() error {
	return each(r.ctx, r.c, func(rows Rows) error {
		conflict, err := scanConflict(rows)
		if err != nil {
			return err
		}
		for _, end := range []hitori.CustomerID{conflict.Owner, conflict.Claimant} {
			if record := r.of[int64(end)]; record != nil {
				record.Conflicts = append(record.Conflicts, conflict)
				break
			}
		}
		return nil
	}, r.sql.conflictsOf, r.all())
}

func scanConflict(r Rows) (c unify.Conflict, err error) {
	var kind string
	var claimant, owner, position, noticed int64
	err = r.Scan(&kind, &c.Via.Value, &c.Key, &claimant, &owner, &c.Reason, &position, &noticed)
	c.Via.Kind, c.Claimant, c.Owner = hitori.IdentifierKind(kind), hitori.CustomerID(claimant), hitori.CustomerID(owner)
	c.Position, c.Time = hitori.Position(position), fromMillis(noticed)
	return c, err
}

// Search implements [unify.ReadStore].
func (s *Store) Search(ctx context.Context, beginnings []string, limit int) ([]hitori.CustomerID, error) {
	var roots []hitori.CustomerID
	collect := func(r Rows) error {
		var root int64
		err := r.Scan(&root)
		if id := hitori.CustomerID(root); !slices.Contains(roots, id) && len(roots) < limit {
			roots = append(roots, id)
		}
		return err
	}
	// Exact matches first, so that a short name is not lost among longer ones.
	for _, exact := range []bool{true, false} {
		for _, text := range beginnings {
			if len(roots) >= limit {
				break
			}
			query, end := s.sql.searchExact, text
			if !exact {
				query, end = s.sql.searchBeginning, text+"\U0010ffff"
			}
			if err := each(ctx, s.engine, collect, query, text, end, limit); err != nil {
				return nil, s.wrap(err)
			}
		}
	}
	return roots, nil
}

// Groups implements [unify.ReadStore].
func (s *Store) Groups(ctx context.Context, keys []hitori.EntityKey) (map[hitori.EntityKey]hitori.Traits, error) {
	found, err := entities(ctx, s, s.engine, keys)
	return found, s.wrap(err)
}

// Conflicts implements [unify.ReadStore].
func (s *Store) Conflicts(ctx context.Context, before hitori.Position, limit int) ([]unify.Conflict, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	var list []unify.Conflict
	err := each(ctx, s.engine, func(r Rows) error {
		conflict, err := scanConflict(r)
		list = append(list, conflict)
		return err
	}, `SELECT kind, value, claim, claimant_id, owner_id, reason, position, noticed_at FROM conflicts
		WHERE state = 'open' AND position < ?1 ORDER BY position DESC LIMIT ?2`, int64(before), limit)
	return list, s.wrap(err)
}

// Suspects implements [unify.ReadStore].
func (s *Store) Suspects(ctx context.Context, after hitori.Identifier, limit int) ([]unify.Owner, error) {
	var list []unify.Owner
	err := each(ctx, s.engine, func(r Rows) error {
		owner, err := scanOwner(r)
		list = append(list, owner)
		return err
	}, `SELECT i.kind, i.value, i.customer_id, i.state, i.source_id, i.first_seen, i.position, c.root_id
		FROM identifiers i JOIN customers c ON c.id = i.customer_id
		WHERE i.state <> 0 AND (i.kind, i.value) > (?1, ?2) ORDER BY i.kind, i.value LIMIT ?3`, string(after.Kind), after.Value, limit)
	return list, s.wrap(err)
}

// Count implements [unify.ReadStore].
func (s *Store) Count(ctx context.Context) (n unify.Counts, err error) {
	_, err = one(ctx, s.engine, `SELECT
		(SELECT count(*) FROM customers WHERE parent_id = 0 AND level > 0),
		(SELECT count(*) FROM customers WHERE parent_id = 0 AND level = 0),
		(SELECT count(*) FROM customers), (SELECT count(*) FROM identifiers),
		(SELECT count(*) FROM merges WHERE undone_at = 0), (SELECT count(*) FROM conflicts WHERE state = 'open'),
		(SELECT count(*) FROM identifiers WHERE state = 1), (SELECT count(*) FROM identifiers WHERE state = 2)`, nil,
		&n.Known, &n.Visitors, &n.Profiles, &n.Identifiers, &n.Merges, &n.Conflicts, &n.Shared, &n.Junk)
	return n, s.wrap(err)
}

// Outcome implements [unify.OutcomeStore].
func (s *Store) Outcome(ctx context.Context, position hitori.Position) (o unify.Outcome, done bool, err error) {
	o.Position = position
	done, err = one(ctx, s.engine, "SELECT error FROM outcomes WHERE position = ?1", []any{int64(position)}, &o.Error)
	return o, done, s.wrap(err)
}
