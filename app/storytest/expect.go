package storytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

func (r *runner) expect(e *Expect) {
	for _, refs := range e.Same {
		for _, ref := range refs[1:] {
			if a, b := r.id(refs[0]), r.id(ref); a != b {
				r.t.Errorf("%s is %s and %s is %s; they must be one person", refs[0], a, ref, b)
			}
		}
	}
	for _, refs := range e.Different {
		for i, ref := range refs {
			for _, other := range refs[:i] {
				if a, b := r.id(ref), r.id(other); a == b {
					r.t.Errorf("%s and %s are both %s; they must be two people", other, ref, a)
				}
			}
		}
	}
	for _, ref := range e.Unknown {
		if status, answer := r.client.Do(http.MethodGet, "/api/v1/customers/"+url.PathEscape(ref), r.client.Secret, nil); status != http.StatusNotFound {
			r.t.Errorf("%s must be unknown: %d %s", ref, status, answer)
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(e.Customers)) {
		want := e.Customers[ref]
		r.expectCustomer(ref, &want)
	}
	for text, refs := range e.Search {
		r.expectSearch(text, refs)
	}
	r.expectIdentity(e)
	r.expectContract(e)
	if e.Erasures != nil {
		r.expectErasures(*e.Erasures)
	}
	if len(e.Nowhere) > 0 {
		r.expectNowhere(e.Nowhere)
	}
}

func (r *runner) customer(ref string) unify.Customer {
	r.t.Helper()
	var customer unify.Customer
	r.client.Call(http.MethodGet, "/customers/"+url.PathEscape(ref), nil, &customer)
	return customer
}

func (r *runner) id(ref string) string { return r.customer(ref).ID.String() }

func (r *runner) same(what string, got, want any) {
	r.t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		r.t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

func (r *runner) expectCustomer(ref string, want *Customer) {
	got := r.customer(ref)
	if want.Level != "" {
		r.same(ref+" level", got.Level, want.Level)
	}
	if want.Name != nil {
		r.same(ref+" name", got.Name, *want.Name)
	}
	if want.Kana != nil {
		r.same(ref+" kana", got.Kana, *want.Kana)
	}
	if want.Profiles != 0 {
		r.same(ref+" profiles", len(got.Profiles), want.Profiles)
	}
	for name, value := range want.Traits {
		expected, err := json.Marshal(value)
		if err != nil {
			r.t.Fatal(err)
		}
		if trait, ok := got.Traits[name]; !ok || !sameJSON(string(trait.Value), string(expected)) {
			r.t.Errorf("%s trait %s: got %s, want %s", ref, name, trait.Value, expected)
		}
	}
	for _, name := range want.Absent {
		if trait, ok := got.Traits[name]; ok {
			r.t.Errorf("%s trait %s is there: %s", ref, name, trait.Value)
		}
	}
	if want.Identifiers != nil {
		var ids []string
		for _, id := range got.Identifiers {
			ids = append(ids, id.String())
		}
		slices.Sort(ids)
		wanted := slices.Clone(*want.Identifiers)
		slices.Sort(wanted)
		r.same(ref+" identifiers", ids, wanted)
	}
	if want.Consents != nil {
		consents := make(map[string]bool)
		for _, c := range got.Consents {
			consents[c.Channel+"/"+c.Purpose] = c.Granted
		}
		r.same(ref+" consents", consents, *want.Consents)
	}
	if want.Memberships != nil {
		var groups []string
		for _, m := range got.Memberships {
			groups = append(groups, strings.TrimSpace(m.Kind+" "+m.GroupID+" "+m.Name))
		}
		r.same(ref+" memberships", groups, *want.Memberships)
	}
	if want.Merges != nil {
		standing := 0
		for _, m := range got.Merges {
			if m.UndoneAt == nil {
				standing++
			}
		}
		r.same(ref+" merges", standing, *want.Merges)
	}
	r.expectActivity(ref, &got.Activity, want)
	r.expectTimeline(ref, want)
}

func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func (r *runner) expectActivity(ref string, got *unify.Activity, want *Customer) {
	if want.Events != nil {
		r.same(ref+" events", got.Events, *want.Events)
	}
	for name, count := range want.Kinds {
		var kind hitori.Kind
		if err := kind.UnmarshalText([]byte(name)); err != nil {
			r.t.Fatal(err)
		}
		r.same(ref+" "+name+" events", got.ByKind[kind], count)
	}
	if want.Orders != nil {
		r.same(ref+" orders", got.Orders, *want.Orders)
	}
	if want.Cancelled != nil {
		r.same(ref+" cancelled orders", got.Cancelled, *want.Cancelled)
	}
	if want.Revenue != nil {
		revenue := make(map[string]int64)
		for _, amount := range got.Revenue {
			revenue[string(amount.Currency)] = amount.Net
		}
		r.same(ref+" revenue", revenue, want.Revenue)
	}
	if want.LastOrder != nil && (got.LastOrder == nil || !got.LastOrder.Equal(*want.LastOrder)) {
		r.t.Errorf("%s last order: got %v, want %v", ref, got.LastOrder, want.LastOrder)
	}
}

// page is small, so that stories with few events turn pages too.
const page = "3"

func (r *runner) expectTimeline(ref string, want *Customer) {
	if want.Timeline == nil && want.Times == nil {
		return
	}
	var names []string
	var times []time.Time
	for before := ""; ; {
		var answer struct {
			Events []struct {
				Type, Name string
				Time       time.Time
			}
			Next string
		}
		r.client.Call(http.MethodGet, "/customers/"+url.PathEscape(ref)+"/timeline?limit="+page+"&before="+url.QueryEscape(before), nil, &answer)
		for _, e := range answer.Events {
			name := e.Name
			if name == "" {
				name = e.Type
			}
			names, times = append(names, name), append(times, e.Time.UTC())
		}
		if before = answer.Next; before == "" {
			break
		}
	}
	if want.Timeline != nil {
		r.same(ref+" timeline", strings.Join(names, ", "), strings.Join(*want.Timeline, ", "))
	}
	if want.Times != nil {
		var wanted []time.Time
		for _, t := range *want.Times {
			wanted = append(wanted, t.UTC())
		}
		r.same(ref+" times", times, wanted)
	}
}

func (r *runner) expectSearch(text string, refs []string) {
	var answer struct{ Customers []unify.Card }
	r.client.Call(http.MethodGet, "/customers?q="+url.QueryEscape(text), nil, &answer)
	var got, want []string
	for _, card := range answer.Customers {
		got = append(got, card.ID.String())
	}
	for _, ref := range refs {
		want = append(want, r.id(ref))
	}
	slices.Sort(got)
	slices.Sort(want)
	r.same("search for "+text, got, want)
}

func (r *runner) expectIdentity(e *Expect) {
	if e.Conflicts != nil {
		var answer struct{ Conflicts []unify.CustomerConflict }
		r.client.Call(http.MethodGet, "/identity/conflicts", nil, &answer)
		var reasons []string
		for _, c := range answer.Conflicts {
			reasons = append(reasons, c.Reason)
		}
		r.same("conflicts", reasons, *e.Conflicts)
	}
	if e.Suspects != nil {
		var answer struct{ Identifiers []unify.CustomerIdentifier }
		r.client.Call(http.MethodGet, "/identity/suspects", nil, &answer)
		var suspects []string
		for _, id := range answer.Identifiers {
			suspects = append(suspects, id.State+" "+id.String())
		}
		r.same("suspects", suspects, *e.Suspects)
	}
}

func (r *runner) expectContract(e *Expect) {
	if e.Quarantine != nil {
		var answer struct {
			Counts []struct {
				Code, Field string
				Events      int64
			}
		}
		r.client.Call(http.MethodGet, "/quarantine", nil, &answer)
		held := make(map[string]int64)
		for _, c := range answer.Counts {
			held[strings.TrimSpace(c.Code+" "+c.Field)] += c.Events
		}
		r.same("quarantine", held, *e.Quarantine)
	}
	if e.Events != nil {
		var answer struct {
			Events []struct {
				Type, Name string
				Events     int64
			}
		}
		r.client.Call(http.MethodGet, "/contract/events", nil, &answer)
		counts := make(map[string]int64)
		for _, kind := range answer.Events {
			name := kind.Name
			if name == "" {
				name = kind.Type
			}
			counts[name] = kind.Events
		}
		for name, want := range e.Events {
			r.same("events of "+name, counts[name], want)
		}
	}
	for field, want := range e.Fields {
		name, path, _ := strings.Cut(field, "/")
		var answer struct {
			Fields []struct {
				Path string
				Fill float64
			}
		}
		query := url.Values{"type": {"track"}, "name": {name}}
		if t, ok := hitori.ParseEventType(name); ok {
			query = url.Values{"type": {t.String()}}
		}
		r.client.Call(http.MethodGet, "/contract/fields?"+query.Encode(), nil, &answer)
		got := math.NaN()
		for _, f := range answer.Fields {
			if f.Path == path {
				got = f.Fill
			}
		}
		if math.Abs(got-want) > 1e-9 && !(want == 0 && math.IsNaN(got)) {
			r.t.Errorf("fill of %s: got %v, want %v", field, got, want)
		}
	}
}

func (r *runner) expectErasures(want int) {
	var answer struct {
		Erasures []struct {
			FinishedAt *time.Time `json:"finished_at"`
		}
	}
	r.client.Call(http.MethodGet, "/erasures", nil, &answer)
	finished := 0
	for _, e := range answer.Erasures {
		if e.FinishedAt != nil {
			finished++
		}
	}
	r.same("finished erasures", finished, want)
}

// expectNowhere looks for texts in everything the API tells about anybody.
func (r *runner) expectNowhere(texts []string) {
	var list struct{ Customers []unify.Card }
	r.client.Call(http.MethodGet, "/customers?limit=200", nil, &list)
	paths := []string{"/customers?limit=200", "/quarantine/events", "/identity/conflicts", "/identity/suspects", "/erasures", "/jobs"}
	for _, card := range list.Customers {
		paths = append(paths, "/customers/"+card.ID.String()+"/export")
	}
	for _, path := range paths {
		_, answer := r.client.Do(http.MethodGet, "/api/v1"+path, r.client.Secret, nil)
		for _, text := range texts {
			if strings.Contains(string(answer), text) {
				r.t.Errorf("%s is still in %s", text, path)
			}
		}
	}
}
