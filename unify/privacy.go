package unify

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// PolicyStore keeps how long events are kept and what personal data are used for.
type PolicyStore interface {
	Retention(ctx context.Context) ([]Retention, error)
	// PutRetention changes the rule of an event that has the version of the given one, or adds one when
	// that is zero; zero days remove it. It returns an error of code Conflict when somebody was first.
	PutRetention(ctx context.Context, r Retention) error
	Purposes(ctx context.Context) ([]Purpose, error)
	// PutPurpose changes the purpose that has the version of the given one, or adds one when that is
	// zero. It returns an error of code Conflict when somebody was first.
	PutPurpose(ctx context.Context, p Purpose) error
	// DeletePurpose removes the purpose with a version, or any of the name when that is zero. It returns an
	// error of code NotFound for an unknown name, and of code Conflict for another version.
	DeletePurpose(ctx context.Context, name string, version int64) error
}

// Retention is how long an event is kept.
type Retention struct {
	// Event is the name of a track event, or "*" for everything.
	Event     string    `json:"event" doc:"Name of a track event, or * for everything"`
	Days      int       `json:"days" doc:"0 is for ever"`
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy string    `json:"updated_by"`
	// Version grows with every change; it is zero where there is no rule.
	Version int64 `json:"version"`
}

// Purpose is what personal data are used for (利用目的), and which fields for it.
type Purpose struct {
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	Fields    []string  `json:"fields" doc:"Fields used for it, as in traits.email"`
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy string    `json:"updated_by"`
	// Version grows with every change.
	Version int64 `json:"version"`
}

// Privacy answers what 個人情報保護法 gives people a right to: disclosure and deletion, and
// keeps the rules on how long and what for.
type Privacy struct {
	customers *Customers
	erasures  *Erasures
	store     PolicyStore
	log       Log
	warehouse Warehouse
	clock     service.Clock
}

// NewPrivacy returns the privacy of these customers.
func NewPrivacy(customers *Customers, erasures *Erasures, store PolicyStore, log Log, warehouse Warehouse, clock service.Clock) *Privacy {
	return &Privacy{customers: customers, erasures: erasures, store: store, log: log, warehouse: warehouse, clock: clock}
}

// Erasures returns the erasures.
func (p *Privacy) Erasures() *Erasures { return p.erasures }

// Erase deletes a person everywhere. When it returns the profile is gone; events and files
// follow within moments, and the list of erasures then has the proof. It returns the errors of
// [Decisions.Make].
func (p *Privacy) Erase(ctx context.Context, root hitori.CustomerID, actor, reason string) error {
	err := p.customers.decisions.Make(ctx, Decision{Action: ActionErase, Customer: root, Actor: actor, Reason: reason})
	p.erasures.Wake()
	return err
}

// disclosure is one event in a disclosure.
type disclosure struct {
	Time       time.Time         `json:"time"`
	ReceivedAt time.Time         `json:"received_at"`
	Profile    hitori.CustomerID `json:"profile"`
	Type       string            `json:"type"`
	Name       string            `json:"name,omitempty"`
	Kind       hitori.Kind       `json:"kind"`
	Source     hitori.SourceID   `json:"source"`
	UserID     string            `json:"user_id,omitempty"`
	Anonymous  string            `json:"anonymous_id,omitempty"`
	GroupID    string            `json:"group_id,omitempty"`
	Properties hitori.JSON       `json:"properties,omitempty"`
	Traits     hitori.JSON       `json:"traits,omitempty"`
	Context    hitori.JSON       `json:"context,omitempty"`
}

// Export writes everything known about a person as one JSON document: the profile with
// sources and times, and every event, oldest first.
func (p *Privacy) Export(ctx context.Context, root hitori.CustomerID, w io.Writer) error {
	customer, err := p.customers.Get(ctx, root)
	if err != nil {
		return err
	}
	profile, err := json.MarshalIndent(customer, "  ", "  ")
	if err != nil {
		return err
	}
	head := `{` + "\n" + `  "exported_at": "` + p.clock.Now().Format(time.RFC3339) + `",` + "\n" + `  "customer": ` + string(profile) + ",\n" + `  "events": [`
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	separator := "\n    "
	err = p.warehouse.History(ctx, customer.Profiles, nil, func(e hitori.Stamped) error {
		event, err := json.Marshal(disclosure{
			Time: e.Time, ReceivedAt: e.ReceivedAt, Profile: e.Customer, Type: e.Type.String(), Name: e.Name, Kind: e.Kind, Source: e.Source,
			UserID: e.UserID, Anonymous: e.AnonymousID, GroupID: e.GroupID,
			Properties: e.Properties, Traits: e.Traits, Context: e.Context,
		})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, separator+string(event))
		separator = ",\n    "
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n  ]\n}\n")
	return err
}

// Retention lists how long events are kept.
func (p *Privacy) Retention(ctx context.Context) ([]Retention, error) { return p.store.Retention(ctx) }

// SetRetention sets how many days an event is kept, zero for ever, and returns the rule as it is then. The
// given one has the version of the rule to change, zero where there was none. It returns an error of code
// Conflict when somebody has changed the rule meanwhile.
func (p *Privacy) SetRetention(ctx context.Context, r Retention, actor string) (Retention, error) {
	r.Event = strings.TrimSpace(r.Event)
	switch {
	case r.Event == "":
		return r, hitori.NewError(hitori.Invalid, "retention_name").At("event")
	case r.Days < 0:
		return r, hitori.NewError(hitori.Invalid, "retention_days").At("days")
	}
	r.UpdatedAt, r.UpdatedBy = p.clock.Now(), actor
	err := p.store.PutRetention(ctx, r)
	if r.Version++; r.Days == 0 {
		r.Version = 0
	}
	return r, err
}

// expiredAtOnce is how many events are removed in one go.
const expiredAtOnce = 20_000

// Enforce removes events that are older than they may be, from warehouse and log, and
// returns how many. It can be interrupted and called again.
func (p *Privacy) Enforce(ctx context.Context, progress func(done int)) (int, error) {
	rules, err := p.store.Retention(ctx)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, rule := range rules {
		name := rule.Event
		if name == "*" {
			name = ""
		}
		before := p.clock.Now().AddDate(0, 0, -rule.Days)
		for {
			positions, err := p.warehouse.Expired(ctx, name, before, expiredAtOnce)
			if err != nil {
				return done, err
			}
			if len(positions) == 0 {
				break
			}
			if err := p.remove(ctx, positions); err != nil {
				return done, err
			}
			done += len(positions)
			progress(done)
		}
	}
	return done, nil
}

func (p *Privacy) remove(ctx context.Context, positions []hitori.Position) error {
	repeats, err := p.erasures.store.Repeats(ctx, positions)
	if err != nil {
		return err
	}
	if err := p.log.Redact(ctx, append(repeats, positions...)); err != nil {
		return err
	}
	return p.warehouse.Drop(ctx, positions)
}

// Purposes lists what personal data are used for.
func (p *Privacy) Purposes(ctx context.Context) ([]Purpose, error) { return p.store.Purposes(ctx) }

// SetPurpose adds a purpose, or changes the one that has the version of the given one, and returns it as
// it is then. It returns an error of code Conflict when somebody has changed it meanwhile.
func (p *Privacy) SetPurpose(ctx context.Context, purpose Purpose, actor string) (Purpose, error) {
	purpose.Name = strings.TrimSpace(purpose.Name)
	if purpose.Name == "" {
		return purpose, hitori.NewError(hitori.Invalid, "purpose_name").At("name")
	}
	if purpose.Fields == nil {
		purpose.Fields = []string{}
	}
	purpose.UpdatedAt, purpose.UpdatedBy = p.clock.Now(), actor
	err := p.store.PutPurpose(ctx, purpose)
	purpose.Version++
	return purpose, err
}

// DeletePurpose removes the purpose that has a version, or any of the name when that is zero.
func (p *Privacy) DeletePurpose(ctx context.Context, name string, version int64) error {
	return p.store.DeletePurpose(ctx, name, version)
}
