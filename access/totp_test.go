package access

import (
	"testing"
	"time"
)

// The codes of RFC 6238, appendix B, cut to six digits.
func TestCodesOfTheRFC(t *testing.T) {
	secret := []byte("12345678901234567890")
	for seconds, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totpCode(secret, seconds/totpPeriod); got != want {
			t.Errorf("at %d: %s, want %s", seconds, got, want)
		}
	}
}

func TestCodeCountsOnceAndNotForLong(t *testing.T) {
	secret := newTOTPSecret()
	key, err := totpText.DecodeString(secret)
	if err != nil || len(key) != totpBytes {
		t.Fatal(secret, err)
	}
	now := time.Unix(1_800_000_015, 0)
	current := now.Unix() / totpPeriod
	for _, test := range []struct {
		name   string
		period int64
		used   int64
		ok     bool
	}{
		{"now", current, 0, true},
		{"a slow clock", current - 1, 0, true},
		{"a fast clock", current + 1, 0, true},
		{"too old", current - 2, 0, false},
		{"too early", current + 2, 0, false},
		{"again", current, current, false},
		{"one before the last", current - 1, current, false},
		{"the next", current + 1, current, true},
	} {
		if _, ok := totpMatch(secret, totpCode(key, test.period), now, test.used); ok != test.ok {
			t.Errorf("%s: %t", test.name, ok)
		}
	}
	for _, code := range []string{"", "12345", "1234567", "abcdef", "１２３４５６"} {
		if _, ok := totpMatch(secret, code, now, 0); ok {
			t.Errorf("%q was taken", code)
		}
	}
}
