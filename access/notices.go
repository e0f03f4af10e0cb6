package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
)

const (
	// SignInWithProvider is the action of the record for signing in through the OpenID provider.
	SignInWithProvider = "sign-in-oidc"
	// conflictTold is how long a conflict of signing in is told after it was last seen.
	conflictTold = 14 * 24 * time.Hour
	// someEntries is how many entries of the record are looked through.
	someEntries = 500
)

// Notices tells of people whom the provider let in and who could not sign in, since their address belongs to a
// user whom the provider knows as somebody else.
func (a *Audit) Notices(ctx context.Context) ([]hitori.Notice, error) {
	entries, err := a.store.AuditEntries(ctx, AuditFilter{Action: SignInWithProvider, Limit: someEntries})
	if err != nil {
		return nil, err
	}
	var notices []hitori.Notice
	seen := make(map[string]bool)
	for _, e := range entries {
		user, known := strings.CutPrefix(e.Actor, "user:")
		if !known || e.Result != "oidc_unknown" || seen[user] || a.clock.Now().Sub(e.Time) >= conflictTold {
			continue
		}
		seen[user] = true
		notices = append(notices, hitori.Notice{
			ID: "sign-in:" + user, Kind: "sign_in_conflict", Severity: hitori.Warning, Time: e.Time,
			Args: map[string]string{"user": user}, Link: "/settings/users",
		})
	}
	return notices, nil
}

// Arrivals tells when how much has come in.
type Arrivals interface {
	// Arrivals counts the events that were received since a time by source and step of time.
	Arrivals(ctx context.Context, since time.Time, step time.Duration) ([]hitori.Arrival, error)
}

const (
	// near is the share of its rate that a key may use for a minute before it is told.
	near = 0.8
	// nearTold is how long it is told after it was last seen.
	nearTold = 24 * time.Hour
)

// Notices tells of write keys that were about to use up their rate during a minute of the last day.
// The keys of one source are told together, since events do not say by which of them they came.
func (k *Keys) Notices(ctx context.Context, arrivals Arrivals) ([]hitori.Notice, error) {
	keys, err := k.store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	rates, names := make(map[hitori.SourceID]int), make(map[hitori.SourceID][]string)
	unlimited := make(map[hitori.SourceID]bool)
	for _, key := range keys {
		if key.Source == 0 || key.RevokedAt != nil {
			continue
		}
		unlimited[key.Source] = unlimited[key.Source] || key.Rate == 0
		rates[key.Source] += key.Rate
		names[key.Source] = append(names[key.Source], key.Name)
	}
	now := k.clock.Now()
	found, err := arrivals.Arrivals(ctx, now.Add(-nearTold), time.Minute)
	if err != nil {
		return nil, err
	}
	latest := make(map[hitori.SourceID]hitori.Arrival)
	for _, a := range found {
		share := float64(a.Events) / float64(rates[a.Source]*60)
		if rates[a.Source] > 0 && !unlimited[a.Source] && share >= near && a.Last.After(latest[a.Source].Last) {
			latest[a.Source] = a
		}
	}
	var notices []hitori.Notice
	for source, a := range latest {
		slices.Sort(names[source])
		notices = append(notices, hitori.Notice{
			ID: fmt.Sprint("rate:", source), Kind: "key_rate", Severity: hitori.Warning, Time: a.Last, Link: "/settings/keys",
			Args: map[string]string{
				"keys": strings.Join(names[source], ", "), "rate": fmt.Sprint(rates[source]),
				"percent": fmt.Sprint(min(100, a.Events*100/int64(rates[source]*60))),
			},
		})
	}
	return notices, nil
}
