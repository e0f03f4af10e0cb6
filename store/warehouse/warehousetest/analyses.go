package warehousetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

var analysesTests = map[string]func(*testing.T, Warehouse){
	"Tokyo":           func(t *testing.T, w Warehouse) { analysesOf(t, w, "Asia/Tokyo") },
	"NewYork":         func(t *testing.T, w Warehouse) { analysesOf(t, w, "America/New_York") },
	"Empty":           analysesOfNothing,
	"Grades":          func(t *testing.T, w Warehouse) { gradesOf(t, w, "Asia/Tokyo") },
	"GradesInNewYork": func(t *testing.T, w Warehouse) { gradesOf(t, w, "America/New_York") },
	"GradedAnew":      gradedAnew,
	"Shared":          analysesShared,
}

// analysedShop is a shop of two years around a leap day, with what follows from its events computed plainly.
type analysedShop struct {
	location *time.Location
	now      time.Time
	events   []hitori.Stamped
	root     map[hitori.CustomerID]hitori.CustomerID
	people   map[hitori.CustomerID][]plainOrder // by time; who ordered nothing is there too
}

// plainOrder is an order that was not cancelled.
type plainOrder struct {
	query.PlacedOrder
	day  int64
	date time.Time // the order's date in the shop's zone, at midnight in UTC
}

// analysedPeople is how many profiles there are; the last of them never order.
const analysedPeople = 90

func newAnalysedShop(location *time.Location) *analysedShop {
	random := rand.New(rand.NewPCG(8, 1))
	s := &analysedShop{location: location, now: time.Date(2024, 12, 31, 15, 0, 0, 0, location), root: make(map[hitori.CustomerID]hitori.CustomerID)}
	add := func(customer hitori.CustomerID, name, order string, at time.Time) *hitori.Stamped {
		s.events = append(s.events, NewEvent(EventArgs{Number: len(s.events), Customer: customer, Name: name, Time: at}))
		e := &s.events[len(s.events)-1]
		e.OrderID, e.Currency = order, hitori.JPY
		return e
	}
	for n := range analysedPeople - 10 {
		customer := hitori.CustomerID(1+n) << 20
		at := time.Date(2023, 1, 1+random.IntN(500), 0, 0, 0, 0, location)
		for i := range 1 + random.IntN(3)*random.IntN(5) {
			order := fmt.Sprintf("O%d-%d", n, i)
			e := add(customer, "Order Completed", order, moment(random, at))
			e.Amount = int64(random.IntN(12)) * 500
			if random.IntN(9) == 0 {
				e.Currency = "USD"
			}
			if random.IntN(12) == 0 {
				e.OrderID = ""
			}
			for range random.IntN(4) {
				e.Lines = append(e.Lines, hitori.Line{
					ProductID: []string{"", "P1", "P2", "P3", "P4", "P'5"}[random.IntN(6)], SKU: []string{"", "", "S1"}[random.IntN(3)], Name: []string{"", "品"}[random.IntN(2)], Price: int64(100 * (1 + random.IntN(9))), Quantity: int64(1+random.IntN(3)) * 1000,
				})
			}
			total := e.Amount
			switch currency := e.Currency; random.IntN(10) {
			case 0:
				add(customer, "Order Cancelled", order, at.AddDate(0, 0, 2))
			case 1: // long after the day of any analysis but the last
				refund := add(customer, "Order Refunded", order, at.AddDate(0, 0, random.IntN(200)))
				refund.Amount, refund.Currency = total/2, currency
			case 2:
				refund := add(customer, "Order Refunded", order, at.AddDate(0, 0, 5))
				refund.Amount, refund.Currency = 0, currency
			}
			if at = at.AddDate(0, 0, random.IntN(120)); at.After(s.now.AddDate(0, 0, -1)) {
				break
			}
		}
	}
	for i := range 12 {
		s.root[hitori.CustomerID(1+i)<<20] = hitori.CustomerID(20+i) << 20
	}
	s.fold()
	return s
}

// moment is a time on a day: mostly within a second of its midnights.
func moment(random *rand.Rand, day time.Time) time.Time {
	switch random.IntN(4) {
	case 0:
		return day
	case 1:
		return day.AddDate(0, 0, 1).Add(-time.Second)
	}
	return day.Add(time.Duration(random.IntN(20*3600)) * time.Second)
}

func (s *analysedShop) fold() {
	s.people = make(map[hitori.CustomerID][]plainOrder)
	byPerson := make(map[hitori.CustomerID][]hitori.Stamped)
	for n := range analysedPeople {
		s.people[s.person(hitori.CustomerID(1+n)<<20)] = nil
	}
	for _, e := range s.events {
		byPerson[s.person(e.Customer)] = append(byPerson[s.person(e.Customer)], e)
	}
	for person, events := range byPerson {
		for _, o := range query.Orders(events, nil) {
			if o.Cancelled {
				continue
			}
			year, month, day := o.Time.In(s.location).Date()
			date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
			s.people[person] = append(s.people[person], plainOrder{o, date.Unix() / 86400, date})
		}
		slices.SortStableFunc(s.people[person], func(a, b plainOrder) int {
			return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
		})
	}
}

func (s *analysedShop) person(profile hitori.CustomerID) hitori.CustomerID {
	if root, ok := s.root[profile]; ok {
		return root
	}
	return profile
}

// level is of somebody who is there since the first of the person's profiles.
func (s *analysedShop) level(person hitori.CustomerID) unify.Level {
	return []unify.Level{unify.Visitor, unify.Lead, unify.Member}[int(person>>20)%3]
}

func (s *analysedShop) seen(person hitori.CustomerID) time.Time {
	return time.Date(2023, 1, int(person>>20)*7, 0, 0, 0, 0, s.location)
}

func (s *analysedShop) fill(t *testing.T, w Warehouse) {
	var aliases []unify.Alias
	members := make(map[hitori.CustomerID][]hitori.CustomerID)
	for n := range analysedPeople {
		profile := hitori.CustomerID(1+n) << 20
		members[s.person(profile)] = append(members[s.person(profile)], profile)
		if root := s.person(profile); root != profile {
			aliases = append(aliases, unify.Alias{Customer: profile, Root: root, Version: 1})
		}
	}
	appendBatch(t, w, unify.Batch{Token: "analyses", Events: s.events, Aliases: aliases})
	derive(t, w, understand.Derivation{
		Everybody: true, Form: form, Currency: hitori.JPY, Now: s.now, Location: s.location,
		People: func(yield func(understand.Person, error) bool) {
			for _, person := range slices.Sorted(maps.Keys(members)) {
				if !yield(understand.Person{ID: person, Profiles: members[person], Level: s.level(person), FirstSeen: s.seen(person)}, nil) {
					return
				}
			}
		},
	})
}

func analysesIn(w Warehouse, now time.Time, location *time.Location) *understand.Analyses {
	analyst := plan.Analyst{Engine: w, Location: location, Currency: hitori.JPY}
	return understand.NewAnalyses(analyst, analyst, service.NewManualClock(now), location, hitori.JPY)
}

// analysesOf compares every analysis with a plain computation over orders, at ends and beginnings of months and years.
func analysesOf(t *testing.T, w Warehouse, zone string) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	shop := newAnalysedShop(location)
	shop.fill(t, w)
	analyses := analysesIn(w, shop.now, location)
	for _, asOf := range []string{"2024-12-31", "2024-03-01"} {
		t.Run(asOf, func(t *testing.T) {
			s := plainShop{t: t, analyses: analyses, asOf: asOf, day: dayNumber(t, asOf), people: shop.upTo(dayNumber(t, asOf)), shop: shop}
			s.rfm()
			s.moves()
			s.decile()
			s.abc()
			s.since()
			s.lifecycle()
			s.cohorts()
			s.repeat()
			s.dormancy()
			s.products()
			s.next()
			s.firstProducts()
		})
	}
}

// counted counts the queries of an engine, but for those that look whether anything is new.
type counted struct {
	plan.Engine
	queries atomic.Int64
}

// Query implements [plan.Engine].
func (c *counted) Query(ctx context.Context, build func(plan.Dialect) string, each func(plan.Row) error) error {
	return c.Engine.Query(ctx, func(d plan.Dialect) string {
		text := build(d)
		if !strings.Contains(text, "revision") {
			c.queries.Add(1)
		}
		return text
	}, each)
}

// analysesShared: what many ask is computed once, and anew when something was derived or erased since.
func analysesShared(t *testing.T, w Warehouse) {
	shop := newAnalysedShop(tokyo)
	shop.fill(t, w)
	engine := &counted{Engine: w}
	analyst := plan.Analyst{Engine: engine, Location: tokyo, Currency: hitori.JPY}
	analyses := understand.NewAnalyses(analyst, analyst, service.NewManualClock(shop.now), tokyo, hitori.JPY)
	ask := func() int64 {
		t.Helper()
		var customers atomic.Int64
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				r, err := analyses.Decile(t.Context(), understand.Dates{}, understand.ByCustomer)
				if err != nil {
					t.Error(err)
				}
				customers.Store(r.Count)
			})
		}
		group.Wait()
		return customers.Load()
	}
	before := ask()
	once := engine.queries.Load()
	if ask(); engine.queries.Load() != once || once != 2 { // quantiles, and sums of the ranges between them
		t.Errorf("%d queries for twenty who asked, %d for ten", engine.queries.Load(), once)
	}
	for person, orders := range shop.people {
		if len(orders) == 0 {
			continue
		}
		if err := w.Erase(within(t), []hitori.CustomerID{person}, nil); err != nil {
			t.Fatal(err)
		}
		break
	}
	if after := ask(); after != before-1 || engine.queries.Load() != 2*once {
		t.Errorf("%d customers after one of %d was erased, by %d queries", after, before, engine.queries.Load())
	}
}

func dayNumber(t *testing.T, date string) int64 {
	t.Helper()
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return day.Unix() / 86400
}

func (s *analysedShop) upTo(day int64) map[hitori.CustomerID][]plainOrder {
	people := make(map[hitori.CustomerID][]plainOrder)
	for person, orders := range s.people {
		for _, o := range orders {
			if o.day <= day {
				people[person] = append(people[person], o)
			}
		}
	}
	return people
}

// plainShop computes analyses plainly.
type plainShop struct {
	t        *testing.T
	analyses *understand.Analyses
	asOf     string
	day      int64
	people   map[hitori.CustomerID][]plainOrder // who ordered
	shop     *analysedShop
}

// values are what RFM goes by.
type values struct{ recency, orders, spend int64 }

func valuesOf(orders []plainOrder, day int64) values {
	v := values{recency: math.MaxInt64, orders: int64(len(orders))}
	for _, o := range orders {
		v.recency = min(v.recency, day-o.day)
		v.spend += yen(o)
	}
	return v
}

func yen(o plainOrder) int64 {
	if o.Currency == hitori.JPY {
		return o.Net()
	}
	return 0
}

func (s *plainShop) values() map[hitori.CustomerID]values {
	all := make(map[hitori.CustomerID]values)
	for person, orders := range s.people {
		all[person] = valuesOf(orders, s.day)
	}
	return all
}

// part is how many parts of people are worse, of so many.
func part[P comparable](all map[P]values, parts int, worse func(values) bool) int64 {
	n := 0
	for _, v := range all {
		if worse(v) {
			n++
		}
	}
	return int64(parts * n / len(all))
}

func (s *plainShop) grades() map[hitori.CustomerID][3]int64 {
	all := s.values()
	grades := make(map[hitori.CustomerID][3]int64)
	for person, v := range all {
		grades[person] = [3]int64{
			1 + part(all, 5, func(o values) bool { return o.recency > v.recency }),
			1 + part(all, 5, func(o values) bool { return o.orders < v.orders }),
			1 + part(all, 5, func(o values) bool { return o.spend < v.spend }),
		}
	}
	return grades
}

func (s *plainShop) rfm() {
	s.t.Helper()
	got, err := s.analyses.RFM(s.t.Context(), understand.RFMQuery{Dates: understand.Dates{AsOf: s.asOf}, Axis: understand.ByProduct})
	if err != nil {
		s.t.Fatal(err)
	}
	want := make(map[[3]int64]values) // of orders, of people in recency
	for person, g := range s.grades() {
		v := valuesOf(s.people[person], s.day)
		sum := want[g]
		want[g] = values{sum.recency + 1, sum.orders + v.orders, sum.spend + v.spend}
	}
	found := make(map[[3]int64]values)
	for _, c := range got.Cells {
		found[[3]int64{c.Recency, c.Frequency, c.Monetary}] = values{c.People, c.Orders, c.Spend}
		if c.Frequency == 5 { // some of them: many are small
			s.peopleIn(c)
		}
	}
	sameTable(s.t, "cells", found, want)
	var inGroups, inGrid int64
	for _, g := range got.Groups {
		inGroups += g.People
	}
	for _, c := range got.Grid {
		inGrid += c.People
	}
	if all := int64(len(s.people)); inGroups != all || inGrid != all || got.Customers != all {
		s.t.Errorf("%d in groups, %d in the grid, %d in all, want %d", inGroups, inGrid, got.Customers, all)
	}
	s.bought(got)
}

// peopleIn reads the people behind a cell.
func (s *plainShop) peopleIn(c understand.Cell) {
	s.t.Helper()
	var want []understand.MembersPlace
	for person, g := range s.grades() {
		if g == [3]int64{c.Recency, c.Frequency, c.Monetary} {
			want = append(want, understand.MembersPlace{Value: valuesOf(s.people[person], s.day).spend, Customer: person})
		}
	}
	s.behind(understand.Behind{
		Analysis: "rfm", Dates: understand.Dates{AsOf: s.asOf}, Group: fmt.Sprintf("r%df%dm%d", c.Recency, c.Frequency, c.Monetary),
	}, want)
}

// behind compares the pages of people behind a mark.
func (s *plainShop) behind(q understand.Behind, want []understand.MembersPlace) {
	s.t.Helper()
	slices.SortFunc(want, func(a, b understand.MembersPlace) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Customer, b.Customer))
	})
	var got []understand.MembersPlace
	for q.Limit = 10; ; {
		page, err := s.analyses.People(s.t.Context(), q)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(page.Page) > 0 && page.Total != int64(len(want)) {
			s.t.Errorf("%+v: %d people in all, want %d", q, page.Total, len(want))
		}
		if got = append(got, page.Page...); len(page.Page) < q.Limit {
			break
		}
		q.After = &page.Page[q.Limit-1]
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("%+v:\n got %v\nwant %v", q, got, want)
	}
}

// sameTable compares two tables.
func sameTable[K comparable, V comparable](t *testing.T, what string, got, want map[K]V) {
	t.Helper()
	if len(want) == 0 {
		t.Errorf("%s: nothing to compare", what)
	}
	for k := range want {
		if got[k] != want[k] {
			t.Errorf("%s: %v is %v, want %v", what, k, got[k], want[k])
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: %v is %v, want nothing", what, k, got[k])
		}
	}
}

// near compares tables of numbers that were added in another order.
func near[K comparable](t *testing.T, what string, got, want map[K]float64) {
	t.Helper()
	if len(want) == 0 || len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for k := range want {
		if v, ok := got[k]; !ok || math.Abs(v-want[k]) > 1e-9*(1+math.Abs(want[k])) {
			t.Errorf("%s: %v is %v, want %v", what, k, v, want[k])
		}
	}
}
