package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/simulate"
)

// DemoConfig says what shop the demo shows.
type DemoConfig struct {
	Customers, Days int
	Seed            uint64
	// EventsPerCustomer scales the browsing; the simulation's default when zero.
	EventsPerCustomer float64
}

// Demo is what a visitor needs to look around.
type Demo struct {
	Customers int64
	Events    int64
	// Somebody is a reference to a person worth looking at.
	Somebody         string
	WriteKey, APIKey string
	// Link signs in once, as an administrator.
	Link string
}

// DemoStep is what is done to fill a demo.
type DemoStep string

// The steps, in their order.
const (
	DemoFilling   DemoStep = "filling"   // events are accepted
	DemoApplying  DemoStep = "applying"  // they are told of their people
	DemoComputing DemoStep = "computing" // what follows about people is computed
)

// demoBatch is how many messages of the simulated shop are accepted at a time.
const demoBatch = 4000

// FillDemo fills an empty program with a simulated shop whose days end today; one that is
// filled already is left as it is. It calls progress as each step begins, and with how many events have been
// accepted, of about how many; of the other steps that is not known.
func (a *App) FillDemo(ctx context.Context, cfg DemoConfig, progress func(step DemoStep, done, total int64)) (Demo, error) {
	demo, err := a.demoKeys(ctx)
	if err != nil {
		return demo, err
	}
	counts, err := a.Customers.Counts(ctx)
	if err != nil {
		return demo, err
	}
	if counts.Known == 0 {
		if err := a.simulate(ctx, cfg, progress); err != nil {
			return demo, err
		}
		if counts, err = a.Customers.Counts(ctx); err != nil {
			return demo, err
		}
	}
	demo.Customers = counts.Known
	demo.Somebody = "user_id:M00000001"
	info, err := a.Warehouse.Info(ctx)
	demo.Events = info.Events
	return demo, err
}

// demoKeys makes a write key and an API key that are good for as long as the demo runs.
func (a *App) demoKeys(ctx context.Context) (Demo, error) {
	source, err := a.Sources.Ensure(ctx, simulate.SourceWeb, hitori.SourceSDK)
	if err != nil {
		return Demo{}, err
	}
	demo := Demo{WriteKey: "demo-write-key", APIKey: "demo-api-key"}
	a.Keys.Admit(access.Key{ID: "demo-write", Name: "demo", Source: source.ID, Scopes: []access.Scope{access.CollectWrite}}, demo.WriteKey)
	a.Keys.Admit(access.Key{ID: "demo-api", Name: "demo", Scopes: []access.Scope{access.Admin}}, demo.APIKey)
	demo.Link, err = a.demoLink(ctx)
	return demo, err
}

// demoEmail is the address of the user of the demo.
const demoEmail = "demo@example.jp"

// demoLink makes a link that signs the user of the demo in, and the user if need be.
func (a *App) demoLink(ctx context.Context) (string, error) {
	users, err := a.Users.List(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(users, func(u access.User) bool { return u.Email == demoEmail })
	if i < 0 {
		user, err := a.Users.Create(ctx, access.User{
			Name: a.text("ja", "demo.user", nil), Email: demoEmail, Role: access.Administrator, CreatedBy: "demo",
		})
		if err != nil {
			return "", err
		}
		users, i = []access.User{user}, 0
	}
	token, err := a.Users.NewSignInLink(ctx, users[i].ID, "demo")
	if err != nil {
		return "", err
	}
	base := a.cfg.PublicURL
	if base == "" {
		base = a.url
	}
	return strings.TrimRight(base, "/") + access.LinkPath(token), nil
}

// feeder accepts the messages of a simulated shop, a batch of one source at a time.
type feeder struct {
	app      *App
	ctx      context.Context
	feeds    map[string]*feed
	progress func(done int64)
	done     int64
}

type feed struct {
	source hitori.SourceID
	body   []byte
	count  int
}

const batchHead, batchTail = `{"batch":[`, `]}`

// simulate feeds a simulated shop and returns when it has been applied, and what follows from it computed.
func (a *App) simulate(ctx context.Context, cfg DemoConfig, progress func(step DemoStep, done, total int64)) error {
	location, err := time.LoadLocation(a.cfg.TimeZone)
	if err != nil {
		return err
	}
	shop, err := simulate.New(simulate.Config{
		Seed: cfg.Seed, Customers: cfg.Customers, Days: cfg.Days, EventsPerCustomer: cfg.EventsPerCustomer, Location: location,
		Start: a.cfg.Clock.Now().In(location).AddDate(0, 0, -cfg.Days),
	})
	if err != nil {
		return err
	}
	about := int64(shop.Config().EventsPerCustomer * float64(shop.Customers()))
	f := &feeder{
		app: a, ctx: ctx, feeds: make(map[string]*feed),
		progress: func(done int64) { progress(DemoFilling, min(done, about), about) },
	}
	now := a.cfg.Clock.Now()
	err = shop.Events(ctx, func(m simulate.Message) error {
		if m.Time.After(now) { // the last day is not over
			return nil
		}
		return f.add(m)
	})
	if err != nil {
		return err
	}
	if err := f.finish(); err != nil {
		return err
	}
	progress(DemoApplying, 0, 0)
	if err := a.Settled(ctx); err != nil {
		return err
	}
	progress(DemoComputing, 0, 0)
	return a.Deriver.RefreshOwn(ctx) // so that the first page that is looked at is full
}

func (f *feeder) add(m simulate.Message) error {
	b := f.feeds[m.Source]
	if b == nil {
		source, err := f.app.Sources.Ensure(f.ctx, m.Source, hitori.SourceSDK)
		if err != nil {
			return err
		}
		b = &feed{source: source.ID}
		f.feeds[m.Source] = b
	}
	if b.count == 0 {
		b.body = append(b.body[:0], batchHead...)
	} else {
		b.body = append(b.body, ',')
	}
	b.body = append(b.body, m.JSON...)
	if b.count++; b.count < demoBatch {
		return nil
	}
	return f.send(b)
}

func (f *feeder) send(b *feed) error {
	if b.count == 0 {
		return nil
	}
	b.body = append(b.body, batchTail...)
	request, err := f.app.Collector.ReadBatch(b.body)
	if err != nil {
		return err
	}
	f.done += int64(b.count)
	b.count = 0
	f.progress(f.done)
	return f.app.Collector.AcceptRequest(f.ctx, b.source, request)
}

func (f *feeder) finish() error {
	for _, b := range f.feeds {
		if err := f.send(b); err != nil {
			return err
		}
	}
	return nil
}
