package understand

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// Segment is a group of customers that somebody defined: by a rule, which decides who is in it (セグメント), or as a
// list of people (リスト).
type Segment struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Kind        SegmentKind `json:"kind" enum:"rule,list"`
	// Definition is the condition of a rule in its canonical form ([query.Encode]).
	Definition string    `json:"-"`
	Refresh    Refresh   `json:"refresh" enum:"live,daily,manual" doc:"When it is computed anew: with what happens, every day, or only when asked to"`
	CreatedAt  time.Time `json:"created_at"`
	CreatedBy  string    `json:"created_by"`
	UpdatedAt  time.Time `json:"updated_at"`
	Version    int64     `json:"version"`

	SegmentResult
}

// SegmentKind is how it is decided who is in a segment.
type SegmentKind string

// The kinds of segments.
const (
	ByRule SegmentKind = "rule"
	AsList SegmentKind = "list"
)

// Refresh is when a segment is computed anew.
type Refresh string

// The ways to refresh.
const (
	Live   Refresh = "live"   // whenever something came, and when time changes the answer
	Daily  Refresh = "daily"  // when a day of the shop begins
	Manual Refresh = "manual" // when asked to
)

// SegmentResult is what the latest computation of a segment came to.
type SegmentResult struct {
	Size       int64         `json:"size"`
	Everybody  int64         `json:"everybody" doc:"How many people there were"`
	Entered    int64         `json:"entered" doc:"Who came in by the latest computation"`
	Left       int64         `json:"left" doc:"Who left by it"`
	ComputedAt time.Time     `json:"computed_at,omitzero"`
	Took       time.Duration `json:"-"`
	// Failure is why the latest computation failed, for the log; empty when it did not.
	Failure string `json:"failure,omitempty"`
}

// SegmentDay is how a segment was at the end of a day of the shop, and how many came and went on it.
type SegmentDay struct {
	Day     string `json:"day" format:"date"`
	Size    int64  `json:"size"`
	Entered int64  `json:"entered"`
	Left    int64  `json:"left"`
}

// SegmentStore keeps definitions and results.
type SegmentStore interface {
	// Segments returns all of them with their latest results, by name.
	Segments(ctx context.Context) ([]Segment, error)
	// PutSegment changes the segment of the same version, or adds one when that is zero. It returns an error of
	// code Conflict when somebody was first.
	PutSegment(ctx context.Context, s Segment) error
	// DeleteSegment removes a segment with its results.
	DeleteSegment(ctx context.Context, id string) error
	// PutResult notes what a computation came to. Who came and who left is added to the day's counts.
	PutResult(ctx context.Context, id, day string, r SegmentResult) error
	// SegmentDays returns the days from one on of which there is a result, in their order.
	SegmentDays(ctx context.Context, id, from string) ([]SegmentDay, error)
}

// group names the members of the segment.
func (s *Segment) group() Group { return Group{s.ID, s.Kind == AsList} }

// Condition is the rule. It is nil for lists, and for a definition that can no longer be read.
func (s *Segment) Condition() query.Condition {
	if s.Kind != ByRule {
		return nil
	}
	c, err := query.Parse([]byte(s.Definition))
	if err != nil {
		return nil
	}
	return c
}

// Draft is what people say about a segment.
type Draft struct {
	Name        string          `json:"name" maxLength:"200"`
	Description string          `json:"description,omitempty" maxLength:"2000"`
	Kind        SegmentKind     `json:"kind,omitempty" enum:"rule,list" default:"rule"`
	Condition   json.RawMessage `json:"condition,omitempty" doc:"The rule: a definition of the query language (version and where)"`
	Refresh     Refresh         `json:"refresh,omitempty" enum:"live,daily,manual" default:"live"`
	Version     int64           `json:"version,omitempty" doc:"That of the segment as it was read; zero for a new one"`
}

// List returns all segments and lists, by name.
func (s *Segments) List(ctx context.Context) ([]Segment, error) { return s.cfg.Store.Segments(ctx) }

// Get returns a segment. It returns an error of code NotFound when there is none.
func (s *Segments) Get(ctx context.Context, id string) (Segment, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Segment{}, err
	}
	i := slices.IndexFunc(all, func(s Segment) bool { return s.ID == id })
	if i < 0 {
		return Segment{}, hitori.NewError(hitori.NotFound, "segment_unknown")
	}
	return all[i], nil
}

// Create adds a segment, computes it, and returns it. It returns an error of code Invalid for a name that is missing, too
// long or taken, and [query.Faults] for a rule that is not valid.
func (s *Segments) Create(ctx context.Context, d Draft, actor string) (Segment, error) {
	now := s.cfg.Clock.Now()
	n := Segment{ID: strings.ToLower(rand.Text()[:12]), Kind: d.Kind, CreatedAt: now, CreatedBy: actor}
	d.Version = 0
	return s.put(ctx, n, d)
}

// Change changes a segment that has the draft's version. It returns the errors of [Segments.Create], NotFound, and
// Conflict when the segment has another version.
func (s *Segments) Change(ctx context.Context, id string, d Draft) (Segment, error) {
	old, err := s.Get(ctx, id)
	if err != nil {
		return Segment{}, err
	}
	return s.put(ctx, old, d)
}

func (s *Segments) put(ctx context.Context, n Segment, d Draft) (Segment, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Segment{}, err
	}
	if n.Kind == "" {
		n.Kind = ByRule
	}
	n.Name, n.Description, n.Refresh = strings.TrimSpace(d.Name), strings.TrimSpace(d.Description), d.Refresh
	if n.Refresh == "" {
		n.Refresh = Live
	}
	n.Version, n.UpdatedAt = d.Version, s.cfg.Clock.Now()
	switch {
	case n.Name == "":
		return n, hitori.NewError(hitori.Invalid, "segment_name_missing").At("name")
	case utf8.RuneCountInString(n.Name) > 200:
		return n, hitori.NewError(hitori.Invalid, "segment_name_long", "limit", 200).At("name")
	case slices.ContainsFunc(all, func(o Segment) bool { return o.ID != n.ID && o.Name == n.Name }):
		return n, hitori.NewError(hitori.Invalid, "segment_name_taken", "name", n.Name).At("name")
	}
	if n.Kind == ByRule {
		c, err := s.rule(ctx, n.ID, d.Condition, all)
		if err != nil {
			return n, err
		}
		n.Definition = string(query.Encode(c))
	}
	if err := s.cfg.Store.PutSegment(ctx, n); err != nil {
		return n, err
	}
	if _, err := s.Compute(ctx, n.ID); err != nil && ctx.Err() == nil { // it is tried again, and told with the segment
		s.cfg.Logger.WarnContext(ctx, "a segment could not be computed", "segment", n.ID, "error", err)
	}
	return s.Get(ctx, n.ID)
}

// rule reads and checks a definition.
func (s *Segments) rule(ctx context.Context, id string, definition []byte, all []Segment) (query.Condition, error) {
	c, err := query.Parse(definition)
	if err != nil {
		return nil, err
	}
	schema, err := s.Schema(ctx, nil)
	if err != nil {
		return nil, err
	}
	if err := query.Validate(c, schema); err != nil {
		return nil, err
	}
	return c, query.References(id, c, definitions(all))
}

// definitions are the rules of segments by id.
func definitions(all []Segment) map[string]query.Condition {
	rules := make(map[string]query.Condition)
	for i := range all {
		if c := all[i].Condition(); c != nil {
			rules[all[i].ID] = c
		}
	}
	return rules
}

// UsedBy returns the segments whose rules refer to one.
func UsedBy(s *Segment, all []Segment) []Segment {
	ref := query.Ref{Kind: query.RefSegment, Name: s.ID}
	if s.Kind == AsList {
		ref.Kind = query.RefList
	}
	var users []Segment
	for _, id := range query.UsedBy(ref, definitions(all)) {
		i := slices.IndexFunc(all, func(o Segment) bool { return o.ID == id })
		users = append(users, all[i])
	}
	return users
}

// Delete removes a segment. It returns an error of code Conflict when others refer to it, and NotFound when there
// is none. Who was in it stands on the log, as everything that happened.
func (s *Segments) Delete(ctx context.Context, id string) error {
	n, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	if users := UsedBy(&n, all); len(users) > 0 {
		names := make([]string, len(users))
		for i := range users {
			names[i] = users[i].Name
		}
		return hitori.NewError(hitori.Conflict, "segment_used", "names", strings.Join(names, ", "))
	}
	if err := s.cfg.Store.DeleteSegment(ctx, id); err != nil {
		return err
	}
	return s.cfg.Table.DropMembers(ctx, id)
}

// Days returns how a segment was in the last days, today included.
func (s *Segments) Days(ctx context.Context, id string, days int) ([]SegmentDay, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	from := s.clock().Now.In(s.cfg.Location).AddDate(0, 0, 1-days)
	return s.cfg.Store.SegmentDays(ctx, id, from.Format(time.DateOnly))
}

// Members returns how many are in a segment, and a page of them, those who spent most first.
func (s *Segments) Members(ctx context.Context, id string, after *MembersPlace, limit int) (Members, error) {
	n, err := s.Get(ctx, id)
	if err != nil {
		return Members{}, err
	}
	var m Members
	if m.Total, _, err = s.cfg.Reader.Count(ctx, n.group()); err != nil {
		return m, err
	}
	m.Page, err = s.cfg.Reader.Members(ctx, n.group(), after, limit)
	return m, err
}

// Preview is what a condition comes to.
type Preview struct {
	Sample
	Condition query.Condition
}

// sampled is how many people are shown of a condition.
const sampled = 10

// Preview tells how many people meet a condition that is being written, and shows some of them. It returns
// [query.Faults] when it is not valid. The id is that of the segment the condition is for, empty for a new one.
func (s *Segments) Preview(ctx context.Context, id string, definition []byte) (Preview, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Preview{}, err
	}
	c, err := s.rule(ctx, id, definition, all)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Condition: c}
	if c, err = s.Expand(ctx, c); err != nil {
		return p, err
	}
	p.Sample, err = s.cfg.Reader.Sample(ctx, c, s.clock(), sampled)
	return p, err
}

// Intersection is how many people are in some segments and in none of the others.
type Intersection struct {
	IDs    []string `json:"ids"`
	People int64    `json:"people"`
}

// MaxOverlap is how many segments can be laid over each other.
const MaxOverlap = 8

// Overlap counts the people of some segments by which of them they are in, the most frequent combination first (the
// sets of an UpSet plot, Lex et al. 2014).
func (s *Segments) Overlap(ctx context.Context, ids []string) ([]Intersection, error) {
	if len(ids) < 2 || len(ids) > MaxOverlap {
		return nil, hitori.NewError(hitori.Invalid, "segment_overlap", "most", MaxOverlap).At("ids")
	}
	groups := make([]Group, len(ids))
	for i, id := range ids {
		n, err := s.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		groups[i] = n.group()
	}
	counts, err := s.cfg.Reader.Overlap(ctx, groups)
	if err != nil {
		return nil, err
	}
	sets := []Intersection{}
	for mask, people := range counts {
		var in []string
		for i, id := range ids {
			if mask&(1<<i) != 0 {
				in = append(in, id)
			}
		}
		sets = append(sets, Intersection{in, people})
	}
	slices.SortFunc(sets, func(a, b Intersection) int {
		if a.People != b.People {
			return int(b.People - a.People)
		}
		return strings.Compare(strings.Join(a.IDs, " "), strings.Join(b.IDs, " "))
	})
	return sets, nil
}

// Of returns the groups in which a person is or was, beside the segments they belong to.
func (s *Segments) Of(ctx context.Context, person hitori.CustomerID) ([]Belonging, []Segment, error) {
	all, err := s.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	belongings, err := s.cfg.Reader.Groups(ctx, person)
	return slices.DeleteFunc(belongings, func(b Belonging) bool {
		return !slices.ContainsFunc(all, func(n Segment) bool { return n.group() == b.Group })
	}), all, err
}

// Values returns texts that a trait, a feature or a field of orders has, or that were answered to a survey, the commonest
// first. Of a survey, of is the question; all of them without it.
func (s *Segments) Values(ctx context.Context, kind, name, of string, limit int) ([]string, error) {
	var counts []ValueCount
	var err error
	switch kind {
	case "trait":
		counts, err = s.cfg.Reader.Commonest(ctx, Texts{Trait: name}, limit)
	case "answer":
		counts, err = s.cfg.Reader.Commonest(ctx, Texts{Survey: name, Question: of}, limit)
	case "order":
		if !slices.ContainsFunc(query.OrderFields(), func(f query.OrderField) bool { return f.Name == name && f.Type == query.TypeText }) {
			return nil, hitori.NewError(hitori.NotFound, "query_reference_unknown", "name", name)
		}
		counts, err = s.cfg.Reader.Commonest(ctx, Texts{Field: name}, limit)
	case "feature":
		var v Valued
		if v, err = s.valued(ctx, name); err != nil {
			return nil, err
		}
		if v.Type != query.TypeText {
			return nil, hitori.NewError(hitori.NotFound, "feature_unknown", "name", name)
		}
		counts, err = s.cfg.Features.Commonest(ctx, v, limit)
	}
	values := make([]string, len(counts))
	for i, c := range counts {
		values[i] = c.Value
	}
	return values, err
}

// Fields tells which fields of events are read by which segments and own features: their names, by field. A segment reads
// what the features in its rule measure, too.
func (s *Segments) Fields(ctx context.Context) (map[hitori.FieldKey][]string, error) {
	used := make(map[hitori.FieldKey][]string)
	read := func(c query.Condition, name string) {
		for _, ref := range query.DependsOn(c) {
			if key, ok := fieldOf(ref); ok {
				used[key] = append(used[key], name)
			}
		}
	}
	own, err := s.Own(ctx)
	if err != nil {
		return used, err
	}
	for i := range own {
		if m := own[i].Measure(); m != nil {
			read(m, own[i].Title)
		}
	}
	all, err := s.List(ctx)
	for i := range all {
		if c := all[i].Condition(); c != nil {
			read(expand(c, own), all[i].Name)
		}
	}
	return used, err
}

// fieldOf is the field of the data contract that a reference reads. It reports false for what is no field of one kind of
// event.
func fieldOf(ref query.Ref) (hitori.FieldKey, bool) {
	switch ref.Kind {
	case query.RefTrait:
		return hitori.FieldKey{Type: hitori.Identify, Path: "traits." + ref.Name}, true
	case query.RefEvent:
		return hitori.FieldKey{Type: hitori.Track, Name: ref.Name}, true
	case query.RefProperty:
		kind, name, _ := strings.Cut(ref.Of, ":")
		if kind == string(query.RefEvent) {
			return hitori.FieldKey{Type: hitori.Track, Name: name, Path: ref.Name}, true
		}
		t, ok := hitori.ParseEventType(name)
		return hitori.FieldKey{Type: t, Path: ref.Name}, ok && kind == string(query.RefCall)
	}
	return hitori.FieldKey{}, false
}

// GroupsUsed tells which rules ask for a group of [RFMSettings]: the names of their segments, by the group's.
func (s *Segments) GroupsUsed(ctx context.Context) (map[string][]string, error) {
	all, err := s.List(ctx)
	used := make(map[string][]string)
	for i := range all {
		for group := range groupsIn(all[i].Condition()) {
			used[group] = append(used[group], all[i].Name)
		}
	}
	return used, err
}
