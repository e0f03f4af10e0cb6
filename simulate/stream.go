package simulate

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Message is one event as an SDK would send it within a batch.
type Message struct {
	// Time is when it happened, in UTC, to the millisecond.
	Time time.Time
	// Source is the system that sends it: [SourceWeb], [SourceStore] or [SourceCRM].
	Source string
	// JSON is the message. It is valid only during the call.
	JSON []byte
}

// How the work is split. None of it changes what comes out.
const (
	sliceDays   = 28   // lives are planned for this many days at a time
	planChunk   = 512  // people planned by one worker at a time
	windowItems = 1024 // items written by one worker at a time
)

// Events calls fn for every message in the order of time. It stops with the error of fn
// or the context. Two calls give the same messages; calls may run side by side.
//
// Lives are planned for four weeks at a time, and only for those to whom something happens in
// them; then the messages are written window by window, by as many workers as there are
// processors, and merged. Memory holds the plan of four weeks (24 bytes for each thing that
// happens) and a few windows of messages.
func (s *Shop) Events(ctx context.Context, fn func(Message) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := newRun(s)
	m := merger{fn: fn}
	for k := range r.waiting {
		plan := r.planSlice(k, func(*item) bool { return true })
		if err := r.writeSlice(ctx, plan, &m); err != nil {
			return err
		}
	}
	return m.flush()
}

// run is one pass over all lives.
type run struct {
	s       *Shop
	workers int
	// waiting lists, for each slice, the people of whom nothing will happen before it.
	waiting [][]uint32
	planned slicePlan
	free    chan *window // not in use
}

// slicePlan is what happens in one slice.
type slicePlan struct {
	items  []item
	orders []order
	lines  []line
	end    int64 // of the slice
}

func newRun(s *Shop) *run {
	c := s.calendar
	slices := (c.days + sliceDays - 1) / sliceDays
	r := &run{s: s, workers: runtime.GOMAXPROCS(0), waiting: make([][]uint32, slices)}
	r.free = make(chan *window, 3*r.workers)
	for range cap(r.free) {
		r.free <- &window{writer: writer{s: s}}
	}
	for i := range uint32(s.people()) {
		// Nothing happens to a person more than 41 days before the first purchase.
		k := 0
		if kind, _ := s.populationOf(i); kind != bot {
			k = max(s.firstDay(i)-41, 0) / sliceDays
		}
		r.waiting[k] = append(r.waiting[k], i)
	}
	return r
}

func (s *Shop) sliceOf(at int64) int { return s.calendar.dayAt(at) / sliceDays }

// chunkPlan is what one worker found for some people.
type chunkPlan struct {
	slicePlan
	next []waiter
}

// waiter is a person and the slice in which something happens next.
type waiter struct {
	person uint32
	slice  int
}

// planSlice plans the lives of those who wait for slice k and keeps what happens in it,
// sorted by time.
func (r *run) planSlice(k int, keep func(*item) bool) *slicePlan {
	people := r.waiting[k]
	r.waiting[k] = nil
	chunks := make([]chunkPlan, (len(people)+planChunk-1)/planChunk+1)
	planners, scratch := make([]planner, r.workers), make([]chunkPlan, r.workers)
	parallel(r.workers, len(chunks)-1, func(worker, n int) {
		p, c := &planners[worker], &scratch[worker]
		p.s = r.s
		c.items, c.orders, c.lines, c.next = c.items[:0], c.orders[:0], c.lines[:0], c.next[:0]
		for _, i := range people[n*planChunk : min((n+1)*planChunk, len(people))] {
			c.cut(r.s, p.plan(i), k, keep)
		}
		chunks[n].items, chunks[n].orders = slices.Clone(c.items), slices.Clone(c.orders)
		chunks[n].lines, chunks[n].next = slices.Clone(c.lines), slices.Clone(c.next)
	})
	r.s.shopItems(&chunks[len(chunks)-1].slicePlan, k, keep)
	for n := range chunks {
		for _, w := range chunks[n].next {
			r.waiting[w.slice] = append(r.waiting[w.slice], w.person)
		}
	}
	return r.join(chunks, k)
}

// cut keeps the part of a life that lies in slice k, with the orders it refers to.
func (c *chunkPlan) cut(s *Shop, l *life, k int, keep func(*item) bool) {
	from, to := s.calendar.midnights[k*sliceDays], s.calendar.midnights[min((k+1)*sliceDays, s.calendar.days)]
	next := int64(1 << 62)
	base, low, high := int32(len(c.items)), int32(len(l.orders)), int32(-1)
	for n := range l.items {
		it := &l.items[n]
		if !keep(it) {
			continue
		}
		if it.at >= to {
			next = min(next, it.at)
		}
		if it.at < from || it.at >= to {
			continue
		}
		c.items = append(c.items, *it)
		if it.kind.hasOrder() {
			low, high = min(low, it.ref), max(high, it.ref)
		}
	}
	if next < 1<<62 {
		c.next = append(c.next, waiter{l.person, s.sliceOf(next)})
	}
	if high < 0 {
		return
	}
	shift := int32(len(c.orders)) - low
	for n := base; n < int32(len(c.items)); n++ {
		if c.items[n].kind.hasOrder() {
			c.items[n].ref += shift
		}
	}
	lines := int32(len(c.lines)) - l.orders[low].from
	for _, o := range l.orders[low : high+1] {
		c.lines = append(c.lines, l.lines[o.from:o.to]...)
		o.from, o.to = o.from+lines, o.to+lines
		c.orders = append(c.orders, o)
	}
}

func (k itemKind) hasOrder() bool {
	switch k {
	case visitOrder, orderShipped, orderDelivered, orderCancelled, orderRefunded, contractRenewed,
		inquiryReceived, inquiryAnswered, inquiryClosed, reviewed, storeOrder, storeRefund:
		return true
	}
	return false
}

// shopItems adds what happens to products and campaigns.
func (s *Shop) shopItems(plan *slicePlan, k int, keep func(*item) bool) {
	c := s.calendar
	from, to := k*sliceDays, min((k+1)*sliceDays, c.days)
	add := func(it item) {
		it.person, it.n = nobody, uint32(it.kind)<<24|uint32(it.ref)<<8|uint32(it.a)
		if keep(&it) {
			plan.items = append(plan.items, it)
		}
	}
	for i := range s.catalogue.products {
		for state, change := range s.catalogue.products[i].states {
			if change.day < from || change.day >= to {
				continue
			}
			at := c.midnights[change.day]
			if state > 0 {
				at += 3 * hour
			}
			add(item{at: at, kind: productUpdated, ref: int32(i), a: uint8(state)})
		}
	}
	for d := from; d < to; d++ {
		add(item{at: c.midnights[d+1] - 5*minute, kind: adCost, ref: int32(d)})
	}
}

// join puts the plans of the chunks into one, its items sorted by time: first into days by
// counting, then each day by itself.
func (r *run) join(chunks []chunkPlan, k int) *slicePlan {
	c := r.s.calendar
	first := k * sliceDays
	var ends [sliceDays + 1]int
	items, orders, lines := 0, 0, 0
	for n := range chunks {
		items, orders, lines = items+len(chunks[n].items), orders+len(chunks[n].orders), lines+len(chunks[n].lines)
		for _, it := range chunks[n].items {
			ends[c.dayAt(it.at)-first+1]++
		}
	}
	for d := range sliceDays {
		ends[d+1] += ends[d]
	}
	plan := &r.planned
	plan.end = c.midnights[min(first+sliceDays, c.days)]
	plan.items = slices.Grow(plan.items[:0], items)[:items]
	plan.orders, plan.lines = slices.Grow(plan.orders[:0], orders), slices.Grow(plan.lines[:0], lines)
	next := ends
	for n := range chunks {
		order, line := int32(len(plan.orders)), int32(len(plan.lines))
		for _, it := range chunks[n].items {
			if it.kind.hasOrder() {
				it.ref += order
			}
			d := c.dayAt(it.at) - first
			plan.items[next[d]] = it
			next[d]++
		}
		for _, o := range chunks[n].orders {
			o.from, o.to = o.from+line, o.to+line
			plan.orders = append(plan.orders, o)
		}
		plan.lines = append(plan.lines, chunks[n].lines...)
		chunks[n] = chunkPlan{}
	}
	parallel(r.workers, sliceDays, func(_, d int) {
		slices.SortFunc(plan.items[ends[d]:ends[d+1]], compareItems)
	})
	return plan
}

// compareItems is the order of compareEntries.
func compareItems(a, b item) int {
	return compareEntries(entry{at: a.at, person: a.person, n: a.n}, entry{at: b.at, person: b.person, n: b.n})
}

// parallel calls fn for 0 … n-1 on some workers and waits.
func parallel(workers, n int, fn func(worker, k int)) {
	var wait sync.WaitGroup
	var lock sync.Mutex
	next := 0
	take := func() int {
		lock.Lock()
		defer lock.Unlock()
		next++
		return next - 1
	}
	for worker := range min(workers, n) {
		wait.Go(func() {
			for k := take(); k < n; k = take() {
				fn(worker, k)
			}
		})
	}
	wait.Wait()
}
