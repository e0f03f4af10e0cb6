package tabular

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
)

func source(b []byte) Source {
	return Source{ReaderAt: bytes.NewReader(b), Size: int64(len(b)), Name: "test"}
}

func open(t *testing.T, b []byte, opts Options) *Table {
	t.Helper()
	opts.TempDir = t.TempDir()
	table, err := Open(t.Context(), source(b), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	})
	return table
}

// dump writes each row as "line: a|b|c", problems as "line: !key column".
func dump(t *testing.T, table *Table) []string {
	t.Helper()
	rows, err := table.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			return append(out, "error: "+err.Error())
		}
		if row.Problem != nil {
			out = append(out, fmt.Sprintf("%d: !%s %d", row.Line, row.Problem.Key, row.Problem.Column))
			continue
		}
		cells := make([]string, len(row.Cells))
		for i := range cells {
			cell, p := row.Append(nil, i)
			cells[i] = string(cell)
			if p != nil {
				cells[i] = "!" + p.Args["bytes"]
			}
		}
		out = append(out, fmt.Sprintf("%d: %s", row.Line, strings.Join(cells, "|")))
	}
}

func TestCSV(t *testing.T) {
	tests := []struct {
		name, in string
		columns  string
		line     int64
		rows     []string
	}{
		{
			"plain", "a,b,c\n1,2,3\n4,5,6\n", "a|b|c", 1,
			[]string{"2: 1|2|3", "3: 4|5|6"},
		},
		{
			"no line break at the end, CR LF, blank lines", "a,b,c\r\n1,2,3\r\n\r\n,,\r\n4,5,6", "a|b|c", 1,
			[]string{"2: 1|2|3", "5: 4|5|6"},
		},
		{
			"CR only", "a,b,c\r1,2,3\r4,5,6\r", "a|b|c", 1,
			[]string{"2: 1|2|3", "3: 4|5|6"},
		},
		{
			"quotes, line breaks inside", "a,b,c\n\"1,\"\"x\"\"\",\"two\nlines\",3\n4,5,6\n", "a|b|c", 1,
			[]string{"2: 1,\"x\"|two\nlines|3", "4: 4|5|6"},
		},
		{
			"quotes where none belong", "a,b,c\n5\" pipe,\"say \"hi\" now\",\"x\" \n4,5,6\n", "a|b|c", 1,
			[]string{"2: 5\" pipe|say \"hi\" now|x", "3: 4|5|6"},
		},
		{
			"ragged rows and trailing commas", "a,b,c\n1,2\n1,2,3,4\n1,2,3,,,\n4,5,6\n", "a|b|c", 1,
			[]string{"2: !row_short 1", "3: !row_long 3", "4: 1|2|3", "5: 4|5|6"},
		},
		{
			"a quote left open costs its line", "a,b,c\n1,\"2,3\n4,\"5\",6\n7,8,9\n", "a|b|c", 1,
			[]string{"2: !quote_unclosed 2", "3: 4|5|6", "4: 7|8|9"},
		},
		{
			"a quote left open at the end", "a,b,c\n4,5,6\n1,\"2,3\n7,8,9\n", "a|b|c", 1,
			[]string{"2: 4|5|6", "3: !quote_unclosed 2", "4: 7|8|9"},
		},
		{
			"titles above the header", "受注一覧\n出力日,2024/05/01\n\n注文番号,合計,備考\nA-1,100,x\nA-2,200,\n", "注文番号|合計|備考", 4,
			[]string{"5: A-1|100|x", "6: A-2|200|"},
		},
		{
			"double and empty headers, header ends in commas", "送料,,送料,名前,,\n1,2,3,4,,\n", "送料|#2|送料 (2)|名前", 1,
			[]string{"2: 1|2|3|4"},
		},
		{
			"no header", "1001,tanaka@example.jp,2024/05/01\n1002,sato@example.jp,2024/05/02\n", "#1|#2|#3", 0,
			[]string{"1: 1001|tanaka@example.jp|2024/05/01", "2: 1002|sato@example.jp|2024/05/02"},
		},
		{
			"tabs", "a\tb,x\tc\n1\t2,5\t3\n", "a|b,x|c", 1,
			[]string{"2: 1|2,5|3"},
		},
		{
			"semicolons", "a;b;c\n1,5;2;3\n2,5;2;3\n", "a|b|c", 1,
			[]string{"2: 1,5|2|3", "3: 2,5|2|3"},
		},
		{
			"NUL bytes, byte order mark, end of file of DOS", "\xEF\xBB\xBFa,b\n1\x00,2\n\x1a", "a|b", 1,
			[]string{"2: 1|2"},
		},
		{"spreadsheet quotes in the header", "=\"a\",'b\n1,2\n", "a|b", 1, []string{"2: 1|2"}},
		{"one column", "email\na@example.jp\nb@example.jp\n", "email", 1, []string{"2: a@example.jp", "3: b@example.jp"}},
		{"a header and nothing else", "注文番号,合計\n", "注文番号|合計", 1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table := open(t, []byte(test.in), Options{})
			if got := strings.Join(table.Columns, "|"); got != test.columns || table.HeaderLine != test.line {
				t.Errorf("columns %s on line %d", got, table.HeaderLine)
			}
			if got := dump(t, table); !slices.Equal(got, test.rows) {
				t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.rows, "\n"))
			}
			if again := dump(t, table); !slices.Equal(again, test.rows) {
				t.Error("the second reading differs")
			}
		})
	}
}

const japaneseCSV = "注文番号,お名前,備考\r\nA-1,山田太郎,能力表ソ\r\nA-2,佐藤花子,ー\r\n"

func TestEncodings(t *testing.T) {
	encoders := map[charset.Encoding]func(string) ([]byte, error){
		charset.UTF8:      func(s string) ([]byte, error) { return []byte(s), nil },
		charset.ShiftJIS:  func(s string) ([]byte, error) { return japanese.ShiftJIS.NewEncoder().Bytes([]byte(s)) },
		charset.EUCJP:     func(s string) ([]byte, error) { return japanese.EUCJP.NewEncoder().Bytes([]byte(s)) },
		charset.ISO2022JP: func(s string) ([]byte, error) { return japanese.ISO2022JP.NewEncoder().Bytes([]byte(s)) },
		charset.UTF16LE: func(s string) ([]byte, error) {
			return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s))
		},
		charset.UTF16BE: func(s string) ([]byte, error) {
			return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(s))
		},
	}
	for encoding, encode := range encoders {
		for _, delimiter := range []string{",", "\t", "|"} {
			b, err := encode(strings.ReplaceAll(japaneseCSV, ",", delimiter))
			if err != nil {
				t.Fatal(err)
			}
			table := open(t, b, Options{})
			if table.Encoding.Encoding != encoding || string(table.Delimiter) != delimiter {
				t.Errorf("%v with %q: read as %v with %q", encoding, delimiter, table.Encoding.Encoding, table.Delimiter)
			}
			want := []string{"2: A-1|山田太郎|能力表ソ", "3: A-2|佐藤花子|ー"}
			if got := dump(t, table); !slices.Equal(got, want) {
				t.Errorf("%v with %q: %v", encoding, delimiter, got)
			}
		}
	}
}

func TestDamagedCharacters(t *testing.T) {
	b, _ := japanese.ShiftJIS.NewEncoder().Bytes([]byte(japaneseCSV))
	b = bytes.Replace(b, []byte("A-2,"), []byte("A-2,\x81\x20"), 1)
	got := dump(t, open(t, b, Options{}))
	if len(got) != 2 || got[1] != "3: A-2|!81 20|ー" {
		t.Errorf("%q", got)
	}
}

func TestChosenEncodingAndHeader(t *testing.T) {
	table := open(t, []byte("x,y\n1,2\nid,total\n3,4\n"), Options{HeaderLine: 3, Encoding: charset.ShiftJIS})
	if !slices.Equal(table.Columns, []string{"id", "total"}) || table.Encoding.Encoding != charset.ShiftJIS {
		t.Errorf("%v", table.Columns)
	}
	table = open(t, []byte("x,y\n1,2\n"), Options{HeaderLine: -1})
	if got := dump(t, table); len(got) != 2 || table.HeaderLine != 0 {
		t.Errorf("%v", got)
	}
	known := func(columns []string) bool { return slices.Contains(columns, "total") }
	table = open(t, []byte("x,y\nid,total\n3,4\n"), Options{Known: known})
	if table.HeaderLine != 2 {
		t.Errorf("the known header is on line %d", table.HeaderLine)
	}
}

func TestLineOf(t *testing.T) {
	table := open(t, []byte("a,b,c\n\"x\ny\r\nz\",\"p\rq\",r\n"), Options{})
	rows, _ := table.Read(t.Context())
	row, err := rows.Next()
	if err != nil || row.LineOf(0) != 2 || row.LineOf(1) != 4 || row.LineOf(2) != 5 {
		t.Errorf("%d %d %d %v", row.LineOf(0), row.LineOf(1), row.LineOf(2), err)
	}
}

func zipped(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompressed(t *testing.T) {
	want := []string{"2: 1|2|3"}
	plain := []byte("a,b,c\n1,2,3\n")
	for name, b := range map[string][]byte{
		"gzip":        gzipped(t, plain),
		"zip":         zipped(t, map[string][]byte{"orders.csv": plain, "__MACOSX/._orders.csv": []byte("x")}),
		"gzip in zip": zipped(t, map[string][]byte{"orders.csv.gz": gzipped(t, plain)}),
	} {
		table := open(t, b, Options{})
		if got := dump(t, table); !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
		if again := dump(t, table); !slices.Equal(again, want) {
			t.Errorf("%s: the second reading differs", name)
		}
	}
}

func TestRefused(t *testing.T) {
	random := make([]byte, 10_000)
	for i := range random {
		random[i] = byte(i * i >> 3)
	}
	manyColumns := strings.Repeat("c,", 100_000) + "c\n1,2\n"
	tests := []struct {
		name string
		in   []byte
		opts Options
		key  string
	}{
		{"nothing", nil, Options{}, "import_empty"},
		{"white space", []byte("\n\n  \n"), Options{}, "import_empty"},
		{"PDF", []byte("%PDF-1.7 ..."), Options{}, "import_format_unknown"},
		{"web page", []byte("<!DOCTYPE html><html>"), Options{}, "import_format_unknown"},
		{"old Excel", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1...."), Options{}, "import_excel_locked"},
		{"noise", random, Options{}, "import_encoding_unknown"},
		{"two files", zipped(t, map[string][]byte{"a.csv": []byte("a,b"), "b.csv": []byte("a,b")}), Options{}, "import_archive"},
		{"archives in archives", gzipped(t, gzipped(t, gzipped(t, gzipped(t, []byte("a,b\n1,2\n"))))), Options{}, "import_nested"},
		{"cut archive", gzipped(t, bytes.Repeat([]byte("a,b\n1,2\n"), 1000))[:30], Options{}, "import_broken"},
		{"cut zip", zipped(t, map[string][]byte{"a.csv": []byte("a,b")})[:20], Options{}, "import_broken"},
		{"100,001 columns", []byte(manyColumns), Options{}, "import_too_many_columns"},
		{"header line beyond the end", []byte("a,b\n1,2\n"), Options{HeaderLine: 99}, "import_no_header"},
		{"damaged Parquet", []byte("PAR1 and then something else PAR1"), Options{}, "import_broken"},
		{"JSON array without end", []byte(`[{"a":1},`), Options{}, ""},
	}
	for _, test := range tests {
		table, err := Open(t.Context(), source(test.in), test.opts)
		var e *hitori.Error
		if test.key == "" {
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		if !errors.As(err, &e) || e.Key != test.key {
			t.Errorf("%s: %v (%v), want %s", test.name, err, table, test.key)
		}
	}
}

func TestLimits(t *testing.T) {
	limits := Limits{CellSize: 100, RowSize: 1000}
	long := strings.Repeat("x", 150)
	in := "a,b,c\n1," + long + ",3\n4,5,6\n1,\"" + long + "\",3\n4,5,6\n" + strings.Repeat("1,", 2000) + "\n7,8,9\n\"" + strings.Repeat("y\n", 3000) + "\n"
	got := dump(t, open(t, []byte(in), Options{Limits: limits}))
	want := []string{"2: !cell_too_long -1", "3: 4|5|6", "4: !cell_too_long -1", "5: 4|5|6", "6: !row_long 3", "7: 7|8|9", "8: !quote_unclosed 0"}
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("%q", got[:min(len(got), 10)])
	}
}

// A line without end must neither be held in memory nor hide the rows after it.
func TestEndlessLine(t *testing.T) {
	in := "a,b,c\n1,2,3\n" + strings.Repeat("z,", 5<<20) + "\n4,5,6\n"
	got := dump(t, open(t, []byte(in), Options{}))
	if len(got) != 3 || !strings.HasPrefix(got[1], "3: !too_many_cells") || got[2] != "4: 4|5|6" {
		t.Errorf("%.200q", got)
	}
	in = "a,b,c\n1,2,3\n" + strings.Repeat("z", 10<<20) + "\r\n4,5,6\n"
	got = dump(t, open(t, []byte(in), Options{}))
	if len(got) != 3 || !strings.HasPrefix(got[1], "3: !cell_too_long") || got[2] != "4: 4|5|6" {
		t.Errorf("%.200q", got)
	}
}

func TestBomb(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	chunk := append([]byte("a,b\n"), bytes.Repeat([]byte("1,"+strings.Repeat("2", 8000)+"\n"), 130)...)
	for range 100 {
		if _, err := z.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	_ = z.Close()
	table := open(t, b.Bytes(), Options{})
	got := dump(t, table)
	if last := got[len(got)-1]; !strings.Contains(last, "import_too_large") {
		t.Errorf("the bomb went off: %s", last)
	}
}

func TestJSON(t *testing.T) {
	tests := []struct {
		name, in, columns string
		rows              []string
	}{
		{
			"lines", `{"id":1,"name":"山田","tags":["a","b"],"address":{"city":"港区"}}` + "\n\n" + `{"id":2.50,"name":null,"vip":true}` + "\n",
			"id|name|tags|address.city|vip",
			[]string{`1: 1|山田|["a","b"]|港区|`, "3: 2.50||||true"},
		},
		{
			"a broken line costs itself", "{\"id\":1}\n{\"id\":\n{\"id\":3}\n[4]\n", "id",
			[]string{"1: 1", "2: !json_broken -1", "3: 3", "4: !json_broken -1"},
		},
		{
			"array", "[\n {\"id\":1},\n {\n \"id\":2}\n]", "id",
			[]string{"2: 1", "3: 2"},
		},
		{
			"objects over several lines", "{\n\"id\":1\n}\n{\n\"id\":2\n}\n", "id",
			[]string{"1: 1", "4: 2"},
		},
		{
			"orders with lines", `{"order_id":"A","items":[{"sku":"x","qty":1},{"sku":"y","qty":2}]}` + "\n" + `{"order_id":"B","items":[]}` + "\n",
			"order_id|items.sku|items.qty",
			[]string{"1: A|x|1", "1: A|y|2", "2: B||"},
		},
		{
			"an array that breaks off", `[{"id":1},{"id":2},{"id`, "id",
			[]string{"1: 1", "1: 2", `error: invalid: import_json_broken line="1": jsontext: unexpected EOF within "/2" after offset 23`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table := open(t, []byte(test.in), Options{})
			if got := strings.Join(table.Columns, "|"); got != test.columns || table.Format != JSON {
				t.Errorf("%s columns %s", table.Format, got)
			}
			if got := dump(t, table); !slices.Equal(got, test.rows) {
				t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.rows, "\n"))
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	table := open(t, append([]byte("a,b\n"), bytes.Repeat([]byte("1,2\n"), 10_000)...), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	rows, err := table.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for range 1000 {
		if _, err = rows.Next(); err != nil {
			break
		}
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
