package query

import (
	"fmt"
	"math"
	"time"
)

// Date is a day of the calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "2006-01-02". It reports false for other forms and days that do not exist.
func ParseDate(s string) (Date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || len(s) != len(time.DateOnly) {
		return Date{}, false
	}
	return dateOf(t), true
}

// String writes the date as [ParseDate] reads it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

func (d Date) before(o Date) bool {
	if d.Year != o.Year {
		return d.Year < o.Year
	}
	if d.Month != o.Month {
		return d.Month < o.Month
	}
	return d.Day < o.Day
}

// add moves a date by a duration of days or longer units. A month or year that lacks the day
// gives its last one: a month before 31 March is 28 or 29 February.
func (d Date) add(n int, unit Unit) Date {
	switch unit {
	case Week:
		n *= 7
	case Month, Year:
		if unit == Year {
			n *= 12
		}
		first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		return inMonth(first.Year(), first.Month(), d.Day)
	}
	return dateOf(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// inMonth is a day of a month, its last one when it has no such day.
func inMonth(year int, month time.Month, day int) Date {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return Date{year, month, min(day, last)}
}

// startOf is the first instant of a day: an hour late where the clocks skip midnight, the
// earlier one where they show it twice.
func (d Date) startOf(in *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, in)
	if earlier := t.Add(-time.Hour); dateOf(earlier) == d {
		return earlier
	}
	if dateOf(t) != d { // the skipped hour taken for the end of the day before
		_, t = t.ZoneBounds()
	}
	return t
}

// Clock is the instant a condition is evaluated at, and the zone of the shop's calendar.
type Clock struct {
	Now      time.Time
	Location *time.Location
}

// Today is the day of now.
func (c Clock) Today() Date { return dateOf(c.Now.In(c.Location)) }

// Start is the first instant of a day, in milliseconds since 1970 in UTC.
func (c Clock) Start(d Date) int64 { return d.startOf(c.Location).UnixMilli() }

// DayOf is the day of an instant.
func (c Clock) DayOf(ms int64) Date { return dateOf(time.UnixMilli(ms).In(c.Location)) }

// after is the last millisecond that lies within a distance after an instant.
func (c Clock) after(ms int64, d Duration) int64 {
	if exact, ok := d.Exact(); ok {
		return ms + exact.Milliseconds()
	}
	return c.Start(c.DayOf(ms).add(d.N, d.Unit).add(1, Day)) - 1
}

// before is the first millisecond that lies within a distance before an instant.
func (c Clock) before(ms int64, d Duration) int64 {
	if exact, ok := d.Exact(); ok {
		return ms - exact.Milliseconds()
	}
	return c.Start(c.DayOf(ms).add(-d.N, d.Unit))
}

// Span is a run of instants in milliseconds since 1970 in UTC; To is exclusive.
type Span struct{ From, To int64 }

// Ever is all of time.
var Ever = Span{math.MinInt64, math.MaxInt64}

// Contains reports whether an instant lies in the span.
func (s Span) Contains(ms int64) bool { return s.From <= ms && ms < s.To }

// Span returns which instants a test of dates accepts. It reports false for [Anniversary],
// [AnniversaryMonth] and [Age], whose instants are no single run, and for other types.
func (t *Test) Span(c Clock) (Span, bool) {
	if t == nil {
		return Ever, true
	}
	s, now, today := Ever, c.Now.UnixMilli(), c.Today()
	exact, isExact := t.Exact()
	switch t.Op {
	case InLast:
		s = Span{c.Start(today.add(-t.N, t.Unit)), c.Start(today.add(1, Day))}
		if isExact {
			s = Span{now - exact.Milliseconds(), now + 1}
		}
	case InNext:
		s = Span{c.Start(today), c.Start(today.add(t.N, t.Unit).add(1, Day))}
		if isExact {
			s = Span{now, now + exact.Milliseconds() + 1}
		}
	case BeforeLast:
		s.To = c.Start(today.add(-t.N, t.Unit))
		if isExact {
			s.To = now - exact.Milliseconds()
		}
	case DaysAgo:
		s = Span{c.Start(today.add(-int(t.Max), Day)), c.Start(today.add(1-int(t.Min), Day))}
	case InPeriod:
		first := periodStart(today, t.Unit).add(-t.N, t.Unit)
		s = Span{c.Start(first), c.Start(first.add(1, t.Unit))}
	case Since:
		s.From = c.Start(t.From)
	case Until:
		s.To = c.Start(t.To.add(1, Day))
	case BetweenDates:
		s = Span{c.Start(t.From), c.Start(t.To.add(1, Day))}
	default:
		return Span{}, false
	}
	return s, true
}

// periodStart is the first day of the week (Monday), month or year a day lies in.
func periodStart(d Date, unit Unit) Date {
	switch unit {
	case Week:
		weekday := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
		return d.add(-(int(weekday)+6)%7, Day)
	case Month:
		return Date{d.Year, d.Month, 1}
	case Year:
		return Date{d.Year, time.January, 1}
	}
	return d
}

// Spans returns which instants a test of dates accepts, of any test: runs in the order of time that do not touch.
func (t *Test) Spans(c Clock) []Span {
	if span, ok := t.Span(c); ok {
		return []Span{span}
	}
	var spans []Span
	open, today := false, c.Today()
	for day := (Date{firstYear, time.January, 1}); !today.before(day); day = day.add(1, Day) {
		met := t.recurs(day, today)
		if met && !open {
			spans = append(spans, Span{From: c.Start(day)})
		}
		if !met && open {
			spans[len(spans)-1].To = c.Start(day)
		}
		open = met
	}
	if open {
		spans[len(spans)-1].To = c.Start(today.add(1, Day))
	}
	return spans
}

// firstYear is the year before which no day returns or has an age: those are there for "unknown".
const firstYear = 1900

// recurs reports whether a day meets a test of its yearly return or its age. None that lies ahead does.
func (t *Test) recurs(day, today Date) bool {
	if day.Year < firstYear {
		return false
	}
	switch t.Op {
	case Anniversary:
		next := inMonth(today.Year, day.Month, day.Day)
		if next.before(today) {
			next = inMonth(today.Year+1, day.Month, day.Day)
		}
		return day.Year < next.Year && !today.add(t.N, Day).before(next)
	case AnniversaryMonth:
		month := Date{today.Year, today.Month, 1}.add(t.N, Month)
		return day.Month == month.Month && day.Year < month.Year
	case Age:
		age := today.Year - day.Year
		if today.before(inMonth(today.Year, day.Month, day.Day)) {
			age--
		}
		return float64(age) >= t.Min && (t.Max == 0 || float64(age) <= t.Max)
	}
	return false
}
