package plan

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori/understand"
)

// sold are the lines that meet a condition, with what remains of them after their order's refunds. Absurd numbers must not
// fail, so they are multiplied as floating-point numbers.
func (a Analyst) sold(d Dialect, condition string) string {
	return fmt.Sprintf("(SELECT person, product, product_name, quantity, %s / 1000 * CASE WHEN %s THEN kept ELSE 0 END AS paid FROM %s WHERE %s)",
		listed, a.ours(d), d.Derived("order_lines"), condition)
}

// Sales implements [understand.Goods].
func (a Analyst) Sales(ctx context.Context, p understand.Period) ([]understand.ProductSales, error) {
	sales := []understand.ProductSales{}
	build := func(d Dialect) string {
		return "SELECT product, max(product_name), sum(paid), sum(quantity), count(DISTINCT person) FROM " + a.sold(d, placedWithin(p)) + " AS s GROUP BY product"
	}
	return sales, a.Query(ctx, build, func(r Row) error {
		var s understand.ProductSales
		var paid sql.Null[float64]
		err := r.Scan(&s.Product, &s.Name, &paid, &s.Quantity, &s.People)
		s.Revenue, s.Quantity = rounded(paid), s.Quantity/1000
		sales = append(sales, s)
		return err
	})
}

// Bought implements [understand.Goods].
func (a Analyst) Bought(ctx context.Context, p understand.Period, ranges []understand.Range, most int) ([]understand.GroupSales, error) {
	type sale struct {
		group         int64
		product, name string
		paid          float64
	}
	var sales []sale
	all, byGroup, byProduct := 0.0, make(map[int64]float64), make(map[string]float64)
	build := func(d Dialect) string {
		return fmt.Sprintf(`SELECT g, product, max(product_name), sum(paid) FROM (
				SELECT s.person AS person, s.product AS product, s.product_name AS product_name, s.paid AS paid, b.g AS g
				FROM %s AS s JOIN (SELECT person, %s AS g FROM %s AS v) AS b ON s.person = b.person) AS grouped
			WHERE product <> '' GROUP BY g, product`, a.sold(d, placedWithin(p)), first(ranges, "", "1 = 1"), a.buyers(d, p))
	}
	err := a.Query(ctx, build, func(r Row) error {
		var s sale
		err := r.Scan(&s.group, &s.product, &s.name, &s.paid)
		all += s.paid
		byGroup[s.group] += s.paid
		byProduct[s.product] += s.paid
		sales = append(sales, s)
		return err
	})
	slices.SortFunc(sales, func(x, y sale) int {
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(rounded(sql.Null[float64]{V: y.paid}), rounded(sql.Null[float64]{V: x.paid})), cmp.Compare(x.product, y.product))
	})
	bought, told := []understand.GroupSales{}, make(map[int64]int)
	for _, s := range sales {
		if told[s.group]++; s.group < 0 || told[s.group] > most || s.paid <= 0 {
			continue
		}
		g := understand.GroupSales{Group: int(s.group), Share: s.paid / byGroup[s.group]}
		g.Lift = g.Share / (byProduct[s.product] / all)
		g.Sold.Product, g.Sold.Name, g.Sold.Revenue = s.product, s.name, understand.Minor(s.paid)
		bought = append(bought, g)
	}
	return bought, err
}

// Steps implements [understand.Goods]. Both orders must have products: whose second order tells none is not counted with the
// first one's either.
func (a Analyst) Steps(ctx context.Context, p understand.Period, most int) (understand.Steps, error) {
	var s understand.Steps
	counted := make(map[int64]map[string]int64)
	build := func(d Dialect) string {
		return fmt.Sprintf(`WITH steps AS (SELECT DISTINCT person, number, product FROM %s WHERE %s AND number IN (1, 2) AND product <> ''),
				both_steps AS (SELECT person FROM steps GROUP BY person HAVING min(number) < max(number))
			SELECT number, product, count(*) AS people FROM steps WHERE person IN (SELECT person FROM both_steps) GROUP BY number, product
			UNION ALL SELECT 0 AS number, '' AS product, count(*) AS people FROM both_steps`, d.Derived("order_lines"), placedWithin(p))
	}
	err := a.Query(ctx, build, func(r Row) error {
		var step, people int64
		var product string
		err := r.Scan(&step, &product, &people)
		if counted[step] == nil {
			counted[step] = make(map[string]int64)
		}
		counted[step][product] = people
		return err
	})
	if err != nil {
		return s, err
	}
	s.People, s.First, s.Second = counted[0][""], greatest(counted[1], most), greatest(counted[2], most)
	if len(s.First) == 0 {
		return s, nil
	}
	build = func(d Dialect) string {
		of := func(number int, products map[string]int64) string {
			return fmt.Sprintf("(SELECT DISTINCT person, product FROM %s WHERE %s AND number = %d AND product IN %s)",
				d.Derived("order_lines"), placedWithin(p), number, quoted(d, slices.Sorted(maps.Keys(products))))
		}
		return fmt.Sprintf("SELECT a.product AS before, b.product AS later, count(*) FROM %s AS a JOIN %s AS b ON a.person = b.person GROUP BY before, later",
			of(1, s.First), of(2, s.Second))
	}
	return s, a.Query(ctx, build, func(r Row) error {
		var pair understand.Pair
		err := r.Scan(&pair.First, &pair.Second, &pair.People)
		s.Pairs = append(s.Pairs, pair)
		return err
	})
}

// greatest keeps the products with the greatest counts; of equal ones those that come first.
func greatest(counts map[string]int64, most int) map[string]int64 {
	names := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y))
	})
	kept := make(map[string]int64)
	for _, name := range names[:min(most, len(names))] {
		kept[name] = counts[name]
	}
	return kept
}

// FirstProducts implements [understand.Goods].
func (a Analyst) FirstProducts(ctx context.Context, p understand.Period, days int64) ([]understand.FirstProduct, error) {
	products := []understand.FirstProduct{}
	build := func(d Dialect) string {
		return fmt.Sprintf(`SELECT product, count(*), count(*) FILTER (WHERE orders >= 2), count(*) FILTER (WHERE orders >= 3), sum(spend) FROM (
				SELECT o.orders AS orders, o.spend AS spend, coalesce(f.first_product, '') AS product
				FROM (SELECT person, count(*) AS orders, coalesce(%s, 0) AS spend FROM %s WHERE %s AND day - since_first <= %d AND since_first < %d GROUP BY person) AS o
				LEFT JOIN (SELECT person, first_product FROM %s) AS f ON o.person = f.person) AS people GROUP BY product`,
			d.When("sum(net)", a.ours(d)), d.Derived("orders"), placedWithin(p), int64(p.To)-days, days, d.Derived("features"))
	}
	return products, a.Query(ctx, build, func(r Row) error {
		var f understand.FirstProduct
		err := r.Scan(&f.Product, &f.People, &f.Second, &f.Third, &f.Spend)
		products = append(products, f)
		return err
	})
}

// Names implements [understand.Goods].
func (a Analyst) Names(ctx context.Context, products []string) (map[string]string, error) {
	names := make(map[string]string)
	if len(products) == 0 {
		return names, nil
	}
	build := func(d Dialect) string {
		return fmt.Sprintf("SELECT product, max(product_name) AS name FROM %s WHERE product IN %s GROUP BY product", d.Derived("order_lines"), quoted(d, products))
	}
	return names, a.Query(ctx, build, func(r Row) error {
		var product, name string
		err := r.Scan(&product, &name)
		names[product] = name
		return err
	})
}
