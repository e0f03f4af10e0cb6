package japanese

import (
	"bytes"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// DateFormat says how to read a date whose form alone does not tell.
type DateFormat string

// The date formats. The zero value reads every form that is certain.
const (
	AnyDate    DateFormat = ""
	DayFirst   DateFormat = "dmy"     // 31/12/2024
	MonthFirst DateFormat = "mdy"     // 12/31/2024
	Unix       DateFormat = "unix"    // seconds since 1970
	UnixMillis DateFormat = "unix_ms" // milliseconds since 1970
	Serial     DateFormat = "serial"  // days since 1899-12-30, as spreadsheets count
)

// DateError says why a date could not be read; "" means that it could.
type DateError string

// The errors of [ParseTime]. They are keys of texts, below "reject.".
const (
	DateUnreadable DateError = "date"
	DateAmbiguous  DateError = "date_ambiguous"  // 01/02/2024
	DateImpossible DateError = "date_impossible" // 30 February
)

// Time is a point in time as a cell gives it.
type Time struct {
	time.Time
	// DateOnly is set when the cell has no time of day.
	DateOnly bool
	// EraMended is set when the year of an era does not exist in that era, as in 平成31年5月1日,
	// which is 2019-05-01 all the same.
	EraMended bool
}

// AppendDate appends the day as "2024-05-01".
func (t Time) AppendDate(dst []byte) []byte { return t.AppendFormat(dst, time.DateOnly) }

// ParseTime reads a date with or without a time of day, in loc when the cell names no zone.
//
// It reads year-month-day with / - . or 年月日 between, years of 明治 to 令和 in kanji or as M T S H R (元年
// is the first), eight digits, ISO 8601, and after the day a time as 13:05, 13:05:09, 13時05分,
// 午後1時5分, 130509 or 1:05 PM, with a zone. Hours from 24 to 29 belong to the night that began on the
// named day (25:30 is half past one the day after). Years of two digits are 1970 to 2069. The zero
// date of databases, 0000-00-00, is an empty cell to the caller: see [ZeroDate].
//
// A year that its era does not have is read as if the era had gone on, since that is what
// systems write that were never told of the change, and EraMended is set.
func ParseTime(s []byte, loc *time.Location, format DateFormat) (Time, DateError) {
	s = Trim(s)
	var room [64]byte
	if !ascii(s) {
		s = AppendCode(room[:0], s)
	}
	switch format {
	case Unix, UnixMillis, Serial:
		return parseCount(s, loc, format)
	}
	p := parser{s: s}
	year, month, day, t, err := p.date(format)
	if err != "" {
		return Time{}, err
	}
	clock, ok := p.clock()
	if !ok || year < 1868 || year > 2200 {
		return Time{}, DateUnreadable
	}
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Time{}, DateImpossible
	}
	t.DateOnly = clock.absent
	t.Time = clock.on(year, month, day, loc)
	if t.EraMended = p.era != nil && !p.era.holds(year, month, day); t.EraMended && year > 2100 {
		return Time{}, DateUnreadable
	}
	return t, ""
}

// ZeroDate reports whether a cell holds the zero date of a database, which means none.
func ZeroDate(s []byte) bool {
	s = Trim(s)
	if len(s) < 8 || s[0] != '0' || !bytes.HasPrefix(s, []byte("0000")) {
		return false
	}
	for _, c := range s {
		if c >= '1' && c <= '9' {
			return false
		}
	}
	return true
}

// FromSerial turns a spreadsheet's count of days into a time in loc. With date1904 the
// count begins on 1904-01-01, as old Macintosh files have it.
func FromSerial(days float64, date1904 bool, loc *time.Location) time.Time {
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, loc)
	if date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, loc)
	}
	whole := int(days)
	// Serial times carry the noise of floating point: half past one is 0.5208333333.
	seconds := int((days-float64(whole))*86400 + 0.5)
	day := epoch.AddDate(0, 0, whole)
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, seconds, 0, loc)
}

// SerialRange is the range of serials taken for dates: the years 1954 to 2119.
func SerialRange(days float64) bool { return days >= 20000 && days < 80000 }

func parseCount(s []byte, loc *time.Location, format DateFormat) (Time, DateError) {
	if format == Serial {
		days, err := strconv.ParseFloat(string(s), 64)
		if err != nil || !SerialRange(days) {
			return Time{}, DateUnreadable
		}
		return Time{Time: FromSerial(days, false, loc), DateOnly: days == math.Trunc(days)}, ""
	}
	d, ok := plain(s)
	if !ok || d.Unscaled < 0 {
		return Time{}, DateUnreadable
	}
	if format == UnixMillis {
		d.Scale += 3
	}
	unit := pow10(int(d.Scale))
	whole, rest := d.Unscaled/unit, d.Unscaled%unit
	if whole > 7.3e9 { // in 2201
		return Time{}, DateUnreadable
	}
	nanos, ok := mul(rest, 1e9)
	if !ok {
		return Time{}, DateUnreadable
	}
	return Time{Time: time.Unix(whole, nanos/unit).In(loc)}, ""
}

type parser struct {
	s   []byte
	era *era
}

// date reads the day and leaves the rest of the cell in p.s.
func (p *parser) date(format DateFormat) (year, month, day int, t Time, err DateError) {
	fail := func(e DateError) (int, int, int, Time, DateError) { return 0, 0, 0, Time{}, e }
	if p.readEra() {
		n, width := p.number()
		if width == 0 {
			if !p.skip('元') {
				return fail(DateUnreadable)
			}
			n = 1
		}
		if n < 1 || n > 99 {
			return fail(DateUnreadable)
		}
		year = p.era.first.year + n - 1
	} else {
		digits := p.s
		n, width := p.number()
		if width == 8 || width == 12 || width == 14 { // 20240501, 202405011305, 20240501130509
			p.s = digits[8:]
			for ; width > 8; width-- {
				n /= 10
			}
			return n / 10000, n / 100 % 100, n % 100, t, ""
		}
		if width == 0 || width > 4 || width == 3 {
			return fail(DateUnreadable)
		}
		year = n
		if width < 4 {
			return p.shortYear(n, format)
		}
	}
	if !p.separator('年') {
		return fail(DateUnreadable)
	}
	var width int
	if month, width = p.number(); width == 0 || width > 2 || !p.separator('月') {
		return fail(DateUnreadable)
	}
	if day, width = p.number(); width == 0 || width > 2 {
		return fail(DateUnreadable)
	}
	p.skip('日')
	return year, month, day, t, ""
}

// shortYear reads a date whose first number has one or two digits.
func (p *parser) shortYear(first int, format DateFormat) (year, month, day int, t Time, err DateError) {
	if p.skip('年') { // 24年5月1日
		second, w2 := p.number()
		if w2 == 0 || !p.skip('月') {
			return 0, 0, 0, t, DateUnreadable
		}
		third, w3 := p.number()
		if w3 == 0 || w3 > 2 {
			return 0, 0, 0, t, DateUnreadable
		}
		p.skip('日')
		return century(first), second, third, t, ""
	}
	if !p.separator(0) {
		return 0, 0, 0, t, DateUnreadable
	}
	second, w2 := p.number()
	if w2 == 0 || w2 > 2 || !p.separator(0) {
		return 0, 0, 0, t, DateUnreadable
	}
	third, w3 := p.number()
	switch {
	case w3 == 4 && format == DayFirst:
		return third, second, first, t, ""
	case w3 == 4 && format == MonthFirst:
		return third, first, second, t, ""
	case w3 == 4:
		return 0, 0, 0, t, DateAmbiguous
	case w3 == 0 || w3 > 2:
		return 0, 0, 0, t, DateUnreadable
	case format == DayFirst:
		return century(third), second, first, t, ""
	case format == MonthFirst:
		return century(third), first, second, t, ""
	}
	return century(first), second, third, t, ""
}

func century(year int) int {
	if year < 70 {
		return 2000 + year
	}
	return 1900 + year
}

// number reads digits and returns their value and how many there were.
func (p *parser) number() (value, width int) {
	for width < len(p.s) && width < 15 && p.s[width] >= '0' && p.s[width] <= '9' {
		value = value*10 + int(p.s[width]-'0')
		width++
	}
	p.s = p.s[width:]
	return value, width
}

func (p *parser) separator(kanji rune) bool {
	if len(p.s) > 0 && (p.s[0] == '/' || p.s[0] == '-' || p.s[0] == '.') {
		p.s = p.s[1:]
		p.spaces()
		return true
	}
	if kanji != 0 && p.skip(kanji) {
		p.spaces()
		return true
	}
	return false
}

func (p *parser) skip(r rune) bool {
	got, n := utf8.DecodeRune(p.s)
	if n == 0 || got != r {
		return false
	}
	p.s = p.s[n:]
	return true
}

func (p *parser) cut(prefix string) bool {
	rest, ok := bytes.CutPrefix(p.s, []byte(prefix))
	p.s = rest
	return ok
}

func (p *parser) spaces() {
	for len(p.s) > 0 && p.s[0] == ' ' {
		p.s = p.s[1:]
	}
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
