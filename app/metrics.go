package app

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the program's numbers for Prometheus. Nothing in them is personal.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(a *App) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hitori_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"part", "method", "status"}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests)
	counter := func(name, help string, value func() int64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
	}
	accepted := a.Collector.Stats()
	counter("hitori_events_accepted_total", "Events accepted and on disk.", accepted.Events.Load)
	counter("hitori_event_bytes_accepted_total", "Bytes of events accepted.", accepted.Bytes.Load)
	counter("hitori_events_with_problems_total", "Events that broke the data contract.", accepted.Problems.Load)
	counter("hitori_events_refused_total", "Events turned away because too many waited.", accepted.Refused.Load)
	counter("hitori_commits_total", "Writes to the log.", accepted.Commits.Load)
	applied := a.Worker.Stats()
	counter("hitori_events_applied_total", "Events applied to profiles.", applied.Events.Load)
	counter("hitori_events_repeated_total", "Events that had been seen before.", applied.Repeated.Load)
	counter("hitori_events_quarantined_total", "Events put into quarantine.", applied.Quarantined.Load)
	counter("hitori_events_unattributed_total", "Events that name nobody.", applied.Unattributed.Load)
	counter("hitori_steps_total", "Steps applied.", applied.Steps.Load)
	counter("hitori_worker_failures_total", "Times a worker had to wait and start anew.", applied.Failures.Load)
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hitori_lag_frames", Help: "Frames on the log that are not applied; -1 when it cannot be told.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), healthPatience)
		defer cancel()
		lag, err := a.lag(ctx)
		if err != nil {
			return -1
		}
		return float64(lag)
	}))
	return m
}

// Metrics implements [api.System].
func (a *App) Metrics() http.Handler {
	return promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{})
}

// count measures requests.
func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorder, r)
		m.requests.WithLabelValues(part(r.URL.Path), r.Method, strconv.Itoa(recorder.status)).Observe(time.Since(began).Seconds())
	})
}

// part is the part of the API a path belongs to; whole paths would name people.
func part(path string) string {
	if strings.HasPrefix(path, "/v1/") {
		return "collect"
	}
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	if !ok {
		return "other"
	}
	name, _, _ := strings.Cut(rest, "/")
	switch name {
	case "customers", "identity", "merges", "contract", "quarantine", "imports", "keys", "jobs", "system", "erasures",
		"session", "sessions", "users", "views", "audit":
		return name
	}
	return "other"
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets handlers reach what the connection can do.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
