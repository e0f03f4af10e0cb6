package statetest

import (
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/store/state"
)

func marks(t *testing.T, s *state.Store) {
	addUser(t, s, account("u0", access.Administrator))
	addUser(t, s, account("u1", access.Viewer))
	mark := func(user string, read map[string]time.Time, gone ...string) {
		t.Helper()
		if err := s.Mark(t.Context(), user, read, gone); err != nil {
			t.Fatal(err)
		}
	}
	is := func(what, user string, want map[string]time.Time) {
		t.Helper()
		got, err := s.Marks(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, what, got, want)
	}
	later := begin.Add(time.Hour)
	is("none", "u1", map[string]time.Time{})
	mark("u1", map[string]time.Time{"quarantine": later, "import:'x": begin})
	mark("u0", map[string]time.Time{"quarantine": begin})
	mark("u1", map[string]time.Time{"quarantine": begin, "import:'x": later}) // an older page came late
	is("the later of two", "u1", map[string]time.Time{"quarantine": later, "import:'x": later})
	mark("u1", map[string]time.Time{"disk": begin}, "import:'x", "never there")
	is("one is gone", "u1", map[string]time.Time{"quarantine": later, "disk": begin})
	is("another's", "u0", map[string]time.Time{"quarantine": begin})
	if err := s.DeleteUser(t.Context(), "u1", func(*access.Account) error { return nil }); err != nil {
		t.Fatal(err)
	}
	is("of who is gone", "u1", map[string]time.Time{})
}
