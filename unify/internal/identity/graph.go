package identity

import (
	"slices"

	"github.com/hitori-cdp/hitori"
)

// Graph is the part of the identity graph that a batch touches.
type Graph struct {
	owners  map[hitori.Identifier]*Owner
	people  map[hitori.CustomerID]*person // by every member
	changes Changes
	// changed finds the place of an identifier in changes.
	changed map[hitori.Identifier]int
	apart   map[hitori.CustomerID][]hitori.CustomerID
}

type person struct {
	Person
	fresh hitori.Position // the event that created it, when it is new in this batch
}

// NewGraph returns an empty graph.
func NewGraph() *Graph {
	return &Graph{
		owners:  make(map[hitori.Identifier]*Owner),
		people:  make(map[hitori.CustomerID]*person),
		changed: make(map[hitori.Identifier]int),
		apart:   make(map[hitori.CustomerID][]hitori.CustomerID),
	}
}

// AddOwner puts a stored identifier into the graph.
func (g *Graph) AddOwner(o Owner) { g.owners[o.Identifier] = &o }

// AddPerson puts a stored person into the graph.
func (g *Graph) AddPerson(p Person) {
	loaded := &person{Person: p}
	for _, member := range p.Members {
		g.people[member] = loaded
	}
}

// KeepApart notes that somebody decided that two profiles, which may not be there yet, are two people.
func (g *Graph) KeepApart(a, b hitori.CustomerID) { g.apart[a] = append(g.apart[a], b) }

// Has reports whether a profile is there.
func (g *Graph) Has(c hitori.CustomerID) bool { return g.people[c] != nil }

// Owner returns the identifier's owner, if it has one.
func (g *Graph) Owner(id hitori.Identifier) (Owner, bool) {
	if o := g.owners[id]; o != nil {
		return *o, true
	}
	return Owner{}, false
}

// Root returns the person a profile belongs to now. It must have been added or created.
func (g *Graph) Root(c hitori.CustomerID) hitori.CustomerID { return g.people[c].Root }

func (g *Graph) rootOf(o *Owner) hitori.CustomerID {
	if p := g.people[o.Customer]; p != nil {
		return p.Root
	}
	return o.Root
}

// Changes returns what the claims resolved so far have changed.
func (g *Graph) Changes() Changes { return g.changes }

func (g *Graph) create(claim *Claim, level Level) *person {
	id := hitori.CustomerID(claim.Position)
	g.changes.Created = append(g.changes.Created, Profile{ID: id, Level: level, FirstSeen: claim.Time})
	p := &person{fresh: claim.Position, Person: Person{Root: id, Level: level, Members: []hitori.CustomerID{id}, Apart: g.apart[id]}}
	g.people[id] = p
	return p
}

// own gives an identifier to a profile.
func (g *Graph) own(claim *Claim, id hitori.Identifier, profile hitori.CustomerID) {
	o := &Owner{
		OwnedIdentifier: hitori.OwnedIdentifier{Identifier: id, Customer: profile, Source: claim.Source, FirstSeen: claim.Time},
		Position:        claim.Position,
	}
	g.owners[id] = o
	g.record(o)
	if class := id.Kind.Class(); class >= hitori.Contact {
		p := g.people[profile]
		p.Strong = append(p.Strong, id)
	}
}

// record notes a new or changed identifier; the latest state of each counts.
func (g *Graph) record(o *Owner) {
	if i, ok := g.changed[o.Identifier]; ok {
		g.changes.Identifiers[i] = *o
		return
	}
	g.changed[o.Identifier] = len(g.changes.Identifiers)
	g.changes.Identifiers = append(g.changes.Identifiers, *o)
}

// Join merges two people on somebody's decision or by the rules and returns the merge. The better known one wins,
// then the older.
func (g *Graph) Join(a, b hitori.CustomerID, cause Merge) Merge {
	winner, loser := g.people[a], g.people[b]
	if loser.Level > winner.Level || loser.Level == winner.Level && loser.Root < winner.Root {
		winner, loser = loser, winner
	}
	return g.fold(winner, loser, cause)
}

func (g *Graph) fold(winner, loser *person, cause Merge) Merge {
	cause.Winner, cause.Loser, cause.Members = winner.Root, loser.Root, loser.Members
	g.changes.Merges = append(g.changes.Merges, cause)
	winner.Members = append(winner.Members, loser.Members...)
	winner.Strong = append(winner.Strong, loser.Strong...)
	winner.Apart = append(winner.Apart, loser.Apart...)
	winner.Names = append(winner.Names, loser.Names...)
	for _, member := range loser.Members {
		g.people[member] = winner
	}
	return cause
}

// Name records the name that a claim gives a profile, whose person must have been added.
func (g *Graph) Name(claim *Claim, profile hitori.CustomerID) {
	if claim.Name == "" {
		return
	}
	name := Name{Customer: profile, Value: claim.Name, Time: claim.Time, Position: claim.Position}
	p := g.people[profile]
	i := slices.IndexFunc(p.Names, func(n Name) bool { return n.Customer == profile })
	switch {
	case i < 0:
		p.Names = append(p.Names, name)
	case p.Names[i].Value == name.Value || p.Names[i].Time.After(name.Time):
		return
	default:
		p.Names[i] = name
	}
	g.changes.Names = append(g.changes.Names, name)
}

// goesBy reports whether any of the names is one of the person's.
func (p *person) goesBy(names ...string) bool {
	return slices.ContainsFunc(p.Names, func(n Name) bool { return slices.Contains(names, n.Value) })
}

// values lists a person's identifiers of a kind.
func (p *person) values(kind hitori.IdentifierKind) []string {
	var values []string
	for _, id := range p.Strong {
		if id.Kind == kind {
			values = append(values, id.Value)
		}
	}
	return values
}

// apart reports whether someone decided that two people are not the same.
func apart(a, b *person) bool {
	return slices.ContainsFunc(a.Members, func(c hitori.CustomerID) bool { return slices.Contains(b.Apart, c) }) ||
		slices.ContainsFunc(b.Members, func(c hitori.CustomerID) bool { return slices.Contains(a.Apart, c) })
}
