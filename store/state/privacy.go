package state

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

const erasureColumns = "position, customer_id, actor, reason, requested_at, work, finished_at, proof"

func scanErasure(r Rows) (e unify.Erasure, err error) {
	var position, customer, requested, finished int64
	var work, proof string
	if err = r.Scan(&position, &customer, &e.Actor, &e.Reason, &requested, &work, &finished, &proof); err != nil {
		return e, err
	}
	e.Position, e.Customer = hitori.Position(position), hitori.CustomerID(customer)
	e.RequestedAt, e.FinishedAt = fromMillis(requested), fromMillis(finished)
	if work != "" {
		if err = json.Unmarshal([]byte(work), &e.Work); err != nil {
			return e, err
		}
	}
	if proof != "" {
		err = json.Unmarshal([]byte(proof), &e.Proof)
	}
	return e, err
}

func (s *Store) erasures(ctx context.Context, query string, args ...any) ([]unify.Erasure, error) {
	list := []unify.Erasure{}
	err := each(ctx, s.engine, func(r Rows) error {
		erasure, err := scanErasure(r)
		list = append(list, erasure)
		return err
	}, query, args...)
	return list, s.wrap(err)
}

// PendingErasures implements [unify.ErasureStore].
func (s *Store) PendingErasures(ctx context.Context) ([]unify.Erasure, error) {
	return s.erasures(ctx, "SELECT "+erasureColumns+" FROM erasures WHERE finished_at = 0 ORDER BY position")
}

// Erasures implements [unify.ErasureStore].
func (s *Store) Erasures(ctx context.Context, of hitori.CustomerID, before hitori.Position, limit int) ([]unify.Erasure, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return s.erasures(ctx, "SELECT "+erasureColumns+` FROM erasures WHERE position < ?1 AND (customer_id = ?2 OR CAST(?2 AS BIGINT) = 0)
		ORDER BY position DESC LIMIT ?3`, int64(before), int64(of), limit)
}

// FinishErasure implements [unify.ErasureStore].
func (s *Store) FinishErasure(ctx context.Context, position hitori.Position, proof unify.Proof, at time.Time) error {
	text, err := json.Marshal(proof)
	if err != nil {
		return err
	}
	_, err = s.engine.Exec(ctx, "UPDATE erasures SET work = '', proof = ?1, finished_at = ?2 WHERE position = ?3", string(text), millis(at), int64(position))
	return s.wrap(err)
}

func positionRow(p hitori.Position) []any { return []any{int64(p)} }

func (s *Store) positions(ctx context.Context, query string, args ...any) ([]hitori.Position, error) {
	var list []hitori.Position
	err := each(ctx, s.engine, func(r Rows) error {
		var position int64
		err := r.Scan(&position)
		list = append(list, hitori.Position(position))
		return err
	}, query, args...)
	return list, s.wrap(err)
}

// Repeats implements [unify.ErasureStore].
func (s *Store) Repeats(ctx context.Context, positions []hitori.Position) ([]hitori.Position, error) {
	if len(positions) == 0 {
		return nil, nil
	}
	return s.positions(ctx, "SELECT r.position FROM "+s.engine.Set(1, "position bigint")+" s CROSS JOIN repeats r WHERE r.first_position = s.position",
		set(positions, positionRow))
}

// Redactions implements [unify.ErasureStore].
func (s *Store) Redactions(ctx context.Context, limit int) ([]hitori.Position, error) {
	return s.positions(ctx, "SELECT position FROM redactions ORDER BY position LIMIT ?1", limit)
}

// Redacted implements [unify.ErasureStore].
func (s *Store) Redacted(ctx context.Context, positions []hitori.Position) error {
	_, err := s.engine.Exec(ctx, "DELETE FROM redactions WHERE position IN (SELECT s.position FROM "+s.engine.Set(1, "position bigint")+" s)",
		set(positions, positionRow))
	return s.wrap(err)
}

// Retention implements [unify.PolicyStore].
func (s *Store) Retention(ctx context.Context) ([]unify.Retention, error) {
	list := []unify.Retention{}
	err := each(ctx, s.engine, func(r Rows) error {
		var rule unify.Retention
		var updated int64
		err := r.Scan(&rule.Event, &rule.Days, &updated, &rule.UpdatedBy, &rule.Version)
		rule.UpdatedAt = fromMillis(updated)
		list = append(list, rule)
		return err
	}, "SELECT name, days, updated_at, updated_by, version FROM retention ORDER BY name")
	return list, s.wrap(err)
}

var (
	retentionTable = versioned{"retention", []string{"name"}, []string{"days", "updated_at", "updated_by"}}
	purposeTable   = versioned{"purposes", []string{"name"}, []string{"title", "fields", "updated_at", "updated_by"}}
)

// PutRetention implements [unify.PolicyStore].
func (s *Store) PutRetention(ctx context.Context, r unify.Retention) error {
	if r.Days == 0 {
		_, err := s.drop(ctx, retentionTable, r.Version, r.Event)
		return err
	}
	return s.put(ctx, retentionTable, r.Version, r.Event, r.Days, millis(r.UpdatedAt), r.UpdatedBy)
}

// Purposes implements [unify.PolicyStore].
func (s *Store) Purposes(ctx context.Context) ([]unify.Purpose, error) {
	list := []unify.Purpose{}
	err := each(ctx, s.engine, func(r Rows) error {
		var p unify.Purpose
		var fields string
		var updated int64
		if err := r.Scan(&p.Name, &p.Title, &fields, &updated, &p.UpdatedBy, &p.Version); err != nil {
			return err
		}
		p.UpdatedAt = fromMillis(updated)
		list = append(list, p)
		return json.Unmarshal([]byte(fields), &list[len(list)-1].Fields)
	}, "SELECT name, title, fields, updated_at, updated_by, version FROM purposes ORDER BY name")
	return list, s.wrap(err)
}

// PutPurpose implements [unify.PolicyStore].
func (s *Store) PutPurpose(ctx context.Context, p unify.Purpose) error {
	fields, err := json.Marshal(p.Fields)
	if err != nil {
		return err
	}
	return s.put(ctx, purposeTable, p.Version, p.Name, p.Title, string(fields), millis(p.UpdatedAt), p.UpdatedBy)
}

// DeletePurpose implements [unify.PolicyStore].
func (s *Store) DeletePurpose(ctx context.Context, name string, version int64) error {
	found, err := s.drop(ctx, purposeTable, version, name)
	if err == nil && !found {
		return hitori.NewError(hitori.NotFound, "purpose_unknown", "name", name)
	}
	return err
}
