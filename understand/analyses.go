package understand

import (
	"context"
	"strconv"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// Analyses answers the questions a shop asks of its orders: who its good customers are (RFM, decile, ABC, lifecycle
// stage) and whether they come again (cohorts, second order, what is bought next). Its methods are safe for
// concurrent use.
//
// Every analysis is as of a day of the shop: it looks at orders placed up to the end of that day, as they stand
// now. A refund or cancellation that came after the day counts, since an order that was taken back never
// was good business; people are as they are merged now. Cancelled orders are no orders. Money is what remains of
// orders after refunds, in minor units of the shop's currency; an order in another currency counts as an order, with no
// money.
type Analyses struct {
	buyers   Buyers
	goods    Goods
	clock    service.Clock
	location *time.Location
	currency hitori.Currency
	grading  func(context.Context) (Grading, error)
}

// NewAnalyses returns the analyses of a shop whose days begin in a time zone.
func NewAnalyses(buyers Buyers, goods Goods, clock service.Clock, location *time.Location, currency hitori.Currency) *Analyses {
	shared := newShared(buyers, goods)
	a := &Analyses{buyers: shared, goods: shared, clock: clock, location: location, currency: currency}
	return a.GradedBy(func(context.Context) (Grading, error) {
		d := DefaultRFM()
		return Grading(d), nil
	})
}

// Buyers tells about customers by what they ordered: the customer axis (顧客軸).
type Buyers interface {
	// Revision tells what was derived last.
	Revision(ctx context.Context) (Revision, error)
	// Quantiles returns the bounds that cut the people of a period into a number of parts, by each of the values.
	Quantiles(ctx context.Context, p Period, parts int, values ...Value) ([][]int64, error)
	// Concentration returns, for each share of the revenue in percent, the least a person spent of those who stand
	// above that share (see [Analyses.ABC]); it is empty when nothing was spent.
	Concentration(ctx context.Context, p Period, percent ...int64) ([]int64, error)
	// Cells counts people by their grades.
	Cells(ctx context.Context, p Period, b Bounds) ([]Cell, error)
	// Groups sums people by the first of the ranges they are in; who is in none is left out. There is one sum for
	// each range, in their order.
	Groups(ctx context.Context, p Period, ranges []Range) ([]Sums, error)
	// Moves counts people by the range they were in at the end of one period and of another; -1 says in none.
	Moves(ctx context.Context, before, after Period, was, is []Range) ([]Move, error)
	// Idle counts who is known and had not ordered by the end of a period: visitors, leads and members.
	Idle(ctx context.Context, p Period) (Idle, error)
	// Cohorts counts people by the month of their first order and the months in which they ordered.
	Cohorts(ctx context.Context, p Period) ([]CohortMonth, error)
	// Waits tells how long people waited with their next order after that with a number, or after any with zero.
	Waits(ctx context.Context, p Period, number int) ([]Wait, error)
	// Members returns a page of people, those with the greatest value first; of the same value by id.
	Members(ctx context.Context, p Period, q MembersQuery) (Members, error)
}

// Revision is what was derived last.
type Revision struct {
	// Number names it: until it changes, answers are the same. It is zero when nothing was.
	Number int64
	// Computing says that nothing was, while there are people who did something: after an upgrade that computes everything
	// anew, and when a shop's first data has come. Answers are empty until then, and do not say that nobody bought.
	Computing bool
}

// Goods tells about products by who bought them: the product axis (商品軸).
type Goods interface {
	// Sales sums the lines of orders by product.
	Sales(ctx context.Context, p Period) ([]ProductSales, error)
	// Bought sums them by the range in which who bought is, the first of several; a given number of products for
	// each, those with the most revenue.
	Bought(ctx context.Context, p Period, ranges []Range, most int) ([]GroupSales, error)
	// Steps counts people by the products of their first and of their second order, of those who placed both.
	Steps(ctx context.Context, p Period, most int) (Steps, error)
	// FirstProducts tells what became of people within so many days of their first order, by its main
	// product, of those who have been known for that long.
	FirstProducts(ctx context.Context, p Period, days int64) ([]FirstProduct, error)
	// Names returns what products are called.
	Names(ctx context.Context, products []string) (map[string]string, error)
}

// Day is a day of the shop's calendar: the number of days since 1 January 1970.
type Day int64

const dayHours = 24 * time.Hour

// DayOf returns the day of a time in its zone.
func DayOf(t time.Time) Day {
	year, month, day := t.Date()
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / int64(dayHours/time.Second))
}

// Date is the midnight in UTC that has the day's date.
func (d Day) Date() time.Time { return time.Unix(int64(d)*int64(dayHours/time.Second), 0).UTC() }

// String writes the day as 2026-04-01.
func (d Day) String() string { return d.Date().Format(time.DateOnly) }

// Month is the month of the day.
func (d Day) Month() Month {
	t := d.Date()
	return Month(t.Year()*12 + int(t.Month()) - 1)
}

// Month is a month of the calendar: twelve times the year, and the number of months before it in the year.
type Month int64

// String writes the month as 2026-04.
func (m Month) String() string { return m.First().Date().Format("2006-01") }

// First is the first day of the month.
func (m Month) First() Day {
	return DayOf(time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC))
}

// ParseMonth reads a month as it is written; it returns an error with code [hitori.Invalid] for anything else.
func ParseMonth(text string) (Month, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil {
		return 0, hitori.NewError(hitori.Invalid, "month_invalid", "value", text)
	}
	return DayOf(t).Month(), nil
}

// Period is a row of days, both included. From is [Ever] for all of time.
type Period struct{ From, To Day }

// Ever is before everything.
const Ever Day = -25_508 // 1 March 1900

// Dates says which orders an analysis is about.
type Dates struct {
	// AsOf is the last day, as 2026-04-01; today without it.
	AsOf string
	// From is the first day; without it all orders count. Analyses that number a customer's orders have none.
	From string
}

// Basis is what an analysis was computed from.
type Basis struct {
	AsOf       string          `json:"as_of" format:"date" doc:"The last day whose orders count, as they stand now"`
	From       string          `json:"from,omitempty" format:"date" doc:"The first day whose orders count; all of time without it"`
	ComputedAt time.Time       `json:"computed_at"`
	Currency   hitori.Currency `json:"currency" doc:"Amounts are in its minor units"`
	Computing  bool            `json:"computing,omitempty" doc:"What follows from events is being computed, for the first time or after an upgrade: ask again in a while; until then the answer is empty and says nothing"`
}

// period reads dates. It returns an error with code [hitori.Invalid] for what is no date, for a day that has not come
// and for days in the wrong order.
func (a *Analyses) period(ctx context.Context, d Dates) (Period, Basis, error) {
	now := a.clock.Now()
	today := DayOf(now.In(a.location))
	p := Period{From: Ever, To: today}
	var err error
	if d.AsOf != "" {
		if p.To, err = parseDay(d.AsOf, "as_of"); err != nil {
			return p, Basis{}, err
		}
	}
	if d.From != "" {
		if p.From, err = parseDay(d.From, "from"); err != nil {
			return p, Basis{}, err
		}
	}
	switch {
	case p.To > today:
		return p, Basis{}, hitori.NewError(hitori.Invalid, "as_of_future", "value", d.AsOf, "today", today).At("as_of")
	case p.From > p.To:
		return p, Basis{}, hitori.NewError(hitori.Invalid, "from_after_as_of", "from", p.From, "as_of", p.To).At("from")
	}
	revision, err := a.buyers.Revision(ctx)
	return p, Basis{AsOf: p.To.String(), From: d.From, ComputedAt: now, Currency: a.currency, Computing: revision.Computing}, err
}

// whole is period for analyses that number a customer's orders from the first.
func (a *Analyses) whole(ctx context.Context, asOf string) (Period, Basis, error) {
	return a.period(ctx, Dates{AsOf: asOf})
}

func parseDay(text, field string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || DayOf(t) < Ever {
		return 0, hitori.NewError(hitori.Invalid, "date_invalid", "value", text).At(field)
	}
	return DayOf(t), nil
}

// Axis is what a report is laid out by.
type Axis string

// The axes.
const (
	ByCustomer Axis = "customer" // 顧客軸
	ByProduct  Axis = "product"  // 商品軸
)

// share is a part of a whole, and zero of nothing.
func share[N int64 | float64](part, whole N) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func itoa(n int) string { return strconv.Itoa(n) }
