package duckdb

import (
	"context"
	"database/sql"
	"strings"

	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
)

var _ warehousetest.Filler = (*Warehouse)(nil)

// Fill implements [warehousetest.Filler].
func (w *Warehouse) Fill(ctx context.Context, table string, columns []string, rows [][]any) error {
	return w.together(ctx, func(db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(ctx, "DELETE FROM derived."+table); err != nil {
			return err
		}
		places := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
		insert, err := tx.PrepareContext(ctx, "INSERT INTO derived."+table+` ("`+strings.Join(columns, `", "`)+`") VALUES (`+places+")")
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, row := range rows {
			if _, err := insert.ExecContext(ctx, row...); err != nil {
				return err
			}
		}
		return tx.Commit()
	})
}
