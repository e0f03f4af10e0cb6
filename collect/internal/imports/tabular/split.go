package tabular

import (
	"bytes"
	"io"
)

// splitter cuts delimited text into rows of cells, after RFC 4180 and with forbearance for what
// real files have: quotes inside cells, quotes that are never closed, CR, LF and CR LF mixed, lines
// of any length. It works on bytes and leaves the encoding alone, which is right for every encoding
// whose multi-byte characters contain no delimiter, quote or line break.
type splitter struct {
	r     io.Reader
	buf   []byte
	start int // of the next row
	end   int // of what has been read
	eof   bool

	delimiter byte
	special   [256]bool // bytes that end a plain cell
	line      int64     // of the next row
	limits    Limits

	cells   [][]byte
	scratch []byte // unescaped cells
	last    int    // size of the row returned last
}

// quotedLines is how many lines a quoted cell may have before its quote counts as never
// closed.
const quotedLines = 2000

func newSplitter(r io.Reader, delimiter byte, limits Limits) *splitter {
	s := &splitter{r: r, buf: make([]byte, 256<<10), delimiter: delimiter, line: 1, limits: limits}
	for _, c := range []byte{delimiter, '\r', '\n'} {
		s.special[c] = true
	}
	return s
}

// outcome of looking for a row in the buffer.
type outcome uint8

const (
	complete outcome = iota
	partial          // the row goes on beyond the buffer
	unclosed         // a quote is never closed
	tooLong          // a cell is larger than the limit
	tooMany          // more cells than the limit
)

// next reads a row into row, or returns [io.EOF].
func (s *splitter) next(row *Row) error {
	for {
		if s.start == s.end && s.eof {
			return io.EOF
		}
		n, lines, what := s.scan(s.buf[s.start:s.end])
		switch what {
		case partial:
			if s.end-s.start >= s.limits.RowSize {
				return s.giveUp(row, partial)
			}
			if err := s.fill(); err != nil {
				return err
			}
			continue
		case unclosed, tooLong, tooMany:
			return s.giveUp(row, what)
		}
		row.Line, row.Cells, s.last = s.line, s.cells, n
		s.start += n
		s.line += int64(lines)
		return nil
	}
}

// retry hands back the row just read, and takes only its first line for one: when a quote was
// left open, the rows below it were swallowed.
func (s *splitter) retry(row *Row, p *Problem) error {
	s.start -= s.last
	s.line = row.Line
	err := s.giveUp(row, complete)
	row.Problem = p
	return err
}

// giveUp makes the first line at hand a row with a problem, cut at every delimiter.
func (s *splitter) giveUp(row *Row, what outcome) error {
	b := s.buf[s.start:s.end]
	if n := bytes.IndexAny(b, "\r\n"); n >= 0 {
		b = b[:n]
	}
	b = bytes.Clone(b[:min(len(b), 64<<10)]) // skipLine moves the buffer
	cells := s.cells[:0]
	for len(cells) < min(s.limits.Columns, 1000) {
		cell, rest, more := bytes.Cut(b, []byte{s.delimiter})
		cells = append(cells, cell[:min(len(cell), s.limits.CellSize)])
		if b = rest; !more {
			break
		}
	}
	row.Line = s.line
	switch what {
	case unclosed:
		row.Problem = problem("quote_unclosed", len(cells)-1)
	case tooLong:
		row.Problem = problem("cell_too_long", -1, "limit", s.limits.CellSize)
	case tooMany:
		row.Problem = problem("too_many_cells", -1, "limit", s.limits.Columns)
	case partial:
		row.Problem = problem("row_too_long", -1, "limit", s.limits.RowSize)
	}
	row.Cells = cells
	return s.skipLine()
}

// skipLine goes to the beginning of the next line, however far that is.
func (s *splitter) skipLine() error {
	s.line++
	for {
		if i := bytes.IndexAny(s.buf[s.start:s.end], "\r\n"); i >= 0 {
			s.start += i + 1
			if s.buf[s.start-1] != '\r' {
				return nil
			}
			if s.start == s.end && !s.eof {
				if err := s.fill(); err != nil {
					return err
				}
			}
			if s.start < s.end && s.buf[s.start] == '\n' {
				s.start++
			}
			return nil
		}
		if s.start = s.end; s.eof {
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// fill reads more, keeping what is not used yet and the byte before it.
func (s *splitter) fill() error {
	if s.eof {
		return nil
	}
	keep := max(s.start-1, 0)
	if keep > 0 {
		copy(s.buf, s.buf[keep:s.end])
		s.start, s.end = s.start-keep, s.end-keep
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err == io.EOF {
			s.eof = true
			return nil
		}
		if err != nil {
			return err
		}
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// scan finds the cells of the row b begins with. It returns how many bytes and lines it has.
func (s *splitter) scan(b []byte) (n, lines int, what outcome) {
	s.cells, s.scratch = s.cells[:0], s.scratch[:0]
	i := 0
	for {
		if len(s.cells) > s.limits.Columns {
			return 0, 0, tooMany
		}
		if i < len(b) && b[i] == '"' {
			end, inner, o := s.quoted(b, i+1)
			if o != complete {
				return 0, 0, o
			}
			i = end
			lines += inner
		} else {
			from := i
			for i < len(b) && !s.special[b[i]] {
				i++
			}
			if i-from > s.limits.CellSize {
				return 0, 0, tooLong
			}
			s.cells = append(s.cells, b[from:i])
		}
		if i == len(b) {
			if !s.eof {
				return 0, 0, partial
			}
			return i, lines + 1, complete
		}
		switch b[i] {
		case s.delimiter:
			i++
			if i == len(b) && s.eof {
				s.cells = append(s.cells, nil)
				return i, lines + 1, complete
			}
			continue
		case '\r':
			if i+1 == len(b) && !s.eof {
				return 0, 0, partial
			}
			if i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
		}
		return i + 1, lines + 1, complete
	}
}

// quoted reads a quoted cell whose text begins at i, and returns where what follows its closing
// quote begins. A quote closes only before a delimiter, a line break or the end, with spaces
// between at most; any other quote is text, as in "a 5" pipe". Text that has such a quote and a
// line break too is taken for the rows that a forgotten quote has swallowed.
func (s *splitter) quoted(b []byte, i int) (end, lines int, what outcome) {
	from, escaped, stray := i, false, false
	for {
		q := bytes.IndexByte(b[i:], '"')
		if q < 0 || i+q-from > s.limits.CellSize {
			return s.open(b[from:], q < 0)
		}
		i += q
		after := i + 1
		if after < len(b) && b[after] == '"' {
			escaped = true
			i = after + 1
			continue
		}
		for after < len(b) && b[after] == ' ' && s.delimiter != ' ' {
			after++
		}
		if after == len(b) && !s.eof {
			return 0, 0, partial
		}
		if after == len(b) || s.special[b[after]] {
			text := b[from:i]
			if lines = breaks(text); lines > quotedLines || lines > 0 && stray {
				return 0, 0, unclosed
			}
			if escaped {
				text = s.unescape(text)
			}
			s.cells = append(s.cells, text)
			return after, lines, complete
		}
		stray = true
		i++
	}
}

// open decides about a quoted cell whose closing quote is not in sight.
func (s *splitter) open(text []byte, absent bool) (int, int, outcome) {
	switch {
	case !absent && len(text) > s.limits.CellSize && breaks(text[:s.limits.CellSize]) == 0:
		return 0, 0, tooLong
	case s.eof || len(text) > s.limits.CellSize || breaks(text) > quotedLines:
		return 0, 0, unclosed
	}
	return 0, 0, partial
}

// unescape makes "" into ", in a buffer that lasts as long as the row.
func (s *splitter) unescape(text []byte) []byte {
	if cap(s.scratch)-len(s.scratch) < len(text) {
		s.scratch = make([]byte, 0, 2*cap(s.scratch)+len(text)) // earlier cells keep the old one
	}
	from := len(s.scratch)
	for i := 0; i < len(text); i++ {
		s.scratch = append(s.scratch, text[i])
		if text[i] == '"' && i+1 < len(text) && text[i+1] == '"' {
			i++
		}
	}
	return s.scratch[from:]
}
