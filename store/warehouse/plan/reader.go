package plan

import (
	"cmp"
	"context"
	"fmt"
	"math"
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
	// Enough is of how many people at least a sample is estimated; 100,000 when zero.
	Enough int64
}

// Size implements [understand.SegmentReader].
func (r Reader) Size(ctx context.Context, c query.Condition, at query.Clock) (size, everybody int64, err error) {
	return r.counts(ctx, func(d Dialect) string {
		return fmt.Sprintf("SELECT (SELECT count(*) FROM (%s) AS met), (SELECT count(*) FROM %s AS p)", Condition(d, c, r.calendar(at)), d.Derived("people"))
	})
}

// Sample implements [understand.SegmentReader].
func (r Reader) Sample(ctx context.Context, c query.Condition, at query.Clock, limit int) (understand.Sample, error) {
	var sample understand.Sample
	everyone := func(d Dialect) string { return "SELECT CAST(count(*) AS BIGINT) FROM " + d.Derived("people") + " AS p" }
	if err := r.Query(ctx, everyone, func(row Row) error { return row.Scan(&sample.Everybody) }); err != nil {
		return sample, err
	}
	part, among := "1 = 1", "0"
	if enough := cmp.Or(r.Enough, enough); laborious(c) && sample.Everybody > 2*enough {
		sample.Estimated = true
		part = fmt.Sprintf("person %% %d < %d", parts, parts*enough/sample.Everybody+1)
	}
	var asked int64
	err := r.Query(ctx, func(d Dialect) string {
		if sample.Estimated {
			d = partial{d, part}
			among = "(SELECT count(*) FROM " + d.Derived("people") + " AS p WHERE " + part + ")"
		}
		return fmt.Sprintf("SELECT person, CAST(count(*) OVER () AS BIGINT) AS size, CAST(%s AS BIGINT) AS asked FROM (%s) AS met WHERE %s ORDER BY person LIMIT %d",
			among, Condition(d, c, r.calendar(at)), part, limit)
	}, func(row Row) error {
		var person int64
		err := row.Scan(&person, &sample.Size, &asked)
		sample.People = append(sample.People, hitori.CustomerID(person))
		return err
	})
	if sample.Estimated && sample.Size > 0 {
		sample.Size = int64(math.Round(float64(sample.Size) / float64(asked) * float64(sample.Everybody)))
	}
	return sample, err
}

// enough is of how many people at least a sample is estimated: the error of a share of them is 0.16 points at most, one time in three.
const enough = 100_000

// parts is into how many parts people are divided by their ids: a prime number, since ids are places on the log.
const parts = 1009

// partial is a dialect that reads the events of some people only.
type partial struct {
	Dialect
	part string
}

// Events implements [Dialect].
func (p partial) Events(columns, condition string) string {
	return p.Dialect.Events(columns, all(p.part, condition))
}

// Acts implements [Dialect].
func (p partial) Acts(columns, condition string) string {
	return p.Dialect.Acts(columns, all(p.part, condition))
}

// laborious reports whether a condition asks how events follow each other, or what they say.
func laborious(c query.Condition) bool {
	found := false
	tree(c, func(leaf query.Condition) string {
		switch n := leaf.(type) {
		case *query.Sequence:
			found = true
		case *query.Event:
			found = found || n.Where != nil || n.Relative != nil
		}
		return ""
	})
	return found
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
