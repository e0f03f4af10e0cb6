package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/unify"
)

// readable is knowledge with what else a user can read: products, and who is found by what.
func readable(t testing.TB, a *app.App) map[string]string {
	t.Helper()
	all := knowledge(t, a)
	entities, err := a.State.Groups(t.Context(), []hitori.EntityKey{{Kind: "product", ID: "P1"}, {Kind: "product", ID: "P2"}, {Kind: "company", ID: "G1"}})
	if err != nil {
		t.Fatal(err)
	}
	for key, traits := range entities {
		all[key.Kind+key.ID] = fmt.Sprint(traits)
	}
	for _, text := range []string{"山田", "輸入", "guest", "taken", "09011112222", "u7@", "user_id:U7", "email:taken@example.jp", "email:guest@example.jp"} {
		cards, err := a.Customers.Search(t.Context(), text, nil, 200)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, card := range cards {
			ids = append(ids, card.ID.String())
		}
		slices.Sort(ids) // in which order is not promised
		all["search "+text] = fmt.Sprint(ids)
	}
	return all
}

// seedShop sends what programs tell: members, guests, devices, a company, products, and decisions.
func seedShop(t testing.TB, c *apptest.Client) (key string) {
	t.Helper()
	key = c.WriteKey("web")
	var messages []any
	at := func(i int) string { return time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC).Format(time.RFC3339) }
	for i := range 60 {
		messages = append(messages,
			map[string]any{"type": "identify", "userId": fmt.Sprint("U", i), "anonymousId": fmt.Sprint("d", i), "messageId": fmt.Sprint("i", i), "timestamp": at(i),
				"traits": map[string]any{"email": fmt.Sprintf("u%d@example.jp", i), "lastName": "山田", "firstName": fmt.Sprint("太郎", i), "plan": "gold"}},
			map[string]any{"type": "track", "event": "Product Viewed", "anonymousId": fmt.Sprint("d", i), "messageId": fmt.Sprint("v", i), "timestamp": at(i + 1),
				"properties": map[string]any{"product_id": "P1"}})
	}
	messages = append(messages,
		map[string]any{"type": "identify", "anonymousId": "g1", "messageId": "g1", "timestamp": at(1), "traits": map[string]any{"email": "guest@example.jp", "name": "佐藤花子"}},
		map[string]any{"type": "identify", "anonymousId": "g2", "messageId": "g2", "timestamp": at(1), "traits": map[string]any{"phone": "090-1111-2222", "name": "鈴木"}},
		map[string]any{"type": "page", "name": "Home", "anonymousId": "v1", "messageId": "p1", "timestamp": at(2)},
		map[string]any{"type": "group", "userId": "U1", "groupId": "G1", "messageId": "gr", "timestamp": at(2), "traits": map[string]any{"name": "旧社名"}},
		map[string]any{"type": "track", "event": "Consent Granted", "userId": "U2", "messageId": "c", "timestamp": at(2), "properties": map[string]any{"channel": "email"}},
		map[string]any{"type": "track", "event": "Product Updated", "messageId": "pu", "userId": "", "anonymousId": "catalogue", "timestamp": at(2),
			"properties": map[string]any{"product_id": "P1", "name": "お茶", "price": 100}},
	)
	c.Send(key, messages...)
	c.Call(http.MethodPost, "/customers/user_id:U10/merge", map[string]string{"other": "user_id:U11"}, nil)
	c.Call(http.MethodPost, "/customers/user_id:U12/separate", map[string]string{"other": "user_id:U13"}, nil)
	return key
}

const ordersHead = "注文番号,注文日時,会員ID,メールアドレス,氏名,電話番号,商品コード,商品名,単価,数量,合計金額\n"

// wrongOrders joins members with guests who are others, tells other names, and brings new people.
func wrongOrders() string {
	var csv strings.Builder
	csv.WriteString(ordersHead)
	csv.WriteString("W1,2026/03/01 12:00:00,U3,guest@example.jp,輸入 三郎,,P1,お茶,100,1,100\n")
	csv.WriteString("W2,2026/03/01 12:00:00,U4,,鈴木,090-1111-2222,P1,お茶,100,1,100\n")
	csv.WriteString("W3,2026/03/01 12:00:00,U5,taken@example.jp,輸入 五郎,,P1,お茶,100,1,100\n")
	csv.WriteString("W4,2026/03/01 12:00:00,U10,ten@example.jp,輸入 十郎,,P1,お茶,100,1,100\n")
	for i := range 150 {
		fmt.Fprintf(&csv, "N%d,2026/03/02 12:00:00,new%d,new%d@example.jp,輸入 次郎%d,,P%d,お茶,100,2,200\n", i, i%120, i%120, i%120, i%2)
	}
	return csv.String()
}

func importNamed(t testing.TB, c *apptest.Client, name, target, text string) importJob {
	t.Helper()
	status, answer := c.Do(http.MethodPost, "/api/v1/uploads?name="+name, c.Secret, text)
	var upload struct{ ID string }
	if err := json.Unmarshal(answer, &upload); status != http.StatusCreated || err != nil {
		t.Fatalf("upload: %d %s", status, answer)
	}
	var inspection struct{ Mapping json.RawMessage }
	c.Call(http.MethodPost, "/uploads/"+upload.ID+"/inspect", map[string]string{"target": target}, &inspection)
	var job importJob
	c.Call(http.MethodPost, "/imports", map[string]any{"upload": upload.ID, "source": "shop", "mapping": inspection.Mapping}, &job)
	return over(t, c, job)
}

// over waits until a job is over.
func over(t testing.TB, c *apptest.Client, job importJob) importJob {
	t.Helper()
	await(t, "the job is over", func() bool {
		c.Call(http.MethodGet, "/jobs/"+job.ID, nil, &job)
		return job.State != "waiting" && job.State != "running"
	})
	if job.State != "done" {
		t.Fatalf("%+v", job)
	}
	c.Settle()
	return job
}

func reportOf(t testing.TB, job importJob) (result collect.ImportResult) {
	t.Helper()
	if err := json.Unmarshal(job.Result, &result); err != nil {
		t.Fatal(err)
	}
	return result
}

type undoAnswer struct {
	Preview *collect.UndoPreview
	Job     *importJob
}

func previewUndo(t testing.TB, c *apptest.Client, job importJob) collect.UndoPreview {
	t.Helper()
	var answer undoAnswer
	c.Call(http.MethodPost, "/imports/"+job.ID+"/undo", map[string]bool{"dry_run": true}, &answer)
	return *answer.Preview
}

func undoImport(t testing.TB, c *apptest.Client, job importJob) (counts hitori.UndoCounts) {
	t.Helper()
	var answer undoAnswer
	c.Call(http.MethodPost, "/imports/"+job.ID+"/undo", map[string]bool{}, &answer)
	if err := json.Unmarshal(over(t, c, *answer.Job).Result, &counts); err != nil {
		t.Fatal(err)
	}
	return counts
}

// sameAfterRebuild fails the test unless what the program knows is what its log tells.
func sameAfterRebuild(t testing.TB, c *apptest.Client, cfg app.Config, read func(testing.TB, *app.App) map[string]string) {
	t.Helper()
	want := read(t, c.App)
	c.App.Stop()
	a, err := app.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	if err := a.Rebuild(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	sameKnowledge(t, read(t, a), want)
}

// An import that was taken back leaves nothing, and can be made again.
func TestUndoImport(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		cfg := config(t, engines)
		c := apptest.Start(t, cfg)
		seedShop(t, c)
		before := readable(t, c.App)
		orders := importNamed(t, c, "orders.csv", "orders", wrongOrders())
		customers := importNamed(t, c, "customers.csv", "customers", "会員ID,氏名,会員ランク,会社名\nU6,輸入 六郎,プラチナ,輸入商店\nU7,輸入 七郎,プラチナ,輸入商店\nU999,輸入 新人,一般,輸入商店\n")
		products := importNamed(t, c, "products.csv", "products", "商品コード,商品名,価格\nP1,間違い,999\nP2,間違い,999\n")
		imported := readable(t, c.App)
		if imported["counts"] == before["counts"] || imported["productP1"] == before["productP1"] || imported["search 山田"] == before["search 山田"] {
			t.Fatalf("the imports changed little: %s %s", imported["counts"], imported["productP1"])
		}
		preview := previewUndo(t, c, orders)
		if preview.Orders != 154 || preview.PeopleGone != 120 || preview.LaterImports != 2 || preview.PeopleKept != 4 {
			t.Errorf("preview %+v", preview)
		}
		if counts := undoImport(t, c, orders); counts != preview.UndoCounts {
			t.Errorf("undone %+v, promised %+v", counts, preview.UndoCounts)
		}
		undoImport(t, c, products)
		undoImport(t, c, customers)
		sameKnowledge(t, readable(t, c.App), before)

		var audit struct {
			Entries []struct{ Action, Object string }
		}
		c.Call(http.MethodGet, "/audit?object=imports/"+orders.ID, nil, &audit)
		if fmt.Sprint(audit.Entries) != fmt.Sprintf("[{import-undone imports/%[1]s} {undo-import imports/%[1]s} {undo-import imports/%[1]s}]", orders.ID) {
			t.Errorf("on the record: %v", audit.Entries)
		}
		var job importJob
		c.Call(http.MethodGet, "/jobs/"+orders.ID, nil, &job)
		if undone := reportOf(t, job).Undone; undone == nil || undone.By != "key:test" || undone.At.IsZero() || undone.Orders != 154 {
			t.Errorf("the import's job says %+v", undone)
		}

		again := importNamed(t, c, "orders.csv", "orders", wrongOrders())
		if report := reportOf(t, again); report.Events["Order Completed"] != 154 || report.Unchanged != 0 {
			t.Errorf("imported again: %v, %d unchanged", report.Events, report.Unchanged)
		}
		importNamed(t, c, "customers.csv", "customers", "会員ID,氏名,会員ランク,会社名\nU6,輸入 六郎,プラチナ,輸入商店\nU7,輸入 七郎,プラチナ,輸入商店\nU999,輸入 新人,一般,輸入商店\n")
		importNamed(t, c, "products.csv", "products", "商品コード,商品名,価格\nP1,間違い,999\nP2,間違い,999\n")
		if now := readable(t, c.App); now["counts"] != imported["counts"] || now["events"] != imported["events"] {
			t.Errorf("imported again: %s, %s; at first %s, %s", now["counts"], now["events"], imported["counts"], imported["events"])
		}
		undoImport(t, c, again)
		sameAfterRebuild(t, c, cfg, readable)
	})
}

// What programs and people told after the import, and what hung on the import, comes where it would be without
// it: as in a rebuild from the log.
func TestUndoImportWithLaterEvents(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		cfg := config(t, engines)
		c := apptest.Start(t, cfg)
		key := seedShop(t, c)
		job := importNamed(t, c, "orders.csv", "orders", wrongOrders())
		track := func(id, user, device string) map[string]any {
			return map[string]any{"type": "track", "event": "Product Viewed", "messageId": id, "userId": user, "anonymousId": device, "properties": map[string]any{"product_id": "P2"}}
		}
		identify := func(id, user, device string, traits map[string]any) map[string]any {
			return map[string]any{"type": "identify", "messageId": id, "userId": user, "anonymousId": device, "traits": traits}
		}
		c.Send(key,
			identify("l1", "", "x1", map[string]any{"email": "taken@example.jp", "name": "田中"}), // U5's by the import
			identify("l2", "new7", "x2", map[string]any{"plan": "silver"}),                      // made by the import
			track("l3", "new7", "x2"), track("l4", "", "x2"),
			identify("l5", "U8", "x3", map[string]any{"email": "new9@example.jp"}), // refused: two members
			identify("l6", "", "x4", map[string]any{"email": "new11@example.jp"}),
			track("l7", "new12", "d20"), // a device of another member
			identify("l8", "", "g1", map[string]any{"email": "guest@example.jp", "plan": "guest"}),
			identify("l9", "U3", "", map[string]any{"plan": "bronze"}),
			map[string]any{"type": "alias", "messageId": "l10", "userId": "new20", "previousId": "x9"},
			map[string]any{"type": "track", "event": "Consent Withdrawn", "messageId": "l11", "userId": "new21", "properties": map[string]any{"channel": "email"}},
		)
		c.Call(http.MethodPost, "/customers/user_id:new30/merge", map[string]string{"other": "user_id:U30"}, nil)
		c.Send(key, track("m1", "new30", "x30"), track("m2", "U30", "x31"))
		c.Call(http.MethodPost, "/customers/user_id:U31/merge", map[string]string{"other": "user_id:U32"}, nil)
		undoImport(t, c, job)
		for _, ref := range []string{"user_id:new1", "email:new9@example.jp"} {
			if status, _ := c.Do(http.MethodGet, "/api/v1/customers/"+ref, c.Secret, nil); (status == http.StatusNotFound) != (ref == "user_id:new1") {
				t.Errorf("%s: %d", ref, status)
			}
		}
		sameAfterRebuild(t, c, cfg, readable)
	})
}

// A later import of the same source is taken back to what the earlier one said, and the other way round.
func TestUndoOneOfTwoImports(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		cfg := config(t, engines)
		c := apptest.Start(t, cfg)
		seedShop(t, c)
		file := func(total int, extra string) string {
			var csv strings.Builder
			csv.WriteString("注文番号,注文日時,会員ID,メールアドレス,商品コード,単価,数量,合計金額\n")
			for i := range 40 {
				fmt.Fprintf(&csv, "A%d,2026/03/01 12:00:00,U%d,u%d@example.jp,P1,100,1,%d\n", i, i, i, total)
			}
			return csv.String() + extra
		}
		first := importNamed(t, c, "a.csv", "orders", file(100, ""))
		afterFirst := readable(t, c.App)
		second := importNamed(t, c, "b.csv", "orders", file(150, "B1,2026/03/02 12:00:00,fresh,fresh@example.jp,P1,100,1,100\n"))
		if report := reportOf(t, second); report.Events["Order Completed"] != 1 || report.Events["Order Updated"] != 40 {
			t.Errorf("the second import: %v", report.Events)
		}
		undoImport(t, c, second)
		sameKnowledge(t, readable(t, c.App), afterFirst)

		second = importNamed(t, c, "b.csv", "orders", file(150, "B1,2026/03/02 12:00:00,fresh,fresh@example.jp,P1,100,1,100\n"))
		if report := reportOf(t, second); report.Events["Order Completed"] != 1 || report.Events["Order Updated"] != 40 {
			t.Errorf("the second import once more: %v", report.Events)
		}
		undoImport(t, c, first)
		third := importNamed(t, c, "b.csv", "orders", file(150, "B1,2026/03/02 12:00:00,fresh,fresh@example.jp,P1,100,1,100\n"))
		if report := reportOf(t, third); report.Events["Order Completed"] != 40 || report.Events["Order Updated"] != 0 {
			t.Errorf("after the first was taken back: %v", report.Events)
		}
		sameAfterRebuild(t, c, cfg, readable)
	})
}

// Whatever cannot be taken back is refused, and says why.
func TestUndoRefused(t *testing.T) {
	c := apptest.Start(t, config(t, apptest.Engines{}))
	refused := func(id, key string) {
		t.Helper()
		for _, dry := range []bool{true, false} {
			status, answer := c.Do(http.MethodPost, "/api/v1/imports/"+id+"/undo", c.Secret, map[string]bool{"dry_run": dry})
			var problem api.Problem
			if err := json.Unmarshal(answer, &problem); err != nil || problem.Key != key {
				t.Errorf("%d %s, want %s", status, answer, key)
			}
		}
	}
	refused("none", "job_unknown")
	retention, err := c.App.Jobs.Add(t.Context(), "retention", "{}", "test")
	if err != nil {
		t.Fatal(err)
	}
	refused(retention.ID, "import_unknown")
	job := importNamed(t, c, "orders.csv", "orders", wrongOrders())
	// Jobs of another machine never begin here.
	add := func(kind, arguments string) string {
		waiting, err := c.App.Jobs.Add(t.Context(), kind, hitori.JSON(arguments), "test")
		if err != nil {
			t.Fatal(err)
		}
		return waiting.ID
	}
	refused(add("import@elsewhere", `{"source":"shop","dry_run":true}`), "import_tried_only")
	busy := add("import@elsewhere", `{"source":"shop"}`)
	refused(busy, "import_running")
	refused(job.ID, "import_source_busy")
	if err := c.App.Jobs.Cancel(t.Context(), busy); err != nil {
		t.Fatal(err)
	}
	refused(busy, "import_not_marked")
	undoImport(t, c, job)
	refused(job.ID, "import_undone")
}

// Somebody who was erased comes in as somebody new when the file is imported once more, with everything it says.
func TestImportAfterErasure(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		cfg := config(t, engines)
		c := apptest.Start(t, cfg)
		seedShop(t, c)
		customers := "会員ID,氏名,メールアドレス,会員ランク\nback,輸入 戻,back@example.jp,プラチナ\nother,輸入 他,other@example.jp,一般\n"
		orders := "注文番号,注文日時,会員ID,メールアドレス,商品コード,単価,数量,合計金額\nE1,2026/03/01 12:00:00,back,back@example.jp,P1,100,1,100\n"
		importNamed(t, c, "customers.csv", "customers", customers)
		importNamed(t, c, "orders.csv", "orders", orders)
		var first, second unify.Customer
		c.Call(http.MethodGet, "/customers/user_id:back", nil, &first)
		c.Call(http.MethodDelete, "/customers/user_id:back", nil, nil)
		if err := c.App.Privacy.Erasures().Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
		if report := reportOf(t, importNamed(t, c, "customers.csv", "customers", customers)); report.Events["identify"] != 1 || report.Unchanged != 1 {
			t.Errorf("customers again: %v, %d unchanged", report.Events, report.Unchanged)
		}
		importNamed(t, c, "orders.csv", "orders", orders)
		c.Call(http.MethodGet, "/customers/user_id:back", nil, &second)
		if second.ID == first.ID || len(second.Traits) != len(first.Traits) || second.Activity.Orders != 1 || second.Activity.Events != first.Activity.Events {
			t.Errorf("came back as %+v, was %+v", second, first)
		}
		sameAfterRebuild(t, c, cfg, readable)
	})
}

// Whatever programs, files and people say of whom, in whatever order: after an undo the program knows what it would
// know without the import.
func TestUndoRandomImports(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			cfg := config(t, apptest.Engines{})
			c := apptest.Start(t, cfg)
			key := seedShop(t, c)
			random := rand.New(rand.NewPCG(seed, 7))
			one := func(kind string, n int, share float64) string {
				if random.Float64() > share {
					return ""
				}
				return fmt.Sprint(kind, random.IntN(n))
			}
			email := func(share float64) string {
				if e := one("e", 8, share); e != "" {
					return e + "@example.jp"
				}
				return ""
			}
			names := []string{"山田 太郎", "鈴木 花子", "佐藤 次郎"}
			send := func(prefix string, n int) {
				var messages []any
				for i := range n {
					user, device := one("R", 10, 0.5), one("dev", 10, 0.7)
					traits := map[string]any{}
					for name, value := range map[string]string{"email": email(0.4), "phone": one("0902222333", 4, 0.2), "plan": one("plan", 3, 0.5)} {
						if value != "" {
							traits[name] = value
						}
					}
					if random.IntN(2) == 0 {
						traits["name"] = names[random.IntN(3)]
					}
					if user == "" && device == "" {
						device = "dev0"
					}
					m := map[string]any{"messageId": fmt.Sprint(prefix, i), "userId": user, "anonymousId": device}
					switch random.IntN(3) {
					case 0:
						m["type"], m["event"], m["properties"] = "track", "Product Viewed", map[string]any{"product_id": "P1"}
					case 1:
						m["type"], m["traits"], m["groupId"] = "group", map[string]any{"name": prefix}, one("G", 3, 1)
					default:
						m["type"], m["traits"] = "identify", traits
					}
					messages = append(messages, m)
				}
				c.Send(key, messages...)
			}
			file := func(prefix string, n int) string {
				var csv strings.Builder
				csv.WriteString(ordersHead)
				for i := range n {
					user, mail := one("R", 14, 0.7), email(0.6)
					if user == "" && mail == "" {
						user = "R3"
					}
					fmt.Fprintf(&csv, "%s%d,2026/03/01 12:00:00,%s,%s,%s,%s,P1,お茶,100,1,100\n", prefix, i, user, mail, names[random.IntN(3)], one("090-2222-333", 4, 0.2))
				}
				return csv.String()
			}
			send("before", 40)
			kept := importNamed(t, c, "kept.csv", "orders", file("K", 6))
			wrong := importNamed(t, c, "wrong.csv", "orders", file("W", 30))
			send("after", 40)
			if kept.ID == wrong.ID {
				t.Fatal("one import")
			}
			undoImport(t, c, wrong)
			sameAfterRebuild(t, c, cfg, readable)
		})
	}
}
