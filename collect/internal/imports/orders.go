package imports

import (
	"bytes"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// orderBuilder gathers the rows of orders and makes their events.
type orderBuilder struct {
	f      *factory
	r      *reader
	reject func(rows *rowStore, bad int, p *cellProblem)
	slots  orderSlots
	status map[string]string
	id     planColumn

	open     bool
	rec      *record
	rows     rowStore
	first    [][]byte // cells of the event-level columns in the first row, by p.changing
	cells    []byte   // holds them
	products []byte
	item     item // the product read last, which options may still change
	sum      japanese.Decimal
	summed   bool
	bad      *cellProblem
	badRow   int
	key      []byte
}

// item is a product of an order.
type item struct {
	inside, options []byte // of JSON objects, and of the array of options
	price, quantity japanese.Decimal
	priced, open    bool
}

type orderSlots struct {
	id, at, status, fulfillment, total, subtotal, shipping, currency      int
	cancelledAt, refundedAt, refundAmount, shippedAt, tracking, carrier   int
	updatedAt, price, quantity, lineTotal, lineKind, productID, sku, name int
}

func newOrderBuilder(f *factory, r *reader, reject func(*rowStore, int, *cellProblem)) *orderBuilder {
	p := f.plan
	b := &orderBuilder{f: f, r: r, reject: reject, rec: newRecord(len(p.target.Fields)), status: wordTable(orderStatuses)}
	b.slots = orderSlots{
		id: p.indexOf("order_id"), at: p.indexOf("ordered_at"), status: p.indexOf("status"),
		fulfillment: p.indexOf("fulfillment_status"),
		total:       p.indexOf("total"), subtotal: p.indexOf("subtotal"), shipping: p.indexOf("shipping"),
		currency:    p.indexOf("currency"),
		cancelledAt: p.indexOf("cancelled_at"), refundedAt: p.indexOf("refunded_at"),
		refundAmount: p.indexOf("refund_amount"),
		shippedAt:    p.indexOf("shipped_at"), tracking: p.indexOf("tracking_number"),
		carrier: p.indexOf("carrier"), updatedAt: p.indexOf("updated_at"),
		price: p.indexOf("price"), quantity: p.indexOf("quantity"), lineTotal: p.indexOf("line_total"),
		lineKind:  p.indexOf("line_kind"),
		productID: p.indexOf("product_id"), sku: p.indexOf("sku"), name: p.indexOf("product_name"),
	}
	for _, col := range p.event {
		if col.slot == b.slots.id {
			b.id = col
		}
	}
	return b
}

// orderKey returns the order number of a row, or that of the row before it when the row only
// continues an order: then its cell is empty.
func (b *orderBuilder) orderKey(row *tabular.Row) ([]byte, *cellProblem) {
	text, p := b.r.text(row, &b.id)
	if p != nil {
		return nil, p
	}
	var room [64]byte
	id := japanese.AppendCode(room[:0], text)
	if len(id) == 0 && len(b.key) > 0 && b.continues(row) {
		return b.key, nil
	}
	b.key = append(b.key[:0], id...)
	return b.key, nil
}

// continues reports whether a row has only the columns of a line.
func (b *orderBuilder) continues(row *tabular.Row) bool {
	for _, c := range b.f.plan.changing {
		if c < len(row.Cells) && len(bytes.TrimSpace(row.Cells[c])) > 0 {
			return false
		}
	}
	return len(b.f.plan.line) > 0
}

// add takes a row of the order key. The order before it is finished when that is another. A row
// that cannot be read costs its order.
func (b *orderBuilder) add(row *tabular.Row, key []byte) {
	current := b.rec.slot(b.slots.id)
	if b.open && bytes.Equal(current, key) && len(b.f.plan.line) > 0 {
		b.rows.add(row)
		switch {
		case b.bad != nil:
		case row.Problem != nil:
			b.fail(problemOf(row))
		default:
			b.fail(b.more(row))
		}
		return
	}
	b.finish()
	b.open = true
	b.rec.reset(row.Line)
	b.products, b.sum, b.summed, b.item.open = b.products[:0], japanese.Decimal{}, false, false
	b.rows.reset()
	b.rows.add(row)
	b.remember(row)
	p := problemOf(row)
	if p == nil {
		p = b.r.read(row, b.rec, b.f.plan.event)
	}
	if p != nil {
		// Rows of the order that follow must find it by its number.
		if b.rec.texts[b.slots.id] == (span{}) {
			b.rec.texts[b.slots.id] = b.rec.keep(key)
		}
		b.fail(p)
		return
	}
	b.fail(b.readLine(row))
}

func (b *orderBuilder) fail(p *cellProblem) {
	if p != nil && b.bad == nil {
		b.bad, b.badRow = p, b.rows.len()-1
	}
}

// remember keeps the event-level cells of the first row.
func (b *orderBuilder) remember(row *tabular.Row) {
	b.first, b.cells = b.first[:0], b.cells[:0]
	for _, c := range b.f.plan.changing {
		from := len(b.cells)
		if c < len(row.Cells) {
			b.cells = append(b.cells, row.Cells[c]...)
		}
		b.first = append(b.first, b.cells[from:len(b.cells):len(b.cells)])
	}
}

// more reads a further row of an order: its line, and event-level cells that the first row
// left empty.
func (b *orderBuilder) more(row *tabular.Row) *cellProblem {
	p := b.f.plan
	i := 0
	for n := range p.event {
		col := &p.event[n]
		blank, fresh, differs := true, false, false
		was := b.first[i : i+len(col.from)]
		i += len(col.from)
		for k, c := range col.from {
			var cell []byte
			if c < len(row.Cells) {
				cell = row.Cells[c]
			}
			blank, fresh = blank && len(was[k]) == 0, fresh || len(cell) > 0
			differs = differs || len(was[k]) > 0 && len(cell) > 0 && !bytes.Equal(was[k], cell)
		}
		switch {
		case blank && fresh:
			if problem := b.r.readColumn(row, b.rec, col); problem != nil {
				return problem
			}
			for k, c := range col.from {
				if c < len(row.Cells) {
					was[k] = bytes.Clone(row.Cells[c])
				}
			}
		case differs && col.field != nil:
			b.r.warn(row.Line, &cellProblem{
				key: "order_differs", column: col.from[0], name: col.name,
				value: clip(row.AppendLenient(nil, col.from[0])),
				args:  arguments("order", string(b.rec.slot(b.slots.id)), "line", b.rec.line),
			})
		}
	}
	return b.readLine(row)
}

// readLine reads the product of a row.
func (b *orderBuilder) readLine(row *tabular.Row) *cellProblem {
	p := b.f.plan
	if len(p.line) == 0 {
		return nil
	}
	rec := b.rec
	rec.product = rec.product[:0]
	for i := range p.line {
		if slot := p.line[i].slot; slot >= 0 {
			rec.filled[slot], rec.texts[slot], rec.numbers[slot] = false, span{}, japanese.Decimal{}
		}
	}
	if problem := b.r.read(row, rec, p.line); problem != nil {
		return problem
	}
	s := &b.slots
	if !rec.filled[s.productID] && !rec.filled[s.sku] && !rec.filled[s.name] {
		return nil
	}
	switch lineKind(rec.slot(s.lineKind)) {
	case kindOption:
		b.addOption()
	case kindProduct:
		b.addProduct()
	}
	return nil
}

type lineKindOf uint8

const (
	kindProduct lineKindOf = iota
	kindOption
	kindOther // shipping, fees, discounts, points: the order's own columns have them
)

// lineKind tells products from the other lines that shops export: EC-CUBE's 明細区分, and the option
// rows of BASE, whose name is 商品オプション「…」.
func lineKind(text []byte) lineKindOf {
	switch normalWord(text) {
	case "送料", "手数料", "割引", "値引き", "値引", "税", "消費税", "ポイント", "クーポン", "決済手数料", "代引手数料", "shipping", "fee",
		"discount", "tax", "point", "coupon", "tip", "giftcard":
		return kindOther
	case "オプション", "option":
		return kindOption
	}
	if bytes.HasPrefix(text, []byte("商品オプション「")) {
		return kindOption
	}
	return kindProduct
}

func (b *orderBuilder) addProduct() {
	b.closeProduct()
	rec, s, it := b.rec, &b.slots, &b.item
	it.inside, it.options, it.open = append(it.inside[:0], rec.product...), it.options[:0], true
	if it.quantity = rec.numbers[s.quantity]; !rec.filled[s.quantity] {
		it.quantity = japanese.Decimal{Unscaled: 1}
		it.inside = append(appendMember(it.inside, []byte(`"quantity"`)), '1')
	}
	it.price, it.priced = rec.numbers[s.price], rec.filled[s.price]
	if !it.priced && rec.filled[s.lineTotal] {
		it.price, it.priced = rec.numbers[s.lineTotal].Div(it.quantity)
	}
}

// addOption gives the product before it what the customer chose, and what that costs a piece.
func (b *orderBuilder) addOption() {
	rec, it := b.rec, &b.item
	if !it.open {
		b.addProduct()
		return
	}
	if len(it.options) > 0 {
		it.options = append(it.options, ',')
	}
	it.options = append(append(append(it.options, '{'), rec.product...), '}')
	if price, ok := it.price.Add(rec.numbers[b.slots.price]); ok {
		it.price = price
	}
}

func (b *orderBuilder) closeProduct() {
	it := &b.item
	if !it.open {
		return
	}
	it.open = false
	if len(b.products) > 0 {
		b.products = append(b.products, ',')
	}
	b.products = append(append(b.products, '{'), it.inside...)
	if it.priced {
		b.products = it.price.AppendJSON(append(b.products, `,"price":`...))
		if amount, ok := it.price.Mul(it.quantity); ok {
			if sum, ok := b.sum.Add(amount); ok {
				b.sum, b.summed = sum, true
			}
		}
	}
	if len(it.options) > 0 {
		b.products = append(append(append(b.products, `,"options":[`...), it.options...), ']')
	}
	b.products = append(b.products, '}')
}

// finish makes the events of the order at hand.
func (b *orderBuilder) finish() {
	if !b.open {
		return
	}
	b.open = false
	b.closeProduct()
	if b.bad == nil {
		b.bad = b.events()
	}
	if b.bad != nil {
		b.reject(&b.rows, b.badRow, b.bad)
		b.bad, b.badRow = nil, 0
	}
}

// events makes the events of a whole order. It returns why it cannot.
func (b *orderBuilder) events() *cellProblem {
	rec, s, f := b.rec, &b.slots, b.f
	person := rec.person(f.key[:0])
	f.key = person
	if len(person) == 0 {
		return &cellProblem{key: "no_person", column: -1}
	}
	became := b.became()
	if became == notPlaced {
		b.r.warn(rec.line, &cellProblem{
			key: "order_not_placed", column: -1, value: string(rec.slot(s.status)),
			args: arguments("order", string(rec.slot(s.id))),
		})
		return nil
	}
	at := rec.times[s.at]
	rec.finishPerson(f.plan)
	b.finishProperties()
	f.held.add(rec, person, rec.slot(s.id), at)
	f.stats.person(f.hash.reset().part(person).sum())

	id := rec.slot(s.id)
	completed := f.event(rec, hitori.Track, "Order Completed", at)
	completed.Properties = object(rec.properties)
	f.send(rec.line, &completed, f.hash.reset().word("Order Completed").part(id).sum())
	b.updated(completed, became, at)
	if rec.filled[s.shippedAt] || rec.filled[s.tracking] && became == "Order Shipped" {
		b.shipped(completed, at)
	}
	switch became {
	case "Order Cancelled":
		e := completed
		e.Name, e.Time = became, b.when(s.cancelledAt, at)
		f.send(rec.line, &e, f.hash.reset().word(became).part(id).sum())
	case "Order Refunded":
		b.refunded(completed, at)
	}
	return nil
}

// became is what the row says of the order's fate: the event, notPlaced, or "" for an order like
// any other.
func (b *orderBuilder) became() string {
	rec, s := b.rec, &b.slots
	if rec.filled[s.cancelledAt] {
		return "Order Cancelled"
	}
	status := b.status[normalWord(rec.slot(s.status))]
	if rec.filled[s.refundAmount] && rec.numbers[s.refundAmount].Unscaled > 0 || rec.filled[s.refundedAt] {
		if status != "Order Cancelled" {
			return "Order Refunded"
		}
	}
	if status == "" || status == "Order Shipped" {
		if fulfilled := b.status[normalWord(rec.slot(s.fulfillment))]; fulfilled != "" {
			return fulfilled
		}
	}
	return status
}

// finishProperties adds what follows from the columns: the total where only lines have amounts,
// the currency, the products.
func (b *orderBuilder) finishProperties() {
	rec, s := b.rec, &b.slots
	if !rec.filled[s.total] && !rec.filled[s.subtotal] && b.summed {
		total := b.sum
		if rec.filled[s.shipping] {
			if sum, ok := total.Add(rec.numbers[s.shipping]); ok {
				total = sum
			}
		}
		rec.properties = total.AppendJSON(appendMember(rec.properties, []byte(`"total"`)))
		b.r.warn(rec.line, &cellProblem{
			key: "total_computed", column: -1, value: total.String(),
			args: arguments("order", string(rec.slot(s.id))),
		})
	}
	if !rec.filled[s.currency] {
		rec.properties = append(appendMember(rec.properties, []byte(`"currency"`)), b.f.plan.currency...)
	}
	if len(b.products) > 0 {
		rec.properties = append(appendMember(rec.properties, []byte(`"products"`)), '[')
		rec.properties = append(append(rec.properties, b.products...), ']')
	}
}

// updated tells that the order is not what it was when it was placed: by comparison with what the
// ledger remembers, or where there is none because the row gives a later time of change.
func (b *orderBuilder) updated(completed hitori.Event, became string, at time.Time) {
	rec, s, f := b.rec, &b.slots, b.f
	changed := rec.times[s.updatedAt]
	e := completed
	e.Name, e.Time = "Order Updated", f.plan.asOf.UTC()
	if rec.filled[s.updatedAt] {
		e.Time = changed.UTC()
	}
	id := rec.slot(s.id)
	ended := became == "Order Cancelled" || became == "Order Refunded"
	if !f.ledger {
		if rec.filled[s.updatedAt] && changed.After(at) && !ended {
			f.send(rec.line, &e, f.hash.reset().word("Order Updated").part(id).word(changed.UTC().Format(time.RFC3339)).sum())
		}
		return
	}
	m := whenChanged
	if ended { // the event for that follows
		m = remembered
	}
	key := f.hash.reset().word("order").part(id).sum()
	content := f.hash.reset().word(string(completed.Properties)).sum()
	f.sendState(rec.line, &e, m, key, content)
}

func (b *orderBuilder) shipped(completed hitori.Event, at time.Time) {
	rec, s, f := b.rec, &b.slots, b.f
	e := completed
	e.Name, e.Time = "Order Shipped", b.when(s.shippedAt, at)
	inside := appendPair(nil, "order_id", rec.slot(s.id))
	if carrier := rec.slot(s.carrier); len(carrier) > 0 {
		inside = appendPair(inside, "carrier", carrier)
	}
	if tracking := rec.slot(s.tracking); len(tracking) > 0 {
		inside = appendPair(inside, "tracking_number", tracking)
	}
	e.Properties = object(inside)
	f.send(rec.line, &e, f.hash.reset().word(e.Name).part(rec.slot(s.id)).part(rec.slot(s.tracking)).sum())
}

// refunded tells what was given back. Without an amount in the file that is all of it; an amount is
// the sum up to the time of the export, of which what the ledger knows is told already.
func (b *orderBuilder) refunded(completed hitori.Event, at time.Time) {
	rec, s, f := b.rec, &b.slots, b.f
	e := completed
	e.Name, e.Time = "Order Refunded", b.when(s.refundedAt, at)
	id := rec.slot(s.id)
	if !rec.filled[s.refundAmount] || rec.numbers[s.refundAmount].Unscaled <= 0 {
		f.send(rec.line, &e, f.hash.reset().word(e.Name).part(id).sum())
		return
	}
	amount := rec.numbers[s.refundAmount]
	currency := f.plan.currency
	if rec.filled[s.currency] {
		currency = appendString(nil, rec.slot(s.currency))
	}
	inside := appendPair(nil, "order_id", id)
	inside = append(appendMember(inside, []byte(`"currency"`)), currency...)
	e.Properties = object(amount.AppendJSON(appendMember(inside, []byte(`"total"`))))
	key := f.hash.reset().word("refund").part(id).sum()
	if !f.ledger {
		f.send(rec.line, &e, key)
		return
	}
	f.sendState(rec.line, &e, growing, key, amountContent(amount))
}

// when is the time of something that happened to the order: its own column, the time of the last
// change, or a second after the order, which keeps it in the same month.
func (b *orderBuilder) when(slot int, at time.Time) time.Time {
	rec := b.rec
	switch {
	case rec.filled[slot]:
		return rec.times[slot].UTC()
	case rec.filled[b.slots.updatedAt] && rec.times[b.slots.updatedAt].After(at):
		return rec.times[b.slots.updatedAt].UTC()
	}
	return at.Add(time.Second).UTC()
}

// wordTable turns lists of words by event into events by word.
func wordTable(words map[string][]string) map[string]string {
	out := map[string]string{}
	for event, list := range words {
		for _, w := range list {
			out[normalWord([]byte(w))] = event
		}
	}
	return out
}
