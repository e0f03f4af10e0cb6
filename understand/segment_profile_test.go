package understand

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// What is made of sums equals what is computed from the people one by one.
func TestMeansFromSums(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var groups [2][]float64 // others, members
	for n := range 500 {
		member := 0
		if n%3 == 0 {
			member = 1
		}
		groups[member] = append(groups[member], 40+10*random.NormFloat64()+4*float64(member))
	}
	moments := func(values []float64) (mean, variance float64) {
		for _, v := range values {
			mean += v / float64(len(values))
		}
		for _, v := range values {
			variance += (v - mean) * (v - mean) / float64(len(values)-1)
		}
		return mean, variance
	}
	everybody := append(append([]float64{}, groups[0]...), groups[1]...)
	n := ContrastedNumber{In: int64(len(groups[1])), All: int64(len(everybody))}
	n.MeanIn, n.VarIn = moments(groups[1])
	n.MeanAll, n.VarAll = moments(everybody)
	got, ok := means(n)
	if !ok {
		t.Fatal("nothing to compare")
	}
	in, out := float64(len(groups[1])), float64(len(groups[0]))
	meanOut, varOut := moments(groups[0])
	difference := n.MeanIn - meanOut
	for what, pair := range map[string][2]float64{
		"lift":   {got.Lift, n.MeanIn / n.MeanAll},
		"effect": {got.Effect, difference / math.Sqrt((n.VarIn*(in-1)+varOut*(out-1))/(in+out-2))},
		"p":      {got.P, math.Erfc(difference / math.Sqrt(n.VarIn/in+varOut/out) / math.Sqrt2)},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
}

// Cohen (1988, table 6.2.2) gives the angle of 0.25 as 1.047 and that of 0.50 as 1.571. The z of 30 of 120 against 120
// of 240 with the pooled share is -4.536, whose p is 5.7e-6.
func TestShares(t *testing.T) {
	d, ok := shares(ContrastedValue{In: 30, All: 150}, 120, 360)
	if !ok || math.Abs(d.Effect-(1.047-1.571)) > 1e-3 || math.Abs(d.P-5.7e-6) > 1e-7 || math.Abs(d.Lift-0.6) > 1e-12 {
		t.Errorf("%+v", d)
	}
	if _, ok := shares(ContrastedValue{In: 30, All: 150}, 360, 360); ok {
		t.Error("everybody was compared with nobody")
	}
}

// Among comparisons of nothing, few are called sure; and small groups never are.
func TestProfileIsCorrected(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	sure := 0
	for range 100 {
		c := Contrast{Size: 1000, Everybody: 5000}
		for range 40 {
			v := ContrastedValue{About: "trait"}
			for n := range 5000 {
				if random.Float64() < 0.3 {
					if v.All++; n < 1000 {
						v.In++
					}
				}
			}
			c.Values = append(c.Values, v)
		}
		for _, row := range profile(&c).Rows {
			if row.Sure {
				sure++
				break
			}
		}
	}
	if sure > 12 { // 5 of 100 are expected to have one or more
		t.Errorf("%d of 100 profiles of nothing found something", sure)
	}
	p := profile(&Contrast{Size: 20, Everybody: 5000, Values: []ContrastedValue{{In: 20, All: 100}}})
	if len(p.Rows) != 1 || p.Rows[0].Sure || p.Rows[0].Q > 1e-6 {
		t.Errorf("%+v", p.Rows)
	}
}

// A field is silent that was told every day and has not been for weeks, while others came; one that is told once a year
// is not, and neither is everything when everything stopped.
func TestSilentFields(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	ref := func(name string) query.Ref { return query.Ref{Kind: query.RefTrait, Name: name} }
	count := func(firstDays, lastDays int, events int64) hitori.FieldCount {
		return hitori.FieldCount{Events: events, First: now.AddDate(0, 0, -firstDays), Last: now.AddDate(0, 0, -lastDays)}
	}
	s := Schema{latest: now, fields: map[query.Ref]query.Field{}, arrived: map[query.Ref]hitori.FieldCount{
		ref("daily"): count(300, 20, 280), ref("yearly"): count(800, 60, 3), ref("alive"): count(300, 0, 300), ref("just"): count(300, 6, 3000),
	}}
	var all query.All
	for _, name := range []string{"daily", "yearly", "alive", "just", "never"} {
		all.Of = append(all.Of, &query.Trait{Name: name, Is: query.Test{Op: query.Known}})
	}
	silent := s.Silent(&all)
	if len(silent) != 1 || silent[0].Ref != "daily" || !silent[0].Last.Equal(now.AddDate(0, 0, -20)) {
		t.Errorf("%+v", silent)
	}
	s.latest = now.AddDate(0, 0, -20)
	if silent := s.Silent(&all); len(silent) != 0 {
		t.Errorf("when all is silent: %+v", silent)
	}
}

// What fields are is told from what came and from their names.
func TestTypesOfFields(t *testing.T) {
	value := func(t hitori.JSONType, n int64) (f hitori.FieldCount) {
		f.Values[t] = n
		return f
	}
	fields := map[string]hitori.FieldCount{
		"traits.age": value(hitori.JSONNumber, 3), "traits.birthday": value(hitori.JSONString, 3), "traits.createdAt": value(hitori.JSONString, 3),
		"traits.rank": value(hitori.JSONString, 3), "traits.nat": value(hitori.JSONString, 1), "traits.ok": value(hitori.JSONBoolean, 1),
		"traits.tags": value(hitori.JSONArray, 2), "traits.tags[]": value(hitori.JSONString, 5), "traits.points": value(hitori.JSONArray, 2),
		"traits.address": value(hitori.JSONObject, 2), "traits.gone": value(hitori.JSONNull, 2), "traits.登録日": value(hitori.JSONString, 2),
	}
	for path, want := range map[string]query.Type{
		"age": query.TypeNumber, "birthday": query.TypeDate, "createdAt": query.TypeDate, "rank": query.TypeText, "nat": query.TypeText, "ok": query.TypeBoolean,
		"tags": query.TypeTexts, "points": "", "address": "", "gone": "", "登録日": query.TypeDate,
	} {
		got, ok := typeOf("traits."+path, fields, "")
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %t", path, got, ok)
		}
	}
}
