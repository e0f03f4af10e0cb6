package api

import (
	"context"
	"net/http"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

func (s *Server) serveLive() {
	handle(s, route{id: "look-at-events", method: http.MethodGet, path: "/events/live", scope: access.DataRead,
		summary: "The events that have just come in; ask again with the number that was answered"}, s.lookAtEvents)
}

type liveInput struct {
	After int64 `query:"after" minimum:"0" doc:"The number answered last time; without it following begins"`
	Limit int   `query:"limit" default:"200" minimum:"1" maximum:"1000"`
}

type liveOutput struct {
	Events []HeldEvent `json:"events" doc:"Oldest first; those with problems went into quarantine"`
	Next   int64       `json:"next"`
	Missed int64       `json:"missed,omitempty" doc:"How many came and are not shown"`
}

func (s *Server) lookAtEvents(ctx context.Context, in *liveInput) (*body[liveOutput], error) {
	events, next, missed, err := s.cfg.Live.Look(ctx, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := liveOutput{Events: make([]HeldEvent, 0, len(events)), Next: next, Missed: missed}
	for i := range events {
		out.Events = append(out.Events, s.newHeldEvent(ctx, &events[i]))
	}
	return &body[liveOutput]{out}, nil
}

// newHeldEvent shows an event as it came, with what is wrong with it.
func (s *Server) newHeldEvent(ctx context.Context, e *hitori.Event) HeldEvent {
	held := HeldEvent{
		Event:     newEvent(&hitori.Stamped{Event: *e, Kind: hitori.KindOf(e.Type, e.Name)}),
		MessageID: e.MessageID, UserID: e.UserID, Anonymous: e.AnonymousID, Raw: e.Raw, Problems: e.Problems,
	}
	for _, p := range e.Problems {
		held.Reasons = append(held.Reasons, s.reason(ctx, p.Code))
	}
	return held
}
