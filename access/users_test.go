package access_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/store/state/sqlite"
)

// shop is users on a real store, with a clock that stands still.
type shop struct {
	*access.Users
	t     *testing.T
	clock *service.ManualClock
}

func open(t *testing.T) *shop {
	t.Helper()
	engine, err := sqlite.Open(filepath.Join(t.TempDir(), "state.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := state.New(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	clock := service.NewManualClock(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC))
	return &shop{Users: access.NewUsers(store, store, clock), t: t, clock: clock}
}

const secret = "correct horse battery"

// admin makes the first user.
func (s *shop) admin() access.User {
	s.t.Helper()
	user, err := s.SetUp(s.t.Context(), access.User{Name: "花子", Email: " Hanako@EXAMPLE.jp "}, secret)
	if err != nil {
		s.t.Fatal(err)
	}
	return user
}

func (s *shop) signIn(password, code, address string) error {
	_, err := s.SignIn(s.t.Context(), access.Credentials{Email: "hanako@example.jp", Password: password, Code: code, Address: address})
	return err
}

// want compares the key of an error; "" is none.
func want(t *testing.T, what string, err error, key string) {
	t.Helper()
	var told *hitori.Error
	switch {
	case err == nil && key == "":
	case !errors.As(err, &told) || told.Key != key:
		t.Errorf("%s: %v, want %q", what, err, key)
	}
}

func retryAfter(err error) time.Duration {
	var told *hitori.Error
	if errors.As(err, &told) && told.Code == hitori.Busy {
		return told.RetryAfter
	}
	return 0
}

func TestFirstUserIsAnAdministratorAndAlone(t *testing.T) {
	s := open(t)
	_, err := s.Create(t.Context(), access.User{Email: "a@example.jp", Role: access.Viewer})
	want(t, "a viewer first", err, "user_first_admin")
	_, err = s.SetUp(t.Context(), access.User{Email: "a@example.jp"}, "1234567890")
	want(t, "an easy password", err, "password_common")
	user := s.admin()
	if user.Role != access.Administrator || user.Email != "hanako@example.jp" || user.Language != "ja" || !user.Password {
		t.Errorf("%+v", user)
	}
	_, err = s.SetUp(t.Context(), access.User{Email: "b@example.jp"}, secret)
	want(t, "a second set-up", err, "setup_done")
	for email, key := range map[string]string{
		"HANAKO@example.jp": "user_exists", "nobody": "user_email", "Hanako <h@example.jp>": "user_email", "h@example.jp\r\nBcc: x": "user_email", "": "user_email",
		"ｔａｒｏ＠example.jp": "",
	} {
		_, err := s.Create(t.Context(), access.User{Email: email, Role: access.Viewer})
		want(t, email, err, key)
	}
	_, err = s.Create(t.Context(), access.User{Email: "c@example.jp", Role: "root"})
	want(t, "an unknown role", err, "user_role")
}

func TestSignIn(t *testing.T) {
	s := open(t)
	user := s.admin()
	want(t, "right", s.signIn(secret, "", "192.0.2.1"), "")
	want(t, "wrong", s.signIn("wrong", "", "192.0.2.1"), "sign_in_failed")
	want(t, "empty", s.signIn("", "", "192.0.2.1"), "sign_in_failed")
	got, err := s.SignIn(t.Context(), access.Credentials{Email: "nobody@example.jp", Password: secret, Address: "192.0.2.1"})
	want(t, "unknown", err, "sign_in_failed")
	if got.ID != "" {
		t.Errorf("a user nobody knows: %+v", got)
	}
	// One without a password cannot sign in with an empty one.
	if _, err := s.Create(t.Context(), access.User{Email: "new@example.jp", Role: access.Viewer}); err != nil {
		t.Fatal(err)
	}
	_, err = s.SignIn(t.Context(), access.Credentials{Email: "new@example.jp", Address: "192.0.2.1"})
	want(t, "no password", err, "sign_in_failed")

	other, err := s.Create(t.Context(), access.User{Email: "other@example.jp", Role: access.Administrator})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	if _, err := s.Change(t.Context(), user.ID, access.UserChange{Disabled: &yes, Version: user.Version}); err != nil {
		t.Fatal(err)
	}
	want(t, "disabled", s.signIn(secret, "", "192.0.2.1"), "user_disabled")
	want(t, "disabled, wrong", s.signIn("wrong", "", "192.0.2.1"), "sign_in_failed")
	_, err = s.Change(t.Context(), other.ID, access.UserChange{Disabled: &yes, Version: other.Version})
	want(t, "the last one", err, "last_admin")
}

func TestGuessingIsSlowedDown(t *testing.T) {
	s := open(t)
	s.admin()
	for range 5 {
		want(t, "guess", s.signIn("guess", "", "192.0.2.66"), "sign_in_failed")
	}
	err := s.signIn(secret, "", "192.0.2.66")
	want(t, "after five guesses, even the right one", err, "sign_in_throttled")
	if retryAfter(err) != 2*time.Second {
		t.Errorf("wait %s", retryAfter(err))
	}
	want(t, "from elsewhere", s.signIn(secret, "", "192.0.2.1"), "")
	s.clock.Advance(2 * time.Second)
	want(t, "after the wait", s.signIn(secret, "", "192.0.2.66"), "")
	want(t, "forgiven", s.signIn("guess", "", "192.0.2.66"), "sign_in_failed")
}

// Many strangers who guess make each other wait, but not the user where they work, and the user not
// for long elsewhere.
func TestStrangersDoNotLockAUserOut(t *testing.T) {
	s := open(t)
	user := s.admin()
	if _, _, err := s.Begin(t.Context(), user, access.Client{Address: "192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	throttled := 0
	for n := range 60 {
		if retryAfter(s.signIn("guess", "", "198.51.100."+string(rune('0'+n%10))+string(rune('0'+n/10)))) > 0 {
			throttled++
		}
	}
	if throttled == 0 {
		t.Error("strangers were not slowed down")
	}
	want(t, "where the user works", s.signIn(secret, "", "192.0.2.1"), "")
	err := s.signIn(secret, "", "203.0.113.9")
	if retryAfter(err) == 0 || retryAfter(err) > 5*time.Minute {
		t.Errorf("from elsewhere: %v", err)
	}
	s.clock.Advance(5 * time.Minute)
	want(t, "from elsewhere, later", s.signIn(secret, "", "203.0.113.9"), "")
}

// One address that tries one password at many accounts is slowed down.
func TestOnePasswordAtManyAccounts(t *testing.T) {
	s := open(t)
	s.admin()
	throttled := false
	for n := range 30 {
		_, err := s.SignIn(t.Context(), access.Credentials{Email: strings.Repeat("x", n+1) + "@example.jp", Password: "spring2026!", Address: "192.0.2.66"})
		throttled = throttled || retryAfter(err) > 0
	}
	if !throttled {
		t.Error("not slowed down")
	}
}

func TestSessionsEnd(t *testing.T) {
	s := open(t)
	user := s.admin()
	begin := func() string {
		t.Helper()
		token, _, err := s.Begin(t.Context(), user, access.Client{Address: "192.0.2.1", Agent: strings.Repeat("あ", 1000)})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	check := func(what, token, key string) {
		t.Helper()
		_, _, err := s.Check(t.Context(), token)
		want(t, what, err, key)
	}
	check("no token", "", "signed_out")
	check("another token", strings.Repeat("a", 26), "signed_out")

	idle := begin()
	s.clock.Advance(access.SessionIdle - time.Second)
	check("just before it is idle for too long", idle, "")
	s.clock.Advance(access.SessionIdle - time.Second)
	check("used in between", idle, "")
	s.clock.Advance(access.SessionIdle)
	check("idle for too long", idle, "signed_out")

	busy := begin()
	for used := time.Duration(0); used < access.SessionLife-access.SessionIdle; used += access.SessionIdle / 2 {
		s.clock.Advance(access.SessionIdle / 2)
		check("used every day", busy, "")
	}
	s.clock.Advance(access.SessionIdle / 2)
	check("on the last day", busy, "")
	s.clock.Advance(access.SessionIdle / 2)
	check("after thirty days", busy, "signed_out")

	if list, err := s.Sessions(t.Context(), user.ID); err != nil || len(list) != 0 {
		t.Errorf("%d sessions shown, %v", len(list), err)
	}
	if err := s.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, b := begin(), begin()
	list, err := s.Sessions(t.Context(), user.ID)
	if err != nil || len(list) != 2 || len([]rune(list[0].Agent)) != 300 {
		t.Fatalf("%d sessions, %v", len(list), err)
	}
	_, session, err := s.Check(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "somebody else's", s.End(t.Context(), "u9", session.ID), "session_unknown")
	want(t, "one's own", s.End(t.Context(), user.ID, session.ID), "")
	check("ended", a, "signed_out")
	check("the other", b, "")

	// A new password ends all sessions but the one it was changed in.
	c := begin()
	_, session, _ = s.Check(t.Context(), c)
	_, err = s.ChangeOwn(t.Context(), user, session.ID, access.OwnChange{Current: "wrong", New: "another password"})
	want(t, "wrong current password", err, "password_wrong")
	_, err = s.ChangeOwn(t.Context(), user, session.ID, access.OwnChange{Current: secret, New: "short"})
	want(t, "short password", err, "password_short")
	_, err = s.ChangeOwn(t.Context(), user, session.ID, access.OwnChange{Current: secret, New: "another password"})
	want(t, "new password", err, "")
	check("another browser", b, "signed_out")
	check("this browser", c, "")
	want(t, "the old password", s.signIn(secret, "", "192.0.2.1"), "sign_in_failed")
	want(t, "the new password", s.signIn("another password", "", "192.0.2.1"), "")
}

func TestLinks(t *testing.T) {
	s := open(t)
	admin := s.admin()
	user, err := s.Create(t.Context(), access.User{Email: "taro@example.jp", Role: access.Sales})
	if err != nil {
		t.Fatal(err)
	}
	link := func() string {
		t.Helper()
		token, l, err := s.NewLink(t.Context(), user.ID, admin.Actor())
		if err != nil || l.Kind != access.Invitation && l.Kind != access.PasswordLink {
			t.Fatal(l, err)
		}
		return token
	}
	follow := func(what, token, password, key string) {
		t.Helper()
		got, err := s.Follow(t.Context(), token, password, "", "192.0.2.1")
		want(t, what, err, key)
		if err == nil && got.ID != user.ID {
			t.Errorf("%s: %+v", what, got)
		}
	}
	first := link()
	second := link()
	follow("one that was replaced", first, secret, "link_useless")
	follow("without a password", second, "", "password_needed")
	follow("with an easy one", second, "1234567890", "password_common")
	follow("with a good one", second, secret, "")
	follow("again", second, secret, "link_useless")

	third := link()
	s.clock.Advance(24 * time.Hour)
	follow("too late", third, "another password", "link_useless")
	follow("no link", "", secret, "link_useless")
	token, _, err := s.Begin(t.Context(), user, access.Client{})
	if err != nil {
		t.Fatal(err)
	}
	follow("a new password", link(), "another password", "")
	_, _, err = s.Check(t.Context(), token)
	want(t, "whoever was signed in with the old one", err, "signed_out")

	demo, err := s.NewSignInLink(t.Context(), user.ID, "demo")
	if err != nil {
		t.Fatal(err)
	}
	follow("of the demo", demo, "", "")
	follow("of the demo, again", demo, "", "link_useless")

	fourth := link()
	yes := true
	if _, err := s.Change(t.Context(), user.ID, access.UserChange{Disabled: &yes, Version: user.Version}); err != nil {
		t.Fatal(err)
	}
	follow("of a disabled user", fourth, secret, "link_useless")
	_, _, err = s.NewLink(t.Context(), user.ID, "")
	want(t, "for a disabled user", err, "link_disabled")
}

// Tokens that are guessed are slowed down like passwords.
func TestGuessedLinks(t *testing.T) {
	s := open(t)
	s.admin()
	throttled := false
	for range 30 {
		_, err := s.Follow(t.Context(), "guess", secret, "", "192.0.2.66")
		throttled = throttled || retryAfter(err) > 0
	}
	if !throttled {
		t.Error("not slowed down")
	}
}

func TestAChangeOnWhatIsNoLongerThere(t *testing.T) {
	s := open(t)
	s.admin()
	user, err := s.Create(t.Context(), access.User{Email: "taro@example.jp", Role: access.Sales})
	if err != nil {
		t.Fatal(err)
	}
	one, two := "一郎", "二郎"
	changed, err := s.Change(t.Context(), user.ID, access.UserChange{Name: &one, Version: user.Version})
	if err != nil || changed.Name != one || changed.Version == user.Version {
		t.Errorf("%+v %v", changed, err)
	}
	_, err = s.Change(t.Context(), user.ID, access.UserChange{Name: &two, Version: user.Version})
	want(t, "a stale version", err, "changed_meanwhile")
	want(t, "removing a stale version", s.Delete(t.Context(), user.ID, user.Version), "changed_meanwhile")
	// What users do to themselves does not get in an administrator's way.
	if _, err := s.ChangeOwn(t.Context(), changed, "", access.OwnChange{Name: &two}); err != nil {
		t.Fatal(err)
	}
	want(t, "the current version", s.Delete(t.Context(), user.ID, changed.Version), "")
	want(t, "gone", s.Delete(t.Context(), user.ID, changed.Version), "user_unknown")
}

func TestRoles(t *testing.T) {
	for role, scopes := range map[access.Role]map[access.Scope]bool{
		access.Administrator: {access.Admin: true, access.PersonalRead: true, access.CollectWrite: true},
		access.Marketer:      {access.PersonalRead: true, access.DataWrite: true, access.CustomersWrite: true, access.Admin: false},
		access.Analyst:       {access.CustomersRead: true, access.DataRead: true, access.PersonalRead: false, access.DataWrite: false},
		access.Sales:         {access.CustomersRead: true, access.PersonalRead: true, access.CustomersWrite: false, access.DataRead: false},
		access.Viewer:        {access.CustomersRead: true, access.PersonalRead: false, access.DataRead: false},
		"":                   {access.CustomersRead: false},
		"root":               {access.Admin: false},
	} {
		for scope, has := range scopes {
			if role.Has(scope) != has {
				t.Errorf("%s has %s: %t", role, scope, !has)
			}
		}
	}
}
