package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
)

type look struct {
	Events []api.HeldEvent
	Next   int64
	Missed int64
}

func lookAt(c *apptest.Client, after int64, limit int) (l look) {
	c.T.Helper()
	c.Call(http.MethodGet, fmt.Sprintf("/events/live?after=%d&limit=%d", after, limit), nil, &l)
	return l
}

// Whoever looks sees each event once, with what is wrong with it, and is told how many were
// too many.
func TestLive(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	key := c.WriteKey("shop")
	track := func(id int) any {
		return map[string]any{"type": "track", "event": "Product Viewed", "userId": "u", "messageId": fmt.Sprint("m", id)}
	}
	c.Send(key, track(0))
	at := lookAt(c, 0, 100)
	if len(at.Events) != 0 {
		t.Fatalf("events from before the first look: %+v", at)
	}
	c.Send(key, track(1), map[string]any{"type": "track", "userId": "u", "messageId": "m2"}, track(3))
	seen := 0
	for next := at.Next; seen < 3; {
		at = lookAt(c, next, 100)
		for _, e := range at.Events {
			seen++
			if e.MessageID != fmt.Sprint("m", seen) || (e.MessageID == "m2") != (len(e.Problems) > 0) {
				t.Fatalf("event %d is %+v", seen, e)
			}
		}
		next = at.Next
	}
	var many []any
	for i := range 50 {
		many = append(many, track(10+i))
	}
	c.Send(key, many...)
	for at.Next < 54 {
		at = lookAt(c, 4, 10)
	}
	if len(at.Events) != 10 || at.Missed != 40 || at.Events[9].MessageID != "m59" {
		t.Fatalf("%d events, %d missed", len(at.Events), at.Missed)
	}
}
