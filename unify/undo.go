package unify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// UndoStore is the state as undoing imports needs it.
type UndoStore interface {
	// Progress returns how far each partition has been applied.
	Progress(ctx context.Context) (Progress, error)
	// Repeats returns the events that repeated the given ones.
	Repeats(ctx context.Context, positions []hitori.Position) ([]hitori.Position, error)
	// ForgetSightings makes events new again that were first seen at the given places.
	ForgetSightings(ctx context.Context, sightings []Sighting) error
	// Members returns, by person, all profiles of the people to whom some profiles belong.
	Members(ctx context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID][]hitori.CustomerID, error)
	// Retract runs fn in one write transaction, as [WorkerStore] does for Decide.
	Retract(ctx context.Context, fn func(RetractTx) error) error
	// UndoPlan returns what [RetractTx] left for an import, "" when there is nothing, and DropUndoPlan removes it.
	UndoPlan(ctx context.Context, importID string) (string, error)
	DropUndoPlan(ctx context.Context, importID string) error
}

// UndoWarehouse is what a warehouse does so that imports can be undone.
type UndoWarehouse interface {
	Warehouse
	// Stamps calls fn, in any order, for every event of a source between two places on the log, both included,
	// with the profile it is stamped with. An error of fn ends it and is returned.
	Stamps(ctx context.Context, source hitori.SourceID, from, to hitori.Position, fn func(hitori.Position, hitori.CustomerID) error) error
	// CountEvents returns how many events each of the customers has; those without any are left out.
	CountEvents(ctx context.Context, customers []hitori.CustomerID) (map[hitori.CustomerID]int64, error)
	// EventsOf calls fn, in any order, for every event of the customers, without its lines. For many
	// customers it is quicker than History. An error of fn ends it and is returned.
	EventsOf(ctx context.Context, customers []hitori.CustomerID, fn func(hitori.Stamped) error) error
	// Describing calls fn, in any order, for every event that describes a group or a product, without its
	// lines. An error of fn ends it and is returned.
	Describing(ctx context.Context, fn func(hitori.Stamped) error) error
	// Restamp gives events that are there to other customers: those of the batch take the place of
	// the rows at the same positions. It is idempotent by the batch's token, as Append is; a reader may for a
	// moment find an event with both customers.
	Restamp(ctx context.Context, batch Batch) error
}

// UndoLog is the log as undoing imports needs it.
type UndoLog interface {
	Log
	// At returns the events at some positions, in the order of the log; those that were erased are left out.
	At(ctx context.Context, positions []hitori.Position) ([]hitori.Event, error)
}

// Undos takes imports back (取り込みの取り消し): afterwards everything is as if the file had never been imported.
//
// The log is the list of what came with an import. People are taken in turn, each with all profiles: what they
// have from the import is removed, and what hung on it, as a join by an address that the import told first,
// is applied anew from their other events, in the order of the log (see retraction). So the result is that of
// a rebuild from a log without the import. Then what the import told about products and groups goes, then
// the events in the warehouse, and on the log at last, so that an undo that was cut off finds what is left.
//
// Not taken back are the counts of the data contract.
type Undos struct {
	store     UndoStore
	warehouse UndoWarehouse
	log       UndoLog
	currency  hitori.Currency
}

// NewUndos returns the undoing of imports on these engines. The currency is that of amounts which do not
// name theirs.
func NewUndos(store UndoStore, warehouse UndoWarehouse, log UndoLog, currency hitori.Currency) *Undos {
	return &Undos{store: store, warehouse: warehouse, log: log, currency: currency}
}

// undo is one import being taken back.
type undo struct {
	*Undos
	of hitori.Import
	// positions are those of its events, in order.
	positions []hitori.Position
	orders    int64
	entities  map[hitori.EntityKey]bool
	// theirs is how many of its events each profile has.
	theirs map[hitori.CustomerID]int64
	done   map[hitori.CustomerID]bool // profiles
}

func (u *undo) undone(p hitori.Position) bool {
	_, found := slices.BinarySearch(u.positions, p)
	return found
}

const (
	// previewed is how many profiles a preview asks after at a time.
	previewed = 5000
	// retracted is how many profiles are taken back in one transaction.
	retracted = 500
	// removedAtOnce is how many events are removed from the warehouse, or the log, in one go.
	removedAtOnce = 20_000
)

// Undo takes an import back. It goes on behind the profile after, which an earlier call that was cut off
// reported last; progress is called with how much of the work is done.
func (s *Undos) Undo(ctx context.Context, of hitori.Import, after hitori.CustomerID, progress func(done, total int64, after hitori.CustomerID)) error {
	u := &undo{Undos: s, of: of, entities: make(map[hitori.EntityKey]bool), done: make(map[hitori.CustomerID]bool)}
	if err := u.carryOut(ctx); err != nil { // what was cut off
		return err
	}
	if err := u.settle(ctx); err != nil {
		return err
	}
	if err := u.find(ctx, 0, s.store.ForgetSightings); err != nil {
		return err
	}
	var err error
	if u.theirs, err = u.customers(ctx); err != nil {
		return err
	}
	customers := slices.Sorted(maps.Keys(u.theirs))
	total := int64(len(customers) + 2*len(u.positions))
	start, _ := slices.BinarySearch(customers, after+1)
	for i := start; i < len(customers); {
		n, err := u.people(ctx, customers[i:])
		if err != nil {
			return err
		}
		i += n
		progress(int64(i), total, customers[i-1])
	}
	if err := u.describeAnew(ctx); err != nil {
		return err
	}
	done := int64(len(customers))
	return u.remove(ctx, func(n int) {
		done += int64(n)
		progress(done, total, 1<<62)
	})
}

// people takes the import back from the people to whom the first of the profiles belong, and returns how many
// of the profiles are dealt with. When something happens to the people meanwhile it tries again, with fewer of them.
func (u *undo) people(ctx context.Context, customers []hitori.CustomerID) (int, error) {
	n := min(retracted, len(customers))
	some := slices.DeleteFunc(slices.Clone(customers[:n]), func(c hitori.CustomerID) bool { return u.done[c] })
	for {
		more, err := u.retract(ctx, some)
		switch {
		case errors.Is(err, errMoved):
			if n > 1 {
				n /= 2
				some = slices.DeleteFunc(slices.Clone(customers[:n]), func(c hitori.CustomerID) bool { return u.done[c] })
			}
		case err != nil:
			return 0, err
		case len(more) > 0:
			some = append(some, more...)
		default:
			return n, u.carryOut(ctx)
		}
	}
}

// errMoved says that people were told about while they were looked at.
var errMoved = errors.New("unify: people have changed meanwhile")

// retract takes the import back from some people, in one transaction. It returns further profiles that must be
// dealt with together with these, and then has changed nothing.
func (u *undo) retract(ctx context.Context, customers []hitori.CustomerID) (more []hitori.CustomerID, err error) {
	if len(customers) == 0 {
		return nil, nil
	}
	now, err := u.applied(ctx)
	if err != nil {
		return nil, err
	}
	people, err := u.store.Members(ctx, customers)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	members := slices.Concat(slices.Collect(maps.Values(people))...)
	r := newRetraction(u, members)
	if err := u.histories(ctx, r); err != nil {
		return nil, err
	}
	r.inOrder()
	err = u.store.Retract(ctx, func(tx RetractTx) error {
		more, err = r.run(ctx, tx, now)
		if err == nil && len(more) > 0 {
			return errWider
		}
		return err
	})
	switch {
	case errors.Is(err, errWider):
		return more, nil
	case err != nil:
		return nil, err
	}
	for _, c := range members {
		u.done[c] = true
	}
	return nil, nil
}

// histories reads what else there is of the people than events of the import. Most profiles that an import has made have
// nothing else.
func (u *undo) histories(ctx context.Context, r *retraction) error {
	all, err := u.warehouse.CountEvents(ctx, r.members)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(r.members), func(c hitori.CustomerID) bool { return all[c] <= u.theirs[c] })
	return u.warehouse.EventsOf(ctx, others, func(e hitori.Stamped) error {
		r.events = append(r.events, e)
		return nil
	})
}

var errWider = errors.New("unify: more people are concerned")

// moment is a place on the log up to which everything has been applied.
type moment struct {
	applied map[int]uint64
	// version is that of aliases made now: later than all that was, earlier than all that comes.
	version hitori.Position
}

// applied waits until everything accepted has been applied.
func (u *undo) applied(ctx context.Context) (moment, error) {
	before, err := u.log.Last(ctx)
	if err != nil {
		return moment{}, err
	}
	// Partitions are asked one after the other. What the first time was not yet in one of them, but
	// is older than what was in another, is there the second time.
	if err := u.settle(ctx); err != nil {
		return moment{}, err
	}
	progress, err := u.store.Progress(ctx)
	if err != nil {
		return moment{}, err
	}
	var newest uint64
	for _, sequence := range before {
		newest = max(newest, sequence)
	}
	return moment{progress.Applied, hitori.NewPosition(newest, 1<<8-1, hitori.MaxFrameEvents-1)}, nil
}

// undoPlan is what a transaction leaves to be done in the warehouse: who has become whose, and which events
// have moved to which profile.
type undoPlan struct {
	Token   string  `json:"token"`
	Aliases []Alias `json:"aliases"`
	Moves   []move  `json:"moves"`
}

type move struct {
	Position hitori.Position   `json:"p"`
	Customer hitori.CustomerID `json:"c"`
}

// carryOut does what the last transaction has left.
func (u *undo) carryOut(ctx context.Context) error {
	text, err := u.store.UndoPlan(ctx, u.of.ID)
	if err != nil || text == "" {
		return err
	}
	var plan undoPlan
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		return hitori.NewError(hitori.Internal, "internal").Because(err)
	}
	positions := make([]hitori.Position, len(plan.Moves))
	to := make(map[hitori.Position]hitori.CustomerID, len(plan.Moves))
	for i, m := range plan.Moves {
		positions[i], to[m.Position] = m.Position, m.Customer
	}
	events, err := u.log.At(ctx, positions)
	if err != nil {
		return err
	}
	batch := Batch{Token: plan.Token, Aliases: plan.Aliases}
	for _, e := range events {
		batch.Events = append(batch.Events, Stamp(e, to[e.Position], u.currency))
	}
	if err := u.warehouse.Restamp(ctx, batch); err != nil {
		return err
	}
	return u.store.DropUndoPlan(ctx, u.of.ID)
}

// unmoved returns errMoved when an event of a kind was applied since a moment.
func (u *undo) unmoved(ctx context.Context, tx RetractTx, since moment, concerns func(*hitori.Event) bool) error {
	progress, err := tx.Applied(ctx)
	if err != nil {
		return err
	}
	begin, end := uint64(1<<63), uint64(0)
	for p, sequence := range progress {
		if sequence > since.applied[p] {
			begin, end = min(begin, since.applied[p]), max(end, sequence)
		}
	}
	if end == 0 {
		return nil
	}
	return eachEvent(ctx, u.log, begin, end, progress, func(e *hitori.Event) error {
		if e.Position.Sequence() > since.applied[e.Position.Partition()] && e.Type != 0 && concerns(e) {
			return errMoved
		}
		return nil
	})
}

// remove removes the events from the warehouse and then, with those that repeated them, from the log.
func (u *undo) remove(ctx context.Context, removed func(n int)) error {
	for some := range slices.Chunk(u.positions, removedAtOnce) {
		if err := u.warehouse.Drop(ctx, some); err != nil {
			return err
		}
		removed(len(some))
	}
	for some := range slices.Chunk(u.positions, removedAtOnce) {
		repeats, err := u.store.Repeats(ctx, some)
		if err != nil {
			return err
		}
		if err := u.log.Redact(ctx, append(repeats, some...)); err != nil {
			return err
		}
		removed(len(some))
	}
	return nil
}

// token names what one transaction of an undo sends to the warehouse.
func (u *undo) token(members []hitori.CustomerID, version hitori.Position) string {
	return fmt.Sprintf("undo-%s-%d-%d", u.of.ID, slices.Min(members), version)
}
