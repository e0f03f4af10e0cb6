package hitori

import (
	"strings"
	"time"
)

// CustomerID names a profile: the position of the event that created it, so that the same
// log always gives the same ids. The zero value is nobody.
type CustomerID int64

const (
	customerPrefix = "c_"
	// base32Digits are those of Crockford's base 32, without i, l, o and u.
	base32Digits = "0123456789abcdefghjkmnpqrstvwxyz"
)

// String returns the form used in URLs and answers, for example "c_000000h2k0400".
func (c CustomerID) String() string {
	if c == 0 {
		return ""
	}
	var out [13]byte
	for i, v := len(out)-1, uint64(c); i >= 0; i, v = i-1, v>>5 {
		out[i] = base32Digits[v&31]
	}
	return customerPrefix + string(out[:])
}

// ParseCustomerID reads the form String writes. It returns an error with code [Invalid]
// for anything else.
func ParseCustomerID(s string) (CustomerID, error) {
	rest, ok := strings.CutPrefix(s, customerPrefix)
	var v uint64
	for _, r := range rest {
		i := strings.IndexRune(base32Digits, r)
		if i < 0 {
			ok = false
			break
		}
		v = v<<5 | uint64(i)
	}
	if !ok || len(rest) != 13 || v == 0 || v > 1<<63-1 {
		return 0, NewError(Invalid, "customer_id", "value", s)
	}
	return CustomerID(v), nil
}

// MarshalText writes the id as String does.
func (c CustomerID) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the id as [ParseCustomerID] does; an empty text is nobody.
func (c *CustomerID) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*c = 0
		return nil
	}
	*c, err = ParseCustomerID(string(b))
	return err
}

// Trait is what is known about one property of a customer, with where it came from.
type Trait struct {
	Value  JSON      `json:"value"`
	Source SourceID  `json:"source"`
	Time   time.Time `json:"time"`
	// Position is the event that set it; of two events with the same time the later
	// position wins.
	Position Position `json:"-"`
}

// Membership says that a customer belongs to a company, a household or another group. What
// is known about the group is an entity of its own.
type Membership struct {
	GroupID string `json:"group_id"`
	// Kind is "company", "household" or what the source calls it.
	Kind     string    `json:"kind"`
	Source   SourceID  `json:"source"`
	Time     time.Time `json:"time"`
	Position Position  `json:"-"`
}

// SourceID names a source of data: one shop's web site, one file import, one system.
type SourceID int32

// SystemSource is Hitori itself.
const SystemSource SourceID = 1

// Source is where events come from. Message ids are unique within a source, so a key can
// be exchanged without events being taken twice.
type Source struct {
	ID        SourceID  `json:"id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	CreatedAt time.Time `json:"created_at"`
}

// The kinds of source.
const (
	SourceSDK    = "sdk"    // an SDK or the browser snippet, with a write key
	SourceImport = "import" // files
	SourceSystem = "system" // Hitori itself
)
