// Package tabular reads tables from files: delimited text in the encodings of Japan, Excel,
// JSON and Parquet, alone or compressed. What a file is gets decided from its bytes.
//
// Every format comes out the same way: a header, then rows of cells with the line each row begins
// on as an editor shows it. A row that cannot be read is handed on with its problem; only what
// makes the rest of the file unreadable ends the reading. Nothing is held in memory beyond the row
// at hand and the tables a format needs, all of which have limits.
package tabular

import (
	"bytes"
	"context"
	"io"
	"strconv"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
)

// Source is a file.
type Source struct {
	io.ReaderAt
	Size int64
	// Name is what its owner calls the file. It is shown, and decides nothing but what the bytes
	// leave open.
	Name string
}

// Format is how a file holds its table.
type Format string

// The formats.
const (
	CSV     Format = "csv" // delimited text, whatever the delimiter
	Excel   Format = "xlsx"
	JSON    Format = "json" // objects one after another, or in an array
	Parquet Format = "parquet"
)

// Options say what the reader should not find out for itself.
type Options struct {
	// Encoding of text; zero means by evidence.
	Encoding charset.Encoding
	// Delimiter of text: ',', '\t', ';' or '|'; zero means by evidence.
	Delimiter byte
	// Sheet is the name of an Excel sheet; empty means the first that has rows.
	Sheet string
	// HeaderLine is the line the header begins on, counted from 1; zero means by evidence, and -1
	// that there is none.
	HeaderLine int64
	// Known reports whether a header is one that was seen before. It may be nil.
	Known func(columns []string) bool
	// TempDir is where files go that have to be unpacked; empty means the system's.
	TempDir string
	Limits  Limits
}

// Limits bound what a file may ask for. Zero fields mean the defaults.
type Limits struct {
	Columns  int   // 5,000
	CellSize int   // 1 MiB
	RowSize  int   // 4 MiB
	Unpacked int64 // 64 GiB
	// Ratio is how many times larger a file may become by unpacking, once it is past 64 MiB: 250.
	Ratio int64
	// SharedText is how much text of an Excel file is kept in memory, 64 MiB; more goes to a
	// temporary file.
	SharedText int64
}

func (l Limits) orDefaults() Limits {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def64 := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	def(&l.Columns, 5_000)
	def(&l.CellSize, 1<<20)
	def(&l.RowSize, 4<<20)
	def64(&l.Unpacked, 64<<30)
	def64(&l.Ratio, 250)
	def64(&l.SharedText, 64<<20)
	return l
}

// Table is an opened file.
type Table struct {
	Format      Format
	Compression string // "", "gzip" or "zip"
	// Encoding is that of text; Detection.BOM and the confidence come with it.
	Encoding  charset.Detection
	Delimiter byte     // of text
	Sheets    []string // of Excel, with Sheet the one that is read
	Sheet     string
	// Columns are the names of the header made unique: an empty one is "#3", the second 送料 is
	// "送料 (2)".
	Columns []string
	// HeaderLine is the line the header begins on, 0 when there is none.
	HeaderLine int64
	// Rows is how many there are, an estimate unless RowsExact.
	Rows      int64
	RowsExact bool

	open  func(ctx context.Context) (*Rows, error)
	close []func() error
}

// Close removes what was unpacked. The table cannot be read afterwards.
func (t *Table) Close() error {
	var first error
	for _, c := range t.close {
		if err := c(); err != nil && first == nil {
			first = err
		}
	}
	t.close = nil
	return first
}

// Read begins at the first row. It can be called again for another reading.
func (t *Table) Read(ctx context.Context) (*Rows, error) { return t.open(ctx) }

// Rows is one reading of a table.
type Rows struct {
	next  func(*Row) error
	done  func() (int64, int64)
	close func() error
	row   Row
	ctx   context.Context
	n     int
}

// Next returns the next row, which stays valid until the next call, and [io.EOF] at the end. Rows
// without any text are left out.
func (r *Rows) Next() (*Row, error) {
	if r.n++; r.n&0xFF == 0 && r.ctx.Err() != nil {
		return nil, r.ctx.Err()
	}
	for {
		r.row.Problem = nil
		if err := r.next(&r.row); err != nil {
			return nil, err
		}
		if r.row.Problem != nil || !r.row.blank() {
			return &r.row, nil
		}
	}
}

// Done tells how much of the file has been read, in bytes or rows; total is of the same kind.
func (r *Rows) Done() (done, total int64) { return r.done() }

// Close ends the reading.
func (r *Rows) Close() error {
	if r.close == nil {
		return nil
	}
	return r.close()
}

// Row is one row of a table.
type Row struct {
	// Line is the line the row begins on, counted from 1 as an editor does; the row number in
	// Excel and the number of the record in Parquet.
	Line int64
	// Problem is set when the row cannot be read as it should be. Its cells are what there is.
	Problem *Problem
	// Cells are as the file has them, without quotes.
	Cells [][]byte
	// Encoding is that of the cells.
	Encoding charset.Encoding
}

// Problem says what is wrong with a row.
type Problem struct {
	// Key names the text, below "reject.".
	Key  string
	Args map[string]string
	// Column is the cell, counted from 0, or -1 for the row as a whole.
	Column int
}

func problem(key string, column int, args ...any) *Problem {
	return &Problem{Key: key, Args: hitori.NewError("", "", args...).Args, Column: column}
}

// Append decodes a cell and appends it as UTF-8. A cell the row does not have is empty.
func (r *Row) Append(dst []byte, column int) ([]byte, *Problem) {
	if column >= len(r.Cells) {
		return dst, nil
	}
	dst, bad := r.Encoding.Append(dst, r.Cells[column])
	if bad < 0 {
		return dst, nil
	}
	return dst, problem("bytes_invalid", column, "encoding", r.Encoding, "bytes", charset.Hex(r.Cells[column], bad))
}

// AppendLenient decodes a cell with U+FFFD for what is no text, to be shown.
func (r *Row) AppendLenient(dst []byte, column int) []byte {
	if column >= len(r.Cells) {
		return dst
	}
	cell := r.Cells[column]
	for len(cell) > 0 {
		var bad int
		dst, bad = r.Encoding.Append(dst, cell)
		if bad < 0 {
			break
		}
		dst = append(dst, "\uFFFD"...)
		cell = cell[bad+1:]
	}
	return dst
}

// LineOf is the line a cell begins on: cells before it may have line breaks.
func (r *Row) LineOf(column int) int64 {
	line := r.Line
	for i := range min(max(column, 0), len(r.Cells)) {
		line += int64(breaks(r.Cells[i]))
	}
	return line
}

func (r *Row) blank() bool {
	for _, cell := range r.Cells {
		for _, c := range cell {
			if c != ' ' && c != '\t' && c != 0x1A && c != 0 {
				return false
			}
		}
	}
	return true
}

// breaks counts line breaks: LF, CR, and CR LF as one.
func breaks(s []byte) int {
	n := bytes.Count(s, []byte{'\n'})
	for i := bytes.IndexByte(s, '\r'); i >= 0 && i < len(s); {
		if i+1 == len(s) || s[i+1] != '\n' {
			n++
		}
		next := bytes.IndexByte(s[i+1:], '\r')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return n
}

// unique makes column names that differ from one another and are never empty.
func unique(header []string) []string {
	seen := make(map[string]int, len(header))
	out := make([]string, len(header))
	for i, name := range header {
		if name == "" {
			name = "#" + strconv.Itoa(i+1)
		}
		seen[name]++
		if n := seen[name]; n > 1 {
			name += " (" + strconv.Itoa(n) + ")"
			seen[name]++
		}
		out[i] = name
	}
	return out
}
