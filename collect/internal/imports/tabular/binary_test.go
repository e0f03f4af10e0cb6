package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"github.com/hitori-cdp/hitori"
)

// workbook lets excelize write a file.
func workbook(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestExcelDates(t *testing.T) {
	at := time.Date(2024, 5, 1, 13, 5, 9, 0, time.UTC)
	formats := []struct {
		id   int
		code string
		want string
	}{
		{14, "", "2024-05-01 13:05:09"},
		{22, "", "2024-05-01 13:05:09"},
		{31, "", "2024-05-01 13:05:09"}, // yyyy"年"m"月"d"日" of the Japanese edition
		{57, "", "2024-05-01 13:05:09"},
		{0, "yyyy/m/d h:mm", "2024-05-01 13:05:09"},
		{0, `yyyy"年"m"月"d"日"`, "2024-05-01 13:05:09"},
		{0, `[$-411]ggge"年"m"月"d"日"`, "2024-05-01 13:05:09"},
		{0, `[$-411]ge.m.d`, "2024-05-01 13:05:09"},
		{0, `[$-F800]dddd, mmmm dd, yyyy`, "2024-05-01 13:05:09"},
		{0, "m/d", "2024-05-01 13:05:09"},
		{0, "#,##0", "45413.5452430556"},
		{0, `0.00E+00`, "45413.5452430556"},
		{0, `"d"0`, "45413.5452430556"},
		{0, "[h]:mm", "45413.5452430556"},
		{0, "[Red]#,##0;[Blue]-#,##0", "45413.5452430556"},
	}
	b := workbook(t, func(f *excelize.File) {
		for i, format := range formats {
			style := &excelize.Style{NumFmt: format.id}
			if format.code != "" {
				style.CustomNumFmt = &format.code
			}
			id, err := f.NewStyle(style)
			must(t, err)
			header, _ := excelize.CoordinatesToCellName(i+1, 1)
			cell, _ := excelize.CoordinatesToCellName(i+1, 2)
			must(t, f.SetCellValue("Sheet1", header, "列"+strconv.Itoa(i)))
			must(t, f.SetCellValue("Sheet1", cell, at))
			must(t, f.SetCellStyle("Sheet1", cell, cell, id))
		}
	})
	table := open(t, b, Options{})
	rows, err := table.Read(t.Context())
	must(t, err)
	row, err := rows.Next()
	must(t, err)
	for i, format := range formats {
		if got := string(row.Cells[i]); got != format.want {
			t.Errorf("format %d %q: %s, want %s", format.id, format.code, got, format.want)
		}
	}
}

func TestExcelCells(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		must(t, f.SetSheetName("Sheet1", "空"))
		_, err := f.NewSheet("受注")
		must(t, err)
		zeros := "0000000"
		code, err := f.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
		must(t, err)
		set := func(cell string, v any) { must(t, f.SetCellValue("受注", cell, v)) }
		set("A1", "受注一覧")
		set("A3", "注文番号")
		set("B3", "JAN")
		set("C3", "郵便番号")
		set("D3", "合計")
		set("E3", "有効")
		set("F3", "備考")
		set("A4", "00123")
		set("B4", 4901234567894)
		set("C4", 600001)
		must(t, f.SetCellStyle("受注", "C4", "C4", code))
		set("D4", 0.1+0.2)
		set("E4", true)
		set("F4", "a<b>&\"c\"\n改行")
		set("A6", "A-2") // row 5 is empty, and so are the cells to the right
		must(t, f.SetCellRichText("受注", "F6", []excelize.RichTextRun{{Text: "太"}, {Text: "字"}}))
		must(t, f.SetCellFormula("受注", "D6", "1+2"))
	})
	table := open(t, b, Options{})
	if table.Sheet != "受注" || !slices.Equal(table.Sheets, []string{"空", "受注"}) || table.HeaderLine != 3 {
		t.Errorf("sheet %s of %v, header on line %d", table.Sheet, table.Sheets, table.HeaderLine)
	}
	want := []string{"4: 00123|4901234567894|0600001|0.3|true|a<b>&\"c\"\n改行", "6: A-2|||||太字"}
	if got := dump(t, table); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	_, err := Open(t.Context(), source(b), Options{Sheet: "在庫"})
	var e *hitori.Error
	if !errors.As(err, &e) || e.Key != "import_sheet_unknown" || e.Args["sheets"] != "空, 受注" {
		t.Errorf("%v", err)
	}
}

// Furigana stands beside the text in the file and is no part of it.
func TestExcelFurigana(t *testing.T) {
	b := zipped(t, map[string][]byte{
		"xl/workbook.xml":            []byte(`<?xml version="1.0"?><x:workbook xmlns:x="m" xmlns:r="o"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="S" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>`),
		"xl/_rels/workbook.xml.rels": []byte(`<Relationships><Relationship Id="rId1" Target="/xl/worksheets/s.xml"/></Relationships>`),
		"xl/styles.xml":              []byte(`<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`),
		"xl/sharedStrings.xml":       []byte(`<sst><si><t>氏名</t><rPh sb="0" eb="2"><t>シメイ</t></rPh><phoneticPr fontId="1"/></si><si><r><t>山</t></r><r><t xml:space="preserve">田 </t></r><rPh><t>ヤマダ</t></rPh></si><si/><si><t>_x000D_x<![CDATA[<y>]]></t></si></sst>`),
		"xl/worksheets/s.xml": []byte(`<x:worksheet><!-- > --><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>日付</x:t></x:is></x:c><x:c r="C1" t="str"><x:v>備考</x:v></x:c></x:row>` +
			`<x:row r="2"><x:c r="A2" t="s"><x:v>1</x:v></x:c><x:c r="B2" s="1"><x:v>43951</x:v></x:c><x:c r="C2" t="s"><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>`),
	})
	table := open(t, b, Options{})
	if !slices.Equal(table.Columns, []string{"氏名", "日付", "備考"}) {
		t.Errorf("%q", table.Columns)
	}
	if got := dump(t, table); !slices.Equal(got, []string{"2: 山田 |2024-05-01|\rx<y>"}) {
		t.Errorf("%q", got)
	}
}

// Random sheets come out as excelize reads them, with shared strings in memory and in a file.
func TestExcelAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	b := workbook(t, func(f *excelize.File) {
		for i := range 300 {
			for j := range 8 {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				switch v := r.IntN(1_000_000); {
				case i == 0:
					must(t, f.SetCellValue("Sheet1", cell, fmt.Sprintf("列%d", j)))
				case r.IntN(5) == 0:
				case j%2 == 0:
					must(t, f.SetCellValue("Sheet1", cell, fmt.Sprintf("値 & <%d>", v%50)))
				default:
					must(t, f.SetCellValue("Sheet1", cell, float64(v)/100))
				}
			}
		}
	})
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true})
	must(t, err)
	want, err := f.GetRows("Sheet1")
	must(t, err)
	for _, shared := range []int64{0, 20} {
		table := open(t, b, Options{Limits: Limits{SharedText: shared}})
		rows, err := table.Read(t.Context())
		must(t, err)
		n := 0
		for {
			row, err := rows.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			must(t, err)
			n++
			for i, cell := range want[row.Line-1] {
				got, _ := row.Append(nil, i)
				if string(got) != cell {
					t.Fatalf("row %d column %d: %q, excelize reads %q", row.Line, i, got, cell)
				}
			}
		}
		if n < 299 {
			t.Errorf("%d rows", n)
		}
	}
}

func TestExcelDamaged(t *testing.T) {
	b := workbook(t, func(f *excelize.File) { must(t, f.SetCellValue("Sheet1", "A1", "x")) })
	for _, cut := range []int{100, len(b) / 2, len(b) - 10} {
		if _, err := Open(t.Context(), source(b[:cut]), Options{}); hitori.ErrorCode(err) != hitori.Invalid {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
	endless := zipped(t, map[string][]byte{
		"xl/workbook.xml":            []byte(`<workbook xmlns:r="o"><sheets><sheet name="S" r:id="a"/></sheets></workbook>`),
		"xl/_rels/workbook.xml.rels": []byte(`<Relationships><Relationship Id="a" Target="s.xml"/></Relationships>`),
		"xl/s.xml":                   append([]byte(`<worksheet><sheetData><row><c t="str"><v>`), bytes.Repeat([]byte("x"), 6<<20)...),
	})
	if _, err := Open(t.Context(), source(endless), Options{}); hitori.ErrorCode(err) != hitori.Invalid {
		t.Errorf("a cell without end: %v", err)
	}
}

type parquetOrder struct {
	ID      string    `parquet:"注文番号"`
	At      time.Time `parquet:"at,timestamp(millisecond)"`
	Day     int32     `parquet:"day,date"`
	Total   int64     `parquet:"total,decimal(2:12)"`
	Weight  float64   `parquet:"weight"`
	Member  bool      `parquet:"member"`
	Note    *string   `parquet:"note,optional"`
	Address struct {
		City string `parquet:"city"`
	} `parquet:"address"`
	Tags []string `parquet:"tags,list"`
}

func TestParquet(t *testing.T) {
	note := "備考,あり"
	orders := make([]parquetOrder, 1000)
	for i := range orders {
		o := &orders[i]
		o.ID, o.At, o.Day = fmt.Sprintf("A-%d", i), time.Date(2024, 5, 1, 4, 5, 9, 0, time.UTC), 19844
		o.Total, o.Weight, o.Member, o.Tags = -123450, 1.5, true, []string{"a", "b"}
		o.Address.City = "港区"
		if i%2 == 0 {
			o.Note = &note
		}
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[parquetOrder](&b, parquet.Compression(&parquet.Zstd))
	for half := range 2 { // two row groups
		_, err := w.Write(orders[half*500 : half*500+500])
		must(t, err)
		must(t, w.Flush())
	}
	must(t, w.Close())
	for name, file := range map[string][]byte{"plain": b.Bytes(), "gzip": gzipped(t, b.Bytes())} {
		table := open(t, file, Options{})
		if got := strings.Join(table.Columns, "|"); got != "注文番号|at|day|total|weight|member|note|address.city|tags.list.element" {
			t.Errorf("%s: %s", name, got)
		}
		got := dump(t, table)
		if len(got) != 1000 || table.Rows != 1000 || !table.RowsExact {
			t.Fatalf("%s: %d rows", name, len(got))
		}
		if want := "1: A-0|2024-05-01T04:05:09Z|2024-05-01|-1234.50|1.5|true|備考,あり|港区|a,b"; got[0] != want {
			t.Errorf("%s: %s", name, got[0])
		}
		if want := "1000: A-999|2024-05-01T04:05:09Z|2024-05-01|-1234.50|1.5|true||港区|a,b"; got[999] != want {
			t.Errorf("%s: %s", name, got[999])
		}
	}
	damaged := bytes.Clone(b.Bytes())
	for i := 50; i < 400; i++ {
		damaged[i] ^= 0x5A
	}
	if table, err := Open(t.Context(), source(damaged), Options{}); err == nil {
		got := dump(t, table)
		if last := got[len(got)-1]; !strings.Contains(last, "import_broken") {
			t.Errorf("damage was not seen: %s", last)
		}
	}
}
