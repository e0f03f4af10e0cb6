package unify

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// Address makes an event that Hitori itself puts on the log one about a person, by the strongest trusted identifier the
// person has. It reports false when there is none.
func Address(e *hitori.Event, r *Record) bool {
	best := -1
	for i := range r.Identifiers {
		id := &r.Identifiers[i]
		if id.State == hitori.Trusted && id.Kind.Class() > hitori.Reference && (best < 0 || rank(id.Kind) < rank(r.Identifiers[best].Kind)) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	switch id := r.Identifiers[best]; id.Kind {
	case hitori.UserID:
		e.UserID = id.Value
	case hitori.AnonymousID:
		e.AnonymousID = id.Value
	default:
		text := []byte(`{"externalIds":[{"type":`)
		text, _ = jsontext.AppendQuote(text, string(id.Kind)) // of valid texts; others are mended
		text = append(text, `,"id":`...)
		text, _ = jsontext.AppendQuote(text, id.Value)
		e.Context = hitori.JSON(append(text, `}]}`...))
	}
	return true
}
