package state

import (
	"context"
	"encoding/json"

	"github.com/hitori-cdp/hitori/understand"
)

// RFMSettings implements [understand.RFMStore].
func (s *Store) RFMSettings(ctx context.Context) (understand.RFMSettings, error) {
	var n understand.RFMSettings
	err := each(ctx, s.engine, func(r Rows) error {
		var definition string
		var updated int64
		if err := r.Scan(&definition, &updated, &n.UpdatedBy, &n.Version); err != nil {
			return err
		}
		n.UpdatedAt = fromMillis(updated)
		return json.Unmarshal([]byte(definition), &n.RFMDefinition)
	}, "SELECT definition, updated_at, updated_by, version FROM rfm_settings")
	return n, s.wrap(err)
}

var rfmTable = versioned{"rfm_settings", []string{"id"}, []string{"definition", "updated_at", "updated_by"}}

// PutRFMSettings implements [understand.RFMStore].
func (s *Store) PutRFMSettings(ctx context.Context, n understand.RFMSettings) error {
	definition, err := json.Marshal(n.RFMDefinition)
	if err != nil {
		return err
	}
	return s.put(ctx, rfmTable, n.Version, "shop", string(definition), millis(n.UpdatedAt), n.UpdatedBy)
}

// RFMCut implements [understand.RFMStore].
func (s *Store) RFMCut(ctx context.Context, month string) (understand.RFMCut, error) {
	var c understand.RFMCut
	err := each(ctx, s.engine, func(r Rows) error {
		var bounds string
		var at int64
		if err := r.Scan(&c.Month, &bounds, &c.People, &at); err != nil {
			return err
		}
		c.CutAt = fromMillis(at)
		return json.Unmarshal([]byte(bounds), &c.Bounds)
	}, "SELECT month, bounds, people, cut_at FROM rfm_cuts WHERE month <= ?1 ORDER BY month DESC LIMIT 1", month)
	return c, s.wrap(err)
}

// PutRFMCut implements [understand.RFMStore].
func (s *Store) PutRFMCut(ctx context.Context, c understand.RFMCut) error {
	bounds, err := json.Marshal(c.Bounds)
	if err != nil {
		return err
	}
	_, err = s.engine.Exec(ctx, `INSERT INTO rfm_cuts (month, bounds, people, cut_at) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (month) DO UPDATE SET bounds = excluded.bounds, people = excluded.people, cut_at = excluded.cut_at`, c.Month, string(bounds), c.People, millis(c.CutAt))
	return s.wrap(err)
}
