package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

// What an operation can ask for besides a right.
const (
	// anybody may ask, signed in or not.
	anybody access.Scope = "anybody"
	// anyUser who is signed in may ask, about themselves.
	anyUser access.Scope = "user"
)

// route is an operation with what it asks of a visitor.
type route struct {
	id      string
	method  string
	path    string
	summary string
	scope   access.Scope
	status  int // of success; 200 when zero
	// body bounds the size of the request; huma's default of 1 MiB when zero, none when negative.
	body int64
	// looks says that the answer holds personal data, so that asking is recorded as a change would be.
	looks bool
	// open says that a stream masks what it sends by itself, or has nothing personal in it. Other
	// streams, which are not masked, need the right to see personal data.
	open bool
}

// scopes are the rights a route asks for.
func (r *route) scopes(streams bool) []access.Scope {
	if streams && !r.open {
		return []access.Scope{r.scope, access.PersonalRead}
	}
	return []access.Scope{r.scope}
}

// changes reports whether the operation may change something.
func (r *route) changes() bool { return r.method != http.MethodGet }

// recordedExtension marks operations that leave a line in the record of who did what.
func recordedExtension(r route) map[string]any {
	if !r.changes() && !r.looks {
		return nil
	}
	return map[string]any{"x-recorded": true}
}

// handle adds an operation. Its handler returns errors as rooms make them. What it answers
// is masked for who may not see personal data, and what it changes is recorded.
func handle[In, Out any](s *Server, r route, handler func(ctx context.Context, in *In) (*Out, error)) {
	tag, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	_, streams := any(new(Out)).(*huma.StreamResponse)
	scopes := r.scopes(streams)
	huma.Register(s.api, huma.Operation{
		OperationID: r.id, Method: r.method, Path: "/api/v1" + r.path, Summary: r.summary, Tags: []string{tag},
		DefaultStatus: r.status, MaxBodyBytes: r.body, Security: security(scopes),
		Errors:      []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable},
		Middlewares: huma.Middlewares{s.admit(scopes)}, Extensions: recordedExtension(r),
	}, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handler(ctx, in)
		if r.changes() || r.looks && err == nil {
			if failed := s.record(ctx, err); failed != nil && r.looks { // nobody looks unseen
				err = failed
			}
		}
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		if v := visitorOf(ctx); !v.has(access.PersonalRead) {
			conceal(out)
		}
		return out, nil
	})
}

// security describes what a route asks for.
func security(scopes []access.Scope) []map[string][]string {
	switch scopes[0] {
	case anybody:
		return []map[string][]string{}
	case anyUser:
		return []map[string][]string{{"session": {}}}
	}
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = string(scope)
	}
	return []map[string][]string{{"key": names}, {"session": names}}
}

// admit lets those through who have the rights.
func (s *Server) admit(scopes []access.Scope) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		v, err := s.visit(ctx.Context(), ctx.Header, scopes)
		inner := context.WithValue(ctx.Context(), visitorKey{}, v)
		if err != nil {
			s.writeProblem(inner, err, ctx.SetHeader, ctx.SetStatus, ctx.BodyWriter())
			return
		}
		inner = context.WithValue(inner, entryKey{}, &access.AuditEntry{
			Action: ctx.Operation().OperationID, Object: objectOf(ctx.Operation().Path, ctx.Param),
		})
		next(huma.WithContext(ctx, inner))
	}
}

// objectOf names what an operation is about by its path: "keys/k1". People are named by
// their ids once they are found, and identifiers not at all.
func objectOf(path string, param func(string) string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/api/v1/"), "/")
	for _, part := range parts[1:] {
		switch name := strings.Trim(part, "{}"); {
		case name == part:
		case name == "reference":
			return ""
		case name == "identifier":
			id, _ := hitori.ParseIdentifier(param(name))
			return "identifiers/" + string(id.Kind)
		default:
			return parts[0] + "/" + param(name)
		}
	}
	return ""
}

type entryKey struct{}

// entryOf is the line of the record that is written about a request.
func entryOf(ctx context.Context) *access.AuditEntry {
	if entry, ok := ctx.Value(entryKey{}).(*access.AuditEntry); ok {
		return entry
	}
	return new(access.AuditEntry)
}

// touches names what a request made or changed, for the record.
func touches(ctx context.Context, object, detail string) {
	entry := entryOf(ctx)
	entry.Object, entry.Detail = object, detail
}

// record writes a request down with what became of it.
func (s *Server) record(ctx context.Context, result error) error {
	entry := *entryOf(ctx)
	entry.Address, entry.Result = clientOf(ctx).Address, access.AuditOK
	if entry.Actor == "" {
		entry.Actor = actor(ctx)
	}
	if result != nil {
		entry.Result = "internal"
		var told *hitori.Error
		if errors.As(result, &told) {
			entry.Result = told.Key
		}
	}
	if entry.Result == "sign_in_throttled" { // strangers do not fill the record
		return nil
	}
	err := s.cfg.Audit.Record(context.WithoutCancel(ctx), entry)
	if err != nil {
		s.cfg.Logger.ErrorContext(ctx, "what was done could not be recorded", "action", entry.Action, "actor", entry.Actor, "error", err)
	}
	return err
}

func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
