package imports

import "encoding/binary"

// repeats finds out, in one pass and bounded memory, which hashes come up more than once. It may
// name some that do not, and never leaves one out.
//
// A Bloom filter (Bloom 1970) with four bits for each hash says whether one may have been there
// before; those that may are listed exactly.
type repeats struct {
	bits  []uint64
	again map[uint64]struct{}
	limit int
	// all is set when the list has grown beyond the limit: then everything counts as repeated.
	all bool
}

const (
	repeatsLimit  = 2_000_000
	bitsEach      = 12
	leastBits     = 1 << 20
	mostBits      = 1 << 30 // 128 MiB
	probesPerHash = 4
)

func newRepeats(expected int64, limit int) *repeats {
	n := min(max(expected*bitsEach, leastBits), mostBits)
	return &repeats{bits: make([]uint64, n/64+1), again: map[uint64]struct{}{}, limit: limit}
}

// short is enough of a hash to tell the rows of one file apart.
func short(h Hash) uint64 { return binary.LittleEndian.Uint64(h[:]) }

// keyHash hashes the number of an order: FNV-1a with the last step of MurmurHash3. It must give
// the same in every run, since it decides about the order of events and with it about checkpoints.
func keyHash(key []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range key {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>33) * 0xFF51AFD7ED558CCD
	h = (h ^ h>>33) * 0xC4CEB9FE1A85EC53
	return h ^ h>>33
}

// add notes a hash.
func (r *repeats) add(a uint64) {
	b := a*0x9E3779B97F4A7C15>>7 | 1 // a second hash, after Kirsch and Mitzenmacher (2006)
	n := uint64(len(r.bits)) * 64
	seen := true
	for i := range uint64(probesPerHash) {
		bit := (a + i*b) % n
		mask := uint64(1) << (bit & 63)
		if r.bits[bit>>6]&mask == 0 {
			seen = false
			r.bits[bit>>6] |= mask
		}
	}
	if !seen || r.all {
		return
	}
	if r.again[a] = struct{}{}; len(r.again) > r.limit {
		r.all, r.again = true, nil
	}
}

// done frees what is needed for adding only.
func (r *repeats) done() { r.bits = nil }

// has reports whether a hash may come up more than once.
func (r *repeats) has(h uint64) bool {
	if r == nil {
		return false
	}
	if r.all {
		return true
	}
	_, ok := r.again[h]
	return ok
}

// occurrences numbers equal rows: 0 for the first. Only rows that may have an equal need to be
// counted.
type occurrences struct {
	may   *repeats
	count map[uint64]int64
	// note is set in the pass that finds the repeats.
	note func(uint64)
}

func (o *occurrences) next(hash Hash) int64 {
	h := short(hash)
	if o.note != nil {
		o.note(h)
		return 0
	}
	if !o.may.has(h) {
		return 0
	}
	n := o.count[h]
	o.count[h] = n + 1
	return n
}
