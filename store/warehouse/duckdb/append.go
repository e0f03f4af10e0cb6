package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"sync/atomic"
	"unsafe"

	engine "github.com/duckdb/duckdb-go/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// keptTokens is how many batches back a repeated one is recognised.
const keptTokens = 10_000

// tokens are those of the last batches, oldest first.
type tokens struct {
	known map[string]bool
	order []string
	last  atomic.Int64 // the number of the last one
}

func (t *tokens) add(token string) {
	t.last.Add(1)
	t.known[token] = true
	t.order = append(t.order, token)
	if len(t.order) > keptTokens {
		delete(t.known, t.order[0])
		t.order = t.order[1:]
	}
}

func (w *Warehouse) loadTokens(ctx context.Context, db *sql.DB) error {
	w.applied.known, w.applied.order = make(map[string]bool), nil
	w.applied.last.Store(0)
	rows, err := db.QueryContext(ctx, "SELECT number, token FROM applied ORDER BY number")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var token string
		if err := rows.Scan(&number, &token); err != nil {
			return err
		}
		w.applied.add(token)
		w.applied.last.Store(number)
	}
	return rows.Err()
}

// Append adds a batch in one transaction with its token. It waits when rows arrive faster
// than they can be sorted.
func (w *Warehouse) Append(ctx context.Context, batch unify.Batch) error {
	for {
		moved, err := w.tryAppend(ctx, batch)
		if moved == nil || err != nil {
			return err
		}
		w.kick()
		select {
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// tryAppend adds a batch when there is room, or else returns what to wait for. It holds no lock then: whoever makes room
// may need it.
func (w *Warehouse) tryAppend(ctx context.Context, batch unify.Batch) (<-chan struct{}, error) {
	w.appending.Lock()
	defer w.appending.Unlock()
	db, err := w.share(ctx)
	if err != nil {
		return nil, err
	}
	defer w.gate.RUnlock()
	if w.applied.known[batch.Token] {
		return nil, nil
	}
	if moved, err := w.room(); moved != nil {
		return moved, err
	}
	return nil, w.fail(ctx, w.append(ctx, db, batch))
}

// room returns nil when the active tail takes rows, or else what to wait for before asking
// again, and why rows could not be moved away the last time that was tried.
func (w *Warehouse) room() (<-chan struct{}, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tails[w.active].rows < w.sizes.full {
		return nil, nil
	}
	err := w.trouble
	w.trouble = nil // the next attempt tries again
	return w.moved, err
}

func (w *Warehouse) append(ctx context.Context, db *sql.DB, batch unify.Batch) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	w.mu.Lock()
	active := w.active
	w.mu.Unlock()
	touched := make(map[hitori.CustomerID]struct{})
	for i := range batch.Events {
		w.tails[active].customers.add(batch.Events[i].Customer)
		touched[batch.Events[i].Customer] = struct{}{}
	}
	var moved []hitori.CustomerID
	for _, a := range batch.Aliases {
		touched[a.Customer], touched[a.Root] = struct{}{}, struct{}{}
		moved = append(moved, a.Customer)
	}
	if len(moved) > 0 { // whoever they were until now loses what is theirs
		err := eachID(ctx, db, "SELECT root_id FROM alias_log WHERE customer_id IN "+idList(moved), func(id int64) { touched[hitori.CustomerID(id)] = struct{}{} })
		if err != nil {
			return err
		}
	}
	delete(touched, 0)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	err = conn.Raw(func(raw any) error {
		return appendRows(ctx, raw.(driver.Conn), active, w.touches.Add(1), batch, touched)
	})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO applied VALUES (?, ?)", w.applied.last.Load()+1, batch.Token); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	w.applied.add(batch.Token)
	w.worn.Add(versionBytes * int64(len(touched)+len(batch.Aliases)))
	w.appended(active, int64(len(batch.Events)))
	return nil
}

// appended counts new rows and has them sealed when there are enough.
func (w *Warehouse) appended(active int, rows int64) {
	w.mu.Lock()
	w.tails[active].rows += rows
	w.arrived.Add(rows)
	if w.tails[active].rows >= w.sizes.seal {
		w.turn()
	}
	w.mu.Unlock()
	w.kick()
}

func appendRows(ctx context.Context, conn driver.Conn, active int, number int64, batch unify.Batch, touched map[hitori.CustomerID]struct{}) error {
	fills := []struct {
		table string
		fill  func(*engine.Appender) error
	}{
		{tailEvents(active), func(a *engine.Appender) error { return appendEvents(a, batch.Events) }},
		{tailLines(active), func(a *engine.Appender) error { return appendLines(a, batch.Events) }},
		{"quarantined", func(a *engine.Appender) error { return appendQuarantined(a, batch.Quarantined) }},
		{"alias_log", func(a *engine.Appender) error { return appendAliases(a, batch.Aliases) }},
		{"touched", func(a *engine.Appender) error { return touch(a, number, touched) }},
	}
	for _, f := range fills {
		appender, err := engine.NewAppender(conn, "warehouse", "main", f.table)
		if err != nil {
			return err
		}
		if err := f.fill(appender); err != nil {
			return errors.Join(err, appender.Clear(), appender.Close())
		}
		if err := appender.CloseWithCancel(ctx); err != nil {
			return err
		}
	}
	return nil
}

// text is what DuckDB takes as a text: its bytes where they lie, which the appender copies once.
func text[S ~string](s S) []byte { return bytesOf(warehouse.Text(s)) }

// document is a JSON document, likewise.
func document(d hitori.JSON) []byte { return bytesOf(warehouse.Document(d)) }

func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

func appendEvents(a *engine.Appender, events []hitori.Stamped) error {
	for i := range events {
		e := &events[i]
		err := a.AppendRow(int64(e.Position), int64(e.Customer), e.Time.UnixMilli(), e.ReceivedAt.UnixMilli(), uint8(e.Type), uint8(e.Kind),
			text(e.Name), int32(e.Source), text(e.UserID), text(e.AnonymousID), text(e.GroupID), text(e.PreviousID),
			text(e.OrderID), e.Amount, text(e.Currency), document(e.Properties), document(e.Traits), document(e.Context), uint32(len(e.Lines)))
		if err != nil {
			return err
		}
	}
	return nil
}

func appendLines(a *engine.Appender, events []hitori.Stamped) error {
	for i := range events {
		e := &events[i]
		for n := range e.Lines {
			l := &e.Lines[n]
			err := a.AppendRow(int64(e.Position), uint32(n), int64(e.Customer), e.Time.UnixMilli(), uint8(e.Kind),
				text(e.Name), text(e.Currency), text(l.ProductID), text(l.SKU), text(l.Name), text(l.Category), text(l.Brand),
				text(l.Variant), l.Price, l.Quantity)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func appendQuarantined(a *engine.Appender, events []hitori.Event) error {
	for i := range events {
		e := &events[i]
		problems, err := json.Marshal(e.Problems)
		if err != nil {
			return err
		}
		err = a.AppendRow(int64(e.Position), text(e.MessageID), int32(e.Source), uint8(e.Type), text(e.Name), e.Time.UnixMilli(), e.ReceivedAt.UnixMilli(),
			text(e.UserID), text(e.AnonymousID), text(e.PreviousID), text(e.GroupID),
			text(e.Properties), text(e.Traits), text(e.Context), text(e.Raw), string(problems))
		if err != nil {
			return err
		}
	}
	return nil
}

func appendAliases(a *engine.Appender, aliases []unify.Alias) error {
	for _, alias := range aliases {
		if err := a.AppendRow(int64(alias.Customer), int64(alias.Root), int64(alias.Version)); err != nil {
			return err
		}
	}
	return nil
}
