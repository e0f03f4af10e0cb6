package imports

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori"
)

func TestValidate(t *testing.T) {
	columns := strings.Split(strings.TrimSpace(lineHeader), ",")
	change := func(f func(*Mapping)) Mapping {
		m := lineMapping()
		m.Columns = slices.Clone(m.Columns)
		f(&m)
		return m
	}
	tests := []struct {
		name string
		m    Mapping
		key  string
		args string
	}{
		{"good", lineMapping(), "", ""},
		{"unknown target", change(func(m *Mapping) { m.Target = "order" }), "import_target_unknown", "order"},
		{"unknown field", change(func(m *Mapping) { m.Columns[4].Field = "totl" }), "import_field_unknown", "totl"},
		{"field of another target", change(func(m *Mapping) { m.Columns[4].Field = "survey_id" }), "import_field_unknown", "survey_id"},
		{"two columns on one field", change(func(m *Mapping) { m.Columns[5].Field = "total" }), "import_field_twice", "total, status"},
		{"two parts of one number", change(func(m *Mapping) {
			m.Columns[4] = ColumnMapping{Column: "total", Field: "phone", Part: 1}
			m.Columns[5] = ColumnMapping{Column: "status", Field: "phone", Part: 1}
		}), "import_field_twice", "phone"},
		{"parts of one field", change(func(m *Mapping) {
			m.Columns[4] = ColumnMapping{Column: "total", Field: "phone", Part: 1}
			m.Columns[5] = ColumnMapping{Column: "status", Field: "phone", Part: 2}
		}), "", ""},
		{"a column to fall back on", change(func(m *Mapping) {
			m.Columns[4] = ColumnMapping{Column: "total", Field: "user_id", Else: true}
		}), "", ""},
		{"nothing to fall back from", change(func(m *Mapping) {
			m.Columns[4] = ColumnMapping{Column: "total", Field: "phone", Else: true}
		}), "import_mapping_value", "else"},
		{"a part to fall back on", change(func(m *Mapping) {
			m.Columns[4] = ColumnMapping{Column: "total", Field: "user_id", Else: true, Part: 1}
		}), "import_mapping_value", "else"},
		{"required field missing", change(func(m *Mapping) { m.Columns[1].Field = "" }), "import_field_missing", "ordered_at"},
		{"nobody", change(func(m *Mapping) { m.Columns[2].Field, m.Columns[3].Field = "", "" }), "import_person_missing", "orders"},
		{"column not in the file", change(func(m *Mapping) { m.Columns[0].Column = "number" }), "import_column_missing", "number"},
		{"column left out need not be there", change(func(m *Mapping) { m.Columns = append(m.Columns, ColumnMapping{Column: "gone"}) }), "", ""},
		{"no column", change(func(m *Mapping) { m.Columns[0].Column = "" }), "import_column_unnamed", ""},
		{"field and keep", change(func(m *Mapping) { m.Columns[0].Keep = KeepProperty }), "import_mapping_value", "keep"},
		{"unknown keep", change(func(m *Mapping) { m.Columns[9].Keep = "somewhere" }), "import_mapping_value", "somewhere"},
		{"question outside a survey", change(func(m *Mapping) { m.Columns[9].Keep = KeepQuestion }), "import_mapping_value", "question"},
		{"unknown type", change(func(m *Mapping) { m.Columns[9].Type = "money" }), "import_mapping_value", "money"},
		{"unknown format", change(func(m *Mapping) { m.Columns[1].Format = "ymd" }), "import_mapping_value", "ymd"},
		{"two kept under one name", change(func(m *Mapping) {
			m.Columns[9].As = "x"
			m.Columns = append(m.Columns, ColumnMapping{Column: "gift", Keep: KeepProperty, As: "x"})
		}), "import_field_twice", "memo, gift"},
		{"kept under the name of a field", change(func(m *Mapping) { m.Columns[9].As = "total" }), "import_field_twice", "total"},
		{"kept under a name that is made", change(func(m *Mapping) { m.Columns[9].As = "products" }), "import_field_twice", "products"},
		{"fixed value for a column's field", change(func(m *Mapping) { m.Fixed = map[string]string{"total": "1"} }), "import_field_twice", "total"},
		{"fixed value of an unknown field", change(func(m *Mapping) { m.Fixed = map[string]string{"x": "1"} }), "import_field_unknown", "x"},
		{"fixed value of a required field", change(func(m *Mapping) {
			m.Columns[1].Field = ""
			m.Fixed = map[string]string{"ordered_at": "2024-05-01"}
		}), "", ""},
		{"no moment at all", Mapping{Version: 1, Target: "messages", Columns: []ColumnMapping{{Column: "no", Field: "channel"}, {Column: "mail", Field: "email"}}}, "import_field_missing", "time"},
	}
	for _, test := range tests {
		err := test.m.Validate(columns)
		var e *hitori.Error
		switch {
		case test.key == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.key != "" && (!errors.As(err, &e) || e.Key != test.key || !strings.Contains(e.Error(), test.args)):
			t.Errorf("%s: %v, want %s with %s", test.name, err, test.key, test.args)
		}
	}
}

func TestParseMapping(t *testing.T) {
	m := lineMapping()
	m.Columns[1].Values = map[string]string{"昨日": "2024/5/1"}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseMapping(b)
	if err != nil || !reflect.DeepEqual(*back, m) {
		t.Errorf("%+v, %v", back, err)
	}
	for _, bad := range []string{``, `[]`, `{"version":1,"target":"orders","colums":[]}`, `{"version":2,"target":"orders"}`, string(b) + "{}", string(b[:50]), `{"version":1,"target":"orders","columns":[{"column":1}]}`} {
		_, err := ParseMapping([]byte(bad))
		var e *hitori.Error
		if !errors.As(err, &e) || e.Key != "import_mapping_broken" {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A mapping that was kept is found again by the header, whatever the order of its columns, and
// preferred to everything else.
func TestSavedMapping(t *testing.T) {
	saved := lineMapping()
	saved.Name, saved.Fingerprint = "卸の注文", Fingerprint(strings.Split(strings.TrimSpace(lineHeader), ","))
	opts := options()
	opts.Saved = []Mapping{{Version: 1, Target: "orders", Fingerprint: "other"}, saved}
	text := "出力 2024/6/1\n\nＤＡＴＥ,no,user,mail,total,status,sku,price,qty,gift,memo\n2024/5/1,A,u1,,1,,s,1,1,,\n"
	in, err := Inspect(t.Context(), bytesSource([]byte(text)), opts)
	if err != nil || in.HeaderLine != 3 {
		t.Fatal(err, in.HeaderLine)
	}
	// The fingerprint is the same, but the column is called ＤＡＴＥ now and the mapping does not fit.
	if in.Saved != "" {
		t.Errorf("recognised as %q", in.Saved)
	}
	text = strings.Replace(text, "ＤＡＴＥ", "date", 1)
	if in, err = Inspect(t.Context(), bytesSource([]byte(text)), opts); err != nil || in.Saved != "卸の注文" || in.Problem != nil {
		t.Fatalf("recognised as %q: %v, %v", in.Saved, err, in.Problem)
	}
	sink, _ := importWith(t, text, in.Mapping, options())
	if len(sink.events) != 1 || sink.events[0].UserID != "u1" {
		t.Errorf("%v", sink.events)
	}
}

func TestFingerprint(t *testing.T) {
	a := Fingerprint([]string{"注文番号", "お名前（姓）", "Ｅ-mail"})
	if b := Fingerprint([]string{"E-MAIL", "注文番号", "お名前(姓)", "行 (hitori_line)"}); a != b {
		t.Error("width, case, order and the columns of rejects make no other form")
	}
	if b := Fingerprint([]string{"注文番号", "お名前（姓）"}); a == b {
		t.Error("a column less is another form")
	}
}

// The declarations themselves: names that occur once, words that do not shadow one another within a
// target, moments and keys that exist.
func TestTargetTables(t *testing.T) {
	for _, target := range Targets() {
		seen := map[string]bool{}
		for _, f := range target.Fields {
			if seen[f.Name] {
				t.Errorf("%s has %s twice", target.Name, f.Name)
			}
			seen[f.Name] = true
			for _, w := range f.words {
				if normalHeader(w) == "" {
					t.Errorf("%s.%s: %q is nothing", target.Name, f.Name, w)
				}
			}
			for _, e := range f.events {
				if _, ok := hitori.LookupEvent(e); !ok {
					t.Errorf("%s.%s is for %q, which is not in the vocabulary", target.Name, f.Name, e)
				}
			}
		}
		need := func(name string) {
			if name = strings.TrimSuffix(name, "?"); name != "" && name[0] != '@' && !seen[name] {
				t.Errorf("%s has no %s", target.Name, name)
			}
		}
		keys := slices.Clone(target.keys)
		for _, k := range target.keysOf {
			keys = append(keys, k...)
		}
		for _, k := range slices.Concat(keys...) {
			need(k)
		}
		for _, m := range target.moments {
			need(m.time)
			if _, ok := hitori.LookupEvent(m.event); !ok {
				t.Errorf("%s: %q is not in the vocabulary", target.Name, m.event)
			}
		}
		if k := target.kinds; k != nil {
			need(k.field)
			need(k.time)
			for event := range k.words {
				if _, ok := hitori.LookupEvent(event); !ok && event != notPlaced {
					t.Errorf("%s: %q is not in the vocabulary", target.Name, event)
				}
			}
		}
	}
	for _, p := range presets() {
		target, ok := LookupTarget(p.target)
		if !ok {
			t.Errorf("%s: no target %s", p.name, p.target)
			continue
		}
		for _, c := range p.columns {
			if _, ok := target.Field(c.Field); c.Field != "" && !ok {
				t.Errorf("%s: no field %s", p.name, c.Field)
			}
		}
	}
}

func FuzzMapping(f *testing.F) {
	b, _ := json.Marshal(lineMapping())
	f.Add(b, "A,2024/5/1,u1,,300,受付,s1,100,1,x,1\n")
	f.Add([]byte(`{"version":1,"target":"points","columns":[{"column":"no","field":"user_id"},{"column":"date","field":"time","format":"unix"},{"column":"total","field":"points","values":{"x":"-5"}}]}`), "u1,1714536309,,,x\n")
	f.Add([]byte(`{"version":1,"target":"surveys","columns":[{"column":"no","field":"email"},{"column":"date","field":"answered_at"},{"column":"memo","keep":"question"}],"fixed":{"survey_id":"s"}}`), "a@example.jp,2024/5/1,,,,,,,,なぜ\n")
	f.Fuzz(func(t *testing.T, b []byte, rows string) {
		m, err := ParseMapping(b)
		if err != nil {
			if hitori.ErrorCode(err) == hitori.Internal {
				t.Fatalf("%v says nothing", err)
			}
			return
		}
		opts := options()
		opts.HeaderLine = 1
		sink := &collector{}
		report, err := Run(t.Context(), bytesSource([]byte(lineHeader+rows)), *m, opts, sink)
		if err != nil && hitori.ErrorCode(err) == hitori.Internal {
			t.Fatalf("%v says nothing", err)
		}
		if report.Rejected > report.Rows {
			t.Fatalf("%d of %d rows rejected", report.Rejected, report.Rows)
		}
		for _, e := range sink.events {
			for _, j := range []hitori.JSON{e.Properties, e.Traits, e.Context} {
				if j != "" && !json.Valid([]byte(j)) {
					t.Fatalf("not JSON: %s", j)
				}
			}
		}
	})
}
