package query

import (
	"math"

	"github.com/hitori-cdp/hitori"
)

// order measures the orders and tests the result.
func (e *evaluation) order(n *Order) bool {
	tally := e.orders(n)
	if n.Measure == FirstTime || n.Measure == LastTime {
		return tally.count > 0 && e.testInstant(&n.Is, tally.at)
	}
	is, value := n.Stored(), tally.result()
	return !math.IsNaN(value) && is.Accepts(value)
}

// orders measures the orders.
func (e *evaluation) orders(n *Order) *orderTally {
	span, _ := e.span(n.Window)
	tally := &orderTally{order: n}
	leaves, enters := int64(math.MaxInt64), int64(math.MaxInt64) // the oldest in and behind the window
	for _, order := range e.Orders() {
		ms := order.Time.UnixMilli()
		if ms > e.now {
			e.changes(ms)
			continue
		}
		if ms < span.From || !n.State.includes(&order.Order) {
			continue
		}
		quantity, amount, matched := e.lines(n.Where, &order)
		if !matched {
			continue
		}
		if !span.Contains(ms) {
			enters = min(enters, ms)
			continue
		}
		leaves = min(leaves, ms)
		tally.add(ms, &order, quantity, amount)
	}
	for _, oldest := range []int64{leaves, enters} {
		if oldest != math.MaxInt64 {
			e.passes(n.Window, oldest)
		}
	}
	return tally
}

// Stored returns the test with its bounds in the units orders are kept in: minor units of the
// currency for amounts, thousandths for [Quantity]. Those of a feature's test may be finer.
func (o *Order) Stored() Test {
	scale := math.Pow10(o.decimals())
	t := o.Is
	for _, bound := range []*float64{&t.Number, &t.Min, &t.Max} {
		*bound = math.Round(*bound*scale*1e6) / 1e6 // 9.99 dollars are 999 cents exactly
	}
	return t
}

// decimals is how many decimals the bounds of the test may have.
func (o *Order) decimals() int {
	switch o.Measure {
	case Revenue, Profit, Average, ItemRevenue:
		return o.Currency.Exponent()
	case Quantity:
		return 3
	}
	return 0
}

func (s OrderState) includes(o *hitori.Order) bool {
	switch s {
	case OrderKept:
		return !o.Cancelled
	case OrderReturned:
		return !o.Cancelled && o.Refunded > 0
	case OrderCancelled:
		return o.Cancelled
	}
	return true
}

// lines returns what the matching lines of an order hold (in thousandths of a piece, and in
// minor units), and whether the order is selected: by one of its lines, or by itself when it
// has none.
func (e *evaluation) lines(c Condition, o *PlacedOrder) (quantity, amount int64, matched bool) {
	if len(o.Lines) == 0 {
		return 0, 0, where(c, func(p *Property) bool { return e.orderField(p, o, nil) })
	}
	for i := range o.Lines {
		line := &o.Lines[i]
		if !where(c, func(p *Property) bool { return e.orderField(p, o, line) }) {
			continue
		}
		matched = true
		quantity += line.Quantity
		amount += line.Price * line.Quantity / 1000
	}
	return quantity, amount, matched
}

// orderField tests a field of an order and one of its lines.
func (e *evaluation) orderField(p *Property, o *PlacedOrder, line *hitori.Line) bool {
	field, _ := orderField(p.Name)
	switch {
	case field.Line && line == nil:
		return false
	case p.Name == "total":
		return p.Is.Op == Known || p.Is.Accepts(hitori.Money{Amount: o.Net(), Currency: o.Currency}.Major())
	case p.Name == "price":
		return p.Is.Op == Known || p.Is.Accepts(hitori.Money{Amount: line.Price, Currency: o.Currency}.Major())
	}
	text := ""
	if field.Line {
		text = lineField(p.Name, line)
	} else if v := member(o.Properties, p.Name); v.Type() == hitori.JSONString {
		text = v.Text()
	}
	return text != "" && (p.Is.Op == Known || p.Is.text(text))
}

func lineField(name string, line *hitori.Line) string {
	switch name {
	case "product_id":
		return line.ProductID
	case "sku":
		return line.SKU
	case "product_name":
		return line.Name
	case "category":
		return line.Category
	case "brand":
		return line.Brand
	}
	return line.Variant
}

// orderTally adds up what is measured. Amounts are in minor units.
type orderTally struct {
	order *Order
	count int64
	sum   int64
	at    int64
}

func (t *orderTally) add(ms int64, o *PlacedOrder, quantity, amount int64) {
	if t.order.Currency != "" && o.Currency != t.order.Currency {
		return
	}
	switch t.order.Measure {
	case FirstTime:
		if t.count == 0 || ms < t.at {
			t.at = ms
		}
	case LastTime:
		if t.count == 0 || ms > t.at {
			t.at = ms
		}
	case Revenue, Average:
		t.sum += o.Net()
	case Profit:
		if !o.CostKnown {
			return
		}
		t.sum += o.Net() - o.Cost
	case Quantity:
		t.sum += quantity
	case ItemRevenue:
		t.sum += amount
	}
	t.count++
}

// result is the number that was measured, in the units of [Order.Stored], and not a number when there is none.
func (t *orderTally) result() float64 {
	switch t.order.Measure {
	case Count:
		return float64(t.count)
	case Average:
		return float64(t.sum) / float64(t.count) // not a number of none
	}
	return float64(t.sum)
}
