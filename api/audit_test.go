package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/service"
)

func TestWhoDidWhat(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock})
	admin := c.Browser("")
	me := setUp(t, admin).User
	_ = signIn(c.Browser(""), "wrong", "")
	c.Send(c.WriteKey("shop"), map[string]any{"type": "identify", "userId": "M1", "traits": map[string]any{"email": "taro@example.jp"}})
	var found struct{ Customers []struct{ ID string } }
	admin.Call(http.MethodGet, "/customers", nil, &found)
	customer := found.Customers[0].ID
	admin.Call(http.MethodGet, "/customers/email:taro@example.jp", nil, nil)
	admin.Call(http.MethodGet, "/customers/email:taro@example.jp/timeline", nil, nil)
	admin.Call(http.MethodGet, "/jobs", nil, nil) // nothing personal: not recorded
	_ = admin.Do(http.MethodGet, "/api/v1/customers/email:nobody@example.jp", nil)
	admin.Call(http.MethodPut, "/retention/Page%20Viewed", map[string]int{"days": 30}, nil)
	_ = admin.Do(http.MethodDelete, "/api/v1/keys/none", nil)
	admin.Call(http.MethodPut, "/identity/identifiers/email:taro@example.jp", map[string]string{"state": "junk"}, nil)
	c.Call(http.MethodDelete, "/customers/email:taro@example.jp", nil, nil)

	read := func(query string) (lines []string, next string) {
		t.Helper()
		var page struct {
			Entries []access.AuditEntry
			Next    string
		}
		admin.Call(http.MethodGet, "/audit?"+query, nil, &page)
		for _, e := range page.Entries {
			if e.Address != "127.0.0.1" || !e.Time.Equal(clock.Now()) {
				t.Errorf("%+v", e)
			}
			what := e.Object
			if e.Customer != 0 {
				what += e.Customer.String()
			}
			lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(e.Actor, " ", e.Action, " ", what, " ", e.Result, " ", e.Detail)), " "))
		}
		return lines, page.Next
	}
	// Entries of one moment come in no certain order: the clock stands still.
	want := []string{
		"user:hanako@example.jp set-up users/" + me.ID + " ok",
		"user:hanako@example.jp sign-in users/" + me.ID + " sign_in_failed",
		"user:hanako@example.jp list-customers ok",
		"user:hanako@example.jp get-customer " + customer + " ok",
		"user:hanako@example.jp get-timeline " + customer + " ok",
		"user:hanako@example.jp put-retention retention/Page Viewed ok days=30",
		"user:hanako@example.jp revoke-key keys/none key_unknown",
		"user:hanako@example.jp set-identifier-state identifiers/email ok",
		"key:test erase-customer " + customer + " ok",
	}
	slices.Sort(want)
	got, _ := read("limit=100")
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("recorded:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got, _ := read("object=" + customer); len(got) != 3 {
		t.Errorf("about the person: %v", got)
	}
	if got, _ := read("actor=key:test&action=erase-customer"); len(got) != 1 {
		t.Errorf("by the key: %v", got)
	}
	if got, _ := read("object=retention/Page%20Viewed"); len(got) != 1 {
		t.Errorf("about retention: %v", got)
	}
	paged, next := read("limit=4")
	for next != "" {
		var more []string
		more, next = read("limit=4&before=" + next)
		paged = append(paged, more...)
	}
	slices.Sort(paged)
	if !slices.Equal(paged, want) {
		t.Errorf("by pages:\n%s", strings.Join(paged, "\n"))
	}
	// Nothing in the record tells who an erased person was.
	if answer := string(admin.Do(http.MethodGet, "/api/v1/audit?limit=100", nil).Body); strings.Contains(answer, "taro@") {
		t.Errorf("%s", answer)
	}
	expect(t, "a broken place", admin.Do(http.MethodGet, "/api/v1/audit?before=x", nil), 400, "cursor")
}

// The record is kept for as long as its rule says.
func TestTheRecordIsKeptByItsRule(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock})
	setUp(t, c.Browser(""))
	clock.Advance(365 * 24 * time.Hour)
	c.Call(http.MethodPut, "/retention/@audit", map[string]int{"days": 180}, nil)
	if _, err := c.App.ExpireAudit(t.Context()); err != nil { // the nightly job may have been first
		t.Fatal(err)
	}
	var page struct{ Entries []access.AuditEntry }
	c.Call(http.MethodGet, "/audit", nil, &page)
	if len(page.Entries) != 1 || page.Entries[0].Action != "put-retention" {
		t.Errorf("%+v", page.Entries)
	}
}
