package main

import (
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app"
)

type serveCommand struct {
	Listen      string `default:":8080" env:"HITORI_LISTEN" help:"${flag_listen}"`
	Role        string `default:"all" enum:"all,collect,work,web" env:"HITORI_ROLE" help:"${flag_role}"`
	EventBytes  int    `env:"HITORI_EVENT_BYTES" help:"${flag_event_bytes}"`
	BodyBytes   int64  `env:"HITORI_BODY_BYTES" help:"${flag_body_bytes}"`
	DiskReserve int64  `env:"HITORI_DISK_RESERVE" help:"${flag_disk_reserve}"`
	Memory      int64  `env:"HITORI_WAREHOUSE_MEMORY" help:"${flag_memory}"`

	Proxies          []string `env:"HITORI_PROXIES" help:"${flag_proxies}"`
	OIDCIssuer       string   `name:"oidc-issuer" env:"HITORI_OIDC_ISSUER" help:"${flag_oidc_issuer}"`
	OIDCClientID     string   `name:"oidc-client-id" env:"HITORI_OIDC_CLIENT_ID" help:"${flag_oidc_client_id}"`
	OIDCClientSecret string   `name:"oidc-client-secret" env:"HITORI_OIDC_CLIENT_SECRET" help:"${flag_oidc_client_secret}"`
	OIDCName         string   `name:"oidc-name" env:"HITORI_OIDC_NAME" help:"${flag_oidc_name}"`
	OIDCRole         string   `name:"oidc-role" env:"HITORI_OIDC_ROLE" help:"${flag_oidc_role}"`
}

// Run serves until the process is asked to end.
func (c *serveCommand) Run(s *session) error {
	cfg := s.config()
	cfg.Listen, cfg.Role = c.Listen, app.Role(c.Role)
	cfg.EventBytes, cfg.BodyBytes, cfg.DiskReserve, cfg.Memory = c.EventBytes, c.BodyBytes, c.DiskReserve, c.Memory
	cfg.Proxies = c.Proxies
	cfg.OIDC = access.OIDCConfig{
		Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret, Name: c.OIDCName, Role: access.Role(c.OIDCRole),
	}
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
