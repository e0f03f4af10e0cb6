package app

import (
	"context"
	"fmt"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/service"
)

// importLog is the log as imports ask about it.
type importLog struct{ *App }

// End implements [collect.ImportLog].
func (l importLog) End(ctx context.Context) (uint64, error) {
	last, err := l.Log.Last(ctx)
	var end uint64
	for _, sequence := range last {
		end = max(end, sequence)
	}
	return end, err
}

// recordUndone writes down that an import has been taken back; that it was asked for stands there already.
func (a *App) recordUndone(ctx context.Context, undo service.Job, of string, counts hitori.UndoCounts) error {
	return a.Audit.Record(ctx, access.AuditEntry{
		Actor: undo.CreatedBy, Action: "import-undone", Object: "imports/" + of, Result: access.AuditOK,
		Detail: fmt.Sprintf("events %d, orders %d, people gone %d, people kept %d", counts.Events, counts.Orders, counts.PeopleGone, counts.PeopleKept),
	})
}
