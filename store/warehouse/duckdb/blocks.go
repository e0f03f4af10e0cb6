package duckdb

import (
	"context"
	"database/sql"
	"fmt"
)

// sealedTable is a table of runs, without its column that names the run.
type sealedTable struct{ name, columns, order string }

// sealedTables are the tables of runs.
var sealedTables = []sealedTable{
	{"sealed_lines", lineNames, lineOrder},
	{"sealed_events", eventNames + ", " + detailNames, eventOrder},
}

// smallTables are those that an erasure writes anew as a whole.
var smallTables = []string{"quarantined", "alias_log", "applied", "stale_blocks", "schema_version", "touched", "shown"}

// group is a row group of a table.
type group struct {
	table string
	// first is the row id it starts at, end the one it stops before; only of sealed tables.
	first, end int64
	// blocks are the blocks of the file it has bytes in, maybe beside others.
	blocks []int64
}

func (g group) sealed() bool { return g.table == "sealed_events" || g.table == "sealed_lines" }

func (g group) same(as group) bool { return g.table == as.table && g.first == as.first }

// rowGroups returns the row groups of all tables.
func rowGroups(ctx context.Context, db *sql.DB) ([]group, error) {
	tables := append([]string{"sealed_lines", "sealed_events", tailEvents(0), tailLines(0), tailEvents(1), tailLines(1)}, smallTables...)
	var all []group
	for _, table := range tables {
		var groups []group
		query := fmt.Sprintf(`SELECT sum("count")::BIGINT FROM pragma_storage_info('%s')
			WHERE column_id = 0 AND segment_type <> 'VALIDITY' GROUP BY row_group_id ORDER BY row_group_id`, table)
		var row int64
		err := eachID(ctx, db, query, func(rows int64) {
			groups = append(groups, group{table: table, first: row, end: row + rows})
			row += rows
		})
		if err != nil {
			return nil, err
		}
		query = fmt.Sprintf(`SELECT DISTINCT row_group_id, unnest(list_append(coalesce(additional_block_ids, []), block_id)) AS block
			FROM pragma_storage_info('%s') WHERE block_id >= 0`, table)
		err = each(ctx, db, query, func(r *sql.Rows) error {
			var number int
			var block int64
			err := r.Scan(&number, &block)
			groups[number].blocks = append(groups[number].blocks, block)
			return err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, groups...)
	}
	return all, nil
}

// bucket is how many row ids are counted together to find deleted rows.
const bucket = 1024

// deadRows returns the ids of the first row of every bucket, and of every row group in it,
// where rows were deleted.
func deadRows(ctx context.Context, db *sql.DB, table string, groups []group) ([]int64, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	end := groups[len(groups)-1].end
	var live int64
	if err := eachID(ctx, db, "SELECT count(*) FROM "+table, func(n int64) { live = n }); err != nil || live == end {
		return nil, err
	}
	counts := make([]int64, (end+bucket-1)/bucket)
	query := fmt.Sprintf("SELECT rowid // %d, count(*) FROM %s GROUP BY 1", bucket, table)
	err := each(ctx, db, query, func(r *sql.Rows) error {
		var number, n int64
		err := r.Scan(&number, &n)
		counts[number] = n
		return err
	})
	if err != nil {
		return nil, err
	}
	var dead []int64
	for i, n := range counts {
		first := int64(i) * bucket
		if n == min(bucket, end-first) {
			continue
		}
		dead = append(dead, first)
		for _, g := range groups {
			if g.first > first && g.first < first+bucket {
				dead = append(dead, g.first)
			}
		}
	}
	return dead, nil
}

// staleBlocks returns the blocks noted by an erasure that was not completed.
func staleBlocks(ctx context.Context, db *sql.DB) (map[int64]bool, error) {
	stale := make(map[int64]bool)
	err := eachID(ctx, db, "SELECT block FROM stale_blocks", func(block int64) { stale[block] = true })
	return stale, err
}

const (
	// fillersPerBlock is how many numbers fill a block.
	fillersPerBlock = 1 << 15
	// spareBlocks are overwritten beyond the free ones, for those that a checkpoint frees.
	spareBlocks = 8
)

// overwriteFree fills all blocks that are free with a table and drops that.
func (w *Warehouse) overwriteFree(ctx context.Context) error {
	err := w.together(ctx, func(db *sql.DB) error {
		if _, err := db.ExecContext(ctx, "CREATE OR REPLACE TABLE filler (filler BIGINT USING COMPRESSION uncompressed)"); err != nil {
			return err
		}
		var free int64
		query := "SELECT free_blocks FROM pragma_database_size() WHERE database_name = 'warehouse'"
		if err := eachID(ctx, db, query, func(n int64) { free = n }); err != nil {
			return err
		}
		fill := fmt.Sprintf("INSERT INTO filler FROM range(%d)", (free+spareBlocks)*fillersPerBlock)
		_, err := db.ExecContext(ctx, fill)
		return err
	})
	if err != nil {
		return err
	}
	return w.alone(ctx, func(db *sql.DB) error {
		for _, statement := range []string{"CHECKPOINT", "DROP TABLE filler", "DELETE FROM stale_blocks", "CHECKPOINT"} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachID calls fn for each row of a query that returns one number.
func eachID(ctx context.Context, db *sql.DB, query string, fn func(int64)) error {
	return each(ctx, db, query, func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		fn(id)
		return err
	})
}
