package collect

import (
	"context"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// SourceStore keeps the sources of data.
type SourceStore interface {
	// AddSource adds a source. It returns an error of code Conflict when the name is taken.
	AddSource(ctx context.Context, name, kind string, at time.Time) (hitori.Source, error)
	// Sources lists the sources by id.
	Sources(ctx context.Context) ([]hitori.Source, error)
}

// Sources manages where data come from.
type Sources struct {
	store SourceStore
	clock service.Clock
}

// NewSources returns sources kept in a store.
func NewSources(store SourceStore, clock service.Clock) *Sources {
	return &Sources{store: store, clock: clock}
}

// List lists the sources by id.
func (s *Sources) List(ctx context.Context) ([]hitori.Source, error) { return s.store.Sources(ctx) }

// Ensure returns the source of that name, and adds it when there is none. It returns an error of code
// Conflict when there is one of another kind.
func (s *Sources) Ensure(ctx context.Context, name, kind string) (hitori.Source, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 {
		return hitori.Source{}, hitori.NewError(hitori.Invalid, "source_name").At("name")
	}
	for range 2 { // once more when another process has just added it
		sources, err := s.store.Sources(ctx)
		if err != nil {
			return hitori.Source{}, err
		}
		for _, source := range sources {
			if source.Name == name {
				if source.Kind != kind {
					return source, hitori.NewError(hitori.Conflict, "source_kind", "name", name, "kind", source.Kind).At("name")
				}
				return source, nil
			}
		}
		source, err := s.store.AddSource(ctx, name, kind, s.clock.Now())
		if hitori.ErrorCode(err) != hitori.Conflict {
			return source, err
		}
	}
	return hitori.Source{}, hitori.NewError(hitori.Conflict, "source_exists", "name", name)
}
