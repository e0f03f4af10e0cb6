package service

import (
	"context"
	"sync"
)

// Service is a part of the program that runs until it is stopped.
type Service interface {
	// Start begins the work and returns when it has begun. Starting twice is an error.
	Start(ctx context.Context) error
	// Stop ends the work and returns when it has ended, with nothing half done. Stopping twice, or what was
	// never started, does nothing.
	Stop()
}

// Runner gives a type the Start and Stop of [Service] around one function. The zero value
// is ready to use.
type Runner struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}
}

// Run calls work on its own goroutine, with a context that Stop ends. It does nothing when
// work is running already.
func (r *Runner) Run(ctx context.Context, work func(ctx context.Context)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		return
	}
	ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	r.done = done
	go func() {
		defer close(done)
		work(ctx)
	}()
}

// Stop asks work to end and waits until it has.
func (r *Runner) Stop() {
	r.mu.Lock()
	cancel, done := r.cancel, r.done
	r.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel()
	<-done
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done == done {
		r.cancel, r.done = nil, nil
	}
}
