package warehousetest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/unify"
)

var quarantineTests = map[string]func(*testing.T, Warehouse){
	"KeepsEveryField": quarantineKeepsEveryField,
	"Filters":         quarantineFilters,
	"Counts":          quarantineCounts,
	"Releases":        quarantineReleases,
}

// QuarantinedArgs says what a quarantined event of the suite is like.
type QuarantinedArgs struct {
	Number   int // its place on the log
	Source   hitori.SourceID
	Name     string
	Problems []hitori.Problem
}

func quarantined(args QuarantinedArgs) hitori.Event {
	if args.Source == 0 {
		args.Source = 7
	}
	if args.Name == "" {
		args.Name = "Order Completed"
	}
	if args.Problems == nil {
		args.Problems = []hitori.Problem{{Code: hitori.ProblemMissing, Field: "properties.order_id"}}
	}
	e := hitori.Event{
		Position: hitori.NewPosition(uint64(args.Number+1), 0, 0), MessageID: fmt.Sprintf("m-%d", args.Number), Source: args.Source,
		Type: hitori.Track, Name: args.Name, Time: Epoch.Add(time.Duration(args.Number) * time.Second),
		ReceivedAt: Epoch.Add(time.Duration(args.Number) * time.Minute), Problems: args.Problems,
	}
	e.ID = hitori.NewEventID(e.Source, e.MessageID)
	return e
}

func quarantine(t testing.TB, w Warehouse, events ...hitori.Event) {
	t.Helper()
	appendBatch(t, w, unify.Batch{Token: fmt.Sprintf("quarantine-%#v", events[0].Position), Quarantined: events})
}

func inQuarantine(t testing.TB, w Warehouse, filter collect.QuarantineFilter, after hitori.Position, limit int) []hitori.Event {
	t.Helper()
	events, err := w.Quarantined(within(t), filter, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func sameQuarantine(t testing.TB, got, want []hitori.Event) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d events in quarantine, not %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("event %d:\n got %+v\nwant %+v", i, got[i], want[i])
		}
	}
}

func quarantineKeepsEveryField(t *testing.T, w Warehouse) {
	e := hitori.Event{
		Position: hitori.NewPosition(1<<42, 255, 4095), MessageID: "m'\"\\", Source: 3, Type: hitori.Identify, Name: "名",
		Time: Epoch.Add(time.Millisecond), ReceivedAt: Epoch.Add(2 * time.Millisecond),
		UserID: "u", AnonymousID: "a", PreviousID: "p", GroupID: "g",
		Properties: `{"a":1}`, Traits: `{"b":[]}`, Context: `{"c":"'"}`, Raw: `{"type":"identify", "x": 1}`,
		Problems: []hitori.Problem{
			{Code: hitori.ProblemType, Field: "properties.price", Detail: `string "x"`},
			{Code: hitori.ProblemNoPerson, Field: ""},
		},
	}
	e.ID = hitori.NewEventID(e.Source, e.MessageID)
	quarantine(t, w, e)
	sameQuarantine(t, inQuarantine(t, w, collect.QuarantineFilter{}, 0, 10), []hitori.Event{e})
	sameQuarantine(t, inQuarantine(t, w, collect.QuarantineFilter{}, e.Position, 10), nil)
}

func quarantineFilters(t *testing.T, w Warehouse) {
	var all []hitori.Event
	for i := range 12 {
		all = append(all, quarantined(QuarantinedArgs{
			Number: i, Source: hitori.SourceID(2 + i%2), Name: []string{"A", "B", "C"}[i%3],
			Problems: []hitori.Problem{
				{Code: []string{"type", "missing"}[i/6], Field: "properties.x"},
				{Code: "value", Field: []string{"properties.y", "properties.z"}[i%2]},
			},
		}))
	}
	quarantine(t, w, all[6:]...)
	quarantine(t, w, all[:6]...)
	for _, test := range []struct {
		filter collect.QuarantineFilter
		want   func(i int) bool
	}{
		{collect.QuarantineFilter{}, func(int) bool { return true }},
		{collect.QuarantineFilter{Source: 3}, func(i int) bool { return i%2 == 1 }},
		{collect.QuarantineFilter{Type: hitori.Track}, func(int) bool { return true }},
		{collect.QuarantineFilter{Type: hitori.Page}, func(int) bool { return false }},
		{collect.QuarantineFilter{Name: "B"}, func(i int) bool { return i%3 == 1 }},
		{collect.QuarantineFilter{Code: "type"}, func(i int) bool { return i < 6 }},
		{collect.QuarantineFilter{Field: "properties.z"}, func(i int) bool { return i%2 == 1 }},
		{collect.QuarantineFilter{Code: "value", Field: "properties.y"}, func(i int) bool { return i%2 == 0 }},
		{collect.QuarantineFilter{Code: "value", Field: "properties.x"}, func(int) bool { return false }},
		{collect.QuarantineFilter{Source: 2, Name: "C", Code: "missing"}, func(i int) bool { return i == 8 }},
	} {
		var want []hitori.Event
		for i, e := range all {
			if test.want(i) {
				want = append(want, e)
			}
		}
		sameQuarantine(t, inQuarantine(t, w, test.filter, 0, 100), want)
		var paged []hitori.Event
		for after := hitori.Position(0); ; after = paged[len(paged)-1].Position {
			page := inQuarantine(t, w, test.filter, after, 2)
			paged = append(paged, page...)
			if len(page) < 2 {
				break
			}
		}
		sameQuarantine(t, paged, want)
	}
}

func quarantineCounts(t *testing.T, w Warehouse) {
	twice := hitori.Problem{Code: "type", Field: "properties.price", Detail: "string"}
	once := hitori.Problem{Code: "missing", Field: "properties.order_id"}
	quarantine(t, w,
		quarantined(QuarantinedArgs{Number: 1, Problems: []hitori.Problem{twice, once}}),
		quarantined(QuarantinedArgs{Number: 2, Problems: []hitori.Problem{twice, twice}}),
		quarantined(QuarantinedArgs{Number: 3, Source: 8, Problems: []hitori.Problem{twice}}),
		quarantined(QuarantinedArgs{Number: 4, Problems: []hitori.Problem{twice}}))
	got, err := w.CountQuarantined(within(t))
	if err != nil {
		t.Fatal(err)
	}
	minute := func(n int) time.Time { return Epoch.Add(time.Duration(n) * time.Minute) }
	want := []collect.QuarantineCount{
		{Source: 7, Type: hitori.Track, Name: "Order Completed", Problem: twice, Events: 3, First: minute(1), Last: minute(4)},
		{Source: 7, Type: hitori.Track, Name: "Order Completed", Problem: once, Events: 1, First: minute(1), Last: minute(1)},
		{Source: 8, Type: hitori.Track, Name: "Order Completed", Problem: twice, Events: 1, First: minute(3), Last: minute(3)},
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
}

func quarantineReleases(t *testing.T, w Warehouse) {
	var all []hitori.Event
	var odd []hitori.Position
	for i := range 5000 {
		all = append(all, quarantined(QuarantinedArgs{Number: i}))
		if i%2 == 1 {
			odd = append(odd, all[i].Position)
		}
	}
	quarantine(t, w, all...)
	for range 2 { // releasing what is not there is no error
		if err := w.Release(within(t), odd); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Release(within(t), nil); err != nil {
		t.Fatal(err)
	}
	got := inQuarantine(t, w, collect.QuarantineFilter{}, 0, 10_000)
	if len(got) != 2500 || got[1].Position != all[2].Position {
		t.Fatalf("%d events are left", len(got))
	}
}
