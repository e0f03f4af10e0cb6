package statetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

// ledgerBook is what a ledger must know: what was said of each thing, by whom, in that order.
type ledgerBook struct {
	said  map[ledgerThing][]saying
	words int // made so far
}

type ledgerThing struct {
	source hitori.SourceID
	key    collect.Hash
}

type saying struct {
	job   string
	entry collect.LedgerEntry
	event hitori.EventID
}

func hash(kind string, n int) collect.Hash {
	return collect.Hash(hitori.NewEventID(1, fmt.Sprint(kind, n)))
}

// say returns what an import that says something new of a thing tells the ledger.
func (b *ledgerBook) say(job string, thing ledgerThing) collect.LedgerChange {
	b.words++
	change := collect.LedgerChange{Key: thing.key, Before: b.last(thing)}
	change.Now = collect.LedgerEntry{Content: hash("content", b.words), Chain: hash("chain", b.words)}
	if b.words%3 > 0 {
		change.Event = hitori.NewEventID(2, fmt.Sprint(b.words))
	}
	b.said[thing] = append(b.said[thing], saying{job, change.Now, change.Event})
	return change
}

func (b *ledgerBook) last(thing ledgerThing) collect.LedgerEntry {
	if said := b.said[thing]; len(said) > 0 {
		return said[len(said)-1].entry
	}
	return collect.LedgerEntry{}
}

func (b *ledgerBook) undo(job string) {
	for thing, said := range b.said {
		b.said[thing] = slices.DeleteFunc(said, func(s saying) bool { return s.job == job })
	}
}

// erase forgets all about a thing of which an event told, and returns some such events.
func (b *ledgerBook) erase(things []ledgerThing) (events []hitori.EventID) {
	for _, thing := range things {
		for _, s := range b.said[thing] {
			if s.event != (hitori.EventID{}) {
				events = append(events, s.event)
				b.said[thing] = nil
				break
			}
		}
	}
	return events
}

func (b *ledgerBook) check(t *testing.T, when string, s *state.Store, things []ledgerThing) {
	t.Helper()
	for _, source := range []hitori.SourceID{5, 6} {
		var keys []collect.Hash
		var want []collect.LedgerEntry
		for _, thing := range things {
			if thing.source == source {
				keys, want = append(keys, thing.key), append(want, b.last(thing))
			}
		}
		got, err := s.Recall(t.Context(), source, keys)
		if err != nil {
			t.Fatal(err)
		}
		for i := range keys {
			if got[i] != want[i] {
				t.Fatalf("%s: source %d, key %x: %v, want %v", when, source, keys[i], got[i], want[i])
			}
		}
	}
}

// ledgerIsWhatWasSaid: over many generations, in two processes at a time, whatever is taken back in whichever
// order and whoever is erased, the ledger says what the imports that remain said last.
func ledgerIsWhatWasSaid(t *testing.T, stores [2]*state.Store) {
	r := rand.New(rand.NewPCG(3, 4))
	book := ledgerBook{said: make(map[ledgerThing][]saying)}
	var things []ledgerThing
	for n := range 400 {
		things = append(things, ledgerThing{hitori.SourceID(5 + n%2), hash("thing", n/2)})
	}
	var jobs []string
	for n := range 24 {
		job, source := fmt.Sprint("job", n), hitori.SourceID(5+n%2)
		jobs = append(jobs, job)
		// Some are taken back in several steps. Two into one source may overlap.
		for range 1 + r.IntN(60) {
			s, of := stores[r.IntN(2)], job
			if n >= 2 && r.IntN(8) == 0 {
				of = jobs[n-2]
			}
			var changes []collect.LedgerChange
			for range 1 + r.IntN(12) {
				if thing := things[r.IntN(len(things))]; thing.source == source {
					changes = append(changes, book.say(of, thing))
				}
			}
			if err := s.Remember(t.Context(), of, source, changes); err != nil {
				t.Fatal(err)
			}
		}
		book.check(t, job, stores[r.IntN(2)], things)
	}
	r.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })
	for n, job := range jobs {
		s := stores[r.IntN(2)]
		if n%4 == 3 {
			from := r.IntN(len(things) - 30)
			if err := s.ForgetLedger(t.Context(), book.erase(things[from:from+30])); err != nil {
				t.Fatal(err)
			}
			book.check(t, "erased before "+job, stores[0], things)
		}
		if n == len(jobs)/2 {
			restore(t, s, func() {
				if entries, err := s.Recall(t.Context(), 5, []collect.Hash{things[0].key}); err != nil || entries[0] != (collect.LedgerEntry{}) {
					t.Errorf("an empty ledger says %v, %v", entries, err)
				}
			})
			book.check(t, "restored", s, things)
		}
		if err := s.UndoLedger(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		book.undo(job)
		book.check(t, "undone "+job, stores[r.IntN(2)], things)
	}
}

// restore replaces what a store has by its backup; whileEmpty is called in between.
func restore(t *testing.T, s *state.Store, whileEmpty func()) {
	t.Helper()
	var dump bytes.Buffer
	encoder := json.NewEncoder(&dump)
	err := s.Dump(t.Context(), func(unify.Progress) error { return nil }, func(set state.Rowset) error { return encoder.Encode(set) })
	if err == nil {
		err = s.Clear(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	whileEmpty()
	decoder := json.NewDecoder(&dump)
	decoder.UseNumber()
	for decoder.More() {
		var set state.Rowset
		if err := errors.Join(decoder.Decode(&set), s.Load(t.Context(), set)); err != nil {
			t.Fatal(err)
		}
	}
}
