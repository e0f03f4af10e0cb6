package imports

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// lineMapping is that of a file with a row for each line of an order.
func lineMapping() Mapping {
	return Mapping{Version: 1, Target: "orders", Columns: []ColumnMapping{
		{Column: "no", Field: "order_id"},
		{Column: "date", Field: "ordered_at"},
		{Column: "user", Field: "user_id"},
		{Column: "mail", Field: "email"},
		{Column: "total", Field: "total"},
		{Column: "status", Field: "status"},
		{Column: "sku", Field: "sku"},
		{Column: "price", Field: "price"},
		{Column: "qty", Field: "quantity"},
		{Column: "memo", Keep: KeepProperty, As: "メモ"},
		{Column: "gift", Keep: KeepLine, Type: TypeBool},
	}}
}

const lineHeader = "no,date,user,mail,total,status,sku,price,qty,memo,gift\n"

// lines of what an import made, identify events left out.
func shown(sink *collector) []string {
	var out []string
	for _, e := range sink.events {
		if e.Type == hitori.Track {
			out = append(out, show(e))
		}
	}
	return out
}

func TestOrderLines(t *testing.T) {
	const one = `2024-05-01T00:00:00 Order Completed user=u1 properties={"order_id":"A","status":"受付","total":300,"メモ":"x","currency":"JPY","products":[{"sku":"s1","quantity":1,"gift":true,"price":100},{"sku":"s2","quantity":2,"price":100}]}`
	tests := []struct {
		name, rows string
		want       []string
		rejects    string
		warnings   string
	}{
		{
			"order columns repeated", "A,2024/5/1,u1,,300,受付,s1,100,1,x,1\nA,2024/5/1,u1,,300,受付,s2,100,2,x,\n",
			[]string{one},
			"", "",
		},
		{
			"order columns empty in later rows", "A,2024/5/1,u1,,300,受付,s1,100,1,x,1\nA,,,,,,s2,100,2,,\n",
			[]string{one},
			"", "",
		},
		{
			"the order number empty as well", "A,2024/5/1,u1,,300,受付,s1,100,1,x,1\n,,,,,,s2,100,2,,\n",
			[]string{one},
			"", "",
		},
		{
			"a later row has what the first lacks", "A,2024/5/1,u1,,,受付,s1,100,1,,1\nA,2024/5/1,,,300,,s2,100,2,x,\n",
			[]string{`2024-05-01T00:00:00 Order Completed user=u1 properties={"order_id":"A","status":"受付","total":300,"メモ":"x","currency":"JPY","products":[{"sku":"s1","quantity":1,"gift":true,"price":100},{"sku":"s2","quantity":2,"price":100}]}`},
			"", "",
		},
		{
			"kept columns come once", "A,2024/5/1,u1,,300,受付,s1,100,1,,1\nA,,,,,,s2,100,2,x,\nA,,,,,,,,,x,\n",
			[]string{one},
			"", "",
		},
		{
			"rows that differ", "A,2024/5/1,u1,,300,受付,s1,100,1,x,1\nA,2024/5/1,u1,,301,受付,s2,100,2,x,\n",
			[]string{one},
			"", "order_differs:3",
		},
		{
			"no total", "A,2024/5/1,u1,,,,s1,100,1.5,,\n",
			[]string{`2024-05-01T00:00:00 Order Completed user=u1 properties={"order_id":"A","total":150,"currency":"JPY","products":[{"sku":"s1","quantity":1.5,"price":100}]}`},
			"", "total_computed:2",
		},
		{
			"a bad line costs its order and no other", "A,2024/5/1,u1,,300,,s1,100,1,,\nA,2024/5/1,u1,,300,,s2,100,二つ,,\nA,2024/5/1,u1,,300,,s3,100,1,,\nB,2024/5/2,u1,,100,,s1,100,1,,\n",
			[]string{`2024-05-02T00:00:00 Order Completed user=u1 properties={"order_id":"B","total":100,"currency":"JPY","products":[{"sku":"s1","quantity":1,"price":100}]}`},
			"number:3 order_rejected:2,4", "",
		},
		{
			"a bad first row costs the rows after it", "A,いつか,u1,,300,,s1,100,1,,\nA,,,,,,s2,100,1,,\n", nil, "date:2 order_rejected:3", "",
		},
		{
			"an unreadable row costs its order", "A,2024/5/1,u1,,300,,s1,100,1,,\nA,2024/5/1,u1\nB,2024/5/2\nB,2024/5/2,u1,,100,,s1,100,1,,\n", nil, "order_rejected:2,5 row_short:3,4", "",
		},
		{
			"nobody, no number", "A,2024/5/1,,,300,,s1,100,1,,\n,2024/5/1,u1,,300,,s1,100,1,,\n", nil, "missing:3 no_person:2", "",
		},
		{
			"never placed", "A,2024/5/1,u1,,300,購入処理中,s1,100,1,,\n", nil, "", "order_not_placed:2",
		},
		{
			"cancelled", "A,2024/5/1,u1,,300,キャンセル済み,s1,100,3,,\n",
			[]string{
				`2024-05-01T00:00:00 Order Completed user=u1 properties={"order_id":"A","status":"キャンセル済み","total":300,"currency":"JPY","products":[{"sku":"s1","quantity":3,"price":100}]}`,
				`2024-05-01T00:00:01 Order Cancelled user=u1 properties={"order_id":"A","status":"キャンセル済み","total":300,"currency":"JPY","products":[{"sku":"s1","quantity":3,"price":100}]}`,
			},
			"", "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			sink, report := importWith(t, lineHeader+test.rows, lineMapping(), options())
			if got := shown(sink); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if got := places(report.Rejects); got != test.rejects {
				t.Errorf("rejected %s, want %s", got, test.rejects)
			}
			if got := places(report.Warnings); got != test.warnings {
				t.Errorf("warned %s, want %s", got, test.warnings)
			}
		})
	}
}

// places writes counts as "key:line,line".
func places(list []Count) string {
	var out []string
	for _, c := range list {
		var lines []string
		for _, x := range c.Examples {
			lines = append(lines, fmt.Sprint(x.Line))
		}
		out = append(out, c.Key+":"+strings.Join(lines, ","))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// A column can stand in for another in the rows where that is empty.
func TestElse(t *testing.T) {
	m := lineMapping()
	m.Columns = append(slices.Clone(m.Columns[:9]), ColumnMapping{Column: "memo", Field: "user_id", Else: true})
	sink, report := importWith(t, lineHeader+"A,2024/5/1,u1,,1,,,,,u2,\nB,2024/5/1,,,1,,,,,u2,\nC,2024/5/1,,,1,,,,,,\nD,2024/5/1,,,1,,,,,,\nD,,,,,,,,,u3,\n",
		m, options())
	var users []string
	for _, e := range sink.events {
		if e.Type == hitori.Track {
			users = append(users, e.UserID)
		}
	}
	if !slices.Equal(users, []string{"u1", "u2", "u3"}) || places(report.Rejects) != "no_person:4" {
		t.Errorf("%v, %s", users, places(report.Rejects))
	}
}

// scattered makes order lines, shuffled or not. The lines of each order keep their order.
func scattered(seed uint64, orders int, shuffle bool) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var groups [][]string
	for o := range orders {
		var rows []string
		for l := range 1 + r.IntN(4) {
			rows = append(rows, fmt.Sprintf("O-%d,2024/5/1 %02d:%02d,u%d,,%d,,s%d,100,%d,,\n", o, o/60%24, o%60, o%17, o, l, 1+l))
		}
		groups = append(groups, rows)
	}
	var b strings.Builder
	b.WriteString(lineHeader)
	for len(groups) > 0 {
		i := 0
		if shuffle && r.IntN(3) == 0 {
			i = r.IntN(len(groups))
		}
		b.WriteString(groups[i][0])
		if groups[i] = groups[i][1:]; len(groups[i]) == 0 {
			groups = slices.Delete(groups, i, i+1)
		}
	}
	return b.String()
}

// Orders whose lines are scattered over the file are the same orders as when they stand together,
// however many there are.
func TestScatteredOrders(t *testing.T) {
	for seed := range uint64(5) {
		together, _ := importWith(t, scattered(seed, 300, false), lineMapping(), options())
		apart, report := importWith(t, scattered(seed, 300, true), lineMapping(), options())
		a, b := shown(together), shown(apart)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Fatalf("seed %d: %d and %d orders differ", seed, len(a), len(b))
		}
		if places(report.Warnings) != "orders_scattered:0" {
			t.Errorf("seed %d: %v", seed, report.Warnings)
		}
	}
}

// An unreadable row costs its order wherever in the file it stands.
func TestScatteredUnreadable(t *testing.T) {
	text := lineHeader + "A,2024/5/1,u1,,300,,s1,100,1,,\nB,2024/5/1,u1,,300,,s1,100,1,,\nA,2024/5/1,u1\nC,2024/5/1,u1,,300,,s1,100,1,,\n"
	sink, report := importWith(t, text, lineMapping(), options())
	if len(sink.events) != 2 || places(report.Rejects) != "order_rejected:2 row_short:4" {
		t.Errorf("%d events, %s", len(sink.events), places(report.Rejects))
	}
}

// Rows put aside on the mere suspicion that their order is scattered come back whole, and are not
// counted as scattered.
func TestSpill(t *testing.T) {
	s := &spill{tempDir: t.TempDir()}
	defer func() { _ = s.close() }()
	for i, key := range []string{"A", "A", "B", "A", "C"} {
		begins := i != 1
		row := &tabular.Row{Line: int64(i + 2), Cells: [][]byte{[]byte(key), []byte("cell")}}
		if err := s.add([]byte(key), keyHash([]byte(key)), begins, row); err != nil {
			t.Fatal(err)
		}
	}
	lines := map[string][]int64{}
	err := s.each(func(row *tabular.Row, key []byte) error {
		if string(row.Cells[0]) != string(key) || string(row.Cells[1]) != "cell" {
			t.Errorf("line %d: %q for %s", row.Line, row.Cells, key)
		}
		lines[string(key)] = append(lines[string(key)], row.Line)
		return nil
	})
	want := map[string][]int64{"A": {2, 3, 5}, "B": {4}, "C": {6}}
	if err != nil || s.orders != 1 || !reflect.DeepEqual(lines, want) {
		t.Errorf("%v, %d scattered orders, %v", err, s.orders, lines)
	}
}

func TestRepeats(t *testing.T) {
	r := newRepeats(100, 10)
	for i := range uint64(1000) {
		r.add(i * 0x9E3779B97F4A7C15)
	}
	for i := range uint64(5) {
		r.add(i * 0x9E3779B97F4A7C15)
	}
	r.done()
	for i := range uint64(5) {
		if !r.has(i * 0x9E3779B97F4A7C15) {
			t.Errorf("%d came up twice and is not known for it", i)
		}
	}
	if len(r.again) > 10 {
		t.Errorf("%d of 1,000 single hashes are taken for repeated", len(r.again)-5)
	}
	r = newRepeats(100, 3)
	for i := range uint64(10) {
		r.add(i)
		r.add(i)
	}
	if !r.all || !r.has(12345) {
		t.Error("beyond the limit everything counts as repeated")
	}
}

// One person's traits are told once for many orders, with the latest time, and again when they
// change; what is known in the end does not depend on the order of the rows.
func TestHeldTraits(t *testing.T) {
	rows := []string{
		"A,2024/5/1,u1,a@example.jp,1,,,,,,\n", "B,2024/5/2,u1,a@example.jp,1,,,,,,\n", "C,2024/5/3,u1,b@example.jp,1,,,,,,\n",
		"D,2024/5/4,u1,a@example.jp,1,,,,,,\n", "E,2024/5/5,u1,a@example.jp,1,,,,,,\n", "F,2024/5/1,u2,c@example.jp,1,,,,,,\n",
	}
	sink, _ := importWith(t, lineHeader+strings.Join(rows, ""), lineMapping(), options())
	var got []string
	for _, e := range sink.events {
		if e.Type == hitori.Identify {
			got = append(got, show(e))
		}
	}
	want := []string{
		`2024-05-02T00:00:00 identify user=u1 traits={"email":"a@example.jp"}`,
		`2024-05-03T00:00:00 identify user=u1 traits={"email":"b@example.jp"}`,
		`2024-05-05T00:00:00 identify user=u1 traits={"email":"a@example.jp"}`,
		`2024-05-01T00:00:00 identify user=u2 traits={"email":"c@example.jp"}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		sink, _ := importWith(t, lineHeader+strings.Join(rows, ""), lineMapping(), options())
		var last hitori.Event
		for _, e := range sink.events {
			if e.Type == hitori.Identify && e.UserID == "u1" && e.Time.After(last.Time) {
				last = e
			}
		}
		if show(last) != want[2] {
			t.Fatalf("the last word is %s after %v", show(last), rows)
		}
	}
}

func TestHeldMakesRoom(t *testing.T) {
	out := &outbox{limit: 1000}
	f := &factory{plan: &plan{target: orders()}, stats: newStats(nil, 0), out: out}
	h := newHeld(f, 10, t.TempDir(), func(err error) { t.Fatal(err) })
	defer h.texts.close()
	rec := newRecord(len(f.plan.target.Fields))
	for round := range 3 {
		for i := range 25 {
			rec.reset(1)
			rec.user = rec.keep(fmt.Append(nil, "u", i))
			rec.traits = fmt.Appendf(nil, `"n":%d`, i)
			h.add(rec, rec.person(nil), fmt.Append(nil, round, i), exported)
			if len(h.people) > 10 {
				t.Fatalf("%d people are held", len(h.people))
			}
		}
	}
	h.flush()
	people := map[string]bool{}
	for _, e := range out.events {
		people[e.UserID] = true
	}
	if len(people) != 25 || len(h.people) != 0 {
		t.Errorf("%d people told, %d still held", len(people), len(h.people))
	}
}
