package unify

import "github.com/hitori-cdp/hitori"

// cachedOwners bounds the memory of an ownerCache, about 200 bytes each.
const cachedOwners = 200_000

// ownerCache remembers owners of identifiers between batches. An owner's profile never
// changes but by an erasure, a shared device or a decision, all of which change the epoch;
// its root may be out of date, which is why claims that could change anything read it anew.
//
// It keeps two generations: when the young one is full it becomes the old one, and the old
// one is dropped, so that what is used stays.
type ownerCache struct {
	epoch      int64
	young, old map[hitori.Identifier]Owner
}

func newOwnerCache() *ownerCache {
	return &ownerCache{epoch: -1, young: make(map[hitori.Identifier]Owner)}
}

// at empties the cache when the epoch has changed.
func (c *ownerCache) at(epoch int64) {
	if c.epoch != epoch {
		c.epoch, c.young, c.old = epoch, make(map[hitori.Identifier]Owner), nil
	}
}

func (c *ownerCache) get(id hitori.Identifier) (Owner, bool) {
	if o, ok := c.young[id]; ok {
		return o, true
	}
	o, ok := c.old[id]
	if ok {
		c.put(o)
	}
	return o, ok
}

func (c *ownerCache) put(o Owner) {
	if len(c.young) >= cachedOwners/2 {
		c.young, c.old = make(map[hitori.Identifier]Owner, cachedOwners/2), c.young
	}
	c.young[o.Identifier] = o
}
