package understand_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// crowd is a shop in which very many were touched, of whom every tenth was merged into the one before.
type crowd struct {
	understand.State
	understand.Warehouse
	understand.RFMStore
	touched, most int
	fails         int // the derivation that fails, counted from one
	derivations   int
	people, gone  map[hitori.CustomerID]int
	forgotten     bool
}

func (c *crowd) RFMSettings(context.Context) (understand.RFMSettings, error) {
	return understand.RFMSettings{}, nil
}

func (c *crowd) RFMCut(_ context.Context, month string) (understand.RFMCut, error) {
	return understand.RFMCut{Month: month}, nil
}

func (c *crowd) Products(context.Context, func(string, hitori.Traits) error) error { return nil }

func (c *crowd) Roots(_ context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID]hitori.CustomerID, error) {
	roots := make(map[hitori.CustomerID]hitori.CustomerID)
	for _, p := range profiles {
		roots[p] = p
		if p%10 == 0 {
			roots[p] = p - 1
		}
	}
	return roots, nil
}

func (c *crowd) Records(_ context.Context, roots []hitori.CustomerID) ([]unify.Record, error) {
	records := make([]unify.Record, len(roots))
	for i, root := range roots {
		records[i] = unify.Record{Root: root, Document: unify.NewDocument()}
	}
	return records, nil
}

func (c *crowd) Touched(context.Context, understand.Form) (understand.Touched, error) {
	var t understand.Touched
	for n := range c.touched {
		t.Profiles = append(t.Profiles, hitori.CustomerID(n+1))
	}
	return t, nil
}

func (c *crowd) Untouch(context.Context, understand.Touched) error {
	c.forgotten = true
	return nil
}

var errFailed = errors.New("failed")

func (c *crowd) Derive(_ context.Context, d understand.Derivation) error {
	if c.derivations++; c.derivations == c.fails {
		return errFailed
	}
	n := 0
	for p, err := range d.People {
		if err != nil {
			return err
		}
		n++
		c.people[p.ID]++
	}
	c.most = max(c.most, n)
	for _, g := range d.Gone {
		c.gone[g]++
	}
	return nil
}

// Of very many who were touched, each is computed once, some at a time; if that is cut off, they stay touched.
func TestDeriverTakesManyInParts(t *testing.T) {
	for _, c := range []struct{ touched, fails, parts int }{{3, 0, 1}, {130_000, 0, 3}, {130_000, 2, 2}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			shop := &crowd{touched: c.touched, fails: c.fails, people: map[hitori.CustomerID]int{}, gone: map[hitori.CustomerID]int{}}
			clock := service.NewManualClock(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
			d := understand.NewDeriver(understand.DeriverConfig{
				State: shop, Warehouse: shop, Clock: clock, Location: time.UTC, Currency: hitori.JPY, Logger: slog.New(slog.DiscardHandler),
				Grader: understand.NewGrader(understand.GraderConfig{Store: shop, Clock: clock, Location: time.UTC}),
			})
			err := d.Refresh(t.Context())
			if failed := c.fails > 0; errors.Is(err, errFailed) != failed || shop.forgotten == failed || shop.derivations != c.parts || shop.most > 50_000 {
				t.Fatalf("%v; %d derivations of %d people at most, forgotten %v", err, shop.derivations, shop.most, shop.forgotten)
			}
			if c.fails > 0 {
				return
			}
			if len(shop.people) != c.touched-c.touched/10 || len(shop.gone) != c.touched/10 || most(shop.people) > 1 || most(shop.gone) > 1 {
				t.Fatalf("%d people and %d who are none of %d profiles", len(shop.people), len(shop.gone), c.touched)
			}
		})
	}
}

func most(times map[hitori.CustomerID]int) int {
	return slices.Max(append(slices.Collect(maps.Values(times)), 0))
}
