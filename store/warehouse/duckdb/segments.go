package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	engine "github.com/duckdb/duckdb-go/v2"

	"github.com/hitori-cdp/hitori/understand"
)

var _ understand.MemberTable = (*Warehouse)(nil)

// Filled implements [understand.MemberTable].
func (w *Warehouse) Filled(ctx context.Context, segment string) (definition string, err error) {
	err = w.each(ctx, "SELECT definition FROM derived.fills WHERE segment = ?", func(rows *sql.Rows) error { return rows.Scan(&definition) }, segment)
	return definition, err
}

// PutMembers implements [understand.MemberTable].
func (w *Warehouse) PutMembers(ctx context.Context, segment, definition string, members []understand.Member, whole bool) error {
	w.deriving.Lock()
	defer w.deriving.Unlock()
	return w.together(ctx, func(db *sql.DB) error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := conn.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE told (person BIGINT, is_in BOOLEAN, entered BIGINT, "left" BIGINT, gone BOOLEAN)`); err != nil {
			return err
		}
		defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS temp.main.told") }()
		if err := conn.Raw(func(raw any) error { return appendMembers(raw.(driver.Conn), members) }); err != nil {
			return err
		}
		old := "segment = " + quote(segment)
		if !whole {
			old += " AND person IN (SELECT person FROM told)"
		}
		hidden := hidePerson("derived.memberships")
		return transact(ctx, conn,
			"DELETE FROM derived.memberships WHERE "+old,
			fmt.Sprintf(`INSERT INTO derived.memberships SELECT %s, person, is_in, entered, "left" FROM told WHERE NOT gone`, quote(segment)),
			hidden[0], hidden[1],
			"DELETE FROM derived.fills WHERE segment = "+quote(segment),
			fmt.Sprintf("INSERT INTO derived.fills VALUES (%s, %s)", quote(segment), quote(definition)))
	})
}

func appendMembers(conn driver.Conn, members []understand.Member) error {
	appender, err := engine.NewAppender(conn, "temp", "main", "told")
	if err != nil {
		return err
	}
	defer appender.Close()
	at := func(t time.Time) driver.Value {
		if t.IsZero() {
			return nil
		}
		return t.UnixMilli()
	}
	for _, m := range members {
		if err := appender.AppendRow(int64(m.Customer), m.In, at(m.Entered), at(m.Left), m.Gone); err != nil {
			return err
		}
	}
	return appender.Flush()
}

// DropMembers implements [understand.MemberTable].
func (w *Warehouse) DropMembers(ctx context.Context, segment string) error {
	return w.write(ctx, "DELETE FROM derived.memberships WHERE segment = "+quote(segment), "DELETE FROM derived.fills WHERE segment = "+quote(segment))
}
