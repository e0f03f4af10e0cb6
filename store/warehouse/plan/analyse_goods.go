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

// product is an expression of what a line is of: the product's id, or else its stock number or name, which is all that
// some shops' files tell.
const product = "CASE WHEN product_id <> '' THEN product_id WHEN sku <> '' THEN sku ELSE product_name END"

// sold are the lines of orders that meet a condition, with what remains of them after the order's refunds; the condition
// is on the orders' columns.
func (a Analyst) sold(d Dialect, condition string) string {
	return fmt.Sprintf(`(SELECT l.person AS person, l.product AS product, l.product_name AS product_name, l.quantity AS quantity,
			l.early AS early, l.listed AS listed, l.listed / 1000 * o.kept AS paid
		FROM (SELECT person, order_id, alone, 1000000000 - line AS early, product_name, quantity, price * quantity AS listed, %s AS product FROM %s AS all_lines) AS l
		JOIN (SELECT person, order_id, alone, CASE WHEN NOT %s OR amount = 0 THEN 0 WHEN net = amount THEN 1 ELSE net / amount END AS kept FROM %s WHERE lines_at <> 0 AND %s) AS o
			ON l.person = o.person AND l.order_id = o.order_id AND l.alone = o.alone)`, product, d.Derived("order_lines"), a.ours(d), d.Derived("orders"), condition)
}

// Sales implements [understand.Goods].
func (a Analyst) Sales(ctx context.Context, p understand.Period) ([]understand.ProductSales, error) {
	sales := []understand.ProductSales{}
	build := func(d Dialect) string {
		return `SELECT product, max(name), sum(paid), sum(quantity), count(*) FROM (
				SELECT product, person, max(product_name) AS name, sum(paid) AS paid, sum(quantity) AS quantity
				FROM ` + a.sold(d, placedWithin(p)) + ` AS s GROUP BY product, person) AS by_person GROUP BY product`
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

// Steps implements [understand.Goods].
func (a Analyst) Steps(ctx context.Context, p understand.Period, most int) (understand.Steps, error) {
	var s understand.Steps
	// Both orders must have products: whose second order tells none is not counted with the first one's either.
	of := func(d Dialect, number int) string {
		return fmt.Sprintf("(SELECT DISTINCT person, product FROM %s AS s WHERE product <> '')", a.sold(d, fmt.Sprintf("%s AND number = %d", placedWithin(p), number)))
	}
	counted := make(map[int64]map[string]int64)
	build := func(d Dialect) string {
		count := func(number, other int) string {
			return fmt.Sprintf("SELECT %d AS step, product, count(*) AS people FROM %s AS s WHERE person IN (SELECT person FROM %s AS t) GROUP BY product",
				number, of(d, number), of(d, other))
		}
		return count(1, 2) + " UNION ALL " + count(2, 1) +
			fmt.Sprintf(" UNION ALL SELECT 0 AS step, '' AS product, count(DISTINCT person) AS people FROM %s AS s WHERE person IN (SELECT person FROM %s AS t)", of(d, 1), of(d, 2))
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
		return fmt.Sprintf(`SELECT a.product AS before, b.product AS later, count(*) FROM (SELECT * FROM %s AS f WHERE product IN %s) AS a
			JOIN (SELECT * FROM %s AS n WHERE product IN %s) AS b ON a.person = b.person GROUP BY before, later`,
			of(d, 1), quoted(d, slices.Sorted(maps.Keys(s.First))), of(d, 2), quoted(d, slices.Sorted(maps.Keys(s.Second))))
	}
	return s, a.Query(ctx, build, func(r Row) error {
		var pair understand.Pair
		err := r.Scan(&pair.First, &pair.Second, &pair.People)
		s.Pairs = append(s.Pairs, pair)
		return err
	})
}

// greatest keeps those with the most people; of several with as many the first by name.
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

// firstProducts are the people of whom first orders, which meet a condition, tell the main product: that of the dearest
// line, of several the first.
func (a Analyst) firstProducts(d Dialect, condition string) string {
	return fmt.Sprintf("(SELECT person, %s AS product FROM %s AS s GROUP BY person)", d.LatestBy("product", "(listed, early)"), a.sold(d, condition))
}

// FirstProducts implements [understand.Goods].
func (a Analyst) FirstProducts(ctx context.Context, p understand.Period, days int64) ([]understand.FirstProduct, error) {
	products := []understand.FirstProduct{}
	build := func(d Dialect) string {
		begun := fmt.Sprintf("NOT cancelled AND number = 1 AND day <= %d", int64(p.To)-days)
		began := fmt.Sprintf(`(SELECT b.person AS person, b.began AS began, coalesce(m.product, '') AS product
			FROM (SELECT person, day AS began FROM %s AS o WHERE %s) AS b
			LEFT JOIN %s AS m ON b.person = m.person)`, d.Derived("orders"), begun, a.firstProducts(d, begun))
		return fmt.Sprintf(`SELECT product, count(*), count(*) FILTER (WHERE orders >= 2), count(*) FILTER (WHERE orders >= 3), sum(spend) FROM (
				SELECT o.person AS person, f.product AS product, count(*) AS orders, sum(o.spend) AS spend
				FROM (SELECT person, day, CASE WHEN %s THEN net ELSE 0 END AS spend FROM %s WHERE %s) AS o
				JOIN %s AS f ON o.person = f.person WHERE o.day < f.began + %d GROUP BY o.person, f.product) AS people GROUP BY product`,
			a.ours(d), d.Derived("orders"), placedWithin(p), began, days)
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
		return fmt.Sprintf("SELECT product, max(product_name) AS name FROM (SELECT %s AS product, product_name FROM %s AS l) AS named WHERE product IN %s GROUP BY product", product, d.Derived("order_lines"), quoted(d, products))
	}
	return names, a.Query(ctx, build, func(r Row) error {
		var product, name string
		err := r.Scan(&product, &name)
		names[product] = name
		return err
	})
}
