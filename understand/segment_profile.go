package understand

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Profile tells what is different about the members of a segment.
type Profile struct {
	Size      int64        `json:"size"`
	Everybody int64        `json:"everybody"`
	Rows      []Difference `json:"rows" doc:"The largest difference first; those that are sure before the others"`
}

// Difference compares the members of a segment with everybody in one respect. Tests and effects compare them with all
// others.
type Difference struct {
	About string `json:"about" enum:"trait,feature,level"`
	Name  string `json:"name"`
	Value string `json:"value,omitempty" doc:"The value whose share is compared; empty for the mean of a number"`
	// People are the members who have it.
	People   int64    `json:"people"`
	ShareIn  *float64 `json:"share_in,omitempty" doc:"Of the members"`
	ShareAll *float64 `json:"share_all,omitempty" doc:"Of everybody"`
	MeanIn   *float64 `json:"mean_in,omitempty"`
	MeanAll  *float64 `json:"mean_all,omitempty"`
	Lift     float64  `json:"lift" doc:"Members over everybody; 0 where everybody's is not positive"`
	Effect   float64  `json:"effect" doc:"Cohen's h of shares, Cohen's d of means: 0.2 small, 0.5 medium, 0.8 large"`
	P        float64  `json:"p" doc:"Of the two-sided test: of two proportions, or Welch's"`
	Q        float64  `json:"q" doc:"p corrected for all comparisons (Benjamini and Hochberg 1995)"`
	Sure     bool     `json:"sure" doc:"Whether q is less than 0.05 and there are enough people"`
}

const (
	// enough is how many people a comparison needs on either side.
	enough = 30
	// surely is the share of false findings that is borne.
	surely = 0.05
)

// Profile compares the members of a segment with everybody; in features of the shop's own as far as they are wanted, and of what
// can be counted: not in when something happened.
func (s *Segments) Profile(ctx context.Context, id string, wanted func(OwnFeature) bool) (Profile, error) {
	n, err := s.Get(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	all, err := s.Own(ctx)
	if err != nil {
		return Profile{}, err
	}
	var own []Valued
	for i := range all {
		if v, err := s.measured(&all[i]); err == nil && wanted(all[i]) { // what can no longer be read is told by the catalogue
			own = append(own, v)
		}
	}
	c, err := s.cfg.Reader.Contrast(ctx, n.group(), own)
	if err != nil {
		return Profile{}, err
	}
	return profile(&c), nil
}

func profile(c *Contrast) Profile {
	p := Profile{Size: c.Size, Everybody: c.Everybody, Rows: []Difference{}}
	for _, v := range c.Values {
		if d, ok := shares(v, c.Size, c.Everybody); ok {
			p.Rows = append(p.Rows, d)
		}
	}
	for _, n := range c.Numbers {
		if d, ok := means(n); ok {
			p.Rows = append(p.Rows, d)
		}
	}
	ps := make([]float64, len(p.Rows))
	for i := range p.Rows {
		ps[i] = p.Rows[i].P
	}
	for i, q := range adjusted(ps) {
		d := &p.Rows[i]
		d.Q = q
		d.Sure = d.Q < surely && d.People >= enough
	}
	slices.SortFunc(p.Rows, func(a, b Difference) int {
		sure := func(d Difference) int {
			if d.Sure {
				return 0
			}
			return 1
		}
		return cmp.Or(sure(a)-sure(b), cmp.Compare(math.Abs(b.Effect), math.Abs(a.Effect)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	return p
}

// shares compares the share of a value, and tells Cohen's h (Cohen 1988, chapter 6).
func shares(v ContrastedValue, size, everybody int64) (Difference, bool) {
	others := everybody - size
	if size == 0 || others == 0 {
		return Difference{}, false
	}
	in, out, all := float64(v.In)/float64(size), float64(v.All-v.In)/float64(others), float64(v.All)/float64(everybody)
	d := Difference{About: v.About, Name: v.Name, Value: v.Value, People: v.In, ShareIn: &in, ShareAll: &all, Lift: share(in, all)}
	d.Effect = 2*math.Asin(math.Sqrt(in)) - 2*math.Asin(math.Sqrt(out))
	d.P = sameShare(v.In, size, v.All-v.In, others)
	return d, true
}

// means compares the mean of a number by Welch's test, with the normal distribution in place of Student's, since there are
// many people, and Cohen's d with the pooled variance of members and others.
func means(n ContrastedNumber) (Difference, bool) {
	in, all := float64(n.In), float64(n.All)
	out := all - in
	if in < 2 || out < 2 {
		return Difference{}, false
	}
	meanOut := (n.MeanAll*all - n.MeanIn*in) / out
	// The squares of everybody are those of the members, of the others, and between the two.
	squares := n.VarAll*(all-1) - n.VarIn*(in-1) - in*out/all*(n.MeanIn-meanOut)*(n.MeanIn-meanOut)
	varOut := max(squares, 0) / (out - 1)
	d := Difference{About: n.About, Name: n.Name, People: n.In, MeanIn: &n.MeanIn, MeanAll: &n.MeanAll}
	if n.MeanAll > 0 {
		d.Lift = n.MeanIn / n.MeanAll
	}
	difference := n.MeanIn - meanOut
	pooled := math.Sqrt((n.VarIn*(in-1) + varOut*(out-1)) / (in + out - 2))
	if pooled > 0 {
		d.Effect = difference / pooled
	}
	if d.P = math.Erfc(math.Abs(difference) / math.Sqrt(2*(n.VarIn/in+varOut/out))); math.IsNaN(d.P) {
		d.P = 1 // nothing varies
	}
	return d, !math.IsNaN(n.MeanIn) && !math.IsNaN(d.Effect)
}
