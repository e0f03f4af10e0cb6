package unify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

const (
	// batchEvents and batchBytes are where a batch is closed; linger is how long it waits
	// for more before that.
	batchEvents = 20_000
	batchBytes  = 16 << 20
	linger      = 100 * time.Millisecond
	// stepsAhead is how many steps the state may be ahead of the warehouse.
	stepsAhead = 2
	// reassign is how often a worker asks which partitions are its own.
	reassign = 2 * time.Second
	// pause is how long a worker waits after a failure.
	pause = time.Second
)

// Worker applies the log: it finds out whose each event is, keeps the profiles, and sends
// the stamped events to the warehouse. Every event is applied once, whatever dies when:
//
//	log ──▶ gather frames ──▶ one transaction on the state ──▶ warehouse ──▶ step forgotten
//	                          sightings, identities, profiles,  idempotent
//	                          checkpoint, the step and its plan by token
//
// A crash before the transaction leaves nothing; one after it leaves a step whose plan is sent
// again, under the same token, by whoever works on the partition next.
type Worker struct {
	cfg    WorkerConfig
	runner service.Runner
	known  *recall

	// sent is how far each partition has reached the warehouse.
	sent service.Progress[map[int]uint64]

	mu      sync.Mutex
	settled []string // tokens the warehouse has and the state need not remember
	// arrived wakes the applying stage when there is something to forget.
	arrived chan struct{}

	stats WorkerStats
}

// WorkerConfig is what a worker works with.
type WorkerConfig struct {
	Log       Log
	Store     WorkerStore
	Warehouse Warehouse
	// CountFields surveys events for the data contract.
	CountFields func([]hitori.Event) []hitori.FieldCount
	// Currency is that of amounts which do not name theirs.
	Currency hitori.Currency
	Logger   *slog.Logger
}

// WorkerStats counts what a worker has done since it was made.
type WorkerStats struct {
	Events, Repeated, Quarantined, Unattributed, Steps atomic.Int64
	// Failures are those the worker had to wait and start anew for.
	Failures atomic.Int64
}

// NewWorker returns a worker that is not started.
func NewWorker(cfg WorkerConfig) *Worker {
	w := &Worker{cfg: cfg, known: newRecall(), arrived: make(chan struct{}, 1)}
	w.sent.Update(func(m *map[int]uint64) { *m = make(map[int]uint64) })
	return w
}

// Stats returns the worker's counters.
func (w *Worker) Stats() *WorkerStats { return &w.stats }

// Start begins to work.
func (w *Worker) Start(ctx context.Context) error {
	w.runner.Run(ctx, w.work)
	return nil
}

// Stop ends the work between two steps.
func (w *Worker) Stop() { w.runner.Stop() }

// Wait returns once this worker has brought the given frames to the warehouse.
func (w *Worker) Wait(ctx context.Context, until map[int]uint64) error {
	return w.sent.Wait(ctx, func(sent map[int]uint64) bool {
		for partition, sequence := range until {
			if sent[partition] < sequence {
				return false
			}
		}
		return true
	})
}

func (w *Worker) work(ctx context.Context) {
	for ctx.Err() == nil {
		err := w.session(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		w.stats.Failures.Add(1)
		w.cfg.Logger.Warn("worker starts anew", "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

var errReassigned = errors.New("the partitions were dealt anew")

// session works on the partitions assigned now, until they change or something fails.
func (w *Worker) session(ctx context.Context) error {
	partitions, err := w.cfg.Store.Assigned(ctx, w.cfg.Log.Partitions())
	if err != nil {
		return err
	}
	if len(partitions) == 0 {
		return w.awaitAssignment(ctx, partitions)
	}
	w.known = newRecall()
	w.takeSettled()
	progress, err := w.cfg.Store.Progress(ctx)
	if err != nil {
		return err
	}
	after := make(map[int]uint64, len(partitions))
	for _, p := range partitions {
		after[p] = progress.Applied[p]
	}
	if err := w.redo(ctx, after, progress.Pending); err != nil {
		return err
	}
	w.sent.Update(func(m *map[int]uint64) { *m = maps.Clone(after) })
	return w.stream(ctx, partitions, after)
}

// stream runs the stages of the pipeline side by side until one of them ends.
func (w *Worker) stream(ctx context.Context, partitions []int, after map[int]uint64) error {
	reader, err := w.cfg.Log.Read(ctx, after)
	if err != nil {
		return err
	}
	defer reader.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	frames := make(chan Frame, 16)
	steps := make(chan sending, stepsAhead)
	var wait sync.WaitGroup
	stage := func(work func() error) { wait.Go(func() { cancel(work()) }) }
	stage(func() error { return w.pump(ctx, reader, frames) })
	stage(func() error { return w.awaitAssignment(ctx, partitions) })
	stage(func() error { return w.apply(ctx, frames, steps, maps.Clone(after)) })
	stage(func() error { return w.send(ctx, steps) })
	wait.Wait()
	if err := context.Cause(ctx); !errors.Is(err, errReassigned) && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (w *Worker) pump(ctx context.Context, reader Reader, frames chan<- Frame) error {
	for {
		frame, err := reader.Next(ctx)
		if err != nil {
			return err
		}
		select {
		case frames <- frame:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// awaitAssignment returns when the partitions of this process are others than before.
func (w *Worker) awaitAssignment(ctx context.Context, partitions []int) error {
	ticker := time.NewTicker(reassign)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		now, err := w.cfg.Store.Assigned(ctx, w.cfg.Log.Partitions())
		if err != nil {
			return err
		}
		if !slices.Equal(now, partitions) {
			return errReassigned
		}
	}
}

// apply turns frames into steps, one transaction each.
func (w *Worker) apply(ctx context.Context, frames <-chan Frame, steps chan<- sending, after map[int]uint64) error {
	var next *Frame // read, but part of the step to come
	for {
		if next == nil {
			select {
			case f := <-frames:
				next = &f
			case <-w.arrived:
				if err := w.forgetSettled(ctx); err != nil {
					return err
				}
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var b *batch
		b, next = w.gather(ctx, *next, frames, after)
		step, plan, err := w.commit(ctx, b)
		if err != nil {
			return err
		}
		for p, r := range b.ranges {
			after[p] = r.Last
		}
		select {
		case steps <- sending{step: step, plan: plan, events: b.events}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// gather adds frames to a batch until it is large enough or no more come. A decision is a batch by
// itself. The frame that did not fit is returned beside.
func (w *Worker) gather(ctx context.Context, first Frame, frames <-chan Frame, after map[int]uint64) (*batch, *Frame) {
	b := newBatch()
	b.add(first, after[first.Partition])
	if isDecision(first) {
		return b, nil
	}
	timer := time.NewTimer(linger)
	defer timer.Stop()
	for len(b.events) < batchEvents && b.bytes < batchBytes {
		select {
		case f := <-frames:
			if isDecision(f) {
				return b, &f
			}
			b.add(f, after[f.Partition])
		case <-timer.C:
			return b, nil
		case <-ctx.Done():
			return b, nil
		}
	}
	return b, nil
}

// commit applies a batch to the state.
func (w *Worker) commit(ctx context.Context, b *batch) (step Step, p plan, err error) {
	settled := w.takeSettled()
	first := slices.MinFunc(slices.Collect(maps.Values(b.ranges)), func(a, b Range) int { return a.Partition - b.Partition })
	step = b.step(fmt.Sprintf("%d-%d", first.Partition, first.Last))
	if len(b.events) > 0 && b.events[0].Type == hitori.System {
		p, err = w.decide(ctx, b, &step, settled)
	} else {
		p, err = w.update(ctx, b, &step, settled)
	}
	if err != nil {
		w.settle(settled...) // not forgotten yet
		return step, p, err
	}
	w.stats.Steps.Add(1)
	return step, p, nil
}

func (w *Worker) update(ctx context.Context, b *batch, step *Step, settled []string) (p plan, err error) {
	var epoch int64
	err = w.cfg.Store.Update(ctx, func(tx Tx) error {
		if epoch, err = tx.Epoch(ctx); err != nil {
			return err
		}
		w.known.at(epoch)
		if err := b.resolve(ctx, tx, w.known); err != nil {
			return err
		}
		if err := b.profiles(ctx, tx); err != nil {
			return err
		}
		b.changes.Fields = w.cfg.CountFields(b.news())
		p = plan{stamps: b.stamps, aliases: Aliases(b.changes.Merges)}
		step.Plan = p.encode()
		if err := tx.Save(ctx, &b.changes); err != nil {
			return err
		}
		if epoch, err = tx.Epoch(ctx); err != nil {
			return err
		}
		return tx.Advance(ctx, *step, settled)
	})
	if err != nil {
		return p, err
	}
	b.remember(w.known)
	w.known.epoch = epoch // our own doing
	w.count(b)
	return p, nil
}

func (w *Worker) count(b *batch) {
	for i, stamp := range b.stamps {
		switch {
		case stamp == stampSkipped:
			w.stats.Repeated.Add(1)
		case stamp == stampHeld:
			w.stats.Quarantined.Add(1)
		case stamp == stampNobody && b.isPersonal(i):
			w.stats.Unattributed.Add(1)
			w.stats.Events.Add(1)
		default:
			w.stats.Events.Add(1)
		}
	}
}

// news are the events that are neither repeated nor in quarantine.
func (b *batch) news() []hitori.Event {
	news := make([]hitori.Event, 0, len(b.events))
	for i := range b.events {
		if b.stamps[i] >= 0 {
			news = append(news, b.events[i])
		}
	}
	return news
}

// Aliases lists the profiles that merges, in their order, moved, and where each ended.
func Aliases(merges []Merge) []Alias {
	var list []Alias
	for _, m := range merges {
		for _, member := range m.Members {
			list = append(list, Alias{Customer: member, Root: m.Winner, Version: m.Position})
		}
	}
	// Within a step a winner can lose to a third; its earlier spoils move on with it, so the
	// last entry of a profile is where it ends.
	last := make(map[hitori.CustomerID]int, len(list))
	for i, a := range list {
		last[a.Customer] = i
	}
	kept := list[:0]
	for i, a := range list {
		if last[a.Customer] == i {
			kept = append(kept, a)
		}
	}
	return kept
}

// Displaced returns the identifiers that the changes take from their owner or stop from joining
// people.
func (c *Changes) Displaced() []hitori.Identifier {
	var displaced []hitori.Identifier
	for _, o := range c.Identifiers {
		if o.State != hitori.Trusted {
			displaced = append(displaced, o.Identifier)
		}
	}
	return displaced
}
