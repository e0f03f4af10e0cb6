package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// statementFields are the members of an order's latest statement that the table of orders keeps: texts, and the
// discount.
var statementFields = []string{"channel", "affiliation", "payment_method", "status", "coupon", "discount"}

// orderEvents selects the events that tell of orders. Without an order id only "Order Completed" does.
var orderEvents = fmt.Sprintf("customer_id <> 0 AND kind = %d AND %s AND NOT (order_id = '' AND name <> 'Order Completed')",
	hitori.KindPurchase, warehouse.OrderEvents)

// Orders is the query of all columns of the table orders, in their order, without cost.
func Orders(d Dialect, c Calendar) string {
	stated := "name IN ('Order Completed', 'Order Updated')"
	events := d.Events("person, order_id, CASE WHEN order_id = '' THEN position ELSE 0 END AS alone, time, position, name, amount, currency, lines, "+
		stated+" AS stated, "+d.Members("properties", statementFields...)+" AS fields", orderEvents)
	latest := func(value, condition string) string {
		return d.When(d.LatestBy(value, "(time, position)"), condition)
	}
	folded := `SELECT person, order_id, alone,
			coalesce(` + d.When("min(time)", "name = 'Order Completed'") + ", " + d.When("min(time)", "stated") + `) AS placed,
			` + latest("currency", "stated") + ` AS currency,
			` + latest("amount", "stated") + ` AS amount,
			` + latest("fields", "stated") + ` AS fields,
			coalesce(` + latest("position", "stated AND lines > 0") + `, 0) AS lines_at,
			coalesce(` + d.When("sum(amount)", "name = 'Order Refunded'") + `, 0) AS given_back,
			count(*) FILTER (WHERE name = 'Order Refunded' AND amount = 0) > 0 AS whole,
			count(*) FILTER (WHERE name = 'Order Cancelled') > 0 AS cancelled
		FROM ` + events + ` AS told
		GROUP BY person, order_id, alone
		HAVING count(*) FILTER (WHERE stated) > 0`
	var texts strings.Builder
	for i, field := range statementFields[:len(statementFields)-1] {
		fmt.Fprintf(&texts, "%s AS %s, ", d.Text(fmt.Sprintf("fields[%d]", i+1)), field)
	}
	return `SELECT person, order_id, alone,
			CASE WHEN cancelled THEN 0 ELSE row_number() OVER (PARTITION BY person, cancelled ORDER BY placed, order_id, alone) END AS number,
			placed, ` + c.Day(d, "placed") + ` AS day, currency, amount, CASE WHEN whole THEN amount ELSE given_back END AS refunded,
			CASE WHEN cancelled OR whole OR given_back > amount THEN 0 ELSE amount - given_back END AS net,
			cancelled, lines_at, ` + texts.String() + d.Number(fmt.Sprintf("fields[%d]", len(statementFields))) + ` AS discount
		FROM (` + folded + `) AS folded`
}

// OrderLines is the query of all columns of the table order_lines, in their order; the orders are there already.
func OrderLines(d Dialect) string {
	lines := d.Lines("position, line, product_id, sku, product_name, category, brand, variant, price, quantity", statedLines)
	return `SELECT o.person AS person, o.order_id AS order_id, o.alone AS alone, l.line AS line, l.product_id AS product_id, l.sku AS sku,
			l.product_name AS product_name, l.category AS category, l.brand AS brand, l.variant AS variant, l.price AS price, l.quantity AS quantity
		FROM (SELECT * FROM ` + lines + ` AS all_lines) AS l JOIN (SELECT person, order_id, alone, lines_at FROM ` + d.Derived("orders") + ` WHERE lines_at <> 0) AS o ON l.position = o.lines_at`
}

// statedLines selects the lines of events that state orders.
var statedLines = fmt.Sprintf("customer_id <> 0 AND kind = %d AND name IN ('Order Completed', 'Order Updated')", hitori.KindPurchase)
