package imports

import (
	"context"
	"errors"
	"sync"

	"github.com/hitori-cdp/hitori"
)

// chunk is a number of events that the sink gets at once.
type chunk struct {
	n        int64 // counted from 1
	events   []hitori.Event
	states   []state  // of events, in their order
	progress Progress // as far as the reader was

	changes  []Change // for the ledger
	told     Told
	err      error
	finished chan struct{}
}

// unremembered is how many chunks that the sink has accepted may wait for the ledger.
const unremembered = 32

// delivery hands chunks to the sink, some at a time, acknowledges them in their order, and tells the ledger.
type delivery struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	opts   *Options
	sink   Sink
	state  string
	resume int64

	in       chan *chunk
	waiting  chan *chunk // handed to the sink, in order
	accepted chan *chunk // by the sink; the ledger has not been told
	filter   ledgerFilter
	mu       sync.Mutex // guards filter.pending
	done     sync.WaitGroup

	// written by the goroutine that remembers, read when it has ended
	events     int64
	checkpoint Checkpoint
	told       Told // by all chunks up to there
}

func newDelivery(ctx context.Context, sink Sink, opts *Options, state string) *delivery {
	d := &delivery{opts: opts, sink: sink, state: state, resume: opts.Resume.Chunks, checkpoint: opts.Resume, in: make(chan *chunk, 1)}
	if before := opts.Resume.Told; before != nil {
		d.told = *before
	}
	d.ctx, d.cancel = context.WithCancelCause(ctx)
	inFlight := opts.InFlight
	if inFlight <= 0 {
		inFlight = 2
	}
	d.waiting = make(chan *chunk, inFlight-1)
	d.filter = ledgerFilter{ledger: opts.Ledger, pending: map[Hash]pendingEntry{}}
	d.accepted = make(chan *chunk, unremembered)
	d.done.Add(3)
	go d.send()
	go d.acknowledge()
	go d.remember(ctx)
	return d
}

// put gives a chunk to the delivery. It returns the error that ended the delivery, if one did.
func (d *delivery) put(c *chunk) error {
	select {
	case d.in <- c:
		return nil
	case <-d.ctx.Done():
		return context.Cause(d.ctx)
	}
}

// close waits until everything is acknowledged, and returns the error that prevented it.
func (d *delivery) close() error {
	close(d.in)
	d.done.Wait()
	err := context.Cause(d.ctx)
	d.cancel(nil)
	return err
}

// send starts the calls of the sink.
func (d *delivery) send() {
	defer d.done.Done()
	defer close(d.waiting)
	for c := range d.in {
		if d.ctx.Err() != nil {
			continue // so that put does not wait for ever
		}
		c.finished = make(chan struct{})
		if c.n > d.resume || d.opts.DryRun {
			d.mu.Lock()
			err := d.filter.filter(d.ctx, c)
			d.mu.Unlock()
			if err == nil {
				err = d.dropKnown(c)
			}
			if err != nil {
				d.cancel(err)
				continue
			}
		}
		select {
		case d.waiting <- c:
			go d.accept(c)
		case <-d.ctx.Done():
		}
	}
}

// dropKnown takes the events out of a chunk that came with an earlier import, and counts the others.
func (d *delivery) dropKnown(c *chunk) error {
	if d.opts.Known != nil && len(c.events) > 0 {
		ids := make([]hitori.EventID, len(c.events))
		for i := range c.events {
			ids[i] = c.events[i].ID
		}
		known, err := d.opts.Known(d.ctx, ids)
		if err != nil {
			return err
		}
		kept := c.events[:0]
		for i, e := range c.events {
			if !known[i] {
				kept = append(kept, e)
			}
		}
		c.told.Unchanged += int64(len(c.events) - len(kept))
		c.events = kept
	}
	c.told.Events = make(map[string]int64)
	for i := range c.events {
		c.told.Events[label(&c.events[i])]++
	}
	return nil
}

func (d *delivery) accept(c *chunk) {
	defer close(c.finished)
	if d.opts.DryRun || c.n <= d.resume {
		return
	}
	if len(c.events) > 0 {
		c.err = d.sink.Accept(d.ctx, c.events)
	}
}

// acknowledge takes the chunks in order, up to the first that the sink has not accepted.
func (d *delivery) acknowledge() {
	defer d.done.Done()
	defer close(d.accepted)
	broken := false
	for c := range d.waiting {
		<-c.finished // also after an error elsewhere: the sink has the events
		if c.err != nil {
			d.cancel(c.err)
		}
		if broken = broken || c.err != nil; broken {
			continue
		}
		c.progress.Events, c.events = int64(len(c.events)), nil
		d.accepted <- c
	}
}

// remember tells the ledger about the chunks that the sink has accepted, those that wait at once. They come in order,
// since two may speak of the same product.
func (d *delivery) remember(ctx context.Context) {
	defer d.done.Done()
	var err error
	for c := range d.accepted {
		some := []*chunk{c}
		for range len(d.accepted) {
			some = append(some, <-d.accepted)
		}
		if err != nil {
			continue
		}
		if err = d.rememberAll(ctx, some); err != nil {
			d.cancel(err)
		}
	}
}

func (d *delivery) rememberAll(ctx context.Context, some []*chunk) error {
	var changes []Change
	for _, c := range some {
		changes = append(changes, c.changes...)
	}
	if len(changes) > 0 && !d.opts.DryRun {
		if err := d.opts.Ledger.Remember(ctx, changes); err != nil {
			return err
		}
	}
	d.mu.Lock()
	for _, c := range some {
		d.filter.accepted(c.n, c.changes)
	}
	d.mu.Unlock()
	for _, c := range some {
		d.told = d.told.plus(c.told)
		if c.n > d.resume {
			d.events += c.progress.Events
		}
	}
	last := some[len(some)-1]
	if d.opts.DryRun || last.n <= d.resume {
		return nil
	}
	d.checkpoint = Checkpoint{Chunks: last.n, State: d.state, Told: new(d.told)}
	if d.opts.Progress != nil {
		p := last.progress
		p.Events, p.Checkpoint = d.events, d.checkpoint
		d.opts.Progress(p)
	}
	return nil
}

// failed makes errors of the sink and the ledger those of the import; the caller's own stay
// what they are.
func failed(err error) error {
	var e *hitori.Error
	if err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return hitori.NewError(hitori.Unavailable, "import_sink").Because(err)
}
