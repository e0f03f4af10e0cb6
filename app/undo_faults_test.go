package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/unify"
)

// fault makes one step of an undo fail once.
type fault struct{ step string }

var errFault = errors.New("cut off")

func (f *fault) at(step string) error {
	if f.step == step {
		f.step = ""
		return errFault
	}
	return nil
}

type faultyWarehouse struct {
	unify.UndoWarehouse
	*fault
}

func (w faultyWarehouse) Restamp(ctx context.Context, b unify.Batch) error {
	if err := w.at("before restamp"); err != nil {
		return err
	}
	return errors.Join(w.UndoWarehouse.Restamp(ctx, b), w.at("after restamp"))
}

func (w faultyWarehouse) Drop(ctx context.Context, positions []hitori.Position) error {
	if w.step == "half dropped" {
		positions = positions[:len(positions)/2]
	}
	return errors.Join(w.UndoWarehouse.Drop(ctx, positions), w.at("half dropped"))
}

type faultyLog struct {
	unify.UndoLog
	*fault
}

func (l faultyLog) Redact(ctx context.Context, positions []hitori.Position) error {
	if l.step == "half redacted" {
		positions = positions[:len(positions)/2]
	}
	return errors.Join(l.UndoLog.Redact(ctx, positions), l.at("half redacted"))
}

type faultyStore struct {
	unify.UndoStore
	*fault
}

func (s faultyStore) ForgetSightings(ctx context.Context, sightings []unify.Sighting) error {
	return errors.Join(s.UndoStore.ForgetSightings(ctx, sightings), s.at("forgotten"))
}

// An undo that is cut off anywhere goes on and comes to the same.
func TestUndoFaults(t *testing.T) {
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		cfg := config(t, engines)
		c := apptest.Start(t, cfg)
		seedShop(t, c)
		read := func() map[string]string {
			all := readable(t, c.App)
			delete(all, "events") // each deletion below is one more
			return all
		}
		before := read()
		for _, step := range []string{"forgotten", "people", "before restamp", "after restamp", "half dropped", "half redacted"} {
			job := importNamed(t, c, "orders.csv", "orders", wrongOrders())
			c.Send(c.WriteKey("web"), map[string]any{"type": "identify", "messageId": "x" + step, "anonymousId": "x" + step, "traits": map[string]any{"email": "taken@example.jp"}})
			stored, err := c.App.Jobs.Get(t.Context(), job.ID)
			var at struct{ First uint64 }
			if err != nil || json.Unmarshal([]byte(stored.Checkpoint), &at) != nil {
				t.Fatal(err)
			}
			source, err := c.App.Sources.Ensure(t.Context(), "shop", hitori.SourceImport)
			if err != nil {
				t.Fatal(err)
			}
			f := &fault{step}
			undos := unify.NewUndos(faultyStore{c.App.State, f}, faultyWarehouse{c.App.Warehouse, f}, faultyLog{c.App.Log, f}, hitori.JPY)
			ctx, cancel := context.WithCancel(t.Context())
			err = undos.Undo(ctx, hitori.Import{ID: job.ID, Source: source.ID, Begin: at.First - 1}, 0, func(int64, int64, hitori.CustomerID) {
				if step == "people" {
					cancel()
				}
			})
			cancel()
			if err == nil || step != "people" && !errors.Is(err, errFault) {
				t.Fatalf("%s: %v", step, err)
			}
			undoImport(t, c, job)
			c.Call(http.MethodDelete, "/customers/email:taken@example.jp", nil, nil) // who came in between
			if err := c.App.Privacy.Erasures().Finish(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Run(step, func(t *testing.T) { sameKnowledge(t, read(), before) })
		}
		sameAfterRebuild(t, c, cfg, readable)
	})
}
