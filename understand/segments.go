package understand

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/unify"
)

// SegmentsConfig is what [Segments] work with.
type SegmentsConfig struct {
	Store  SegmentStore
	Own    OwnStore
	Reader SegmentReader
	// Features reads what features are like.
	Features FeatureReader
	Table    MemberTable
	// Subjects reads single people.
	Subjects Subjects
	State    State
	Fields   FieldReader
	// Accept puts events on the log; when it returns without an error they are on disk.
	Accept func(ctx context.Context, events []hitori.Event) error
	// Caught waits until what was accepted before is applied and derived.
	Caught   func(ctx context.Context) error
	Clock    service.Clock
	Location *time.Location
	Currency hitori.Currency
	Logger   *slog.Logger
}

// Segments are the segments and lists of a shop.
//
// Who meets a rule is computed in the warehouse, beside which a table keeps who was in the segment so far. Who differs
// has crossed: each crossing is an event on the log (Segment Entered, Segment Left), and only then the table is
// changed. An interruption in between repeats the crossings, whose events have the same ids and so count once. A
// first computation, and one after the rule was changed, crosses nobody: people did nothing then.
//
// Lists are made of events alone: List Joined and List Left.
type Segments struct {
	cfg SegmentsConfig
	mu  sync.Mutex // held by the computation under way
	day string     // of the latest look at what is due
}

// NewSegments returns the segments kept there.
func NewSegments(cfg SegmentsConfig) *Segments { return &Segments{cfg: cfg} }

func (s *Segments) clock() query.Clock {
	return query.Clock{Now: s.cfg.Clock.Now(), Location: s.cfg.Location}
}

// Refresh computes the segments that are due: after something came and when time changes answers, the live ones; with
// the first look of a day the daily ones too. It returns the first error, after it has tried all of them.
func (s *Segments) Refresh(ctx context.Context, came bool) error {
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	order, err := query.EvaluationOrder(definitions(all))
	if err != nil {
		return err
	}
	today := s.clock().Now.In(s.cfg.Location).Format(time.DateOnly)
	newDay := s.day != today
	var due []Segment
	for _, id := range order {
		n := all[slices.IndexFunc(all, func(n Segment) bool { return n.ID == id })]
		c, err := s.Expand(ctx, n.Condition())
		if err != nil { // computing it tells so
			c = n.Condition()
		}
		if n.due(c, came, newDay, today, s.cfg.Location) {
			due = append(due, n)
		}
	}
	failed := s.computeAll(ctx, due)
	if failed == nil && ctx.Err() == nil {
		s.day = today
	}
	return failed
}

// computeAll works out who is in segments, of which those that others refer to come first. It returns what failed, unless all
// was cut off.
func (s *Segments) computeAll(ctx context.Context, segments []Segment) error {
	var failed error
	for _, some := range independent(segments) {
		for _, c := range s.compute(ctx, some) {
			if c.err != nil && ctx.Err() == nil {
				failed = errors.Join(failed, fmt.Errorf("segment %s: %w", c.segment.ID, c.err))
			}
		}
	}
	return failed
}

// independent cuts segments into those that can be computed at once: all that one refers to stand before it.
func independent(segments []Segment) [][]Segment {
	var parts [][]Segment
	place := make(map[string]int)
	for _, n := range segments {
		at := 0
		for _, ref := range query.DependsOn(n.Condition()) {
			if before, ok := place[ref.Name]; ok && ref.Kind == query.RefSegment {
				at = max(at, before+1)
			}
		}
		if place[n.ID] = at; at == len(parts) {
			parts = append(parts, nil)
		}
		parts[at] = append(parts[at], n)
	}
	return parts
}

// due reports whether a segment whose rule means a condition is to be computed.
func (n *Segment) due(c query.Condition, came, newDay bool, today string, location *time.Location) bool {
	old := n.ComputedAt.In(location).Format(time.DateOnly) != today
	switch n.Refresh {
	case Live:
		return came || newDay || old || n.Failure != "" || len(query.DriftOf(c).Lags) > 0
	case Daily:
		return old || n.Failure != ""
	}
	return false
}

// Compute works out who is in a segment now, and tells of those who came and went.
func (s *Segments) Compute(ctx context.Context, id string) (Segment, error) {
	n, err := s.Get(ctx, id)
	if err != nil {
		return n, err
	}
	c := s.compute(ctx, []Segment{n})[0]
	return c.segment, c.err
}

// computation is that of one segment.
type computation struct {
	segment Segment
	rule    query.Condition
	// definition is that of the rule, and filled the one by which the segment was computed last.
	definition, filled string
	crossings          []Crossing
	result             SegmentResult
	err                error
}

// compute works out who is in segments that do not refer to each other. What one of them fails with does not keep the others.
func (s *Segments) compute(ctx context.Context, segments []Segment) []*computation {
	s.mu.Lock()
	defer s.mu.Unlock()
	begin := s.cfg.Clock.Now()
	all := make([]*computation, len(segments))
	for i, n := range segments {
		all[i] = &computation{segment: n, result: SegmentResult{ComputedAt: begin}}
		if n.Kind == ByRule {
			all[i].err = s.prepare(ctx, all[i])
		}
	}
	s.cross(ctx, slices.DeleteFunc(slices.Clone(all), func(c *computation) bool { return c.rule == nil }))
	for _, c := range all {
		if c.err == nil && c.rule != nil {
			c.err = s.take(ctx, c)
		}
	}
	s.measure(ctx, all)
	for _, c := range all {
		c.result.Took = s.cfg.Clock.Now().Sub(begin)
		c.err = s.conclude(ctx, c)
	}
	return all
}

// prepare reads the rule of a segment. What own features measure is a part of it: when that changes, people did nothing either.
func (s *Segments) prepare(ctx context.Context, c *computation) error {
	rule := c.segment.Condition()
	if rule == nil {
		return hitori.NewError(hitori.Invalid, "segment_unreadable", "name", c.segment.Name)
	}
	rule, err := s.Expand(ctx, rule)
	if err != nil {
		return err
	}
	if c.filled, err = s.cfg.Table.Filled(ctx, c.segment.ID); err != nil {
		return err
	}
	c.rule, c.definition = rule, string(query.Encode(rule))
	return nil
}

// cross finds who meets a rule and is not in its segment, or the other way round. Where that fails for all at once, each is
// tried by itself, so that only those fail that must.
func (s *Segments) cross(ctx context.Context, all []*computation) {
	if len(all) == 0 {
		return
	}
	rules := make([]Rule, len(all))
	for i, c := range all {
		rules[i] = Rule{c.segment.ID, c.rule}
	}
	crossings, err := s.cfg.Reader.Crossings(ctx, rules, s.clock())
	switch {
	case err == nil:
		for i, c := range all {
			c.crossings = crossings[i]
		}
	case len(all) == 1 || ctx.Err() != nil:
		for _, c := range all {
			c.err = err
		}
	default:
		for i := range all {
			s.cross(ctx, all[i:i+1])
		}
	}
}

// take changes the members of a segment and counts how many came and went.
func (s *Segments) take(ctx context.Context, c *computation) error {
	n, r := &c.segment, &c.result
	if c.filled != c.definition {
		return s.fill(ctx, n, c.definition, c.filled == "", c.crossings)
	}
	for some := range slices.Chunk(c.crossings, page) {
		members, err := s.tell(ctx, n, some)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.In {
				r.Entered++
			} else if !m.Gone {
				r.Left++
			}
		}
		if err := s.cfg.Table.PutMembers(ctx, n.ID, c.definition, members, false); err != nil {
			return err
		}
	}
	return nil
}

// measure counts the members of segments.
func (s *Segments) measure(ctx context.Context, all []*computation) {
	groups := make([]Group, len(all))
	for i, c := range all {
		groups[i] = c.segment.group()
	}
	sizes, everybody, err := s.cfg.Reader.Sizes(ctx, groups)
	for i, c := range all {
		if c.err == nil {
			c.err = err
		}
		if c.err == nil {
			c.result.Size, c.result.Everybody = sizes[i], everybody
		}
	}
}

// conclude notes what a computation came to. One that was cut off leaves no trace.
func (s *Segments) conclude(ctx context.Context, c *computation) error {
	n := &c.segment
	if c.err == nil {
		n.SegmentResult = c.result
		return s.cfg.Store.PutResult(ctx, n.ID, c.result.ComputedAt.In(s.cfg.Location).Format(time.DateOnly), c.result)
	}
	if ctx.Err() != nil {
		return c.err
	}
	old := n.SegmentResult
	old.Failure = c.err.Error()
	return errors.Join(c.err, s.cfg.Store.PutResult(ctx, n.ID, "", old))
}

// fill takes over who meets the rule without telling of it. What was lost is known from the log.
func (s *Segments) fill(ctx context.Context, n *Segment, definition string, lost bool, crossings []Crossing) error {
	told := map[hitori.CustomerID]Passage{}
	if lost {
		var err error
		if told, err = s.cfg.Reader.Told(ctx, n.ID); err != nil {
			return err
		}
	}
	members := make([]Member, 0, len(crossings)+len(told))
	for _, c := range crossings {
		m := Member{Customer: c.Customer, Passage: c.Before, In: c.In}
		if known, ok := told[c.Customer]; ok {
			m.Passage = known
			delete(told, c.Customer)
		}
		members = append(members, m)
	}
	for customer, known := range told { // who left before
		members = append(members, Member{Customer: customer, Passage: known})
	}
	return s.cfg.Table.PutMembers(ctx, n.ID, definition, members, lost)
}

// tell puts crossings on the log, and returns what becomes of the people's rows. Who is no person any more leaves
// without a word, and so does who has no identifier by which an event could name them.
func (s *Segments) tell(ctx context.Context, n *Segment, crossings []Crossing) ([]Member, error) {
	ids := make([]hitori.CustomerID, len(crossings))
	for i := range crossings {
		ids[i] = crossings[i].Customer
	}
	records, err := s.records(ctx, ids)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	members := make([]Member, len(crossings))
	var events []hitori.Event
	for i, c := range crossings {
		m := Member{Customer: c.Customer, Passage: c.Before, In: c.In}
		name, before := "Segment Left", c.Before.Entered
		if c.In {
			name, before, m.Entered = "Segment Entered", c.Before.Left, now
		} else {
			m.Left = now
		}
		record, there := records[c.Customer]
		m.Gone = !there
		members[i] = m
		message := fmt.Sprintf("segment %s %s %t %d", n.ID, c.Customer, c.In, before.UnixMilli())
		if e, ok := s.event(record, name, message, "segment", n); there && ok {
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return members, nil
	}
	return members, s.cfg.Accept(ctx, events)
}

func (s *Segments) records(ctx context.Context, ids []hitori.CustomerID) (map[hitori.CustomerID]*unify.Record, error) {
	records, err := s.cfg.State.Records(ctx, ids)
	byID := make(map[hitori.CustomerID]*unify.Record, len(records))
	for i := range records {
		byID[records[i].Root] = &records[i]
	}
	return byID, err
}

// event is one about a person and a group. It reports false for a person whom no identifier names.
func (s *Segments) event(r *unify.Record, name, message, group string, n *Segment) (hitori.Event, bool) {
	if r == nil {
		return hitori.Event{}, false
	}
	e := hitori.Event{
		Source: hitori.SystemSource, Type: hitori.Track, Name: name, MessageID: message, Time: s.cfg.Clock.Now(),
		Properties: object(group+"_id", n.ID, group+"_name", n.Name),
	}
	return e, unify.Address(&e, r)
}

// object writes an object of texts, given as pairs.
func object(pairs ...string) hitori.JSON {
	b := []byte{'{'}
	for i, text := range pairs {
		switch {
		case i == 0:
		case i%2 == 0:
			b = append(b, ',')
		default:
			b = append(b, ':')
		}
		b, _ = jsontext.AppendQuote(b, text) // of valid texts; others are mended
	}
	return hitori.JSON(append(b, '}'))
}

// Enlisted is what became of people who were put on a list or taken off it.
type Enlisted struct {
	Added   int64 `json:"added"`
	Removed int64 `json:"removed"`
	// Already are those who were on the list, or not on it.
	Already int64 `json:"already"`
}

// Enlist puts people on a list and takes others off it, and returns when the list says so. It returns an error of code
// Invalid for a segment that is no list.
func (s *Segments) Enlist(ctx context.Context, id string, add, remove []hitori.CustomerID) (Enlisted, error) {
	var done Enlisted
	n, err := s.Get(ctx, id)
	if err != nil {
		return done, err
	}
	if n.Kind != AsList {
		return done, hitori.NewError(hitori.Invalid, "segment_no_list", "name", n.Name)
	}
	on := &query.List{ID: id}
	for _, change := range []struct {
		people []hitori.CustomerID
		name   string
		there  bool // people of whom there is nothing to say
		count  *int64
	}{{add, "List Joined", true, &done.Added}, {remove, "List Left", false, &done.Removed}} {
		for some := range slices.Chunk(change.people, page) {
			known, err := s.among(ctx, on, some)
			if err != nil {
				return done, err
			}
			var changed []hitori.CustomerID
			for _, person := range some {
				if known[person] == change.there {
					done.Already++
				} else {
					changed = append(changed, person)
				}
			}
			told, err := s.enlist(ctx, &n, change.name, changed)
			if err != nil {
				return done, err
			}
			*change.count += told
		}
	}
	if done.Added+done.Removed == 0 {
		return done, nil
	}
	if err := s.cfg.Caught(ctx); err != nil {
		return done, err
	}
	_, err = s.Compute(ctx, id)
	return done, err
}

func (s *Segments) enlist(ctx context.Context, n *Segment, name string, people []hitori.CustomerID) (int64, error) {
	records, err := s.records(ctx, people)
	if err != nil {
		return 0, err
	}
	var events []hitori.Event
	for _, person := range people {
		message := "list " + n.ID + " " + person.String() + " " + name + " " + strconv.FormatInt(s.cfg.Clock.Now().UnixMicro(), 36)
		if e, ok := s.event(records[person], name, message, "list", n); ok {
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return 0, nil
	}
	return int64(len(events)), s.cfg.Accept(ctx, events)
}

// among tells which of some people meet a condition.
func (s *Segments) among(ctx context.Context, c query.Condition, people []hitori.CustomerID) (map[hitori.CustomerID]bool, error) {
	found := make(map[hitori.CustomerID]bool)
	sorted := slices.Sorted(slices.Values(people))
	for after := sorted[0] - 1; ; {
		some, err := s.cfg.Reader.People(ctx, c, s.clock(), after, page)
		if err != nil || len(some) == 0 {
			return found, err
		}
		for _, person := range some {
			found[person] = true
		}
		if after = some[len(some)-1]; after >= sorted[len(sorted)-1] {
			return found, nil
		}
	}
}
