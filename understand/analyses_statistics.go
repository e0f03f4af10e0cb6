package understand

import (
	"cmp"
	"math"
	"slices"
)

// Interval is an estimate with its 95 % confidence interval.
type Interval struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// z is the 97.5 % quantile of the standard normal distribution.
const z = 1.959963984540054

// wilson is a share of n trials with its score interval (Wilson 1927, "Probable inference, the law of
// succession, and statistical inference"; recommended by Brown, Cai and DasGupta 2001). Without trials everything is
// possible.
func wilson(successes, n int64) Interval {
	if n == 0 {
		return Interval{0, 0, 1}
	}
	size := float64(n)
	p := float64(successes) / size
	middle := (p + z*z/(2*size)) / (1 + z*z/size)
	half := z / (1 + z*z/size) * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	return Interval{p, max(0, min(p, middle-half)), min(1, max(p, middle+half))}
}

// sameShare is the two-sided p-value of the hypothesis that two groups have the same share: the score test with the
// pooled variance (Pearson's chi-square of the 2×2 table without correction). It is one when nothing can differ.
func sameShare(s1, n1, s2, n2 int64) float64 {
	pooled := share(s1+s2, n1+n2)
	variance := pooled * (1 - pooled) * (1/float64(n1) + 1/float64(n2))
	if n1 == 0 || n2 == 0 || variance <= 0 {
		return 1
	}
	return math.Erfc(math.Abs(share(s1, n1)-share(s2, n2)) / math.Sqrt(2*variance))
}

// adjusted returns p-values corrected for their number, in their order, so that of those below a level at most that
// share is wrong on average (Benjamini and Hochberg 1995, "Controlling the false discovery rate").
func adjusted(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	q := make([]float64, len(p))
	least := 1.0
	for i, at := range order {
		rank := len(p) - i
		least = min(least, p[at]*float64(len(p))/float64(rank))
		q[at] = least
	}
	return q
}
