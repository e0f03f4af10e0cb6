package collect

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/contract"
	"github.com/hitori-cdp/hitori/collect/internal/wire"
	"github.com/hitori-cdp/hitori/service"
)

type (
	// Rule says what a field must be.
	Rule = contract.Rule
	// Rules are the rules of all fields.
	Rules = contract.Rules
)

// CountFields surveys events for the data contract.
func CountFields(events []hitori.Event) []hitori.FieldCount { return contract.Survey(events) }

// ContractStore keeps the data contract.
type ContractStore interface {
	// Fields returns what is known about the fields of one kind of event, or, with an empty type, one
	// entry for every kind of event, with an empty path.
	Fields(ctx context.Context, t hitori.EventType, name string) ([]hitori.FieldCount, error)
	// Rules returns the rules of all fields.
	Rules(ctx context.Context) (Rules, error)
	// PutRule changes the rule of a field that has the version of the given one, or adds one when that
	// is zero. It returns an error of code Conflict when somebody was first.
	PutRule(ctx context.Context, key hitori.FieldKey, rule Rule, actor string, at time.Time) error
	// DeleteRule removes the rule with a version, or whatever rule there is when that is zero. It
	// returns an error of code Conflict when the rule has another version.
	DeleteRule(ctx context.Context, key hitori.FieldKey, version int64) error
	// Release remembers that events were taken out of quarantine.
	Release(ctx context.Context, positions []hitori.Position) error
}

// FieldUser says where a field is used: a segment, an analysis, a scenario. Rooms that use
// fields are asked through it.
type FieldUser func(ctx context.Context) (map[hitori.FieldKey][]string, error)

// Contract is the data contract: what arrives, what may, what broke it, and who uses what.
type Contract struct {
	store      ContractStore
	quarantine Quarantine
	samples    Samples
	collector  *Collector
	clock      service.Clock
	users      []FieldUser
	runner     service.Runner
	mu         sync.Mutex
}

// ContractConfig is what a contract works with.
type ContractConfig struct {
	Store      ContractStore
	Quarantine Quarantine
	Samples    Samples
	Collector  *Collector
	Clock      service.Clock
	Users      []FieldUser
}

// NewContract returns a contract. [Contract.Reload] must be called before the collector
// keeps it.
func NewContract(cfg ContractConfig) *Contract {
	return &Contract{
		store: cfg.Store, quarantine: cfg.Quarantine, samples: cfg.Samples,
		collector: cfg.Collector, clock: cfg.Clock, users: cfg.Users,
	}
}

// reload is how often a process reads the rules that another one may have changed.
const reload = 5 * time.Second

// Start reads the rules, and reads them again now and then.
func (c *Contract) Start(ctx context.Context) error {
	if err := c.Reload(ctx); err != nil {
		return err
	}
	c.runner.Run(ctx, func(ctx context.Context) {
		ticker := time.NewTicker(reload)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				_ = c.Reload(ctx) // the old rules hold until the store answers again
			case <-ctx.Done():
				return
			}
		}
	})
	return nil
}

// Stop ends the reading.
func (c *Contract) Stop() { c.runner.Stop() }

// Reload makes the collector keep the rules as they are stored now.
func (c *Contract) Reload(ctx context.Context) error {
	rules, err := c.store.Rules(ctx)
	if err != nil {
		return err
	}
	checker, err := contract.NewChecker(rules)
	if err != nil {
		return err
	}
	c.collector.checker.Store(checker)
	return nil
}

// EventKind is one kind of event that has arrived.
type EventKind struct {
	Type       string    `json:"type"`
	Name       string    `json:"name,omitempty"`
	Documented bool      `json:"documented" doc:"Whether the event is in Hitori's vocabulary"`
	Kind       string    `json:"kind"`
	Events     int64     `json:"events"`
	Bytes      int64     `json:"bytes" doc:"Size of properties, traits and context"`
	First      time.Time `json:"first_seen"`
	Last       time.Time `json:"last_seen"`
}

// Events lists the kinds of events that have arrived, the most frequent first.
func (c *Contract) Events(ctx context.Context) ([]EventKind, error) {
	counts, err := c.store.Fields(ctx, 0, "")
	if err != nil {
		return nil, err
	}
	kinds := make([]EventKind, 0, len(counts))
	for _, count := range counts {
		_, documented := hitori.LookupEvent(count.Name)
		kinds = append(kinds, EventKind{
			Type: count.Type.String(), Name: count.Name, Documented: documented || count.Type != hitori.Track,
			Kind: hitori.KindOf(count.Type, count.Name).String(), Events: count.Events, Bytes: count.Bytes, First: count.First, Last: count.Last,
		})
	}
	slices.SortFunc(kinds, func(a, b EventKind) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), strings.Compare(a.Type+a.Name, b.Type+b.Name))
	})
	return kinds, nil
}

// Field is what is known about one field.
type Field struct {
	Path string `json:"path"`
	// Fill is the share of events that have the field and not null.
	Fill   float64          `json:"fill" doc:"Share of events that have the field, and not null"`
	Events int64            `json:"events"`
	Types  map[string]int64 `json:"types" doc:"How many values of each JSON type"`
	Bytes  int64            `json:"bytes"`
	First  time.Time        `json:"first_seen"`
	Last   time.Time        `json:"last_seen"`
	UsedBy []string         `json:"used_by" doc:"What uses the field: segments, analyses, scenarios"`
	Rule   *Rule            `json:"rule,omitempty"`
	// Expected is the type the vocabulary documents.
	Expected hitori.PropertyType `json:"expected,omitempty" doc:"The type Hitori's vocabulary documents"`
}

// Fields lists the fields of one kind of event, by path.
func (c *Contract) Fields(ctx context.Context, t hitori.EventType, name string) ([]Field, error) {
	counts, err := c.store.Fields(ctx, t, name)
	if err != nil {
		return nil, err
	}
	rules, err := c.store.Rules(ctx)
	if err != nil {
		return nil, err
	}
	users, err := c.usage(ctx)
	if err != nil {
		return nil, err
	}
	expected := documentedTypes(t, name)
	var total int64
	fields := make(map[string]*Field)
	for _, count := range counts {
		if count.Path == "" {
			total = count.Events
			continue
		}
		fields[count.Path] = newField(&count)
	}
	for key, rule := range rules {
		if key.Type == t && key.Name == name {
			if fields[key.Path] == nil { // a rule for a field that never came
				fields[key.Path] = newField(&hitori.FieldCount{FieldKey: key})
			}
			fields[key.Path].Rule = &rule
		}
	}
	list := make([]Field, 0, len(fields))
	for path, field := range fields {
		if total > 0 {
			field.Fill = float64(max(0, field.Events-field.Types[hitori.JSONNull.String()])) / float64(total)
		}
		field.Expected = expected[path]
		field.UsedBy = append(field.UsedBy, users[hitori.FieldKey{Type: t, Name: name, Path: path}]...)
		list = append(list, *field)
	}
	slices.SortFunc(list, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

func newField(count *hitori.FieldCount) *Field {
	f := &Field{Path: count.Path, Events: count.Events, Bytes: count.Bytes, First: count.First, Last: count.Last, Types: map[string]int64{}, UsedBy: []string{}}
	for t, n := range count.Values {
		if n > 0 {
			f.Types[hitori.JSONType(t).String()] = n
		}
	}
	return f
}

func documentedTypes(t hitori.EventType, name string) map[string]hitori.PropertyType {
	types := make(map[string]hitori.PropertyType)
	spec, ok := hitori.LookupEvent(name)
	if !ok || t != hitori.Track {
		return types
	}
	for _, property := range spec.Properties {
		types["properties."+property.Name] = property.Type
		if property.Name == "products" {
			for _, member := range hitori.ProductProperties() {
				types["properties.products[]."+member.Name] = member.Type
			}
		}
	}
	return types
}

func (c *Contract) usage(ctx context.Context) (map[hitori.FieldKey][]string, error) {
	all := make(map[hitori.FieldKey][]string)
	for _, user := range c.users {
		used, err := user(ctx)
		if err != nil {
			return nil, err
		}
		for key, names := range used {
			all[key] = append(all[key], names...)
		}
	}
	return all, nil
}

// SampleValues returns recent distinct values of a field.
func (c *Contract) SampleValues(ctx context.Context, key hitori.FieldKey, limit int) ([]hitori.JSON, error) {
	if err := contract.ValidatePath(key.Path); err != nil {
		return nil, err
	}
	return c.samples.SampleValues(ctx, key.Type, key.Name, key.Path, limit)
}

// SetRule changes the rule of a field that has the version of the given one, or adds one when that
// is zero, and returns it as it is then. It holds for events accepted from now on: at once in this process,
// within seconds in others. It returns an error of code Conflict when somebody has changed the rule meanwhile.
func (c *Contract) SetRule(ctx context.Context, key hitori.FieldKey, rule Rule, actor string) (Rule, error) {
	if err := contract.ValidatePath(key.Path); err != nil {
		return rule, err
	}
	if err := rule.Validate(); err != nil {
		return rule, err
	}
	if err := c.store.PutRule(ctx, key, rule, actor, c.clock.Now()); err != nil {
		return rule, err
	}
	rule.Version++
	return rule, c.Reload(ctx)
}

// RemoveRule removes the rule of a field that has a version, or any when that is zero. It returns an error
// of code Conflict when somebody has changed the rule meanwhile.
func (c *Contract) RemoveRule(ctx context.Context, key hitori.FieldKey, version int64) error {
	if err := contract.ValidatePath(key.Path); err != nil {
		return err
	}
	if err := c.store.DeleteRule(ctx, key, version); err != nil {
		return err
	}
	return c.Reload(ctx)
}

// Broken counts what is in quarantine, by source, event and problem.
func (c *Contract) Broken(ctx context.Context) ([]QuarantineCount, error) {
	return c.quarantine.CountQuarantined(ctx)
}

// BrokenEvents returns events in quarantine after a position.
func (c *Contract) BrokenEvents(ctx context.Context, filter QuarantineFilter, after hitori.Position, limit int) ([]hitori.Event, error) {
	return c.quarantine.Quarantined(ctx, filter, after, limit)
}

// Discard throws events in quarantine away and returns how many.
func (c *Contract) Discard(ctx context.Context, filter QuarantineFilter) (int, error) {
	return c.drain(ctx, filter, func(context.Context, []hitori.Event) error { return nil })
}

// replayed is how many events are replayed in one go.
const replayed = 1000

// Replay sends the events in quarantine through the contract as it is now. Those that
// still break it come back into quarantine with their present problems; the others count
// as if they had just been accepted, at the time they happened. It returns how many were
// sent. Two replays do not run at the same time.
func (c *Contract) Replay(ctx context.Context, filter QuarantineFilter) (int, error) {
	if err := c.Reload(ctx); err != nil {
		return 0, err
	}
	return c.drain(ctx, filter, func(ctx context.Context, events []hitori.Event) error {
		for i := range events {
			events[i] = again(events[i], c.collector.limits)
		}
		return c.collector.Accept(ctx, events)
	})
}

// drain hands every event in quarantine now to a function and releases it. A crash in
// between leaves events that were handed over in quarantine; handing them over again is
// harmless, since an event that has been accepted is not accepted twice.
func (c *Contract) drain(ctx context.Context, filter QuarantineFilter, handle func(context.Context, []hitori.Event) error) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	done, after, end := 0, hitori.Position(0), hitori.Position(math.MaxInt64)
	for {
		events, err := c.quarantine.Quarantined(ctx, filter, after, replayed)
		// What breaks the contract once more has come back behind the end.
		events = slices.DeleteFunc(events, func(e hitori.Event) bool { return e.Position >= end })
		if err != nil || len(events) == 0 {
			return done, err
		}
		positions := make([]hitori.Position, len(events))
		for i := range events {
			positions[i] = events[i].Position
		}
		after = positions[len(positions)-1]
		if err := handle(ctx, events); err != nil {
			return done, err
		}
		for i := range events {
			if p := events[i].Position; p > after {
				end = min(end, p)
			}
		}
		if err := c.store.Release(ctx, positions); err != nil {
			return done, err
		}
		if err := c.quarantine.Release(ctx, positions); err != nil {
			return done, err
		}
		done += len(events)
	}
}

// again turns an event in quarantine into one that can be accepted. What could not be read
// is read anew.
func again(e hitori.Event, limits wire.Limits) hitori.Event {
	e.Position, e.Problems = 0, nil
	if e.Raw == "" {
		return e
	}
	read, err := wire.Single([]byte(e.Raw), 0, limits)
	if err != nil || len(read.Events) != 1 {
		e.Problems = []hitori.Problem{{Code: hitori.ProblemType}}
		return e
	}
	fresh := read.Events[0].Event
	fresh.Source, fresh.MessageID = e.Source, e.MessageID
	if fresh.Time.IsZero() {
		fresh.Time = e.Time
	}
	return fresh
}
