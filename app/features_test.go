package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app/apptest"
)

// ownFeature is a feature of the shop's own as the API tells it.
type ownFeature struct {
	Name, Type, Unit, Title, About string
	Own                            struct {
		Key        string
		Definition json.RawMessage
		Personal   bool
		Version    int64
		UsedBy     []struct{ Name string } `json:"used_by"`
		Faults     []struct{ Field string }
	}
}

type spread struct {
	Title, About, Type, Unit string
	People, Known            int64
	Bars                     []struct {
		From, To float64
		People   int64
	}
	Values []struct {
		Value  string
		People int64
	}
}

func measured(of map[string]any) map[string]any {
	return map[string]any{"version": 1, "measure": of}
}

func (s *segmentStory) define(title string, of map[string]any) ownFeature {
	s.T.Helper()
	var made ownFeature
	s.c.Call(http.MethodPost, "/features", map[string]any{"title": title, "definition": measured(of)}, &made)
	return made
}

func (s *segmentStory) features() map[string]ownFeature {
	s.T.Helper()
	var all struct{ Features []ownFeature }
	s.c.Call(http.MethodGet, "/features", nil, &all)
	byName := make(map[string]ownFeature)
	for _, f := range all.Features {
		byName[f.Name] = f
	}
	return byName
}

// refuses sends a request that must be refused, and returns the places of what is wrong.
func (s *segmentStory) refuses(method, path string, body any, want int) (places []string, title string) {
	s.T.Helper()
	status, answer := s.c.Do(method, "/api/v1"+path, s.c.Secret, body)
	var problem struct {
		Title, Field string
		Errors       []struct{ Field string }
	}
	if err := json.Unmarshal(answer, &problem); err != nil {
		s.Fatal(err)
	}
	s.equal(fmt.Sprintf("%s %s: %s", method, path, answer), status, want)
	for _, e := range problem.Errors {
		places = append(places, e.Field)
	}
	if len(places) == 0 && problem.Field != "" {
		places = []string{problem.Field}
	}
	return places, problem.Title
}

// A shop defines features of its own: they are spread, known of people, asked about in rules, and cannot go while they are.
func TestOwnFeatures(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		c := apptest.Start(t, config(t, engines))
		s := &segmentStory{t, c, c.WriteKey("shop")}
		for n := 1; n <= 5; n++ {
			c.Send(s.key, map[string]any{"type": "identify", "userId": fmt.Sprint("M", n), "traits": map[string]any{"name": fmt.Sprint("客", n)}})
			for range n - 1 {
				c.Send(s.key, map[string]any{"type": "track", "userId": fmt.Sprint("M", n), "event": "Product Viewed", "properties": map[string]any{
					"category": "豆", "price": 100 * n, "email": fmt.Sprintf("m%d@example.jp", n)}})
			}
		}
		c.Send(s.key, map[string]any{"type": "track", "anonymousId": "nobody", "event": "Product Viewed", "properties": map[string]any{"category": "豆"}})
		s.order("M1", 1, 1000)
		s.order("M2", 1, 3000)
		s.follow()
		views := s.defined()
		s.ruled(views)
		s.guarded(views)
		s.wrong()
		s.kept()
	})
}

var beans = map[string]any{
	"type": "event", "event": "Product Viewed", "where": map[string]any{"type": "property", "name": "properties.category", "is": map[string]any{"op": "one_of", "values": []string{"豆"}}},
	"window": map[string]any{"op": "in_last", "n": 30, "unit": "day"}, "measure": "count",
}

func (s *segmentStory) defined() ownFeature {
	views := s.define("豆の閲覧", beans)
	s.equal("views", []string{views.Type, views.Unit, views.Title, views.About}, []string{"integer", "times", "豆の閲覧", "how often “Product viewed” (where Category is “豆”) occurred within the last 30 days"})
	s.equal("in the catalogue", s.features()[views.Name].Own.Key, views.Own.Key)
	var d spread
	s.c.Call(http.MethodGet, "/features/"+views.Name, nil, &d)
	s.equal("people", []int64{d.People, d.Known}, []int64{5, 5}) // who never did has 0; visitors are left out
	s.equal("bars", len(d.Bars), 5)
	for i, b := range d.Bars {
		s.equal("bar", []any{b.From, b.People}, []any{i, 1})
		var people struct {
			Customers []struct{ Name string }
			Total     int64
		}
		s.c.Call(http.MethodGet, fmt.Sprintf("/features/%s/people?from=%v&below=%v", views.Name, b.From, b.To), nil, &people)
		s.equal("behind the bar", fmt.Sprint(people), fmt.Sprintf("{[{客%d}] 1}", i+1))
	}
	var told struct{ Condition json.RawMessage }
	s.c.Call(http.MethodGet, "/features/"+views.Name+"/condition?from=3", nil, &told)
	var preview struct{ Size int64 }
	s.c.Call(http.MethodPost, "/segments/preview", map[string]any{"condition": told.Condition}, &preview)
	s.equal("as a condition", preview.Size, 2)
	var tried spread
	s.c.Call(http.MethodPost, "/features/preview", map[string]any{"definition": measured(map[string]any{"type": "event", "event": "Product Viewed", "measure": "last_value", "property": "properties.category"})}, &tried)
	s.equal("tried", []any{tried.Known, tried.Values[0].Value, tried.Values[0].People}, []any{4, "豆", 4})
	var of struct {
		Features []struct {
			Name, Title string
			Value       any
		}
	}
	s.c.Call(http.MethodGet, "/customers/user_id:M4/features", nil, &of)
	last := of.Features[len(of.Features)-1]
	s.equal("M4", []any{last.Name, last.Title, last.Value}, []any{views.Name, "豆の閲覧", 3})
	return views
}

func asks(name string, is map[string]any) map[string]any {
	return map[string]any{"type": "feature", "name": name, "is": is}
}

func atLeast(n float64) map[string]any { return map[string]any{"op": "at_least", "number": n} }

// ruled uses the feature in a rule: who meets it follows what happens, and a change of the feature moves nobody.
func (s *segmentStory) ruled(views ownFeature) {
	keen := s.create("よく見る人", asks(views.Name, atLeast(3)))
	s.equal("keen", []any{keen.Size, keen.Sentence}, []any{2, "豆の閲覧 is at least 3 times"})
	s.equal("used by", s.features()[views.Name].Own.UsedBy, "[{よく見る人}]")
	var verdict struct {
		Met     bool
		Answers []struct {
			Path, Sentence string
			Met            bool
		}
	}
	for person, met := range map[string]bool{"M4": true, "M3": false} {
		s.c.Call(http.MethodPost, "/segments/evaluate", map[string]any{"customer": "user_id:" + person, "condition": map[string]any{"version": 1, "where": asks(views.Name, atLeast(3))}}, &verdict)
		s.equal(person, fmt.Sprint(verdict), fmt.Sprintf("{%v [{/where 豆の閲覧 is at least 3 times %v}]}", met, met))
	}
	var contract struct {
		Fields []struct {
			Path   string
			UsedBy []string `json:"used_by"`
		}
	}
	s.c.Call(http.MethodGet, "/contract/fields?type=track&name="+url.QueryEscape("Product Viewed"), nil, &contract)
	for _, f := range contract.Fields {
		if f.Path == "properties.category" {
			s.equal("the category is used by", f.UsedBy, "[豆の閲覧 よく見る人]")
		}
	}
	s.c.Send(s.key, map[string]any{"type": "track", "userId": "M3", "event": "Product Viewed", "properties": map[string]any{"category": "豆"}})
	s.follow()
	keen = s.get(keen.ID)
	s.equal("after a view", []int64{keen.Size, keen.Entered, keen.Left}, []int64{3, 1, 0})
	s.equal("M3", s.crossed("M3"), "[Segment Entered よく見る人]")
	of := map[string]any{"type": "event", "event": "Product Viewed", "measure": "count", "window": map[string]any{"op": "in_period", "n": 0, "unit": "year"}, "where": map[string]any{
		"type": "property", "name": "properties.price", "is": atLeast(400)}}
	var changed ownFeature
	s.c.Call(http.MethodPut, "/features/"+views.Name, map[string]any{"title": "高い商品の閲覧", "definition": measured(of), "version": views.Own.Version}, &changed)
	s.equal("changed", []any{changed.Title, changed.Own.Version, changed.Name}, []any{"高い商品の閲覧", 2, views.Name})
	keen = s.get(keen.ID)
	s.equal("after the change", []any{keen.Size, keen.Entered, keen.Left, keen.Sentence}, []any{2, 0, 0, "高い商品の閲覧 is at least 3 times"})
	s.follow()
	s.equal("nobody was told", s.crossed("M3"), "[Segment Entered よく見る人]")
}

// guarded are changes by which rules would mean nothing any more.
func (s *segmentStory) guarded(views ownFeature) {
	path := "/features/" + views.Name
	_, title := s.refuses(http.MethodDelete, path, nil, http.StatusConflict)
	s.equal("who uses it", title, "It cannot be deleted, because segments use it: よく見る人. Take it out of their rules first.")
	s.refuses(http.MethodPut, path, map[string]any{"title": "x", "version": 2, "definition": measured(map[string]any{
		"type": "event", "event": "Product Viewed", "measure": "first_value", "property": "properties.category"})}, http.StatusConflict)
	s.refuses(http.MethodPut, path, map[string]any{"title": "x", "version": 1, "definition": measured(beans)}, http.StatusConflict)
	s.refuses(http.MethodPut, "/features/orders", map[string]any{"title": "x", "version": 1, "definition": measured(beans)}, http.StatusNotFound)
	s.refuses(http.MethodDelete, "/features/orders", nil, http.StatusNotFound)
	places, _ := s.refuses(http.MethodPost, "/segments", map[string]any{"name": "y", "condition": map[string]any{"version": 1, "where": asks("own.gone", atLeast(1))}}, http.StatusBadRequest)
	s.equal("a feature that is not there", places, "[/where/name]")
	var all struct{ Segments []segmentAnswer }
	s.c.Call(http.MethodGet, "/segments", nil, &all)
	s.c.Call(http.MethodDelete, "/segments/"+all.Segments[0].ID, nil, nil)
	s.c.Call(http.MethodDelete, path, nil, nil)
	s.refuses(http.MethodGet, path, nil, http.StatusNotFound)
}

// wrong are definitions that cannot be: each is told with its place.
func (s *segmentStory) wrong() {
	for what, test := range map[string]struct {
		body  map[string]any
		place string
	}{
		"no title":    {map[string]any{"title": " ", "definition": measured(beans)}, "title"},
		"a bad key":   {map[string]any{"title": "x", "key": "Views!", "definition": measured(beans)}, "key"},
		"no unit":     {map[string]any{"title": "x", "unit": "miles", "definition": measured(map[string]any{"type": "event", "event": "Product Viewed", "measure": "sum", "property": "properties.price"})}, "unit"},
		"a unit":      {map[string]any{"title": "x", "unit": "points", "definition": measured(beans)}, "unit"},
		"an event":    {map[string]any{"title": "x", "definition": measured(map[string]any{"type": "event", "event": "Gone", "measure": "count"})}, "/measure/event"},
		"a property":  {map[string]any{"title": "x", "definition": measured(map[string]any{"type": "event", "event": "Product Viewed", "measure": "sum", "property": "properties.gone"})}, "/measure/property"},
		"a window":    {map[string]any{"title": "x", "definition": measured(map[string]any{"type": "order", "state": "kept", "measure": "count", "window": map[string]any{"op": "in_last", "n": 0, "unit": "day"}})}, "/measure/window/n"},
		"a test":      {map[string]any{"title": "x", "definition": measured(map[string]any{"type": "order", "state": "kept", "measure": "count", "is": atLeast(1)})}, "/measure/is"},
		"a condition": {map[string]any{"title": "x", "definition": map[string]any{"version": 1, "where": bought}}, "/measure"},
	} {
		places, _ := s.refuses(http.MethodPost, "/features", test.body, http.StatusBadRequest)
		if len(places) == 0 || places[0] != test.place {
			s.Errorf("%s: %v, want %s", what, places, test.place)
		}
	}
}

// kept is what is about personal data: only who may see those can define it, ask about it and read it.
func (s *segmentStory) kept() {
	of := map[string]any{"type": "event", "event": "Product Viewed", "measure": "last_value", "property": "properties.email"}
	mails := s.define("閲覧時のメール", of)
	s.c.SignIn(access.Administrator)
	analyst, _ := s.c.SignIn(access.Analyst)
	for what, status := range map[string]int{
		"/features/" + mails.Name:             analyst.Do(http.MethodGet, "/api/v1/features/"+mails.Name, nil).Status,
		"/features/" + mails.Name + "/people": analyst.Do(http.MethodGet, "/api/v1/features/"+mails.Name+"/people", nil).Status,
		"/features/preview":                   analyst.Do(http.MethodPost, "/api/v1/features/preview", map[string]any{"definition": measured(of)}).Status,
		"/segments/preview": analyst.Do(http.MethodPost, "/api/v1/segments/preview", map[string]any{"condition": map[string]any{"version": 1, "where": asks(mails.Name, map[string]any{
			"op": "one_of", "values": []string{"m2@example.jp"}})}}).Status,
	} {
		s.equal(what, status, http.StatusForbidden)
	}
	var all struct{ Features []ownFeature }
	analyst.Call(http.MethodGet, "/features", nil, &all)
	last := all.Features[len(all.Features)-1]
	s.equal("hidden", []any{last.Name, last.Own.Personal, len(last.Own.Definition)}, []any{mails.Name, true, 0})
	var person struct{ Features []struct{ Name string } }
	analyst.Call(http.MethodGet, "/customers/user_id:M2/features", nil, &person)
	for _, f := range person.Features {
		if f.Name == mails.Name {
			s.Errorf("an analyst reads %s", f.Name)
		}
	}
	var values struct{ Values []string }
	analyst.Call(http.MethodGet, "/segments/schema/values?kind=feature&name="+mails.Name, nil, &values)
	s.equal("offered", len(values.Values), 0)
	s.c.Call(http.MethodGet, "/segments/schema/values?kind=feature&name="+mails.Name, nil, &values)
	s.equal("offered to who may", len(values.Values), 4)
}
