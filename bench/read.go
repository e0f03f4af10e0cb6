package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	readPeople = 2000
	readers    = 4
)

// read measures a marketer's reading in a large shop: people, their first page of the
// timeline, and the search.
func (b *bench) read() error {
	folder := filepath.Join(b.large, "demo")
	if _, err := os.Stat(folder); err != nil {
		fill := exec.CommandContext(b.ctx, b.program, "demo", "--once", "--data", b.large, "--customers", fmt.Sprint(b.people), "--listen", "127.0.0.1:0")
		fill.Stdout, fill.Stderr = os.Stdout, os.Stderr
		if err := fill.Run(); err != nil {
			return err
		}
	}
	p, err := b.serve(folder)
	if err != nil {
		return err
	}
	defer p.stop()
	var health struct {
		Events int64 `json:"events"`
	}
	if err := p.call(http.MethodGet, "/system/health", nil, "", &health); err != nil {
		return err
	}
	var counts struct{ Known int64 }
	if err := p.call(http.MethodGet, "/identity", nil, "", &counts); err != nil {
		return err
	}
	b.report(fmt.Sprintf("Start on a folder of %d customers", counts.Known), "≤ 2 s", fmt.Sprintf("%.2f s", p.start.Seconds()), "")
	random := rand.New(rand.NewPCG(1, 2))
	var floor, profiles, timelines, searches []time.Duration
	var names []string
	for range readPeople {
		reference := fmt.Sprintf("/api/v1/customers/user_id:M%08d", 1+random.IntN(b.people/4))
		spent, err := get(b.ctx, http.DefaultClient, p.URL+"/healthz", "")
		if err != nil {
			return err
		}
		floor = append(floor, spent)
		if spent, err = get(b.ctx, http.DefaultClient, p.URL+reference, p.Secret); err != nil {
			if strings.Contains(err.Error(), "404") {
				continue // nobody has that number
			}
			return err
		}
		profiles = append(profiles, spent)
		if spent, err = get(b.ctx, http.DefaultClient, p.URL+reference+"/timeline?limit=50", p.Secret); err != nil {
			return err
		}
		timelines = append(timelines, spent)
		if len(names) < 300 {
			found, err := b.wordsOf(p, reference)
			if err != nil {
				return err
			}
			names = append(names, found...)
		}
	}
	for _, name := range names {
		spent, err := get(b.ctx, http.DefaultClient, p.URL+"/api/v1/customers?q="+url.QueryEscape(name), p.Secret)
		if err != nil {
			return err
		}
		searches = append(searches, spent)
	}
	least := "empty answer, p99: " + milliseconds(quantile(floor, 0.99))
	b.report(fmt.Sprintf("Profile, p99 of %d people", len(profiles)), "≤ 50 ms", milliseconds(quantile(profiles, 0.99)), least+"; median "+milliseconds(quantile(profiles, 0.5)))
	b.report("First page of the timeline, p99", "≤ 50 ms", milliseconds(quantile(timelines, 0.99)), "median "+milliseconds(quantile(timelines, 0.5)))
	b.report(fmt.Sprintf("Search by name, kana, address, number, p95 of %d", len(searches)), "≤ 100 ms", milliseconds(quantile(searches, 0.95)),
		"median "+milliseconds(quantile(searches, 0.5)))
	return nil
}

// wordsOf are what somebody would type to find a person.
func (b *bench) wordsOf(p *program, reference string) ([]string, error) {
	var person struct {
		Name, Kana  string
		Identifiers []struct{ Kind, Value string }
	}
	if err := p.call(http.MethodGet, strings.TrimPrefix(reference, "/api/v1"), nil, "", &person); err != nil {
		return nil, err
	}
	words := []string{person.Name, person.Kana}
	if family, _, ok := strings.Cut(person.Name, " "); ok {
		words = append(words, family)
	}
	for _, id := range person.Identifiers {
		words = append(words, id.Value)
	}
	var typed []string
	for _, w := range words {
		if w != "" {
			typed = append(typed, w)
		}
	}
	return typed, nil
}
