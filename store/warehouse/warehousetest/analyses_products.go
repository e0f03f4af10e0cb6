package warehousetest

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// productOf is what a line is of.
func productOf(l hitori.Line) string { return cmp.Or(l.ProductID, l.SKU, l.Name) }

// paid is what remains of an order's line.
func paid(o plainOrder, line int) float64 {
	l := o.Lines[line]
	if yen(o) == 0 {
		return 0
	}
	return float64(l.Price*l.Quantity) / 1000 * float64(o.Net()) / float64(o.Amount)
}

// bought compares what groups buy.
func (s *plainShop) bought(got understand.RFM) {
	s.t.Helper()
	type sale struct{ group, product string }
	revenue, byGroup, byProduct, all := make(map[sale]float64), make(map[string]float64), make(map[string]float64), 0.0
	for _, orders := range s.people {
		group := groupBy(got.Bounds, valuesOf(orders, s.day))
		for _, o := range orders {
			for i, l := range o.Lines {
				if productOf(l) != "" {
					revenue[sale{group, productOf(l)}] += paid(o, i)
					byGroup[group] += paid(o, i)
					byProduct[productOf(l)] += paid(o, i)
					all += paid(o, i)
				}
			}
		}
	}
	want, found := make(map[sale]float64), make(map[sale]float64)
	for sold, amount := range revenue {
		if amount > 0 {
			want[sold] = amount / byGroup[sold.group] / (byProduct[sold.product] / all)
		}
	}
	for _, p := range got.Products {
		found[sale{p.Name, p.Sold.Product}] = p.Lift
	}
	near(s.t, "what groups buy", found, want)
}

func (s *plainShop) products() {
	s.t.Helper()
	type total struct {
		revenue  int64
		quantity float64
		people   int64
	}
	revenue, want := make(map[string]float64), make(map[string]total)
	for _, orders := range s.people {
		had := make(map[string]bool)
		for _, o := range orders {
			for i, l := range o.Lines {
				sum := want[productOf(l)]
				if !had[productOf(l)] {
					sum.people++
				}
				had[productOf(l)] = true
				sum.quantity += float64(l.Quantity) / 1000
				revenue[productOf(l)] += paid(o, i)
				want[productOf(l)] = sum
			}
		}
	}
	var rest int64
	for product, sum := range want {
		sum.revenue = int64(math.Round(revenue[product]))
		want[product] = sum
		rest += sum.revenue
	}
	unidentified := want[""].revenue
	rest -= unidentified
	delete(want, "")
	got, err := s.analyses.ABC(s.t.Context(), understand.Dates{AsOf: s.asOf}, understand.ByProduct)
	if err != nil {
		s.t.Fatal(err)
	}
	found := make(map[string]total)
	for _, p := range got.Products {
		found[p.Product] = total{p.Revenue, p.Quantity, p.People}
		var above int64
		for _, o := range want {
			if o.revenue > p.Revenue {
				above += o.revenue
			}
		}
		if class := map[bool]string{true: "A", false: map[bool]string{true: "B", false: "C"}[10*above < 9*rest]}[10*above < 7*rest]; class != p.Class {
			s.t.Errorf("%s is in class %s, want %s", p.Product, p.Class, class)
		}
	}
	sameTable(s.t, "products", found, want)
	if got.Unidentified != unidentified {
		s.t.Errorf("unidentified %d, want %d", got.Unidentified, unidentified)
	}
	deciles, err := s.analyses.Decile(s.t.Context(), understand.Dates{AsOf: s.asOf}, understand.ByProduct)
	if err != nil || deciles.Count != int64(len(want)) || deciles.Revenue != rest {
		s.t.Errorf("deciles of products: %d with %d, %v", deciles.Count, deciles.Revenue, err)
	}
}

func (s *plainShop) next() {
	s.t.Helper()
	got, err := s.analyses.NextProducts(s.t.Context(), s.asOf)
	if err != nil {
		s.t.Fatal(err)
	}
	products := func(o plainOrder) (ids []string) {
		for _, l := range o.Lines {
			if productOf(l) != "" {
				ids = append(ids, productOf(l))
			}
		}
		slices.Sort(ids)
		return slices.Compact(ids)
	}
	people, places := 0.0, make(map[string][]understand.MembersPlace)
	first, second, pairs := make(map[string]float64), make(map[string]float64), make(map[[2]string]float64)
	mark := func(products ...string) string {
		data, err := json.Marshal(products)
		if err != nil {
			s.t.Fatal(err)
		}
		return string(data)
	}
	for person, orders := range s.people {
		if len(orders) < 2 || len(products(orders[0])) == 0 || len(products(orders[1])) == 0 {
			continue
		}
		people++
		place := understand.MembersPlace{Value: valuesOf(orders, s.day).spend, Customer: person}
		for _, b := range products(orders[1]) {
			second[b]++
		}
		for _, a := range products(orders[0]) {
			first[a]++
			places[mark(a)] = append(places[mark(a)], place)
			for _, b := range products(orders[1]) {
				pairs[[2]string{a, b}]++
				places[mark(a, b)] = append(places[mark(a, b)], place)
			}
		}
	}
	want, found := make(map[[2]string]float64), make(map[[2]string]float64)
	for a := range first {
		for b := range second {
			want[[2]string{a, b}] = pairs[[2]string{a, b}] / people / (first[a] / people * second[b] / people)
		}
	}
	for _, p := range got.Pairs {
		found[[2]string{p.First, p.Second}] = p.Lift
	}
	near(s.t, "lift of what is bought next", found, want)
	for pair, want := range places {
		s.behind(understand.Behind{Analysis: "products-next", Dates: understand.Dates{AsOf: s.asOf}, Group: pair}, want)
	}
}

func (s *plainShop) firstProducts() {
	s.t.Helper()
	const days = 120
	got, err := s.analyses.FirstProducts(s.t.Context(), s.asOf, days)
	if err != nil {
		s.t.Fatal(err)
	}
	type outcome struct{ people, third, spend int64 }
	want, found := make(map[string]outcome), make(map[string]outcome)
	for _, orders := range s.people {
		if orders[0].day > s.day-days || len(orders[0].Lines) == 0 {
			continue
		}
		lines := slices.Clone(orders[0].Lines)
		slices.SortStableFunc(lines, func(a, b hitori.Line) int { return cmp.Compare(b.Price*b.Quantity, a.Price*a.Quantity) })
		sum, n := want[productOf(lines[0])], 0
		sum.people++
		for _, o := range orders {
			if o.day < orders[0].day+days {
				n++
				sum.spend += yen(o)
			}
		}
		if n >= 3 {
			sum.third++
		}
		want[productOf(lines[0])] = sum
	}
	delete(want, "")
	for _, p := range got.Products {
		people := float64(p.People)
		found[p.Product] = outcome{p.People, int64(math.Round(p.F3.Estimate * people)), int64(math.Round(p.Average * people))}
	}
	sameTable(s.t, "first products", found, want)
}
