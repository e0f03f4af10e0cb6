package app_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/simulate"
	"github.com/hitori-cdp/hitori/understand"
)

// In a simulated shop whose customers buy again at rates that are Gamma(r, α) over people, the share that
// has come again t days after the first order is 1 - (α/(α+t))^r, dropping out being possible only later. The curve of
// F2, of customers of whom most were watched for less than the times asked for, holds it within its interval.
func TestRepeatOfSimulatedShop(t *testing.T) {
	process := simulate.DefaultProcess()
	process.Growth = 0
	shop, err := simulate.New(simulate.Config{Seed: 5, Customers: 3000, Days: 730, Visitors: -1, StoreMembers: -1, Process: process, NoEffects: true})
	if err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	csv.WriteString("注文番号,注文日時,会員ID,合計金額\n")
	for i := range shop.Customers() {
		for _, o := range shop.Orders(i) {
			if o.Cause == "process" { // contracts, gifts and treatments add orders of their own
				fmt.Fprintf(&csv, "%s,%s,C%d,%d\n", o.OrderID, o.At.In(shop.Config().Location).Format("2006-01-02 15:04:05"), i, o.Subtotal)
			}
		}
	}
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		c := apptest.Start(t, config(t, engines))
		importNamed(t, c, "orders.csv", "orders", csv.String())
		if err := c.App.Deriver.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got understand.Repeat
		end := shop.Config().Start.AddDate(0, 0, shop.Config().Days-1)
		c.Call(http.MethodGet, "/analyses/repeat?as_of="+end.Format("2006-01-02"), nil, &got)
		step := got.Steps[0]
		if step.People != 3000 {
			t.Fatalf("%d customers", step.People)
		}
		for _, rate := range step.Rates {
			truth := 1 - math.Pow(process.Alpha/(process.Alpha+float64(rate.Days)), process.R)
			t.Logf("by day %d: %.4f (%.4f to %.4f), truth %.4f", rate.Days, rate.Estimate, rate.Low, rate.High, truth)
			if truth < rate.Low || truth > rate.High || rate.High-rate.Low > 0.08 {
				t.Errorf("by day %d: %+v, truth %v", rate.Days, rate.Interval, truth)
			}
		}
	})
}
