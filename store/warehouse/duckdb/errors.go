package duckdb

import (
	"context"
	"errors"
	"strings"

	engine "github.com/duckdb/duckdb-go/v2"

	"github.com/hitori-cdp/hitori"
)

// fail turns an error of DuckDB into one that can be told to a user. After a fatal error the
// database refuses everything, so it is marked to be opened anew.
func (w *Warehouse) fail(ctx context.Context, err error) error {
	var known *hitori.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case invalidated(err):
		w.broken.Store(true)
		return unavailable(err)
	case unwritable(err):
		return unavailable(err)
	}
	return hitori.NewError(hitori.Internal, "warehouse_failed").Because(err)
}

func unavailable(err error) error {
	return hitori.NewError(hitori.Unavailable, "warehouse_unavailable").Because(err)
}

// invalidated reports whether the database must be opened anew.
func invalidated(err error) bool {
	var e *engine.Error
	return errors.As(err, &e) && (e.Type == engine.ErrorTypeFatal || strings.Contains(e.Msg, "database has been invalidated"))
}

// unwritable reports whether there is no room on the disk or in memory.
func unwritable(err error) bool {
	var e *engine.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Type == engine.ErrorTypeIO || scarce(err) || strings.Contains(e.Msg, "No space left on device")
}

// scarce reports whether there is no room in memory. That a transaction could not be committed for it is told by the text only.
func scarce(err error) bool {
	var e *engine.Error
	return errors.As(err, &e) && (e.Type == engine.ErrorTypeOutOfMemory || strings.Contains(e.Msg, "MiB used)"))
}

// busy reports whether a checkpoint has to wait for a reader.
func busy(err error) bool { return strings.Contains(err.Error(), "Cannot CHECKPOINT") }
