package state

import (
	"context"
	"encoding/json"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Conclude implements [unify.DecisionTx].
func (t *tx) Conclude(ctx context.Context, o unify.Outcome) error {
	_, err := t.c.Exec(ctx, "INSERT INTO outcomes (position, error) VALUES (?1, ?2)", int64(o.Position), o.Error)
	return err
}

// Separate implements [unify.DecisionTx].
func (t *tx) Separate(ctx context.Context, a, b hitori.CustomerID, apart bool, d unify.Decision) error {
	people, err := t.People(ctx, []hitori.CustomerID{a, b})
	if err != nil {
		return err
	}
	if len(people) != 2 {
		return hitori.NewError(hitori.Conflict, "separate_not_two_people")
	}
	if apart {
		return t.insertSeparation(ctx, a, b, d)
	}
	for _, mine := range people[0].Members {
		for _, theirs := range people[1].Members {
			_, err := t.c.Exec(ctx, "DELETE FROM separations WHERE (a_id = ?1 AND b_id = ?2) OR (a_id = ?2 AND b_id = ?1)", int64(mine), int64(theirs))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) insertSeparation(ctx context.Context, a, b hitori.CustomerID, d unify.Decision) error {
	_, err := t.c.Exec(ctx, `INSERT INTO separations (a_id, b_id, actor, separated_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING`,
		int64(min(a, b)), int64(max(a, b)), d.Actor, millis(d.Time))
	if err != nil {
		return err
	}
	_, err = t.c.Exec(ctx, `UPDATE conflicts SET state = 'separated' WHERE state = 'open'
		AND claimant_id IN (SELECT id FROM customers WHERE root_id IN (?1, ?2) AND (parent_id <> 0 OR id IN (?1, ?2)))
		AND owner_id IN (SELECT id FROM customers WHERE root_id IN (?1, ?2) AND (parent_id <> 0 OR id IN (?1, ?2)))`, int64(a), int64(b))
	return err
}

// Unmerge implements [unify.DecisionTx].
func (t *tx) Unmerge(ctx context.Context, merge hitori.Position, loser hitori.CustomerID, d unify.Decision) ([]unify.Alias, error) {
	var winner, root int64
	found, err := one(ctx, t.c, `SELECT m.winner_id, c.root_id FROM merges m JOIN customers c ON c.id = m.loser_id
		WHERE m.position = ?1 AND m.loser_id = ?2 AND m.undone_at = 0`, []any{int64(merge), int64(loser)}, &winner, &root)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, hitori.NewError(hitori.NotFound, "merge_unknown")
	}
	var moved []unify.Alias
	err = each(ctx, t.c, func(r Rows) error {
		var id int64
		err := r.Scan(&id)
		moved = append(moved, unify.Alias{Customer: hitori.CustomerID(id), Root: loser, Version: d.Position})
		return err
	}, `WITH RECURSIVE subtree (id) AS (
			SELECT CAST(?1 AS BIGINT)
			UNION ALL SELECT c.id FROM subtree s JOIN customers c ON c.parent_id = s.id WHERE c.root_id = ?2 AND c.parent_id <> 0)
		SELECT id FROM subtree`, int64(loser), root)
	if err != nil {
		return nil, err
	}
	w := writer{ctx: ctx, c: t.c}
	write(&w, t.sql.moveRoots, moved, aliasRow)
	if w.err != nil {
		return nil, w.err
	}
	if _, err := t.c.Exec(ctx, "UPDATE customers SET parent_id = 0 WHERE id = ?1", int64(loser)); err != nil {
		return nil, err
	}
	if err := t.list(ctx, []hitori.CustomerID{loser, hitori.CustomerID(root)}, nil); err != nil {
		return nil, err
	}
	_, err = t.c.Exec(ctx, "UPDATE merges SET undone_at = ?1, undone_by = ?2 WHERE position = ?3 AND loser_id = ?4",
		millis(d.Time), d.Actor, int64(merge), int64(loser))
	if err != nil {
		return nil, err
	}
	return moved, t.insertSeparation(ctx, loser, hitori.CustomerID(winner), d)
}

// Erase implements [unify.DecisionTx].
func (t *tx) Erase(ctx context.Context, root hitori.CustomerID, d unify.Decision) error {
	people, err := t.People(ctx, []hitori.CustomerID{root})
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return hitori.NewError(hitori.NotFound, "customer_unknown")
	}
	members := people[0].Members
	identifiers, err := t.identifiersOf(ctx, members)
	if err != nil {
		return err
	}
	if err := t.bury(ctx, identifiers, d.Position); err != nil {
		return err
	}
	work, err := json.Marshal(unify.ErasureWork{Profiles: members, Identifiers: identifiers})
	if err != nil {
		return err
	}
	_, err = t.c.Exec(ctx, `INSERT INTO erasures (position, customer_id, actor, reason, requested_at, work) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
		int64(d.Position), int64(root), d.Actor, d.Reason, millis(d.Time), string(work))
	if err != nil {
		return err
	}
	return t.remove(ctx, members, identifiers)
}

func (t *tx) identifiersOf(ctx context.Context, members []hitori.CustomerID) ([]hitori.Identifier, error) {
	var list []hitori.Identifier
	err := each(ctx, t.c, func(r Rows) error {
		var kind, value string
		err := r.Scan(&kind, &value)
		list = append(list, hitori.Identifier{Kind: hitori.IdentifierKind(kind), Value: value})
		return err
	}, `SELECT i.kind, i.value FROM `+t.engine.Set(1, "id bigint")+` s CROSS JOIN identifiers i WHERE i.customer_id = s.id`, set(members, customerRow))
	return list, err
}

// bury remembers whom events accepted before the erasure must not bring back.
func (t *tx) bury(ctx context.Context, identifiers []hitori.Identifier, position hitori.Position) error {
	if len(identifiers) == 0 {
		return nil
	}
	key, err := t.burialKey(ctx)
	if err != nil {
		return err
	}
	_, err = t.c.Exec(ctx, t.sql.bury, set(identifiers, func(id hitori.Identifier) []any { return []any{burialHash(key, id), int64(position)} }))
	return err
}

// remove deletes every row about the given profiles.
func (t *tx) remove(ctx context.Context, members []hitori.CustomerID, identifiers []hitori.Identifier) error {
	ids, names := set(members, customerRow), set(identifiers, identifierRow)
	these := "(SELECT s.id FROM " + t.engine.Set(1, "id bigint") + " s)"
	those := "(SELECT s.kind, s.value FROM " + t.engine.Set(1, "kind text", "value text") + " s)"
	for _, statement := range []string{
		"DELETE FROM identifiers WHERE customer_id IN " + these,
		"DELETE FROM terms WHERE customer_id IN " + these,
		"DELETE FROM merges WHERE loser_id IN " + these,
		"DELETE FROM merges WHERE winner_id IN " + these,
		"DELETE FROM separations WHERE a_id IN " + these,
		"DELETE FROM separations WHERE b_id IN " + these,
		"DELETE FROM conflicts WHERE claimant_id IN " + these,
		"DELETE FROM conflicts WHERE owner_id IN " + these,
		"DELETE FROM customers WHERE id IN " + these,
	} {
		if _, err := t.c.Exec(ctx, statement, ids); err != nil {
			return err
		}
	}
	_, err := t.c.Exec(ctx, "DELETE FROM conflicts WHERE (kind, value) IN "+those, names)
	return err
}
