package state

import (
	"context"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

// Views implements [access.ViewStore].
func (s *Store) Views(ctx context.Context, user, place string) ([]access.View, error) {
	return s.views(ctx, "place = ?1 AND (user_id = ?2 OR shared = 1) ORDER BY name, id", place, user)
}

func (s *Store) views(ctx context.Context, condition string, args ...any) ([]access.View, error) {
	views := []access.View{}
	err := each(ctx, s.engine, func(r Rows) error {
		var v access.View
		var shared, updated int64
		err := r.Scan(&v.ID, &v.Owner, &v.Place, &v.Name, &v.Query, &shared, &updated, &v.Version)
		v.Shared, v.UpdatedAt = shared != 0, fromMillis(updated)
		views = append(views, v)
		return err
	}, "SELECT id, user_id, place, name, query, shared, updated_at, version FROM views WHERE "+condition, args...)
	return views, s.wrap(err)
}

// View implements [access.ViewStore].
func (s *Store) View(ctx context.Context, id string) (access.View, error) {
	views, err := s.views(ctx, "id = ?1", id)
	if err == nil && len(views) == 0 {
		err = hitori.NewError(hitori.NotFound, "view_unknown")
	}
	if err != nil {
		return access.View{}, err
	}
	return views[0], nil
}

var viewTable = versioned{"views", []string{"id"}, []string{"user_id", "place", "name", "query", "shared", "updated_at"}}

// PutView implements [access.ViewStore].
func (s *Store) PutView(ctx context.Context, v access.View) error {
	return s.put(ctx, viewTable, v.Version, v.ID, v.Owner, v.Place, v.Name, v.Query, number(v.Shared), millis(v.UpdatedAt))
}

// DeleteView implements [access.ViewStore].
func (s *Store) DeleteView(ctx context.Context, id string, version int64) error {
	_, err := s.drop(ctx, viewTable, version, id)
	return err
}
