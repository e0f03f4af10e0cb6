// Package access says who may do what: keys for programs, users with their roles and
// sessions, and the record of who did what and looked at whom.
package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// Scope is one right of a key or a user.
type Scope string

// The scopes.
const (
	CollectWrite   Scope = "collect:write"   // send events
	CustomersRead  Scope = "customers:read"  // read people and their events, personal data masked
	CustomersWrite Scope = "customers:write" // merge, separate and erase people
	PersonalRead   Scope = "personal:read"   // see names, addresses and numbers as they are
	DataRead       Scope = "data:read"       // read the contract, the quarantine, imports and jobs
	DataWrite      Scope = "data:write"      // set rules, replay, import
	Admin          Scope = "admin"           // everything, and users, keys, retention, backup
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{CollectWrite, CustomersRead, CustomersWrite, PersonalRead, DataRead, DataWrite, Admin}
}

// Key lets a program in. The secret itself is shown once and only its hash is kept.
type Key struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Hint   string  `json:"hint" doc:"The last letters of the secret"`
	Scopes []Scope `json:"scopes"`
	// Source is where events sent with a write key come from.
	Source hitori.SourceID `json:"source,omitempty"`
	// Rate is how many events a second the key may send; zero is no limit.
	Rate      int        `json:"rate,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// Has reports whether the key has a right.
func (k *Key) Has(scope Scope) bool { return has(k.Scopes, scope) }

func has(scopes []Scope, scope Scope) bool {
	return slices.Contains(scopes, scope) || slices.Contains(scopes, Admin)
}

// KeyStore keeps keys.
type KeyStore interface {
	// AddKey adds a key under the hash of its secret. It returns an error of code Conflict
	// when there is one with this hash.
	AddKey(ctx context.Context, key Key, hash string) error
	// KeyByHash returns the key with this hash, revoked or not, or an error of code NotFound.
	KeyByHash(ctx context.Context, hash string) (Key, error)
	// Keys lists the keys, the newest first.
	Keys(ctx context.Context) ([]Key, error)
	// RevokeKey makes a key useless. It returns an error of code NotFound for an unknown id.
	RevokeKey(ctx context.Context, id string, at time.Time) error
}

// Keys checks and manages keys.
type Keys struct {
	store KeyStore
	clock service.Clock

	mu     sync.Mutex
	cached map[string]cachedKey
	rates  map[string]*rate.Limiter
	// admitted are keys that live only as long as this process, by hash.
	admitted map[string]Key
}

type cachedKey struct {
	key   Key
	err   error
	until time.Time
}

// remembered is how long a key, known or unknown, is not looked up again; a revoked key is
// useless everywhere after that time.
const remembered = 5 * time.Second

// trusted is how long a key that was good is still let in when the store cannot be asked.
const trusted = 10 * time.Minute

// NewKeys returns keys kept in a store.
func NewKeys(store KeyStore, clock service.Clock) *Keys {
	return &Keys{store: store, clock: clock, cached: make(map[string]cachedKey), rates: make(map[string]*rate.Limiter)}
}

// Hash returns the form in which a secret is kept. Secrets are long and random, so that one
// fast hash is enough.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Check returns the key with this secret. It returns an error of code Unauthorized when
// there is none, or it was revoked.
func (k *Keys) Check(ctx context.Context, secret string) (Key, error) {
	if secret == "" {
		return Key{}, hitori.NewError(hitori.Unauthorized, "key_missing")
	}
	hash, now := Hash(secret), k.clock.Now()
	k.mu.Lock()
	c, ok := k.cached[hash]
	key, admitted := k.admitted[hash]
	k.mu.Unlock()
	if admitted {
		return key, nil
	}
	if !ok || now.After(c.until) || c.until.Sub(now) > remembered {
		last := c
		c = cachedKey{until: now.Add(remembered)}
		c.key, c.err = k.store.KeyByHash(ctx, hash)
		switch hitori.ErrorCode(c.err) {
		case hitori.NotFound:
			c.err = hitori.NewError(hitori.Unauthorized, "key_unknown")
		case "":
			if c.key.RevokedAt != nil {
				c.err = hitori.NewError(hitori.Unauthorized, "key_revoked")
			}
		case hitori.Unavailable:
			if ok && last.err == nil && now.Sub(last.until) < trusted {
				return last.key, nil // so that events are accepted while the state is away
			}
			return Key{}, c.err
		default:
			return Key{}, c.err // not remembered: the store failed
		}
		k.remember(hash, c)
	}
	return c.key, c.err
}

// Admit lets a key in for as long as this process lives, without storing it.
func (k *Keys) Admit(key Key, secret string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.admitted == nil {
		k.admitted = make(map[string]Key)
	}
	k.admitted[Hash(secret)] = key
}

func (k *Keys) remember(hash string, c cachedKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.cached) > 10_000 { // somebody is guessing
		k.cached = make(map[string]cachedKey)
	}
	k.cached[hash] = c
}

// Spend takes events from what the key may send in this second. It returns an error of code Busy with the
// time to wait when that is used up.
func (k *Keys) Spend(key *Key, events int) error {
	if key.Rate <= 0 {
		return nil
	}
	k.mu.Lock()
	limiter := k.rates[key.ID]
	if limiter == nil || int(limiter.Limit()) != key.Rate {
		limiter = rate.NewLimiter(rate.Limit(key.Rate), max(key.Rate, 1))
		k.rates[key.ID] = limiter
	}
	k.mu.Unlock()
	now := k.clock.Now()
	// One request may hold more than a second's worth; it then waits for a full second's.
	reservation := limiter.ReserveN(now, min(events, limiter.Burst()))
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return hitori.NewError(hitori.Busy, "key_rate", "rate", key.Rate).After(wait)
	}
	return nil
}

// Create makes a key and returns its secret, which is not kept. A secret of one's own can
// be given, for moving from another system without touching the senders.
func (k *Keys) Create(ctx context.Context, key Key, secret string) (Key, string, error) {
	key.Name = strings.TrimSpace(key.Name)
	switch {
	case key.Name == "":
		return key, "", hitori.NewError(hitori.Invalid, "key_name").At("name")
	case len(key.Scopes) == 0:
		return key, "", hitori.NewError(hitori.Invalid, "key_scopes").At("scopes")
	case key.Rate < 0:
		return key, "", hitori.NewError(hitori.Invalid, "key_rate_negative").At("rate")
	}
	for _, scope := range key.Scopes {
		if !slices.Contains(Scopes(), scope) {
			return key, "", hitori.NewError(hitori.Invalid, "key_scope_unknown", "scope", scope).At("scopes")
		}
	}
	if secret == "" {
		secret = "hk_" + strings.ToLower(rand.Text())
	}
	key.ID = strings.ToLower(rand.Text()[:12])
	key.Hint = secret[max(0, len(secret)-4):]
	key.CreatedAt = k.clock.Now()
	if err := k.store.AddKey(ctx, key, Hash(secret)); err != nil {
		return key, "", err
	}
	k.forget()
	return key, secret, nil
}

// List lists the keys, the newest first.
func (k *Keys) List(ctx context.Context) ([]Key, error) { return k.store.Keys(ctx) }

// Revoke makes a key useless: at once in this process, within seconds in others.
func (k *Keys) Revoke(ctx context.Context, id string) error {
	defer k.forget()
	return k.store.RevokeKey(ctx, id, k.clock.Now())
}

func (k *Keys) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cached = make(map[string]cachedKey)
}
