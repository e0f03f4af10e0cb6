package japanese

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"
)

// Decimal is an exact decimal number, Unscaled / 10^Scale, as money needs it.
type Decimal struct {
	Unscaled int64
	Scale    int8
}

// maxScale bounds the decimals kept; no price has more.
const maxScale = 9

// AppendJSON appends the number as JSON writes it, without trailing zeros.
func (d Decimal) AppendJSON(dst []byte) []byte {
	u, scale := d.Unscaled, int(d.Scale)
	for scale > 0 && u%10 == 0 {
		u, scale = u/10, scale-1
	}
	if scale == 0 {
		return strconv.AppendInt(dst, u, 10)
	}
	var room [24]byte
	text := strconv.AppendInt(room[:0], u, 10)
	if text[0] == '-' {
		dst, text = append(dst, '-'), text[1:]
	}
	for len(text) <= scale {
		text = append([]byte{'0'}, text...)
	}
	dst = append(dst, text[:len(text)-scale]...)
	dst = append(dst, '.')
	return append(dst, text[len(text)-scale:]...)
}

// String writes the number as AppendJSON does.
func (d Decimal) String() string { return string(d.AppendJSON(nil)) }

// Add returns d + o. It reports false when the sum does not fit.
func (d Decimal) Add(o Decimal) (Decimal, bool) {
	scale := max(d.Scale, o.Scale)
	a, ok1 := d.rescale(scale)
	b, ok2 := o.rescale(scale)
	sum := a + b
	if !ok1 || !ok2 || (a > 0) == (b > 0) && (sum > 0) != (a > 0) && a != 0 {
		return Decimal{}, false
	}
	return Decimal{sum, scale}, true
}

// Mul returns d × o. It reports false when the product does not fit.
func (d Decimal) Mul(o Decimal) (Decimal, bool) {
	p, ok := mul(d.Unscaled, o.Unscaled)
	return Decimal{p, d.Scale + o.Scale}, ok && d.Scale+o.Scale <= 2*maxScale
}

// Div returns d / o rounded to four decimals. It reports false when o is zero.
func (d Decimal) Div(o Decimal) (Decimal, bool) {
	if o.Unscaled == 0 {
		return Decimal{}, false
	}
	v := math.Round(d.Float() / o.Float() * 1e4)
	return Decimal{int64(v), 4}, math.Abs(v) < 1<<53
}

// Neg returns -d.
func (d Decimal) Neg() Decimal { return Decimal{-d.Unscaled, d.Scale} }

// Float is the nearest float64.
func (d Decimal) Float() float64 { return float64(d.Unscaled) / math.Pow10(int(d.Scale)) }

// Int is the number as an integer. It reports false when there are decimals.
func (d Decimal) Int() (int64, bool) {
	if d.Scale == 0 {
		return d.Unscaled, true
	}
	p := pow10(int(d.Scale))
	return d.Unscaled / p, d.Unscaled%p == 0
}

func (d Decimal) rescale(scale int8) (int64, bool) { return mul(d.Unscaled, pow10(int(scale-d.Scale))) }

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func mul(a, b int64) (int64, bool) {
	p := a * b
	if a != 0 && (p/a != b || a == -1 && b == math.MinInt64) {
		return 0, false
	}
	return p, true
}

var (
	numberPrefixes = [][]byte{[]byte("¥"), []byte(`\`), []byte("$"), []byte("€"), []byte("£"), []byte("JPY"), []byte("USD")}
	numberSuffixes = [][]byte{
		[]byte("円"), []byte("JPY"), []byte("USD"), []byte("ポイント"), []byte("pt"), []byte("点"), []byte("個"),
		[]byte("本"), []byte("枚"), []byte("件"), []byte("回"), []byte("名"), []byte("人"), []byte("-"),
	}
	negatives = [][]byte{[]byte("△"), []byte("▲"), []byte("-"), []byte("ー")}
)

// ParseNumber reads a number as people write it: "1,980", "￥１，９８０", "1,980円", "△500", "(500)",
// "1.5万", "1万2千円", "5,000.-". Commas must stand between groups of three digits, since "1,5" may
// mean one and a half. It reports false for anything else, the empty cell included.
func ParseNumber(s []byte) (Decimal, bool) {
	s = Trim(s)
	if d, ok := plain(s); ok {
		return d, true
	}
	var room [64]byte
	s = Trim(AppendCode(room[:0], s))
	negative := false
	if len(s) > 2 && s[0] == '(' && s[len(s)-1] == ')' {
		s, negative = Trim(s[1:len(s)-1]), true
	}
	// A sign may stand before or after the currency: "-¥500", "¥-500".
	for range 2 {
		for _, n := range negatives {
			if rest, ok := bytes.CutPrefix(s, n); ok && !negative {
				s, negative = Trim(rest), true
			}
		}
		s = Trim(bytes.TrimPrefix(s, []byte("+")))
		for _, p := range numberPrefixes {
			s = Trim(bytes.TrimPrefix(s, p))
		}
	}
	for _, suffix := range numberSuffixes {
		if rest, ok := bytes.CutSuffix(s, suffix); ok {
			s = Trim(rest)
			break
		}
	}
	s = bytes.TrimSuffix(s, []byte(".")) // "5,000.-"
	d, ok := withUnits(s)
	if negative {
		d.Unscaled = -d.Unscaled
	}
	return d, ok
}

// plain reads the common case, digits with an optional point, without any work.
func plain(s []byte) (Decimal, bool) {
	var d Decimal
	negative := len(s) > 1 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 18 || s[0] == '.' || s[len(s)-1] == '.' {
		return d, false
	}
	point := false
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			d.Unscaled = d.Unscaled*10 + int64(c-'0')
			if point {
				d.Scale++
			}
		case c == '.' && !point:
			point = true
		default:
			return Decimal{}, false
		}
	}
	if negative {
		d.Unscaled = -d.Unscaled
	}
	return d, d.Scale <= maxScale
}

// withUnits reads "1億2,000万3千", each unit once and the greater first.
func withUnits(s []byte) (Decimal, bool) {
	var total Decimal
	last := int64(math.MaxInt64)
	for len(s) > 0 {
		n := 0
		for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == ',' || s[n] == '.' ||
			(s[n] == 'E' || s[n] == 'e') && n > 0 || (s[n] == '+' || s[n] == '-') && n > 0 && s[n-1]|32 == 'e') {
			n++
		}
		d, ok := grouped(s[:n])
		if !ok {
			return Decimal{}, false
		}
		unit := int64(1)
		if s = s[n:]; len(s) > 0 {
			r, size := utf8.DecodeRune(s)
			switch r {
			case '億':
				unit = 1e8
			case '万', '萬':
				unit = 1e4
			case '千':
				unit = 1e3
			case '百':
				unit = 1e2
			default:
				return Decimal{}, false
			}
			s = s[size:]
		}
		if unit >= last {
			return Decimal{}, false
		}
		last = unit
		if d.Unscaled, ok = mul(d.Unscaled, unit); !ok {
			return Decimal{}, false
		}
		if total, ok = total.Add(d); !ok {
			return Decimal{}, false
		}
	}
	return total, last != math.MaxInt64
}

// grouped reads digits with commas between groups of three, a point, and an exponent as
// spreadsheets write it.
func grouped(s []byte) (Decimal, bool) {
	exponent := 0
	if e := bytes.IndexAny(s, "eE"); e > 0 {
		x, err := strconv.Atoi(string(s[e+1:]))
		if err != nil || x < -maxScale || x > 18 {
			return Decimal{}, false
		}
		s, exponent = s[:e], x
	}
	var room [32]byte
	digits := room[:0]
	whole, fraction, _ := bytes.Cut(s, []byte("."))
	if bytes.IndexByte(whole, ',') < 0 {
		digits = append(digits, whole...)
	} else {
		for i, group := range bytes.Split(whole, []byte(",")) {
			if i == 0 && (len(group) == 0 || len(group) > 3) || i > 0 && len(group) != 3 {
				return Decimal{}, false
			}
			digits = append(digits, group...)
		}
	}
	if len(fraction) > 0 {
		digits = append(append(digits, '.'), fraction...)
	}
	d, ok := plain(digits)
	if !ok {
		return d, false
	}
	for ; exponent > 0 && d.Scale > 0; exponent-- {
		d.Scale--
	}
	d.Scale += int8(max(0, -exponent))
	if exponent > 0 {
		d.Unscaled, ok = mul(d.Unscaled, pow10(exponent))
	}
	return d, ok && d.Scale <= maxScale
}

// Blank reports whether a cell holds nothing: empty, or one of the marks people write for it.
func Blank(s []byte) bool {
	s = Trim(s)
	if len(s) == 0 {
		return true
	}
	if len(s) > 9 {
		return false
	}
	switch string(s) {
	case "-", "－", "―", "—", "ー", "−", "NULL", "null", "N/A", "#N/A", "なし", "無し":
		return true
	}
	return false
}
