package imports

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Hash names a fact or its content.
type Hash [16]byte

// hasher hashes lists of parts, each with its length, so that ("a","bc") and ("ab","c") differ.
type hasher struct{ buf []byte }

func (h *hasher) reset() *hasher { h.buf = h.buf[:0]; return h }

func (h *hasher) part(p []byte) *hasher {
	h.buf = binary.AppendUvarint(h.buf, uint64(len(p)))
	h.buf = append(h.buf, p...)
	return h
}

func (h *hasher) word(s string) *hasher {
	h.buf = binary.AppendUvarint(h.buf, uint64(len(s)))
	h.buf = append(h.buf, s...)
	return h
}

func (h *hasher) sum() Hash {
	sum := sha256.Sum256(h.buf)
	return Hash(sum[:16])
}

// messageID is the id an event is sent under.
func messageID(h Hash) string {
	var out [4 + 2*len(h)]byte
	copy(out[:], "imp_")
	hex.Encode(out[4:], h[:])
	return string(out[:])
}
