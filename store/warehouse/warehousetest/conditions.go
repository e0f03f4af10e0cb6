package warehousetest

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

var conditionTests = map[string]func(*testing.T, Warehouse){
	"Tokyo":     func(t *testing.T, w Warehouse) { randomConditions(t, w, 1, 120, querytest.Location) },
	"NewYork":   func(t *testing.T, w Warehouse) { randomConditions(t, w, 2, 50, zone(t, "America/New_York")) },
	"Havana":    func(t *testing.T, w Warehouse) { randomConditions(t, w, 3, 50, zone(t, "America/Havana")) }, // has no midnight on 8 March
	"Edges":     conditionEdges,
	"Clocks":    conditionClocks,
	"Merged":    conditionMerged,
	"Measures":  conditionMeasures,
	"Documents": conditionDocuments,
	"Pages":     conditionPages,
	"Estimates": conditionEstimates,
	"Live":      conditionLive,
	"Follows":   conditionFollows,
}

// Filler is what a warehouse offers for tests of what reads derived tables that something else fills.
type Filler interface {
	// Fill replaces the rows of a derived table. Columns that are not named are null.
	Fill(ctx context.Context, table string, columns []string, rows [][]any) error
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

// crowd are customers in a warehouse and in memory.
type crowd struct {
	at        plan.Calendar
	customers map[hitori.CustomerID]*querytest.Customer
}

// members are the profiles of a person: every third has two.
func members(person hitori.CustomerID) []hitori.CustomerID {
	if person>>20%3 == 0 {
		return []hitori.CustomerID{person, person + 1<<19}
	}
	return []hitori.CustomerID{person}
}

// settle puts customers into the warehouse: their events, spread over their profiles, and what is known about them.
func settle(t *testing.T, w Warehouse, at plan.Calendar, customers ...*querytest.Customer) *crowd {
	t.Helper()
	c := &crowd{at, make(map[hitori.CustomerID]*querytest.Customer)}
	batch := unify.Batch{Token: "crowd"}
	for i, customer := range customers {
		person := hitori.CustomerID(1+i) << 20
		c.customers[person] = customer
		profiles := members(person)
		for n := range customer.Story {
			e := &customer.Story[n]
			e.Position = e.Position<<20 | hitori.Position(i)
			e.Customer = profiles[n%len(profiles)]
		}
		batch.Events = append(batch.Events, customer.Story...)
		for _, p := range profiles[1:] {
			batch.Aliases = append(batch.Aliases, unify.Alias{Customer: p, Root: person, Version: 1})
		}
	}
	appendBatch(t, w, batch)
	derive(t, w, understand.Derivation{
		People: c.people(), Everybody: true, Form: form, Costs: customers[0].Costs, Currency: at.Currency, Now: at.Now, Location: at.Location,
	})
	c.fill(t, w)
	return c
}

func (c *crowd) people() iter.Seq2[understand.Person, error] {
	return func(yield func(understand.Person, error) bool) {
		for person := range c.customers {
			r := c.record(person)
			if !yield(understand.NewPerson(&r, c.at.Location), nil) {
				return
			}
		}
	}
}

// record is what the state knows about a person.
func (c *crowd) record(person hitori.CustomerID) unify.Record {
	customer := c.customers[person]
	r := unify.Record{Root: person, Members: members(person), FirstSeen: c.at.Now, Document: unify.NewDocument()}
	for l := unify.Visitor; l <= unify.Member; l++ {
		if l.String() == customer.Known {
			r.Level = l
		}
	}
	for name, value := range customer.Traits {
		if value != "" {
			r.Document.Traits[name] = hitori.Trait{Value: value}
		}
	}
	for key, granted := range customer.Consents {
		r.Document.Consents[unify.ConsentKey{Channel: key[0], Purpose: key[1]}] = hitori.Consent{Granted: granted}
	}
	for _, kind := range customer.Identifiers {
		r.Identifiers = append(r.Identifiers, hitori.OwnedIdentifier{Identifier: hitori.Identifier{Kind: kind, Value: "x"}, State: hitori.Trusted})
	}
	return r
}

// fill writes features, memberships and lists.
func (c *crowd) fill(t *testing.T, w Warehouse) {
	t.Helper()
	var features, memberships, listed [][]any
	names := []string{"person"}
	for _, f := range understand.Features() {
		names = append(names, f.Name)
	}
	for person, customer := range c.customers {
		row := []any{int64(person)}
		for _, f := range understand.Features() {
			row = append(row, c.feature(customer, f))
		}
		features = append(features, row)
		for id, m := range customer.Segments {
			memberships = append(memberships, []any{id, int64(person), m.In, milliseconds(m.Entered), milliseconds(m.Left)})
		}
		for _, list := range customer.Lists {
			listed = append(listed, []any{list, int64(person)})
		}
	}
	for _, table := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{
		{"features", names, features},
		{"memberships", []string{"segment", "person", "is_in", "entered", "left"}, memberships},
		{"listed", []string{"list", "person"}, listed},
	} {
		if err := w.(Filler).Fill(within(t), table.name, table.columns, table.rows); err != nil {
			t.Fatal(err)
		}
	}
}

func milliseconds(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixMilli()
}

// feature is a feature's value as the table has it. A value of another type is taken from the customer.
func (c *crowd) feature(customer *querytest.Customer, f understand.Feature) any {
	v := customer.Features[f.Name]
	switch kind := v.Type(); {
	case f.Type == query.TypeText && kind == hitori.JSONString:
		return v.Text()
	case f.Type == query.TypeNumber && kind == hitori.JSONNumber:
		number, err := strconv.ParseFloat(v.Text(), 64)
		if err != nil {
			panic(err)
		}
		return number
	case f.Type == query.TypeTime && kind == hitori.JSONString:
		if ms, ok := (query.Clock{Location: c.at.Location}).Instant(v.Text()); ok {
			return ms
		}
	}
	delete(customer.Features, f.Name)
	return nil
}

// realFeatures are features there are in place of the generator's.
var realFeatures = strings.NewReplacer(`"lifetime_spend"`, `"spend"`, `"churn_risk"`, `"return_rate"`, `"next_order_on"`, `"last_order_at"`)

// withRealFeatures returns the same condition about features there are.
func withRealFeatures(t *testing.T, c query.Condition) query.Condition {
	t.Helper()
	c, err := query.Parse([]byte(realFeatures.Replace(string(query.Encode(c)))))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const crowdSize = 200

// randomConditions compares who meets random conditions with what evaluation says of each customer.
func randomConditions(t *testing.T, w Warehouse, seed uint64, count int, location *time.Location) {
	g := querytest.NewGenerator(seed)
	customers := make([]*querytest.Customer, crowdSize)
	for i := range customers {
		c := g.Customer(30)
		for name, feature := range map[string]string{"lifetime_spend": "spend", "churn_risk": "return_rate", "next_order_on": "last_order_at"} {
			c.Features[feature] = c.Features[name]
		}
		customers[i] = c
	}
	crowd := settle(t, w, plan.Calendar{Now: querytest.Now, Location: location, Currency: hitori.JPY}, customers...)
	some := 0
	var conditions []query.Condition
	var met [][]hitori.CustomerID
	for range count {
		conditions = append(conditions, withRealFeatures(t, g.Condition()))
		met = append(met, crowd.compare(t, w, conditions[len(conditions)-1]))
		if n := len(met[len(met)-1]); n > 0 && n < crowdSize {
			some++
		}
	}
	if some < count/2 {
		t.Errorf("only %d of %d conditions tell people apart", some, count)
	}
	for from := 0; from < count; from += together {
		to := min(from+together, count)
		crowd.compareTogether(t, w, conditions[from:to], met[from:to])
	}
}

// together is how many conditions are asked in one query.
const together = 25

// compareTogether asks who meets several conditions in one query, and holds it to whom each finds by itself.
func (c *crowd) compareTogether(t *testing.T, w Warehouse, conditions []query.Condition, want [][]hitori.CustomerID) {
	t.Helper()
	met := make([][]hitori.CustomerID, len(conditions))
	err := w.Query(within(t), func(d plan.Dialect) string { return plan.Conditions(d, conditions, c.at) }, func(r plan.Row) error {
		var person, bits int64
		err := r.Scan(&person, &bits)
		for i := range met {
			if bits>>i&1 == 1 {
				met[i] = append(met[i], hitori.CustomerID(person))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range met {
		if slices.Sort(met[i]); !slices.Equal(met[i], want[i]) {
			t.Fatalf("%s\ntogether with others %d people, by itself %d", query.Encode(conditions[i]), len(met[i]), len(want[i]))
		}
	}
}

// compare asks the warehouse who meets a condition, in the order of their ids, and holds it to evaluation.
func (c *crowd) compare(t *testing.T, w Warehouse, condition query.Condition) []hitori.CustomerID {
	t.Helper()
	var sql string
	var met []hitori.CustomerID
	err := w.Query(within(t), func(d plan.Dialect) string {
		sql = plan.Condition(d, condition, c.at)
		return sql
	}, func(r plan.Row) error {
		var person int64
		err := r.Scan(&person)
		met = append(met, hitori.CustomerID(person))
		return err
	})
	told := fmt.Sprintf("%s\n%s", query.Encode(condition), sql)
	if err != nil {
		t.Fatalf("%s\n%v", told, err)
	}
	slices.Sort(met)
	if len(slices.Compact(slices.Clone(met))) != len(met) {
		t.Fatalf("%s\nsomebody twice in %d", told, met)
	}
	var wrong []string
	for person, customer := range c.customers {
		want, _ := query.Evaluate(condition, customer, c.at.Now, c.at.Location)
		if _, found := slices.BinarySearch(met, person); found != want {
			wrong = append(wrong, fmt.Sprintf("%d: found %v, want %v: %+v", person>>20, found, want, *customer))
		}
	}
	if len(wrong) > 0 {
		t.Fatalf("%s\n%d people, of which %d differ; the first:\n%s", told, len(met), len(wrong), wrong[0])
	}
	return met
}

// conditionPages reads people page by page, and their number.
func conditionPages(t *testing.T, w Warehouse) {
	g := querytest.NewGenerator(3)
	var customers []*querytest.Customer
	for range 25 {
		customers = append(customers, g.Customer(5))
	}
	settle(t, w, plan.Calendar{Now: querytest.Now, Location: querytest.Location}, customers...)
	reader := plan.Reader{Engine: w, Currency: hitori.JPY}
	everybody := &query.Level{OneOf: []string{"member", "lead", "visitor"}}
	at := query.Clock{Now: querytest.Now, Location: querytest.Location}
	size, _, err := reader.Size(within(t), everybody, at)
	if err != nil || size != 25 {
		t.Fatalf("%d people, %v", size, err)
	}
	sample, err := reader.Sample(within(t), everybody, at, 3)
	if want := []hitori.CustomerID{1 << 20, 2 << 20, 3 << 20}; err != nil || sample.Size != 25 || sample.Everybody != 25 || sample.Estimated || !slices.Equal(sample.People, want) {
		t.Fatalf("got %+v, %v", sample, err)
	}
	sample, err = reader.Sample(within(t), &query.Not{Of: everybody}, at, 3)
	if err != nil || sample.Size != 0 || sample.Everybody != 25 || len(sample.People) > 0 {
		t.Fatalf("of nobody: %+v, %v", sample, err)
	}
	var all []hitori.CustomerID
	for after := hitori.CustomerID(0); ; after = all[len(all)-1] {
		page, err := reader.People(within(t), everybody, at, after, 10)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page...); len(page) < 10 {
			break
		}
	}
	for i := range 25 {
		if len(all) != 25 || all[i] != hitori.CustomerID(1+i)<<20 {
			t.Fatalf("got %d", all)
		}
	}
}

// conditionEstimates holds sizes that are estimated from a part of the people to the whole ones.
func conditionEstimates(t *testing.T, w Warehouse) {
	const people, enough, conditions = 400, 100, 60
	g := querytest.NewGenerator(17)
	customers := make([]*querytest.Customer, people)
	for i := range customers {
		customers[i] = g.Customer(12)
	}
	settle(t, w, plan.Calendar{Now: querytest.Now, Location: querytest.Location, Currency: hitori.JPY}, customers...)
	reader := plan.Reader{Engine: w, Currency: hitori.JPY, Enough: enough}
	at := query.Clock{Now: querytest.Now, Location: querytest.Location}
	estimated := 0
	for range conditions {
		condition := withRealFeatures(t, g.Condition())
		met, err := reader.People(within(t), condition, at, 0, people)
		must(t, err)
		sample, err := reader.Sample(within(t), condition, at, 10)
		must(t, err)
		told := query.Encode(condition)
		share := float64(len(met)) / people
		if off := math.Abs(float64(sample.Size)/people - share); off > 4*math.Sqrt(share*(1-share)/enough) || !sample.Estimated && off > 0 {
			t.Errorf("%s\n%+v, but %d meet it", told, sample, len(met))
		}
		if len(sample.People) < min(10, int(sample.Size)/(people/enough+1)) {
			t.Errorf("%s\nshows %d of %d people", told, len(sample.People), sample.Size)
		}
		for _, person := range sample.People {
			if !slices.Contains(met, person) {
				t.Errorf("%s\nshows %d, who does not meet it", told, person)
			}
		}
		if sample.Estimated && share > 0 && share < 1 {
			estimated++
		}
	}
	if estimated < conditions/6 {
		t.Errorf("only %d of %d sizes that could be wrong were estimated", estimated, conditions)
	}
}
