package state

import (
	"context"
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// versioned is a table of what people change. A row is named by its keys, and has a version that
// grows by one with every change, so that who saw an older one is told.
type versioned struct {
	table        string
	keys, values []string
}

// equal lists "column = ?n" from a number on.
func equal(columns []string, first int) []string {
	list := make([]string, len(columns))
	for i, column := range columns {
		list[i] = fmt.Sprintf("%s = ?%d", column, first+i)
	}
	return list
}

// put changes the row that has a version, or adds one when that is zero. The arguments are those
// of the keys, then the values. It returns an error of code Conflict when the row has another version, was
// removed, or is there already.
func (s *Store) put(ctx context.Context, t versioned, version int64, args ...any) error {
	last := len(args) + 1
	marks := make([]string, len(args))
	for i := range marks {
		marks[i] = fmt.Sprint("?", i+1)
	}
	query := fmt.Sprintf("INSERT INTO %s (%s, %s, version) VALUES (%s, CAST(?%d AS BIGINT) + 1) ON CONFLICT DO NOTHING",
		t.table, strings.Join(t.keys, ", "), strings.Join(t.values, ", "), strings.Join(marks, ", "), last)
	if version != 0 {
		query = fmt.Sprintf("UPDATE %s SET %s, version = version + 1 WHERE %s AND version = ?%d", t.table,
			strings.Join(equal(t.values, len(t.keys)+1), ", "), strings.Join(equal(t.keys, 1), " AND "), last)
	}
	changed, err := s.engine.Exec(ctx, query, append(args, version)...)
	switch {
	case err != nil || changed > 0:
		return s.wrap(err)
	case version == 0:
		return hitori.NewError(hitori.Conflict, "there_already")
	}
	return hitori.NewError(hitori.Conflict, "changed_meanwhile")
}

// drop removes the row that has a version; with zero, whatever version it has. It returns an error
// of code Conflict when the row has another version, and reports whether there was one.
func (s *Store) drop(ctx context.Context, t versioned, version int64, keys ...any) (bool, error) {
	query := fmt.Sprintf("DELETE FROM %s WHERE %s", t.table, strings.Join(equal(t.keys, 1), " AND "))
	if version != 0 {
		query += fmt.Sprintf(" AND version = ?%d", len(keys)+1)
		keys = append(keys, version)
	}
	changed, err := s.engine.Exec(ctx, query, keys...)
	if err == nil && changed == 0 && version != 0 {
		err = hitori.NewError(hitori.Conflict, "changed_meanwhile")
	}
	return changed > 0, s.wrap(err)
}
