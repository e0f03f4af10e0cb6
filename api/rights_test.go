package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
)

// rights are what each operation asks for. One that is added must be added here, too.
var rights = map[string]string{
	"get-setup": "anybody", "set-up": "anybody", "sign-in": "anybody", "follow-link": "anybody",

	"get-session": "user", "change-session": "user", "sign-out": "user", "list-sessions": "user", "end-session": "user",
	"offer-second-factor": "user", "confirm-second-factor": "user", "remove-second-factor": "user",
	"list-notifications": "user", "read-notifications": "user",
	"list-views": "user", "save-view": "user", "put-view": "user", "delete-view": "user",

	"list-users": "admin", "create-user": "admin", "change-user": "admin", "delete-user": "admin", "create-link": "admin",
	"list-keys": "admin", "create-key": "admin", "revoke-key": "admin", "list-audit": "admin", "backup": "admin personal:read",
	"put-retention": "admin", "put-purpose": "admin", "delete-purpose": "admin",

	"list-features": "customers:read", "get-feature": "customers:read", "preview-feature": "customers:read", "list-feature-people": "customers:read", "describe-feature-people": "customers:read",
	"create-feature": "customers:write", "put-feature": "customers:write", "delete-feature": "customers:write", "get-customer-features": "customers:read",
	"list-customers": "customers:read", "get-customer": "customers:read", "get-timeline": "customers:read", "get-orders": "customers:read",
	"export-customer": "customers:read personal:read", "list-conflicts": "customers:read", "list-suspects": "customers:read",
	"look-at-events": "data:read", "get-home": "customers:read", "list-buyers": "customers:read", "list-active": "customers:read",
	"list-samples": "customers:read", "list-quarantine": "customers:read",
	"analyze-rfm": "customers:read", "analyze-decile": "customers:read", "analyze-abc": "customers:read", "analyze-lifecycle": "customers:read",
	"analyze-cohorts": "customers:read", "analyze-repeat": "customers:read", "analyze-dormancy": "customers:read",
	"get-rfm": "customers:read", "put-rfm": "customers:write",
	"list-segments": "customers:read", "get-segment": "customers:read", "preview-segment": "customers:read", "evaluate-condition": "customers:read", "list-segment-people": "customers:read",
	"get-segment-history": "customers:read", "get-segment-profile": "customers:read", "get-segment-overlap": "customers:read",
	"get-customer-segments": "customers:read", "get-segment-schema": "customers:read", "get-segment-fields": "customers:read", "get-segment-values": "customers:read",
	"create-segment": "customers:write", "put-segment": "customers:write", "delete-segment": "customers:write", "compute-segment": "customers:write",
	"put-list-members": "customers:write", "upload-list-members": "customers:write",
	"analyze-products-next": "customers:read", "analyze-first-products": "customers:read", "list-analyzed": "customers:read", "describe-analyzed": "customers:read",
	"merge-customers": "customers:write", "separate-customers": "customers:write", "undo-merge": "customers:write",
	"set-identifier-state": "customers:write", "erase-customer": "customers:write",

	"get-health": "data:read", "list-jobs": "data:read", "get-job": "data:read", "list-sources": "data:read", "list-traffic": "data:read", "get-identity": "data:read",
	"list-event-kinds": "data:read", "list-fields": "data:read", "count-quarantine": "data:read", "list-import-targets": "data:read", "list-mappings": "data:read",
	"list-erasures": "data:read", "list-retention": "data:read", "list-purposes": "data:read",
	"put-rule": "data:write", "delete-rule": "data:write", "replay-quarantine": "data:write", "discard-quarantine": "data:write",
	"cancel-job": "data:write", "inspect-upload": "data:write", "start-import": "data:write", "undo-import": "data:write", "get-rejects": "data:write personal:read",
	"put-mapping": "data:write", "rename-mapping": "data:write", "delete-mapping": "data:write",
}

// roles are what each role may, told once more, so that a change of either is noticed.
var roles = map[access.Role]string{
	"admin":    "user customers:read customers:write personal:read data:read data:write admin",
	"marketer": "user customers:read customers:write personal:read data:read data:write",
	"analyst":  "user customers:read data:read",
	"sales":    "user customers:read personal:read",
	"viewer":   "user customers:read",
}

func may(granted, asked string) bool {
	if asked == "anybody" {
		return true
	}
	for _, scope := range strings.Fields(asked) {
		if !slices.Contains(strings.Fields(granted), scope) {
			return false
		}
	}
	return true
}

type operation struct{ id, method, path, asked string }

// operations reads the description of the API.
func operations(t *testing.T, c *apptest.Client) []operation {
	t.Helper()
	var description struct {
		Paths map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Security    []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	status, answer := c.Do(http.MethodGet, "/api/openapi.json", "", nil)
	if err := json.Unmarshal(answer, &description); err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	var list []operation
	for _, path := range slices.Sorted(maps.Keys(description.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(description.Paths[path])) {
			o := description.Paths[path][method]
			asked := "anybody"
			for _, way := range o.Security {
				if scopes, ok := way["session"]; ok {
					if asked = strings.Join(scopes, " "); asked == "" {
						asked = "user"
					}
				}
			}
			list = append(list, operation{o.OperationID, strings.ToUpper(method), path, asked})
		}
	}
	return list
}

// nobody fills the names of a path in with what does not exist.
var nobody = strings.NewReplacer("{reference}", "c_0000000000001", "{id}", "none", "{name}", "none", "{event}", "None", "{identifier}", "email:none@example.jp")

// request is one to an operation that does as little as possible.
func (o operation) request() (path string, body any) {
	path = nobody.Replace(o.path)
	switch o.id {
	case "list-views", "save-view":
		path += "?place=customers"
	case "delete-user":
		path += "?version=1"
	case "list-buyers", "list-active":
		path += "?date=2026-04-01"
	case "list-samples", "delete-rule":
		path += "?path=properties.x"
	case "get-segment-overlap":
		path += "?ids=none,other"
	case "get-segment-values":
		path += "?kind=trait&name=name"
	}
	if o.method == http.MethodGet || o.method == http.MethodDelete && o.id != "remove-second-factor" {
		return path, nil
	}
	return path, map[string]any{}
}

func TestEveryOperationAsksForItsRight(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	list := operations(t, c)
	for _, o := range list {
		if rights[o.id] != o.asked {
			t.Errorf("%s asks for %q, the table says %q", o.id, o.asked, rights[o.id])
		}
	}
	if len(list) != len(rights) {
		t.Errorf("%d operations, %d in the table", len(list), len(rights))
	}
	c.SignIn(access.Administrator)
	for role, granted := range roles {
		t.Run(string(role), func(t *testing.T) {
			b, _ := c.SignIn(role)
			b.T = t
			for _, o := range list {
				path, body := o.request()
				answer := b.Do(o.method, path, body)
				refused := answer.Status == http.StatusForbidden || answer.Status == http.StatusUnauthorized && o.asked != "anybody"
				if refused == may(granted, o.asked) {
					t.Errorf("%s: %d %s", o.id, answer.Status, answer.Body)
				}
				if answer.Status >= 500 {
					t.Errorf("%s: %d %s", o.id, answer.Status, answer.Body)
				}
				if o.id == "sign-out" {
					b, _ = c.SignIn(role)
					b.T = t
				}
			}
		})
	}
	t.Run("nobody", func(t *testing.T) {
		b := c.Browser("")
		for _, o := range list {
			path, body := o.request()
			if answer := b.Do(o.method, path, body); (answer.Key() == "sign_in_needed") == (o.asked == "anybody") {
				t.Errorf("%s: %d %s", o.id, answer.Status, answer.Body)
			}
		}
	})
	for granted, scopes := range map[string][]access.Scope{
		"customers:read": {access.CustomersRead}, "data:write": {access.DataWrite}, "": {access.CollectWrite},
		"customers:read customers:write personal:read data:read data:write admin": {access.Admin},
	} {
		t.Run("key "+granted, func(t *testing.T) {
			_, secret, err := c.App.Keys.Create(t.Context(), access.Key{Name: "k", Scopes: scopes}, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list {
				path, body := o.request()
				status, answer := c.Do(o.method, path, secret, body)
				refused := status == http.StatusForbidden || status == http.StatusUnauthorized && o.asked != "anybody"
				if refused == may(granted, o.asked) {
					t.Errorf("%s: %d %s", o.id, status, answer)
				}
			}
		})
	}
	t.Run("upload", func(t *testing.T) { // it is no operation of the description
		for role, granted := range roles {
			b, _ := c.SignIn(role)
			if answer := b.Do(http.MethodPost, "/api/v1/uploads?name=a.csv", "a,b"); (answer.Status == http.StatusCreated) != may(granted, "data:write") {
				t.Errorf("%s: %d %s", role, answer.Status, answer.Body)
			}
		}
		if answer := c.Browser("").Do(http.MethodPost, "/api/v1/uploads?name=a.csv", "a,b"); answer.Key() != "sign_in_needed" {
			t.Errorf("nobody: %d %s", answer.Status, answer.Body)
		}
	})
}

// secrets are what nobody without the right may find in any answer.
var secrets = []string{"山田", "太郎", "ヤマダ", "タロウ", "taro.yamada", "3141-5926", "31415926", "9031415926", "神宮前", "U4af4980629", "1985-04-01", "203.0.113.7"}

func TestPersonalDataAreMasked(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	c.SignIn(access.Administrator)
	key := c.WriteKey("shop")
	c.Call(http.MethodPut, "/contract/rules", map[string]any{"type": "track", "name": "Order Completed", "path": "properties.total", "rule": map[string]any{"type": "number"}}, nil)
	person := map[string]any{
		"name": "山田 太郎", "lastName": "山田", "firstName": "太郎", "kana": "ヤマダ タロウ", "email": "Taro.Yamada@example.jp", "phone": "090-3141-5926",
		"address": map[string]any{"prefecture": "東京都", "street": "神宮前1-2-3"}, "birthday": "1985-04-01", "rank": "gold", "<b>氏名</b>": "山田<script>",
	}
	// Some break the contract and go into quarantine, some are told twice.
	c.Send(key,
		map[string]any{"type": "identify", "messageId": "1", "userId": "M1", "anonymousId": "a1", "traits": person,
			"context": map[string]any{"ip": "203.0.113.7", "externalIds": []any{map[string]any{"type": "line_id", "id": "U4af4980629"}}}},
		map[string]any{"type": "track", "messageId": "2", "userId": "M1", "event": "Inquiry Received", "properties": map[string]any{
			"inquiry_id": "i1", "body": "taro.yamada@example.jp、090-3141-5926 まで"}},
		map[string]any{"type": "track", "messageId": "3", "userId": "M1", "event": "座席予約", "properties": map[string]any{"name": "山田太郎", "seat": "A1"}},
		map[string]any{"type": "track", "messageId": "4", "userId": "M1", "event": "Order Completed", "properties": map[string]any{
			"order_id": "o1", "total": "taro.yamada@example.jp", "email": "taro.yamada@example.jp"}},
		map[string]any{"type": "track", "messageId": "5", "userId": "M1", "event": "Consent Granted", "properties": map[string]any{
			"channel": "email", "text": "taro.yamada@example.jp に配信"}},
		map[string]any{"type": "track", "messageId": "6", "event": "Product Viewed", "userId": "", "properties": map[string]any{"name": "山田"}},
		map[string]any{"type": "identify", "messageId": "7", "userId": "M2", "traits": map[string]any{"name": "鈴木花子", "email": "taro.yamada@example.jp"}},
	)
	if err := c.App.Deriver.Refresh(t.Context()); err != nil { // so that analyses know the person
		t.Fatal(err)
	}
	var found struct{ Customers []struct{ ID, Name string } }
	c.Call(http.MethodGet, "/customers?q=user_id:M1", nil, &found)
	var segment struct{ ID string }
	c.Call(http.MethodPost, "/segments", map[string]any{"name": "山梨の人", "condition": map[string]any{"version": 1, "where": map[string]any{
		"type": "trait", "name": "name", "is": map[string]any{"op": "contains", "values": []string{"山田"}}}}}, &segment)
	admin, _ := c.SignIn(access.Administrator)
	list := operations(t, c)
	read := func(b *apptest.Browser, o operation) apptest.Answer {
		path := strings.NewReplacer("{reference}", "user_id:M1", "/segments/{id}", "/segments/"+segment.ID).Replace(o.path)
		path, _ = operation{id: o.id, method: o.method, path: path}.request()
		if o.id == "list-samples" {
			path = "/api/v1/contract/samples?type=identify&path=traits.name"
		}
		if o.id == "list-analyzed" || o.id == "describe-analyzed" {
			path = strings.Replace(o.path, "{name}", "lifecycle", 1) + "?group=prospect"
		}
		return b.Do(o.method, path, nil)
	}
	shown := make(map[string]bool) // operations that show secrets to whom may see them
	for _, o := range list {
		if o.method == http.MethodGet {
			for _, secret := range secrets {
				shown[o.id] = shown[o.id] || strings.Contains(string(read(admin, o).Body), secret)
			}
		}
	}
	for _, id := range []string{"list-customers", "get-customer", "get-timeline", "export-customer", "list-samples", "list-quarantine", "list-conflicts", "list-analyzed",
		"list-segments", "get-segment", "list-segment-people", "get-segment-values"} {
		if !shown[id] {
			t.Errorf("%s shows an administrator nothing personal; is the test's person complete?", id)
		}
	}
	for _, role := range []access.Role{access.Analyst, access.Viewer} {
		b, _ := c.SignIn(role)
		for _, o := range list {
			if o.method != http.MethodGet || !may(roles[role], o.asked) {
				continue
			}
			answer := read(b, o)
			if answer.Status != http.StatusOK && answer.Status != http.StatusNotFound {
				t.Errorf("%s %s: %d %s", role, o.id, answer.Status, answer.Body)
			}
			for _, secret := range secrets {
				if strings.Contains(string(answer.Body), secret) {
					t.Errorf("%s sees %s in %s: %s", role, secret, o.id, answer.Body)
				}
			}
		}
		masked := string(b.Do(http.MethodGet, "/api/v1/customers/user_id:M1", nil).Body)
		for _, want := range []string{"山•••", "t•••@example.jp", "+81903141••••", `"gold"`, "東京都"} {
			if !strings.Contains(masked, want) {
				t.Errorf("%s does not see %s: %s", role, want, masked)
			}
		}
	}
	sales, _ := c.SignIn(access.Sales)
	if answer := string(sales.Do(http.MethodGet, "/api/v1/customers/user_id:M1", nil).Body); !strings.Contains(answer, "山田 太郎") {
		t.Errorf("sales does not see the name: %s", answer)
	}
}

// Who may not see a name cannot ask for it in a condition.
func TestConditionsTellNothing(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	c.SignIn(access.Administrator)
	c.Send(c.WriteKey("shop"), map[string]any{"type": "identify", "userId": "M1", "traits": map[string]any{"name": "山田太郎", "rank": "gold"}})
	if err := c.App.Deriver.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	about := func(trait, op string, values ...string) map[string]any {
		is := map[string]any{"op": op}
		if len(values) > 0 {
			is["values"] = values
		}
		return map[string]any{"condition": map[string]any{"version": 1, "where": map[string]any{"type": "not", "of": map[string]any{"type": "trait", "name": trait, "is": is}}}}
	}
	for role, key := range map[access.Role]string{access.Sales: "", access.Viewer: "segment_personal", access.Analyst: "segment_personal"} {
		b, _ := c.SignIn(role)
		expect(t, string(role)+" asks for a name", b.Do(http.MethodPost, "/api/v1/segments/preview", about("name", "begins_with", "山")), map[string]int{"": 200}[key]+map[string]int{"segment_personal": 403}[key], key)
		expect(t, string(role)+" asks whether there is a name", b.Do(http.MethodPost, "/api/v1/segments/preview", about("name", "known")), 200, "")
		expect(t, string(role)+" asks for a rank", b.Do(http.MethodPost, "/api/v1/segments/preview", about("rank", "one_of", "gold")), 200, "")
	}
}

// Who may not see a name cannot find it out letter by letter either.
func TestSearchingTellsNothing(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	c.SignIn(access.Administrator)
	c.Send(c.WriteKey("shop"), map[string]any{"type": "identify", "userId": "M1", "traits": map[string]any{"name": "山田太郎", "email": "taro@example.jp", "phone": "09031415926"}})
	for role, finds := range map[access.Role]map[string]bool{
		access.Sales:  {"山": true, "taro": true, "090": true, "5926": true, "taro@example.jp": true, "M1": true},
		access.Viewer: {"山": false, "山田太郎": false, "taro": false, "090": false, "5926": false, "taro@example.jp": true, "TARO@example.jp": true, "090-3141-5926": true, "M1": true, "": true},
	} {
		b, _ := c.SignIn(role)
		for text, want := range finds {
			var found struct{ Customers []any }
			b.Call(http.MethodGet, "/customers?q="+strings.ReplaceAll(text, "@", "%40"), nil, &found)
			if (len(found.Customers) > 0) != want {
				t.Errorf("%s finds %q: %t", role, text, !want)
			}
		}
	}
}
