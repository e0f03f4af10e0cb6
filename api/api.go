// Package api is Hitori over HTTP: the wire format of SDKs under /v1, and everything a user
// can do under /api/v1, described by an OpenAPI document that is made from the same types.
//
// Errors are told in one place, [Server.problem]: a code becomes a status, a key a text in the language
// of the request (RFC 9457).
package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// Config is what the API works with.
type Config struct {
	Texts  *locale.Texts
	Clock  service.Clock
	Logger *slog.Logger

	Keys      *access.Keys
	Users     *access.Users
	Views     *access.Views
	Audit     *access.Audit
	Inbox     *access.Inbox
	OIDC      *access.OIDC // nil without a provider
	Collector *collect.Collector
	Contract  *collect.Contract
	Sources   *collect.Sources
	Traffic   *collect.Traffic
	Imports   *collect.Imports
	Customers *unify.Customers
	Privacy   *unify.Privacy
	Jobs      *service.Jobs
	Live      *unify.Live
	Numbers   *measure.Shop
	Features  *understand.Catalogue
	Analyses  *understand.Analyses
	Grader    *understand.Grader
	Segments  *understand.Segments
	System    System

	// Web is the web app as it was built; without one a page says so.
	Web fs.FS
	// PublicURL is where browsers find the program; empty when nobody has said.
	PublicURL string
	// Proxies are the addresses that are believed when they say on whose behalf they ask.
	Proxies []netip.Prefix
	// Demo says that everything shown is made up.
	Demo bool
	Shop Shop

	// BodyBytes is the size of the largest request to /v1; the default is 500 KiB and a bit.
	BodyBytes int64
	Version   string
}

// Shop is what the web app must know to show times and amounts.
type Shop struct {
	TimeZone string `json:"time_zone"`
	Currency string `json:"currency"`
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
	// LagFrames is how far the profiles are behind the log.
	LagFrames int64 `json:"lag_frames"`
	// DiskFree is how many bytes of disk are free; -1 when nothing is kept here.
	DiskFree int64 `json:"disk_free"`
}

// defaultBody is Segment's limit of a batch with some room for what wraps it.
const defaultBody = 512 << 10

// Server answers requests.
type Server struct {
	cfg   Config
	mux   *http.ServeMux
	api   huma.API
	guard *guard
}

// Parts says which requests a server answers.
type Parts struct{ Collect, Web bool }

// New returns a server for some parts of the API. It returns an error of code Invalid for a public URL that is none.
func New(cfg Config, parts Parts) (*Server, error) {
	if cfg.BodyBytes == 0 {
		cfg.BodyBytes = defaultBody
	}
	guard, err := newGuard(cfg.PublicURL, cfg.Proxies)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, mux: http.NewServeMux(), guard: guard}
	s.mux.HandleFunc("GET /healthz", s.alive)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.Handle("GET /metrics", cfg.System.Metrics())
	if parts.Collect {
		s.serveCollection()
	}
	s.describe()
	if parts.Web {
		s.serveSession()
		s.serveSecondFactor()
		s.serveUsers()
		s.serveViews()
		s.serveAudit()
		s.serveSystem()
		s.serveKeys()
		s.serveContract()
		s.serveLive()
		s.serveHome()
		s.serveFeatures()
		s.serveAnalyses()
		s.serveRFM()
		s.serveSegments()
		s.serveNotifications()
		s.serveImports()
		s.serveCustomers()
		s.servePrivacy()
		s.serveOIDC()
	}
	s.serveWeb(parts.Web)
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, collectPrefix) { // pages of any site send there, with a key
		w.Header().Set("X-Content-Type-Options", "nosniff")
		s.mux.ServeHTTP(w, r)
		return
	}
	c := s.guard.client(r)
	s.guard.harden(w.Header(), r, c)
	r = r.WithContext(context.WithValue(r.Context(), clientKey{}, c))
	if s.guard.origins.Check(r) != nil {
		s.refuse(w, r, hitori.NewError(hitori.Forbidden, "cross_origin"))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// OpenAPI returns the description of the API.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

func (s *Server) describe() {
	config := huma.DefaultConfig("Hitori", s.cfg.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", "/api/schemas"
	config.CreateHooks = nil // no "$schema" in every answer
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "An API key made with `hitori key create`."},
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "A user who has signed in."},
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
