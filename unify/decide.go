package unify

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/identity"
)

// decisionName is the name of the system events that carry decisions.
const decisionName = "Decision Made"

// isDecision reports whether a frame holds a decision; decisions are accepted one by one, so it is
// alone in its frame.
func isDecision(f Frame) bool {
	return len(f.Events) > 0 && f.Events[0].Type == hitori.System
}

// decide carries out what a person decided. A decision that is no longer possible is
// concluded with the reason; only failures of an engine are errors.
func (w *Worker) decide(ctx context.Context, b *batch, step *Step, settled []string) (p plan, err error) {
	e := &b.events[0]
	d := Decision{Position: e.Position, Time: e.Time}
	if err := json.Unmarshal([]byte(e.Properties), &d); err != nil {
		return p, hitori.NewError(hitori.Internal, "decision_damaged").Because(err)
	}
	var outcome Outcome
	err = w.cfg.Store.Decide(ctx, func(tx DecisionTx) error {
		outcome = Outcome{Position: d.Position}
		p = plan{stamps: make([]int64, len(b.events))}
		aliases, err := carryOut(ctx, tx, d)
		var refused *hitori.Error
		switch {
		case errors.As(err, &refused) && refused.Code != hitori.Unavailable && refused.Code != hitori.Internal:
			outcome.Error = refused.Key
		case err != nil:
			return err
		case d.Action != ActionErase:
			p.stamps[0], p.aliases = int64(d.Customer), aliases
		}
		if err := tx.Conclude(ctx, outcome); err != nil {
			return err
		}
		step.Plan = p.encode()
		return tx.Advance(ctx, *step, settled)
	})
	w.known = newRecall()
	return p, err
}

func carryOut(ctx context.Context, tx DecisionTx, d Decision) ([]Alias, error) {
	switch d.Action {
	case ActionMerge:
		return merge(ctx, tx, d)
	case ActionSeparate:
		return nil, tx.Separate(ctx, d.Customer, d.Other, true, d)
	case ActionUnmerge:
		return tx.Unmerge(ctx, d.Merge, d.Customer, d)
	case ActionErase:
		return nil, tx.Erase(ctx, d.Customer, d)
	case ActionJunk:
		return nil, setState(ctx, tx, d, hitori.Junk)
	case ActionTrust:
		return nil, setState(ctx, tx, d, hitori.Trusted)
	}
	return nil, hitori.NewError(hitori.Invalid, "action_unknown", "action", d.Action)
}

func merge(ctx context.Context, tx DecisionTx, d Decision) ([]Alias, error) {
	people, err := tx.People(ctx, []hitori.CustomerID{d.Customer, d.Other})
	if err != nil {
		return nil, err
	}
	if len(people) != 2 {
		return nil, hitori.NewError(hitori.Conflict, "merge_not_two_people")
	}
	if err := tx.Separate(ctx, d.Customer, d.Other, false, d); err != nil {
		return nil, err
	}
	graph := identity.NewGraph()
	graph.AddPerson(people[0])
	graph.AddPerson(people[1])
	graph.Join(d.Customer, d.Other, Merge{Position: d.Position, Actor: d.Actor, Time: d.Time})
	changes := Changes{Changes: graph.Changes()}
	return Aliases(changes.Merges), tx.Save(ctx, &changes)
}

func setState(ctx context.Context, tx DecisionTx, d Decision, state hitori.IdentifierState) error {
	if d.Identifier == nil {
		return hitori.NewError(hitori.Invalid, "identifier_missing")
	}
	owners, err := tx.Owners(ctx, []hitori.Identifier{*d.Identifier})
	if err != nil {
		return err
	}
	if len(owners) == 0 {
		return hitori.NewError(hitori.NotFound, "identifier_unknown", "identifier", d.Identifier)
	}
	owners[0].State = state
	return tx.Save(ctx, &Changes{Changes: identity.Changes{Identifiers: owners}})
}
