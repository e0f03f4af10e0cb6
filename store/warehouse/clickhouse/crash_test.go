package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// fullBatch is a batch with something for every shard and table.
func fullBatch(token string, seed uint64) unify.Batch {
	batch := unify.Batch{Token: token, Events: warehousetest.NewShop(seed, 50).Next(200)}
	for i := range 20 {
		held := hitori.Event{
			Position: hitori.NewPosition(seed*1000+uint64(i), 1, 0), MessageID: fmt.Sprintf("%d-%d", seed, i), Source: 3, Type: hitori.Track,
			Time: warehousetest.Epoch, ReceivedAt: warehousetest.Epoch, Problems: []hitori.Problem{{Code: hitori.ProblemValue, Field: "properties.x"}},
		}
		held.ID = hitori.NewEventID(held.Source, held.MessageID)
		batch.Quarantined = append(batch.Quarantined, held)
	}
	batch.Aliases = []unify.Alias{{Customer: 5, Root: 4, Version: 3}}
	return batch
}

// contents are what batches hold together, in the order of the log.
func contents(batches ...unify.Batch) (all unify.Batch) {
	for _, b := range batches {
		all.Events = append(all.Events, b.Events...)
		all.Quarantined = append(all.Quarantined, b.Quarantined...)
	}
	slices.SortFunc(all.Events, func(a, b hitori.Stamped) int { return cmp.Compare(a.Position, b.Position) })
	slices.SortFunc(all.Quarantined, func(a, b hitori.Event) int { return cmp.Compare(a.Position, b.Position) })
	return all
}

// wantContents fails the test unless the warehouse holds exactly what the batches do.
func wantContents(t *testing.T, w *Warehouse, batches ...unify.Batch) {
	t.Helper()
	var found unify.Batch
	err := w.Dump(t.Context(), func(hitori.Position) bool { return true },
		func(e hitori.Stamped) error { found.Events = append(found.Events, e); return nil },
		func(e hitori.Event) error { found.Quarantined = append(found.Quarantined, e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	got, want := contents(found), contents(batches...)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%d events and %d in quarantine, not %d and %d, or others", len(got.Events), len(got.Quarantined), len(want.Events), len(want.Quarantined))
	}
}

func appendTo(t *testing.T, w *Warehouse, batches ...unify.Batch) {
	t.Helper()
	for _, b := range batches {
		if err := w.Append(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

// A batch may have died after any of its steps, on any shard, and a node may have died
// between writing rows and noting their token, in either order.
func TestHalfDoneBatches(t *testing.T) {
	insert := func(t *testing.T, s *shard, mine share, token string, tables int) {
		t.Helper()
		for i, insert := range []func() error{
			func() error { return quarantined.insert(t.Context(), s, token, mine.quarantined) },
			func() error { return lines.insert(t.Context(), s, token, mine.lines) },
			func() error { return events.insert(t.Context(), s, token, mine.events) },
		} {
			if i < tables {
				if err := insert(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	lose := func(t *testing.T, s *shard) {
		t.Helper()
		for _, table := range []string{quarantined.name, lines.name, events.name} {
			if err := s.exec(t.Context(), "ALTER TABLE "+table+" DELETE WHERE 1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	cases := map[string]func(t *testing.T, w *Warehouse, shares []share, token string){
		"Begun": func(*testing.T, *Warehouse, []share, string) {},
		"LinesOfAShard": func(t *testing.T, w *Warehouse, shares []share, token string) {
			insert(t, w.shards[0], shares[0], token, 2)
		},
		"AShard": func(t *testing.T, w *Warehouse, shares []share, token string) {
			insert(t, w.shards[1], shares[1], token, 3)
		},
		"AllButDone": func(t *testing.T, w *Warehouse, shares []share, token string) {
			for i, s := range w.shards {
				insert(t, s, shares[i], token, 3)
			}
		},
		"TokensLost": func(t *testing.T, w *Warehouse, shares []share, _ string) {
			for i, s := range w.shards {
				insert(t, s, shares[i], "forgotten", 3-i)
			}
		},
		"RowsLost": func(t *testing.T, w *Warehouse, shares []share, token string) {
			for i, s := range w.shards {
				insert(t, s, shares[i], token, 3-i)
				lose(t, s)
			}
		},
		"RowsLostTwice": func(t *testing.T, w *Warehouse, shares []share, token string) {
			for i, s := range w.shards {
				insert(t, s, shares[i], token, 3)
				insert(t, s, shares[i], token+" again-1", 3)
				lose(t, s)
			}
		},
	}
	for name, die := range cases {
		t.Run(name, func(t *testing.T) {
			w := openTest(t, testURL(t, testCluster))
			batch := fullBatch("half", 1)
			shares, err := w.deal(batch)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.shardOfToken(batch.Token).begin(t.Context(), batch.Token, shares); err != nil {
				t.Fatal(err)
			}
			die(t, w, shares, batch.Token)
			appendTo(t, w, batch, batch)
			wantContents(t, w, batch)
		})
	}
}

// A batch that comes again with other contents takes the place of its missing parts only.
func TestHalfDoneBatchOfOtherContents(t *testing.T) {
	w := openTest(t, testURL(t, ""))
	first, second := fullBatch("half", 1), fullBatch("half", 2)
	shares, err := w.deal(first)
	if err != nil {
		t.Fatal(err)
	}
	s := w.shards[0]
	if err := s.begin(t.Context(), first.Token, shares); err != nil {
		t.Fatal(err)
	}
	if err := s.append(t.Context(), first.Token, shares[0], attempt{}); err != nil {
		t.Fatal(err)
	}
	appendTo(t, w, second)
	wantContents(t, w, first)
}

// Two processes may both believe that a partition is theirs.
func TestTwoProcesses(t *testing.T) {
	url := testURL(t, testCluster)
	processes := []*Warehouse{openTest(t, url), openTest(t, url)}
	var batches []unify.Batch
	for i := range 8 {
		batches = append(batches, fullBatch(fmt.Sprint("step-", i), uint64(i+1)))
		for n := range batches[i].Events {
			batches[i].Events[n].Position += hitori.NewPosition(uint64(i)*1000, 0, 0)
		}
	}
	var group sync.WaitGroup
	for _, w := range processes {
		group.Go(func() {
			for _, b := range batches {
				if err := w.Append(t.Context(), b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	wantContents(t, processes[0], batches...)
}

// A node is killed while batches are appended. Nothing is answered in part until it is back,
// and then everything is there once.
func TestKilledNode(t *testing.T) {
	warehousetest.HoldNodes(t, true)
	w := openTest(t, testURL(t, testCluster))
	var batches []unify.Batch
	shop := warehousetest.NewShop(1, 400)
	for i := range 30 {
		batches = append(batches, unify.Batch{Token: fmt.Sprint("step-", i), Events: shop.Next(3000)})
	}
	appendTo(t, w, batches[:3]...)

	t.Cleanup(func() { warehousetest.Nodes(t, "start", "3") })
	appended := make(chan int, len(batches))
	failed := make(chan error, 1)
	go func() {
		defer close(appended)
		for i, b := range batches[3:] {
			if err := w.Append(t.Context(), b); err != nil {
				failed <- err
				return
			}
			appended <- i
		}
		failed <- nil
	}()
	<-appended
	warehousetest.Nodes(t, "kill", "3")
	err := <-failed
	if err == nil {
		err = w.Append(t.Context(), unify.Batch{Token: "late", Events: nil, Aliases: []unify.Alias{{Customer: 1, Root: 1, Version: 1}}})
	}
	wantError(t, err, hitori.Unavailable, "warehouse_unavailable")
	answersNothingInPart(t, w, shop)

	warehousetest.Nodes(t, "start", "3")
	appendTo(t, w, batches...)
	wantContents(t, w, batches...)
}

// answersNothingInPart asks a cluster whose third node is dead.
func answersNothingInPart(t *testing.T, w *Warehouse, shop *warehousetest.Shop) {
	t.Helper()
	var alive, dead hitori.CustomerID
	for n := range 400 {
		if c := shop.Customer(n); w.shardOf(int64(c)).number == 2 {
			dead = c
		} else {
			alive = c
		}
	}
	page, err := w.Timeline(t.Context(), unify.TimelineQuery{Customers: []hitori.CustomerID{alive}, Limit: 5})
	if err != nil || len(page) == 0 {
		t.Errorf("the timeline of a customer on a living node: %v, %v", page, err)
	}
	for name, ask := range map[string]func(context.Context) error{
		"timeline": func(ctx context.Context) error {
			_, err := w.Timeline(ctx, unify.TimelineQuery{Customers: []hitori.CustomerID{alive, dead}, Limit: 5})
			return err
		},
		"summary": func(ctx context.Context) error {
			_, err := w.Summarise(ctx, []hitori.CustomerID{alive, dead})
			return err
		},
		"samples": func(ctx context.Context) error {
			_, err := w.SampleValues(ctx, hitori.Track, "Product Viewed", "properties.price", 5)
			return err
		},
		"expired": func(ctx context.Context) error {
			_, err := w.Expired(ctx, "", warehousetest.Epoch.AddDate(1, 0, 0), 1_000_000)
			return err
		},
		"info": func(ctx context.Context) error {
			_, err := w.Info(ctx)
			return err
		},
		"erasure": func(ctx context.Context) error { return w.Erase(ctx, []hitori.CustomerID{12345}, nil) },
	} {
		t.Run(name, func(t *testing.T) { wantError(t, ask(t.Context()), hitori.Unavailable, "warehouse_unavailable") })
	}
}
