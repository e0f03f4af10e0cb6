package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
)

// rfmStory is what the steps of the test of grades and groups share.
type rfmStory struct {
	*testing.T
	c     *apptest.Client
	clock *service.ManualClock
	zone  *time.Location
	key   string
	// orders are the days and yen of everybody's orders.
	orders map[string][][2]int64
}

func (s *rfmStory) order(person, day string, total int64) {
	s.Helper()
	at, err := time.ParseInLocation(time.DateOnly, day, s.zone)
	if err != nil {
		s.Fatal(err)
	}
	s.c.Send(s.key, map[string]any{"type": "track", "userId": person, "event": "Order Completed", "timestamp": at.Add(23 * time.Hour).Format(time.RFC3339),
		"properties": map[string]any{"order_id": fmt.Sprint(person, "-", len(s.orders[person])), "total": total, "currency": "JPY"}})
	s.orders[person] = append(s.orders[person], [2]int64{int64(understand.DayOf(at)), total})
}

// at moves the clock to a time of the shop's zone and derives what came.
func (s *rfmStory) at(moment string) {
	s.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", moment, s.zone)
	if err != nil {
		s.Fatal(err)
	}
	s.clock.Set(t)
	s.derive()
}

func (s *rfmStory) derive() {
	s.Helper()
	s.c.Settle()
	if err := s.c.App.Deriver.Refresh(s.Context()); err != nil {
		s.Fatal(err)
	}
}

func (s *rfmStory) settings() api.RFMEntry {
	s.Helper()
	var entry api.RFMEntry
	s.c.Call(http.MethodGet, "/rfm", nil, &entry)
	return entry
}

// values are days since the last order, orders and yen of those who had ordered by a day.
func (s *rfmStory) values(date string) map[string][3]int64 {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		s.Fatal(err)
	}
	all := make(map[string][3]int64)
	for person, orders := range s.orders {
		v := [3]int64{1 << 40, 0, 0}
		for _, o := range orders {
			if ago := int64(understand.DayOf(day)) - o[0]; ago >= 0 {
				v = [3]int64{min(v[0], ago), v[1] + 1, v[2] + o[1]}
			}
		}
		if v[1] > 0 {
			all[person] = v
		}
	}
	return all
}

// fifths are the bounds that cut values, by how many people have worse ones.
func fifths(all map[string][3]int64, kind int, sign int64) []int64 {
	bounds := []int64{}
	for k := 1; k < 5; k++ {
		best, found := int64(0), false
		for _, v := range all {
			worse := 0
			for _, o := range all {
				if o[kind]*sign < v[kind]*sign {
					worse++
				}
			}
			if 5*worse >= k*len(all) && (!found || v[kind]*sign < best*sign) {
				best, found = v[kind], true
			}
		}
		if found {
			bounds = append(bounds, best)
		}
	}
	return bounds
}

func (s *rfmStory) wantCut(month, last string) understand.Bounds {
	s.Helper()
	all := s.values(last)
	want := understand.Bounds{Recency: fifths(all, 0, -1), Frequency: fifths(all, 1, 1), Monetary: fifths(all, 2, 1)}
	entry := s.settings()
	if entry.Cut.Month != month || entry.Cut.People != int64(len(all)) || fmt.Sprint(entry.Cut.Bounds) != fmt.Sprint(want) || entry.InForce.Recency.Since != month+"-01" {
		s.Errorf("cut %+v, want %+v of %d", entry.Cut, want, len(all))
	}
	return want
}

// group is the first of several in which values are.
func group(groups []understand.RFMGroup, b understand.Bounds, v [3]int64) string {
	grades := [3]int64{1, 1, 1}
	for kind, bounds := range [][]int64{b.Recency, b.Frequency, b.Monetary} {
		for _, bound := range bounds {
			if kind == 0 && v[kind] <= bound || kind > 0 && v[kind] >= bound {
				grades[kind]++
			}
		}
	}
	for _, g := range groups {
		fits := true
		for kind, of := range [][2]int64{g.Recency, g.Frequency, g.Monetary} {
			fits = fits && of[0] <= grades[kind] && grades[kind] <= of[1]
		}
		if fits {
			return g.Name
		}
	}
	return understand.NoRFMGroup
}

// features are the groups of people today and last month, as they were derived.
func (s *rfmStory) features() map[string][2]string {
	s.Helper()
	found := make(map[string][2]string)
	for person := range s.orders {
		var told struct {
			Features []struct {
				Name  string
				Value any
			}
		}
		s.c.Call(http.MethodGet, "/customers/user_id:"+person+"/features", nil, &told)
		groups := [2]string{understand.NoRFMGroup, understand.NoRFMGroup}
		for _, f := range told.Features {
			for i, name := range []string{"rfm_group", "rfm_group_last_month"} {
				if f.Name == name {
					groups[i], _ = f.Value.(string)
				}
			}
		}
		found[person] = groups
	}
	return found
}

func (s *rfmStory) wantGroups(groups []understand.RFMGroup, b understand.Bounds, today, last string) {
	s.Helper()
	now, then := s.values(today), s.values(last)
	want := make(map[string][2]string)
	for person := range s.orders {
		move := [2]string{understand.NoRFMGroup, understand.NoRFMGroup}
		if v, ok := now[person]; ok {
			move[0] = group(groups, b, v)
		}
		if v, ok := then[person]; ok {
			move[1] = group(groups, b, v)
		}
		want[person] = move
	}
	if got := s.features(); !maps.Equal(got, want) {
		s.Errorf("groups on %s and %s are\n%v, want\n%v", today, last, got, want)
	}
}

// wantMoves compares the matrix with the features, and each cell's people with those who meet its condition.
func (s *rfmStory) wantMoves(before string) {
	s.Helper()
	var rfm understand.RFM
	s.c.Call(http.MethodGet, "/analyses/rfm?before="+before, nil, &rfm)
	want := make(map[[2]string]int64)
	for _, move := range s.features() {
		want[move]++
	}
	moved := 0
	for _, m := range rfm.Moves {
		name := func(group string) string {
			if group == "" {
				return understand.NoRFMGroup
			}
			return group
		}
		move := [2]string{name(m.Is), name(m.Was)}
		if m.People != want[move] {
			s.Errorf("%d moved from %s to %s, want %d", m.People, move[1], move[0], want[move])
		}
		delete(want, move)
		mark := url.Values{"group": {move[0]}, "was": {move[1]}, "before": {before}}
		if s.people(mark) != m.People {
			s.Errorf("%d are behind %v, want %d", s.people(mark), mark, m.People)
		}
		if move[0] != move[1] {
			moved++
		}
	}
	if len(want) > 0 || moved == 0 {
		s.Errorf("%d moves, and not %v", moved, want)
	}
}

// people are how many are behind a mark and meet its condition.
func (s *rfmStory) people(mark url.Values) int64 {
	s.Helper()
	var behind struct {
		Total     int64
		Customers []struct{ ID hitori.CustomerID }
	}
	s.c.Call(http.MethodGet, "/analyses/rfm/people?"+mark.Encode(), nil, &behind)
	var told struct{ Condition json.RawMessage }
	s.c.Call(http.MethodGet, "/analyses/rfm/condition?"+mark.Encode(), nil, &told)
	condition, err := query.Parse(told.Condition)
	if err != nil {
		s.Fatal(err)
	}
	met, err := plan.Reader{Engine: s.c.App.Warehouse, Currency: hitori.JPY}.People(s.Context(), condition, query.Clock{Now: s.clock.Now(), Location: s.zone}, 0, 1000)
	if err != nil {
		s.Fatal(err)
	}
	want := make([]hitori.CustomerID, len(behind.Customers))
	for i, customer := range behind.Customers {
		want[i] = customer.ID
	}
	slices.Sort(want)
	slices.Sort(met)
	if !slices.Equal(met, want) {
		s.Errorf("%v meet %s, %v are behind %v", met, told.Condition, want, mark)
	}
	return behind.Total
}

// refused asks for a change that is refused, and returns the faults by field.
func (s *rfmStory) refused(draft understand.RFMDraft, status int) map[string]string {
	s.Helper()
	got, answer := s.c.Do(http.MethodPut, "/api/v1/rfm", s.c.Secret, draft)
	if got != status {
		s.Fatalf("status %d, want %d: %s", got, status, answer)
	}
	var told struct {
		Key    string
		Errors []struct{ Field, Detail string }
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		s.Fatal(err)
	}
	faults := map[string]string{"": told.Key}
	for _, fault := range told.Errors {
		faults[fault.Field] = fault.Detail
	}
	return faults
}

// Bounds are cut when a month begins and stay; groups of today and of last month go by them, and by what the shop decides.
func TestRFM(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		zone, err := time.LoadLocation("Asia/Tokyo")
		if err != nil {
			t.Fatal(err)
		}
		clock := service.NewManualClock(time.Date(2026, 3, 31, 12, 0, 0, 0, zone))
		cfg := config(t, engines)
		cfg.Clock = clock
		c := apptest.Start(t, cfg)
		s := &rfmStory{t, c, clock, zone, c.WriteKey("shop"), map[string][][2]int64{}}
		s.story()
	})
}

func (s *rfmStory) story() {
	s.derive()
	if entry := s.settings(); entry.Version != 0 || entry.Cut.Month != "" || entry.InForce.Recency.Since != "" || len(entry.Groups) != 9 {
		s.Fatalf("an empty shop has %+v", entry)
	}
	days := []string{"2026-01-05", "2026-01-31", "2026-02-01", "2026-02-14", "2026-02-28", "2026-03-01", "2026-03-20", "2026-03-30"}
	for n := range 12 {
		for i := range 1 + n%5 {
			s.order(fmt.Sprint("c", n), days[(n+i)%len(days)], int64(1000*(1+(n*7+i)%11)))
		}
	}
	s.derive()
	march := s.wantCut("2026-03", "2026-02-28")
	s.wantGroups(understand.DefaultRFMGroups(), march, "2026-03-31", "2026-02-28")

	s.at("2026-04-01 00:00")
	april := s.wantCut("2026-04", "2026-03-31")
	s.wantGroups(understand.DefaultRFMGroups(), april, "2026-04-01", "2026-03-31")
	s.at("2026-04-20 08:00")
	for i := range 4 {
		s.order("c0", "2026-04-18", int64(9000+i))
		s.order("new", "2026-04-19", 500)
	}
	s.derive()
	s.wantCut("2026-04", "2026-03-31")
	s.wantGroups(understand.DefaultRFMGroups(), april, "2026-04-20", "2026-03-31")
	s.wantMoves("2026-03-31")
	s.analyses()
	s.edited(april)
	s.imported()
}

// analyses go by the shop's bounds on days of this month, and by those of the days otherwise.
func (s *rfmStory) analyses() {
	s.Helper()
	for path, since := range map[string]string{"": "2026-04-01", "?as_of=2026-04-01": "2026-04-01", "?as_of=2026-03-31": "", "?from=2026-01-01": ""} {
		var rfm understand.RFM
		s.c.Call(http.MethodGet, "/analyses/rfm"+path, nil, &rfm)
		if rfm.Scales.Recency.Since != since || rfm.Scales.Recency.Method != understand.ByQuantiles {
			s.Errorf("%q goes by %+v, want since %q", path, rfm.Scales, since)
		}
	}
	for _, path := range []string{"group=best&was=new&before=2026-03-30", "group=best&was=new&before=2026-03-31&recency=9,5,3,1"} {
		status, answer := s.c.Do(http.MethodGet, "/api/v1/analyses/rfm/condition?"+path, s.c.Secret, nil)
		if status != http.StatusBadRequest || !strings.Contains(string(answer), "condition_move") {
			s.Errorf("%s: %d %s", path, status, answer)
		}
	}
}

// edited: what the shop decides holds for analyses, features and segments.
func (s *rfmStory) edited(april understand.Bounds) {
	s.Helper()
	all := [2]int64{1, 5}
	draft := understand.RFMDraft{RFMDefinition: understand.RFMDefinition{
		Scales: understand.RFMScales{
			Recency: understand.RFMScale{Method: understand.ByGiven}, Frequency: understand.RFMScale{Method: understand.ByQuantiles},
			Monetary: understand.RFMScale{Method: understand.ByFixed, Bounds: []int64{5, 4, 3, 2}},
		},
		Groups: []understand.RFMGroup{
			{Name: "best", Title: "上得意", Recency: [2]int64{4, 3}, Frequency: all, Monetary: all},
			{Name: "r5f5", Title: "上得意", Recency: all, Frequency: all, Monetary: [2]int64{0, 5}}, {Recency: all, Frequency: all, Monetary: all},
		},
	}}
	faults := s.refused(draft, http.StatusBadRequest)
	for _, at := range []string{
		"/scales/recency/method", "/scales/monetary/bounds", "/groups/0/recency", "/groups/1/name", "/groups/1/title", "/groups/1/monetary", "/groups/2/title",
	} {
		if faults[at] == "" {
			s.Errorf("nothing is told at %s: %v", at, faults)
		}
	}
	if len(faults) != 8 {
		s.Errorf("faults %v", faults)
	}
	draft.Scales.Recency = understand.RFMScale{Method: understand.ByQuantiles}
	draft.Scales.Monetary = understand.RFMScale{Method: understand.ByFixed, Bounds: []int64{1000, 5000, 9000, 20_000}}
	draft.Groups = []understand.RFMGroup{
		{Title: " お得意さま ", Recency: [2]int64{3, 5}, Frequency: all, Monetary: [2]int64{3, 5}}, {Name: "lost", Recency: [2]int64{1, 2}, Frequency: all, Monetary: all},
	}
	var entry api.RFMEntry
	s.c.Call(http.MethodPut, "/rfm", draft, &entry)
	if g := entry.Groups[0]; g.Title != "お得意さま" || g.Name == "" || entry.Scales.Monetary.Since != "2026-04-20" || entry.Version != 1 {
		s.Fatalf("saved %+v", entry)
	}
	if faults := s.refused(draft, http.StatusConflict); faults[""] != "there_already" {
		s.Errorf("a second change of the same version: %v", faults)
	}
	s.derive()
	april.Monetary = draft.Scales.Monetary.Bounds
	s.wantGroups(entry.Groups, april, "2026-04-20", "2026-03-31")
	s.wantMoves("2026-03-31")
	story := segmentStory{s.T, s.c, s.key}
	rule := func(name, group string) map[string]any {
		return map[string]any{"type": "feature", "name": name, "is": map[string]any{"op": "one_of", "values": []string{group}}}
	}
	risen := story.create("上がった人", map[string]any{"type": "all", "of": []any{rule("rfm_group", entry.Groups[0].Name), map[string]any{"type": "not", "of": rule("rfm_group_last_month", entry.Groups[0].Name)}}})
	if risen.Size == 0 || !strings.Contains(risen.Sentence, "お得意さま") {
		s.Errorf("segment %+v", risen)
	}
	rose := story.create("上がった", rule("rfm_move", "up"))
	if want := s.rose(); rose.Size != want || want == 0 || !strings.Contains(rose.Sentence, "“up”") {
		s.Errorf("%+v, want %d", rose, want)
	}
	draft.Version, draft.Groups = 1, draft.Groups[1:]
	if faults := s.refused(draft, http.StatusConflict); faults[""] != "rfm_group_used" {
		s.Errorf("a group that a segment asks for was removed: %v", faults)
	}
	var schema struct {
		Features []struct {
			Name    string
			Choices []api.Choice
		}
	}
	s.c.Call(http.MethodGet, "/segments/schema", nil, &schema)
	for _, f := range schema.Features {
		want := map[string]int{"rfm_group": 2, "rfm_group_last_month": 2, "rfm_move": 3}[f.Name]
		if len(f.Choices) != want {
			s.Errorf("choices of %s: %v", f.Name, f.Choices)
		}
	}
}

// rose are how many are in the first of the two groups that [rfmStory.edited] makes, and were in the second.
func (s *rfmStory) rose() (n int64) {
	for _, move := range s.features() {
		if move[0] != "lost" && move[1] == "lost" && move[0] != understand.NoRFMGroup {
			n++
		}
	}
	return n
}

// imported: when the history of many more customers comes within a month, bounds are cut again; and what is derived anew from
// what was kept is the same.
func (s *rfmStory) imported() {
	s.Helper()
	for n := range 14 {
		s.order(fmt.Sprint("old", n), "2026-03-10", int64(100*n))
	}
	s.derive()
	if people := s.settings().Cut.People; people != 12 {
		s.Errorf("cut from %d before the day is over", people)
	}
	s.at("2026-04-21 00:01")
	april := s.wantCut("2026-04", "2026-03-31")
	entry := s.settings()
	april.Monetary = entry.Scales.Monetary.Bounds
	s.wantGroups(entry.Groups, april, "2026-04-21", "2026-03-31")
	before := s.features()
	s.at("2026-04-22 00:01")
	if after := s.settings().Cut; !after.CutAt.Equal(entry.Cut.CutAt) {
		s.Error("bounds were cut again for nothing")
	}
	if maps.Equal(before, map[string][2]string{}) {
		s.Error("nobody is in a group")
	}
}
