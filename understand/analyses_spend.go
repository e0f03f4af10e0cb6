package understand

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Decile is a tenth of customers or products, from those with the most revenue down.
type Decile struct {
	Decile     int     `json:"decile" doc:"1 is the tenth with the most"`
	Count      int64   `json:"count" doc:"Customers, or products"`
	Revenue    int64   `json:"revenue"`
	Share      float64 `json:"share" doc:"Of all revenue"`
	Cumulative float64 `json:"cumulative" doc:"Share of this and those above"`
	Least      int64   `json:"least" doc:"The least revenue of one in it"`
	Most       int64   `json:"most"`
	Average    float64 `json:"average"`
}

// Deciles are customers or products in tenths by revenue (デシル分析).
type Deciles struct {
	Basis
	Axis    Axis     `json:"axis"`
	Count   int64    `json:"count"`
	Revenue int64    `json:"revenue"`
	Deciles []Decile `json:"deciles"`
}

// deciles is how many there are.
const deciles = 10

// Decile cuts those who ordered in a period, or the products that were sold, into tenths by revenue: decile is
// 10 - ⌊10 × the share of those with less⌋. Who has the same revenue is in the same decile, so deciles are of the same size
// only as far as revenues differ.
func (a *Analyses) Decile(ctx context.Context, d Dates, axis Axis) (Deciles, error) {
	p, basis, err := a.period(ctx, d)
	if err != nil {
		return Deciles{}, err
	}
	var sums []Sums // by part, the poorest first
	if axis == ByProduct {
		sums, err = a.productParts(ctx, p)
	} else {
		sums, err = a.customerParts(ctx, p)
	}
	if err != nil {
		return Deciles{}, err
	}
	r := Deciles{Basis: basis, Axis: axis}
	for _, s := range sums {
		r.Count += s.People
		r.Revenue += s.Spend
	}
	slices.Reverse(sums)
	var above int64
	for i, s := range sums {
		above += s.Spend
		r.Deciles = append(r.Deciles, Decile{
			Decile: i + 1, Count: s.People, Revenue: s.Spend, Share: share(s.Spend, r.Revenue), Cumulative: share(above, r.Revenue),
			Least: s.Least, Most: s.Most, Average: share(s.Spend, s.People),
		})
	}
	return r, nil
}

func (a *Analyses) customerParts(ctx context.Context, p Period) ([]Sums, error) {
	ranges, err := a.decileRanges(ctx, p)
	if err != nil {
		return nil, err
	}
	return a.buyers.Groups(ctx, p, ranges)
}

// decileRanges are those of deciles 10 to 1.
func (a *Analyses) decileRanges(ctx context.Context, p Period) ([]Range, error) {
	found, err := a.buyers.Quantiles(ctx, p, deciles, Spend)
	if err != nil {
		return nil, err
	}
	all := make([]Range, deciles)
	for i := range all {
		part := int64(i + 1)
		all[i] = Range{Any, Any, graded([2]int64{part, part}, found[0], 1)}
	}
	return all, nil
}

func (a *Analyses) productParts(ctx context.Context, p Period) ([]Sums, error) {
	sales, err := a.sales(ctx, p)
	parts := make([]Sums, deciles)
	for i := range sales {
		// sales are sorted down; of those with the same revenue the last tells how many have less.
		last := i
		for last+1 < len(sales) && sales[last+1].Revenue == sales[i].Revenue {
			last++
		}
		part := deciles * (len(sales) - 1 - last) / len(sales)
		parts[part].add(Sums{1, 0, sales[i].Revenue, sales[i].Revenue, sales[i].Revenue})
	}
	return parts, err
}

// Classes of ABC analysis end where so much of the revenue, in percent, is reached.
var abcEnds = []int64{70, 90, 100}

var abcNames = []string{"A", "B", "C"}

// ABCClass is a class of customers or products.
type ABCClass struct {
	Class        string  `json:"class" enum:"A,B,C"`
	Count        int64   `json:"count" doc:"Customers, or products"`
	CountShare   float64 `json:"count_share"`
	Revenue      int64   `json:"revenue"`
	RevenueShare float64 `json:"revenue_share"`
	Least        int64   `json:"least" doc:"The least revenue of one in it"`
}

// ABC are customers or products by how much of the revenue they make (ABC分析).
type ABC struct {
	Basis
	Axis    Axis       `json:"axis"`
	Count   int64      `json:"count"`
	Revenue int64      `json:"revenue"`
	Classes []ABCClass `json:"classes"`
	// Products are those with the most revenue, with their class.
	Products []ABCProduct `json:"products,omitempty"`
	// Unidentified is the revenue of lines that name no product; it is not part of Revenue.
	Unidentified int64 `json:"unidentified,omitempty"`
}

// ABCProduct is a product with its class.
type ABCProduct struct {
	Class      string  `json:"class" enum:"A,B,C"`
	Share      float64 `json:"share"`
	Cumulative float64 `json:"cumulative"`
	ProductSales
}

// productsListed is how many products are told with their class.
const productsListed = 500

// ABC puts customers, or products, in classes by revenue: A while those with more revenue make less than 70 % of all, then B
// while they make less than 90 %, then C. So the one with which 70 % is reached is in A, and who has the same revenue is
// in the same class.
func (a *Analyses) ABC(ctx context.Context, d Dates, axis Axis) (ABC, error) {
	p, basis, err := a.period(ctx, d)
	if err != nil {
		return ABC{}, err
	}
	r := ABC{Basis: basis, Axis: axis}
	var sums []Sums
	if axis == ByProduct {
		sums, err = a.productClasses(ctx, p, &r)
	} else {
		sums, err = a.customerClasses(ctx, p)
	}
	if err != nil {
		return ABC{}, err
	}
	for _, s := range sums {
		r.Count += s.People
		r.Revenue += s.Spend
	}
	for i, s := range sums {
		r.Classes = append(r.Classes, ABCClass{abcNames[i], s.People, share(s.People, r.Count), s.Spend, share(s.Spend, r.Revenue), s.Least})
	}
	return r, nil
}

func (a *Analyses) customerClasses(ctx context.Context, p Period) ([]Sums, error) {
	ranges, err := a.abcRanges(ctx, p)
	if err != nil {
		return nil, err
	}
	return a.buyers.Groups(ctx, p, ranges)
}

// abcRanges are those of the classes, each without those before it.
func (a *Analyses) abcRanges(ctx context.Context, p Period) ([]Range, error) {
	least, err := a.buyers.Concentration(ctx, p, abcEnds[:len(abcEnds)-1]...)
	if err != nil {
		return nil, err
	}
	all := make([]Range, len(abcEnds))
	most := int64(unreached)
	for i := range all {
		from := int64(-unreached)
		if i < len(least) {
			from = least[i]
		} else if len(least) == 0 && i < len(all)-1 { // nothing was spent
			from = most + 1
		}
		all[i] = Range{Any, Any, Between{from, most}}
		most = min(most, from-1)
	}
	return all, nil
}

func (a *Analyses) productClasses(ctx context.Context, p Period, r *ABC) ([]Sums, error) {
	sales, err := a.goods.Sales(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, s := range sales {
		if s.Product == "" {
			r.Unidentified += s.Revenue
		}
	}
	sales = ranked(sales)
	var all int64
	for _, s := range sales {
		all += s.Revenue
	}
	sums := make([]Sums, len(abcEnds))
	var above, upto int64 // revenue of those with more, and of all so far
	for i, s := range sales {
		if i == 0 || s.Revenue < sales[i-1].Revenue {
			above = upto
		}
		upto += s.Revenue
		class := 0
		for class < len(abcEnds)-1 && 100*above >= abcEnds[class]*all {
			class++
		}
		sums[class].add(Sums{1, 0, s.Revenue, s.Revenue, s.Revenue})
		if i < productsListed {
			r.Products = append(r.Products, ABCProduct{abcNames[class], share(s.Revenue, all), share(upto, all), s})
		}
	}
	return sums, nil
}

// ProductSales is what was sold of a product: the price of its lines, of orders that were not cancelled, less
// the part that was refunded of the order. What coupons took off is not taken off, since it belongs to no line; an order
// for nothing sells nothing. A product goes by its id, or else by its stock number or name.
type ProductSales struct {
	Product  string  `json:"product"`
	Name     string  `json:"name"`
	Revenue  int64   `json:"revenue"`
	Quantity float64 `json:"quantity" doc:"Pieces"`
	People   int64   `json:"people"`
}

// GroupSales is what a group of customers bought of a product.
type GroupSales struct {
	Group int    `json:"-"`
	Name  string `json:"group"`
	// Share is of what the group bought; Lift how many times that of all customers it is.
	Share float64 `json:"share"`
	Lift  float64 `json:"lift"`
	Sold  struct {
		Product string `json:"product"`
		Name    string `json:"name"`
		Revenue int64  `json:"revenue"`
	} `json:"sold"`
}

// sales are the products that were sold, those with the most revenue first.
func (a *Analyses) sales(ctx context.Context, p Period) ([]ProductSales, error) {
	sales, err := a.goods.Sales(ctx, p)
	return ranked(sales), err
}

func ranked(sales []ProductSales) []ProductSales {
	sales = slices.DeleteFunc(slices.Clone(sales), func(s ProductSales) bool { return s.Product == "" })
	slices.SortFunc(sales, func(x, y ProductSales) int {
		return cmp.Or(cmp.Compare(y.Revenue, x.Revenue), cmp.Compare(x.Product, y.Product))
	})
	return sales
}

// Minor rounds an amount that was computed with fractions to minor units. Absurd amounts end at those that may be told; see
// [hitori.Currency.Minor].
func Minor(amount float64) int64 { return int64(math.Round(max(-1<<53, min(1<<53, amount)))) }
