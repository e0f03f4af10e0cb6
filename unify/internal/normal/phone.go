package normal

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// DefaultRegion is where telephone numbers without a country code are dialled.
const DefaultRegion = "JP"

func phone(s string) (string, bool) {
	value, ok := domestic(s)
	if !ok {
		number, err := phonenumbers.Parse(norm.NFKC.String(s), DefaultRegion)
		if err != nil || !phonenumbers.IsPossibleNumber(number) {
			return "", false
		}
		value = phonenumbers.Format(number, phonenumbers.E164)
	}
	return value, !dummyNumber(value)
}

// domestic reads a number as nearly all in Japan are written: the trunk prefix 0 and nine or ten digits, with or without
// hyphens. It says what phonenumbers says, which takes hundreds of times as long over it.
func domestic(s string) (string, bool) {
	e164 := append(make([]byte, 0, 16), "+81"...)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '-' && i > 0 && i < len(s)-1:
		case c < '0' || c > '9' || len(e164) == 13:
			return "", false
		case i > 0:
			e164 = append(e164, c)
		case c != '0':
			return "", false
		}
	}
	abroad := len(e164) < 5 || e164[3] == '0' || string(e164[3:5]) == "10" // 00…, or 010: a call to another country
	return string(e164), !abroad && len(e164) >= 12
}

// dummyNumber tells numbers typed to get past a form: one digit or a count
// throughout, such as 000-0000-0000 or 090-1234-5678.
func dummyNumber(e164 string) bool {
	digits := strings.TrimPrefix(e164, "+81")
	if len(digits) < 8 {
		return true
	}
	last := digits[len(digits)-8:]
	return strings.Count(last, last[:1]) == len(last) || strings.Contains("0123456789012", last)
}
