package app

import (
	"context"
	"time"
)

// Rebuild computes people and warehouse anew from the log. Nothing may be running on the
// engines. It calls progress now and then with how many frames are left.
func (a *App) Rebuild(ctx context.Context, progress func(left int64)) error {
	if err := a.Warehouse.Truncate(ctx); err != nil {
		return err
	}
	if err := a.State.Forget(ctx); err != nil {
		return err
	}
	if err := a.Worker.Start(ctx); err != nil {
		return err
	}
	defer a.Worker.Stop()
	done := make(chan error, 1)
	go func() { done <- a.Settled(ctx) }()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-ticker.C:
			if left, err := a.lag(ctx); err == nil {
				progress(left)
			}
		}
	}
}
