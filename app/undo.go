package app

import (
	"context"
	"fmt"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/unify"
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

// undoer lets imports be taken back by the room that applied them.
type undoer struct{ undos *unify.Undos }

// Preview implements [collect.Undoer].
func (u undoer) Preview(ctx context.Context, work collect.UndoWork) (collect.UndoCounts, error) {
	counts, err := u.undos.Preview(ctx, importOf(work))
	return collect.UndoCounts(counts), err
}

// Undo implements [collect.Undoer].
func (u undoer) Undo(ctx context.Context, work collect.UndoWork, after hitori.CustomerID, progress func(done, total int64, after hitori.CustomerID)) error {
	return u.undos.Undo(ctx, importOf(work), after, progress)
}

func importOf(work collect.UndoWork) unify.Import {
	return unify.Import{ID: work.Import, Source: work.Source, Begin: work.Begin, End: work.End}
}

// recordUndone writes down that an import has been taken back; that it was asked for stands there already.
func (a *App) recordUndone(ctx context.Context, undo service.Job, of string, counts collect.UndoCounts) error {
	return a.Audit.Record(ctx, access.AuditEntry{
		Actor: undo.CreatedBy, Action: "import-undone", Object: "imports/" + of, Result: access.AuditOK,
		Detail: fmt.Sprintf("events %d, orders %d, people gone %d, people kept %d", counts.Events, counts.Orders, counts.PeopleGone, counts.PeopleKept),
	})
}
