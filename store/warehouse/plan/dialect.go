package plan

import (
	"context"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Dialect is how an engine writes what the engines write differently, and where it keeps its tables.
type Dialect interface {
	// Events is what stands in a FROM clause for the events of people that meet a condition, with the given
	// columns; "person" is one of those there are, and whose events they are.
	Events(columns, condition string) string
	// Acts is Events for those who ask only when events happened, and of which type, kind and, by [Dialect.Named], name:
	// the columns are person, type, kind, time and position. An engine may read it from a table beside events, as of what was
	// derived last.
	Acts(columns, condition string) string
	// Figure is the column of Acts that has the number of a property, and empty where there is none.
	Figure(property string) string
	// Named selects the track calls of a name in Acts.
	Named(name string) string
	// Lines is Events for product lines.
	Lines(columns, condition string) string
	// Derived is what stands in a FROM clause for a derived table.
	Derived(table string) string

	// People is what stands in a FROM clause for the people, with expressions as columns. These may ask the
	// tables that are Own: derived tables as far as they are about the same people.
	People(columns string) string
	Own(table string) string
	// In tells whether a value is among those a query of events returns.
	In(value, query string) string

	// Quote writes a text as a literal.
	Quote(text string) string
	// LatestBy is the aggregate that takes a value where another expression is greatest.
	LatestBy(value, by string) string
	// Earlier and Later are the values of the last and the first row of a window's frame that have one; OVER follows.
	Earlier(value string) string
	Later(value string) string
	// When is an aggregate of the rows that meet a condition, and null when there are none. For counts, which are
	// zero then, the word FILTER serves both engines.
	When(aggregate, condition string) string
	// Members is a list of the members of a JSON object, each as JSON.
	Members(document string, names ...string) string
	// Text is the text of a JSON string, and empty for other JSON.
	Text(json string) string
	// Number is a JSON number as a floating-point number, and null for other JSON and for numbers beyond those.
	Number(json string) string
	// Raw is the text of JSON as it is written.
	Raw(json string) string
	// Value is the JSON at a path of names in a JSON document, and null when there is none.
	Value(document string, path ...string) string
	// Values is a list of the JSON values at a path. A name that ends in [] stands for every element of the list
	// of that name; with nothing before the brackets, of the document itself.
	Values(document string, path ...string) string
	// Each makes a row for each element of a list.
	Each(list string) string
	// Any reports whether an element of a list meets a condition, which knows it by a name.
	Any(list, name, condition string) string

	// Contains, BeginsWith and EndsWith look for a text in another as it is: case and width count.
	Contains(text, part string) string
	BeginsWith(text, part string) string
	EndsWith(text, part string) string
	// Matches reports whether the whole of a text matches a regular expression (RE2).
	Matches(text, pattern string) string
	// Whole is the number that a text of digits writes, and null or zero for other texts.
	Whole(text string) string
	// Divide divides whole numbers, rounding towards zero.
	Divide(a, b string) string
}

// Calendar is the shop's day, zone and currency as expressions need them.
type Calendar struct {
	Now      time.Time
	Location *time.Location
	// Currency is that of features and costs; only conditions ask for it.
	Currency hitori.Currency
}

// Day is an expression of the local day number of a time in milliseconds.
func (c Calendar) Day(d Dialect, ms string) string {
	return d.Divide("("+ms+" + "+c.shift(ms)+")", "86400000")
}

// Hour is an expression of the local hour, 0 to 23, of a time in milliseconds.
func (c Calendar) Hour(d Dialect, ms string) string {
	return "(" + d.Divide("("+ms+" + "+c.shift(ms)+")", "3600000") + " % 24)"
}

// Weekday is an expression of the weekday of a local day number: 0 for Monday to 6 for Sunday.
func Weekday(day string) string { return "((" + day + " + 3) % 7)" } // 1 January 1970 was a Thursday

// Today is the local day number of now.
func (c Calendar) Today() int64 {
	year, month, day := c.Now.In(c.Location).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

// firstYear is where zones' changes are looked for from; nothing that shops know is older.
const firstYear = 1990

// shift is an expression of how far local time is ahead of UTC at a time, in milliseconds. A zone that
// changes its clocks twice a year makes it long.
func (c Calendar) shift(ms string) string {
	type change struct{ from, offset int64 }
	var changes []change
	t := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).In(c.Location)
	for end := c.Now.AddDate(2, 0, 0); t.Before(end); {
		_, offset := t.Zone()
		changes = append(changes, change{t.UnixMilli(), int64(offset) * 1000})
		_, next := t.ZoneBounds()
		if next.IsZero() {
			break
		}
		t = next
	}
	last := changes[len(changes)-1]
	if len(changes) == 1 {
		return itoa(last.offset)
	}
	var b strings.Builder
	b.WriteString("CASE")
	for i := len(changes) - 1; i > 0; i-- { // most times are recent
		b.WriteString(" WHEN " + ms + " >= " + itoa(changes[i].from) + " THEN " + itoa(changes[i].offset))
	}
	b.WriteString(" ELSE " + itoa(changes[0].offset) + " END")
	return b.String()
}

// Engine answers queries.
type Engine interface {
	// Query runs the query that build writes in the engine's dialect, and calls each for its rows.
	Query(ctx context.Context, build func(Dialect) string, each func(Row) error) error
}

// Row is a row of an answer.
type Row interface {
	// Scan reads the columns in their order, into *int64, *float64, *bool, *string, or sql.Null of one of
	// these where a value may be missing.
	Scan(columns ...any) error
}
