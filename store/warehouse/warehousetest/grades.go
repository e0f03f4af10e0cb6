package warehousetest

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
)

// grading is one with a group that takes people from another, and with a gap: who orders seldom is in none.
func grading(bounds understand.Bounds) understand.Grading {
	scale := func(bounds []int64) understand.RFMScale {
		return understand.RFMScale{Method: understand.ByQuantiles, Bounds: bounds, Since: "2024-01-01"}
	}
	all := [2]int64{1, 5}
	return understand.Grading{
		Scales: understand.RFMScales{Recency: scale(bounds.Recency), Frequency: scale(bounds.Frequency), Monetary: scale(bounds.Monetary)},
		Groups: []understand.RFMGroup{
			{Name: "rich", Recency: all, Frequency: all, Monetary: [2]int64{5, 5}},
			{Name: "near", Recency: [2]int64{4, 5}, Frequency: [2]int64{2, 5}, Monetary: all},
			{Name: "far", Recency: [2]int64{1, 3}, Frequency: [2]int64{2, 5}, Monetary: all},
		},
	}
}

var plainBounds = understand.Bounds{Recency: []int64{200, 90, 31, 7}, Frequency: []int64{2, 3, 4, 6}, Monetary: []int64{1, 3000, 9000, 15000}}

// plainGrades are the grades of values, and the group of [grading].
func plainGrades(b understand.Bounds, v values) (grades [3]int64, group string) {
	grades = [3]int64{1, 1, 1}
	for i, reached := range [][]int64{b.Recency, b.Frequency, b.Monetary} {
		for _, bound := range reached {
			if i == 0 && v.recency <= bound || i == 1 && v.orders >= bound || i == 2 && v.spend >= bound {
				grades[i]++
			}
		}
	}
	switch {
	case grades[2] == 5:
		group = "rich"
	case grades[1] < 2:
	case grades[0] >= 4:
		group = "near"
	default:
		group = "far"
	}
	return grades, group
}

// gradesOf compares grades and groups with a plain computation, on days around the ends of months.
func gradesOf(t *testing.T, w Warehouse, zone string) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	shop := newAnalysedShop(location)
	shop.fill(t, w)
	for _, none := range gradesIn(t, w) {
		if none.graded || none.now != "" || none.was != "" {
			t.Fatal("somebody is graded without bounds")
		}
	}
	few := plainBounds
	few.Frequency, few.Monetary = []int64{2}, []int64{}
	for _, bounds := range []understand.Bounds{plainBounds, few} {
		for _, now := range []time.Time{
			shop.now, time.Date(2024, 2, 29, 23, 59, 59, 0, location), time.Date(2024, 3, 1, 0, 0, 0, 0, location), time.Date(2024, 3, 31, 12, 0, 0, 0, location),
			time.Date(2024, 1, 1, 0, 0, 1, 0, location), time.Date(2022, 1, 1, 0, 0, 0, 0, location),
		} {
			derive(t, w, understand.Derivation{Everybody: true, Form: form, Currency: hitori.JPY, Now: now, Location: location, Grading: grading(bounds)})
			today := dayNumber(t, now.Format(time.DateOnly))
			last := dayNumber(t, now.AddDate(0, 0, -now.Day()).Format(time.DateOnly))
			want := make(map[int64]personGrades)
			for person := range shop.people {
				want[int64(person)] = personGrades{}
			}
			for person, orders := range shop.upTo(today) {
				p := personGrades{graded: true}
				p.grades, p.now = plainGrades(bounds, valuesOf(orders, today))
				want[int64(person)] = p
			}
			for person, orders := range shop.upTo(last) {
				p := want[int64(person)]
				_, p.was = plainGrades(bounds, valuesOf(orders, last))
				p.move = plainMove(p.was, p.now)
				want[int64(person)] = p
			}
			sameTable(t, fmt.Sprint("grades at ", now), gradesIn(t, w), want)
		}
	}
}

type personGrades struct {
	graded   bool
	grades   [3]int64
	now, was string
	move     string
}

// plainMove is how a group of [grading] stands to another.
func plainMove(was, now string) string {
	order := []string{"rich", "near", "far"}
	switch from, to := slices.Index(order, was), slices.Index(order, now); {
	case from < 0 || to < 0:
		return ""
	case to < from:
		return "up"
	case to > from:
		return "down"
	}
	return "same"
}

func gradesIn(t *testing.T, w Warehouse) map[int64]personGrades {
	t.Helper()
	found := make(map[int64]personGrades)
	build := func(d plan.Dialect) string {
		return "SELECT person, rfm_recency_grade, rfm_frequency_grade, rfm_monetary_grade, rfm_group, rfm_group_last_month, rfm_move FROM " + d.Derived("features")
	}
	err := w.Query(within(t), build, func(r plan.Row) error {
		var person int64
		var grades [3]sql.Null[int64]
		var now, was, move sql.Null[string]
		err := r.Scan(&person, &grades[0], &grades[1], &grades[2], &now, &was, &move)
		found[person] = personGrades{grades[0].Valid, [3]int64{grades[0].V, grades[1].V, grades[2].V}, now.V, was.V, move.V}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// gradedAnew: when the shop's grading changes, what is derived is what it would be had it always been so.
func gradedAnew(t *testing.T, w Warehouse) {
	shop := newAnalysedShop(tokyo)
	shop.fill(t, w)
	d := understand.Derivation{Everybody: true, Form: form, Currency: hitori.JPY, Now: shop.now, Location: tokyo, Grading: grading(plainBounds)}
	derive(t, w, d)
	want := allDerived(t, w)
	other := plainBounds
	other.Recency = []int64{20, 10, 5, 1}
	d.Grading = grading(other)
	slices.Reverse(d.Grading.Groups)
	derive(t, w, d)
	if changed := allDerived(t, w); slices.Equal(changed, want) {
		t.Fatal("another grading changed nothing")
	}
	d.Grading = grading(plainBounds)
	derive(t, w, d)
	sameTexts(t, allDerived(t, w), want)
}

// movers compares the people behind some cells of the matrix of moves with a plain computation: all would be many queries.
func (s *plainShop) movers(r understand.RFM) {
	s.t.Helper()
	was, want := s.shop.upTo(dayNumber(s.t, r.Before)), make(map[[2]string][]understand.MembersPlace)
	for person, orders := range s.people {
		v := valuesOf(orders, s.day)
		move := [2]string{understand.NoRFMGroup, groupBy(r.Bounds, v)}
		if len(was[person]) > 0 {
			move[0] = groupBy(r.Bounds, valuesOf(was[person], dayNumber(s.t, r.Before)))
		}
		want[move] = append(want[move], understand.MembersPlace{Value: v.spend, Customer: person})
	}
	for i, m := range r.Moves {
		if i%6 != 0 && m.Was != "" {
			continue
		}
		move := [2]string{cmp.Or(m.Was, understand.NoRFMGroup), cmp.Or(m.Is, understand.NoRFMGroup)}
		s.behind(understand.Behind{
			Analysis: "rfm", Dates: understand.Dates{AsOf: s.asOf}, Group: move[1], Before: r.Before, Was: move[0],
		}, want[move])
	}
}
