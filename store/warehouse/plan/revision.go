package plan

import (
	"context"
	"database/sql"

	"github.com/hitori-cdp/hitori/understand"
)

// revisionOf tells what an engine derived last. Events are only asked for when that is nothing.
func revisionOf(ctx context.Context, e Engine) (understand.Revision, error) {
	var number sql.Null[int64]
	last := func(d Dialect) string { return "SELECT max(number) FROM " + d.Derived("revision") }
	err := e.Query(ctx, last, func(r Row) error { return r.Scan(&number) })
	if err != nil || number.V != 0 {
		return understand.Revision{Number: number.V}, err
	}
	var found int64
	somebody := func(d Dialect) string {
		return "SELECT CAST(count(*) AS BIGINT) FROM (SELECT person FROM " + d.Events("person", "customer_id <> 0") + " AS e LIMIT 1) AS did"
	}
	err = e.Query(ctx, somebody, func(r Row) error { return r.Scan(&found) })
	return understand.Revision{Computing: found > 0}, err
}
