package plan

import (
	"context"

	"github.com/hitori-cdp/hitori/understand"
)

// revisionOf tells what an engine derived last. An engine that makes its tables anew notes a zero; one that has derived nothing,
// or nobody, notes nothing, and computes as soon as somebody did something.
func revisionOf(ctx context.Context, e Engine) (understand.Revision, error) {
	last, noted := int64(0), false
	revisions := func(d Dialect) string { return "SELECT number FROM " + d.Derived("revision") + " AS r" }
	err := e.Query(ctx, revisions, func(r Row) error {
		var number int64
		err := r.Scan(&number)
		last, noted = max(last, number), true
		return err
	})
	if err != nil || noted {
		return understand.Revision{Number: last, Computing: last == 0}, err
	}
	var came int64
	touched := func(d Dialect) string {
		return "SELECT CAST(count(*) AS BIGINT) FROM " + d.Derived("touched") + " AS t"
	}
	err = e.Query(ctx, touched, func(r Row) error { return r.Scan(&came) })
	return understand.Revision{Computing: came > 0}, err
}
