package state

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Save implements [unify.Tx].
func (t *tx) Save(ctx context.Context, c *unify.Changes) error {
	w := writer{ctx: ctx, c: t.c}
	write(&w, t.sql.create, c.Created, func(p unify.Profile) []any { return []any{int64(p.ID), p.Level, millis(p.FirstSeen)} })
	write(&w, t.sql.own, c.Identifiers, func(o unify.Owner) []any {
		return []any{string(o.Kind), o.Value, int64(o.Customer), o.State, o.Source, millis(o.FirstSeen), int64(o.Position)}
	})
	write(&w, t.sql.name, lastNames(c.Names), func(n unify.Name) []any {
		return []any{int64(n.Customer), n.Value, millis(n.Time), int64(n.Position)}
	})
	write(&w, t.sql.merged, c.Merges, func(m unify.Merge) []any {
		return []any{int64(m.Position), int64(m.Loser), int64(m.Winner), string(m.Via.Kind), m.Via.Value, m.Actor, millis(m.Time)}
	})
	moved := unify.Aliases(c.Merges)
	write(&w, t.sql.moveRoots, moved, aliasRow)
	write(&w, t.sql.moveParents, c.Merges, func(m unify.Merge) []any { return []any{int64(m.Loser), int64(m.Winner)} })
	write(&w, t.sql.addTerms, c.AddTerms, termRow)
	write(&w, t.sql.removeTerms, c.RemoveTerms, termRow)
	write(&w, t.sql.fields, c.Fields, fieldRow)
	write(&w, t.sql.repeat, c.Repeats, func(r unify.Repeat) []any { return []any{int64(r.First), int64(r.Again)} })
	write(&w, t.sql.redact, c.Redact, func(p hitori.Position) []any { return []any{int64(p)} })
	if w.err != nil {
		return w.err
	}
	if err := t.saveDocuments(ctx, c); err != nil {
		return err
	}
	if err := t.listJoined(ctx, c, moved); err != nil {
		return err
	}
	if err := t.saveConflicts(ctx, c.Conflicts); err != nil {
		return err
	}
	if err := t.closeConflicts(ctx, moved); err != nil {
		return err
	}
	if len(c.Displaced()) > 0 {
		return t.nextEpoch(ctx)
	}
	return nil
}

// writer runs statements with sets until one fails.
type writer struct {
	ctx context.Context
	c   Conn
	err error
}

func write[T any](w *writer, query string, items []T, row func(T) []any) {
	if w.err == nil && len(items) > 0 {
		_, w.err = w.c.Exec(w.ctx, query, set(items, row))
	}
}

// lastNames keeps the last of several names of one profile; they come in order.
func lastNames(names []unify.Name) []unify.Name {
	last := make(map[hitori.CustomerID]unify.Name, len(names))
	for _, n := range names {
		last[n.Customer] = n
	}
	return slices.Collect(maps.Values(last))
}

func aliasRow(a unify.Alias) []any { return []any{int64(a.Customer), int64(a.Root)} }

func termRow(term unify.Term) []any { return []any{int64(term.Customer), term.Text} }

func fieldRow(f hitori.FieldCount) []any {
	v := f.Values
	return []any{
		f.Type, f.Name, f.Path, f.Events,
		v[hitori.JSONNull], v[hitori.JSONBoolean], v[hitori.JSONNumber], v[hitori.JSONString], v[hitori.JSONObject], v[hitori.JSONArray],
		f.Bytes, millis(f.First), millis(f.Last),
	}
}

func (t *tx) saveDocuments(ctx context.Context, c *unify.Changes) error {
	var documents, entities [][]any
	for id, document := range c.Documents {
		text, err := document.Encode()
		if err != nil {
			return err
		}
		documents = append(documents, []any{int64(id), text, millis(document.LastChange()), unify.Reading(document.Traits)})
	}
	for key, traits := range c.Entities {
		text, err := unify.EncodeTraits(traits)
		if err != nil {
			return err
		}
		entities = append(entities, []any{key.Kind, key.ID, text})
	}
	w := writer{ctx: ctx, c: t.c}
	same := func(row []any) []any { return row }
	write(&w, t.sql.document, documents, same)
	write(&w, t.sql.entity, entities, same)
	return w.err
}

// saveConflicts notes refused joins, and marks what too many people claim as junk.
func (t *tx) saveConflicts(ctx context.Context, conflicts []unify.Conflict) error {
	if len(conflicts) == 0 {
		return nil
	}
	_, err := t.c.Exec(ctx, t.sql.conflict, set(conflicts, func(c unify.Conflict) []any {
		return []any{string(c.Via.Kind), c.Via.Value, c.Key, int64(c.Claimant), int64(c.Owner), c.Reason, int64(c.Position), millis(c.Time)}
	}))
	if err != nil {
		return err
	}
	claimed := set(conflicts, func(c unify.Conflict) []any { return identifierRow(c.Via) })
	marked, err := t.c.Exec(ctx, t.sql.junk, claimed, unify.JunkClaims)
	if err != nil {
		return err
	}
	if _, err := t.c.Exec(ctx, t.sql.junkConflicts, claimed); err != nil || marked == 0 {
		return err
	}
	return t.nextEpoch(ctx)
}

// closeConflicts closes those between profiles that have become one person.
func (t *tx) closeConflicts(ctx context.Context, moved []unify.Alias) error {
	if len(moved) == 0 {
		return nil
	}
	ids := make(map[hitori.CustomerID]bool)
	for _, a := range moved {
		ids[a.Customer], ids[a.Root] = true, true
	}
	touched := set(slices.Sorted(maps.Keys(ids)), customerRow)
	closed, err := t.c.Exec(ctx, t.sql.joined, touched)
	if err != nil || closed == 0 {
		return err
	}
	trusted, err := t.c.Exec(ctx, t.sql.trust, touched)
	if err != nil || trusted == 0 {
		return err
	}
	return t.nextEpoch(ctx)
}

// Advance implements [unify.Tx].
func (t *tx) Advance(ctx context.Context, step unify.Step, settled []string) error {
	for _, r := range step.Ranges {
		changed, err := t.c.Exec(ctx, "UPDATE checkpoints SET sequence = ?1 WHERE part = ?2 AND sequence = ?3",
			int64(r.Last), r.Partition, int64(r.After))
		if err == nil && changed == 0 && r.After == 0 {
			changed, err = t.c.Exec(ctx, "INSERT INTO checkpoints (part, sequence) VALUES (?1, ?2) ON CONFLICT DO NOTHING", r.Partition, int64(r.Last))
		}
		if err != nil {
			return err
		}
		if changed == 0 {
			return hitori.NewError(hitori.Conflict, "step_taken", "partition", r.Partition)
		}
	}
	for _, token := range settled {
		if _, err := t.c.Exec(ctx, "DELETE FROM steps WHERE token = ?1", token); err != nil {
			return err
		}
	}
	if len(step.Ranges) == 0 {
		return nil
	}
	ranges, err := json.Marshal(step.Ranges)
	if err != nil {
		return err
	}
	_, err = t.c.Exec(ctx, `INSERT INTO steps (token, number, ranges, plan)
		VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM steps), ?2, ?3)`, step.Token, string(ranges), append([]byte{}, step.Plan...))
	return err
}

// Progress implements [unify.WorkerStore].
func (s *Store) Progress(ctx context.Context) (p unify.Progress, err error) {
	err = s.engine.Snapshot(ctx, func(c Conn) error {
		p, err = progress(ctx, c)
		return err
	})
	return p, s.wrap(err)
}

func progress(ctx context.Context, c Conn) (unify.Progress, error) {
	p := unify.Progress{Applied: make(map[int]uint64)}
	err := each(ctx, c, func(r Rows) error {
		var part, sequence int64
		err := r.Scan(&part, &sequence)
		p.Applied[int(part)] = uint64(sequence)
		return err
	}, "SELECT part, sequence FROM checkpoints")
	if err != nil {
		return p, err
	}
	return p, each(ctx, c, func(r Rows) error {
		var step unify.Step
		var ranges string
		if err := r.Scan(&step.Token, &ranges, &step.Plan); err != nil {
			return err
		}
		p.Pending = append(p.Pending, step)
		return json.Unmarshal([]byte(ranges), &p.Pending[len(p.Pending)-1].Ranges)
	}, "SELECT token, ranges, plan FROM steps ORDER BY number")
}

// Assigned implements [unify.WorkerStore].
func (s *Store) Assigned(ctx context.Context, count int) ([]int, error) {
	partitions, err := s.engine.Assigned(ctx, count)
	return partitions, s.wrap(err)
}
