package query_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

var datePattern, instantPattern = regexp.MustCompile(`\A` + query.DatePattern + `\z`), regexp.MustCompile(`\A` + query.InstantPattern + `\z`)

// What is read as an instant here is what engines are told to read as one.
func TestInstantPatterns(t *testing.T) {
	clock := query.Clock{Location: time.UTC}
	read := func(text string) bool { _, ok := clock.Instant(text); return ok }
	for text, want := range map[string]bool{
		"2026-02-28": true, "2026-02-29": false, "2024-02-29": true, "1900-02-29": false, "2000-02-29": true, "0000-02-29": true,
		"2026-04-31": false, "2026-13-01": false, "2026-1-01": false, "": false, "2026-00-10": false, "2026-01-00": false,
		"2026-03-31T12:00:00Z": true, "2026-03-31T12:00:00.1234567890123+09:00": true, "2026-03-31T24:00:00Z": false,
		"2026-03-31T12:00:60Z": false, "2026-03-31T12:00:00,5Z": false, "2026-03-31T1:00:00Z": false, "2026-03-31T12:00:00.Z": false,
		"2026-03-31T12:00:00": false, "2026-03-31 12:00:00Z": false, "2026-03-31T12:00:00+24:00": false, "2026-03-31T12:00:00-23:59": true,
		"2026-03-31T12:00:00+09:60": false, "2026-03-31T12:00:00z": false, "2026-03-31t12:00:00Z": false, "2026-03-31T12:00:00+0900": false,
	} {
		if got := read(text); got != want {
			t.Errorf("%q: read %v", text, got)
		}
		if got := datePattern.MatchString(text) || instantPattern.MatchString(text); got != want {
			t.Errorf("%q: matched %v", text, got)
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	matched := 0
	for range 200_000 {
		text := []byte(time.UnixMilli(random.Int64N(4e12) - 2e12).UTC().Format([]string{time.RFC3339, time.DateOnly, time.RFC3339Nano}[random.IntN(3)]))
		for range random.IntN(3) {
			text[random.IntN(len(text))] = "0123456789-:.TZ+,"[random.IntN(17)]
		}
		match := datePattern.Match(text) || instantPattern.Match(text)
		if read(string(text)) != match {
			t.Fatalf("%q: matched %v", text, match)
		}
		if match {
			matched++
		}
	}
	if matched < 50_000 {
		t.Errorf("only %d matched", matched)
	}
}

// The spans of a test of yearly returns and ages are the days it accepts.
func TestSpans(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	tokyo, err := time.LoadLocation("Asia/Tokyo") // had summer time from 1948 to 1951
	if err != nil {
		t.Fatal(err)
	}
	for _, today := range []string{"2026-02-28", "2026-03-01", "2024-02-29", "2026-12-31", "2026-01-01", "2027-03-31", "2026-03-08", "2026-11-01"} {
		for _, zone := range []*time.Location{newYork, tokyo, time.UTC} {
			for _, test := range []string{
				`{"op":"anniversary","n":0}`, `{"op":"anniversary","n":1}`, `{"op":"anniversary","n":40}`, `{"op":"anniversary","n":364}`,
				`{"op":"anniversary_month","n":0}`, `{"op":"anniversary_month","n":11}`, `{"op":"age","min":0,"max":0}`, `{"op":"age","min":18,"max":18}`,
				`{"op":"age","min":20,"max":39}`, `{"op":"age","min":65}`,
			} {
				checkSpans(t, today, zone, test)
			}
		}
	}
}

func checkSpans(t *testing.T, today string, zone *time.Location, is string) {
	t.Helper()
	now, err := time.ParseInLocation(time.DateOnly, today, zone)
	if err != nil {
		t.Fatal(err)
	}
	trait := parse(t, `{"type":"trait","name":"birthday","is":`+is+`}`).(*query.Trait)
	spans := trait.Is.Spans(query.Clock{Now: now.Add(12 * time.Hour), Location: zone})
	if !slices.IsSortedFunc(spans, func(a, b query.Span) int { return int(a.To - b.From) }) {
		t.Fatalf("%s: %v", is, spans)
	}
	random := rand.New(rand.NewPCG(2, uint64(len(is))))
	for range 2000 {
		day := now.AddDate(0, 0, -random.IntN(130*366)+400)
		at := day.Add(time.Duration(random.IntN(48*3600)) * time.Second)
		if random.IntN(3) == 0 {
			at = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, -random.IntN(2)*1e6, zone)
		}
		within := slices.ContainsFunc(spans, func(s query.Span) bool { return s.Contains(at.UnixMilli()) })
		customer := &querytest.Customer{Traits: map[string]hitori.JSON{"birthday": hitori.JSON(at.UTC().Format(`"2006-01-02T15:04:05.000Z07:00"`))}}
		if met, _ := query.Evaluate(trait, customer, now.Add(12*time.Hour), zone); met != within {
			t.Fatalf("%s on %s in %s: %s: met %v, within %v", is, today, zone, at, met, within)
		}
	}
}
