package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/hitori-cdp/hitori/app"
)

type demoCommand struct {
	Customers int    `default:"10000" help:"${flag_customers}"`
	Days      int    `default:"730" help:"${flag_days}"`
	Seed      uint64 `default:"1" help:"${flag_seed}"`
	Listen    string `default:":8080" env:"HITORI_LISTEN" help:"${flag_listen}"`
	Once      bool   `hidden:"" help:"${flag_once}"`
}

// Run serves a simulated shop.
func (c *demoCommand) Run(s *session) error {
	cfg := s.config()
	cfg.Data, cfg.Listen, cfg.Demo = filepath.Join(s.Data, "demo"), c.Listen, true
	a, err := app.Start(s.ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Stop()
	progress := s.progress("")
	shop, err := a.FillDemo(s.ctx, app.DemoConfig{Customers: c.Customers, Days: c.Days, Seed: c.Seed}, func(step app.DemoStep, done, total int64) {
		progress.step("demo_" + string(step))
		progress.report(done, total)
	})
	progress.end()
	if err != nil {
		return err
	}
	s.say("demo_ready", "link", shop.Link, "url", a.URL(), "customers", shop.Customers, "events", shop.Events, "reference", shop.Somebody,
		"write_key", shop.WriteKey, "api_key", shop.APIKey, "data", cfg.Data)
	if c.Once {
		return nil
	}
	<-s.ctx.Done()
	s.say("stopping")
	return nil
}

// progress prints how far long work is, on one line where the output is a terminal.
type progress struct {
	session *session
	key     string
	began   time.Time
	shown   time.Time
	line    bool
}

func (s *session) progress(key string) *progress {
	info, err := os.Stdout.Stat()
	return &progress{session: s, key: key, began: time.Now(), line: err == nil && info.Mode()&os.ModeCharDevice != 0}
}
