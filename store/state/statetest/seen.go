package statetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

func sighting(n, position int) unify.Sighting {
	return unify.Sighting{ID: hitori.NewEventID(1, fmt.Sprint("message ", n)), Position: hitori.Position(position)}
}

func sight(t *testing.T, s *state.Store, sightings ...unify.Sighting) []hitori.Position {
	t.Helper()
	var first []hitori.Position
	update(t, s, func(ctx context.Context, tx unify.Tx) (err error) {
		first, err = tx.Sight(ctx, sightings)
		return err
	})
	return first
}

// Over many generations and filters, every id is new exactly once, and stays new at the
// position where it was seen first.
func sightingsAreNewOnce(t *testing.T, s *state.Store) {
	const events = generation*20 + 7
	position := 0
	for n := 0; n < events; n += 30 {
		var batch []unify.Sighting
		for i := n; i < min(n+30, events); i++ {
			position++
			batch = append(batch, sighting(i, position))
		}
		batch = append(batch, sighting(n, position+100_000)) // again within the batch
		first := sight(t, s, batch...)
		for i, b := range batch[:len(batch)-1] {
			if first[i] != b.Position {
				t.Fatalf("event %d is not new: first seen at %d", n+i, first[i])
			}
		}
		if got := first[len(first)-1]; got != batch[0].Position {
			t.Fatalf("event %d again in the same batch: first seen at %d, want %d", n, got, batch[0].Position)
		}
	}
	for n := 0; n < events; n += 17 {
		again := sight(t, s, sighting(n, 500_000+n), sighting(n, n+1))
		if again[0] != hitori.Position(n+1) || again[1] != hitori.Position(n+1) {
			t.Errorf("event %d: first seen at %v, want %d", n, again, n+1)
		}
	}
}

func sightingsSurviveRollback(t *testing.T, s *state.Store) {
	undone := errors.New("undone")
	err := s.Update(t.Context(), func(tx unify.Tx) error {
		for n := 0; n < 3*generation; n += 10 { // closes generations that are then undone
			var batch []unify.Sighting
			for i := n; i < n+10; i++ {
				batch = append(batch, sighting(i, i+1))
			}
			if _, err := tx.Sight(t.Context(), batch); err != nil {
				return err
			}
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatalf("error %v", err)
	}
	for n := range 3 * generation {
		if first := sight(t, s, sighting(n, 1000+n)); first[0] != hitori.Position(1000+n) {
			t.Fatalf("event %d was undone and is still seen, at %d", n, first[0])
		}
	}
	if first := sight(t, s, sighting(5, 9999)); first[0] != 1005 {
		t.Errorf("event 5 first seen at %d", first[0])
	}
}
