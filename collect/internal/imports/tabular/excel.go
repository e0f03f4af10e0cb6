package tabular

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
)

// Excel files are read here and not by a library for three reasons, each measured or seen with
// excelize v2.11: it takes 73 µs for a row of 15 cells; it holds the whole file in memory; and it
// gives a date either as the number that is stored or as the text its format makes, "5/1" for
// 2024-05-01, and not as a date. The tests let it write the files and compare.

// book is what a workbook says about itself.
type book struct {
	zip      *zip.Reader
	sheets   []bookSheet
	date1904 bool
	styles   []cellStyle
	shared   *sharedText
	limits   Limits
}

type bookSheet struct{ name, part string }

// maxBookXML bounds the small parts of a workbook, which are read whole.
const maxBookXML = 32 << 20

func (t *Table) openExcel(ctx context.Context, z *zip.Reader, opts Options) error {
	b := &book{zip: z, limits: opts.Limits}
	if err := b.readWorkbook(); err != nil {
		return broken(err)
	}
	if err := b.readStyles(); err != nil {
		return broken(err)
	}
	b.shared = &sharedText{limit: opts.Limits.SharedText}
	if err := b.readShared(ctx, t, opts.TempDir); err != nil {
		return broken(err)
	}
	t.Format = Excel
	for _, s := range b.sheets {
		t.Sheets = append(t.Sheets, s.name)
	}
	for _, s := range b.sheets {
		if opts.Sheet != "" && s.name != opts.Sheet {
			continue
		}
		head, err := b.headRows(ctx, s)
		if err != nil {
			return broken(err)
		}
		if len(head) == 0 && opts.Sheet == "" {
			continue
		}
		return t.openSheet(b, s, head, opts)
	}
	if opts.Sheet != "" {
		return hitori.NewError(hitori.Invalid, "import_sheet_unknown", "sheet", opts.Sheet, "sheets",
			strings.Join(t.Sheets, ", "))
	}
	return hitori.NewError(hitori.Invalid, "import_empty")
}

func (t *Table) openSheet(b *book, s bookSheet, head []textRow, opts Options) error {
	header, err := findHeader(head, opts)
	if err != nil {
		return err
	}
	if len(header.cells) > opts.Limits.Columns {
		return hitori.NewError(hitori.Invalid, "import_too_many_columns", "limit", opts.Limits.Columns)
	}
	t.Sheet, t.Columns, t.HeaderLine = s.name, unique(header.cells), header.line
	after := int64(0) // the number of the last row before the data
	if header.rows > 0 {
		after = head[header.rows-1].line
	}
	if t.Rows = int64(len(head) - header.rows); len(head) < headRowCount {
		t.RowsExact = true
	} else if last := b.lastRow(s); last > after {
		t.Rows = last - after
	}
	width := len(t.Columns)
	t.open = func(ctx context.Context) (*Rows, error) {
		rows, err := b.readSheet(ctx, s)
		if err != nil {
			return nil, broken(err)
		}
		next := rows.next
		rows.next = func(row *Row) error {
			for {
				if err := next(row); err != nil {
					return finish(err)
				}
				if row.Line <= after {
					continue
				}
				if len(row.Cells) > width {
					row.Problem = ragged(row, width)
				}
				return nil
			}
		}
		return rows, nil
	}
	return nil
}

// headRows returns the first rows of a sheet.
func (b *book) headRows(ctx context.Context, s bookSheet) ([]textRow, error) {
	rows, err := b.readSheet(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var head []textRow
	for len(head) < headRowCount {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		text := textRow{line: row.Line, cells: make([]string, len(row.Cells))}
		for i, cell := range row.Cells {
			text.cells[i] = string(cell)
		}
		head = append(head, text)
	}
	return head, nil
}

func (b *book) readWorkbook() error {
	var workbook struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.unmarshal("xl/workbook.xml", &workbook); err != nil {
		return err
	}
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := b.unmarshal("xl/_rels/workbook.xml.rels", &relations); err != nil {
		return err
	}
	parts := map[string]string{}
	for _, r := range relations.List {
		if parts[r.ID] = path.Join("xl", r.Target); strings.HasPrefix(r.Target, "/") {
			parts[r.ID] = strings.TrimPrefix(r.Target, "/")
		}
	}
	b.date1904 = workbook.Properties.Date1904 == "1" || workbook.Properties.Date1904 == "true"
	for _, s := range workbook.Sheets {
		for _, a := range s.Attr {
			if a.Name.Local == "id" && parts[a.Value] != "" {
				b.sheets = append(b.sheets, bookSheet{s.Name, parts[a.Value]})
			}
		}
	}
	return nil
}

func (b *book) unmarshal(part string, v any) error {
	r, err := b.part(part)
	if err != nil {
		return err
	}
	defer func() { _ = r.close() }()
	return xml.NewDecoder(io.LimitReader(r, maxBookXML)).Decode(v)
}

// part opens one file of the archive. It returns [errNoPart] when there is none.
func (b *book) part(name string) (*reading, error) {
	for _, f := range b.zip.File {
		if strings.EqualFold(f.Name, name) {
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			c := &counter{Reader: guarded(r, int64(f.CompressedSize64), b.limits)}
			return &reading{c, r.Close, c.of(int64(f.UncompressedSize64))}, nil
		}
	}
	return nil, errNoPart
}

var errNoPart = errors.New("no such part in the workbook")

// lastRow is the number of the last row as the sheet declares it, 0 when it does not.
func (b *book) lastRow(s bookSheet) int64 {
	r, err := b.part(s.part)
	if err != nil {
		return 0
	}
	defer func() { _ = r.close() }()
	x := newXMLScanner(r)
	for range 50 {
		tag, err := x.next()
		if err != nil || tag == "sheetData" {
			return 0
		}
		if tag == "dimension" {
			_, to, _ := strings.Cut(string(x.attr("ref")), ":")
			n, _ := strconv.ParseInt(strings.TrimLeft(to, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"), 10, 64)
			return n
		}
	}
	return 0
}

// readSheet begins a reading of all rows of a sheet.
func (b *book) readSheet(ctx context.Context, s bookSheet) (*Rows, error) {
	r, err := b.part(s.part)
	if err != nil {
		return nil, err
	}
	sheet := &sheetReader{book: b, xml: newXMLScanner(r)}
	rows := &Rows{ctx: ctx, next: sheet.next, close: r.close, done: r.done}
	rows.row.Encoding = charset.UTF8
	return rows, nil
}
