package wire_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/wire"
)

var limits = wire.Limits{EventBytes: 32 << 10, Events: 5000}

func batch(t *testing.T, body string) wire.Request {
	t.Helper()
	request, err := wire.Batch([]byte(body), limits)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestEveryField(t *testing.T) {
	request := batch(t, `{"writeKey":"k","sentAt":"2026-04-01T00:00:05Z","context":{"library":{"name":"x"}},"batch":[
		{"type":"track","event":"Order \u0041","messageId":"m1","userId":"U1","anonymousId":"a1","timestamp":"2026-04-01T00:00:00.123+09:00","properties":{"a":1},"context":{"ip":"1.2.3.4"}},
		{"type":"identify","messageId":"m2","userId":42,"traits":{"name":"佐藤"}},
		{"type":"page","name":"Home","category":"Docs","anonymousId":"a1","properties":{}},
		{"type":"alias","userId":"new","previousId":"old"},
		{"type":"group","userId":"U1","groupId":"G1","timestamp":1775001600},
		{"type":"screen","name":"Cart","userId":"U1","unknown":[{}]}]}`)
	if request.WriteKey != "k" || len(request.Events) != 6 {
		t.Fatalf("key %q, %d events", request.WriteKey, len(request.Events))
	}
	for i, e := range request.Events {
		if len(e.Problems) > 0 {
			t.Errorf("event %d: %v", i, e.Problems)
		}
		if want := time.Date(2026, 4, 1, 0, 0, 5, 0, time.UTC); !e.SentAt.Equal(want) {
			t.Errorf("event %d sent at %v", i, e.SentAt)
		}
	}
	e := request.Events
	if e[0].Name != "Order A" || e[0].UserID != "U1" || e[0].AnonymousID != "a1" || e[0].Properties != `{"a":1}` || e[0].Context != `{"ip":"1.2.3.4"}` ||
		!e[0].Time.Equal(time.Date(2026, 3, 31, 15, 0, 0, 123e6, time.UTC)) {
		t.Errorf("track: %+v", e[0])
	}
	if e[1].UserID != "42" || e[1].Traits != `{"name":"佐藤"}` || e[1].Context != `{"library":{"name":"x"}}` {
		t.Errorf("identify: %+v", e[1])
	}
	if e[2].Name != "Home" || e[2].Properties != `{"category":"Docs"}` {
		t.Errorf("page: %+v", e[2])
	}
	if e[3].PreviousID != "old" || e[4].GroupID != "G1" || e[4].Time.Unix() != 1775001600 || e[5].Type != hitori.Screen {
		t.Errorf("alias, group, screen: %+v", e[3:])
	}
}

func TestProblems(t *testing.T) {
	tests := []struct{ event, want string }{ // code field
		{`{"type":"track","event":"E","userId":{"id":1}}`, "type userId, no_person userId"},
		{`{"type":"track","event":"E","userId":true,"anonymousId":"a"}`, "type userId"},
		{`{"type":"track","event":"E","userId":"U","properties":"x"}`, "type properties"},
		{`{"type":"track","event":"E","userId":"U","properties":[1]}`, "type properties"},
		{`{"type":"track","event":["E"],"userId":"U"}`, "type event, missing event"},
		{`{"type":"track","userId":"U"}`, "missing event"},
		{`{"type":"identify","traits":{}}`, "no_person userId"},
		{`{"type":"identify","traits":{"email":"a@example.com"}}`, ""},
		{`{"type":"track","event":"Product Updated","properties":{"product_id":"P"}}`, ""},
		{`{"type":"track","event":"E","userId":"U","timestamp":"yesterday"}`, "timestamp timestamp"},
		{`{"type":"track","event":"E","userId":"U","timestamp":"0001-01-01T00:00:00Z"}`, "timestamp timestamp"},
		{`{"type":"track","event":"E","userId":"U","timestamp":null,"properties":null}`, ""},
		{`{"type":"hitori","userId":"U"}`, "value type"},
		{`{"type":"system","userId":"U"}`, "value type"},
		{`{"type":7,"userId":"U"}`, "type type"},
		{`{"userId":"U"}`, "missing type"},
		{`{"type":"group","userId":"U"}`, "missing groupId"},
		{`{"type":"alias","userId":"U"}`, "missing previousId"},
		{`"text"`, "type "},
		{`null`, "type "},
		{`{"type":"track","event":"E","userId":"` + strings.Repeat("x", 2000) + `"}`, "too_large userId, no_person userId"},
		{`{"type":"track","event":"E","userId":"U","properties":{"x":"` + strings.Repeat("x", 33<<10) + `"}}`, "too_large "},
	}
	for _, test := range tests {
		request := batch(t, `{"batch":[`+test.event+`,{"type":"track","event":"good","userId":"U"}]}`)
		e := request.Events[0]
		var got []string
		for _, p := range e.Problems {
			got = append(got, p.Code+" "+p.Field)
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%.80s: %q, want %q", test.event, got, test.want)
		}
		if len(e.Problems) > 0 && string(e.Raw) != test.event {
			t.Errorf("%.80s: raw text %.80s", test.event, e.Raw)
		}
		if good := request.Events[1]; good.Name != "good" || len(good.Problems) > 0 {
			t.Errorf("%.80s spoils its neighbour: %+v", test.event, good)
		}
	}
}

func TestMalformed(t *testing.T) {
	tests := []struct{ body, key, line, column string }{
		{``, "json_malformed", "1", "1"},
		{`[]`, "body_not_object", "", ""},
		{`{}`, "batch_missing", "", ""},
		{`{"batch":{}}`, "batch_not_array", "", ""},
		{`{"batch":[]} {}`, "body_trailing", "", ""},
		{`{"batch":[]} x`, "json_malformed", "1", "14"},
		{"{\"batch\":[\n {\"type\":\"日本\",}]}", "json_malformed", "2", "14"},
		{`{"batch":[{"type":"track"`, "json_malformed", "1", "26"},
		{`{"batch":[` + strings.Repeat(`1,`, 5000) + `1]}`, "batch_too_long", "", ""},
	}
	for _, test := range tests {
		_, err := wire.Batch([]byte(test.body), limits)
		var told *hitori.Error
		if !errors.As(err, &told) || told.Key != test.key {
			t.Errorf("%.60q: %v, want %s", test.body, err, test.key)
			continue
		}
		if test.line != "" && (told.Args["line"] != test.line || told.Args["column"] != test.column) {
			t.Errorf("%.60q: line %s column %s, want %s %s", test.body, told.Args["line"], told.Args["column"], test.line, test.column)
		}
	}
}

func TestSingle(t *testing.T) {
	request, err := wire.Single([]byte(`{"event":"E","anonymousId":"a","userId":null,"writeKey":"k","type":"page"}`), hitori.Track, limits)
	if err != nil || request.WriteKey != "k" || len(request.Events) != 1 {
		t.Fatalf("%+v, %v", request, err)
	}
	if e := request.Events[0]; e.Type != hitori.Track || e.Name != "E" || len(e.Problems) > 0 {
		t.Errorf("%+v", e)
	}
}

func TestHostileText(t *testing.T) {
	request := batch(t, "{\"batch\":[{\"type\":\"track\",\"event\":\"a\\u0000b\\ud800c\",\"userId\":\"\xff\xfe\"}]}")
	e := request.Events[0]
	if e.Name != "ab\ufffdc" || e.UserID != "\ufffd" {
		t.Errorf("name %q, user %q", e.Name, e.UserID)
	}
}

// The requests of the real libraries lie beside the project, for whoever has them.
func TestRealRequests(t *testing.T) {
	shared := os.Getenv("HITORI_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(shared, "data", "segment_payloads")
	index, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Skipf("needs the recorded requests in %s: %v", dir, err)
	}
	var requests []struct {
		File, Path, WriteKey string
		Headers              map[string]string
		Events               int
		Types                []string
	}
	if err := json.Unmarshal(index, &requests); err != nil {
		t.Fatal(err)
	}
	single := map[string]hitori.EventType{"/v1/t": hitori.Track, "/v1/i": hitori.Identify, "/v1/p": hitori.Page, "/v1/s": hitori.Screen, "/v1/g": hitori.Group, "/v1/a": hitori.Alias}
	for _, r := range requests {
		body, err := os.ReadFile(filepath.Join(dir, r.File))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(r.File, ".gz") {
			body = unzip(t, body)
		}
		var request wire.Request
		if kind, ok := single[r.Path]; ok {
			request, err = wire.Single(body, kind, limits)
		} else {
			request, err = wire.Batch(body, limits)
		}
		if err != nil {
			t.Errorf("%s: %v", r.File, err)
			continue
		}
		if len(request.Events) != r.Events {
			t.Errorf("%s: %d events, want %d", r.File, len(request.Events), r.Events)
		}
		basic, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Headers["Authorization"], "Basic "))
		if request.WriteKey != "" && request.WriteKey != r.WriteKey || request.WriteKey == "" && string(basic) != r.WriteKey+":" && len(basic) > 0 {
			t.Errorf("%s: write key %q, header %q, want %q", r.File, request.WriteKey, basic, r.WriteKey)
		}
		for i, e := range request.Events {
			if len(e.Problems) > 0 {
				t.Errorf("%s: event %d: %v", r.File, i, e.Problems)
			}
			if i < len(r.Types) && e.Type.String() != r.Types[i] {
				t.Errorf("%s: event %d is %s, want %s", r.File, i, e.Type, r.Types[i])
			}
		}
	}
}

func unzip(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"batch":[{"type":"track","event":"E","userId":"U","timestamp":"2026-01-01","properties":{"a":[1,{"b":null}]}}]}`))
	f.Add([]byte(`{"batch":[[],"x",1.5e300,{"type":"page","category":"c"}],"sentAt":7}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		request, err := wire.Batch(body, limits)
		if err != nil {
			if hitori.ErrorCode(err) == hitori.Internal {
				t.Fatalf("not told to the user: %v", err)
			}
			return
		}
		for _, e := range request.Events {
			for _, text := range []hitori.JSON{e.Properties, e.Traits, e.Context, e.Raw} {
				if text != "" && !json.Valid([]byte(text)) {
					t.Fatalf("stored text is not JSON: %q", text)
				}
			}
		}
	})
}
