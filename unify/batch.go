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

	claims []identity.Claim
	// recalled are the events whose profile was remembered.
	recalled []int
	stamps   []int64 // beside events; see the stamp constants
	graph    *identity.Graph
	changes  Changes
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
	if len(b.events)+len(f.Events) > cap(b.events) {
		b.events = slices.Grow(b.events, max(len(b.events), len(f.Events))) // by more than append would
	}
	b.events = append(b.events, f.Events...)
	b.bytes += f.Bytes
}

func (b *batch) step(token string) Step {
	ranges := slices.SortedFunc(maps.Values(b.ranges), func(a, b Range) int { return a.Partition - b.Partition })
	return Step{Token: token, Ranges: ranges}
}

// resolve decides for every event whether it is new and whose it is, and gathers what that
// changes. It reads the state through tx and writes nothing but sightings.
func (b *batch) resolve(ctx context.Context, tx Tx, known *recall) error {
	b.stamps = make([]int64, len(b.events))
	b.changes = Changes{}
	if err := b.dropRepeated(ctx, tx); err != nil {
		return err
	}
	b.recalled = b.recalled[:0]
	for i := range b.events {
		if b.stamps[i] != stampNobody || !isPlain(&b.events[i]) || !b.isPersonal(i) {
			continue
		}
		if profile, ok := known.get(&b.events[i]); ok {
			b.stamps[i] = int64(profile)
			b.recalled = append(b.recalled, i)
		}
	}
	if err := b.attribute(ctx, tx); err != nil || !b.contradicts() {
		return err
	}
	for i := range b.stamps {
		b.stamps[i] = min(b.stamps[i], stampNobody)
	}
	b.recalled = nil
	return b.attribute(ctx, tx)
}

// contradicts reports whether the batch changes something about those whose events were attributed from
// memory.
func (b *batch) contradicts() bool {
	displaced := make(map[string]bool)
	for _, id := range b.changes.Displaced() {
		displaced[id.Value] = true
	}
	return len(displaced) > 0 && slices.ContainsFunc(b.recalled, func(i int) bool {
		return displaced[b.events[i].UserID] || displaced[b.events[i].AnonymousID]
	})
}

// attribute finds the person of every event that is nobody's yet.
func (b *batch) attribute(ctx context.Context, tx Tx) error {
	b.claim()
	if err := b.loadGraph(ctx, tx); err != nil {
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

// remember puts what the batch settled into memory, and forgets what it changed.
func (b *batch) remember(known *recall) {
	if displaced := b.changes.Displaced(); len(displaced) > 0 {
		known.drop(displaced)
	}
	for i := range b.events {
		e, claim := &b.events[i], &b.claims[i]
		if b.stamps[i] > 0 && len(claim.Identifiers) > 0 && isPlain(e) && namesBoth(claim, e) && b.graph.Settled(claim) {
			known.add(e, hitori.CustomerID(b.stamps[i]))
		}
	}
}

// namesBoth reports whether a claim has the event's ids as they were written.
func namesBoth(claim *identity.Claim, e *hitori.Event) bool {
	has := func(kind hitori.IdentifierKind, value string) bool {
		return value == "" || slices.Contains(claim.Identifiers, hitori.Identifier{Kind: kind, Value: value})
	}
	return has(hitori.UserID, e.UserID) && has(hitori.AnonymousID, e.AnonymousID)
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
func (b *batch) loadGraph(ctx context.Context, tx Tx) error {
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
	ids := slices.Collect(maps.Keys(wanted))
	owners, err := tx.Owners(ctx, ids)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		b.graph.AddOwner(owner)
	}
	people, err := tx.People(ctx, b.graph.Needs(b.claims))
	if err != nil {
		return err
	}
	for _, person := range people {
		b.graph.AddPerson(person)
	}
	return b.dropBuried(ctx, tx, ids)
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
