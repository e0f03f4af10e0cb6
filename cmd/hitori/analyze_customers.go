package main

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori/understand"
)

type rfmCommand struct {
	period
	Before    string   `help:"${flag_before}"`
	Recency   []string `help:"${flag_recency}"`
	Frequency []string `help:"${flag_frequency}"`
	Monetary  []string `help:"${flag_monetary}"`
}

// Run grades customers by recency, frequency and monetary value.
func (c *rfmCommand) Run(s *session) error {
	query := c.query()
	query.Set("before", c.Before)
	for name, bounds := range map[string][]string{"recency": c.Recency, "frequency": c.Frequency, "monetary": c.Monetary} {
		query.Set(name, strings.Join(bounds, ","))
	}
	return analyze(s, "rfm", query, func(r *understand.RFM) *understand.Basis { return &r.Basis }, func(r *understand.RFM, out *report) {
		titles := make(map[string]string)
		for _, g := range r.Groups {
			titles[g.Name] = cmp.Or(g.Title, out.named("rfm", g.Name))
		}
		titles[""] = out.text("analyze_nowhere")
		out.head("groups")
		for _, g := range r.Groups {
			out.row(titles[g.Name], g.People, percent(g.Share), out.money(g.Spend), percent(g.SpendShare), out.mean(g.Average))
		}
		out.gap()
		out.head("rfm_grid")
		for i := 0; i < len(r.Grid); i += 5 {
			cells := []any{fmt.Sprint("R", r.Grid[i].Recency)}
			for _, cell := range r.Grid[i : i+5] {
				cells = append(cells, cell.People)
			}
			out.row(cells...)
		}
		out.gap()
		out.head("rfm_bounds")
		out.row("R ≤", list64(r.Bounds.Recency))
		out.row("F ≥", list64(r.Bounds.Frequency))
		out.row("M ≥", list64(r.Bounds.Monetary))
		if len(r.Moves) > 0 {
			out.gap()
			out.head("moves")
		}
		for _, m := range r.Moves {
			out.row(titles[m.Was], titles[m.Is], m.People)
		}
		for i := range r.Products {
			r.Products[i].Name = titles[r.Products[i].Name]
		}
		out.sales("rfm", r.Products)
	})
}

// sales shows what groups buy.
func (r *report) sales(of string, sales []understand.GroupSales) {
	if len(sales) == 0 {
		return
	}
	r.gap()
	r.head("group_sales")
	for _, p := range sales {
		r.row(r.named(of, p.Name), product(p.Sold.Product, p.Sold.Name), r.money(p.Sold.Revenue), percent(p.Share), fmt.Sprintf("%.2f", p.Lift))
	}
}

func list64(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(texts, ", ")
}

type decileCommand struct{ period }

// Run cuts customers or products into tenths by revenue.
func (c *decileCommand) Run(s *session) error {
	return analyze(s, "decile", c.query(), func(r *understand.Deciles) *understand.Basis { return &r.Basis }, func(r *understand.Deciles, out *report) {
		out.head("decile")
		for _, d := range r.Deciles {
			out.row(d.Decile, d.Count, out.money(d.Revenue), percent(d.Share), percent(d.Cumulative), out.money(d.Least), out.mean(d.Average))
		}
	})
}

type abcCommand struct{ period }

// Run puts customers or products in classes by revenue.
func (c *abcCommand) Run(s *session) error {
	return analyze(s, "abc", c.query(), func(r *understand.ABC) *understand.Basis { return &r.Basis }, func(r *understand.ABC, out *report) {
		out.head("abc")
		for _, class := range r.Classes {
			out.row(class.Class, class.Count, percent(class.CountShare), out.money(class.Revenue), percent(class.RevenueShare), out.money(class.Least))
		}
		if len(r.Products) > 0 {
			out.gap()
			out.head("abc_products")
		}
		for _, p := range r.Products {
			out.row(p.Class, product(p.Product, p.Name), out.money(p.Revenue), percent(p.Cumulative), p.Quantity, p.People)
		}
	})
}

type lifecycleCommand struct {
	asOf
	Axis    string `enum:"customer,product" default:"customer" help:"${flag_axis}"`
	AtRisk  string `name:"at-risk" help:"${flag_at_risk}"`
	Dormant string `help:"${flag_dormant}"`
	Churned string `help:"${flag_churned}"`
}

// Run tells in which stage customers are.
func (c *lifecycleCommand) Run(s *session) error {
	query := url.Values{"as_of": {c.AsOf}, "axis": {c.Axis}, "at_risk": {c.AtRisk}, "dormant": {c.Dormant}, "churned": {c.Churned}}
	return analyze(s, "lifecycle", query, func(r *understand.Lifecycle) *understand.Basis { return &r.Basis }, func(r *understand.Lifecycle, out *report) {
		out.head("stages")
		for _, st := range r.Stages {
			out.row(out.named("stage", string(st.Stage)), st.People, percent(st.Share), out.money(st.Spend), out.mean(st.Average))
		}
		out.gap()
		out.head("thresholds")
		out.row(r.Thresholds.AtRisk, r.Thresholds.Dormant, r.Thresholds.Churned)
		out.sales("stage", r.Products)
	})
}

type cohortsCommand struct{ asOf }

// Run shows cohorts by month of the first order.
func (c *cohortsCommand) Run(s *session) error {
	return analyze(s, "cohorts", url.Values{"as_of": {c.AsOf}}, func(r *understand.Cohorts) *understand.Basis { return &r.Basis }, func(r *understand.Cohorts, out *report) {
		out.head("cohorts")
		for _, cohort := range r.Cohorts {
			cells := []any{cohort.Month, cohort.People}
			for _, p := range cohort.Points[1:] {
				text := percent(p.Share.Estimate)
				if p.Partial {
					text += "*"
				}
				cells = append(cells, text)
			}
			out.row(cells...)
		}
	})
}

type repeatCommand struct{ asOf }

// Run tells who comes again, and when.
func (c *repeatCommand) Run(s *session) error {
	return analyze(s, "repeat", url.Values{"as_of": {c.AsOf}}, func(r *understand.Repeat) *understand.Basis { return &r.Basis }, func(r *understand.Repeat, out *report) {
		out.head("repeat")
		for _, step := range r.Steps {
			out.row(step.Step, step.People, step.Came, days(step.Median), days(step.MedianOfCame))
		}
		out.gap()
		out.head("rates")
		for _, step := range r.Steps {
			for _, rate := range step.Rates {
				out.row(step.Step, rate.Days, interval(rate.Interval))
			}
		}
	})
}

type dormancyCommand struct{ asOf }

// Run tells after how many days a customer is likely gone.
func (c *dormancyCommand) Run(s *session) error {
	return analyze(s, "dormancy", url.Values{"as_of": {c.AsOf}}, func(r *understand.Dormancy) *understand.Basis { return &r.Basis }, func(r *understand.Dormancy, out *report) {
		out.head("dormancy")
		for _, level := range r.Levels {
			out.row(percent(level.Share), level.Days)
		}
		out.gap()
		out.head("thresholds")
		out.row(r.Stages.AtRisk, r.Stages.Dormant, r.Stages.Churned)
		if !r.Enough {
			out.row(out.text("analyze_too_few"))
		}
	})
}
