package plan

import (
	"context"
	"fmt"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
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

func (r Reader) calendar(at query.Clock) Calendar {
	return Calendar{Now: at.Now, Location: at.Location, Currency: r.Currency}
}
