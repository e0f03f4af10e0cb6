package hitori_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori"
)

// decode reads a value through the methods of JSON, as encoding/json would.
func decode(j hitori.JSON) any {
	switch j.Type() {
	case hitori.JSONNull:
		return nil
	case hitori.JSONBoolean:
		return j.Text() == "true"
	case hitori.JSONNumber:
		return json.Number(j.Text())
	case hitori.JSONString:
		return j.Text()
	case hitori.JSONArray:
		list := []any{}
		for element := range j.Elements() {
			list = append(list, decode(element))
		}
		return list
	}
	object := map[string]any{}
	for name, value := range j.Members() {
		object[name] = decode(value)
	}
	return object
}

func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":1,"b":[true,null,{"c":"d\"e"}],"":{}}`, ` { "x" : [ ] , "y" : "\u65e5\ud83d\ude00" } `, `[[],[[1]],"]"]`, `"\\"`, `-1.5e+3`,
		`{"a":{"b":{"c":"}"}}}`, `{`, `{"a"`, `[1,`, `{"a":}`, `,`, `{"a" 1}`, `"\`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := decode(hitori.JSON(text)) // must end for any text
		if strings.Contains(text, `\u0000`) || !json.Valid([]byte(text)) {
			return
		}
		var want any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err != nil {
			return
		}
		// encoding/json replaces invalid UTF-8; texts here were made valid when they came.
		if strings.ToValidUTF8(text, "\ufffd") == text && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", text, got, want)
		}
	})
}

func TestMember(t *testing.T) {
	j := hitori.JSON(`{"a": 1 , "b":{"a":2}, "a":"x\u0000y"}`)
	for name, want := range map[string]string{"a": `"x\u0000y"`, "b": `{"a":2}`, "c": ""} {
		if got := j.Member(name); string(got) != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := fmt.Sprint(j.Member("a").Text(), hitori.JSON(" 12 ").Text(), hitori.JSON("[]").Text()); got != "xy12" {
		t.Errorf("texts %q", got)
	}
}
