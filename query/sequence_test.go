package query_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

// Sequences are looked for in one pass that keeps little. Here every run there is gets tried,
// by the words of the documentation.
func TestSequencesAgainstEveryRun(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 1))
	names := []string{"Product Viewed", "Product Added", "Order Completed"}
	met := 0
	for i := range 20_000 {
		customer := &querytest.Customer{}
		for range random.IntN(9) {
			at := querytest.Now.Add(-time.Duration(random.IntN(120)) * time.Hour / 2)
			customer.Add(hitori.Stamped{Event: hitori.Event{Name: names[random.IntN(3)], Time: at}})
		}
		n := &query.Sequence{Steps: make([]query.Step, 2+random.IntN(2))}
		for j := range n.Steps {
			n.Steps[j].Name = names[random.IntN(3)]
			if j > 0 && random.IntN(3) > 0 {
				n.Steps[j].Within = &query.Duration{N: 1 + random.IntN(12), Unit: query.Hour}
				if random.IntN(2) == 0 {
					n.Steps[j].Within = &query.Duration{N: 1, Unit: query.Day}
				}
			}
		}
		n.Steps[len(n.Steps)-1].Absent = random.IntN(2) == 0
		if random.IntN(2) == 0 {
			n.Window = &query.Test{Op: query.InLast, Duration: query.Duration{N: 1, Unit: query.Day}}
		}
		want := anyRun(n, customer.Story, 0, -1)
		got, _ := query.Evaluate(n, customer, querytest.Now, querytest.Location)
		if got != want {
			t.Fatalf("%d: %s: %v, want %v, of %v", i, query.Encode(n), got, want, customer.Story)
		}
		if got {
			met++
		}
	}
	if met < 2_000 || met > 18_000 {
		t.Errorf("%d of 20,000 are met", met)
	}
}

// anyRun reports whether the steps from one on can be met behind an event.
func anyRun(n *query.Sequence, story []hitori.Stamped, step, behind int) bool {
	if step == len(n.Steps) {
		return true
	}
	s := n.Steps[step]
	end := func(from time.Time) time.Time { // the first instant that is too late
		switch {
		case s.Within == nil:
			return querytest.Now.AddDate(100, 0, 0)
		case s.Within.Unit == query.Day:
			year, month, day := from.In(querytest.Location).Date()
			return time.Date(year, month, day+s.Within.N+1, 0, 0, 0, 0, querytest.Location)
		}
		return from.Add(time.Duration(s.Within.N)*time.Hour + time.Millisecond)
	}
	near := func(j int) bool {
		if step > 0 {
			return story[j].Time.Before(end(story[behind].Time))
		}
		return n.Window == nil || !story[j].Time.Before(time.Date(2026, 3, 30, 0, 0, 0, 0, querytest.Location))
	}
	if s.Absent {
		for j := behind + 1; j < len(story); j++ {
			if story[j].Name == s.Name && near(j) {
				return false
			}
		}
		return s.Within == nil || !querytest.Now.Before(end(story[behind].Time))
	}
	for j := behind + 1; j < len(story); j++ {
		if story[j].Name == s.Name && near(j) && anyRun(n, story, step+1, j) {
			return true
		}
	}
	return false
}
