package warehouse

import (
	"context"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// quarantinePage is how many events of the quarantine are held in memory at a time.
const quarantinePage = 2000

// EachQuarantined calls fn for every event in quarantine, in the order of their positions.
// An error of fn ends it and is returned.
func EachQuarantined(ctx context.Context, q collect.Quarantine, fn func(hitori.Event) error) error {
	for after := hitori.Position(-1); ; {
		events, err := q.Quarantined(ctx, collect.QuarantineFilter{}, after, quarantinePage)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := fn(e); err != nil {
				return err
			}
		}
		if len(events) < quarantinePage {
			return nil
		}
		after = events[len(events)-1].Position
	}
}

// Carriers returns the positions of the quarantined events that carry an identifier.
func Carriers(ctx context.Context, q collect.Quarantine, identifiers []hitori.Identifier) ([]hitori.Position, error) {
	if len(identifiers) == 0 {
		return nil, nil
	}
	var positions []hitori.Position
	err := EachQuarantined(ctx, q, func(e hitori.Event) error {
		if Carries(&e, identifiers) {
			positions = append(positions, e.Position)
		}
		return nil
	})
	return positions, err
}
