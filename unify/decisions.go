package unify

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// OutcomeStore tells what became of decisions.
type OutcomeStore interface {
	// Outcome returns the outcome of the decision at a position, once it has been carried
	// out.
	Outcome(ctx context.Context, position hitori.Position) (outcome Outcome, done bool, err error)
	// Progress returns how far each partition has been applied.
	Progress(ctx context.Context) (Progress, error)
}

// Decisions puts what people decide on the log and waits until it has been carried out,
// so that a decision is a fact like any other and survives a rebuild.
type Decisions struct {
	log   Log
	store OutcomeStore
	clock service.Clock
}

// NewDecisions returns decisions made on this log.
func NewDecisions(log Log, store OutcomeStore, clock service.Clock) *Decisions {
	return &Decisions{log: log, store: store, clock: clock}
}

// Make accepts a decision and returns when it has been carried out. It returns an error
// of code Conflict or NotFound when it could not be, and one of code Unavailable when
// nobody carried it out in time; it may then still be, later.
func (d *Decisions) Make(ctx context.Context, decision Decision) error {
	properties, err := json.Marshal(decision, json.Deterministic(true))
	if err != nil {
		return err
	}
	now := d.clock.Now()
	events := []hitori.Event{{
		MessageID: uuid.NewString(), Source: hitori.SystemSource, Type: hitori.System, Name: decisionName,
		Time: now, ReceivedAt: now, Properties: hitori.JSON(properties),
	}}
	if err := d.log.Append(ctx, events); err != nil {
		return err
	}
	return d.await(ctx, events[0].Position)
}

// patience is how long a decision is waited for, and poll how often it is asked after.
const (
	patience = 30 * time.Second
	poll     = 10 * time.Millisecond
)

func (d *Decisions) await(ctx context.Context, position hitori.Position) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		outcome, done, err := d.store.Outcome(ctx, position)
		switch {
		case err != nil:
			return err
		case done && outcome.Error != "":
			code := hitori.Conflict
			if strings.HasSuffix(outcome.Error, "_unknown") {
				code = hitori.NotFound
			}
			return hitori.NewError(code, outcome.Error)
		case done:
			return d.Await(ctx, map[int]uint64{position.Partition(): position.Sequence()})
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return hitori.NewError(hitori.Unavailable, "decision_waits").After(5 * time.Second).Because(ctx.Err())
		}
	}
}

// Await returns once the given frames have been applied to state and warehouse, by
// whichever process.
func (d *Decisions) Await(ctx context.Context, frames map[int]uint64) error {
	err := awaitApplied(ctx, d.store, frames)
	if err != nil && ctx.Err() != nil {
		return hitori.NewError(hitori.Unavailable, "decision_waits").After(5 * time.Second).Because(err)
	}
	return err
}

// awaitApplied waits until state and warehouse have the given frames, by whichever process.
func awaitApplied(ctx context.Context, store interface {
	Progress(ctx context.Context) (Progress, error)
}, frames map[int]uint64,
) error {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		progress, err := store.Progress(ctx)
		if err != nil || progress.reached(frames) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// reached reports whether everything up to the given frames is in state and warehouse.
func (p Progress) reached(frames map[int]uint64) bool {
	for partition, sequence := range frames {
		if p.Applied[partition] < sequence {
			return false
		}
		for _, step := range p.Pending {
			for _, r := range step.Ranges {
				if r.Partition == partition && r.After < sequence {
					return false
				}
			}
		}
	}
	return true
}

func mergeID(position hitori.Position, loser hitori.CustomerID) string {
	return fmt.Sprintf("%d-%s", position, loser)
}

// ParseMergeID reads the id of a merge.
func ParseMergeID(s string) (hitori.Position, hitori.CustomerID, error) {
	head, tail, _ := strings.Cut(s, "-")
	position, err := strconv.ParseInt(head, 10, 64)
	loser, err2 := hitori.ParseCustomerID(tail)
	if err != nil || err2 != nil {
		return 0, 0, hitori.NewError(hitori.NotFound, "merge_unknown")
	}
	return hitori.Position(position), loser, nil
}
