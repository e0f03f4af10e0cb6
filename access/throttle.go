package access

import (
	"net/netip"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
)

// allowance says how many attempts are free, and how the wait grows after those: it
// doubles with every attempt, up to a most.
type allowance struct {
	free        int
	first, most time.Duration
}

// A user is told apart from strangers who guess at their password: who signs in from an
// address that has failed has to wait for their own failures only, and the account as a whole
// makes only strangers wait, from addresses it was never used from.
var (
	perPair    = allowance{free: 5, first: 2 * time.Second, most: 15 * time.Minute}
	perAddress = allowance{free: 20, first: 5 * time.Second, most: 15 * time.Minute}
	perAccount = allowance{free: 30, first: 5 * time.Second, most: 5 * time.Minute}
)

const (
	// forgiven is how long after the last attempt attempts are forgotten.
	forgiven = time.Hour
	// watched bounds how many accounts and addresses are watched at a time.
	watched = 50_000
)

type attempts struct {
	count int
	last  time.Time
	until time.Time
}

// throttle counts attempts in this process.
type throttle struct {
	mu      sync.Mutex
	entries map[string]*attempts
	// welcomed are the pairs of account and address that got in.
	welcomed map[string]bool
}

func newThrottle() *throttle {
	return &throttle{entries: make(map[string]*attempts), welcomed: make(map[string]bool)}
}

// welcome forgets the failures of a pair of account and address that got in, and remembers that it did.
func (t *throttle) welcome(pair limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.entries, pair.name)
	if len(t.welcomed) < watched {
		t.welcomed[pair.name] = true
	}
}

// knows reports whether a pair of account and address got in before.
func (t *throttle) knows(pair limit) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.welcomed[pair.name]
}

// limit is one count an attempt falls under.
type limit struct {
	name string
	allowance
}

// attempt counts an attempt under each limit before it is made, so that many at once count
// as many. It returns an error of code Busy with the time to wait when one of them is used up.
func (t *throttle) attempt(now time.Time, limits ...limit) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var wait time.Duration
	for _, l := range limits {
		if e := t.entries[l.name]; e != nil && now.Before(e.until) {
			wait = max(wait, e.until.Sub(now))
		}
	}
	if wait > 0 {
		seconds := int64((wait + time.Second - 1) / time.Second)
		return hitori.NewError(hitori.Busy, "sign_in_throttled", "seconds", seconds).After(wait)
	}
	for _, l := range limits {
		t.count(now, l)
	}
	return nil
}

func (t *throttle) count(now time.Time, l limit) {
	e := t.entries[l.name]
	if e == nil || now.Sub(e.last) > forgiven {
		t.prune(now)
		e = new(attempts)
		t.entries[l.name] = e
	}
	e.count++
	e.last = now
	if over := e.count - l.free; over >= 0 {
		wait := l.most
		if over < 20 {
			wait = min(l.most, l.first<<over)
		}
		e.until = now.Add(wait)
	}
}

// forgive takes back what an attempt that went well was counted as.
func (t *throttle) forgive(limits ...limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range limits {
		if e := t.entries[l.name]; e != nil {
			e.count--
			e.until = time.Time{}
			if e.count <= 0 {
				delete(t.entries, l.name)
			}
		}
	}
}

// clear forgets all attempts under a limit.
func (t *throttle) clear(l limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.entries, l.name)
}

// prune makes room when there are too many entries: the forgiven go first, then any.
func (t *throttle) prune(now time.Time) {
	if len(t.entries) < watched {
		return
	}
	for name, e := range t.entries {
		if now.Sub(e.last) > forgiven {
			delete(t.entries, name)
		}
	}
	for name := range t.entries {
		if len(t.entries) < watched/2 {
			return
		}
		delete(t.entries, name)
	}
}

// neighbourhood is what counts as one address: of IPv6 a household's network.
func neighbourhood(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return ip.String()
	}
	return prefix.String()
}
