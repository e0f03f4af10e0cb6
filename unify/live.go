package unify

import (
	"context"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
)

const (
	// liveEvents is how many of the latest events are shown.
	liveEvents = 1000
	// liveIdle is how long the log is followed after somebody last looked.
	liveIdle = time.Minute
)

// Live shows events as they come in, for whoever sets up a source and wants to see what
// arrives. It follows the log only while somebody looks. Its methods are safe for concurrent
// use.
type Live struct {
	log Log

	mu     sync.Mutex
	events []hitori.Event // the latest, oldest first
	next   int64          // the number of the event that comes next
	stop   context.CancelFunc
	idle   *time.Timer
	wait   sync.WaitGroup
}

// NewLive returns a view of the end of the log.
func NewLive(log Log) *Live { return &Live{log: log, next: 1} }

// Look returns the events with numbers from after on, oldest first and at most limit, and the number to
// ask for the next time. When more have come than are kept or asked for, the oldest of them are left
// out, and missed says how many. The first look, with after 0, begins to follow the log and
// returns what is known already.
func (l *Live) Look(ctx context.Context, after int64, limit int) (events []hitori.Event, next, missed int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop == nil {
		if err := l.follow(ctx); err != nil {
			return nil, after, 0, err
		}
	}
	l.idle.Reset(liveIdle)
	oldest := l.next - int64(len(l.events))
	after = min(after, l.next) // a number from before a restart
	from := max(after, oldest, l.next-int64(limit))
	if after > 0 {
		missed = from - min(after, from)
	}
	return append(events, l.events[from-oldest:]...), l.next, missed, nil
}

// follow begins to read the log at its end. The caller holds l.mu.
func (l *Live) follow(ctx context.Context) error {
	last, err := l.log.Last(ctx)
	if err != nil {
		return err
	}
	after := make(map[int]uint64, l.log.Partitions())
	for p := range l.log.Partitions() {
		after[p] = last[p]
	}
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	reader, err := l.log.Read(following, after)
	if err != nil {
		stop()
		return err
	}
	l.stop, l.idle = stop, time.AfterFunc(liveIdle, stop)
	l.wait.Go(func() {
		defer l.rest()
		defer reader.Close()
		for {
			frame, err := reader.Next(following)
			if err != nil {
				return // whoever looks next begins anew
			}
			l.add(frame.Events)
		}
	})
	return nil
}

func (l *Live) add(events []hitori.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		if e.Type == 0 { // erased
			continue
		}
		if len(l.events) == liveEvents {
			l.events = append(l.events[:0:0], l.events[liveEvents/2:]...)
		}
		l.events = append(l.events, e)
		l.next++
	}
}

// rest forgets what was shown.
func (l *Live) rest() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stop()
	l.idle.Stop()
	l.stop, l.events = nil, nil
}

// Close ends following the log.
func (l *Live) Close() {
	l.mu.Lock()
	if l.stop != nil {
		l.stop()
	}
	l.mu.Unlock()
	l.wait.Wait()
}
