package understand

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// Verdict is whether a person meets a condition, and why.
type Verdict struct {
	Condition query.Condition
	Met       bool
	// Until is when that changes at the earliest though nothing happens; zero for never.
	Until time.Time
	// Leaves are what each of the condition's questions comes to.
	Leaves []query.Explained
}

// Evaluate tells whether a person meets a condition at this moment. Events count as soon as they are applied; features, segments
// and lists are as they were derived last. It returns [query.Faults] when the condition is not valid, and an error of code
// NotFound when there is no such person.
func (s *Segments) Evaluate(ctx context.Context, person hitori.CustomerID, definition []byte) (Verdict, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Verdict{}, err
	}
	c, err := s.rule(ctx, "", definition, all)
	if err != nil {
		return Verdict{}, err
	}
	own, err := s.Own(ctx)
	if err != nil {
		return Verdict{}, err
	}
	meaning := func(c query.Condition) query.Condition { return expand(c, own) }
	meant := meaning(c)
	subject, err := s.cfg.Subjects.Of(ctx, person, meant)
	if err != nil {
		return Verdict{}, err
	}
	v, at := Verdict{Condition: c}, s.clock()
	v.Met, v.Until = query.Evaluate(meant, subject, at.Now, at.Location)
	v.Leaves = query.Explain(c, meaning, subject, at.Now, at.Location)
	return v, nil
}
