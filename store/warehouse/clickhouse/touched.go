package clickhouse

import (
	"context"
	"encoding/json"
	"strings"
	"sync"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// fewTouched is up to how many profiles are computed anew one by one, whatever the size of the shop.
const fewTouched = 20_000

// Touched implements [understand.Warehouse].
func (w *Warehouse) Touched(ctx context.Context, form understand.Form) (understand.Touched, error) {
	var t understand.Touched
	var known formRow
	err := forms.each(ctx, w.shards[0], "", func(r formRow) error {
		known = r
		return nil
	})
	if err != nil {
		return t, err
	}
	parts := make([][]string, len(w.shards))
	all := make(map[hitori.CustomerID]bool)
	var people uint64
	var mu sync.Mutex
	err = w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		var err error
		parts[s.number], err = values[string](ctx, s, "SELECT name FROM system.parts"+where("database = currentDatabase()", "table = "+quote(touched), "active"))
		if err != nil || len(parts[s.number]) == 0 {
			return err
		}
		ids, err := values[int64](ctx, s, "SELECT DISTINCT customer_id FROM "+touched+where("_part IN ("+texts(parts[s.number])+")"))
		if err != nil {
			return err
		}
		count, err := values[uint64](ctx, s, "SELECT count() FROM people")
		mu.Lock()
		defer mu.Unlock()
		for _, id := range ids {
			all[hitori.CustomerID(id)] = true
		}
		for _, n := range count {
			people += n
		}
		return err
	})
	if err != nil {
		return t, err
	}
	mark, err := json.Marshal(parts)
	t.Mark = string(mark)
	if t.Everybody = known.shape != shapeOf(form) || len(all) > max(fewTouched, int(people/4)); !t.Everybody {
		t.Aged = known.day != form.Day
		for id := range all {
			t.Profiles = append(t.Profiles, id)
		}
	}
	return t, err
}

func texts(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, ", ")
}

// Untouch implements [understand.Warehouse].
func (w *Warehouse) Untouch(ctx context.Context, t understand.Touched) error {
	var parts [][]string
	if err := json.Unmarshal([]byte(t.Mark), &parts); err != nil {
		return failed(err)
	}
	return w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		for _, part := range parts[s.number] {
			if err := s.exec(ctx, "ALTER TABLE "+touched+" DROP PART "+quote(part)); err != nil {
				return err
			}
		}
		return nil
	})
}
