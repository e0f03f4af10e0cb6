package collect

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// told is how long it is told how an import ended.
const told = 14 * 24 * time.Hour

// Notices tells of imports that failed or rejected rows in the last two weeks. Dry runs are looked
// at by who started them.
func (i *Imports) Notices(ctx context.Context) ([]hitori.Notice, error) {
	jobs, err := i.cfg.Jobs.List(ctx, "", lookedAt)
	if err != nil {
		return nil, err
	}
	var notices []hitori.Notice
	for _, job := range jobs {
		var r ImportRequest
		ours := strings.HasPrefix(job.Kind, importKind) && job.FinishedAt != nil && i.cfg.Clock.Now().Sub(*job.FinishedAt) < told
		if !ours || json.Unmarshal([]byte(job.Arguments), &r) != nil || r.DryRun {
			continue
		}
		notice := hitori.Notice{ID: "import:" + job.ID, Time: *job.FinishedAt, Args: map[string]string{"source": r.Source}, Link: "/data/jobs"}
		var result ImportResult
		switch {
		case job.State == service.JobFailed && job.Error != nil:
			notice.Kind, notice.Severity = "import_failed", hitori.Failure
			notice.Cause = &hitori.Error{Code: job.Error.Code, Key: job.Error.Key, Args: job.Error.Args}
		case job.State == service.JobDone && json.Unmarshal([]byte(job.Result), &result) == nil && result.Rejected > 0 && result.Undone == nil:
			notice.Kind, notice.Severity = "import_rejects", hitori.Warning
			notice.Args["rejected"], notice.Args["rows"] = fmt.Sprint(result.Rejected), fmt.Sprint(result.Rows)
		default:
			continue
		}
		notices = append(notices, notice)
	}
	return notices, nil
}

// Notices tells that events wait in quarantine. Its time is that of the last one, so that it is
// news again when the quarantine has grown.
func (c *Contract) Notices(ctx context.Context) ([]hitori.Notice, error) {
	counts, err := c.quarantine.CountQuarantined(ctx)
	if err != nil || len(counts) == 0 {
		return nil, err
	}
	notice := hitori.Notice{ID: "quarantine", Kind: "quarantine", Severity: hitori.Warning, Link: "/data/quarantine"}
	type event struct {
		source hitori.SourceID
		kind   hitori.EventType
		name   string
	}
	most := make(map[event]int64) // an event with several problems is counted under each
	for _, count := range counts {
		e := event{count.Source, count.Type, count.Name}
		most[e] = max(most[e], count.Events)
		if count.Last.After(notice.Time) {
			notice.Time = count.Last
		}
	}
	var events int64
	for _, n := range most {
		events += n
	}
	notice.Args = map[string]string{"events": strconv.FormatInt(events, 10)}
	return []hitori.Notice{notice}, nil
}

const (
	// habit is on how many days before its last event a source must have sent for its silence to be
	// told; silence is how long it must have been silent by then.
	habit   = 7
	silence = 24 * time.Hour
	// silenceTold is how long it is told.
	silenceTold = 30 * 24 * time.Hour
)

// Silent tells of SDK sources that sent every day of a week, and have sent nothing for a day.
func (s *Sources) Silent(ctx context.Context, arrivals Arrivals) ([]hitori.Notice, error) {
	sources, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	found, err := arrivals.Arrivals(ctx, now.Add(-silenceTold-(habit+1)*24*time.Hour), time.Hour)
	if err != nil {
		return nil, err
	}
	times := make(map[hitori.SourceID][]time.Time)
	for _, a := range found {
		times[a.Source] = append(times[a.Source], a.Last)
	}
	var notices []hitori.Notice
	for _, source := range sources {
		sent := times[source.ID]
		if source.Kind != hitori.SourceSDK || len(sent) == 0 {
			continue
		}
		last := slices.MaxFunc(sent, time.Time.Compare)
		if quiet := now.Sub(last); quiet < silence || quiet > silenceTold || !daily(sent, last) {
			continue
		}
		notices = append(notices, hitori.Notice{
			ID: fmt.Sprint("silent:", source.ID), Kind: "source_silent", Severity: hitori.Failure, Time: last.Add(silence),
			Args: map[string]string{"source": source.Name}, Link: "/data/sources",
		})
	}
	return notices, nil
}

// daily reports whether something was sent on each of the days up to the last time.
func daily(sent []time.Time, last time.Time) bool {
	var days [habit]bool
	for _, at := range sent {
		if day := int(last.Sub(at) / (24 * time.Hour)); day < habit {
			days[day] = true
		}
	}
	return !slices.Contains(days[:], false)
}
