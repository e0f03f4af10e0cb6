package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

func (s *Server) serveSegments() {
	read := func(id, path, summary string) route {
		return route{id: id, method: http.MethodGet, path: path, scope: access.CustomersRead, summary: summary}
	}
	write := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: path, scope: access.CustomersWrite, summary: summary, body: query.MaxBytes + 1<<16}
	}
	handle(s, read("list-segments", "/segments", "List segments and lists, by name"), s.listSegments)
	handle(s, write("create-segment", http.MethodPost, "/segments", "Define a segment or a list; a segment is computed at once"), s.createSegment)
	handle(s, read("get-segment", "/segments/{id}", "Read a segment"), s.getSegment)
	handle(s, write("put-segment", http.MethodPut, "/segments/{id}", "Change a segment; with another rule it is computed anew, and nobody counts as having entered or left"), s.putSegment)
	remove := write("delete-segment", http.MethodDelete, "/segments/{id}", "Remove a segment that no other refers to")
	remove.status = http.StatusNoContent
	handle(s, remove, s.deleteSegment)
	handle(s, write("compute-segment", http.MethodPost, "/segments/{id}/compute", "Compute now who is in a segment"), s.computeSegment)
	preview := read("preview-segment", "/segments/preview", "How many people meet a condition, and some of them")
	preview.method, preview.looks, preview.body = http.MethodPost, true, query.MaxBytes+1<<16
	handle(s, preview, s.previewSegment)
	evaluate := read("evaluate-condition", "/segments/evaluate", "Whether a person meets a condition at this moment, and why")
	evaluate.method, evaluate.looks, evaluate.body = http.MethodPost, true, query.MaxBytes+1<<16
	handle(s, evaluate, s.evaluateCondition)
	people := read("list-segment-people", "/segments/{id}/people", "The members of a segment, those who spent most first")
	people.looks = true
	handle(s, people, s.listSegmentPeople)
	handle(s, read("get-segment-history", "/segments/{id}/history", "How large a segment was each day, and how many came and went"), s.getSegmentHistory)
	handle(s, read("get-segment-profile", "/segments/{id}/profile", "What is different about the members of a segment"), s.getSegmentProfile)
	handle(s, read("get-segment-overlap", "/segments/overlap", "How many people are in which of some segments"), s.getSegmentOverlap)
	handle(s, write("put-list-members", http.MethodPost, "/segments/{id}/members", "Put people on a list, and take others off it"), s.putListMembers)
	handle(s, write("upload-list-members", http.MethodPost, "/segments/{id}/upload", "Put the people on a list whom a column of an uploaded file names"), s.uploadListMembers)
	of := read("get-customer-segments", "/customers/{reference}/segments", "The segments and lists in which a person is, or was")
	of.looks = true
	handle(s, of, s.getCustomerSegments)
	s.serveSegmentSchema()
}

// SegmentEntry is a segment with what is to be known about it.
type SegmentEntry struct {
	understand.Segment
	Condition json.RawMessage      `json:"condition,omitempty" doc:"The rule"`
	Sentence  string               `json:"sentence,omitempty" doc:"The rule in words"`
	Faults    []Fault              `json:"faults,omitempty" doc:"Why the rule is no longer valid"`
	Quiet     []understand.Silence `json:"quiet,omitempty" doc:"What the rule reads that stopped arriving"`
	UsedBy    []SegmentName        `json:"used_by" doc:"Whose rules refer to it"`
	Share     float64              `json:"share" doc:"Of all people"`
	TookMS    int64                `json:"took_ms" doc:"How long the latest computation took"`
}

// SegmentName names a segment.
type SegmentName struct {
	ID   string                 `json:"id"`
	Name string                 `json:"name"`
	Kind understand.SegmentKind `json:"kind"`
}

// texts are those of the visitor's language.
func (s *Server) queryTexts(ctx context.Context) query.Texts {
	language := visitorOf(ctx).language
	return func(key string, args map[string]string) string { return s.cfg.Texts.Text(language, key, args) }
}

func (s *Server) segmentEntries(ctx context.Context, segments, all []understand.Segment) ([]SegmentEntry, error) {
	schema, err := s.cfg.Segments.Schema(ctx, s.queryTexts(ctx))
	if err != nil {
		return nil, err
	}
	entries := make([]SegmentEntry, 0, len(segments))
	for i := range segments {
		n := &segments[i]
		e := SegmentEntry{Segment: *n, Condition: json.RawMessage(n.Definition), TookMS: n.Took.Milliseconds(), UsedBy: []SegmentName{}}
		if n.Failure != "" { // is for the log
			e.Failure = s.cfg.Texts.Error(visitorOf(ctx).language, hitori.NewError(hitori.Internal, "segment_failed"))
		}
		if n.Everybody > 0 {
			e.Share = float64(n.Size) / float64(n.Everybody)
		}
		if c := n.Condition(); c != nil {
			read := schema.Expand(c)
			if s.mayRead(ctx, read) != nil {
				e.Condition, e.Sentence = nil, s.queryTexts(ctx)("segment.personal", nil)
			} else {
				e.Faults, e.Quiet = s.faults(visitorOf(ctx).language, query.Validate(c, schema)), schema.Silent(read)
				if e.Sentence, err = s.sentence(ctx, c, schema); err != nil {
					return nil, err
				}
			}
		}
		for _, user := range understand.UsedBy(n, all) {
			e.UsedBy = append(e.UsedBy, SegmentName{user.ID, user.Name, user.Kind})
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// faults are those of a condition in words.
func (s *Server) faults(language locale.Language, err error) []Fault {
	var faults []Fault
	for _, fault := range faultsOf(err) {
		faults = append(faults, Fault{Field: fault.Field, Detail: s.cfg.Texts.Error(language, fault)})
	}
	return faults
}

type segmentsOutput struct {
	Segments []SegmentEntry `json:"segments"`
}

func (s *Server) listSegments(ctx context.Context, _ *struct{}) (*body[segmentsOutput], error) {
	all, err := s.cfg.Segments.List(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.segmentEntries(ctx, all, all)
	return &body[segmentsOutput]{segmentsOutput{entries}}, err
}

func (s *Server) segmentEntry(ctx context.Context, n understand.Segment) (*body[SegmentEntry], error) {
	touches(ctx, "segments/"+n.ID, n.Name)
	all, err := s.cfg.Segments.List(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.segmentEntries(ctx, []understand.Segment{n}, all)
	if err != nil {
		return nil, err
	}
	return &body[SegmentEntry]{entries[0]}, nil
}

// SegmentID names a segment.
type SegmentID struct {
	ID string `path:"id"`
}

func (s *Server) getSegment(ctx context.Context, in *SegmentID) (*body[SegmentEntry], error) {
	n, err := s.cfg.Segments.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.segmentEntry(ctx, n)
}

type createSegmentInput struct{ Body understand.Draft }

// personalIn names a personal value that a condition asks for, if there is one. Whether there is a value may be asked.
func personalIn(c query.Condition) string {
	for _, ref := range query.Asks(c) {
		if (ref.Kind != query.RefProperty || ref.Name != "name") && personalTrait(ref.Name) {
			return ref.Name
		}
	}
	return ""
}

// mayAsk refuses conditions about personal values to who may not see them. What cannot be read is refused elsewhere.
func (s *Server) mayAsk(ctx context.Context, definition json.RawMessage) error {
	if c, err := query.Parse(definition); err == nil {
		if expanded, err := s.cfg.Segments.Expand(ctx, c); err == nil {
			c = expanded
		}
		return s.mayRead(ctx, c)
	}
	return nil
}

// mayRead refuses what asks for personal values to who may not see them.
func (s *Server) mayRead(ctx context.Context, c query.Condition) error {
	if c == nil || s.seesPersonal(ctx) {
		return nil
	}
	if name := personalIn(c); name != "" {
		return hitori.NewError(hitori.Forbidden, "segment_personal", "name", name)
	}
	return nil
}

func (s *Server) createSegment(ctx context.Context, in *createSegmentInput) (*body[SegmentEntry], error) {
	if err := s.mayAsk(ctx, in.Body.Condition); err != nil {
		return nil, err
	}
	n, err := s.cfg.Segments.Create(ctx, in.Body, actor(ctx))
	if err != nil {
		return nil, err
	}
	return s.segmentEntry(ctx, n)
}

type putSegmentInput struct {
	SegmentID
	Body understand.Draft
}

func (s *Server) putSegment(ctx context.Context, in *putSegmentInput) (*body[SegmentEntry], error) {
	if err := s.mayAsk(ctx, in.Body.Condition); err != nil {
		return nil, err
	}
	n, err := s.cfg.Segments.Change(ctx, in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return s.segmentEntry(ctx, n)
}

func (s *Server) deleteSegment(ctx context.Context, in *SegmentID) (*struct{}, error) {
	return nil, s.cfg.Segments.Delete(ctx, in.ID)
}

func (s *Server) computeSegment(ctx context.Context, in *SegmentID) (*body[SegmentEntry], error) {
	n, err := s.cfg.Segments.Compute(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.segmentEntry(ctx, n)
}

type previewInput struct {
	Body struct {
		Segment   string          `json:"segment,omitempty" doc:"The segment the rule is for, so that it does not refer to itself"`
		Condition json.RawMessage `json:"condition"`
	}
}

type previewOutput struct {
	Size      int64        `json:"size"`
	Everybody int64        `json:"everybody"`
	Estimated bool         `json:"estimated,omitempty" doc:"The size was estimated from a part of the people, since the shop is large and the rule asks a lot"`
	Sentence  string       `json:"sentence"`
	TookMS    int64        `json:"took_ms"`
	Sample    []unify.Card `json:"sample"`
}

func (s *Server) previewSegment(ctx context.Context, in *previewInput) (*body[previewOutput], error) {
	if err := s.mayAsk(ctx, in.Body.Condition); err != nil {
		return nil, err
	}
	begin := s.cfg.Clock.Now()
	p, err := s.cfg.Segments.Preview(ctx, in.Body.Segment, in.Body.Condition)
	if err != nil {
		return nil, err
	}
	out := previewOutput{Size: p.Size, Everybody: p.Everybody, Estimated: p.Estimated, TookMS: s.cfg.Clock.Now().Sub(begin).Milliseconds(), Sample: []unify.Card{}}
	schema, err := s.cfg.Segments.Schema(ctx, s.queryTexts(ctx))
	if err != nil {
		return nil, err
	}
	if out.Sentence, err = s.sentence(ctx, p.Condition, schema); err != nil {
		return nil, err
	}
	if len(p.People) > 0 {
		out.Sample, err = s.cfg.Customers.Cards(ctx, p.People)
	}
	return &body[previewOutput]{out}, err
}

type segmentPeopleInput struct {
	SegmentID
	After string `query:"after" doc:"Where the previous page ended"`
	Limit int    `query:"limit" default:"200" minimum:"1" maximum:"1000"`
}

func (s *Server) listSegmentPeople(ctx context.Context, in *segmentPeopleInput) (*body[datesOutput], error) {
	after, err := parseMembersPlace(in.After)
	if err != nil {
		return nil, err
	}
	people, err := s.cfg.Segments.Members(ctx, in.ID, after, in.Limit)
	if err != nil {
		return nil, err
	}
	return s.membersPage(ctx, people, in.Limit)
}

type segmentHistoryInput struct {
	SegmentID
	Days int `query:"days" default:"90" minimum:"1" maximum:"3660"`
}

type segmentHistoryOutput struct {
	Days []understand.SegmentDay `json:"days" doc:"Those on which it was computed"`
}

func (s *Server) getSegmentHistory(ctx context.Context, in *segmentHistoryInput) (*body[segmentHistoryOutput], error) {
	days, err := s.cfg.Segments.Days(ctx, in.ID, in.Days)
	return &body[segmentHistoryOutput]{segmentHistoryOutput{days}}, err
}

// SegmentDifference is a difference with its names in words.
type SegmentDifference struct {
	understand.Difference
	Title string `json:"title"`
	Unit  string `json:"unit,omitempty"`
}

type segmentProfileOutput struct {
	Size      int64               `json:"size"`
	Everybody int64               `json:"everybody"`
	Rows      []SegmentDifference `json:"rows" doc:"The largest difference first; those that are sure before the others"`
}

func (s *Server) getSegmentProfile(ctx context.Context, in *SegmentID) (*body[segmentProfileOutput], error) {
	p, err := s.cfg.Segments.Profile(ctx, in.ID, s.mayKnowOf(ctx))
	if err != nil {
		return nil, err
	}
	text := s.queryTexts(ctx)
	choices, err := s.choices(ctx)
	if err != nil {
		return nil, err
	}
	schema, err := s.cfg.Segments.Schema(ctx, text)
	if err != nil {
		return nil, err
	}
	out := segmentProfileOutput{Size: p.Size, Everybody: p.Everybody, Rows: []SegmentDifference{}}
	for _, row := range p.Rows {
		if row.About == "trait" && personalTrait(row.Name) {
			continue
		}
		d := SegmentDifference{Difference: row, Title: row.Name}
		field, known := schema.Lookup(query.Ref{Kind: query.RefKind(row.About), Name: row.Name})
		switch {
		case row.About == "level":
			d.Title = text("segment.level", nil)
		case known:
			d.Title, d.Unit = field.Title, field.Unit
		}
		switch {
		case row.Name == "order_hour":
			d.Value = text("segment.hour", map[string]string{"hour": row.Value})
		case row.Name == "order_weekday":
			d.Value = text("segment.weekday."+row.Value, nil)
		case field.Type == query.TypeBoolean:
			d.Value = text("segment."+row.Value, nil)
		default:
			d.Value = titled(choices[row.Name], row.Value)
		}
		out.Rows = append(out.Rows, d)
	}
	return &body[segmentProfileOutput]{out}, nil
}

type overlapInput struct {
	IDs []string `query:"ids" required:"true" doc:"Two to eight segments"`
}

type overlapOutput struct {
	Segments []understand.Segment      `json:"segments"`
	Sets     []understand.Intersection `json:"sets" doc:"Who is in these and in none of the others; the largest first"`
}

func (s *Server) getSegmentOverlap(ctx context.Context, in *overlapInput) (*body[overlapOutput], error) {
	sets, err := s.cfg.Segments.Overlap(ctx, in.IDs)
	out := overlapOutput{Sets: sets, Segments: []understand.Segment{}}
	for _, id := range in.IDs {
		if err != nil {
			return nil, err
		}
		var n understand.Segment
		n, err = s.cfg.Segments.Get(ctx, id)
		out.Segments = append(out.Segments, n)
	}
	return &body[overlapOutput]{out}, err
}

// CustomerSegment is a segment or list in which a person is or was.
type CustomerSegment struct {
	SegmentName
	Entered *time.Time `json:"entered,omitempty" doc:"Unknown of those who were in it when it was first computed"`
	Left    *time.Time `json:"left,omitempty"`
}

type customerSegmentsOutput struct {
	Segments []CustomerSegment `json:"segments" doc:"In which the person is"`
	Former   []CustomerSegment `json:"former" doc:"Which the person left"`
}

func (s *Server) getCustomerSegments(ctx context.Context, in *Reference) (*body[customerSegmentsOutput], error) {
	person, err := s.person(ctx, *in)
	if err != nil {
		return nil, err
	}
	belongings, all, err := s.cfg.Segments.Of(ctx, person)
	if err != nil {
		return nil, err
	}
	out := customerSegmentsOutput{Segments: []CustomerSegment{}, Former: []CustomerSegment{}}
	for _, n := range all { // by name
		for _, b := range belongings {
			if b.ID != n.ID {
				continue
			}
			of := CustomerSegment{SegmentName{n.ID, n.Name, n.Kind}, pointer(b.Entered), pointer(b.Left)}
			if b.In {
				out.Segments = append(out.Segments, of)
			} else {
				out.Former = append(out.Former, of)
			}
		}
	}
	return &body[customerSegmentsOutput]{out}, nil
}
