package imports

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// The columns a file of rejected rows has before those of the file itself. The words in brackets
// are how such a file is known again when it comes back mended.
var rejectColumns = [...]string{"hitori_line", "hitori_column", "hitori_value", "hitori_reason"}

// rejectColumn reports whether a header is one of those.
func rejectColumn(header string) bool {
	for _, c := range rejectColumns {
		if strings.HasSuffix(header, "("+c+")") || header == c {
			return true
		}
	}
	return false
}

// rejectWriter writes rejected rows with the reason.
type rejectWriter struct {
	w       *bufio.Writer
	columns []string
	text    func(key string, args map[string]string) string
	started bool
	cell    []byte
}

func newRejectWriter(w io.Writer, columns []string, text func(string, map[string]string) string) *rejectWriter {
	if w == nil {
		return nil
	}
	if text == nil {
		text = func(key string, _ map[string]string) string { return key }
	}
	return &rejectWriter{w: bufio.NewWriter(w), columns: columns, text: text}
}

// add writes a row with why it was rejected. Errors come out of flush.
func (r *rejectWriter) add(row *tabular.Row, p *cellProblem, column string) {
	if r == nil {
		return
	}
	if !r.started {
		r.header()
	}
	cells := []string{strconv.FormatInt(row.LineOf(p.column), 10), column, p.value, r.text("reject."+p.key, p.args)}
	for i, c := range cells {
		r.write(i, []byte(c))
	}
	n, width := len(cells), len(row.Cells)
	if p.key != "row_short" { // filled up, it would be taken for whole next time
		width = max(width, len(r.columns))
	}
	for i := range width {
		if i < len(r.columns) && rejectColumn(r.columns[i]) {
			continue
		}
		r.cell = row.AppendLenient(r.cell[:0], i)
		r.write(n, r.cell)
		n++
	}
	_, _ = r.w.WriteString("\r\n")
}

func (r *rejectWriter) header() {
	r.started = true
	_, _ = r.w.WriteString("\uFEFF")
	n := 0
	for _, c := range rejectColumns {
		name := r.text("reject_file."+strings.TrimPrefix(c, "hitori_"), nil)
		r.write(n, []byte(name+" ("+c+")"))
		n++
	}
	for _, c := range r.columns {
		if !rejectColumn(c) {
			r.write(n, []byte(c))
			n++
		}
	}
	_, _ = r.w.WriteString("\r\n")
}

// write writes a cell. What a spreadsheet would take for a formula gets an apostrophe, which is
// taken off again when the file is imported.
func (r *rejectWriter) write(n int, cell []byte) {
	if n > 0 {
		_ = r.w.WriteByte(',')
	}
	neutral := formula(cell)
	if !neutral && !strings.ContainsAny(string(cell), ",\"\r\n") && (len(cell) == 0 || cell[0] != ' ') {
		_, _ = r.w.Write(cell)
		return
	}
	_ = r.w.WriteByte('"')
	if neutral {
		_ = r.w.WriteByte('\'')
	}
	_, _ = r.w.WriteString(strings.ReplaceAll(string(cell), `"`, `""`))
	_ = r.w.WriteByte('"')
}

// formula reports whether a spreadsheet may take a cell for a formula: the beginnings of OWASP's
// ASVS 1.2.10, line breaks, and to be safe the full-width forms of the signs.
func formula(cell []byte) bool {
	c, _ := utf8.DecodeRune(cell)
	return strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", c)
}

func (r *rejectWriter) flush() error {
	if r == nil {
		return nil
	}
	return r.w.Flush()
}
