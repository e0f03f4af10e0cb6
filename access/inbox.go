package access

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// Teller finds out what there is to tell.
type Teller struct {
	// Rights are what a user must have to be told.
	Rights []Scope
	Tell   func(ctx context.Context) ([]hitori.Notice, error)
	// Keep is how long an answer holds, where finding out is dear.
	Keep time.Duration
}

// Letter is a notice to one user.
type Letter struct {
	hitori.Notice
	Read bool
}

// MarkStore keeps up to when users have read notices.
type MarkStore interface {
	// Marks returns the times of the notices that a user has read, by their ids.
	Marks(ctx context.Context, user string) (map[string]time.Time, error)
	// Mark adds or replaces marks of a user, and removes those of gone notices.
	Mark(ctx context.Context, user string, read map[string]time.Time, gone []string) error
}

// Inbox tells users what needs them and remembers what they have read. Its methods are safe for
// concurrent use.
type Inbox struct {
	store   MarkStore
	clock   service.Clock
	tellers []*keptTeller
}

// keptTeller remembers what was told last.
type keptTeller struct {
	Teller
	mu      sync.Mutex
	told    []hitori.Notice
	current time.Time
}

// NewInbox returns an inbox filled by tellers.
func NewInbox(store MarkStore, clock service.Clock, tellers ...Teller) *Inbox {
	i := &Inbox{store: store, clock: clock}
	for _, t := range tellers {
		i.tellers = append(i.tellers, &keptTeller{Teller: t})
	}
	return i
}

func (t *keptTeller) tell(ctx context.Context, now time.Time) ([]hitori.Notice, error) {
	if t.Keep == 0 {
		return t.Tell(ctx)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.IsZero() || now.Sub(t.current) >= t.Keep || now.Before(t.current) {
		told, err := t.Tell(ctx)
		if err != nil {
			return nil, err
		}
		t.told, t.current = told, now
	}
	return t.told, nil
}

// List returns what there is to tell a user who has these rights, the latest first, and why not all of
// it could be found out: an engine that is away does not keep the rest from being told.
func (i *Inbox) List(ctx context.Context, user User) (letters []Letter, missing, err error) {
	marks, err := i.store.Marks(ctx, user.ID)
	if err != nil {
		return nil, nil, err
	}
	letters = []Letter{}
	for _, t := range i.tellers {
		if slices.ContainsFunc(t.Rights, func(right Scope) bool { return !user.Role.Has(right) }) {
			continue
		}
		told, err := t.tell(ctx, i.clock.Now())
		missing = errors.Join(missing, err)
		for _, n := range told {
			letters = append(letters, Letter{n, !marks[n.ID].Before(n.Time)})
		}
	}
	slices.SortFunc(letters, func(a, b Letter) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.ID, b.ID)) })
	return letters, missing, nil
}

// Read remembers that a user has read notices as they were at some time, and forgets marks of
// notices that are gone.
func (i *Inbox) Read(ctx context.Context, user User, read map[string]time.Time) error {
	letters, missing, err := i.List(ctx, user)
	if err != nil {
		return err
	}
	marks, err := i.store.Marks(ctx, user.ID)
	if err != nil {
		return err
	}
	there := make(map[string]bool)
	for _, l := range letters {
		there[l.ID] = true
	}
	known := maps.Clone(read)
	maps.DeleteFunc(known, func(id string, _ time.Time) bool { return !there[id] })
	var gone []string
	for id := range marks {
		if missing == nil && !there[id] {
			gone = append(gone, id)
		}
	}
	return i.store.Mark(ctx, user.ID, known, gone)
}
