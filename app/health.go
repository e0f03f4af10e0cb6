package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
)

// healthPatience is how long an engine may take to answer before it counts as gone.
const healthPatience = 3 * time.Second

// Health implements [api.System].
func (a *App) Health(ctx context.Context) (api.Health, bool) {
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	health := api.Health{Status: "ok", Version: a.cfg.Version, Role: string(a.cfg.Role), Engines: map[string]string{}, DiskFree: -1}
	ok := true
	note := func(engine string, err error) {
		health.Engines[engine] = "ok"
		if err != nil {
			ok, health.Status = false, "degraded"
			health.Engines[engine] = string(hitori.ErrorCode(err))
			if errors.Is(err, context.DeadlineExceeded) {
				health.Engines[engine] = string(hitori.Unavailable)
			}
		}
	}
	lag, err := a.lag(ctx)
	note("stream", err)
	health.LagFrames = lag
	note("state", a.State.Ping(ctx))
	_, err = a.Warehouse.Info(ctx)
	note("warehouse", err)
	if err := a.Room(); err != nil {
		note("disk", err)
	}
	if a.cfg.embedded() {
		if bytes, err := free(a.cfg.Data); err == nil {
			health.DiskFree = bytes
		}
	}
	return health, ok
}

// lag returns how many frames of the log have not been applied.
func (a *App) lag(ctx context.Context) (int64, error) {
	last, err := a.Log.Last(ctx)
	if err != nil {
		return 0, err
	}
	progress, err := a.State.Progress(ctx)
	if err != nil {
		return 0, err
	}
	return a.Log.Behind(ctx, progress.Applied, last)
}

// room remembers for a moment whether there is room on the disk, since it is asked for
// every request.
type room struct {
	checked atomic.Int64 // Unix milliseconds
	full    atomic.Bool
}

// Room implements [api.System].
func (a *App) Room() error {
	if !a.cfg.embedded() {
		return nil
	}
	now := a.cfg.Clock.Now().UnixMilli()
	if last := a.room.checked.Load(); now-last >= 500 || now < last {
		a.room.checked.Store(now)
		bytes, err := free(a.cfg.Data)
		a.room.full.Store(err == nil && bytes < a.cfg.DiskReserve)
	}
	if a.room.full.Load() {
		return hitori.NewError(hitori.Unavailable, "disk_low").After(10 * time.Second)
	}
	return nil
}
