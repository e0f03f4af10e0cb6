package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

const (
	// rewriteRounds is how often blocks may turn out to be shared with yet other row groups.
	// Each round moves all that were found, so two are enough.
	rewriteRounds = 5
	// rewriteGroups is how many row groups are written anew in one transaction.
	rewriteGroups = 8
)

// Erase removes every row of the given customers and the quarantined events that carry one
// of the identifiers, so that nothing of them can be read from the files.
//
// DuckDB only marks deleted rows, and leaves their bytes in blocks that it no longer uses. So
// the row groups that hold the rows are written anew without them, and so is whatever
// else has bytes in the same blocks; a checkpoint then frees the blocks and empties the
// write-ahead log; and at last all free blocks are overwritten.
//
// What can remain is what DuckDB keeps as statistics of a column: the first eight bytes of
// the smallest and the largest text it ever held.
//
// Appends go on until the tails are full; reads wait while the checkpoint runs. When it fails
// or the process dies, erasing again completes it.
func (w *Warehouse) Erase(ctx context.Context, customers []hitori.CustomerID, identifiers []hitori.Identifier) error {
	carriers, err := warehouse.Carriers(ctx, w, identifiers)
	if err != nil {
		return err
	}
	// A derivation may take minutes. To wait for it later would keep readers out, and appends, as long.
	w.deriving.Lock()
	defer w.deriving.Unlock()
	w.upkeep.Lock()
	defer w.upkeep.Unlock()
	w.layout.forget()
	defer w.layout.forget()
	e := erasure{Warehouse: w, customers: customers}
	if err := w.together(ctx, func(db *sql.DB) error { return e.begin(ctx, db, carriers) }); err != nil {
		return err
	}
	for range rewriteRounds {
		if err := w.together(ctx, func(db *sql.DB) error { return e.rewrite(ctx, db) }); err != nil {
			return err
		}
		if err := w.alone(ctx, func(db *sql.DB) error { return e.free(ctx, db) }); err != nil {
			return err
		}
		if len(e.groups) == 0 {
			return errors.Join(w.overwriteFree(ctx), w.alone(ctx, func(db *sql.DB) error { return w.eraseDerived(ctx, db, customers) }))
		}
	}
	return hitori.NewError(hitori.Internal, "warehouse_failed").
		Because(fmt.Errorf("%d row groups keep blocks in use that should be overwritten", len(e.groups)))
}

// erasure is an erasure under way.
type erasure struct {
	*Warehouse
	customers []hitori.CustomerID
	// groups are the row groups to be written anew.
	groups []group
	// stale are the blocks that must no longer be used.
	stale map[int64]bool
}

// begin removes what is not in the sealed tables, and finds what must be written anew. The
// blocks are noted in the database, for the case that this is not completed.
func (e *erasure) begin(ctx context.Context, db *sql.DB, carriers []hitori.Position) error {
	e.mu.Lock()
	e.turn()
	e.mu.Unlock()
	if i := e.frozenTail(); i >= 0 {
		if err := e.seal(ctx, db, i, e.others()); err != nil {
			return err
		}
	}
	groups, err := rowGroups(ctx, db)
	if err != nil {
		return err
	}
	if e.groups, err = e.affected(ctx, db, groups); err != nil {
		return err
	}
	if e.stale, err = staleBlocks(ctx, db); err != nil {
		return err
	}
	for _, g := range e.groups {
		for _, block := range g.blocks {
			e.stale[block] = true
		}
	}
	return transact(ctx, db,
		"DELETE FROM touched WHERE customer_id IN "+idList(e.customers),
		"DELETE FROM quarantined WHERE position IN "+idList(carriers),
		"DELETE FROM alias_log WHERE customer_id IN "+idList(e.customers)+" OR root_id IN "+idList(e.customers),
		"INSERT INTO stale_blocks SELECT * FROM "+idList(slices.Collect(maps.Keys(e.stale))))
}

// others selects the rows that stay.
func (e *erasure) others() string { return "customer_id NOT IN " + idList(e.customers) }

// affected returns the row groups that hold rows of the customers, rows that were deleted
// before, or rows of tables that are written anew as a whole.
func (e *erasure) affected(ctx context.Context, db *sql.DB, groups []group) ([]group, error) {
	var affected []group
	for _, table := range sealedTables {
		own := slices.DeleteFunc(slices.Clone(groups), func(g group) bool { return g.table != table.name })
		rows, err := deadRows(ctx, db, table.name, own)
		if err != nil {
			return nil, err
		}
		for _, c := range e.customers {
			query := fmt.Sprintf("SELECT rowid FROM %s WHERE customer_id = %d", table.name, c)
			if err := eachID(ctx, db, query, func(row int64) { rows = append(rows, row) }); err != nil {
				return nil, err
			}
		}
		slices.Sort(rows)
		for _, g := range own {
			if i, _ := slices.BinarySearch(rows, g.first); i < len(rows) && rows[i] < g.end {
				affected = append(affected, g)
			}
		}
	}
	for _, g := range groups {
		if !g.sealed() {
			affected = append(affected, g)
		}
	}
	return affected, nil
}

// rewrite writes the sealed row groups anew, without the rows of the customers.
func (e *erasure) rewrite(ctx context.Context, db *sql.DB) error {
	for _, table := range sealedTables {
		own := slices.DeleteFunc(slices.Clone(e.groups), func(g group) bool { return g.table != table.name })
		for some := range slices.Chunk(own, rewriteGroups) {
			var parts, statements []string
			for _, g := range some {
				in := fmt.Sprintf("rowid >= %d AND rowid < %d", g.first, g.end)
				parts = append(parts, fmt.Sprintf("SELECT run, %s FROM %s%s", table.columns, table.name, where(in, e.others())))
				statements = append(statements, "DELETE FROM "+table.name+where(in))
			}
			insert := fmt.Sprintf("INSERT INTO %s %s ORDER BY run, %s", table.name, strings.Join(parts, " UNION ALL "), table.order)
			if err := transact(ctx, db, slices.Concat([]string{insert}, hideRun(table, table.name+where(e.others())), statements)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// free writes all small tables anew and makes a checkpoint. It finds what uses stale blocks or keeps deleted rows
// even now. The caller has the warehouse to itself.
func (e *erasure) free(ctx context.Context, db *sql.DB) error {
	var statements []string
	for i := range e.tails {
		if e.tails[i].rows > 0 {
			if err := e.seal(ctx, db, i, e.others()); err != nil {
				return err
			}
		}
		statements = append(statements, "DROP TABLE "+tailEvents(i), "DROP TABLE "+tailLines(i))
		statements = append(statements, createTails(i)...)
	}
	for _, table := range smallTables {
		statements = append(statements, fmt.Sprintf("CREATE TABLE anew AS FROM %s", table),
			"DROP TABLE "+table, "ALTER TABLE anew RENAME TO "+table)
	}
	if err := transact(ctx, db, statements...); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CHECKPOINT"); err != nil {
		return err
	}
	groups, err := rowGroups(ctx, db)
	if err != nil {
		return err
	}
	// The checkpoint leaves deleted rows in place when a transaction has only just ended and its traces are not yet cleared away.
	again, err := e.affected(ctx, db, groups)
	if err != nil {
		return err
	}
	used := make(map[int64]bool)
	e.groups = slices.DeleteFunc(groups, func(g group) bool {
		dead := g.sealed() && slices.ContainsFunc(again, g.same)
		moved := dead
		for _, block := range g.blocks {
			if dead || e.stale[block] {
				used[block], moved = true, true
			}
		}
		return !moved
	})
	e.stale = used
	return nil
}
