package warehouse

import (
	"strings"
	"unicode/utf8"
)

// Text returns s as valid UTF-8: DuckDB keeps nothing else, and both engines keep the same.
func Text[S ~string](s S) string {
	if utf8.ValidString(string(s)) {
		return string(s)
	}
	return strings.ToValidUTF8(string(s), "\uFFFD")
}
