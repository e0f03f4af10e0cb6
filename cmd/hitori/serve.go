package main

import (
	"github.com/hitori-cdp/hitori/app"
)

type serveCommand struct {
	Listen      string `default:":8080" env:"HITORI_LISTEN" help:"${flag_listen}"`
	Role        string `default:"all" enum:"all,collect,work,web" env:"HITORI_ROLE" help:"${flag_role}"`
	EventBytes  int    `env:"HITORI_EVENT_BYTES" help:"${flag_event_bytes}"`
	BodyBytes   int64  `env:"HITORI_BODY_BYTES" help:"${flag_body_bytes}"`
	DiskReserve int64  `env:"HITORI_DISK_RESERVE" help:"${flag_disk_reserve}"`
	Memory      int64  `env:"HITORI_WAREHOUSE_MEMORY" help:"${flag_memory}"`
}

// Run serves until the process is asked to end.
func (c *serveCommand) Run(s *session) error {
	cfg := s.config()
	cfg.Listen, cfg.Role = c.Listen, app.Role(c.Role)
	cfg.EventBytes, cfg.BodyBytes, cfg.DiskReserve, cfg.Memory = c.EventBytes, c.BodyBytes, c.DiskReserve, c.Memory
	a, err := app.Start(s.ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Stop()
	s.say("serving", "url", a.URL(), "role", c.Role)
	<-s.ctx.Done()
	s.say("stopping")
	return nil
}
