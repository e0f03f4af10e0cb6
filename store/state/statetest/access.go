package statetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/store/state"
)

func account(id string, role access.Role) access.Account {
	return access.Account{
		User: access.User{
			ID: id, Name: "花子 '\"", Email: id + "@example.jp", Role: role, Language: "ja", Theme: "dark", Invited: true,
			CreatedAt: begin, CreatedBy: "user:a", Version: 1,
		},
	}
}

func addUser(t *testing.T, s *state.Store, a access.Account) {
	t.Helper()
	if err := s.AddUser(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
}

func audit(t *testing.T, s *state.Store) {
	for n := range 6 {
		e := access.AuditEntry{
			ID: fmt.Sprint("e", n), Time: begin.Add(time.Duration(n/2) * time.Minute), Actor: fmt.Sprint("key:", n%2), Action: "get-customer",
			Object: fmt.Sprint("keys/", n%3), Customer: hitori.CustomerID(n % 2), Address: "192.0.2.1", Result: "ok", Detail: "日本",
		}
		if err := s.AddAuditEntry(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	ids := func(f access.AuditFilter) (list []string) {
		t.Helper()
		if f.Limit == 0 {
			f.Limit = 10
		}
		entries, err := s.AuditEntries(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.ID)
		}
		return list
	}
	wantEqual(t, "all", ids(access.AuditFilter{}), []string{"e5", "e4", "e3", "e2", "e1", "e0"})
	page := ids(access.AuditFilter{Limit: 3})
	wantEqual(t, "first page", page, []string{"e5", "e4", "e3"})
	last := access.AuditEntry{ID: "e3", Time: begin.Add(time.Minute)}
	wantEqual(t, "second page", ids(access.AuditFilter{Before: last}), []string{"e2", "e1", "e0"})
	wantEqual(t, "of an actor", ids(access.AuditFilter{Actor: "key:1"}), []string{"e5", "e3", "e1"})
	wantEqual(t, "of an actor and object", ids(access.AuditFilter{Actor: "key:1", Object: "keys/0"}), []string{"e3"})
	wantEqual(t, "of a customer", ids(access.AuditFilter{Customer: 1, Action: "get-customer"}), []string{"e5", "e3", "e1"})
	wantEqual(t, "of another action", len(ids(access.AuditFilter{Action: "x' OR 1=1 --"})), 0)
	entries, err := s.AuditEntries(t.Context(), access.AuditFilter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "entry", entries[0], access.AuditEntry{
		ID: "e5", Time: begin.Add(2 * time.Minute), Actor: "key:1", Action: "get-customer", Object: "keys/2", Customer: 1,
		Address: "192.0.2.1", Result: "ok", Detail: "日本",
	})
	removed, err := s.ExpireAudit(t.Context(), begin.Add(time.Minute))
	if err != nil || removed != 2 {
		t.Errorf("%d removed, %v", removed, err)
	}
	wantEqual(t, "left", len(ids(access.AuditFilter{})), 4)
}

func users(t *testing.T, s *state.Store) {
	if there, err := s.HasUsers(t.Context()); there || err != nil {
		t.Errorf("%t %v", there, err)
	}
	a := account("u1", access.Administrator)
	a.Hash, a.TOTP, a.Pending, a.Period, a.Recovery = "$argon2id$", "SECRET", "NEXT", 77, []string{"h1", "h2"}
	a.Issuer, a.Subject = "https://id.example.jp", "sub|1"
	addUser(t, s, a)
	a.Password, a.SecondFactor, a.Provider = true, true, true
	got, err := s.User(t.Context(), "u1")
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "user", got, a)
	_, err = s.User(t.Context(), "u2")
	wantCode(t, err, hitori.NotFound)
	got, err = s.UserByEmail(t.Context(), "u1@example.jp")
	if err != nil || got.ID != "u1" {
		t.Errorf("%+v %v", got, err)
	}
	got, err = s.UserBySubject(t.Context(), "https://id.example.jp", "sub|1")
	if err != nil || got.ID != "u1" {
		t.Errorf("%+v %v", got, err)
	}
	_, err = s.UserBySubject(t.Context(), "", "")
	wantCode(t, err, hitori.NotFound)

	same := account("u2", access.Viewer)
	same.Email = a.Email
	wantCode(t, s.AddUser(t.Context(), same, false), hitori.Conflict)
	addUser(t, s, account("u2", access.Viewer))
	addUser(t, s, account("u0", access.Viewer)) // two without a subject
	list, err := s.Users(t.Context())
	if err != nil || len(list) != 3 || list[0].ID != "u0" || !list[1].SecondFactor || list[2].Role != access.Viewer {
		t.Errorf("%+v %v", list, err)
	}

	signedIn := begin.Add(time.Hour)
	changed, err := s.ChangeUser(t.Context(), "u2", func(a *access.Account) error {
		a.Name, a.SignedInAt, a.Invited, a.Version = "次郎", &signedIn, false, 2
		return nil
	})
	if err != nil || changed.Name != "次郎" {
		t.Errorf("%+v %v", changed, err)
	}
	got, err = s.User(t.Context(), "u2")
	if err != nil || got.Name != "次郎" || got.Invited || !got.SignedInAt.Equal(signedIn) || got.Version != 2 {
		t.Errorf("%+v %v", got, err)
	}
	_, err = s.ChangeUser(t.Context(), "u2", func(a *access.Account) error {
		a.Name = "lost"
		return hitori.NewError(hitori.Conflict, "changed_meanwhile")
	})
	wantCode(t, err, hitori.Conflict)
	if got, _ = s.User(t.Context(), "u2"); got.Name != "次郎" {
		t.Errorf("a refused change was stored: %+v", got)
	}
	_, err = s.ChangeUser(t.Context(), "u9", func(*access.Account) error { return nil })
	wantCode(t, err, hitori.NotFound)
}

// Of many who use the same code at the same time, one gets in.
func usersAreChangedOneByOne(t *testing.T, s *state.Store) {
	addUser(t, s, account("u1", access.Viewer))
	var wait sync.WaitGroup
	var mu sync.Mutex
	used := 0
	for range 8 {
		wait.Go(func() {
			_, err := s.ChangeUser(t.Context(), "u1", func(a *access.Account) error {
				if a.Period >= 5 {
					return hitori.NewError(hitori.Unauthorized, "second_factor_wrong")
				}
				a.Period = 5
				return nil
			})
			switch hitori.ErrorCode(err) {
			case "":
				mu.Lock()
				used++
				mu.Unlock()
			case hitori.Unauthorized:
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	wantEqual(t, "used", used, 1)
}

func firstUserIsAlone(t *testing.T, s *state.Store) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for n := range 6 {
		wait.Go(func() {
			err := s.AddUser(t.Context(), account(fmt.Sprint("u", n), access.Administrator), true)
			switch hitori.ErrorCode(err) {
			case "":
				mu.Lock()
				made++
				mu.Unlock()
			case hitori.Conflict:
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	wantEqual(t, "first users", made, 1)
}

func lastAdministratorStays(t *testing.T, s *state.Store) {
	agree := func(*access.Account) error { return nil }
	demote := func(a *access.Account) error { a.Role = access.Viewer; return nil }
	disable := func(a *access.Account) error { a.Disabled = true; return nil }
	addUser(t, s, account("u1", access.Administrator))
	addUser(t, s, account("u2", access.Viewer))
	_, err := s.ChangeUser(t.Context(), "u1", demote)
	wantCode(t, err, hitori.Conflict)
	_, err = s.ChangeUser(t.Context(), "u1", disable)
	wantCode(t, err, hitori.Conflict)
	wantCode(t, s.DeleteUser(t.Context(), "u1", agree), hitori.Conflict)
	_, err = s.ChangeUser(t.Context(), "u2", disable)
	if err != nil {
		t.Error(err)
	}
	addUser(t, s, account("u3", access.Administrator))
	if _, err := s.ChangeUser(t.Context(), "u1", disable); err != nil {
		t.Error(err)
	}
	wantCode(t, s.DeleteUser(t.Context(), "u3", agree), hitori.Conflict) // u1 is disabled
	if err := s.DeleteUser(t.Context(), "u1", agree); err != nil {
		t.Error(err)
	}
	wantCode(t, s.DeleteUser(t.Context(), "u1", agree), hitori.NotFound)
	wantCode(t, s.DeleteUser(t.Context(), "u2", func(*access.Account) error { return hitori.NewError(hitori.Conflict, "changed_meanwhile") }), hitori.Conflict)
}

func addSession(t *testing.T, s *state.Store, id, user string, seen time.Time) {
	t.Helper()
	session := access.Session{ID: id, User: user, CreatedAt: begin, SeenAt: seen, Address: "192.0.2.1", Agent: "ブラウザー"}
	if err := s.AddSession(t.Context(), session, "hash-"+id); err != nil {
		t.Fatal(err)
	}
}

func sessions(t *testing.T, s *state.Store) {
	addUser(t, s, account("u1", access.Analyst))
	addUser(t, s, account("u2", access.Viewer))
	for n := range 4 {
		addSession(t, s, fmt.Sprint("s", n), "u1", begin.Add(time.Duration(n)*time.Minute))
	}
	addSession(t, s, "other", "u2", begin)
	session, a, err := s.Session(t.Context(), "hash-s1")
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "session", session, access.Session{ID: "s1", User: "u1", CreatedAt: begin, SeenAt: begin.Add(time.Minute), Address: "192.0.2.1", Agent: "ブラウザー"})
	wantEqual(t, "its user", []any{a.ID, a.Role, a.Email}, []any{"u1", access.Analyst, "u1@example.jp"})
	_, _, err = s.Session(t.Context(), "hash-none")
	wantCode(t, err, hitori.NotFound)
	ids := func() (list []string) {
		t.Helper()
		sessions, err := s.Sessions(t.Context(), "u1")
		if err != nil {
			t.Fatal(err)
		}
		for _, session := range sessions {
			list = append(list, session.ID)
		}
		return list
	}
	wantEqual(t, "by last use", ids(), []string{"s3", "s2", "s1", "s0"})
	for _, at := range []time.Duration{time.Hour, time.Minute} { // of two requests the later counts
		if err := s.SeeSession(t.Context(), "s0", begin.Add(at)); err != nil {
			t.Fatal(err)
		}
	}
	wantEqual(t, "seen", ids(), []string{"s0", "s3", "s2", "s1"})
	wantCode(t, s.EndSession(t.Context(), "u2", "s0"), hitori.NotFound) // somebody else's
	if err := s.EndSession(t.Context(), "u1", "s0"); err != nil {
		t.Fatal(err)
	}
	if err := s.EndSessions(t.Context(), "u1", "s2"); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "but one", ids(), []string{"s2"})
	if _, _, err := s.Session(t.Context(), "hash-other"); err != nil {
		t.Error(err)
	}
	addSession(t, s, "s5", "u1", begin.Add(time.Hour))
	if err := s.Expire(t.Context(), begin.Add(30*time.Minute), begin); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "used since", ids(), []string{"s5"})
	addSession(t, s, "s6", "u2", begin)
	if err := s.DeleteUser(t.Context(), "u2", func(*access.Account) error { return nil }); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Session(t.Context(), "hash-s6")
	wantCode(t, err, hitori.NotFound)
}

func linksCountOnce(t *testing.T, s *state.Store) {
	link := access.Link{User: "u1", Kind: access.Invitation, CreatedAt: begin, CreatedBy: "user:a", ExpiresAt: begin.Add(time.Hour)}
	for _, hash := range []string{"h1", "h2"} { // the second replaces the first
		if err := s.AddLink(t.Context(), link, hash); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Link(t.Context(), "h1")
	wantCode(t, err, hitori.NotFound)
	got, err := s.Link(t.Context(), "h2")
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "link", got, link)
	var wait sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 6 {
		wait.Go(func() {
			ok, err := s.TakeLink(t.Context(), "h2")
			if err != nil {
				t.Error(err)
			}
			if ok {
				mu.Lock()
				taken++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	wantEqual(t, "taken", taken, 1)
	for _, hash := range []string{"h3", "h4"} {
		link.User = hash
		if err := s.AddLink(t.Context(), link, hash); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DropLinks(t.Context(), "h3"); err != nil {
		t.Fatal(err)
	}
	_, err = s.Link(t.Context(), "h3")
	wantCode(t, err, hitori.NotFound)
	if err := s.Expire(t.Context(), begin, begin.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, err = s.Link(t.Context(), "h4")
	wantCode(t, err, hitori.NotFound)
}

func views(t *testing.T, s *state.Store) {
	put := func(id, owner, place, name string, shared bool) access.View {
		t.Helper()
		v := access.View{ID: id, Owner: owner, Place: place, Name: name, Query: "q=佐藤&sort=-x", Shared: shared, UpdatedAt: begin}
		if err := s.PutView(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		v.Version = 1
		return v
	}
	own := put("v1", "u1", "customers", "休眠", false)
	put("v2", "u2", "customers", "b", false)
	shared := put("v3", "u2", "customers", "a", true)
	put("v4", "u1", "orders", "c", false)
	got, err := s.Views(t.Context(), "u1", "customers")
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "views", got, []access.View{shared, own})
	own.Name = "休眠客"
	if err := s.PutView(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	view, err := s.View(t.Context(), "v1")
	if err != nil || view.Name != "休眠客" || view.Owner != "u1" {
		t.Errorf("%+v %v", view, err)
	}
	if err := s.DeleteView(t.Context(), "v1", 2); err != nil {
		t.Fatal(err)
	}
	_, err = s.View(t.Context(), "v1")
	wantCode(t, err, hitori.NotFound)
}

// Users come back from a backup; nobody is signed in by it.
func backupLeavesSessionsOut(t *testing.T, s *state.Store) {
	a := account("u1", access.Administrator)
	a.Hash, a.Recovery = "hash", []string{"r1"}
	addUser(t, s, a)
	addSession(t, s, "s1", "u1", begin)
	link := access.Link{User: "u1", Kind: access.PasswordLink, ExpiresAt: begin}
	if err := s.AddLink(t.Context(), link, "h1"); err != nil {
		t.Fatal(err)
	}
	if err := s.PutView(t.Context(), access.View{ID: "v1", Owner: "u1", Place: "customers", Name: "n", UpdatedAt: begin}); err != nil {
		t.Fatal(err)
	}
	restore(t, s, func() {
		if there, err := s.HasUsers(t.Context()); there || err != nil {
			t.Errorf("%t %v", there, err)
		}
	})
	got, err := s.User(t.Context(), "u1")
	if err != nil || got.Hash != "hash" || len(got.Recovery) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := s.View(t.Context(), "v1"); err != nil {
		t.Error(err)
	}
	_, _, err = s.Session(t.Context(), "hash-s1")
	wantCode(t, err, hitori.NotFound)
	_, err = s.Link(t.Context(), "h1")
	wantCode(t, err, hitori.NotFound)
}

// A state from before users keeps who looked at whom, and its keys their rights.
func migratingFromBeforeUsers(t *testing.T, engine state.Engine) {
	text, err := os.ReadFile("../migrations/00001_foundation.sql")
	if err != nil {
		t.Fatal(err)
	}
	pairs := []string{}
	for word, value := range engine.Words() {
		pairs = append(pairs, "{"+word+"}", value)
	}
	dialect := goose.DialectSQLite3
	if engine.Name() == "postgres" {
		dialect = goose.DialectPostgres
	}
	first := goose.NewGoMigration(1, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, strings.NewReplacer(pairs...).Replace(string(text)))
		return err
	}}, nil)
	provider, err := goose.NewProvider(dialect, engine.DB(), nil, goose.WithTableName("migrations"), goose.WithGoMigrations(first), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n, scopes := range []string{"customers:read data:read", "data:read", "customers:write"} {
		if _, err := engine.Exec(t.Context(), `INSERT INTO keys (id, hash, hint, name, scopes, source_id, rate, created_at, created_by)
			VALUES (?1, ?1, '', '', ?2, 0, 0, ?3, '')`, fmt.Sprint("k", n), scopes, n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := engine.Exec(t.Context(), "INSERT INTO accesses (at, id, actor, action, customer_id, detail) VALUES (?1, 'a1', 'key:k', 'timeline', 5, '')",
		begin.UnixMilli()); err != nil {
		t.Fatal(err)
	}
	s := store(t, engine)
	entries, err := s.AuditEntries(t.Context(), access.AuditFilter{Limit: 5})
	if err != nil || len(entries) != 1 {
		t.Fatalf("%+v %v", entries, err)
	}
	wantEqual(t, "entry", entries[0], access.AuditEntry{ID: "a1", Time: begin, Actor: "key:k", Action: "get-timeline", Customer: 5, Result: "ok"})
	keys, err := s.Keys(t.Context())
	if err != nil || len(keys) != 3 {
		t.Fatalf("%+v %v", keys, err)
	}
	wantEqual(t, "key that read people", keys[2].Scopes, []access.Scope{access.CustomersRead, access.DataRead, access.PersonalRead})
	wantEqual(t, "key that did not", keys[1].Scopes, []access.Scope{access.DataRead})
}
