package plan

import (
	"context"
	"fmt"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// Commonest implements [understand.SegmentReader].
func (r Reader) Commonest(ctx context.Context, of understand.Texts, limit int) ([]understand.ValueCount, error) {
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT value, count(*) AS people FROM %s GROUP BY value ORDER BY people DESC, value LIMIT %d", texts(d, of), limit)
	}
	values := []understand.ValueCount{}
	return values, r.Query(ctx, build, func(row Row) error {
		var v understand.ValueCount
		err := row.Scan(&v.Value, &v.People)
		values = append(values, v)
		return err
	})
}

// texts is what stands in a FROM clause for texts, none of them empty.
func texts(d Dialect, of understand.Texts) string {
	switch {
	case of.Trait != "":
		return fmt.Sprintf("(SELECT text AS value FROM %s AS f WHERE about IN (%d, %d) AND name = %s AND text <> '') AS facts",
			d.Derived("facts"), understand.AboutTrait, understand.AboutElement, d.Quote(of.Trait))
	case of.Field != "":
		table, column := "orders", of.Field
		if line, ok := lineColumns[of.Field]; ok {
			table, column = "order_lines", line
		}
		return fmt.Sprintf("(SELECT %s AS value FROM %s AS o WHERE %[1]s <> '') AS fields", column, d.Derived(table))
	}
	value := func(name string) string { return d.Value("properties", name) + " AS " + name }
	asked := d.Text("survey_id") + " = " + d.Quote(of.Survey)
	if of.Question != "" {
		asked += " AND " + d.Text("question_id") + " = " + d.Quote(of.Question)
	}
	return fmt.Sprintf("(SELECT value FROM (SELECT %s AS value FROM %s AS answers WHERE %s) AS asked WHERE value <> '') AS answered", d.Text("answer"),
		d.Events(value("survey_id")+", "+value("question_id")+", "+value("answer"), fmt.Sprintf("type = %d AND name = 'Survey Answered'", hitori.Track)), asked)
}

// lineColumns are the texts of order lines by the names conditions have for them.
var lineColumns = map[string]string{
	"product_id": "product_id", "sku": "sku", "product_name": "product_name", "category": "category", "brand": "brand", "variant": "variant",
}
