package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Stage is a table that is computed on the way to others, and dropped with the last of them. It has a column person.
type Stage struct{ Name, Query string }

// Stages lists what is read from events, each in one pass; what is derived follows from these tables.
func Stages(d Dialect, c Calendar) []Stage {
	return append([]Stage{
		{"told", told(d)}, {"activity", activity(d)}, {"arrivals", arrivals(d)},
		{"answers", latest(d, fmt.Sprintf("kind = %d AND name = 'Survey Answered'", hitori.KindSurvey))},
		{"balances", latest(d, fmt.Sprintf("kind = %d", hitori.KindPoint))},
		{"inquiries", inquiries(d)}, {"responses", responses(d)},
	}, AgingStages(d, c)...)
}

// AgingStages lists those that are computed anew on another day, for [AgedFeatures].
func AgingStages(d Dialect, c Calendar) []Stage { return []Stage{{"visits", visits(d, c)}} }

// statementTexts are the members of an order's latest statement that the table of orders keeps, beside the discount.
var statementTexts = []string{"channel", "affiliation", "payment_method", "status", "coupon"}

// told is what events tell of orders. Without an order id only "Order Completed" does.
func told(d Dialect) string {
	return "SELECT * FROM " + d.Events("person, order_id, CASE WHEN order_id = '' THEN position ELSE 0 END AS alone, time, position, name, amount, currency, lines, "+
		"name IN ('Order Completed', 'Order Updated') AS stated, "+strings.Join(statementTexts, ", ")+", "+figure+" AS discount",
		fmt.Sprintf("customer_id <> 0 AND kind = %d AND %s AND NOT (order_id = '' AND name <> 'Order Completed')", hitori.KindPurchase, warehouse.OrderEvents)) + " AS e"
}

// Orders is the query of all columns of the table orders, from the stage told. The orders that a customer keeps are numbered
// by when they were placed, and each tells what analyses ask about those before it: how long ago the last (waited, -1 for the
// first) and the first were, the months of the first and of itself, and whether it is the first of its month.
func Orders(d Dialect, c Calendar) string {
	latest := func(column, condition string) string {
		return d.When(d.LatestBy(column, "(time, position)"), condition)
	}
	var texts strings.Builder
	for _, name := range statementTexts {
		fmt.Fprintf(&texts, "coalesce(%s, '') AS %s, ", latest(name, "stated"), name)
	}
	folded := `SELECT person, order_id, alone,
			coalesce(` + d.When("min(time)", "name = 'Order Completed'") + ", " + d.When("min(time)", "stated") + `) AS placed,
			` + latest("currency", "stated") + ` AS currency, ` + latest("amount", "stated") + ` AS amount, ` + texts.String() +
		latest("discount", "stated AND discount IS NOT NULL") + ` AS discount,
			coalesce(` + latest("position", "stated AND lines > 0") + `, 0) AS lines_at,
			coalesce(` + d.When("sum(amount)", "name = 'Order Refunded'") + `, 0) AS given_back,
			count(*) FILTER (WHERE name = 'Order Refunded' AND amount = 0) > 0 AS whole,
			count(*) FILTER (WHERE name = 'Order Cancelled') > 0 AS cancelled
		FROM ` + d.Derived("told") + ` AS t
		GROUP BY person, order_id, alone
		HAVING count(*) FILTER (WHERE stated) > 0`
	over := "OVER (PARTITION BY person, cancelled ORDER BY placed, order_id, alone"
	before := over + " ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)"
	numbered := `SELECT *, row_number() ` + over + `) AS place, first_value(day) ` + over + `) AS first_day, first_value(month) ` + over + `) AS cohort,
			first_value(day) ` + before + ` AS day_before, first_value(month) ` + before + ` AS month_before
		FROM (SELECT *, ` + month(d, "day") + ` AS month FROM (SELECT *, ` + c.Day(d, "placed") + ` AS day FROM (` + folded + `) AS folded) AS days) AS months`
	return `SELECT person, order_id, alone, CASE WHEN cancelled THEN 0 ELSE place END AS number, placed, day,
			CASE WHEN place = 1 THEN -1 ELSE abs(day - day_before) END AS waited, day - first_day AS since_first, month, cohort,
			place = 1 OR month <> month_before AS opens_month,
			currency, amount, CASE WHEN whole THEN amount ELSE given_back END AS refunded,
			CASE WHEN cancelled OR whole OR given_back > amount THEN 0 ELSE amount - given_back END AS net,
			cancelled, lines_at, ` + strings.Join(statementTexts, ", ") + `, discount
		FROM (` + numbered + `) AS numbered`
}

// month is the month of a day, as [understand.Month]: by the calendar that begins in March 1900, in which leap days end a
// year. It holds until February 2100.
func month(d Dialect, day string) string {
	year := "(" + d.Divide("(4 * ("+day+" + 25508) + 3)", "1461") + ")"
	return "22802 + 12 * " + year + " + " + d.Divide("(5 * ("+day+" + 25508 - "+d.Divide("(1461 * "+year+")", "4")+") + 2)", "153")
}

// Buyers is the query of all columns of the table buyers: what the orders that people keep come to. Money is in a currency.
func Buyers(d Dialect, currency hitori.Currency) string {
	return "SELECT person, count(*) AS orders, min(day) AS first_day, max(day) AS last_day, CAST(coalesce(" +
		d.When("sum(net)", "currency = "+d.Quote(string(currency))) + ", 0) AS BIGINT) AS spend FROM " + d.Derived("orders") + " WHERE NOT cancelled GROUP BY person"
}

// product is what the product of a line goes by: its id, or else its stock number or name, which is all that some shops'
// files tell. It is empty when the line names none.
const product = "CASE WHEN product_id <> '' THEN product_id WHEN sku <> '' THEN sku ELSE product_name END"

// listed is what a line comes to, in thousandths of minor units. As whole numbers, absurd ones would fail.
const listed = "CAST(price AS DOUBLE) * quantity"

// OrderLines is the query of all columns of the table order_lines; the orders are there already. A line tells what analyses
// of products ask about its order: its number and day, and which part of it was kept after refunds.
func OrderLines(d Dialect) string {
	lines := d.Lines("position, line, product_id, sku, product_name, category, brand, variant, price, quantity, "+product+" AS product",
		fmt.Sprintf("customer_id <> 0 AND kind = %d AND name IN ('Order Completed', 'Order Updated')", hitori.KindPurchase))
	// The lines stand in a query of their own, so that they are joined where all of them are, not where some are.
	return `SELECT o.person AS person, o.order_id AS order_id, o.alone AS alone, l.line AS line, l.product_id AS product_id, l.sku AS sku,
			l.product_name AS product_name, l.category AS category, l.brand AS brand, l.variant AS variant, l.price AS price, l.quantity AS quantity,
			l.product AS product, o.number AS number, o.day AS day, o.cancelled AS cancelled, o.currency AS currency, o.kept AS kept
		FROM (SELECT * FROM ` + lines + ` AS all_lines) AS l
		JOIN (SELECT person, order_id, alone, lines_at, number, day, cancelled, currency,
				CASE WHEN amount = 0 THEN 0 WHEN net = amount THEN 1 ELSE net / amount END AS kept
			FROM ` + d.Derived("orders") + ` WHERE lines_at <> 0) AS o ON l.position = o.lines_at`
}

// activity is when people did something last.
func activity(d Dialect) string {
	return "SELECT person, max(time) AS last_at FROM " + d.Events("person, time", "customer_id <> 0 AND "+warehouse.Done) + " AS e GROUP BY person"
}

// visits is on how many of the latest days people were on a site or in an app.
func visits(d Dialect, c Calendar) string {
	since := func(days int64) int64 { return c.Today() - days }
	events := d.Events("person, "+c.Day(d, "time")+" AS day", fmt.Sprintf("customer_id <> 0 AND kind = %d AND %s AND time > %d",
		hitori.KindWeb, warehouse.Done, c.Now.AddDate(0, 0, -92).UnixMilli()))
	return fmt.Sprintf(`SELECT person, count(*) FILTER (WHERE day > %d) AS days30, count(*) AS days90
		FROM (SELECT DISTINCT person, day FROM %s AS e WHERE day > %d AND day <= %d) AS seen GROUP BY person`, since(30), events, since(90), c.Today())
}

// arrivals is by which campaign people came: that of the first page or screen they saw.
func arrivals(d Dialect) string {
	events := d.Events("person, time, position, campaign_source", fmt.Sprintf("customer_id <> 0 AND type IN (%d, %d)", hitori.Page, hitori.Screen))
	return "SELECT person, " + d.LatestBy("campaign_source", "(-time, -position)") + " AS source FROM " + events + " AS e GROUP BY person"
}

// latest is the latest number that events told which meet a condition.
func latest(d Dialect, condition string) string {
	return fmt.Sprintf("SELECT person, %s AS latest FROM %s AS e GROUP BY person", d.LatestBy(figure, "(time, position)"),
		d.Events("person, time, position, "+figure, "customer_id <> 0 AND "+condition+" AND "+figure+" IS NOT NULL"))
}

// inquiries is how often people asked.
func inquiries(d Dialect) string {
	return "SELECT person, count(*) AS inquiries FROM " +
		d.Events("person", fmt.Sprintf("customer_id <> 0 AND kind = %d AND name = 'Inquiry Received'", hitori.KindVoice)) + " AS e GROUP BY person"
}

// responses is how people answered messages, by channel. A click weighs more than any number of opens, which programs
// make too.
func responses(d Dialect) string {
	events := d.Events("person, CASE WHEN name = 'Message Clicked' THEN 1000000 ELSE 1 END AS weight, channel",
		fmt.Sprintf("customer_id <> 0 AND kind = %d AND name IN ('Message Opened', 'Message Clicked') AND channel <> ''", hitori.KindMessage))
	return "SELECT person, channel, sum(weight) AS weight FROM " + events + " AS e GROUP BY person, channel"
}
