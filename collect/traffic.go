package collect

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// Arrivals tells when how much has come in.
type Arrivals interface {
	// Arrivals counts the events that were received since a time, those in quarantine included, by
	// source and step of time. Steps in which nothing came are left out.
	Arrivals(ctx context.Context, since time.Time, step time.Duration) ([]hitori.Arrival, error)
}

// trafficKept is how long what is counted over all events is told before it is counted again.
const trafficKept = 15 * time.Second

// Traffic tells what has come from each source. Its methods are safe for concurrent use; of many who ask, one counts.
type Traffic struct {
	arrivals Arrivals
	clock    service.Clock

	mu      sync.Mutex
	known   []hitori.Arrival
	current time.Time
}

// NewTraffic returns the traffic that arrived.
func NewTraffic(arrivals Arrivals, clock service.Clock) *Traffic {
	return &Traffic{arrivals: arrivals, clock: clock}
}

// Latest returns how many events there are of each source, and when the last one was received; nothing for those
// of which there are none. It is at most a few seconds old.
func (t *Traffic) Latest(ctx context.Context) ([]hitori.Arrival, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	if age := now.Sub(t.current); t.known != nil && age >= 0 && age < trafficKept {
		return t.known, nil
	}
	found, err := t.arrivals.Arrivals(ctx, time.UnixMilli(0), math.MaxInt64) // all in one step
	if err != nil {
		return nil, err
	}
	t.known, t.current = append([]hitori.Arrival{}, found...), now
	return t.known, nil
}
