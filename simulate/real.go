package simulate

import "math"

// The same seed must give the same bytes on every machine. Two things stand in the way:
// math.Log and math.Exp are written in assembly on some processors and not on others,
// and the compiler may fuse x*y+z into one operation, rounded once, where the processor
// has one. So logarithm and exponential are computed here, after the algorithms of
// FreeBSD's msun (e_log.c, e_exp.c), and every product that goes into a sum is rounded by
// an explicit conversion, which the language forbids to fuse. Errors are below 1e-15
// relative.

// mul is x*y, rounded before anything is added to it.
func mul(x, y float64) float64 { return float64(x * y) }

// horner evaluates a polynomial; the coefficients start with that of the highest power.
func horner(x float64, coefficients ...float64) float64 {
	var sum float64
	for _, c := range coefficients {
		sum = mul(sum, x) + c
	}
	return sum
}

const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// ln is the natural logarithm of a positive, finite x.
func ln(x float64) float64 {
	f, exponent := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f, exponent = f*2, exponent-1
	}
	f--
	k := float64(exponent)
	s := f / (2 + f)
	s2 := s * s
	s4 := s2 * s2
	r := mul(s2, horner(s4, 1.479819860511658591e-01, 1.818357216161805012e-01, 2.857142874366239149e-01, 6.666666666666735130e-01)) +
		mul(s4, horner(s4, 1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01))
	half := mul(0.5*f, f)
	return mul(k, ln2Hi) - ((half - (mul(s, half+r) + mul(k, ln2Lo))) - f)
}

// exp is e to the power of x; it is 0 below -700 and +Inf above 700.
func exp(x float64) float64 {
	switch {
	case x < -700:
		return 0
	case x > 700:
		return math.Inf(1)
	}
	k := math.Floor(mul(x, math.Log2E) + 0.5)
	hi := x - mul(k, ln2Hi)
	lo := mul(k, ln2Lo)
	r := hi - lo
	t := r * r
	c := r - mul(t, horner(t, 4.13813679705723846039e-08, -1.65339022054652515390e-06, 6.61375632143793436117e-05, -2.77777777770155933842e-03, 1.66666666666666019037e-01))
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	return math.Ldexp(y, int(k))
}

// power is x to the power of y for positive x.
func power(x, y float64) float64 { return exp(mul(y, ln(x))) }

// logistic maps the real line onto (0, 1).
func logistic(x float64) float64 { return 1 / (1 + exp(-x)) }

// clamp keeps x within [lo, hi].
func clamp(x, lo, hi float64) float64 { return min(max(x, lo), hi) }
