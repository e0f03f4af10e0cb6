package understand

import (
	"context"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/unify"
)

// State tells who people are now.
type State interface {
	// PeopleAfter returns people in the order of their ids, those behind one.
	PeopleAfter(ctx context.Context, after hitori.CustomerID, limit int) ([]hitori.CustomerID, error)
	// Roots returns the people to whom profiles belong; profiles that do not exist are left out.
	Roots(ctx context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID]hitori.CustomerID, error)
	// Records returns what is stored about people; those that do not exist are left out.
	Records(ctx context.Context, roots []hitori.CustomerID) ([]unify.Record, error)
	// Products calls fn for what is known about every product.
	Products(ctx context.Context, fn func(id string, traits hitori.Traits) error) error
	// Assigned returns the partitions of the log that this process works on now, out of count.
	Assigned(ctx context.Context, count int) ([]int, error)
}

// DeriverConfig is what a [Deriver] needs.
type DeriverConfig struct {
	State     State
	Warehouse Warehouse
	Grader    *Grader
	Clock     service.Clock
	Location  *time.Location
	Currency  hitori.Currency
	Logger    *slog.Logger
	// Every is how long to wait between looks; 30 seconds when zero.
	Every time.Duration
	// Then is called after each look, with whether anything had come.
	Then func(ctx context.Context, came bool) error
}

// Deriver keeps what follows from events current: every so often it computes anew what follows about those of
// whom something came, and about everybody once a day, since windows move on. Of several processes the one does it that
// works on the first partition of the log.
type Deriver struct {
	cfg    DeriverConfig
	runner service.Runner
	mu     sync.Mutex // held by the refresh under way
	wake   chan struct{}
}

// NewDeriver returns a deriver; [Deriver.Start] sets it to work.
func NewDeriver(cfg DeriverConfig) *Deriver {
	if cfg.Every == 0 {
		cfg.Every = 30 * time.Second
	}
	return &Deriver{cfg: cfg, wake: make(chan struct{}, 1)}
}

// Start begins to work in the background.
func (d *Deriver) Start(ctx context.Context) error {
	d.runner.Run(ctx, d.run)
	return nil
}

// Wake makes it look soon, since something was changed on which what is derived depends.
func (d *Deriver) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Stop ends it.
func (d *Deriver) Stop() { d.runner.Stop() }

func (d *Deriver) run(ctx context.Context) {
	for wait := d.cfg.Every; ; {
		select {
		case <-time.After(wait):
		case <-d.wake:
		case <-ctx.Done():
			return
		}
		begin := time.Now()
		mine, err := d.cfg.State.Assigned(ctx, partitions)
		if err == nil && slices.Contains(mine, 0) {
			var came bool
			if came, err = d.refresh(ctx); err == nil && d.cfg.Then != nil {
				err = d.cfg.Then(ctx, came)
			}
		}
		if err != nil && ctx.Err() == nil {
			d.cfg.Logger.Warn("what follows from events could not be computed; trying again", "error", err)
		}
		wait = max(d.cfg.Every, leisure*time.Since(begin))
	}
}

// leisure is how many times longer than it took a refresh leaves the machine to others.
const leisure = 4

// partitions are those of the log.
const partitions = 8

// Refresh computes anew what follows about those of whom something came since the last time, and on a new day what has
// windows. When it returns, what was applied before it was called is in it.
func (d *Deriver) Refresh(ctx context.Context) error {
	_, err := d.refresh(ctx)
	return err
}

// RefreshOwn is Refresh in the process whose work it is. In others it does nothing: it follows soon.
func (d *Deriver) RefreshOwn(ctx context.Context) error {
	mine, err := d.cfg.State.Assigned(ctx, partitions)
	if err != nil || !slices.Contains(mine, 0) {
		return err
	}
	return d.Refresh(ctx)
}

// refresh reports whether anything had come.
func (d *Deriver) refresh(ctx context.Context) (came bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	grading, err := d.cfg.Grader.Grading(ctx)
	if err != nil {
		return false, err
	}
	now := d.cfg.Clock.Now()
	form := d.form(now, grading)
	touched, err := d.cfg.Warehouse.Touched(ctx, form)
	if err != nil {
		return false, err
	}
	derivation := Derivation{Form: form, Currency: d.cfg.Currency, Now: now, Location: d.cfg.Location, Grading: grading}
	if derivation.Costs, err = d.costs(ctx); err != nil {
		return false, err
	}
	if touched.Everybody {
		derivation.Everybody, derivation.People = true, d.everybody(ctx)
		err = d.cfg.Warehouse.Derive(ctx, derivation)
	} else if len(touched.Profiles) > 0 {
		err = d.some(ctx, derivation, touched.Profiles)
	}
	if err == nil {
		err = d.recut(ctx, &derivation, &touched)
	}
	if err == nil && touched.Aged {
		derivation.Everybody, derivation.People = true, nil
		err = d.cfg.Warehouse.Derive(ctx, derivation)
	}
	if err != nil || !touched.Everybody && len(touched.Profiles) == 0 {
		return false, err
	}
	return true, d.cfg.Warehouse.Untouch(ctx, touched)
}

// form is that of what is derived at a time.
func (d *Deriver) form(now time.Time, grading Grading) Form {
	return Form{
		Shape: strings.Join([]string{shape, d.cfg.Location.String(), string(d.cfg.Currency), grading.shape()}, " "), Day: now.In(d.cfg.Location).Format(time.DateOnly),
	}
}

// recut cuts the bounds of grades where it is time to, from orders that were just derived. Features are computed anew then.
func (d *Deriver) recut(ctx context.Context, derivation *Derivation, touched *Touched) error {
	changed, err := d.cfg.Grader.Recut(ctx, touched.Everybody || touched.Aged)
	if err != nil || !changed {
		return err
	}
	if derivation.Grading, err = d.cfg.Grader.Grading(ctx); err != nil {
		return err
	}
	form := d.form(derivation.Now, derivation.Grading)
	touched.Aged = touched.Aged || form != derivation.Form
	derivation.Form = form
	return nil
}

// some computes what follows about those to whom profiles belong.
func (d *Deriver) some(ctx context.Context, derivation Derivation, profiles []hitori.CustomerID) error {
	roots, err := d.cfg.State.Roots(ctx, profiles)
	if err != nil {
		return err
	}
	for _, profile := range profiles {
		if roots[profile] != profile {
			derivation.Gone = append(derivation.Gone, profile)
		}
	}
	for people := slices.Compact(slices.Sorted(maps.Values(roots))); ; derivation.Gone = nil {
		part := people[:min(atOnce, len(people))]
		derivation.People = d.people(ctx, slices.Chunk(part, page))
		if err := d.cfg.Warehouse.Derive(ctx, derivation); err != nil || len(part) == len(people) {
			return err
		}
		people = people[len(part):]
	}
}

// atOnce is how many people are computed at once of those who were touched: what they did is held beside everything else that goes on.
const atOnce = 50_000

// shape changes with the way in which things are computed.
const shape = "1"

// page is how many people are read from the state at once.
const page = 5000

// everybody describes all people.
func (d *Deriver) everybody(ctx context.Context) iter.Seq2[Person, error] {
	var failed error
	pages := func(yield func([]hitori.CustomerID) bool) {
		for after := hitori.CustomerID(0); ; {
			people, err := d.cfg.State.PeopleAfter(ctx, after, page)
			if failed = err; err != nil || len(people) == 0 || !yield(people) {
				return
			}
			after = people[len(people)-1]
		}
	}
	return func(yield func(Person, error) bool) {
		for p, err := range d.people(ctx, pages) {
			if !yield(p, err) {
				return
			}
		}
		if failed != nil {
			yield(Person{}, failed)
		}
	}
}

// readers is how many pages are read ahead of the one that is used.
const readers = 2

// described is a page of people.
type described struct {
	people []Person
	err    error
}

// people describes people, read in pages; the next pages are read while one is used.
func (d *Deriver) people(ctx context.Context, pages iter.Seq[[]hitori.CustomerID]) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		ahead := make(chan chan described, readers-1)
		defer func() {
			stop()
			for page := range ahead { // until nobody reads any more
				<-page
			}
		}()
		go func() {
			defer close(ahead)
			for roots := range pages {
				page := make(chan described, 1)
				go func() { page <- d.describe(ctx, roots) }()
				ahead <- page
				if ctx.Err() != nil {
					return
				}
			}
		}()
		for page := range ahead {
			got := <-page
			if got.err != nil {
				yield(Person{}, got.err)
				return
			}
			for i := range got.people {
				if !yield(got.people[i], nil) {
					return
				}
			}
		}
	}
}

// describe reads a page.
func (d *Deriver) describe(ctx context.Context, roots []hitori.CustomerID) described {
	records, err := d.cfg.State.Records(ctx, roots)
	page := described{make([]Person, len(records)), err}
	for i := range records {
		page.people[i] = NewPerson(&records[i], d.cfg.Location)
	}
	return page
}

// costs are what a piece of each product costs, for products whose cost is told in the shop's currency.
func (d *Deriver) costs(ctx context.Context) (map[string]int64, error) {
	costs := make(map[string]int64)
	return costs, d.cfg.State.Products(ctx, func(id string, traits hitori.Traits) error {
		if currency := traits["currency"].Value; currency != "" && hitori.Currency(currency.Text()) != d.cfg.Currency {
			return nil
		}
		if value := traits["cost"].Value; value.Type() == hitori.JSONNumber {
			if cost, err := strconv.ParseFloat(value.Text(), 64); err == nil {
				if minor, ok := d.cfg.Currency.Minor(cost); ok {
					costs[id] = minor
				}
			}
		}
		return nil
	})
}
