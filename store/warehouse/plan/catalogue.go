package plan

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

// Catalogue reads features. It implements [understand.FeatureReader].
type Catalogue struct {
	Engine
	// Currency is the shop's own.
	Currency hitori.Currency
}

var _ understand.FeatureReader = Catalogue{}

// Features implements [understand.FeatureReader].
func (c Catalogue) Features(ctx context.Context, people []hitori.CustomerID) (map[hitori.CustomerID]map[string]any, error) {
	found := make(map[hitori.CustomerID]map[string]any, len(people))
	if len(people) == 0 {
		return found, nil
	}
	all := understand.Features()
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = itoa(int64(p))
	}
	var columns strings.Builder
	for _, f := range all {
		columns.WriteString(", " + f.Name)
	}
	build := func(d Dialect) string {
		return "SELECT person" + columns.String() + " FROM " + d.Derived("features") + " AS f WHERE person IN (" + strings.Join(ids, ", ") + ")"
	}
	return found, c.Query(ctx, build, func(r Row) error {
		var person int64
		texts, numbers := make([]sql.Null[string], len(all)), make([]sql.Null[float64], len(all))
		cells := []any{&person}
		for i, f := range all {
			if f.Type == query.TypeText {
				cells = append(cells, &texts[i])
			} else {
				cells = append(cells, &numbers[i])
			}
		}
		if err := r.Scan(cells...); err != nil {
			return err
		}
		values := make(map[string]any)
		for i, f := range all {
			switch {
			case texts[i].Valid:
				values[f.Name] = texts[i].V
			case numbers[i].Valid:
				values[f.Name] = numbers[i].V
			}
		}
		found[hitori.CustomerID(person)] = values
		return nil
	})
}

// Value implements [understand.FeatureReader].
func (c Catalogue) Value(ctx context.Context, v understand.Valued, person hitori.CustomerID, profiles []hitori.CustomerID) (any, error) {
	value := any(nil)
	if query.Always(v.Measure) {
		value = 0.0
	}
	build := func(d Dialect) string { return MeasuredOf(d, v, c.calendar(v), person, profiles) }
	return value, c.Query(ctx, build, func(r Row) error {
		var of int64
		text, number := sql.Null[string]{}, sql.Null[float64]{}
		if v.Written() {
			if err := r.Scan(&of, &text); err != nil || text.V == "" {
				return err
			}
			value = text.V
			return nil
		}
		err := r.Scan(&of, &number)
		if number.Valid {
			value = number.V
		}
		return err
	})
}

func (c Catalogue) calendar(v understand.Valued) Calendar {
	return Calendar{Now: v.At.Now, Location: v.At.Location, Currency: c.Currency}
}

// known is a query of the values that known people have.
func (c Catalogue) known(d Dialect, v understand.Valued) string {
	people := "(SELECT person FROM " + d.Derived("people") + " AS y WHERE level > 0) AS p"
	switch f := v.Feature; {
	case v.Measure == nil:
		return fmt.Sprintf("SELECT f.%s AS value FROM (SELECT * FROM %s AS x) AS f JOIN %s ON f.person = p.person WHERE f.%[1]s IS NOT NULL", f.Name, d.Derived("features"), people)
	case query.Always(v.Measure):
		return fmt.Sprintf("SELECT coalesce(m.value, 0) AS value FROM %s LEFT JOIN (%s) AS m ON p.person = m.person", people, Measured(d, v, c.calendar(v)))
	}
	there := "m.value IS NOT NULL"
	if v.Written() {
		there = "m.value <> ''"
	}
	return fmt.Sprintf("SELECT m.value AS value FROM (%s) AS m JOIN %s ON m.person = p.person WHERE %s", Measured(d, v, c.calendar(v)), people, there)
}

// Meeting implements [understand.FeatureReader].
func (c Catalogue) Meeting(ctx context.Context, condition query.Condition, at query.Clock, after *understand.MembersPlace, limit int) (understand.Members, error) {
	var m understand.Members
	reader := Reader{Engine: c.Engine, Currency: c.Currency}
	var err error
	if m.Total, _, err = reader.Size(ctx, condition, at); err != nil {
		return m, err
	}
	m.Page, err = reader.spenders(ctx, func(d Dialect) string { return Condition(d, condition, reader.calendar(at)) }, after, limit)
	return m, err
}

// Counts implements [understand.FeatureReader].
func (c Catalogue) Counts(ctx context.Context, v understand.Valued) (people, having int64, err error) {
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT (SELECT count(*) FROM %s AS x WHERE level > 0), (SELECT count(*) FROM (%s) AS y)", d.Derived("people"), c.known(d, v))
	}
	err = c.Query(ctx, build, func(r Row) error { return r.Scan(&people, &having) })
	return people, having, err
}

// Order implements [understand.FeatureReader].
func (c Catalogue) Order(ctx context.Context, v understand.Valued, places []int64) ([]float64, error) {
	list := make([]string, len(places))
	for i, p := range places {
		list[i] = itoa(p)
	}
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT place, value FROM (SELECT value, row_number() OVER (ORDER BY value) AS place FROM (%s) AS x) AS y WHERE place IN (%s)",
			c.known(d, v), strings.Join(list, ", "))
	}
	at := make(map[int64]float64)
	err := c.Query(ctx, build, func(r Row) error {
		var place int64
		var value float64
		err := r.Scan(&place, &value)
		at[place] = value
		return err
	})
	values := make([]float64, len(places))
	for i, p := range places {
		values[i] = at[p]
	}
	return values, err
}

// Below implements [understand.FeatureReader].
func (c Catalogue) Below(ctx context.Context, v understand.Valued, bounds []float64) ([]int64, error) {
	counts := make([]int64, len(bounds))
	if len(bounds) == 0 {
		return counts, nil
	}
	columns, cells := make([]string, len(bounds)), make([]any, len(bounds))
	for i, b := range bounds {
		columns[i] = fmt.Sprintf("count(*) FILTER (WHERE value < %s)", strconv.FormatFloat(b, 'f', -1, 64))
		cells[i] = &counts[i]
	}
	build := func(d Dialect) string {
		return "SELECT " + strings.Join(columns, ", ") + " FROM (" + c.known(d, v) + ") AS x"
	}
	return counts, c.Query(ctx, build, func(r Row) error { return r.Scan(cells...) })
}

// Commonest implements [understand.FeatureReader].
func (c Catalogue) Commonest(ctx context.Context, v understand.Valued, limit int) ([]understand.ValueCount, error) {
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT value, count(*) AS people FROM (%s) AS x GROUP BY value ORDER BY people DESC, value LIMIT %d", c.known(d, v), limit)
	}
	var values []understand.ValueCount
	err := c.Query(ctx, build, func(r Row) error {
		var v understand.ValueCount
		err := r.Scan(&v.Value, &v.People)
		values = append(values, v)
		return err
	})
	return values, err
}
