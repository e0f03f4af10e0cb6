package warehousetest

import (
	"fmt"
	"math"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

// segmentContrastOwn compares members with everybody in what a shop measures itself, and with what a plain count says.
func segmentContrastOwn(t *testing.T, w Warehouse) {
	const n = 120
	categories := []string{"豆", "器具", "茶"}
	var events []hitori.Stamped
	var members []understand.Member
	in := func(i int) bool { return i%4 == 0 || i > 100 }
	var views, prices [2][]float64 // of members, of everybody
	counts := make(map[string][2]int64)
	note := func(of *[2][]float64, i int, value float64) {
		if of[1] = append(of[1], value); in(i) {
			of[0] = append(of[0], value)
		}
	}
	for i := 1; i <= n; i++ {
		if in(i) {
			members = append(members, understand.Member{Customer: club(i), In: true})
		}
		seen := 0
		if i%2 == 0 || in(i) {
			seen = 1 + i%5
		}
		for k := range seen {
			events = append(events, happened("Product Viewed", i, 1+k, fmt.Sprintf(`{"category":%q,"price":%d,"member":%t}`, categories[(i+k)%3], 100*i+k, i%3 == 0)))
		}
		note(&views, i, float64(seen)) // who saw nothing has seen none
		if seen == 0 {
			continue
		}
		note(&prices, i, float64(100*i)) // the latest view is that of yesterday
		for _, value := range []string{"own.category " + categories[i%3], fmt.Sprintf("own.member %t", i%3 == 0)} {
			count := counts[value]
			if count[1]++; in(i) {
				count[0]++
			}
			counts[value] = count
		}
	}
	r := clubbers(t, w, n, events)
	must(t, w.PutMembers(within(t), "s", "x", members, true))
	own := func(name string, kind query.Type, measure query.Measure, property string) understand.Valued {
		return understand.Valued{
			Feature: understand.Feature{Name: "own." + name, Type: kind}, At: segmentClock,
			Measure: &query.Event{Events: query.Events{Name: "Product Viewed"}, Measure: measure, Property: property},
		}
	}
	c, err := r.Contrast(within(t), understand.Group{ID: "s"}, []understand.Valued{
		own("views", query.TypeInteger, query.Count, ""), own("price", query.TypeNumber, query.LastValue, "properties.price"),
		own("category", query.TypeText, query.LastValue, "properties.category"), own("member", query.TypeBoolean, query.LastValue, "properties.member"),
		own("last", query.TypeTime, query.LastTime, ""), // is no number to average
	})
	must(t, err)
	got := make(map[string][2]int64)
	for _, v := range c.Values {
		if v.About == "feature" {
			got[v.Name+" "+v.Value] = [2]int64{v.In, v.All}
		}
	}
	equal(t, "values", got, counts)
	numbers := make(map[string]understand.ContrastedNumber)
	for _, number := range c.Numbers {
		numbers[number.Name] = number
	}
	for name, of := range map[string][2][]float64{"own.views": views, "own.price": prices} {
		number := numbers[name]
		equal(t, name, []int64{number.In, number.All}, []int64{int64(len(of[0])), int64(len(of[1]))})
		for what, pair := range map[string][2]float64{
			"mean of members": {number.MeanIn, mean(of[0])}, "mean of all": {number.MeanAll, mean(of[1])},
			"variance of members": {number.VarIn, variance(of[0])}, "variance of all": {number.VarAll, variance(of[1])},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-9*pair[1] {
				t.Errorf("%s of %s: %g, want %g", what, name, pair[0], pair[1])
			}
		}
	}
	if _, told := numbers["own.last"]; told {
		t.Error("instants are averaged")
	}
}
