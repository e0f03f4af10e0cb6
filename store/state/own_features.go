package state

import (
	"context"

	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

// OwnFeatures implements [understand.OwnStore].
func (s *Store) OwnFeatures(ctx context.Context) ([]understand.OwnFeature, error) {
	features := []understand.OwnFeature{}
	err := each(ctx, s.engine, func(r Rows) error {
		var f understand.OwnFeature
		var kind string
		var created, updated int64
		err := r.Scan(&f.Key, &f.Title, &f.Description, &f.Definition, &kind, &f.Unit, &created, &f.CreatedBy, &updated, &f.Version)
		f.Type, f.CreatedAt, f.UpdatedAt = query.Type(kind), fromMillis(created), fromMillis(updated)
		features = append(features, f)
		return err
	}, "SELECT key, title, description, definition, type, unit, created_at, created_by, updated_at, version FROM own_features ORDER BY title, key")
	return features, s.wrap(err)
}

var ownFeatureTable = versioned{"own_features", []string{"key"}, []string{
	"title", "description", "definition", "type", "unit", "created_at", "created_by", "updated_at",
}}

// PutOwnFeature implements [understand.OwnStore].
func (s *Store) PutOwnFeature(ctx context.Context, f understand.OwnFeature) error {
	return s.put(ctx, ownFeatureTable, f.Version, f.Key, f.Title, f.Description, f.Definition, string(f.Type), f.Unit,
		millis(f.CreatedAt), f.CreatedBy, millis(f.UpdatedAt))
}

// DeleteOwnFeature implements [understand.OwnStore].
func (s *Store) DeleteOwnFeature(ctx context.Context, key string) error {
	_, err := s.drop(ctx, ownFeatureTable, 0, key)
	return err
}
