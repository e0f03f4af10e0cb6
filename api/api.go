// Package api is Hitori over HTTP: the wire format of SDKs under /v1, and everything a user
// can do under /api/v1, described by an OpenAPI document that is made from the same types.
//
// Errors are told in one place, [Server.problem]: a code becomes a status, a key a text in the language
// of the request (RFC 9457).
package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/unify"
)

// Config is what the API works with.
type Config struct {
	Texts  *locale.Texts
	Clock  service.Clock
	Logger *slog.Logger

	Keys      *access.Keys
	Collector *collect.Collector
	Contract  *collect.Contract
	Sources   *collect.Sources
	Imports   *collect.Imports
	Customers *unify.Customers
	Privacy   *unify.Privacy
	Jobs      *service.Jobs
	System    System

	// BodyBytes is the size of the largest request to /v1; the default is 500 KiB and a bit.
	BodyBytes int64
	Version   string
}

// System is what the API asks of the program itself.
type System interface {
	// Health returns what works, and whether all of it does.
	Health(ctx context.Context) (Health, bool)
	// Metrics serves the metrics in Prometheus' format.
	Metrics() http.Handler
	// Room returns an error of code Unavailable when the disk is too full to accept events.
	Room() error
	// Backup writes a backup of everything to w.
	Backup(ctx context.Context, w Writer) error
}

// Writer is where a backup goes.
type Writer interface{ Write(p []byte) (int, error) }

// Health is how the program is.
type Health struct {
	Status  string            `json:"status" enum:"ok,degraded"`
	Version string            `json:"version"`
	Role    string            `json:"role"`
	Engines map[string]string `json:"engines" doc:"ok, or what is wrong, by engine"`
	// LagSeconds and LagFrames are how far the profiles are behind the log.
	LagFrames int64 `json:"lag_frames"`
	// DiskFree is how many bytes of disk are free; -1 when nothing is kept here.
	DiskFree int64 `json:"disk_free"`
}

// defaultBody is Segment's limit of a batch with some room for what wraps it.
const defaultBody = 512 << 10

// Server answers requests.
type Server struct {
	cfg Config
	mux *http.ServeMux
	api huma.API
}

// Parts says which requests a server answers.
type Parts struct{ Collect, Web bool }

// New returns a server for some parts of the API.
func New(cfg Config, parts Parts) *Server {
	if cfg.BodyBytes == 0 {
		cfg.BodyBytes = defaultBody
	}
	s := &Server{cfg: cfg, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /healthz", s.alive)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.Handle("GET /metrics", cfg.System.Metrics())
	if parts.Collect {
		s.serveCollection()
	}
	s.describe()
	if parts.Web {
		s.serveSystem()
		s.serveKeys()
		s.serveContract()
		s.serveImports()
		s.serveCustomers()
		s.servePrivacy()
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, hitori.NewError(hitori.NotFound, "path_unknown"))
	})
	return s
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// OpenAPI returns the description of the API.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

func (s *Server) describe() {
	config := huma.DefaultConfig("Hitori", s.cfg.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", "/api/schemas"
	config.CreateHooks = nil // no "$schema" in every answer
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", Description: "An API key made with `hitori key create`."},
	}
	config.Info.Description = "Customers, events, the data contract and imports of one Hitori installation."
	s.api = humago.New(s.mux, config)
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		return s.invalid(ctx, status, message, errs)
	}
}

// schemaName names types in the description of the API. Those of the shared nouns that go
// by the name of another type are told apart.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[hitori.Problem]():
		return "EventProblem"
	case reflect.TypeFor[hitori.Event]():
		return "LogEvent"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// route is an operation with what it asks of a key.
type route struct {
	id      string
	method  string
	path    string
	summary string
	scope   access.Scope
	status  int // of success; 200 when zero
	// body bounds the size of the request; huma's default of 1 MiB when zero, none when negative.
	body int64
}

// handle adds an operation. Its handler returns errors as rooms make them.
func handle[In, Out any](s *Server, r route, handler func(ctx context.Context, in *In) (*Out, error)) {
	tag, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	huma.Register(s.api, huma.Operation{
		OperationID: r.id, Method: r.method, Path: "/api/v1" + r.path, Summary: r.summary, Tags: []string{tag},
		DefaultStatus: r.status, MaxBodyBytes: r.body,
		Security:    []map[string][]string{{"key": {string(r.scope)}}},
		Errors:      []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable},
		Middlewares: huma.Middlewares{s.admit(r.scope)},
	}, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// visitor is who asks, and in which language.
type visitor struct {
	key      access.Key
	language locale.Language
}

type visitorKey struct{}

func visitorOf(ctx context.Context) visitor {
	v, ok := ctx.Value(visitorKey{}).(visitor)
	if !ok {
		v.language = locale.Japanese
	}
	return v
}

// actor is how what a visitor does is signed.
func actor(ctx context.Context) string {
	v := visitorOf(ctx)
	return "key:" + v.key.Name
}

// admit lets requests with a key of the right scope through.
func (s *Server) admit(scope access.Scope) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		v := visitor{language: locale.Choose(ctx.Header("Accept-Language"))}
		inner := context.WithValue(ctx.Context(), visitorKey{}, v)
		key, err := s.cfg.Keys.Check(inner, bearer(ctx.Header("Authorization")))
		if err == nil && !key.Has(scope) {
			err = hitori.NewError(hitori.Forbidden, "key_scope", "scope", scope)
		}
		if err != nil {
			s.writeProblem(inner, err, ctx.SetHeader, ctx.SetStatus, ctx.BodyWriter())
			return
		}
		v.key = key
		next(huma.WithValue(ctx, visitorKey{}, v))
	}
}

// bearer returns the key in an Authorization header: after "Bearer", or as the user of
// "Basic", as Segment's libraries send it.
func bearer(header string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	switch strings.ToLower(scheme) {
	case "bearer":
		return strings.TrimSpace(rest)
	case "basic":
		r := http.Request{Header: http.Header{"Authorization": {header}}}
		user, _, _ := r.BasicAuth()
		return user
	}
	return ""
}

// look records that the visitor saw personal data.
func (s *Server) look(ctx context.Context, action string, customer hitori.CustomerID, detail string) error {
	return s.cfg.Keys.Record(ctx, access.Access{Actor: actor(ctx), Action: action, Customer: customer, Detail: detail})
}

func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
