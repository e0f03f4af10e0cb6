package query

import (
	"iter"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Subject is one customer, merged profiles taken together, as a condition sees them.
type Subject interface {
	// Trait returns the value of a trait, "" when there is none.
	Trait(name string) hitori.JSON
	// HasIdentifier reports whether the customer has a trusted identifier of a kind.
	HasIdentifier(kind hitori.IdentifierKind) bool
	// Consent returns the latest statement for a channel and purpose, and whether there is one.
	Consent(channel, purpose string) (granted, known bool)
	// Level is "member", "lead" or "visitor".
	Level() string
	// Feature returns the value of a feature or score, "" when there is none.
	Feature(name string) hitori.JSON
	// Segment returns the customer's membership in a segment.
	Segment(id string) Membership
	// OnList reports whether the customer is on a static list.
	OnList(id string) bool
	// Events returns the events of the customer, oldest first: by time, then position. It may
	// return others than those referred to, and each in the same place in memory if they have
	// positions.
	Events(refs []Ref) iter.Seq[*hitori.Stamped]
	// Orders returns the customer's orders in any order; see [Orders].
	Orders() []PlacedOrder
}

// Membership is how a customer relates to a segment.
type Membership struct {
	In bool
	// Entered and Left are the latest entry and exit; zero when there was none.
	Entered, Left time.Time
}

// PlacedOrder is an order with what conditions need beside the fold.
type PlacedOrder struct {
	hitori.Order
	// Properties are those of the statement that holds.
	Properties hitori.JSON
	// Cost is that of the goods that remain, in minor units of the order's currency.
	Cost      int64
	CostKnown bool
}

// Orders folds the events of one customer as [hitori.Orders] does. The cost of a line is
// asked for by cost (in minor units, for the whole line; nil when costs are not known). What
// was refunded lowers the cost in proportion, since goods mostly come back with it.
func Orders(events []hitori.Stamped, cost func(hitori.Line, hitori.Currency) (int64, bool)) []PlacedOrder {
	var groups [][]hitori.Stamped
	byID := make(map[string]int)
	for _, e := range events {
		if e.Type != hitori.Track || !strings.HasPrefix(e.Name, "Order ") {
			continue
		}
		at, there := byID[e.OrderID]
		if !there || e.OrderID == "" { // without an id, each is an order of its own
			at = len(groups)
			byID[e.OrderID] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], e)
	}
	var orders []PlacedOrder
	for _, group := range groups {
		for _, order := range hitori.Orders(group) {
			placed := PlacedOrder{Order: order, Properties: statement(group)}
			placed.Cost, placed.CostKnown = costOf(&order, cost)
			orders = append(orders, placed)
		}
	}
	return orders
}

// statement returns the properties of the latest event that states the whole order.
func statement(events []hitori.Stamped) hitori.JSON {
	var latest *hitori.Stamped
	for i := range events {
		e := &events[i]
		if e.Name != "Order Completed" && e.Name != "Order Updated" {
			continue
		}
		if latest == nil || e.Time.After(latest.Time) || e.Time.Equal(latest.Time) && e.Position > latest.Position {
			latest = e
		}
	}
	if latest == nil {
		return ""
	}
	return latest.Properties
}

func costOf(order *hitori.Order, cost func(hitori.Line, hitori.Currency) (int64, bool)) (int64, bool) {
	if cost == nil || len(order.Lines) == 0 {
		return 0, false
	}
	sum := int64(0)
	for _, line := range order.Lines {
		c, known := cost(line, order.Currency)
		if !known {
			return 0, false
		}
		sum += c
	}
	if order.Amount > 0 {
		sum = int64(float64(sum) * float64(order.Net()) / float64(order.Amount))
	}
	return sum, true
}
