package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
)

// segmentStory is what the steps of the test of segments share.
type segmentStory struct {
	*testing.T
	c   *apptest.Client
	key string
}

type segmentAnswer struct {
	ID, Name, Sentence             string
	Size, Everybody, Entered, Left int64
	Version                        int64
	UsedBy                         []struct{ Name string } `json:"used_by"`
	Quiet                          []struct{ Field string }
}

func (s *segmentStory) order(person string, number, total int) {
	s.T.Helper()
	s.c.Send(s.key, map[string]any{"type": "track", "userId": person, "event": "Order Completed", "properties": map[string]any{
		"order_id": fmt.Sprint(person, "-", number), "total": total, "currency": "JPY"}})
}

// follow derives what came and computes the segments that are due.
func (s *segmentStory) follow() {
	s.T.Helper()
	if err := s.c.App.Deriver.Refresh(s.Context()); err != nil {
		s.Fatal(err)
	}
	if err := s.c.App.Segments.Refresh(s.Context(), true); err != nil {
		s.Fatal(err)
	}
	s.c.Settle()
}

func (s *segmentStory) create(name string, condition any) segmentAnswer {
	s.T.Helper()
	var made segmentAnswer
	s.c.Call(http.MethodPost, "/segments", map[string]any{"name": name, "condition": map[string]any{"version": 1, "where": condition}}, &made)
	return made
}

func (s *segmentStory) get(id string) segmentAnswer {
	s.T.Helper()
	var got segmentAnswer
	s.c.Call(http.MethodGet, "/segments/"+id, nil, &got)
	return got
}

// crossed lists what the log tells of a person and segments, oldest first.
func (s *segmentStory) crossed(person string) []string {
	s.T.Helper()
	var line struct {
		Events []struct {
			Name       string
			Properties map[string]any
		}
	}
	s.c.Call(http.MethodGet, "/customers/user_id:"+person+"/timeline?limit=100", nil, &line)
	crossed := []string{}
	for _, item := range line.Events {
		for _, kind := range []string{"segment", "list"} {
			if name, ok := item.Properties[kind+"_name"]; ok {
				crossed = append(crossed, fmt.Sprint(item.Name, " ", name))
			}
		}
	}
	slices.Reverse(crossed)
	return crossed
}

func (s *segmentStory) people(id string) []string {
	s.T.Helper()
	var page struct {
		Customers []struct{ Name string }
		Total     int
	}
	s.c.Call(http.MethodGet, "/segments/"+id+"/people", nil, &page)
	names := []string{}
	for _, person := range page.Customers {
		names = append(names, person.Name)
	}
	if page.Total != len(names) {
		s.Errorf("%d people on a page of %d", len(names), page.Total)
	}
	return names
}

func (s *segmentStory) equal(what string, got, want any) {
	s.T.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("%s: got %v, want %v", what, got, want)
	}
}

var bought = map[string]any{"type": "order", "state": "kept", "measure": "count", "is": map[string]any{"op": "at_least", "number": 1}}

// People come into segments and leave them, and the log tells of it once.
func TestSegments(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		c := apptest.Start(t, config(t, engines))
		s := &segmentStory{t, c, c.WriteKey("shop")}
		for n := 1; n <= 5; n++ {
			c.Send(s.key, map[string]any{"type": "identify", "userId": fmt.Sprint("M", n), "traits": map[string]any{"name": fmt.Sprint("客", n), "rank": "gold"}})
		}
		s.order("M1", 1, 1000)
		s.order("M2", 1, 3000)
		s.follow()
		s.firstAndNext()
		s.lists()
		s.refused()
		s.lost()
	})
}

func (s *segmentStory) firstAndNext() {
	buyers := s.create("購入者", bought)
	s.equal("size", []int64{buyers.Size, buyers.Everybody, buyers.Entered}, []int64{2, 5, 0})
	s.equal("sentence", buyers.Sentence != "", true)
	others := s.create("未購入のゴールド", map[string]any{"type": "all", "of": []any{
		map[string]any{"type": "trait", "name": "rank", "is": map[string]any{"op": "one_of", "values": []string{"gold"}}},
		map[string]any{"type": "not", "of": map[string]any{"type": "segment", "id": buyers.ID, "state": "in"}},
	}})
	s.equal("others", others.Size, 3)
	s.equal("people by spend", s.people(buyers.ID), []string{"客2", "客1"})
	var contract struct {
		Fields []struct {
			Path   string
			UsedBy []string `json:"used_by"`
		}
	}
	s.c.Call(http.MethodGet, "/contract/fields?type=identify", nil, &contract)
	for _, f := range contract.Fields {
		if f.Path == "traits.rank" {
			s.equal("rank is used by", f.UsedBy, "[未購入のゴールド]")
		}
	}
	s.equal("fields", len(contract.Fields) > 1, true)
	s.equal("nobody did anything", s.crossed("M1"), []string{})

	s.order("M3", 1, 500)
	s.c.Send(s.key, map[string]any{"type": "track", "userId": "M1", "event": "Order Cancelled", "properties": map[string]any{"order_id": "M1-1"}})
	s.follow()
	buyers, others = s.get(buyers.ID), s.get(others.ID)
	s.equal("buyers after", []int64{buyers.Size, buyers.Entered, buyers.Left}, []int64{2, 1, 1})
	s.equal("others after", []int64{others.Size, others.Entered, others.Left}, []int64{3, 1, 1})
	s.equal("M3", s.crossed("M3"), []string{"Segment Entered 購入者", "Segment Left 未購入のゴールド"})
	s.equal("M1", s.crossed("M1"), []string{"Segment Left 購入者", "Segment Entered 未購入のゴールド"})
	s.follow()
	s.equal("M3 once", len(s.crossed("M3")), 2)
	var of struct {
		Segments, Former []struct{ Name, Entered, Left string }
	}
	s.c.Call(http.MethodGet, "/customers/user_id:M3/segments", nil, &of)
	s.equal("groups of M3", []any{len(of.Segments), of.Segments[0].Name, of.Segments[0].Entered != "", of.Former[0].Name, of.Former[0].Left != ""}, []any{1, "購入者", true, "未購入のゴールド", true})
	var history struct{ Days []understand.SegmentDay }
	s.c.Call(http.MethodGet, "/segments/"+buyers.ID+"/history", nil, &history)
	s.equal("history", len(history.Days), 1)
	s.equal("history of today", []int64{history.Days[0].Size, history.Days[0].Entered, history.Days[0].Left}, []int64{2, 1, 1})
	// Activity is what people did themselves.
	var features struct {
		Features []struct {
			Name  string
			Value any
		}
	}
	s.c.Call(http.MethodGet, "/customers/user_id:M4/features", nil, &features)
	before := fmt.Sprint(features)
	s.follow()
	s.c.Call(http.MethodGet, "/customers/user_id:M4/features", nil, &features)
	s.equal("features", fmt.Sprint(features), before)
}

func (s *segmentStory) lists() {
	var list segmentAnswer
	s.c.Call(http.MethodPost, "/segments", map[string]any{"name": "招待客", "kind": "list"}, &list)
	var change struct {
		Added, Removed, Already, Unknown int
		Examples                         []string
	}
	s.c.Call(http.MethodPost, "/segments/"+list.ID+"/members", map[string]any{"add": []string{"user_id:M4", "user_id:M5", "user_id:M4", "M9"}}, &change)
	s.equal("added", []any{change.Added, change.Unknown, change.Examples}, []any{2, 1, []string{"M9"}})
	s.equal("on the list", len(s.people(list.ID)), 2)
	s.c.Call(http.MethodPost, "/segments/"+list.ID+"/members", map[string]any{"add": []string{"M4"}, "remove": []string{"M5", "M1"}}, &change)
	s.equal("changed", []any{change.Added, change.Removed, change.Already}, []any{0, 1, 2})
	s.equal("M5", s.crossed("M5"), []string{"List Joined 招待客", "List Left 招待客"})
	invited := s.create("招待した購入者でない人", map[string]any{"type": "all", "of": []any{map[string]any{"type": "list", "id": list.ID}, map[string]any{"type": "not", "of": bought}}})
	s.equal("invited", s.people(invited.ID), []string{"客4"})
	s.live(list.ID)
	var overlap struct {
		Sets []struct {
			IDs    []string
			People int
		}
	}
	s.c.Call(http.MethodGet, "/segments/overlap?ids="+list.ID+","+invited.ID, nil, &overlap)
	s.equal("overlap", overlap.Sets, fmt.Sprintf("[{[%s %s] 1}]", list.ID, invited.ID))
	s.equal("list used", s.get(list.ID).UsedBy, "[{招待した購入者でない人}]")
	status, answer := s.c.Do(http.MethodDelete, "/api/v1/segments/"+list.ID, s.c.Secret, nil)
	s.equal("list guarded "+string(answer), status, http.StatusConflict)
	s.c.Call(http.MethodDelete, "/segments/"+invited.ID, nil, nil)
	s.c.Call(http.MethodDelete, "/segments/"+list.ID, nil, nil)
}

// live asks of one person whether a condition is met, and why: an order that was only just applied counts.
func (s *segmentStory) live(list string) {
	s.T.Helper()
	ask := func(person string) string {
		var verdict struct {
			Met      bool
			Sentence string
			Answers  []struct {
				Path, Sentence string
				Met            bool
			}
		}
		s.c.Call(http.MethodPost, "/segments/evaluate", map[string]any{"customer": "user_id:" + person, "condition": map[string]any{
			"version": 1, "where": map[string]any{"type": "all", "of": []any{map[string]any{"type": "list", "id": list}, map[string]any{"type": "not", "of": bought}}},
		}}, &verdict)
		told := fmt.Sprint(verdict.Met)
		for _, a := range verdict.Answers {
			told += fmt.Sprint(" ", a.Path, " ", a.Met, " ", a.Sentence != "" && verdict.Sentence != "")
		}
		return told
	}
	s.equal("M4 live", ask("M4"), "true /where/of/0 true true /where/of/1/of false true")
	s.equal("M3 live", ask("M3"), "false /where/of/0 false true /where/of/1/of true true")
	s.order("M4", 9, 700)
	s.equal("M4 after an order", ask("M4"), "false /where/of/0 true true /where/of/1/of true true")
	s.c.Send(s.key, map[string]any{"type": "track", "userId": "M4", "event": "Order Cancelled", "properties": map[string]any{"order_id": "M4-9"}})
	status, _ := s.c.Do(http.MethodPost, "/api/v1/segments/evaluate", s.c.Secret, map[string]any{
		"customer": "user_id:nobody", "condition": map[string]any{"version": 1, "where": bought}})
	s.equal("nobody", status, http.StatusNotFound)
}

// refused are rules that cannot be: each is told with its place.
func (s *segmentStory) refused() {
	var all struct{ Segments []segmentAnswer }
	s.c.Call(http.MethodGet, "/segments", nil, &all)
	byName := make(map[string]segmentAnswer)
	for _, n := range all.Segments {
		byName[n.Name] = n
	}
	buyers, others := byName["購入者"], byName["未購入のゴールド"]
	for what, test := range map[string]struct {
		where  any
		status int
		field  string
	}{
		"unknown field": {map[string]any{"type": "trait", "name": "shoe", "is": map[string]any{"op": "known"}}, 400, "/where/name"},
		"wrong type":    {map[string]any{"type": "trait", "name": "rank", "is": map[string]any{"op": "at_least", "number": 3}}, 400, "/where/is/op"},
		"circle":        {map[string]any{"type": "segment", "id": others.ID, "state": "in"}, 400, "/where/id"},
		"no members":    {map[string]any{"type": "trait"}, 400, "/where/name"},
	} {
		var problem struct {
			Errors []struct{ Field, Detail string }
		}
		status, answer := s.c.Do(http.MethodPut, "/api/v1/segments/"+buyers.ID, s.c.Secret, map[string]any{
			"name": "購入者", "version": buyers.Version, "condition": map[string]any{"version": 1, "where": test.where}})
		if err := json.Unmarshal(answer, &problem); err != nil {
			s.Fatal(err)
		}
		s.equal(what, status, test.status)
		if len(problem.Errors) == 0 || problem.Errors[0].Field != test.field || problem.Errors[0].Detail == "" {
			s.Errorf("%s: %+v", what, problem)
		}
	}
	status, _ := s.c.Do(http.MethodPut, "/api/v1/segments/"+buyers.ID, s.c.Secret, map[string]any{"name": "購入者", "version": 99, "condition": map[string]any{"version": 1, "where": bought}})
	s.equal("old version", status, http.StatusConflict)
	status, _ = s.c.Do(http.MethodPost, "/api/v1/segments", s.c.Secret, map[string]any{"name": "購入者", "condition": map[string]any{"version": 1, "where": bought}})
	s.equal("name taken", status, http.StatusBadRequest)
	status, _ = s.c.Do(http.MethodDelete, "/api/v1/segments/"+buyers.ID, s.c.Secret, nil)
	s.equal("guarded", status, http.StatusConflict)
}

// fragile is a table of members that fails once after people were told.
type fragile struct {
	understand.MemberTable
	fail bool
}

func (f *fragile) PutMembers(ctx context.Context, segment, definition string, members []understand.Member, whole bool) error {
	if f.fail {
		f.fail = false
		return errors.New("the power is gone")
	}
	return f.MemberTable.PutMembers(ctx, segment, definition, members, whole)
}

// lost tells what happens when the table of members is interrupted, and when it is lost: nobody crosses twice, and who crossed
// when is known from the log.
func (s *segmentStory) lost() {
	var all struct{ Segments []segmentAnswer }
	s.c.Call(http.MethodGet, "/segments", nil, &all)
	buyers := all.Segments[slices.IndexFunc(all.Segments, func(n segmentAnswer) bool { return n.Name == "購入者" })]
	a := s.c.App
	table := &fragile{a.Warehouse, true}
	segments := understand.NewSegments(understand.SegmentsConfig{
		Store: a.State, Reader: plan.Reader{Engine: a.Warehouse, Currency: hitori.JPY}, Table: table, State: a.State, Fields: a.State,
		Accept: a.Collector.Accept, Clock: service.SystemClock{}, Location: time.UTC, Currency: hitori.JPY,
	})
	s.order("M4", 1, 700)
	if err := a.Deriver.Refresh(s.Context()); err != nil {
		s.Fatal(err)
	}
	if _, err := segments.Compute(s.Context(), buyers.ID); err == nil {
		s.Error("the table did not fail")
	}
	if n, err := segments.Compute(s.Context(), buyers.ID); err != nil || n.Entered != 1 {
		s.Errorf("%+v, %v", n, err)
	}
	s.c.Settle()
	s.equal("M4 told once", s.crossed("M4")[len(s.crossed("M4"))-1], "Segment Entered 購入者")
	count := len(s.crossed("M4"))

	if err := table.DropMembers(s.Context(), buyers.ID); err != nil {
		s.Fatal(err)
	}
	s.follow()
	s.equal("M4 is not told again", len(s.crossed("M4")), count+1) // of the other segment, which M4 left
	got := s.get(buyers.ID)
	s.equal("after the loss", []int64{got.Size, got.Entered, got.Left}, []int64{3, 0, 0})
	var of struct {
		Segments, Former []struct{ Name, Entered, Left string }
	}
	s.c.Call(http.MethodGet, "/customers/user_id:M4/segments", nil, &of)
	s.equal("M4 entered", of.Segments[0].Entered != "", true)
	s.c.Call(http.MethodGet, "/customers/user_id:M1/segments", nil, &of)
	s.equal("M1 left", of.Former[len(of.Former)-1].Name, "購入者")
}
