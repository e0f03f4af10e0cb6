package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"

	"github.com/hitori-cdp/hitori"
)

// sizes are how many rows are handled together.
type sizes struct {
	// seal is how many rows a tail gathers before it is sorted into a run. All rows of the
	// tails are read again from the write-ahead log after the process was killed, at about
	// 300,000 a second.
	seal int64
	// full is how many rows a tail takes at most, while the other one is still being sealed.
	full int64
	// step is about how many rows a merge step moves: a little less than fill a row group. With more of them, sorting and
	// writing them needs more memory than a small machine gives.
	step int
	// sample is how far apart the rows are that tell where to cut rows into spans.
	sample int
	// worn is how much memory may be kept for versions of rows, in bytes, before the database is opened anew; see [Warehouse.renew].
	worn int64
}

var standardSizes = sizes{seal: 4 * rowGroup, full: 6 * rowGroup, step: rowGroup - 500, sample: 512, worn: 100 << 20}

// tail is one of the two places for new rows.
type tail struct {
	rows int64
	// frozen tails take no rows and wait to be sealed.
	frozen    bool
	customers customerSet
}

// customerSet tells that a customer has no rows in a tail, without asking the database: a set
// of hashes that may hold too much and never too little.
type customerSet [1 << 14]atomic.Uint64

func (s *customerSet) place(c hitori.CustomerID) (*atomic.Uint64, uint64) {
	h := uint64(c) * 0x9e3779b97f4a7c15
	return &s[h>>50], 1 << (h >> 44 & 63)
}

func (s *customerSet) add(c hitori.CustomerID) {
	word, bit := s.place(c)
	if word.Load()&bit == 0 {
		word.Or(bit)
	}
}

func (s *customerSet) has(c hitori.CustomerID) bool {
	word, bit := s.place(c)
	return word.Load()&bit != 0
}

func (s *customerSet) clear() {
	for i := range s {
		s[i].Store(0)
	}
}

// loadTails counts what the tails hold. When a crash left rows in both, the fuller one is
// sealed first.
func (w *Warehouse) loadTails(ctx context.Context, db *sql.DB) error {
	for i := range w.tails {
		t := &w.tails[i]
		t.rows, t.frozen = 0, false
		t.customers.clear()
		rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT customer_id FROM %s", tailEvents(i)))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var customer hitori.CustomerID
			if err := rows.Scan(&customer); err != nil {
				return err
			}
			t.customers.add(customer)
			t.rows++
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	fuller := 0
	if w.tails[1].rows > w.tails[0].rows {
		fuller = 1
	}
	w.active = fuller
	if w.tails[fuller].rows >= w.sizes.seal || w.tails[1-fuller].rows > 0 {
		w.turn()
	}
	return nil
}

// turn freezes the active tail and goes on with the other one, unless that is frozen. The
// caller holds w.mu or has the warehouse to itself.
func (w *Warehouse) turn() {
	other := 1 - w.active
	if w.tails[other].frozen || w.tails[w.active].rows == 0 {
		return
	}
	w.tails[w.active].frozen = true
	w.active = other
}

// frozenTail returns a tail that waits to be sealed, or -1.
func (w *Warehouse) frozenTail() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.tails {
		if w.tails[i].frozen {
			return i
		}
	}
	return -1
}
