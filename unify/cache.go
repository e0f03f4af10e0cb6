package unify

import (
	"hash/maphash"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// recalledPairs bounds the memory of a recall, about 50 bytes each.
const recalledPairs = 1 << 20

// recall remembers whose the events of a user on a device are, once all is said about the two: both are
// trusted and one person's. Nearly all events come from such pairs, and for them neither the
// state is asked nor a claim made. What is remembered stays true until an identifier is taken from its owner or stops
// joining people: that changes the epoch, or is the doing of a batch, which drops it here.
//
// It keeps two generations: when the young one is full it becomes the old one, and the old
// one is dropped, so that what is used stays.
type recall struct {
	epoch       int64
	seed, check maphash.Seed
	young, old  map[pair]owned
}

// pair is a user id and a device's anonymous id as hashes, zero where there is none.
type pair struct{ user, device uint64 }

type owned struct {
	check   uint64 // a second hash of both, against collisions
	profile hitori.CustomerID
}

func newRecall() *recall {
	return &recall{epoch: -1, seed: maphash.MakeSeed(), check: maphash.MakeSeed(), young: make(map[pair]owned)}
}

// at empties the recall when the epoch has changed.
func (r *recall) at(epoch int64) {
	if r.epoch != epoch {
		r.epoch, r.young, r.old = epoch, make(map[pair]owned), nil
	}
}

func (r *recall) pair(e *hitori.Event) (p pair, check uint64) {
	var h maphash.Hash
	h.SetSeed(r.check)
	if e.UserID != "" {
		p.user = maphash.String(r.seed, e.UserID)
		_, _ = h.WriteString(e.UserID) // never fails
	}
	_ = h.WriteByte(0)
	if e.AnonymousID != "" {
		p.device = maphash.String(r.seed, e.AnonymousID)
		_, _ = h.WriteString(e.AnonymousID)
	}
	return p, h.Sum64()
}

// get returns the profile of a plain event.
func (r *recall) get(e *hitori.Event) (hitori.CustomerID, bool) {
	p, check := r.pair(e)
	o, ok := r.young[p]
	if !ok {
		if o, ok = r.old[p]; ok {
			r.put(p, o)
		}
	}
	return o.profile, ok && o.check == check
}

func (r *recall) add(e *hitori.Event, profile hitori.CustomerID) {
	p, check := r.pair(e)
	r.put(p, owned{check, profile})
}

func (r *recall) put(p pair, o owned) {
	if len(r.young) >= recalledPairs/2 {
		r.young, r.old = make(map[pair]owned, recalledPairs/2), r.young
	}
	r.young[p] = o
}

// drop forgets all pairs of which one of the identifiers is part.
func (r *recall) drop(ids []hitori.Identifier) {
	hashes := make(map[uint64]bool, len(ids))
	for _, id := range ids {
		hashes[maphash.String(r.seed, id.Value)] = true
	}
	for _, generation := range []map[pair]owned{r.young, r.old} {
		for p := range generation {
			if hashes[p.user] || hashes[p.device] {
				delete(generation, p)
			}
		}
	}
}

// isPlain reports whether an event names nobody but by its user and anonymous id.
func isPlain(e *hitori.Event) bool {
	return e.Type != hitori.Identify && e.Type != hitori.Alias && !namesOthers(e)
}

// namesOthers reports whether an event's context may name its person too. Looking for the words is cheaper
// than walking over every context.
func namesOthers(e *hitori.Event) bool {
	return strings.Contains(string(e.Context), `"traits"`) || strings.Contains(string(e.Context), `"externalIds"`)
}
