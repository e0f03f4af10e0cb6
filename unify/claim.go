package unify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/identity"
	"github.com/hitori-cdp/hitori/unify/internal/normal"
)

// externalKinds maps Segment's and our own names of external ids to kinds.
var externalKinds = map[string]hitori.IdentifierKind{
	"email": hitori.Email, "phone": hitori.Phone, "line_id": hitori.LINE, "card": hitori.Card,
	"user_id": hitori.UserID, "anonymous_id": hitori.AnonymousID,
}

// newClaim reads whom an event is about. Traits are those of an identify call.
func newClaim(e *hitori.Event) identity.Claim {
	c := claimReader{Claim: identity.Claim{Position: e.Position, Time: e.Time, Source: e.Source}}
	c.add(hitori.UserID, e.UserID)
	c.add(hitori.AnonymousID, e.AnonymousID)
	if e.Type == hitori.Identify {
		c.traits(e.Traits)
	}
	if namesOthers(e) {
		for name, value := range e.Context.Members() {
			switch name {
			case "traits":
				c.traits(value)
			case "externalIds":
				c.external(value)
			}
		}
	}
	if e.Type == hitori.Alias {
		if id, ok := normal.Identifier(hitori.UserID, e.PreviousID); ok {
			c.Previous = id.Value
		}
	}
	slices.SortFunc(c.Identifiers, func(a, b hitori.Identifier) int {
		return cmp.Or(rank(a.Kind)-rank(b.Kind), strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Value, b.Value))
	})
	return c.Claim
}

// claimReader gathers a claim.
type claimReader struct{ identity.Claim }

func (c *claimReader) add(kind hitori.IdentifierKind, raw string) {
	if raw == "" {
		return
	}
	if id, ok := normal.Identifier(kind, raw); ok && !slices.Contains(c.Identifiers, id) {
		c.Identifiers = append(c.Identifiers, id)
	}
}

// traits takes identifiers and the name from traits.
func (c *claimReader) traits(traits hitori.JSON) {
	names := make(map[string]string, 4)
	for name, value := range traits.Members() {
		if kind, ok := hitori.TraitIdentifier(name); ok {
			c.add(kind, value.Text())
		} else if nameTraits[name] {
			names[name] = value.Text()
		}
	}
	if c.Name == "" {
		c.Name = nameOf(names)
	}
}

// external takes Segment's context.externalIds: objects with a type and an id.
func (c *claimReader) external(list hitori.JSON) {
	for element := range list.Elements() {
		kind := element.Member("type").Text()
		known, ok := externalKinds[kind]
		if !ok {
			known = hitori.IdentifierKind(kind)
		}
		c.add(known, element.Member("id").Text())
	}
}

// rank orders kinds from the strongest to the weakest.
func rank(kind hitori.IdentifierKind) int {
	order := [...]hitori.IdentifierKind{hitori.UserID, hitori.Card, hitori.Email, hitori.LINE, hitori.Phone, hitori.AnonymousID}
	if i := slices.Index(order[:], kind); i >= 0 {
		return i
	}
	return len(order)
}

// nameTraits are the traits that make up a name.
var nameTraits = map[string]bool{"lastName": true, "last_name": true, "firstName": true, "first_name": true, "name": true}

// nameOf returns the normalised name in traits: family name first, or the whole name.
func nameOf(traits map[string]string) string {
	last, first := firstOf(traits, "lastName", "last_name"), firstOf(traits, "firstName", "first_name")
	if last != "" && first != "" {
		return normal.Name(last + first)
	}
	return normal.Name(traits["name"])
}

// firstOf returns the first of the named traits that is there.
func firstOf(traits map[string]string, names ...string) string {
	for _, name := range names {
		if text := traits[name]; text != "" {
			return text
		}
	}
	return ""
}
