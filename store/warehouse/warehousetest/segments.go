package warehousetest

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

var segmentTests = map[string]func(*testing.T, Warehouse){
	"Crossings":   segmentCrossings,
	"Told":        segmentTold,
	"Lists":       segmentLists,
	"Members":     segmentMembers,
	"Contrast":    segmentContrast,
	"ContrastOwn": segmentContrastOwn,
	"Vocabulary":  segmentVocabulary,
}

var (
	segmentNow   = time.Date(2026, 3, 20, 15, 0, 0, 0, tokyo)
	segmentClock = query.Clock{Now: segmentNow, Location: tokyo}
)

func club(n int) hitori.CustomerID { return hitori.CustomerID(n) << 20 }

// clubbers are people 1 to n: every second one of 千葉県, every third a visitor, with an age; what happened to them
// is told by events.
func clubbers(t *testing.T, w Warehouse, n int, events []hitori.Stamped, aliases ...unify.Alias) plan.Reader {
	t.Helper()
	for i := range events {
		e := &events[i]
		e.Position, e.ReceivedAt = hitori.NewPosition(uint64(1000+i), 0, 0), e.Time
		e.ID = hitori.NewEventID(hitori.SystemSource, fmt.Sprint(i))
		e.Type, e.Source, e.Kind = hitori.Track, hitori.SystemSource, hitori.KindOf(hitori.Track, e.Name)
	}
	merged := make(map[hitori.CustomerID]bool)
	for _, a := range aliases {
		merged[a.Customer] = true
	}
	appendBatch(t, w, unify.Batch{Token: "club", Events: events, Aliases: aliases})
	people := func(yield func(understand.Person, error) bool) {
		for i := 1; i <= n; i++ {
			p := understand.Person{ID: club(i), Profiles: []hitori.CustomerID{club(i)}, FirstSeen: segmentNow, Level: unify.Member, Facts: []understand.Fact{
				{About: understand.AboutTrait, Name: "age", Kind: hitori.JSONNumber, Number: float64(20 + i)},
				{About: understand.AboutTrait, Name: "prefecture", Kind: hitori.JSONString, Text: "東京都"},
				{About: understand.AboutConsent, Name: understand.ConsentName("email", "marketing"), Kind: hitori.JSONString, Text: "granted"},
			}}
			if i%2 == 0 {
				p.Facts[1].Text = "千葉県"
			}
			if i%3 == 0 {
				p.Level = unify.Visitor
			}
			if !merged[p.ID] && !yield(p, nil) {
				return
			}
		}
	}
	derive(t, w, understand.Derivation{
		People: iter.Seq2[understand.Person, error](people), Everybody: true, Form: form, Currency: hitori.JPY, Now: segmentNow, Location: tokyo,
	})
	return plan.Reader{Engine: w, Currency: hitori.JPY}
}

func happened(name string, person int, daysAgo int, properties string) hitori.Stamped {
	return hitori.Stamped{Customer: club(person), Event: hitori.Event{Name: name, Time: segmentNow.AddDate(0, 0, -daysAgo), Properties: hitori.JSON(properties)}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func older(than float64) query.Condition {
	return &query.Trait{Name: "age", Is: query.Test{Op: query.MoreThan, Number: than}}
}

// segmentCrossings follows a segment through its first computation, people who come and go, one who is gone, another
// rule, and its end.
func segmentCrossings(t *testing.T, w Warehouse) {
	r := clubbers(t, w, 10, nil)
	cross := func(segment string, c query.Condition) (in, out []int) {
		t.Helper()
		crossings, err := r.Crossings(within(t), []understand.Rule{{Segment: segment, Condition: c}}, segmentClock)
		must(t, err)
		for _, c := range crossings[0] {
			if n := int(c.Customer >> 20); c.In {
				in = append(in, n)
			} else {
				out = append(out, n)
			}
		}
		return in, out
	}
	filled, err := w.Filled(within(t), "s'1")
	must(t, err)
	in, out := cross("s'1", older(27))
	equal(t, "filled before", filled, "")
	equal(t, "who comes in first", in, []int{8, 9, 10})
	equal(t, "who leaves first", out, []int(nil))

	entered := segmentNow.Add(-time.Hour).UTC()
	left := segmentNow.Add(-time.Minute).UTC()
	put := func(segment, definition string, whole bool, members ...understand.Member) {
		t.Helper()
		must(t, w.PutMembers(within(t), segment, definition, members, whole))
	}
	put("s'1", "older", true, understand.Member{Customer: club(8), In: true}, understand.Member{Customer: club(9), In: true, Passage: understand.Passage{Entered: entered}},
		understand.Member{Customer: club(10), In: true}, understand.Member{Customer: club(99), In: true})
	put("other", "x", true, understand.Member{Customer: club(1), In: true})
	in, out = cross("s'1", older(27))
	equal(t, "nobody comes", in, []int(nil))
	equal(t, "who is no person leaves", out, []int{99})

	put("s'1", "older", false, understand.Member{Customer: club(99), Gone: true}, understand.Member{Customer: club(9), Passage: understand.Passage{Entered: entered, Left: left}})
	crossings, err := r.Crossings(within(t), []understand.Rule{{Segment: "other", Condition: older(20)}, {Segment: "s'1", Condition: older(28)}, {Segment: "new", Condition: older(29)}}, segmentClock)
	must(t, err)
	equal(t, "crossings with what was before", crossings[1:], [][]understand.Crossing{
		{{Customer: club(8)}, {Customer: club(9), In: true, Before: understand.Passage{Entered: entered, Left: left}}},
		{{Customer: club(10), In: true}},
	})
	equal(t, "crossings of another segment", []int{len(crossings[0]), int(crossings[0][0].Customer >> 20)}, []int{9, 2})
	sizes, people, err := r.Sizes(within(t), []understand.Group{{ID: "other"}, {ID: "vip", List: true}, {ID: "s'1"}})
	must(t, err)
	equal(t, "sizes", append(sizes, people), []int64{1, 0, 2, 10})
	filled, err = w.Filled(within(t), "s'1")
	must(t, err)
	equal(t, "filled", filled, "older")
	size, everybody, err := r.Count(within(t), understand.Group{ID: "s'1"})
	must(t, err)
	equal(t, "counts", []int64{size, everybody}, []int64{2, 10})

	// A whole row of members replaces all that is known of the segment, and of no other.
	put("s'1", "older2", true, understand.Member{Customer: club(3), In: true})
	in, out = cross("s'1", older(29))
	equal(t, "in after a whole", in, []int{10})
	equal(t, "out after a whole", out, []int{3})
	must(t, w.DropMembers(within(t), "s'1"))
	filled, err = w.Filled(within(t), "s'1")
	must(t, err)
	equal(t, "filled after the end", filled, "")
	size, _, err = r.Count(within(t), understand.Group{ID: "s'1"})
	must(t, err)
	equal(t, "size after the end", size, int64(0))
	in, out = cross("other", &query.Trait{Name: "age", Is: query.Test{Op: query.Equals, Number: 21}})
	equal(t, "the other segment", [][]int{in, out}, [][]int{nil, nil})
}

// segmentTold reads entries and exits from the log: the latest ones, of one segment, as Hitori told them, and of merged
// profiles together.
func segmentTold(t *testing.T, w Warehouse) {
	entered := func(person, daysAgo int) hitori.Stamped {
		return happened("Segment Entered", person, daysAgo, `{"segment_id":"s1","segment_name":"優良"}`)
	}
	r := clubbers(t, w, 5, []hitori.Stamped{
		entered(1, 9), happened("Segment Left", 1, 7, `{"segment_id":"s1"}`), entered(1, 3), entered(2, 5), entered(3, 2),
		happened("Segment Entered", 4, 1, `{"segment_id":"s2"}`), happened("Segment Entered", 5, 1, ``),
	}, unify.Alias{Customer: club(3), Root: club(2), Version: 1})
	told, err := r.Told(within(t), "s1")
	must(t, err)
	day := func(daysAgo int) time.Time { return segmentNow.AddDate(0, 0, -daysAgo).UTC() }
	equal(t, "told", told, map[hitori.CustomerID]understand.Passage{club(1): {Entered: day(3), Left: day(7)}, club(2): {Entered: day(2)}})
}

// segmentLists derives who is on a list from who joined and left.
func segmentLists(t *testing.T, w Warehouse) {
	list := func(name string, person, daysAgo int) hitori.Stamped {
		return happened(name, person, daysAgo, `{"list_id":"vip","list_name":"VIP"}`)
	}
	r := clubbers(t, w, 6, []hitori.Stamped{
		list("List Joined", 1, 9), list("List Joined", 2, 9), list("List Left", 2, 5), list("List Joined", 3, 9), list("List Left", 3, 5), list("List Joined", 3, 1),
		list("List Joined", 4, 3), list("List Left", 5, 1), happened("List Joined", 6, 3, `{"list_id":"other"}`), happened("List Joined", 6, 3, `{}`),
	}, unify.Alias{Customer: club(5), Root: club(4), Version: 1})
	people, err := r.People(within(t), &query.List{ID: "vip"}, segmentClock, 0, 10)
	must(t, err)
	equal(t, "on the list", people, []hitori.CustomerID{club(1), club(3)}) // the person 4 left by the name of 5
	groups, err := r.Groups(within(t), club(6))
	must(t, err)
	equal(t, "groups", groups, []understand.Belonging{{Group: understand.Group{ID: "other", List: true}, In: true}})
	size, _, err := r.Count(within(t), understand.Group{ID: "vip", List: true})
	must(t, err)
	equal(t, "size", size, int64(2))
}

// segmentMembers lists members by what they spent, a person's groups, and how groups overlap.
func segmentMembers(t *testing.T, w Warehouse) {
	var events []hitori.Stamped
	for n := 1; n <= 6; n++ {
		e := happened("Order Completed", n, 1, fmt.Sprintf(`{"order_id":"O%d"}`, n))
		e.OrderID, e.Amount, e.Currency = fmt.Sprint("O", n), int64(1000*(n%3)), hitori.JPY
		events = append(events, e)
	}
	events = append(events, happened("List Joined", 2, 1, `{"list_id":"l"}`), happened("List Joined", 7, 1, `{"list_id":"l"}`))
	r := clubbers(t, w, 8, events)
	for segment, people := range map[string][]int{"a": {1, 2, 3, 4, 8}, "b": {2, 3, 99}} {
		var members []understand.Member
		for _, n := range people {
			members = append(members, understand.Member{Customer: club(n), In: true})
		}
		members = append(members, understand.Member{Customer: club(6), Passage: understand.Passage{Left: segmentNow.UTC()}})
		must(t, w.PutMembers(within(t), segment, "x", members, true))
	}
	var read []int
	var after *understand.MembersPlace
	for {
		page, err := r.Members(within(t), understand.Group{ID: "a"}, after, 2)
		must(t, err)
		for _, p := range page {
			read = append(read, int(p.Customer>>20)*10000+int(p.Value))
		}
		if len(page) < 2 {
			break
		}
		after = &page[1]
	}
	equal(t, "members by spend", read, []int{22000, 11000, 41000, 30000, 80000})
	groups, err := r.Groups(within(t), club(6))
	must(t, err)
	equal(t, "who left", groups, []understand.Belonging{
		{Group: understand.Group{ID: "a"}, Passage: understand.Passage{Left: segmentNow.UTC()}}, {Group: understand.Group{ID: "b"}, Passage: understand.Passage{Left: segmentNow.UTC()}},
	})
	overlap, err := r.Overlap(within(t), []understand.Group{{ID: "a"}, {ID: "b"}, {ID: "l", List: true}})
	must(t, err)
	equal(t, "overlap", overlap, map[uint64]int64{0b001: 3, 0b011: 1, 0b111: 1, 0b100: 1})
}

// segmentContrast compares members with everybody, and with what a plain count says.
func segmentContrast(t *testing.T, w Warehouse) {
	const n = 120
	r := clubbers(t, w, n, nil)
	var members []understand.Member
	in := func(i int) bool { return i%4 == 0 || i > 100 }
	for i := 1; i <= n; i++ {
		if in(i) {
			members = append(members, understand.Member{Customer: club(i), In: true})
		}
	}
	must(t, w.PutMembers(within(t), "s", "x", members, true))
	c, err := r.Contrast(within(t), understand.Group{ID: "s"}, nil)
	must(t, err)
	equal(t, "size", []int64{c.Size, c.Everybody}, []int64{int64(len(members)), n})

	counts := make(map[string][2]int64)
	var ages [2][]float64
	for i := 1; i <= n; i++ {
		values := []string{"level member", "trait 東京都"}
		if i%2 == 0 {
			values[1] = "trait 千葉県"
		}
		if i%3 == 0 {
			values[0] = "level visitor"
		}
		for _, v := range values {
			count := counts[v]
			if count[1]++; in(i) {
				count[0]++
			}
			counts[v] = count
		}
		if ages[1] = append(ages[1], float64(20+i)); in(i) {
			ages[0] = append(ages[0], float64(20+i))
		}
	}
	got := make(map[string][2]int64)
	for _, v := range c.Values {
		got[v.About+" "+v.Value] = [2]int64{v.In, v.All}
	}
	equal(t, "values", got, counts)
	i := slices.IndexFunc(c.Numbers, func(n understand.ContrastedNumber) bool { return n.Name == "age" })
	if i < 0 {
		t.Fatalf("no age in %v", c.Numbers)
	}
	number := c.Numbers[i]
	equal(t, "ages", []int64{number.In, number.All}, []int64{int64(len(ages[0])), n})
	for what, pair := range map[string][2]float64{
		"mean of members": {number.MeanIn, mean(ages[0])}, "mean of all": {number.MeanAll, mean(ages[1])},
		"variance of members": {number.VarIn, variance(ages[0])}, "variance of all": {number.VarAll, variance(ages[1])},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9*pair[1] {
			t.Errorf("%s: %g, want %g", what, pair[0], pair[1])
		}
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func variance(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(values)-1)
}

// segmentVocabulary tells what consents and questions there are, and the commonest values.
func segmentVocabulary(t *testing.T, w Warehouse) {
	order := happened("Order Completed", 1, 1, `{"channel":"store"}`)
	order.OrderID, order.Currency, order.Lines = "O1", hitori.JPY, []hitori.Line{{ProductID: "P1", Category: "豆", Quantity: 1000}, {ProductID: "P2", Category: "豆", Quantity: 1000}, {ProductID: "P3", Category: "器具", Quantity: 1000}}
	r := clubbers(t, w, 5, []hitori.Stamped{
		order, happened("Survey Answered", 1, 1, `{"survey_id":"nps","score":9}`), happened("Survey Answered", 2, 1, `{"survey_id":"nps","score":null}`),
		happened("Survey Answered", 3, 1, `{"survey_id":"exit","question_id":"why","answer":"高い"}`), happened("Survey Answered", 3, 1, `{}`),
		happened("Survey Answered", 4, 1, `{"survey_id":"exit","question_id":"why","answer":"高い"}`), happened("Survey Answered", 5, 1, `{"survey_id":"exit","question_id":"why","answer":"遅い"}`),
		happened("Survey Answered", 4, 1, `{"survey_id":"exit","question_id":"again","answer":"はい"}`), happened("Survey Answered", 5, 1, `{"survey_id":"exit","question_id":"why","answer":["高い"]}`),
	})
	v, err := r.Vocabulary(within(t))
	must(t, err)
	slices.SortFunc(v.Questions, func(a, b understand.Question) int {
		return cmp.Or(cmp.Compare(a.Survey, b.Survey), cmp.Compare(a.Name, b.Name))
	})
	equal(t, "vocabulary", v, understand.Vocabulary{
		Consents:  [][2]string{{"email", "marketing"}},
		Questions: []understand.Question{{Survey: "exit", Name: "again", Answers: 1}, {Survey: "exit", Name: "why", Answers: 4}, {Survey: "nps", Answers: 2, Scores: 1}},
	})
	common := func(of understand.Texts) map[string]int64 {
		values, err := r.Commonest(within(t), of, 10)
		must(t, err)
		counts := make(map[string]int64)
		for _, v := range values {
			counts[v.Value] = v.People
		}
		return counts
	}
	equal(t, "prefectures", common(understand.Texts{Trait: "prefecture"}), map[string]int64{"東京都": 3, "千葉県": 2})
	equal(t, "categories", common(understand.Texts{Field: "category"}), map[string]int64{"豆": 2, "器具": 1})
	equal(t, "channels", common(understand.Texts{Field: "channel"}), map[string]int64{"store": 1})
	equal(t, "no trait", slices.Sorted(maps.Keys(common(understand.Texts{Trait: "none"}))), []string(nil))
	equal(t, "answers", common(understand.Texts{Survey: "exit"}), map[string]int64{"高い": 2, "遅い": 1, "はい": 1})
	equal(t, "answers to a question", common(understand.Texts{Survey: "exit", Question: "why"}), map[string]int64{"高い": 2, "遅い": 1})
	equal(t, "answers in numbers", common(understand.Texts{Survey: "nps"}), map[string]int64{})
	first, err := r.Commonest(within(t), understand.Texts{Survey: "exit"}, 1)
	must(t, err)
	equal(t, "the commonest answer", first, []understand.ValueCount{{Value: "高い", People: 2}})
}
