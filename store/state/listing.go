package state

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// What people are listed by stands with their root, each with an index behind level: since, when any of their
// profiles was first seen; changed, when the newest statement in any was made; reading, by what all of them say. A
// profile alone is kept so by the statements that write it; where there are several they are put together here.

var listColumns = [...]string{unify.BySight: "since", unify.ByChange: "changed", unify.ByReading: "reading"}

// List implements [unify.ReadStore].
func (s *Store) List(ctx context.Context, q unify.ListQuery) ([]unify.ListPlace, error) {
	column, direction, behind := listColumns[q.By], "DESC", "<"
	if q.Ascending {
		direction, behind = "ASC", ">"
	}
	args := []any{q.Limit}
	after := ""
	if q.After.Customer != 0 {
		var value any = millis(q.After.Time)
		if q.By == unify.ByReading {
			value = q.After.Reading
		}
		args = append(args, value, int64(q.After.Customer))
		after = fmt.Sprintf(" AND (%s, id) %s (?2, ?3)", column, behind)
	}
	order := fmt.Sprintf("%[1]s %[2]s, id %[2]s", column, direction)
	groups, last := []string{after}, ""
	if q.By == unify.ByReading {
		const with, without = " AND reading > ''", " AND reading = ''"
		last = "CASE WHEN reading = '' THEN 1 ELSE 0 END, "
		groups = []string{with + after, without}
		if q.After.Customer != 0 && q.After.Reading == "" {
			groups = []string{without + after}
		}
	}
	// Each is a range of the index, of which no more is read than can be on the page.
	var ranges []string
	for _, level := range q.Levels {
		for _, group := range groups {
			ranges = append(ranges, fmt.Sprintf(`SELECT * FROM (SELECT id, %s FROM customers WHERE parent_id = 0 AND level = %d%s
				ORDER BY %s LIMIT ?1) r%d`, column, level, group, order, len(ranges)))
		}
	}
	var places []unify.ListPlace
	err := each(ctx, s.engine, func(r Rows) error {
		var id, at int64
		var place unify.ListPlace
		var value any = &at
		if q.By == unify.ByReading {
			value = &place.Reading
		}
		err := r.Scan(&id, value)
		place.Customer, place.Time = hitori.CustomerID(id), fromMillis(at)
		places = append(places, place)
		return err
	}, fmt.Sprintf("SELECT id, %s FROM (%s) u ORDER BY %s%s LIMIT ?1", column, strings.Join(ranges, " UNION ALL "), last, order), args...)
	return places, s.wrap(err)
}

// listJoined puts together what those are listed by who have several profiles, of which some changed or came to them.
func (t *tx) listJoined(ctx context.Context, c *unify.Changes, moved []unify.Alias) error {
	roots := make(map[hitori.CustomerID]bool)
	for _, alias := range moved {
		roots[alias.Root] = true
	}
	if len(c.Documents) > 0 {
		err := each(ctx, t.c, func(r Rows) error {
			var root int64
			err := r.Scan(&root)
			roots[hitori.CustomerID(root)] = true
			return err
		}, t.sql.several, set(slices.Collect(maps.Keys(c.Documents)), customerRow))
		if err != nil {
			return err
		}
	}
	return t.list(ctx, slices.Collect(maps.Keys(roots)), c.Documents)
}

// list puts together what people are listed by. Documents that are at hand need not be read.
func (t *tx) list(ctx context.Context, roots []hitori.CustomerID, known map[hitori.CustomerID]unify.Document) error {
	if len(roots) == 0 {
		return nil
	}
	type person struct {
		since, changed int64
		document       unify.Document
	}
	people := make(map[int64]*person, len(roots))
	err := each(ctx, t.c, func(r Rows) error {
		var root, id, level, seen, updated int64
		var text string
		if err := r.Scan(&root, &id, &level, &seen, &updated, &text); err != nil {
			return err
		}
		p := people[root]
		if p == nil {
			p = &person{since: seen, document: unify.NewDocument()}
			people[root] = p
		}
		p.since, p.changed = min(p.since, seen), max(p.changed, seen, updated)
		document, ok := known[hitori.CustomerID(id)]
		if !ok {
			var err error
			if document, err = unify.DecodeDocument(text); err != nil {
				return err
			}
		}
		p.document.Merge(document)
		return nil
	}, t.sql.records, set(roots, customerRow))
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(people))
	for root, p := range people {
		rows = append(rows, []any{root, p.since, p.changed, unify.Reading(p.document.Traits)})
	}
	w := writer{ctx: ctx, c: t.c}
	write(&w, t.sql.listed, rows, func(row []any) []any { return row })
	return w.err
}

const (
	listingSetting = "listing"
	// listingForm changes when people are to be listed by something else; they are then listed anew.
	listingForm  = "1"
	listedAtOnce = 5000
)

// listAnew puts together what everybody is listed by, when a program before this one did so in another way.
func (s *Store) listAnew(ctx context.Context) error {
	form, err := setting(ctx, s.engine, listingSetting)
	if err != nil || form == listingForm {
		return s.wrap(err)
	}
	for after := hitori.CustomerID(0); ; {
		people, err := s.PeopleAfter(ctx, after, listedAtOnce)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			return s.wrap(putSetting(ctx, s.engine, listingSetting, listingForm))
		}
		after = people[len(people)-1]
		err = s.engine.WriteAlone(ctx, func(c Conn) error { return (&tx{s, c}).list(ctx, people, nil) })
		if err != nil {
			return s.wrap(err)
		}
	}
}
