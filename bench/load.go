package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	batchEvents = 100
	// loadPeople is how many people the load is about.
	loadPeople = 50_000
)

// load sends batches of events of about 400 bytes.
type load struct {
	url, key string
	client   *http.Client
	next     atomic.Int64
}

func newLoad(url, key string) *load {
	return &load{url: url, key: key, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

var products = [...]string{"オーガニック緑茶", "ほうじ茶ティーバッグ", "有機玄米茶", "深蒸し煎茶", "抹茶ラテの素"}

// batch appends the next batch to b.
func (l *load) batch(b []byte) []byte {
	first := l.next.Add(batchEvents) - batchEvents
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	b = append(b, `{"sentAt":"`...)
	b = append(b, now...)
	b = append(b, `","batch":[`...)
	for n := first; n < first+batchEvents; n++ {
		if n > first {
			b = append(b, ',')
		}
		person := int(uint64(n) * 0x9e3779b97f4a7c15 >> 33 % loadPeople)
		product := int(n % 997)
		b = append(b, `{"type":"track","event":"Product Viewed","messageId":"ajs-next-`...)
		b = padded(b, uint64(n), 16, 16)
		b = append(b, `","anonymousId":"5f0c1a2b-0000-4000-8000-`...)
		b = padded(b, uint64(person), 16, 12)
		b = append(b, `","userId":"u`...)
		b = padded(b, uint64(person), 10, 7)
		b = append(append(b, `","timestamp":"`...), now...)
		b = append(b, `","properties":{"product_id":"P`...)
		b = padded(b, uint64(product), 10, 4)
		b = append(append(b, `","name":"`...), products[product%len(products)]...)
		b = append(b, `","price":`...)
		b = strconv.AppendInt(b, int64(500+product), 10)
		b = append(b, `,"currency":"JPY","url":"https://shop.example.jp/products/`...)
		b = strconv.AppendInt(b, int64(product), 10)
		b = append(b, `"},"context":{"library":{"name":"analytics.js","version":"next-1.70.0"},"locale":"ja-JP"}}`...)
	}
	return append(b, "]}"...)
}

// padded appends a number of so many digits. Formatting by fmt would take a tenth of the processors' time that is measured.
func padded(b []byte, n uint64, base, digits int) []byte {
	var written [64]byte
	text := strconv.AppendUint(written[:0], n, base)
	return append(append(b, "0000000000000000"[:max(0, digits-len(text))]...), text...)
}

// send sends a body until it is accepted, as an SDK does.
func (l *load) send(ctx context.Context, body []byte) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+"/v1/batch", bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.SetBasicAuth(l.key, "")
		request.Header.Set("Content-Type", "application/json")
		response, err := l.client.Do(request)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
		response.Body.Close()
		switch response.StatusCode {
		case http.StatusOK:
			return nil
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
			select {
			case <-time.After(time.Duration(max(1, seconds)) * time.Second / 10):
			case <-ctx.Done():
				return ctx.Err()
			}
		default:
			return fmt.Errorf("batch: %s", response.Status)
		}
	}
}

// flood sends batches from several senders as fast as they are accepted, for a time or up to
// a number of events. It returns how many were accepted.
func (l *load) flood(ctx context.Context, senders, most int, length time.Duration) (accepted int, spent time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var total atomic.Int64
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	begin := time.Now()
	for range senders {
		group.Go(func() {
			var body []byte
			for total.Load() < int64(most) {
				body = l.batch(body[:0])
				if err := l.send(ctx, body); err != nil {
					if ctx.Err() == nil {
						failed.Store(&err)
					}
					return
				}
				total.Add(batchEvents)
			}
		})
	}
	group.Wait()
	if e := failed.Load(); e != nil {
		return 0, 0, *e
	}
	return int(total.Load()), time.Since(begin), nil
}

// pace sends batches at a rate, whatever the answers do, and returns how long each took from
// the moment it was due.
func (l *load) pace(ctx context.Context, eventsPerSecond int, length time.Duration) ([]time.Duration, error) {
	every := time.Second * batchEvents / time.Duration(eventsPerSecond)
	var mu sync.Mutex
	var all []time.Duration
	var errs []error
	var group sync.WaitGroup
	begin := time.Now()
	for due := begin; due.Sub(begin) < length; due = due.Add(every) {
		time.Sleep(time.Until(due))
		group.Go(func() {
			err := l.send(ctx, l.batch(nil))
			spent := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			all, errs = append(all, spent), append(errs, err)
		})
	}
	group.Wait()
	return all, errors.Join(errs...)
}
