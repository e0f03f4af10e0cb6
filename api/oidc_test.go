package api_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/access/accesstest"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/service"
)

func TestSignInWithAProvider(t *testing.T) {
	const site = "http://cdp.example.jp"
	p := accesstest.NewProvider(t, service.SystemClock{}, site+access.OIDCCallback)
	c := apptest.Start(t, app.Config{PublicURL: site, OIDC: access.OIDCConfig{
		Issuer: p.Issuer(), ClientID: p.ClientID, ClientSecret: p.ClientSecret, Role: access.Analyst, Name: "社内アカウント",
	}})
	setUp(t, c.Browser(""))
	visit := func(b *apptest.Browser, address string) (location string) {
		t.Helper()
		answer := b.Do(http.MethodGet, address, nil)
		if answer.Status != http.StatusFound {
			t.Fatalf("%s: %d %s", address, answer.Status, answer.Body)
		}
		return answer.Header.Get("Location")
	}
	b := c.Browser(site)
	var setup api.Setup
	b.Call(http.MethodGet, "/setup", nil, &setup)
	if setup.OIDC == nil || setup.OIDC.Name != "社内アカウント" {
		t.Fatalf("%+v", setup)
	}
	p.Person = accesstest.Person{Subject: "1", Email: "taro@example.jp", Verified: true, Name: "太郎"}
	back := visit(b, visit(b, setup.OIDC.Start+"?return="+url.QueryEscape("/customers?q=1")))
	if got := visit(b, back); got != "/customers?q=1" {
		t.Errorf("sent to %s", got)
	}
	var session api.Session
	b.Call(http.MethodGet, "/session", nil, &session)
	if session.User.Email != "taro@example.jp" || session.User.Role != access.Analyst {
		t.Errorf("%+v", session.User)
	}
	if got := visit(b, back); got != "/sign-in?error=oidc_failed" { // the same answer of the provider once more
		t.Errorf("a second time: %s", got)
	}

	// Somebody else's visit does not let this browser in.
	mallory := c.Browser(site)
	stolen := visit(mallory, visit(mallory, setup.OIDC.Start))
	victim := c.Browser(site)
	if got := visit(victim, stolen); got != "/sign-in?error=oidc_failed" {
		t.Errorf("another's visit: %s", got)
	}
	expect(t, "the victim", victim.Do(http.MethodGet, "/api/v1/session", nil), 401, "sign_in_needed")

	// Nobody is led away from this site.
	for _, elsewhere := range []string{"https://evil.example/", "//evil.example", "/\\evil.example"} {
		b := c.Browser(site)
		if got := visit(b, visit(b, visit(b, setup.OIDC.Start+"?return="+url.QueryEscape(elsewhere)))); got != "/" {
			t.Errorf("%s: sent to %s", elsewhere, got)
		}
	}
	p.Person = accesstest.Person{Subject: "2", Email: "jiro@example.jp"}
	b = c.Browser(site)
	if got := visit(b, visit(b, visit(b, setup.OIDC.Start))); got != "/sign-in?error=oidc_email" {
		t.Errorf("an address nobody has confirmed: %s", got)
	}
	if got := visit(c.Browser(site), access.OIDCCallback+"?error=access_denied"); got != "/sign-in?error=oidc_failed" {
		t.Errorf("the person said no: %s", got)
	}
	var page struct{ Entries []access.AuditEntry }
	c.Call(http.MethodGet, "/audit?action=sign-in-oidc&actor=user:taro@example.jp", nil, &page)
	if len(page.Entries) == 0 || page.Entries[len(page.Entries)-1].Result != "ok" {
		t.Errorf("%+v", page.Entries)
	}
}
