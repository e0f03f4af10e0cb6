package query

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
)

// text tests a text, as it is: case and width count.
func (t *Test) text(text string) bool {
	for _, value := range t.Values {
		var met bool
		switch t.Op {
		case OneOf:
			met = text == value
		case Contains:
			met = strings.Contains(text, value)
		case BeginsWith:
			met = strings.HasPrefix(text, value)
		case EndsWith:
			met = strings.HasSuffix(text, value)
		}
		if met {
			return true
		}
	}
	return false
}

// Accepts reports whether a test of numbers accepts one.
func (t *Test) Accepts(v float64) bool {
	switch t.Op {
	case Equals:
		return v == t.Number
	case AtLeast:
		return v >= t.Number
	case AtMost:
		return v <= t.Number
	case MoreThan:
		return v > t.Number
	case LessThan:
		return v < t.Number
	case Between:
		return t.Min <= v && v <= t.Max
	}
	return false
}

// isNull reports whether a value is absent or null; a number that is too large for one counts as null.
func isNull(v hitori.JSON) bool {
	kind := v.Type()
	if kind == hitori.JSONNumber {
		_, ok := numberOf(v)
		return !ok
	}
	return kind == hitori.JSONNull
}

func numberOf(v hitori.JSON) (float64, bool) {
	if v.Type() != hitori.JSONNumber {
		return 0, false
	}
	number, err := strconv.ParseFloat(v.Text(), 64)
	return number, err == nil
}

// instantOf reads what a text stands for; see [Clock.Instant].
func (e *evaluation) instantOf(v hitori.JSON) (int64, bool) {
	if v.Type() != hitori.JSONString {
		return 0, false
	}
	return e.Instant(v.Text())
}

// Instant reads an instant (RFC 3339) or a day, which stands for its first instant, in milliseconds since 1970.
// It reports false for other texts.
func (c Clock) Instant(text string) (int64, bool) {
	if len(text) == len(time.DateOnly) {
		date, ok := ParseDate(text)
		return c.Start(date), ok
	}
	t, err := time.Parse(time.RFC3339, text)
	return t.UnixMilli(), err == nil && isRFC3339(text)
}

// DatePattern and InstantPattern are regular expressions (RE2) for the whole of a text that [Clock.Instant] reads.
const (
	DatePattern = `(?:\d{4}-(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|\d{4}-(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|\d{4}-02-(?:0[1-9]|1\d|2[0-8])` +
		`|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)`
	InstantPattern = DatePattern + `T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)`
)

// isRFC3339 refuses what the time package lets pass: an hour of one digit, a comma before the fraction,
// zones 24 hours and more away. [InstantPattern] says the same.
func isRFC3339(text string) bool {
	if text[13] != ':' || text[19] == ',' {
		return false
	}
	zone := text[len(text)-6:]
	return strings.HasSuffix(text, "Z") || zone[1:3] < "24" && zone[4:] < "60"
}

// tenThousandths is the unit sums are kept in, so that they come out the same in whatever
// order they are added.
const tenThousandths = 10000

// fixed rounds a number to whole ten-thousandths, half up. It reports false for numbers
// beyond 10¹⁴.
func fixed(v float64) (int64, bool) {
	if math.Abs(v) > 1e14 {
		return 0, false
	}
	return int64(math.Floor(v*tenThousandths + 0.5)), true
}

// anyAt calls f for the values at a dotted path until one call returns true, and reports
// whether one did. A part that ends in [] stands for every element of a list.
func anyAt(v hitori.JSON, path string, f func(hitori.JSON) bool) bool {
	first, rest, more := strings.Cut(path, ".")
	name, list := strings.CutSuffix(first, "[]")
	return anyIn(member(v, name), list, rest, more, f)
}

// member returns the value of an object's first member of that name, and "" when it has none.
func member(v hitori.JSON, name string) hitori.JSON {
	for n, value := range v.Members() {
		if n == name {
			return value
		}
	}
	return ""
}

// anyIn goes on from the value of the first part of a path.
func anyIn(v hitori.JSON, list bool, rest string, more bool, f func(hitori.JSON) bool) bool {
	switch {
	case v == "":
		return false
	case list:
		for element := range v.Elements() {
			if anyIn(element, false, rest, more, f) {
				return true
			}
		}
		return false
	case more:
		return anyAt(v, rest, f)
	}
	return f(v)
}
