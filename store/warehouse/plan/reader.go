package plan

import (
	"context"
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

// Reader answers what is asked about people.
type Reader struct {
	Engine
	// Currency is the shop's own.
	Currency hitori.Currency
}

// Size implements [understand.SegmentReader].
func (r Reader) Size(ctx context.Context, c query.Condition, at query.Clock) (size, everybody int64, err error) {
	return r.counts(ctx, func(d Dialect) string {
		return fmt.Sprintf("SELECT (SELECT count(*) FROM (%s) AS met), (SELECT count(*) FROM %s AS p)", Condition(d, c, r.calendar(at)), d.Derived("people"))
	})
}

// Sample implements [understand.SegmentReader].
func (r Reader) Sample(ctx context.Context, c query.Condition, at query.Clock, limit int) (people []hitori.CustomerID, size, everybody int64, err error) {
	everyone := func(d Dialect) string { return "SELECT CAST(count(*) AS BIGINT) FROM " + d.Derived("people") + " AS p" }
	if err := r.Query(ctx, everyone, func(row Row) error { return row.Scan(&everybody) }); err != nil {
		return nil, 0, 0, err
	}
	err = r.Query(ctx, func(d Dialect) string {
		return fmt.Sprintf("SELECT person, CAST(count(*) OVER () AS BIGINT) AS size FROM (%s) AS met ORDER BY person LIMIT %d", Condition(d, c, r.calendar(at)), limit)
	}, func(row Row) error {
		var person int64
		err := row.Scan(&person, &size)
		people = append(people, hitori.CustomerID(person))
		return err
	})
	return people, size, everybody, err
}

// People implements [understand.SegmentReader].
func (r Reader) People(ctx context.Context, c query.Condition, at query.Clock, after hitori.CustomerID, limit int) ([]hitori.CustomerID, error) {
	var people []hitori.CustomerID
	err := r.Query(ctx, func(d Dialect) string {
		return fmt.Sprintf("SELECT person FROM (%s) AS met WHERE person > %d ORDER BY person LIMIT %d", Condition(d, c, r.calendar(at)), after, limit)
	}, func(row Row) error {
		var person int64
		err := row.Scan(&person)
		people = append(people, hitori.CustomerID(person))
		return err
	})
	return people, err
}

// Costs implements [understand.GroupReader].
func (r Reader) Costs(ctx context.Context, products []string) (map[string]int64, error) {
	costs := make(map[string]int64, len(products))
	if len(products) == 0 {
		return costs, nil
	}
	build := func(d Dialect) string {
		quoted := make([]string, len(products))
		for i, p := range products {
			quoted[i] = d.Quote(p)
		}
		return "SELECT product_id, cost FROM " + d.Derived("costs") + " AS c WHERE product_id IN (" + strings.Join(quoted, ", ") + ")"
	}
	return costs, r.Query(ctx, build, func(row Row) error {
		var product string
		var cost int64
		err := row.Scan(&product, &cost)
		costs[product] = cost
		return err
	})
}

var _ understand.GroupReader = Reader{}

func (r Reader) calendar(at query.Clock) Calendar {
	return Calendar{Now: at.Now, Location: at.Location, Currency: r.Currency}
}
