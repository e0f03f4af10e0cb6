package clickhouse

import (
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
)

// tableSettings are those of every table. Parts are on disk before an insert or a merge
// returns, so that parts that were replaced can be removed within seconds; inserts are
// remembered by their token. Granules and compressed blocks are small, because a page of a
// timeline reads a few rows of every column: against the usual 8192 rows and 64 KiB it costs
// less than half the processor's time, and going through a whole column up to a quarter more.
const (
	tableSettings = "fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, " + otherSettings
	// otherSettings are those of tables that can be computed again as well.
	otherSettings = "old_parts_lifetime = 0, cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 2, " +
		"non_replicated_deduplication_window = 10000, index_granularity = 512, min_compress_block_size = 8192"
)

// How columns are written.
const (
	id     = "Int64 CODEC(ZSTD(1))"        // runs of the same
	place  = "Int64 CODEC(Delta, ZSTD(1))" // grows from row to row
	amount = "Int64 CODEC(T64, ZSTD(1))"
	number = "UInt32 CODEC(T64, ZSTD(1))"
	source = "Int32 CODEC(T64, ZSTD(1))"
	small  = "UInt8 CODEC(ZSTD(1))"
	text   = "String CODEC(ZSTD(1))"
	word   = "LowCardinality(String) CODEC(ZSTD(1))" // one of few
)

var events = table[eventRow]{
	name:   "events",
	engine: "MergeTree ORDER BY (customer_id, time, position)",
	columns: []column[eventRow]{
		{"position", place, func(r *eventRow) any { return (*int64)(&r.Position) }},
		{"customer_id", id, func(r *eventRow) any { return (*int64)(&r.Customer) }},
		{"time", place, func(r *eventRow) any { return &r.time }},
		{"received_at", place, func(r *eventRow) any { return &r.receivedAt }},
		{"type", small, func(r *eventRow) any { return (*uint8)(&r.Type) }},
		{"kind", small, func(r *eventRow) any { return (*uint8)(&r.Kind) }},
		{"name", word, func(r *eventRow) any { return &r.Name }},
		{"source_id", source, func(r *eventRow) any { return (*int32)(&r.Source) }},
		{"user_id", text, func(r *eventRow) any { return &r.UserID }},
		{"anonymous_id", text, func(r *eventRow) any { return &r.AnonymousID }},
		{"group_id", text, func(r *eventRow) any { return &r.GroupID }},
		{"previous_id", text, func(r *eventRow) any { return &r.PreviousID }},
		{"order_id", text, func(r *eventRow) any { return &r.OrderID }},
		{"amount", amount, func(r *eventRow) any { return &r.Amount }},
		{"currency", word, func(r *eventRow) any { return (*string)(&r.Currency) }},
		{"properties", text, func(r *eventRow) any { return (*string)(&r.Properties) }},
		{"traits", text, func(r *eventRow) any { return (*string)(&r.Traits) }},
		{"context", text, func(r *eventRow) any { return (*string)(&r.Context) }},
		{"lines", number, func(r *eventRow) any { return &r.lines }},
	},
}

var lines = table[lineRow]{
	name:   "lines",
	engine: "MergeTree ORDER BY (customer_id, time, position, line)",
	columns: []column[lineRow]{
		{"position", place, func(r *lineRow) any { return (*int64)(&r.Position) }},
		{"line", number, func(r *lineRow) any { return &r.number }},
		{"customer_id", id, func(r *lineRow) any { return &r.customer }},
		{"time", place, func(r *lineRow) any { return &r.time }},
		{"kind", small, func(r *lineRow) any { return &r.kind }},
		{"name", word, func(r *lineRow) any { return &r.event }},
		{"currency", word, func(r *lineRow) any { return &r.currency }},
		{"product_id", text, func(r *lineRow) any { return &r.ProductID }},
		{"sku", text, func(r *lineRow) any { return &r.SKU }},
		{"product_name", text, func(r *lineRow) any { return &r.Name }},
		{"category", word, func(r *lineRow) any { return &r.Category }},
		{"brand", word, func(r *lineRow) any { return &r.Brand }},
		{"variant", text, func(r *lineRow) any { return &r.Variant }},
		{"price", amount, func(r *lineRow) any { return &r.Price }},
		{"quantity", amount, func(r *lineRow) any { return &r.Quantity }},
	},
}

var quarantined = table[quarantinedRow]{
	name:   "quarantined",
	engine: "MergeTree ORDER BY position",
	columns: []column[quarantinedRow]{
		{"position", place, func(r *quarantinedRow) any { return (*int64)(&r.Position) }},
		{"message_id", text, func(r *quarantinedRow) any { return &r.MessageID }},
		{"source_id", source, func(r *quarantinedRow) any { return (*int32)(&r.Source) }},
		{"type", small, func(r *quarantinedRow) any { return (*uint8)(&r.Type) }},
		{"name", word, func(r *quarantinedRow) any { return &r.Name }},
		{"time", place, func(r *quarantinedRow) any { return &r.time }},
		{"received_at", place, func(r *quarantinedRow) any { return &r.receivedAt }},
		{"user_id", text, func(r *quarantinedRow) any { return &r.UserID }},
		{"anonymous_id", text, func(r *quarantinedRow) any { return &r.AnonymousID }},
		{"previous_id", text, func(r *quarantinedRow) any { return &r.PreviousID }},
		{"group_id", text, func(r *quarantinedRow) any { return &r.GroupID }},
		{"properties", text, func(r *quarantinedRow) any { return (*string)(&r.Properties) }},
		{"traits", text, func(r *quarantinedRow) any { return (*string)(&r.Traits) }},
		{"context", text, func(r *quarantinedRow) any { return (*string)(&r.Context) }},
		{"raw", text, func(r *quarantinedRow) any { return (*string)(&r.Raw) }},
		{"problems", text, func(r *quarantinedRow) any { return &r.problems }},
	},
}

var aliases = table[aliasRow]{
	name:   "aliases",
	engine: "ReplacingMergeTree(version) ORDER BY customer_id",
	columns: []column[aliasRow]{
		{"customer_id", id, func(r *aliasRow) any { return (*int64)(&r.Customer) }},
		{"root_id", id, func(r *aliasRow) any { return (*int64)(&r.Root) }},
		{"version", id, func(r *aliasRow) any { return (*int64)(&r.Version) }},
	},
}

var applied = table[appliedRow]{
	name:   "applied",
	engine: "ReplacingMergeTree(done) ORDER BY token",
	columns: []column[appliedRow]{
		{"token", text, func(r *appliedRow) any { return &r.token }},
		{"done", small, func(r *appliedRow) any { return &r.done }},
		{"begun", text, func(r *appliedRow) any { return &r.begun }},
	},
}

var versions = table[versionRow]{
	name:   "schema_version",
	engine: "MergeTree ORDER BY version",
	columns: []column[versionRow]{
		{"version", number, func(r *versionRow) any { return &r.version }},
		{"shard", number, func(r *versionRow) any { return &r.shard }},
		{"shards", number, func(r *versionRow) any { return &r.shards }},
	},
}

// contentTables are those that hold what was appended, in the order in which rows are
// removed: events first, so that none is seen without its lines.
var contentTables = []string{events.name, lines.name, quarantined.name, aliases.name, applied.name}

// migrations bring the schema forward, one after the other; never change one that was
// released. Each statement must be repeatable, since a node may die after any of them.
func migrations() [][]string {
	return [][]string{
		{events.create(), lines.create(), quarantined.create(), aliases.create(), applied.create()},
		deriving(),
		slices.Concat(addDetails(), derivedAnew()),
		{addDetail(plan.Price(words{}))},
	}
}

// addDetails are the statements that add the columns that follow from others. The node computes them as rows are inserted,
// and as rows are read that were there before.
func addDetails() []string {
	var statements []string
	for _, d := range plan.Details(words{}) {
		statements = append(statements, addDetail(d))
	}
	return statements
}

func addDetail(d plan.Detail) string {
	kind := "LowCardinality(String)"
	if d.Number {
		kind = "Nullable(Float64)"
	}
	return fmt.Sprintf("ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s DEFAULT %s CODEC(ZSTD(1))", events.name, d.Name, kind, d.Value)
}

// migrate brings the tables of a node up to date. A node remembers which shard of how many it is,
// since the rows of a customer are looked for on one shard only.
func (s *shard) migrate(ctx context.Context, shards int) error {
	if err := s.exec(ctx, versions.create()); err != nil {
		return err
	}
	var now versionRow
	var rows uint64
	query := "SELECT count(), max(version), any(shard), any(shards) FROM " + versions.name
	err := s.each(ctx, query, func(row driver.Rows) error {
		return scan(row, &rows, &now.version, &now.shard, &now.shards)
	})
	if err != nil {
		return err
	}
	migrations := migrations()
	if int(now.version) > len(migrations) {
		return hitori.NewError(hitori.Conflict, "warehouse_newer", "warehouse", now.version, "program", len(migrations))
	}
	if rows > 0 && (int(now.shard) != s.number || int(now.shards) != shards) {
		return hitori.NewError(hitori.Conflict, "warehouse_shards", "address", s.address,
			"was", fmt.Sprintf("%d/%d", now.shard+1, now.shards), "is", fmt.Sprintf("%d/%d", s.number+1, shards))
	}
	for version := int(now.version); version < len(migrations); version++ {
		for _, statement := range migrations[version] {
			if err := s.exec(ctx, statement); err != nil {
				return err
			}
		}
		done := versionRow{version: uint32(version + 1), shard: uint32(s.number), shards: uint32(shards)}
		if err := versions.insert(ctx, s, fmt.Sprint("version-", version+1), []versionRow{done}); err != nil {
			return err
		}
	}
	return nil
}
