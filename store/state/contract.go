package state

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
)

// Fields implements [collect.ContractStore].
func (s *Store) Fields(ctx context.Context, t hitori.EventType, name string) ([]hitori.FieldCount, error) {
	where, args := "path = ''", []any(nil)
	if t != 0 {
		where, args = "type = ?1 AND name = ?2", []any{int64(t), name}
	}
	var counts []hitori.FieldCount
	err := each(ctx, s.engine, func(r Rows) error {
		var f hitori.FieldCount
		var kind, first, last int64
		v := &f.Values
		err := r.Scan(&kind, &f.Name, &f.Path, &f.Events, &v[hitori.JSONNull], &v[hitori.JSONBoolean], &v[hitori.JSONNumber],
			&v[hitori.JSONString], &v[hitori.JSONObject], &v[hitori.JSONArray], &f.Bytes, &first, &last)
		f.Type, f.First, f.Last = hitori.EventType(kind), fromMillis(first), fromMillis(last)
		counts = append(counts, f)
		return err
	}, `SELECT type, name, path, events, nulls, booleans, numbers, strings, objects, arrays, bytes, first_seen, last_seen
		FROM fields WHERE `+where, args...)
	return counts, s.wrap(err)
}

// Rules implements [collect.ContractStore].
func (s *Store) Rules(ctx context.Context) (collect.Rules, error) {
	rules := make(collect.Rules)
	err := each(ctx, s.engine, func(r Rows) error {
		var key hitori.FieldKey
		var kind, version int64
		var text string
		if err := r.Scan(&kind, &key.Name, &key.Path, &text, &version); err != nil {
			return err
		}
		key.Type = hitori.EventType(kind)
		var rule collect.Rule
		err := json.Unmarshal([]byte(text), &rule)
		rule.Version = version
		rules[key] = rule
		return err
	}, "SELECT type, name, path, rule, version FROM rules")
	return rules, s.wrap(err)
}

var ruleTable = versioned{"rules", []string{"type", "name", "path"}, []string{"rule", "updated_at", "updated_by"}}

// PutRule implements [collect.ContractStore].
func (s *Store) PutRule(ctx context.Context, key hitori.FieldKey, rule collect.Rule, actor string, at time.Time) error {
	version := rule.Version
	rule.Version = 0 // it has a column of its own
	text, err := json.Marshal(rule)
	if err != nil {
		return err
	}
	return s.put(ctx, ruleTable, version, int64(key.Type), key.Name, key.Path, string(text), millis(at), actor)
}

// DeleteRule implements [collect.ContractStore].
func (s *Store) DeleteRule(ctx context.Context, key hitori.FieldKey, version int64) error {
	_, err := s.drop(ctx, ruleTable, version, int64(key.Type), key.Name, key.Path)
	return err
}

// Release implements [collect.ContractStore].
func (s *Store) Release(ctx context.Context, positions []hitori.Position) error {
	_, err := s.engine.Exec(ctx, "INSERT INTO released (position) SELECT s.position FROM "+s.engine.Set(1, "position bigint")+" s WHERE true ON CONFLICT DO NOTHING",
		set(positions, positionRow))
	return s.wrap(err)
}
