package clickhouse

import (
	"context"
	"fmt"
	"time"

	"github.com/hitori-cdp/hitori/understand"
)

type (
	memberRow struct {
		segment       string
		person        int64
		in            bool
		entered, left *int64
		version       uint64
		gone          uint8
	}
	fillRow struct {
		segment, definition string
		version             uint64
	}
)

var members = table[memberRow]{
	name: "memberships",
	columns: []column[memberRow]{
		{"segment", word, func(r *memberRow) any { return &r.segment }},
		{"person", id, func(r *memberRow) any { return &r.person }},
		{"is_in", flag, func(r *memberRow) any { return &r.in }},
		{"entered", "Nullable(Int64)", func(r *memberRow) any { return &r.entered }},
		{`"left"`, "Nullable(Int64)", func(r *memberRow) any { return &r.left }},
		{"version", "UInt64", func(r *memberRow) any { return &r.version }},
		{"gone", small, func(r *memberRow) any { return &r.gone }},
	},
}

// fills stand on the first shard.
var fills = table[fillRow]{
	name: "fills", engine: "ReplacingMergeTree(version) ORDER BY segment",
	columns: []column[fillRow]{
		{"segment", text, func(r *fillRow) any { return &r.segment }},
		{"definition", text, func(r *fillRow) any { return &r.definition }},
		{"version", "UInt64", func(r *fillRow) any { return &r.version }},
	},
}

var _ understand.MemberTable = (*Warehouse)(nil)

// Filled implements [understand.MemberTable].
func (w *Warehouse) Filled(ctx context.Context, segment string) (definition string, err error) {
	err = fills.each(ctx, w.shards[0], " FINAL"+where("segment = "+quote(segment)), func(r fillRow) error {
		definition = r.definition
		return nil
	})
	return definition, err
}

// PutMembers implements [understand.MemberTable]. The definition is noted last, so that an interruption counts as if
// nothing had been noted.
func (w *Warehouse) PutMembers(ctx context.Context, segment, definition string, of []understand.Member, whole bool) error {
	w.deriving.Lock()
	defer w.deriving.Unlock()
	version, err := w.nextVersion(ctx)
	if err != nil {
		return err
	}
	rows := make([][]memberRow, len(w.shards))
	for _, m := range of {
		r := memberRow{segment: segment, person: int64(m.Customer), in: m.In, entered: perhapsAt(m.Entered), left: perhapsAt(m.Left), version: version}
		if m.Gone {
			r.gone = 1
		}
		n := w.shardOf(r.person).number
		rows[n] = append(rows[n], r)
	}
	err = w.everywhere(context.WithoutCancel(ctx), func(ctx context.Context, s *shard) error {
		if whole {
			if err := s.forgetMembers(ctx, segment, version-1); err != nil {
				return err
			}
		}
		return members.insert(ctx, s, fmt.Sprint("members ", segment, " ", version, " ", s.number), rows[s.number])
	})
	if err != nil {
		return err
	}
	return fills.insert(ctx, w.shards[0], fmt.Sprint("fill ", segment, " ", version), []fillRow{{segment, definition, version}})
}

// nextVersion is greater than those before.
func (w *Warehouse) nextVersion(ctx context.Context) (uint64, error) {
	now, err := values[uint64](ctx, w.shards[0], "SELECT toUInt64(toUnixTimestamp64Nano(now64(9)))")
	if err != nil {
		return 0, err
	}
	return now[0], nil
}

func perhapsAt(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return new(t.UnixMilli())
}

// forgetMembers hides the rows of a segment.
func (s *shard) forgetMembers(ctx context.Context, segment string, version uint64) error {
	return s.exec(ctx, fmt.Sprintf(`INSERT INTO memberships (segment, person, is_in, entered, "left", version, gone)
		SELECT segment, person, is_in, entered, "left", %d, 1 FROM memberships FINAL WHERE segment = %s`, version, quote(segment)))
}

// DropMembers implements [understand.MemberTable].
func (w *Warehouse) DropMembers(ctx context.Context, segment string) error {
	version, err := w.nextVersion(ctx)
	if err != nil {
		return err
	}
	err = w.everywhere(context.WithoutCancel(ctx), func(ctx context.Context, s *shard) error { return s.forgetMembers(ctx, segment, version) })
	if err != nil {
		return err
	}
	return fills.insert(ctx, w.shards[0], fmt.Sprint("fill ", segment, " ", version), []fillRow{{segment, "", version}})
}
