package hitori

import "strings"

// WithImport notes in an event's context with which import (取り込み) it came: {"import":{"id":"…"}}.
// Of several such notes the last counts.
func WithImport(context JSON, id string) JSON {
	note := `"import":{"id":"` + id + `"}}`
	inside, open := strings.CutSuffix(strings.TrimSpace(string(context)), "}")
	switch inside = strings.TrimSpace(inside); {
	case !open || inside == "{":
		return JSON("{" + note)
	default:
		return JSON(inside + "," + note)
	}
}

// Import is the id of the import an event came with, and "" for one that came otherwise.
func (e *Event) Import() string {
	// Looking for the word first is cheaper than walking over every context.
	if !strings.Contains(string(e.Context), `"import"`) {
		return ""
	}
	return e.Context.Member("import").Member("id").Text()
}
