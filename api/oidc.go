package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/locale"
)

// visitCookie holds a visit to the provider until the browser comes back.
const (
	visitCookie = "hitori_visit"
	visitLife   = 10 * time.Minute
)

// serveOIDC answers browsers that sign in with the provider. They are sent on, and never see an
// error that is not a page of the web app.
func (s *Server) serveOIDC() {
	if s.cfg.OIDC == nil {
		return
	}
	s.mux.HandleFunc("GET "+access.OIDCStart, s.startOIDC)
	s.mux.HandleFunc("GET "+access.OIDCCallback, s.finishOIDC)
}

func (s *Server) startOIDC(w http.ResponseWriter, r *http.Request) {
	address, visit, err := s.cfg.OIDC.Begin(r.Context(), localPath(r.URL.Query().Get("return")))
	if err != nil {
		s.turnAway(w, r, err)
		return
	}
	kept, err := json.Marshal(visit)
	if err != nil {
		s.turnAway(w, r, err)
		return
	}
	cookie := clientOf(r.Context()).cookie(visitCookie, base64.RawURLEncoding.EncodeToString(kept), visitLife)
	http.SetCookie(w, &cookie)
	http.Redirect(w, r, address, http.StatusFound)
}

func (s *Server) finishOIDC(w http.ResponseWriter, r *http.Request) {
	c := clientOf(r.Context())
	var visit access.Visit
	if kept, err := base64.RawURLEncoding.DecodeString(c.readCookie(r.Header.Get("Cookie"), visitCookie)); err == nil {
		_ = json.Unmarshal(kept, &visit) // an empty visit fits nothing
	}
	over := c.cookie(visitCookie, "", 0) // a visit ends once
	http.SetCookie(w, &over)
	query := r.URL.Query()
	ctx := context.WithValue(r.Context(), entryKey{}, &access.AuditEntry{Action: access.SignInWithProvider})
	user, err := s.cfg.OIDC.Finish(ctx, visit, query.Get("state"), query.Get("code"))
	as(ctx, user)
	var in *entered
	if err == nil {
		in, err = s.enter(ctx, user)
	}
	_ = s.record(ctx, err) // it has been logged
	if err != nil {
		s.turnAway(w, r, err)
		return
	}
	http.SetCookie(w, &in.SetCookie)
	http.Redirect(w, r, localPath(visit.Return), http.StatusFound)
}

// turnAway sends a browser to the sign-in page, which tells the error.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	ctx := context.WithValue(r.Context(), visitorKey{}, visitor{language: locale.Choose(r.Header.Get("Accept-Language"))})
	problem := s.problem(ctx, err)
	var told *hitori.Error
	if errors.As(err, &told) && told.Err != nil {
		s.cfg.Logger.WarnContext(ctx, "signing in with the provider failed", "error", err)
	}
	http.Redirect(w, r, "/sign-in?"+url.Values{"error": {problem.Key}}.Encode(), http.StatusFound)
}
