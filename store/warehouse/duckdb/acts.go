package duckdb

import (
	"fmt"

	"github.com/hitori-cdp/hitori"
)

// The table acts has a narrow row for every event, with the person: what conditions ask that look only at when something
// happened. Its rows lie by name, so that those of the others are skipped, and by person. Names stand as numbers, since
// DuckDB tells row groups apart by the first eight bytes of a text only.
const (
	actColumns = "person BIGINT, code UBIGINT, type UTINYINT, kind UTINYINT, time BIGINT, position BIGINT, price DOUBLE"
	actOrder   = "code, person, time"
)

// codeOf is the number of a name. It holds for one version of DuckDB; see [Warehouse.shapeOf].
func codeOf(name string) string { return "hash(" + name + ")" }

// acts is the query of all columns of the table.
func (s staged) acts() string {
	condition := and("customer_id <> 0", s.stage.part)
	return "SELECT * FROM " + s.Events(fmt.Sprintf("person, CASE WHEN type = %d THEN %s ELSE 0 END AS code, type, kind, time, position, price", hitori.Track, codeOf("name")), condition)
}
