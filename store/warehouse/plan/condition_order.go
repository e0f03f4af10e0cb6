package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// ordered is a condition on orders being compiled. In its expressions, o is an order and l one of its lines.
type ordered struct {
	*compilation
	*query.Order
}

// order measures orders.
func (k *compilation) order(n *query.Order) string {
	t := n.Stored()
	rows, m := k.orderRows(n, &t)
	return k.among(m.people(rows, &t))
}

// people are those of whom the measure of their rows meets a test, as what stands in a FROM clause and what follows
// it. Where 0 meets the test it tells the others, who fail it: of many who meet it there are no rows.
func (m *measure) people(rows string, t *query.Test) (from string, others bool) {
	result := m.result(whole)
	switch {
	case m.whole && t.Op == query.AtLeast && t.Number == 1:
		return rows, false
	case m.whole && t.Op == query.Equals && t.Number == 0:
		return rows, true
	case m.counts && t.Accepts(0):
		return rows + " GROUP BY person HAVING NOT " + m.test(result), true
	}
	return rows + " GROUP BY person HAVING " + m.test(result), false
}

// orderRows are the rows that are measured, and how; the test has its bounds as [query.Order.Stored] says.
func (k *compilation) orderRows(n *query.Order, t *query.Test) (string, measure) {
	o := ordered{k, n}
	m := measure{result: aggregate("sum(value)"), test: func(result string) string { return numbers(t, result) }, counts: true}
	value, from, where := "o.net", k.Own("orders")+" AS o", o.matched()
	switch n.Measure {
	case query.Count:
		m.result, m.whole = aggregate("count(*)"), true
	case query.Average:
		m.result, m.counts = aggregate("CAST(sum(value) AS DOUBLE) / count(*)"), false
	case query.Profit:
		value, from = "o.net - CASE WHEN o.amount > 0 THEN trunc(c.cost * o.net / o.amount) ELSE c.cost END", o.withCosts()
	case query.Quantity:
		value, from, where = "l.quantity", o.withLines(), o.fields(true)
	case query.ItemRevenue:
		value, from, where = share("l.price"), o.withLines(), o.fields(true)
	case query.FirstTime, query.LastTime:
		m.result = aggregate(map[query.Measure]string{query.FirstTime: "min(value)", query.LastTime: "max(value)"}[n.Measure])
		value, m.counts, m.test = "o.placed", false, func(result string) string { return k.instants(&n.Is, result) }
	}
	return "(SELECT o.person AS person, " + value + " AS value FROM " + from + " WHERE " + all(o.chosen(), where) + ") AS r", m
}

// whose selects the rows of a table that are of the person who is asked about.
func (o ordered) whose(table string) string {
	if o.person == "" {
		return ""
	}
	return table + "person = " + o.person
}

// chosen selects orders by what they are, as a whole.
func (o ordered) chosen() string {
	state := map[query.OrderState]string{
		query.OrderKept: "NOT o.cancelled", query.OrderReturned: "NOT o.cancelled AND o.refunded > 0", query.OrderCancelled: "o.cancelled",
	}[o.State]
	currency, window := "", ""
	if o.Currency != "" {
		currency = "o.currency = " + o.Quote(string(o.Currency))
	}
	if o.Window != nil {
		window = o.instants(o.Window, "o.placed")
	}
	return all(o.whose("o."), "o.placed <= "+itoa(o.Now.UnixMilli()), state, currency, window)
}

const ofOrder = "l.person = o.person AND l.order_id = o.order_id AND l.alone = o.alone"

func (o ordered) withLines() string {
	return o.Own("order_lines") + " AS l JOIN " + o.Own("orders") + " AS o ON " + ofOrder
}

// share is what a price of one piece comes to for a line, in whole minor units. Absurd numbers must not fail.
func share(price string) string { return "trunc(CAST(" + price + " AS DOUBLE) * l.quantity / 1000)" }

// withCosts are the orders of which the cost of every line is known.
func (o ordered) withCosts() string {
	costs := "SELECT l.person AS person, l.order_id AS order_id, l.alone AS alone, sum(" + share("p.cost") + ") AS cost FROM " + o.Own("order_lines") +
		" AS l LEFT JOIN " + o.Own("costs") + " AS p ON l.product_id = p.product_id GROUP BY l.person, l.order_id, l.alone HAVING count(*) = count(p.cost)"
	return o.Own("orders") + " AS o JOIN (" + costs + ") AS c ON " + strings.ReplaceAll(ofOrder, "l.", "c.") +
		" AND o.currency = " + o.Quote(string(o.Calendar.Currency))
}

// matched selects orders by their fields: those of which one line meets the tree whole, or an order without
// lines by itself.
func (o ordered) matched() string {
	about := fieldsOf(o.Where)
	if !slices.ContainsFunc(about, func(f query.OrderField) bool { return f.Line }) {
		return o.fields(false)
	}
	from := o.Own("order_lines") + " AS l"
	if slices.ContainsFunc(about, func(f query.OrderField) bool { return !f.Line || f.Name == "price" }) {
		from = o.withLines()
	}
	return "(o.lines_at = 0 AND " + o.fields(false) + " OR (o.person, o.order_id, o.alone) IN (SELECT l.person, l.order_id, l.alone FROM " + from + " WHERE " + all(o.whose("l."), o.fields(true)) + "))"
}

// fieldsOf lists the fields that a tree asks about.
func fieldsOf(c query.Condition) []query.OrderField {
	var about []query.OrderField
	if c != nil {
		tree(c, func(c query.Condition) string {
			i := slices.IndexFunc(query.OrderFields(), func(f query.OrderField) bool { return f.Name == c.(*query.Property).Name })
			about = append(about, query.OrderFields()[i])
			return ""
		})
	}
	return about
}

// fields tests the tree on a line and its order, or on an order alone.
func (o ordered) fields(line bool) string {
	if o.Where == nil {
		return ""
	}
	return tree(o.Where, func(c query.Condition) string { return o.field(c.(*query.Property), line) })
}

func (o ordered) field(p *query.Property, line bool) string {
	field := fieldsOf(p)[0]
	table := "o."
	if field.Line {
		table = "l."
	}
	switch known := p.Is.Op == query.Known; {
	case field.Line && !line:
		return none
	case field.Type == query.TypeNumber && known:
		return "(1 = 1)"
	case p.Name == "total":
		return numbers(&p.Is, "("+"o.net / "+minorUnits+")")
	case p.Name == "price":
		return numbers(&p.Is, "("+"l.price / "+minorUnits+")")
	case known:
		return "(" + table + p.Name + " <> '')"
	}
	return o.texts(&p.Is, table+p.Name)
}

// minorUnits is how many minor units of an order's currency make a major one.
var minorUnits = func() string {
	list := func(exponent int) string {
		var codes []string
		for _, c := range hitori.CurrenciesOf(exponent) {
			codes = append(codes, "'"+string(c)+"'")
		}
		return strings.Join(codes, ", ")
	}
	return fmt.Sprintf("CASE WHEN o.currency IN (%s) THEN 1 WHEN o.currency IN (%s) THEN 1000 ELSE 100 END", list(0), list(3))
}()
