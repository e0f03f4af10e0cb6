package app

import (
	"context"
	"path/filepath"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/store/state/postgres"
	"github.com/hitori-cdp/hitori/store/state/sqlite"
	"github.com/hitori-cdp/hitori/store/stream"
	warehousestore "github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/store/warehouse/clickhouse"
	"github.com/hitori-cdp/hitori/store/warehouse/duckdb"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// warehouse is what the program asks of a warehouse engine.
type warehouse interface {
	unify.UndoWarehouse
	collect.Quarantine
	collect.Samples
	collect.Arrivals
	understand.Warehouse
	understand.MemberTable
	plan.Engine
	Dump(ctx context.Context, include func(hitori.Position) bool, events func(hitori.Stamped) error, quarantined func(hitori.Event) error) error
	Truncate(ctx context.Context) error
	Info(ctx context.Context) (warehousestore.Info, error)
	Close() error
}

// openEngines opens the three engines that the configuration names.
func (a *App) openEngines(ctx context.Context) (err error) {
	a.Log, err = stream.Open(ctx, stream.Config{
		URL: a.cfg.StreamURL, Dir: filepath.Join(a.cfg.Data, "stream"), Logger: a.cfg.Logger,
	})
	if err != nil {
		return err
	}
	var engine state.Engine
	if a.cfg.StateURL == "" {
		engine, err = sqlite.Open(filepath.Join(a.cfg.Data, "state.sqlite"))
	} else {
		engine, err = postgres.Open(ctx, a.cfg.StateURL)
	}
	if err != nil {
		return err
	}
	if a.State, err = state.New(ctx, engine); err != nil {
		engine.Close()
		return err
	}
	a.Warehouse, err = a.openWarehouse(ctx)
	return err
}

func (a *App) openWarehouse(ctx context.Context) (warehouse, error) {
	if a.cfg.WarehouseURL != "" {
		w, err := clickhouse.Open(ctx, a.cfg.WarehouseURL)
		if err != nil {
			return nil, err
		}
		return w, nil
	}
	w, err := duckdb.Open(ctx, duckdb.Config{Path: filepath.Join(a.cfg.Data, "warehouse.duckdb"), MemoryLimit: a.cfg.Memory, Logger: a.cfg.Logger})
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (a *App) closeEngines() {
	logged := func(engine string, err error) {
		if err != nil {
			a.cfg.Logger.Error("an engine did not close cleanly", "engine", engine, "error", err)
		}
	}
	if a.Live != nil {
		a.Live.Close()
	}
	if a.Warehouse != nil {
		logged("warehouse", a.Warehouse.Close())
		a.Warehouse = nil
	}
	if a.State != nil {
		logged("state", a.State.Close())
		a.State = nil
	}
	if a.Log != nil {
		a.Log.Close()
		a.Log = nil
	}
}
