package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"testing"
)

// FuzzSplit compares the splitter with encoding/csv on everything that one accepts, and on
// everything asks for what must hold: it ends, it loses no line, and it never makes lines up.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"b\",c\r\n", "a\rb\n", "\"open\nnext\n", "a \"b\" c,\"d\" ,e\n", "\"a\"x,b\n", ",,\n", "\x00\x1a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		limits := Limits{Columns: 50, CellSize: 200, RowSize: 400}.orDefaults()
		s := newSplitter(&slowReader{b: in}, ',', limits)
		s.buf = s.buf[:64]
		var row Row
		var rows [][]string
		plain := true
		last := int64(0)
		for n := 0; ; n++ {
			if n > len(in)+1 {
				t.Fatal("more rows than bytes")
			}
			if err := s.next(&row); err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				break
			}
			if row.Line <= last {
				t.Fatalf("line %d after %d", row.Line, last)
			}
			last = row.Line
			plain = plain && row.Problem == nil
			cells := make([]string, len(row.Cells))
			for i, c := range row.Cells {
				cells[i] = string(c)
			}
			rows = append(rows, cells)
		}
		if lines := int64(breaks(in)) + 1; s.line > lines+1 {
			t.Fatalf("ended on line %d of %d", s.line, lines)
		}
		want, ok := standard(in)
		if !ok || !plain {
			return
		}
		// encoding/csv leaves out empty lines.
		rows = slices.DeleteFunc(rows, func(r []string) bool { return len(r) == 1 && r[0] == "" })
		want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && r[0] == "" })
		if !slices.EqualFunc(rows, want, slices.Equal) {
			t.Fatalf("%q\n%q, encoding/csv reads\n%q", in, rows, want)
		}
	})
}

// standard reads what both readers understand alike: encoding/csv turns \r\n inside quotes into \n
// and does not know a lone \r.
func standard(in []byte) ([][]string, bool) {
	if bytes.IndexByte(in, '\r') >= 0 {
		return nil, false
	}
	r := csv.NewReader(bytes.NewReader(in))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	return rows, err == nil
}

// slowReader hands out a few bytes at a time, so that every boundary is tried.
type slowReader struct {
	b []byte
	n int
}

func (r *slowReader) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	r.n = r.n%7 + 1
	n := copy(p[:min(len(p), r.n)], r.b)
	r.b = r.b[n:]
	return n, nil
}

// FuzzOpen throws bytes at everything at once: no input may panic, hang or hand out rows that do
// not fit the header.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte(`{"a":1}`))
	f.Add([]byte("[{\"a\":[{\"b\":1}]}]"))
	f.Add([]byte("PAR1"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte{0x1F, 0x8B, 8, 0})
	f.Add([]byte{0xFF, 0xFE, 'a', 0, ',', 0, 'b', 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		table, err := Open(t.Context(), source(in), Options{TempDir: t.TempDir(), Limits: Limits{Unpacked: 1 << 20, Columns: 100}})
		if err != nil {
			return
		}
		defer table.Close()
		rows, err := table.Read(t.Context())
		if err != nil {
			return
		}
		defer rows.Close()
		for range 1_000_000 {
			row, err := rows.Next()
			if err != nil {
				return
			}
			if row.Problem == nil && len(row.Cells) > len(table.Columns) {
				t.Fatalf("%d cells under %d columns", len(row.Cells), len(table.Columns))
			}
			for i := range row.Cells {
				row.AppendLenient(nil, i)
			}
		}
		t.Fatal("no end")
	})
}
