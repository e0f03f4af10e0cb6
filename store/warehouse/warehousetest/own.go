package warehousetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
)

var ownTests = map[string]func(*testing.T, Warehouse){
	"Tokyo":   func(t *testing.T, w Warehouse) { randomMeasures(t, w, 31, 60, querytest.Location) },
	"NewYork": func(t *testing.T, w Warehouse) { randomMeasures(t, w, 32, 20, zone(t, "America/New_York")) },
	"Spread":  measuresSpread,
}

func randomCrowd(t *testing.T, w Warehouse, g *querytest.Generator, location *time.Location) *crowd {
	t.Helper()
	customers := make([]*querytest.Customer, crowdSize)
	for i := range customers {
		customers[i] = g.Customer(30)
	}
	return settle(t, w, plan.Calendar{Now: querytest.Now, Location: location, Currency: hitori.JPY}, customers...)
}

// valued is a measure as the catalogue asks for it.
func (c *crowd) valued(m query.Measurable) understand.Valued {
	v := understand.Valued{Measure: m, At: query.Clock{Now: c.at.Now, Location: c.at.Location}}
	v.Type, v.Unit = query.ResultOf(m, querytest.NewCatalogue("ja"))
	return v
}

// want is what a measure gives for a customer: as evaluation says, as far as it is of the type.
func (c *crowd) want(v understand.Valued, customer *querytest.Customer) any {
	switch value := query.Value(v.Measure, customer, c.at.Now, c.at.Location).(type) {
	case bool:
		if v.Type == query.TypeBoolean {
			return fmt.Sprint(value)
		}
	case string:
		if v.Type == query.TypeText {
			return value
		}
		if ms, ok := v.At.Instant(value); v.Dated() && ok {
			return float64(ms)
		}
	case float64:
		e, _ := v.Measure.(*query.Event)
		told := e != nil && (e.Measure == query.FirstValue || e.Measure == query.LastValue)
		if !v.Written() && !(told && v.Dated()) { // a number is no date
			return value
		}
	}
	return nil
}

// randomMeasures compares what random measures give each person with what evaluation says.
func randomMeasures(t *testing.T, w Warehouse, seed uint64, count int, location *time.Location) {
	g := querytest.NewGenerator(seed)
	crowd := randomCrowd(t, w, g, location)
	catalogue := plan.Catalogue{Engine: w, Currency: hitori.JPY}
	apart := 0
	for range count {
		v := crowd.valued(g.Measure())
		got, sql := crowd.measured(t, w, v)
		different := make(map[any]bool)
		for person, customer := range crowd.customers {
			want := crowd.want(v, customer)
			different[want] = true
			value := got[person]
			if value == nil && query.Always(v.Measure) {
				value = 0.0
			}
			if value != want {
				t.Fatalf("%s\n%s\n%d has %v, want %v: %+v", query.EncodeMeasure(v.Measure), sql, person>>20, value, want, *customer)
			}
		}
		if len(different) > 1 {
			apart++
		}
		person := hitori.CustomerID(1+apart%crowdSize) << 20
		one, err := catalogue.Value(within(t), v, person, members(person))
		if want := crowd.want(v, crowd.customers[person]); err != nil || one != want {
			t.Fatalf("%s\nof %d alone: %v, want %v, %v", query.EncodeMeasure(v.Measure), person>>20, one, want, err)
		}
	}
	if apart < count/2 {
		t.Errorf("only %d of %d measures tell people apart", apart, count)
	}
}

// measured is what a measure gives by person.
func (c *crowd) measured(t *testing.T, w Warehouse, v understand.Valued) (map[hitori.CustomerID]any, string) {
	t.Helper()
	var sql string
	got := make(map[hitori.CustomerID]any)
	err := w.Query(within(t), func(d plan.Dialect) string {
		sql = plan.Measured(d, v, c.at)
		return sql
	}, func(r plan.Row) error {
		person, value, err := scanValue(r, v)
		if _, twice := got[person]; twice {
			t.Errorf("%d stands there twice", person)
		}
		got[person] = value
		return err
	})
	if err != nil {
		t.Fatalf("%s\n%s\n%v", query.EncodeMeasure(v.Measure), sql, err)
	}
	return got, sql
}

func scanValue(r plan.Row, v understand.Valued) (hitori.CustomerID, any, error) {
	var person int64
	if v.Written() {
		var text sql.Null[string]
		if err := r.Scan(&person, &text); err != nil || text.V == "" {
			return hitori.CustomerID(person), nil, err
		}
		return hitori.CustomerID(person), text.V, nil
	}
	var number sql.Null[float64]
	if err := r.Scan(&person, &number); err != nil || !number.Valid {
		return hitori.CustomerID(person), nil, err
	}
	return hitori.CustomerID(person), number.V, nil
}

// measuresSpread holds what is told of a measure's distribution to the values themselves, and the people behind each mark to its
// number.
func measuresSpread(t *testing.T, w Warehouse) {
	g := querytest.NewGenerator(33)
	crowd := randomCrowd(t, w, g, querytest.Location)
	reader := plan.Catalogue{Engine: w, Currency: hitori.JPY}
	store := &ownStore{}
	catalogue := understand.NewCatalogue(understand.NewSegments(understand.SegmentsConfig{
		Own: store, Features: reader, Clock: service.NewManualClock(crowd.at.Now), Location: crowd.at.Location, Currency: hitori.JPY,
	}))
	types := make(map[query.Type]int)
	for range 40 {
		v := crowd.valued(g.Measure())
		if types[v.Type] == 5 { // enough of these
			continue
		}
		store.features = []understand.OwnFeature{{Key: "x", Definition: string(query.EncodeMeasure(v.Measure)), Type: v.Type, Unit: v.Unit}}
		d, err := catalogue.Distribution(within(t), "own.x")
		if err != nil {
			t.Fatalf("%s\n%v", query.EncodeMeasure(v.Measure), err)
		}
		var values []any
		for _, customer := range crowd.customers {
			if value := crowd.want(v, customer); value != nil && customer.Known != "visitor" {
				values = append(values, value)
			}
		}
		if d.Known != int64(len(values)) {
			t.Fatalf("%s\n%d have it, want %d", query.EncodeMeasure(v.Measure), d.Known, len(values))
		}
		if d.Known == 0 {
			continue
		}
		types[v.Type]++
		for i, mark := range marksOf(t, d, values) {
			if i%5 != types[v.Type]%5 { // some of each are enough
				continue
			}
			found, err := catalogue.People(within(t), "own.x", mark.FeatureMark, nil, crowdSize)
			if err != nil || found.Total != mark.people || int64(len(found.Page)) != mark.people {
				t.Fatalf("%s\nbehind %+v stand %d (%d), the mark says %d, %v", query.EncodeMeasure(v.Measure), mark, found.Total, len(found.Page), mark.people, err)
			}
		}
	}
	for _, of := range []query.Type{query.TypeInteger, query.TypeNumber, query.TypeTime, query.TypeText} {
		if types[of] == 0 {
			t.Errorf("nothing of type %s was spread: %v", of, types)
		}
	}
}

// marked is a mark of a distribution with how many people stand behind it.
type marked struct {
	understand.FeatureMark
	people int64
}

// marksOf are the marks of a distribution, whose numbers are held to the values themselves.
func marksOf(t *testing.T, d understand.Distribution, values []any) []marked {
	t.Helper()
	marks := []marked{{understand.FeatureMark{}, d.Known}}
	if len(d.Values) > 0 {
		for _, v := range d.Values {
			people := int64(0)
			for _, value := range values {
				if value == v.Value {
					people++
				}
			}
			if people != v.People {
				t.Fatalf("%d have %q, want %d", v.People, v.Value, people)
			}
			marks = append(marks, marked{understand.FeatureMark{Value: v.Value}, people})
		}
		return marks
	}
	numbers := make([]float64, len(values))
	for i, value := range values {
		numbers[i] = value.(float64)
	}
	slices.Sort(numbers)
	for _, q := range d.Quantiles {
		at := max(1, (q.Percent*len(numbers)+99)/100)
		if q.Value != numbers[at-1] {
			t.Fatalf("%d%% do not exceed %v, want %v", q.Percent, q.Value, numbers[at-1])
		}
	}
	for i, b := range d.Bars {
		m := marked{people: b.People}
		if i > 0 || b.From == b.To {
			m.From = &b.From
		}
		if i < len(d.Bars)-1 || b.From == b.To {
			m.Below = &b.To
		}
		people := int64(0)
		for _, n := range numbers {
			if b.From == b.To || (m.From == nil || n >= b.From) && (m.Below == nil || n < b.To) {
				people++
			}
		}
		if people != b.People {
			t.Fatalf("bar %+v holds %d", b, people)
		}
		marks = append(marks, m)
	}
	return marks
}

// ownStore keeps features in memory.
type ownStore struct{ features []understand.OwnFeature }

func (s *ownStore) OwnFeatures(context.Context) ([]understand.OwnFeature, error) {
	return s.features, nil
}

func (s *ownStore) PutOwnFeature(context.Context, understand.OwnFeature) error { return nil }

func (s *ownStore) DeleteOwnFeature(context.Context, string) error { return nil }
