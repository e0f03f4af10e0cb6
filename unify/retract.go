package unify

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/identity"
)

// RetractTx is a write transaction that takes back what events told.
type RetractTx interface {
	Tx
	// Applied returns the last applied frame of each partition.
	Applied(ctx context.Context) (map[int]uint64, error)
	// Dossier returns what is stored of profiles beside their documents.
	Dossier(ctx context.Context, profiles []hitori.CustomerID) (Dossier, error)
	// Retract removes what is to be removed, and opens those conflicts of the given profiles again
	// that were closed by a join which no longer is.
	Retract(ctx context.Context, r Retraction) error
	// DropEntities forgets entities.
	DropEntities(ctx context.Context, keys []hitori.EntityKey) error
	// Roots returns the person each of the profiles belongs to; those that are gone are left out.
	Roots(ctx context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID]hitori.CustomerID, error)
	// LeaveUndoPlan stores what is to be done outside the state once this transaction is committed.
	LeaveUndoPlan(ctx context.Context, importID, plan string) error
}

// Dossier is what is stored of some profiles beside their documents.
type Dossier struct {
	// Named is the event that told the name of each profile, zero where there is none.
	Named  map[hitori.CustomerID]hitori.Position
	Owners []Owner
	// Merges are those that stand and have one of the profiles at either end, in their order.
	Merges []Merge
	// Conflicts are those of the profiles, the closed ones too.
	Conflicts []Conflict
	// Apart are pairs of which somebody decided that they are two people.
	Apart [][2]hitori.CustomerID
}

// Retraction is what a transaction removes.
type Retraction struct {
	Profiles    []hitori.CustomerID
	Identifiers []hitori.Identifier
	Merges      []Merge
	Conflicts   []Conflict
	// Nameless lose their name.
	Nameless []hitori.CustomerID
	// Strangers lose what was decided about them: that they and others are two people.
	Strangers []hitori.CustomerID
	// Parents are, for every profile concerned that stays, the one it is merged into, zero for none.
	Parents map[hitori.CustomerID]hitori.CustomerID
}

// retraction takes events back from some people and applies anew what hung on them.
//
// Everything in the state bears the place of the event that told it. What an undone event told is removed: the
// profile it created, the identifiers it claimed, the joins it caused, its traits. That loosens other events: those
// that are stamped with a profile which is gone, that name an identifier which is free again or was argued about, and those that were told of a
// person after a join which no longer is and may have caused or spared a join, or a conflict. What a loose event told is removed too, which may loosen further ones. The
// loose events are then resolved once more, in the order of the log, and so come where they would have come
// had there been no import. What was told by events that are no longer there, since a retention rule removed them,
// stays as it is, and so does what people decided, as long as those it was about are there.
type retraction struct {
	*undo
	members []hitori.CustomerID
	events  []hitori.Stamped // those of the members, in the order of the log
	claims  []identity.Claim // beside events
	dossier Dossier
	roots   map[hitori.CustomerID]hitori.CustomerID // of the members before

	loose    map[hitori.Position]bool
	gone     map[hitori.CustomerID]bool
	released map[hitori.Identifier]bool
	doubted  map[hitori.Identifier]bool            // what removed conflicts were about
	parted   map[hitori.CustomerID]hitori.Position // the first join that is taken back, by person
	nameless map[hitori.CustomerID]bool

	removal Retraction
	changes Changes
	stamps  []hitori.CustomerID // beside events: whose they are in the end
}

func newRetraction(u *undo, members []hitori.CustomerID) *retraction {
	return &retraction{
		undo: u, members: members, loose: make(map[hitori.Position]bool), gone: make(map[hitori.CustomerID]bool),
		released: make(map[hitori.Identifier]bool), doubted: make(map[hitori.Identifier]bool), parted: make(map[hitori.CustomerID]hitori.Position), nameless: make(map[hitori.CustomerID]bool),
	}
}

// inOrder brings the events into the order of the log and reads whom they are about.
func (r *retraction) inOrder() {
	slices.SortFunc(r.events, func(a, b hitori.Stamped) int { return cmp.Compare(a.Position, b.Position) })
	r.events = slices.CompactFunc(r.events, func(a, b hitori.Stamped) bool { return a.Position == b.Position })
	r.claims = make([]identity.Claim, len(r.events))
	for i := range r.events {
		r.claims[i] = newClaim(&r.events[i].Event)
	}
}

// run does all in a transaction. It returns profiles of others who are concerned; nothing must be committed then.
func (r *retraction) run(ctx context.Context, tx RetractTx, now moment) (more []hitori.CustomerID, err error) {
	if r.dossier, err = tx.Dossier(ctx, r.members); err != nil {
		return nil, err
	}
	if err := r.unchanged(ctx, tx, now); err != nil {
		return nil, err
	}
	r.loosen()
	if more, err = r.others(ctx, tx); err != nil || len(more) > 0 {
		return more, err
	}
	before, err := tx.Documents(ctx, r.members)
	if err != nil {
		return nil, err
	}
	r.removal = r.removed()
	if err := tx.Retract(ctx, r.removal); err != nil {
		return nil, err
	}
	if err := r.resolve(ctx, tx); err != nil {
		return nil, err
	}
	if err := r.describe(ctx, tx, before); err != nil {
		return nil, err
	}
	if err := tx.Save(ctx, &r.changes); err != nil {
		return nil, err
	}
	if err := tx.Retract(ctx, Retraction{Strangers: slices.Collect(maps.Keys(r.gone))}); err != nil {
		return nil, err
	}
	return nil, r.leavePlan(ctx, tx, now)
}

// unchanged returns errMoved when the people have other profiles by now, or were told about since they were looked at.
func (r *retraction) unchanged(ctx context.Context, tx RetractTx, now moment) error {
	var err error
	if r.roots, err = tx.Roots(ctx, r.members); err != nil {
		return err
	}
	people, err := tx.People(ctx, slices.Compact(slices.Sorted(maps.Values(r.roots))))
	if err != nil {
		return err
	}
	profiles := 0
	for _, person := range people {
		profiles += len(person.Members)
	}
	if profiles != len(r.members) || len(r.roots) != len(r.members) {
		return errMoved
	}
	owned := make(map[hitori.Identifier]bool, len(r.dossier.Owners))
	for _, owner := range r.dossier.Owners {
		owned[owner.Identifier] = true
	}
	return r.unmoved(ctx, tx, now, func(e *hitori.Event) bool {
		claim := newClaim(e)
		return e.Type == hitori.System || slices.ContainsFunc(named(&claim), func(id hitori.Identifier) bool { return owned[id] })
	})
}

// named are the identifiers a claim may be about.
func named(claim *identity.Claim) []hitori.Identifier {
	if claim.Previous == "" {
		return claim.Identifiers
	}
	return append(slices.Clone(claim.Identifiers),
		hitori.Identifier{Kind: hitori.UserID, Value: claim.Previous}, hitori.Identifier{Kind: hitori.AnonymousID, Value: claim.Previous})
}

// off reports whether what the event at a place told is to be removed.
func (r *retraction) off(p hitori.Position) bool { return r.loose[p] || r.undone(p) }

// loosen finds what is removed, until that loosens no more events.
func (r *retraction) loosen() {
	places := make(map[hitori.Position]bool, len(r.events))
	for i := range r.events {
		places[r.events[i].Position] = r.events[i].Type != hitori.System
	}
	for again := true; again; {
		again = false
		note := func(found bool) bool {
			again = again || found
			return found
		}
		for _, c := range r.members {
			if !r.gone[c] && note(r.off(hitori.Position(c))) {
				r.gone[c] = true
			}
		}
		for _, o := range r.dossier.Owners {
			// Junk is never claimed again.
			lost := o.State != hitori.Junk && (r.off(o.Position) || r.gone[o.Customer]) || r.unfounded(&o)
			if !r.released[o.Identifier] && note(lost) {
				r.released[o.Identifier] = true
			}
		}
		for _, m := range r.dossier.Merges {
			parted, found := r.parted[r.roots[m.Winner]]
			switch {
			case r.parts(&m):
				if note(!found || m.Position < parted) {
					r.parted[r.roots[m.Winner]] = m.Position
				}
			case found && parted < m.Position && places[m.Position] && note(!r.loose[m.Position]):
				r.loose[m.Position] = true // it was perhaps found by what had been joined before
			}
		}
		for _, c := range r.dossier.Conflicts {
			if !r.doubted[c.Via] && note(r.dissolved(&c)) {
				r.doubted[c.Via] = true // whoever named it later told of the conflict too
			}
		}
		for i := range r.events {
			e := &r.events[i]
			if !r.off(e.Position) && note(r.gone[e.Customer] || r.namesDoubtful(i) || r.tookAsOne(i)) {
				r.loose[e.Position] = true
			}
		}
	}
	for c, p := range r.dossier.Named {
		if p != 0 && r.off(p) && !r.gone[c] {
			r.nameless[c] = true
		}
	}
}

// parts reports whether a join is taken back.
func (r *retraction) parts(m *Merge) bool {
	return r.off(m.Position) || r.gone[m.Winner] || r.gone[m.Loser]
}

// dissolved reports whether a conflict is removed: what was told of it, or who it was between, is not so any more.
func (r *retraction) dissolved(c *Conflict) bool {
	later := func(end hitori.CustomerID) bool {
		parted, found := r.parted[r.roots[end]]
		return found && parted < c.Position
	}
	return r.off(c.Position) || r.gone[c.Owner] || r.gone[c.Claimant] || later(c.Owner) || later(c.Claimant)
}

// unfounded reports whether an identifier is shared or junk by conflicts of which one is removed. What people have
// decided to be junk has fewer of them.
func (r *retraction) unfounded(o *Owner) bool {
	if o.State == hitori.Trusted {
		return false
	}
	claims, dissolved := make(map[string]bool), false
	for i := range r.dossier.Conflicts {
		if c := &r.dossier.Conflicts[i]; c.Via == o.Identifier {
			claims[c.Key] = true
			dissolved = dissolved || r.dissolved(c)
		}
	}
	return dissolved && (o.State == hitori.Shared || len(claims) >= JunkClaims)
}

// tookAsOne reports whether an event may name two people of whom it was known then that they were one.
func (r *retraction) tookAsOne(i int) bool {
	parted, found := r.parted[r.roots[r.events[i].Customer]]
	return found && parted < r.events[i].Position && len(named(&r.claims[i])) > 1
}

// namesDoubtful reports whether an event names an identifier that is free again, or that a removed conflict was about.
func (r *retraction) namesDoubtful(i int) bool {
	return slices.ContainsFunc(named(&r.claims[i]), func(id hitori.Identifier) bool { return r.released[id] || r.doubted[id] })
}

// others are people who claimed an identifier that is free again and may have it now, and those with whom a conflict
// is to be looked at anew: both ends, and who has the identifier by now.
func (r *retraction) others(ctx context.Context, tx RetractTx) (more []hitori.CustomerID, err error) {
	need := func(c hitori.CustomerID) {
		if c != 0 && !slices.Contains(r.members, c) && !slices.Contains(more, c) {
			more = append(more, c)
		}
	}
	var via []hitori.Identifier
	for _, c := range r.dossier.Conflicts {
		if r.released[c.Via] || r.dissolved(&c) {
			need(c.Claimant)
			need(c.Owner)
			via = append(via, c.Via)
		}
	}
	owners, err := tx.Owners(ctx, via)
	if err != nil {
		return nil, err
	}
	for _, o := range owners {
		need(o.Customer)
	}
	there, err := tx.Roots(ctx, more)
	return slices.Collect(maps.Keys(there)), err
}

// removed is what the state must remove.
func (r *retraction) removed() Retraction {
	out := Retraction{
		Profiles: slices.Sorted(maps.Keys(r.gone)), Identifiers: slices.Collect(maps.Keys(r.released)),
		Nameless: slices.Sorted(maps.Keys(r.nameless)), Parents: make(map[hitori.CustomerID]hitori.CustomerID),
	}
	for _, c := range r.members {
		if !r.gone[c] {
			out.Parents[c] = 0
		}
	}
	for _, m := range r.dossier.Merges {
		if r.parts(&m) {
			out.Merges = append(out.Merges, m)
		} else {
			out.Parents[m.Loser] = m.Winner
		}
	}
	for _, c := range r.dossier.Conflicts {
		if r.dissolved(&c) {
			out.Conflicts = append(out.Conflicts, c)
		}
	}
	return out
}

// resolve finds out whose the loose events are now.
func (r *retraction) resolve(ctx context.Context, tx RetractTx) error {
	graph, err := r.load(ctx, tx)
	if err != nil {
		return err
	}
	r.stamps = make([]hitori.CustomerID, len(r.events))
	for i := range r.events {
		e := &r.events[i]
		r.stamps[i] = e.Customer
		switch {
		case r.undone(e.Position):
		case e.Type == hitori.System:
			r.joinAgain(graph, e)
		case r.loose[e.Position]:
			r.stamps[i] = graph.Resolve(r.claims[i])
		case r.nameless[e.Customer]:
			graph.Name(&r.claims[i], e.Customer)
		}
	}
	r.changes.Changes = graph.Changes()
	created := make(map[hitori.CustomerID]bool)
	for _, p := range r.changes.Created {
		created[p.ID] = true
	}
	for i := range r.events {
		if c := r.events[i].Customer; r.events[i].Type == hitori.System && r.gone[c] && !created[c] {
			r.stamps[i] = 0 // a decision about somebody who never was
		}
	}
	for _, o := range r.dossier.Owners {
		if o.State == hitori.Junk && !r.released[o.Identifier] && created[o.Customer] {
			r.changes.Identifiers = append(r.changes.Identifiers, o)
		}
	}
	maps.DeleteFunc(r.gone, func(c hitori.CustomerID, _ bool) bool { return created[c] })
	return nil
}

// joinAgain repeats a join that somebody decided and that came apart, when both are there.
func (r *retraction) joinAgain(graph *identity.Graph, decision *hitori.Stamped) {
	for _, m := range r.dossier.Merges {
		if m.Position == decision.Position && r.parts(&m) && graph.Has(m.Winner) && graph.Has(m.Loser) {
			graph.Join(m.Winner, m.Loser, Merge{Position: m.Position, Actor: m.Actor, Time: m.Time})
		}
	}
}

// load brings the owners and people into memory that the loose events may concern.
func (r *retraction) load(ctx context.Context, tx RetractTx) (*identity.Graph, error) {
	graph := identity.NewGraph()
	var claims []identity.Claim
	wanted := make(map[hitori.Identifier]bool)
	for i := range r.events {
		if r.loose[r.events[i].Position] {
			claims = append(claims, r.claims[i])
			for _, id := range named(&r.claims[i]) {
				wanted[id] = true
			}
		}
	}
	owners, err := tx.Owners(ctx, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return nil, err
	}
	for _, owner := range owners {
		graph.AddOwner(owner)
	}
	for _, o := range r.dossier.Owners {
		if o.State == hitori.Junk && !r.released[o.Identifier] {
			graph.AddOwner(o)
		}
	}
	for _, pair := range r.dossier.Apart {
		graph.KeepApart(pair[0], pair[1])
	}
	roots, err := tx.Roots(ctx, r.members)
	if err != nil {
		return nil, err
	}
	needed := slices.Concat(graph.Needs(claims), slices.Collect(maps.Values(roots)))
	slices.Sort(needed)
	people, err := tx.People(ctx, slices.Compact(needed))
	if err != nil {
		return nil, err
	}
	for _, person := range people {
		graph.AddPerson(person)
	}
	return graph, nil
}

// leavePlan stores what the warehouse is to be told.
func (r *retraction) leavePlan(ctx context.Context, tx RetractTx, now moment) error {
	plan := undoPlan{Token: r.token(r.members, now.version)}
	for i := range r.events {
		if r.stamps[i] != r.events[i].Customer {
			plan.Moves = append(plan.Moves, move{r.events[i].Position, r.stamps[i]})
		}
	}
	profiles := slices.Clone(r.members)
	for _, p := range r.changes.Created {
		profiles = append(profiles, p.ID)
	}
	for _, m := range r.changes.Merges {
		profiles = append(profiles, m.Members...)
	}
	if len(r.removal.Profiles)+len(r.removal.Merges)+len(r.changes.Merges) > 0 {
		roots, err := tx.Roots(ctx, profiles)
		if err != nil {
			return err
		}
		slices.Sort(profiles)
		for _, c := range slices.Compact(profiles) {
			plan.Aliases = append(plan.Aliases, Alias{Customer: c, Root: cmp.Or(roots[c], c), Version: now.version})
		}
	}
	if len(plan.Moves)+len(plan.Aliases) == 0 {
		return nil
	}
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	return tx.LeaveUndoPlan(ctx, r.of.ID, string(text))
}
