package imports

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// slow is a ledger that is told when it is let go.
type slow struct {
	*memory
	asked chan int // how many changes each time
	free  chan struct{}
}

func (s slow) Remember(ctx context.Context, changes []Change) error {
	s.asked <- len(changes)
	<-s.free
	return s.memory.Remember(ctx, changes)
}

// While the ledger is slow the sink is given further chunks, a bounded number. What waits is told at once,
// and no checkpoint is ahead of it. What the sink accepted before it failed is remembered.
func TestSlowLedger(t *testing.T) {
	const perChunk, fails = 10, 60
	var text strings.Builder
	text.WriteString("id,price\n")
	for n := range perChunk * 100 {
		fmt.Fprintf(&text, "P%d,%d\n", n, n)
	}
	m := Mapping{Version: 1, Target: "products", Columns: []ColumnMapping{{Column: "id", Field: "product_id"}, {Column: "price", Field: "price"}}}
	ledger := slow{newMemory(), make(chan int, 1), make(chan struct{})}
	opts := options()
	opts.Ledger, opts.ChunkEvents, opts.InFlight = ledger, perChunk, 1
	var checkpoints []int64
	opts.Progress = func(p Progress) {
		ledger.mu.Lock()
		defer ledger.mu.Unlock()
		checkpoints = append(checkpoints, p.Checkpoint.Chunks)
		if int(p.Checkpoint.Chunks)*perChunk != len(ledger.entries) || p.Events != int64(len(ledger.entries)) {
			t.Errorf("checkpoint %d after %d events, the ledger knows %d", p.Checkpoint.Chunks, p.Events, len(ledger.entries))
		}
	}
	first, held := make(chan struct{}), make(chan struct{})
	sink := &collector{fail: func(call int) error {
		switch call {
		case 2:
			<-first // being told, alone
		case 1 + unremembered:
			close(held) // one is being told, and as many wait as may
		case fails + 1:
			return errors.New("the disk is gone")
		}
		return nil
	}}
	var report Report
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		report, err = Run(t.Context(), bytesSource([]byte(text.String())), m, opts, sink)
	}()
	if n := <-ledger.asked; n != perChunk {
		t.Errorf("%d changes told first", n)
	}
	close(first)
	<-held
	ledger.free <- struct{}{}
	if n := <-ledger.asked; n < (unremembered-1)*perChunk {
		t.Errorf("%d changes told at once", n)
	}
	close(ledger.free)
	for open := true; open; {
		select {
		case <-ledger.asked:
		case <-done:
			open = false
		}
	}
	if err == nil || report.Checkpoint.Chunks != fails || len(ledger.entries) != fails*perChunk {
		t.Errorf("%v at %d of %d chunks, the ledger knows %d", err, report.Checkpoint.Chunks, fails, len(ledger.entries))
	}
	if len(checkpoints) < 3 || checkpoints[0] != 1 {
		t.Errorf("checkpoints at %v", checkpoints)
	}
}
