package unify

import (
	"encoding/binary"
	"errors"

	"github.com/hitori-cdp/hitori"
)

// plan is what a step sends to the warehouse, in few bytes: whose each event is, and who
// moved. It is stored with the step, so that a step that was cut off by a crash is sent
// again exactly as it would have been.
type plan struct {
	stamps  []int64
	aliases []Alias
}

var errPlan = errors.New("unify: damaged plan")

func (p plan) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(len(p.stamps)))
	last := int64(0)
	for _, stamp := range p.stamps { // neighbours are often one person's
		b = binary.AppendVarint(b, stamp-last)
		last = stamp
	}
	b = binary.AppendUvarint(b, uint64(len(p.aliases)))
	for _, a := range p.aliases {
		b = binary.AppendVarint(b, int64(a.Customer))
		b = binary.AppendVarint(b, int64(a.Root))
		b = binary.AppendVarint(b, int64(a.Version))
	}
	return b
}

func decodePlan(b []byte) (plan, error) {
	var p plan
	ok := true
	uvarint := func() uint64 {
		v, n := binary.Uvarint(b)
		if ok = ok && n > 0; !ok {
			return 0
		}
		b = b[n:]
		return v
	}
	varint := func() int64 {
		v := uvarint()
		return int64(v>>1) ^ -int64(v&1)
	}
	count := uvarint()
	if count > uint64(len(b)) {
		return p, errPlan
	}
	p.stamps = make([]int64, count)
	last := int64(0)
	for i := range p.stamps {
		last += varint()
		p.stamps[i] = last
	}
	for count = uvarint(); ok && count > 0; count-- {
		p.aliases = append(p.aliases, Alias{
			Customer: hitori.CustomerID(varint()), Root: hitori.CustomerID(varint()), Version: hitori.Position(varint()),
		})
	}
	if !ok {
		return p, errPlan
	}
	return p, nil
}

// warehouseBatch builds what a plan sends to the warehouse from the events it is about.
func (p plan) warehouseBatch(token string, events []hitori.Event, shop hitori.Currency) (Batch, error) {
	if len(events) != len(p.stamps) {
		return Batch{}, errPlan
	}
	batch := Batch{Token: token, Aliases: p.aliases, Events: make([]hitori.Stamped, 0, len(events))}
	for i := range events {
		switch stamp := p.stamps[i]; stamp {
		case stampSkipped:
		case stampHeld:
			batch.Quarantined = append(batch.Quarantined, events[i])
		default:
			batch.Events = append(batch.Events, Stamp(events[i], hitori.CustomerID(stamp), shop))
		}
	}
	return batch, nil
}

// Stamp gives an event its customer, and reads from it what the warehouse keeps in columns.
func Stamp(e hitori.Event, customer hitori.CustomerID, shop hitori.Currency) hitori.Stamped {
	s := hitori.Stamped{Event: e, Customer: customer, Kind: hitori.KindOf(e.Type, e.Name), Currency: shop}
	if e.Type == hitori.Track {
		readCommerce(&s, shop)
	}
	return s
}
