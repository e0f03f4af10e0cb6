package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// source is a query with a row for each person it knows something about, and the features it tells.
type source struct {
	query    string
	features map[string]string // name to the expression over the source's columns
}

// Features is the query of the table features: the person, and each of [understand.Features] in their order.
func Features(d Dialect, c Calendar, currency hitori.Currency, grading understand.Grading) string {
	return joined(d, "people", sources(d, c, currency, grading), func(understand.Feature) string { return "first_seen" })
}

// AgedFeatures is the same query on another day than that of which the table stands: only features that change with the day are told anew.
func AgedFeatures(d Dialect, c Calendar, currency hitori.Currency, grading understand.Grading) string {
	all := sources(d, c, currency, grading)
	for _, f := range understand.Features() {
		for _, s := range all {
			if !f.Daily() {
				delete(s.features, f.Name)
			}
		}
	}
	all = slices.DeleteFunc(all, func(s source) bool { return len(s.features) == 0 })
	return joined(d, "features", all, func(f understand.Feature) string { return f.Name })
}

func sources(d Dialect, c Calendar, currency hitori.Currency, grading understand.Grading) []source {
	return slices.Concat(ofStages(d), []source{ofOrders(d, c, currency), ofGrades(d, c, currency, grading), ofHabits(d, c)}, ofLines(d))
}

// joined is the query of the features that sources tell, beside a table of the same people; its columns stand in for the others.
func joined(d Dialect, base string, sources []source, other func(understand.Feature) string) string {
	var columns, joins strings.Builder
	for _, f := range understand.Features() {
		expression := "p." + other(f)
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
	return "SELECT p.person AS person" + columns.String() + "\nFROM " + d.Derived(base) + " AS p" + joins.String()
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

// ofLines tells what people buy, of orders that were kept: mostly, how many different products, and first. Of several lines of
// the first order the dearest counts.
func ofLines(d Dialect) []source {
	of := func(column string) string {
		return "(SELECT person, " + column + ", quantity FROM " + d.Derived("order_lines") + " WHERE NOT cancelled AND " + column + " <> '')"
	}
	dearest := func(column string) string { return d.LatestBy(column, "("+listed+", 1000000000 - line)") }
	text := func(column string) string { return "CASE WHEN $" + column + " <> '' THEN $" + column + " END" }
	return []source{
		{most("product", "product", "sum(quantity)", of("product")), map[string]string{"favourite_product": "$product"}},
		{most("category", "category", "sum(quantity)", of("category")), map[string]string{"favourite_category": "$category"}},
		{
			"SELECT person, count(DISTINCT product) AS products FROM " + of("product") + " AS l GROUP BY person",
			map[string]string{"products": "coalesce($products, 0)"},
		},
		{
			"SELECT person, " + dearest("product") + " AS product, " + dearest("category") + " AS category FROM " + d.Derived("order_lines") + " WHERE number = 1 GROUP BY person",
			map[string]string{"first_product": text("product"), "first_category": text("category")},
		},
		{"SELECT person, channel FROM " + d.Derived("orders") + " WHERE number = 1", map[string]string{"first_order_channel": text("channel")}},
	}
}

// ofStages tells what was read from events.
func ofStages(d Dialect) []source {
	from := func(columns, stage string, features map[string]string) source {
		return source{"SELECT person, " + columns + " FROM " + d.Derived(stage), features}
	}
	return []source{
		from("last_at", "activity", map[string]string{"last_seen_at": "$last_at"}),
		from("days30, days90", "visits", map[string]string{"active_days_30d": "coalesce($days30, 0)", "active_days_90d": "coalesce($days90, 0)"}),
		from("source", "arrivals", map[string]string{"acquisition_source": "CASE WHEN $source <> '' THEN $source END"}),
		from("latest", "answers", map[string]string{"satisfaction": "$latest"}),
		from("latest", "balances", map[string]string{"points": "$latest"}),
		from("inquiries", "inquiries", map[string]string{"inquiries": "coalesce($inquiries, 0)"}),
		{most("channel", "channel", "sum(weight)", d.Derived("responses")), map[string]string{"responsive_channel": "$channel"}},
	}
}
