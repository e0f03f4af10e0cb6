package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// place is a place in the order of a run.
type place struct {
	customer, time int64
}

// span is a range of places: from the first, up to but without the second. Nil is open.
type span struct {
	from, to *place
}

// condition selects the rows of the span. It names the customer alone first, by which
// DuckDB can skip row groups.
func (s span) condition() string {
	var conditions []string
	if p := s.from; p != nil {
		conditions = append(conditions, fmt.Sprintf("customer_id >= %d AND (customer_id > %d OR time >= %d)", p.customer, p.customer, p.time))
	}
	if p := s.to; p != nil {
		conditions = append(conditions, fmt.Sprintf("customer_id <= %d AND (customer_id < %d OR time < %d)", p.customer, p.customer, p.time))
	}
	return strings.Join(conditions, " AND ")
}

// sample selects the places of a sample of rows.
func (w *Warehouse) sample(table string, conditions ...string) string {
	conditions = append(conditions, fmt.Sprintf("rowid %% %d = 0", w.sizes.sample))
	return fmt.Sprintf("SELECT customer_id, time FROM %s%s", table, where(conditions...))
}

// spans cuts what is sampled into spans of about the given number of rows.
func (w *Warehouse) spans(ctx context.Context, db *sql.DB, samples []string, rows int) ([]span, error) {
	var all []span
	var from *place
	every := max(1, rows/w.sizes.sample)
	n := 0
	err := each(ctx, db, strings.Join(samples, " UNION ALL ")+" ORDER BY 1, 2", func(row *sql.Rows) error {
		if n++; n%every != 0 {
			return nil
		}
		cut := new(place)
		if err := row.Scan(&cut.customer, &cut.time); err != nil {
			return err
		}
		if from == nil || *from != *cut {
			all = append(all, span{from, cut})
			from = cut
		}
		return nil
	})
	return append(all, span{from, nil}), err
}

// where makes a clause of conditions, of which any may be empty.
func where(conditions ...string) string {
	if all := and(conditions...); all != "" {
		return " WHERE " + all
	}
	return ""
}

func and(conditions ...string) string {
	var given []string
	for _, c := range conditions {
		if c != "" {
			given = append(given, c)
		}
	}
	return strings.Join(given, " AND ")
}
