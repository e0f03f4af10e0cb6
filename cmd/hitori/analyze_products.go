package main

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/hitori-cdp/hitori/understand"
)

type productsNextCommand struct{ asOf }

// Run tells which product is bought after which.
func (c *productsNextCommand) Run(s *session) error {
	return analyze(s, "products-next", url.Values{"as_of": {c.AsOf}}, func(r *understand.NextProducts) *understand.Basis { return &r.Basis }, func(r *understand.NextProducts, out *report) {
		out.head("products_next")
		for _, p := range r.Pairs {
			if p.People > 0 {
				out.row(product(p.First, p.FirstName), product(p.Second, p.SecondName), p.People, interval(p.Share), fmt.Sprintf("%.2f", p.Lift), fmt.Sprintf("%.3f", p.Q))
			}
		}
	})
}

type firstProductsCommand struct {
	asOf
	Days int64 `default:"365" help:"${flag_watch_days}"`
}

// Run tells which first product makes loyal customers.
func (c *firstProductsCommand) Run(s *session) error {
	query := url.Values{"as_of": {c.AsOf}, "days": {strconv.FormatInt(c.Days, 10)}}
	return analyze(s, "first-products", query, func(r *understand.FirstProducts) *understand.Basis { return &r.Basis }, func(r *understand.FirstProducts, out *report) {
		out.head("first_products")
		out.row(out.text("analyze_all"), r.People, interval(r.F2), interval(r.F3), out.mean(r.Average), "")
		for _, p := range r.Products {
			out.row(product(p.Product, p.Name), p.People, interval(p.F2), interval(p.F3), out.mean(p.Average), fmt.Sprintf("%.3f", p.Q))
		}
	})
}
