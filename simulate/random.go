package simulate

import (
	"math"
	"math/bits"
	"sort"
)

// rng is a splitmix64 generator (Steele, Lea and Flood 2014, "Fast splittable
// pseudorandom number generators"). It is one word, so that every person, order and visit
// can have its own, made from what it is about: nothing depends on who was simulated
// before, and anything can be simulated again alone.
type rng uint64

// The streams: one for each thing that is drawn, so that drawing more of one thing
// changes nothing else.
const (
	streamAcquisition uint64 = iota + 1
	streamBasics
	streamLatent
	streamHousehold
	streamIdentity
	streamAddress
	streamMove
	streamStoreRecord
	streamDevice
	streamCookie
	streamLife
	streamWeb
	streamContract
	streamBasket
	streamAfter
	streamMailing
	streamAssignment
	streamResponse
	streamSurvey
	streamEpisode
	streamMessage
	streamCatalogue
	streamProduct
	streamAds
	streamPanel
	streamCampaign
	streamVisitor
)

// mix is the finaliser of splitmix64, a bijection that spreads every bit.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// hash joins a stream and up to two numbers under the shop's seed.
func (s *Shop) hash(stream, a, b uint64) uint64 {
	return mix(mix(mix(s.config.Seed+0x9e3779b97f4a7c15*stream)^a) + 0xd1342543de82ef95*b + 1)
}

// rng returns the generator of one thing.
func (s *Shop) rng(stream, a, b uint64) rng { return rng(s.hash(stream, a, b)) }

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

// float is uniform on (0, 1), both ends excluded.
func (r *rng) float() float64 { return float64((float64(r.next()>>12) + 0.5) / (1 << 52)) }

// below is uniform on 0 … n-1. Its bias is less than n/2^64.
func (r *rng) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// between is uniform on lo … hi, both included.
func (r *rng) between(lo, hi int64) int64 { return lo + int64(r.below(int(hi-lo+1))) }

// chance is true with probability p.
func (r *rng) chance(p float64) bool { return r.float() < p }

// exponential has mean 1.
func (r *rng) exponential() float64 { return -ln(r.float()) }

// normal is standard normal (Marsaglia's polar method).
func (r *rng) normal() float64 {
	for {
		x, y := mul(2, r.float())-1, mul(2, r.float())-1
		if q := mul(x, x) + mul(y, y); q < 1 && q > 0 {
			return float64(x * math.Sqrt(-2*ln(q)/q))
		}
	}
}

// gamma has the given shape and rate 1 (Marsaglia and Tsang 2000, "A simple method for
// generating gamma variables").
func (r *rng) gamma(shape float64) float64 {
	if shape < 1 {
		return float64(r.gamma(shape+1) * power(r.float(), 1/shape))
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.normal()
		t := 1 + mul(c, x)
		if t <= 0 {
			continue
		}
		v := t * t * t
		if ln(r.float()) < mul(float64(0.5*x), x)+d-mul(d, v)+mul(d, ln(v)) {
			return float64(d * v)
		}
	}
}

// beta has density proportional to x^(a-1) (1-x)^(b-1).
func (r *rng) beta(a, b float64) float64 {
	x, y := r.gamma(a), r.gamma(b)
	if x+y == 0 {
		return a / (a + b)
	}
	return x / (x + y)
}

// poisson counts events of the given mean.
func (r *rng) poisson(mean float64) int {
	var n int
	for ; mean > 16; mean -= 16 {
		n += r.poisson(16)
	}
	limit := exp(-mean)
	for p := r.float(); p > limit; p *= r.float() {
		n++
	}
	return n
}

// geometric counts failures before a success, with the given mean.
func (r *rng) geometric(mean float64) int {
	if mean <= 0 {
		return 0
	}
	return int(r.exponential() / ln(1+1/mean))
}

// chooser draws indices in proportion to whole-number weights.
type chooser []uint64

func newChooser(weights []uint64) chooser {
	cumulative := make(chooser, len(weights))
	var sum uint64
	for i, w := range weights {
		sum += w
		cumulative[i] = sum
	}
	return cumulative
}

func (c chooser) total() uint64 { return c[len(c)-1] }

func (c chooser) pick(r *rng) int {
	x := uint64(r.below(int(c.total())))
	return sort.Search(len(c), func(i int) bool { return c[i] > x })
}

// zipf returns n weights that fall with the rank.
func zipf(n int, offset, exponent float64) []uint64 {
	weights := make([]uint64, n)
	for i := range weights {
		weights[i] = 1 + uint64(1e6/power(float64(i)+offset, exponent))
	}
	return weights
}
