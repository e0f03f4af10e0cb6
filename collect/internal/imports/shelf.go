package imports

import (
	"os"
	"slices"

	"github.com/hitori-cdp/hitori"
)

const (
	// boardBytes is how large a file of a shelf is.
	boardBytes = 8 << 20
	// shelfBuffer is how much is written and read at once.
	shelfBuffer = 256 << 10
)

// shelf keeps texts out of memory that are read and dropped in about the order in which they came. A few of them
// need no file.
type shelf struct {
	dir    string // where files are made, the system's when empty
	boards []board
	gone   int    // boards before those
	tail   []byte // of the last board, not written yet
	window []byte // what was read last
	at     shelved
}

// board is a file of a shelf. It has no name any more.
type board struct {
	file    *os.File
	written int
}

// shelved is where a text lies.
type shelved struct{ board, from, to int32 }

// put keeps a text.
func (s *shelf) put(text []byte) (shelved, error) {
	if len(s.tail) >= shelfBuffer {
		if err := s.write(); err != nil {
			return shelved{}, err
		}
	}
	if len(s.boards) == 0 || s.boards[len(s.boards)-1].written >= boardBytes {
		s.boards = append(s.boards, board{})
	}
	from := s.boards[len(s.boards)-1].written + len(s.tail)
	s.tail = append(s.tail, text...)
	return shelved{int32(s.gone + len(s.boards) - 1), int32(from), int32(from + len(text))}, nil
}

func (s *shelf) write() error {
	b := &s.boards[len(s.boards)-1]
	if b.file == nil {
		file, err := os.CreateTemp(s.dir, "hitori-import-*")
		if err != nil {
			return hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
		}
		_ = os.Remove(file.Name()) // it goes when it is closed, or the process ends
		b.file = file
	}
	if _, err := b.file.Write(s.tail); err != nil {
		return hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
	}
	b.written += len(s.tail)
	s.tail = s.tail[:0]
	return nil
}

// get returns a text. It is good until the next call.
func (s *shelf) get(p shelved) ([]byte, error) {
	b := &s.boards[int(p.board)-s.gone]
	if int(p.from) >= b.written {
		return s.tail[int(p.from)-b.written : int(p.to)-b.written], nil
	}
	if p.board != s.at.board || p.from < s.at.from || p.to > s.at.to {
		size := min(b.written-int(p.from), max(shelfBuffer, int(p.to-p.from)))
		s.window = slices.Grow(s.window[:0], size)[:size]
		if _, err := b.file.ReadAt(s.window, int64(p.from)); err != nil {
			s.at = shelved{}
			return nil, hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
		}
		s.at = shelved{p.board, p.from, p.from + int32(size)}
	}
	return s.window[p.from-s.at.from : p.to-s.at.from], nil
}

// dropBefore removes texts that came before another, as far as whole files of them do.
func (s *shelf) dropBefore(p shelved) {
	for s.gone < int(p.board) {
		s.boards[0].close()
		s.boards = s.boards[1:]
		s.gone++
	}
}

func (s *shelf) close() {
	for _, b := range s.boards {
		b.close()
	}
	*s = shelf{dir: s.dir}
}

func (b board) close() {
	if b.file != nil {
		_ = b.file.Close() // it is not needed any more
	}
}
