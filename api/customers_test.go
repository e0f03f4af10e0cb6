package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/service"
)

// A list is read page by page with the cursor that each page tells, and ends.
func TestListPages(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	var messages []any
	for i := range 25 {
		messages = append(messages, map[string]any{"type": "identify", "userId": fmt.Sprint("u", i), "messageId": fmt.Sprint(i)})
	}
	c.Send(c.WriteKey("shop"), messages...)
	seen := make(map[string]bool)
	pages := 0
	for next := ""; pages == 0 || next != ""; pages++ {
		var page struct {
			Customers []struct{ ID string }
			Next      string
		}
		c.Call(http.MethodGet, "/customers?limit=10&before="+next, nil, &page)
		for _, customer := range page.Customers {
			if seen[customer.ID] {
				t.Fatalf("%s is on two pages", customer.ID)
			}
			seen[customer.ID] = true
		}
		next = page.Next
	}
	if len(seen) != 25 || pages != 3 {
		t.Errorf("%d people on %d pages", len(seen), pages)
	}
	if status, answer := c.Do(http.MethodGet, "/api/v1/customers?before=nothing", c.Secret, nil); status != http.StatusBadRequest {
		t.Errorf("a cursor that is none: %d %s", status, answer)
	}
}

// People are listed by when they were first seen and by level, page by page; who is searched
// is found among the levels that are asked for.
func TestListOrderAndLevels(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	c.SignIn(access.Administrator)
	at := func(day int) string { return fmt.Sprintf("2026-03-%02dT00:00:00Z", day) }
	c.Send(c.WriteKey("shop"),
		map[string]any{"type": "page", "messageId": "1", "anonymousId": "v", "timestamp": at(2)},
		map[string]any{"type": "identify", "messageId": "2", "userId": "m1", "timestamp": at(3), "traits": map[string]any{"name": "佐藤一"}},
		map[string]any{"type": "identify", "messageId": "3", "anonymousId": "l", "timestamp": at(1), "traits": map[string]any{"email": "l@example.jp", "name": "佐藤二"}},
		map[string]any{"type": "identify", "messageId": "4", "userId": "m2", "timestamp": at(4)},
		// A device of before the account: its person was first seen on it.
		map[string]any{"type": "page", "messageId": "5", "anonymousId": "d", "timestamp": at(1)},
		map[string]any{"type": "identify", "messageId": "6", "userId": "m2", "anonymousId": "d", "timestamp": at(5)},
	)
	days := func(b *apptest.Browser, query string) (list []int) {
		t.Helper()
		next := ""
		for page := 0; page == 0 || next != ""; page++ {
			var answer struct {
				Customers []struct {
					FirstSeen time.Time `json:"first_seen"`
				}
				Next string
			}
			b.Call(http.MethodGet, "/customers?limit=1&"+query+"&before="+next, nil, &answer)
			for _, customer := range answer.Customers {
				list = append(list, customer.FirstSeen.Day())
			}
			next = answer.Next
			if strings.Contains(query, "q=") {
				break
			}
		}
		return list
	}
	admin, _ := c.SignIn(access.Administrator)
	viewer, _ := c.SignIn(access.Viewer)
	for query, want := range map[string][]int{
		"":                                   {3, 1, 1},
		"sort=first_seen":                    {1, 1, 3},
		"level=member":                       {3, 1},
		"level=lead":                         {1},
		"level=visitor":                      {2},
		"level=visitor,member":               {3, 2, 1},
		"level=visitor,lead&sort=first_seen": {1, 2},
		"q=l%40example.jp&level=lead":        {1},
		"q=l%40example.jp&level=member":      nil,
	} {
		for name, b := range map[string]*apptest.Browser{"administrator": admin, "viewer": viewer} {
			if got := days(b, query); !slices.Equal(got, want) {
				t.Errorf("%s: %s sees %v, want %v", query, name, got, want)
			}
		}
	}
	for _, query := range []string{"sort=email", "level=friend", "before=x"} {
		if answer := admin.Do(http.MethodGet, "/api/v1/customers?"+query, nil); answer.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, answer.Status, answer.Body)
		}
	}
}

// People are listed by name, as a Japanese list has them, and by last change, page by page; by name only for who may see names.
func TestListByNameAndChange(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	c.SignIn(access.Administrator)
	at := func(day int) string { return fmt.Sprintf("2026-03-%02dT00:00:00Z", day) }
	known := func(id string, day int, traits map[string]any) any {
		return map[string]any{"type": "identify", "messageId": id, "userId": id, "timestamp": at(day), "traits": traits}
	}
	c.Send(c.WriteKey("shop"),
		known("wa", 4, map[string]any{"name": "渡辺 一", "kana": "ワタナベ ハジメ"}),
		known("nameless", 3, map[string]any{"rank": "gold"}),
		known("go", 2, map[string]any{"lastName": "後藤", "firstName": "愛", "lastNameKana": "ごとう", "firstNameKana": "あい"}),
		known("ka", 1, map[string]any{"name": "加藤", "nameKana": "ｶﾄｳ"}),
		known("taka", 5, map[string]any{"name": "髙橋"}),
		known("ka2", 6, map[string]any{"name": "加藤 太郎", "nameKana": "カトウ タロウ"}),
		known("ko", 7, map[string]any{"name": "古藤", "nameKana": "コトウ アイ"}),
	)
	names := func(b *apptest.Browser, query string) (list []string) {
		t.Helper()
		next := ""
		for page := 0; page == 0 || next != ""; page++ {
			var answer struct {
				Customers []struct{ Name string }
				Next      string
			}
			b.Call(http.MethodGet, "/customers?limit=2&"+query+"&before="+next, nil, &answer)
			for _, customer := range answer.Customers {
				list = append(list, customer.Name)
			}
			next = answer.Next
		}
		return list
	}
	admin, _ := c.SignIn(access.Administrator)
	viewer, _ := c.SignIn(access.Viewer)
	for query, want := range map[string][]string{
		"sort=name":        {"加藤", "加藤 太郎", "古藤", "後藤 愛", "渡辺 一", "髙橋", ""},
		"sort=-name":       {"髙橋", "渡辺 一", "後藤 愛", "古藤", "加藤 太郎", "加藤", ""},
		"sort=-updated_at": {"古藤", "加藤 太郎", "髙橋", "渡辺 一", "", "後藤 愛", "加藤"},
		"sort=updated_at":  {"加藤", "後藤 愛", "", "渡辺 一", "髙橋", "加藤 太郎", "古藤"},
	} {
		if got := names(admin, query); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	var one struct {
		UpdatedAt time.Time `json:"updated_at"`
	}
	admin.Call(http.MethodGet, "/customers/user_id:wa", nil, &one)
	if one.UpdatedAt.Day() != 4 {
		t.Errorf("changed at %v", one.UpdatedAt)
	}
	for _, sort := range []string{"name", "-name"} {
		expect(t, sort, viewer.Do(http.MethodGet, "/api/v1/customers?sort="+sort, nil), 403, "sort_personal")
	}
	if got := names(viewer, "sort=updated_at"); len(got) != 7 || got[1] != "後•••" {
		t.Errorf("%q", got)
	}
	for _, cursor := range []string{"x", "1-2", "44Ki.x", "@.1", "AA.1", "_w.1"} {
		expect(t, cursor, admin.Do(http.MethodGet, "/api/v1/customers?sort=name&before="+url.QueryEscape(cursor), nil), 400, "cursor")
	}
}

// Of each source it is told how much has come and when the last of it did.
func TestTraffic(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 1, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock})
	var found struct{ Traffic []api.SourceTraffic }
	look := func() []api.SourceTraffic {
		t.Helper()
		c.Call(http.MethodGet, "/sources/traffic", nil, &found)
		return found.Traffic
	}
	if got := look(); len(got) != 0 {
		t.Errorf("before anything came: %+v", got)
	}
	shop, app := c.WriteKey("shop"), c.WriteKey("app")
	c.WriteKey("silent")
	sources := make(map[string]hitori.SourceID)
	all, err := c.App.Sources.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		sources[s.Name] = s.ID
	}
	clock.Advance(time.Minute)
	first := clock.Now()
	c.Send(shop, map[string]any{"type": "page", "messageId": "1", "userId": "a", "timestamp": "2020-01-01T00:00:00Z"}, map[string]any{"type": "page", "messageId": "2"})
	clock.Advance(time.Hour)
	c.Send(app, map[string]any{"type": "page", "messageId": "3", "userId": "a"})
	want := []api.SourceTraffic{{Source: sources["shop"], Events: 2, Last: first}, {Source: sources["app"], Events: 1, Last: clock.Now()}}
	if got := look(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	c.Send(app, map[string]any{"type": "page", "messageId": "4", "userId": "a"})
	clock.Advance(time.Minute)
	if got := look(); len(got) != 2 || got[1].Events != 2 {
		t.Errorf("a minute later %+v", got)
	}
}
