package api_test

import (
	"fmt"
	"net/http"
	"testing"

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
