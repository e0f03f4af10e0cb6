package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// eraseDerived removes what is derived of customers, and every byte that is left of them or of what was replaced
// before: the rows that stay are copied into a new file, and the old one is overwritten. The caller has the
// warehouse to itself.
func (w *Warehouse) eraseDerived(ctx context.Context, db *sql.DB, customers []hitori.CustomerID) error {
	path := w.config.Path + derivedSuffix
	var statements []string
	for _, t := range slices.Concat(derivedTables, keptTables) {
		statements = append(statements, fmt.Sprintf("DELETE FROM derived.%s WHERE person IN %s", t.name, idList(customers)))
	}
	statements = append(statements, revise...)
	statements = append(statements, attachStatement(path+nextSuffix, "derived_next"), "COPY FROM DATABASE derived TO derived_next", "DETACH derived_next", "DETACH derived")
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for _, old := range []string{path, path + ".wal"} {
		if err := overwrite(old); err != nil {
			return unavailable(err)
		}
	}
	if err := os.Rename(path+nextSuffix, path); err != nil {
		return unavailable(err)
	}
	return w.attachDerived(ctx, db)
}

// removeDerived removes the file when nothing has it open.
func (w *Warehouse) removeDerived() error {
	path := w.config.Path + derivedSuffix
	var errs []error
	for _, file := range []string{path, path + ".wal", path + nextSuffix, path + nextSuffix + ".wal"} {
		errs = append(errs, os.RemoveAll(file))
	}
	return errors.Join(errs...)
}

// overwrite removes a file after its bytes were overwritten. It need not be there.
func overwrite(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		_, err = io.CopyN(file, zeros{}, info.Size())
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close(), os.Remove(path))
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
