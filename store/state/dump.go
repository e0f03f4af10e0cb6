package state

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// tables are those of a backup: everything but the record of migrations and what is
// fleeting.
var tables = []string{
	"settings", "customers", "identifiers", "terms", "merges", "separations", "conflicts", "entities", "seen", "seen_young", "seen_filters", "forgotten",
	"checkpoints", "steps", "outcomes", "erasures", "buried", "repeats", "redactions", "fields", "rules", "released",
	"sources", "keys", "users", "views", "marks", "jobs", "mappings", "ledger", "ledger_young", "ledger_filters", "ledger_changes", "undo_plans", "audit", "retention", "purposes",
	"segments", "segment_results", "segment_days", "rfm_settings", "rfm_cuts", "own_features",
}

// fleeting are the tables that a backup leaves out, so that nobody is signed in by a restore.
var fleeting = []string{"sessions", "links"}

// derived are the tables that a rebuild from the log fills anew.
var derived = []string{
	"customers", "identifiers", "terms", "merges", "separations", "conflicts", "entities", "seen", "seen_young", "seen_filters", "forgotten", "undo_plans",
	"checkpoints", "steps", "outcomes", "repeats", "redactions", "fields",
}

// Rowset is some rows of a table, in a form that any engine can load. Bytes are text in
// base64.
type Rowset struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

// dumped is how many rows go into one rowset.
const dumped = 2000

// Dump calls write with everything in the state, as of one moment, and first begin with
// how far the log had been applied at that moment.
func (s *Store) Dump(ctx context.Context, begin func(unify.Progress) error, write func(Rowset) error) error {
	return s.wrap(s.engine.Snapshot(ctx, func(c Conn) error {
		progress, err := progress(ctx, c)
		if err != nil {
			return err
		}
		if err := begin(progress); err != nil {
			return err
		}
		for _, table := range tables {
			if err := dumpTable(ctx, c, table, write); err != nil {
				return err
			}
		}
		return nil
	}))
}

func dumpTable(ctx context.Context, c Conn, table string, write func(Rowset) error) error {
	rows, err := c.Query(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	set := Rowset{Table: table, Columns: columns}
	for rows.Next() {
		row := make([]any, len(columns))
		targets := make([]any, len(columns))
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i, value := range row {
			if bytes, ok := value.([]byte); ok {
				row[i] = base64.StdEncoding.EncodeToString(bytes)
			}
		}
		if set.Rows = append(set.Rows, row); len(set.Rows) == dumped {
			if err := write(set); err != nil {
				return err
			}
			set.Rows = nil
		}
	}
	if err := rows.Err(); err != nil || len(set.Rows) == 0 {
		return err
	}
	return write(set)
}

// bytesColumns are the columns that hold bytes.
var bytesColumns = map[string]bool{
	"seen.entries": true, "seen_young.entries": true, "seen_filters.bits": true, "steps.plan": true,
	"ledger.entries": true, "ledger_young.entries": true, "ledger_filters.bits": true, "ledger_changes.changes": true,
}

// Load puts rows into an empty table. Numbers must have been read as [json.Number].
func (s *Store) Load(ctx context.Context, set Rowset) error {
	marks := make([]string, len(set.Columns))
	for i := range marks {
		marks[i] = fmt.Sprint("?", i+1)
	}
	rows := make([][]any, len(set.Rows))
	for n, row := range set.Rows {
		if len(row) != len(set.Columns) {
			return hitori.NewError(hitori.Invalid, "backup_damaged")
		}
		rows[n] = make([]any, len(row))
		for i, value := range row {
			switch v := value.(type) {
			case json.Number:
				number, err := v.Int64()
				if err != nil {
					return hitori.NewError(hitori.Invalid, "backup_damaged").Because(err)
				}
				rows[n][i] = number
			case string:
				rows[n][i] = v
				if bytesColumns[set.Table+"."+set.Columns[i]] {
					bytes, err := base64.StdEncoding.DecodeString(v)
					if err != nil {
						return hitori.NewError(hitori.Invalid, "backup_damaged").Because(err)
					}
					rows[n][i] = bytes
				}
			}
		}
	}
	query := "INSERT INTO " + set.Table + " (" + strings.Join(set.Columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	if set.Table == "settings" {
		query += " ON CONFLICT (name) DO NOTHING" // the epoch that Clear began
	}
	return s.wrap(s.engine.Write(ctx, func(c Conn) error { return c.Bulk(ctx, query, rows) }))
}

// Clear empties every table, before a backup is loaded.
func (s *Store) Clear(ctx context.Context) error {
	return s.empty(ctx, slices.Concat(tables, fleeting))
}

// Forget empties what the log tells anew: people, checkpoints, counts. Keys, rules and
// what was decided about the installation stay.
func (s *Store) Forget(ctx context.Context) error {
	if err := s.empty(ctx, derived); err != nil {
		return err
	}
	_, err := s.engine.Exec(ctx, "DELETE FROM settings WHERE name = ?1", seenTable)
	return s.wrap(err)
}

func (s *Store) empty(ctx context.Context, tables []string) error {
	s.seen.forget()
	s.ledger.forget()
	return s.wrap(s.engine.WriteAlone(ctx, func(c Conn) error {
		for _, table := range tables {
			if _, err := c.Exec(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return (&tx{s, c}).nextEpoch(ctx)
	}))
}

// Aliases calls fn with every profile that belongs to another person now.
func (s *Store) Aliases(ctx context.Context, fn func(customer, root hitori.CustomerID) error) error {
	return s.wrap(each(ctx, s.engine, func(r Rows) error {
		var id, root int64
		if err := r.Scan(&id, &root); err != nil {
			return err
		}
		return fn(hitori.CustomerID(id), hitori.CustomerID(root))
	}, "SELECT id, root_id FROM customers WHERE parent_id <> 0"))
}
