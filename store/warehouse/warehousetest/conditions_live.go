package warehousetest

import (
	"context"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// Records tells of the crowd what the state would.
func (c *crowd) Records(_ context.Context, roots []hitori.CustomerID) ([]unify.Record, error) {
	var records []unify.Record
	for _, root := range roots {
		if _, there := c.customers[root]; there {
			records = append(records, c.record(root))
		}
	}
	return records, nil
}

// conditionLive reads people one by one, and holds what conditions say of each to whom the warehouse finds.
func conditionLive(t *testing.T, w Warehouse) {
	const people, conditions = 25, 40
	g := querytest.NewGenerator(11)
	customers := make([]*querytest.Customer, people)
	for i := range customers {
		customers[i] = g.Customer(30)
		for name, feature := range map[string]string{"lifetime_spend": "spend", "churn_risk": "return_rate", "next_order_on": "last_order_at"} {
			customers[i].Features[feature] = customers[i].Features[name]
		}
	}
	crowd := settle(t, w, plan.Calendar{Now: querytest.Now, Location: querytest.Location, Currency: hitori.JPY}, customers...)
	reader := plan.Reader{Engine: w, Currency: hitori.JPY}
	subjects := understand.Subjects{State: crowd, Story: w, Features: plan.Catalogue{Engine: w}, Groups: reader, Currency: hitori.JPY}
	some := 0
	for range conditions {
		condition := withRealFeatures(t, g.Condition())
		found := crowd.compare(t, w, condition)
		if len(found) > 0 && len(found) < people {
			some++
		}
		for person := range crowd.customers {
			subject, err := subjects.Of(within(t), person, condition)
			if err != nil {
				t.Fatal(err)
			}
			if met, _ := query.Evaluate(condition, subject, querytest.Now, querytest.Location); met != slices.Contains(found, person) {
				t.Fatalf("%s\nof %d by itself %v, among all %v", query.Encode(condition), person, met, !met)
			}
		}
	}
	if some < conditions/4 {
		t.Errorf("only %d conditions tell people apart", some)
	}
	if _, err := subjects.Of(within(t), 1, query.Condition(&query.Level{OneOf: []string{"member"}})); hitori.ErrorCode(err) != hitori.NotFound {
		t.Errorf("somebody who does not exist: %v", err)
	}
}
