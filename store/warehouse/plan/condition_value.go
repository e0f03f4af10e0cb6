package plan

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// texts tests a text.
func (k *compilation) texts(t *query.Test, text string) string {
	var look func(text, part string) string
	switch t.Op {
	case query.Contains:
		look = k.Contains
	case query.BeginsWith:
		look = k.BeginsWith
	case query.EndsWith:
		look = k.EndsWith
	}
	parts := make([]string, len(t.Values))
	for i, value := range t.Values {
		if look != nil {
			parts[i] = look(text, value)
		} else {
			parts[i] = k.Quote(value)
		}
	}
	if look == nil {
		return "(" + text + " IN (" + strings.Join(parts, ", ") + "))"
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// numbers tests a number.
func numbers(t *query.Test, number string) string {
	compare := func(operator string) string { return "(" + number + operator + decimal(t.Number) + ")" }
	switch t.Op {
	case query.AtLeast:
		return compare(" >= ")
	case query.AtMost:
		return compare(" <= ")
	case query.MoreThan:
		return compare(" > ")
	case query.LessThan:
		return compare(" < ")
	case query.Between:
		return "(" + number + " BETWEEN " + decimal(t.Min) + " AND " + decimal(t.Max) + ")"
	}
	return compare(" = ")
}

// decimal writes a number as a literal: a whole one, or else a floating-point number.
func decimal(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.FormatInt(int64(v), 10)
	}
	return strconv.FormatFloat(v, 'e', -1, 64)
}

// inMinorUnits is a test of an amount with its bounds in minor units, in which amounts are kept.
func inMinorUnits(t query.Test, c hitori.Currency) query.Test {
	for _, bound := range []*float64{&t.Number, &t.Min, &t.Max} {
		*bound = math.Round(*bound*math.Pow10(c.Exponent()+6)) / 1e6 // 9.99 dollars are 999 cents exactly
	}
	return t
}

// instants tests a time in milliseconds.
func (k *compilation) instants(t *query.Test, ms string) string {
	return within(t.Spans(k.clock), ms, itoa)
}

// within reports whether an instant lies in one of the spans. Of many it looks as in a sorted list.
func within(spans []query.Span, at string, literal func(ms int64) string) string {
	switch len(spans) {
	case 0:
		return none
	case 1:
		var bounds []string
		if s := spans[0]; s.From != math.MinInt64 {
			bounds = append(bounds, at+" >= "+literal(s.From))
		}
		if s := spans[0]; s.To != math.MaxInt64 {
			bounds = append(bounds, at+" < "+literal(s.To))
		}
		if len(bounds) == 0 {
			return "(1 = 1)"
		}
		return "(" + strings.Join(bounds, " AND ") + ")"
	}
	middle := len(spans) / 2
	return "CASE WHEN " + at + " < " + literal(spans[middle].From) + " THEN " + within(spans[:middle], at, literal) +
		" ELSE " + within(spans[middle:], at, literal) + " END"
}

// written tests a text that may write an instant or a day.
func (k *compilation) written(t *query.Test, text string) string {
	spans := t.Spans(k.clock)
	// Days written so lie in the order of their texts.
	ofDay := within(spans, "written", func(ms int64) string { return k.Quote(k.firstDay(ms)) })
	ofInstant := k.Any("["+k.milliseconds("written")+"]", "instant", within(spans, "instant", itoa))
	return k.Any("["+text+"]", "written", "CASE WHEN "+k.Matches("written", query.DatePattern)+" THEN "+ofDay+
		" WHEN "+k.Matches("written", query.InstantPattern)+" THEN "+ofInstant+" ELSE "+none+" END")
}

// firstDay is the first day that begins at an instant or later.
func (k *compilation) firstDay(ms int64) string {
	day := k.clock.DayOf(ms)
	if k.clock.Start(day) < ms {
		day = k.clock.DayOf(k.clock.Start(day) + (36 * time.Hour).Milliseconds())
	}
	return day.String()
}

// milliseconds reads a text of the form of [query.InstantPattern].
func (k *compilation) milliseconds(text string) string {
	digits := func(from, n int) string { return k.Whole(fmt.Sprintf("substring(%s, %d, %d)", text, from, n)) }
	year, month, day := digits(1, 4), digits(6, 2), digits(9, 2)
	// Years that begin in March, so that a leap day is the last one; they are counted from the year 0.
	march := "(" + k.Divide("(12 * "+year+" + "+month+" + 9)", "12") + " - 1)"
	days := fmt.Sprintf("(365 * %[1]s + %[2]s - %[3]s + %[4]s + %[5]s + %[6]s - 719469)", march,
		k.Divide(march, "4"), k.Divide(march, "100"), k.Divide(march, "400"), k.Divide("(153 * (("+month+" + 9) % 12) + 2)", "5"), day)
	isDigit := func(at int) string { return fmt.Sprintf("substring(%s, %d, 1) BETWEEN '0' AND '9'", text, at) }
	fraction := fmt.Sprintf("CASE WHEN substring(%s, 20, 1) = '.' THEN 100 * %s + CASE WHEN %s THEN 10 * %s + CASE WHEN %s THEN %s ELSE 0 END ELSE 0 END ELSE 0 END",
		text, digits(21, 1), isDigit(22), digits(22, 1), isDigit(23), digits(23, 1))
	zone := "right(" + text + ", 6)" // the last of them of one in UTC is not a digit
	ahead := fmt.Sprintf("CASE WHEN right(%s, 1) = 'Z' THEN 0 ELSE CASE WHEN substring(%s, 1, 1) = '-' THEN -1 ELSE 1 END * (60 * %s + %s) END", text, zone,
		k.Whole("substring("+zone+", 2, 2)"), k.Whole("substring("+zone+", 5, 2)"))
	return fmt.Sprintf("(((%s * 24 + %s) * 60 + %s - (%s)) * 60 + %s) * 1000 + (%s)", days, digits(12, 2), digits(15, 2), ahead, digits(18, 2), fraction)
}

// json tests JSON. The expression is never null.
func (k *compilation) json(t *query.Test, json string) string {
	var condition string
	switch {
	case t.Op == query.Known:
		condition = k.Raw(json) + ` NOT IN ('null', '""')`
	case t.Op == query.HasText:
		condition = k.Text(json) + " <> ''"
	case t.Op.For(query.TypeText):
		return k.texts(t, k.Text(json))
	case t.Op.For(query.TypeNumber):
		condition = numbers(t, k.Number(json))
	case t.Op.For(query.TypeBoolean):
		condition = fmt.Sprintf("%s = '%t'", k.Raw(json), t.Op == query.IsTrue)
	default:
		return k.written(t, k.Text(json))
	}
	return "coalesce(" + condition + ", false)"
}
