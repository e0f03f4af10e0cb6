package hitori_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
)

func TestOrders(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 2, day, 12, 0, 0, 0, time.UTC) }
	event := func(day int, name, id string, amount int64) hitori.Stamped {
		return hitori.Stamped{
			Event:   hitori.Event{Type: hitori.Track, Name: name, Time: at(day), Position: hitori.Position(day)},
			OrderID: id, Amount: amount, Currency: hitori.JPY,
		}
	}
	tests := []struct {
		name   string
		events []hitori.Stamped
		want   string // id day net, for each order
	}{
		{"one order", []hitori.Stamped{event(1, "Order Completed", "A", 1000)}, "A 1 1000;"},
		{"told twice", []hitori.Stamped{event(1, "Order Completed", "A", 1000), event(1, "Order Completed", "A", 1000)}, "A 1 1000;"},
		{"the later statement holds", []hitori.Stamped{event(3, "Order Updated", "A", 800), event(1, "Order Completed", "A", 1000)}, "A 1 800;"},
		{"part returned", []hitori.Stamped{event(1, "Order Completed", "A", 1000), event(5, "Order Refunded", "A", 300)}, "A 1 700;"},
		{"returned twice", []hitori.Stamped{event(1, "Order Completed", "A", 1000), event(5, "Order Refunded", "A", 300), event(6, "Order Refunded", "A", 200)}, "A 1 500;"},
		{"returned whole", []hitori.Stamped{event(1, "Order Completed", "A", 1000), event(5, "Order Refunded", "A", 0)}, "A 1 0;"},
		{"return comes first", []hitori.Stamped{event(5, "Order Refunded", "A", 300), event(1, "Order Completed", "A", 1000)}, "A 1 700;"},
		{"cancelled", []hitori.Stamped{event(1, "Order Completed", "A", 1000), event(2, "Order Cancelled", "A", 0)}, "A 1 0;"},
		{"cancelled is final", []hitori.Stamped{event(2, "Order Cancelled", "A", 0), event(3, "Order Updated", "A", 1000)}, "A 3 0;"},
		{"a refund of an unknown order is none", []hitori.Stamped{event(2, "Order Refunded", "A", 100)}, ""},
		{"without ids", []hitori.Stamped{event(1, "Order Completed", "", 100), event(2, "Order Completed", "", 200)}, " 1 100; 2 200;"},
		{"an update of no order is none", []hitori.Stamped{event(1, "Order Completed", "", 100), event(2, "Order Updated", "", 200)}, " 1 100;"},
		{"other events are none", []hitori.Stamped{event(1, "Product Viewed", "A", 100)}, ""},
	}
	for _, test := range tests {
		got := ""
		for _, o := range hitori.Orders(test.events) {
			got += fmt.Sprintf("%s %d %d;", o.ID, o.Time.Day(), o.Net())
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
