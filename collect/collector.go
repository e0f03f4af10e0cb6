package collect

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/contract"
	"github.com/hitori-cdp/hitori/collect/internal/wire"
	"github.com/hitori-cdp/hitori/service"
)

// Log is where accepted events become durable.
type Log interface {
	// Append puts events on the log and sets their positions. When it returns without an
	// error all of them are on disk. It returns an error of code Unavailable when the log
	// cannot be reached or its disk is full.
	Append(ctx context.Context, events []hitori.Event) error
}

const (
	// commitEvents and commitBytes bound what goes to the log in one go.
	commitEvents = 4096
	commitBytes  = 4 << 20
	// committing is how many goes are under way at a time.
	committing = 3
	// defaultWaiting is how many bytes of events may wait for the log before senders are
	// asked to come back later.
	defaultWaiting = 64 << 20
	// futureTolerance is how far ahead a sender's clock may be; a later time would
	// keep newer statements from counting until it has come.
	futureTolerance = 5 * time.Minute
)

// Collector accepts events. Many requests share one write to disk: while one write is
// under way the next requests gather for the one after it.
type Collector struct {
	log     Log
	clock   service.Clock
	limits  wire.Limits
	checker atomic.Pointer[contract.Checker]

	queue   chan *submission
	waiting atomic.Int64 // bytes
	most    int64
	runner  service.Runner
	stats   CollectorStats
}

// CollectorConfig is what a collector works with.
type CollectorConfig struct {
	Log   Log
	Clock service.Clock
	// EventBytes is the size of the largest event; the default is Segment's 32 KiB.
	EventBytes int
	// BatchEvents is how many events one request may hold; the default is 5,000.
	BatchEvents int
	// WaitingBytes is how many bytes of events may wait for the log; the default is 64 MiB.
	WaitingBytes int64
}

// CollectorStats counts what a collector has accepted since it was made.
type CollectorStats struct {
	Events, Bytes, Problems, Refused, Commits atomic.Int64
}

// submission is the events of one request on their way to the log.
type submission struct {
	events []hitori.Event
	bytes  int64
	done   chan error
}

// NewCollector returns a collector that is not started.
func NewCollector(cfg CollectorConfig) *Collector {
	c := &Collector{
		log: cfg.Log, clock: cfg.Clock, queue: make(chan *submission, 1024), most: cfg.WaitingBytes,
		limits: wire.Limits{EventBytes: cfg.EventBytes, Events: cfg.BatchEvents},
	}
	if c.limits.EventBytes == 0 {
		c.limits.EventBytes = 32 << 10
	}
	if c.limits.Events == 0 {
		c.limits.Events = 5000
	}
	if c.most == 0 {
		c.most = defaultWaiting
	}
	return c
}

// Stats returns the collector's counters.
func (c *Collector) Stats() *CollectorStats { return &c.stats }

// Start begins to write accepted events to the log.
func (c *Collector) Start(ctx context.Context) error {
	c.runner.Run(ctx, c.commit)
	return nil
}

// Stop ends the writing; events that wait are still written.
func (c *Collector) Stop() { c.runner.Stop() }

// Request is a request of an SDK, read but not accepted.
type Request struct {
	// WriteKey is the key in the body; empty when there is none.
	WriteKey string
	events   []wire.Event
}

// Len returns how many events the request has.
func (r Request) Len() int { return len(r.events) }

// ReadBatch reads the body of a batch request. It returns an error of code Invalid or
// TooLarge for a body that is no batch; events that are wrong are in the request.
func (c *Collector) ReadBatch(body []byte) (Request, error) {
	request, err := wire.Batch(body, c.limits)
	return Request{request.WriteKey, request.Events}, err
}

// ReadSingle reads the body of a request for one event. It returns an error of code
// Invalid or TooLarge for a body that is no event or too large a one.
func (c *Collector) ReadSingle(body []byte, t hitori.EventType) (Request, error) {
	if len(body) > c.limits.EventBytes {
		return Request{}, hitori.NewError(hitori.TooLarge, "event_too_large", "limit", c.limits.EventBytes)
	}
	request, err := wire.Single(body, t, c.limits)
	return Request{request.WriteKey, request.Events}, err
}

// AcceptRequest accepts the events of a request for a source. When it returns without an
// error they are on disk.
func (c *Collector) AcceptRequest(ctx context.Context, source hitori.SourceID, r Request) error {
	now := c.clock.Now()
	events := make([]hitori.Event, len(r.events))
	for i := range r.events {
		e := &r.events[i]
		e.Time = correct(e.Time, e.SentAt, now)
		e.Source = source
		events[i] = e.Event
	}
	return c.Accept(ctx, events)
}

// correct returns when an event happened, by our clock. The sender's clock is off by the difference
// between when it says it sent the event and when the event came (Segment's rule). A
// time in the future is taken for now.
func correct(said, sent, received time.Time) time.Time {
	at := said
	switch {
	case said.IsZero():
		return received
	case !sent.IsZero():
		at = received.Add(-sent.Sub(said))
	}
	if at.After(received.Add(futureTolerance)) || at.Year() < 1900 {
		return received
	}
	return at
}

// Accept accepts events that have their source and time. Events without a message id get
// one. When it returns without an error they are on disk. It returns an error of code
// Busy when too much waits for the log, and of code Unavailable when the log does not
// take them; sending them again is harmless.
func (c *Collector) Accept(ctx context.Context, events []hitori.Event) error {
	if len(events) == 0 {
		return nil
	}
	s := &submission{events: events, done: make(chan error, 1)}
	now := c.clock.Now()
	for i := range events {
		c.prepare(&events[i], now)
		s.bytes += size(&events[i])
	}
	if c.waiting.Add(s.bytes) > c.most && s.bytes < c.most {
		c.waiting.Add(-s.bytes)
		c.stats.Refused.Add(int64(len(events)))
		return hitori.NewError(hitori.Busy, "collector_busy").After(time.Second)
	}
	select {
	case c.queue <- s:
	case <-ctx.Done():
		c.waiting.Add(-s.bytes)
		return ctx.Err()
	}
	// Once queued the events are written whether or not the sender still waits.
	select {
	case err := <-s.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Collector) prepare(e *hitori.Event, now time.Time) {
	e.ReceivedAt = now
	if e.Time.IsZero() {
		e.Time = now
	}
	if e.MessageID == "" {
		e.MessageID = uuid.NewString()
	}
	e.ID = hitori.NewEventID(e.Source, e.MessageID)
	if checker := c.checker.Load(); checker != nil && len(e.Problems) == 0 {
		e.Problems = checker.Check(e)
	}
	if len(e.Problems) > 0 {
		c.stats.Problems.Add(1)
	}
}

// size is about how many bytes an event takes on the log.
func size(e *hitori.Event) int64 {
	return int64(64 + len(e.MessageID) + len(e.Name) + len(e.UserID) + len(e.AnonymousID) +
		len(e.Properties) + len(e.Traits) + len(e.Context) + len(e.Raw))
}

// commit gathers submissions and writes them, until the collector is stopped and nothing
// waits any more.
func (c *Collector) commit(ctx context.Context) {
	slots := make(chan struct{}, committing)
	var wait sync.WaitGroup
	defer wait.Wait()
	for {
		var group []*submission
		select {
		case s := <-c.queue:
			group = append(group, s)
		case <-ctx.Done():
			select {
			case s := <-c.queue:
				group = append(group, s)
			default:
				return
			}
		}
		slots <- struct{}{} // while all are taken, more requests gather in the queue
		group = c.gather(group)
		wait.Go(func() {
			defer func() { <-slots }()
			c.write(context.WithoutCancel(ctx), group)
		})
	}
}

func (c *Collector) gather(group []*submission) []*submission {
	events, bytes := len(group[0].events), group[0].bytes
	for events < commitEvents && bytes < commitBytes {
		select {
		case s := <-c.queue:
			group = append(group, s)
			events, bytes = events+len(s.events), bytes+s.bytes
		default:
			return group
		}
	}
	return group
}

func (c *Collector) write(ctx context.Context, group []*submission) {
	events := group[0].events
	if len(group) > 1 {
		events = nil
		for _, s := range group {
			events = append(events, s.events...)
		}
	}
	err := c.log.Append(ctx, events)
	c.stats.Commits.Add(1)
	written := 0
	for _, s := range group {
		copy(s.events, events[written:written+len(s.events)]) // with their positions
		written += len(s.events)
		c.waiting.Add(-s.bytes)
		if err == nil {
			c.stats.Events.Add(int64(len(s.events)))
			c.stats.Bytes.Add(s.bytes)
		}
		s.done <- err
	}
}
