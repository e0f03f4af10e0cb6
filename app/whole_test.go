package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// config is that of a program on some engines, in a folder of its own.
func config(t testing.TB, engines apptest.Engines) app.Config {
	return app.Config{
		Data: t.TempDir(), Listen: "127.0.0.1:0", DiskReserve: 1,
		StreamURL: engines.Stream, StateURL: engines.State, WarehouseURL: engines.Warehouse,
	}
}

// shop is a program with a small simulated shop in it, two people merged by decision and one
// merge taken back.
func shop(t testing.TB, cfg app.Config) *apptest.Client {
	t.Helper()
	c := apptest.Start(t, cfg)
	if _, err := c.App.FillDemo(t.Context(), app.DemoConfig{Customers: 150, Days: 120, Seed: 3}, func(app.DemoStep, int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	for i := range 3 {
		var merged unify.Customer
		c.Call(http.MethodPost, fmt.Sprintf("/customers/user_id:%s/merge", member(10+i)), map[string]string{"other": "user_id:" + member(20+i)}, &merged)
		if i == 2 {
			c.Call(http.MethodPost, "/merges/"+merged.Merges[len(merged.Merges)-1].ID+"/undo", nil, nil)
		}
	}
	c.Send(c.WriteKey("pos"), map[string]any{"type": "track", "event": "", "userId": "x", "messageId": "broken"},
		map[string]any{"type": "track", "event": "Store Visited", "userId": member(4), "messageId": "good"})
	return c
}

func member(n int) string { return fmt.Sprintf("M%08d", n) }

// knowledge is all that a program knows, as a user reads it.
func knowledge(t testing.TB, a *app.App) map[string]string {
	t.Helper()
	all := make(map[string]string)
	if err := a.Deriver.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	features := understand.NewCatalogue(a.Segments)
	query := unify.ListQuery{Limit: 100}
	for {
		cards, next, err := a.Customers.List(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for _, card := range cards {
			var b bytes.Buffer
			if err := a.Privacy.Export(t.Context(), card.ID, &b); err != nil {
				t.Fatal(err)
			}
			var document map[string]any
			if err := json.Unmarshal(b.Bytes(), &document); err != nil {
				t.Fatal(err)
			}
			delete(document, "exported_at")
			text, err := json.Marshal(document)
			if err != nil {
				t.Fatal(err)
			}
			all[card.ID.String()] = string(text)
			values, err := features.Of(t.Context(), card.ID)
			if err != nil {
				t.Fatal(err)
			}
			if all["features of "+card.ID.String()] = fmt.Sprint(values); len(values) < 5 {
				t.Errorf("of %s only %v is known", card.ID, values)
			}
		}
		if query.After = next; next.Customer == 0 {
			break
		}
	}
	for what, get := range map[string]func(context.Context) (any, error){
		"counts":     func(ctx context.Context) (any, error) { return a.Customers.Counts(ctx) },
		"quarantine": func(ctx context.Context) (any, error) { return a.Warehouse.CountQuarantined(ctx) },
		"events": func(ctx context.Context) (any, error) {
			info, err := a.Warehouse.Info(ctx)
			return info.Events, err
		},
	} {
		value, err := get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all[what] = fmt.Sprintf("%+v", value)
	}
	return all
}

func sameKnowledge(t testing.TB, got, want map[string]string) {
	t.Helper()
	if len(want) < 50 {
		t.Fatalf("only %d things to compare", len(want))
	}
	differ := 0
	for key := range want {
		if got[key] != want[key] {
			if differ++; differ <= 3 {
				at := 0
				for at < min(len(got[key]), len(want[key])) && got[key][at] == want[key][at] {
					at++
				}
				t.Errorf("%s differs at %d:\n got %.400s\nwant %.400s", key, at, got[key][max(0, min(at-60, len(got[key]))):], want[key][max(0, at-60):])
			}
		}
	}
	if differ > 0 || len(got) != len(want) {
		t.Errorf("%d of %d differ; %d are there", differ, len(want), len(got))
	}
}

// Everything but what is done by hand can be computed again from the log, and comes out the
// same.
func TestRebuild(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		cfg := config(t, engines)
		sameAfterRebuild(t, shop(t, cfg), cfg, func(t testing.TB, a *app.App) map[string]string { return knowledge(t, a) })
	})
}

// A backup that was taken while events came in is restored on other engines, and back.
func TestBackup(t *testing.T) {
	ways := map[string][]func(testing.TB) apptest.Engines{
		"embedded":             {pairs["embedded"], pairs["embedded"]},
		"external and back":    {pairs["external"], pairs["embedded"]},
		"embedded to external": {pairs["embedded"], pairs["external"]},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			from := shop(t, config(t, way[0](t)))
			file := backUpUnderLoad(t, from)
			want := knowledge(t, from.App)

			cfg := config(t, way[1](t))
			a, err := app.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			backup, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer backup.Close()
			if _, err := a.Restore(t.Context(), backup); err != nil {
				t.Fatal(err)
			}
			a.Stop()
			to := apptest.Start(t, cfg)
			// What came while the backup was taken is on its log or not; it is sent again, as
			// a sender does that got no answer.
			sendLoad(t, to, func() bool { return true })
			to.Settle()
			sameKnowledge(t, withoutReceipt(knowledge(t, to.App)), withoutReceipt(want))
		})
	}
}

var receipt = regexp.MustCompile(`"received_at":"[^"]*"`)

// withoutReceipt leaves out when events were received.
func withoutReceipt(all map[string]string) map[string]string {
	for key, text := range all {
		all[key] = receipt.ReplaceAllString(text, "")
	}
	return all
}

const loadBatches = 60

// sendLoad sends a fixed set of events while running reports true.
func sendLoad(t testing.TB, c *apptest.Client, running func() bool) {
	t.Helper()
	key := c.WriteKey("load")
	for batch := 0; batch < loadBatches && running(); batch++ {
		var messages []any
		for i := range 20 {
			messages = append(messages, map[string]any{
				"type": "track", "event": "Product Viewed", "userId": member(i + 30), "messageId": fmt.Sprint(batch, "-", i),
				"timestamp": "2026-06-01T00:00:00Z", "properties": map[string]any{"product_id": fmt.Sprint("P", batch)},
			})
		}
		if status, answer := c.Do(http.MethodPost, "/v1/batch", key, map[string]any{"batch": messages}); status != http.StatusOK {
			t.Errorf("batch: %d %s", status, answer)
			return
		}
	}
}

// backUpUnderLoad takes a backup through the API while events come in, and returns its file.
func backUpUnderLoad(t testing.TB, c *apptest.Client) string {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		sendLoad(t, c, func() bool { return true })
	}()
	status, answer := c.Do(http.MethodGet, "/api/v1/system/backup", c.Secret, nil)
	<-done
	if status != http.StatusOK {
		t.Fatalf("backup: %d %.300s", status, answer)
	}
	c.Settle()
	file := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(file, answer, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := app.CheckBackup(bytes.NewReader(answer)); err != nil {
		t.Fatal(err)
	}
	return file
}

// A backup that is cut short, or has a changed byte, is refused.
func TestBackupDamaged(t *testing.T) {
	c := shop(t, config(t, apptest.Engines{}))
	status, whole := c.Do(http.MethodGet, "/api/v1/system/backup", c.Secret, nil)
	if status != http.StatusOK {
		t.Fatal(status)
	}
	changed := bytes.Clone(whole)
	for i := 0; i < len(changed); i += 1 + len(changed)/200 {
		changed[i] ^= 0x20
		if err := app.CheckBackup(bytes.NewReader(changed)); hitori.ErrorCode(err) != hitori.Invalid {
			t.Errorf("byte %d of %d: got %v", i, len(changed), err)
		}
		changed[i] ^= 0x20
	}
	changed[len(changed)/2] ^= 0xff
	for name, data := range map[string][]byte{"cut": whole[:len(whole)*2/3], "changed": changed, "empty": {}, "other": []byte("PK\x03\x04")} {
		a, err := app.Open(t.Context(), config(t, apptest.Engines{}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.Restore(t.Context(), bytes.NewReader(data))
		if hitori.ErrorCode(err) != hitori.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
		a.Stop()
	}
}

// Importing a file twice changes nothing, and the second report says so.
func TestImportTwice(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		c := apptest.Start(t, config(t, engines))
		var csv strings.Builder
		csv.WriteString("注文番号,注文日時,会員ID,メールアドレス,商品コード,商品名,単価,数量,合計金額\n")
		for i := range 900 {
			fmt.Fprintf(&csv, "N%d,2026/03/%02d 12:00:00,b%d,b%d@example.jp,P%d,お茶,100,1,200\n", i/2, 1+i%28/2, i/2%80, i/2%80, i%2)
		}
		first := importFile(t, c, csv.String())
		if first.State != "done" {
			t.Fatalf("%+v", first)
		}
		want := knowledge(t, c.App)
		again := importFile(t, c, csv.String())
		if again.State != "done" {
			t.Fatalf("%+v", again)
		}
		if report := reportOf(t, again); len(report.Events) > 0 || report.Unchanged < 450 {
			t.Errorf("the second report: %v, %d unchanged", report.Events, report.Unchanged)
		}
		sameKnowledge(t, knowledge(t, c.App), want)
	})
}

type importJob struct {
	ID, State string
	Result    json.RawMessage
}

func importFile(t testing.TB, c *apptest.Client, text string) importJob {
	t.Helper()
	status, answer := c.Do(http.MethodPost, "/api/v1/uploads?name=orders.csv", c.Secret, text)
	if status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, answer)
	}
	var upload struct{ ID string }
	if err := json.Unmarshal(answer, &upload); err != nil {
		t.Fatal(err)
	}
	var inspection struct{ Mapping json.RawMessage }
	c.Call(http.MethodPost, "/uploads/"+upload.ID+"/inspect", map[string]string{}, &inspection)
	var job importJob
	c.Call(http.MethodPost, "/imports", map[string]any{"upload": upload.ID, "source": "shop", "mapping": inspection.Mapping}, &job)
	for job.State != "done" && job.State != "failed" {
		time.Sleep(20 * time.Millisecond) // jobs take their time
		c.Call(http.MethodGet, "/jobs/"+job.ID, nil, &job)
	}
	c.Settle()
	return job
}

// A person who is erased is also gone from files that wait, from rejected rows however the
// number is written, and from the reports of imports; others stay.
func TestEraseInImports(t *testing.T) {
	cfg := config(t, apptest.Engines{})
	c := apptest.Start(t, cfg)
	// The second row of each person is rejected, since it names no such day.
	file := "注文番号,注文日時,会員ID,メールアドレス,電話番号,商品コード,単価,数量,合計金額\n" +
		"A1,2026/03/01 10:00:00,himitsu-1,himitsu@example.jp,090-1111-2222,P1,100,1,100\n" +
		"A2,2026/13/01 10:00:00,himitsu-1,himitsu@example.jp,０９０－１１１１－２２２２,P1,100,1,100\n" +
		"B1,2026/03/01 10:00:00,other-1,other@example.jp,090-3333-4444,P1,100,1,100\n" +
		"B2,2026/13/01 10:00:00,other-1,other@example.jp,090-3333-4444,P1,100,1,100\n"
	if job := importFile(t, c, file); job.State != "done" {
		t.Fatalf("%+v", job)
	}
	waiting := func(text string) string {
		status, answer := c.Do(http.MethodPost, "/api/v1/uploads?name=waiting.csv", c.Secret, text)
		var upload struct{ ID string }
		if err := json.Unmarshal(answer, &upload); status != http.StatusCreated || err != nil {
			t.Fatalf("upload: %d %s", status, answer)
		}
		return upload.ID
	}
	theirs := waiting(file)
	others := waiting("会員ID,メールアドレス\nother-1,other@example.jp\n")
	c.Call(http.MethodDelete, "/customers/user_id:himitsu-1?reason=asked", nil, nil)
	await(t, "the person is erased", func() bool {
		var answer struct{ Erasures []api.Erasure }
		c.Call(http.MethodGet, "/erasures", nil, &answer)
		return len(answer.Erasures) == 1 && answer.Erasures[0].FinishedAt != nil
	})
	c.App.Stop()
	left := 0
	err := filepath.WalkDir(cfg.Data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, secret := range []string{"himitsu", "1111-2222", "１１１１－２２２２", "+819011112222"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
		left += bytes.Count(data, []byte("090-3333-4444"))
		return err
	})
	if err != nil || left == 0 {
		t.Errorf("the other person's rejected row is gone too: %v", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, "imports", others)); err != nil {
		t.Errorf("a file without the person is gone: %v", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, "imports", theirs)); err == nil {
		t.Error("a file with the person is still there")
	}
}
