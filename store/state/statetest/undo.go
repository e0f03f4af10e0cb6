package statetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

// sightingsAreForgotten: what is forgotten is new once more, in open and closed generations, and for another
// process; what came first elsewhere stays.
func sightingsAreForgotten(t *testing.T, s *state.Store) {
	const events = generation*3 + 11
	var all []unify.Sighting
	for n := range events {
		all = append(all, sighting(n, n+1))
	}
	for some := range slices.Chunk(all, 20) {
		sight(t, s, some...)
	}
	ids := make([]hitori.EventID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	forget := func(sightings ...unify.Sighting) {
		t.Helper()
		if err := s.ForgetSightings(t.Context(), sightings); err != nil {
			t.Fatal(err)
		}
	}
	wantKnown := func(unknown ...int) {
		t.Helper()
		known, err := s.Known(t.Context(), append(ids, sighting(events+1, 0).ID))
		if err != nil {
			t.Fatal(err)
		}
		for n := range known {
			if known[n] != (n < events && !slices.Contains(unknown, n)) {
				t.Errorf("event %d is known: %t", n, known[n])
			}
		}
	}
	wantKnown()
	old, young := 3, events-1
	forget(all[old], all[young], sighting(7, 5000), sighting(events+1, 1))
	wantKnown(old, young)
	if first := sight(t, s, sighting(old, 1000), sighting(7, 1001), sighting(young, 1002), sighting(young, 1003)); fmt.Sprint(first) != "[1000 8 1002 1002]" {
		t.Errorf("after forgetting: %v", first)
	}
	if first := sight(t, s, sighting(old, 2000), sighting(old, 1000)); fmt.Sprint(first) != "[1000 1000]" {
		t.Errorf("once more: %v", first)
	}
	wantKnown()
	forget(all[old]) // that it was first seen there does not count by now
	wantKnown()
	forget(sighting(old, 1000))
	wantKnown(old)
	if first := sight(t, s, sighting(old, 3000)); first[0] != 3000 {
		t.Errorf("forgotten twice: %v", first)
	}
}

// ledgerGoesBack: taking an import back gives the ledger what it knew before, in whichever order imports are
// taken back.
func ledgerGoesBack(t *testing.T, s *state.Store) {
	key := func(n byte) collect.Hash { return collect.Hash{n} }
	entry := func(n byte) collect.LedgerEntry {
		if n == 0 {
			return collect.LedgerEntry{}
		}
		return collect.LedgerEntry{Content: collect.Hash{1, n}, Chain: collect.Hash{2, n}}
	}
	remember := func(job string, k, before, now byte) {
		t.Helper()
		change := collect.LedgerChange{Key: key(k), Before: entry(before), Now: entry(now), Event: hitori.EventID{now}}
		if err := s.Remember(t.Context(), job, 5, []collect.LedgerChange{change}); err != nil {
			t.Fatal(err)
		}
	}
	want := func(k, now byte) {
		t.Helper()
		entries, err := s.Recall(t.Context(), 5, []collect.Hash{key(k)})
		if err != nil || entries[0] != entry(now) {
			t.Errorf("key %d: %v, want %v, %v", k, entries, entry(now), err)
		}
	}
	undo := func(job string) {
		t.Helper()
		for range 2 {
			if err := s.UndoLedger(t.Context(), job); err != nil {
				t.Fatal(err)
			}
		}
	}
	remember("a", 1, 0, 10) // told twice by one file
	remember("a", 1, 10, 11)
	remember("a", 2, 0, 20)
	remember("a", 3, 0, 30)
	remember("b", 1, 11, 12)
	remember("b", 2, 20, 21)
	remember("c", 2, 21, 22)
	undo("b") // c has gone on from key 2
	want(1, 11)
	want(2, 22)
	want(3, 30)
	undo("a")
	want(1, 0)
	want(2, 22)
	want(3, 0)
	undo("c")
	want(2, 0)

	remember("d", 4, 0, 40)
	remember("d", 5, 0, 50)
	remember("e", 4, 40, 41)
	if err := s.ForgetLedger(t.Context(), []hitori.EventID{{40}, {99}}); err != nil { // whoever was told about by 40 is erased
		t.Fatal(err)
	}
	want(4, 0)
	want(5, 50)
	undo("e")
	want(4, 0)
}

// retracted: what is removed of people is gone, and the rest stands as it would without it.
func retracted(t *testing.T, s *state.Store) {
	mail := func(n int) hitori.Identifier { return id(hitori.Email, fmt.Sprintf("%d@example.jp", n)) }
	save(t, s, func(c *unify.Changes) {
		for n := 1; n <= 5; n++ {
			person(c, hitori.CustomerID(n), unify.Member, id(hitori.UserID, fmt.Sprint("U", n)), mail(n))
			c.Names = append(c.Names, unify.Name{Customer: hitori.CustomerID(n), Value: "name", Time: begin, Position: 7})
			c.AddTerms = append(c.AddTerms, unify.Term{Customer: hitori.CustomerID(n), Text: fmt.Sprint("term", n)})
		}
		c.Conflicts = []unify.Conflict{
			{Via: mail(1), Owner: 1, Claimant: 2, Key: "2", Reason: "both_members", Position: 11, Time: begin},
			{Via: mail(4), Owner: 4, Claimant: 1, Key: "1", Reason: "both_members", Position: 12, Time: begin},
		}
	})
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(20, 1, 2), mergeOf(21, 1, 3)} })
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		return tx.Separate(ctx, 1, 5, true, unify.Decision{})
	})
	err := s.Retract(t.Context(), func(tx unify.RetractTx) error {
		d, err := tx.Dossier(t.Context(), []hitori.CustomerID{1, 2, 3, 5})
		if err != nil {
			return err
		}
		if len(d.Owners) != 8 || len(d.Merges) != 2 || d.Merges[0].Loser != 2 || len(d.Conflicts) != 2 || d.Named[3] != 7 || len(d.Apart) != 2 {
			t.Errorf("dossier %+v", d)
		}
		err = tx.Retract(t.Context(), unify.Retraction{
			Profiles: []hitori.CustomerID{5}, Strangers: []hitori.CustomerID{5}, Identifiers: []hitori.Identifier{mail(3)},
			Merges: d.Merges[:1], Nameless: []hitori.CustomerID{3}, Conflicts: []unify.Conflict{{Via: mail(4), Key: "1"}},
			Parents: map[hitori.CustomerID]hitori.CustomerID{1: 0, 2: 0, 3: 1},
		})
		if err != nil {
			return err
		}
		roots, err := tx.Roots(t.Context(), []hitori.CustomerID{1, 2, 3, 5})
		wantEqual(t, "roots", roots, map[hitori.CustomerID]hitori.CustomerID{1: 1, 2: 2, 3: 1})
		if err != nil {
			return err
		}
		return tx.LeaveUndoPlan(t.Context(), "job", "plan")
	})
	if err != nil {
		t.Fatal(err)
	}
	members, err := s.Members(t.Context(), []hitori.CustomerID{3, 2, 5})
	if err != nil || len(members) != 2 || len(members[1]) != 2 || len(members[2]) != 1 {
		t.Errorf("members %v, %v", members, err)
	}
	open, err := s.Conflicts(t.Context(), 0, 10)
	if err != nil || len(open) != 1 || open[0].Claimant != 2 {
		t.Errorf("the conflict of those who are two again: %+v, %v", open, err)
	}
	owners, err := s.Lookup(t.Context(), []hitori.Identifier{mail(1), mail(2), mail(3), mail(5)})
	if err != nil || len(owners) != 2 {
		t.Errorf("owners %+v, %v", owners, err)
	}
	for text, want := range map[string]int{"term5": 0, "term3": 1} {
		if found, err := s.Search(t.Context(), []string{text}, 10); err != nil || len(found) != want {
			t.Errorf("%s finds %v, %v", text, found, err)
		}
	}
	if plan, err := s.UndoPlan(t.Context(), "job"); err != nil || plan != "plan" {
		t.Errorf("plan %q, %v", plan, err)
	}
	if err := s.DropUndoPlan(t.Context(), "job"); err != nil {
		t.Fatal(err)
	}
	if plan, err := s.UndoPlan(t.Context(), "job"); err != nil || plan != "" {
		t.Errorf("a dropped plan: %q, %v", plan, err)
	}
}
