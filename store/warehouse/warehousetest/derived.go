package warehousetest

import (
	"cmp"
	"database/sql"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

var derivedTests = map[string]func(*testing.T, Warehouse){
	"Orders":   derivedOrders,
	"Stepwise": derivedStepwise,
	"Aged":     derivedAged,
	"Touched":  touchedTold,
	"Changed":  changedTouched,
	"Erased":   derivedErased,
	"Awaited":  derivedAwaited,
}

var form = understand.Form{Shape: "test", Day: "today"}

var tokyo = time.FixedZone("JST", 9*3600)

// derivedShop is a shop whose people were merged here and there.
type derivedShop struct {
	now    time.Time
	events []hitori.Stamped
	root   map[hitori.CustomerID]hitori.CustomerID
}

func newDerivedShop(seed uint64, events int) *derivedShop {
	s := &derivedShop{now: time.Date(2026, 3, 20, 15, 0, 0, 0, tokyo), root: make(map[hitori.CustomerID]hitori.CustomerID)}
	random := rand.New(rand.NewPCG(seed, 3))
	s.events = orderEvents(random, events, s.now)
	for i := range s.events {
		e := &s.events[i]
		switch {
		case e.Kind == hitori.KindPurchase:
			for n := range random.IntN(4) {
				e.Lines = append(e.Lines, hitori.Line{
					ProductID: fmt.Sprint("P", random.IntN(6)), Category: []string{"", "豆", "器具"}[random.IntN(3)], Price: int64(100 + n), Quantity: int64(random.IntN(4)) * 1000,
				})
			}
			if i%97 == 0 { // absurd, and no reason to fail
				e.Lines = append(e.Lines, hitori.Line{SKU: "S1", Price: 1 << 53, Quantity: 1 << 50})
			}
			e.Properties = []hitori.JSON{"", `{}`, `{"channel":"web","coupon":"SPRING"}`, `{"channel":"store","discount":120.5}`, `{"channel":7,"status":"支払済み \"A\""}`}[random.IntN(5)]
		case e.Name == "Message Clicked":
			e.Properties = []hitori.JSON{`{"channel":"email"}`, `{"channel":"line"}`}[random.IntN(2)]
		case i%50 == 0:
			e.Type, e.Name, e.Kind = hitori.Page, "トップ", hitori.KindWeb
			e.Context = []hitori.JSON{"", `{"campaign":{"source":"instagram"}}`, `{"campaign":{"source":"line"},"locale":"ja"}`}[random.IntN(3)]
		case i%51 == 0:
			e.Name, e.Kind, e.Properties = "Survey Answered", hitori.KindSurvey, hitori.JSON(fmt.Sprintf(`{"survey_id":"nps","score":%d}`, random.IntN(11)))
		case i%17 == 0:
			e.Name, e.Kind = []string{"List Joined", "List Left"}[random.IntN(2)], hitori.KindSystem
			e.Properties = hitori.JSON(fmt.Sprintf(`{"list_id":"L%d"}`, random.IntN(3)))
		}
	}
	for i := range 12 {
		s.root[hitori.CustomerID(1+i)<<20] = hitori.CustomerID(13+i) << 20
	}
	return s
}

func (s *derivedShop) aliases() []unify.Alias {
	var all []unify.Alias
	for _, from := range slices.Sorted(maps.Keys(s.root)) {
		all = append(all, unify.Alias{Customer: from, Root: s.root[from], Version: 1})
	}
	return all
}

func (s *derivedShop) person(profile hitori.CustomerID) hitori.CustomerID {
	if root, ok := s.root[profile]; ok {
		return root
	}
	return profile
}

// people describes those to whom the given profiles belong, or everybody.
func (s *derivedShop) people(profiles []hitori.CustomerID) iter.Seq2[understand.Person, error] {
	return func(yield func(understand.Person, error) bool) {
		members := make(map[hitori.CustomerID][]hitori.CustomerID)
		for n := range 40 {
			profile := hitori.CustomerID(1+n) << 20
			members[s.person(profile)] = append(members[s.person(profile)], profile)
		}
		wanted := make(map[hitori.CustomerID]bool)
		for _, p := range profiles {
			wanted[s.person(p)] = true
		}
		for _, id := range slices.Sorted(maps.Keys(members)) {
			if profiles != nil && !wanted[id] {
				continue
			}
			p := understand.Person{
				ID: id, Profiles: members[id], Level: unify.Member, FirstSeen: s.now.AddDate(0, 0, -int(id>>20)),
				Facts: []understand.Fact{{About: understand.AboutTrait, Name: "prefecture", Kind: hitori.JSONString, Text: "東京'都"}},
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (s *derivedShop) derivation(profiles []hitori.CustomerID) understand.Derivation {
	return understand.Derivation{
		People: s.people(profiles), Everybody: profiles == nil, Form: form, Costs: map[string]int64{"P1": 40, "P'2": 70},
		Currency: hitori.JPY, Now: s.now, Location: tokyo, Grading: grading(plainBounds),
	}
}

// rows returns all rows of a derived table, each as a text.
func rows(t *testing.T, w Warehouse, table string, columns ...string) []string {
	t.Helper()
	return rowsOf(t, w, func(d plan.Dialect) string { return d.Derived(table) }, columns...)
}

func rowsOf(t *testing.T, w Warehouse, from func(plan.Dialect) string, columns ...string) []string {
	t.Helper()
	build := func(d plan.Dialect) string {
		return "SELECT " + strings.Join(columns, ", ") + " FROM " + from(d) + " AS all_rows"
	}
	var all []string
	err := w.Query(within(t), build, func(r plan.Row) error {
		cells := make([]any, len(columns))
		for i, c := range columns {
			cells[i] = cell(c)
		}
		err := r.Scan(cells...)
		var b strings.Builder
		for i, c := range cells {
			fmt.Fprintf(&b, "%s=%v ", columns[i], reflect.ValueOf(c).Elem())
		}
		all = append(all, b.String())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// cell is where the value of a column goes.
func cell(column string) any {
	for _, f := range understand.Features() {
		if f.Name != column {
			continue
		}
		switch f.Type {
		case query.TypeText:
			return new(sql.Null[string])
		case query.TypeNumber:
			return new(sql.Null[float64])
		}
		return new(sql.Null[int64])
	}
	switch column {
	case "currency", "order_id", "channel", "coupon", "status", "text", "name", "product_id", "category", "list":
		return new(string)
	case "cancelled", "dated":
		return new(bool)
	case "discount":
		return new(sql.Null[float64])
	}
	return new(int64)
}

var orderColumns = []string{
	"person", "order_id", "alone", "number", "placed", "day", "currency", "amount", "refunded", "net", "cancelled", "channel", "coupon", "status", "discount",
}

// allDerived returns the rows of all tables.
func allDerived(t *testing.T, w Warehouse) []string {
	t.Helper()
	features := []string{"person"}
	for _, f := range understand.Features() {
		features = append(features, f.Name)
	}
	return slices.Concat(
		rows(t, w, "people", "person", "level", "first_seen"),
		rows(t, w, "facts", "person", "about", "name", "text"),
		rows(t, w, "orders", orderColumns...),
		rows(t, w, "order_lines", "person", "order_id", "alone", "line", "product_id", "category", "price", "quantity"),
		rows(t, w, "features", features...),
		rows(t, w, "listed", "person", "list"),
		rows(t, w, "costs", "product_id", "cost"),
		rowsOf(t, w, func(d plan.Dialect) string {
			return d.Acts("person, position, time, type, kind, CASE WHEN "+d.Named("Product Viewed")+" THEN 1 ELSE 0 END AS viewed", "time > 0")
		}, "person", "position", "time", "type", "kind", "viewed"),
	)
}

func derive(t *testing.T, w Warehouse, d understand.Derivation) {
	t.Helper()
	if err := w.Derive(within(t), d); err != nil {
		t.Fatal(err)
	}
}

// derivedOrders compares the table of orders with the fold of each person's events.
func derivedOrders(t *testing.T, w Warehouse) {
	shop := newDerivedShop(1, 2000)
	appendBatch(t, w, unify.Batch{Token: "orders", Events: shop.events, Aliases: shop.aliases()})
	derive(t, w, shop.derivation(nil))
	byPerson := make(map[hitori.CustomerID][]hitori.Stamped)
	for _, e := range shop.events {
		byPerson[shop.person(e.Customer)] = append(byPerson[shop.person(e.Customer)], e)
	}
	var want, wantLines []string
	for person, events := range byPerson {
		orders := query.Orders(events, nil)
		slices.SortStableFunc(orders, func(a, b query.PlacedOrder) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID)) })
		number := 0
		for _, o := range orders {
			n := 0
			if !o.Cancelled {
				number++
				n = number
			}
			want = append(want, fmt.Sprintf("person=%d order_id=%s number=%d placed=%d day=%d currency=%s amount=%d refunded=%d net=%d cancelled=%v channel=%s ",
				int64(person), o.ID, n, o.Time.UnixMilli(), (o.Time.UnixMilli()+9*3600_000)/86400_000, o.Currency, o.Amount, o.Refunded, o.Net(), o.Cancelled, text(o.Properties.Member("channel"))))
			for i, l := range o.Lines {
				wantLines = append(wantLines, fmt.Sprintf("person=%d order_id=%s line=%d product_id=%s category=%s price=%d quantity=%d ",
					int64(person), o.ID, i, l.ProductID, l.Category, l.Price, l.Quantity))
			}
		}
	}
	slices.Sort(want)
	slices.Sort(wantLines)
	got := rows(t, w, "orders", "person", "order_id", "number", "placed", "day", "currency", "amount", "refunded", "net", "cancelled", "channel")
	sameTexts(t, got, want)
	sameTexts(t, rows(t, w, "order_lines", "person", "order_id", "line", "product_id", "category", "price", "quantity"), wantLines)
}

func text(j hitori.JSON) string {
	if j.Type() != hitori.JSONString {
		return ""
	}
	return j.Text()
}

func sameTexts(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("row %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// derivedStepwise holds what is derived step by step to what is derived at once.
func derivedStepwise(t *testing.T, w Warehouse) {
	shop := newDerivedShop(2, 1500)
	aliases := shop.aliases()
	for i := range 3 {
		appendBatch(t, w, unify.Batch{Token: fmt.Sprint("step", i), Events: shop.events[i*500 : (i+1)*500], Aliases: aliases[i*4 : (i+1)*4]})
		touched, err := w.Touched(within(t), form)
		if err != nil {
			t.Fatal(err)
		}
		if touched.Everybody != (i == 0) {
			t.Fatalf("step %d: everybody %v", i, touched.Everybody)
		}
		known := *shop
		known.root = make(map[hitori.CustomerID]hitori.CustomerID)
		for _, a := range aliases[:(i+1)*4] {
			known.root[a.Customer] = a.Root
		}
		d := known.derivation(nil)
		if !touched.Everybody {
			d = known.derivation(touched.Profiles)
			for _, p := range touched.Profiles {
				if known.person(p) != p {
					d.Gone = append(d.Gone, p)
				}
			}
		}
		derive(t, w, d)
		if err := w.Untouch(within(t), touched); err != nil {
			t.Fatal(err)
		}
	}
	stepwise := allDerived(t, w)
	derive(t, w, shop.derivation(nil))
	sameTexts(t, stepwise, allDerived(t, w))
}

// derivedAged holds what is derived of what moves on with the day to what is derived anew, after people were computed step by step.
func derivedAged(t *testing.T, w Warehouse) {
	shop := newDerivedShop(6, 1000)
	appendBatch(t, w, unify.Batch{Token: "all", Events: shop.events, Aliases: shop.aliases()})
	derivation := func(profiles []hitori.CustomerID) understand.Derivation {
		d := shop.derivation(profiles)
		d.Grading = grading(understand.Bounds{Recency: []int64{30, 20, 10, 4}, Frequency: []int64{2, 3, 5, 8}, Monetary: []int64{700, 1400, 2800, 5600}})
		return d
	}
	derive(t, w, derivation(nil))
	for range 2 {
		derive(t, w, derivation([]hitori.CustomerID{14 << 20, 2 << 20, 30 << 20}))
	}
	before := allDerived(t, w)
	anew := derivation(nil)
	anew.People = nil
	derive(t, w, anew)
	sameTexts(t, allDerived(t, w), before)
	anew.Now = anew.Now.AddDate(0, 0, 25)
	derive(t, w, anew)
	aged := allDerived(t, w)
	if slices.Equal(aged, before) {
		t.Error("windows stay where they are")
	}
	anew.People = shop.people(nil)
	derive(t, w, anew)
	sameTexts(t, aged, allDerived(t, w))
}

// touchedTold: whoever something came of is touched until that was dealt with, and nobody else.
func touchedTold(t *testing.T, w Warehouse) {
	shop := newDerivedShop(3, 300)
	touched := func(form understand.Form) understand.Touched {
		t.Helper()
		touched, err := w.Touched(within(t), form)
		if err != nil {
			t.Fatal(err)
		}
		return touched
	}
	if !touched(form).Everybody {
		t.Fatal("nothing was derived yet")
	}
	appendBatch(t, w, unify.Batch{Token: "one", Events: shop.events})
	first := touched(form)
	derive(t, w, shop.derivation(nil))
	appendBatch(t, w, unify.Batch{Token: "two", Events: []hitori.Stamped{NewEvent(EventArgs{Number: 5000, Customer: 3 << 20, Name: "Product Viewed", Time: shop.now})},
		Aliases: []unify.Alias{{Customer: 7 << 20, Root: 9 << 20, Version: 1}}})
	if err := w.Untouch(within(t), first); err != nil {
		t.Fatal(err)
	}
	second := touched(form)
	slices.Sort(second.Profiles)
	if want := []hitori.CustomerID{3 << 20, 7 << 20, 9 << 20}; second.Everybody || !slices.Equal(second.Profiles, want) {
		t.Fatalf("got %+v, want %v", second, want)
	}
	if aged := touched(understand.Form{Shape: form.Shape, Day: "tomorrow"}); aged.Everybody || !aged.Aged || second.Aged {
		t.Errorf("on another day: %+v", aged)
	}
	if !touched(understand.Form{Shape: "another", Day: form.Day}).Everybody {
		t.Error("what was derived in another form counts")
	}
	if err := w.Untouch(within(t), second); err != nil {
		t.Fatal(err)
	}
	if third := touched(form); third.Everybody || len(third.Profiles) > 0 {
		t.Fatalf("got %+v", third)
	}
}

// changedTouched: whoever loses events, or gets those of somebody else, is touched.
func changedTouched(t *testing.T, w Warehouse) {
	shop := newDerivedShop(4, 300)
	appendBatch(t, w, unify.Batch{Token: "one", Events: shop.events})
	settled := func() []hitori.CustomerID {
		t.Helper()
		touched, err := w.Touched(within(t), form)
		if err != nil {
			t.Fatal(err)
		}
		if touched.Everybody {
			derive(t, w, shop.derivation(nil))
		}
		if err := w.Untouch(within(t), touched); err != nil {
			t.Fatal(err)
		}
		slices.Sort(touched.Profiles)
		return touched.Profiles
	}
	settled()
	first, second := shop.events[10], shop.events[11]
	if err := w.Drop(within(t), []hitori.Position{first.Position}); err != nil {
		t.Fatal(err)
	}
	if got := settled(); !slices.Equal(got, []hitori.CustomerID{first.Customer}) {
		t.Errorf("a dropped event of %v touched %v", first.Customer, got)
	}
	moved := second
	moved.Customer = (1 + (second.Customer>>20)%40) << 20
	if err := w.Restamp(within(t), unify.Batch{Token: "moved", Events: []hitori.Stamped{moved}}); err != nil {
		t.Fatal(err)
	}
	want := []hitori.CustomerID{second.Customer, moved.Customer}
	slices.Sort(want)
	if got := settled(); !slices.Equal(got, want) {
		t.Errorf("a moved event touched %v, want %v", got, want)
	}
}

// derivedErased: of people who are erased nothing is derived any more, and others lose nothing.
func derivedErased(t *testing.T, w Warehouse) {
	shop := newDerivedShop(5, 600)
	appendBatch(t, w, unify.Batch{Token: "one", Events: shop.events, Aliases: shop.aliases()})
	derive(t, w, shop.derivation(nil))
	gone := []hitori.CustomerID{13 << 20, 1 << 20} // one person
	want := slices.DeleteFunc(allDerived(t, w), func(row string) bool { return strings.HasPrefix(row, fmt.Sprintf("person=%d ", 13<<20)) })
	if err := w.Erase(within(t), gone, nil); err != nil {
		t.Fatal(err)
	}
	sameTexts(t, allDerived(t, w), want)
	if err := w.Truncate(within(t)); err != nil {
		t.Fatal(err)
	}
	if left := allDerived(t, w); len(left) > 0 {
		t.Errorf("%d rows are left of a truncated warehouse, the first %s", len(left), left[0])
	}
}
