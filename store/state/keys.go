package state

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

// AddKey implements [access.KeyStore].
func (s *Store) AddKey(ctx context.Context, key access.Key, hash string) error {
	scopes := make([]string, len(key.Scopes))
	for i, scope := range key.Scopes {
		scopes[i] = string(scope)
	}
	added, err := s.engine.Exec(ctx, `INSERT INTO keys (id, hash, hint, name, scopes, source_id, rate, created_at, created_by)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING`,
		key.ID, hash, key.Hint, key.Name, strings.Join(scopes, " "), int64(key.Source), key.Rate, millis(key.CreatedAt), key.CreatedBy)
	if err == nil && added == 0 {
		return hitori.NewError(hitori.Conflict, "key_exists")
	}
	return s.wrap(err)
}

const keyColumns = "id, hint, name, scopes, source_id, rate, created_at, created_by, revoked_at"

func scanKey(r Rows) (k access.Key, err error) {
	var scopes string
	var source, created, revoked int64
	err = r.Scan(&k.ID, &k.Hint, &k.Name, &scopes, &source, &k.Rate, &created, &k.CreatedBy, &revoked)
	for scope := range strings.FieldsSeq(scopes) {
		k.Scopes = append(k.Scopes, access.Scope(scope))
	}
	k.Source, k.CreatedAt = hitori.SourceID(source), fromMillis(created)
	if revoked != 0 {
		at := fromMillis(revoked)
		k.RevokedAt = &at
	}
	return k, err
}

// KeyByHash implements [access.KeyStore].
func (s *Store) KeyByHash(ctx context.Context, hash string) (access.Key, error) {
	keys, err := s.keys(ctx, "SELECT "+keyColumns+" FROM keys WHERE hash = ?1", hash)
	if err != nil {
		return access.Key{}, err
	}
	if len(keys) == 0 {
		return access.Key{}, hitori.NewError(hitori.NotFound, "key_unknown")
	}
	return keys[0], nil
}

// Keys implements [access.KeyStore].
func (s *Store) Keys(ctx context.Context) ([]access.Key, error) {
	return s.keys(ctx, "SELECT "+keyColumns+" FROM keys ORDER BY created_at DESC, id")
}

func (s *Store) keys(ctx context.Context, query string, args ...any) ([]access.Key, error) {
	keys := []access.Key{}
	err := each(ctx, s.engine, func(r Rows) error {
		key, err := scanKey(r)
		keys = append(keys, key)
		return err
	}, query, args...)
	return keys, s.wrap(err)
}

// RevokeKey implements [access.KeyStore].
func (s *Store) RevokeKey(ctx context.Context, id string, at time.Time) error {
	changed, err := s.engine.Exec(ctx, "UPDATE keys SET revoked_at = ?1 WHERE id = ?2 AND revoked_at = 0", millis(at), id)
	if err == nil && changed == 0 {
		return hitori.NewError(hitori.NotFound, "key_unknown")
	}
	return s.wrap(err)
}

// AddSource implements [collect.SourceStore].
func (s *Store) AddSource(ctx context.Context, name, kind string, at time.Time) (hitori.Source, error) {
	source := hitori.Source{Name: name, Kind: kind, CreatedAt: at.UTC().Truncate(time.Millisecond)}
	var added int64
	err := s.engine.WriteAlone(ctx, func(c Conn) (err error) {
		var id int64
		_, err = one(ctx, c, "SELECT coalesce(max(id), 0) + 1 FROM sources", nil, &id)
		if err != nil {
			return err
		}
		source.ID = hitori.SourceID(id)
		added, err = c.Exec(ctx, "INSERT INTO sources (id, name, kind, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
			id, name, kind, millis(at))
		return err
	})
	if err == nil && added == 0 {
		return source, hitori.NewError(hitori.Conflict, "source_exists", "name", name)
	}
	return source, s.wrap(err)
}

// Sources implements [collect.SourceStore].
func (s *Store) Sources(ctx context.Context) ([]hitori.Source, error) {
	sources := []hitori.Source{}
	err := each(ctx, s.engine, func(r Rows) error {
		var source hitori.Source
		var id, created int64
		err := r.Scan(&id, &source.Name, &source.Kind, &created)
		source.ID, source.CreatedAt = hitori.SourceID(id), fromMillis(created)
		sources = append(sources, source)
		return err
	}, "SELECT id, name, kind, created_at FROM sources ORDER BY id")
	slices.SortFunc(sources, func(a, b hitori.Source) int { return int(a.ID - b.ID) })
	return sources, s.wrap(err)
}
