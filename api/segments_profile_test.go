package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/understand"
)

// A profile compares in what the shop measures itself, too, calls groups as the shop does, and tells nothing of personal
// features to who may not see those.
func TestProfileInTheShopsWords(t *testing.T) {
	now := time.Date(2026, 4, 20, 6, 0, 0, 0, time.UTC)
	c := apptest.Start(t, app.Config{Clock: service.NewManualClock(now)})
	var events []any
	for i := range 80 {
		person := fmt.Sprint("M", i)
		orders := 1 + 5*(i%2)
		for n := range orders {
			events = append(events, order(person, now.AddDate(0, 0, -60*(1-i%2)-20-n), 1000))
		}
		for n := range orders * (1 + i%3) {
			events = append(events, map[string]any{
				"type": "track", "event": "Product Viewed", "userId": person, "messageId": fmt.Sprint(person, "-", n), "timestamp": now.AddDate(0, 0, -10).Format(time.RFC3339),
				"properties": map[string]any{"product_id": "P1", "email": "same@example.jp", "guest": i%2 == 0},
			})
		}
	}
	c.Send(c.WriteKey("shop"), events...)
	c.Settle()
	var rfm struct {
		understand.RFMDraft
	}
	c.Call(http.MethodGet, "/rfm", nil, &rfm)
	for i := range rfm.Groups {
		rfm.Groups[i].Title = "店の" + rfm.Groups[i].Name
	}
	c.Call(http.MethodPut, "/rfm", rfm, nil)
	if err := c.App.Deriver.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	define := func(key, title, measure, property string) {
		of := map[string]any{"type": "event", "event": "Product Viewed", "measure": measure}
		if property != "" {
			of["property"] = "properties." + property
		}
		c.Call(http.MethodPost, "/features", map[string]any{"key": key, "title": title, "definition": map[string]any{"version": 1, "measure": of}}, nil)
	}
	define("views", "閲覧の回数", "count", "")
	define("guest", "ゲストで閲覧", "last_value", "guest")
	define("mail", "閲覧時のメール", "last_value", "email")
	var segment struct{ ID string }
	c.Call(http.MethodPost, "/segments", map[string]any{"name": "何度も買う人", "condition": map[string]any{"version": 1, "where": map[string]any{
		"type": "feature", "name": "orders", "is": map[string]any{"op": "at_least", "number": 2}}}}, &segment)

	c.SignIn(access.Administrator)
	analyst, _ := c.SignIn(access.Analyst)
	type row struct {
		Name, Title, Value string
		MeanIn             float64 `json:"mean_in"`
		MeanAll            float64 `json:"mean_all"`
		P, Q               float64
	}
	told := func(call func(method, path string, body, out any)) map[string]row {
		t.Helper()
		var profile struct{ Rows []row }
		call(http.MethodGet, "/segments/"+segment.ID+"/profile", nil, &profile)
		rows := make(map[string]row)
		for _, r := range profile.Rows {
			rows[r.Title+" "+r.Value] = r
		}
		return rows
	}
	all := told(c.Call)
	// Of 80 people, whose 40 members have seen 6, 12 or 18 times what they saw, and the others 1, 2 or 3 times.
	if views := all["閲覧の回数 "]; views.Name != "own.views" || views.MeanIn < 11 || views.MeanIn > 13 || views.MeanAll < 6 || views.MeanAll > 8 || views.Q < views.P {
		t.Errorf("views: %+v", views)
	}
	for _, want := range []string{"ゲストで閲覧 no", "RFM group at the end of last month 店のslipping", "閲覧時のメール same@example.jp"} {
		if _, ok := all[want]; !ok {
			t.Errorf("%q is not told in %v", want, all)
		}
	}
	for title := range told(analyst.Call) {
		if title == "閲覧時のメール same@example.jp" {
			t.Error("an analyst reads personal data")
		}
	}
}
