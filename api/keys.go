package api

import (
	"context"
	"net/http"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

func (s *Server) serveKeys() {
	handle(s, route{id: "list-keys", method: http.MethodGet, path: "/keys", scope: access.Admin, summary: "List keys"}, s.listKeys)
	handle(s, route{id: "create-key", method: http.MethodPost, path: "/keys", scope: access.Admin,
		summary: "Create a key; its secret is shown this once", status: http.StatusCreated}, s.createKey)
	handle(s, route{id: "revoke-key", method: http.MethodDelete, path: "/keys/{id}", scope: access.Admin,
		summary: "Make a key useless", status: http.StatusNoContent}, s.revokeKey)
	handle(s, route{id: "list-sources", method: http.MethodGet, path: "/sources", scope: access.DataRead,
		summary: "List where data come from"}, s.listSources)
	handle(s, route{id: "list-traffic", method: http.MethodGet, path: "/sources/traffic", scope: access.DataRead,
		summary: "How much has come from each source, and when the last of it was received"}, s.listTraffic)
}

type keysOutput struct {
	Keys []access.Key `json:"keys"`
}

func (s *Server) listKeys(ctx context.Context, _ *struct{}) (*body[keysOutput], error) {
	keys, err := s.cfg.Keys.List(ctx)
	return &body[keysOutput]{keysOutput{keys}}, err
}

type createKeyInput struct {
	Body struct {
		Name   string         `json:"name" minLength:"1" maxLength:"200"`
		Scopes []access.Scope `json:"scopes,omitempty" doc:"For an API key"`
		Source string         `json:"source,omitempty" doc:"For a write key: the name of the source its events come from"`
		Rate   int            `json:"rate,omitempty" minimum:"0" doc:"Events a second; 0 is no limit"`
		Secret string         `json:"secret,omitempty" maxLength:"200" doc:"A secret of your own, to move from another system without touching the senders"`
	}
}

type createKeyOutput struct {
	access.Key
	Secret string `json:"secret" doc:"Shown this once"`
}

func (s *Server) createKey(ctx context.Context, in *createKeyInput) (*body[createKeyOutput], error) {
	key := access.Key{Name: in.Body.Name, Scopes: in.Body.Scopes, Rate: in.Body.Rate, CreatedBy: actor(ctx)}
	if in.Body.Source != "" {
		source, err := s.cfg.Sources.Ensure(ctx, in.Body.Source, hitori.SourceSDK)
		if err != nil {
			return nil, err
		}
		key.Source, key.Scopes = source.ID, []access.Scope{access.CollectWrite}
	}
	key, secret, err := s.cfg.Keys.Create(ctx, key, in.Body.Secret)
	if err == nil {
		touches(ctx, "keys/"+key.ID, key.Name)
	}
	return &body[createKeyOutput]{createKeyOutput{key, secret}}, err
}

type keyInput struct {
	ID string `path:"id"`
}

func (s *Server) revokeKey(ctx context.Context, in *keyInput) (*struct{}, error) {
	return nil, s.cfg.Keys.Revoke(ctx, in.ID)
}

type sourcesOutput struct {
	Sources []hitori.Source `json:"sources"`
}

func (s *Server) listSources(ctx context.Context, _ *struct{}) (*body[sourcesOutput], error) {
	sources, err := s.cfg.Sources.List(ctx)
	return &body[sourcesOutput]{sourcesOutput{sources}}, err
}

// SourceTraffic is what has come from a source.
type SourceTraffic struct {
	Source hitori.SourceID `json:"source"`
	Events int64           `json:"events" doc:"Those in quarantine included"`
	Last   time.Time       `json:"last" doc:"When the last of them was received"`
}

type trafficOutput struct {
	Traffic []SourceTraffic `json:"traffic" doc:"Sources of which nothing has come are left out"`
}

func (s *Server) listTraffic(ctx context.Context, _ *struct{}) (*body[trafficOutput], error) {
	arrivals, err := s.cfg.Traffic.Latest(ctx)
	out := trafficOutput{Traffic: make([]SourceTraffic, 0, len(arrivals))}
	for _, a := range arrivals {
		out.Traffic = append(out.Traffic, SourceTraffic{Source: a.Source, Events: a.Events, Last: a.Last})
	}
	return &body[trafficOutput]{out}, err
}
