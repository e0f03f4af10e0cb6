package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
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
	"github.com/hitori-cdp/hitori/unify"
)

func TestNotices(t *testing.T) {
	onPairs(t, tellNotices)
}

// board is what the user of one role is told, who signs in anew each time: the story takes weeks.
type board struct {
	c    *apptest.Client
	t    *testing.T
	role access.Role
}

// list returns the notifications by kind, and fails the test unless they are of these kinds.
func (b board) list(what string, kinds ...string) map[string]api.Notification {
	b.t.Helper()
	var answer struct {
		Notifications []api.Notification
		Unread        int
		Complete      bool
	}
	user, _ := b.c.SignIn(b.role)
	user.Call(http.MethodGet, "/notifications", nil, &answer)
	found := make(map[string]api.Notification)
	unread := 0
	for _, n := range answer.Notifications {
		found[n.Kind] = n
		if !n.Read {
			unread++
		}
		if strings.Contains(n.Text, "{") || strings.HasPrefix(n.Text, "notice.") || n.Link == "" || n.Time.IsZero() {
			b.t.Errorf("%s: %+v", what, n)
		}
	}
	slices.Sort(kinds)
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, kinds) || len(answer.Notifications) != len(kinds) {
		b.t.Fatalf("%s: told %v, want %v: %+v", what, got, kinds, answer.Notifications)
	}
	if unread != answer.Unread || !answer.Complete {
		b.t.Errorf("%s: %d unread, told %d; complete %t", what, unread, answer.Unread, answer.Complete)
	}
	return found
}

func (b board) read(notices ...api.Notification) {
	b.t.Helper()
	var shown []map[string]any
	for _, n := range notices {
		shown = append(shown, map[string]any{"id": n.ID, "time": n.Time})
	}
	user, _ := b.c.SignIn(b.role)
	user.Call(http.MethodPost, "/notifications/read", map[string]any{"notifications": shown}, nil)
}

// tellNotices tells the story of a shop in which everything happens that needs somebody.
func tellNotices(t *testing.T, engines apptest.Engines) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 1, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{
		Data: t.TempDir(), Clock: clock, StreamURL: engines.Stream, StateURL: engines.State, WarehouseURL: engines.Warehouse,
	})
	signIn := func(role access.Role) board { return board{c, t, role} }
	admin := signIn(access.Administrator)
	admin.list("nothing has happened")

	// Two people with one address, and later a third.
	shop := c.WriteKey("shop")
	member := func(id string) any {
		return map[string]any{"type": "identify", "messageId": id, "userId": id, "traits": map[string]any{"email": "one@example.jp"}}
	}
	c.Send(shop, member("M1"), member("M2"))
	told := admin.list("a conflict", "identity_conflicts")
	if n := told["identity_conflicts"]; n.Args["conflicts"] != "1" || n.Read {
		t.Errorf("%+v", n)
	}
	admin.read(told["identity_conflicts"])
	if !admin.list("the conflict is read", "identity_conflicts")["identity_conflicts"].Read {
		t.Error("it is not read")
	}
	if marketer := signIn(access.Marketer); marketer.list("to somebody else", "identity_conflicts")["identity_conflicts"].Read {
		t.Error("it is read by who has not read it")
	}
	clock.Advance(time.Minute)
	c.Send(shop, member("M3"))
	if n := admin.list("another conflict", "identity_conflicts")["identity_conflicts"]; n.Read || n.Args["conflicts"] != "2" {
		t.Errorf("what has grown since is not news: %+v", n)
	}

	// Events that nobody did.
	c.Send(shop, map[string]any{"type": "page", "messageId": "q1"})
	told = admin.list("quarantine", "identity_conflicts", "quarantine")
	admin.read(told["quarantine"])
	clock.Advance(time.Hour)
	if !admin.list("quarantine as it was", "identity_conflicts", "quarantine")["quarantine"].Read {
		t.Error("quarantine that has not grown is news")
	}
	c.Send(shop, map[string]any{"type": "page", "messageId": "q2"})
	if n := admin.list("quarantine has grown", "identity_conflicts", "quarantine")["quarantine"]; n.Read || n.Args["events"] != "2" {
		t.Errorf("%+v", n)
	}
	c.Call(http.MethodPost, "/quarantine/discard", map[string]any{}, nil)
	clock.Advance(time.Minute)

	// An import with rows that cannot be read, and one that is stopped for having too many.
	products := func(good, bad int) string {
		var file bytes.Buffer
		file.WriteString("商品ID,商品名,価格\n")
		for n := range good {
			fmt.Fprintf(&file, "P%d,お茶%d,1980\n", n, n)
		}
		for n := range bad {
			fmt.Fprintf(&file, ",お茶%d,1980\n", n)
		}
		return file.String()
	}
	importProducts(t, c, products(3, 2), nil)
	told = admin.list("rejects", "identity_conflicts", "import_rejects")
	if n := told["import_rejects"]; n.Args["rejected"] != "2" || n.Args["rows"] != "5" || n.Args["source"] != "files" {
		t.Errorf("%+v", n)
	}
	importProducts(t, c, products(2, 3), map[string]any{"dry_run": true})
	importProducts(t, c, products(3, 0), nil)
	importProducts(t, c, products(1, 1500), map[string]any{"max_reject_share": 0.5})
	told = admin.list("a failure", "identity_conflicts", "import_rejects", "import_failed")
	if n := told["import_failed"]; n.Args["reason"] == "" || n.Severity != hitori.Failure {
		t.Errorf("%+v", n)
	}
	clock.Advance(14 * 24 * time.Hour)
	admin.list("two weeks later", "identity_conflicts")

	// A source that sends every day for a week, and stops.
	page := func(n int) any {
		return map[string]any{"type": "page", "messageId": fmt.Sprint("p", n), "anonymousId": "a"}
	}
	for day := range 7 {
		if day > 0 {
			clock.Advance(24 * time.Hour)
		}
		c.Send(shop, page(day))
	}
	clock.Advance(23 * time.Hour)
	admin.list("silent for less than a day", "identity_conflicts")
	clock.Advance(2 * time.Hour)
	if n := admin.list("silent for a day", "identity_conflicts", "source_silent")["source_silent"]; n.Args["source"] != "shop" {
		t.Errorf("%+v", n)
	}
	clock.Advance(10 * 24 * time.Hour)
	admin.list("still silent", "identity_conflicts", "source_silent")
	c.Send(shop, page(100))
	clock.Advance(10 * time.Minute)
	admin.list("it sends again", "identity_conflicts")
	clock.Advance(30 * time.Hour)
	admin.list("silent, but not used to sending every day", "identity_conflicts")

	// A key that may send two events a second, and does for a minute.
	source, err := c.App.Sources.Ensure(t.Context(), "till", hitori.SourceSDK)
	if err != nil {
		t.Fatal(err)
	}
	_, till, err := c.App.Keys.Create(t.Context(), access.Key{Name: "レジ", Source: source.ID, Rate: 2, Scopes: []access.Scope{access.CollectWrite}}, "")
	if err != nil {
		t.Fatal(err)
	}
	sell := func(from, to int) {
		var batch []any
		for n := from; n < to; n++ {
			batch = append(batch, map[string]any{"type": "track", "event": "Product Viewed", "messageId": fmt.Sprint("t", n), "userId": "M1"})
		}
		c.Send(till, batch...)
		clock.Advance(time.Minute)
	}
	sell(0, 90)
	admin.list("three quarters of the rate", "identity_conflicts")
	sell(90, 190)
	if n := admin.list("most of the rate", "identity_conflicts", "key_rate")["key_rate"]; n.Args["keys"] != "レジ" || n.Args["percent"] != "83" || n.Args["rate"] != "2" {
		t.Errorf("%+v", n)
	}

	// Somebody whom the provider knows by the address of another.
	refused := access.AuditEntry{Actor: "user:jiro@example.jp", Action: access.SignInWithProvider, Result: "oidc_unknown"}
	if err := c.App.Audit.Record(t.Context(), refused); err != nil {
		t.Fatal(err)
	}
	admin.list("a conflict of signing in", "identity_conflicts", "key_rate", "sign_in_conflict")

	// A deletion that nobody finishes.
	c.App.Privacy.Erasures().Stop()
	var customer unify.Customer
	c.Call(http.MethodGet, "/customers/user_id:M3", nil, &customer)
	decided := unify.Decision{Action: unify.ActionErase, Customer: customer.ID, Actor: "a", Position: 1 << 50, Time: clock.Now()}
	err = c.App.State.Decide(t.Context(), func(tx unify.DecisionTx) error { return tx.Erase(t.Context(), customer.ID, decided) })
	if err != nil {
		t.Fatal(err)
	}
	admin.list("a deletion under way", "identity_conflicts", "key_rate", "sign_in_conflict")
	clock.Advance(time.Hour)
	told = admin.list("a deletion that is stuck", "identity_conflicts", "key_rate", "sign_in_conflict", "erasure_stuck")
	if n := told["erasure_stuck"]; n.Args["customer"] != customer.ID.String() {
		t.Errorf("%+v", n)
	}

	// Each is told what their role may see.
	signIn(access.Marketer).list("the marketer", "identity_conflicts", "erasure_stuck")
	signIn(access.Analyst).list("the analyst", "identity_conflicts", "erasure_stuck")
	signIn(access.Sales).list("sales")
	signIn(access.Viewer).list("the viewer")
	if err := c.App.Privacy.Erasures().Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	admin.list("the deletion is finished", "identity_conflicts", "key_rate", "sign_in_conflict")
}

// A disk that is nearly full is news every day; one that is full more so.
func TestDiskNotices(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 1, 1, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock, DiskLow: 1 << 62})
	admin := board{c, t, access.Administrator}
	told := admin.list("little disk", "disk_low")
	admin.read(told["disk_low"])
	clock.Advance(13 * time.Hour)
	if !admin.list("on the same day", "disk_low")["disk_low"].Read {
		t.Error("it is news again")
	}
	clock.Advance(2 * time.Hour) // midnight in Tokyo was at 15:00
	if admin.list("on the next day", "disk_low")["disk_low"].Read {
		t.Error("it is no news")
	}
}

// importProducts imports a file of products and waits for the end.
func importProducts(t *testing.T, c *apptest.Client, file string, with map[string]any) {
	t.Helper()
	status, answer := c.Do(http.MethodPost, "/api/v1/uploads?name=products.csv", c.Secret, file)
	var upload struct{ ID string }
	if err := json.Unmarshal(answer, &upload); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s", status, answer)
	}
	var inspection struct{ Mapping json.RawMessage }
	c.Call(http.MethodPost, "/uploads/"+upload.ID+"/inspect", map[string]string{"target": "products"}, &inspection)
	request := map[string]any{"upload": upload.ID, "source": "files", "mapping": inspection.Mapping}
	maps.Copy(request, with)
	var job api.Job
	c.Call(http.MethodPost, "/imports", request, &job)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for job.FinishedAt == nil {
		if ctx.Err() != nil {
			t.Fatal("the import does not end")
		}
		c.Call(http.MethodGet, "/jobs/"+job.ID, nil, &job)
	}
	c.Settle()
}
