package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/access/accesstest"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/service"
)

const password = "correct horse battery"

// setUp makes the first user, Hanako.
func setUp(t *testing.T, b *apptest.Browser) api.Session {
	t.Helper()
	var session api.Session
	b.Call(http.MethodPost, "/setup", map[string]string{"name": "花子", "email": "hanako@example.jp", "password": password, "language": "en"}, &session)
	return session
}

func signIn(b *apptest.Browser, password, code string) apptest.Answer {
	return b.Do(http.MethodPost, "/api/v1/session", map[string]string{"email": "hanako@example.jp", "password": password, "code": code})
}

func expect(t *testing.T, what string, a apptest.Answer, status int, key string) {
	t.Helper()
	if a.Status != status || a.Key() != key {
		t.Errorf("%s: %d %s, want %d %s", what, a.Status, a.Body, status, key)
	}
}

func TestFirstRun(t *testing.T) {
	c := apptest.Start(t, app.Config{TimeZone: "Asia/Tokyo"})
	b := c.Browser("")
	var setup api.Setup
	b.Call(http.MethodGet, "/setup", nil, &setup)
	if !setup.Needed || setup.Demo || setup.OIDC != nil {
		t.Errorf("%+v", setup)
	}
	expect(t, "signed out", b.Do(http.MethodGet, "/api/v1/session", nil), 401, "sign_in_needed")
	weak := map[string]string{"name": "a", "email": "a@example.jp", "password": "1234567890"}
	expect(t, "an easy password", b.Do(http.MethodPost, "/api/v1/setup", weak), 400, "password_common")

	session := setUp(t, b)
	if session.User.Role != access.Administrator || !slices.Contains(session.Rights, access.PersonalRead) || session.Shop.TimeZone != "Asia/Tokyo" || session.Shop.Currency != "JPY" {
		t.Errorf("%+v", session)
	}
	b.Call(http.MethodGet, "/session", nil, &session)
	b.Call(http.MethodGet, "/setup", nil, &setup)
	if setup.Needed || session.User.Name != "花子" || session.User.Invited {
		t.Errorf("%+v %+v", setup, session)
	}
	strong := map[string]string{"name": "a", "email": "a@example.jp", "password": password}
	expect(t, "a second time", c.Browser("").Do(http.MethodPost, "/api/v1/setup", strong), 409, "setup_done")
}

// Of many who set the program up at the same time one becomes the administrator.
func TestFirstRunIsWonByOne(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	var wait sync.WaitGroup
	answers := make([]apptest.Answer, 4)
	for n := range answers {
		b := c.Browser("")
		wait.Go(func() {
			answers[n] = b.Do(http.MethodPost, "/api/v1/setup", map[string]string{"name": "a", "email": fmt.Sprintf("a%d@example.jp", n), "password": password})
		})
	}
	wait.Wait()
	won := 0
	for _, answer := range answers {
		if answer.Status == http.StatusCreated {
			won++
		} else {
			expect(t, "the others", answer, 409, "setup_done")
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

func TestCookie(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	answer := c.Browser("").Do(http.MethodPost, "/api/v1/setup", map[string]string{"name": "a", "email": "a@example.jp", "password": password})
	cookie, err := http.ParseSetCookie(answer.Header.Get("Set-Cookie"))
	if err != nil || cookie.Name != "hitori_session" || cookie.Path != "/" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure || cookie.Domain != "" {
		t.Errorf("%+v %v", cookie, err)
	}
	if strings.Contains(string(answer.Body), cookie.Value) {
		t.Error("the token stands in the answer")
	}
	secure := apptest.Start(t, app.Config{PublicURL: "https://cdp.example.jp"})
	answer = secure.Browser("").Do(http.MethodPost, "/api/v1/setup", map[string]string{"name": "a", "email": "a@example.jp", "password": password})
	cookie, err = http.ParseSetCookie(answer.Header.Get("Set-Cookie"))
	if err != nil || cookie.Name != "__Host-hitori_session" || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("%+v %v", cookie, err)
	}
}

func TestSignInAndOut(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock})
	setUp(t, c.Browser(""))
	b := c.Browser("")
	expect(t, "wrong", signIn(b, "wrong", ""), 401, "sign_in_failed")
	expect(t, "right", signIn(b, password, ""), 200, "")
	var list struct{ Sessions []api.OpenSession }
	b.Call(http.MethodGet, "/sessions", nil, &list)
	if len(list.Sessions) != 2 || list.Sessions[0].Current == list.Sessions[1].Current || list.Sessions[0].Address != "127.0.0.1" {
		t.Errorf("%+v", list)
	}
	other := list.Sessions[slices.IndexFunc(list.Sessions, func(s api.OpenSession) bool { return !s.Current })]
	b.Call(http.MethodDelete, "/sessions/"+other.ID, nil, nil)
	expect(t, "again", b.Do(http.MethodDelete, "/api/v1/sessions/"+other.ID, nil), 404, "session_unknown")

	b.Call(http.MethodPatch, "/session", map[string]any{"name": "はなこ", "theme": "dark", "language": "ja"}, nil)
	var session api.Session
	b.Call(http.MethodGet, "/session", nil, &session)
	if session.User.Name != "はなこ" || session.User.Theme != "dark" || session.User.Language != "ja" {
		t.Errorf("%+v", session.User)
	}
	// Errors are told in the user's language, whatever the browser's is.
	if answer := b.Do(http.MethodGet, "/api/v1/jobs/none", nil); !strings.Contains(string(answer.Body), "見つかりません") {
		t.Errorf("%s", answer.Body)
	}
	expect(t, "wrong current password", b.Do(http.MethodPatch, "/api/v1/session", map[string]any{"password": map[string]string{"current": "wrong", "new": "another password"}}), 400, "password_wrong")
	b.Call(http.MethodPatch, "/session", map[string]any{"password": map[string]string{"current": password, "new": "another password"}}, nil)

	answer := b.Do(http.MethodDelete, "/api/v1/session", nil)
	expect(t, "sign out", answer, 204, "")
	if cookie := answer.Header.Get("Set-Cookie"); !strings.Contains(cookie, "Max-Age=0") {
		t.Errorf("cookie %s", cookie)
	}
	expect(t, "after signing out", b.Do(http.MethodGet, "/api/v1/session", nil), 401, "sign_in_needed")

	expect(t, "the new password", signIn(b, "another password", ""), 200, "")
	clock.Advance(access.SessionIdle)
	expect(t, "the next morning", b.Do(http.MethodGet, "/api/v1/session", nil), 401, "signed_out")
}

func TestThrottledSignInSaysWhenToComeBack(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock})
	setUp(t, c.Browser(""))
	b := c.Browser("")
	for range 5 {
		expect(t, "guess", signIn(b, "guess", ""), 401, "sign_in_failed")
	}
	answer := signIn(b, password, "")
	expect(t, "one too many", answer, 429, "sign_in_throttled")
	if answer.Header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q", answer.Header.Get("Retry-After"))
	}
	clock.Advance(2 * time.Second)
	expect(t, "later", signIn(b, password, ""), 200, "")
}

func TestOtherSitesCannotUseASession(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	b := c.Browser("")
	setUp(t, b)
	for _, origin := range []string{"https://evil.example", "null"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, c.App.URL()+"/api/v1/session", strings.NewReader(`{"name":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", origin)
		request.Header.Set("Content-Type", "application/json")
		response, err := b.Client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", origin, response.StatusCode)
		}
	}
	var session api.Session
	b.Call(http.MethodGet, "/session", nil, &session)
	if session.User.Name != "花子" {
		t.Errorf("%+v", session.User)
	}
}

func TestUsers(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	admin := c.Browser("")
	me := setUp(t, admin).User
	var taro access.User
	admin.Call(http.MethodPost, "/users", map[string]string{"email": "taro@example.jp", "role": "sales"}, &taro)
	if taro.Name != "taro" || !taro.Invited || taro.CreatedBy != "user:hanako@example.jp" {
		t.Errorf("%+v", taro)
	}
	expect(t, "the same again", admin.Do(http.MethodPost, "/api/v1/users", map[string]string{"email": "TARO@example.jp", "role": "sales"}), 409, "user_exists")
	expect(t, "no role", admin.Do(http.MethodPost, "/api/v1/users", map[string]string{"email": "x@example.jp", "role": "root"}), 400, "request_invalid")

	var link api.UserLink
	admin.Call(http.MethodPost, "/users/"+taro.ID+"/link", nil, &link)
	if link.Kind != access.Invitation || link.URL != c.App.URL()+"/sign-in#token="+link.Token {
		t.Errorf("%+v", link)
	}
	b := c.Browser("")
	follow := func(password string) apptest.Answer {
		return b.Do(http.MethodPost, "/api/v1/session/link", map[string]string{"token": link.Token, "password": password})
	}
	expect(t, "without a password", follow(""), 400, "password_needed")
	expect(t, "with one", follow("taro's password"), 200, "")
	expect(t, "again", follow("taro's password"), 401, "link_useless")
	expect(t, "what taro may not", b.Do(http.MethodGet, "/api/v1/users", nil), 403, "user_scope")

	patch := func(u access.User, change map[string]any) apptest.Answer {
		change["version"] = u.Version
		return admin.Do(http.MethodPatch, "/api/v1/users/"+u.ID, change)
	}
	expect(t, "the last administrator", patch(me, map[string]any{"role": "viewer"}), 409, "last_admin")
	expect(t, "the last administrator", patch(me, map[string]any{"disabled": true}), 409, "last_admin")
	expect(t, "the last administrator", admin.Do(http.MethodDelete, fmt.Sprintf("/api/v1/users/%s?version=%d", me.ID, me.Version), nil), 409, "last_admin")
	expect(t, "a role", patch(taro, map[string]any{"role": "viewer"}), 200, "")
	expect(t, "what has changed meanwhile", patch(taro, map[string]any{"role": "admin"}), 409, "changed_meanwhile")
	if answer := b.Do(http.MethodGet, "/api/v1/session", nil); !strings.Contains(string(answer.Body), `"viewer"`) {
		t.Errorf("the new role does not hold at once: %s", answer.Body)
	}
	taro.Version++
	expect(t, "disabling", patch(taro, map[string]any{"disabled": true}), 200, "")
	expect(t, "the disabled user's session", b.Do(http.MethodGet, "/api/v1/session", nil), 401, "signed_out")
	expect(t, "a link for the disabled user", admin.Do(http.MethodPost, "/api/v1/users/"+taro.ID+"/link", nil), 409, "link_disabled")
	taro.Version++
	expect(t, "removing", admin.Do(http.MethodDelete, fmt.Sprintf("/api/v1/users/%s?version=%d", taro.ID, taro.Version), nil), 204, "")
	var list struct{ Users []access.User }
	admin.Call(http.MethodGet, "/users", nil, &list)
	if len(list.Users) != 1 {
		t.Errorf("%+v", list.Users)
	}
	// Nothing that proves who somebody is leaves the program.
	answer := string(admin.Do(http.MethodGet, "/api/v1/users", nil).Body)
	for _, word := range []string{"argon2", "totp", "recovery", "hash"} {
		if strings.Contains(strings.ToLower(answer), word) {
			t.Errorf("%s in %s", word, answer)
		}
	}
}

func TestSecondFactorOverHTTP(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock})
	b := c.Browser("")
	setUp(t, b)
	var offer struct{ Secret, URI string }
	b.Call(http.MethodPost, "/session/second-factor", nil, &offer)
	expect(t, "a wrong code", b.Do(http.MethodPut, "/api/v1/session/second-factor", map[string]string{"code": "000000"}), 400, "second_factor_code")
	var confirmed struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	b.Call(http.MethodPut, "/session/second-factor", map[string]string{"code": accesstest.Code(t, offer.Secret, clock.Now())}, &confirmed)
	if len(confirmed.RecoveryCodes) != 10 || !strings.HasPrefix(offer.URI, "otpauth://totp/Hitori:hanako@example.jp?") {
		t.Errorf("%+v %+v", offer, confirmed)
	}
	clock.Advance(time.Minute)
	fresh := c.Browser("")
	expect(t, "no code", signIn(fresh, password, ""), 401, "second_factor_needed")
	code := accesstest.Code(t, offer.Secret, clock.Now())
	expect(t, "a code", signIn(fresh, password, code), 200, "")
	expect(t, "the code again", signIn(c.Browser(""), password, code), 401, "second_factor_wrong")
	expect(t, "a code for recovery", signIn(c.Browser(""), password, strings.ToUpper(confirmed.RecoveryCodes[0])), 200, "")
	expect(t, "removing it with a wrong password", b.Do(http.MethodDelete, "/api/v1/session/second-factor", map[string]string{"password": "x"}), 400, "password_wrong")
	expect(t, "removing it", b.Do(http.MethodDelete, "/api/v1/session/second-factor", map[string]string{"password": password}), 204, "")
	expect(t, "without it", signIn(c.Browser(""), password, ""), 200, "")
}

func TestViewsOverHTTP(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	admin, _ := c.SignIn(access.Administrator)
	viewer, _ := c.SignIn(access.Viewer)
	var own, shared access.View
	viewer.Call(http.MethodPut, "/views?place=customers", map[string]any{"name": "休眠", "query": "q=%E4%BD%90&sort=-last"}, &own)
	again := own
	viewer.Call(http.MethodPut, "/views?place=customers", map[string]any{"name": "休眠", "query": "q=x"}, &again)
	if own.ID == "" || own.ID != again.ID || again.Query != "q=x" {
		t.Errorf("%+v %+v", own, again)
	}
	admin.Call(http.MethodPut, "/views?place=customers", map[string]any{"name": "優良", "query": "", "shared": true}, &shared)
	names := func(b *apptest.Browser) (names []string) {
		var list struct{ Views []access.View }
		b.Call(http.MethodGet, "/views?place=customers", nil, &list)
		for _, v := range list.Views {
			names = append(names, v.Name)
		}
		slices.Sort(names)
		return names
	}
	if got := names(viewer); !slices.Equal(got, []string{"休眠", "優良"}) {
		t.Errorf("the viewer sees %v", got)
	}
	if got := names(admin); !slices.Equal(got, []string{"優良"}) {
		t.Errorf("the administrator sees %v", got)
	}
	change := map[string]any{"name": "x", "query": "", "shared": true, "version": again.Version}
	expect(t, "another's shared view", viewer.Do(http.MethodPut, "/api/v1/views/"+shared.ID, change), 403, "view_shared")
	expect(t, "another's own view", admin.Do(http.MethodPut, "/api/v1/views/"+own.ID, change), 404, "view_unknown")
	expect(t, "another's own view", admin.Do(http.MethodDelete, "/api/v1/views/"+own.ID, nil), 404, "view_unknown")
	expect(t, "sharing one's own", viewer.Do(http.MethodPut, "/api/v1/views/"+own.ID, change), 200, "")
	expect(t, "an administrator tidies up", admin.Do(http.MethodDelete, "/api/v1/views/"+own.ID, nil), 204, "")
}

func TestDemoOpensWithItsLink(t *testing.T) {
	c := apptest.Start(t, app.Config{Demo: true, Data: filepath.Join(t.TempDir(), "demo")})
	demo, err := c.App.FillDemo(t.Context(), app.DemoConfig{Customers: 60, Days: 30, Seed: 1, EventsPerCustomer: 5}, func(app.DemoStep, int64, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	link, err := url.Parse(demo.Link)
	if err != nil || link.Path != "/sign-in" || link.RawQuery != "" {
		t.Fatal(demo.Link, err)
	}
	token := strings.TrimPrefix(link.Fragment, "token=")
	b := c.Browser("")
	b.Call(http.MethodPost, "/session/link", map[string]string{"token": token}, nil)
	var session api.Session
	b.Call(http.MethodGet, "/session", nil, &session)
	if !session.Demo || session.User.Role != access.Administrator {
		t.Errorf("%+v", session)
	}
	expect(t, "the link again", c.Browser("").Do(http.MethodPost, "/api/v1/session/link", map[string]string{"token": token}), 401, "link_useless")
	again, err := c.App.FillDemo(t.Context(), app.DemoConfig{}, func(app.DemoStep, int64, int64) {})
	if err != nil || again.Link == demo.Link {
		t.Error(again.Link, err)
	}
}
