package state

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Marks implements [access.MarkStore].
func (s *Store) Marks(ctx context.Context, user string) (map[string]time.Time, error) {
	marks := make(map[string]time.Time)
	err := each(ctx, s.engine, func(r Rows) error {
		var id string
		var at int64
		err := r.Scan(&id, &at)
		marks[id] = fromMillis(at)
		return err
	}, "SELECT notice_id, read_at FROM marks WHERE user_id = ?1", user)
	return marks, s.wrap(err)
}

// Mark implements [access.MarkStore].
func (s *Store) Mark(ctx context.Context, user string, read map[string]time.Time, gone []string) error {
	return s.wrap(s.engine.Write(ctx, func(c Conn) error {
		for _, id := range gone {
			if _, err := c.Exec(ctx, "DELETE FROM marks WHERE user_id = ?1 AND notice_id = ?2", user, id); err != nil {
				return err
			}
		}
		for _, id := range slices.Sorted(maps.Keys(read)) { // in one order, so that two requests do not wait for each other
			_, err := c.Exec(ctx, `INSERT INTO marks (user_id, notice_id, read_at) VALUES (?1, ?2, ?3)
				ON CONFLICT (user_id, notice_id) DO UPDATE SET read_at = excluded.read_at WHERE marks.read_at < excluded.read_at`, user, id, millis(read[id]))
			if err != nil {
				return err
			}
		}
		return nil
	}))
}
