package simulate

import (
	"context"
	"time"
)

// window is a run of items in order of time with the messages written of them.
type window struct {
	writer
	items []item
	done  chan struct{}
	// until is where the next window starts: messages from then on have to wait for it.
	until int64
}

// writeSlice writes the planned items in windows on all workers and merges them in order.
func (r *run) writeSlice(ctx context.Context, plan *slicePlan, m *merger) error {
	ctx, cancel := context.WithCancel(ctx)
	// No more windows are about than order holds, so that writing to it never blocks.
	todo, order := make(chan *window), make(chan *window, cap(r.free))
	go r.cutWindows(ctx, plan, todo, order)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		parallel(r.workers, r.workers, func(int, int) {
			for w := range todo {
				for n := range w.items {
					w.write(&w.items[n])
				}
				w.sort()
				close(w.done)
			}
		})
	}()
	defer func() { cancel(); <-stopped }()
	for w := range order {
		<-w.done
		if err := m.merge(ctx, w); err != nil {
			return err
		}
		r.free <- w
	}
	return ctx.Err()
}

// cutWindows hands windows to the workers and, in order, to the merger.
func (r *run) cutWindows(ctx context.Context, plan *slicePlan, todo, order chan<- *window) {
	defer close(order)
	defer close(todo)
	for rest := plan.items; len(rest) > 0; {
		var w *window
		select {
		case w = <-r.free:
		case <-ctx.Done():
			return
		}
		n := min(windowItems, len(rest))
		w.reset(plan.orders, plan.lines)
		w.items, rest = rest[:n], rest[n:]
		w.done = make(chan struct{})
		w.until = plan.end
		if len(rest) > 0 {
			w.until = rest[0].at
		}
		order <- w
		select {
		case todo <- w:
		case <-ctx.Done():
			close(w.done)
			return
		}
	}
}

// merger puts the messages of windows into one order. A visit goes on for minutes, so the
// last messages of a window may belong after the first of the next: they are carried over.
type merger struct {
	fn      func(Message) error
	carried []carried
	spare   []carried
}

type carried struct {
	entry
	json []byte
}

func (m *merger) merge(ctx context.Context, w *window) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	keep := m.spare[:0]
	old := m.carried
	emit := func(e *entry, json []byte, mine bool) error {
		if e.at < w.until {
			return m.emit(e, json)
		}
		if mine {
			json = append([]byte(nil), json...)
		}
		keep = append(keep, carried{*e, json})
		return nil
	}
	for n := range w.entries {
		e := &w.entries[n]
		for len(old) > 0 && compareEntries(old[0].entry, *e) < 0 {
			if err := emit(&old[0].entry, old[0].json, false); err != nil {
				return err
			}
			old = old[1:]
		}
		if err := emit(e, w.buf[e.from:e.to], true); err != nil {
			return err
		}
	}
	for n := range old {
		if err := emit(&old[n].entry, old[n].json, false); err != nil {
			return err
		}
	}
	m.spare, m.carried = m.carried[:0], keep
	return nil
}

func (m *merger) emit(e *entry, json []byte) error {
	return m.fn(Message{Time: time.UnixMilli(e.at).UTC(), Source: sourceNames[e.source], JSON: json})
}

// flush gives out what was carried to the end.
func (m *merger) flush() error {
	for n := range m.carried {
		if err := m.emit(&m.carried[n].entry, m.carried[n].json); err != nil {
			return err
		}
	}
	return nil
}
