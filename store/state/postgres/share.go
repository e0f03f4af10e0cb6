package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Assigned implements [state.Engine]. Each working process holds a shared advisory lock, by
// which the processes are counted, and an exclusive one on each partition it works on. A
// process with more than its part lets go of some, one with less takes free ones. The
// locks belong to one connection, so the partitions of a dead process are free at once.
func (e *Engine) Assigned(ctx context.Context, count int) ([]int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	mine, err := e.assign(ctx, count)
	if err != nil {
		e.dropShare()
		return nil, unavailable(err)
	}
	return mine, nil
}

func (e *Engine) assign(ctx context.Context, count int) ([]int, error) {
	if e.share == nil {
		if err := e.joinWorkers(ctx); err != nil {
			return nil, err
		}
	}
	var workers int
	err := e.share.QueryRow(ctx, `SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'
		AND objid::bigint = $1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, lockWorkers).Scan(&workers)
	if err != nil {
		return nil, err
	}
	part := (count + workers - 1) / max(workers, 1)
	for p := count - 1; p >= 0 && len(e.mine) > part; p-- {
		if e.mine[p] {
			if _, err := e.share.Exec(ctx, "SELECT pg_advisory_unlock($1, $2)", lockPartitions, p); err != nil {
				return nil, err
			}
			delete(e.mine, p)
		}
	}
	for p := 0; p < count && len(e.mine) < part; p++ {
		if e.mine[p] {
			continue
		}
		var got bool
		if err := e.share.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, $2)", lockPartitions, p).Scan(&got); err != nil {
			return nil, err
		}
		if got {
			e.mine[p] = true
		}
	}
	partitions := make([]int, 0, len(e.mine))
	for p := range e.mine {
		partitions = append(partitions, p)
	}
	slices.Sort(partitions)
	return partitions, nil
}

// joinWorkers opens a connection of its own, outside the pool, and makes this process count.
func (e *Engine) joinWorkers(ctx context.Context) (err error) {
	if e.share, err = pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig); err != nil {
		return err
	}
	_, err = e.share.Exec(ctx, "SELECT pg_advisory_lock_shared($1)", lockWorkers)
	return err
}

func (e *Engine) dropShare() {
	if e.share != nil {
		_ = e.share.Close(context.Background())
	}
	e.share, e.mine = nil, make(map[int]bool)
}
