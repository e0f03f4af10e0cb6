package warehousetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Epoch is when the events of the suite begin.
var Epoch = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

// EventArgs says what an event of the suite is like; zero fields are filled in.
type EventArgs struct {
	Number     int // its place on the log
	Customer   hitori.CustomerID
	Time       time.Time
	Type       hitori.EventType
	Name       string
	Properties hitori.JSON
	Lines      []hitori.Line
}

// NewEvent makes an event. Message id and event id stay empty, since a warehouse does not
// keep them.
func NewEvent(args EventArgs) hitori.Stamped {
	if args.Time.IsZero() {
		args.Time = Epoch.Add(time.Duration(args.Number) * time.Second)
	}
	if args.Type == 0 {
		args.Type = hitori.Track
	}
	if args.Name == "" && args.Type == hitori.Track {
		args.Name = "Product Viewed"
	}
	return hitori.Stamped{
		Event: hitori.Event{
			Position: hitori.NewPosition(uint64(args.Number/4+1), args.Number%3, args.Number%4),
			Source:   7, Type: args.Type, Name: args.Name, Time: args.Time, ReceivedAt: args.Time.Add(time.Minute),
			Properties: args.Properties,
		},
		Customer: args.Customer, Kind: hitori.KindOf(args.Type, args.Name), Lines: args.Lines,
	}
}

// Shop makes events of many customers of a shop, the same for the same seed.
type Shop struct {
	random    *rand.Rand
	customers int
	number    int
	contexts  []hitori.JSON
}

// NewShop returns a shop with so many customers.
func NewShop(seed uint64, customers int) *Shop {
	s := &Shop{random: rand.New(rand.NewPCG(seed, 1)), customers: customers}
	for i := range 100 {
		s.contexts = append(s.contexts, hitori.JSON(fmt.Sprintf(`{"ip":"203.0.113.%d","locale":"ja-JP","userAgent":`+
			`"Mozilla/5.0 (iPhone; CPU iPhone OS 17_%d like Mac OS X) AppleWebKit/605.1.15","page":{"path":"/products/%d"}}`, i, i%7, i*37)))
	}
	return s
}

// Customer returns the id of the nth customer. Ids lie as far apart as on a log.
func (s *Shop) Customer(n int) hitori.CustomerID { return hitori.CustomerID(n*97+1) << 20 }

var shopEvents = []string{
	"Product Viewed", "Product List Viewed", "Product Added", "Cart Viewed", "Order Completed", "Message Sent", "Message Opened", "Points Earned",
}

// Next makes the next n events, one second after the other.
func (s *Shop) Next(n int) []hitori.Stamped {
	events := make([]hitori.Stamped, n)
	for i := range events {
		events[i] = s.event()
	}
	return events
}

func (s *Shop) event() hitori.Stamped {
	n := s.random.IntN(s.customers)
	product := s.random.IntN(5000)
	s.number++
	e := NewEvent(EventArgs{
		Number: s.number, Customer: s.Customer(n), Name: shopEvents[s.random.IntN(len(shopEvents))],
		Time: Epoch.Add(time.Duration(s.number)*time.Second - time.Duration(s.random.IntN(7200))*time.Second),
		Properties: hitori.JSON(fmt.Sprintf(`{"product_id":"P%04d","name":"オーガニック緑茶 %d","price":%d,"url":"https://shop.example.jp/products/%d","session":"%016x"}`,
			product, product, 100+3*product, product, s.random.Uint64())),
	})
	e.Source = hitori.SourceID(2 + n%3)
	e.AnonymousID = fmt.Sprintf("%08x-%04x-4000-8000-%012x", uint32(n)*2654435761, n&0xffff, n)
	if n%3 == 0 {
		e.UserID = fmt.Sprintf("u%07d", n)
	}
	e.Context = s.contexts[s.random.IntN(len(s.contexts))]
	if e.Kind == hitori.KindPurchase {
		e.OrderID, e.Currency = fmt.Sprintf("O%09d", s.number), hitori.JPY
	}
	if s.random.IntN(5) == 0 {
		for range 1 + s.random.IntN(2) {
			e.Lines = append(e.Lines, s.line())
			e.Amount += e.Lines[len(e.Lines)-1].Price
		}
	}
	return e
}

func (s *Shop) line() hitori.Line {
	product := s.random.IntN(5000)
	return hitori.Line{
		ProductID: fmt.Sprintf("P%04d", product), SKU: fmt.Sprintf("SKU-%04d-M", product), Name: fmt.Sprintf("オーガニック緑茶 %d", product),
		Category: "茶葉", Brand: "静岡茶園", Variant: "M", Price: int64(100 + 3*product), Quantity: 1000,
	}
}
