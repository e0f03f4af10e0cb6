package measure

import (
	"context"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// Warehouse computes the numbers of the shop: what people did from all events, orders (folded as [hitori.Orders] does) as
// they were derived last, which is within about half a minute. People are counted as they are merged now.
type Warehouse interface {
	// Days returns one entry for each day of the calendar, in order.
	Days(ctx context.Context, calendar Calendar) ([]Day, error)
	// Sales returns one entry for each of the given times, which do not overlap, in their order, and
	// when the first order of all was placed; zero when there is none.
	Sales(ctx context.Context, spans []Span) (sales []Sales, first time.Time, err error)
	// Computing reports whether orders are still to be derived, since the shop's first data has come or everything is computed
	// anew after an upgrade: there are none until then.
	Computing(ctx context.Context) (bool, error)
	// People returns a page of the people who did something within a time, latest first.
	People(ctx context.Context, query PeopleQuery) (People, error)
}

// Day is what happened on one day.
type Day struct {
	// Date is the midnight with which the day begins, in the shop's time zone.
	Date time.Time `json:"date"`
	// Active is how many people did anything (see [Did]), visitors included.
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

// fresh is how long numbers are shown before they are computed again.
const fresh = 15 * time.Second

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
	mu    sync.Mutex
	known Numbers
}

// NewShop returns the numbers of the shop whose days begin in a time zone.
func NewShop(warehouse Warehouse, clock service.Clock, location *time.Location) *Shop {
	return &Shop{warehouse: warehouse, clock: clock, location: location, known: make(map[int]*numbers)}
}

// Numbers are the shop's latest days, today against the usual, and when they were computed.
type Numbers struct {
	Days       []Day     `json:"days"`
	Today      Today     `json:"today"`
	ComputedAt time.Time `json:"computed_at"`
	Computing  bool      `json:"computing,omitempty" doc:"Orders are being computed, for the first time or after an upgrade: ask again in a while; until then there are none in the numbers, and that says nothing"`
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
	if n.known.Days != nil && now.Sub(n.known.ComputedAt) < fresh && now.YearDay() == n.known.ComputedAt.YearDay() {
		return n.known, nil
	}
	found := Numbers{ComputedAt: now}
	var err error
	if found.Days, err = s.warehouse.Days(ctx, NewCalendar(now, days)); err != nil {
		return Numbers{}, err
	}
	if found.Today, err = s.today(ctx, now); err != nil {
		return Numbers{}, err
	}
	if found.Computing, err = s.warehouse.Computing(ctx); err != nil {
		return Numbers{}, err
	}
	n.known = found
	return n.known, nil
}
