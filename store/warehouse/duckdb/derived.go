package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	engine "github.com/duckdb/duckdb-go/v2"

	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
)

// What follows from events stands in a file of its own, which can be thrown away: it is computed again.
const (
	derivedSuffix = ".derived"
	nextSuffix    = ".next" // of the file that takes its place
)

func attachStatement(path, name string) string {
	return fmt.Sprintf("ATTACH IF NOT EXISTS '%s' AS %s (STORAGE_VERSION 'v1.5.0')", strings.ReplaceAll(path, "'", "''"), name)
}

// derivedTable is a table of that file, with its columns and the order of its rows where that is not by person.
type derivedTable struct{ name, columns, order string }

func (t derivedTable) ordered() string {
	if t.order == "" {
		return " ORDER BY person"
	}
	return " ORDER BY " + t.order
}

// derivedTables are the tables of that file.
var derivedTables = []derivedTable{
	{name: "people", columns: "person BIGINT, level UTINYINT, first_seen BIGINT"},
	{name: "facts", columns: "person BIGINT, about UTINYINT, name VARCHAR, kind UTINYINT, text VARCHAR, number DOUBLE, instant BIGINT, dated BOOLEAN"},
	{name: "orders", columns: "person BIGINT, order_id VARCHAR, alone BIGINT, number BIGINT, placed BIGINT, day BIGINT, " +
		"waited BIGINT, since_first BIGINT, month BIGINT, cohort BIGINT, opens_month BOOLEAN, currency VARCHAR, amount BIGINT, refunded BIGINT, " +
		"net BIGINT, cancelled BOOLEAN, lines_at BIGINT, channel VARCHAR, affiliation VARCHAR, payment_method VARCHAR, status VARCHAR, coupon VARCHAR, discount DOUBLE"},
	{name: "order_lines", columns: "person BIGINT, order_id VARCHAR, alone BIGINT, line UINTEGER, product_id VARCHAR, sku VARCHAR, product_name VARCHAR, " +
		"category VARCHAR, brand VARCHAR, variant VARCHAR, price BIGINT, quantity BIGINT, " +
		"product VARCHAR, number BIGINT, day BIGINT, cancelled BOOLEAN, currency VARCHAR, kept DOUBLE"},
	{name: "buyers", columns: "person BIGINT, orders BIGINT, first_day BIGINT, last_day BIGINT, spend BIGINT"},
	{name: "features", columns: "person BIGINT" + featureColumns()},
	{"acts", actColumns, actOrder},
	{name: "listed", columns: "list VARCHAR, person BIGINT"},
}

// keptTables stand there too, and stay when the others are computed anew: segments are.
var keptTables = []derivedTable{
	{name: "memberships", columns: `segment VARCHAR, person BIGINT, is_in BOOLEAN, entered BIGINT, "left" BIGINT`},
}

// described is how many of the derived tables are written from what the state knows; the others follow from events.
const described = 2

func featureColumns() string {
	var b strings.Builder
	for _, f := range understand.Features() {
		kind := "DOUBLE"
		switch f.Type {
		case "integer", "time":
			kind = "BIGINT"
		case "text":
			kind = "VARCHAR"
		}
		fmt.Fprintf(&b, ", %s %s", f.Name, kind)
	}
	return b.String()
}

// shapeOf tells the shape of what is derived, the tables' own and the engine's included.
func (w *Warehouse) shapeOf(form understand.Form) string { return form.Shape + w.tables }

// attachDerived opens the file of what is derived, or makes it.
func (w *Warehouse) attachDerived(ctx context.Context, db *sql.DB) error {
	path := w.config.Path + derivedSuffix
	for _, unfinished := range []string{path + nextSuffix, path + nextSuffix + ".wal"} {
		if err := os.RemoveAll(unfinished); err != nil {
			return unavailable(err)
		}
	}
	var version string
	if err := db.QueryRowContext(ctx, "SELECT version()").Scan(&version); err != nil {
		return err
	}
	w.tables = fmt.Sprint(derivedTables, version)
	for _, s := range []string{attachStatement(path, "derived"), "CREATE TABLE IF NOT EXISTS derived.form (shape VARCHAR, day VARCHAR)"} {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	var shape sql.NullString
	if err := db.QueryRowContext(ctx, "SELECT max(shape) FROM derived.form").Scan(&shape); err != nil {
		return err
	}
	statements := []string{"CREATE TABLE IF NOT EXISTS derived.revision (number BIGINT)"}
	if !strings.HasSuffix(shape.String, w.tables) { // another version's, with other columns
		statements = append(statements, "DELETE FROM derived.revision", "INSERT INTO derived.revision SELECT 0 FROM derived.form") // everything is awaited
		for _, t := range derivedTables {
			statements = append(statements, "DROP TABLE IF EXISTS derived."+t.name)
		}
	}
	statements = append(statements, "CREATE TABLE IF NOT EXISTS derived.costs (product_id VARCHAR, cost BIGINT)",
		"CREATE TABLE IF NOT EXISTS derived.fills (segment VARCHAR, definition VARCHAR)")
	for _, t := range slices.Concat(derivedTables, keptTables) {
		statements = append(statements, fmt.Sprintf("CREATE TABLE IF NOT EXISTS derived.%s (%s)", t.name, t.columns))
	}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Derive implements [understand.Warehouse]. Everything is computed into tables beside, and put in place in one
// transaction.
func (w *Warehouse) Derive(ctx context.Context, d understand.Derivation) error {
	w.deriving.Lock()
	defer w.deriving.Unlock()
	return w.together(ctx, func(db *sql.DB) error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		s := stage{conn: conn, catalog: "temp", shape: w.shapeOf(d.Form)}
		if d.Everybody {
			s.catalog = "derived"
		}
		defer s.end(context.WithoutCancel(ctx), w.config)
		if err := s.exec(ctx, memoryLimit(derivingMemory*w.config.MemoryLimit)); err != nil {
			return err
		}
		dialect := staged{words: w.words(), stage: &s, everybody: d.Everybody}
		if d.People == nil {
			err = s.age(ctx, &d, dialect)
		} else if err = s.describe(ctx, &d); err == nil {
			s.placed = derivedTables
			err = s.compute(ctx, &d, dialect)
		}
		if err != nil {
			return err
		}
		if err := s.place(ctx, &d); err != nil {
			return err
		}
		_, err = conn.ExecContext(ctx, "CHECKPOINT derived")
		if err != nil && busy(err) {
			err = nil // with the next one
		}
		return err
	})
}

// stage is where things are computed before they are put in place: in temporary tables when few people were
// touched, and for everybody in the file itself.
type stage struct {
	conn    *sql.Conn
	catalog string
	// shape is that of what is derived.
	shape string
	// stages are the tables of [plan.Stages] that were made.
	stages []string
	// placed are the tables that are put in place.
	placed []derivedTable
	// acts is the query of the rows of acts where they are put in place at once.
	acts string
	// part selects the people who are computed now.
	part string
}

func (s *stage) table(name string) string { return s.catalog + ".main.next_" + name }

// within is what stands for the part of a table that is computed now. Tables that are not made anew are read where they are.
func (s *stage) within(name string) string {
	table := "derived." + name
	if slices.Contains(s.stages, name) || slices.ContainsFunc(s.placed, func(t derivedTable) bool { return t.name == name }) {
		table = s.table(name)
	}
	if s.part == "" {
		return table
	}
	return fmt.Sprintf("(SELECT * FROM %s WHERE %s)", table, s.part)
}

// createAs makes a table of what a query returns.
func (s *stage) createAs(name, query string) string {
	if s.catalog == "temp" {
		return fmt.Sprintf("CREATE OR REPLACE TEMP TABLE next_%s AS %s", name, query)
	}
	return fmt.Sprintf("CREATE OR REPLACE TABLE %s AS %s", s.table(name), query)
}

// create makes one of the tables, empty.
func (s *stage) create(name, columns string) string {
	if s.catalog == "temp" {
		return fmt.Sprintf("CREATE OR REPLACE TEMP TABLE next_%s (%s)", name, columns)
	}
	return fmt.Sprintf("CREATE OR REPLACE TABLE %s (%s)", s.table(name), columns)
}

func (s *stage) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// end drops what is left, and gives the memory back.
func (s *stage) end(ctx context.Context, config Config) {
	for _, t := range derivedTables {
		_ = s.exec(ctx, "DROP TABLE IF EXISTS "+s.table(t.name))
	}
	for _, name := range s.stages {
		_ = s.exec(ctx, "DROP TABLE IF EXISTS "+s.table(name))
	}
	_ = s.exec(ctx, "DROP TABLE IF EXISTS temp.main.chosen")
	if err := s.exec(ctx, memoryLimit(config.MemoryLimit)); err != nil { // others use more at the moment
		config.Logger.Warn("the warehouse may use more memory until the next derivation ends", "error", err)
	}
}

// derivingMemory is how many times its usual memory the warehouse may use during a derivation. With a million customers less does
// not do, and of many people who were touched, what they did would leave no room to take new events in.
const derivingMemory = 4

func memoryLimit(bytes int64) string { return fmt.Sprintf("SET GLOBAL memory_limit = '%dB'", bytes) }

// describe writes down who is to be computed and what is known about them.
func (s *stage) describe(ctx context.Context, d *understand.Derivation) error {
	err := s.exec(ctx, "CREATE OR REPLACE TEMP TABLE chosen (customer_id BIGINT, person BIGINT)")
	if err != nil {
		return err
	}
	for _, t := range derivedTables[:described] {
		if err := s.exec(ctx, s.create(t.name, t.columns)); err != nil {
			return err
		}
	}
	return s.conn.Raw(func(raw any) error {
		appenders := make([]*engine.Appender, 3)
		for i, table := range []struct{ catalog, name string }{{"temp", "chosen"}, {s.catalog, "next_people"}, {s.catalog, "next_facts"}} {
			appender, err := engine.NewAppender(raw.(driver.Conn), table.catalog, "main", table.name)
			if err != nil {
				return err
			}
			appenders[i] = appender
			defer appender.Close()
		}
		for p, err := range d.People {
			if err != nil {
				return err
			}
			if err := appendPerson(appenders, &p, d.Everybody); err != nil {
				return err
			}
		}
		for _, a := range appenders {
			if err := a.Flush(); err != nil {
				return err
			}
		}
		return nil
	})
}

func appendPerson(appenders []*engine.Appender, p *understand.Person, everybody bool) error {
	if !everybody {
		for _, profile := range p.Profiles {
			if err := appenders[0].AppendRow(int64(profile), int64(p.ID)); err != nil {
				return err
			}
		}
	}
	if err := appenders[1].AppendRow(int64(p.ID), uint8(p.Level), p.FirstSeen.UnixMilli()); err != nil {
		return err
	}
	for i := range p.Facts {
		f := &p.Facts[i]
		if err := appenders[2].AppendRow(int64(p.ID), uint8(f.About), f.Name, uint8(f.Kind), text(f.Text), f.Number, f.Instant, f.Dated); err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many people are computed at once, which bounds the memory.
const atOnce = 250_000

// compute fills the tables that follow from events.
func (s *stage) compute(ctx context.Context, d *understand.Derivation, words staged) error {
	calendar := plan.Calendar{Now: d.Now, Location: d.Location}
	for _, t := range derivedTables[described:] {
		if err := s.exec(ctx, s.create(t.name, t.columns)); err != nil {
			return err
		}
	}
	if err := words.stageEvents(ctx); err != nil {
		return err
	}
	if err := s.createStages(ctx, plan.Stages(words, calendar)); err != nil {
		return err
	}
	cuts, err := s.cuts(ctx, words.Derived("people"))
	if err != nil {
		return err
	}
	if err := s.insertInParts(ctx, "orders", cuts, func() string { return plan.Orders(words, calendar) }); err != nil {
		return err
	}
	if err := s.insert(ctx, "order_lines", plan.OrderLines(words)); err != nil {
		return err
	}
	if err := s.insert(ctx, "buyers", plan.Buyers(words, d.Currency)+" ORDER BY person"); err != nil {
		return err
	}
	if err := s.insert(ctx, "listed", plan.Listed(words)); err != nil {
		return err
	}
	if s.acts = words.acts() + " ORDER BY " + actOrder; d.Everybody {
		if err := s.insertInParts(ctx, "acts", cuts, words.acts); err != nil {
			return err
		}
	}
	return s.insertInParts(ctx, "features", cuts, func() string { return plan.Features(words, calendar, d.Currency, d.Grading) })
}

// age computes the features of everybody for another day, and copies the tables that are worn.
func (s *stage) age(ctx context.Context, d *understand.Derivation, words staged) error {
	calendar := plan.Calendar{Now: d.Now, Location: d.Location}
	if err := s.createStages(ctx, plan.AgingStages(words, calendar)); err != nil {
		return err
	}
	cuts, err := s.cuts(ctx, words.Derived("people"))
	if err != nil {
		return err
	}
	for _, t := range derivedTables {
		worn, err := s.worn(ctx, t.name)
		if err != nil {
			return err
		}
		aged := t.name == "features"
		if !aged && !worn {
			continue
		}
		if err := s.exec(ctx, s.create(t.name, t.columns)); err != nil {
			return err
		}
		query := func() string { return "SELECT * FROM " + words.Derived(t.name) }
		if aged {
			query = func() string { return plan.AgedFeatures(words, calendar, d.Currency, d.Grading) }
		}
		if err := s.insertInParts(ctx, t.name, cuts, query); err != nil {
			return err
		}
		s.placed = append(s.placed, t)
	}
	return nil
}

// worn reports whether much of a table are rows that were replaced: they keep their place, and those that replaced them lie
// behind the others.
func (s *stage) worn(ctx context.Context, table string) (bool, error) {
	var stored, live int64
	query := fmt.Sprintf(`SELECT (SELECT coalesce(sum("count"), 0)::BIGINT FROM pragma_storage_info('derived.%s') WHERE column_id = 0 AND segment_type <> 'VALIDITY'),
		(SELECT count(*) FROM derived.%[1]s)`, table)
	err := s.conn.QueryRowContext(ctx, query).Scan(&stored, &live)
	return stored-live > live/4, err
}

func (s *stage) createStages(ctx context.Context, stages []plan.Stage) error {
	for _, t := range stages {
		if err := s.exec(ctx, s.createAs(t.Name, t.Query)); err != nil {
			return err
		}
		s.stages = append(s.stages, t.Name)
	}
	return nil
}

func (s *stage) insert(ctx context.Context, table, query string) error {
	return s.exec(ctx, fmt.Sprintf("INSERT INTO %s BY NAME %s", s.table(table), query))
}

func (s *stage) insertInParts(ctx context.Context, table string, cuts []int64, query func() string) error {
	defer func() { s.part = "" }()
	order := derivedTables[slices.IndexFunc(derivedTables, func(t derivedTable) bool { return t.name == table })].ordered()
	for i := range len(cuts) - 1 {
		s.part = fmt.Sprintf("person > %d AND person <= %d", cuts[i], cuts[i+1])
		if err := s.insert(ctx, table, query()+order); err != nil {
			return err
		}
	}
	return nil
}

// cuts are where people are cut into parts: the first before all of them, the last behind.
func (s *stage) cuts(ctx context.Context, people string) ([]int64, error) {
	cuts := []int64{math.MinInt64}
	query := fmt.Sprintf("SELECT person FROM (SELECT person, row_number() OVER (ORDER BY person) AS n FROM %s) WHERE n %% %d = 0 ORDER BY person", people, atOnce)
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var cut int64
		if err := rows.Scan(&cut); err != nil {
			return nil, err
		}
		cuts = append(cuts, cut)
	}
	return append(cuts, math.MaxInt64), rows.Err()
}

// place puts what was computed in place of what was there.
func (s *stage) place(ctx context.Context, d *understand.Derivation) error {
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var statements []string
	for _, t := range s.placed {
		if d.Everybody {
			statements = append(statements, "DROP TABLE derived."+t.name, fmt.Sprintf("ALTER TABLE %s RENAME TO %s", s.table(t.name), t.name))
			continue
		}
		rows := s.table(t.name)
		if t.name == "acts" { // they are but copied from the events that were read
			rows = "(" + s.acts + ")"
		}
		statements = append(statements, fmt.Sprintf("DELETE FROM derived.%s WHERE person IN (SELECT customer_id FROM chosen UNION ALL %s)", t.name, idList(d.Gone)),
			fmt.Sprintf("INSERT INTO derived.%s FROM %s", t.name, rows))
		statements = append(statements, hidePerson("derived."+t.name)...)
	}
	if d.Everybody {
		statements = append(statements, "DELETE FROM derived.revision", "DELETE FROM derived.form", fmt.Sprintf("INSERT INTO derived.form VALUES (%s, %s)", quote(s.shape), quote(d.Form.Day)))
	}
	statements = append(statements, revise...)
	statements = append(statements, "DELETE FROM derived.costs")
	for some := range slices.Chunk(costRows(d.Costs), 1000) {
		statements = append(statements, "INSERT INTO derived.costs VALUES "+strings.Join(some, ", "))
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// revise are the statements by which what is derived counts as another one; of nobody, it counts as none, but for what is
// awaited since the tables were made anew.
var revise = []string{"DELETE FROM derived.revision WHERE number > 0", "INSERT INTO derived.revision SELECT epoch_ns(get_current_timestamp()) WHERE EXISTS (SELECT 1 FROM derived.people)"}

func costRows(costs map[string]int64) []string {
	rows := make([]string, 0, len(costs))
	for product, cost := range costs {
		rows = append(rows, fmt.Sprintf("(%s, %d)", quote(product), cost))
	}
	slices.Sort(rows)
	return rows
}

// quote writes a text as a literal.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
