package warehouse

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/hitori-cdp/hitori"
)

// Document returns a JSON document as both engines can read it, valid UTF-8, since they refuse the whole of one
// with these in it:
//
//   - Escapes that stand for no character. Half a surrogate pair becomes U+FFFD and NUL is left out, as
//     [hitori.JSON.Text] does it.
//   - Whole numbers beyond 64 bits are marked as floating-point numbers, which they are to everybody who reads them.
//     Numbers beyond those become null.
func Document(document hitori.JSON) string {
	s := Text(string(document))
	if strings.Contains(s, `\u`) {
		s = characters(s)
	}
	if hasLongNumber(s) {
		s = numbers(s)
	}
	return s
}

// characters mends escapes.
func characters(s string) string {
	var b strings.Builder
	kept := 0 // what comes before has been written
	for i := 0; i < len(s); {
		at := strings.IndexByte(s[i:], '\\')
		if at < 0 {
			break
		}
		i += at
		unit, ok := escaped(s[i:])
		next, _ := escaped(s[min(i+6, len(s)):])
		switch {
		case !ok:
			i += 2
		case utf16.DecodeRune(unit, next) != '\uFFFD':
			i += 12
		case unit != 0 && !utf16.IsSurrogate(unit):
			i += 6
		default:
			b.WriteString(s[kept:i])
			if unit != 0 {
				b.WriteString(`\ufffd`)
			}
			i += 6
			kept = i
		}
	}
	return b.String() + s[kept:]
}

// escaped reads the escape that a text begins with, when it is of the form \u0000.
func escaped(s string) (rune, bool) {
	if len(s) < 6 || s[:2] != `\u` {
		return 0, false
	}
	unit, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(unit), err == nil
}

// hasLongNumber reports whether a number may stand in a text that is beyond 64 bits: one with many digits, or with
// three in the exponent. Looking at every third byte finds any three digits in a row.
func hasLongNumber(s string) bool {
	const long = 19
	for i := 2; i < len(s); i += 3 {
		if !isDigit(s[i]) {
			continue
		}
		from, to := i, i+1
		for from > 0 && isDigit(s[from-1]) {
			from--
		}
		for to < len(s) && isDigit(s[to]) {
			to++
		}
		before := strings.TrimSuffix(s[max(0, from-2):from], "+")
		if to-from >= long || to-from > 2 && strings.HasSuffix(strings.ToLower(before), "e") {
			return true
		}
		i = to
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// numbers mends numbers.
func numbers(s string) string {
	var b strings.Builder
	kept, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (isDigit(c) || c == '-'):
			end := i + 1
			for end < len(s) && (isDigit(s[end]) || strings.IndexByte("+-.eE", s[end]) >= 0) {
				end++
			}
			b.WriteString(s[kept:i])
			b.WriteString(number(s[i:end]))
			i, kept = end-1, end
		}
	}
	return b.String() + s[kept:]
}

func number(s string) string {
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return "null"
	}
	_, signed := strconv.ParseInt(s, 10, 64)
	_, unsigned := strconv.ParseUint(s, 10, 64)
	if signed != nil && unsigned != nil && !strings.ContainsAny(s, ".eE") {
		return s + ".0"
	}
	return s
}
