package duckdb

import (
	"context"
	"database/sql"
	"fmt"

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
				AND NOT (order_id = '' AND name NOT IN ('Order Completed', 'Order Updated'))
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
		WHERE customer_id <> 0 AND kind <> %d AND %s GROUP BY 1`, day("time"), hitori.KindSystem, within("time"))
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

// Buyers implements [measure.Warehouse].
func (w *Warehouse) Buyers(ctx context.Context, q measure.BuyersQuery) ([]hitori.CustomerID, error) {
	var people []hitori.CustomerID
	query := fmt.Sprintf(`SELECT person FROM (%s) WHERE NOT cancelled AND placed >= %d AND placed < %d AND ((placed = first AND %t) OR (placed > first AND %t))
		GROUP BY person ORDER BY max(placed) DESC, person LIMIT %d`, orders, q.From.UnixMilli(), q.To.UnixMilli(), q.New, q.Returning, q.Limit)
	err := w.each(ctx, query, func(row *sql.Rows) error {
		var id hitori.CustomerID
		err := row.Scan(&id)
		people = append(people, id)
		return err
	})
	return people, err
}
