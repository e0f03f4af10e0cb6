package collect

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// Column is a column of an uploaded file.
type Column struct {
	Name string
	// Columns are the names of all columns of the file.
	Columns []string
	// Values are those that are not empty, each once, in the order of the file.
	Values []string
}

// Column reads a column of an uploaded file by its name, or the first one without a name. It returns an error of code
// NotFound for a file or column that is not there, TooLarge for more values than the limit, and the errors of files
// that cannot be read.
func (i *Imports) Column(ctx context.Context, id, name string, read ReadOptions, limit int) (Column, error) {
	u, file, err := i.open(id)
	if err != nil {
		return Column{}, err
	}
	defer file.Close()
	options, err := i.options(read, u)
	if err != nil {
		return Column{}, err
	}
	table, err := imports.OpenTable(ctx, imports.Source{ReaderAt: file, Size: u.Size, Name: u.Name}, options)
	if err != nil {
		return Column{}, err
	}
	defer func() { _ = table.Close() }()
	at := 0
	if name != "" {
		at = slices.Index(table.Columns, name)
	}
	if at < 0 || at >= len(table.Columns) {
		return Column{}, hitori.NewError(hitori.NotFound, "column_unknown", "column", name).At("column")
	}
	c := Column{Name: table.Columns[at], Columns: table.Columns}
	c.Values, err = readColumn(ctx, table, at, limit)
	return c, err
}

func readColumn(ctx context.Context, table *tabular.Table, at, limit int) ([]string, error) {
	rows, err := table.Read(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var values []string
	seen := make(map[string]bool)
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		if at >= len(row.Cells) {
			continue
		}
		value := strings.TrimSpace(string(row.AppendLenient(nil, at)))
		if value == "" || seen[value] {
			continue
		}
		if len(values) == limit {
			return nil, hitori.NewError(hitori.TooLarge, "column_long", "limit", limit)
		}
		seen[value] = true
		values = append(values, value)
	}
}
