package unify

import (
	"context"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/identity"
)

// batch is a run of frames on its way through the state.
type batch struct {
	ranges map[int]Range
	events []hitori.Event
	bytes  int

	claims  []identity.Claim
	stamps  []int64 // beside events; see the stamp constants
	graph   *identity.Graph
	changes Changes
}

// What a stamp says when it is not a profile.
const (
	stampNobody  = 0  // an event about no person
	stampSkipped = -1 // seen before, erased, or of an erased person: it goes nowhere
	stampHeld    = -2 // in quarantine
)

func newBatch() *batch { return &batch{ranges: make(map[int]Range)} }

func (b *batch) add(f Frame, after uint64) {
	r, ok := b.ranges[f.Partition]
	if !ok {
		r = Range{Partition: f.Partition, After: after}
	}
	r.Last = f.Sequence
	b.ranges[f.Partition] = r
	b.events = append(b.events, f.Events...)
	b.bytes += f.Bytes
}

func (b *batch) step(token string) Step {
	ranges := slices.SortedFunc(maps.Values(b.ranges), func(a, b Range) int { return a.Partition - b.Partition })
	return Step{Token: token, Ranges: ranges}
}

// resolve decides for every event whether it is new and whose it is, and gathers what that
// changes. It reads the state through tx and writes nothing but sightings.
func (b *batch) resolve(ctx context.Context, tx Tx, cache *ownerCache) error {
	b.stamps = make([]int64, len(b.events))
	b.changes = Changes{}
	if err := b.dropRepeated(ctx, tx); err != nil {
		return err
	}
	b.claim()
	if err := b.loadGraph(ctx, tx, cache); err != nil {
		return err
	}
	for i := range b.claims {
		if b.stamps[i] == stampNobody && b.isPersonal(i) {
			b.stamps[i] = int64(b.graph.Resolve(b.claims[i]))
		}
	}
	b.changes.Changes = b.graph.Changes()
	return nil
}

// dropRepeated marks events that are erased, in quarantine, or not new.
func (b *batch) dropRepeated(ctx context.Context, tx Tx) error {
	if err := b.dropReleased(ctx, tx); err != nil {
		return err
	}
	sightings := make([]Sighting, 0, len(b.events))
	places := make([]int, 0, len(b.events))
	for i := range b.events {
		switch e := &b.events[i]; {
		case e.Type == 0:
			b.stamps[i] = stampSkipped
		case len(e.Problems) > 0:
			if b.stamps[i] != stampSkipped {
				b.stamps[i] = stampHeld
			}
		default:
			sightings = append(sightings, Sighting{e.ID, e.Position})
			places = append(places, i)
		}
	}
	first, err := tx.Sight(ctx, sightings)
	if err != nil {
		return err
	}
	for i, s := range sightings {
		if first[i] != s.Position {
			b.stamps[places[i]] = stampSkipped
			b.changes.Repeats = append(b.changes.Repeats, Repeat{First: first[i], Again: s.Position})
		}
	}
	return nil
}

// dropReleased marks events that broke the contract and were replayed or thrown away since,
// which only a rebuild of the state comes upon.
func (b *batch) dropReleased(ctx context.Context, tx Tx) error {
	var held []hitori.Position
	places := make(map[hitori.Position]int)
	for i := range b.events {
		if len(b.events[i].Problems) > 0 {
			held = append(held, b.events[i].Position)
			places[b.events[i].Position] = i
		}
	}
	released, err := tx.Released(ctx, held)
	for _, position := range released {
		b.stamps[places[position]] = stampSkipped
	}
	return err
}

// isPersonal reports whether an event is about a person at all.
func (b *batch) isPersonal(i int) bool {
	e := &b.events[i]
	if e.Type != hitori.Track {
		return true
	}
	spec, known := hitori.LookupEvent(e.Name)
	return !known || spec.Subject == hitori.AboutPerson
}

// claim reads whom each new event is about.
func (b *batch) claim() {
	b.claims = make([]identity.Claim, len(b.events))
	for i := range b.events {
		e := &b.events[i]
		if b.stamps[i] != stampNobody || !b.isPersonal(i) {
			continue
		}
		b.claims[i] = newClaim(e)
	}
}

// loadGraph brings the owners of all identifiers and the people they may join into memory.
func (b *batch) loadGraph(ctx context.Context, tx Tx, cache *ownerCache) error {
	b.graph = identity.NewGraph()
	wanted := make(map[hitori.Identifier]bool)
	for i := range b.claims {
		for _, id := range b.claims[i].Identifiers {
			wanted[id] = true
		}
		if previous := b.claims[i].Previous; previous != "" {
			wanted[hitori.Identifier{Kind: hitori.UserID, Value: previous}] = true
			wanted[hitori.Identifier{Kind: hitori.AnonymousID, Value: previous}] = true
		}
	}
	missing := make([]hitori.Identifier, 0, len(wanted))
	for id := range wanted {
		if owner, ok := cache.get(id); ok {
			b.graph.AddOwner(owner)
		} else {
			missing = append(missing, id)
		}
	}
	owners, err := tx.Owners(ctx, missing)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		b.graph.AddOwner(owner)
		cache.put(owner)
	}
	if err := b.refreshUnsettled(ctx, tx, cache, missing); err != nil {
		return err
	}
	people, err := tx.People(ctx, b.graph.Needs(b.claims))
	if err != nil {
		return err
	}
	for _, person := range people {
		b.graph.AddPerson(person)
	}
	return b.dropBuried(ctx, tx, missing)
}

// refreshUnsettled reads the owners of claims that may change something once more: what
// the cache knows of them can be older than a join made since. Fresh ones may unsettle
// further claims, so it goes on until there are none.
func (b *batch) refreshUnsettled(ctx context.Context, tx Tx, cache *ownerCache, read []hitori.Identifier) error {
	fresh := make(map[hitori.Identifier]bool, len(read))
	for _, id := range read {
		fresh[id] = true
	}
	for {
		stale := slices.DeleteFunc(b.graph.Unsettled(b.claims), func(id hitori.Identifier) bool { return fresh[id] })
		if len(stale) == 0 {
			return nil
		}
		owners, err := tx.Owners(ctx, stale)
		if err != nil {
			return err
		}
		for _, owner := range owners {
			b.graph.AddOwner(owner)
			cache.put(owner)
		}
		for _, id := range stale {
			fresh[id] = true
		}
	}
}

// dropBuried drops events of erased people that were accepted before the erasure and come
// to be applied after it.
func (b *batch) dropBuried(ctx context.Context, tx Tx, ids []hitori.Identifier) error {
	unowned := slices.DeleteFunc(ids, func(id hitori.Identifier) bool {
		_, owned := b.graph.Owner(id)
		return owned
	})
	buried, err := tx.Buried(ctx, unowned)
	if err != nil || len(buried) == 0 {
		return err
	}
	for i := range b.claims {
		for _, id := range b.claims[i].Identifiers {
			if until, ok := buried[id]; ok && b.events[i].Position < until && b.stamps[i] == stampNobody {
				b.stamps[i] = stampSkipped
				b.changes.Redact = append(b.changes.Redact, b.events[i].Position)
			}
		}
	}
	return nil
}
