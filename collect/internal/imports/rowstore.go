package imports

import (
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// rowStore keeps copies of rows.
type rowStore struct {
	rows     []storedRow
	ends     []int // of cells, in bytes
	bytes    []byte
	encoding charset.Encoding
	cells    [][]byte
}

type storedRow struct {
	line int64
	cell int // the first
	n    int
}

func (s *rowStore) reset() { s.rows, s.ends, s.bytes = s.rows[:0], s.ends[:0], s.bytes[:0] }

func (s *rowStore) len() int { return len(s.rows) }

func (s *rowStore) add(row *tabular.Row) {
	s.encoding = row.Encoding
	s.rows = append(s.rows, storedRow{row.Line, len(s.ends), len(row.Cells)})
	for _, c := range row.Cells {
		s.bytes = append(s.bytes, c...)
		s.ends = append(s.ends, len(s.bytes))
	}
}

// get returns a row, which is valid until the next call.
func (s *rowStore) get(i int) *tabular.Row {
	r := s.rows[i]
	s.cells = s.cells[:0]
	for c := r.cell; c < r.cell+r.n; c++ {
		from := 0
		if c > 0 {
			from = s.ends[c-1]
		}
		s.cells = append(s.cells, s.bytes[from:s.ends[c]])
	}
	return &tabular.Row{Line: r.line, Cells: s.cells, Encoding: s.encoding}
}
