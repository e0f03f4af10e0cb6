package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

type analyzeCommand struct {
	RFM           rfmCommand           `cmd:"" name:"rfm" help:"${analyze_rfm}"`
	Decile        decileCommand        `cmd:"" help:"${analyze_decile}"`
	ABC           abcCommand           `cmd:"" name:"abc" help:"${analyze_abc}"`
	Lifecycle     lifecycleCommand     `cmd:"" help:"${analyze_lifecycle}"`
	Cohorts       cohortsCommand       `cmd:"" help:"${analyze_cohorts}"`
	Repeat        repeatCommand        `cmd:"" help:"${analyze_repeat}"`
	ProductsNext  productsNextCommand  `cmd:"" name:"products-next" help:"${analyze_products_next}"`
	FirstProducts firstProductsCommand `cmd:"" name:"first-products" help:"${analyze_first_products}"`
	Dormancy      dormancyCommand      `cmd:"" help:"${analyze_dormancy}"`
}

// asOf is the day of an analysis.
type asOf struct {
	AsOf string `name:"as-of" help:"${flag_as_of}"`
}

// period is a row of days, and by what to lay a report out.
type period struct {
	asOf
	From string `help:"${flag_from}"`
	Axis string `enum:"customer,product" default:"customer" help:"${flag_axis}"`
}

func (p period) query() url.Values {
	return url.Values{"as_of": {p.AsOf}, "from": {p.From}, "axis": {p.Axis}}
}

// analyze asks for an analysis and shows it: as it came with --json, or as its table with what it means.
func analyze[T any](s *session, name string, query url.Values, basis func(*T) *understand.Basis, show func(*T, *report)) error {
	for key, values := range query {
		if values[0] == "" {
			query.Del(key)
		}
	}
	return s.with(func(client *client) error {
		if client.own != nil { // what follows from events is computed now, not by and by
			if err := client.settle(); err != nil {
				return err
			}
			if err := client.own.Deriver.Refresh(s.ctx); err != nil {
				return err
			}
		}
		var answer T
		if err := client.call(http.MethodGet, "/analyses/"+name+"?"+query.Encode(), nil, &answer); err != nil {
			return err
		}
		if s.JSON {
			return s.show(answer)
		}
		if basis(&answer).Computing {
			s.say("analyze_computing")
			return nil
		}
		text := func(part string) string { return s.texts.Text(s.language, "analysis."+name+"."+part, nil) }
		fmt.Fprintf(s.out, "%s  (%s)\n\n", text("title"), s.text("analyze_as_of", "date", basis(&answer).AsOf))
		r := &report{session: s, currency: basis(&answer).Currency, table: tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)}
		show(&answer, r)
		if err := r.table.Flush(); err != nil {
			return err
		}
		_, err := io.WriteString(s.out, "\n"+text("meaning")+"\n"+text("limits")+"\n")
		return err
	})
}

// report writes tables of numbers.
type report struct {
	*session
	currency hitori.Currency
	table    *tabwriter.Writer
}

// head begins a table; its columns stand in the locale files, separated by bars.
func (r *report) head(name string) {
	r.row(strings.ReplaceAll(r.text("analyze_head_"+name), "|", "\t"))
}

func (r *report) row(cells ...any) {
	for i, c := range cells {
		if i > 0 {
			fmt.Fprint(r.table, "\t")
		}
		fmt.Fprint(r.table, c)
	}
	fmt.Fprintln(r.table)
}

// gap separates tables.
func (r *report) gap() { r.row() }

func (r *report) money(minor int64) string {
	return hitori.Money{Amount: minor, Currency: r.currency}.String()
}

// mean is an amount with fractions of the minor unit, which are left out.
func (r *report) mean(minor float64) string { return r.money(understand.Minor(minor)) }

// named is a title of the locale files, or the name itself for what a shop named.
func (r *report) named(of, name string) string {
	key := of + "." + name
	if text := r.texts.Text(r.language, key, nil); text != key {
		return text
	}
	return name
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + "%" }

func interval(i understand.Interval) string {
	return fmt.Sprintf("%s (%s–%s)", percent(i.Estimate), percent(i.Low), percent(i.High))
}

func days(n *int64) string {
	if n == nil {
		return "—"
	}
	return strconv.FormatInt(*n, 10)
}

// product is how a product is called, with its id.
func product(id, name string) string {
	if name == "" {
		return id
	}
	return name + " (" + id + ")"
}
