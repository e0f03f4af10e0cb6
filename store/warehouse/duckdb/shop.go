package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// orders folds the events of orders as [hitori.Orders] does: one row per order with the person,
// the time, what it is worth now, and the time of the person's first order.
var orders = `SELECT person, placed, currency, cancelled, CASE WHEN cancelled OR whole THEN 0 ELSE greatest(0, amount - refunded) END AS net,
		min(placed) OVER (PARTITION BY person) AS first
	FROM (
		SELECT person,
			coalesce(min(time) FILTER (name = 'Order Completed'), min(time) FILTER (stated)) AS placed,
			arg_max(currency, (time, position)) FILTER (stated) AS currency,
			arg_max(amount, (time, position)) FILTER (stated) AS amount,
			coalesce(sum(amount) FILTER (name = 'Order Refunded'), 0)::BIGINT AS refunded,
			coalesce(bool_or(amount = 0) FILTER (name = 'Order Refunded'), false) AS whole,
			bool_or(name = 'Order Cancelled') AS cancelled
		FROM (
			SELECT coalesce(root_id, customer_id) AS person, order_id, CASE WHEN order_id = '' THEN position ELSE 0 END AS alone,
				time, position, name, amount, currency, name IN ('Order Completed', 'Order Updated') AS stated
			FROM events LEFT JOIN aliases USING (customer_id)
			WHERE customer_id <> 0 AND kind = ` + fmt.Sprint(int(hitori.KindPurchase)) + ` AND ` + warehouse.OrderEvents + `
				AND NOT (order_id = '' AND name <> 'Order Completed')
		)
		GROUP BY person, order_id, alone
		HAVING bool_or(stated)
	)`

// Days implements [measure.Warehouse].
func (w *Warehouse) Days(ctx context.Context, calendar measure.Calendar) ([]measure.Day, error) {
	offsets := calendar.Offsets()
	from, to := calendar.Days[0].UnixMilli(), calendar.End.UnixMilli()
	day := func(column string) string { return warehouse.LocalDay(column, offsets, "(%s) // %d") }
	within := func(column string) string { return fmt.Sprintf("%s >= %d AND %s < %d", column, from, column, to) }
	var people []warehouse.DayPeople
	var sums []warehouse.DayOrders
	active := fmt.Sprintf(`SELECT %s, count(DISTINCT coalesce(root_id, customer_id)), 0, 0 FROM events LEFT JOIN aliases USING (customer_id)
		WHERE customer_id <> 0 AND %s AND %s GROUP BY 1`, day("time"), warehouse.Done, within("time"))
	buyers := fmt.Sprintf(`SELECT %s, 0, count(DISTINCT person) FILTER (placed = first), count(DISTINCT person) FILTER (placed > first)
		FROM (%s) WHERE NOT cancelled AND %s GROUP BY 1`, day("placed"), orders, within("placed"))
	for _, query := range []string{active, buyers} {
		err := w.each(ctx, query, func(row *sql.Rows) error {
			var p warehouse.DayPeople
			err := row.Scan(&p.Day, &p.Active, &p.New, &p.Returning)
			people = append(people, p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	query := fmt.Sprintf(`SELECT %s, currency, count(*), sum(net)::BIGINT, coalesce(sum(net) FILTER (placed > first), 0)::BIGINT
		FROM (%s) WHERE NOT cancelled AND %s GROUP BY 1, 2`, day("placed"), orders, within("placed"))
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var o warehouse.DayOrders
		err := row.Scan(&o.Day, &o.Currency, &o.Orders, &o.Net, &o.NetReturning)
		sums = append(sums, o)
		return err
	})
	return warehouse.Days(calendar, people, sums), err
}

// Sales implements [measure.Warehouse].
func (w *Warehouse) Sales(ctx context.Context, spans []measure.Span) ([]measure.Sales, time.Time, error) {
	span := warehouse.SpanOf("placed", spans)
	buyers := make(map[int64]int64)
	query := fmt.Sprintf("SELECT %s AS span, count(DISTINCT person) FROM (%s) WHERE NOT cancelled AND span >= 0 GROUP BY 1", span, orders)
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var i, n int64
		err := row.Scan(&i, &n)
		buyers[i] = n
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	var sums []warehouse.SpanOrders
	query = fmt.Sprintf(`SELECT %s AS span, currency, count(*), sum(net)::BIGINT, coalesce(sum(net) FILTER (placed > first), 0)::BIGINT, min(placed)
		FROM (%s) WHERE NOT cancelled GROUP BY 1, 2`, span, orders)
	err = w.each(ctx, query, func(row *sql.Rows) error {
		var o warehouse.SpanOrders
		err := row.Scan(&o.Span, &o.Currency, &o.Orders, &o.Net, &o.NetReturning, &o.First)
		sums = append(sums, o)
		return err
	})
	sales, first := warehouse.Sales(spans, buyers, sums)
	return sales, first, err
}

// People implements [measure.Warehouse].
func (w *Warehouse) People(ctx context.Context, q measure.PeopleQuery) (measure.People, error) {
	all := fmt.Sprintf("SELECT person, max(placed) AS last FROM (%s) WHERE %s GROUP BY person", orders, warehouse.Ordered(&q))
	if q.Doing == measure.Active {
		all = fmt.Sprintf(`SELECT coalesce(root_id, customer_id) AS person, max(time) AS last FROM events LEFT JOIN aliases USING (customer_id)
			WHERE customer_id <> 0 AND %s AND %s GROUP BY 1`, warehouse.Done, warehouse.Within("time", q.Span))
	}
	query := fmt.Sprintf("SELECT person, last, total FROM (SELECT person, last, count(*) OVER () AS total FROM (%s)) WHERE %s ORDER BY last DESC, person LIMIT %d",
		all, warehouse.Behind(q.After), q.Limit)
	var people measure.People
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var p measure.Place
		var last int64
		err := row.Scan(&p.Customer, &last, &people.Total)
		p.Time = time.UnixMilli(last).UTC()
		people.Page = append(people.Page, p)
		return err
	})
	return people, err
}
