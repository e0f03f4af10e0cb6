package api

import (
	"context"
	"net/http"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
)

func (s *Server) serveContract() {
	handle(s, route{id: "list-event-kinds", method: http.MethodGet, path: "/contract/events", scope: access.DataRead,
		summary: "List the events that have arrived"}, s.listEventKinds)
	handle(s, route{id: "list-fields", method: http.MethodGet, path: "/contract/fields", scope: access.DataRead,
		summary: "List the fields of an event: types, fill rate, size, use and rule"}, s.listFields)
	handle(s, route{id: "list-samples", method: http.MethodGet, path: "/contract/samples", scope: access.CustomersRead, looks: true,
		summary: "Show recent values of a field"}, s.listSamples)
	handle(s, route{id: "put-rule", method: http.MethodPut, path: "/contract/rules", scope: access.DataWrite,
		summary: "Add or change the rule of a field"}, s.putRule)
	handle(s, route{id: "delete-rule", method: http.MethodDelete, path: "/contract/rules", scope: access.DataWrite,
		summary: "Remove the rule of a field", status: http.StatusNoContent}, s.deleteRule)
	handle(s, route{id: "count-quarantine", method: http.MethodGet, path: "/quarantine", scope: access.DataRead,
		summary: "Count the events that broke the contract, by reason"}, s.countQuarantine)
	handle(s, route{id: "list-quarantine", method: http.MethodGet, path: "/quarantine/events", scope: access.CustomersRead, looks: true,
		summary: "List events that broke the contract"}, s.listQuarantine)
	handle(s, route{id: "replay-quarantine", method: http.MethodPost, path: "/quarantine/replay", scope: access.DataWrite,
		summary: "Send events that broke the contract through it again"}, s.replayQuarantine)
	handle(s, route{id: "discard-quarantine", method: http.MethodPost, path: "/quarantine/discard", scope: access.DataWrite,
		summary: "Throw events that broke the contract away"}, s.discardQuarantine)
}

type eventKindsOutput struct {
	Events []collect.EventKind `json:"events"`
}

func (s *Server) listEventKinds(ctx context.Context, _ *struct{}) (*body[eventKindsOutput], error) {
	kinds, err := s.cfg.Contract.Events(ctx)
	return &body[eventKindsOutput]{eventKindsOutput{kinds}}, err
}

// EventQuery names a kind of event.
type EventQuery struct {
	Type string `query:"type" default:"track" enum:"track,page,screen,identify,group,alias"`
	Name string `query:"name" doc:"The event of a track call; empty for other types"`
}

func (q EventQuery) read() (hitori.EventType, error) { return readEventType(q.Type) }

func readEventType(name string) (hitori.EventType, error) {
	t, ok := hitori.ParseEventType(name)
	if !ok {
		return 0, hitori.NewError(hitori.Invalid, "event_type", "type", name).At("type")
	}
	return t, nil
}

type fieldsOutput struct {
	Fields []collect.Field `json:"fields"`
}

func (s *Server) listFields(ctx context.Context, in *EventQuery) (*body[fieldsOutput], error) {
	t, err := in.read()
	if err != nil {
		return nil, err
	}
	fields, err := s.cfg.Contract.Fields(ctx, t, in.Name)
	return &body[fieldsOutput]{fieldsOutput{fields}}, err
}

type samplesInput struct {
	EventQuery
	Path  string `query:"path" required:"true" doc:"The field, as in properties.products[].price"`
	Limit int    `query:"limit" default:"10" minimum:"1" maximum:"100"`
}

type samplesOutput struct {
	Values []hitori.JSON `json:"values"`
	path   string
}

func (s *Server) listSamples(ctx context.Context, in *samplesInput) (*body[samplesOutput], error) {
	t, err := in.read()
	if err != nil {
		return nil, err
	}
	values, err := s.cfg.Contract.SampleValues(ctx, hitori.FieldKey{Type: t, Name: in.Name, Path: in.Path}, in.Limit)
	if values == nil {
		values = []hitori.JSON{}
	}
	return &body[samplesOutput]{samplesOutput{values, in.Path}}, err
}

type ruleInput struct {
	Body struct {
		Type string       `json:"type" default:"track" enum:"track,page,screen,identify,group,alias"`
		Name string       `json:"name,omitempty" doc:"The event of a track call; empty for other types"`
		Path string       `json:"path" doc:"The field, as in properties.price"`
		Rule collect.Rule `json:"rule"`
	}
}

func (s *Server) putRule(ctx context.Context, in *ruleInput) (*body[collect.Rule], error) {
	t, err := readEventType(in.Body.Type)
	if err != nil {
		return nil, err
	}
	touches(ctx, ruleObject(in.Body.Type, in.Body.Name, in.Body.Path), "")
	rule, err := s.cfg.Contract.SetRule(ctx, hitori.FieldKey{Type: t, Name: in.Body.Name, Path: in.Body.Path}, in.Body.Rule, actor(ctx))
	return &body[collect.Rule]{rule}, err
}

type fieldQuery struct {
	EventQuery
	Version
	Path string `query:"path" required:"true"`
}

func (s *Server) deleteRule(ctx context.Context, in *fieldQuery) (*struct{}, error) {
	t, err := in.read()
	if err != nil {
		return nil, err
	}
	touches(ctx, ruleObject(in.Type, in.Name, in.Path), "")
	return nil, s.cfg.Contract.RemoveRule(ctx, hitori.FieldKey{Type: t, Name: in.Name, Path: in.Path}, in.Version.Version)
}

// ruleObject names a rule in the record.
func ruleObject(kind, name, path string) string {
	if name != "" {
		kind += "/" + name
	}
	return "rules/" + kind + "/" + path
}

type quarantineOutput struct {
	Counts []QuarantineCount `json:"counts"`
}

// QuarantineCount is how many events wait for one reason.
type QuarantineCount struct {
	Source hitori.SourceID `json:"source"`
	Type   string          `json:"type,omitempty"`
	Name   string          `json:"name,omitempty"`
	hitori.Problem
	Reason string `json:"reason" doc:"The code in the language of the request"`
	Events int64  `json:"events"`
	First  string `json:"first_received"`
	Last   string `json:"last_received"`
}

func (s *Server) countQuarantine(ctx context.Context, _ *struct{}) (*body[quarantineOutput], error) {
	counts, err := s.cfg.Contract.Broken(ctx)
	if err != nil {
		return nil, err
	}
	const layout = "2006-01-02T15:04:05.000Z07:00"
	out := quarantineOutput{Counts: make([]QuarantineCount, 0, len(counts))}
	for _, c := range counts {
		out.Counts = append(out.Counts, QuarantineCount{
			Source: c.Source, Type: c.Type.String(), Name: c.Name, Problem: c.Problem, Reason: s.reason(ctx, c.Code),
			Events: c.Events, First: c.First.Format(layout), Last: c.Last.Format(layout),
		})
	}
	return &body[quarantineOutput]{out}, nil
}

func (s *Server) reason(ctx context.Context, code string) string {
	return s.cfg.Texts.Text(visitorOf(ctx).language, "problem."+code, nil)
}

// QuarantineQuery selects events in quarantine.
type QuarantineQuery struct {
	Source hitori.SourceID `query:"source" json:"source,omitempty"`
	Type   string          `query:"type" json:"type,omitempty"`
	Name   string          `query:"name" json:"name,omitempty"`
	Code   string          `query:"code" json:"code,omitempty" doc:"The reason: type, missing, value, too_large, no_person, timestamp"`
	Field  string          `query:"field" json:"field,omitempty"`
}

func (q QuarantineQuery) filter() (collect.QuarantineFilter, error) {
	f := collect.QuarantineFilter{Source: q.Source, Name: q.Name, Code: q.Code, Field: q.Field}
	if q.Type == "" {
		return f, nil
	}
	var err error
	f.Type, err = readEventType(q.Type)
	return f, err
}

type quarantineListInput struct {
	QuarantineQuery
	After int64 `query:"after" doc:"Where the previous page ended"`
	Limit int   `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

// HeldEvent is an event in quarantine.
type HeldEvent struct {
	Event
	MessageID string           `json:"message_id"`
	UserID    string           `json:"user_id,omitempty"`
	Anonymous string           `json:"anonymous_id,omitempty"`
	Raw       hitori.JSON      `json:"raw,omitempty" doc:"The message as it arrived, when it could not be read"`
	Problems  []hitori.Problem `json:"problems"`
	Reasons   []string         `json:"reasons" doc:"The problems' codes in the language of the request"`
}

type quarantineListOutput struct {
	Events []HeldEvent `json:"events"`
	Next   int64       `json:"next,omitempty"`
}

func (s *Server) listQuarantine(ctx context.Context, in *quarantineListInput) (*body[quarantineListOutput], error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	events, err := s.cfg.Contract.BrokenEvents(ctx, filter, hitori.Position(in.After), in.Limit)
	if err != nil {
		return nil, err
	}
	out := quarantineListOutput{Events: make([]HeldEvent, 0, len(events))}
	for _, e := range events {
		out.Events = append(out.Events, s.newHeldEvent(ctx, &e))
	}
	if len(events) == in.Limit {
		out.Next = int64(events[len(events)-1].Position)
	}
	return &body[quarantineListOutput]{out}, nil
}

type drainInput struct{ Body QuarantineQuery }

type drainOutput struct {
	Events int `json:"events" doc:"How many events were taken out of quarantine"`
}

func (s *Server) replayQuarantine(ctx context.Context, in *drainInput) (*body[drainOutput], error) {
	return s.drain(ctx, in, s.cfg.Contract.Replay)
}

func (s *Server) discardQuarantine(ctx context.Context, in *drainInput) (*body[drainOutput], error) {
	return s.drain(ctx, in, s.cfg.Contract.Discard)
}

func (s *Server) drain(ctx context.Context, in *drainInput, act func(context.Context, collect.QuarantineFilter) (int, error)) (*body[drainOutput], error) {
	filter, err := in.Body.filter()
	if err != nil {
		return nil, err
	}
	done, err := act(ctx, filter)
	return &body[drainOutput]{drainOutput{done}}, err
}
