package simulate_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/simulate"
)

// crowd is the truth of many people, without events.
type crowd struct {
	shop   *simulate.Shop
	people []simulate.Person
	orders [][]simulate.Order
}

var many = sync.OnceValue(func() *crowd {
	shop, err := simulate.New(simulate.Config{Customers: 20_000, Visitors: -1})
	if err != nil {
		panic(err)
	}
	c := &crowd{shop: shop}
	for i := range shop.Customers() {
		c.people = append(c.people, shop.Person(i))
		c.orders = append(c.orders, shop.Orders(i))
	}
	return c
})

// expectedRepeats is E[X(t)] of BG/NBD: Fader, Hardie and Lee (2005), "Counting your
// customers the easy way", equation 9. The hypergeometric function is summed as a series.
func expectedRepeats(r, alpha, a, b, t float64) float64 {
	z, c := t/(alpha+t), a+b-1
	sum, term := 1.0, 1.0
	for n := 0.0; n < 1e6; n++ {
		term *= (r + n) * (b + n) / (c + n) / (n + 1) * z
		sum += term
		if term < 1e-15*sum {
			break
		}
	}
	return c / (a - 1) * (1 - math.Pow(alpha/(alpha+t), r)*sum)
}

// TestExpectedRepeats checks the formula itself against the published values for CDNOW.
func TestExpectedRepeats(t *testing.T) {
	for weeks, want := range map[float64]float64{1: 0.0532, 3: 0.1506, 32: 1.0437, 78: 1.8576} {
		if got := expectedRepeats(0.2425945, 4.4136019, 0.7929199, 2.4258881, weeks); math.Abs(got-want) > 1e-3 {
			t.Errorf("E[X(%v)] = %.4f, published %.4f", weeks, got, want)
		}
	}
}

// within fails unless a mean lies within four standard errors of what it should be.
func within(t *testing.T, what string, sum, sumOfSquares, n, want float64) {
	t.Helper()
	mean := sum / n
	se := math.Sqrt((sumOfSquares/n - mean*mean) / n)
	t.Logf("%s: %.5g, expected %.5g, standard error %.2g", what, mean, want, se)
	if math.Abs(mean-want) > 4*se {
		t.Errorf("%s is %.5g, expected %.5g with a standard error of %.2g", what, mean, want, se)
	}
}

// share fails unless k of n fits a chance.
func share(t *testing.T, what string, k, n int, want float64) {
	t.Helper()
	within(t, what, float64(k), float64(k), float64(n), want)
}

func TestRepeatPurchases(t *testing.T) {
	c := many()
	p := c.shop.Truth().Process
	cache := make(map[int]float64)
	expected := func(days float64) float64 {
		key := int(days * 4)
		if _, ok := cache[key]; !ok {
			cache[key] = expectedRepeats(p.R, p.Alpha, p.A, p.B, float64(key)/4)
		}
		return cache[key]
	}
	var n, excess, squares, none, noneSquares float64
	for k := range c.people {
		truth := c.people[k].Process
		x, days := float64(truth.Repeats), truth.OperationalDays
		d := x - expected(days)
		n, excess, squares = n+1, excess+d, squares+d*d
		z := -math.Pow(p.Alpha/(p.Alpha+days), p.R)
		if truth.Repeats == 0 {
			z++
		}
		none, noneSquares = none+z, noneSquares+z*z
	}
	within(t, "repeat purchases less E[X(T)]", excess, squares, n, 0)
	within(t, "share without a repeat less (α/(α+T))^r", none, noneSquares, n, 0)
}

// TestLatentValues compares moments of the latent values with their distributions.
func TestLatentValues(t *testing.T) {
	c := many()
	p := c.shop.Truth().Process
	var n, l, l2, q, q2, m, m2 float64
	for k := range c.people {
		v := c.people[k].Process
		n++
		l, l2 = l+v.Lambda, l2+v.Lambda*v.Lambda
		q, q2 = q+v.Dropout, q2+v.Dropout*v.Dropout
		nu := p.SpendP / v.MeanOrder
		m, m2 = m+nu, m2+nu*nu
	}
	within(t, "λ", l, l2, n, p.R/p.Alpha)
	within(t, "p", q, q2, n, p.A/(p.A+p.B))
	within(t, "ν", m, m2, n, p.SpendQ/p.SpendGamma)
	variance := l2/n - l*l/n/n
	if want := p.R / p.Alpha / p.Alpha; math.Abs(variance/want-1) > 0.15 {
		t.Errorf("variance of λ is %g, want %g", variance, want)
	}
	variance = q2/n - q*q/n/n
	if want := p.A * p.B / (p.A + p.B) / (p.A + p.B) / (p.A + p.B + 1); math.Abs(variance/want-1) > 0.05 {
		t.Errorf("variance of p is %g, want %g", variance, want)
	}
}

// TestDropout: after every repeat purchase the person leaves with chance p of their own.
func TestDropout(t *testing.T) {
	c := many()
	var n, d, squares float64
	for k := range c.people {
		v := c.people[k].Process
		left := 0.0
		if v.DroppedOut != nil {
			left = 1
		}
		// Given p and x purchases seen in the course of time, left − p x is a martingale difference.
		e := left - v.Dropout*float64(v.Repeats)
		n, d, squares = n+1, d+e, squares+e*e
	}
	within(t, "dropouts less p × repeats", d, squares, n, 0)
}

func TestSpend(t *testing.T) {
	c := many()
	mean := c.shop.Truth().MeanOrder
	var n, first, squares, ratio, gap, gapSquares, orders float64
	for k := range c.people {
		for j, o := range c.orders[k] {
			if o.Cause != "process" {
				continue
			}
			if j == 0 {
				n, first, squares = n+1, first+o.Latent, squares+o.Latent*o.Latent
			}
			d := float64(o.Subtotal) - o.Latent
			orders, gap, gapSquares, ratio = orders+1, gap+d, gapSquares+d*d, ratio+o.Latent
		}
	}
	within(t, "latent value of first orders", first, squares, n, mean)
	t.Logf("real basket less latent value: mean %.1f yen, deviation %.0f yen, of %.0f yen", gap/orders, math.Sqrt(gapSquares/orders), ratio/orders)
	if math.Abs(gap/orders) > 0.01*mean {
		t.Errorf("baskets miss their latent value by %.1f yen on average", gap/orders)
	}
	if deviation := math.Sqrt(gapSquares / orders); deviation > 0.12*mean {
		t.Errorf("baskets miss their latent value by %.0f yen typically", deviation)
	}
}

func TestCancellationsAndReturns(t *testing.T) {
	c := many()
	p := c.shop.Truth().Process
	// Only orders whose fate is settled before the end.
	settled := c.shop.Truth().End.AddDate(0, 0, -20)
	var web, cancelled, kept, returned, store, back int
	for k := range c.orders {
		for _, o := range c.orders[k] {
			switch {
			case o.At.After(settled):
			case o.Channel == "store":
				store++
				if o.Returned != nil {
					back++
				}
			default:
				web++
				if o.Cancelled != nil {
					cancelled++
					continue
				}
				kept++
				if o.Returned != nil {
					returned++
				}
			}
		}
	}
	share(t, "cancelled", cancelled, web, p.CancelRate)
	share(t, "returned", returned, kept, p.ReturnRate)
	share(t, "returned in stores", back, store, p.StoreReturnRate)
}

// TestContracts compares survival with sBG: S(t) = B(α, β+t)/B(α, β), Fader and Hardie
// (2007), equation 3.
func TestContracts(t *testing.T) {
	c := many()
	truth := c.shop.Truth()
	p := truth.Process
	for _, renewals := range []int{1, 3, 6} {
		survival := 1.0
		for k := range renewals {
			survival *= (p.ContractBeta + float64(k)) / (p.ContractAlpha + p.ContractBeta + float64(k))
		}
		var started, survived int
		for k := range c.people {
			contract := c.people[k].Contract
			if contract == nil || contract.Started.AddDate(0, 0, 30*renewals+1).After(truth.End) {
				continue
			}
			started++
			if contract.Renewals >= renewals {
				survived++
			}
		}
		share(t, "survival of "+strings.Repeat("一", renewals), survived, started, survival)
	}
}

// TestSecondPurchase is the F2 rate: a sound shop of this kind wins a second purchase from two of
// five customers within a year.
func TestSecondPurchase(t *testing.T) {
	c := many()
	end := c.shop.Truth().End
	var first, second int
	for k := range c.people {
		start := c.people[k].Process.FirstOrder
		year := start.AddDate(1, 0, 0)
		if year.After(end) {
			continue
		}
		first++
		for _, o := range c.orders[k] {
			if o.Cause == "process" && o.At.After(start) && o.At.Before(year) {
				second++
				break
			}
		}
	}
	rate := float64(second) / float64(first)
	t.Logf("F2 within a year: %.3f of %d", rate, first)
	if rate < 0.35 || rate > 0.5 {
		t.Errorf("F2 rate is %.3f", rate)
	}
}

// TestTreatmentEffects measures what the messages do as an analyst would: from the events
// alone, comparing arms. The truth is the chance of one more order by class.
func TestTreatmentEffects(t *testing.T) {
	for _, effects := range []bool{true, false} {
		customers := 6000
		if !effects {
			customers = 4000
		}
		shop := newShop(t, simulate.Config{Customers: customers, EventsPerCustomer: 50, NoEffects: !effects})
		arms := readArms(t, shop)
		total := 0.0
		for k, treatment := range simulate.Treatments() {
			arm := arms[treatment.ID]
			want := 0.0
			if effects {
				want = arm.expected(shop, k)
			}
			lift, se := arm.lift()
			t.Logf("%s: %d treated, %d held out, lift %.4f ± %.4f, truth %.4f", treatment.ID, arm.n[1], arm.n[0], lift, se, want)
			if math.Abs(lift-want) > 3.5*se {
				t.Errorf("%s: lift %.4f, truth %.4f, standard error %.4f", treatment.ID, lift, want, se)
			}
			total += lift / se
			held := float64(arm.n[0]) / float64(arm.n[0]+arm.n[1])
			if math.Abs(held-treatment.Holdout) > 0.04 {
				t.Errorf("%s: holdout share %.3f, want %.2f", treatment.ID, held, treatment.Holdout)
			}
		}
		// All treatments together are seen beyond doubt, and nothing is seen where nothing is.
		z := total / math.Sqrt(float64(len(simulate.Treatments())))
		if effects && z < 6 || !effects && math.Abs(z) > 3.5 {
			t.Errorf("effects %v: all treatments together are %.1f standard errors from none", effects, z)
		}
	}
}

// arm holds what happened in both arms of one treatment: 0 held out, 1 treated.
type arm struct {
	n            [2]int
	sum, squares [2]float64
	classes      map[simulate.Class]int
}

func (a *arm) lift() (lift, se float64) {
	var mean, variance [2]float64
	for k := range 2 {
		n := float64(a.n[k])
		mean[k] = a.sum[k] / n
		variance[k] = (a.squares[k]/n - mean[k]*mean[k]) / n
	}
	return mean[1] - mean[0], math.Sqrt(variance[0] + variance[1])
}

// expected is the mean effect over the classes of those who were assigned.
func (a *arm) expected(shop *simulate.Shop, k int) float64 {
	var sum, n float64
	for class, count := range a.classes {
		sum += simulate.Treatments()[k].Effect[class] * float64(count)
		n += float64(count)
	}
	return sum / n
}

// readArms reads assignments and orders from the events.
func readArms(t *testing.T, shop *simulate.Shop) map[string]*arm {
	t.Helper()
	type assigned struct {
		user, scenario string
		at             time.Time
		treated        int
	}
	var assignments []assigned
	orders := make(map[string][]time.Time)
	owner := make(map[string]string)
	class := make(map[string]simulate.Class)
	for i := range shop.Customers() {
		p := shop.Person(i)
		if p.Web == nil || p.Web.UserID == "" {
			continue
		}
		class[p.Web.UserID] = p.Process.Class
		if p.Store != nil {
			owner[p.Store.Card] = p.Web.UserID
		}
	}
	err := shop.Events(t.Context(), func(m simulate.Message) error {
		has := func(text string) bool { return bytes.Contains(m.JSON, []byte(text)) }
		scenario := has(`"scenario_id"`) && (has(`"Message Sent"`) || has(`"Message Not Sent"`))
		if !scenario && !has(`"Order Completed"`) {
			return nil
		}
		var e event
		if err := json.Unmarshal(m.JSON, &e); err != nil {
			return err
		}
		user := e.user()
		if card := e.external("card"); card != "" {
			user = owner[card]
		}
		if !scenario {
			orders[user] = append(orders[user], m.Time)
			return nil
		}
		a := assigned{user: user, scenario: e.Properties["scenario_id"].(string), at: m.Time}
		if e.Event == "Message Sent" {
			a.treated = 1
		}
		assignments = append(assignments, a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	arms := make(map[string]*arm)
	for _, treatment := range simulate.Treatments() {
		arms[treatment.ID] = &arm{classes: make(map[simulate.Class]int)}
	}
	for _, a := range assignments {
		horizon := 0
		for _, treatment := range simulate.Treatments() {
			if treatment.ID == a.scenario {
				horizon = treatment.HorizonDays
			}
		}
		count := 0.0
		for _, at := range orders[a.user] {
			if at.After(a.at) && at.Before(a.at.AddDate(0, 0, horizon)) {
				count++
			}
		}
		r := arms[a.scenario]
		r.n[a.treated]++
		r.sum[a.treated] += count
		r.squares[a.treated] += count * count
		r.classes[class[a.user]]++
	}
	return arms
}

// TestAssignments: both potential outcomes of every assignment are in the truth, and differ by
// the effect of the person's class.
func TestAssignments(t *testing.T) {
	c := many()
	type cell struct {
		treatment string
		class     simulate.Class
	}
	assigned, worked := make(map[cell]int), make(map[cell]int)
	for k := range c.people {
		arms := make(map[string]bool)
		var free time.Time
		for _, a := range c.people[k].Treatments {
			key := cell{a.Treatment, c.people[k].Process.Class}
			assigned[key]++
			worked[key] += a.With - a.Without
			if treated, before := arms[a.Treatment]; before && treated != a.Treated {
				t.Fatalf("person %d changes arms of %s", k, a.Treatment)
			}
			arms[a.Treatment] = a.Treated
			if a.At.Before(free) {
				t.Fatalf("person %d is assigned at %s within an earlier horizon", k, a.At)
			}
			for _, treatment := range simulate.Treatments() {
				if treatment.ID == a.Treatment {
					free = a.At.AddDate(0, 0, treatment.HorizonDays)
				}
			}
		}
	}
	for _, treatment := range simulate.Treatments() {
		for _, class := range []simulate.Class{simulate.Persuadable, simulate.SureThing} {
			key := cell{treatment.ID, class}
			share(t, treatment.ID+" for "+string(class), worked[key], assigned[key], treatment.Effect[class])
		}
		if n := worked[cell{treatment.ID, simulate.SleepingDog}]; n > 0 {
			t.Errorf("%s made %d sleeping dogs buy", treatment.ID, n)
		}
	}
}

// TestRespond: the hook has the effect it promises, by class, and answers alike twice.
func TestRespond(t *testing.T) {
	c := many()
	at := time.Date(2025, 6, 1, 10, 0, 0, 0, time.UTC)
	ordered, asked := make(map[simulate.Class]int), make(map[simulate.Class]int)
	for i := range c.people {
		r := c.shop.Respond(i, 1, at)
		if again := c.shop.Respond(i, 1, at); again != r {
			t.Fatalf("person %d answers %+v, then %+v", i, r, again)
		}
		class := c.people[i].Process.Class
		asked[class]++
		if !r.Order.IsZero() {
			ordered[class]++
			if !r.Clicked || r.Order.Before(at) || r.Order.After(at.AddDate(0, 0, 3)) {
				t.Errorf("person %d: %+v", i, r)
			}
		}
	}
	for class, n := range asked {
		want := simulate.Treatments()[1].Effect[class]
		if want == 0 {
			if ordered[class] > 0 {
				t.Errorf("%s: %d orders where there is no effect", class, ordered[class])
			}
			continue
		}
		share(t, "orders of "+string(class), ordered[class], n, want)
	}
}
