package state

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// Mappings implements [collect.ImportStore].
func (s *Store) Mappings(ctx context.Context) ([]collect.Mapping, error) {
	list := []collect.Mapping{}
	err := each(ctx, s.engine, func(r Rows) error {
		var text string
		var revision int64
		if err := r.Scan(&text, &revision); err != nil {
			return err
		}
		var m collect.Mapping
		err := json.Unmarshal([]byte(text), &m)
		m.Revision = revision
		list = append(list, m)
		return err
	}, "SELECT mapping, version FROM mappings ORDER BY name")
	return list, s.wrap(err)
}

var mappingTable = versioned{"mappings", []string{"name"}, []string{"mapping", "updated_at", "updated_by"}}

// PutMapping implements [collect.ImportStore].
func (s *Store) PutMapping(ctx context.Context, m collect.Mapping, actor string, at time.Time) error {
	revision := m.Revision
	m.Revision = 0 // it has a column of its own
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.put(ctx, mappingTable, revision, m.Name, string(text), millis(at), actor)
}

// RenameMapping implements [collect.ImportStore].
func (s *Store) RenameMapping(ctx context.Context, old string, m collect.Mapping, actor string, at time.Time) error {
	revision := m.Revision
	m.Revision = 0
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.wrap(s.engine.Write(ctx, func(c Conn) error {
		added, err := c.Exec(ctx, `INSERT INTO mappings (name, mapping, updated_at, updated_by, version)
			VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING`, m.Name, string(text), millis(at), actor, revision+1)
		if err == nil && added == 0 {
			err = hitori.NewError(hitori.Conflict, "mapping_taken", "name", m.Name).At("name")
		}
		if err != nil {
			return err
		}
		removed, err := c.Exec(ctx, "DELETE FROM mappings WHERE name = ?1 AND version = ?2", old, revision)
		if err == nil && removed == 0 {
			err = hitori.NewError(hitori.Conflict, "changed_meanwhile")
		}
		return err
	}))
}

// DeleteMapping implements [collect.ImportStore].
func (s *Store) DeleteMapping(ctx context.Context, name string, revision int64) error {
	found, err := s.drop(ctx, mappingTable, revision, name)
	if err == nil && !found {
		return hitori.NewError(hitori.NotFound, "mapping_unknown", "name", name)
	}
	return err
}

func hashHalves(h [16]byte) (high, low int64) {
	return int64(binary.BigEndian.Uint64(h[:8])), int64(binary.BigEndian.Uint64(h[8:]))
}
