package tabular

import (
	"bytes"
	"context"
	"errors"
	"io"

	"golang.org/x/text/transform"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
)

const (
	headSample  = 256 << 10
	pieceSample = 32 << 10
	pieces      = 16
	packedHead  = 4 << 20
	// headRowCount is how many rows are looked at to find the header.
	headRowCount = 200
)

// openText opens what has no magic number: delimited text or JSON.
func (t *Table) openText(ctx context.Context, in inputs, opts Options) error {
	sample, err := samples(in)
	if err != nil {
		return broken(err)
	}
	t.Encoding = charset.Detect(sample)
	if opts.Encoding != charset.Unknown {
		t.Encoding = charset.Detection{Encoding: opts.Encoding, BOM: markLength(sample[0], opts.Encoding), Confidence: 1}
	}
	if t.Encoding.Encoding == charset.Unknown {
		return hitori.NewError(hitori.Invalid, "import_encoding_unknown")
	}
	text, err := t.Encoding.Encoding.Decoder().Bytes(sample[0][t.Encoding.BOM:])
	if err != nil {
		return broken(err)
	}
	if looksJSON(text) {
		return t.openJSON(ctx, in, opts, text)
	}
	if binary(text) {
		return hitori.NewError(hitori.Invalid, "import_format_unknown")
	}
	t.Format = CSV
	if t.Delimiter = opts.Delimiter; t.Delimiter == 0 {
		t.Delimiter = guessDelimiter(text, opts.Limits)
	}
	head, err := t.headRows(in, opts)
	if err != nil {
		return broken(err)
	}
	header, err := findHeader(head, opts)
	if err != nil {
		return err
	}
	if len(header.cells) > opts.Limits.Columns {
		return hitori.NewError(hitori.Invalid, "import_too_many_columns", "limit", opts.Limits.Columns)
	}
	t.Columns, t.HeaderLine = unique(header.cells), header.line
	t.estimate(in, head, header)
	t.open = func(ctx context.Context) (*Rows, error) { return t.readText(ctx, in, opts, header.rows) }
	return nil
}

// samples takes the head of the input and, where any place can be read, pieces from all over it,
// each beginning after a line break.
func samples(in inputs) ([][]byte, error) {
	if in.at == nil {
		r, err := in.open()
		if err != nil {
			return nil, err
		}
		defer func() { _ = r.close() }()
		head, err := io.ReadAll(io.LimitReader(r, packedHead))
		return [][]byte{head}, err
	}
	head, err := readHead(in.at, headSample)
	if err != nil {
		return nil, err
	}
	out := [][]byte{head}
	if in.total < headSample+pieces*pieceSample {
		if in.total > headSample {
			rest := make([]byte, in.total-headSample)
			if _, err := in.at.ReadAt(rest, headSample); err != nil && !errors.Is(err, io.EOF) {
				return nil, err
			}
			out[0] = append(head, rest...)
		}
		return out, nil
	}
	step := (in.total - headSample - pieceSample) / (pieces - 1)
	for i := range int64(pieces) {
		piece := make([]byte, pieceSample)
		n, err := in.at.ReadAt(piece, headSample+i*step)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if at := bytes.IndexByte(piece[:n], '\n'); at >= 0 {
			out = append(out, piece[at+1:n])
		}
	}
	return out, nil
}

func markLength(head []byte, e charset.Encoding) int {
	switch {
	case e == charset.UTF8 && bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return 3
	case e == charset.UTF16LE && bytes.HasPrefix(head, []byte{0xFF, 0xFE}), e == charset.UTF16BE && bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return 2
	}
	return 0
}

// binary reports whether decoded text is full of control characters, which no table is.
func binary(text []byte) bool {
	control := 0
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x1A && c != 0x0B && c != 0x0C {
			control++
		}
	}
	return control > 8 && control*20 > len(text)
}

// guessDelimiter takes the one that cuts the most rows into the same number of cells.
func guessDelimiter(text []byte, limits Limits) byte {
	best, bestScore := byte(','), 0.0
	for _, d := range []byte{',', '\t', ';', '|'} {
		s := newSplitter(bytes.NewReader(text), d, limits)
		widths := map[int]int{}
		n := 0
		var row Row
		for n < 200 && s.next(&row) == nil {
			if !row.blank() && row.Problem == nil {
				widths[len(row.Cells)]++
				n++
			}
		}
		for width, rows := range widths {
			if width < 2 {
				continue
			}
			score := float64(rows) / float64(n) * (1 + float64(min(width, 20))/100)
			if score > bestScore {
				best, bestScore = d, score
			}
		}
	}
	return best
}

// headRows returns the first rows of the file, decoded.
func (t *Table) headRows(in inputs, opts Options) ([]textRow, error) {
	r, err := t.readText(context.Background(), in, opts, -1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var rows []textRow
	for len(rows) < headRowCount {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if p := row.Problem; p != nil && p.Key == "too_many_cells" && len(rows) == 0 {
			return nil, hitori.NewError(hitori.Invalid, "import_too_many_columns", "limit", opts.Limits.Columns)
		}
		text := textRow{line: row.Line, broken: row.Problem != nil, cells: make([]string, len(row.Cells))}
		for i, cell := range row.Cells {
			text.cells[i] = string(row.AppendLenient(nil, i))
			text.size += len(cell) + 1
		}
		rows = append(rows, text)
	}
	return rows, nil
}

// estimate tells how many rows there will be from the size of the first.
func (t *Table) estimate(in inputs, head []textRow, header header) {
	n := len(head) - header.rows
	if len(head) < headRowCount {
		t.Rows, t.RowsExact = int64(max(n, 0)), true
		return
	}
	size := 1
	for _, row := range head[header.rows:] {
		size += row.size + 1
	}
	t.Rows = max(int64(n), in.total*int64(n)/int64(size))
}

// readText begins a reading. skip is how many rows belong to the header and what stands
// above it; with -1 no row is held against the header.
func (t *Table) readText(ctx context.Context, in inputs, opts Options, skip int) (*Rows, error) {
	raw, err := in.open()
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, raw, int64(t.Encoding.BOM)); err != nil {
		return nil, broken(err)
	}
	var r io.Reader = raw
	encoding := t.Encoding.Encoding
	if encoding.Streamed() || encoding == charset.ShiftJIS && t.Delimiter == '|' {
		r = transform.NewReader(raw, encoding.Decoder())
		if !encoding.Streamed() {
			encoding = charset.UTF8
		}
	}
	s := newSplitter(r, t.Delimiter, opts.Limits)
	width, multiline, checked := len(t.Columns), len(t.Columns) >= 3, false
	rows := &Rows{ctx: ctx, close: raw.close, done: raw.done}
	rows.row.Encoding = encoding
	rows.next = func(row *Row) error {
		err := s.next(row)
		if err != nil || !checked || row.Problem != nil || len(row.Cells) == width {
			return finish(err)
		}
		p := ragged(row, width)
		if p != nil && multiline && s.line-row.Line > 1 {
			return finish(s.retry(row, p))
		}
		row.Problem = p
		return nil
	}
	for range skip {
		if _, err := rows.Next(); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
	}
	checked = skip >= 0
	return rows, nil
}

func finish(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return broken(err)
}

// ragged compares a row with the header. Empty cells at the end are what spreadsheets leave behind.
func ragged(row *Row, width int) *Problem {
	n := len(row.Cells)
	if n < width {
		if row.blank() {
			return nil
		}
		return problem("row_short", n-1, "expected", width, "found", n)
	}
	for i := width; i < n; i++ {
		if len(bytes.TrimSpace(row.Cells[i])) > 0 {
			return problem("row_long", i, "expected", width, "found", n)
		}
	}
	row.Cells = row.Cells[:width]
	return nil
}
