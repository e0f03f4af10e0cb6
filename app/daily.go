package app

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/unify"
)

// daily adds the jobs that run every night.
type daily struct {
	app    *App
	runner service.Runner
}

func newDaily(a *App) *daily { return &daily{app: a} }

// nightly is the hour of the shop's day at which nightly jobs begin.
const nightly = 3

func (d *daily) Start(ctx context.Context) error {
	d.runner.Run(ctx, func(ctx context.Context) {
		for {
			now := d.app.cfg.Clock.Now()
			select {
			case <-ctx.Done():
				return
			case <-d.app.cfg.Clock.After(nextNight(now, d.app.cfg.TimeZone).Sub(now)):
			}
			if _, err := d.app.Jobs.Add(ctx, "retention", `{}`, "hitori"); err != nil {
				d.app.cfg.Logger.Warn("a nightly job could not be added", "error", err)
			}
			if err := d.app.Imports.Clean(ctx); err != nil {
				d.app.cfg.Logger.Warn("old uploads could not be removed", "error", err)
			}
			if err := d.app.Users.Clean(ctx); err != nil {
				d.app.cfg.Logger.Warn("old sessions could not be removed", "error", err)
			}
		}
	})
	return nil
}

func (d *daily) Stop() { d.runner.Stop() }

// nextNight is the next time the clock on the shop's wall shows the nightly hour.
func nextNight(now time.Time, zone string) time.Time {
	location, err := time.LoadLocation(zone)
	if err != nil {
		location = time.UTC
	}
	local := now.In(location)
	night := time.Date(local.Year(), local.Month(), local.Day(), nightly, 0, 0, 0, location)
	if !night.After(now) {
		night = time.Date(local.Year(), local.Month(), local.Day()+1, nightly, 0, 0, 0, location)
	}
	return night
}

// enforceRetention is the work of the retention job.
func (a *App) enforceRetention(ctx context.Context, _ service.Job, progress *service.JobProgress) (hitori.JSON, error) {
	done, err := a.Privacy.Enforce(ctx, func(done int) { progress.Report(int64(done), 0, "") })
	if err != nil {
		return "", err
	}
	entries, err := a.ExpireAudit(ctx)
	if err != nil {
		return "", err
	}
	result, err := json.Marshal(map[string]int64{"events": int64(done), "audit": entries})
	return hitori.JSON(result), err
}

// ExpireAudit removes what has stood in the record of who did what for longer than its rule
// says, and returns how much. The retention job does it every night.
func (a *App) ExpireAudit(ctx context.Context) (int64, error) {
	rules, err := a.Privacy.Retention(ctx)
	if err != nil {
		return 0, err
	}
	for _, rule := range rules {
		if rule.Event == access.AuditRetention {
			return a.Audit.Expire(ctx, rule.Days)
		}
	}
	return 0, nil
}

// eraseImports removes an erased person's rows from the files of rejected rows, and files with
// that person that wait for their import. A cell is the person's when it is one of the identifiers,
// however it is written, or holds the e-mail address.
func (a *App) eraseImports(ctx context.Context, work unify.ErasureWork) (int, error) {
	return a.Imports.Erase(ctx, func(cell string) bool {
		for _, id := range work.Identifiers {
			if found, ok := unify.NormaliseIdentifier(string(id.Kind) + ":" + cell); ok && found == id ||
				id.Kind == hitori.Email && strings.Contains(strings.ToLower(cell), id.Value) {
				return true
			}
		}
		return false
	})
}

// fieldsOfPurposes tells the data contract which fields are used for which purpose. A
// purpose names fields of every event: "traits.email".
func (a *App) fieldsOfPurposes(ctx context.Context) (map[hitori.FieldKey][]string, error) {
	purposes, err := a.Privacy.Purposes(ctx)
	if err != nil {
		return nil, err
	}
	used := make(map[hitori.FieldKey][]string)
	for _, p := range purposes {
		for _, field := range p.Fields {
			key := hitori.FieldKey{Type: hitori.Track, Path: field}
			if strings.HasPrefix(field, "traits.") {
				key.Type = hitori.Identify
			} else if event, path, ok := strings.Cut(field, "/"); ok { // "Order Completed/properties.total"
				key.Name, key.Path = event, path
			}
			used[key] = append(used[key], p.Title)
		}
	}
	return used, nil
}
