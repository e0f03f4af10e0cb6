package plan

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	figures "github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// Shop computes the numbers of the shop. Orders are those derived last, whose days are in the shop's zone; what people did
// is asked of events.
type Shop struct{ Engine }

var _ figures.Warehouse = Shop{}

// sums is what the orders of a query come to; number is that of an order among those its person keeps.
const sums = "currency, CAST(count(*) AS BIGINT) AS orders, CAST(sum(net) AS BIGINT) AS net, CAST(sum(CASE WHEN number > 1 THEN net ELSE 0 END) AS BIGINT) AS returning_net"

// Days implements [measure.Warehouse].
func (s Shop) Days(ctx context.Context, calendar figures.Calendar) ([]figures.Day, error) {
	days := make([]figures.Day, len(calendar.Days))
	index := make(map[int64]*figures.Day, len(days))
	for i := range days {
		days[i].Date, days[i].Revenue = calendar.Days[i], []figures.Revenue{}
		index[calendar.Number(i)] = &days[i]
	}
	whole := figures.Span{From: calendar.Days[0], To: calendar.End}
	local := Calendar{Now: calendar.End, Location: whole.From.Location()}
	active := func(d Dialect) string {
		return "SELECT day, CAST(count(DISTINCT person) AS BIGINT) FROM " + d.Events("person, "+local.Day(d, "time")+" AS day", did(whole)) + " AS e GROUP BY day"
	}
	var number, people, returning int64
	err := s.Query(ctx, active, func(r Row) error {
		err := r.Scan(&number, &people)
		if day := index[number]; day != nil {
			day.Active = people
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	placed := fmt.Sprintf("NOT cancelled AND day >= %d AND day <= %d", calendar.Number(0), calendar.Number(len(days)-1))
	buyers := func(d Dialect) string {
		return `SELECT day, CAST(count(*) FILTER (WHERE number = 1) AS BIGINT), CAST(count(DISTINCT CASE WHEN number > 1 THEN person END) AS BIGINT)
			FROM ` + d.Derived("orders") + " AS o WHERE " + placed + " GROUP BY day"
	}
	err = s.Query(ctx, buyers, func(r Row) error {
		err := r.Scan(&number, &people, &returning)
		if day := index[number]; day != nil {
			day.New, day.Returning = people, returning
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	revenue := func(d Dialect) string {
		return "SELECT day, " + sums + " FROM " + d.Derived("orders") + " AS o WHERE " + placed + " GROUP BY day, currency ORDER BY currency"
	}
	err = s.Query(ctx, revenue, func(r Row) error {
		var orders int64
		money, err := scanSums(r, &number, &orders)
		if day := index[number]; day != nil {
			day.Orders += orders
			day.Revenue = append(day.Revenue, money)
		}
		return err
	})
	return days, err
}

// scanSums reads a row of [sums] after others.
func scanSums(r Row, of, orders *int64, more ...any) (figures.Revenue, error) {
	var currency string
	var m figures.Revenue
	err := r.Scan(append([]any{of, &currency, orders, &m.Net, &m.Returning}, more...)...)
	m.Currency = hitori.Currency(currency)
	return m, err
}

// Sales implements [measure.Warehouse].
func (s Shop) Sales(ctx context.Context, spans []figures.Span) (sales []figures.Sales, first time.Time, err error) {
	sales = make([]figures.Sales, len(spans))
	for i := range sales {
		sales[i].Revenue = []figures.Revenue{}
	}
	orders := func(d Dialect) string {
		return "(SELECT person, currency, number, placed, net, " + spanOf("placed", spans) + " AS span FROM " + d.Derived("orders") + " AS o WHERE NOT cancelled) AS spanned"
	}
	var span, count int64
	buyers := func(d Dialect) string {
		return "SELECT span, CAST(count(DISTINCT person) AS BIGINT) FROM " + orders(d) + " WHERE span >= 0 GROUP BY span"
	}
	err = s.Query(ctx, buyers, func(r Row) error {
		err := r.Scan(&span, &count)
		if err == nil {
			sales[span].Buyers = count
		}
		return err
	})
	if err != nil {
		return nil, first, err
	}
	revenue := func(d Dialect) string {
		return "SELECT span, " + sums + ", min(placed) FROM " + orders(d) + " GROUP BY span, currency ORDER BY currency"
	}
	err = s.Query(ctx, revenue, func(r Row) error {
		var placed int64
		money, err := scanSums(r, &span, &count, &placed)
		if at := time.UnixMilli(placed).UTC(); first.IsZero() || at.Before(first) {
			first = at
		}
		if span >= 0 {
			sales[span].Orders += count
			sales[span].Revenue = append(sales[span].Revenue, money)
		}
		return err
	})
	return sales, first, err
}

// Computing implements [measure.Warehouse].
func (s Shop) Computing(ctx context.Context) (bool, error) {
	revision, err := revisionOf(ctx, s.Engine)
	return revision.Computing, err
}

// People implements [measure.Warehouse].
func (s Shop) People(ctx context.Context, q figures.PeopleQuery) (figures.People, error) {
	build := func(d Dialect) string {
		rows, last := d.Derived("orders")+" AS o WHERE "+didOrder(&q), "max(placed)"
		if q.Doing == figures.Active {
			rows, last = d.Events("person, time", did(q.Span))+" AS e", "max(time)"
		}
		list := "(SELECT person, last, CAST(count(*) OVER () AS BIGINT) AS total FROM (SELECT person, " + last + " AS last FROM " + rows + " GROUP BY person) AS p) AS listed"
		return fmt.Sprintf("SELECT person, last, total FROM %s WHERE %s ORDER BY last DESC, person LIMIT %d", list, behind(q.After), q.Limit)
	}
	var people figures.People
	err := s.Query(ctx, build, func(r Row) error {
		var person, last int64
		err := r.Scan(&person, &last, &people.Total)
		people.Page = append(people.Page, figures.Place{Time: time.UnixMilli(last).UTC(), Customer: hitori.CustomerID(person)})
		return err
	})
	return people, err
}

// did selects the events that people did within a time.
func did(s figures.Span) string {
	return "customer_id <> 0 AND " + warehouse.Done + " AND " + inSpan("time", s)
}

func inSpan(column string, s figures.Span) string {
	return fmt.Sprintf("(%[1]s >= %[2]d AND %[1]s < %[3]d)", column, s.From.UnixMilli(), s.To.UnixMilli())
}

// spanOf is an expression of the index of the span that a time in milliseconds falls into, or else -1.
func spanOf(column string, spans []figures.Span) string {
	var b strings.Builder
	b.WriteString("CASE")
	for i, s := range spans {
		fmt.Fprintf(&b, " WHEN %s THEN %d", inSpan(column, s), i)
	}
	b.WriteString(" ELSE -1 END")
	return b.String()
}

// didOrder selects the orders that make a person one who does it.
func didOrder(q *figures.PeopleQuery) string {
	condition := "NOT cancelled AND " + inSpan("placed", q.Span)
	switch q.Doing {
	case figures.New:
		return condition + " AND number = 1"
	case figures.Returning:
		return condition + " AND number > 1"
	}
	return condition
}

// behind is a condition on a person and the last time they did it: to come after the page before.
func behind(after figures.Place) string {
	if after.Time.IsZero() {
		return "true"
	}
	return fmt.Sprintf("(last < %[1]d OR (last = %[1]d AND person > %[2]d))", after.Time.UnixMilli(), after.Customer)
}
