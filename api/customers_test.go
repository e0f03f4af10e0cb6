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
	for _, query := range []string{"sort=name", "level=friend", "before=x"} {
		if answer := admin.Do(http.MethodGet, "/api/v1/customers?"+query, nil); answer.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, answer.Status, answer.Body)
		}
	}
}
