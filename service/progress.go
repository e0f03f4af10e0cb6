package service

import (
	"context"
	"sync"
)

// Progress is a value that changes and can be waited for: how far the log has been
// applied, for instance. It serves requests that must read their own writes, and tests,
// which wait for it instead of sleeping. The zero value holds the zero T.
type Progress[T any] struct {
	mu      sync.Mutex
	value   T
	changed chan struct{}
}

// Update changes the value under a lock and wakes whoever waits.
func (p *Progress[T]) Update(change func(*T)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.value)
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

// Value calls read with the current value under a lock.
func (p *Progress[T]) Value(read func(T)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	read(p.value)
}

// Wait returns when reached reports true of the value, or with the error of ctx.
func (p *Progress[T]) Wait(ctx context.Context, reached func(T) bool) error {
	for {
		p.mu.Lock()
		if reached(p.value) {
			p.mu.Unlock()
			return nil
		}
		if p.changed == nil {
			p.changed = make(chan struct{})
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
