package tabular

import (
	"context"
	"errors"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
)

// parquetColumn is a leaf of the schema and how its values are written as text.
type parquetColumn struct {
	text     func(dst []byte, v parquet.Value) []byte
	repeated bool
}

func (t *Table) openParquet(src Source, opts Options) (err error) {
	defer func() { // damaged files make the library panic
		if p := recover(); p != nil {
			err = hitori.NewError(hitori.Invalid, "import_broken")
		}
	}()
	f, err := parquet.OpenFile(src, src.Size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
	if err != nil {
		return broken(err)
	}
	paths := f.Schema().Columns()
	if len(paths) == 0 {
		return hitori.NewError(hitori.Invalid, "import_empty")
	}
	if len(paths) > opts.Limits.Columns {
		return hitori.NewError(hitori.Invalid, "import_too_many_columns", "limit", opts.Limits.Columns)
	}
	columns := make([]parquetColumn, len(paths))
	names := make([]string, len(paths))
	for i, path := range paths {
		leaf, _ := f.Schema().Lookup(path...)
		names[i] = strings.Join(path, ".")
		columns[i] = parquetColumn{text: valueText(leaf.Node), repeated: leaf.MaxRepetitionLevel > 0}
	}
	t.Format, t.Columns = Parquet, unique(names)
	t.Rows, t.RowsExact = f.NumRows(), true
	t.open = func(ctx context.Context) (*Rows, error) { return readParquet(ctx, f, columns), nil }
	return nil
}

func readParquet(ctx context.Context, f *parquet.File, columns []parquetColumn) *Rows {
	var (
		groups = f.RowGroups()
		rows   parquet.Rows
		batch  = make([]parquet.Row, 256)
		have   []parquet.Row
		cells  = make([][]byte, len(columns))
		store  []byte
		n      int64
	)
	closeRows := func() error {
		if rows == nil {
			return nil
		}
		err := rows.Close()
		rows = nil
		return err
	}
	load := func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = hitori.NewError(hitori.Invalid, "import_broken")
			}
		}()
		for len(have) == 0 {
			if rows == nil {
				if len(groups) == 0 {
					return io.EOF
				}
				rows, groups = groups[0].Rows(), groups[1:]
			}
			got, err := rows.ReadRows(batch)
			have = batch[:got]
			if err == nil {
				continue
			}
			if !errors.Is(err, io.EOF) {
				return broken(err)
			}
			if err := closeRows(); err != nil {
				return broken(err)
			}
		}
		return nil
	}
	out := &Rows{ctx: ctx, close: closeRows, done: func() (int64, int64) { return n, f.NumRows() }}
	out.row.Encoding = charset.UTF8
	out.next = func(row *Row) error {
		if len(have) == 0 {
			if err := load(); err != nil {
				return err
			}
		}
		clear(cells)
		store = store[:0]
		have[0].Range(func(i int, values []parquet.Value) bool {
			from := len(store)
			for j, v := range values {
				if v.IsNull() {
					continue
				}
				if j > 0 {
					store = append(store, ',')
				}
				store = columns[i].text(store, v)
			}
			cells[i] = store[from:]
			return true
		})
		have = have[1:]
		n++
		row.Line, row.Cells = n, cells
		return nil
	}
	return out
}

// valueText chooses how values of a leaf are written, by its logical type.
func valueText(node parquet.Node) func([]byte, parquet.Value) []byte {
	logical := node.Type().LogicalType()
	if logical == nil {
		return appendPlain
	}
	switch kind := logical.Value.(type) {
	case *format.TimestampType:
		unit, layout := kind.Unit.Value.Duration(), "2006-01-02T15:04:05.999999999"
		if kind.IsAdjustedToUTC {
			layout += "Z07:00"
		}
		perSecond := int64(time.Second / unit)
		return func(dst []byte, v parquet.Value) []byte {
			n := v.Int64()
			return time.Unix(n/perSecond, n%perSecond*int64(unit)).UTC().AppendFormat(dst, layout)
		}
	case *format.DateType:
		return func(dst []byte, v parquet.Value) []byte {
			return time.Unix(int64(v.Int32())*86400, 0).UTC().AppendFormat(dst, time.DateOnly)
		}
	case *format.DecimalType:
		scale := int(kind.Scale)
		return func(dst []byte, v parquet.Value) []byte { return appendDecimal(dst, v, scale) }
	}
	return appendPlain
}

func appendPlain(dst []byte, v parquet.Value) []byte {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(dst, v.Boolean())
	case parquet.Int32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10)
	case parquet.Int64:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case parquet.Float:
		return appendFloat(dst, float64(v.Float()), 32)
	case parquet.Double:
		return appendFloat(dst, v.Double(), 64)
	case parquet.Int96: // nanoseconds of the day and the Julian day
		i := v.Int96()
		day := int64(i[2]) - 2440588
		return time.Unix(day*86400, int64(uint64(i[1])<<32|uint64(i[0]))).UTC().AppendFormat(dst,
			"2006-01-02T15:04:05.999999999Z07:00")
	}
	return append(dst, v.ByteArray()...)
}

func appendFloat(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst
	}
	return strconv.AppendFloat(dst, f, 'f', -1, bits)
}

func appendDecimal(dst []byte, v parquet.Value, scale int) []byte {
	unscaled := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		unscaled.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		unscaled.SetInt64(v.Int64())
	default: // two's complement, the greatest byte first
		b := v.ByteArray()
		if unscaled.SetBytes(b); len(b) > 0 && b[0]&0x80 != 0 {
			unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
		}
	}
	sign, digits := "", unscaled.String()
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	dst = append(append(dst, sign...), digits[:len(digits)-scale]...)
	if scale > 0 {
		dst = append(append(dst, '.'), digits[len(digits)-scale:]...)
	}
	return dst
}
