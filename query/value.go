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

// number tests a number.
func (t *Test) number(v float64) bool {
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
	return t.UnixMilli(), err == nil
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
	first, rest, _ := strings.Cut(path, ".")
	name, list := strings.CutSuffix(first, "[]")
	return anyIn(v.Member(name), list, rest, f)
}

// anyIn goes on from the value of the first part of a path.
func anyIn(v hitori.JSON, list bool, rest string, f func(hitori.JSON) bool) bool {
	switch {
	case v == "":
		return false
	case list:
		for element := range v.Elements() {
			if anyIn(element, false, rest, f) {
				return true
			}
		}
		return false
	case rest != "":
		return anyAt(v, rest, f)
	}
	return f(v)
}
