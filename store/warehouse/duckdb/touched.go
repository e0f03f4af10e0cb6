package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	engine "github.com/duckdb/duckdb-go/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// touchOf notes whose the events are that a condition selects. It goes with the statements that change them, in a
// transaction while nothing is appended.
func (w *Warehouse) touchOf(condition string) string {
	return fmt.Sprintf("INSERT INTO touched SELECT DISTINCT %d, customer_id FROM events WHERE customer_id <> 0 AND %s", w.touches.Add(1), condition)
}

// touch notes customers under a number that is greater than those before.
func touch(a *engine.Appender, number int64, customers map[hitori.CustomerID]struct{}) error {
	for c := range customers {
		if err := a.AppendRow(number, int64(c)); err != nil {
			return err
		}
	}
	return nil
}

// fewTouched is up to how many profiles are computed anew one by one, whatever the size of the shop.
const fewTouched = 20_000

// Touched implements [understand.Warehouse].
func (w *Warehouse) Touched(ctx context.Context, form understand.Form) (understand.Touched, error) {
	var t understand.Touched
	err := w.together(ctx, func(db *sql.DB) error {
		var shape, day sql.NullString
		var mark, touched, people int64
		err := db.QueryRowContext(ctx, `SELECT (SELECT max(shape) FROM derived.form), (SELECT max(day) FROM derived.form), (SELECT coalesce(max(number), 0) FROM touched),
			(SELECT count(DISTINCT customer_id) FROM touched), (SELECT count(*) FROM derived.people)`).Scan(&shape, &day, &mark, &touched, &people)
		if err != nil {
			return err
		}
		t.Mark = strconv.FormatInt(mark, 10)
		if t.Everybody = shape.String != w.shapeOf(form) || touched > max(fewTouched, people/4); t.Everybody {
			return nil
		}
		t.Aged = day.String != form.Day
		return eachID(ctx, db, fmt.Sprintf("SELECT DISTINCT customer_id FROM touched WHERE number <= %d", mark), func(id int64) {
			t.Profiles = append(t.Profiles, hitori.CustomerID(id))
		})
	})
	return t, err
}

// Untouch implements [understand.Warehouse].
func (w *Warehouse) Untouch(ctx context.Context, t understand.Touched) error {
	mark, err := strconv.ParseInt(t.Mark, 10, 64)
	if err != nil {
		return err
	}
	return w.write(ctx, fmt.Sprintf("DELETE FROM touched WHERE number <= %d", mark))
}
