package imports

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"github.com/hitori-cdp/hitori"
)

// memory is a ledger in memory.
type memory struct {
	mu      sync.Mutex
	entries map[Hash]Entry
}

func newMemory() *memory { return &memory{entries: map[Hash]Entry{}} }

func (m *memory) Recall(_ context.Context, keys []Hash) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Entry, len(keys))
	for i, k := range keys {
		out[i] = m.entries[k]
	}
	return out, nil
}

func (m *memory) Remember(_ context.Context, changes []Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range changes {
		m.entries[c.Key] = c.Now
	}
	return nil
}

// fresh are the ids of b that a does not have.
func fresh(a, b []string) []string {
	var out []string
	for _, id := range b {
		if _, ok := slices.BinarySearch(a, id); !ok {
			out = append(out, id)
		}
	}
	return out
}

// Importing a file twice changes nothing, whatever its encoding, its line breaks and what a
// spreadsheet made of its dates and numbers; with a ledger or without.
func TestTwice(t *testing.T) {
	for _, name := range []string{"testdata/presets/eccube4.orders.csv", "testdata/presets/shopify.customers.csv", "testdata/presets/base.products.csv", "testdata/targets/points.csv", "testdata/targets/events.jsonl"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		if strings.Contains(name, "eccube") || strings.Contains(name, "base") {
			utf8, err := japanese.ShiftJIS.NewDecoder().Bytes(b)
			if err != nil {
				t.Fatal(err)
			}
			text = string(utf8)
		}
		respelled := strings.NewReplacer("\r\n", "\n", "2024-05-0", "2024/5/", "2024/05/0", "2024/5/", ",2500,", ",\"￥2,500\",").Replace(text)
		if strings.HasSuffix(name, "jsonl") {
			respelled = text
		}
		for _, ledger := range []Ledger{nil, newMemory()} {
			opts := options()
			opts.Ledger = ledger
			first, _ := importText(t, string(b), opts)
			opts.AsOf = opts.AsOf.Add(24 * time.Hour)
			second, report := importText(t, respelled, opts)
			if again := fresh(first.ids(), second.ids()); len(again) > 0 {
				t.Errorf("%s, ledger %v: %d of %d events are new the second time", name, ledger != nil, len(again), len(second.events))
			}
			if ledger != nil && strings.Contains(name, "products") && (len(second.events) > 0 || report.Unchanged != 3) {
				t.Errorf("%s: %d events, %d unchanged", name, len(second.events), report.Unchanged)
			}
		}
	}
}

// A changed order keeps the fact that it was placed and tells the change.
func TestChangedOrder(t *testing.T) {
	row := func(total int, status string) string {
		return lineHeader + fmt.Sprintf("A,2024/5/1,u1,,%d,%s,s1,100,1,,\n", total, status)
	}
	opts := options()
	opts.Ledger = newMemory()
	var all []string
	var told []string
	for i, text := range []string{row(100, "受付"), row(100, "受付"), row(200, "受付"), row(100, "受付"), row(100, "発送済み"), row(100, "キャンセル"), row(100, "キャンセル")} {
		opts.AsOf = exported.Add(time.Duration(i) * 24 * time.Hour)
		sink, _ := importWith(t, text, lineMapping(), opts)
		for _, e := range sink.events {
			if !slices.Contains(all, e.MessageID) {
				all = append(all, e.MessageID)
				told = append(told, fmt.Sprintf("%d %s %s", i, e.Name, e.Time.In(tokyo).Format("01-02")))
			}
		}
	}
	want := []string{"0 Order Completed 05-01", "2 Order Updated 06-03", "3 Order Updated 06-04", "4 Order Updated 06-05", "5 Order Cancelled 05-01"}
	if !slices.Equal(told, want) {
		t.Errorf("%q", told)
	}
}

// Refunds add up downstream, so each export tells what has been added.
func TestGrowingRefund(t *testing.T) {
	m := lineMapping()
	m.Columns[9] = ColumnMapping{Column: "memo", Field: "refund_amount"}
	opts := options()
	opts.Ledger = newMemory()
	var told []string
	for _, amount := range []string{"0", "1000", "1000", "2500.5", "2500.5"} {
		sink, _ := importWith(t, lineHeader+"A,2024/5/1,u1,,5000,,s1,5000,1,"+amount+",\n", m, opts)
		for _, e := range sink.events {
			if e.Name == "Order Refunded" {
				told = append(told, string(e.Properties))
			}
		}
	}
	want := []string{`{"order_id":"A","currency":"JPY","total":1000}`, `{"order_id":"A","currency":"JPY","total":1500.5}`}
	if !slices.Equal(told, want) {
		t.Errorf("%q", told)
	}
}

// A price that goes and comes back is told each time; within one file too.
func TestStateReturns(t *testing.T) {
	m := Mapping{Version: 1, Target: "products", Columns: []ColumnMapping{{Column: "id", Field: "product_id"}, {Column: "price", Field: "price"}}}
	opts := options()
	opts.Ledger, opts.ChunkEvents = newMemory(), 1
	ids := map[string]int{}
	total := 0
	for _, prices := range [][]int{{100}, {90}, {100}, {100}, {90}, {80, 90, 90, 80}} {
		text := "id,price\n"
		for _, p := range prices {
			text += fmt.Sprintf("X,%d\n", p)
		}
		sink, _ := importWith(t, text, m, opts)
		for _, e := range sink.events {
			ids[e.MessageID]++
			total++
		}
	}
	if total != 7 || len(ids) != 7 {
		t.Errorf("%d events with %d ids, want 7", total, len(ids))
	}
}

// An import that ends anywhere goes on from its last checkpoint and loses nothing; chunks that were
// accepted do not come again.
func TestResume(t *testing.T) {
	text := scattered(3, 400, true)
	for _, ledger := range []bool{false, true} {
		opts := options()
		opts.ChunkEvents, opts.InFlight = 20, 3
		if ledger {
			opts.Ledger = newMemory()
		}
		whole, full := importWith(t, text, lineMapping(), opts)
		chunks := int(full.Checkpoint.Chunks)
		if chunks < 20 {
			t.Fatalf("%d chunks", chunks)
		}
		for stop := 1; stop <= chunks; stop += 3 {
			if ledger {
				opts.Ledger = newMemory()
			}
			var at Checkpoint
			opts.Progress = func(p Progress) { at = p.Checkpoint }
			opts.Resume, opts.TempDir = Checkpoint{}, t.TempDir()
			sink := &collector{fail: func(call int) error {
				if call >= stop {
					return errors.New("the disk is gone")
				}
				return nil
			}}
			report, err := Run(t.Context(), bytesSource([]byte(text)), lineMapping(), opts, sink)
			var e *hitori.Error
			if !errors.As(err, &e) || e.Key != "import_sink" || report.Checkpoint != at {
				t.Fatalf("stopped at %d: %v, %v and %v", stop, err, report.Checkpoint, at)
			}
			before, accepted := len(sink.events), int(at.Chunks)*opts.ChunkEvents
			kept, err := json.Marshal(at) // as a job would keep it
			if err == nil {
				err = json.Unmarshal(kept, &opts.Resume)
			}
			if err != nil {
				t.Fatal(err)
			}
			sink.fail = nil
			report, err = Run(t.Context(), bytesSource([]byte(text)), lineMapping(), opts, sink)
			if err != nil || report.Rows != full.Rows {
				t.Fatal(err, report.Rows)
			}
			ids := sink.ids()
			if got := slices.Compact(slices.Clone(ids)); !slices.Equal(got, slices.Compact(whole.ids())) {
				t.Fatalf("stopped at %d: %d ids, want %d", stop, len(got), len(whole.ids()))
			}
			if extra := len(sink.events) - len(whole.events); extra > opts.InFlight*opts.ChunkEvents || !ledger && before < accepted {
				t.Errorf("stopped at %d: %d events came twice", stop, extra)
			}
		}
		opts.Resume = Checkpoint{Chunks: 3, State: "another file"}
		if _, err := Run(t.Context(), bytesSource([]byte(text)), lineMapping(), opts, &collector{}); hitori.ErrorCode(err) != hitori.Conflict {
			t.Errorf("a checkpoint of another file: %v", err)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	opts := options()
	opts.ChunkEvents = 10
	opts.Progress = func(p Progress) {
		if p.Checkpoint.Chunks >= 3 {
			cancel()
		}
	}
	report, err := Run(ctx, bytesSource([]byte(scattered(1, 2000, false))), lineMapping(), opts, &collector{})
	if !errors.Is(err, context.Canceled) || report.Checkpoint.Chunks < 3 {
		t.Errorf("%v after %d chunks", err, report.Checkpoint.Chunks)
	}
}

func TestDryRun(t *testing.T) {
	opts := options()
	opts.DryRun, opts.Preview, opts.Ledger = true, 2, newMemory()
	sink, report := importWith(t, scattered(1, 50, false), lineMapping(), opts)
	if len(sink.events) > 0 || len(opts.Ledger.(*memory).entries) > 0 || report.Events["Order Completed"] != 50 || report.Checkpoint != (Checkpoint{}) {
		t.Errorf("%d events accepted; %+v", len(sink.events), report)
	}
	if len(report.Preview) != 2 || report.Preview[0].Line != 2 || report.Preview[0].Events[0].Name != "Order Completed" {
		t.Errorf("%+v", report.Preview)
	}
	if report.People != 17 {
		t.Errorf("%d people, want 17", report.People)
	}
}

// words are the texts of some reasons, as the locale files would have them.
func words(key string, args map[string]string) string {
	switch key {
	case "reject_file.line":
		return "行"
	case "reject.date":
		return "「" + args["value"] + "」は日付として読めません"
	}
	return key
}

// The file of rejected rows tells where and why, cannot run formulas, and can be mended and
// imported again.
func TestRejects(t *testing.T) {
	text := lineHeader +
		"A,2024/5/1,u1,,100,,s1,100,1,=cmd|' /C calc'!A0,\n" +
		"B,5月1日ごろ,u2,,-200,,s1,-200,1,\"改行\nあり, \"\"引用\"\"\",\n" +
		"C,2024/5/3,u3,,300\n" +
		"D,2024/5/4,u4,,+400,,s1,@1,1,＝1＋1,\n"
	var file bytes.Buffer
	opts := options()
	opts.Rejects, opts.Text = &file, words
	first, report := importWith(t, text, lineMapping(), opts)
	if report.Rejected != 3 || len(first.events) != 1 {
		t.Fatalf("%+v", report.Rejects)
	}
	golden(t, "rejects.golden.csv", file.String())
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\uFEFF"))).ReadAll()
	if rows == nil && err != nil && !errors.Is(err, csv.ErrFieldCount) {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\uFEFF")))
	r.FieldsPerRecord = -1
	if rows, err = r.ReadAll(); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.IndexAny(cell, "=+-@\t\r＝＋") == 0 {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	mended := strings.NewReplacer("5月1日ごろ", "2024/5/2", "'@1", "400").Replace(file.String())
	opts.Rejects = nil
	second, report := importWith(t, mended, lineMapping(), opts)
	if places(report.Rejects) != "row_short:4" {
		t.Errorf("%s", places(report.Rejects))
	}
	want := []string{
		`2024-05-02T00:00:00 Order Completed user=u2 properties={"order_id":"B","total":-200,"メモ":"改行\nあり, \"引用\"","currency":"JPY","products":[{"sku":"s1","quantity":1,"price":-200}]}`,
		`2024-05-04T00:00:00 Order Completed user=u4 properties={"order_id":"D","total":400,"メモ":"＝1＋1","currency":"JPY","products":[{"sku":"s1","quantity":1,"price":400}]}`,
	}
	if got := shown(second); !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	// Its header is known for that of the file it came from.
	in, err := Inspect(t.Context(), bytesSource([]byte(mended)), options())
	if err != nil || in.Fingerprint != Fingerprint(strings.Split(strings.TrimSpace(lineHeader), ",")) {
		t.Errorf("%v %v", in.Columns, err)
	}
}

func TestDamagedText(t *testing.T) {
	text, err := japanese.ShiftJIS.NewEncoder().String("注文番号,注文日時,会員ID,備考,合計金額\nA,2024/5/1,u1,良い,1\nB,2024/5/1,u2,X,2\nC,2024/5/1,u3,普通,3\n")
	if err != nil {
		t.Fatal(err)
	}
	text = strings.Replace(text, "u2,X", "u\x81 2,\x81X", 1)
	sink, report := importText(t, text, options())
	if len(sink.events) != 2 || places(report.Rejects) != "bytes_invalid:3" || report.Rejects[0].Examples[0].Column != "会員ID" || report.Rejects[0].Examples[0].Args["bytes"] != "81 20" {
		t.Errorf("%d events, %+v", len(sink.events), report.Rejects)
	}
}

func TestTooManyRejects(t *testing.T) {
	opts := options()
	opts.MaxRejectShare = 0.5
	together := lineHeader
	for i := range 3000 {
		together += fmt.Sprintf("A-%d,いつか,u1,,100,,s1,100,1,,\n", i)
	}
	apart := lineHeader + strings.Repeat("B,x,u1,,100,,s1,100,1,,\nC,x,u1,,100,,s1,100,1,,\nD,x,u1,,100,,s1,100,1,,\n", 1000)
	for _, text := range []string{together, apart} {
		report, err := Run(t.Context(), bytesSource([]byte(text)), lineMapping(), opts, &collector{})
		var e *hitori.Error
		if !errors.As(err, &e) || e.Key != "import_too_many_rejects" || report.Rows > 3000 {
			t.Errorf("%v after %d rows", err, report.Rows)
		}
	}
}

// What stands before the place where a file breaks off goes in, and the error says where that is.
func TestBreaksOff(t *testing.T) {
	text := `[{"order_id":"A","date":"2024-05-01","user_id":"u1","total":1},` + "\n" + `{"order_id":"B","date":"2024-05-01","user_id":"u1","to`
	m := Mapping{Version: 1, Target: "orders", Columns: []ColumnMapping{{Column: "order_id", Field: "order_id"}, {Column: "date", Field: "ordered_at"}, {Column: "user_id", Field: "user_id"}, {Column: "total", Field: "total"}}}
	sink := &collector{}
	_, err := Run(t.Context(), bytesSource([]byte(text)), m, options(), sink)
	var e *hitori.Error
	if !errors.As(err, &e) || e.Key != "import_json_broken" || e.Args["line"] != "2" || len(sink.events) != 1 {
		t.Errorf("%v, %d events", err, len(sink.events))
	}
}

func TestRunErrors(t *testing.T) {
	good := []byte(lineHeader)
	tests := []struct {
		name string
		file []byte
		m    Mapping
		opts Options
		key  string
	}{
		{"no time of export", good, lineMapping(), Options{}, "import_as_of_missing"},
		{"nothing", nil, lineMapping(), options(), "import_empty"},
		{"another file", []byte("a,b\n1,2\n"), lineMapping(), options(), "import_column_missing"},
		{"no such target", good, Mapping{Version: 1, Target: "x"}, options(), "import_target_unknown"},
	}
	for _, test := range tests {
		_, err := Run(t.Context(), bytesSource(test.file), test.m, test.opts, &collector{})
		var e *hitori.Error
		if !errors.As(err, &e) || e.Key != test.key {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// Equal rows without a key are different facts; the same rows in a longer export are the same
// facts.
func TestEqualRows(t *testing.T) {
	file := func(n int) string {
		text := "会員ID,イベント名,日時,店舗\n"
		for range n {
			text += "u1,来店,2024/5/1 10:00,銀座\nu2,来店,2024/5/1 10:00,銀座\n"
		}
		return text
	}
	short, _ := importText(t, file(2), options())
	long, _ := importText(t, file(3), options())
	if ids := slices.Compact(short.ids()); len(ids) != 4 || len(fresh(short.ids(), long.ids())) != 2 || len(fresh(long.ids(), short.ids())) != 0 {
		t.Errorf("%d ids, %d new in the longer file", len(ids), len(fresh(short.ids(), long.ids())))
	}
}

func TestSketch(t *testing.T) {
	for _, n := range []int{0, 1, 100, 5_000, 200_000} {
		var s sketch
		for i := range n {
			var h hasher
			sum := h.word(fmt.Sprint(i)).sum()
			s.add(sum)
			s.add(sum)
		}
		if got := float64(s.count()); got < 0.97*float64(n) || got > 1.03*float64(n) {
			t.Errorf("%v for %d", got, n)
		}
	}
}

// An import leaves no temporary files when it fails.
func TestTemporaryFiles(t *testing.T) {
	opts := options()
	opts.TempDir, opts.ChunkEvents = t.TempDir(), 5
	sink := &collector{fail: func(call int) error { return errors.New("no") }}
	if _, err := Run(t.Context(), bytesSource([]byte(scattered(2, 500, true))), lineMapping(), opts, sink); err == nil {
		t.Error("the sink failed and the import did not")
	}
	if left, _ := filepath.Glob(filepath.Join(opts.TempDir, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
