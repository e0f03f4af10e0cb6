package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what RFC 6238 and every authenticator app use
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Time-based one-time passwords (RFC 6238): six digits of HMAC-SHA-1, new every 30
// seconds, as every authenticator app makes them.
const (
	totpPeriod = 30
	totpDigits = 6
	totpBytes  = 20
	// totpDrift is how many periods the telephone's clock may be off.
	totpDrift = 1
)

var totpText = base32.StdEncoding.WithPadding(base32.NoPadding)

func newTOTPSecret() string {
	secret := make([]byte, totpBytes)
	_, _ = rand.Read(secret) // never fails
	return totpText.EncodeToString(secret)
}

// totpCode is the code of a period (RFC 4226 5.3).
func totpCode(secret []byte, period int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, period) // never fails
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, number%1_000_000)
}

// totpMatch returns the period whose code was given. Periods up to used are over: a code
// counts once.
func totpMatch(secret, code string, now time.Time, used int64) (period int64, ok bool) {
	key, err := totpText.DecodeString(secret)
	if err != nil || len(code) != totpDigits {
		return 0, false
	}
	current := now.Unix() / totpPeriod
	for period = current - totpDrift; period <= current+totpDrift; period++ {
		if period > used && hmac.Equal([]byte(totpCode(key, period)), []byte(code)) {
			return period, true
		}
	}
	return 0, false
}

// totpURI is what an authenticator app reads from the QR code.
func totpURI(secret, email string) string {
	return "otpauth://totp/" + url.PathEscape("Hitori:"+email) + "?" + url.Values{
		"secret": {secret}, "issuer": {"Hitori"}, "algorithm": {"SHA1"},
		"digits": {fmt.Sprint(totpDigits)}, "period": {fmt.Sprint(totpPeriod)},
	}.Encode()
}

// recoveryCodes is how many codes one gets for the day the telephone is lost.
const recoveryCodes = 10

// newRecoveryCodes makes codes that count once each, and the hashes that are kept of them.
func newRecoveryCodes() (codes, hashes []string) {
	for range recoveryCodes {
		text := strings.ToLower(rand.Text()[:16]) // 80 bits
		codes = append(codes, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		hashes = append(hashes, Hash(text))
	}
	return codes, hashes
}

// plainCode is a code as it was typed, without spaces and hyphens.
func plainCode(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u3000", "").Replace(string(normalise(code))))
}
