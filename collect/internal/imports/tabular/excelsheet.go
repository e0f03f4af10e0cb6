package tabular

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// sheetReader reads the rows of a sheet.
type sheetReader struct {
	book  *book
	xml   *xmlScanner
	line  int64
	cells [][]byte
	store []byte
	value []byte
}

// next reads a row. Cells of earlier rows are overwritten.
func (s *sheetReader) next(row *Row) error {
	for {
		tag, err := s.xml.next()
		if err != nil {
			return err
		}
		switch tag {
		case "row":
			s.line = max(s.line+1, s.xml.number("r"))
			row.Line = s.line
			return s.readRow(row)
		case "/sheetData":
			return io.EOF
		}
	}
}

func (s *sheetReader) readRow(row *Row) error {
	s.cells, s.store = s.cells[:0], s.store[:0]
	column := -1
	for {
		tag, err := s.xml.next()
		if err != nil {
			return err
		}
		switch tag {
		case "/row":
			row.Cells = s.cells
			return nil
		case "c":
			column++
			if at := columnOf(s.xml.attr("r")); at >= 0 {
				column = at
			}
			kind, style := kindOf(s.xml.attr("t")), s.xml.number("s")
			if err := s.readCell(); err != nil {
				return err
			}
			if column < 0 || column >= s.book.limits.Columns {
				continue
			}
			for len(s.cells) <= column {
				s.cells = append(s.cells, nil)
			}
			from := len(s.store)
			if s.store, err = s.book.appendValue(s.store, s.value, kind, style); err != nil {
				return err
			}
			s.cells[column] = s.store[from:]
		}
	}
}

// readCell collects the text of <v> or <is> into s.value, without the furigana.
func (s *sheetReader) readCell() error {
	s.value = s.value[:0]
	phonetic := false
	for {
		tag, err := s.xml.next()
		if err != nil {
			return err
		}
		switch tag {
		case "/c":
			return nil
		case "rPh":
			phonetic = true
		case "/rPh":
			phonetic = false
		case "v", "t":
			if phonetic {
				continue
			}
			if tag, err = s.xml.text(&s.value); err != nil {
				return err
			}
			if len(s.value) > s.book.limits.CellSize {
				return errXML
			}
			if tag == "/c" {
				return nil
			}
		}
	}
}

// cellKind is the type of a cell.
type cellKind uint8

const (
	numberCell cellKind = iota
	sharedCell
	stringCell
	boolCell
	otherCell // errors and ISO dates, which are text already
)

func kindOf(t []byte) cellKind {
	switch string(t) {
	case "", "n":
		return numberCell
	case "s":
		return sharedCell
	case "str", "inlineStr":
		return stringCell
	case "b":
		return boolCell
	}
	return otherCell
}

// appendValue writes a cell as text: dates as "2024-05-01 13:05:09", numbers in plain digits.
func (b *book) appendValue(dst, value []byte, kind cellKind, style int64) ([]byte, error) {
	switch kind {
	case sharedCell:
		n, err := strconv.Atoi(string(value))
		if err != nil {
			return dst, nil //nolint:nilerr // what names no text is an empty cell
		}
		return b.shared.append(dst, n)
	case stringCell:
		return append(dst, unescapeControl(value)...), nil
	case boolCell:
		if string(value) == "1" {
			return append(dst, "true"...), nil
		}
		return append(dst, "false"...), nil
	case otherCell:
		return append(dst, value...), nil
	}
	if len(value) == 0 {
		return dst, nil
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return append(dst, value...), nil //nolint:nilerr // what is no number stays as it stands
	}
	var form cellStyle
	if style >= 0 && style < int64(len(b.styles)) {
		form = b.styles[style]
	}
	if form.date && f >= 0 && f < 2958466 { // until 9999-12-31
		return b.appendDate(dst, f), nil
	}
	return appendExcelNumber(dst, value, f, form.digits), nil
}

func (b *book) appendDate(dst []byte, days float64) []byte {
	t := japanese.FromSerial(days, b.date1904, time.UTC)
	switch {
	case days < 1:
		return t.AppendFormat(dst, time.TimeOnly)
	case days == math.Trunc(days):
		return t.AppendFormat(dst, time.DateOnly)
	}
	return t.AppendFormat(dst, time.DateTime)
}

// appendExcelNumber writes a number without exponent and without the noise beyond the 15 digits
// Excel keeps, with leading zeros where its format asks for them (0600001).
func appendExcelNumber(dst, text []byte, f float64, digits int) []byte {
	from := len(dst)
	if len(text) > 15 || strings.ContainsAny(string(text), "eE") {
		if short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
			f = short
		}
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	} else {
		dst = append(dst, text...)
	}
	for n := len(dst) - from; n < digits && f >= 0 && f == math.Trunc(f); n++ {
		dst = append(dst, 0)
		copy(dst[from+1:], dst[from:])
		dst[from] = '0'
	}
	return dst
}

// columnOf reads the column of a reference like "BC12", counted from 0, -1 when there is none.
func columnOf(ref []byte) int {
	n := 0
	for i, c := range ref {
		if c < 'A' || c > 'Z' || i > 3 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// sharedText holds the strings that cells refer to by number.
type sharedText struct {
	limit   int64
	ends    []int64
	memory  []byte
	file    *os.File
	written int64 // to the file; it holds the first strings, memory the rest
}

// maxShared bounds how many shared strings there may be; their places are kept in memory.
const maxShared = 20_000_000

func (s *sharedText) append(dst []byte, n int) ([]byte, error) {
	if n < 0 || n >= len(s.ends) {
		return dst, nil
	}
	from := int64(0)
	if n > 0 {
		from = s.ends[n-1]
	}
	to := s.ends[n]
	if from >= s.written {
		return append(dst, s.memory[from-s.written:to-s.written]...), nil
	}
	at := len(dst)
	dst = append(dst, make([]byte, to-from)...)
	_, err := s.file.ReadAt(dst[at:], from)
	return dst, err
}

// readShared reads all shared strings, without their furigana.
func (b *book) readShared(ctx context.Context, t *Table, tempDir string) error {
	r, err := b.part("xl/sharedStrings.xml")
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = r.close() }()
	x := newXMLScanner(contextReader{ctx, r})
	var (
		s        = b.shared
		w        *bufio.Writer
		value    []byte
		phonetic bool
		total    int64
	)
	for {
		tag, err := x.next()
		if errors.Is(err, io.EOF) || tag == "/sst" {
			break
		}
		if err != nil {
			return err
		}
		switch tag {
		case "si":
			value = value[:0]
		case "rPh":
			phonetic = true
		case "/rPh":
			phonetic = false
		case "t":
			if phonetic {
				continue
			}
			if _, err := x.text(&value); err != nil {
				return err
			}
		case "/si":
			value = unescapeControl(value)
			if len(value) > b.limits.CellSize || len(s.ends) >= maxShared {
				return hitori.NewError(hitori.TooLarge, "import_too_large", "bytes", total)
			}
			total += int64(len(value))
			s.ends = append(s.ends, total)
			if w == nil && total > s.limit {
				if s.file, err = t.temp(tempDir); err != nil {
					return err
				}
				w = bufio.NewWriterSize(s.file, 256<<10)
				if _, err := w.Write(s.memory); err != nil {
					return err
				}
				s.memory = nil
			}
			if w == nil {
				s.memory = append(s.memory, value...)
			} else if _, err := w.Write(value); err != nil {
				return err
			}
		}
	}
	if w != nil {
		s.written = total
		return w.Flush()
	}
	return nil
}
