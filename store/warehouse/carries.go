package warehouse

import (
	"encoding/json"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// memberKinds are the names under which sources send identifiers; see package unify.
var memberKinds = map[string]hitori.IdentifierKind{
	"userId": hitori.UserID, "user_id": hitori.UserID, "previousId": hitori.UserID, "previous_id": hitori.UserID,
	"anonymousId": hitori.AnonymousID, "anonymous_id": hitori.AnonymousID,
}

// Carries reports whether an event in quarantine carries one of the identifiers, which are
// normalised. Such an event broke the contract, so identifiers may stand where they
// do not belong: an address, telephone number or LINE id counts wherever it stands,
// any other identifier under a name that tells its kind.
func Carries(e *hitori.Event, identifiers []hitori.Identifier) bool {
	for _, id := range identifiers {
		if names(id, hitori.UserID, e.UserID) || names(id, hitori.UserID, e.PreviousID) ||
			names(id, hitori.AnonymousID, e.AnonymousID) {
			return true
		}
		for _, document := range []hitori.JSON{e.Properties, e.Traits, e.Context, e.Raw} {
			if document != "" && mentions(document, id) {
				return true
			}
		}
	}
	return false
}

// names reports whether a raw value of a kind is the identifier.
func names(id hitori.Identifier, kind hitori.IdentifierKind, raw string) bool {
	if id.Kind != kind || raw == "" {
		return false
	}
	found, ok := unify.NormaliseIdentifier(string(kind) + ":" + raw)
	return ok && found == id
}

// mentions reports whether a document holds the identifier. What is no JSON is searched as
// text.
func mentions(document hitori.JSON, id hitori.Identifier) bool {
	d := json.NewDecoder(strings.NewReader(string(document)))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return strings.Contains(string(document), id.Value)
	}
	return holds(value, "", id)
}

// holds reports whether a value that stands under the given name holds the identifier.
func holds(value any, name string, id hitori.Identifier) bool {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			if kind, ok := v["type"].(string); ok && member == "id" {
				member = kind // an element of context.externalIds
			}
			if holds(inner, member, id) {
				return true
			}
		}
	case []any:
		for _, inner := range v {
			if holds(inner, name, id) {
				return true
			}
		}
	case string:
		return tells(name, v, id)
	case json.Number:
		return tells(name, v.String(), id)
	}
	return false
}

func tells(name, raw string, id hitori.Identifier) bool {
	switch id.Kind {
	case hitori.Email:
		return strings.ContainsAny(raw, "@＠") && names(id, id.Kind, raw)
	case hitori.Phone, hitori.LINE:
		return len(raw) >= 8 && names(id, id.Kind, raw)
	}
	kind, ok := memberKinds[name]
	if !ok {
		kind, ok = hitori.TraitIdentifier(name)
	}
	if !ok {
		kind = hitori.IdentifierKind(name)
	}
	return names(id, kind, raw)
}
