package state

import (
	"context"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Retract implements [unify.UndoStore].
func (s *Store) Retract(ctx context.Context, fn func(unify.RetractTx) error) error {
	return s.wrap(s.engine.WriteAlone(ctx, func(c Conn) error {
		t := &tx{s, c}
		if err := fn(t); err != nil {
			return err
		}
		return t.nextEpoch(ctx)
	}))
}

// Members implements [unify.UndoStore].
func (s *Store) Members(ctx context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID][]hitori.CustomerID, error) {
	members := make(map[hitori.CustomerID][]hitori.CustomerID)
	err := s.engine.Snapshot(ctx, func(c Conn) error {
		roots, err := (&tx{s, c}).Roots(ctx, profiles)
		if err != nil {
			return err
		}
		for _, root := range roots {
			members[root] = nil
		}
		if len(members) == 0 {
			return nil
		}
		distinct := slices.Collect(maps.Keys(members))
		return each(ctx, c, func(r Rows) error {
			var root, id int64
			err := r.Scan(&root, &id, new(int64), new(string), new(int64), new(int64))
			members[hitori.CustomerID(root)] = append(members[hitori.CustomerID(root)], hitori.CustomerID(id))
			return err
		}, s.sql.members, set(distinct, customerRow))
	})
	return members, s.wrap(err)
}

// Roots implements [unify.RetractTx].
func (t *tx) Roots(ctx context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID]hitori.CustomerID, error) {
	roots := make(map[hitori.CustomerID]hitori.CustomerID, len(profiles))
	if len(profiles) == 0 {
		return roots, nil
	}
	return roots, each(ctx, t.c, func(r Rows) error {
		var id, root int64
		err := r.Scan(&id, &root)
		roots[hitori.CustomerID(id)] = hitori.CustomerID(root)
		return err
	}, "SELECT c.id, c.root_id FROM "+t.engine.Set(1, "id bigint")+" s CROSS JOIN customers c WHERE c.id = s.id", set(profiles, customerRow))
}

// Applied implements [unify.RetractTx].
func (t *tx) Applied(ctx context.Context) (map[int]uint64, error) {
	p, err := progress(ctx, t.c)
	return p.Applied, err
}

// Dossier implements [unify.RetractTx].
func (t *tx) Dossier(ctx context.Context, profiles []hitori.CustomerID) (unify.Dossier, error) {
	d := dossierReader{tx: t, ctx: ctx, these: set(profiles, customerRow), from: t.engine.Set(1, "id bigint")}
	d.out.Named = make(map[hitori.CustomerID]hitori.Position)
	for _, read := range []func() error{d.names, d.owners, d.merges, d.conflicts, d.apart} {
		if err := read(); err != nil {
			return d.out, err
		}
	}
	return d.out, nil
}

// dossierReader gathers a dossier.
type dossierReader struct {
	*tx
	out         unify.Dossier
	ctx         context.Context
	these, from string
}

func (d *dossierReader) names() error {
	return each(d.ctx, d.c, func(r Rows) error {
		var id, position int64
		err := r.Scan(&id, &position)
		d.out.Named[hitori.CustomerID(id)] = hitori.Position(position)
		return err
	}, "SELECT c.id, c.name_position FROM "+d.from+" s CROSS JOIN customers c WHERE c.id = s.id", d.these)
}

func (d *dossierReader) owners() error {
	return each(d.ctx, d.c, func(r Rows) error {
		owner, err := scanOwner(r)
		d.out.Owners = append(d.out.Owners, owner)
		return err
	}, d.sql.identifiersOf, d.these)
}

func (d *dossierReader) merges() error {
	return each(d.ctx, d.c, func(r Rows) error {
		var m unify.Merge
		var position, loser, winner, merged, undone int64
		var kind, undoneBy string
		err := r.Scan(&position, &loser, &winner, &kind, &m.Via.Value, &m.Actor, &merged, &undone, &undoneBy)
		m.Position, m.Loser, m.Winner = hitori.Position(position), hitori.CustomerID(loser), hitori.CustomerID(winner)
		m.Via.Kind, m.Time = hitori.IdentifierKind(kind), fromMillis(merged)
		if undone == 0 {
			d.out.Merges = append(d.out.Merges, m)
		}
		return err
	}, d.sql.mergesOf, d.these)
}

func (d *dossierReader) conflicts() error {
	const columns = "SELECT f.kind, f.value, f.claim, f.claimant_id, f.owner_id, f.reason, f.position, f.noticed_at FROM "
	return each(d.ctx, d.c, func(r Rows) error {
		conflict, err := scanConflict(r)
		d.out.Conflicts = append(d.out.Conflicts, conflict)
		return err
	}, columns+d.from+" s CROSS JOIN conflicts f WHERE f.claimant_id = s.id UNION "+columns+d.from+" s CROSS JOIN conflicts f WHERE f.owner_id = s.id", d.these)
}

func (d *dossierReader) apart() error {
	return each(d.ctx, d.c, func(r Rows) error {
		var a, b int64
		err := r.Scan(&a, &b)
		d.out.Apart = append(d.out.Apart, [2]hitori.CustomerID{hitori.CustomerID(a), hitori.CustomerID(b)})
		return err
	}, d.sql.apart, d.these)
}

// Retract implements [unify.RetractTx].
func (t *tx) Retract(ctx context.Context, r unify.Retraction) error {
	these := "(SELECT s.id FROM " + t.engine.Set(1, "id bigint") + " s)"
	w := writer{ctx: ctx, c: t.c}
	for _, statement := range []string{
		"DELETE FROM identifiers WHERE customer_id IN ", "DELETE FROM terms WHERE customer_id IN ",
		"DELETE FROM conflicts WHERE claimant_id IN ", "DELETE FROM conflicts WHERE owner_id IN ", "DELETE FROM customers WHERE id IN ",
	} {
		write(&w, statement+these, r.Profiles, customerRow)
	}
	for _, statement := range []string{"DELETE FROM separations WHERE a_id IN ", "DELETE FROM separations WHERE b_id IN "} {
		write(&w, statement+these, r.Strangers, customerRow)
	}
	write(&w, "DELETE FROM identifiers WHERE (kind, value) IN (SELECT s.kind, s.value FROM "+t.engine.Set(1, "kind text", "value text")+" s)",
		r.Identifiers, identifierRow)
	write(&w, "DELETE FROM merges WHERE (position, loser_id) IN (SELECT s.position, s.loser FROM "+t.engine.Set(1, "position bigint", "loser bigint")+" s)",
		r.Merges, func(m unify.Merge) []any { return []any{int64(m.Position), int64(m.Loser)} })
	write(&w, "DELETE FROM conflicts WHERE (kind, value, claim) IN (SELECT s.kind, s.value, s.claim FROM "+
		t.engine.Set(1, "kind text", "value text", "claim text")+" s)",
		r.Conflicts, func(c unify.Conflict) []any { return []any{string(c.Via.Kind), c.Via.Value, c.Key} })
	write(&w, "UPDATE customers SET name = '', name_time = 0, name_position = 0 WHERE id IN "+these, r.Nameless, customerRow)
	write(&w, "UPDATE customers SET root_id = s.root, parent_id = s.parent FROM "+t.engine.Set(1, "id bigint", "root bigint", "parent bigint")+
		" s WHERE customers.id = s.id", parentRows(r.Parents), func(row []any) []any { return row })
	if w.err != nil {
		return w.err
	}
	if err := t.list(ctx, rootsOf(r.Parents), nil); err != nil {
		return err
	}
	return t.reopenConflicts(ctx, r.Parents)
}

// rootsOf are the profiles without a parent.
func rootsOf(parents map[hitori.CustomerID]hitori.CustomerID) []hitori.CustomerID {
	var roots []hitori.CustomerID
	for c, parent := range parents {
		if parent == 0 {
			roots = append(roots, c)
		}
	}
	return roots
}

// parentRows are the rows of profiles with root and parent.
func parentRows(parents map[hitori.CustomerID]hitori.CustomerID) [][]any {
	rows := make([][]any, 0, len(parents))
	for c, parent := range parents {
		root := c
		for parents[root] != 0 {
			root = parents[root]
		}
		rows = append(rows, []any{int64(c), int64(root), int64(parent)})
	}
	return rows
}

// reopenConflicts opens conflicts that were closed when two people became one who are two again.
func (t *tx) reopenConflicts(ctx context.Context, of map[hitori.CustomerID]hitori.CustomerID) error {
	if len(of) == 0 {
		return nil
	}
	profiles := slices.Collect(maps.Keys(of))
	parted := func(end string) string {
		return "SELECT f.kind, f.value, f.claim FROM " + t.engine.Set(1, "id bigint") + " s CROSS JOIN conflicts f CROSS JOIN customers a CROSS JOIN customers b " +
			"WHERE f." + end + " = s.id AND a.id = f.claimant_id AND b.id = f.owner_id AND a.root_id <> b.root_id"
	}
	_, err := t.c.Exec(ctx, "UPDATE conflicts SET state = 'open' WHERE state = 'joined' AND (kind, value, claim) IN ("+
		parted("claimant_id")+" UNION "+parted("owner_id")+")", set(profiles, customerRow))
	return err
}

// DropEntities implements [unify.RetractTx].
func (t *tx) DropEntities(ctx context.Context, keys []hitori.EntityKey) error {
	w := writer{ctx: ctx, c: t.c}
	write(&w, "DELETE FROM entities WHERE (kind, id) IN (SELECT s.kind, s.id FROM "+t.engine.Set(1, "kind text", "id text")+" s)",
		keys, func(k hitori.EntityKey) []any { return []any{k.Kind, k.ID} })
	return w.err
}

// LeaveUndoPlan implements [unify.RetractTx].
func (t *tx) LeaveUndoPlan(ctx context.Context, importID, plan string) error {
	_, err := t.c.Exec(ctx, "INSERT INTO undo_plans (job, plan) VALUES (?1, ?2)", importID, plan)
	return err
}

// UndoPlan implements [unify.UndoStore].
func (s *Store) UndoPlan(ctx context.Context, importID string) (plan string, err error) {
	_, err = one(ctx, s.engine, "SELECT plan FROM undo_plans WHERE job = ?1", []any{importID}, &plan)
	return plan, s.wrap(err)
}

// DropUndoPlan implements [unify.UndoStore].
func (s *Store) DropUndoPlan(ctx context.Context, importID string) error {
	_, err := s.engine.Exec(ctx, "DELETE FROM undo_plans WHERE job = ?1", importID)
	return s.wrap(err)
}
