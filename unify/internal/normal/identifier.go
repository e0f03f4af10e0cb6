// Package normal brings identifiers and names into the one form in which they are
// compared, and tells apart those that mean nothing.
package normal

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hitori-cdp/hitori"
)

// maxLength is that of the longest identifier worth comparing.
const maxLength = 256

// Identifier normalises a value: e-mail addresses are compared without regard to case and
// width, telephone numbers in E.164, card numbers by their letters and digits. It reports false for values that
// cannot be an identifier of this kind, and for placeholders such as "null" or "guest".
func Identifier(kind hitori.IdentifierKind, raw string) (hitori.Identifier, bool) {
	value := strings.TrimSpace(strings.Map(visible, raw))
	ok := true
	switch kind {
	case hitori.Email:
		value, ok = email(value)
	case hitori.Phone:
		value, ok = phone(value)
	case hitori.Card:
		value = strings.Map(keepLettersAndDigits, strings.ToUpper(norm.NFKC.String(value)))
	case hitori.UserID, hitori.AnonymousID, hitori.LINE:
		// Ids of machines are compared as they are.
	default:
		value = norm.NFKC.String(value)
	}
	if !ok || value == "" || len(value) > maxLength || placeholder(value) {
		return hitori.Identifier{}, false
	}
	return hitori.Identifier{Kind: kind, Value: value}, true
}

// visible drops what cannot be seen: control characters, zero-width spaces, byte order marks.
func visible(r rune) rune {
	if unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' {
		return -1
	}
	return r
}

func keepLettersAndDigits(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

func email(s string) (string, bool) {
	s = strings.ToLower(norm.NFKC.String(s))
	s = strings.TrimPrefix(s, "mailto:")
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || strings.ContainsAny(s, " \t\r\n,;<>()") || strings.Contains(domain, "@") {
		return "", false
	}
	if dot := strings.IndexByte(domain, '.'); dot <= 0 || strings.HasSuffix(domain, ".") {
		return "", false
	}
	return s, !roleAddress(local)
}

// roleAddress tells addresses that many people share: those of functions, and
// placeholders for people who gave none.
func roleAddress(local string) bool {
	switch local {
	case "guest", "anonymous", "unknown", "none", "null", "noemail", "no-email", "nomail", "dummy", "noreply",
		"no-reply", "donotreply", "postmaster", "mailer-daemon", "info", "admin", "support", "contact", "test":
		return true
	}
	return false
}

// placeholder tells what programs write where they have no id.
func placeholder(value string) bool {
	switch strings.ToLower(value) {
	case "null", "nil", "none", "undefined", "unknown", "anonymous", "guest", "nan", "n/a", "na", "-", "_", "0", "-1",
		"true", "false", "[object object]", "{}", "[]", `""`, "not_set", "(not set)", "00000000-0000-0000-0000-000000000000":
		return true
	}
	return strings.Trim(value, "0-") == ""
}
