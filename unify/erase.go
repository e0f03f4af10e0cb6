package unify

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// ErasureStore keeps the erasures and what remains to be done for them.
type ErasureStore interface {
	// PendingErasures returns those that are not finished, oldest first.
	PendingErasures(ctx context.Context) ([]Erasure, error)
	// FinishErasure records the proof and forgets the work.
	FinishErasure(ctx context.Context, position hitori.Position, proof Proof, at time.Time) error
	// Erasures returns erasures, newest first, before a position: of one person, or of all when
	// the id is zero.
	Erasures(ctx context.Context, of hitori.CustomerID, before hitori.Position, limit int) ([]Erasure, error)
	// Repeats returns the events that repeated the given ones.
	Repeats(ctx context.Context, positions []hitori.Position) ([]hitori.Position, error)
	// ForgetSightings makes events new again that were first seen at the given places, and ForgetLedger makes
	// imports forget what those events told.
	ForgetSightings(ctx context.Context, sightings []Sighting) error
	ForgetLedger(ctx context.Context, ids []hitori.EventID) error
	// Redactions returns events that are still to be removed from the log.
	Redactions(ctx context.Context, limit int) ([]hitori.Position, error)
	// Redacted forgets events that were removed from the log.
	Redacted(ctx context.Context, positions []hitori.Position) error
	// Progress returns how far each partition has been applied.
	Progress(ctx context.Context) (Progress, error)
}

// Erasure is the deletion of a person. What it was about is known only until it is
// finished; the proof stays.
type Erasure struct {
	Position    hitori.Position
	Customer    hitori.CustomerID
	Actor       string
	Reason      string
	RequestedAt time.Time
	FinishedAt  time.Time
	Work        ErasureWork
	Proof       Proof
}

// ErasureWork is what remains to be removed of an erased person outside the state.
type ErasureWork struct {
	Profiles    []hitori.CustomerID `json:"profiles"`
	Identifiers []hitori.Identifier `json:"identifiers"`
}

// Proof says what was removed, without saying of whom.
type Proof struct {
	Profiles    int `json:"profiles"`
	Identifiers int `json:"identifiers"`
	// Events is how many were removed from the warehouse and the log.
	Events int `json:"events"`
	// Files is how many rows were removed from kept files, such as rejected rows of imports.
	Files int `json:"file_rows"`
}

// Eraser removes what other rooms keep of a person outside state, warehouse and log. It
// returns how many rows it removed, and must allow being called again.
type Eraser func(ctx context.Context, work ErasureWork) (int, error)

// Erasures finishes what an erasure leaves to be done after the state has forgotten the
// person: warehouse, log and files. Every step can be repeated, so a crash costs nothing.
type Erasures struct {
	store     ErasureStore
	warehouse Warehouse
	log       UndoLog
	clock     service.Clock
	logger    *slog.Logger
	erasers   []Eraser
	runner    service.Runner
	wake      chan struct{}
	mu        sync.Mutex
}

// NewErasures returns erasures that are not started.
func NewErasures(store ErasureStore, warehouse Warehouse, log UndoLog, clock service.Clock, logger *slog.Logger, erasers ...Eraser) *Erasures {
	return &Erasures{
		store: store, warehouse: warehouse, log: log, clock: clock, logger: logger, erasers: erasers,
		wake: make(chan struct{}, 1),
	}
}

const erasureInterval = 30 * time.Second

// Start begins to finish erasures as they come.
func (e *Erasures) Start(ctx context.Context) error {
	e.runner.Run(ctx, func(ctx context.Context) {
		ticker := time.NewTicker(erasureInterval)
		defer ticker.Stop()
		for {
			if err := e.Finish(ctx); err != nil && ctx.Err() == nil {
				e.logger.Warn("an erasure is not finished yet", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-e.wake:
			case <-ticker.C:
			}
		}
	})
	return nil
}

// Stop ends the work; what is not finished goes on at the next start.
func (e *Erasures) Stop() { e.runner.Stop() }

// Wake makes erasures that were just requested go on at once.
func (e *Erasures) Wake() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// List returns erasures, newest first, before a position: of one person, who may be gone by
// now, or of all when the id is zero.
func (e *Erasures) List(ctx context.Context, of hitori.CustomerID, before hitori.Position, limit int) ([]Erasure, error) {
	return e.store.Erasures(ctx, of, before, limit)
}

// Finish finishes all erasures there are.
func (e *Erasures) Finish(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	pending, err := e.store.PendingErasures(ctx)
	if err != nil {
		return err
	}
	for _, erasure := range pending {
		if err := e.finish(ctx, erasure); err != nil {
			return err
		}
	}
	return e.redactLate(ctx)
}

// finish removes one person. Events that were accepted before the erasure must all have
// been applied first: only then does the warehouse have them, or the state know that they
// are to be redacted.
func (e *Erasures) finish(ctx context.Context, erasure Erasure) error {
	last, err := e.log.Last(ctx)
	if err != nil {
		return err
	}
	if err := awaitApplied(ctx, e.store, last); err != nil {
		return err
	}
	positions, err := e.warehouse.Positions(ctx, erasure.Work.Profiles, erasure.Work.Identifiers)
	if err != nil {
		return err
	}
	repeats, err := e.store.Repeats(ctx, positions)
	if err != nil {
		return err
	}
	if err := e.forgetImported(ctx, positions); err != nil {
		return err
	}
	if err := e.log.Redact(ctx, append(positions, repeats...)); err != nil {
		return err
	}
	if err := e.warehouse.Erase(ctx, erasure.Work.Profiles, erasure.Work.Identifiers); err != nil {
		return err
	}
	proof := Proof{Profiles: len(erasure.Work.Profiles), Identifiers: len(erasure.Work.Identifiers), Events: len(positions)}
	for _, eraser := range e.erasers {
		rows, err := eraser(ctx, erasure.Work)
		if err != nil {
			return err
		}
		proof.Files += rows
	}
	return e.store.FinishErasure(ctx, erasure.Position, proof, e.clock.Now())
}

// forgetImported makes the rows of files that told of the person tell of somebody new when they are imported once
// more: the ids of their events follow from what they say. An event that a program sends again stays a repeat.
func (e *Erasures) forgetImported(ctx context.Context, positions []hitori.Position) error {
	for some := range slices.Chunk(positions, removedAtOnce) {
		events, err := e.log.At(ctx, some)
		if err != nil {
			return err
		}
		var sightings []Sighting
		var ids []hitori.EventID
		for i := range events {
			if events[i].Import() != "" {
				sightings = append(sightings, Sighting{events[i].ID, events[i].Position})
				ids = append(ids, events[i].ID)
			}
		}
		if err := e.store.ForgetSightings(ctx, sightings); err != nil {
			return err
		}
		if err := e.store.ForgetLedger(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

// redactLate removes events from the log that were applied after their person was erased.
func (e *Erasures) redactLate(ctx context.Context) error {
	for {
		positions, err := e.store.Redactions(ctx, 1000)
		if err != nil || len(positions) == 0 {
			return err
		}
		if err := e.log.Redact(ctx, positions); err != nil {
			return err
		}
		if err := e.store.Redacted(ctx, positions); err != nil {
			return err
		}
	}
}
