package warehousetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
)

// told is a customer with a name, and what is known about them.
type told struct {
	name string
	know func(*querytest.Customer)
}

// asked is a condition with the names of those who meet it.
type asked struct{ where, want string }

// ask puts customers into the warehouse and asks about them at a time of the zone. What is asked is held to
// evaluation, too.
func ask(t *testing.T, w Warehouse, location *time.Location, now string, customers []told, questions []asked) {
	t.Helper()
	var known []*querytest.Customer
	for _, c := range customers {
		customer := &querytest.Customer{Known: "member", Traits: make(map[string]hitori.JSON), Costs: map[string]int64{"P1": 300}}
		c.know(customer)
		known = append(known, customer)
	}
	crowd := settle(t, w, plan.Calendar{Now: localTime(now, location), Location: location, Currency: hitori.JPY}, known...)
	for _, q := range questions {
		condition, err := query.Parse([]byte(`{"version":1,"where":` + q.where + `}`))
		if err != nil {
			t.Fatalf("%s: %v", q.where, err)
		}
		var names []string
		for _, person := range crowd.compare(t, w, condition) {
			names = append(names, customers[person>>20-1].name)
		}
		if got := strings.Join(names, " "); got != q.want {
			t.Errorf("%s: %q, want %q", q.where, got, q.want)
		}
	}
}

// localTime reads RFC 3339; without a zone that of the place.
func localTime(text string, location *time.Location) time.Time {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05.999", text, location)
	if err != nil {
		panic(err)
	}
	return at
}

func nothing(*querytest.Customer) {}

// did is something that happened at some times of a place, with properties.
func did(location *time.Location, name string, properties hitori.JSON, times ...string) func(*querytest.Customer) {
	return func(c *querytest.Customer) {
		for _, at := range times {
			c.Add(hitori.Stamped{Event: hitori.Event{Name: name, Time: localTime(at, location), Properties: properties}})
		}
	}
}

func both(facts ...func(*querytest.Customer)) func(*querytest.Customer) {
	return func(c *querytest.Customer) {
		for _, fact := range facts {
			fact(c)
		}
	}
}

func trait(name string, value hitori.JSON) func(*querytest.Customer) {
	return func(c *querytest.Customer) { c.Traits[name] = value }
}

// viewed is the condition of a count of views with a window.
func viewed(window, is string) string {
	return `{"type":"event","event":"Product Viewed",` + window + `"measure":"count","is":` + is + `}`
}

const once = `{"op":"at_least","number":1}`

func during(window string) string { return viewed(`"window":`+window+`,`, once) }

// conditionEdges are days, months and years in Japan.
func conditionEdges(t *testing.T, w Warehouse) {
	location := querytest.Location
	view := func(times ...string) func(*querytest.Customer) {
		return did(location, "Product Viewed", `{"price":5}`, times...)
	}
	customers := []told{
		{"nobody", nothing},
		{"now", view("2026-03-31T12:00:00")},
		{"ahead", view("2026-03-31T12:00:00.001")},
		{"today", view("2026-03-31T00:00:00")},
		{"yesterday", view("2026-03-30T23:59:59.999")},
		{"february", view("2026-02-28T00:00:00")},
		{"before", view("2026-02-27T23:59:59.999")},
		{"leapling", trait("birthday", `"2004-02-29"`)},
		{"unknown", trait("birthday", `"1899-03-31"`)},
		{"april", trait("birthday", `"1986-04-01"`)},
		{"born", trait("birthday", `"1949-07-01T00:30:00+10:00"`)},
	}
	birthday := func(is string) string { return `{"type":"trait","name":"birthday","is":` + is + `}` }
	ask(t, w, location, "2026-03-31T12:00:00", customers, []asked{
		{during(`{"op":"in_period","n":0,"unit":"day"}`), "now today"},
		{during(`{"op":"in_last","n":1,"unit":"hour"}`), "now"},
		{during(`{"op":"days_ago","min":1,"max":1}`), "yesterday"},
		{during(`{"op":"in_last","n":1,"unit":"month"}`), "now today yesterday february"},
		{during(`{"op":"before_last","n":1,"unit":"month"}`), "before"},
		{during(`{"op":"in_period","n":1,"unit":"month"}`), "february before"},
		{viewed("", `{"op":"equals","number":0}`), "nobody ahead leapling unknown april born"},
		{viewed("", `{"op":"at_most","number":1}`), "nobody now ahead today yesterday february before leapling unknown april born"},
		{`{"type":"event","event":"Product Viewed","measure":"average","property":"properties.price","is":{"op":"at_most","number":5}}`, "now today yesterday february before"},
		{`{"type":"not","of":` + birthday(`{"op":"known"}`) + `}`, "nobody now ahead today yesterday february before"},
		{birthday(`{"op":"anniversary","n":1}`), "april"},
		{birthday(`{"op":"anniversary","n":334}`), "leapling april born"}, // up to 28 February
		{birthday(`{"op":"anniversary","n":333}`), "april born"},
		{birthday(`{"op":"anniversary_month","n":11}`), "leapling"},
		{birthday(`{"op":"age","min":39,"max":39}`), "april"},
		{birthday(`{"op":"age","min":20}`), "leapling april born"},
		{birthday(`{"op":"until","to":"1949-06-30"}`), "unknown born"}, // half past eleven in Japan
	})
}

// conditionClocks are days of 23 and 25 hours.
func conditionClocks(t *testing.T, w Warehouse) {
	location := zone(t, "America/New_York")
	view := func(times ...string) func(*querytest.Customer) { return did(location, "Product Viewed", "", times...) }
	cart := func(after string) func(*querytest.Customer) {
		return both(did(location, "Cart Viewed", "", "2026-03-07T23:30:00"), view(after))
	}
	follows := `{"type":"sequence","steps":[{"event":"Cart Viewed"},{"event":"Product Viewed","within":`
	customers := []told{
		{"saturday", view("2026-03-07T23:59:59.999")},
		{"sunday", view("2026-03-08T00:00:00")},
		{"skipped", view("2026-03-08T07:00:00Z")}, // three o'clock, an hour after one
		{"midnight", view("2026-03-08T23:59:59.999")},
		{"monday", view("2026-03-09T00:00:00")},
		{"next day", cart("2026-03-08T23:59:59.999")},
		{"too late", cart("2026-03-09T00:00:00")},
	}
	ask(t, w, location, "2026-03-09T09:00:00", customers, []asked{
		{during(`{"op":"days_ago","min":1,"max":1}`), "sunday skipped midnight next day"},
		{during(`{"op":"in_period","n":1,"unit":"week"}`), "saturday sunday skipped midnight next day"},
		{during(`{"op":"in_last","n":24,"unit":"hour"}`), "midnight monday next day too late"},
		{during(`{"op":"since","from":"2026-03-09"}`), "monday too late"},
		{follows + `{"n":1,"unit":"day"}}]}`, "next day"},
		{follows + `{"n":1,"unit":"day"},"absent":true}]}`, "too late"},
		{follows + `{"n":24,"unit":"hour"}}]}`, "next day too late"}, // by 23 and a half hours
		{follows + `{"n":23,"unit":"hour"}}]}`, ""},
	})
}

// ordered is an event about an order in March.
func ordered(at, name, id string, amount int64, currency hitori.Currency, lines ...hitori.Line) func(*querytest.Customer) {
	return func(c *querytest.Customer) {
		e := hitori.Stamped{OrderID: id, Amount: amount, Currency: currency, Lines: lines}
		e.Name, e.Time, e.Properties = name, localTime("2026-03-"+at, querytest.Location), `{"coupon":"SPRING"}`
		c.Add(e)
	}
}

// conditionMeasures are sums at their limits, ties, and orders with and without lines.
func conditionMeasures(t *testing.T, w Warehouse) {
	prices := func(values ...hitori.JSON) func(*querytest.Customer) {
		return func(c *querytest.Customer) {
			for _, v := range values {
				did(querytest.Location, "Product Viewed", `{"price":`+v+`,"category":`+v+`}`, "2026-03-01T10:00:00")(c)
			}
		}
	}
	bean, half := hitori.Line{ProductID: "P1", Category: "豆", Price: 1000, Quantity: 1000}, hitori.Line{ProductID: "P1", Category: "器具", Price: 999, Quantity: 333}
	placed := func(amount int64, currency hitori.Currency, lines ...hitori.Line) func(*querytest.Customer) {
		return ordered("02T10:00:00", "Order Completed", "A", amount, currency, lines...)
	}
	customers := []told{
		{"nothing", nothing},
		{"tie", prices(`"a"`, `"b"`, `"c"`)},
		{"large", prices(`100000000000000`, `100000000000001`, `1`)},
		{"small", prices(`0.00004`, `0.00005`, `-0.00005`)},
		{"escaped", did(querytest.Location, "Product Viewed", `{"pr\u0069ce":42}`, "2026-03-01T10:00:00")},
		{"words", prices(`"42"`, `null`, `[42]`, `{"price":42}`)},
		{"lower", did(querytest.Location, "product viewed", `{"price":7}`, "2026-03-01T10:00:00")},
		{"beans", placed(1000, hitori.JPY, bean)},
		{"refunded", both(placed(1000, hitori.JPY, bean), ordered("03T10:00:00", "Order Refunded", "A", 333, hitori.JPY))}, // 200.1 of 300
		{"dollars", placed(1000, "USD", bean)},
		{"cents", placed(999, "USD", half)},
		{"bare", placed(1000, hitori.JPY)},
		{"two", placed(1000, hitori.JPY, bean, half)},
	}
	price := func(measure, is string) string {
		return `{"type":"event","event":"Product Viewed","measure":"` + measure + `","property":"properties.price","is":` + is + `}`
	}
	which := func(measure, value string) string {
		return `{"type":"event","event":"Product Viewed","measure":"` + measure + `","property":"properties.category","is":{"op":"one_of","values":["` + value + `"]}}`
	}
	orders := func(where, measure, is string) string {
		return `{"type":"order","state":"kept",` + where + `"measure":` + measure + `,"is":` + is + `}`
	}
	where := func(condition string) string { return `"where":` + condition + `,` }
	field := func(name, is string) string { return `{"type":"property","name":"` + name + `","is":` + is + `}` }
	notBeans := `{"type":"not","of":` + field("category", `{"op":"one_of","values":["豆"]}`) + `}`
	ask(t, w, querytest.Location, "2026-03-31T12:00:00", customers, []asked{
		{which("last_value", "c"), "tie"}, {which("first_value", "a"), "tie"},
		{price("max", `{"op":"equals","number":100000000000000}`), "large"},
		{price("sum", `{"op":"equals","number":0.0001}`), "small"}, // half a ten-thousandth is rounded up, to 1 and to 0
		{price("average", `{"op":"more_than","number":0}`), "large small escaped"},
		{price("max", `{"op":"equals","number":42}`), "escaped"},
		{price("sum", `{"op":"at_least","number":7}`), "large escaped"},
		{price("min", `{"op":"at_most","number":0}`), "small"},
		{orders("", `"profit","currency":"JPY"`, `{"op":"equals","number":467}`), "refunded"}, // 667 less 200
		{orders("", `"profit","currency":"JPY"`, `{"op":"more_than","number":0}`), "beans refunded two"},
		{orders("", `"profit","currency":"USD"`, `{"op":"more_than","number":0}`), ""}, // costs are in yen
		{orders(where(notBeans), `"count"`, once), "cents bare two"},
		{`{"type":"not","of":` + orders(where(field("category", `{"op":"one_of","values":["豆"]}`)), `"count"`, once) + `}`, "nothing tie large small escaped words lower cents bare"},
		{orders(where(field("price", `{"op":"equals","number":10}`)), `"count"`, once), "dollars"},
		{orders(where(field("price", `{"op":"equals","number":9.99}`)), `"count"`, once), "cents"},
		{orders(where(field("price", `{"op":"equals","number":1000}`)), `"quantity"`, `{"op":"equals","number":1}`), "beans refunded two"},
		{orders(where(field("price", `{"op":"known"}`)), `"quantity"`, `{"op":"equals","number":1.333}`), "two"},
		{orders(where(field("total", `{"op":"between","min":9,"max":10}`)), `"count"`, once), "dollars cents"},
		{orders(where(notBeans), `"item_revenue","currency":"JPY"`, `{"op":"equals","number":332}`), "two"}, // 332.667
		{orders("", `"average","currency":"JPY"`, `{"op":"at_most","number":700}`), "refunded"},
		{orders("", `"last_time"`, `{"op":"days_ago","min":29,"max":29}`), "beans refunded dollars cents bare two"},
	})
}

// conditionMerged: what one profile of a person did counts for the other, as do orders told by both.
func conditionMerged(t *testing.T, w Warehouse) {
	bean := hitori.Line{ProductID: "P1", Category: "豆", Price: 500, Quantity: 2000}
	views := did(querytest.Location, "Product Viewed", "", "2026-03-01T10:00:00", "2026-03-01T10:00:00", "2026-03-01T10:00:00")
	customers := []told{
		{"one", views}, {"two", nothing},
		{"three", both(views, ordered("02T10:00:00", "Order Completed", "A", 1000, hitori.JPY, bean))}, // has two profiles
		{"four", nothing}, {"five", nothing},
		{"six", both(ordered("02T10:00:00", "Order Completed", "A", 1000, hitori.JPY, bean), ordered("05T10:00:00", "Order Refunded", "A", 400, hitori.JPY))}, // likewise
	}
	money := func(measure, number string) string {
		return `{"type":"order","state":"kept","measure":"` + measure + `","currency":"JPY","is":{"op":"equals","number":` + number + `}}`
	}
	ask(t, w, querytest.Location, "2026-03-31T12:00:00", customers, []asked{
		{viewed("", `{"op":"equals","number":3}`), "one three"},
		{`{"type":"sequence","steps":[{"event":"Product Viewed"},{"event":"Product Viewed"},{"event":"Product Viewed"}]}`, "one three"},
		{viewed(`"relative":{"side":"before","which":"last","anchor":{"event":"Product Viewed"}},`, `{"op":"equals","number":2}`), "one three"},
		{money("revenue", "600"), "six"}, {money("profit", "240"), "six"}, {money("profit", "400"), "three"}, {money("item_revenue", "1000"), "three six"},
		{`{"type":"order","state":"returned","measure":"count","is":{"op":"at_least","number":1}}`, "six"},
	})
}

// conditionDocuments are events whose JSON is odd, and texts that mean something to SQL.
func conditionDocuments(t *testing.T, w Warehouse) {
	documents := []struct{ name, document string }{
		{"none", ``}, {"empty", `{}`}, {"list", `{"p":["a","b"],"q":[[{"r":1}]]}`}, {"half", `{"p":"\ud800a","n":5}`}, {"nul", `{"p":"\u0000"}`}, {"escaped", `{"\u0070":"\u0061"}`},
		{"twice", `{"p":"a","p":"b","n":1,"n":2}`}, {"huge", `{"p":{},"n":1e400}`}, {"tiny", `{"n":-1e-400}`}, {"digits", `{"p":"5","n":123456789012345678901234567890}`},
		{"deep", `{"o":{"p":"a","l":[{"m":[{"x":"a"},{"x":null}]},{"m":5},7]}}`}, {"null", `{"p":null,"n":null,"o":null}`}, {"spaced", ` { "p" : "a" , "n" : 5.0 } `},
		{"quoted", `{"p":"O'Neil \\ 100%_ \"x\"","a.b":1,"a*":{"*":"a"},"":{"":"a"},"a\"b":"a","a\\b":"a","$":"a","l*":[{"":"a"}]}`},
		{"date", `{"p":"2024-02-29"}`}, {"no date", `{"p":"2026-02-29"}`}, {"time", `{"p":"2024-02-28T23:59:59.9999+09:00"}`}, {"utc", `{"p":"2024-02-28T15:00:00Z"}`}, {"no time", `{"p":"2024-02-29T24:00:00Z"}`},
		{"ancient", `{"p":"0001-01-01T00:00:00Z"}`}, {"never", `{"p":"9999-12-31T23:59:59+00:00"}`}, {"hundredth", `{"p":"2024-02-29T00:00:00.05+09:00"}`},
	}
	var customers []told
	for _, d := range documents {
		customers = append(customers, told{strings.ReplaceAll(d.name, " ", "-"), did(querytest.Location, "Tried", hitori.JSON(d.document), "2026-03-01T10:00:00")})
	}
	has := func(name, is string) string {
		return `{"type":"event","event":"Tried","where":{"type":"property","name":"` + name + `","is":` + is + `},"measure":"count","is":` + once + `}`
	}
	one := func(name, value string) string { return has(name, `{"op":"one_of","values":["`+value+`"]}`) }
	sum := func(is string) string {
		return `{"type":"event","event":"Tried","measure":"sum","property":"properties.n","is":` + is + `}`
	}
	ask(t, w, querytest.Location, "2026-03-31T12:00:00", customers, []asked{
		{has("properties.p", `{"op":"known"}`), "list half escaped twice huge digits spaced quoted date no-date time utc no-time ancient never hundredth"},
		{one("properties.p", "a"), "escaped twice spaced"},
		{one("properties.p", "b"), ""},
		{one("properties.p[]", "b"), "list"},
		{has("properties.p", `{"op":"includes","values":["x","b"]}`), "list"},
		{has("properties.p", `{"op":"ends_with","values":["a"]}`), "half escaped twice spaced"},
		{has("properties.p", `{"op":"contains","values":["' \\"]}`), ""},
		{has("properties.p", `{"op":"contains","values":["\\ 100%_ \"x"]}`), "quoted"},
		{has("properties.p", `{"op":"begins_with","values":["O'"]}`), "quoted"},
		{has("properties.p", `{"op":"contains","values":["_"]}`), "quoted"},
		{has("properties.p", `{"op":"contains","values":["o'"]}`), ""},
		{has("properties.n", `{"op":"at_least","number":5}`), "half digits spaced"},
		{has("properties.n", `{"op":"equals","number":1}`), "twice"},
		{has("properties.n", `{"op":"known"}`), "half twice tiny digits spaced"},
		{has("properties.p", `{"op":"at_least","number":5}`), ""},
		{sum(`{"op":"equals","number":5}`), "half spaced"},
		{sum(`{"op":"more_than","number":0}`), "half twice spaced"}, // what is beyond 10¹⁴ is left out
		{one("properties.o.p", "a"), "deep"},
		{one("properties.o.l[].m[].x", "a"), "deep"},
		{has("properties.o.l[].m[].x", `{"op":"known"}`), "deep"},
		{one("properties.q[].r", "a"), ""},
		{one("properties.a*.*", "a"), "quoted"}, {one("properties..", "a"), "quoted"}, {one("properties.l*[].", "a"), "quoted"},
		{one(`properties.a\"b`, "a"), "quoted"}, {one(`properties.a\\b`, "a"), "quoted"}, {one("properties.$", "a"), "quoted"},
		{has("properties.p", `{"op":"between_dates","from":"2024-02-29","to":"2024-02-29"}`), "date utc hundredth"},
		{has("properties.p", `{"op":"until","to":"2024-02-28"}`), "time ancient"},
		{has("properties.p", `{"op":"since","from":"2024-02-29"}`), "date utc never hundredth"},
		{has("properties.p", `{"op":"anniversary_month","n":11}`), "date time utc hundredth"},
		{has("properties.p", `{"op":"age","min":2,"max":2}`), "date time utc hundredth"},
		{`{"type":"not","of":` + one("properties.p", "a") + `}`, strings.Join(others(customers, "escaped", "twice", "spaced"), " ")},
		{`{"type":"event","event":"Tried","where":{"type":"not","of":{"type":"property","name":"properties.n","is":{"op":"at_least","number":0}}},"measure":"count","is":` + once + `}`,
			strings.Join(others(customers, "half", "twice", "tiny", "digits", "spaced"), " ")},
	})
}

func others(customers []told, but ...string) []string {
	var names []string
	for _, c := range customers {
		if !slices.Contains(but, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}
