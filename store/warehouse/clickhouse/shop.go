package clickhouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// of returns a query's rows of all shards as a table. Each shard answers for itself,
// so tables are named with their database, and the first one puts the answers together.
func (w *Warehouse) of(query string, args ...any) string {
	query = fmt.Sprintf(query, args...)
	if len(w.shards) == 1 {
		return "(" + query + ")"
	}
	return fmt.Sprintf("cluster(%s, view(%s))", quote(w.cluster), query)
}

// person is who a customer of a joined table belongs to: a profile without an alias is its own
// person.
const person = "if(ifNull(a.root_id, 0) = 0, e.customer_id, assumeNotNull(a.root_id)) AS person"

// joined is a table with the aliases of its customers.
func (w *Warehouse) joined(table string) string {
	return fmt.Sprintf("%[1]s.%[2]s AS e LEFT ANY JOIN (SELECT customer_id, root_id FROM %[1]s.aliases FINAL) AS a ON e.customer_id = a.customer_id",
		quoteName(w.database), table)
}

// orders folds the events of orders as [hitori.Orders] does: one row per order with the person,
// the time, what it is worth now, and the time of the person's first order.
func (w *Warehouse) orders() string {
	told := w.of(`SELECT %s, order_id, if(order_id = '', position, 0) AS alone,
			time, position, name, amount, currency, name IN ('Order Completed', 'Order Updated') AS stated
		FROM %s WHERE e.customer_id <> 0 AND kind = %d AND %s AND NOT (order_id = '' AND name <> 'Order Completed')`,
		person, w.joined("events"), hitori.KindPurchase, warehouse.OrderEvents)
	return `SELECT person, placed, currency, cancelled, if(cancelled OR whole, 0, greatest(0, amount - refunded)) AS net,
			min(placed) OVER (PARTITION BY person) AS first
		FROM (
			SELECT person,
				if(countIf(name = 'Order Completed') > 0, minIf(time, name = 'Order Completed'), minIf(time, stated)) AS placed,
				argMaxIf(told.currency, (time, position), stated) AS currency,
				argMaxIf(told.amount, (time, position), stated) AS amount,
				sumIf(told.amount, name = 'Order Refunded') AS refunded,
				countIf(name = 'Order Refunded' AND told.amount = 0) > 0 AS whole,
				countIf(name = 'Order Cancelled') > 0 AS cancelled
			FROM ` + told + ` AS told
			GROUP BY person, order_id, alone
			HAVING countIf(stated) > 0
		)`
}

// Days implements [measure.Warehouse].
func (w *Warehouse) Days(ctx context.Context, calendar measure.Calendar) ([]measure.Day, error) {
	offsets := calendar.Offsets()
	from, to := calendar.Days[0].UnixMilli(), calendar.End.UnixMilli()
	day := func(column string) string { return warehouse.LocalDay(column, offsets, "intDiv(%s, %d)") }
	within := func(column string) string { return fmt.Sprintf("%s >= %d AND %s < %d", column, from, column, to) }
	active := fmt.Sprintf("SELECT day, toInt64(uniqExact(person)), 0, 0 FROM %s GROUP BY day", w.of(
		"SELECT DISTINCT toInt64(%s) AS day, %s FROM %s WHERE e.customer_id <> 0 AND %s AND %s",
		day("time"), person, w.joined("events"), warehouse.Done, within("time")))
	buyers := fmt.Sprintf(`SELECT toInt64(%s) AS day, 0, toInt64(uniqExactIf(person, placed = first)), toInt64(uniqExactIf(person, placed > first))
		FROM (%s) WHERE NOT cancelled AND %s GROUP BY day`, day("placed"), w.orders(), within("placed"))
	var people []warehouse.DayPeople
	for _, query := range []string{active, buyers} {
		err := w.shards[0].each(ctx, query, func(row driver.Rows) error {
			var p warehouse.DayPeople
			var none uint8
			var err error
			if query == active {
				err = scan(row, &p.Day, &p.Active, &none, &none)
			} else {
				err = scan(row, &p.Day, &none, &p.New, &p.Returning)
			}
			people = append(people, p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var sums []warehouse.DayOrders
	query := fmt.Sprintf(`SELECT toInt64(%s) AS day, currency, toInt64(count()), toInt64(sum(net)), toInt64(sumIf(net, placed > first))
		FROM (%s) WHERE NOT cancelled AND %s GROUP BY day, currency`, day("placed"), w.orders(), within("placed"))
	err := w.shards[0].each(ctx, query, func(row driver.Rows) error {
		var o warehouse.DayOrders
		err := scan(row, &o.Day, &o.Currency, &o.Orders, &o.Net, &o.NetReturning)
		sums = append(sums, o)
		return err
	})
	return warehouse.Days(calendar, people, sums), err
}

// Sales implements [measure.Warehouse].
func (w *Warehouse) Sales(ctx context.Context, spans []measure.Span) ([]measure.Sales, time.Time, error) {
	span := "toInt64(" + warehouse.SpanOf("placed", spans) + ") AS span"
	buyers := make(map[int64]int64)
	query := fmt.Sprintf("SELECT %s, toInt64(uniqExact(person)) FROM (%s) WHERE NOT cancelled AND span >= 0 GROUP BY span", span, w.orders())
	err := w.shards[0].each(ctx, query, func(row driver.Rows) error {
		var i, n int64
		err := scan(row, &i, &n)
		buyers[i] = n
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	var sums []warehouse.SpanOrders
	query = fmt.Sprintf(`SELECT %s, currency, toInt64(count()), toInt64(sum(net)), toInt64(sumIf(net, placed > first)), toInt64(min(placed))
		FROM (%s) WHERE NOT cancelled GROUP BY span, currency`, span, w.orders())
	err = w.shards[0].each(ctx, query, func(row driver.Rows) error {
		var o warehouse.SpanOrders
		err := scan(row, &o.Span, &o.Currency, &o.Orders, &o.Net, &o.NetReturning, &o.First)
		sums = append(sums, o)
		return err
	})
	sales, first := warehouse.Sales(spans, buyers, sums)
	return sales, first, err
}

// People implements [measure.Warehouse].
func (w *Warehouse) People(ctx context.Context, q measure.PeopleQuery) (measure.People, error) {
	all := fmt.Sprintf("SELECT person, max(placed) AS last FROM (%s) WHERE %s GROUP BY person", w.orders(), warehouse.Ordered(&q))
	if q.Doing == measure.Active {
		all = fmt.Sprintf("SELECT person, max(seen) AS last FROM %s GROUP BY person", w.of(
			"SELECT %s, max(time) AS seen FROM %s WHERE e.customer_id <> 0 AND %s AND %s GROUP BY person",
			person, w.joined("events"), warehouse.Done, warehouse.Within("time", q.Span)))
	}
	query := fmt.Sprintf(`SELECT toInt64(person), toInt64(last), toInt64(total) FROM (SELECT person, last, count() OVER () AS total FROM (%s))
		WHERE %s ORDER BY last DESC, person LIMIT %d`, all, warehouse.Behind(q.After), q.Limit)
	var people measure.People
	err := w.shards[0].each(ctx, query, func(row driver.Rows) error {
		var id, last int64
		err := scan(row, &id, &last, &people.Total)
		people.Page = append(people.Page, measure.Place{Time: time.UnixMilli(last).UTC(), Customer: hitori.CustomerID(id)})
		return err
	})
	return people, err
}
