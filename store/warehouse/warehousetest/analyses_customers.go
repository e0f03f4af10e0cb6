package warehousetest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

func (s *plainShop) moves() {
	s.t.Helper()
	before := time.Unix(s.day*86400, 0).UTC().AddDate(0, -3, 0).Format(time.DateOnly)
	got, err := s.analyses.RFM(s.t.Context(), understand.RFMQuery{Dates: understand.Dates{AsOf: s.asOf}, Before: before})
	if err != nil {
		s.t.Fatal(err)
	}
	was, want := s.shop.upTo(dayNumber(s.t, before)), make(map[[2]string]int64)
	for person, orders := range s.people {
		move := [2]string{"", groupBy(got.Bounds, valuesOf(orders, s.day))}
		if len(was[person]) > 0 {
			move[0] = groupBy(got.Bounds, valuesOf(was[person], dayNumber(s.t, before)))
		}
		want[move]++
	}
	found := make(map[[2]string]int64)
	for _, m := range got.Moves {
		found[[2]string{m.Was, m.Is}] = m.People
	}
	sameTable(s.t, "moves", found, want)
	s.movers(got)
}

// groupBy is the default group of values by bounds.
func groupBy(b understand.Bounds, v values) string {
	r, f, m := 1, 1, 1
	for _, bound := range b.Recency {
		if v.recency <= bound {
			r++
		}
	}
	for _, bound := range b.Frequency {
		if v.orders >= bound {
			f++
		}
	}
	for _, bound := range b.Monetary {
		if v.spend >= bound {
			m++
		}
	}
	switch {
	case r >= 4 && f >= 4 && m >= 4:
		return "best"
	case r >= 4 && f >= 4:
		return "loyal"
	case r >= 4 && f >= 2:
		return "growing"
	case r >= 4:
		return "new"
	case r >= 2 && f >= 4:
		return "best_slipping"
	case r >= 2 && f >= 2:
		return "slipping"
	case r >= 2:
		return "once"
	case f >= 4:
		return "best_lost"
	}
	return "lost"
}

func (s *plainShop) decile() {
	s.t.Helper()
	got, err := s.analyses.Decile(s.t.Context(), understand.Dates{AsOf: s.asOf}, understand.ByCustomer)
	if err != nil {
		s.t.Fatal(err)
	}
	all := s.values()
	want := make(map[int][2]int64)
	places := make(map[int][]understand.MembersPlace)
	for person, v := range all {
		decile := 10 - int(part(all, 10, func(o values) bool { return o.spend < v.spend }))
		want[decile] = [2]int64{want[decile][0] + 1, want[decile][1] + v.spend}
		places[decile] = append(places[decile], understand.MembersPlace{Value: v.spend, Customer: person})
	}
	found := make(map[int][2]int64)
	for _, d := range got.Deciles {
		if d.Count > 0 {
			found[d.Decile] = [2]int64{d.Count, d.Revenue}
		}
		s.behind(understand.Behind{Analysis: "decile", Dates: understand.Dates{AsOf: s.asOf}, Group: strconv.Itoa(d.Decile)}, places[d.Decile])
	}
	sameTable(s.t, "deciles", found, want)
	if last := got.Deciles[9].Cumulative; last != 1 {
		s.t.Errorf("all deciles have %v of the revenue", last)
	}
}

func (s *plainShop) abc() {
	s.t.Helper()
	got, err := s.analyses.ABC(s.t.Context(), understand.Dates{AsOf: s.asOf}, understand.ByCustomer)
	if err != nil {
		s.t.Fatal(err)
	}
	all := s.values()
	var whole int64
	for _, v := range all {
		whole += v.spend
	}
	want := make(map[string][2]int64)
	places := make(map[string][]understand.MembersPlace)
	for person, v := range all {
		var above int64
		for _, o := range all {
			if o.spend > v.spend {
				above += o.spend
			}
		}
		class := "C"
		if above*10 < whole*7 {
			class = "A"
		} else if above*10 < whole*9 {
			class = "B"
		}
		want[class] = [2]int64{want[class][0] + 1, want[class][1] + v.spend}
		places[class] = append(places[class], understand.MembersPlace{Value: v.spend, Customer: person})
	}
	found := make(map[string][2]int64)
	for _, c := range got.Classes {
		found[c.Class] = [2]int64{c.Count, c.Revenue}
		s.behind(understand.Behind{Analysis: "abc", Dates: understand.Dates{AsOf: s.asOf}, Group: c.Class}, places[c.Class])
	}
	sameTable(s.t, "classes", found, want)
}

// since compares what was spent in a period that begins after some people's first order.
func (s *plainShop) since() {
	s.t.Helper()
	from := s.day - 100
	got, err := s.analyses.Decile(s.t.Context(), understand.Dates{AsOf: s.asOf, From: understand.Day(from).String()}, understand.ByCustomer)
	if err != nil {
		s.t.Fatal(err)
	}
	var count, revenue int64
	for _, orders := range s.people {
		within := slices.DeleteFunc(slices.Clone(orders), func(o plainOrder) bool { return o.day < from })
		if len(within) > 0 {
			count++
			revenue += valuesOf(within, s.day).spend
		}
	}
	if got.Count != count || got.Revenue != revenue || count == int64(len(s.people)) {
		s.t.Errorf("%d customers with %d since day %d, want %d with %d", got.Count, got.Revenue, from, count, revenue)
	}
}

// spells are how long people waited, and whether what they waited for came.
type spell struct {
	days int64
	came bool
}

// intervals are those between days with orders.
func (s *plainShop) intervals() (spells []spell) {
	for _, orders := range s.people {
		var days []int64
		for _, o := range orders {
			days = append(days, o.day)
		}
		days = slices.Compact(days)
		for i := range days[1:] {
			spells = append(spells, spell{days[i+1] - days[i], true})
		}
		spells = append(spells, spell{s.day - days[len(days)-1], false})
	}
	return spells
}

// came is the share that came by a day: one minus the product over days of the share that did not come on it, of
// those of whom it is known. It is computed from the definition.
func came(spells []spell, by int64) float64 {
	surviving := 1.0
	for day := int64(0); day <= by; day++ {
		var atRisk, on float64
		for _, sp := range spells {
			if sp.days >= day {
				atRisk++
			}
			if sp.days == day && sp.came {
				on++
			}
		}
		if on > 0 {
			surviving *= 1 - on/atRisk
		}
	}
	return 1 - surviving
}

func (s *plainShop) dormancy() {
	s.t.Helper()
	got, err := s.analyses.Dormancy(s.t.Context(), s.asOf)
	if err != nil {
		s.t.Fatal(err)
	}
	spells := s.intervals()
	var horizon int64
	for _, sp := range spells {
		lasting := 0
		for _, o := range spells {
			if o.days >= sp.days {
				lasting++
			}
		}
		if sp.came && lasting >= 30 {
			horizon = max(horizon, sp.days)
		}
	}
	if !got.Enough || got.Horizon != horizon {
		s.t.Errorf("dormancy up to day %d, want %d", got.Horizon, horizon)
	}
	for _, level := range got.Levels {
		if reached, before := came(spells, level.Days), came(spells, level.Days-1); reached < level.Share*came(spells, horizon)-1e-9 || before >= level.Share*came(spells, horizon) {
			s.t.Errorf("%v came by day %d, and %v before it", reached, level.Days, before)
		}
	}
}

func (s *plainShop) lifecycle() {
	s.t.Helper()
	got, err := s.analyses.Lifecycle(s.t.Context(), understand.LifecycleQuery{AsOf: s.asOf})
	if err != nil {
		s.t.Fatal(err)
	}
	want, places := make(map[understand.Stage]int64), make(map[understand.Stage][]understand.MembersPlace)
	for person := range s.shop.people {
		stage, value := understand.Prospect, s.shop.seen(person).UnixMilli()
		if orders := s.people[person]; len(orders) > 0 {
			v := valuesOf(orders, s.day)
			stage, value = stageOf(v, got.Thresholds), v.spend
		} else if s.shop.seen(person).In(s.shop.location).Format(time.DateOnly) > s.asOf || s.shop.level(person) == unify.Visitor {
			continue
		}
		want[stage]++
		places[stage] = append(places[stage], understand.MembersPlace{Value: value, Customer: person})
	}
	found := make(map[understand.Stage]int64)
	for _, st := range got.Stages {
		if st.People > 0 {
			found[st.Stage] = st.People
		}
		s.behind(understand.Behind{Analysis: "lifecycle", Dates: understand.Dates{AsOf: s.asOf}, Group: string(st.Stage)}, places[st.Stage])
	}
	sameTable(s.t, "stages", found, want)
}

func stageOf(v values, t understand.Thresholds) understand.Stage {
	switch {
	case v.recency > t.Churned:
		return understand.ChurnedStage
	case v.recency > t.Dormant:
		return understand.DormantStage
	case v.orders == 1:
		return understand.NewStage
	case v.recency > t.AtRisk:
		return understand.AtRiskStage
	}
	return understand.ActiveStage
}

func (s *plainShop) cohorts() {
	s.t.Helper()
	got, err := s.analyses.Cohorts(s.t.Context(), s.asOf)
	if err != nil {
		s.t.Fatal(err)
	}
	month := func(t time.Time) int { return t.Year()*12 + int(t.Month()) }
	type cell struct {
		cohort string
		later  int64
	}
	want, people := make(map[cell][2]int64), make(map[cell]map[hitori.CustomerID]int64)
	for person, orders := range s.people {
		first := orders[0].date
		for _, o := range orders {
			c := cell{first.Format("2006-01"), int64(month(o.date) - month(first))}
			if people[c] == nil {
				people[c] = make(map[hitori.CustomerID]int64)
			}
			people[c][person] += yen(o)
		}
	}
	last := time.Unix(s.day*86400, 0).UTC()
	for c := range maps.Keys(people) { // cells that are known, with nobody in them
		first, _ := time.Parse("2006-01", c.cohort)
		for later := range month(last) - month(first) + 1 {
			at := cell{c.cohort, int64(later)}
			var spend int64
			for _, v := range people[at] {
				spend += v
			}
			want[at] = [2]int64{int64(len(people[at])), spend}
		}
	}
	found := make(map[cell][2]int64)
	for _, c := range got.Cohorts {
		for _, p := range c.Points {
			found[cell{c.Month, p.Later}] = [2]int64{p.People, p.Spend}
			if p.Partial != (last.AddDate(0, 0, 1).Day() != 1 && c.Month == last.AddDate(0, 0, 1-last.Day()).AddDate(0, -int(p.Later), 0).Format("2006-01")) {
				s.t.Errorf("cohort %s after %d months: partial %v", c.Month, p.Later, p.Partial)
			}
		}
	}
	sameTable(s.t, "cohorts", found, want)
	some := slices.SortedFunc(maps.Keys(people), func(a, b cell) int { return cmp.Or(cmp.Compare(a.cohort, b.cohort), cmp.Compare(a.later, b.later)) })[3]
	var places []understand.MembersPlace
	for person, spend := range people[some] {
		places = append(places, understand.MembersPlace{Value: spend, Customer: person})
	}
	s.behind(understand.Behind{Analysis: "cohorts", Dates: understand.Dates{AsOf: s.asOf}, Group: some.cohort, Later: some.later}, places)
}

func (s *plainShop) repeat() {
	s.t.Helper()
	got, err := s.analyses.Repeat(s.t.Context(), s.asOf)
	if err != nil {
		s.t.Fatal(err)
	}
	for i, step := range got.Steps {
		var spells []spell
		var reached int64
		places := make(map[string][]understand.MembersPlace)
		for person, orders := range s.people {
			mark, place := strings.ToLower(step.Step), understand.MembersPlace{Value: valuesOf(orders, s.day).spend, Customer: person}
			if len(orders) > i+1 {
				spells = append(spells, spell{orders[i+1].day - orders[i].day, true})
				reached++
			} else if len(orders) == i+1 {
				mark += "-open"
				spells = append(spells, spell{s.day - orders[i].day, false})
			} else {
				continue
			}
			places[mark] = append(places[mark], place)
		}
		for mark, want := range places {
			s.behind(understand.Behind{Analysis: "repeat", Dates: understand.Dates{AsOf: s.asOf}, Group: mark}, want)
		}
		if step.People != int64(len(spells)) || step.Came != reached {
			s.t.Errorf("%s: %d of %d, want %d of %d", step.Step, step.Came, step.People, reached, len(spells))
		}
		got, want := make(map[int64]float64), make(map[int64]float64)
		for _, p := range step.Curve {
			got[p.Days], want[p.Days] = p.Estimate, came(spells, p.Days)
		}
		near(s.t, step.Step, got, want)
	}
}

func analysesOfNothing(t *testing.T, w Warehouse) {
	location, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	shop := &analysedShop{location: location, now: Epoch, root: map[hitori.CustomerID]hitori.CustomerID{}}
	shop.fill(t, w)
	a, ctx := analysesIn(w, Epoch, location), t.Context()
	asOf := ""
	for name, ask := range map[string]func() (any, error){
		"rfm": func() (any, error) {
			return a.RFM(ctx, understand.RFMQuery{Axis: understand.ByProduct, Before: "2020-01-01"})
		},
		"decile":           func() (any, error) { return a.Decile(ctx, understand.Dates{}, understand.ByCustomer) },
		"decile, products": func() (any, error) { return a.Decile(ctx, understand.Dates{}, understand.ByProduct) },
		"abc":              func() (any, error) { return a.ABC(ctx, understand.Dates{}, understand.ByCustomer) },
		"abc, products":    func() (any, error) { return a.ABC(ctx, understand.Dates{}, understand.ByProduct) },
		"lifecycle":        func() (any, error) { return a.Lifecycle(ctx, understand.LifecycleQuery{Axis: understand.ByProduct}) },
		"cohorts":          func() (any, error) { return a.Cohorts(ctx, asOf) },
		"repeat":           func() (any, error) { return a.Repeat(ctx, asOf) },
		"dormancy":         func() (any, error) { return a.Dormancy(ctx, asOf) },
		"products-next":    func() (any, error) { return a.NextProducts(ctx, asOf) },
		"first-products":   func() (any, error) { return a.FirstProducts(ctx, asOf, 365) },
	} {
		if _, err := ask(); err != nil {
			t.Errorf("%s of nobody: %v", name, err)
		}
	}
}
