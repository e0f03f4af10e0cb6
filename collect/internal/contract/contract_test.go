package contract_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/contract"
)

func track(name, properties string) hitori.Event {
	return hitori.Event{Type: hitori.Track, Name: name, Properties: hitori.JSON(properties), ReceivedAt: time.Unix(1000, 0).UTC()}
}

func number(v float64) *float64 { return &v }

var rules = contract.Rules{
	{Type: hitori.Track, Name: "Seat Booked", Path: "properties.seat"}:         {Required: true, Pattern: `^[A-Z]\d+$`},
	{Type: hitori.Track, Name: "Seat Booked", Path: "properties.row"}:          {Type: hitori.TypeInteger, Minimum: number(1), Maximum: number(40)},
	{Type: hitori.Track, Name: "Seat Booked", Path: "properties.class"}:        {Allowed: []string{"S", "A"}},
	{Type: hitori.Track, Name: "Seat Booked", Path: "properties.guests[].age"}: {Type: hitori.TypeNumber, Required: true},
	{Type: hitori.Track, Name: "Seat Booked", Path: "properties.card_number"}:  {Drop: true},
	{Type: hitori.Track, Name: "Seat Booked", Path: "properties.a"}:            {Drop: true},
	{Type: hitori.Track, Name: "Seat Booked", Path: "properties.b"}:            {Drop: true},
	{Type: hitori.Identify, Path: "traits.age"}:                                {Type: hitori.TypeNumber},
	{Type: hitori.Track, Name: "Product Viewed", Path: "properties.price"}:     {Allow: true},
}

func TestCheck(t *testing.T) {
	checker, err := contract.NewChecker(rules)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, properties, want, left string }{
		{"Seat Booked", `{"seat":"A1","row":3,"class":"S"}`, "", ""},
		{"Seat Booked", `{"row":3}`, "missing properties.seat", ""},
		{"Seat Booked", `{"seat":null}`, "missing properties.seat", ""},
		{"Seat Booked", ``, "missing properties.seat", ""},
		{"Seat Booked", `{"seat":"1"}`, "value properties.seat=1", ""},
		{"Seat Booked", `{"seat":"A1","row":"7"}`, "", ""},
		{"Seat Booked", `{"seat":"A1","row":1.5}`, "type properties.row=1.5", ""},
		{"Seat Booked", `{"seat":"A1","row":41}`, "value properties.row=41", ""},
		{"Seat Booked", `{"seat":"A1","row":[1]}`, "type properties.row=array", ""},
		{"Seat Booked", `{"seat":"A1","class":"Z"}`, "value properties.class=Z", ""},
		{"Seat Booked", `{"seat":"A1","guests":[{"age":1},{"age":"old"},{}]}`, "type properties.guests[].age=old, missing properties.guests[].age", ""},
		{"Seat Booked", `{"seat":"A1","card_number":"4111"}`, "", `{"seat":"A1"}`},
		{"Seat Booked", `{"a":1, "b": [2] ,"seat":"A1","card_number":"4111","row":1}`, "", `{"seat":"A1","row":1}`},
		{"Seat Booked", `{ "a":1 }`, "missing properties.seat", `{ }`},
		{"Product Viewed", `{"price":"free","name":"x"}`, "", ""},
		{"Product Viewed", `{"product_id":{"id":1}}`, "type properties.product_id=object", ""},
		{"Product Viewed", `{"product_id":123,"quantity":"2"}`, "", ""},
		{"Order Completed", `{"order_id":"1","total":"千円"}`, "type properties.total=千円", ""},
		{"Order Completed", `{"order_id":"1","products":"x"}`, "type properties.products=string", ""},
		{"Order Completed", `{"order_id":"1","products":[{"price":true}]}`, "type properties.products[].price=true", ""},
		{"Unknown Event", `{"anything":[1,{"x":2}]}`, "", ""},
	}
	for _, test := range tests {
		e := track(test.name, test.properties)
		var got []string
		for _, p := range checker.Check(&e) {
			text := p.Code + " " + p.Field
			if p.Detail != "" {
				text += "=" + p.Detail
			}
			got = append(got, text)
		}
		want := strings.ReplaceAll(test.want, "products=string", "products=x")
		if strings.Join(got, ", ") != want {
			t.Errorf("%s %s: %q, want %q", test.name, test.properties, got, want)
		}
		left := test.left
		if left == "" {
			left = test.properties
		}
		if strings.ReplaceAll(string(e.Properties), " ", "") != strings.ReplaceAll(left, " ", "") {
			t.Errorf("%s %s: left %s, want %s", test.name, test.properties, e.Properties, left)
		}
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	for _, rule := range []contract.Rule{{Pattern: "("}, {Type: "money"}, {Minimum: number(2), Maximum: number(1)}} {
		if err := rule.Validate(); hitori.ErrorCode(err) != hitori.Invalid {
			t.Errorf("%+v: %v", rule, err)
		}
	}
	for _, path := range []string{"", "price", "properties", "properties.", "other.x", "properties..x"} {
		if contract.ValidatePath(path) == nil {
			t.Errorf("path %q passes", path)
		}
	}
}

func TestSurvey(t *testing.T) {
	events := []hitori.Event{
		track("Seat Booked", `{"seat":"A1","row":3,"guests":[{"age":1},{"age":"x"}],"nested":{"deep":true}}`),
		track("Seat Booked", `{"seat":null,"row":"4"}`),
		{Type: hitori.Identify, Traits: `{"a.b":1,"a":{"b":2}}`, ReceivedAt: time.Unix(2000, 0).UTC()},
	}
	got := make(map[string]hitori.FieldCount)
	for _, count := range contract.Survey(events) {
		got[count.Name+"/"+count.Path] = count
	}
	tests := []struct {
		field                                          string
		events, nulls, numbers, strings, booleans, obj int64
	}{
		{"Seat Booked/", 2, 0, 0, 0, 0, 2},
		{"Seat Booked/properties.seat", 2, 1, 0, 1, 0, 0},
		{"Seat Booked/properties.row", 2, 0, 1, 1, 0, 0},
		{"Seat Booked/properties.guests[].age", 1, 0, 1, 1, 0, 0},
		{"Seat Booked/properties.nested.deep", 1, 0, 0, 0, 1, 0},
		{"/traits.a.b", 2, 0, 2, 0, 0, 0},
	}
	for _, test := range tests {
		c, ok := got[test.field]
		v := c.Values
		if !ok || c.Events != test.events || v[hitori.JSONNull] != test.nulls || v[hitori.JSONNumber] != test.numbers ||
			v[hitori.JSONString] != test.strings || v[hitori.JSONBoolean] != test.booleans || v[hitori.JSONObject] != test.obj {
			t.Errorf("%s: %+v", test.field, c)
		}
	}
}

func FuzzCheck(f *testing.F) {
	checker, err := contract.NewChecker(rules)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"a":1,"b":{"a":2},"seat":"A1","guests":[{"age":1}]}`)
	f.Add(`{"b":[],"a":{}}`)
	f.Fuzz(func(t *testing.T, properties string) {
		if !json.Valid([]byte(properties)) || !strings.HasPrefix(strings.TrimSpace(properties), "{") {
			return
		}
		e := track("Seat Booked", properties)
		checker.Check(&e)
		if !json.Valid([]byte(e.Properties)) {
			t.Fatalf("%s became %s", properties, e.Properties)
		}
		contract.Survey([]hitori.Event{e})
	})
}
