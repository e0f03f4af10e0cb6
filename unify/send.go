package unify

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
)

// sending is a step on its way to the warehouse.
type sending struct {
	step   Step
	plan   plan
	events []hitori.Event
}

// send brings steps to the warehouse, in their order.
func (w *Worker) send(ctx context.Context, steps <-chan sending) error {
	for {
		select {
		case s := <-steps:
			if err := w.sendOne(ctx, s); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// sendOne appends a step, and tries again for as long as the warehouse cannot be reached.
func (w *Worker) sendOne(ctx context.Context, s sending) error {
	batch, err := s.plan.warehouseBatch(s.step.Token, s.events, w.cfg.Currency)
	if err != nil {
		return err
	}
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := w.cfg.Warehouse.Append(ctx, batch)
		if err == nil {
			break
		}
		if hitori.ErrorCode(err) != hitori.Unavailable || ctx.Err() != nil {
			return err
		}
		w.stats.Failures.Add(1)
		w.cfg.Logger.Warn("the warehouse does not take events; trying again", "error", err, "wait", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	w.settle(s.step.Token)
	w.sent.Update(func(sent *map[int]uint64) {
		for _, r := range s.step.Ranges {
			(*sent)[r.Partition] = max((*sent)[r.Partition], r.Last)
		}
	})
	return nil
}

// redo sends the steps again that may not have reached the warehouse before a crash.
func (w *Worker) redo(ctx context.Context, mine map[int]uint64, pending []Step) error {
	for _, step := range pending {
		if _, ok := mine[step.Ranges[0].Partition]; !ok {
			continue // some other worker's
		}
		p, err := decodePlan(step.Plan)
		if err != nil {
			return err
		}
		events, err := w.reread(ctx, step.Ranges)
		if err != nil {
			return err
		}
		if err := w.sendOne(ctx, sending{step, p, events}); err != nil {
			return err
		}
	}
	return nil
}

// reread returns the events of a step in their order.
func (w *Worker) reread(ctx context.Context, ranges []Range) ([]hitori.Event, error) {
	after := make(map[int]uint64, len(ranges))
	last := make(map[int]uint64, len(ranges))
	for _, r := range ranges {
		after[r.Partition], last[r.Partition] = r.After, r.Last
	}
	reader, err := w.cfg.Log.Read(ctx, after)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	var events []hitori.Event
	for open := len(ranges); open > 0; {
		frame, err := reader.Next(ctx)
		if err != nil {
			return nil, err
		}
		if frame.Sequence > last[frame.Partition] {
			continue
		}
		events = append(events, frame.Events...)
		if frame.Sequence == last[frame.Partition] {
			open--
		}
	}
	return events, nil
}

func (w *Worker) settle(tokens ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settled = append(w.settled, tokens...)
	select {
	case w.arrived <- struct{}{}:
	default:
	}
}

func (w *Worker) takeSettled() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	settled := w.settled
	w.settled = nil
	return settled
}

// forgetSettled removes steps from the state when no transaction has come by to do it.
func (w *Worker) forgetSettled(ctx context.Context) error {
	settled := w.takeSettled()
	if len(settled) == 0 {
		return nil
	}
	err := w.cfg.Store.Update(ctx, func(tx Tx) error { return tx.Advance(ctx, Step{}, settled) })
	if err != nil {
		w.settle(settled...)
	}
	return err
}
