package imports

import (
	"bytes"
	"time"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// columnEvidence is what the sample says about the values of a column, as shares of its filled
// cells.
type columnEvidence struct {
	filled int
	email, phone, postal, prefecture, gender, boolean,
	number, percent, time, day, clock, short float64
	zeros  float64 // with a leading zero: a code
	format japanese.DateFormat
}

// lookAt gathers the evidence of every column.
func lookAt(columns int, sample [][]string, loc *time.Location) []columnEvidence {
	out := make([]columnEvidence, columns)
	for i := range out {
		e := &out[i]
		dayFirst, monthFirst := 0, 0
		for _, row := range sample {
			if i >= len(row) {
				continue
			}
			cell := unwrap([]byte(row[i]), TypeCode)
			if japanese.Blank(cell) || japanese.ZeroDate(cell) {
				continue
			}
			e.filled++
			e.add(cell, loc)
			switch ambiguous(cell, loc) {
			case japanese.DayFirst:
				dayFirst++
			case japanese.MonthFirst:
				monthFirst++
			}
		}
		e.divide()
		switch {
		case dayFirst > 0 && monthFirst == 0:
			e.format = japanese.DayFirst
			e.time, e.day = 1, 1
		case monthFirst > 0 && dayFirst == 0:
			e.format = japanese.MonthFirst
			e.time, e.day = 1, 1
		}
	}
	return out
}

// ambiguous tells whether a date with the year last can only have the day first, or only the
// month.
func ambiguous(cell []byte, loc *time.Location) japanese.DateFormat {
	if _, err := japanese.ParseTime(cell, loc, japanese.AnyDate); err != japanese.DateAmbiguous {
		return japanese.AnyDate
	}
	_, day := japanese.ParseTime(cell, loc, japanese.DayFirst)
	_, month := japanese.ParseTime(cell, loc, japanese.MonthFirst)
	switch {
	case day == "" && month != "":
		return japanese.DayFirst
	case month == "" && day != "":
		return japanese.MonthFirst
	}
	return japanese.AnyDate
}

func (e *columnEvidence) add(cell []byte, loc *time.Location) {
	count := func(v *float64, ok bool) {
		if ok {
			*v++
		}
	}
	_, email := japanese.AppendEmail(nil, cell)
	count(&e.email, email)
	phone, isPhone := japanese.AppendPhone(nil, cell)
	digits := countDigits(phone)
	count(&e.phone, isPhone && digits >= 9 && digits <= 13 && len(phone) > 0 && (phone[0] == '0' || phone[0] == '+' || phone[0] == '('))
	postal, isPostal := japanese.AppendPostal(nil, cell)
	count(&e.postal, isPostal && len(postal) == 8 && postal[3] == '-' && countDigits(cell) >= 6)
	_, prefecture := japanese.Prefecture(cell)
	count(&e.prefecture, prefecture && japanese.HasJapanese(cell))
	_, gender := japanese.Gender(cell)
	count(&e.gender, gender)
	_, boolean := japanese.Bool(cell)
	count(&e.boolean, boolean)
	_, number := japanese.ParseNumber(cell)
	count(&e.number, number)
	_, percent := japanese.ParseNumber(bytes.TrimSuffix(cell, []byte("%")))
	count(&e.percent, percent)
	t, wrong := japanese.ParseTime(cell, loc, japanese.AnyDate)
	count(&e.time, wrong == "" || wrong == japanese.DateAmbiguous)
	count(&e.day, wrong == "" && t.DateOnly)
	_, wrong = japanese.ParseTime(append([]byte("2024/01/01 "), cell...), loc, japanese.AnyDate)
	count(&e.clock, wrong == "")
	count(&e.short, utf8.RuneCount(cell) <= 5 && countDigits(cell) == utf8.RuneCount(cell))
	count(&e.zeros, len(cell) > 1 && cell[0] == '0' && bytes.IndexByte(cell, '.') < 0)
}

func (e *columnEvidence) divide() {
	if e.filled == 0 {
		return
	}
	n := float64(e.filled)
	for _, v := range []*float64{
		&e.email, &e.phone, &e.postal, &e.prefecture, &e.gender, &e.boolean, &e.number, &e.percent,
		&e.time, &e.day, &e.clock, &e.short, &e.zeros,
	} {
		*v /= n
	}
}

// share is how much of the column can be read as a type; known is false for types that anything can
// be.
func (e *columnEvidence) share(t FieldType) (share float64, known bool) {
	switch t {
	case TypeEmail:
		return e.email, true
	case TypePhone:
		return max(e.phone, e.short), true
	case TypePostal:
		return max(e.postal, e.short), true
	case TypePrefecture:
		return e.prefecture, e.prefecture > 0
	case TypeGender:
		return e.gender, true
	case TypeBool:
		return e.boolean, true
	case TypeNumber:
		return e.number, true
	case TypePercent:
		return e.percent, true
	case TypeTime, TypeDate:
		return max(e.time, e.clock), true
	}
	return 0, false
}

// keptType is how a column without a field is best kept.
func (e *columnEvidence) keptType() FieldType {
	switch {
	case e.filled == 0:
		return TypeString
	case e.number == 1 && e.zeros == 0:
		return TypeNumber
	case e.day == 1:
		return TypeDate
	case e.time == 1 && e.number < 1:
		return TypeTime
	}
	return TypeString
}

func countDigits(s []byte) int {
	n := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}
