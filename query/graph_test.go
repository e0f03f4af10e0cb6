package query_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// parse reads a condition that is well formed.
func parse(t testing.TB, where string) query.Condition {
	t.Helper()
	c, err := query.Parse([]byte(`{"version":1,"where":` + where + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func in(ids ...string) query.Condition {
	var all query.All
	for _, id := range ids {
		all.Of = append(all.Of, &query.Not{Of: &query.Segment{ID: id, State: query.SegmentIn}})
	}
	return &all
}

func TestReferences(t *testing.T) {
	others := map[string]query.Condition{"b": in("c", "e"), "c": in("d"), "d": in("unknown"), "e": in("a"), "f": in("f")}
	err := query.References("a", in("d", "b", "a", "f"), others)
	var faults query.Faults
	if !errors.As(err, &faults) || len(faults) != 2 || faults[0].Field != "/where/of/1/of/id" || faults[1].Field != "/where/of/2/of/id" {
		t.Errorf("%v", err)
	}
	if err := query.References("a", in("c", "f"), others); err != nil {
		t.Errorf("no circle of a's: %v", err)
	}
}

func TestEvaluationOrder(t *testing.T) {
	definitions := map[string]query.Condition{"a": in("c", "unknown"), "b": in(), "c": in("d"), "d": in()}
	order, err := query.EvaluationOrder(definitions)
	if got := fmt.Sprint(order); err != nil || got != "[d c a b]" {
		t.Errorf("%s, %v", got, err)
	}
	definitions["d"] = in("a")
	if _, err := query.EvaluationOrder(definitions); hitori.ErrorCode(err) != hitori.Invalid {
		t.Errorf("a circle: %v", err)
	}
	if got := fmt.Sprint(query.UsedBy(query.Ref{Kind: query.RefSegment, Name: "c"}, definitions)); got != "[a]" {
		t.Errorf("used by %s", got)
	}
}

func TestDependsOn(t *testing.T) {
	for where, want := range map[string]string{
		`{"type":"all","of":[{"type":"trait","name":"x","is":{"op":"known"}},{"type":"not","of":{"type":"trait","name":"x","is":{"op":"known"}}}]}`: "trait:x < ; ",
		`{"type":"consent","channel":"email","purpose":"marketing","state":"granted"}`:                                                              "channel:email < ; purpose:marketing < ; ",
		`{"type":"event","kind":"web","where":{"type":"property","name":"name","is":{"op":"known"}},"relative":{"side":"after","which":"last","anchor":{"event":"A","where":{"type":"property","name":"properties.y","is":{"op":"known"}}}},"measure":"sum","property":"properties.z","is":{"op":"at_least","number":1}}`: "event:A < ; kind:web < ; property:properties.y < event:A; property:name < kind:web; property:properties.z < kind:web; ",
		`{"type":"sequence","steps":[{"event":"A"},{"call":"page","where":{"type":"property","name":"name","is":{"op":"known"}}}]}`:                                                                                                                                                                                       "call:page < ; event:A < ; property:name < call:page; ",
		`{"type":"order","state":"kept","measure":"count","is":{"op":"at_least","number":1}}`:                                                                                                                                                                                                                             "event:Order Cancelled < ; event:Order Completed < ; event:Order Refunded < ; event:Order Updated < ; ",
		`{"type":"answer","survey":"s","question":"q","is":{"op":"at_least","number":1}}`:                                                                                                                                                                                                                                 "event:Survey Answered < ; property:properties.question_id < event:Survey Answered; property:properties.score < event:Survey Answered; property:properties.survey_id < event:Survey Answered; question:q < s; survey:s < ; ",
	} {
		got := ""
		for _, ref := range query.DependsOn(parse(t, where)) {
			got += ref.String() + " < " + ref.Of + "; "
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", where, got, want)
		}
	}
}

func TestDrift(t *testing.T) {
	for where, want := range map[string]query.Drift{
		`{"type":"trait","name":"x","is":{"op":"at_least","number":1}}`:                                          {},
		`{"type":"trait","name":"x","is":{"op":"since","from":"2026-01-01"}}`:                                    {},
		`{"type":"not","of":{"type":"trait","name":"x","is":{"op":"anniversary","n":3}}}`:                        {Daily: true},
		`{"type":"trait","name":"x","is":{"op":"in_next","n":2,"unit":"hour"}}`:                                  {Lags: []time.Duration{-2 * time.Hour, 0}},
		once(`{"op":"in_last","n":2,"unit":"week"}`):                                                             {Daily: true},
		once(`{"op":"in_last","n":90,"unit":"minute"}`):                                                          {Lags: []time.Duration{90 * time.Minute}},
		once(`{"op":"days_ago","min":1,"max":2}`):                                                                {Daily: true},
		`{"type":"sequence","steps":[{"event":"A"},{"event":"B","within":{"n":1,"unit":"hour"},"absent":true}]}`: {Lags: []time.Duration{time.Hour}},
		`{"type":"sequence","steps":[{"event":"A"},{"event":"B","within":{"n":1,"unit":"hour"}}]}`:               {},
		`{"type":"segment","id":"s","state":"entered","window":{"op":"in_last","n":1,"unit":"day"}}`:             {Daily: true},
	} {
		if got := query.DriftOf(parse(t, where)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", where, got, want)
		}
	}
}
