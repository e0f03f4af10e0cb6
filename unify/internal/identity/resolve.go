package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// maxContacts is how many e-mail addresses, or telephone numbers, one person can have before further
// ones are no longer believed.
const maxContacts = 30

// Needs returns the people that must be added before the claims can be resolved. The owners
// of all their identifiers must have been added.
func (g *Graph) Needs(claims []Claim) []hitori.CustomerID {
	needed := make(map[hitori.CustomerID]bool)
	for i := range claims {
		ids := g.usable(&claims[i])
		if g.settled(&claims[i], ids) {
			continue
		}
		for _, id := range ids {
			if o := g.owners[id]; o != nil {
				needed[g.rootOf(o)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(needed))
}

// Settled reports whether a claim told nothing that was not known, once it has been resolved.
func (g *Graph) Settled(claim *Claim) bool { return g.settled(claim, g.usable(claim)) }

// settled reports whether a claim tells nothing new: all it names is one person's.
func (g *Graph) settled(claim *Claim, ids []hitori.Identifier) bool {
	if claim.Name != "" {
		return false
	}
	var root hitori.CustomerID
	for _, id := range ids {
		o := g.owners[id]
		if o == nil || o.State != hitori.Trusted {
			return false
		}
		if root != 0 && g.rootOf(o) != root {
			return false
		}
		root = g.rootOf(o)
	}
	return true
}

// Resolve returns the profile an event belongs to, creating, joining and refusing to join
// people on the way. It returns zero when nothing in the claim names anybody.
func (g *Graph) Resolve(claim Claim) hitori.CustomerID {
	ids := g.usable(&claim)
	if len(ids) == 0 {
		return 0
	}
	lead := ids[0]
	if g.settled(&claim, ids) {
		return g.owners[lead].Customer
	}
	profile := g.leadProfile(&claim, lead)
	for _, id := range ids[1:] {
		if o := g.owners[id]; o != nil {
			g.meet(&claim, profile, o)
		}
	}
	p := g.people[profile]
	for _, id := range ids[1:] {
		if g.owners[id] == nil && (id.Kind.Class() != hitori.Contact || len(p.values(id.Kind)) < maxContacts) {
			g.own(&claim, id, profile)
		}
	}
	g.Name(&claim, profile)
	return profile
}

// usable drops junk and puts the previous id of an alias call in its place.
func (g *Graph) usable(claim *Claim) []hitori.Identifier {
	ids := make([]hitori.Identifier, 0, len(claim.Identifiers)+1)
	for _, id := range claim.Identifiers {
		if o := g.owners[id]; o == nil || o.State != hitori.Junk {
			ids = append(ids, id)
		}
	}
	if claim.Previous == "" {
		return ids
	}
	previous := hitori.Identifier{Kind: hitori.UserID, Value: claim.Previous}
	if g.owners[previous] == nil {
		previous.Kind = hitori.AnonymousID
	}
	if slices.Contains(ids, previous) {
		return ids
	}
	return append(ids, previous)
}

// leadProfile returns the owner of the strongest identifier, which is created when there
// is none.
func (g *Graph) leadProfile(claim *Claim, lead hitori.Identifier) hitori.CustomerID {
	o := g.owners[lead]
	if o == nil {
		p := g.create(claim, levelOf(lead.Kind.Class()))
		g.own(claim, lead, p.Root)
		return p.Root
	}
	// A device that two people use says nothing about which of them is using it now, so what is
	// done on it without signing in belongs to the device itself.
	if o.State == hitori.Shared && g.people[o.Customer].Level > Visitor {
		o.Customer = g.create(claim, Visitor).Root
		g.record(o)
	}
	if lead.Kind == hitori.Phone && claim.Name != "" {
		g.noteOtherName(claim, o)
	}
	return o.Customer
}

// noteOtherName records that a telephone number came alone and under another name than
// its owner's; a number with many names turns into junk.
func (g *Graph) noteOtherName(claim *Claim, o *Owner) {
	p := g.people[o.Customer]
	if len(p.Names) > 0 && !p.goesBy(claim.Name) {
		hash := sha256.Sum256([]byte(claim.Name))
		g.refuse(claim, o, Conflict{Key: hex.EncodeToString(hash[:8]), Reason: OtherName})
	}
}

// meet handles an identifier that came beside the leading one and has an owner already.
func (g *Graph) meet(claim *Claim, profile hitori.CustomerID, o *Owner) {
	a, b := g.people[profile], g.people[o.Customer]
	if a == b || o.State == hitori.Shared || o.Kind.Class() == hitori.Reference || apart(a, b) {
		return
	}
	reason := refusal(claim, a, b, o.Identifier)
	if reason == "" {
		g.Join(profile, o.Customer, Merge{Position: claim.Position, Via: o.Identifier, Time: claim.Time})
		return
	}
	g.refuse(claim, o, Conflict{Claimant: profile, Key: profile.String(), Reason: reason})
	if reason == SharedDevice {
		o.State = hitori.Shared
		g.record(o)
	}
}

func (g *Graph) refuse(claim *Claim, o *Owner, c Conflict) {
	c.Via, c.Owner = o.Identifier, g.people[o.Customer].Root
	c.Position, c.Time = claim.Position, claim.Time
	g.changes.Conflicts = append(g.changes.Conflicts, c)
}

// refusal says why a must not be joined with b, whom an identifier of the event names too;
// it is empty when the two are one person.
func refusal(claim *Claim, a, b *person, via hitori.Identifier) string {
	if a.Level == Visitor || b.Level == Visitor {
		return ""
	}
	switch via.Kind.Class() {
	case hitori.Device:
		return SharedDevice
	case hitori.Account:
		// The source itself says that both accounts are one person's.
		if sameKindOfAccount(a, b) {
			return SameAccount
		}
		return ""
	}
	if sameKindOfAccount(a, b) {
		return SameAccount
	}
	if a.Level == Member && b.Level == Member && a.fresh != claim.Position {
		return BothMembers
	}
	if via.Kind == hitori.Phone {
		return phoneRefusal(claim, a, b)
	}
	return ""
}

// sameKindOfAccount reports whether both have an account of one kind. A person has one of
// a kind, so they are two people unless somebody decides otherwise.
func sameKindOfAccount(a, b *person) bool {
	for _, id := range a.Strong {
		if id.Kind.Class() != hitori.Account {
			continue
		}
		for _, other := range b.Strong {
			if other.Kind == id.Kind && other.Value != id.Value {
				return true
			}
		}
	}
	return false
}

// phoneRefusal guards telephone numbers, which families and companies share: the names
// must not differ, and where the e-mail addresses differ the names must agree.
func phoneRefusal(claim *Claim, a, b *person) string {
	var names []string
	for _, n := range a.Names {
		names = append(names, n.Value)
	}
	if claim.Name != "" {
		names = append(names, claim.Name)
	}
	if b.goesBy(names...) {
		return ""
	}
	if len(names) > 0 && len(b.Names) > 0 {
		return OtherName
	}
	mine, theirs := a.values(hitori.Email), b.values(hitori.Email)
	for _, id := range claim.Identifiers {
		if id.Kind == hitori.Email {
			mine = append(mine, id.Value)
		}
	}
	common := slices.ContainsFunc(mine, func(e string) bool { return slices.Contains(theirs, e) })
	if len(mine) > 0 && len(theirs) > 0 && !common {
		return OtherEmail
	}
	return ""
}
