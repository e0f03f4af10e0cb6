package main

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/hitori-cdp/hitori/app"
)

const (
	backlog = 1_500_000
	lagTime = 40 * time.Second
)

// apply measures how fast events that were accepted become profiles and rows in the
// warehouse, as after an hour in which the worker was down.
func (b *bench) apply() error {
	floor, err := b.rawAppends()
	if err != nil {
		return err
	}
	folder := filepath.Join(b.work, "apply")
	c, err := b.collector(folder)
	if err != nil {
		return err
	}
	n, _, err := c.load.flood(b.ctx, senders, backlog, time.Hour)
	c.stop()
	if err != nil {
		return err
	}
	begin := time.Now()
	a, err := app.Start(b.ctx, app.Config{Data: folder, Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	defer a.Stop()
	if err := a.Settled(b.ctx); err != nil {
		return err
	}
	b.report("Applied to profile and warehouse", "≥ 50,000/s", rate(n, time.Since(begin)), "raw appends to DuckDB: "+floor)
	load, err := b.loadOf(a)
	if err != nil {
		return err
	}
	begin = time.Now()
	n, _, err = load.flood(b.ctx, senders, backlog/2, time.Hour)
	if err != nil {
		return err
	}
	if err := a.Settled(b.ctx); err != nil {
		return err
	}
	b.report("The same from the HTTP request on, load included", "", rate(n, time.Since(begin)), "")
	return nil
}

func (b *bench) loadOf(a *app.App) (*load, error) {
	key, err := writeKey(b.ctx, a)
	l := newLoad(a.URL(), key)
	l.next.Store(1 << 32) // other message ids than before
	return l, err
}

// lag measures how long accepted events wait to be applied under a steady load.
func (b *bench) lag() error {
	a, err := app.Start(b.ctx, app.Config{Data: filepath.Join(b.work, "lag"), Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	defer a.Stop()
	load, err := b.loadOf(a)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	var lags []time.Duration
	var failed error
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			begin := time.Now()
			if err := a.Settled(ctx); err != nil {
				if ctx.Err() == nil {
					failed = err
				}
				return
			}
			lags = append(lags, time.Since(begin))
			time.Sleep(50 * time.Millisecond)
		}
	})
	answers, err := load.pace(ctx, paced, lagTime)
	cancel()
	group.Wait()
	if err != nil || failed != nil {
		return fmt.Errorf("%w %w", err, failed)
	}
	b.report("Until an event is applied at 30,000 events/s, p99", "≤ 2 s", fmt.Sprintf("%.2f s", quantile(lags, 0.99).Seconds()),
		fmt.Sprintf("median %.2f s", quantile(lags, 0.5).Seconds()))
	b.report("Answer to a batch meanwhile, p99", "≤ 100 ms", milliseconds(quantile(answers, 0.99)), "median "+milliseconds(quantile(answers, 0.5)))
	return nil
}

// rawAppends measures rows of the same columns appended to a DuckDB file, nothing else.
func (b *bench) rawAppends() (string, error) {
	connector, err := duckdb.NewConnector(filepath.Join(b.work, "floor.duckdb"), nil)
	if err != nil {
		return "", err
	}
	defer connector.Close()
	conn, err := connector.Connect(b.ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	create := `CREATE TABLE events (position BIGINT, customer BIGINT, time BIGINT, received BIGINT, type UTINYINT, kind UTINYINT, name VARCHAR,
		source INTEGER, user_id VARCHAR, anonymous_id VARCHAR, properties VARCHAR, context VARCHAR)`
	if _, err := conn.(driver.ExecerContext).ExecContext(b.ctx, create, nil); err != nil {
		return "", err
	}
	appender, err := duckdb.NewAppenderFromConn(conn, "", "events")
	if err != nil {
		return "", err
	}
	const rows = 1_000_000
	properties := `{"product_id":"P0001","name":"オーガニック緑茶","price":501,"currency":"JPY","url":"https://shop.example.jp/products/1"}`
	begin := time.Now()
	for i := range int64(rows) {
		err := appender.AppendRow(i, i%loadPeople, i, i, uint8(1), uint8(2), "Product Viewed", int32(2), fmt.Sprintf("u%07d", i%loadPeople),
			fmt.Sprintf("5f0c1a2b-0000-4000-8000-%012x", i%loadPeople), properties, `{"library":{"name":"analytics.js","version":"next-1.70.0"},"locale":"ja-JP"}`)
		if err != nil {
			return "", err
		}
	}
	if err := appender.Close(); err != nil {
		return "", err
	}
	return rate(rows, time.Since(begin)), nil
}

func drain(response *http.Response) (int64, error) { return io.Copy(io.Discard, response.Body) }
