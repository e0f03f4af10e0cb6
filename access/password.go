package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/hitori-cdp/hitori"
)

// cost is how expensive a password is to try: the second recommendation of the OWASP
// password storage cheat sheet for argon2id.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

var currentCost = cost{memory: 19 << 10, passes: 2, threads: 1}

const (
	saltBytes = 16
	hashBytes = 32
	// hashing is how many passwords are tried at a time, which bounds the memory they take.
	hashing = 4
)

// The bounds of a password, in characters.
const (
	passwordMin = 10
	passwordMax = 200
)

// widespread are passwords that come first in every list of guesses and are long enough.
var widespread = []string{
	"1234567890", "0123456789", "password123", "password1234", "passw0rd123", "qwertyuiop", "1q2w3e4r5t", "1qaz2wsx3edc",
	"qwerty12345", "administrator", "iloveyou123", "welcome123", "letmein123", "abcdefghij", "abcdefg123", "hitorihitori",
}

// checkPassword returns an error of code Invalid for a password that is too easy to guess.
func checkPassword(password, email string) error {
	switch length := utf8.RuneCountInString(password); {
	case length < passwordMin:
		return hitori.NewError(hitori.Invalid, "password_short", "min", passwordMin).At("password")
	case length > passwordMax:
		return hitori.NewError(hitori.Invalid, "password_long", "max", passwordMax).At("password")
	}
	plain := strings.ToLower(password)
	local, _, _ := strings.Cut(email, "@")
	first, _ := utf8.DecodeRuneInString(plain)
	if slices.Contains(widespread, plain) || plain == email || plain == local || strings.Trim(plain, string(first)) == "" {
		return hitori.NewError(hitori.Invalid, "password_common").At("password")
	}
	return nil
}

// hasher hashes passwords, few at a time.
type hasher struct {
	cost  cost
	slots chan struct{}
	// decoy is the hash of no password, tried where there is no user so that this takes as
	// long.
	decoy string
}

func newHasher(c cost) *hasher {
	h := &hasher{cost: c, slots: make(chan struct{}, hashing)}
	h.decoy = encodeHash(c, make([]byte, saltBytes), make([]byte, hashBytes))
	return h
}

// normalise makes a password the same however a keyboard composed its letters (NIST SP 800-63B 3.1.1.2).
func normalise(password string) []byte { return norm.NFKC.Bytes([]byte(password)) }

func (h *hasher) derive(ctx context.Context, password string, salt []byte, c cost, size uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey(normalise(password), salt, c.passes, c.memory, c.threads, size), nil
}

// hash returns a password as it is kept: algorithm, cost, salt and hash.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	sum, err := h.derive(ctx, password, salt, h.cost, hashBytes)
	return encodeHash(h.cost, salt, sum), err
}

// matches reports whether a password is the one that was hashed, and whether it should be
// hashed anew because its cost is out of date.
func (h *hasher) matches(ctx context.Context, encoded, password string) (same, outdated bool, err error) {
	c, salt, want, ok := decodeHash(encoded)
	if !ok {
		_, err = h.derive(ctx, password, make([]byte, saltBytes), h.cost, hashBytes)
		return false, false, err
	}
	got, err := h.derive(ctx, password, salt, c, uint32(len(want)))
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, c != h.cost, err
}

var packed = base64.RawStdEncoding

// encodeHash writes the PHC string format.
func encodeHash(c cost, salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.threads,
		packed.EncodeToString(salt), packed.EncodeToString(sum))
}

func decodeHash(encoded string) (c cost, salt, sum []byte, ok bool) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprint("v=", argon2.Version) {
		return c, nil, nil, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); n != 3 || err != nil {
		return c, nil, nil, false
	}
	salt, err1 := packed.DecodeString(parts[4])
	sum, err2 := packed.DecodeString(parts[5])
	return c, salt, sum, err1 == nil && err2 == nil && len(sum) >= 16 && c.passes > 0 && c.threads > 0
}
