package imports

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// spillBuckets is how many files the rows of scattered orders are divided among. Each is read
// into memory as a whole, which bounds a file of 16 GB to 64 MB at a time.
const spillBuckets = 256

// spill puts rows aside whose orders are scattered over the file, and gives them back order by
// order.
type spill struct {
	tempDir  string // where dir is made, the system's when empty
	dir      string
	files    [spillBuckets]*os.File
	writers  [spillBuckets]*bufio.Writer
	rows     int64
	orders   int64 // that were indeed scattered, known after each
	encoding charset.Encoding
	buf      []byte
}

// add puts a row of an order aside. It begins a run of such rows unless it follows another of them.
func (s *spill) add(key []byte, h uint64, begins bool, row *tabular.Row) error {
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.tempDir, "hitori-import-*")
		if err != nil {
			return hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
		}
		s.dir = dir
	}
	i := h >> 32 % spillBuckets
	if s.writers[i] == nil {
		f, err := os.CreateTemp(s.dir, "rows-*")
		if err != nil {
			return hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
		}
		s.files[i], s.writers[i] = f, bufio.NewWriterSize(f, 16<<10)
	}
	s.encoding = row.Encoding
	s.rows++
	s.buf = appendBytes(s.buf[:0], key)
	if begins {
		s.buf = append(s.buf, 1)
	} else {
		s.buf = append(s.buf, 0)
	}
	problem, err := json.Marshal(row.Problem)
	if err != nil {
		return err
	}
	s.buf = appendBytes(s.buf, problem)
	s.buf = binary.AppendUvarint(s.buf, uint64(row.Line))
	s.buf = binary.AppendUvarint(s.buf, uint64(len(row.Cells)))
	for _, c := range row.Cells {
		s.buf = appendBytes(s.buf, c)
	}
	if _, err := s.writers[i].Write(s.buf); err != nil {
		return hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
	}
	return nil
}

func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// each gives back the rows, those of one order together, in the order its first row came in.
func (s *spill) each(fn func(row *tabular.Row, key []byte) error) error {
	for i, w := range s.writers {
		if w == nil {
			continue
		}
		if err := w.Flush(); err != nil {
			return hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
		}
		f := s.files[i]
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		b, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		if err := s.bucket(b, fn); err != nil {
			return err
		}
	}
	return nil
}

// bucket gives back the rows of one file.
func (s *spill) bucket(b []byte, fn func(row *tabular.Row, key []byte) error) error {
	type order struct {
		key  string
		rows []int
		runs int
	}
	var orders []order
	byKey := map[string]int{}
	for at := 0; at < len(b); {
		key, next := cutBytes(b, at)
		n, ok := byKey[string(key)]
		if !ok {
			n = len(orders)
			orders = append(orders, order{key: string(key)})
			byKey[orders[n].key] = n
		}
		o := &orders[n]
		o.runs += int(b[next])
		o.rows = append(o.rows, next+1)
		at = skipRow(b, next+1)
	}
	row := tabular.Row{Encoding: s.encoding}
	for _, o := range orders {
		if o.runs > 1 {
			s.orders++
		}
		for _, at := range o.rows {
			problem, at := cutBytes(b, at)
			row.Problem = nil
			if err := json.Unmarshal(problem, &row.Problem); err != nil {
				return err
			}
			line, n := binary.Uvarint(b[at:])
			at += n
			cells, n := binary.Uvarint(b[at:])
			at += n
			row.Line, row.Cells = int64(line), row.Cells[:0]
			for range cells {
				var c []byte
				c, at = cutBytes(b, at)
				row.Cells = append(row.Cells, c)
			}
			if err := fn(&row, []byte(o.key)); err != nil {
				return err
			}
		}
	}
	return nil
}

func cutBytes(b []byte, at int) (cell []byte, next int) {
	size, n := binary.Uvarint(b[at:])
	at += n
	return b[at : at+int(size)], at + int(size)
}

func skipRow(b []byte, at int) int {
	_, at = cutBytes(b, at)
	_, n := binary.Uvarint(b[at:])
	at += n
	cells, n := binary.Uvarint(b[at:])
	at += n
	for range cells {
		_, at = cutBytes(b, at)
	}
	return at
}

// close removes the files.
func (s *spill) close() error {
	var all []error
	for _, f := range s.files {
		if f != nil {
			all = append(all, f.Close())
		}
	}
	if s.dir != "" {
		all = append(all, os.RemoveAll(s.dir))
	}
	return errors.Join(all...)
}
