package hitori

import "strings"

// Import (取り込み) is an import of a file, as it stands on the log: events of one source that bear its id (see
// [WithImport]), all behind frame Begin.
type Import struct {
	ID     string
	Source SourceID
	Begin  uint64
	// End is a frame behind which the import itself wrote nothing; zero when that is unknown. Events
	// that were in quarantine and were replayed stand behind it.
	End uint64
}

// UndoCounts is what taking an import back removes.
type UndoCounts struct {
	Events     int64 `json:"events" doc:"Events that are removed"`
	Orders     int64 `json:"orders" doc:"Orders among them"`
	PeopleGone int64 `json:"people_gone" doc:"People who vanish, since only this import told of them"`
	PeopleKept int64 `json:"people_kept" doc:"People who stay, without what this import told of them"`
}

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
