package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
)

// What is derived about people stands on the shard of the person. A row replaces that with the same key and an older
// version; one that is gone hides it.
type (
	personRow struct {
		person, firstSeen int64
		level             uint8
	}
	factRow struct {
		understand.Fact
		person             int64
		about, kind, dated uint8
	}
	costRow struct {
		product string
		cost    int64
	}
	formRow     struct{ shape, day string }
	revisionRow struct{ number int64 }
)

const (
	flag     = "Bool"
	floating = "Float64 CODEC(ZSTD(1))"
	perhaps  = "Nullable(Float64) CODEC(ZSTD(1))"
	version  = ", version UInt64, gone UInt8"
	replaced = "ReplacingMergeTree(version, gone) ORDER BY "
)

var people = table[personRow]{
	name:   "people",
	engine: replaced + "person",
	columns: []column[personRow]{
		{"person", id, func(r *personRow) any { return &r.person }},
		{"level", small, func(r *personRow) any { return &r.level }},
		{"first_seen", place, func(r *personRow) any { return &r.firstSeen }},
	},
}

var facts = table[factRow]{
	name:   "facts",
	engine: replaced + "(about, name, person, text)",
	columns: []column[factRow]{
		{"person", id, func(r *factRow) any { return &r.person }},
		{"about", small, func(r *factRow) any { return &r.about }},
		{"name", word, func(r *factRow) any { return &r.Name }},
		{"kind", small, func(r *factRow) any { return &r.kind }},
		{"text", text, func(r *factRow) any { return &r.Text }},
		{"number", floating, func(r *factRow) any { return &r.Number }},
		{"instant", place, func(r *factRow) any { return &r.Instant }},
		{"dated", small, func(r *factRow) any { return &r.dated }},
	},
}

var costs = table[costRow]{
	name: "costs", engine: "MergeTree ORDER BY product_id",
	columns: []column[costRow]{
		{"product_id", text, func(r *costRow) any { return &r.product }},
		{"cost", amount, func(r *costRow) any { return &r.cost }},
	},
}

type touchedRow struct{ customer int64 }

var touches = table[touchedRow]{
	name:    touched,
	columns: []column[touchedRow]{{"customer_id", id, func(r *touchedRow) any { return &r.customer }}},
}

var forms = table[formRow]{
	name: "form", engine: "MergeTree ORDER BY shape",
	columns: []column[formRow]{
		{"shape", text, func(r *formRow) any { return &r.shape }},
		{"day", text, func(r *formRow) any { return &r.day }},
	},
}

// revisions, on the first shard, keeps the greatest version that something was derived in or erased from.
var revisions = table[revisionRow]{
	name: "revision", engine: "ReplacingMergeTree(number) ORDER BY tuple()",
	columns: []column[revisionRow]{{"number", place, func(r *revisionRow) any { return &r.number }}},
}

// revise makes what is derived count as another one; of nobody, it counts as none, but for what is awaited since the tables
// were made anew. After everybody was derived nothing is.
func (w *Warehouse) revise(ctx context.Context, everybody bool) error {
	var found atomic.Uint64
	err := w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		counts, err := values[uint64](ctx, s, "SELECT count() FROM "+people.name)
		for _, n := range counts {
			found.Add(n)
		}
		return err
	})
	if err != nil {
		return err
	}
	if found.Load() == 0 {
		return w.shards[0].exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE number > 0 OR %t", revisions.name, everybody))
	}
	now, err := w.nextVersion(ctx)
	if err != nil {
		return err
	}
	return revisions.insert(ctx, w.shards[0], fmt.Sprint("revision ", now), []revisionRow{{int64(now)}})
}

// derivedTable is a table that is replaced person by person.
type derivedTable struct{ name, key, columns string }

var derivedTables = []derivedTable{
	{people.name, "person", declared(people.columns)},
	{facts.name, "about, name, person, text", declared(facts.columns)},
	{"orders", "person, order_id, alone", "person " + id + ", order_id " + text + ", alone " + place + ", number " + amount + ", placed " + place + ", day " + place +
		", waited " + amount + ", since_first " + amount + ", month " + amount + ", cohort " + amount + ", opens_month " + flag + ", currency " + word + ", amount " + amount + ", refunded " + amount + ", net " + amount + ", cancelled " + flag + ", lines_at " + place +
		", channel " + word + ", affiliation " + word + ", payment_method " + word + ", status " + word + ", coupon " + word + ", discount " + perhaps},
	{"order_lines", "person, order_id, alone, line", "person " + id + ", order_id " + text + ", alone " + place + ", line " + number + ", product_id " + text +
		", sku " + text + ", product_name " + text + ", category " + word + ", brand " + word + ", variant " + text + ", price " + amount + ", quantity " + amount +
		", product " + text + ", number " + amount + ", day " + place + ", cancelled " + flag + ", currency " + word + ", kept " + floating},
	{"buyers", "person", "person " + id + ", orders " + amount + ", first_day " + place + ", last_day " + place + ", spend " + amount},
	{"features", "person", "person " + id + featureColumns()},
	{"listed", "list, person", "list " + word + ", person " + id},
}

// keptTables are like those, and stay when they are computed anew: segments are.
var keptTables = []derivedTable{
	{members.name, "segment, person", `segment LowCardinality(String), person Int64, is_in Bool, entered Nullable(Int64), "left" Nullable(Int64)`},
}

func declared[R any](columns []column[R]) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.name + " " + c.kind
	}
	return strings.Join(list, ", ")
}

func featureColumns() string {
	var b strings.Builder
	for _, f := range understand.Features() {
		kind := "Nullable(Float64)"
		switch f.Type {
		case query.TypeInteger, query.TypeTime:
			kind = "Nullable(Int64)"
		case query.TypeText:
			kind = "Nullable(String)"
		}
		fmt.Fprintf(&b, ", %s %s CODEC(ZSTD(1))", f.Name, kind)
	}
	return b.String()
}

// create makes the table under a name.
func (t derivedTable) create(name, settings string) string {
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s%s) ENGINE = %s(%s) SETTINGS %s", name, t.columns, version, replaced, t.key, settings)
}

// names lists the columns.
func (t derivedTable) names() string {
	var list []string
	for _, c := range strings.Split(t.columns, ", ") {
		if name, _, ok := strings.Cut(c, " "); ok && !strings.HasPrefix(c, "ZSTD") {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}

// touched are those of whom something came, in parts that are never merged: parts are what is forgotten at once.
const touched = "touched"

// derivedContent are the tables in which people are named.
func derivedContent() []string {
	names := []string{touched}
	for _, t := range slices.Concat(derivedTables, keptTables) {
		names = append(names, t.name)
	}
	return names
}

// touch notes customers whose events were changed.
func (s *shard) touch(ctx context.Context, customers []int64) error {
	rows := make([]touchedRow, len(customers))
	for i, c := range customers {
		rows[i].customer = c
	}
	return touches.insert(ctx, s, fmt.Sprint("touch ", time.Now().UnixNano(), s.number), rows)
}

// deriving are the statements that make the tables. Whoever events and aliases are of is noted as they are inserted.
func deriving() []string {
	statements := []string{
		costs.create(), forms.create(), revisions.create(), fills.create(),
		"CREATE TABLE IF NOT EXISTS " + touched + " (customer_id Int64) ENGINE = MergeTree ORDER BY tuple() SETTINGS " + tableSettings +
			", max_bytes_to_merge_at_max_space_in_pool = 1, parts_to_delay_insert = 1000000, parts_to_throw_insert = 1000000, max_parts_in_total = 1000000",
		"CREATE MATERIALIZED VIEW IF NOT EXISTS touched_by_events TO " + touched + " AS SELECT DISTINCT customer_id FROM events WHERE customer_id <> 0",
		"CREATE MATERIALIZED VIEW IF NOT EXISTS touched_by_aliases TO " + touched + " AS SELECT DISTINCT arrayJoin([customer_id, root_id]) AS customer_id FROM aliases",
	}
	for _, t := range derivedTables {
		statements = append(statements, t.create(t.name, otherSettings))
	}
	for _, t := range keptTables {
		statements = append(statements, t.create(t.name, tableSettings))
	}
	return statements
}

// derivedAnew are the statements that make the tables that are computed again where they may have other columns.
func derivedAnew() []string {
	var statements []string
	for _, t := range derivedTables {
		statements = append(statements, "DROP TABLE IF EXISTS "+t.name+" SYNC")
	}
	statements = append(statements, deriving()...)
	return append(statements, "TRUNCATE TABLE "+revisions.name, "INSERT INTO "+revisions.name+" SELECT 0 FROM "+forms.name+" LIMIT 1") // everything is awaited
}

// described is how many of the tables are written from what the state knows; the others follow from events.
const described = 2

// shapeOf tells the shape of what is derived, the tables' own included.
func shapeOf(form understand.Form) string { return fmt.Sprint(form.Shape, derivedTables) }

// derivation is one under way.
type derivation struct {
	*Warehouse
	*understand.Derivation
	version uint64
	// profiles are by shard those whose person stands there; of everybody they are not gathered.
	profiles [][]hitori.CustomerID
}

// Derive implements [understand.Warehouse]. Everything is computed into tables beside and then put in place, table by
// table: for a moment a reader may see some tables as they were and others as they are.
func (w *Warehouse) Derive(ctx context.Context, of understand.Derivation) error {
	w.deriving.Lock()
	defer w.deriving.Unlock()
	version, err := w.nextVersion(ctx)
	if err != nil {
		return err
	}
	whole := context.WithoutCancel(ctx) // a step is not cut off in the midst of a statement
	d := &derivation{w, &of, version, make([][]hitori.CustomerID, len(w.shards))}
	for _, step := range []func(context.Context, *shard) error{d.prepare, nil, d.compute, d.place} {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if step == nil {
			err = d.describe(whole)
		} else {
			err = w.everywhere(whole, step)
		}
		if err != nil {
			return err
		}
	}
	if err := w.revise(whole, d.Everybody); err != nil || !d.Everybody {
		return err
	}
	if err := w.shards[0].exec(ctx, "TRUNCATE TABLE "+forms.name); err != nil {
		return err
	}
	return forms.insert(ctx, w.shards[0], fmt.Sprint("form ", d.version), []formRow{{shapeOf(d.Form), d.Form.Day}})
}

// tables are those that are computed: on another day only features.
func (d *derivation) tables() []derivedTable {
	if d.Derivation.People == nil {
		return slices.DeleteFunc(slices.Clone(derivedTables), func(t derivedTable) bool { return t.name != "features" })
	}
	return derivedTables
}

// next is the table beside.
func next(table string) string { return "next_" + table }

// prepare makes the tables beside anew.
func (d *derivation) prepare(ctx context.Context, s *shard) error {
	for _, t := range d.tables() {
		if err := s.exec(ctx, "DROP TABLE IF EXISTS "+next(t.name)+" SYNC"); err != nil {
			return err
		}
		if err := s.exec(ctx, t.create(next(t.name), otherSettings)); err != nil {
			return err
		}
	}
	return nil
}

// describedAtOnce is how many people are inserted at once.
const describedAtOnce = 20_000

// describe writes down what is known about people.
func (d *derivation) describe(ctx context.Context) error {
	peopleRows, factRows := make([][]personRow, len(d.shards)), make([][]factRow, len(d.shards))
	flush := func(s *shard) error {
		to := people
		to.name = next(people.name)
		// Versions are needed here too: rows are copied with them.
		token := fmt.Sprint(d.version, " ", s.number, " ", len(d.profiles[s.number]), " ")
		if len(peopleRows[s.number]) > 0 {
			token += fmt.Sprint(peopleRows[s.number][0].person)
		}
		if err := to.insert(ctx, s, token, peopleRows[s.number]); err != nil {
			return err
		}
		tall := facts
		tall.name = next(facts.name)
		err := tall.insert(ctx, s, token, factRows[s.number])
		peopleRows[s.number], factRows[s.number] = nil, nil
		return err
	}
	if d.Derivation.People == nil {
		return nil
	}
	for p, err := range d.Derivation.People {
		if err != nil {
			return err
		}
		s := d.shardOf(int64(p.ID))
		peopleRows[s.number] = append(peopleRows[s.number], personRow{int64(p.ID), p.FirstSeen.UnixMilli(), uint8(p.Level)})
		for _, f := range p.Facts {
			row := factRow{Fact: f, person: int64(p.ID), about: uint8(f.About), kind: uint8(f.Kind)}
			if f.Dated {
				row.dated = 1
			}
			factRows[s.number] = append(factRows[s.number], row)
		}
		if !d.Everybody {
			d.profiles[s.number] = append(d.profiles[s.number], p.Profiles...)
		}
		if len(peopleRows[s.number]) >= describedAtOnce {
			if err := flush(s); err != nil {
				return err
			}
		}
	}
	for _, s := range d.shards {
		if err := flush(s); err != nil {
			return err
		}
	}
	return nil
}

// compute fills the tables that follow from events, on a shard for the people who stand there.
func (d *derivation) compute(ctx context.Context, s *shard) error {
	if !d.Everybody && len(d.profiles[s.number]) == 0 {
		return nil
	}
	words := staged{words{d.Warehouse}, d, s}
	calendar := plan.Calendar{Now: d.Now, Location: d.Location}
	stages, queries := plan.Stages(words, calendar), []string{
		plan.Orders(words, calendar), plan.OrderLines(words), plan.Buyers(words, d.Currency), plan.Features(words, calendar, d.Currency, d.Grading), plan.Listed(words),
	}
	tables := derivedTables[described:]
	if d.Derivation.People == nil {
		stages, queries, tables = plan.AgingStages(words, calendar), []string{plan.AgedFeatures(words, calendar, d.Currency, d.Grading)}, d.tables()
	}
	for _, t := range stages {
		if err := s.exec(ctx, "DROP TABLE IF EXISTS "+next(t.Name)+" SYNC"); err != nil {
			return err
		}
		create := fmt.Sprintf("CREATE TABLE %s ENGINE = MergeTree ORDER BY person AS %s", next(t.Name), t.Query)
		if err := fail(ctx, s.conn.Exec(standard(ctx), create)); err != nil {
			return err
		}
	}
	for i, query := range queries {
		t := tables[i]
		insert := fmt.Sprintf("INSERT INTO %s (%s) SELECT %[2]s FROM (%s)", next(t.name), t.names(), query)
		if err := fail(ctx, s.conn.Exec(standard(ctx), insert)); err != nil {
			return err
		}
	}
	for _, t := range stages {
		if err := s.exec(ctx, "DROP TABLE "+next(t.Name)+" SYNC"); err != nil {
			return err
		}
	}
	return nil
}

// place puts what was computed in place of what was there.
func (d *derivation) place(ctx context.Context, s *shard) error {
	gone := slices.Clone(d.Gone)
	for _, profiles := range d.profiles { // of a person who moved to another shard too
		gone = append(gone, profiles...)
	}
	for _, t := range d.tables() {
		var statements []string
		if d.Everybody {
			statements = append(statements, fmt.Sprintf("EXCHANGE TABLES %s AND %s", t.name, next(t.name)))
		} else {
			statements = append(statements,
				fmt.Sprintf("INSERT INTO %s (%s, version) SELECT %[2]s, %d FROM %s", t.name, t.names(), d.version, next(t.name)),
				fmt.Sprintf("INSERT INTO %s (%s, version, gone) SELECT %[2]s, %d, 1 FROM %[1]s FINAL WHERE version < %[3]d AND %s", t.name, t.names(), d.version,
					among("person", append(gone, 0))))
		}
		for _, statement := range append(statements, "DROP TABLE "+next(t.name)+" SYNC") {
			if err := s.exec(ctx, statement); err != nil {
				return err
			}
		}
	}
	if err := s.exec(ctx, "TRUNCATE TABLE "+costs.name); err != nil {
		return err
	}
	var rows []costRow
	for product, cost := range d.Costs {
		rows = append(rows, costRow{product, cost})
	}
	slices.SortFunc(rows, func(a, b costRow) int { return strings.Compare(a.product, b.product) })
	return costs.insert(ctx, s, fmt.Sprint("costs ", d.version), rows)
}

// row is a row of an answer, whose columns are of whatever type they are.
type row struct{ driver.Rows }

// Query implements [plan.Engine].
func (w *Warehouse) Query(ctx context.Context, build func(plan.Dialect) string, each func(plan.Row) error) error {
	return w.shards[0].each(standard(ctx), build(words{w}), func(rows driver.Rows) error { return each(row{rows}) })
}
