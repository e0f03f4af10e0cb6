package query_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

// faultsOf parses and validates a definition and returns each fault as its key and pointer.
func faultsOf(t *testing.T, definition string) []string {
	t.Helper()
	c, err := query.Parse([]byte(definition))
	if err == nil {
		err = query.Validate(c, querytest.NewCatalogue("ja"))
	}
	if err == nil {
		return nil
	}
	var faults query.Faults
	if !errors.As(err, &faults) || hitori.ErrorCode(err) != hitori.Invalid {
		t.Fatalf("%s: %v", definition, err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Key+" "+f.Field)
	}
	return got
}

func TestFaults(t *testing.T) {
	event := func(rest string) string { return `{"type":"event","event":"Product Viewed",` + rest + `}` }
	trait := func(name, is string) string { return `{"type":"trait","name":"` + name + `","is":` + is + `}` }
	order := func(rest string) string { return `{"type":"order","state":"kept",` + rest + `}` }
	steps := func(steps string) string { return `{"type":"sequence","steps":[` + steps + `]}` }
	once := `"measure":"count","is":{"op":"at_least","number":1}`
	for _, test := range []struct {
		name, where string
		want        []string
	}{
		// What the form refuses.
		{"no type", `{"name":"prefecture"}`, []string{"query_missing /where/type"}},
		{"an unknown type", `{"type":"guess"}`, []string{"query_choice /where/type"}},
		{"unknown members", `{"type":"list","id":"vip_event","x":1,"a/b":2}`, []string{"query_member_unknown /where/a~1b", "query_member_unknown /where/x"}},
		{"a member of another test", trait("child_count", `{"op":"at_least","number":1,"max":2}`), []string{"query_member_unknown /where/is/max"}},
		{"a missing member", trait("child_count", `{"op":"at_least"}`), []string{"query_missing /where/is/number"}},
		{"null is no value", trait("child_count", `{"op":"at_least","number":null}`), []string{"query_type /where/is/number"}},
		{"a text for a number", trait("child_count", `{"op":"at_least","number":"1"}`), []string{"query_type /where/is/number"}},
		{"a number for a text", `{"type":"list","id":1}`, []string{"query_type /where/id"}},
		{"a part of a day", trait("birthday", `{"op":"in_last","n":1.5,"unit":"day"}`), []string{"query_type /where/is/n"}},
		{"a day that does not exist", trait("birthday", `{"op":"since","from":"2026-02-29"}`), []string{"query_date /where/is/from"}},
		{"an unknown unit", trait("birthday", `{"op":"in_last","n":1,"unit":"moon"}`), []string{"query_choice /where/is/unit"}},
		{
			"several at once", `{"type":"all","of":[{"type":"list"},{"type":"trait","name":"","is":{"op":"x"}},7]}`,
			[]string{"query_missing /where/of/0/id", "query_empty /where/of/1/name", "query_choice /where/of/1/is/op", "query_type /where/of/2"},
		},
		// What refers to nothing.
		{
			"unknown names", `{"type":"any","of":[` + trait("x", `{"op":"known"}`) + `,{"type":"segment","id":"x","state":"in"},{"type":"list","id":"x"},{"type":"identifier","kind":"x"},{"type":"consent","channel":"x","purpose":"y","state":"granted"},` +
				`{"type":"feature","name":"x","is":{"op":"known"}},{"type":"answer","survey":"x","is":{"op":"known"}},{"type":"answer","survey":"exit","question":"x","is":{"op":"known"}},{"type":"level","one_of":["x"]}]}`,
			[]string{
				"query_reference_unknown /where/of/0/name", "query_reference_unknown /where/of/1/id", "query_reference_unknown /where/of/2/id", "query_reference_unknown /where/of/3/kind",
				"query_reference_unknown /where/of/4/channel", "query_reference_unknown /where/of/4/purpose", "query_reference_unknown /where/of/5/name",
				"query_reference_unknown /where/of/6/survey", "query_reference_unknown /where/of/7/question", "query_choice /where/of/8/one_of/0",
			},
		},
		{"an unknown event", `{"type":"event","event":"x",` + once + `}`, []string{"query_reference_unknown /where/event"}},
		{"an unknown call", `{"type":"event","call":"screen",` + once + `}`, []string{"query_reference_unknown /where/call"}},
		{"two selections", `{"type":"event","event":"Product Viewed","kind":"web",` + once + `}`, []string{"query_events /where"}},
		{"no selection", `{"type":"event",` + once + `}`, []string{"query_events /where"}},
		{"an unknown property", event(`"where":{"type":"not","of":{"type":"property","name":"properties.x","is":{"op":"known"}}},` + once), []string{"query_reference_unknown /where/where/of/name"}},
		{"an unknown field of orders", order(`"where":{"type":"property","name":"colour","is":{"op":"known"}},` + once), []string{"query_reference_unknown /where/where/name"}},
		// What stands in the wrong place.
		{"a property outside", `{"type":"property","name":"properties.price","is":{"op":"known"}}`, []string{"query_place /where/type"}},
		{"a customer's leaf inside", event(`"where":{"type":"list","id":"vip_event"},` + once), []string{"query_place /where/where/type"}},
		{"an empty group", `{"type":"all","of":[]}`, []string{"query_group_empty /where/of"}},
		// What does not fit.
		{"a test of another type", trait("prefecture", `{"op":"at_least","number":1}`), []string{"query_op /where/is/op"}},
		{"hours of a date", trait("birthday", `{"op":"in_last","n":1,"unit":"hour"}`), []string{"query_unit /where/is/unit"}},
		{"half a child", trait("child_count", `{"op":"at_least","number":0.5}`), []string{"query_type /where/is/number"}},
		{"half an event", event(`"measure":"count","is":{"op":"at_least","number":1.5}`), []string{"query_type /where/is/number"}},
		{"a count everybody has", event(`"measure":"count","is":{"op":"at_least","number":0}`), []string{"query_number_range /where/is/number"}},
		{"another way to say never", event(`"measure":"count","is":{"op":"at_most","number":0}`), []string{"query_number_range /where/is/number"}},
		{"more than", event(`"measure":"count","is":{"op":"more_than","number":1}`), []string{"query_op /where/is/op"}},
		{"the sum of texts", event(`"measure":"sum","property":"properties.category","is":{"op":"at_least","number":1}`), []string{"query_measure_property /where/property"}},
		{"kinds of numbers", event(`"measure":"distinct_count","property":"properties.price","is":{"op":"at_least","number":1}`), []string{"query_measure_property /where/property"}},
		{"the first of a list", `{"type":"event","event":"Order Completed","measure":"first_value","property":"properties.products[].price","is":{"op":"at_least","number":1}}`, []string{"query_measure_list /where/property"}},
		{"a sum of nothing", event(`"measure":"sum","is":{"op":"at_least","number":1}`), []string{"query_property_missing /where/property"}},
		{"a count of something", event(`"property":"properties.price",` + once), []string{"query_property_needless /where/property"}},
		{"a time as a number", event(`"measure":"last_time","is":{"op":"at_least","number":1}`), []string{"query_op /where/is/op"}},
		{"a past to come", event(`"measure":"last_time","is":{"op":"in_next","n":1,"unit":"day"}`), []string{"query_op /where/is/op"}},
		{"revenue in no currency", order(`"measure":"revenue","is":{"op":"at_least","number":1}`), []string{"query_currency /where/currency"}},
		{"a count in yen", order(`"currency":"JPY",` + once), []string{"query_currency /where/currency"}},
		{"half a yen", order(`"currency":"JPY","measure":"revenue","is":{"op":"at_least","number":0.5}`), []string{"query_decimals /where/is"}},
		{"an answer of another type", `{"type":"answer","survey":"nps","is":{"op":"contains","values":["x"]}}`, []string{"query_op /where/is/op"}},
		// What cannot be met, or always is.
		{"an impossible range", trait("height_cm", `{"op":"between","min":2,"max":1}`), []string{"query_bounds_order /where/is"}},
		{"an impossible period", trait("birthday", `{"op":"between_dates","from":"2026-02-02","to":"2026-02-01"}`), []string{"query_dates_order /where/is"}},
		{"a date nobody means", trait("birthday", `{"op":"since","from":"0206-02-01"}`), []string{"query_date /where/is/from"}},
		{"impossible days", event(`"window":{"op":"days_ago","min":14,"max":7},` + once), []string{"query_number_range /where/window/max"}},
		{"no days", event(`"window":{"op":"in_last","n":0,"unit":"day"},` + once), []string{"query_number_range /where/window/n"}},
		{"too many days", event(`"window":{"op":"in_last","n":40000,"unit":"day"},` + once), []string{"query_number_range /where/window/n"}},
		{"a window to come", event(`"window":{"op":"in_next","n":1,"unit":"day"},` + once), []string{"query_window /where/window/op"}},
		{"the period before the last", event(`"window":{"op":"in_period","n":2,"unit":"month"},` + once), []string{"query_number_range /where/window/n"}},
		{"an hour is no period", event(`"window":{"op":"in_period","n":1,"unit":"hour"},` + once), []string{"query_unit /where/window/unit"}},
		{"within a month", event(`"relative":{"side":"after","which":"last","anchor":{"event":"Product Added"},"within":{"n":1,"unit":"month"}},` + once), []string{"query_unit /where/relative/within/unit"}},
		{"an unknown anchor", event(`"relative":{"side":"after","which":"last","anchor":{"event":"x"}},` + once), []string{"query_reference_unknown /where/relative/anchor/event"}},
		{"any age", trait("birthday", `{"op":"age","min":0}`), []string{"query_always /where/is"}},
		{"an impossible age", trait("birthday", `{"op":"age","min":40,"max":30}`), []string{"query_number_range /where/is/max"}},
		{"a return in a year", trait("birthday", `{"op":"anniversary","n":365}`), []string{"query_number_range /where/is/n"}},
		{"no values", trait("prefecture", `{"op":"one_of","values":[]}`), []string{"query_values /where/is/values"}},
		{"an empty value", trait("prefecture", `{"op":"contains","values":["a",""]}`), []string{"query_empty /where/is/values/1"}},
		{"a value twice", trait("prefecture", `{"op":"one_of","values":["a","b","a"]}`), []string{"query_value_twice /where/is/values/2"}},
		{"a long value", trait("prefecture", `{"op":"one_of","values":["`+strings.Repeat("a", 501)+`"]}`), []string{"query_text /where/is/values/0"}},
		{"a step that is none", steps(`7,null,{"event":"Product Viewed"},{"event":"Order Completed"}`), []string{"query_type /where/steps/0", "query_type /where/steps/1"}},
		{"a step alone", steps(`{"event":"Product Viewed"}`), []string{"query_steps /where/steps"}},
		{"a limit of the first step", steps(`{"event":"Product Viewed","within":{"n":1,"unit":"day"}},{"event":"Order Completed"}`), []string{"query_within_first /where/steps/0/within"}},
		{"an absent step in the midst", steps(`{"event":"Product Viewed"},{"event":"Product Added","absent":true},{"event":"Order Completed"}`), []string{"query_absent_place /where/steps/1/absent"}},
		{"in a segment since", `{"type":"segment","id":"loyal","state":"in","window":{"op":"since","from":"2026-01-01"}}`, []string{"query_segment_window /where/window"}},
		{"entered at any time", `{"type":"segment","id":"loyal","state":"entered"}`, []string{"query_segment_window /where/window"}},
		{"too deep", strings.Repeat(`{"type":"not","of":`, 10) + `{"type":"list","id":"vip_event"}` + strings.Repeat(`}`, 10), []string{"query_too_deep /where" + strings.Repeat("/of", 10)}},
		{"too many", `{"type":"any","of":[` + strings.Repeat(`{"type":"list","id":"vip_event"},`, 500) + `{"type":"list","id":"vip_event"}]}`, []string{"query_too_many /where"}},
	} {
		if got := faultsOf(t, `{"version":1,"where":`+test.where+`}`); !slices.Equal(got, test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
	}
}

func TestFaultsOfDocuments(t *testing.T) {
	for _, test := range []struct{ definition, want string }{
		{`[]`, "[query_type ]"},
		{`{"where":{"type":"list","id":"vip_event"}}`, "[query_missing /version]"},
		{`{"version":2,"where":{"who":"knows"}}`, "[query_version /version]"},
		{`{"version":1}`, "[query_missing /where]"},
		{`{"version":1,"where":{"type":"list","id":"vip_event"},"name":"x"}`, "[query_member_unknown /name]"},
		{`{"version":1,"where":{"type":"list","id":"vip_event","id":"vip_event"}}`, "[json_malformed ]"},
		{"{\"version\":1,\n \"where\":}", "[json_malformed ]"},
		{`{"version":1,"where":{}} x`, "[json_malformed ]"},
		{"{\"version\":1,\"where\":{\"type\":\"list\",\"id\":\"\xff\"}}", "[json_malformed ]"},
		{strings.Repeat("[", 20_000), "[json_malformed ]"},
		{strings.Repeat(" ", query.MaxBytes+1), "[query_too_long ]"},
	} {
		if got := fmt.Sprint(faultsOf(t, test.definition)); got != test.want {
			t.Errorf("%.60s: %s, want %s", test.definition, got, test.want)
		}
	}
	_, err := query.Parse([]byte("{\"version\":1,\n \"あ\":}"))
	var fault *hitori.Error
	if !errors.As(err, &fault) || fault.Args["line"] != "2" || fault.Args["column"] != "6" {
		t.Errorf("the place of a fault of JSON: %v", err)
	}
}

// A condition made in Go may lack what the form would ask for.
func TestFaultsOfConditionsMadeInGo(t *testing.T) {
	var deep query.Condition = &query.List{ID: "vip_event"}
	for range query.MaxDepth {
		deep = &query.Not{Of: deep}
	}
	for _, c := range []query.Condition{
		nil, deep, &query.All{}, &query.Not{}, &query.All{Of: []query.Condition{nil}}, &query.Trait{Name: "prefecture"},
		&query.Consent{Channel: "email", Purpose: "marketing"}, &query.Event{Events: query.Events{Name: "Product Viewed"}},
		&query.Sequence{}, &query.Order{}, &query.Answer{Survey: "nps"}, &query.Segment{ID: "loyal"}, &query.Level{},
		&query.Trait{Name: "prefecture", Is: query.Test{Op: query.OneOf, Values: []string{"\xff"}}},
	} {
		if err := query.Validate(c, querytest.NewCatalogue("ja")); hitori.ErrorCode(err) != hitori.Invalid {
			t.Errorf("%s: %v", query.Encode(c), err)
		}
	}
}

func TestManyFaultsAreCutOff(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"type":"list"},`, 200), ",")
	if got := faultsOf(t, `{"version":1,"where":{"type":"any","of":[`+many+`]}}`); len(got) != query.MaxFaults {
		t.Errorf("%d faults", len(got))
	}
}

// Whatever comes in, it is refused or it can be written, read again, checked and told.
func FuzzParse(f *testing.F) {
	for _, line := range lines(f, "testdata/conditions.jsonl") {
		f.Add([]byte(`{"version":1,"where":` + line + `}`))
	}
	catalogue := querytest.NewCatalogue("ja")
	said := texts(f, locale.Japanese)
	g := querytest.NewGenerator(7)
	customer := g.Customer(30)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := query.Parse(data)
		if err != nil {
			if hitori.ErrorCode(err) != hitori.Invalid {
				t.Fatal(err)
			}
			return
		}
		encoded := query.Encode(c)
		again, err := query.Parse(encoded)
		if err != nil {
			t.Fatalf("%s\n%v", encoded, err)
		}
		if twice := query.Encode(again); !bytes.Equal(encoded, twice) {
			t.Fatalf("%s\n%s", encoded, twice)
		}
		query.DependsOn(c)
		if query.Validate(c, catalogue) != nil {
			return
		}
		query.DriftOf(c)
		if query.Sentence(c, catalogue, said) == "" {
			t.Fatalf("%s says nothing", encoded)
		}
		query.Evaluate(c, customer, querytest.Now, querytest.Location)
	})
}
