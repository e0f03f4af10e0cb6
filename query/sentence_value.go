package query

import (
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// test tells what is asked of a value.
func (t *teller) test(subject string, is *Test, unit string, f form) string {
	switch is.Op {
	case Known, IsTrue, IsFalse:
		return t.say("test."+string(is.Op), f, "subject", subject)
	case OneOf, Contains, BeginsWith, EndsWith, Includes:
		quoted := make([]string, len(is.Values))
		for i, value := range is.Values {
			quoted[i] = t.quote(value)
		}
		return t.say("test."+string(is.Op), f, "subject", subject, "values", t.values(quoted))
	case Equals, AtLeast, AtMost, MoreThan, LessThan, Between:
		return t.say("test.number", f, "subject", subject, "range", t.bounds(is, unit))
	case Age:
		years := Test{Op: Between, Min: is.Min, Max: is.Max}
		if is.Max == 0 {
			years = Test{Op: AtLeast, Number: is.Min}
		} else if is.Min == is.Max {
			years = Test{Op: Equals, Number: is.Min}
		}
		return t.test(t.text("test.age", "subject", subject), &years, UnitYears, f)
	case Anniversary, AnniversaryMonth:
		subject = t.text("test.yearly", "subject", subject)
	}
	return t.say("test.date", f, "subject", subject, "when", t.when(is))
}

// mostValues is how many values are told before the rest is only counted.
const mostValues = 5

// values tells texts of which one is enough.
func (t *teller) values(of []string) string {
	said := of[0]
	for _, value := range of[1:min(len(of), mostValues)] {
		said = t.text("values.next", "a", said, "b", value)
	}
	switch {
	case len(of) > mostValues:
		return t.text("values.more", "values", said, "n", strconv.Itoa(len(of)-mostValues))
	case len(of) > 1:
		return t.text("values.any", "values", said)
	}
	return said
}

// bounds tells a range of numbers with their unit.
func (t *teller) bounds(is *Test, unit string) string {
	return t.text("range."+string(is.Op), "n", t.amount(is.Number, unit), "min", t.amount(is.Min, unit), "max", t.amount(is.Max, unit))
}

// amount writes a number with its unit.
func (t *teller) amount(number float64, unit string) string {
	n := grouped(number)
	switch {
	case unit == "":
		return n
	case unit == string(hitori.JPY):
		return t.text("unit.JPY", "n", n)
	case isCurrencyUnit(unit):
		return t.text("unit.currency", "n", n, "currency", unit)
	case number == 1:
		return t.text("unit."+unit+".one", "n", n)
	}
	return t.text("unit."+unit, "n", n)
}

// grouped writes a number with commas between thousands.
func grouped(number float64) string {
	text := strconv.FormatFloat(number, 'f', -1, 64)
	digits, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if fraction != "" {
		digits += "." + fraction
	}
	if number < 0 {
		return "-" + digits
	}
	return digits
}

func (t *teller) span(d Duration) string { return t.amount(float64(d.N), string(d.Unit)) }

func (t *teller) date(d Date) string {
	return t.text("date", "year", strconv.Itoa(d.Year), "month", t.text("month."+strconv.Itoa(int(d.Month))), "day", strconv.Itoa(d.Day))
}

// window turns a time into part of a sentence about what happened then ("at"), or about
// what belongs to it ("of").
func (t *teller) window(as, when string) string {
	if when == "" {
		return ""
	}
	return t.text("window."+as, "when", when)
}

func (t *teller) both(a, b string) string {
	if b == "" {
		return a
	}
	return t.text("when.both", "a", a, "b", b)
}

// when tells the times a test of dates accepts; nothing for ever.
func (t *teller) when(is *Test) string {
	if is == nil {
		return ""
	}
	n := strconv.Itoa(is.N)
	switch is.Op {
	case InLast, InNext, BeforeLast:
		return t.text("when."+string(is.Op), "span", t.span(is.Duration))
	case DaysAgo:
		if is.Min == is.Max {
			return t.text("when.day_ago", "span", t.amount(is.Min, string(Day)))
		}
		return t.text("when.days_ago", "min", grouped(is.Min), "max", grouped(is.Max))
	case InPeriod:
		return t.text("period." + string(is.Unit) + "." + n)
	case Since:
		return t.text("when.since", "from", t.date(is.From))
	case Until:
		return t.text("when.until", "to", t.date(is.To))
	case BetweenDates:
		if is.From == is.To {
			return t.text("when.on", "from", t.date(is.From))
		}
		return t.text("when.between_dates", "from", t.date(is.From), "to", t.date(is.To))
	case Anniversary:
		if is.N == 0 {
			return t.text("period.day.0")
		}
		return t.text("when.in_next", "span", t.amount(float64(is.N), string(Day)))
	}
	switch is.N { // of the month of an anniversary
	case 0:
		return t.text("period.month.0")
	case 1:
		return t.text("period.month.next")
	}
	return t.text("period.month.ahead", "n", n)
}
