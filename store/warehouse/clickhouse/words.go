package clickhouse

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"

	engine "github.com/ClickHouse/clickhouse-go/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
)

// standard makes queries mean what they mean in standard SQL where ClickHouse differs by default: what is missing
// is null, and a name is a column before it is an alias. What stands beside a table of all shards is computed once, for all of
// them.
func standard(ctx context.Context) context.Context {
	return engine.Context(ctx, engine.WithSettings(engine.Settings{
		"join_use_nulls": 1, "cast_keep_nullable": 1, "allow_suspicious_low_cardinality_types": 1, "prefer_global_in_and_join": 1,
		"prefer_column_name_to_alias": 1, "union_default_mode": "DISTINCT",
	}))
}

// words is ClickHouse's dialect over all people.
type words struct{ *Warehouse }

var _ plan.Dialect = words{}

// Events implements [plan.Dialect].
func (w words) Events(columns, condition string) string {
	return w.ofPeople(events.name, columns, condition)
}

// Acts implements [plan.Dialect]: names are read quickly where they stand.
func (w words) Acts(columns, condition string) string {
	return w.Events(columns, "customer_id <> 0 AND "+condition)
}

// Figure implements [plan.Dialect].
func (words) Figure(property string) string {
	if property == plan.PriceProperty {
		return plan.PriceName
	}
	return ""
}

// Named implements [plan.Dialect].
func (words) Named(name string) string {
	return fmt.Sprintf("(type = %d AND name = %s)", hitori.Track, quote(name))
}

// Lines implements [plan.Dialect].
func (w words) Lines(columns, condition string) string {
	return w.ofPeople(lines.name, columns, condition)
}

func (w words) ofPeople(table, columns, condition string) string {
	return w.of("SELECT %s FROM (SELECT e.*, %s FROM %s) WHERE %s", columns, person, w.joined(table), condition)
}

// Derived implements [plan.Dialect].
func (w words) Derived(table string) string {
	if table == costs.name || table == revisions.name { // on every shard, or the first
		return quoteName(w.database) + "." + table
	}
	if table == touched {
		return w.of("SELECT * FROM %s.%s", quoteName(w.database), table)
	}
	return w.of("SELECT * FROM %s.%s FINAL", quoteName(w.database), table)
}

// People implements [plan.Dialect]. Every shard computes the columns of the people who stand there.
func (w words) People(columns string) string {
	return w.of("SELECT %s FROM %s.%s FINAL", columns, quoteName(w.database), people.name)
}

// Own implements [plan.Dialect].
func (w words) Own(table string) string {
	if table == costs.name {
		return w.Derived(table)
	}
	return fmt.Sprintf("(SELECT * FROM %s.%s FINAL)", quoteName(w.database), table)
}

// In implements [plan.Dialect]. The query is computed once, not by every shard.
func (words) In(value, query string) string { return value + " GLOBAL IN (" + query + ")" }

// Quote implements [plan.Dialect].
func (words) Quote(text string) string { return quote(text) }

// LatestBy implements [plan.Dialect].
func (words) LatestBy(value, by string) string { return "argMax(" + value + ", " + by + ")" }

// Earlier implements [plan.Dialect].
func (words) Earlier(value string) string { return "last_value(" + value + ") IGNORE NULLS" }

// Later implements [plan.Dialect].
func (words) Later(value string) string { return "first_value(" + value + ") IGNORE NULLS" }

// When implements [plan.Dialect].
func (words) When(aggregate, condition string) string {
	name, arguments, _ := strings.Cut(aggregate, "(")
	return name + "OrNullIf(" + strings.TrimSuffix(arguments, ")") + ", " + condition + ")"
}

// Members implements [plan.Dialect].
func (words) Members(document string, names ...string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = fmt.Sprintf("JSONExtractRaw(%s, %s)", document, quote(name))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// Text implements [plan.Dialect].
func (words) Text(json string) string {
	return fmt.Sprintf(`if(startsWith(%[1]s, '"'), JSONExtractString(%[1]s), '')`, json)
}

// Number implements [plan.Dialect].
func (words) Number(json string) string { return "toFloat64OrNull(" + json + ")" }

// Raw implements [plan.Dialect].
func (words) Raw(json string) string { return json }

// Value implements [plan.Dialect].
func (words) Value(document string, path ...string) string {
	return "nullIf(" + extract("JSONExtractRaw", document, path) + ", '')"
}

// Values implements [plan.Dialect].
func (words) Values(document string, path ...string) string {
	list := ""
	var names []string // since the last list
	for _, part := range path {
		name, many := strings.CutSuffix(part, "[]")
		if names = append(names, name); part == "[]" {
			names = nil // the document itself
		}
		if !many {
			continue
		}
		if list == "" {
			list = extract("JSONExtractArrayRaw", document, names)
		} else {
			list = "arrayFlatten(arrayMap(part -> " + extract("JSONExtractArrayRaw", "part", names) + ", " + list + "))"
		}
		names = nil
	}
	if len(names) > 0 {
		list = "arrayFilter(part -> part <> '', arrayMap(part -> " + extract("JSONExtractRaw", "part", names) + ", " + list + "))"
	}
	return list
}

func extract(function, document string, names []string) string {
	arguments := []string{document}
	for _, name := range names {
		arguments = append(arguments, quote(name))
	}
	return function + "(" + strings.Join(arguments, ", ") + ")"
}

// Each implements [plan.Dialect].
func (words) Each(list string) string { return "arrayJoin(" + list + ")" }

// Any implements [plan.Dialect].
func (words) Any(list, name, condition string) string {
	return "arrayExists(" + name + " -> ifNull(" + condition + ", false), " + list + ")"
}

// Contains implements [plan.Dialect].
func (words) Contains(text, part string) string {
	return "(position(" + text + ", " + quote(part) + ") > 0)"
}

// BeginsWith implements [plan.Dialect].
func (words) BeginsWith(text, part string) string {
	return "startsWith(" + text + ", " + quote(part) + ")"
}

// EndsWith implements [plan.Dialect].
func (words) EndsWith(text, part string) string { return "endsWith(" + text + ", " + quote(part) + ")" }

// Matches implements [plan.Dialect].
func (words) Matches(text, pattern string) string {
	return "match(" + text + ", " + quote(`\A(?:`+pattern+`)\z`) + ")"
}

// Whole implements [plan.Dialect].
func (words) Whole(text string) string { return "toInt64OrNull(" + text + ")" }

// Divide implements [plan.Dialect].
func (words) Divide(a, b string) string { return "intDiv(" + a + ", " + b + ")" }

// staged is the dialect of a derivation on a shard: over the people who stand there, and the tables beside.
type staged struct {
	words
	d     *derivation
	shard *shard
}

// Events implements [plan.Dialect].
func (s staged) Events(columns, condition string) string {
	return s.ofShard(events.name, columns, condition)
}

// Lines implements [plan.Dialect].
func (s staged) Lines(columns, condition string) string {
	return s.ofShard(lines.name, columns, condition)
}

func (s staged) ofShard(table, columns, condition string) string {
	if !s.d.Everybody {
		condition += " AND " + among("customer_id", s.d.profiles[s.shard.number])
	}
	if len(s.shards) > 1 {
		condition += fmt.Sprintf(" AND intHash64(person) %% %d = %d", len(s.shards), s.shard.number)
	}
	return s.ofPeople(table, columns, condition)
}

// Derived implements [plan.Dialect].
func (s staged) Derived(table string) string {
	if s.d.Derivation.People == nil && slices.ContainsFunc(derivedTables, func(t derivedTable) bool { return t.name == table }) {
		return "(SELECT * FROM " + table + " FINAL)" // as it is
	}
	return next(table)
}

// Scan implements [plan.Row]: it converts from whatever type the columns are.
func (r row) Scan(columns ...any) error {
	types := r.ColumnTypes()
	values := make([]any, len(columns))
	for i := range columns {
		values[i] = reflect.New(types[i].ScanType()).Interface()
	}
	if err := scan(r.Rows, values...); err != nil {
		return err
	}
	for i, column := range columns {
		if err := convert(column, reflect.ValueOf(values[i]).Elem()); err != nil {
			return failed(fmt.Errorf("column %s: %w", types[i].Name(), err))
		}
	}
	return nil
}

// convert stores a value where it is wanted.
func convert(to any, value reflect.Value) error {
	missing := value.Kind() == reflect.Pointer && value.IsNil()
	if value.Kind() == reflect.Pointer && !missing {
		value = value.Elem()
	}
	switch to := to.(type) {
	case *sql.Null[int64]:
		to.Valid = !missing
		return convertInto(&to.V, value, missing)
	case *sql.Null[float64]:
		to.Valid = !missing
		return convertInto(&to.V, value, missing)
	case *sql.Null[string]:
		to.Valid = !missing
		return convertInto(&to.V, value, missing)
	}
	if missing {
		return fmt.Errorf("a value is missing for %T", to)
	}
	return convertInto(to, value, false)
}

func convertInto(to any, value reflect.Value, missing bool) error {
	target := reflect.ValueOf(to).Elem()
	switch {
	case missing:
		target.SetZero()
	case target.Kind() == reflect.Bool && value.CanUint():
		target.SetBool(value.Uint() != 0)
	case target.Kind() != reflect.String && value.CanConvert(target.Type()), target.Kind() == value.Kind():
		target.Set(value.Convert(target.Type()))
	default:
		return fmt.Errorf("%s does not go into %s", value.Type(), target.Type())
	}
	return nil
}

// of returns a query's rows of all shards as a table. Each shard answers for itself,
// so tables are named with their database, and the first one puts the answers together.
func (w *Warehouse) of(query string, args ...any) string {
	query = fmt.Sprintf(query, args...)
	if len(w.shards) == 1 {
		return "(" + query + ")"
	}
	return fmt.Sprintf("cluster(%s, view(%s))", quote(w.cluster), query)
}

// person is who a customer of a joined table belongs to: a profile without an alias is its own
// person.
const person = "if(ifNull(a.root_id, 0) = 0, e.customer_id, assumeNotNull(a.root_id)) AS person"

// joined is a table with the aliases of its customers.
func (w *Warehouse) joined(table string) string {
	return fmt.Sprintf("%[1]s.%[2]s AS e LEFT ANY JOIN (SELECT customer_id, root_id FROM %[1]s.aliases FINAL) AS a ON e.customer_id = a.customer_id",
		quoteName(w.database), table)
}
