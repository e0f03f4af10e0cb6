package state

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// AddJob implements [service.JobStore].
func (s *Store) AddJob(ctx context.Context, job service.Job) error {
	_, err := s.engine.Exec(ctx, "INSERT INTO jobs (id, kind, arguments, state, created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		job.ID, job.Kind, string(job.Arguments), string(job.State), job.CreatedBy, millis(job.CreatedAt))
	return s.wrap(err)
}

const jobColumns = "id, kind, arguments, state, done, total, checkpoint, result, error, created_by, created_at, started_at, finished_at"

func scanJob(r Rows) (job service.Job, err error) {
	var arguments, state, checkpoint, result, failure string
	var created, started, finished int64
	err = r.Scan(&job.ID, &job.Kind, &arguments, &state, &job.Done, &job.Total, &checkpoint, &result, &failure,
		&job.CreatedBy, &created, &started, &finished)
	if err != nil {
		return job, err
	}
	job.Arguments, job.State, job.Checkpoint = hitori.JSON(arguments), service.JobState(state), hitori.JSON(checkpoint)
	job.Result, job.CreatedAt = hitori.JSON(result), fromMillis(created)
	if started != 0 {
		at := fromMillis(started)
		job.StartedAt = &at
	}
	if finished != 0 {
		at := fromMillis(finished)
		job.FinishedAt = &at
	}
	if failure != "" {
		err = json.Unmarshal([]byte(failure), &job.Error)
	}
	return job, err
}

// ClaimJob implements [service.JobStore].
func (s *Store) ClaimJob(ctx context.Context, kinds []string, owner string, now, stale time.Time) (job service.Job, found bool, err error) {
	known := s.engine.Set(1, "kind text")
	err = s.engine.WriteAlone(ctx, func(c Conn) error {
		err := each(ctx, c, func(r Rows) error {
			found = true
			job, err = scanJob(r)
			return err
		}, "SELECT "+jobColumns+` FROM jobs WHERE finished_at = 0 AND kind IN (SELECT k.kind FROM `+known+` k)
			AND (state = 'waiting' OR (owner <> ?2 AND heartbeat_at < ?3)) ORDER BY created_at, id LIMIT 1`,
			set(kinds, func(k string) []any { return []any{k} }), owner, millis(stale))
		if err != nil || !found {
			return err
		}
		_, err = c.Exec(ctx, `UPDATE jobs SET state = 'running', owner = ?1, heartbeat_at = ?2,
			started_at = CASE WHEN started_at = 0 THEN ?2 ELSE started_at END WHERE id = ?3`, owner, millis(now), job.ID)
		return err
	})
	job.State = service.JobRunning
	return job, found, s.wrap(err)
}

// SaveJob implements [service.JobStore].
func (s *Store) SaveJob(ctx context.Context, job service.Job, owner string, now time.Time) (cancelled bool, err error) {
	failure, finished := "", int64(0)
	if job.Error != nil {
		text, err := json.Marshal(job.Error)
		if err != nil {
			return false, err
		}
		failure = string(text)
	}
	if job.FinishedAt != nil {
		finished = millis(*job.FinishedAt)
	}
	err = s.engine.Write(ctx, func(c Conn) error {
		changed, err := c.Exec(ctx, `UPDATE jobs SET state = ?1, done = ?2, total = ?3, checkpoint = ?4, result = ?5, error = ?6,
			heartbeat_at = ?7, finished_at = ?8 WHERE id = ?9 AND owner = ?10`, string(job.State), job.Done, job.Total,
			string(job.Checkpoint), string(job.Result), failure, millis(now), finished, job.ID, owner)
		if err == nil && changed == 0 {
			return hitori.NewError(hitori.Conflict, "job_taken")
		}
		if err != nil {
			return err
		}
		var flag int64
		_, err = one(ctx, c, "SELECT cancelled FROM jobs WHERE id = ?1", []any{job.ID}, &flag)
		cancelled = flag != 0 && job.FinishedAt == nil
		return err
	})
	return cancelled, s.wrap(err)
}

// Job implements [service.JobStore].
func (s *Store) Job(ctx context.Context, id string) (service.Job, error) {
	jobs, err := s.jobs(ctx, "SELECT "+jobColumns+" FROM jobs WHERE id = ?1", id)
	if err == nil && len(jobs) == 0 {
		return service.Job{}, hitori.NewError(hitori.NotFound, "job_unknown", "id", id)
	}
	if err != nil {
		return service.Job{}, err
	}
	return jobs[0], nil
}

// Jobs implements [service.JobStore].
func (s *Store) Jobs(ctx context.Context, kind string, limit int) ([]service.Job, error) {
	if kind == "" {
		return s.jobs(ctx, "SELECT "+jobColumns+" FROM jobs ORDER BY created_at DESC, id LIMIT ?1", limit)
	}
	return s.jobs(ctx, "SELECT "+jobColumns+" FROM jobs WHERE kind = ?1 ORDER BY created_at DESC, id LIMIT ?2", kind, limit)
}

func (s *Store) jobs(ctx context.Context, query string, args ...any) ([]service.Job, error) {
	jobs := []service.Job{}
	err := each(ctx, s.engine, func(r Rows) error {
		job, err := scanJob(r)
		jobs = append(jobs, job)
		return err
	}, query, args...)
	return jobs, s.wrap(err)
}

// CancelJob implements [service.JobStore].
func (s *Store) CancelJob(ctx context.Context, id string, now time.Time) error {
	changed, err := s.engine.Exec(ctx, `UPDATE jobs SET cancelled = 1,
		finished_at = CASE WHEN state = 'waiting' THEN ?1 ELSE finished_at END,
		state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END WHERE id = ?2 AND finished_at = 0`, millis(now), id)
	if err == nil && changed == 0 {
		if _, err := s.Job(ctx, id); err != nil {
			return err
		}
		return hitori.NewError(hitori.Conflict, "job_over")
	}
	return s.wrap(err)
}

// ReplaceResult implements [service.JobStore].
func (s *Store) ReplaceResult(ctx context.Context, id string, result hitori.JSON) error {
	_, err := s.engine.Exec(ctx, "UPDATE jobs SET result = ?2 WHERE id = ?1", id, string(result))
	return s.wrap(err)
}
