package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

const (
	// askedTimes is how often an analysis is asked, each time as if for the first.
	askedTimes = 10
	// freshEvents is how many events come between two looks of the deriver, of how many people.
	freshEvents, freshPeople = 100_000, 20_000
	// mixedConditions is how many conditions are asked in one go.
	mixedConditions = 50
)

// understanding is the large shop as the room understand sees it.
type understanding struct {
	*bench
	app      *app.App
	location *time.Location
	currency hitori.Currency
	clock    *service.ManualClock
	deriver  *understand.Deriver
}

// understand measures what follows from the events of the large shop: its computation, analyses and conditions.
func (b *bench) understand() error {
	folder, err := b.largeShop()
	if err != nil {
		return err
	}
	a, err := app.Open(b.ctx, app.Config{Data: folder})
	if err != nil {
		return err
	}
	defer a.Stop()
	location, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		return err
	}
	u := &understanding{bench: b, app: a, location: location, currency: hitori.JPY, clock: service.NewManualClock(time.Now())}
	u.deriver = u.newDeriver(location)
	for _, measure := range []func() error{u.rebuild, u.refresh, u.analyses, u.conditions, u.segments} {
		if err := measure(); err != nil {
			return err
		}
	}
	b.report("Memory of the process meanwhile, peak", "≤ 4,000 MB", fmt.Sprintf("%d MB", peakMemory()/1_000_000), "")
	return nil
}

func (u *understanding) newDeriver(location *time.Location) *understand.Deriver {
	return understand.NewDeriver(understand.DeriverConfig{
		State: u.app.State, Warehouse: u.app.Warehouse, Grader: u.app.Grader, Clock: u.clock, Location: location, Currency: u.currency, Logger: slog.New(slog.DiscardHandler),
	})
}

// effort is what something took: time by the clock, and by all processors together.
type effort struct{ wall, cpu time.Duration }

func (e effort) String() string {
	return fmt.Sprintf("%.2f s, %.2f s of processors", e.wall.Seconds(), e.cpu.Seconds())
}

// spend tells what something takes.
func spend(do func() error) (effort, error) {
	begin, used := time.Now(), processors()
	err := do()
	return effort{time.Since(begin), processors() - used}, err
}

// processors is the processors' time that this process has used.
func processors() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// scan is the floor of what reads events: the columns that the plainest of it asks.
func (u *understanding) scan() (effort, error) {
	return spend(func() error {
		return u.app.Warehouse.Query(u.ctx, func(d plan.Dialect) string {
			return "SELECT max(person) FROM " + d.Events("person, time", "customer_id <> 0 AND time > 0") + " AS e"
		}, func(plan.Row) error { return nil })
	})
}

// rebuild computes everything anew, as in another zone, and features on a new day.
func (u *understanding) rebuild() error {
	if err := u.newDeriver(time.UTC).Refresh(u.ctx); err != nil {
		return err
	}
	floor, err := u.scan()
	if err != nil {
		return err
	}
	whole, err := spend(func() error { return u.deriver.Refresh(u.ctx) })
	if err != nil {
		return err
	}
	u.clock.Advance(24 * time.Hour)
	day, err := spend(func() error { return u.deriver.Refresh(u.ctx) })
	if err != nil {
		return err
	}
	info, err := u.app.Warehouse.Info(u.ctx)
	least := "a scan of whose the events are and when: " + floor.String()
	u.report(fmt.Sprintf("Everything that is derived anew, people included, %.1f million events", float64(info.Events)/1e6), "", whole.String(), least)
	u.report("Features of everybody on a new day", "≤ 30 s", day.String(), least)
	return err
}

// refresh computes what follows from events that just came, of people all over the shop. They are taken out again.
func (u *understanding) refresh() error {
	people, err := u.some(freshPeople)
	if err != nil {
		return err
	}
	last, err := u.app.Log.Last(u.ctx)
	if err != nil {
		return err
	}
	batch := unify.Batch{Token: fmt.Sprint("bench ", time.Now().UnixNano())}
	var positions []hitori.Position
	beyond := slices.Max(append(slices.Collect(maps.Values(last)), 0)) + 1<<30
	for n := range freshEvents {
		p := hitori.NewPosition(beyond+uint64(n/1000), 0, n%1000)
		positions = append(positions, p)
		batch.Events = append(batch.Events, hitori.Stamped{
			Event: hitori.Event{
				Position: p, Source: 1, Type: hitori.Track, Name: "Product Viewed", Time: time.Now(), ReceivedAt: time.Now(),
				Properties: `{"product_id":"P0001","price":500}`,
			},
			Customer: people[n%len(people)], Kind: hitori.KindWeb,
		})
	}
	if err := u.app.Warehouse.Append(u.ctx, batch); err != nil {
		return err
	}
	floor, err := u.scan()
	if err != nil {
		return err
	}
	spent, err := spend(func() error { return u.deriver.Refresh(u.ctx) })
	if err == nil {
		err = u.app.Warehouse.Drop(u.ctx, positions)
	}
	if err == nil {
		err = u.deriver.Refresh(u.ctx)
	}
	u.report(fmt.Sprintf("Refresh after %d events of %d people", freshEvents, len(people)), "≤ 2 s", spent.String(),
		"a scan of whose the events are and when: "+floor.String())
	return err
}

// some returns about so many people from all over the shop.
func (u *understanding) some(count int) ([]hitori.CustomerID, error) {
	random := rand.New(rand.NewPCG(3, 4))
	var all []hitori.CustomerID
	for after := hitori.CustomerID(0); ; {
		people, err := u.app.State.PeopleAfter(u.ctx, after, 5000)
		if err != nil {
			return nil, err
		}
		if len(people) == 0 {
			break
		}
		after = people[len(people)-1]
		all = append(all, people...)
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(count, len(all))], nil
}

// analyses asks each analysis as the first page does, with nothing known from before.
func (u *understanding) analyses() error {
	lastYear := understand.Dates{From: time.Now().In(u.location).AddDate(-1, 0, 0).Format(time.DateOnly)}
	all := []struct {
		name string
		ask  func(context.Context, *understand.Analyses) error
	}{
		{"RFM", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.RFM(ctx, understand.RFMQuery{})
			return err
		}},
		{"RFM by product", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.RFM(ctx, understand.RFMQuery{Axis: understand.ByProduct})
			return err
		}},
		{"decile", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.Decile(ctx, understand.Dates{}, understand.ByCustomer)
			return err
		}},
		{"decile of the last year", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.Decile(ctx, lastYear, understand.ByCustomer)
			return err
		}},
		{"ABC", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.ABC(ctx, understand.Dates{}, understand.ByCustomer)
			return err
		}},
		{"ABC by product", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.ABC(ctx, understand.Dates{}, understand.ByProduct)
			return err
		}},
		{"lifecycle", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.Lifecycle(ctx, understand.LifecycleQuery{})
			return err
		}},
		{"cohorts", func(ctx context.Context, a *understand.Analyses) error { _, err := a.Cohorts(ctx, ""); return err }},
		{"repeat", func(ctx context.Context, a *understand.Analyses) error { _, err := a.Repeat(ctx, ""); return err }},
		{"dormancy", func(ctx context.Context, a *understand.Analyses) error { _, err := a.Dormancy(ctx, ""); return err }},
		{"products-next", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.NextProducts(ctx, "")
			return err
		}},
		{"first-products", func(ctx context.Context, a *understand.Analyses) error {
			_, err := a.FirstProducts(ctx, "", 365)
			return err
		}},
	}
	floor, err := u.orders()
	if err != nil {
		return err
	}
	analyst := plan.Analyst{Engine: u.app.Warehouse, Location: u.location, Currency: u.currency}
	for _, analysis := range all {
		var spent []time.Duration
		for range askedTimes {
			begin := time.Now()
			if err := analysis.ask(u.ctx, understand.NewAnalyses(analyst, analyst, service.SystemClock{}, u.location, u.currency)); err != nil {
				return fmt.Errorf("%s: %w", analysis.name, err)
			}
			spent = append(spent, time.Since(begin))
		}
		u.report("Analysis "+analysis.name+", computed anew, p95", "≤ 1 s", milliseconds(quantile(spent, 0.95)),
			"median "+milliseconds(quantile(spent, 0.5))+"; a sum over all orders: "+floor.String())
	}
	return nil
}

// orders is the floor of analyses.
func (u *understanding) orders() (effort, error) {
	return spend(func() error {
		return u.app.Warehouse.Query(u.ctx, func(d plan.Dialect) string {
			return "SELECT currency, count(*), sum(net) FROM " + d.Derived("orders") + " GROUP BY currency"
		}, func(plan.Row) error { return nil })
	})
}

// conditions previews conditions of every kind one by one, as the builder does, and asks single people about them.
func (u *understanding) conditions() error {
	floor, err := u.scan()
	if err != nil {
		return err
	}
	people, err := u.some(200)
	if err != nil {
		return err
	}
	reader := plan.Reader{Engine: u.app.Warehouse, Currency: u.currency}
	subjects := understand.Subjects{State: u.app.State, Story: u.app.Warehouse, Features: plan.Catalogue{Engine: u.app.Warehouse}, Groups: reader, Currency: u.currency}
	at := query.Clock{Now: time.Now(), Location: u.location}
	var each, reading, deciding []time.Duration
	kinds := make([][]time.Duration, len(mixed))
	whole, err := spend(func() error {
		for n := range mixedConditions {
			condition, err := mixedCondition(n)
			if err != nil {
				return err
			}
			one, err := spend(func() error {
				_, err := reader.Sample(u.ctx, condition, at, 10)
				return err
			})
			if err != nil {
				return err
			}
			each, kinds[n%len(mixed)] = append(each, one.wall), append(kinds[n%len(mixed)], one.wall)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n, person := range people {
		condition, err := mixedCondition(n)
		if err != nil {
			return err
		}
		begin := time.Now()
		subject, err := subjects.Of(u.ctx, person, condition)
		if err != nil {
			return err
		}
		read := time.Now()
		query.Evaluate(condition, subject, at.Now, at.Location)
		reading, deciding = append(reading, read.Sub(begin)), append(deciding, time.Since(read))
	}
	var medians []string
	for i, spent := range kinds {
		medians = append(medians, kindNames[i]+" "+milliseconds(quantile(spent, 0.5)))
	}
	u.report("Preview of a mixed condition, p95", "≤ 500 ms", milliseconds(quantile(each, 0.95)), "medians: "+strings.Join(medians, ", "))
	u.report(fmt.Sprintf("%d previews, one after the other", mixedConditions), "", whole.String(), "a scan of whose the events are and when: "+floor.String())
	u.report(fmt.Sprintf("A mixed condition decided for one person, p95 of %d", len(people)), "≤ 5 ms", milliseconds(quantile(deciding, 0.95)),
		"reading what it asks: "+milliseconds(quantile(reading, 0.95))+", median "+milliseconds(quantile(reading, 0.5)))
	return nil
}

// segments computes segments of mixed rules as the deriver has them computed when something came: all that are due at once.
func (u *understanding) segments() error {
	floor, err := u.scan()
	if err != nil {
		return err
	}
	store := &memorySegments{SegmentStore: u.app.State}
	for n := range mixedConditions {
		condition, err := mixedCondition(n)
		if err != nil {
			return err
		}
		id := fmt.Sprintf("%02dbench", n)
		store.all = append(store.all, understand.Segment{ID: id, Name: id, Kind: understand.ByRule, Refresh: understand.Live, Definition: string(query.Encode(condition))})
	}
	segments := understand.NewSegments(understand.SegmentsConfig{
		Store: store, Own: u.app.State, Reader: plan.Reader{Engine: u.app.Warehouse, Currency: u.currency}, Table: u.app.Warehouse, State: u.app.State,
		Accept: func(context.Context, []hitori.Event) error { return nil }, // the log of the shop stays as it is
		Clock:  service.SystemClock{}, Location: u.location, Currency: u.currency, Logger: slog.New(slog.DiscardHandler),
	})
	defer func() {
		for _, s := range store.all {
			_ = u.app.Warehouse.DropMembers(context.WithoutCancel(u.ctx), s.ID)
		}
	}()
	first, err := spend(func() error { return segments.Refresh(u.ctx, true) })
	if err != nil {
		return err
	}
	again, err := spend(func() error { return segments.Refresh(u.ctx, true) })
	if err != nil {
		return err
	}
	u.report(fmt.Sprintf("%d segments of mixed rules computed anew", mixedConditions), "≤ 10 s", again.String(),
		fmt.Sprintf("a scan of whose the events are and when: %v; for the first time, with %.1f million members: %v", floor, float64(store.members)/1e6, first))
	return nil
}

// memorySegments keeps segments that are none of the shop's.
type memorySegments struct {
	understand.SegmentStore
	all     []understand.Segment
	members int64 // by the first computation
}

// Segments implements [understand.SegmentStore].
func (m *memorySegments) Segments(context.Context) ([]understand.Segment, error) { return m.all, nil }

// PutResult implements [understand.SegmentStore].
func (m *memorySegments) PutResult(_ context.Context, id, _ string, r understand.SegmentResult) error {
	i := slices.IndexFunc(m.all, func(s understand.Segment) bool { return s.ID == id })
	if m.all[i].ComputedAt.IsZero() {
		m.members += r.Size
	}
	m.all[i].SegmentResult = r
	return nil
}

// mixedCondition is the nth of those that marketers ask.
func mixedCondition(n int) (query.Condition, error) {
	text := mixed[n%len(mixed)]
	if strings.Contains(text, "%d") {
		text = fmt.Sprintf(text, 1+n%mixedConditions/len(mixed))
	}
	condition, err := query.Parse(json.RawMessage(`{"version":1,"where":` + text + `}`))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	return condition, nil
}

// mixed are what marketers ask, of every kind; a number in them varies.
var mixed = []string{
	`{"type":"trait","name":"prefecture","is":{"op":"one_of","values":["東京都","大阪府"]}}`,
	`{"type":"consent","channel":"email","purpose":"marketing","state":"granted"}`,
	`{"type":"all","of":[{"type":"feature","name":"orders","is":{"op":"at_least","number":%d}},{"type":"feature","name":"last_order_at","is":{"op":"before_last","n":90,"unit":"day"}}]}`,
	`{"type":"order","state":"kept","measure":"revenue","currency":"JPY","is":{"op":"at_least","number":%d000}}`,
	`{"type":"event","event":"Product Viewed","window":{"op":"in_last","n":%d,"unit":"day"},"measure":"count","is":{"op":"at_least","number":1}}`,
	`{"type":"event","event":"Cart Viewed","measure":"count","is":{"op":"equals","number":0}}`,
	`{"type":"event","event":"Product Viewed","measure":"count","is":{"op":"at_least","number":%d}}`,
	`{"type":"event","event":"Product Added","measure":"sum","property":"properties.price","is":{"op":"at_least","number":%d0000}}`,
	`{"type":"sequence","window":{"op":"in_last","n":%d,"unit":"day"},"steps":[{"event":"Product Added"},{"event":"Order Completed","within":{"n":1,"unit":"day"},"absent":true}]}`,
	`{"type":"sequence","steps":[{"event":"Product Viewed"},{"event":"Product Added","within":{"n":%d,"unit":"day"}},{"event":"Order Completed","within":{"n":1,"unit":"day"}}]}`,
}

// kindNames tell them apart.
var kindNames = []string{
	"trait", "consent", "features", "revenue", "seen lately", "never", "often", "sum of a property", "not followed", "funnel",
}

// peakMemory is what this process held at most, in bytes.
func peakMemory() int64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var peak int64
	for line := range strings.Lines(string(data)) {
		_, _ = fmt.Sscanf(line, "VmHWM: %d kB", &peak)
	}
	return peak << 10
}
