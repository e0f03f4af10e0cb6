package tabular

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/transform"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
)

// jsonDepth is how deep objects are opened into columns like "customer.address.city"; what lies
// deeper stays one cell of JSON.
const jsonDepth = 6

// jsonForm is how a file strings its objects together.
type jsonForm uint8

const (
	jsonLines  jsonForm = iota // one object on each line: a broken line costs one row
	jsonStream                 // objects over several lines, one after another
	jsonArray                  // one array of objects
)

var jsonOptions = []jsontext.Options{jsontext.AllowDuplicateNames(true)}

func looksJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '[' {
		rest := bytes.TrimSpace(text[1:])
		return len(rest) > 0 && (rest[0] == '{' || rest[0] == ']')
	}
	if len(text) > 0 && text[0] == '{' {
		rest := bytes.TrimSpace(text[1:])
		return len(rest) > 0 && (rest[0] == '"' || rest[0] == '}')
	}
	return false
}

// jsonShape is how objects become rows: a column for each path, and a row for each element of
// the array of objects at lines, if there is one, as in an order with its items.
type jsonShape struct {
	columns []string
	index   map[string]int
	lines   string
}

func (t *Table) openJSON(_ context.Context, in inputs, opts Options, head []byte) error {
	t.Format = JSON
	form := jsonLines
	trimmed := bytes.TrimSpace(head)
	first, _, _ := bytes.Cut(trimmed, []byte{'\n'})
	switch {
	case trimmed[0] == '[':
		form = jsonArray
	case !jsontext.Value(bytes.TrimSpace(first)).IsValid(jsonOptions...):
		form = jsonStream
	}
	sample, err := t.jsonSample(in, form, opts)
	if err != nil {
		return err
	}
	shape := jsonShape{index: map[string]int{}, lines: linesPath(sample)}
	for _, object := range sample {
		shape.learn(object)
	}
	if len(shape.columns) == 0 {
		return hitori.NewError(hitori.Invalid, "import_empty")
	}
	if len(shape.columns) > opts.Limits.Columns {
		return hitori.NewError(hitori.Invalid, "import_too_many_columns", "limit", opts.Limits.Columns)
	}
	t.Columns = shape.columns
	if t.Rows = int64(len(sample)); len(sample) < headRowCount {
		t.RowsExact = shape.lines == ""
	} else if size := len(bytes.Join(bytesOf(sample), nil)); size > 0 {
		t.Rows = max(t.Rows, in.total*t.Rows/int64(size))
	}
	t.open = func(ctx context.Context) (*Rows, error) { return t.readJSON(ctx, in, form, &shape, opts) }
	return nil
}

func bytesOf(values []jsontext.Value) [][]byte {
	out := make([][]byte, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func (t *Table) jsonSample(in inputs, form jsonForm, opts Options) ([]jsontext.Value, error) {
	r, err := t.jsonValues(in, form, opts)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.close() }()
	var out []jsontext.Value
	for tries := 0; len(out) < headRowCount && tries < 10*headRowCount; tries++ {
		value, _, p, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if len(out) > 0 {
				break // the reading tells where
			}
			return nil, err
		}
		if p == nil {
			out = append(out, value.Clone())
		}
	}
	return out, nil
}

// linesPath finds the array of objects that holds the lines of an order.
func linesPath(sample []jsontext.Value) string {
	var found []string
	for _, object := range sample {
		_ = walkJSON(object, func(path string, value jsontext.Value) {
			if value.Kind() == '[' && arrayOfObjects(value) && !slices.Contains(found, path) {
				found = append(found, path)
			}
		})
	}
	for _, path := range found {
		switch strings.ToLower(path[strings.LastIndexByte(path, '.')+1:]) {
		case "items", "line_items", "lineitems", "lines", "products", "details", "order_items", "明細", "商品":
			return path
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

func arrayOfObjects(value jsontext.Value) bool {
	rest := bytes.TrimSpace(value[1:])
	return len(rest) > 0 && rest[0] == '{'
}

func (s *jsonShape) learn(object jsontext.Value) {
	_ = walkJSON(object, func(path string, value jsontext.Value) {
		if path != s.lines || value.Kind() != '[' {
			s.add(path)
			return
		}
		for _, element := range elements(value) {
			_ = walkJSON(element, func(inner string, _ jsontext.Value) { s.add(path + "." + inner) })
		}
	})
}

func (s *jsonShape) add(path string) {
	if _, ok := s.index[path]; !ok {
		s.index[path] = len(s.columns)
		s.columns = append(s.columns, path)
	}
}

// walkJSON calls fn for every value of an object that is not itself opened.
func walkJSON(object jsontext.Value, fn func(path string, value jsontext.Value)) error {
	d := jsontext.NewDecoder(bytes.NewReader(object), jsonOptions...)
	return walkObject(d, "", 0, fn)
}

func walkObject(d *jsontext.Decoder, prefix string, depth int, fn func(string, jsontext.Value)) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		path := prefix + name.String()
		if d.PeekKind() == '{' && depth < jsonDepth {
			if err := walkObject(d, path+".", depth+1, fn); err != nil {
				return err
			}
			continue
		}
		value, err := d.ReadValue()
		if err != nil {
			return err
		}
		fn(path, value)
	}
	_, err := d.ReadToken()
	return err
}

func elements(array jsontext.Value) []jsontext.Value {
	d := jsontext.NewDecoder(bytes.NewReader(array), jsonOptions...)
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	var out []jsontext.Value
	for d.PeekKind() == '{' {
		value, err := d.ReadValue()
		if err != nil {
			return out
		}
		out = append(out, value.Clone())
	}
	return out
}

// readJSON begins a reading.
func (t *Table) readJSON(ctx context.Context, in inputs, form jsonForm, shape *jsonShape, opts Options) (*Rows, error) {
	values, err := t.jsonValues(in, form, opts)
	if err != nil {
		return nil, err
	}
	var (
		cells = make([][]byte, len(shape.columns))
		store []byte
		lines []jsontext.Value
	)
	set := func(path string, value jsontext.Value) {
		if i, ok := shape.index[path]; ok {
			from := len(store)
			store = appendScalar(store, value)
			cells[i] = store[from:]
		}
	}
	rows := &Rows{ctx: ctx, close: values.close, done: values.done}
	rows.row.Encoding = charset.UTF8
	rows.next = func(row *Row) error {
		row.Cells = cells
		if len(lines) > 0 { // further lines of the object at hand
			err := walkJSON(lines[0], func(path string, value jsontext.Value) { set(shape.lines+"."+path, value) })
			lines = lines[1:]
			return err
		}
		clear(cells)
		store = store[:0]
		value, line, p, err := values.next()
		if err != nil {
			return err
		}
		row.Line = line
		if p != nil {
			row.Problem, row.Cells = p, [][]byte{value}
			return nil
		}
		err = walkJSON(value, func(path string, v jsontext.Value) {
			if path == shape.lines && v.Kind() == '[' {
				lines = elements(v)
				return
			}
			set(path, v)
		})
		if err != nil {
			row.Problem, row.Cells = problem("json_broken", -1), [][]byte{value}
			return nil //nolint:nilerr // told in the row, the others go on
		}
		if len(lines) > 0 {
			return rows.next(row)
		}
		return nil
	}
	return rows, nil
}

// appendScalar appends the text of a value: strings without quotes, null as nothing, arrays and
// objects as JSON.
func appendScalar(dst []byte, value jsontext.Value) []byte {
	switch value.Kind() {
	case '"':
		out, err := jsontext.AppendUnquote(dst, value)
		if err != nil {
			return dst
		}
		return out
	case 'n':
		return dst
	}
	return append(dst, value...)
}

// jsonValues hands out the objects of a file.
type jsonValues struct {
	*reading
	next func() (value jsontext.Value, line int64, p *Problem, err error)
}

func (t *Table) jsonValues(in inputs, form jsonForm, opts Options) (*jsonValues, error) {
	raw, err := in.open()
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, raw, int64(t.Encoding.BOM)); err != nil {
		return nil, broken(err)
	}
	var r io.Reader = raw
	if t.Encoding.Encoding != charset.UTF8 {
		r = transform.NewReader(raw, t.Encoding.Encoding.Decoder())
	}
	v := &jsonValues{reading: raw}
	if form == jsonLines {
		v.next = oneLineEach(r, opts.Limits.RowSize)
	} else {
		v.next = oneAfterAnother(r, form == jsonArray, opts.Limits.RowSize)
	}
	return v, nil
}

func oneLineEach(r io.Reader, limit int) func() (jsontext.Value, int64, *Problem, error) {
	b := bufio.NewReaderSize(r, 256<<10)
	var line int64
	var buf []byte
	return func() (jsontext.Value, int64, *Problem, error) {
		for {
			line++
			buf = buf[:0]
			long := false
			for {
				part, err := b.ReadSlice('\n')
				if long = long || len(buf)+len(part) > limit; !long {
					buf = append(buf, part...)
				}
				if err == nil {
					break
				}
				if errors.Is(err, io.EOF) {
					if len(buf) == 0 && !long {
						return nil, 0, nil, io.EOF
					}
					break
				}
				if !errors.Is(err, bufio.ErrBufferFull) {
					return nil, 0, nil, broken(err)
				}
			}
			value := jsontext.Value(bytes.TrimSpace(buf))
			switch {
			case long:
				return value[:min(len(value), 200)], line, problem("row_too_long", -1, "limit", limit), nil
			case len(value) == 0:
				continue
			case value[0] != '{' || !value.IsValid(jsonOptions...):
				return value, line, problem("json_broken", -1), nil
			}
			return value, line, nil, nil
		}
	}
}

// lineReader knows on which line each byte lies, and stops values that grow without end.
type lineReader struct {
	io.Reader
	n      int64
	breaks []int64 // places of line breaks not passed yet
	line   int64
	from   int64 // where the value at hand begins
	limit  int64
}

func (l *lineReader) Read(p []byte) (int, error) {
	if l.n-l.from > l.limit {
		return 0, hitori.NewError(hitori.Invalid, "import_json_broken", "line", l.line)
	}
	n, err := l.Reader.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.breaks = append(l.breaks, l.n+int64(i))
		}
	}
	l.n += int64(n)
	return n, err
}

func (l *lineReader) at(offset int64) int64 {
	passed := 0
	for passed < len(l.breaks) && l.breaks[passed] < offset {
		passed++
	}
	l.line += int64(passed)
	l.breaks = append(l.breaks[:0], l.breaks[passed:]...)
	return l.line
}

// oneAfterAnother reads values that span lines. A syntax error ends the reading, since nobody
// can tell where the next value begins.
func oneAfterAnother(r io.Reader, array bool, limit int) func() (jsontext.Value, int64, *Problem, error) {
	l := &lineReader{Reader: r, line: 1, limit: int64(limit) + 256<<10}
	d := jsontext.NewDecoder(l, jsonOptions...)
	fail := func(err error) (jsontext.Value, int64, *Problem, error) {
		if errors.Is(err, io.EOF) && !array {
			return nil, 0, nil, io.EOF
		}
		var e *hitori.Error
		if errors.As(err, &e) {
			return nil, 0, nil, e
		}
		offset := d.InputOffset()
		var syntax *jsontext.SyntacticError
		if errors.As(err, &syntax) {
			offset = syntax.ByteOffset
		}
		return nil, 0, nil, hitori.NewError(hitori.Invalid, "import_json_broken", "line", l.at(offset)).Because(err)
	}
	opened := false
	return func() (jsontext.Value, int64, *Problem, error) {
		if array && !opened {
			if _, err := d.ReadToken(); err != nil {
				return fail(err)
			}
			opened = true
		}
		l.from = d.InputOffset()
		kind := d.PeekKind()
		if array && kind == ']' {
			return nil, 0, nil, io.EOF
		}
		value, err := d.ReadValue()
		if err != nil {
			return fail(err)
		}
		line := l.at(d.InputOffset() - int64(len(value)))
		if kind != '{' {
			return value, line, problem("json_broken", -1), nil
		}
		return value, line, nil, nil
	}
}
