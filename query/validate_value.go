package query

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori"
)

// The limits of tests.
const (
	MaxValues = 1000
	maxText   = 500  // bytes
	maxNumber = 1e14 // beyond, sums are not exact
)

// longest is how many of a unit a distance may have.
var longest = map[Unit]int{Minute: 60 * 24 * 7, Hour: 24 * 92, Day: 36500, Week: 5200, Month: 1200, Year: 100}

// test checks that a test fits a type and can be met.
func (v *validation) test(path string, t *Test, of Type) {
	switch {
	case !slices.Contains(ops, t.Op):
		v.faults.add(hitori.NewError(hitori.Invalid, "query_choice", "value", t.Op).At(below(path, "op")))
		return
	case !t.Op.For(of):
		v.faults.add(hitori.NewError(hitori.Invalid, "query_op", "op", t.Op, "type", of).At(below(path, "op")))
		return
	}
	switch t.Op {
	case OneOf, Contains, BeginsWith, EndsWith, Includes:
		v.texts(below(path, "values"), t.Values)
	case Equals, AtLeast, AtMost, MoreThan, LessThan:
		v.number(below(path, "number"), t.Number, of == TypeInteger)
	case Between:
		v.between(path, t, of == TypeInteger)
	case DaysAgo:
		v.whole(below(path, "min"), t.Min, 1, longest[Day])
		v.whole(below(path, "max"), t.Max, int(math.Max(1, t.Min)), longest[Day])
	case Age:
		v.age(path, t)
	case InLast, InNext, BeforeLast:
		v.duration(path, t.Duration, of != TypeDate, true)
	case InPeriod:
		v.period(path, t.Duration)
	case Anniversary: // from 365 on, a date could lie before its own return
		v.whole(below(path, "n"), float64(t.N), 0, 364)
	case AnniversaryMonth:
		v.whole(below(path, "n"), float64(t.N), 0, 11)
	case Since:
		v.date(below(path, "from"), t.From)
	case Until:
		v.date(below(path, "to"), t.To)
	case BetweenDates:
		v.date(below(path, "from"), t.From)
		v.date(below(path, "to"), t.To)
		if t.To.before(t.From) {
			v.faults.add(hitori.NewError(hitori.Invalid, "query_dates_order").At(path))
		}
	}
}

// window checks a test of when something happened.
func (v *validation) window(path string, t *Test) {
	if t == nil {
		return
	}
	path = below(path, "window")
	if slices.Contains(ops, t.Op) && !slices.Contains(WindowOps(), t.Op) {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_window", "op", t.Op).At(below(path, "op")))
		return
	}
	v.test(path, t, TypePast)
}

// within checks a distance from an event. Months and years have no fixed length in days, and
// are refused.
func (v *validation) within(path string, d *Duration) {
	if d != nil {
		v.duration(below(path, "within"), *d, true, false)
	}
}

func (v *validation) duration(path string, d Duration, exact, long bool) {
	if _, isExact := d.Exact(); longest[d.Unit] == 0 || isExact && !exact || (d.Unit == Month || d.Unit == Year) && !long {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_unit", "unit", d.Unit).At(below(path, "unit")))
		return
	}
	v.whole(below(path, "n"), float64(d.N), 1, longest[d.Unit])
}

func (v *validation) period(path string, d Duration) {
	if _, exact := d.Exact(); exact || longest[d.Unit] == 0 {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_unit", "unit", d.Unit).At(below(path, "unit")))
	}
	v.whole(below(path, "n"), float64(d.N), 0, 1)
}

// count checks a test of a whole number that is never negative; what every such number
// meets is refused.
func (v *validation) count(path string, t *Test) {
	v.test(path, t, TypeInteger)
	least, at := 1.0, "number"
	bound := t.Number
	switch t.Op {
	case Known:
		v.faults.add(hitori.NewError(hitori.Invalid, "query_always").At(below(path, "op")))
		return
	case Equals:
		least = 0
	case Between:
		bound, at = t.Min, "min"
	}
	if bound < least {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_number_range", "min", plain(least), "max", plain(maxNumber)).At(below(path, at)))
	}
}

func (v *validation) between(path string, t *Test, whole bool) {
	v.number(below(path, "min"), t.Min, whole)
	v.number(below(path, "max"), t.Max, whole)
	if !(t.Min < t.Max) {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_bounds_order").At(path))
	}
}

func (v *validation) age(path string, t *Test) {
	const oldest = 150
	v.whole(below(path, "min"), t.Min, 0, oldest)
	if t.Max != 0 {
		v.whole(below(path, "max"), t.Max, int(t.Min), oldest)
	} else if t.Min == 0 {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_always").At(path))
	}
}

func (v *validation) number(path string, number float64, whole bool) {
	if !(math.Abs(number) <= maxNumber) { // not a number is refused too
		v.faults.add(hitori.NewError(hitori.Invalid, "query_number_range", "min", plain(-maxNumber), "max", plain(maxNumber)).At(path))
	} else if whole && number != math.Trunc(number) {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_type", "wanted", "integer").At(path))
	}
}

func (v *validation) whole(path string, number float64, least, most int) {
	switch {
	case number != math.Trunc(number):
		v.faults.add(hitori.NewError(hitori.Invalid, "query_type", "wanted", "integer").At(path))
	case number < float64(least) || number > float64(most):
		v.faults.add(hitori.NewError(hitori.Invalid, "query_number_range", "min", least, "max", most).At(path))
	}
}

// decimals checks that bounds are not finer than what they are compared with.
func (v *validation) decimals(path string, t *Test, decimals int) {
	scale := math.Pow10(decimals)
	for _, bound := range []float64{t.Number, t.Min, t.Max} {
		if math.Abs(bound*scale-math.Round(bound*scale)) > 1e-6 {
			v.faults.add(hitori.NewError(hitori.Invalid, "query_decimals", "limit", decimals).At(path))
			return
		}
	}
}

func (v *validation) texts(path string, texts []string) {
	if len(texts) == 0 || len(texts) > MaxValues {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_values", "limit", MaxValues).At(path))
		return
	}
	seen := make(map[string]bool, len(texts))
	for i, text := range texts {
		switch {
		case text == "":
			v.faults.add(hitori.NewError(hitori.Invalid, "query_empty").At(item(path, i)))
		case len(text) > maxText || !utf8.ValidString(text):
			v.faults.add(hitori.NewError(hitori.Invalid, "query_text", "limit", maxText).At(item(path, i)))
		case seen[text]:
			v.faults.add(hitori.NewError(hitori.Invalid, "query_value_twice", "value", text).At(item(path, i)))
		}
		seen[text] = true
	}
}

func (v *validation) date(path string, d Date) {
	if read, ok := ParseDate(d.String()); !ok || read != d || d.Year < 1900 || d.Year > 2199 {
		v.faults.add(hitori.NewError(hitori.Invalid, "query_date", "value", d).At(path))
	}
}

// plain writes a number without an exponent.
func plain(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }
