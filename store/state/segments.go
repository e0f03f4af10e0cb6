package state

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori/understand"
)

// Segments implements [understand.SegmentStore].
func (s *Store) Segments(ctx context.Context) ([]understand.Segment, error) {
	segments := []understand.Segment{}
	err := each(ctx, s.engine, func(r Rows) error {
		var n understand.Segment
		var kind, refresh string
		var created, updated, computed, took int64
		err := r.Scan(&n.ID, &n.Name, &n.Description, &kind, &n.Definition, &refresh, &created, &n.CreatedBy, &updated, &n.Version,
			&n.Size, &n.Everybody, &n.Entered, &n.Left, &computed, &took, &n.Failure)
		n.Kind, n.Refresh = understand.SegmentKind(kind), understand.Refresh(refresh)
		n.CreatedAt, n.UpdatedAt, n.ComputedAt, n.Took = fromMillis(created), fromMillis(updated), fromMillis(computed), time.Duration(took)*time.Millisecond
		segments = append(segments, n)
		return err
	}, `SELECT id, name, description, kind, definition, refresh, created_at, created_by, updated_at, version, coalesce(size, 0), coalesce(people, 0),
			coalesce(entered, 0), coalesce(left_it, 0), coalesce(computed_at, 0), coalesce(took, 0), coalesce(failure, '')
		FROM segments LEFT JOIN segment_results ON segment_id = id ORDER BY name, id`)
	return segments, s.wrap(err)
}

var segmentTable = versioned{"segments", []string{"id"}, []string{
	"name", "description", "kind", "definition", "refresh", "created_at", "created_by", "updated_at",
}}

// PutSegment implements [understand.SegmentStore].
func (s *Store) PutSegment(ctx context.Context, n understand.Segment) error {
	return s.put(ctx, segmentTable, n.Version, n.ID, n.Name, n.Description, string(n.Kind), n.Definition, string(n.Refresh),
		millis(n.CreatedAt), n.CreatedBy, millis(n.UpdatedAt))
}

// DeleteSegment implements [understand.SegmentStore].
func (s *Store) DeleteSegment(ctx context.Context, id string) error {
	return s.wrap(s.engine.Write(ctx, func(c Conn) error {
		for _, statement := range []string{
			"DELETE FROM segment_days WHERE segment_id = ?1", "DELETE FROM segment_results WHERE segment_id = ?1", "DELETE FROM segments WHERE id = ?1",
		} {
			if _, err := c.Exec(ctx, statement, id); err != nil {
				return err
			}
		}
		return nil
	}))
}

// PutResult implements [understand.SegmentStore].
func (s *Store) PutResult(ctx context.Context, id, day string, r understand.SegmentResult) error {
	return s.wrap(s.engine.Write(ctx, func(c Conn) error {
		_, err := c.Exec(ctx, `INSERT INTO segment_results (segment_id, size, people, entered, left_it, computed_at, took, failure)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (segment_id) DO UPDATE SET size = excluded.size, people = excluded.people, entered = excluded.entered,
			left_it = excluded.left_it, computed_at = excluded.computed_at, took = excluded.took, failure = excluded.failure`,
			id, r.Size, r.Everybody, r.Entered, r.Left, millis(r.ComputedAt), r.Took.Milliseconds(), r.Failure)
		if err != nil || day == "" {
			return err
		}
		_, err = c.Exec(ctx, `INSERT INTO segment_days (segment_id, day, size, entered, left_it) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT (segment_id, day) DO UPDATE SET size = excluded.size, entered = segment_days.entered + excluded.entered,
			left_it = segment_days.left_it + excluded.left_it`, id, day, r.Size, r.Entered, r.Left)
		return err
	}))
}

// SegmentDays implements [understand.SegmentStore].
func (s *Store) SegmentDays(ctx context.Context, id, from string) ([]understand.SegmentDay, error) {
	days := []understand.SegmentDay{}
	err := each(ctx, s.engine, func(r Rows) error {
		var d understand.SegmentDay
		err := r.Scan(&d.Day, &d.Size, &d.Entered, &d.Left)
		days = append(days, d)
		return err
	}, "SELECT day, size, entered, left_it FROM segment_days WHERE segment_id = ?1 AND day >= ?2 ORDER BY day", id, from)
	return days, s.wrap(err)
}
