package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
)

const (
	readPeople = 2000
)

// read measures a marketer's reading in a large shop: people, their first page of the
// timeline, and the search.
func (b *bench) read() error {
	folder, err := b.largeShop()
	if err != nil {
		return err
	}
	p, err := b.serve(folder)
	if err != nil {
		return err
	}
	p.stop()
	// From here on without a worker, so that nothing but reading goes on.
	a, err := app.Open(b.ctx, app.Config{Data: folder})
	if err != nil {
		return err
	}
	defer a.Stop()
	if w, ok := a.Warehouse.(interface{ Settle(context.Context) error }); ok {
		if err := w.Settle(b.ctx); err != nil {
			return err
		}
	}
	info, err := a.Warehouse.Info(b.ctx)
	if err != nil {
		return err
	}
	counts, err := a.Customers.Counts(b.ctx)
	if err != nil {
		return err
	}
	handler, err := a.Handler(api.Parts{Web: true})
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	_, secret, err := a.Keys.Create(b.ctx, access.Key{Name: "bench", Scopes: []access.Scope{access.Admin}}, "")
	if err != nil {
		return err
	}
	r := reading{bench: b, url: server.URL, secret: secret}
	b.report(fmt.Sprintf("Start on a folder of %.1f million events", float64(info.Events)/1e6), "≤ 2 s", fmt.Sprintf("%.2f s", p.start.Seconds()), "")
	return r.measure(fmt.Sprintf("%.1f million events, %d people of %d profiles", float64(info.Events)/1e6, counts.Known, counts.Profiles))
}

// largeShop returns the data folder of the large shop, and makes it when it is not there.
func (b *bench) largeShop() (string, error) {
	folder := filepath.Join(b.large, "demo")
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	fill := exec.CommandContext(b.ctx, b.program, "demo", "--once", "--data", b.large, "--customers", fmt.Sprint(b.people), "--listen", "127.0.0.1:0")
	fill.Stdout, fill.Stderr = os.Stdout, os.Stderr
	return folder, fill.Run()
}

// reading is what a marketer does in the large shop.
type reading struct {
	*bench
	url, secret string
}

func (r *reading) get(path string) (time.Duration, error) {
	return get(r.ctx, http.DefaultClient, r.url+path, r.secret)
}

func (r *reading) measure(of string) error {
	random := rand.New(rand.NewPCG(1, 2))
	var floor, profiles, timelines, searches []time.Duration
	var words []string
	for range readPeople {
		path := fmt.Sprintf("/api/v1/customers/user_id:M%08d", 1+random.IntN(r.people/4))
		spent, err := r.get("/healthz")
		if err != nil {
			return err
		}
		floor = append(floor, spent)
		if spent, err = r.get(path); err != nil {
			if strings.Contains(err.Error(), "404") {
				continue // nobody has that number
			}
			return err
		}
		profiles = append(profiles, spent)
		if spent, err = r.get(path + "/timeline?limit=50"); err != nil {
			return err
		}
		timelines = append(timelines, spent)
		if len(words) < 300 {
			found, err := r.wordsOf(path)
			if err != nil {
				return err
			}
			words = append(words, found...)
		}
	}
	for _, word := range words {
		spent, err := r.get("/api/v1/customers?q=" + url.QueryEscape(word))
		if err != nil {
			return err
		}
		searches = append(searches, spent)
	}
	home, err := r.get("/api/v1/home")
	if err != nil {
		return err
	}
	least := "empty answer, p99: " + milliseconds(quantile(floor, 0.99))
	r.report(fmt.Sprintf("Profile, p99 of %d; %s", len(profiles), of), "≤ 50 ms", milliseconds(quantile(profiles, 0.99)), least+"; median "+milliseconds(quantile(profiles, 0.5)))
	r.report("First page of the timeline, p99", "≤ 50 ms", milliseconds(quantile(timelines, 0.99)), "median "+milliseconds(quantile(timelines, 0.5)))
	r.report(fmt.Sprintf("Search by name, reading, address, number, p95 of %d", len(searches)), "≤ 100 ms", milliseconds(quantile(searches, 0.95)),
		"median "+milliseconds(quantile(searches, 0.5)))
	r.report("The shop's numbers of 35 days, computed anew", "", milliseconds(home), "")
	return nil
}

// wordsOf are what somebody would type to find a person.
func (r *reading) wordsOf(path string) ([]string, error) {
	var person struct {
		Name, Kana  string
		Identifiers []struct{ Kind, Value string }
	}
	p := program{Serving: app.Serving{URL: r.url, Secret: r.secret}}
	if err := p.call(http.MethodGet, strings.TrimPrefix(path, "/api/v1"), nil, "", &person); err != nil {
		return nil, err
	}
	words := []string{person.Name, person.Kana}
	if family, _, ok := strings.Cut(person.Name, " "); ok {
		words = append(words, family)
	}
	for _, id := range person.Identifiers {
		words = append(words, id.Value)
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" }), nil
}
