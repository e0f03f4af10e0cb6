package query_test

import (
	"fmt"

	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

func Example() {
	c, err := query.Parse([]byte(`{"version": 1, "where": {"type": "all", "of": [
		{"type": "level", "one_of": ["member"]},
		{"type": "event", "event": "Product Viewed", "window": {"op": "in_last", "n": 30, "unit": "day"},
		 "measure": "count", "is": {"op": "at_least", "number": 2}}]}}`))
	if err != nil {
		panic(err)
	}
	catalogue := querytest.NewCatalogue("ja")
	if err := query.Validate(c, catalogue); err != nil {
		panic(err)
	}
	texts, err := locale.Load()
	if err != nil {
		panic(err)
	}
	fmt.Println(query.Sentence(c, catalogue, func(key string, args map[string]string) string {
		return texts.Text(locale.Japanese, key, args)
	}))

	customer := &querytest.Customer{Known: "member"}
	viewed("2026-03-05T20:00:00")(customer)
	viewed("2026-03-30T08:00:00")(customer)
	holds, until := query.Evaluate(c, customer, querytest.Now, querytest.Location)
	fmt.Println(holds, until)
	// Output:
	// 会員であり、かつ過去30日以内に「商品の閲覧」が2回以上ある
	// true 2026-04-05 00:00:00 +0900 JST
}
