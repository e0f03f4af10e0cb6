package plan

import (
	"fmt"

	"github.com/hitori-cdp/hitori"
)

// Detail is a value inside an event's documents that what is derived asks of many events. It has a column of its own, which
// is read much faster than the documents are.
type Detail struct {
	// Name is that of the column.
	Name string
	// Number says that it is a floating-point number, and null where there is none; it is a text otherwise, which may be empty.
	Number bool
	// Value is the expression over an event's columns that it is computed by.
	Value string
}

// figure is the number that an event tells: an order its discount, an answer its score, points their balance.
const figure = "figure"

// PriceProperty and PriceName are the property that [Price] tells, and its column.
const (
	PriceProperty = "properties.price"
	PriceName     = "price"
)

// Price is the number in an event's property "price", of which conditions ask most. It has a column of its own as well, which
// is null where there is none; an engine may write that otherwise.
func Price(d Dialect) Detail {
	// Where nothing is escaped, the name stands as it is: most documents need not be parsed.
	holds := d.Contains("properties", `"price"`) + " OR " + d.Contains("properties", `\`)
	return Detail{Name: PriceName, Number: true, Value: "CASE WHEN " + holds + " THEN " + d.Number(d.Value("properties", "price")) + " END"}
}

// Details lists them.
func Details(d Dialect) []Detail {
	purchase := fmt.Sprintf("kind = %d", hitori.KindPurchase)
	text := func(name, condition, json string) Detail {
		return Detail{Name: name, Value: fmt.Sprintf("CASE WHEN %s THEN %s ELSE '' END", condition, d.Text(json))}
	}
	member := func(name string) string { return d.Members("properties", name) + "[1]" }
	details := []Detail{
		text("channel", fmt.Sprintf("kind IN (%d, %d)", hitori.KindPurchase, hitori.KindMessage), member("channel")),
		text("campaign_source", fmt.Sprintf("type IN (%d, %d) AND %s", hitori.Page, hitori.Screen, d.Contains("context", `"campaign"`)),
			d.Members(d.Members("context", "campaign")+"[1]", "source")+"[1]"),
		{Name: figure, Number: true, Value: fmt.Sprintf("CASE WHEN %s THEN %s WHEN kind = %d THEN %s WHEN kind = %d THEN %s END",
			purchase, d.Number(member("discount")), hitori.KindSurvey, d.Number(member("score")), hitori.KindPoint, d.Number(member("balance")))},
	}
	for _, name := range statementTexts[1:] {
		details = append(details, text(name, purchase, member(name)))
	}
	return details
}
