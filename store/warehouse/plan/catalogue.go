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
type Catalogue struct{ Engine }

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

// known is a query of the values of a feature that known people have.
func known(d Dialect, f understand.Feature) string {
	return fmt.Sprintf("SELECT f.%s AS value FROM (SELECT * FROM %s AS x) AS f JOIN (SELECT person FROM %s AS y WHERE level > 0) AS p ON f.person = p.person WHERE f.%[1]s IS NOT NULL",
		f.Name, d.Derived("features"), d.Derived("people"))
}

// Counts implements [understand.FeatureReader].
func (c Catalogue) Counts(ctx context.Context, f understand.Feature) (people, having int64, err error) {
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT (SELECT count(*) FROM %s AS x WHERE level > 0), (SELECT count(*) FROM (%s) AS y)", d.Derived("people"), known(d, f))
	}
	err = c.Query(ctx, build, func(r Row) error { return r.Scan(&people, &having) })
	return people, having, err
}

// Order implements [understand.FeatureReader].
func (c Catalogue) Order(ctx context.Context, f understand.Feature, places []int64) ([]float64, error) {
	list := make([]string, len(places))
	for i, p := range places {
		list[i] = itoa(p)
	}
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT place, value FROM (SELECT value, row_number() OVER (ORDER BY value) AS place FROM (%s) AS x) AS y WHERE place IN (%s)",
			known(d, f), strings.Join(list, ", "))
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
func (c Catalogue) Below(ctx context.Context, f understand.Feature, bounds []float64) ([]int64, error) {
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
		return "SELECT " + strings.Join(columns, ", ") + " FROM (" + known(d, f) + ") AS x"
	}
	return counts, c.Query(ctx, build, func(r Row) error { return r.Scan(cells...) })
}

// Commonest implements [understand.FeatureReader].
func (c Catalogue) Commonest(ctx context.Context, f understand.Feature, limit int) ([]understand.ValueCount, error) {
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT value, count(*) AS people FROM (%s) AS x GROUP BY value ORDER BY people DESC, value LIMIT %d", known(d, f), limit)
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
