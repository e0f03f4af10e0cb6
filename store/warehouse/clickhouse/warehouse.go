package clickhouse

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// Warehouse is the warehouse on a cluster. It implements unify.Warehouse,
// collect.Quarantine and collect.Samples. When a node does not answer, its methods return
// errors with code [hitori.Unavailable], never a part of an answer; they work again as soon
// as it does.
type Warehouse struct {
	shards            []*shard
	cluster, database string
	// appending is held by the append under way: there is one at a time.
	appending sync.Mutex
	// deriving is held by the derivation under way.
	deriving sync.Mutex
	// sortedSample is the constant, or less in tests.
	sortedSample int64
}

var (
	_ unify.Warehouse    = (*Warehouse)(nil)
	_ collect.Quarantine = (*Warehouse)(nil)
	_ collect.Samples    = (*Warehouse)(nil)

	_ understand.Warehouse = (*Warehouse)(nil)
)

// Open connects to the nodes that a URL names, and creates the database and its tables or
// brings them up to date:
//
//	clickhouse://user:password@host:port[,host:port]/database[?cluster=NAME]
//
// Without a cluster there is one host, and it has everything. With a cluster the hosts are
// asked in turn for the cluster's shards, which are spoken to with the same user.
// Other parameters are those of clickhouse-go, or settings of ClickHouse.
//
// It returns an error with code [hitori.Invalid] for a URL that cannot be used,
// [hitori.Unavailable] when a node does not answer, and [hitori.Conflict] when a newer
// program has written the warehouse, or the cluster had another number of shards then.
func Open(ctx context.Context, url string) (*Warehouse, error) {
	target, err := parse(url)
	if err != nil {
		return nil, err
	}
	addresses, err := target.addresses(ctx)
	if err != nil {
		return nil, err
	}
	w := &Warehouse{sortedSample: sortedSample, cluster: target.cluster, database: target.Auth.Database}
	for i, address := range addresses {
		s, err := target.connect(ctx, address)
		if err != nil {
			return nil, errors.Join(err, w.Close())
		}
		s.number = i
		w.shards = append(w.shards, s)
	}
	err = w.everywhere(ctx, func(ctx context.Context, s *shard) error { return s.migrate(ctx, len(w.shards)) })
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Close ends all connections. Closing twice is no error.
func (w *Warehouse) Close() error {
	var errs []error
	for _, s := range w.shards {
		errs = append(errs, s.conn.Close())
	}
	return errors.Join(errs...)
}

// everywhere runs work on all shards side by side.
func (w *Warehouse) everywhere(ctx context.Context, work func(context.Context, *shard) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range w.shards {
		group.Go(func() error { return work(ctx, s) })
	}
	return group.Wait()
}

// withCustomers runs work side by side on the shards that have events of the customers, each with those
// it has. What work gathers it adds inside of gather, one at a time.
func (w *Warehouse) withCustomers(ctx context.Context, customers []hitori.CustomerID,
	work func(ctx context.Context, s *shard, customers []hitori.CustomerID, gather gather) error,
) error {
	group, ctx := errgroup.WithContext(ctx)
	var mu sync.Mutex
	for s, some := range w.byShard(customers) {
		group.Go(func() error { return work(ctx, s, some, locked(&mu)) })
	}
	return group.Wait()
}

// gather runs a function while no other function that is gathered runs.
type gather func(func())

func locked(mu *sync.Mutex) gather {
	return func(add func()) {
		mu.Lock()
		defer mu.Unlock()
		add()
	}
}
