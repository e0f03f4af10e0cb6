package state

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

// AddAuditEntry implements [access.AuditStore].
func (s *Store) AddAuditEntry(ctx context.Context, e access.AuditEntry) error {
	_, err := s.engine.Exec(ctx, `INSERT INTO audit (at, id, actor, action, object, customer_id, address, result, detail)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
		millis(e.Time), e.ID, e.Actor, e.Action, e.Object, int64(e.Customer), e.Address, e.Result, e.Detail)
	return s.wrap(err)
}

// AuditEntries implements [access.AuditStore].
func (s *Store) AuditEntries(ctx context.Context, f access.AuditFilter) ([]access.AuditEntry, error) {
	var conditions []string
	var args []any
	add := func(condition string, values ...any) {
		marks := make([]any, len(values))
		for i, value := range values {
			args = append(args, value)
			marks[i] = fmt.Sprint("?", len(args))
		}
		conditions = append(conditions, fmt.Sprintf(condition, marks...))
	}
	add("true")
	if !f.Before.Time.IsZero() {
		add("(at, id) < (%s, %s)", millis(f.Before.Time), f.Before.ID)
	}
	if f.Actor != "" {
		add("actor = %s", f.Actor)
	}
	if f.Action != "" {
		add("action = %s", f.Action)
	}
	if f.Object != "" {
		add("object = %s", f.Object)
	}
	if f.Customer != 0 {
		add("customer_id = %s", int64(f.Customer))
	}
	add("true ORDER BY at DESC, id DESC LIMIT %s", f.Limit)
	entries := []access.AuditEntry{}
	err := each(ctx, s.engine, func(r Rows) error {
		var e access.AuditEntry
		var at, customer int64
		err := r.Scan(&at, &e.ID, &e.Actor, &e.Action, &e.Object, &customer, &e.Address, &e.Result, &e.Detail)
		e.Time, e.Customer = fromMillis(at), hitori.CustomerID(customer)
		entries = append(entries, e)
		return err
	}, "SELECT at, id, actor, action, object, customer_id, address, result, detail FROM audit WHERE "+strings.Join(conditions, " AND "), args...)
	return entries, s.wrap(err)
}

// ExpireAudit implements [access.AuditStore].
func (s *Store) ExpireAudit(ctx context.Context, before time.Time) (int64, error) {
	removed, err := s.engine.Exec(ctx, "DELETE FROM audit WHERE at < ?1", millis(before))
	return removed, s.wrap(err)
}
