package warehouse

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/hitori-cdp/hitori"
)

// Document returns a JSON document as both engines read it: valid UTF-8, and without escapes that stand for
// no character. Half a surrogate pair becomes U+FFFD and NUL is left out, as [hitori.JSON.Text] does it. One such
// escape would make the engines refuse the whole document.
func Document(document hitori.JSON) string {
	s := Text(document)
	if !strings.Contains(s, `\u`) {
		return string(s)
	}
	var b strings.Builder
	kept := 0 // what comes before has been written
	for i := 0; i+6 <= len(s); {
		at := strings.IndexByte(s[i:], '\\')
		if at < 0 {
			break
		}
		i += at
		unit, ok := escaped(s[i:])
		switch next, _ := escaped(s[min(i+6, len(s)):]); {
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
	if kept == 0 {
		return s
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
