// Package streamtest is the suite every log engine must pass.
package streamtest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/stream"
	"github.com/hitori-cdp/hitori/unify"
)

// Engine is a log under test.
type Engine struct {
	// Open opens the log; a second call opens the same log anew.
	Open func(t *testing.T) *stream.Log
	// Dirs are the folders the engine writes to.
	Dirs []string
	// Compact makes the engine do now what it does by itself every few minutes, when it has
	// anything of the kind.
	Compact func(t *testing.T)
}

// Run runs the suite; start gives each test an engine of its own.
func Run(t *testing.T, start func(t *testing.T) Engine) {
	tests := map[string]func(*testing.T, Engine){
		"AppendSetsPositions":     appendSetsPositions,
		"KeepsEveryField":         keepsEveryField,
		"OrderWithinDevice":       orderWithinDevice,
		"ReadsOn":                 readsOn,
		"ReadsFromAPlace":         readsFromAPlace,
		"SurvivesReopening":       survivesReopening,
		"LargeAppendIsSplit":      largeAppendIsSplit,
		"ManyWriters":             manyWriters,
		"RedactKeepsTheRest":      redactKeepsTheRest,
		"RedactLeavesNoTrace":     redactLeavesNoTrace,
		"RedactedFramesKeepOrder": redactedFramesKeepOrder,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, start(t)) })
	}
}

var start = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

// event makes a small event of one device.
func event(device string, n int) hitori.Event {
	return hitori.Event{
		MessageID: fmt.Sprintf("%s-%d", device, n), Source: 7, Type: hitori.Track, Name: "Product Viewed",
		Time: start.Add(time.Duration(n) * time.Second), ReceivedAt: start.Add(time.Hour), AnonymousID: device,
		Properties: hitori.JSON(fmt.Sprintf(`{"n":%d}`, n)),
	}
}

func ctx(t *testing.T) context.Context {
	c, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return c
}

func mustAppend(t *testing.T, l *stream.Log, events []hitori.Event) {
	t.Helper()
	if err := l.Append(ctx(t), events); err != nil {
		t.Fatal(err)
	}
}

// everything starts all partitions from their beginning.
func everything(l *stream.Log) map[int]uint64 {
	after := make(map[int]uint64)
	for p := range l.Partitions() {
		after[p] = 0
	}
	return after
}

// read returns the next count events that are not erased.
func read(t *testing.T, l *stream.Log, after map[int]uint64, count int) []hitori.Event {
	t.Helper()
	reader, err := l.Read(ctx(t), after)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	return next(t, reader, count)
}

func next(t *testing.T, reader unify.Reader, count int) []hitori.Event {
	t.Helper()
	var events []hitori.Event
	for len(events) < count {
		frame, err := reader.Next(ctx(t))
		if err != nil {
			t.Fatalf("after %d of %d events: %v", len(events), count, err)
		}
		for _, e := range frame.Events {
			if e.Type != 0 {
				events = append(events, e)
			}
		}
	}
	return events
}

func appendSetsPositions(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	var events []hitori.Event
	for n := range 50 {
		events = append(events, event(fmt.Sprint("device", n%7), n))
	}
	mustAppend(t, l, events)
	byPosition := make(map[hitori.Position]string)
	for _, e := range events {
		if e.Position == 0 {
			t.Fatalf("%s has no position", e.MessageID)
		}
		byPosition[e.Position] = e.MessageID
	}
	if len(byPosition) != len(events) {
		t.Fatalf("%d positions for %d events", len(byPosition), len(events))
	}
	for _, e := range read(t, l, everything(l), len(events)) {
		if byPosition[e.Position] != e.MessageID {
			t.Errorf("at %#v stands %q, appended as %q", e.Position, e.MessageID, byPosition[e.Position])
		}
	}
}

func keepsEveryField(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	want := hitori.Event{
		MessageID: "m-1", Source: 1 << 20, Type: hitori.Identify, Name: "名前",
		Time: start.Add(123 * time.Millisecond), ReceivedAt: start.Add(-time.Hour),
		UserID: "U1", AnonymousID: "a", PreviousID: "p", GroupID: "g",
		Properties: `{"a":[1,2]}`, Traits: `{"name":"髙橋 花子"}`, Context: `{}`, Raw: `[1]`,
		Problems: []hitori.Problem{{Code: hitori.ProblemType, Field: "properties.price", Detail: "string"}, {Code: hitori.ProblemMissing, Field: "x"}},
	}
	want.ID = hitori.NewEventID(want.Source, want.MessageID)
	events := []hitori.Event{want}
	mustAppend(t, l, events)
	want.Position = events[0].Position
	got := read(t, l, everything(l), 1)[0]
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
}

func orderWithinDevice(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	const devices, each = 12, 40
	for n := range each {
		var events []hitori.Event
		for d := range devices {
			events = append(events, event(fmt.Sprint("device", d), n))
		}
		mustAppend(t, l, events)
	}
	seen := make(map[string]int)
	for _, e := range read(t, l, everything(l), devices*each) {
		if want := fmt.Sprintf("%s-%d", e.AnonymousID, seen[e.AnonymousID]); e.MessageID != want {
			t.Fatalf("got %s, want %s", e.MessageID, want)
		}
		seen[e.AnonymousID]++
	}
}

func readsOn(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	reader, err := l.Read(ctx(t), everything(l))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for n := range 5 {
		mustAppend(t, l, []hitori.Event{event("device", n)})
		if got := next(t, reader, 1)[0].MessageID; got != fmt.Sprint("device-", n) {
			t.Fatalf("got %s in round %d", got, n)
		}
	}
}

func readsFromAPlace(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	var events []hitori.Event
	for n := range 10 {
		one := []hitori.Event{event("device", n)}
		mustAppend(t, l, one)
		events = append(events, one...)
	}
	p := events[4].Position
	got := read(t, l, map[int]uint64{p.Partition(): p.Sequence()}, 5)
	if got[0].MessageID != "device-5" || got[4].MessageID != "device-9" {
		t.Errorf("got %s … %s", got[0].MessageID, got[4].MessageID)
	}
	last, err := l.Last(ctx(t))
	if err != nil || last[p.Partition()] != events[9].Position.Sequence() {
		t.Errorf("last = %v, %v; want %d", last, err, events[9].Position.Sequence())
	}
}

func survivesReopening(t *testing.T, e Engine) {
	l := e.Open(t)
	mustAppend(t, l, []hitori.Event{event("device", 1)})
	partitions := l.Partitions()
	l.Close()
	l.Close() // a second time does nothing
	l = e.Open(t)
	defer l.Close()
	if l.Partitions() != partitions {
		t.Errorf("%d partitions, before %d", l.Partitions(), partitions)
	}
	if got := read(t, l, everything(l), 1)[0].MessageID; got != "device-1" {
		t.Errorf("got %s", got)
	}
}

func largeAppendIsSplit(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	events := make([]hitori.Event, 2*hitori.MaxFrameEvents+10)
	for n := range events {
		events[n] = event("device", n)
	}
	big := event("device", -1)
	big.Properties = hitori.JSON(`"` + strings.Repeat("x", 32<<10) + `"`)
	for range 60 {
		events = append(events, big)
	}
	mustAppend(t, l, events)
	got := read(t, l, everything(l), len(events))
	for n := range events {
		if got[n].MessageID != events[n].MessageID || got[n].Position != events[n].Position {
			t.Fatalf("event %d: %s at %#v, want %s at %#v", n, got[n].MessageID, got[n].Position, events[n].MessageID, events[n].Position)
		}
	}
}

func manyWriters(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	const writers, each = 16, 30
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for n := range each {
				if err := l.Append(ctx(t), []hitori.Event{event(fmt.Sprint("device", w), n)}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	seen := make(map[string]bool)
	for _, e := range read(t, l, everything(l), writers*each) {
		if seen[e.MessageID] {
			t.Errorf("%s twice", e.MessageID)
		}
		seen[e.MessageID] = true
	}
}

func redactKeepsTheRest(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	var events []hitori.Event
	for n := range 6 {
		events = append(events, event("device", n))
	}
	mustAppend(t, l, events)
	for _, positions := range [][]hitori.Position{{events[1].Position, events[3].Position}, {events[4].Position}, {events[4].Position}} {
		if err := l.Redact(ctx(t), positions); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, l, everything(l), 3)
	for i, want := range []int{0, 2, 5} {
		if got[i].MessageID != events[want].MessageID || got[i].Position != events[want].Position {
			t.Errorf("got %s at %#v, want %s at %#v", got[i].MessageID, got[i].Position, events[want].MessageID, events[want].Position)
		}
	}
	// Read by their places, in any order, more often than once, and where there is nothing.
	later := event("device", 7)
	mustAppend(t, l, []hitori.Event{later})
	ask := []hitori.Position{hitori.NewPosition(9, 0, 0), events[5].Position, hitori.NewPosition(2, events[0].Position.Partition(), 0), hitori.NewPosition(2, events[0].Position.Partition(), 1)}
	for _, e := range events[:5] {
		ask = append(ask, e.Position, e.Position)
	}
	found, err := l.At(ctx(t), ask)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range found {
		ids = append(ids, e.MessageID)
	}
	if fmt.Sprint(ids) != "[device-0 device-2 device-5 device-7]" || found[2].Position != events[5].Position || found[2].Properties != events[5].Properties {
		t.Errorf("found %v by their places", ids)
	}
}

func redactLeavesNoTrace(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	secret := func(n int) string { return fmt.Sprintf("himitsu-%d-%x", n, uint64(n)*0x9e3779b97f4a7c15) }
	var positions []hitori.Position
	for n := range 40 {
		events := []hitori.Event{event("device", n), event("device", 1000+n)}
		events[0].UserID = secret(n)
		mustAppend(t, l, events)
		positions = append(positions, events[0].Position)
	}
	// In two goes, so that copies of copies are made.
	for _, part := range [][]hitori.Position{positions[:20], positions[10:]} {
		if err := l.Redact(ctx(t), part); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, l, everything(l), 40); len(got) != 40 {
		t.Errorf("%d events left", len(got))
	}
	if e.Compact != nil {
		e.Compact(t)
	}
	l.Close()
	for _, dir := range e.Dirs {
		for n := range 40 {
			searchFiles(t, dir, secret(n))
		}
	}
}

// searchFiles fails the test when a file below dir contains the text. Blocks of the log
// are compressed only once they are full, and these tests fill none.
func searchFiles(t *testing.T, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			t.Errorf("%s still contains %s", path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func redactedFramesKeepOrder(t *testing.T, e Engine) {
	l := e.Open(t)
	defer l.Close()
	const count = 30
	var events []hitori.Event
	for n := range count {
		pair := []hitori.Event{event("device", n), event("device", 1000+n)}
		mustAppend(t, l, pair)
		events = append(events, pair...)
	}
	for _, n := range []int{0, 3, 4, 17, count - 1} { // first, middle and last frame
		if err := l.Redact(ctx(t), []hitori.Position{events[2*n+1].Position}); err != nil {
			t.Fatal(err)
		}
	}
	var last hitori.Position
	for _, e := range read(t, l, everything(l), 2*count-5) {
		if e.Position <= last {
			t.Fatalf("%#v after %#v", e.Position, last)
		}
		last = e.Position
	}
}
