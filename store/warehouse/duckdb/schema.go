package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
)

// rowGroup is how many rows share the smallest and largest values by which rows are skipped.
// Small groups make the story of a person cheap to find in a run, large ones make it cheap
// to go through the list of groups; at 50 million events this is between the two, and
// the lines of one seal or merge step fill a group, which keeps them out of the
// write-ahead log.
const rowGroup = 30_720

// column is a column of the events or lines tables.
type column struct {
	name, kind string
	// compression is that of the sealed tables. Naming it saves DuckDB from trying all
	// methods on every row group; zstd is for texts that seldom repeat.
	compression string
}

var eventColumns = []column{
	{"position", "BIGINT", "bitpacking"},
	{"customer_id", "BIGINT", "bitpacking"},
	{"time", "BIGINT", "bitpacking"},
	{"received_at", "BIGINT", "bitpacking"},
	{"type", "UTINYINT", "bitpacking"},
	{"kind", "UTINYINT", "bitpacking"},
	{"name", "VARCHAR", "dict_fsst"},
	{"source_id", "INTEGER", "bitpacking"},
	{"user_id", "VARCHAR", "zstd"},
	{"anonymous_id", "VARCHAR", "zstd"},
	{"group_id", "VARCHAR", "dict_fsst"},
	{"previous_id", "VARCHAR", "dict_fsst"},
	{"order_id", "VARCHAR", "dict_fsst"},
	{"amount", "BIGINT", "bitpacking"},
	{"currency", "VARCHAR", "dict_fsst"},
	{"properties", "VARCHAR", "zstd"},
	{"traits", "VARCHAR", "zstd"},
	{"context", "VARCHAR", "zstd"},
	{"lines", "UINTEGER", "bitpacking"},
}

var lineColumns = []column{
	{"position", "BIGINT", "bitpacking"},
	{"line", "UINTEGER", "bitpacking"},
	{"customer_id", "BIGINT", "bitpacking"},
	{"time", "BIGINT", "bitpacking"},
	{"kind", "UTINYINT", "bitpacking"},
	{"name", "VARCHAR", "dict_fsst"},
	{"currency", "VARCHAR", "dict_fsst"},
	{"product_id", "VARCHAR", "dict_fsst"},
	{"sku", "VARCHAR", "dict_fsst"},
	{"product_name", "VARCHAR", "dict_fsst"},
	{"category", "VARCHAR", "dict_fsst"},
	{"brand", "VARCHAR", "dict_fsst"},
	{"variant", "VARCHAR", "dict_fsst"},
	{"price", "BIGINT", "bitpacking"},
	{"quantity", "BIGINT", "bitpacking"},
}

// The order of rows in a run.
const (
	eventOrder = "customer_id, time, position"
	lineOrder  = "customer_id, time, position, line"
)

const quarantinedColumns = "position, message_id, source_id, type, name, time, received_at, " +
	"user_id, anonymous_id, previous_id, group_id, properties, traits, context, raw, problems"

// names lists the columns, each with a prefix.
func names(columns []column, prefix string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = prefix + c.name
	}
	return strings.Join(list, ", ")
}

var (
	eventNames = names(eventColumns, "")
	lineNames  = names(lineColumns, "")
)

// details are columns that follow from others. They are computed when rows are sealed; those of rows that were
// sealed by a version that knew none of them are null.
var details = plan.Details(words{})

// price came later. Where there is none it is not a number, so that it is null only in rows that were sealed before.
var price = func() plan.Detail {
	d := plan.Price(words{})
	d.Value = "coalesce(" + d.Value + ", CAST('nan' AS DOUBLE))"
	return d
}()

// listDetails lists the names of details, and the expressions that compute them.
func listDetails(details []plan.Detail) (listed, computed string) {
	var names, values []string
	for _, d := range details {
		names, values = append(names, d.Name), append(values, d.Value+" AS "+d.Name)
	}
	return strings.Join(names, ", "), strings.Join(values, ", ")
}

// detailNames lists the details and the price, detailValues computes them.
var detailNames, detailValues = listDetails(append(slices.Clone(details), price))

// addDetails are the statements that make room for the details.
func addDetails() []string {
	var statements []string
	for _, d := range details {
		kind := "VARCHAR"
		if d.Number {
			kind = "DOUBLE"
		}
		statements = append(statements, fmt.Sprintf("ALTER TABLE sealed_events ADD COLUMN %s %s", d.Name, kind))
	}
	known, computed := listDetails(details)
	view := fmt.Sprintf("CREATE OR REPLACE VIEW events AS SELECT %s, %s FROM sealed_events", eventNames, known)
	for i := range 2 {
		view += fmt.Sprintf(" UNION ALL SELECT %s, %s FROM %s", eventNames, computed, tailEvents(i))
	}
	return append(statements, view)
}

// shownRuns selects the rows of runs that readers may see: those up to the one in the table shown. A run is written there in
// the transaction that brings its first rows; see [Warehouse.seal].
const shownRuns = "run <= (SELECT max(run) FROM shown)"

// showRuns are the statements that make the table shown, and have the views keep to it.
func showRuns() []string {
	known, computed := listDetails(details)
	return []string{
		"CREATE TABLE shown (run INTEGER)", "INSERT INTO shown SELECT coalesce(max(run), 0) FROM sealed_events",
		shownView("events", eventNames+", "+known, eventNames+", "+computed), shownView("lines", lineNames, lineNames),
	}
}

// addPrice are the statements that make room for the price.
func addPrice() []string {
	return []string{
		"ALTER TABLE sealed_events ADD COLUMN " + price.Name + " DOUBLE",
		shownView("events", eventNames+", "+detailNames, eventNames+", "+detailValues),
	}
}

// shownView makes the view of what readers may see of a table; columns are those of its runs, computed those of its tails.
func shownView(table, columns, computed string) string {
	view := fmt.Sprintf("CREATE OR REPLACE VIEW %[1]s AS SELECT %[2]s FROM sealed_%[1]s WHERE %[3]s", table, columns, shownRuns)
	for i := range 2 {
		view += fmt.Sprintf(" UNION ALL SELECT %s FROM tail_%s_%d", computed, table, i)
	}
	return view
}

// show are the statements by which readers see a run.
func show(run int32) []string {
	return []string{fmt.Sprintf("INSERT INTO shown VALUES (%d)", run), "DELETE FROM shown WHERE run < (SELECT max(run) FROM shown)"}
}

// createSealed creates a table of runs.
func createSealed(table string, columns []column) string {
	list := []string{"run INTEGER NOT NULL"}
	for _, c := range columns {
		list = append(list, fmt.Sprintf("%s %s USING COMPRESSION %s NOT NULL", c.name, c.kind, c.compression))
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)", table, strings.Join(list, ", "))
}

// createTail creates a table that is written and emptied again soon, and is not worth
// compressing.
func createTail(table string, columns []column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = fmt.Sprintf("%s %s USING COMPRESSION uncompressed NOT NULL", c.name, c.kind)
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)", table, strings.Join(list, ", "))
}

func createView(view string, columns []column) string {
	list := names(columns, "")
	return fmt.Sprintf("CREATE VIEW %[1]s AS SELECT %[2]s FROM sealed_%[1]s "+
		"UNION ALL SELECT %[2]s FROM tail_%[1]s_0 UNION ALL SELECT %[2]s FROM tail_%[1]s_1", view, list)
}

// createTails are the statements that create tail i.
func createTails(i int) []string {
	return []string{createTail(tailEvents(i), eventColumns), createTail(tailLines(i), lineColumns)}
}

func tailEvents(i int) string { return fmt.Sprintf("tail_events_%d", i) }
func tailLines(i int) string  { return fmt.Sprintf("tail_lines_%d", i) }

// migrations bring the schema forward, one after the other; never change one that was
// released.
var migrations = [][]string{
	slices.Concat(
		[]string{createSealed("sealed_events", eventColumns), createSealed("sealed_lines", lineColumns)},
		createTails(0), createTails(1),
		[]string{
			createView("events", eventColumns),
			createView("lines", lineColumns),
			`CREATE TABLE quarantined (
				position BIGINT, message_id VARCHAR, source_id INTEGER, type UTINYINT, name VARCHAR, time BIGINT, received_at BIGINT,
				user_id VARCHAR, anonymous_id VARCHAR, previous_id VARCHAR, group_id VARCHAR,
				properties VARCHAR, traits VARCHAR, context VARCHAR, raw VARCHAR, problems VARCHAR)`,
			"CREATE TABLE alias_log (customer_id BIGINT, root_id BIGINT, version BIGINT)",
			`CREATE VIEW aliases AS
				SELECT customer_id, arg_max(root_id, version) AS root_id, max(version) AS version FROM alias_log GROUP BY customer_id`,
			"CREATE TABLE applied (number BIGINT, token VARCHAR)",
			"CREATE TABLE stale_blocks (block BIGINT)",
		},
	),
	{"CREATE TABLE touched (number BIGINT, customer_id BIGINT)"},
	addDetails(),
	showRuns(),
	addPrice(),
}

// migrate brings the tables up to date.
func migrate(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)"); err != nil {
		return err
	}
	var version int
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM schema_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return hitori.NewError(hitori.Conflict, "warehouse_newer", "warehouse", version, "program", len(migrations))
	}
	for ; version < len(migrations); version++ {
		done := fmt.Sprintf("INSERT INTO schema_version VALUES (%d)", version+1)
		if err := transact(ctx, db, slices.Concat(migrations[version], []string{done})...); err != nil {
			return err
		}
	}
	return nil
}

// transact runs statements in one transaction.
func transact(ctx context.Context, db interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}, statements ...string,
) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}
