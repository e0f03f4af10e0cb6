package unify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/identity"
	"github.com/hitori-cdp/hitori/unify/internal/normal"
)

// traitIdentifiers are the traits whose values identify a person.
var traitIdentifiers = map[string]hitori.IdentifierKind{
	"email": hitori.Email, "phone": hitori.Phone,
	"line_id": hitori.LINE, "lineId": hitori.LINE, "lineUserId": hitori.LINE,
	"card": hitori.Card, "cardNumber": hitori.Card, "membership_number": hitori.Card,
}

// externalKinds maps Segment's and our own names of external ids to kinds.
var externalKinds = map[string]hitori.IdentifierKind{
	"email": hitori.Email, "phone": hitori.Phone, "line_id": hitori.LINE, "card": hitori.Card,
	"user_id": hitori.UserID, "anonymous_id": hitori.AnonymousID,
}

// contextClaims is the part of an event's context that says who it is about.
type contextClaims struct {
	Traits      map[string]jsontext.Value `json:"traits"`
	ExternalIDs []struct {
		ID   any    `json:"id"`
		Type string `json:"type"`
	} `json:"externalIds"`
}

// newClaim reads whom an event is about. Traits are those of an identify call.
func newClaim(e *hitori.Event, traits map[string]jsontext.Value) identity.Claim {
	claim := identity.Claim{Position: e.Position, Time: e.Time, Source: e.Source}
	add := func(kind hitori.IdentifierKind, raw string) {
		if raw == "" {
			return
		}
		if id, ok := normal.Identifier(kind, raw); ok && !slices.Contains(claim.Identifiers, id) {
			claim.Identifiers = append(claim.Identifiers, id)
		}
	}
	add(hitori.UserID, e.UserID)
	add(hitori.AnonymousID, e.AnonymousID)
	names := traits
	for trait, value := range traits {
		if kind, ok := traitIdentifiers[trait]; ok {
			add(kind, scalarText(value))
		}
	}
	if strings.Contains(string(e.Context), `"traits"`) || strings.Contains(string(e.Context), `"externalIds"`) {
		var context contextClaims
		if json.Unmarshal([]byte(e.Context), &context) == nil {
			for trait, value := range context.Traits {
				if kind, ok := traitIdentifiers[trait]; ok {
					add(kind, scalarText(value))
				}
			}
			for _, external := range context.ExternalIDs {
				kind, known := externalKinds[external.Type]
				if !known {
					kind = hitori.IdentifierKind(external.Type)
				}
				add(kind, anyText(external.ID))
			}
			if len(names) == 0 {
				names = context.Traits
			}
		}
	}
	if e.Type == hitori.Alias {
		if id, ok := normal.Identifier(hitori.UserID, e.PreviousID); ok {
			claim.Previous = id.Value
		}
	}
	claim.Name = nameOf(names)
	slices.SortFunc(claim.Identifiers, func(a, b hitori.Identifier) int {
		return cmp.Or(rank(a.Kind)-rank(b.Kind), strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Value, b.Value))
	})
	return claim
}

// rank orders kinds from the strongest to the weakest.
func rank(kind hitori.IdentifierKind) int {
	order := [...]hitori.IdentifierKind{hitori.UserID, hitori.Card, hitori.Email, hitori.LINE, hitori.Phone, hitori.AnonymousID}
	if i := slices.Index(order[:], kind); i >= 0 {
		return i
	}
	return len(order)
}

// nameOf returns the normalised name in traits: family name first, or the whole name.
func nameOf(traits map[string]jsontext.Value) string {
	if len(traits) == 0 {
		return ""
	}
	last, first := firstText(traits, "lastName", "last_name"), firstText(traits, "firstName", "first_name")
	if last != "" && first != "" {
		return normal.Name(last + first)
	}
	return normal.Name(firstText(traits, "name"))
}

func firstText(traits map[string]jsontext.Value, names ...string) string {
	for _, name := range names {
		if text := scalarText(traits[name]); text != "" {
			return text
		}
	}
	return ""
}

// scalarText returns a string or number as text, and "" for anything else.
func scalarText(v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return ""
		}
		return string(text)
	case '0':
		return string(v)
	}
	return ""
}

func anyText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}
