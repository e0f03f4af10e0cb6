package imports

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// Run reads a file, makes events of its rows as the mapping says and gives them to the sink in
// chunks. It returns what it did also when it ends with an error: what was accepted until then
// stays, and [Options.Resume] goes on from the report's checkpoint.
//
// Its errors are those of [tabular.Open] and [Mapping.Validate], import_checkpoint when Resume
// belongs to another file or mapping, import_as_of_missing, import_too_many_rejects, import_temp,
// and import_sink for errors of the sink that say nothing by themselves.
func Run(ctx context.Context, src Source, m Mapping, opts Options, sink Sink) (Report, error) {
	if opts.AsOf.IsZero() {
		return Report{}, hitori.NewError(hitori.Invalid, "import_as_of_missing").At("as_of")
	}
	table, err := openFor(ctx, src, &m, &opts)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = table.Close() }()
	p, err := newPlan(&m, table.Columns, &opts, table.Format == tabular.Excel)
	if err != nil {
		return Report{}, err
	}
	state, err := stateOf(src, table, &m, &opts)
	if err != nil {
		return Report{}, err
	}
	if opts.Resume.Chunks > 0 && opts.Resume.State != state {
		return Report{}, hitori.NewError(hitori.Conflict, "import_checkpoint").At("resume")
	}
	r := &run{ctx: ctx, table: table, plan: p, opts: &opts, rejects: newRejectWriter(opts.Rejects, table.Columns, opts.Text)}
	return r.run(sink, state)
}

// openFor opens the file so that the header is found that the mapping was made for.
func openFor(ctx context.Context, src Source, m *Mapping, opts *Options) (*tabular.Table, error) {
	o := opts.tabular()
	o.Known = func(columns []string) bool {
		if m.Fingerprint != "" && Fingerprint(columns) == m.Fingerprint {
			return true
		}
		for _, c := range m.Columns {
			if (c.Field != "" || c.Keep != "") && !slices.Contains(columns, c.Column) {
				return false
			}
		}
		return len(m.Columns) > 0
	}
	return tabular.Open(ctx, src, o)
}

// eventsVersion rises with every change of what rows become, or in which order: a checkpoint of an
// older release would count other chunks.
const eventsVersion = 2

// stateOf ties a checkpoint to everything that decides which events are in which chunk.
func stateOf(src Source, table *tabular.Table, m *Mapping, opts *Options) (string, error) {
	h := sha256.New()
	part := make([]byte, 64<<10)
	for _, at := range []int64{0, max(src.Size-int64(len(part)), 0)} {
		n, err := src.ReadAt(part, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		h.Write(part[:n])
	}
	about, err := json.Marshal([]any{
		eventsVersion, src.Size, m, table.Encoding.Encoding, table.Delimiter, table.Sheet, table.HeaderLine, opts.AsOf.UTC(), opts.location().String(),
		opts.Currency, opts.Source, opts.chunkEvents(), opts.Ledger != nil, opts.Limits,
	})
	if err != nil {
		return "", err
	}
	h.Write(about)
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

func (o *Options) chunkEvents() int {
	if o.ChunkEvents > 0 {
		return o.ChunkEvents
	}
	return 5000
}

// run is one import.
type run struct {
	ctx     context.Context
	table   *tabular.Table
	plan    *plan
	opts    *Options
	rejects *rejectWriter

	stats    *stats
	factory  *factory
	delivery *delivery
	out      outbox
	chunks   int64
	rows     *tabular.Rows
	err      error // of the delivery
}

func (r *run) run(sink Sink, state string) (Report, error) {
	previews := r.opts.Preview
	if previews == 0 {
		previews = 10
	}
	r.stats = newStats(r.table.Columns, previews)
	r.factory = &factory{plan: r.plan, source: r.opts.Source, stats: r.stats, out: &r.out, ledger: r.opts.Ledger != nil}
	r.out = outbox{limit: r.opts.chunkEvents(), full: r.ship}
	r.factory.held = newHeld(r.factory, heldPeople, r.opts.TempDir, func(err error) { r.err = cmp.Or(r.err, err) })
	defer r.factory.held.texts.close()
	may, err := r.findRepeats()
	if err != nil {
		return Report{}, err
	}
	r.delivery = newDelivery(r.ctx, sink, r.opts, state)
	err = r.read(may)
	// What was read before an error goes in: the file may be broken at its end only.
	if err == nil || hitori.ErrorCode(err) == hitori.Invalid {
		r.factory.held.flush()
		r.ship()
	}
	err = cmp.Or(err, r.err)
	if closeErr := failed(r.delivery.close()); err == nil || closeErr != nil && errors.Is(err, r.err) {
		err = closeErr
	}
	report := r.stats.report(r.plan.target.Name)
	report.Told, report.Checkpoint = r.delivery.told.plus(Told{}), r.delivery.checkpoint
	if flushErr := r.rejects.flush(); flushErr != nil {
		err = errors.Join(err, flushErr)
	}
	return report, err
}

// ship hands the chunk at hand to the delivery. The first error stays in r.err.
func (r *run) ship() {
	if len(r.out.events) == 0 || r.err != nil {
		r.out.empty()
		return
	}
	r.chunks++
	c := &chunk{n: r.chunks, events: r.out.events, states: r.out.states}
	c.progress.Rows, c.progress.Rejected = r.stats.rows, r.stats.rejected
	if r.rows != nil {
		c.progress.Done, c.progress.Total = r.rows.Done()
	}
	r.out.events, r.out.states = make([]hitori.Event, 0, r.out.limit), nil
	r.err = r.delivery.put(c)
}

// read goes through the file and makes events of its rows.
func (r *run) read(may *repeats) error {
	rd := &reader{plan: r.plan, warn: r.stats.warn}
	if r.plan.target.grouped {
		return r.readOrders(rd, may)
	}
	b := newRowBuilder(r.factory, rd, &occurrences{may: may, count: map[uint64]int64{}})
	return r.eachRow(func(row *tabular.Row) error {
		p := problemOf(row)
		if p == nil {
			p = b.add(row)
		}
		if p != nil {
			r.reject(row, p)
		}
		return r.err
	})
}

// readOrders gathers the rows of orders. Those whose rows are scattered over the file are put
// aside and come last.
func (r *run) readOrders(rd *reader, may *repeats) error {
	b := newOrderBuilder(r.factory, rd, r.rejectOrder)
	aside := &spill{tempDir: r.opts.TempDir}
	defer func() { _ = aside.close() }()
	var last []byte // the order of the row before, and whether its rows are scattered
	var hash uint64
	scattered := false
	err := r.eachRow(func(row *tabular.Row) error {
		key, p := b.orderKey(row)
		if row.Problem != nil && (p != nil || len(key) == 0) {
			p = problemOf(row)
		}
		if p == nil && len(key) == 0 {
			p = &cellProblem{key: "missing", column: first(&b.id), name: b.id.name, args: arguments("field",
				"order_id")}
		}
		if p != nil {
			r.reject(row, p)
			return r.err
		}
		begins := last == nil || !bytes.Equal(key, last)
		if may != nil && begins {
			last = append(last[:0], key...)
			hash = keyHash(key)
			scattered = may.has(hash)
		}
		if scattered {
			b.finish()
			return cmp.Or(aside.add(key, hash, begins, row), r.err)
		}
		b.add(row, key)
		return r.err
	})
	b.finish()
	if err != nil || aside.rows == 0 {
		return err
	}
	err = aside.each(func(row *tabular.Row, key []byte) error {
		b.add(row, key)
		return cmp.Or(r.err, r.ctx.Err(), r.tooManyRejects())
	})
	b.finish()
	if aside.orders > 0 {
		r.stats.warn(0, &cellProblem{key: "orders_scattered", column: -1, args: arguments("orders", aside.orders)})
	}
	return err
}

// eachRow calls fn for every row, those that cannot be read included.
func (r *run) eachRow(fn func(*tabular.Row) error) error {
	rows, err := r.table.Read(r.ctx)
	if err != nil {
		return err
	}
	r.rows = rows
	defer func() { _ = rows.Close() }()
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.stats.rows++
		if err := fn(row); err != nil {
			return err
		}
		if r.stats.rows%1000 == 0 {
			if err := r.tooManyRejects(); err != nil {
				return err
			}
		}
	}
}

// problemOf is why a row cannot be read, nil when it can.
func problemOf(row *tabular.Row) *cellProblem {
	p := row.Problem
	if p == nil {
		return nil
	}
	out := &cellProblem{key: p.Key, args: p.Args, column: p.Column}
	if p.Column >= 0 {
		out.value = clip(row.AppendLenient(nil, p.Column))
	}
	return out
}

func (r *run) reject(row *tabular.Row, p *cellProblem) {
	r.stats.reject(row.LineOf(p.column), p)
	r.rejects.add(row, p, r.stats.columnName(p))
}

// rejectOrder rejects all rows of an order, since what is left of it would be another order.
func (r *run) rejectOrder(rows *rowStore, bad int, p *cellProblem) {
	line := rows.rows[bad].line
	for i := range rows.len() {
		row := rows.get(i)
		if i == bad {
			r.reject(row, p)
			continue
		}
		r.reject(row, &cellProblem{key: "order_rejected", column: -1, args: arguments("line", line)})
	}
}

func (r *run) tooManyRejects() error {
	limit := r.opts.MaxRejectShare
	if s := r.stats; limit > 0 && s.rows >= 1000 && float64(s.rejected) > limit*float64(s.rows) {
		return hitori.NewError(hitori.Invalid, "import_too_many_rejects", "rejected", s.rejected, "rows", s.rows)
	}
	return nil
}

// findRepeats reads the file once before the import where what a row becomes depends on rows far
// from it: lines of one order that do not stand together, and equal rows without any key.
func (r *run) findRepeats() (*repeats, error) {
	t := r.plan.target
	if t.identify || t.Name == "products" || t.grouped && len(r.plan.line) == 0 || !t.grouped && r.keyed() {
		return nil, nil
	}
	may := newRepeats(r.table.Rows, repeatsLimit)
	silent := *r
	silent.rejects = nil
	silent.stats = newStats(nil, 0)
	silent.out = outbox{full: silent.out.empty}
	f := &factory{plan: r.plan, source: r.opts.Source, stats: silent.stats, out: &silent.out}
	f.held = newHeld(f, 1, r.opts.TempDir, func(error) {}) // the import itself meets it
	defer f.held.texts.close()
	rd := &reader{plan: r.plan, warn: func(int64, *cellProblem) {}}
	fn := silent.findEqual(f, rd, may)
	if t.grouped {
		fn = silent.findScattered(f, rd, may)
	}
	err := silent.eachRow(fn)
	may.done()
	if hitori.ErrorCode(err) == hitori.Invalid {
		err = nil // the import itself meets it and says so
	}
	return may, err
}

// findScattered notes orders that begin again after another order.
func (r *run) findScattered(f *factory, rd *reader, may *repeats) func(*tabular.Row) error {
	b := newOrderBuilder(f, rd, func(*rowStore, int, *cellProblem) {})
	var last []byte
	started := false
	return func(row *tabular.Row) error {
		key, p := b.orderKey(row)
		if p != nil || started && bytes.Equal(key, last) {
			return nil
		}
		last, started = append(last[:0], key...), true
		may.add(keyHash(key))
		return nil
	}
}

// findEqual notes rows that may come up again.
func (r *run) findEqual(f *factory, rd *reader, may *repeats) func(*tabular.Row) error {
	b := newRowBuilder(f, rd, &occurrences{note: may.add})
	return func(row *tabular.Row) error {
		if row.Problem == nil {
			b.add(row)
		}
		return nil
	}
}

// keyed reports whether every row has a natural key, since required fields or fixed values make
// one.
func (r *run) keyed() bool {
	return slices.ContainsFunc(r.plan.target.keys, func(key []string) bool {
		return !slices.ContainsFunc(key, func(name string) bool {
			f, ok := r.plan.target.Field(name)
			return ok && !f.Required && r.plan.mapping.Fixed[name] == ""
		})
	})
}
