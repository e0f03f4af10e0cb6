package measure

import (
	"context"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// Warehouse computes the numbers of the shop over all events. People are counted as they are
// merged now, orders as [hitori.Orders] folds them.
type Warehouse interface {
	// Days returns one entry for each day of the calendar, in order.
	Days(ctx context.Context, calendar Calendar) ([]Day, error)
	// Buyers returns up to limit people who ordered within a time, latest first: those whose
	// first order it was, those who had ordered before, or both.
	Buyers(ctx context.Context, query BuyersQuery) ([]hitori.CustomerID, error)
}

// Day is what happened on one day.
type Day struct {
	// Date is the midnight with which the day begins, in the shop's time zone.
	Date time.Time `json:"date"`
	// Active is how many people did anything, visitors included.
	Active int64 `json:"active"`
	// Orders are those placed and not cancelled since.
	Orders int64 `json:"orders"`
	// New is how many people ordered for the first time, Returning how many had ordered before.
	New       int64 `json:"new"`
	Returning int64 `json:"returning"`
	// Revenue is what remains of the day's orders after refunds, by currency.
	Revenue []Revenue `json:"revenue"`
}

// Revenue is an amount of money and the share of it from people who had ordered before, in
// minor units.
type Revenue struct {
	Currency  hitori.Currency `json:"currency"`
	Net       int64           `json:"net"`
	Returning int64           `json:"returning"`
}

// BuyersQuery selects people by when they ordered.
type BuyersQuery struct {
	From, To  time.Time // To is exclusive
	New       bool
	Returning bool
	Limit     int
}

// fresh is how long numbers are shown before they are computed again.
const fresh = time.Minute

// Shop tells the numbers of the shop. Its methods are safe for concurrent use; of many who
// ask for the same, one computes.
type Shop struct {
	warehouse Warehouse
	clock     service.Clock
	location  *time.Location

	mu    sync.Mutex
	known map[int]*numbers // by how many days
}

type numbers struct {
	mu       sync.Mutex
	days     []Day
	computed time.Time
}

// NewShop returns the numbers of the shop whose days begin in a time zone.
func NewShop(warehouse Warehouse, clock service.Clock, location *time.Location) *Shop {
	return &Shop{warehouse: warehouse, clock: clock, location: location, known: make(map[int]*numbers)}
}

// Numbers are the shop's latest days and when they were computed.
type Numbers struct {
	Days       []Day     `json:"days"`
	ComputedAt time.Time `json:"computed_at"`
}

// MaxDays is the greatest number of days that can be asked for.
const MaxDays = 800

// Latest returns the latest days, oldest first; the last one is today and not over yet. It
// returns an error with code [hitori.Invalid] for fewer than one or more than [MaxDays].
func (s *Shop) Latest(ctx context.Context, days int) (Numbers, error) {
	if days < 1 || days > MaxDays {
		return Numbers{}, hitori.NewError(hitori.Invalid, "days_range", "days", days, "most", MaxDays)
	}
	s.mu.Lock()
	n := s.known[days]
	if n == nil {
		n = new(numbers)
		s.known[days] = n
	}
	s.mu.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	now := s.clock.Now().In(s.location)
	if n.days != nil && now.Sub(n.computed) < fresh && now.YearDay() == n.computed.YearDay() {
		return Numbers{n.days, n.computed}, nil
	}
	found, err := s.warehouse.Days(ctx, NewCalendar(now, days))
	if err != nil {
		return Numbers{}, err
	}
	n.days, n.computed = found, now
	return Numbers{n.days, n.computed}, nil
}

// Buyers returns people who ordered on a day.
func (s *Shop) Buyers(ctx context.Context, year int, month time.Month, day int, news, returning bool, limit int) ([]hitori.CustomerID, error) {
	return s.warehouse.Buyers(ctx, BuyersQuery{
		From: midnight(year, month, day, s.location), To: midnight(year, month, day+1, s.location),
		New: news, Returning: returning, Limit: limit,
	})
}
