package statetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

func ownersAndPeople(t *testing.T, s *state.Store) {
	save(t, s, func(c *unify.Changes) {
		person(c, 10, unify.Member, id(hitori.UserID, "U1"), id(hitori.Email, "a@example.com"), id(hitori.AnonymousID, "d1"))
		person(c, 20, unify.Visitor, id(hitori.AnonymousID, "d2"))
		c.Names = []unify.Name{{Customer: 10, Value: "佐藤花", Time: begin, Position: 5}, {Customer: 10, Value: "佐藤花子", Time: begin, Position: 6}}
		c.Merges = []unify.Merge{mergeOf(30, 10, 20)}
	})
	update(t, s, func(ctx context.Context, tx unify.Tx) error {
		owners, err := tx.Owners(ctx, []hitori.Identifier{id(hitori.UserID, "U1"), id(hitori.AnonymousID, "d2"), id(hitori.UserID, "nobody")})
		if err != nil {
			return err
		}
		slices.SortFunc(owners, func(a, b unify.Owner) int { return int(a.Customer - b.Customer) })
		if len(owners) != 2 || owners[0].Root != 10 || owners[1].Customer != 20 || owners[1].Root != 10 || !owners[0].FirstSeen.Equal(begin) {
			t.Errorf("owners %+v", owners)
		}
		people, err := tx.People(ctx, []hitori.CustomerID{10, 999})
		if err != nil {
			return err
		}
		if len(people) != 1 {
			t.Fatalf("people %+v", people)
		}
		p := people[0]
		slices.Sort(p.Members)
		wantEqual(t, "members", p.Members, []hitori.CustomerID{10, 20})
		if p.Level != unify.Member || len(p.Strong) != 2 || len(p.Names) != 1 || p.Names[0].Value != "佐藤花子" {
			t.Errorf("person %+v", p)
		}
		return nil
	})
}

func documentsAndEntities(t *testing.T, s *state.Store) {
	document := unify.NewDocument()
	document.Traits["name"] = hitori.Trait{Value: `"髙橋 \"花\" 子"`, Source: 2, Time: begin, Position: 7}
	document.Consents[unify.ConsentKey{Channel: "email", Purpose: "marketing"}] = hitori.Consent{
		Channel: "email", Purpose: "marketing", Granted: true, Time: begin, Source: 3, Proof: `{"form":"A"}`, Position: 8,
	}
	document.Memberships["G"] = hitori.Membership{GroupID: "G", Kind: "company", Source: 2, Time: begin, Position: 9}
	product := hitori.EntityKey{Kind: "product", ID: "P1"}
	save(t, s, func(c *unify.Changes) {
		person(c, 10, unify.Member)
		c.Documents = map[hitori.CustomerID]unify.Document{10: document}
		c.Entities = map[hitori.EntityKey]hitori.Traits{product: {"price": {Value: `1980`, Source: 2, Time: begin, Position: 3}}}
	})
	update(t, s, func(ctx context.Context, tx unify.Tx) error {
		documents, err := tx.Documents(ctx, []hitori.CustomerID{10, 11})
		if err != nil {
			return err
		}
		wantEqual(t, "documents", documents, map[hitori.CustomerID]unify.Document{10: document})
		entities, err := tx.Entities(ctx, []hitori.EntityKey{product, {Kind: "product", ID: "P2"}})
		if err != nil {
			return err
		}
		if len(entities) != 1 || entities[product]["price"].Value != `1980` {
			t.Errorf("entities %+v", entities)
		}
		return nil
	})
}

func mergeAndUnmerge(t *testing.T, s *state.Store) {
	save(t, s, func(c *unify.Changes) {
		person(c, 10, unify.Member, id(hitori.UserID, "U1"))
		person(c, 20, unify.Member, id(hitori.Card, "C1"))
	})
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(30, 10, 20)} })
	wantEqual(t, "root after the merge", root(t, s, 20), hitori.CustomerID(10))
	records, err := s.Records(t.Context(), []hitori.CustomerID{10})
	if err != nil {
		t.Fatal(err)
	}
	if r := records[0]; len(r.Members) != 2 || len(r.Identifiers) != 2 || len(r.Merges) != 1 || !r.Merges[0].UndoneAt.IsZero() {
		t.Errorf("record %+v", records[0])
	}
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		aliases, err := tx.Unmerge(ctx, 30, 20, unify.Decision{Position: 40, Time: begin.Add(time.Hour), Actor: "key:test"})
		wantEqual(t, "aliases", aliases, []unify.Alias{{Customer: 20, Root: 20, Version: 40}})
		return err
	})
	wantEqual(t, "root after undoing", root(t, s, 20), hitori.CustomerID(20))
	records, err = s.Records(t.Context(), []hitori.CustomerID{10, 20})
	if err != nil || len(records) != 2 || len(records[0].Members) != 1 || len(records[1].Identifiers) != 1 {
		t.Fatalf("records %+v, %v", records, err)
	}
	one, err := s.Records(t.Context(), []hitori.CustomerID{20})
	if err != nil || len(one[0].Merges) != 1 || one[0].Merges[0].UndoneBy != "key:test" {
		t.Errorf("history %+v, %v", one, err)
	}
	err = s.Decide(t.Context(), func(tx unify.DecisionTx) error {
		_, err := tx.Unmerge(t.Context(), 30, 20, unify.Decision{Position: 41})
		return err
	})
	wantCode(t, err, hitori.NotFound)
	update(t, s, func(ctx context.Context, tx unify.Tx) error { // and they stay apart
		people, err := tx.People(ctx, []hitori.CustomerID{20})
		if err == nil && !slices.Contains(people[0].Apart, 10) {
			t.Errorf("apart %v", people[0].Apart)
		}
		return err
	})
}

// Undoing a merge in the middle of a chain takes along what was merged before it, and
// leaves what was merged after it.
func unmergeInTheMiddle(t *testing.T, s *state.Store) {
	save(t, s, func(c *unify.Changes) {
		for _, profile := range []hitori.CustomerID{10, 20, 30, 40} {
			person(c, profile, unify.Member, id(hitori.Card, fmt.Sprint("C", profile)))
		}
	})
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(50, 20, 30)} })
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(60, 10, 20, 30), mergeOf(61, 10, 40)} })
	for _, profile := range []hitori.CustomerID{10, 20, 30, 40} {
		wantEqual(t, fmt.Sprint("root of ", profile), root(t, s, profile), hitori.CustomerID(10))
	}
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		aliases, err := tx.Unmerge(ctx, 60, 20, unify.Decision{Position: 70, Time: begin})
		if len(aliases) != 2 {
			t.Errorf("aliases %+v", aliases)
		}
		return err
	})
	for profile, want := range map[hitori.CustomerID]hitori.CustomerID{10: 10, 20: 20, 30: 20, 40: 10} {
		wantEqual(t, fmt.Sprint("root of ", profile, " after undoing"), root(t, s, profile), want)
	}
}

func separate(t *testing.T, s *state.Store) {
	save(t, s, func(c *unify.Changes) {
		person(c, 10, unify.Member, id(hitori.Email, "a@example.com"))
		person(c, 20, unify.Member)
		c.Conflicts = []unify.Conflict{{Via: id(hitori.Email, "a@example.com"), Owner: 10, Claimant: 20, Key: "20", Reason: "same_account", Position: 20, Time: begin}}
	})
	conflicts, err := s.Conflicts(t.Context(), 0, 10)
	if err != nil || len(conflicts) != 1 || conflicts[0].Reason != "same_account" {
		t.Fatalf("conflicts %+v, %v", conflicts, err)
	}
	apart := func() []hitori.CustomerID {
		var list []hitori.CustomerID
		update(t, s, func(ctx context.Context, tx unify.Tx) error {
			people, err := tx.People(ctx, []hitori.CustomerID{10})
			list = people[0].Apart
			return err
		})
		return list
	}
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		return tx.Separate(ctx, 20, 10, true, unify.Decision{Actor: "a", Time: begin})
	})
	wantEqual(t, "apart", apart(), []hitori.CustomerID{20})
	conflicts, _ = s.Conflicts(t.Context(), 0, 10)
	wantEqual(t, "conflicts after the decision", len(conflicts), 0)
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		return tx.Separate(ctx, 10, 20, false, unify.Decision{Time: begin})
	})
	wantEqual(t, "apart no more", len(apart()), 0)
	err = s.Decide(t.Context(), func(tx unify.DecisionTx) error {
		return tx.Separate(t.Context(), 10, 999, true, unify.Decision{})
	})
	wantCode(t, err, hitori.Conflict)
}

func junkByClaims(t *testing.T, s *state.Store) {
	phone := id(hitori.Phone, "+81362054131")
	save(t, s, func(c *unify.Changes) { person(c, 10, unify.Member, phone) })
	stateOf := func() hitori.IdentifierState {
		owners, err := s.Lookup(t.Context(), []hitori.Identifier{phone})
		if err != nil || len(owners) != 1 {
			t.Fatalf("%+v, %v", owners, err)
		}
		return owners[0].State
	}
	var before, after int64
	update(t, s, func(ctx context.Context, tx unify.Tx) (err error) { before, err = tx.Epoch(ctx); return err })
	for n := range 6 {
		profile := hitori.CustomerID(20 + n)
		save(t, s, func(c *unify.Changes) {
			person(c, profile, unify.Member)
			for range 3 { // one claimant counts once, however often
				c.Conflicts = append(c.Conflicts, unify.Conflict{Via: phone, Owner: 10, Claimant: profile, Key: profile.String(), Reason: "other_name", Position: hitori.Position(profile), Time: begin})
			}
		})
		want := hitori.Trusted
		if n >= 4 {
			want = hitori.Junk
		}
		wantEqual(t, fmt.Sprint("state after ", n+1, " claimants"), stateOf(), want)
	}
	update(t, s, func(ctx context.Context, tx unify.Tx) (err error) { after, err = tx.Epoch(ctx); return err })
	if after == before {
		t.Error("the epoch did not change when an identifier became junk")
	}
	conflicts, err := s.Conflicts(t.Context(), 0, 10)
	if err != nil || len(conflicts) != 0 {
		t.Errorf("conflicts over junk are open: %+v, %v", conflicts, err)
	}
	suspects, err := s.Suspects(t.Context(), hitori.Identifier{}, 10)
	if err != nil || len(suspects) != 1 || suspects[0].State != hitori.Junk {
		t.Errorf("suspects %+v, %v", suspects, err)
	}
}

func sharedDeviceTurnsTrusted(t *testing.T, s *state.Store) {
	device := id(hitori.AnonymousID, "d1")
	save(t, s, func(c *unify.Changes) {
		person(c, 10, unify.Lead, device)
		person(c, 20, unify.Member)
		shared := owner(10, device)
		shared.State = hitori.Shared
		c.Identifiers = []unify.Owner{shared}
		c.Conflicts = []unify.Conflict{{Via: device, Owner: 10, Claimant: 20, Key: "20", Reason: "shared_device", Position: 20, Time: begin}}
	})
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(30, 20, 10)} })
	owners, err := s.Lookup(t.Context(), []hitori.Identifier{device})
	if err != nil || owners[0].State != hitori.Trusted {
		t.Errorf("owners %+v, %v", owners, err)
	}
}

func eraseLeavesNothing(t *testing.T, s *state.Store) {
	document := unify.NewDocument()
	document.Traits["name"] = hitori.Trait{Value: `"himitsu"`, Time: begin}
	mail := id(hitori.Email, "himitsu@example.com")
	save(t, s, func(c *unify.Changes) {
		person(c, 10, unify.Member, mail, id(hitori.UserID, "himitsu-1"))
		person(c, 20, unify.Visitor, id(hitori.AnonymousID, "himitsu-device"))
		person(c, 30, unify.Member, id(hitori.UserID, "other"))
		c.Names = []unify.Name{{Customer: 10, Value: "himitsu", Time: begin}}
		c.Documents = map[hitori.CustomerID]unify.Document{10: document}
		c.AddTerms = []unify.Term{{Customer: 10, Text: "himitsu"}, {Customer: 30, Text: "other"}}
		c.Merges = []unify.Merge{mergeOf(40, 10, 20)}
		c.Conflicts = []unify.Conflict{{Via: mail, Owner: 10, Claimant: 30, Key: "30", Reason: "same_account", Position: 30, Time: begin}}
		c.Repeats = []unify.Repeat{{First: 11, Again: 99}}
	})
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		return tx.Erase(ctx, 10, unify.Decision{Position: 50, Time: begin, Actor: "key:test", Reason: "本人の請求"})
	})
	for _, profile := range []hitori.CustomerID{10, 20} {
		_, err := s.Root(t.Context(), profile)
		wantCode(t, err, hitori.NotFound)
	}
	found, err := s.Search(t.Context(), []string{"himitsu"}, 10)
	if err != nil || len(found) != 0 {
		t.Errorf("still found: %v, %v", found, err)
	}
	pending, err := s.PendingErasures(t.Context())
	if err != nil || len(pending) != 1 || len(pending[0].Work.Profiles) != 2 || len(pending[0].Work.Identifiers) != 3 {
		t.Fatalf("pending %+v, %v", pending, err)
	}
	update(t, s, func(ctx context.Context, tx unify.Tx) error {
		buried, err := tx.Buried(ctx, []hitori.Identifier{id(hitori.UserID, "other"), mail})
		if len(buried) != 1 || buried[mail] != 50 {
			t.Errorf("buried %v", buried)
		}
		return err
	})
	again, err := s.Repeats(t.Context(), []hitori.Position{11, 12})
	wantEqual(t, "repeats", again, []hitori.Position{99})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.FinishErasure(t.Context(), 50, unify.Proof{Profiles: 2, Events: 7}, begin.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	none, err := s.Erasures(t.Context(), 999, 0, 10)
	if err != nil || len(none) != 0 {
		t.Errorf("erasures of somebody else: %+v %v", none, err)
	}
	list, err := s.Erasures(t.Context(), pending[0].Customer, 0, 10)
	if err != nil || len(list) != 1 || list[0].Proof.Events != 7 || len(list[0].Work.Identifiers) != 0 || list[0].Reason != "本人の請求" {
		t.Errorf("erasures %+v, %v", list, err)
	}
	wantEqual(t, "the other person", root(t, s, 30), hitori.CustomerID(30))
}

func search(t *testing.T, s *state.Store) {
	save(t, s, func(c *unify.Changes) {
		for n := range 5 {
			person(c, hitori.CustomerID(10+n), unify.Member)
		}
		c.AddTerms = []unify.Term{
			{Customer: 10, Text: "佐藤花子"},
			{Customer: 11, Text: "佐藤"},
			{Customer: 12, Text: "佐々木一郎"},
			{Customer: 13, Text: "a@example.com"},
			{Customer: 10, Text: "佐藤花子"},
			{Customer: 14, Text: "佐藤花"},
		}
		c.Merges = []unify.Merge{mergeOf(50, 10, 14)}
	})
	find := func(text string, limit int) []hitori.CustomerID {
		found, err := s.Search(t.Context(), []string{text}, limit)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	wantEqual(t, "exact first", find("佐藤", 10), []hitori.CustomerID{11, 10})
	wantEqual(t, "limit", find("佐藤", 1), []hitori.CustomerID{11})
	wantEqual(t, "merged once", find("佐藤花", 10), []hitori.CustomerID{10})
	wantEqual(t, "mail", find("a@", 10), []hitori.CustomerID{13})
	wantEqual(t, "percent is no wildcard", len(find("%", 10)), 0)
	save(t, s, func(c *unify.Changes) { c.RemoveTerms = []unify.Term{{Customer: 13, Text: "a@example.com"}} })
	wantEqual(t, "removed", len(find("a@", 10)), 0)
}

// Terms of the greatest length go into the index, whatever they consist of.
func longTerms(t *testing.T, s *state.Store) {
	random := rand.New(rand.NewPCG(1, 2))
	text := strings.Map(func(rune) rune { return rune(0x20000 + random.IntN(40_000)) }, strings.Repeat("x", 100))
	save(t, s, func(c *unify.Changes) {
		person(c, 10, unify.Member)
		c.AddTerms = []unify.Term{{Customer: 10, Text: text}}
		c.Documents = map[hitori.CustomerID]unify.Document{10: called(1, "name", strings.Repeat(text, 50))}
	})
	if found, err := s.Search(t.Context(), []string{text}, 5); err != nil || len(found) != 1 {
		t.Errorf("not found: %v, %v", found, err)
	}
}

// Texts that databases trip over go in and out unchanged.
func hostileText(t *testing.T, s *state.Store) {
	texts := []string{`' OR 1=1 --`, `"quoted" \ back`, "改行\nタブ\t", "👩‍👩‍👧", `%_[]`, `{"json":"in\u0000side"}`, "?1 $1", "\u202eright"}
	for n, text := range texts {
		save(t, s, func(c *unify.Changes) {
			person(c, hitori.CustomerID(10+n), unify.Member, id(hitori.UserID, text))
			c.AddTerms = []unify.Term{{Customer: hitori.CustomerID(10 + n), Text: text}}
		})
		owners, err := s.Lookup(t.Context(), []hitori.Identifier{id(hitori.UserID, text)})
		if err != nil || len(owners) != 1 || owners[0].Value != text {
			t.Errorf("%q: %+v, %v", text, owners, err)
		}
		found, err := s.Search(t.Context(), []string{text}, 5)
		if err != nil || len(found) != 1 {
			t.Errorf("%q is not found: %v, %v", text, found, err)
		}
	}
}
