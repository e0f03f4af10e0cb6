package hitori

import (
	"cmp"
	"slices"
	"time"
)

// Order is what became of one order, told by all events about it.
type Order struct {
	ID       string
	Time     time.Time // of the first "Order Completed", or else the first "Order Updated"
	Currency Currency
	// Amount is what was ordered by the latest statement, Refunded what was given back, in
	// minor units.
	Amount, Refunded int64
	Cancelled        bool
	Lines            []Line
}

// Net is what remains of the order after refunds; nothing of a cancelled one.
func (o *Order) Net() int64 {
	if o.Cancelled {
		return 0
	}
	return max(0, o.Amount-o.Refunded)
}

// Orders folds the events of one customer into orders, oldest first. Events come in any
// order and may tell the same thing twice:
//
//   - "Order Completed" and "Order Updated" state the whole order; the latest by time, then
//     position, holds. Before one of them has come, there is no order.
//   - "Order Cancelled" is final.
//   - "Order Refunded" gives back its amount; without an amount, the whole order. Refunds add up.
//   - Without an order id every "Order Completed" is an order of its own, and the others
//     are nobody's.
func Orders(events []Stamped) []Order {
	sorted := slices.Clone(events)
	slices.SortFunc(sorted, func(a, b Stamped) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Position, b.Position))
	})
	type state struct {
		Order
		stated, completed, whole bool
	}
	byID := make(map[string]*state)
	var all []*state
	for i := range sorted {
		e := &sorted[i]
		if e.Type != Track || e.OrderID == "" && e.Name != "Order Completed" {
			continue
		}
		s := byID[e.OrderID]
		if s == nil || e.OrderID == "" {
			s = &state{Order: Order{ID: e.OrderID, Time: e.Time}}
			byID[e.OrderID] = s
			all = append(all, s)
		}
		switch e.Name {
		case "Order Completed", "Order Updated":
			if !s.stated || e.Name == "Order Completed" && !s.completed {
				s.Time = e.Time
			}
			s.stated = true
			s.completed = s.completed || e.Name == "Order Completed"
			s.Currency, s.Amount = e.Currency, e.Amount
			if len(e.Lines) > 0 {
				s.Lines = e.Lines
			}
		case "Order Cancelled":
			s.Cancelled = true
		case "Order Refunded":
			s.Refunded += e.Amount
			s.whole = s.whole || e.Amount == 0
		}
	}
	orders := make([]Order, 0, len(all))
	for _, s := range all {
		if !s.stated {
			continue
		}
		if s.whole {
			s.Refunded = s.Amount
		}
		orders = append(orders, s.Order)
	}
	slices.SortStableFunc(orders, func(a, b Order) int { return a.Time.Compare(b.Time) })
	return orders
}
