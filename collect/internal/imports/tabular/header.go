package tabular

import (
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// headerWithin is how many rows may stand above the header: titles, conditions of the
// export, empty lines.
const headerWithin = 30

// textRow is a decoded row from the head of a file.
type textRow struct {
	line   int64
	broken bool
	cells  []string
	size   int // in the file
}

// filled is how many cells have text.
func (r textRow) filled() int {
	n := 0
	for _, cell := range r.cells {
		if !r.broken && strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// header is where the table begins.
type header struct {
	cells []string
	line  int64 // 0 without a header
	rows  int   // how many rows stand before the first row of data
}

// findHeader finds the row that names the columns: the first with about as many filled cells as the
// rows below it. When that row reads like data there is no header.
func findHeader(rows []textRow, opts Options) (header, error) {
	if len(rows) == 0 {
		return header{}, hitori.NewError(hitori.Invalid, "import_empty")
	}
	width := commonWidth(rows)
	if opts.HeaderLine < 0 {
		return header{cells: make([]string, width)}, nil
	}
	if opts.HeaderLine > 0 {
		for i, row := range rows {
			if row.line >= opts.HeaderLine {
				return headerAt(rows, i), nil
			}
		}
		return header{}, hitori.NewError(hitori.Invalid, "import_no_header", "line", opts.HeaderLine)
	}
	within := rows[:min(len(rows), headerWithin)]
	if opts.Known != nil {
		for i := range within {
			if h := headerAt(rows, i); opts.Known(unique(h.cells)) {
				return h, nil
			}
		}
	}
	for i, row := range within {
		n := row.filled()
		if n == 0 || n*10 < width*6 {
			continue
		}
		if n*10 < width*9 { // perhaps a title: a fuller row soon below is the header then
			for j := i + 1; j < min(i+6, len(rows)); j++ {
				if rows[j].filled()*10 >= width*9 && !likeData(rows[j].cells) {
					return headerAt(rows, j), nil
				}
			}
		}
		if likeData(row.cells) {
			return header{cells: make([]string, width), rows: i}, nil
		}
		return headerAt(rows, i), nil
	}
	return header{}, hitori.NewError(hitori.Invalid, "import_no_header", "line", 1)
}

func headerAt(rows []textRow, i int) header {
	cells := make([]string, len(rows[i].cells))
	filled := 0
	for j, cell := range rows[i].cells {
		if cells[j] = cleanHeader(cell); cells[j] != "" {
			filled = j + 1
		}
	}
	return header{cells: cells[:filled], line: rows[i].line, rows: i + 1}
}

// cleanHeader makes one line of a header and takes off what spreadsheets put around it.
func cleanHeader(cell string) string {
	if inner, ok := strings.CutPrefix(cell, `="`); ok {
		cell = strings.TrimSuffix(inner, `"`)
	}
	cell = strings.ReplaceAll(cell, "\uFEFF", "")
	return strings.Join(strings.Fields(strings.TrimPrefix(cell, "'")), " ")
}

// commonWidth is the number of cells most rows have; of two the greater.
func commonWidth(rows []textRow) int {
	count := map[int]int{}
	best := 0
	for _, row := range rows {
		n := len(row.cells)
		for n > 0 && strings.TrimSpace(row.cells[n-1]) == "" {
			n--
		}
		if row.broken || n == 0 {
			continue
		}
		count[n]++
		if count[n] > count[best] || count[n] == count[best] && n > best {
			best = n
		}
	}
	return best
}

// likeData reports whether a row has numbers, dates or addresses where a header has names.
func likeData(cells []string) bool {
	data, filled := 0, 0
	for _, cell := range cells {
		b := japanese.Trim([]byte(cell))
		if len(b) == 0 {
			continue
		}
		filled++
		_, number := japanese.ParseNumber(b)
		_, notDate := japanese.ParseTime(b, time.UTC, japanese.AnyDate)
		_, email := japanese.AppendEmail(nil, b)
		if number || notDate == "" || email {
			data++
		}
	}
	return data > 0 && data*10 >= filled*3
}
