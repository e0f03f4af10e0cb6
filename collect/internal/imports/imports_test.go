package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
)

var update = flag.Bool("update", false, "write the golden files")

// exported is when the files of the tests were written.
var exported = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)

// collector is a sink that keeps what it gets.
type collector struct {
	mu     sync.Mutex
	events []hitori.Event
	calls  int
	fail   func(call int) error
}

func (c *collector) Accept(_ context.Context, events []hitori.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	if c.fail != nil {
		if err := c.fail(c.calls); err != nil {
			return err
		}
	}
	c.events = append(c.events, events...)
	return nil
}

func (c *collector) ids() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []string
	for _, e := range c.events {
		ids = append(ids, e.MessageID)
	}
	slices.Sort(ids)
	return ids
}

func bytesSource(b []byte) Source {
	return Source{ReaderAt: bytes.NewReader(b), Size: int64(len(b)), Name: "test.csv"}
}

func options() Options {
	return Options{Source: 7, AsOf: exported}
}

// run imports text with the mapping that inspection proposes.
func importText(t *testing.T, text string, opts Options) (*collector, Report) {
	t.Helper()
	in, err := Inspect(t.Context(), bytesSource([]byte(text)), opts)
	if err != nil {
		t.Fatal(err)
	}
	if in.Problem != nil {
		t.Fatalf("%v\n%+v", in.Problem, in.Mapping)
	}
	return importWith(t, text, in.Mapping, opts)
}

func importWith(t *testing.T, text string, m Mapping, opts Options) (*collector, Report) {
	t.Helper()
	opts.TempDir = t.TempDir()
	sink := &collector{}
	report, err := Run(t.Context(), bytesSource([]byte(text)), m, opts, sink)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(opts.TempDir, "*")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
	return sink, report
}

// show writes an event on one line.
func show(e hitori.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Time.In(tokyo).Format("2006-01-02T15:04:05"), label(&e))
	for _, p := range []struct{ name, text string }{
		{"user", e.UserID}, {"anonymous", e.AnonymousID}, {"context", string(e.Context)}, {"traits", string(e.Traits)}, {"properties", string(e.Properties)},
	} {
		if p.text != "" {
			fmt.Fprintf(&b, " %s=%s", p.name, p.text)
		}
	}
	return b.String()
}

// golden compares text with a file below testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the change\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

func summary(r Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rows %d, rejected %d, people %d, %s to %s\n", r.Rows, r.Rejected, r.People, r.Earliest.In(tokyo).Format(time.DateTime), r.Latest.In(tokyo).Format(time.DateTime))
	for what, list := range map[string][]Count{"rejected": r.Rejects, "warning": r.Warnings} {
		for _, c := range list {
			x := c.Examples[0]
			fmt.Fprintf(&b, "%s: %d × %s, line %d %s %q\n", what, c.Count, c.Key, x.Line, x.Column, x.Value)
		}
	}
	return b.String()
}

// Each preset recognises its export and makes of it what the golden file says; every event is valid
// and bears documented properties.
func TestPresets(t *testing.T) {
	files, err := filepath.Glob("testdata/presets/*.csv")
	if err != nil || len(files) < 16 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, err := Inspect(t.Context(), bytesSource(text), options())
			if err != nil || in.Preset != name || in.Problem != nil {
				t.Fatalf("recognised as %q: %v, %v", in.Preset, err, in.Problem)
			}
			sink, report := importWith(t, string(text), in.Mapping, options())
			var out strings.Builder
			for _, c := range in.Mapping.Columns {
				if c.Field == "" && c.Keep == "" {
					fmt.Fprintf(&out, "left out: %s\n", c.Column)
				}
			}
			out.WriteString(summary(report))
			for _, e := range sink.events {
				check(t, e)
				out.WriteString(show(e) + "\n")
			}
			golden(t, filepath.Join("presets", name+".golden"), out.String())
		})
	}
}

// check holds every event against what the log expects.
func check(t *testing.T, e hitori.Event) {
	t.Helper()
	if e.MessageID == "" || e.ID != hitori.NewEventID(e.Source, e.MessageID) || e.Time.IsZero() || !e.ReceivedAt.IsZero() {
		t.Errorf("ids or times: %+v", e)
	}
	for _, j := range []hitori.JSON{e.Properties, e.Traits, e.Context} {
		if j != "" && !json.Valid([]byte(j)) {
			t.Errorf("not JSON: %s", j)
		}
	}
	if e.Type != hitori.Track {
		return
	}
	spec, ok := hitori.LookupEvent(e.Name)
	if !ok {
		return // the shop's own
	}
	var properties map[string]any
	if err := json.Unmarshal([]byte(e.Properties), &properties); err != nil {
		t.Fatal(err)
	}
	for _, p := range spec.Properties {
		v, ok := properties[p.Name]
		if !ok {
			if p.Required {
				t.Errorf("%s without %s: %s", e.Name, p.Name, e.Properties)
			}
			continue
		}
		switch v.(type) {
		case string:
			ok = p.Type == hitori.TypeString || p.Type == hitori.TypeTime
		case float64:
			ok = p.Type == hitori.TypeNumber || p.Type == hitori.TypeInteger
		case bool:
			ok = p.Type == hitori.TypeBoolean
		case []any:
			ok = p.Type == hitori.TypeArray
		}
		if !ok {
			t.Errorf("%s: %s is %T, wanted %s", e.Name, p.Name, v, p.Type)
		}
	}
}

// Every target is guessed from a file such as shops have, and makes of it what the golden file
// says.
func TestTargets(t *testing.T) {
	files, err := filepath.Glob("testdata/targets/*")
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, err := Inspect(t.Context(), bytesSource(text), options())
			if err != nil {
				t.Fatal(err)
			}
			covered[in.Mapping.Target] = true
			var out strings.Builder
			fmt.Fprintf(&out, "target %s, problem %v\n", in.Mapping.Target, in.Problem)
			for i, c := range in.Mapping.Columns {
				fmt.Fprintf(&out, "%s → %s", c.Column, c.Field+c.Keep)
				if c.Else {
					out.WriteString(" where empty")
				}
				if c.Part > 0 {
					fmt.Fprintf(&out, " %d", c.Part)
				}
				if c.Type != "" {
					fmt.Fprintf(&out, " %s", c.Type)
				}
				if i < len(in.Guesses) {
					g := in.Guesses[i]
					fmt.Fprintf(&out, " (%.2f", g.Confidence)
					for _, r := range g.Reasons {
						fmt.Fprintf(&out, " %s", r.Key)
					}
					out.WriteString(")")
				}
				out.WriteString("\n")
			}
			m := in.Mapping
			if in.Problem != nil { // what no column can tell
				m.Fixed = map[string]map[string]string{"messages": {"channel": "email"}, "surveys": {"survey_id": "2024-05"}}[m.Target]
			}
			sink, report := importWith(t, string(text), m, options())
			out.WriteString(summary(report))
			for _, e := range sink.events {
				check(t, e)
				out.WriteString(show(e) + "\n")
			}
			golden(t, filepath.Join("targets", name+".golden"), out.String())
		})
	}
	for _, target := range Targets() {
		if !covered[target.Name] && !*update {
			t.Errorf("no file for %s", target.Name)
		}
	}
}
