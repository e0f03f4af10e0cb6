package statetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

// wantListed reads a list in pages of several sizes.
func wantListed(t *testing.T, s *state.Store, what string, q unify.ListQuery, want ...hitori.CustomerID) {
	t.Helper()
	for _, limit := range []int{20, 2, 1} {
		q.Limit, q.After = limit, unify.ListPlace{}
		var got []hitori.CustomerID
		for {
			page, err := s.List(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, place := range page {
				got = append(got, place.Customer)
			}
			if len(page) < limit {
				break
			}
			q.After = page[limit-1]
		}
		wantEqual(t, fmt.Sprint(what, " by ", limit), got, want)
	}
}

// People are listed by when the first of their profiles was seen, on pages that fit together, also after
// merges and when one was undone.
func listInOrder(t *testing.T, s *state.Store) {
	// By id: level and hour of the first sight. Three were seen at once.
	people := map[hitori.CustomerID]struct {
		level unify.Level
		hour  int
	}{
		10: {unify.Visitor, 1}, 11: {unify.Lead, 5}, 12: {unify.Member, 3}, 13: {unify.Visitor, 9}, 14: {unify.Lead, 3},
		15: {unify.Member, 7}, 16: {unify.Visitor, 2}, 17: {unify.Member, 3}, 18: {unify.Member, 4},
	}
	save(t, s, func(c *unify.Changes) {
		for id, p := range people {
			c.Created = append(c.Created, unify.Profile{ID: id, Level: p.level, FirstSeen: begin.Add(time.Duration(p.hour) * time.Hour)})
		}
	})
	is := func(what string, q unify.ListQuery, want ...hitori.CustomerID) {
		t.Helper()
		wantListed(t, s, what, q, want...)
	}
	known, members := []unify.Level{unify.Member, unify.Lead}, []unify.Level{unify.Member}
	is("known", unify.ListQuery{Levels: known}, 15, 11, 18, 17, 14, 12)
	is("oldest first", unify.ListQuery{Levels: known, Ascending: true}, 12, 14, 17, 18, 11, 15)
	is("members", unify.ListQuery{Levels: members}, 15, 18, 17, 12)
	is("visitors", unify.ListQuery{Levels: []unify.Level{unify.Visitor}, Ascending: true}, 10, 16, 13)
	is("all", unify.ListQuery{Levels: []unify.Level{unify.Visitor, unify.Lead, unify.Member}}, 13, 15, 11, 18, 17, 14, 12, 16, 10)

	// 16 comes to 18, 18 with it to 15, and 13, which is younger, to 15, too.
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(50, 18, 16)} })
	is("after one merge", unify.ListQuery{Levels: members}, 15, 17, 12, 18)
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(51, 15, 18, 16), mergeOf(52, 15, 13)} })
	is("after more merges", unify.ListQuery{Levels: members}, 17, 12, 15)
	counts, err := s.Count(t.Context())
	if err != nil || counts.Known != 5 || counts.Visitors != 1 || counts.Profiles != 9 || counts.Merges != 3 {
		t.Errorf("counts %+v, %v", counts, err)
	}
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		_, err := tx.Unmerge(ctx, 51, 18, unify.Decision{Position: 60, Time: begin})
		return err
	})
	is("after one was undone", unify.ListQuery{Levels: members}, 15, 17, 12, 18)
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		_, err := tx.Unmerge(ctx, 50, 16, unify.Decision{Position: 61, Time: begin})
		return err
	})
	is("after the other was undone", unify.ListQuery{Levels: members}, 15, 18, 17, 12)
	is("visitors again", unify.ListQuery{Levels: []unify.Level{unify.Visitor}}, 16, 10)
}

// called is a document in which somebody is called something, since an hour.
func called(hour int, traits ...string) unify.Document {
	d := unify.NewDocument()
	for pair := range slices.Chunk(traits, 2) {
		d.Traits[pair[0]] = hitori.Trait{Value: hitori.JSON(fmt.Sprintf("%q", pair[1])), Source: 2, Time: begin.Add(time.Duration(hour) * time.Hour), Position: hitori.Position(hour)}
	}
	return d
}

// tell replaces documents.
func tell(t *testing.T, s *state.Store, documents map[hitori.CustomerID]unify.Document) {
	t.Helper()
	save(t, s, func(c *unify.Changes) { c.Documents = documents })
}

var (
	everybody = []unify.Level{unify.Member, unify.Lead, unify.Visitor}
	byName    = unify.ListQuery{Levels: everybody, By: unify.ByReading, Ascending: true}
	backwards = unify.ListQuery{Levels: everybody, By: unify.ByReading}
	byChange  = unify.ListQuery{Levels: everybody, By: unify.ByChange}
)

// People of whom much, little and nothing is known, of all levels.
func registered(t *testing.T, s *state.Store) {
	save(t, s, func(c *unify.Changes) {
		for id, level := range map[hitori.CustomerID]unify.Level{
			10: unify.Member, 11: unify.Member, 12: unify.Lead, 13: unify.Member, 14: unify.Visitor, 15: unify.Lead, 16: unify.Member, 17: unify.Member,
		} {
			person(c, id, level)
		}
		c.Documents = map[hitori.CustomerID]unify.Document{
			10: called(5, "name", "渡辺 一", "kana", "ワタナベ ハジメ"),
			11: called(2, "lastName", "阿部", "firstName", "花", "lastNameKana", "あべ", "firstNameKana", "はな"),
			12: called(9, "name", "髙橋 二郎"),
			13: called(1, "name", "Smith", "kana", "ｽﾐｽ"),
			15: called(3, "rank", "gold"),
			16: called(2, "name", "阿部 花", "nameKana", "アベ ハナ"), // the same as 11
			17: called(-3, "name", "後藤", "kana", "ゴトウ"),        // told late: it was so before the person came
		}
	})
}

func listByNameAndChange(t *testing.T, s *state.Store) {
	registered(t, s)
	wantListed(t, s, "by name", byName, 11, 16, 17, 13, 10, 12, 14, 15)
	wantListed(t, s, "backwards", backwards, 12, 10, 13, 17, 16, 11, 15, 14)
	wantListed(t, s, "members by name", unify.ListQuery{Levels: []unify.Level{unify.Member}, By: unify.ByReading, Ascending: true}, 11, 16, 17, 13, 10)
	wantListed(t, s, "by change", byChange, 12, 10, 15, 16, 11, 13, 17, 14)
	wantListed(t, s, "long unchanged first", unify.ListQuery{Levels: everybody, By: unify.ByChange, Ascending: true}, 14, 17, 13, 11, 16, 15, 10, 12)
	records, err := s.Records(t.Context(), []hitori.CustomerID{12, 14, 17})
	if err != nil {
		t.Fatal(err)
	}
	for i, hours := range []int{9, 0, 0} {
		if want := begin.Add(time.Duration(hours) * time.Hour); !records[i].UpdatedAt.Equal(want) {
			t.Errorf("%v changed at %v, want %v", records[i].Root, records[i].UpdatedAt, want)
		}
	}
	tell(t, s, map[hitori.CustomerID]unify.Document{10: called(20, "name", "井上 一", "kana", "イノウエ ハジメ"), 16: unify.NewDocument()})
	wantListed(t, s, "after a wedding", byName, 11, 10, 17, 13, 12, 14, 15, 16)
	wantListed(t, s, "last changed", byChange, 10, 12, 15, 11, 13, 17, 16, 14)
}

// listOfJoined: who has several profiles is listed by what all of them say.
func listOfJoined(t *testing.T, s *state.Store) {
	registered(t, s)
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(50, 15, 12)} })
	wantListed(t, s, "what the other one told", byName, 11, 16, 17, 13, 10, 15, 14)
	wantListed(t, s, "by change", byChange, 15, 10, 16, 11, 13, 17, 14)
	// One says how the family name is read, the other how the given name is, and in the same step one comes to them.
	save(t, s, func(c *unify.Changes) {
		c.Documents = map[hitori.CustomerID]unify.Document{12: called(10, "lastNameKana", "モリ"), 15: called(11, "firstNameKana", "アイ")}
		c.Merges = []unify.Merge{mergeOf(51, 15, 14)}
	})
	wantListed(t, s, "put together", byName, 11, 16, 17, 13, 15, 10)
	tell(t, s, map[hitori.CustomerID]unify.Document{12: called(12, "lastNameKana", "アオキ")})
	wantListed(t, s, "when the merged one changes", byName, 15, 11, 16, 17, 13, 10)
	decide(t, s, func(ctx context.Context, tx unify.DecisionTx) error {
		_, err := tx.Unmerge(ctx, 50, 12, unify.Decision{Position: 60, Time: begin})
		return err
	})
	wantListed(t, s, "apart again", byName, 15, 12, 11, 16, 17, 13, 10)
	wantListed(t, s, "apart again, by change", byChange, 12, 15, 10, 16, 11, 13, 17)
	err := s.Retract(t.Context(), func(tx unify.RetractTx) error {
		return tx.Retract(t.Context(), unify.Retraction{Merges: []unify.Merge{mergeOf(51, 15, 14)}, Parents: map[hitori.CustomerID]hitori.CustomerID{14: 0, 15: 0}})
	})
	if err != nil {
		t.Fatal(err)
	}
	wantListed(t, s, "after an import was taken back", byName, 15, 12, 11, 16, 17, 13, 10, 14)
}

// listedAnew: a state of a program that did not list people by name is brought up to date.
func listedAnew(t *testing.T, engine state.Engine) {
	s := store(t, engine)
	registered(t, s)
	save(t, s, func(c *unify.Changes) { c.Merges = []unify.Merge{mergeOf(50, 15, 12)} })
	for _, statement := range []string{"UPDATE customers SET reading = '', changed = 0, since = 0", "DELETE FROM settings WHERE name = 'listing'"} {
		if _, err := engine.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	s = store(t, engine)
	wantListed(t, s, "by name", byName, 11, 16, 17, 13, 10, 15, 14)
	wantListed(t, s, "by change", byChange, 15, 10, 16, 11, 13, 17, 14)
}
