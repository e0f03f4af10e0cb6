package understand

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// Steps are products of first and of second orders.
type Steps struct {
	// People placed both orders, with lines that name products.
	People int64
	// First and Second are by product how many had it in the first order and in the second; those most had.
	First, Second map[string]int64
	// Pairs are how many had one in the first and another, or the same, in the second.
	Pairs []Pair
}

// Pair is a product of the first order and one of the second.
type Pair struct {
	First, Second string
	People        int64
}

// NextProduct is what is bought after a product.
type NextProduct struct {
	First      string `json:"first"`
	FirstName  string `json:"first_name"`
	Second     string `json:"second"`
	SecondName string `json:"second_name"`
	// People bought the one first and the other next.
	People int64 `json:"people"`
	// Share is of those who bought the one first and came again.
	Share Interval `json:"share"`
	// Lift is how many times as many it is as if what comes next did not depend on what came first.
	Lift float64 `json:"lift"`
	// Q is the p-value of the same share among all others, corrected for the number of pairs (Benjamini-Hochberg).
	Q float64 `json:"q"`
}

// NextProducts are products of the first order by those of the second (初回商品 → 2回目商品).
type NextProducts struct {
	Basis
	People   int64         `json:"people" doc:"Who placed two orders with products in them"`
	Products []FirstCount  `json:"products" doc:"The products most had in their first order, of those who came again"`
	Pairs    []NextProduct `json:"pairs"`
}

// FirstCount is how many had a product in their first order.
type FirstCount struct {
	Product string `json:"product"`
	Name    string `json:"name"`
	People  int64  `json:"people"`
}

// productsInMatrix is how many products stand on each side.
const productsInMatrix = 20

// NextProducts tells what is bought next after a product, by all products in the first and the second order of those
// who placed both. It does not say that one causes the other: who likes tea buys tea.
func (a *Analyses) NextProducts(ctx context.Context, asOf string) (NextProducts, error) {
	p, basis, err := a.whole(ctx, asOf)
	if err != nil {
		return NextProducts{}, err
	}
	steps, err := a.goods.Steps(ctx, p, productsInMatrix)
	if err != nil {
		return NextProducts{}, err
	}
	r := NextProducts{Basis: basis, People: steps.People, Products: []FirstCount{}, Pairs: []NextProduct{}}
	var shown []string
	for product := range steps.Second {
		shown = append(shown, product)
	}
	for product, people := range steps.First {
		r.Products = append(r.Products, FirstCount{Product: product, People: people})
		shown = append(shown, product)
	}
	slices.SortFunc(r.Products, func(x, y FirstCount) int {
		return cmp.Or(cmp.Compare(y.People, x.People), cmp.Compare(x.Product, y.Product))
	})
	slices.Sort(shown)
	names, err := a.goods.Names(ctx, slices.Compact(shown))
	if err != nil {
		return NextProducts{}, err
	}
	for i := range r.Products {
		r.Products[i].Name = names[r.Products[i].Product]
	}
	together := make(map[Pair]int64)
	for _, pair := range steps.Pairs {
		together[Pair{First: pair.First, Second: pair.Second}] = pair.People
	}
	var p1 []float64
	for _, first := range slices.Sorted(maps.Keys(steps.First)) {
		for _, second := range slices.Sorted(maps.Keys(steps.Second)) {
			before, after, both := steps.First[first], steps.Second[second], together[Pair{First: first, Second: second}]
			r.Pairs = append(r.Pairs, NextProduct{
				First: first, FirstName: names[first], Second: second, SecondName: names[second], People: both,
				Share: wilson(both, before), Lift: float64(both) * float64(steps.People) / (float64(before) * float64(after)),
			})
			p1 = append(p1, sameShare(both, before, after-both, steps.People-before))
		}
	}
	for i, q := range adjusted(p1) {
		r.Pairs[i].Q = q
	}
	slices.SortFunc(r.Pairs, func(x, y NextProduct) int {
		return cmp.Or(cmp.Compare(y.People, x.People), cmp.Compare(x.First, y.First), cmp.Compare(x.Second, y.Second))
	})
	return r, nil
}

// FirstProduct is what became of those whose first order was mainly of a product.
type FirstProduct struct {
	Product string
	People  int64
	// Second and Third is how many reached their second and third order in time.
	Second, Third int64
	Spend         int64
}

// FirstProductResult is a product with what became of those who began with it.
type FirstProductResult struct {
	Product string   `json:"product"`
	Name    string   `json:"name"`
	People  int64    `json:"people"`
	F2      Interval `json:"f2" doc:"Share that reached the second order, with the Wilson interval"`
	F3      Interval `json:"f3" doc:"Share that reached the third order, with the Wilson interval"`
	Average float64  `json:"average" doc:"Spent by customer within the days, in minor units"`
	// Q is the p-value of the same F3 share as that of all others, corrected for the number of products
	// (Benjamini-Hochberg).
	Q float64 `json:"q"`
}

// FirstProducts tells which first product makes loyal customers.
type FirstProducts struct {
	Basis
	Days     int64                `json:"days" doc:"How long everybody is watched after the first order"`
	People   int64                `json:"people"`
	F2       Interval             `json:"f2"`
	F3       Interval             `json:"f3"`
	Average  float64              `json:"average"`
	Products []FirstProductResult `json:"products" doc:"Those most began with first"`
}

// FirstProducts tells by the main product of the first order (its dearest line) which share of
// customers reached their third order within so many days, and what they spent. Only those count whose first order was
// at least that long ago, so that everybody was watched for as long. That a product is bought first by those who stay does
// not say that it makes them stay.
func (a *Analyses) FirstProducts(ctx context.Context, asOf string, days int64) (FirstProducts, error) {
	p, basis, err := a.whole(ctx, asOf)
	if err != nil {
		return FirstProducts{}, err
	}
	if days < 1 || days > maxDays {
		return FirstProducts{}, hitori.NewError(hitori.Invalid, "days_range", "days", days, "most", maxDays).At("days")
	}
	found, err := a.goods.FirstProducts(ctx, p, days)
	if err != nil {
		return FirstProducts{}, err
	}
	r := FirstProducts{Basis: basis, Days: days, Products: []FirstProductResult{}}
	var all FirstProduct
	for _, f := range found {
		all.People, all.Second, all.Third, all.Spend = all.People+f.People, all.Second+f.Second, all.Third+f.Third, all.Spend+f.Spend
	}
	r.People, r.F2, r.F3, r.Average = all.People, wilson(all.Second, all.People), wilson(all.Third, all.People), share(all.Spend, all.People)
	found = slices.DeleteFunc(found, func(f FirstProduct) bool { return f.Product == "" })
	slices.SortFunc(found, func(x, y FirstProduct) int {
		return cmp.Or(cmp.Compare(y.People, x.People), cmp.Compare(x.Product, y.Product))
	})
	products, p1 := make([]string, len(found)), make([]float64, len(found))
	for i, f := range found {
		products[i], p1[i] = f.Product, sameShare(f.Third, f.People, all.Third-f.Third, all.People-f.People)
	}
	q := adjusted(p1)
	shown := min(len(found), productsListed)
	names, err := a.goods.Names(ctx, products[:shown])
	for i, f := range found[:shown] {
		r.Products = append(r.Products, FirstProductResult{
			f.Product, names[f.Product], f.People, wilson(f.Second, f.People), wilson(f.Third, f.People), share(f.Spend, f.People), q[i],
		})
	}
	return r, err
}

// maxDays is the longest time to watch customers for.
const maxDays = 3660
