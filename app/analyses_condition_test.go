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
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
)

// In a simulated shop the people who meet the condition of a mark are those behind the mark, for every mark of every
// analysis that has people.
func TestConditionsOfAnalyses(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		c := shop(t, config(t, engines))
		if err := c.App.Deriver.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		reader := plan.Reader{Engine: c.App.Warehouse, Currency: hitori.JPY}
		tokyo, err := time.LoadLocation("Asia/Tokyo")
		if err != nil {
			t.Fatal(err)
		}
		marks, people := 0, 0
		same := func(analysis string, mark url.Values) {
			t.Helper()
			var behind struct {
				Total     int
				Customers []struct{ ID hitori.CustomerID }
			}
			c.Call(http.MethodGet, "/analyses/"+analysis+"/people?limit=1000&"+mark.Encode(), nil, &behind)
			path := "/api/v1/analyses/" + analysis + "/condition?" + mark.Encode()
			status, answer := c.Do(http.MethodGet, path, c.Secret, nil)
			if behind.Total == 0 && strings.Contains(string(answer), "condition_nobody") {
				return
			}
			if status >= 300 {
				t.Errorf("%s: %d %s for %d people", path, status, answer, behind.Total)
				return
			}
			var told struct{ Condition json.RawMessage }
			if err := json.Unmarshal(answer, &told); err != nil {
				t.Fatal(err)
			}
			condition, err := query.Parse(told.Condition)
			if err != nil {
				t.Fatalf("%s: %v in %s", path, err, answer)
			}
			met, err := reader.People(t.Context(), condition, query.Clock{Now: time.Now(), Location: tokyo}, 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]hitori.CustomerID, len(behind.Customers))
			for i, customer := range behind.Customers {
				want[i] = customer.ID
			}
			slices.Sort(want)
			slices.Sort(met)
			if len(want) != behind.Total || !slices.Equal(met, want) {
				t.Errorf("%s: %d people meet %s, %d are behind the mark", path, len(met), told.Condition, behind.Total)
			}
			marks, people = marks+1, people+len(met)
		}
		group := func(name string) url.Values { return url.Values{"group": {name}} }

		var rfm understand.RFM
		c.Call(http.MethodGet, "/analyses/rfm", nil, &rfm)
		for _, g := range rfm.Groups {
			same("rfm", group(g.Name))
			fixed := url.Values{"group": {g.Name}, "recency": {"90,60,30,0"}, "frequency": {"2,3,4,5"}, "monetary": {"3000,6000,10000,20000"}}
			same("rfm", fixed)
		}
		for _, cell := range rfm.Grid {
			same("rfm", group(fmt.Sprintf("r%df%d", cell.Recency, cell.Frequency)))
		}
		for _, cell := range rfm.Cells {
			same("rfm", group(fmt.Sprintf("r%df%dm%d", cell.Recency, cell.Frequency, cell.Monetary)))
		}
		for decile := range 10 {
			same("decile", group(fmt.Sprint(decile+1)))
		}
		for _, class := range []string{"A", "B", "C"} {
			same("abc", group(class))
		}
		for _, stage := range []string{"prospect", "new", "active", "at_risk", "dormant", "churned"} {
			same("lifecycle", group(stage))
			same("lifecycle", url.Values{"group": {stage}, "at_risk": {"20"}, "dormant": {"40"}, "churned": {"60"}})
		}
		var cohorts understand.Cohorts
		c.Call(http.MethodGet, "/analyses/cohorts", nil, &cohorts)
		for _, cohort := range cohorts.Cohorts {
			for _, point := range cohort.Points {
				same("cohorts", url.Values{"group": {cohort.Month}, "later": {fmt.Sprint(point.Later)}})
			}
		}
		for _, step := range []string{"f2", "f3", "f4", "f2-open", "f3-open", "f4-open"} {
			same("repeat", group(step))
		}
		var first understand.FirstProducts
		c.Call(http.MethodGet, "/analyses/first-products?days=1", nil, &first)
		for _, p := range first.Products {
			same("first-products", group(p.Product))
		}
		if t.Logf("%d marks, %d people", marks, people); marks < 60 || people < 600 {
			t.Errorf("only %d marks with %d people were compared", marks, people)
		}
	})
}

// What no condition can say is refused, with the reason.
func TestConditionsThatCannotBe(t *testing.T) {
	c := shop(t, config(t, pairs["embedded"](t)))
	if err := c.App.Deriver.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused := map[string]string{
		"rfm/condition?group=best&from=2026-01-01":          "condition_from",
		"decile/condition?group=1&as_of=2020-01-01":         "condition_as_of",
		"abc/condition?group=A&axis=product":                "condition_axis",
		"first-products/condition?group=nothing":            "condition_nobody",
		"products-next/condition?group=%5B%22P1%22%5D":      "condition_next",
		"rfm/condition?group=r9f9":                          "analysis_mark",
		"lifecycle/condition?group=gone":                    "analysis_mark",
		"cohorts/condition?group=2026-13":                   "month_invalid",
		"rfm/condition?group=r5f5&frequency=1,2":            "rfm_bounds",
		"lifecycle/condition?group=new&at_risk=9&dormant=1": "stage_thresholds",
	}
	for _, path := range slices.Sorted(maps.Keys(refused)) {
		status, answer := c.Do(http.MethodGet, "/api/v1/analyses/"+path, c.Secret, nil)
		if status < 400 || status >= 500 || !strings.Contains(string(answer), refused[path]) {
			t.Errorf("%s: %d %s, want %s", path, status, answer, refused[path])
		}
	}
}
