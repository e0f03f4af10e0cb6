package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
)

// Of two people who change the same thing the second is told, and nothing is overwritten.
func TestTwoPeopleChangeTheSame(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	hanako, _ := c.SignIn(access.Administrator)
	taro, _ := c.SignIn(access.Administrator)
	_, viewer := c.SignIn(access.Viewer)
	var view access.View
	hanako.Call(http.MethodPut, "/views?place=customers", map[string]any{"name": "v", "query": "", "shared": true}, &view)

	for _, thing := range []struct {
		name, method, path, remove string
		// body changes the thing to a text.
		body func(text string, version int64) any
		// version is that of a new one; zero when the change is to make it.
		version int64
		// list is where it stands, below items; field says where its text is.
		list, items, field string
	}{
		{
			name: "rule", method: http.MethodPut, path: "/contract/rules", remove: "/contract/rules?type=identify&path=traits.rank&",
			body: func(text string, version int64) any {
				return map[string]any{"type": "identify", "path": "traits.rank", "rule": map[string]any{"pattern": text, "version": version}}
			},
			list: "/contract/fields?type=identify", items: "fields", field: "pattern",
		},
		{
			name: "mapping", method: http.MethodPut, path: "/mappings/m", remove: "/mappings/m?",
			body: func(text string, version int64) any {
				return map[string]any{"version": 1, "target": text, "columns": []any{}, "revision": version}
			},
			list: "/mappings", items: "mappings", field: "target",
		},
		{
			name: "purpose", method: http.MethodPut, path: "/purposes/p", remove: "/purposes/p?",
			body: func(text string, version int64) any { return map[string]any{"title": text, "version": version} },
			list: "/purposes", items: "purposes", field: "title",
		},
		{
			name: "retention", method: http.MethodPut, path: "/retention/Page%20Viewed",
			body: func(text string, version int64) any { return map[string]any{"days": len(text), "version": version} },
			list: "/retention", items: "retention", field: "days",
		},
		{
			name: "view", method: http.MethodPut, path: "/views/" + view.ID, remove: "/views/" + view.ID + "?", version: 1,
			body: func(text string, version int64) any {
				return map[string]any{"name": text, "query": "", "shared": true, "version": version}
			},
			list: "/views?place=customers", items: "views", field: "name",
		},
		{
			name: "user", method: http.MethodPatch, path: "/users/" + viewer.ID, remove: "/users/" + viewer.ID + "?", version: 1,
			body: func(text string, version int64) any { return map[string]any{"name": text, "version": version} },
			list: "/users", items: "users", field: "name",
		},
	} {
		t.Run(thing.name, func(t *testing.T) {
			hanako.T, taro.T = t, t
			stands := func(text string) bool {
				var answer map[string]json.RawMessage
				hanako.Call(http.MethodGet, thing.list, nil, &answer)
				want := fmt.Sprintf("%q:%q", thing.field, text)
				if thing.name == "retention" {
					want = fmt.Sprintf("%q:%d", thing.field, len(text))
				}
				return strings.Contains(string(answer[thing.items]), want)
			}
			change := func(b *apptest.Browser, text string, version int64) apptest.Answer {
				return b.Do(thing.method, "/api/v1"+thing.path, thing.body(text, version))
			}
			version := thing.version
			if answer := change(hanako, "first", version); answer.Status != http.StatusOK {
				t.Fatalf("%d %s", answer.Status, answer.Body)
			}
			expect(t, "another that knows nothing of the first", change(taro, "overwritten", version), 409, map[bool]string{true: "there_already", false: "changed_meanwhile"}[version == 0])
			version++
			if answer := change(taro, "second one", version); answer.Status != http.StatusOK {
				t.Fatalf("%d %s", answer.Status, answer.Body)
			}
			expect(t, "one that saw the first", change(hanako, "overwritten", version), 409, "changed_meanwhile")
			if !stands("second one") || stands("overwritten") {
				t.Error("it was overwritten")
			}
			if thing.remove == "" {
				return
			}
			expect(t, "removing what was seen before", hanako.Do(http.MethodDelete, fmt.Sprint("/api/v1", thing.remove, "version=", version), nil), 409, "changed_meanwhile")
			if !stands("second one") {
				t.Error("it is gone")
			}
			if answer := hanako.Do(http.MethodDelete, fmt.Sprint("/api/v1", thing.remove, "version=", version+1), nil); answer.Status != http.StatusNoContent {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
			if stands("second one") {
				t.Error("it is still there")
			}
		})
	}
}
