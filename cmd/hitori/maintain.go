package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"text/tabwriter"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
)

type migrateCommand struct{}

// Run brings the engines' tables up to date, which serving does too.
func (c *migrateCommand) Run(s *session) error {
	a, err := app.Open(s.ctx, s.config())
	if err != nil {
		return err
	}
	a.Stop()
	s.say("migrated")
	return nil
}

type rebuildCommand struct {
	Yes bool `help:"${flag_yes}"`
}

// Run computes people and warehouse anew from the log.
func (c *rebuildCommand) Run(s *session) error {
	if !c.Yes {
		s.say("rebuild_confirm")
		return nil
	}
	a, err := app.Open(s.ctx, s.config())
	if err != nil {
		return err
	}
	defer a.Stop()
	progress := s.progress("rebuilding")
	err = a.Rebuild(s.ctx, func(left int64) { progress.report(left, 0) })
	progress.end()
	if err == nil {
		s.say("rebuilt")
	}
	return err
}

// What doctor has something to say about.
const (
	manyFrames = 10_000
	littleDisk = 2 << 30
)

type doctorCommand struct{}

// Run looks at the installation and says what is wrong with it and how to mend it.
func (c *doctorCommand) Run(s *session) error {
	var health api.Health
	err := s.with(func(client *client) error { return client.call(http.MethodGet, "/system/health", nil, &health) })
	var told *hitori.Error
	if errors.As(err, &told) && told.Code != hitori.Internal {
		s.say("doctor_broken")
		return err
	}
	if err != nil {
		return err
	}
	if s.JSON {
		return s.show(health)
	}
	table := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	for _, engine := range slices.Sorted(maps.Keys(health.Engines)) {
		fmt.Fprintf(table, "%s\t%s\n", s.text("engine_"+engine), s.text("engine_state_"+health.Engines[engine]))
	}
	fmt.Fprintf(table, "%s\t%d\n", s.text("label_lag"), health.LagFrames)
	if health.DiskFree >= 0 {
		fmt.Fprintf(table, "%s\t%s\n", s.text("label_disk"), size(health.DiskFree))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, engine := range slices.Sorted(maps.Keys(health.Engines)) {
		if health.Engines[engine] != "ok" {
			s.say("doctor_mend_" + engine)
		}
	}
	if health.LagFrames > manyFrames {
		s.say("doctor_mend_lag")
	}
	if health.DiskFree >= 0 && health.DiskFree < littleDisk {
		s.say("doctor_mend_disk")
	}
	if health.Status != "ok" {
		return hitori.NewError(hitori.Unavailable, "doctor_found")
	}
	s.say("doctor_well")
	return nil
}

type versionCommand struct{}

// Run prints the version.
func (c *versionCommand) Run(s *session) error {
	fmt.Fprintln(s.out, version())
	return nil
}

func invalidDate(text string) error {
	return hitori.NewError(hitori.Invalid, "date", "value", text)
}
