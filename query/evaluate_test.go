package query_test

import (
	"iter"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

// what is known about the customer of one row of a table.
type what func(c *querytest.Customer)

func nothing(*querytest.Customer) {}

func trait(name string, value hitori.JSON) what {
	return func(c *querytest.Customer) { c.Traits = map[string]hitori.JSON{name: value} }
}

func all(facts ...what) what {
	return func(c *querytest.Customer) {
		for _, fact := range facts {
			fact(c)
		}
	}
}

func event(at, name string, properties hitori.JSON) what {
	return func(c *querytest.Customer) {
		c.Add(hitori.Stamped{Event: hitori.Event{Name: name, Time: instant(at), Properties: properties}})
	}
}

func viewed(at string) what { return event(at, "Product Viewed", "") }
func bought(at string) what { return event(at, "Order Completed", "") }

// instant reads RFC 3339; without a zone Japan's.
func instant(text string) time.Time {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05.999", text, querytest.Location)
	if err != nil {
		panic(err)
	}
	return t
}

// row is one row of a table: a condition holds, or not, at an instant.
type row struct {
	name, where string
	customer    what
	now         string
	want        bool
	// until is the horizon, "" when it is not looked at and "ever" when there is none.
	until string
}

func check(t *testing.T, zone string, rows []row) {
	t.Helper()
	location := querytest.Location
	if zone != "" {
		var err error
		if location, err = time.LoadLocation(zone); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range rows {
		c, err := query.Parse([]byte(`{"version":1,"where":` + row.where + `}`))
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if err := query.Validate(c, querytest.NewCatalogue("ja")); err != nil {
			t.Errorf("%s: %v", row.name, err)
		}
		customer := &querytest.Customer{Costs: map[string]int64{"P1": 300}}
		row.customer(customer)
		got, until := query.Evaluate(c, customer, instant(row.now), location)
		if got != row.want {
			t.Errorf("%s: %v", row.name, got)
		}
		switch {
		case row.until == "":
		case row.until == "ever":
			if !until.IsZero() {
				t.Errorf("%s: until %v", row.name, until)
			}
		case !until.Equal(instant(row.until)):
			t.Errorf("%s: until %v", row.name, until)
		}
	}
}

// once tests that something was viewed within a window.
func once(window string) string {
	return `{"type":"event","event":"Product Viewed","window":` + window + `,"measure":"count","is":{"op":"at_least","number":1}}`
}

const noon = "2026-03-31T12:00:00"

func TestWindows(t *testing.T) {
	days30, month, hours2 := once(`{"op":"in_last","n":30,"unit":"day"}`), once(`{"op":"in_last","n":1,"unit":"month"}`), once(`{"op":"in_last","n":2,"unit":"hour"}`)
	year := once(`{"op":"in_last","n":1,"unit":"year"}`)
	before30 := once(`{"op":"before_last","n":30,"unit":"day"}`)
	ago := once(`{"op":"days_ago","min":7,"max":14}`)
	check(t, "", []row{
		{"30 days: the first instant of the day 30 days ago", days30, viewed("2026-03-01T00:00:00"), noon, true, "2026-04-01T00:00:00"},
		{"30 days: a millisecond before", days30, viewed("2026-02-28T23:59:59.999"), noon, false, "ever"},
		{"30 days: the same at the day's first instant", days30, viewed("2026-03-01T00:00:00"), "2026-03-31T00:00:00", true, ""},
		{"30 days: and at its last", days30, viewed("2026-03-01T00:00:00"), "2026-03-31T23:59:59.999", true, ""},
		{"30 days: over with the day", days30, viewed("2026-03-01T23:59:59.999"), "2026-04-01T00:00:00", false, "ever"},
		{"now belongs to it", days30, viewed(noon), noon, true, "2026-05-01T00:00:00"},
		{"what lies ahead does not", days30, viewed("2026-03-31T12:00:00.001"), noon, false, "2026-03-31T12:00:00.001"},
		{"the day is the shop's, not UTC's", days30, viewed("2026-02-28T15:00:00Z"), noon, true, ""},
		{"a month before 31 March is 28 February", month, viewed("2026-02-28T00:00:00"), noon, true, "2026-04-01T00:00:00"},
		{"and no day earlier", month, viewed("2026-02-27T23:59:59.999"), noon, false, "ever"},
		{"in a leap year it is 29 February", month, viewed("2028-02-28T12:00:00"), "2028-03-31T12:00:00", false, ""},
		{"in a leap year it is 29 February", month, viewed("2028-02-29T00:00:00"), "2028-03-31T12:00:00", true, ""},
		{"a year before 29 February is 28 February", year, viewed("2027-02-28T00:00:00"), "2028-02-29T12:00:00", true, ""},
		{"a year before 28 February is 28 February", year, viewed("2027-02-27T23:59:59"), "2028-02-28T12:00:00", false, ""},
		{"hours are exact", hours2, viewed("2026-03-31T10:00:00"), noon, true, "2026-03-31T12:00:00.001"},
		{"hours are exact", hours2, viewed("2026-03-31T09:59:59.999"), noon, false, "ever"},
		{"hours go over midnight", hours2, viewed("2026-03-30T23:00:00"), "2026-03-31T00:30:00", true, "2026-03-31T01:00:00.001"},
		{"before the last 30 days", before30, viewed("2026-02-28T23:59:59.999"), noon, true, "ever"},
		{"before the last 30 days, not yet", before30, viewed("2026-03-01T00:00:00"), noon, false, "2026-04-01T00:00:00"},
		{"7 to 14 days ago", ago, viewed("2026-03-24T23:59:59.999"), noon, true, "2026-04-08T00:00:00"},
		{"7 to 14 days ago", ago, viewed("2026-03-25T00:00:00"), noon, false, "2026-04-01T00:00:00"},
		{"7 to 14 days ago", ago, viewed("2026-03-17T00:00:00"), noon, true, "2026-04-01T00:00:00"},
		{"7 to 14 days ago", ago, viewed("2026-03-16T23:59:59.999"), noon, false, "ever"},
		{"today", once(`{"op":"in_period","n":0,"unit":"day"}`), viewed("2026-03-31T00:00:00"), noon, true, "2026-04-01T00:00:00"},
		{"yesterday", once(`{"op":"in_period","n":1,"unit":"day"}`), viewed("2026-03-31T00:00:00"), noon, false, "2026-04-01T00:00:00"},
		{"a week begins on Monday", once(`{"op":"in_period","n":0,"unit":"week"}`), viewed("2026-03-30T00:00:00"), noon, true, "2026-04-06T00:00:00"},
		{"Sunday belongs to the week before", once(`{"op":"in_period","n":1,"unit":"week"}`), viewed("2026-03-29T23:59:59"), noon, true, ""},
		{"on a Sunday too", once(`{"op":"in_period","n":0,"unit":"week"}`), viewed("2026-03-23T00:00:00"), "2026-03-29T12:00:00", true, ""},
		{"last month", once(`{"op":"in_period","n":1,"unit":"month"}`), viewed("2026-02-01T00:00:00"), noon, true, "2026-04-01T00:00:00"},
		{"last year", once(`{"op":"in_period","n":1,"unit":"year"}`), viewed("2025-12-31T23:59:59.999"), noon, true, "2027-01-01T00:00:00"},
		{"dates include their days", once(`{"op":"between_dates","from":"2026-03-01","to":"2026-03-02"}`), viewed("2026-03-02T23:59:59.999"), noon, true, "ever"},
		{"and no more", once(`{"op":"between_dates","from":"2026-03-01","to":"2026-03-02"}`), viewed("2026-03-03T00:00:00"), noon, false, "ever"},
		{"since a date", once(`{"op":"since","from":"2026-03-01"}`), viewed("2026-03-01T00:00:00"), noon, true, "ever"},
		{"until a date", once(`{"op":"until","to":"2026-03-01"}`), viewed("2026-03-01T23:59:59.999"), noon, true, "ever"},
	})
}

func TestClockChanges(t *testing.T) {
	day := once(`{"op":"in_last","n":1,"unit":"day"}`)
	hours := once(`{"op":"in_last","n":24,"unit":"hour"}`)
	check(t, "America/New_York", []row{ // on 8 March 2026 the day has 23 hours
		{"a day of 23 hours", day, viewed("2026-03-08T05:00:00Z"), "2026-03-09T23:00:00-04:00", true, "2026-03-10T04:00:00Z"},
		{"a day of 23 hours", day, viewed("2026-03-08T04:59:59Z"), "2026-03-09T00:00:00-04:00", false, ""},
		{"24 hours are 24 hours", hours, viewed("2026-03-08T04:30:00Z"), "2026-03-09T00:30:00-04:00", true, ""},
	})
	check(t, "Asia/Beirut", []row{ // on 29 March 2026 the day begins at one o'clock
		{"midnight is skipped", day, viewed("2026-03-28T22:00:00Z"), "2026-03-30T12:00:00+03:00", true, ""},
		{"midnight is skipped", day, viewed("2026-03-28T21:59:59Z"), "2026-03-30T12:00:00+03:00", false, ""},
	})
	check(t, "America/Santiago", []row{ // on 6 September 2026 likewise
		{"midnight is skipped", day, viewed("2026-09-06T04:00:00Z"), "2026-09-07T12:00:00-03:00", true, ""},
		{"midnight is skipped", day, viewed("2026-09-06T03:59:59Z"), "2026-09-07T12:00:00-03:00", false, ""},
	})
	check(t, "Asia/Amman", []row{ // on 29 October 2021 midnight is shown twice
		{"the first midnight counts", day, viewed("2021-10-28T21:00:00Z"), "2021-10-30T12:00:00+02:00", true, ""},
		{"the first midnight counts", day, viewed("2021-10-28T20:59:59Z"), "2021-10-30T12:00:00+02:00", false, ""},
	})
	check(t, "America/Havana", []row{ // on 1 November 2026 midnight is shown twice
		{"the first midnight counts", day, viewed("2026-11-01T04:00:00Z"), "2026-11-02T12:00:00-05:00", true, ""},
		{"the first midnight counts", day, viewed("2026-11-01T03:59:59Z"), "2026-11-02T12:00:00-05:00", false, ""},
	})
}

func TestValues(t *testing.T) {
	is := func(name, test string) string { return `{"type":"trait","name":"` + name + `","is":` + test + `}` }
	not := func(c string) string { return `{"type":"not","of":` + c + `}` }
	tokyo := is("prefecture", `{"op":"one_of","values":["東京都"]}`)
	known := is("prefecture", `{"op":"known"}`)
	pet, children := is("has_pet", `{"op":"is_false"}`), is("child_count", `{"op":"at_most","number":2}`)
	interest := is("interests", `{"op":"includes","values":["旅行"]}`)
	recent := is("birthday", `{"op":"in_last","n":1,"unit":"day"}`)
	check(t, "", []row{
		{"a text", tokyo, trait("prefecture", `"東京都"`), noon, true, "ever"},
		{"escapes are read", tokyo, trait("prefecture", `"\u6771京都"`), noon, true, ""},
		{"absent meets nothing", tokyo, nothing, noon, false, ""},
		{"null meets nothing", tokyo, trait("prefecture", `null`), noon, false, ""},
		{"the opposite of absent", not(tokyo), nothing, noon, true, ""},
		{"the opposite of null", not(tokyo), trait("prefecture", `null`), noon, true, ""},
		{"another type meets nothing", is("prefecture", `{"op":"one_of","values":["12"]}`), trait("prefecture", `12`), noon, false, ""},
		{"another type is known", known, trait("prefecture", `12`), noon, true, ""},
		{"false is known", known, trait("prefecture", `false`), noon, true, ""},
		{"null is not known", known, trait("prefecture", `null`), noon, false, ""},
		{"the empty text is not known", known, trait("prefecture", `""`), noon, false, ""},
		{"case counts", is("prefecture", `{"op":"contains","values":["tokyo"]}`), trait("prefecture", `"Tokyo"`), noon, false, ""},
		{"false is false", pet, trait("has_pet", `false`), noon, true, ""},
		{"absent is not false", pet, nothing, noon, false, ""},
		{"a text is not false", pet, trait("has_pet", `"false"`), noon, false, ""},
		{"a number", children, trait("child_count", `2.0`), noon, true, ""},
		{"absent is not zero", children, nothing, noon, false, ""},
		{"a number in quotes is none", children, trait("child_count", `"1"`), noon, false, ""},
		{"one of a list", interest, trait("interests", `["読書", "旅行"]`), noon, true, ""},
		{"a text is no list", interest, trait("interests", `"旅行"`), noon, false, ""},
		{"numbers in a list are no texts", is("interests", `{"op":"includes","values":["1"]}`), trait("interests", `[1]`), noon, false, ""},
		{"a day", recent, trait("birthday", `"2026-03-30"`), noon, true, "2026-04-01T00:00:00"},
		{"an instant counts by its day in the shop's zone", recent, trait("birthday", `"2026-03-29T15:00:00Z"`), noon, true, ""},
		{"and not by UTC's", recent, trait("birthday", `"2026-03-29T14:59:59Z"`), noon, false, ""},
		{"a day that does not exist", recent, trait("birthday", `"2026-03-32"`), noon, false, ""},
		{"a date in another form", recent, trait("birthday", `"2026/03/30"`), noon, false, ""},
		{"tomorrow is in the next day", is("birthday", `{"op":"in_next","n":1,"unit":"day"}`), trait("birthday", `"2026-04-01"`), noon, true, "2026-04-02T00:00:00"},
		{"so is today", is("birthday", `{"op":"in_next","n":1,"unit":"day"}`), trait("birthday", `"2026-03-31"`), noon, true, "2026-04-01T00:00:00"},
		{"later is not, yet", is("birthday", `{"op":"in_next","n":1,"unit":"day"}`), trait("birthday", `"2026-04-05"`), noon, false, "2026-04-04T00:00:00"},
	})
}

func TestReturns(t *testing.T) {
	is := func(test string) string { return `{"type":"trait","name":"birthday","is":` + test + `}` }
	week, today, next := is(`{"op":"anniversary","n":7}`), is(`{"op":"anniversary","n":0}`), is(`{"op":"anniversary_month","n":1}`)
	forty := is(`{"op":"age","min":40,"max":49}`)
	born := func(day string) what { return trait("birthday", hitori.JSON(`"`+day+`"`)) }
	check(t, "", []row{
		{"in seven days", week, born("1986-04-07"), noon, true, "2026-04-01T00:00:00"},
		{"in eight days", week, born("1986-04-08"), noon, false, ""},
		{"today", today, born("1986-03-31"), noon, true, ""},
		{"yesterday", week, born("1986-03-30"), noon, false, ""},
		{"over the turn of the year", week, born("1986-01-03"), "2026-12-30T12:00:00", true, ""},
		{"29 February returns on the 28th", today, born("2004-02-29"), "2027-02-28T12:00:00", true, ""},
		{"and not on 1 March", today, born("2004-02-29"), "2027-03-01T12:00:00", false, ""},
		{"in leap years on the 29th", today, born("2004-02-29"), "2028-02-28T12:00:00", false, ""},
		{"in leap years on the 29th", today, born("2004-02-29"), "2028-02-29T12:00:00", true, ""},
		{"the day itself is no return", today, born("2026-03-31"), noon, false, ""},
		{"nor is one to come", week, born("2026-04-03"), noon, false, ""},
		{"next month", next, born("1986-04-30"), noon, true, ""},
		{"next month is the next year's January", next, born("1986-01-31"), "2026-12-31T12:00:00", true, ""},
		{"not yet 40", forty, born("1986-04-01"), noon, false, ""},
		{"40 today", forty, born("1986-03-31"), noon, true, ""},
		{"a year older on 28 February", forty, born("1988-02-29"), "2038-02-28T12:00:00", false, ""},
		{"until the day before", forty, born("1988-02-29"), "2038-02-27T12:00:00", true, ""},
		{"open to the top", is(`{"op":"age","min":40}`), born("1900-01-01"), noon, true, ""},
		{"not born yet", is(`{"op":"age","min":1}`), born("2027-01-01"), noon, false, ""},
	})
}

func TestEvents(t *testing.T) {
	of := func(measure, is string) string {
		return `{"type":"event","event":"Product Viewed",` + measure + `,"is":` + is + `}`
	}
	price := func(measure, is string) string {
		return of(`"measure":"`+measure+`","property":"properties.price"`, is)
	}
	prices := all(event("2026-03-01T10:00:00", "Product Viewed", `{"price":0.57}`), event("2026-03-02T10:00:00", "Product Viewed", `{"price":0.1}`),
		event("2026-03-03T10:00:00", "Product Viewed", `{"price":"9"}`), event("2026-03-04T10:00:00", "Product Viewed", `{"price":null}`))
	stock := `{"type":"event","event":"Product Viewed","where":{"type":"not","of":{"type":"property","name":"properties.in_stock","is":{"op":"is_true"}}},"measure":"count","is":{"op":"equals","number":1}}`
	line := `{"type":"event","event":"Order Completed","where":{"type":"property","name":"properties.products[].price","is":{"op":"at_least","number":500}},"measure":"count","is":{"op":"at_least","number":1}}`
	after := func(within string) string {
		return of(`"relative":{"side":"after","which":"first","anchor":{"event":"Order Completed"}`+within+`},"measure":"count"`, `{"op":"equals","number":1}`)
	}
	check(t, "", []row{
		{"nothing happened: the count is 0", of(`"measure":"count"`, `{"op":"equals","number":0}`), nothing, noon, true, "ever"},
		{"nothing happened: the sum is 0", price("sum", `{"op":"at_most","number":0}`), nothing, noon, true, ""},
		{"nothing happened: there is no average", price("average", `{"op":"at_most","number":0}`), nothing, noon, false, ""},
		{"nothing happened: there is no last time", of(`"measure":"last_time"`, `{"op":"before_last","n":1,"unit":"day"}`), nothing, noon, false, ""},
		{"sums are exact", price("sum", `{"op":"equals","number":0.67}`), prices, noon, true, ""},
		{"only numbers are averaged", price("average", `{"op":"equals","number":0.335}`), prices, noon, true, ""},
		{"the highest", price("max", `{"op":"equals","number":0.57}`), prices, noon, true, ""},
		{"the last value that is not null", price("last_value", `{"op":"known"}`), prices, noon, true, ""},
		{"is a text here", price("last_value", `{"op":"at_least","number":1}`), prices, noon, false, ""},
		{"an absent property is not true", stock, viewed("2026-03-01T10:00:00"), noon, true, ""},
		{"any element of a list", line, event("2026-03-01T10:00:00", "Order Completed", `{"products":[{"price":100},{"price":500}]}`), noon, true, ""},
		{"none of a list", line, event("2026-03-01T10:00:00", "Order Completed", `{"products":[]}`), noon, false, ""},
		{"after an anchor", after(""), all(viewed("2026-03-01T10:00:00"), bought("2026-03-01T10:00:01"), viewed("2026-03-01T10:00:02")), noon, true, ""},
		{"at the same instant the place on the log decides", after(""), all(viewed("2026-03-01T10:00:00"), bought("2026-03-01T10:00:00"), viewed("2026-03-01T10:00:00")), noon, true, ""},
		{"without an anchor nothing lies after it", after(""), viewed("2026-03-01T10:00:00"), noon, false, ""},
		{"within two days of it: to the end of the second", after(`,"within":{"n":2,"unit":"day"}`), all(bought("2026-03-01T00:00:01"), viewed("2026-03-03T23:59:59.999"), viewed("2026-03-04T00:00:00")), noon, true, ""},
		{"within two hours of it", after(`,"within":{"n":2,"unit":"hour"}`), all(bought("2026-03-01T10:00:00"), viewed("2026-03-01T12:00:00"), viewed("2026-03-01T12:00:00.001")), noon, true, ""},
	})
}

func TestSequences(t *testing.T) {
	follows := func(rest string) string {
		return `{"type":"sequence","steps":[{"event":"Product Viewed"},{"event":"Order Completed"` + rest + `}]}`
	}
	abandoned := follows(`,"within":{"n":1,"unit":"hour"},"absent":true`)
	twice := `{"type":"sequence","steps":[{"event":"Product Viewed"},{"event":"Product Viewed"}]}`
	recent := `{"type":"sequence","window":{"op":"in_last","n":7,"unit":"day"},"steps":[{"event":"Product Viewed"},{"event":"Order Completed"}]}`
	check(t, "", []row{
		{"followed", follows(""), all(viewed("2026-03-01T10:00:00"), bought("2026-03-20T10:00:00")), noon, true, "ever"},
		{"the other way round", follows(""), all(bought("2026-03-01T10:00:00"), viewed("2026-03-20T10:00:00")), noon, false, "ever"},
		{"within a day: to the end of the next", follows(`,"within":{"n":1,"unit":"day"}`), all(viewed("2026-03-01T00:00:00"), bought("2026-03-02T23:59:59.999")), noon, true, ""},
		{"too late", follows(`,"within":{"n":1,"unit":"day"}`), all(viewed("2026-03-01T00:00:00"), bought("2026-03-03T00:00:00")), noon, false, ""},
		{"a later first step is near enough", follows(`,"within":{"n":1,"unit":"day"}`), all(viewed("2026-03-01T00:00:00"), viewed("2026-03-02T00:00:00"), bought("2026-03-03T00:00:00")), noon, true, ""},
		{"one event is one step", twice, viewed("2026-03-01T00:00:00"), noon, false, ""},
		{"two at the same instant are two", twice, all(viewed("2026-03-01T00:00:00"), viewed("2026-03-01T00:00:00")), noon, true, ""},
		{"an hour has not passed", abandoned, viewed("2026-03-31T11:00:00"), noon, false, "2026-03-31T12:00:00.001"},
		{"an hour has passed", abandoned, viewed("2026-03-31T10:59:59.999"), noon, true, "ever"},
		{"bought in time", abandoned, all(viewed("2026-03-31T10:00:00"), bought("2026-03-31T11:00:00")), noon, false, "ever"},
		{"bought too late", abandoned, all(viewed("2026-03-31T10:00:00"), bought("2026-03-31T11:00:00.001")), noon, true, "ever"},
		{"one of two was abandoned", abandoned, all(viewed("2026-03-31T08:00:00"), viewed("2026-03-31T10:00:00"), bought("2026-03-31T10:01:00")), noon, true, ""},
		{"never followed", follows(`,"absent":true`), viewed("2026-03-31T12:00:00"), noon, true, "ever"},
		{"the window is the first step's", recent, all(viewed("2026-03-24T00:00:00"), bought("2026-03-31T10:00:00")), noon, true, ""},
		{"the window is the first step's", recent, all(viewed("2026-03-23T23:59:59.999"), bought("2026-03-31T10:00:00")), noon, false, ""},
	})
}

// reused hands out every event in the same place in memory, as a reader of rows may.
type reused struct{ *querytest.Customer }

func (r reused) Events(refs []query.Ref) iter.Seq[*hitori.Stamped] {
	return func(yield func(*hitori.Stamped) bool) {
		var place hitori.Stamped
		for event := range r.Customer.Events(refs) {
			place = *event
			if !yield(&place) {
				return
			}
		}
	}
}

func TestEventsInOnePlace(t *testing.T) {
	g := querytest.NewGenerator(9)
	for range 2_000 {
		customer, c := g.Customer(20), g.Condition()
		want, until := query.Evaluate(c, customer, querytest.Now, querytest.Location)
		if got, at := query.Evaluate(c, reused{customer}, querytest.Now, querytest.Location); got != want || !at.Equal(until) {
			t.Fatalf("%s: %v until %v, want %v until %v", query.Encode(c), got, at, want, until)
		}
	}
}

// told is an event about an order.
func told(at, name, id string, amount int64, lines ...hitori.Line) what {
	return func(c *querytest.Customer) {
		e := hitori.Stamped{OrderID: id, Amount: amount, Currency: hitori.JPY, Lines: lines}
		e.Name, e.Time, e.Properties = name, instant(at), `{"coupon":"SPRING"}`
		c.Add(e)
	}
}

func TestOrders(t *testing.T) {
	of := func(state, rest string) string { return `{"type":"order","state":"` + state + `",` + rest + `}` }
	revenue := func(number string) string {
		return of("kept", `"window":{"op":"in_last","n":7,"unit":"day"},"measure":"revenue","currency":"JPY","is":{"op":"equals","number":`+number+`}`)
	}
	count := func(state, number string) string {
		return of(state, `"measure":"count","is":{"op":"equals","number":`+number+`}`)
	}
	where := func(field, is, rest string) string {
		return of("kept", `"where":{"type":"property","name":"`+field+`","is":`+is+`},`+rest)
	}
	beans := hitori.Line{ProductID: "P1", Category: "豆", Price: 700, Quantity: 2000}
	cup := hitori.Line{ProductID: "P2", Category: "器具", Price: 1500, Quantity: 1000}
	order := told("2026-03-30T10:00:00", "Order Completed", "A", 1000)
	refundLater := all(told("2026-03-20T10:00:00", "Order Completed", "A", 1000), told("2026-03-30T10:00:00", "Order Refunded", "A", 400))
	refunded := all(order, told("2026-03-31T10:00:00", "Order Refunded", "A", 400))
	cancelled := all(order, told("2026-03-31T10:00:00", "Order Cancelled", "A", 0))
	mixed := told("2026-03-30T10:00:00", "Order Completed", "A", 2900, beans, cup)
	average := of("kept", `"measure":"average","currency":"JPY","is":{"op":"at_most","number":0}`)
	check(t, "", []row{
		{"no orders: the revenue is 0", revenue("0"), nothing, noon, true, "ever"},
		{"no orders: there is no average", average, nothing, noon, false, ""},
		{"no orders: there is no first one", of("kept", `"measure":"first_time","is":{"op":"until","to":"2030-01-01"}`), nothing, noon, false, ""},
		{"an order", revenue("1000"), order, noon, true, "2026-04-07T00:00:00"},
		{"a refund counts where the order was placed", revenue("600"), refunded, noon, true, ""},
		{"a refund in the window of an order before it changes nothing in it", revenue("0"), refundLater, noon, true, ""},
		{"a refund after the window is still taken off", of("kept", `"window":{"op":"until","to":"2026-03-25"},"measure":"revenue","currency":"JPY","is":{"op":"equals","number":600}`), refundLater, noon, true, ""},
		{"an order that came back in part is returned", count("returned", "1"), refunded, noon, true, ""},
		{"and kept", count("kept", "1"), refunded, noon, true, ""},
		{"a cancelled one is not", count("kept", "0"), cancelled, noon, true, ""},
		{"nor returned, though it was refunded before", count("returned", "0"), all(refunded, cancelled), noon, true, ""},
		{"it is cancelled", count("cancelled", "1"), cancelled, noon, true, ""},
		{"and one of all", count("all", "1"), cancelled, noon, true, ""},
		{"told twice is one order", count("kept", "1"), all(order, order), noon, true, ""},
		{"orders without id are one each", count("kept", "2"), all(told("2026-03-30T10:00:00", "Order Completed", "", 1), told("2026-03-30T10:00:00", "Order Completed", "", 2)), noon, true, ""},
		{"other currencies are left out", of("kept", `"measure":"revenue","currency":"USD","is":{"op":"equals","number":0}`), order, noon, true, ""},
		{"a line selects the order", where("category", `{"op":"one_of","values":["豆"]}`, `"measure":"revenue","currency":"JPY","is":{"op":"equals","number":2900}`), mixed, noon, true, ""},
		{"the items are those of the line", where("category", `{"op":"one_of","values":["豆"]}`, `"measure":"item_revenue","currency":"JPY","is":{"op":"equals","number":1400}`), mixed, noon, true, ""},
		{"pieces", where("category", `{"op":"one_of","values":["豆"]}`, `"measure":"quantity","is":{"op":"equals","number":2}`), mixed, noon, true, ""},
		{"all fields must fit one line", of("kept", `"where":{"type":"all","of":[{"type":"property","name":"category","is":{"op":"one_of","values":["豆"]}},{"type":"property","name":"price","is":{"op":"at_least","number":1000}}]},"measure":"count","is":{"op":"equals","number":0}`), mixed, noon, true, ""},
		{"an order without lines has no categories", where("category", `{"op":"known"}`, `"measure":"count","is":{"op":"equals","number":0}`), order, noon, true, ""},
		{"but a coupon", where("coupon", `{"op":"one_of","values":["SPRING"]}`, `"measure":"count","is":{"op":"equals","number":1}`), order, noon, true, ""},
		{"the total is what remains", where("total", `{"op":"at_most","number":600}`, `"measure":"count","is":{"op":"equals","number":1}`), refunded, noon, true, ""},
		{"profit, where the cost of every line is known", of("kept", `"measure":"profit","currency":"JPY","is":{"op":"equals","number":800}`), told("2026-03-30T10:00:00", "Order Completed", "A", 1400, beans), noon, true, ""},
		{"and nowhere else", of("kept", `"measure":"profit","currency":"JPY","is":{"op":"equals","number":0}`), mixed, noon, true, ""},
		{"cost comes back with a refund", of("kept", `"measure":"profit","currency":"JPY","is":{"op":"equals","number":400}`), all(told("2026-03-30T10:00:00", "Order Completed", "A", 1400, beans), told("2026-03-31T10:00:00", "Order Refunded", "A", 700)), noon, true, ""},
	})
}

func TestStandings(t *testing.T) {
	consent := func(state string) string {
		return `{"type":"consent","channel":"email","purpose":"marketing","state":"` + state + `"}`
	}
	said := func(granted bool) what {
		return func(c *querytest.Customer) { c.Consents = map[[2]string]bool{{"email", "marketing"}: granted} }
	}
	in := func(m query.Membership) what {
		return func(c *querytest.Customer) { c.Segments = map[string]query.Membership{"loyal": m} }
	}
	entered := `{"type":"segment","id":"loyal","state":"entered","window":{"op":"in_last","n":7,"unit":"day"}}`
	answer := `{"type":"answer","survey":"nps","is":{"op":"at_least","number":9}}`
	check(t, "", []row{
		{"granted", consent("granted"), said(true), noon, true, "ever"},
		{"withdrawn", consent("withdrawn"), said(false), noon, true, ""},
		{"nothing said is not granted", consent("granted"), nothing, noon, false, ""},
		{"nothing said is not withdrawn", consent("withdrawn"), nothing, noon, false, ""},
		{"nothing said is unknown", consent("unknown"), nothing, noon, true, ""},
		{"an identifier", `{"type":"identifier","kind":"line_id"}`, func(c *querytest.Customer) { c.Identifiers = []hitori.IdentifierKind{hitori.LINE} }, noon, true, ""},
		{"a level", `{"type":"level","one_of":["lead","visitor"]}`, func(c *querytest.Customer) { c.Known = "lead" }, noon, true, ""},
		{"a list", `{"type":"list","id":"vip_event"}`, func(c *querytest.Customer) { c.Lists = []string{"vip_event"} }, noon, true, ""},
		{"entered, and left since", entered, in(query.Membership{Entered: instant("2026-03-24T00:00:00"), Left: instant("2026-03-25T00:00:00")}), noon, true, "2026-04-01T00:00:00"},
		{"never entered", entered, nothing, noon, false, "ever"},
		{"the latest answer counts", answer, all(event("2026-03-01T10:00:00", "Survey Answered", `{"survey_id":"nps","score":10}`), event("2026-03-02T10:00:00", "Survey Answered", `{"survey_id":"nps","score":3}`)), noon, false, ""},
		{"of the same survey", answer, all(event("2026-03-01T10:00:00", "Survey Answered", `{"survey_id":"nps","score":10}`), event("2026-03-02T10:00:00", "Survey Answered", `{"survey_id":"exit","score":3}`)), noon, true, ""},
		{"a question's words", `{"type":"answer","survey":"exit","question":"reason","is":{"op":"one_of","values":["価格"]}}`, event("2026-03-01T10:00:00", "Survey Answered", `{"survey_id":"exit","question_id":"reason","answer":"価格"}`), noon, true, ""},
	})
}
