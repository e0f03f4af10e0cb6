package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/store/stream"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
	"github.com/hitori-cdp/hitori/web"
)

// App is a running process.
type App struct {
	cfg    Config
	folder *folder

	Log       *stream.Log
	State     *state.Store
	Warehouse warehouse

	Collector *collect.Collector
	Contract  *collect.Contract
	Sources   *collect.Sources
	Imports   *collect.Imports
	Worker    *unify.Worker
	Customers *unify.Customers
	Privacy   *unify.Privacy
	Keys      *access.Keys
	Users     *access.Users
	Audit     *access.Audit
	Jobs      *service.Jobs
	Live      *unify.Live
	Numbers   *measure.Shop
	Deriver   *understand.Deriver
	Grader    *understand.Grader
	Analyses  *understand.Analyses
	Segments  *understand.Segments

	oidc    *access.OIDC
	texts   *locale.Texts
	metrics *metrics
	room    room
	server  *http.Server
	url     string
	secret  string
	started []service.Service // in the order they were started
}

// Start starts a process and returns when it answers. Stop must be called on what it
// returns.
func Start(ctx context.Context, cfg Config) (*App, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg}
	if err := a.open(ctx); err != nil {
		a.Stop()
		return nil, err
	}
	if err := a.run(ctx); err != nil {
		a.Stop()
		return nil, err
	}
	return a, nil
}

// Open opens the engines and puts the rooms together without starting anything, for
// commands that work on a folder nobody serves.
func Open(ctx context.Context, cfg Config) (*App, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg}
	if err := a.open(ctx); err != nil {
		a.Stop()
		return nil, err
	}
	return a, nil
}

func (a *App) open(ctx context.Context) (err error) {
	if a.cfg.embedded() {
		if a.folder, err = openFolder(a.cfg.Data); err != nil {
			return err
		}
	} else if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil { // for uploaded files
		return hitori.NewError(hitori.Unavailable, "folder_unusable", "folder", a.cfg.Data).Because(err)
	}
	if err := a.openEngines(ctx); err != nil {
		return err
	}
	return a.furnish(ctx)
}

// furnish puts the rooms together.
func (a *App) furnish(ctx context.Context) (err error) {
	clock, logger := a.cfg.Clock, a.cfg.Logger
	if a.texts, err = locale.Load(); err != nil {
		return err
	}
	a.Keys = access.NewKeys(a.State, clock)
	a.Users = access.NewUsers(a.State, a.State, clock)
	a.Audit = access.NewAudit(a.State, clock)
	if a.cfg.OIDC.Issuer != "" {
		a.cfg.OIDC.PublicURL = a.cfg.PublicURL
		if a.oidc, err = access.NewOIDC(a.cfg.OIDC, a.Users); err != nil {
			return err
		}
	}
	a.Sources = collect.NewSources(a.State, clock)
	a.Collector = collect.NewCollector(collect.CollectorConfig{
		Log: a.Log, Clock: clock, EventBytes: a.cfg.EventBytes, BatchEvents: a.cfg.BatchEvents, WaitingBytes: a.cfg.WaitingBytes,
	})
	a.Contract = collect.NewContract(collect.ContractConfig{
		Store: a.State, Quarantine: a.Warehouse, Samples: a.Warehouse, Collector: a.Collector, Clock: clock,
		Users: []collect.FieldUser{a.fieldsOfPurposes, func(ctx context.Context) (map[hitori.FieldKey][]string, error) { return a.Segments.Fields(ctx) }},
	})
	a.Worker = unify.NewWorker(unify.WorkerConfig{
		Log: a.Log, Store: a.State, Warehouse: a.Warehouse, CountFields: collect.CountFields,
		Currency: hitori.Currency(a.cfg.Currency), Logger: logger,
	})
	decisions := unify.NewDecisions(a.Log, a.State, clock)
	a.Customers = unify.NewCustomers(a.State, a.Warehouse, decisions)
	a.Jobs = service.NewJobs(a.State, clock, logger)
	a.Jobs.Alone = a.cfg.StateURL == ""
	location, err := time.LoadLocation(a.cfg.TimeZone)
	if err != nil {
		return err
	}
	a.Live = unify.NewLive(a.Log)
	a.Numbers = measure.NewShop(plan.Shop{Engine: a.Warehouse}, clock, location)
	currency := hitori.Currency(a.cfg.Currency)
	reader, features := plan.Reader{Engine: a.Warehouse, Currency: currency}, plan.Catalogue{Engine: a.Warehouse, Currency: currency}
	a.Segments = understand.NewSegments(understand.SegmentsConfig{
		Store: a.State, Own: a.State, Reader: reader, Features: features, Table: a.Warehouse,
		Subjects: understand.Subjects{State: a.State, Story: a.Warehouse, Features: features, Groups: reader, Currency: currency},
		State:    a.State, Fields: a.State, Accept: a.Collector.Accept, Caught: a.derived,
		Clock: clock, Location: location, Currency: currency, Logger: logger,
	})
	analyst := plan.Analyst{Engine: a.Warehouse, Location: location, Currency: currency}
	a.Grader = understand.NewGrader(understand.GraderConfig{
		Store: a.State, Buyers: analyst, Used: a.Segments.GroupsUsed, Clock: clock, Location: location, Changed: func() { a.Deriver.Wake() },
	})
	a.Deriver = understand.NewDeriver(understand.DeriverConfig{
		State: a.State, Warehouse: a.Warehouse, Grader: a.Grader, Clock: clock, Location: location, Currency: currency, Logger: logger, Then: a.Segments.Refresh,
	})
	a.Analyses = understand.NewAnalyses(analyst, analyst, clock, location, currency).GradedBy(a.Grader.Grading)
	a.Imports, err = collect.NewImports(collect.ImportsConfig{
		Folder: filepath.Join(a.cfg.Data, "imports"), Store: a.State, Log: importLog{a}, Collector: a.Collector, Sources: a.Sources, Jobs: a.Jobs,
		Undo: unify.NewUndos(a.State, a.Warehouse, a.Log, hitori.Currency(a.cfg.Currency)), Undone: a.recordUndone,
		Clock: clock, Location: location, Currency: hitori.Currency(a.cfg.Currency), Text: a.text,
	})
	if err != nil {
		return err
	}
	erasures := unify.NewErasures(a.State, a.Warehouse, a.Log, clock, logger, a.eraseImports)
	a.Privacy = unify.NewPrivacy(a.Customers, erasures, a.State, a.Log, a.Warehouse, clock)
	a.Jobs.Handle("retention", a.enforceRetention)
	a.metrics = newMetrics(a)
	return a.Contract.Reload(ctx)
}

// run starts what this role does.
func (a *App) run(ctx context.Context) error {
	start := func(s service.Service) error {
		if err := s.Start(ctx); err != nil {
			return err
		}
		a.started = append(a.started, s)
		return nil
	}
	services := []service.Service{a.Collector, a.Contract}
	if a.cfg.does(RoleWork) {
		services = append(services, a.Worker, a.Deriver, a.Privacy.Erasures(), newDaily(a))
	}
	if a.cfg.does(RoleWork) || a.cfg.does(RoleWeb) { // imports run where the file was uploaded
		services = append(services, a.Jobs)
	}
	for _, s := range services {
		if err := start(s); err != nil {
			return err
		}
	}
	return a.listen(ctx)
}

// text fills a text of the locale files in. Fields of imports are called by their titles.
func (a *App) text(language, key string, args map[string]string) string {
	l := locale.Language(language)
	if field, ok := args["field"]; ok {
		if title := a.texts.Text(l, "import.field."+field, nil); title != "import.field."+field {
			args = maps.Clone(args)
			args["field"] = title
		}
	}
	return a.texts.Text(l, key, args)
}

// Handler answers requests to some parts of the API.
func (a *App) Handler(parts api.Parts) (http.Handler, error) {
	proxies, err := a.cfg.proxies()
	if err != nil {
		return nil, err
	}
	return api.New(api.Config{
		Texts: a.texts, Clock: a.cfg.Clock, Logger: a.cfg.Logger, Keys: a.Keys, Users: a.Users,
		Views: access.NewViews(a.State, a.cfg.Clock), Audit: a.Audit, Inbox: a.inbox(), OIDC: a.oidc, Collector: a.Collector, Contract: a.Contract,
		Sources: a.Sources, Traffic: collect.NewTraffic(a.Warehouse, a.cfg.Clock), Imports: a.Imports, Customers: a.Customers, Privacy: a.Privacy, Jobs: a.Jobs, Live: a.Live, Numbers: a.Numbers,
		Features: understand.NewCatalogue(a.Segments), Analyses: a.Analyses, Grader: a.Grader, Segments: a.Segments, System: a,
		Web: web.Files(), PublicURL: a.cfg.PublicURL, Proxies: proxies, Demo: a.cfg.Demo,
		Shop: api.Shop{TimeZone: a.cfg.TimeZone, Currency: a.cfg.Currency}, BodyBytes: a.cfg.BodyBytes, Version: a.cfg.Version,
	}, parts)
}

func (a *App) listen(ctx context.Context) error {
	handler, err := a.Handler(api.Parts{Collect: a.cfg.does(RoleCollect), Web: a.cfg.does(RoleWeb)})
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return hitori.NewError(hitori.Unavailable, "listen", "address", a.cfg.Listen).Because(err)
	}
	server := &http.Server{
		Handler: a.metrics.count(handler), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.cfg.Logger.Handler(), slog.LevelWarn),
	}
	a.server = server
	go func() { _ = server.Serve(listener) }() // it ends with Stop
	a.url = "http://" + reachable(listener.Addr().(*net.TCPAddr))
	if !a.cfg.does(RoleWeb) {
		return nil
	}
	a.secret = rand.Text()
	a.Keys.Admit(access.Key{ID: "local", Name: "local", Scopes: []access.Scope{access.Admin}}, a.secret)
	if a.folder == nil {
		return nil
	}
	return a.folder.announce(Serving{URL: a.url, Secret: a.secret, Process: os.Getpid()})
}

// reachable is the address under which this machine reaches a listener.
func reachable(addr *net.TCPAddr) string {
	if addr.IP.IsUnspecified() {
		addr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: addr.Port}
	}
	return addr.String()
}

// URL is where the process answers.
func (a *App) URL() string { return a.url }

// Secret is an admin key that is good for as long as the process runs.
func (a *App) Secret() string { return a.secret }

// stopPatience is how long requests under way may take to end.
const stopPatience = 20 * time.Second

// Stop ends everything in the reverse order of the start: no new requests, then what was
// accepted is written, then the engines are closed. Stopping twice does nothing.
func (a *App) Stop() {
	if a.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
		defer cancel()
		if err := a.server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			_ = a.server.Close()
		}
		a.server = nil
	}
	for i := len(a.started) - 1; i >= 0; i-- {
		a.started[i].Stop()
	}
	a.started = nil
	a.closeEngines()
	a.folder.close()
	a.folder = nil
}

// derived returns once everything accepted before has been applied and what follows from it is computed.
func (a *App) derived(ctx context.Context) error {
	if err := a.Settled(ctx); err != nil {
		return err
	}
	return a.Deriver.RefreshOwn(ctx)
}

// Settled returns once everything accepted before has been applied.
func (a *App) Settled(ctx context.Context) error {
	last, err := a.Log.Last(ctx)
	if err != nil {
		return err
	}
	return a.Customers.Decisions().Await(ctx, last)
}
