package understand

import (
	"math"

	"github.com/hitori-cdp/hitori"
)

// Value is what is known of a customer from the orders of a period.
type Value string

// The values. Customers without an order in the period have none.
const (
	Recency Value = "recency" // days from the day of the last order to the period's last day
	Orders  Value = "orders"  // how many
	Spend   Value = "spend"   // what remains of them after refunds, in the shop's currency
)

// Between is a row of whole numbers, both ends included.
type Between struct{ Least, Most int64 }

// Any is every number.
var Any = Between{math.MinInt64, math.MaxInt64}

// Range is a set of customers by their values.
type Range struct{ Recency, Orders, Spend Between }

// Everyone is the range of all who ordered.
var Everyone = Range{Any, Any, Any}

// Sums are of customers.
type Sums struct {
	People int64 `json:"people"`
	Orders int64 `json:"orders"`
	Spend  int64 `json:"spend"`
	// Least and Most are the least and the most that one of them spent; zero when there is nobody.
	Least int64 `json:"least"`
	Most  int64 `json:"most"`
}

func (s *Sums) add(o Sums) {
	if s.People == 0 {
		*s = o
		return
	}
	s.People, s.Orders, s.Spend = s.People+o.People, s.Orders+o.Orders, s.Spend+o.Spend
	s.Least, s.Most = min(s.Least, o.Least), max(s.Most, o.Most)
}

// Move is how many were in one range and are in another.
type Move struct {
	Was, Is int
	People  int64
}

// Idle is who is known and has not ordered.
type Idle struct {
	Visitors int64 `json:"visitors"`
	Leads    int64 `json:"leads"`
	Members  int64 `json:"members"`
}

// MembersQuery selects a page of people: by ranges unless another of the ways is given.
type MembersQuery struct {
	// Ranges and At are those of whom the range with that number is the first they are in, and with -1 those who are in
	// none; their value is what they spent.
	Ranges []Range
	At     int
	// Moved are those of them who were in another range on an earlier day.
	Moved *Moved
	// Cohort are those whose first order was in a month and who ordered so many months later; their value is
	// what they spent then.
	Cohort *CohortCell
	// First are those whose first order was mainly of a product; their value is what they spent.
	First *string
	// Next are those who had a product in their first order and another, or the same, in their second; with no other, any.
	// Their value is what they spent. The number of people is not looked at.
	Next *Pair
	// Idle are leads and members who have not ordered; their value is when they came, in milliseconds since 1970.
	Idle bool

	After *MembersPlace // the last of the page before
	Limit int
}

// Moved is where people were at the end of an earlier period: the number of a range, and -1 for none.
type Moved struct {
	Before Period
	Was    int
}

// CohortCell is a cell of the table of cohorts.
type CohortCell struct {
	Month Month
	Later int64
}

// MembersPlace is a place in a list of people.
type MembersPlace struct {
	Value    int64
	Customer hitori.CustomerID
}

// Members are a page of a list of people.
type Members struct {
	Page []MembersPlace
	// Total is how many the whole list has; it is not known beyond its end.
	Total int64
}
