package access

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// AuditEntry is one line of the record (監査ログ): a change somebody made, or a look at
// personal data.
type AuditEntry struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
	// Actor is "user:" with an address, "key:" with a name, or "visitor" for one who is not signed in.
	Actor  string `json:"actor" doc:"user:address, key:name, or visitor for one who is not signed in"`
	Action string `json:"action" doc:"The operation, as in merge-customers"`
	// Object is what it was done to, as in "keys/k1"; for people Customer says it.
	Object   string            `json:"object,omitempty" doc:"What it was done to, as in keys/k1"`
	Customer hitori.CustomerID `json:"customer,omitempty"`
	Address  string            `json:"address,omitempty" doc:"The network address it was asked from"`
	Result   string            `json:"result" doc:"ok, or the key of the error"`
	Detail   string            `json:"detail,omitempty"`
}

// AuditOK is the result of what went well.
const AuditOK = "ok"

// AuditRetention is the name under which the rule stands on how long the record is kept.
// Without a rule it is kept for ever.
const AuditRetention = "@audit"

// AuditFilter selects entries. Zero fields select all.
type AuditFilter struct {
	Actor, Action, Object string
	Customer              hitori.CustomerID
	// Before is the last entry of the previous page: only its time and id count.
	Before AuditEntry
	Limit  int
}

// AuditStore keeps the record.
type AuditStore interface {
	AddAuditEntry(ctx context.Context, e AuditEntry) error
	// AuditEntries returns entries, the newest first.
	AuditEntries(ctx context.Context, filter AuditFilter) ([]AuditEntry, error)
	// ExpireAudit removes entries from before a time and returns how many.
	ExpireAudit(ctx context.Context, before time.Time) (int64, error)
}

// Audit is the record of who did what.
type Audit struct {
	store AuditStore
	clock service.Clock
}

// NewAudit returns the record kept in a store.
func NewAudit(store AuditStore, clock service.Clock) *Audit {
	return &Audit{store: store, clock: clock}
}

// Record adds an entry; its time and id are set here.
func (a *Audit) Record(ctx context.Context, e AuditEntry) error {
	e.ID, e.Time = strings.ToLower(rand.Text()[:16]), a.clock.Now()
	return a.store.AddAuditEntry(ctx, e)
}

// List returns entries, the newest first.
func (a *Audit) List(ctx context.Context, filter AuditFilter) ([]AuditEntry, error) {
	return a.store.AuditEntries(ctx, filter)
}

// Expire removes entries that are older than some days, and returns how many.
func (a *Audit) Expire(ctx context.Context, days int) (int64, error) {
	return a.store.ExpireAudit(ctx, a.clock.Now().AddDate(0, 0, -days))
}
