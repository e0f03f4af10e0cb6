package plan

import (
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/understand"
)

// source is a query with a row for each person it knows something about, and the features it tells.
type source struct {
	query    string
	features map[string]string // name to the expression over the source's columns
}

// Features is the query of the table features: the person, and each of [understand.Features] in their order.
func Features(d Dialect, c Calendar, currency hitori.Currency) string {
	sources := []source{ofOrders(d, c, currency), ofHabits(d, c), ofLines(d), ofFirstLines(d),
		ofActivity(d), ofVisits(d, c), ofArrival(d), ofAnswers(d), ofPoints(d), ofInquiries(d), ofMessages(d)}
	var columns, joins strings.Builder
	for _, f := range understand.Features() {
		expression := "p.first_seen"
		for i, s := range sources {
			if e, ok := s.features[f.Name]; ok {
				expression = strings.ReplaceAll(e, "$", fmt.Sprintf("s%d.", i))
			}
		}
		fmt.Fprintf(&columns, ", %s AS %s", expression, f.Name)
	}
	for i, s := range sources {
		fmt.Fprintf(&joins, "\nLEFT JOIN (%s) AS s%d ON p.person = s%[2]d.person", s.query, i)
	}
	return "SELECT p.person AS person" + columns.String() + "\nFROM " + d.Derived("people") + " AS p" + joins.String()
}

// ofOrders tells what follows from orders without looking at their lines.
func ofOrders(d Dialect, c Calendar, currency hitori.Currency) source {
	recent := fmt.Sprintf("NOT cancelled AND day > %d AND day <= %d", c.Today()-365, c.Today())
	kept := func(aggregate string) string { return d.When(aggregate, "NOT cancelled") }
	ours := "NOT cancelled AND currency = " + d.Quote(string(currency))
	return source{
		query: `SELECT person, count(*) FILTER (WHERE NOT cancelled) AS orders, count(*) FILTER (WHERE cancelled) AS lost,
				` + kept("min(placed)") + ` AS first_at, ` + kept("max(placed)") + ` AS last_at, ` + kept("max(day)") + " - " + kept("min(day)") + ` AS days,
				` + d.When("sum(net)", ours) + ` AS spend, count(*) FILTER (WHERE ` + ours + `) AS paid,
				count(*) FILTER (WHERE ` + recent + `) AS orders_recent,
				` + d.When("sum(net)", ours+" AND "+recent) + ` AS spend_recent,
				count(*) FILTER (WHERE NOT cancelled AND refunded > 0) AS given_back,
				count(*) FILTER (WHERE NOT cancelled AND (coupon <> '' OR discount > 0)) AS discounted
			FROM ` + d.Derived("orders") + ` GROUP BY person`,
		features: map[string]string{
			"orders": "coalesce($orders, 0)", "cancelled_orders": "coalesce($lost, 0)", "orders_365d": "coalesce($orders_recent, 0)",
			"first_order_at": "$first_at", "last_order_at": "$last_at",
			"spend": "coalesce($spend, 0)", "spend_365d": "coalesce($spend_recent, 0)",
			"average_order":       "CASE WHEN $paid > 0 THEN $spend / $paid END",
			"order_interval":      "CASE WHEN $orders > 1 THEN $days / ($orders - 1) END",
			"return_rate":         "CASE WHEN $orders > 0 THEN 100 * $given_back / $orders END",
			"discount_dependence": "CASE WHEN $orders > 0 THEN 100 * $discounted / $orders END",
		},
	}
}

// most is a query of the value of an expression that most rows of a person have, by a weight; of several the first.
func most(name, value, weight, from string) string {
	return fmt.Sprintf(`SELECT person, min(value) AS %s FROM (
			SELECT person, value, weight, max(weight) OVER (PARTITION BY person) AS heaviest FROM (
				SELECT person, %s AS value, %s AS weight FROM %s GROUP BY person, value))
		WHERE weight = heaviest GROUP BY person`, name, value, weight, from)
}

// ofHabits tells when and where people order mostly.
func ofHabits(d Dialect, c Calendar) source {
	kept := "(SELECT person, placed, day, channel FROM " + d.Derived("orders") + " WHERE NOT cancelled)"
	channels := "(SELECT person, channel FROM " + d.Derived("orders") + " WHERE NOT cancelled AND channel <> '')"
	return source{
		query: `SELECT h.person AS person, order_hour, order_weekday, order_channel FROM (` + most("order_hour", c.Hour(d, "placed"), "count(*)", kept) + `) AS h
			JOIN (` + most("order_weekday", Weekday("day"), "count(*)", kept) + `) AS w ON h.person = w.person
			LEFT JOIN (` + most("order_channel", "channel", "count(*)", channels) + `) AS c ON h.person = c.person`,
		features: map[string]string{"order_hour": "$order_hour", "order_weekday": "$order_weekday", "order_channel": "$order_channel"},
	}
}

// bought are the lines of orders that were kept.
func bought(d Dialect) string {
	return `(SELECT l.person AS person, o.number AS number, o.channel AS channel, l.line AS line, l.product_id AS product_id, l.category AS category,
			l.quantity AS quantity, l.price * l.quantity AS paid
		FROM ` + d.Derived("order_lines") + ` AS l JOIN ` + d.Derived("orders") + ` AS o
			ON l.person = o.person AND l.order_id = o.order_id AND l.alone = o.alone WHERE NOT o.cancelled)`
}

// ofLines tells what people buy mostly.
func ofLines(d Dialect) source {
	of := func(column string) string {
		return "(SELECT person, " + column + ", quantity FROM " + bought(d) + " WHERE " + column + " <> '')"
	}
	return source{
		query: `SELECT p.person AS person, favourite_product, favourite_category, products FROM (` + most("favourite_product", "product_id", "sum(quantity)", of("product_id")) + `) AS p
			LEFT JOIN (` + most("favourite_category", "category", "sum(quantity)", of("category")) + `) AS c ON p.person = c.person
			LEFT JOIN (SELECT person, count(DISTINCT product_id) AS products FROM ` + of("product_id") + ` GROUP BY person) AS n ON p.person = n.person`,
		features: map[string]string{"favourite_product": "$favourite_product", "favourite_category": "$favourite_category", "products": "coalesce($products, 0)"},
	}
}

// ofFirstLines tells what the first order was.
func ofFirstLines(d Dialect) source {
	text := func(column string) string { return "CASE WHEN $" + column + " <> '' THEN $" + column + " END" }
	return source{
		query: `SELECT o.person AS person, o.channel AS channel, product_id, category FROM ` + d.Derived("orders") + ` AS o LEFT JOIN (
				SELECT person, product_id, category FROM (
					SELECT person, product_id, category, row_number() OVER (PARTITION BY person ORDER BY paid DESC, line) AS place
					FROM ` + bought(d) + ` WHERE number = 1)
				WHERE place = 1) AS l ON o.person = l.person
			WHERE o.number = 1`,
		features: map[string]string{"first_product": text("product_id"), "first_category": text("category"), "first_order_channel": text("channel")},
	}
}

// ofActivity tells when people did something last.
func ofActivity(d Dialect) source {
	return source{
		query:    "SELECT person, max(time) AS last_at FROM " + d.Events("person, time", "customer_id <> 0 AND "+warehouse.Done) + " AS e GROUP BY person",
		features: map[string]string{"last_seen_at": "$last_at"},
	}
}

// ofVisits tells on how many of the latest days people were on a site or in an app.
func ofVisits(d Dialect, c Calendar) source {
	since := func(days int64) int64 { return c.Today() - days }
	events := d.Events("person, "+c.Day(d, "time")+" AS day", fmt.Sprintf("customer_id <> 0 AND kind = %d AND %s AND time > %d",
		hitori.KindWeb, warehouse.Done, c.Now.AddDate(0, 0, -92).UnixMilli()))
	return source{
		query: fmt.Sprintf(`SELECT person, count(*) FILTER (WHERE day > %d) AS days30, count(*) AS days90
			FROM (SELECT DISTINCT person, day FROM %s AS e WHERE day > %d AND day <= %d) GROUP BY person`, since(30), events, since(90), c.Today()),
		features: map[string]string{"active_days_30d": "coalesce($days30, 0)", "active_days_90d": "coalesce($days90, 0)"},
	}
}

// ofArrival tells by which campaign people came: that of the first page or screen they saw.
func ofArrival(d Dialect) source {
	events := d.Events("person, time, position, context", fmt.Sprintf("customer_id <> 0 AND type IN (%d, %d)", hitori.Page, hitori.Screen))
	return source{
		query: "SELECT person, " + d.Text(d.Members(d.Members("context", "campaign")+"[1]", "source")+"[1]") + " AS source FROM (SELECT person, " +
			d.LatestBy("context", "(-time, -position)") + " AS context FROM " + events + " AS e GROUP BY person)",
		features: map[string]string{"acquisition_source": "CASE WHEN $source <> '' THEN $source END"},
	}
}

// latest is a query of the latest number a property of events had, of those that meet a condition.
func latest(d Dialect, name, property, condition string) string {
	number := d.Number(d.Members("properties", property) + "[1]")
	return fmt.Sprintf("SELECT person, %s AS %s FROM %s AS e WHERE value IS NOT NULL GROUP BY person",
		d.LatestBy("value", "(time, position)"), name, d.Events("person, time, position, "+number+" AS value", "customer_id <> 0 AND "+condition))
}

// ofAnswers tells how satisfied people said they are.
func ofAnswers(d Dialect) source {
	return source{
		query:    latest(d, "score", "score", fmt.Sprintf("kind = %d AND name = 'Survey Answered'", hitori.KindSurvey)),
		features: map[string]string{"satisfaction": "$score"},
	}
}

// ofPoints tells how many points people have.
func ofPoints(d Dialect) source {
	return source{
		query:    latest(d, "balance", "balance", fmt.Sprintf("kind = %d", hitori.KindPoint)),
		features: map[string]string{"points": "$balance"},
	}
}

// ofInquiries tells how often people asked.
func ofInquiries(d Dialect) source {
	return source{
		query: "SELECT person, count(*) AS inquired FROM " +
			d.Events("person", fmt.Sprintf("customer_id <> 0 AND kind = %d AND name = 'Inquiry Received'", hitori.KindVoice)) + " AS e GROUP BY person",
		features: map[string]string{"inquiries": "coalesce($inquired, 0)"},
	}
}

// ofMessages tells through which channel people answer: clicks count before opens, which programs make too.
func ofMessages(d Dialect) source {
	events := d.Events("person, name = 'Message Clicked' AS clicked, "+d.Text(d.Members("properties", "channel")+"[1]")+" AS channel",
		fmt.Sprintf("customer_id <> 0 AND kind = %d AND name IN ('Message Opened', 'Message Clicked')", hitori.KindMessage))
	return source{
		query: most("channel", "channel", "sum(CASE WHEN clicked THEN 1000000 ELSE 1 END)",
			"(SELECT person, channel, clicked FROM "+events+" AS e WHERE channel <> '')"),
		features: map[string]string{"responsive_channel": "$channel"},
	}
}
