package query_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

func measure(t testing.TB, text string) query.Measurable {
	t.Helper()
	m, err := query.ParseMeasure([]byte(`{"version":1,"measure":` + text + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMeasureRoundTrip(t *testing.T) {
	g, catalogue := querytest.NewGenerator(21), querytest.NewCatalogue("ja")
	measures := make(map[query.Measure]int)
	for range 5_000 {
		m := g.Measure()
		encoded := query.EncodeMeasure(m)
		again, err := query.ParseMeasure(encoded)
		if err != nil {
			t.Fatalf("%s\n%v", encoded, err)
		}
		if err := query.ValidateMeasure(again, catalogue); err != nil {
			t.Fatalf("%s\n%v", encoded, err)
		}
		if twice := query.EncodeMeasure(again); string(twice) != string(encoded) {
			t.Fatalf("%s\nbecame\n%s", encoded, twice)
		}
		switch n := m.(type) {
		case *query.Event:
			measures[n.Measure]++
		case *query.Order:
			measures[n.Measure]++
		}
	}
	for _, m := range append(query.EventMeasures(), query.OrderMeasures()...) {
		if measures[m] < 20 {
			t.Errorf("%s came up %d times", m, measures[m])
		}
	}
}

func TestMeasureFaults(t *testing.T) {
	event := func(rest string) string {
		return `{"version":1,"measure":{"type":"event","event":"Product Viewed",` + rest + `}}`
	}
	for _, test := range []struct {
		name, definition string
		want             []string
	}{
		{"nothing", `{"version":1}`, []string{"query_missing /measure"}},
		{"a condition", `{"version":1,"where":{"type":"list","id":"a"}}`, []string{"query_missing /measure", "query_member_unknown /where"}},
		{"no type", `{"version":1,"measure":{}}`, []string{"query_missing /measure/type"}},
		{"what measures nothing", `{"version":1,"measure":{"type":"segment","id":"x"}}`, []string{"query_choice /measure/type", "query_member_unknown /measure/id"}},
		{"a test", event(`"measure":"count","is":{"op":"at_least","number":1}`), []string{"query_member_unknown /measure/is"}},
		{"an unknown property", event(`"measure":"count","where":{"type":"property","name":"properties.x","is":{"op":"known"}}`), []string{"query_reference_unknown /measure/where/name"}},
		{"an unknown event", `{"version":1,"measure":{"type":"event","event":"x","measure":"count"}}`, []string{"query_reference_unknown /measure/event"}},
		{"an impossible window", event(`"measure":"count","window":{"op":"in_last","n":0,"unit":"day"}`), []string{"query_number_range /measure/window/n"}},
		{"the sum of texts", event(`"measure":"sum","property":"properties.category"`), []string{"query_measure_property /measure/property"}},
		{"the last of days", event(`"measure":"last_value","property":"properties.released_on"`), nil},
		{"the last of a list of texts", `{"version":1,"measure":{"type":"event","event":"Order Completed","measure":"last_value","property":"properties.tags"}}`, []string{"query_measure_list /measure/property"}},
		{"the first within a list", `{"version":1,"measure":{"type":"event","event":"Order Completed","measure":"first_value","property":"properties.products[].price"}}`, []string{"query_measure_list /measure/property"}},
		{"a segment inside", event(`"measure":"count","where":{"type":"segment","id":"a","state":"in"}`), []string{"query_place /measure/where/type"}},
		{"no currency", `{"version":1,"measure":{"type":"order","state":"kept","measure":"revenue"}}`, []string{"query_currency /measure/currency"}},
	} {
		m, err := query.ParseMeasure([]byte(test.definition))
		if err == nil {
			err = query.ValidateMeasure(m, querytest.NewCatalogue("ja"))
		}
		var faults query.Faults
		_ = errors.As(err, &faults)
		var got []string
		for _, f := range faults {
			got = append(got, f.Key+" "+f.Field)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// What conditions ask about a feature is what they ask about the value of its measure, and a feature is known exactly where the
// measure gives something.
func TestExpandAsksAboutTheValue(t *testing.T) {
	g := querytest.NewGenerator(22)
	held, known := 0, 0
	for range 4_000 {
		customer, m := g.Customer(30), g.Measure()
		of, _ := query.ResultOf(m, querytest.NewCatalogue("ja"))
		value := valueOf(m, of, customer)
		named := func(name string) (query.Measurable, query.Type) {
			if name == "own.x" {
				return m, of
			}
			return nil, ""
		}
		asks := func(is query.Test) bool {
			c := query.Expand(&query.Not{Of: &query.Any{Of: []query.Condition{&query.Feature{Name: "own.x", Is: is}}}}, named)
			met, _ := query.Evaluate(c, customer, querytest.Now, querytest.Location)
			return !met
		}
		if is := asks(query.Test{Op: query.Known}); is != (value != nil) {
			t.Fatalf("%s gives %v, and is known: %v", query.EncodeMeasure(m), value, is)
		}
		if value == nil {
			continue
		}
		known++
		is := g.TestOf(m)
		number, numeric := value.(float64)
		if !numeric || !is.Op.For(query.TypeNumber) || is.Op == query.Known {
			continue
		}
		if got, want := asks(is), is.Accepts(number); got != want {
			t.Fatalf("%s gives %v; %+v says %v", query.EncodeMeasure(m), value, is, got)
		} else if got {
			held++
		}
	}
	if held < 300 || known < 2000 {
		t.Errorf("%d tests hold, %d values are known: too few to tell", held, known)
	}
}

// valueOf is what a measure gives, as far as it is of the type.
func valueOf(m query.Measurable, of query.Type, customer *querytest.Customer) any {
	dated := of == query.TypeDate || of == query.TypeTime
	switch value := query.Value(m, customer, querytest.Now, querytest.Location).(type) {
	case string:
		if ms, ok := (query.Clock{Now: querytest.Now, Location: querytest.Location}).Instant(value); dated && ok {
			return float64(ms)
		} else if of == query.TypeText {
			return value
		}
	case bool:
		if of == query.TypeBoolean {
			return value
		}
	case float64:
		e, _ := m.(*query.Event)
		told := e != nil && (e.Measure == query.FirstValue || e.Measure == query.LastValue)
		if of != query.TypeText && of != query.TypeBoolean && !(told && dated) {
			return value
		}
	}
	return nil
}

func TestExpandLeavesOthersAlone(t *testing.T) {
	c := parse(t, `{"type":"all","of":[{"type":"feature","name":"spend","is":{"op":"known"}},{"type":"not","of":{"type":"list","id":"vip_event"}}]}`)
	if got := query.Expand(c, func(string) (query.Measurable, query.Type) { return nil, "" }); got != c {
		t.Errorf("%s was made anew", query.Encode(got))
	}
}

func TestMeasureSentences(t *testing.T) {
	ja, en := texts(t, locale.Japanese), texts(t, locale.English)
	for _, test := range []struct{ measure, ja, en string }{
		{
			`{"type":"event","event":"Product Viewed","window":{"op":"in_last","n":30,"unit":"day"},"measure":"count"}`,
			"過去30日以内の「商品の閲覧」の回数", "how often “Product viewed” occurred within the last 30 days",
		},
		{
			`{"type":"order","state":"kept","where":{"type":"property","name":"category","is":{"op":"one_of","values":["豆"]}},"measure":"revenue","currency":"JPY"}`,
			"購入(カテゴリーが「豆」であるもの)の合計金額", "the total amount of orders (where category is “豆”)",
		},
		{`{"type":"order","state":"returned","measure":"count"}`, "返品のあった購入の回数", "the number of orders with returns"},
	} {
		m := measure(t, test.measure)
		if got := query.MeasureSentence(m, querytest.NewCatalogue("ja"), ja); got != test.ja {
			t.Errorf("%s", got)
		}
		if got := query.MeasureSentence(m, querytest.NewCatalogue("en"), en); got != test.en {
			t.Errorf("%s", got)
		}
	}
	g := querytest.NewGenerator(23)
	for range 3_000 {
		m := g.Measure()
		for _, said := range []string{query.MeasureSentence(m, querytest.NewCatalogue("ja"), ja), query.MeasureSentence(m, querytest.NewCatalogue("en"), en)} {
			plain := quotedEnglish.ReplaceAllString(quoted.ReplaceAllString(said, "「」"), "“”")
			if plain == "" || blank.MatchString(plain) || strings.HasPrefix(said, " ") {
				t.Fatalf("%s\n%s", query.EncodeMeasure(m), said)
			}
		}
	}
}

// Amounts finer than the currency can be asked of features; they are not rounded to what others have.
func TestFeatureBoundsAreNotRounded(t *testing.T) {
	m := measure(t, `{"type":"order","state":"kept","measure":"revenue","currency":"JPY"}`)
	customer := &querytest.Customer{Known: "member"}
	customer.Add(hitori.Stamped{
		Event:   hitori.Event{Name: "Order Completed", Time: querytest.Now.Add(-time.Hour), Properties: `{"order_id":"1","total":101}`},
		OrderID: "1", Amount: 101, Currency: hitori.JPY,
	})
	for _, test := range []struct {
		is   query.Test
		want bool
	}{
		{query.Test{Op: query.Equals, Number: 100.5}, false}, {query.Test{Op: query.AtLeast, Number: 100.5}, true},
		{query.Test{Op: query.AtMost, Number: 100.5}, false}, {query.Test{Op: query.Between, Min: 100.5, Max: 101.5}, true},
	} {
		if got, _ := query.Evaluate(m.With(test.is), customer, querytest.Now, time.UTC); got != test.want {
			t.Errorf("%+v: %v", test.is, got)
		}
	}
}
