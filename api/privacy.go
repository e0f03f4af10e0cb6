package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/unify"
)

func (s *Server) servePrivacy() {
	handle(s, route{id: "export-customer", method: http.MethodGet, path: "/customers/{reference}/export", scope: access.CustomersRead, looks: true,
		summary: "Disclose everything known about a person, as one JSON document"}, s.exportCustomer)
	handle(s, route{id: "erase-customer", method: http.MethodDelete, path: "/customers/{reference}", scope: access.CustomersWrite,
		summary: "Delete a person everywhere", status: http.StatusAccepted}, s.eraseCustomer)
	handle(s, route{id: "list-erasures", method: http.MethodGet, path: "/erasures", scope: access.DataRead,
		summary: "List deletions with their proofs, newest first"}, s.listErasures)
	handle(s, route{id: "list-retention", method: http.MethodGet, path: "/retention", scope: access.DataRead,
		summary: "List how long events are kept"}, s.listRetention)
	handle(s, route{id: "put-retention", method: http.MethodPut, path: "/retention/{event}", scope: access.Admin,
		summary: "Set how long an event is kept; 0 days is for ever"}, s.putRetention)
	handle(s, route{id: "list-purposes", method: http.MethodGet, path: "/purposes", scope: access.DataRead,
		summary: "List what personal data are used for"}, s.listPurposes)
	handle(s, route{id: "put-purpose", method: http.MethodPut, path: "/purposes/{name}", scope: access.Admin,
		summary: "Add or change a purpose"}, s.putPurpose)
	handle(s, route{id: "delete-purpose", method: http.MethodDelete, path: "/purposes/{name}", scope: access.Admin,
		summary: "Remove a purpose", status: http.StatusNoContent}, s.deletePurpose)
}

func (s *Server) exportCustomer(ctx context.Context, in *Reference) (*huma.StreamResponse, error) {
	root, err := s.person(ctx, *in)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/json")
		c.SetHeader("Content-Disposition", `attachment; filename="`+root.String()+`.json"`)
		if err := s.cfg.Privacy.Export(ctx, root, c.BodyWriter()); err != nil {
			// The status is sent; a document that does not end is how the reader is told.
			s.cfg.Logger.ErrorContext(ctx, "a disclosure was cut off", "error", err)
		}
	}}, nil
}

type eraseInput struct {
	Reference
	Reason string `query:"reason" maxLength:"500" doc:"Why, for the proof; without personal data"`
}

type eraseOutput struct {
	Customer hitori.CustomerID `json:"customer"`
	// Status tells that events and files follow; the proof is in the list of erasures.
	Status string `json:"status" enum:"erasing"`
}

func (s *Server) eraseCustomer(ctx context.Context, in *eraseInput) (*body[eraseOutput], error) {
	root, err := s.person(ctx, in.Reference)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Privacy.Erase(ctx, root, actor(ctx), in.Reason); err != nil {
		return nil, err
	}
	return &body[eraseOutput]{eraseOutput{root, "erasing"}}, nil
}

// Erasure is the deletion of a person with its proof.
type Erasure struct {
	Position    int64             `json:"position"`
	Customer    hitori.CustomerID `json:"customer"`
	Actor       string            `json:"actor"`
	Reason      string            `json:"reason,omitempty"`
	RequestedAt time.Time         `json:"requested_at"`
	FinishedAt  *time.Time        `json:"finished_at,omitempty"`
	Proof       *unify.Proof      `json:"proof,omitempty"`
}

type erasuresInput struct {
	Customer string `query:"customer" doc:"Only those of this customer id, also when the person is gone"`
	Before   int64  `query:"before" doc:"Where the previous page ended"`
	Limit    int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type erasuresOutput struct {
	Erasures []Erasure `json:"erasures"`
}

func (s *Server) listErasures(ctx context.Context, in *erasuresInput) (*body[erasuresOutput], error) {
	var of hitori.CustomerID
	if err := of.UnmarshalText([]byte(in.Customer)); err != nil {
		return nil, err
	}
	list, err := s.cfg.Privacy.Erasures().List(ctx, of, hitori.Position(in.Before), in.Limit)
	if err != nil {
		return nil, err
	}
	out := erasuresOutput{Erasures: make([]Erasure, 0, len(list))}
	for _, e := range list {
		erasure := Erasure{
			Position: int64(e.Position), Customer: e.Customer, Actor: e.Actor, Reason: e.Reason,
			RequestedAt: e.RequestedAt, FinishedAt: pointer(e.FinishedAt),
		}
		if erasure.FinishedAt != nil {
			erasure.Proof = &e.Proof
		}
		out.Erasures = append(out.Erasures, erasure)
	}
	return &body[erasuresOutput]{out}, nil
}

type retentionOutput struct {
	Retention []unify.Retention `json:"retention"`
}

func (s *Server) listRetention(ctx context.Context, _ *struct{}) (*body[retentionOutput], error) {
	list, err := s.cfg.Privacy.Retention(ctx)
	return &body[retentionOutput]{retentionOutput{list}}, err
}

type retentionInput struct {
	Event string `path:"event" doc:"Name of a track event, * for every event, or @audit for the record of who did what"`
	Body  struct {
		Days    int   `json:"days" minimum:"0"`
		Version int64 `json:"version,omitempty" doc:"That of the rule when you read it; without it the event must have no rule yet"`
	}
}

func (s *Server) putRetention(ctx context.Context, in *retentionInput) (*body[unify.Retention], error) {
	touches(ctx, "retention/"+in.Event, fmt.Sprintf("days=%d", in.Body.Days))
	rule, err := s.cfg.Privacy.SetRetention(ctx, unify.Retention{Event: in.Event, Days: in.Body.Days, Version: in.Body.Version}, actor(ctx))
	return &body[unify.Retention]{rule}, err
}

type purposesOutput struct {
	Purposes []unify.Purpose `json:"purposes"`
}

func (s *Server) listPurposes(ctx context.Context, _ *struct{}) (*body[purposesOutput], error) {
	list, err := s.cfg.Privacy.Purposes(ctx)
	return &body[purposesOutput]{purposesOutput{list}}, err
}

type purposeInput struct {
	Name string `path:"name"`
	Body struct {
		Title   string   `json:"title" maxLength:"500"`
		Fields  []string `json:"fields,omitempty" doc:"Fields used for it, as in traits.email"`
		Version int64    `json:"version,omitempty" doc:"That of the purpose when you read it; without it the name must be new"`
	}
}

func (s *Server) putPurpose(ctx context.Context, in *purposeInput) (*body[unify.Purpose], error) {
	purpose, err := s.cfg.Privacy.SetPurpose(ctx, unify.Purpose{
		Name: in.Name, Title: in.Body.Title, Fields: in.Body.Fields, Version: in.Body.Version,
	}, actor(ctx))
	return &body[unify.Purpose]{purpose}, err
}

// Version says which state of something is to be removed.
type Version struct {
	Version int64 `query:"version" doc:"That of what is removed when you read it; without it, it is removed whoever changed it"`
}

type nameInput struct {
	Version
	Name string `path:"name"`
}

func (s *Server) deletePurpose(ctx context.Context, in *nameInput) (*struct{}, error) {
	return nil, s.cfg.Privacy.DeletePurpose(ctx, in.Name, in.Version.Version)
}
