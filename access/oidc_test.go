package access_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/access/accesstest"
)

const callback = "http://cdp.example.jp" + access.OIDCCallback

func provider(t *testing.T, s *shop, role access.Role) (*accesstest.Provider, *access.OIDC) {
	t.Helper()
	p := accesstest.NewProvider(t, s.clock, callback)
	o, err := access.NewOIDC(access.OIDCConfig{
		Issuer: p.Issuer(), ClientID: p.ClientID, ClientSecret: p.ClientSecret, Role: role, PublicURL: "http://cdp.example.jp/",
	}, s.Users)
	if err != nil {
		t.Fatal(err)
	}
	return p, o
}

// visit goes to the provider as a browser does, and returns what it brings back.
func visit(t *testing.T, o *access.OIDC) (access.Visit, url.Values) {
	t.Helper()
	address, v, err := o.Begin(t.Context(), "/customers")
	if err != nil {
		t.Fatal(err)
	}
	return v, bring(t, address)
}

func bring(t *testing.T, address string) url.Values {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	browser := http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := url.Parse(response.Header.Get("Location"))
	if err != nil || response.StatusCode != http.StatusFound || back.Host != "cdp.example.jp" || back.Path != access.OIDCCallback {
		t.Fatalf("the provider answered %d %s", response.StatusCode, response.Header.Get("Location"))
	}
	return back.Query()
}

func TestProviderBringsUsers(t *testing.T) {
	s := open(t)
	admin := s.admin()
	p, o := provider(t, s, access.Analyst)
	finish := func(what, key string) access.User {
		t.Helper()
		v, back := visit(t, o)
		user, err := o.Finish(t.Context(), v, back.Get("state"), back.Get("code"))
		want(t, what, err, key)
		return user
	}
	p.Person = accesstest.Person{Subject: "1", Email: "Taro@example.jp", Verified: true, Name: "山田太郎", Locale: "en-GB"}
	taro := finish("somebody new", "")
	if taro.Role != access.Analyst || taro.Email != "taro@example.jp" || taro.Name != "山田太郎" || taro.Language != "en" || !taro.Provider || taro.Password {
		t.Errorf("%+v", taro)
	}
	p.Person.Email = "taro.yamada@example.jp" // the subject counts
	if again := finish("the same with another address", ""); again.ID != taro.ID {
		t.Errorf("%+v", again)
	}
	p.Person = accesstest.Person{Subject: "2", Email: "hanako@example.jp", Verified: false}
	finish("an address nobody has confirmed", "oidc_email")
	p.Person.Verified = true
	if user := finish("one who has a password", ""); user.ID != admin.ID || user.Role != access.Administrator || !user.Provider || !user.Password {
		t.Errorf("%+v", user)
	}
	p.Person = accesstest.Person{Subject: "3", Email: "hanako@example.jp", Verified: true}
	finish("another account with a taken address", "oidc_unknown")
	p.Person = accesstest.Person{Subject: "4"}
	finish("no address", "oidc_email")

	yes := true
	if _, err := s.Change(t.Context(), taro.ID, access.UserChange{Disabled: &yes, Version: taro.Version}); err != nil {
		t.Fatal(err)
	}
	p.Person = accesstest.Person{Subject: "1", Email: "taro@example.jp", Verified: true}
	finish("a disabled user", "user_disabled")
}

func TestProviderWithoutARoleBringsOnlyTheInvited(t *testing.T) {
	s := open(t)
	s.admin()
	p, o := provider(t, s, "")
	p.Person = accesstest.Person{Subject: "1", Email: "jiro@example.jp", Verified: true}
	v, back := visit(t, o)
	_, err := o.Finish(t.Context(), v, back.Get("state"), back.Get("code"))
	want(t, "a stranger", err, "oidc_unknown")
	if _, err := s.Create(t.Context(), access.User{Email: "jiro@example.jp", Role: access.Sales}); err != nil {
		t.Fatal(err)
	}
	v, back = visit(t, o)
	user, err := o.Finish(t.Context(), v, back.Get("state"), back.Get("code"))
	want(t, "the invited", err, "")
	if user.Role != access.Sales {
		t.Errorf("%+v", user)
	}
}

func TestProviderBringsNoFirstUser(t *testing.T) {
	s := open(t)
	p, o := provider(t, s, access.Viewer)
	p.Person = accesstest.Person{Subject: "1", Email: "jiro@example.jp", Verified: true}
	v, back := visit(t, o)
	_, err := o.Finish(t.Context(), v, back.Get("state"), back.Get("code"))
	want(t, "before the set-up", err, "user_first_admin")
}

// Whatever does not fit together lets nobody in.
func TestForgedVisits(t *testing.T) {
	s := open(t)
	s.admin()
	p, o := provider(t, s, access.Viewer)
	p.Person = accesstest.Person{Subject: "1", Email: "jiro@example.jp", Verified: true}
	for name, forge := range map[string]func(v *access.Visit, back url.Values){
		"no visit":         func(v *access.Visit, _ url.Values) { *v = access.Visit{} },
		"another state":    func(_ *access.Visit, back url.Values) { back.Set("state", "x") },
		"no state":         func(v *access.Visit, back url.Values) { v.State = ""; back.Del("state") },
		"no code":          func(_ *access.Visit, back url.Values) { back.Del("code") },
		"another code":     func(_ *access.Visit, back url.Values) { back.Set("code", "x") },
		"another verifier": func(v *access.Visit, _ url.Values) { v.Verifier = "0123456789012345678901234567890123456789012" },
		"another nonce":    func(v *access.Visit, _ url.Values) { v.Nonce = "x" },
		"a code of other's": func(v *access.Visit, _ url.Values) {
			other, _ := visit(t, o)
			v.Nonce, v.Verifier = other.Nonce, other.Verifier
		},
		"another's key":        func(*access.Visit, url.Values) { p.Sign = accesstest.ForeignKey },
		"another's audience":   func(*access.Visit, url.Values) { p.Sign = accesstest.ForeignAudience },
		"another issuer":       func(*access.Visit, url.Values) { p.Sign = accesstest.ForeignIssuer },
		"a token that is over": func(*access.Visit, url.Values) { p.Sign = accesstest.Expired },
		"an unsigned token":    func(*access.Visit, url.Values) { p.Sign = accesstest.Unsigned },
	} {
		p.Sign = accesstest.Honest
		v, back := visit(t, o)
		forge(&v, back)
		_, err := o.Finish(t.Context(), v, back.Get("state"), back.Get("code"))
		want(t, name, err, "oidc_failed")
	}
	p.Sign = accesstest.Honest
	v, back := visit(t, o)
	_, err := o.Finish(t.Context(), v, back.Get("state"), back.Get("code"))
	want(t, "honest", err, "")
	_, err = o.Finish(t.Context(), v, back.Get("state"), back.Get("code"))
	want(t, "the same code again", err, "oidc_failed")
}

func TestProviderThatIsAway(t *testing.T) {
	s := open(t)
	o, err := access.NewOIDC(access.OIDCConfig{Issuer: "http://127.0.0.1:1", ClientID: "c", PublicURL: "http://cdp.example.jp"}, s.Users)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = o.Begin(t.Context(), "/")
	want(t, "begin", err, "oidc_unreachable")
	for key, cfg := range map[string]access.OIDCConfig{
		"oidc_issuer":     {Issuer: "example", ClientID: "c", PublicURL: "http://x"},
		"oidc_client":     {Issuer: "https://id.example.jp", PublicURL: "http://x"},
		"oidc_public_url": {Issuer: "https://id.example.jp", ClientID: "c"},
		"user_role":       {Issuer: "https://id.example.jp", ClientID: "c", PublicURL: "http://x", Role: "root"},
	} {
		_, err := access.NewOIDC(cfg, s.Users)
		want(t, key, err, key)
	}
}
