package main

import (
	"time"

	"github.com/hitori-cdp/hitori/simulate"
)

type simulateCommand struct {
	Out       string  `required:"" type:"path" help:"${flag_out}"`
	Customers int     `default:"20000" help:"${flag_customers}"`
	Days      int     `default:"730" help:"${flag_days}"`
	Seed      uint64  `default:"1" help:"${flag_seed}"`
	Start     string  `help:"${flag_start}"`
	Events    float64 `default:"70" help:"${flag_events_per_customer}"`
	Products  int     `default:"400" help:"${flag_products}"`
	NoEffects bool    `help:"${flag_no_effects}"`
}

// Run writes the events, exports and truth of a simulated shop.
func (c *simulateCommand) Run(s *session) error {
	cfg := simulate.Config{
		Seed: c.Seed, Customers: c.Customers, Days: c.Days, EventsPerCustomer: c.Events, Products: c.Products, NoEffects: c.NoEffects,
	}
	if c.Start != "" {
		start, err := time.Parse(time.DateOnly, c.Start)
		if err != nil {
			return invalidDate(c.Start)
		}
		cfg.Start = start
	}
	shop, err := simulate.New(cfg)
	if err != nil {
		return err
	}
	if err := shop.WriteFiles(s.ctx, c.Out); err != nil {
		return err
	}
	s.say("simulated", "folder", c.Out, "customers", shop.Customers())
	return nil
}
