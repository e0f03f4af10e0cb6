package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
)

const (
	senders    = 16
	acceptTime = 15 * time.Second
	paced      = 30_000
	pacedTime  = 20 * time.Second
)

// accept measures how fast events are taken in, with nothing else going on: what has
// been accepted is not applied meanwhile.
func (b *bench) accept() error {
	floor, err := b.rawPublishes()
	if err != nil {
		return err
	}
	c, err := b.collector(filepath.Join(b.work, "accept"))
	if err != nil {
		return err
	}
	defer c.stop()
	n, spent, err := c.load.flood(b.ctx, senders, 1<<40, acceptTime)
	if err != nil {
		return err
	}
	b.report("Accepted durably over HTTP, batches of 100 events of 400 B", "≥ 100,000/s", rate(n, spent), "raw JetStream, synced: "+floor)
	all, err := c.load.pace(b.ctx, paced, pacedTime)
	if err != nil {
		return err
	}
	b.report("Answer to a batch at 30,000 events/s, p99", "≤ 100 ms", milliseconds(quantile(all, 0.99)),
		"median "+milliseconds(quantile(all, 0.5)))
	return nil
}

// collector is a program that accepts events and applies none.
type collector struct {
	app    *app.App
	server *httptest.Server
	load   *load
}

func (b *bench) collector(folder string) (*collector, error) {
	a, err := app.Open(b.ctx, app.Config{Data: folder})
	if err != nil {
		return nil, err
	}
	c := &collector{app: a}
	for _, start := range []func(context.Context) error{a.Collector.Start, a.Contract.Start} {
		if err := start(b.ctx); err != nil {
			return nil, err
		}
	}
	key, err := writeKey(b.ctx, a)
	if err != nil {
		return nil, err
	}
	handler, err := a.Handler(api.Parts{Collect: true})
	if err != nil {
		return nil, err
	}
	c.server = httptest.NewServer(handler)
	c.load = newLoad(c.server.URL, key)
	return c, nil
}

func (c *collector) stop() {
	c.server.Close()
	c.app.Contract.Stop()
	c.app.Collector.Stop()
	c.app.Stop()
}

func writeKey(ctx context.Context, a *app.App) (string, error) {
	source, err := a.Sources.Ensure(ctx, "bench", hitori.SourceSDK)
	if err != nil {
		return "", err
	}
	_, secret, err := a.Keys.Create(ctx, access.Key{Name: "bench", Source: source.ID, Scopes: []access.Scope{access.CollectWrite}}, "")
	return secret, err
}

// rawPublishes measures the same bytes published to JetStream in this process, every message
// on disk before it is acknowledged.
func (b *bench) rawPublishes() (string, error) {
	folder := filepath.Join(b.work, "floor")
	s, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: folder, SyncAlways: true, NoSigs: true, NoLog: true, MaxPayload: 8 << 20})
	if err != nil {
		return "", err
	}
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown(); os.RemoveAll(folder) }()
	if !s.ReadyForConnections(10 * time.Second) {
		return "", fmt.Errorf("the NATS server did not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return "", err
	}
	if _, err := js.CreateStream(b.ctx, jetstream.StreamConfig{Name: "floor", Subjects: []string{"floor"}}); err != nil {
		return "", err
	}
	body := new(load).batch(nil)
	begin := time.Now()
	var group sync.WaitGroup
	counts := make([]int, senders)
	errs := make([]error, senders)
	for i := range counts {
		group.Go(func() {
			for time.Since(begin) < acceptTime/3 && errs[i] == nil {
				if _, errs[i] = js.Publish(b.ctx, "floor", body); errs[i] == nil {
					counts[i] += batchEvents
				}
			}
		})
	}
	group.Wait()
	total := 0
	for i, n := range counts {
		if errs[i] != nil {
			return "", errs[i]
		}
		total += n
	}
	return rate(total, time.Since(begin)), nil
}

// get fetches a page and returns how long that took.
func get(ctx context.Context, client *http.Client, url, secret string) (time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+secret)
	begin := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	n, err := drain(response)
	if err == nil && (response.StatusCode != http.StatusOK || n == 0) {
		err = fmt.Errorf("%s: %s", url, response.Status)
	}
	return time.Since(begin), err
}
