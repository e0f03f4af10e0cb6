package service

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hitori-cdp/hitori"
)

// JobState is how far a job is.
type JobState string

// The states of a job. Their texts are stored and never change.
const (
	JobWaiting   JobState = "waiting"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Job is long work that is remembered: it survives the process, shows its progress, and
// can be cancelled.
type Job struct {
	ID        string      `json:"id"`
	Kind      string      `json:"kind"`
	Arguments hitori.JSON `json:"arguments"`
	State     JobState    `json:"state" enum:"waiting,running,done,failed,cancelled"`
	// Done of Total units of work are finished; Total is zero while it is unknown.
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
	// Checkpoint is where the work goes on after a crash; only the work itself reads it.
	Checkpoint hitori.JSON `json:"-"`
	Result     hitori.JSON `json:"result,omitempty"`
	// Error is why the job failed.
	Error      *JobError  `json:"error,omitempty"`
	CreatedBy  string     `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at,omitempty"`
	FinishedAt *time.Time `json:"finished_at,omitempty"`
}

// JobError is an error as it is stored with a job: a text's key and what to fill in.
type JobError struct {
	Code hitori.Code       `json:"code"`
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// JobStore keeps jobs.
type JobStore interface {
	// AddJob adds a waiting job.
	AddJob(ctx context.Context, job Job) error
	// ClaimJob gives the oldest job of these kinds that waits, or runs but was last heard of
	// before stale, to owner. It reports false when there is none.
	ClaimJob(ctx context.Context, kinds []string, owner string, now, stale time.Time) (Job, bool, error)
	// SaveJob records a claimed job's progress and that its owner lives. It reports whether
	// the job was cancelled, and returns an error of code Conflict when it is somebody else's
	// by now.
	SaveJob(ctx context.Context, job Job, owner string, now time.Time) (cancelled bool, err error)
	// Job returns a job, or an error of code NotFound.
	Job(ctx context.Context, id string) (Job, error)
	// Jobs lists jobs of a kind, or of all, the newest first.
	Jobs(ctx context.Context, kind string, limit int) ([]Job, error)
	// CancelJob asks a job to end. It returns an error of code NotFound.
	CancelJob(ctx context.Context, id string, now time.Time) error
	// ReplaceResult replaces what a job that is over has left.
	ReplaceResult(ctx context.Context, id string, result hitori.JSON) error
}

// Work is what a job does. It is called again with the last checkpoint after a crash, so
// what it did since then may be done twice and must allow for it.
type Work func(ctx context.Context, job Job, progress *JobProgress) (result hitori.JSON, err error)

const (
	jobPoll  = time.Second
	jobStale = 30 * time.Second
	jobBeat  = 5 * time.Second
)

// Jobs runs jobs, one at a time in each process.
type Jobs struct {
	store  JobStore
	clock  Clock
	logger *slog.Logger
	owner  string
	works  map[string]Work
	thens  map[string]func(Job)
	kinds  []string
	wake   chan struct{}
	runner Runner
	// Alone says that no other process runs jobs, so that one found running when this
	// process starts was cut off. It is set before Start.
	Alone bool
}

// NewJobs returns jobs kept in a store. [Jobs.Handle] is called before Start.
func NewJobs(store JobStore, clock Clock, logger *slog.Logger) *Jobs {
	return &Jobs{
		store: store, clock: clock, logger: logger, owner: rand.Text(),
		works: make(map[string]Work), thens: make(map[string]func(Job)), wake: make(chan struct{}, 1),
	}
}

// Handle says what jobs of a kind do.
func (j *Jobs) Handle(kind string, work Work) {
	j.works[kind] = work
	j.kinds = append(j.kinds, kind)
}

// Then says what is done once a job of a kind has ended and that is stored. It is not called
// when the process dies in between.
func (j *Jobs) Then(kind string, fn func(Job)) { j.thens[kind] = fn }

// Add puts a job in the queue.
func (j *Jobs) Add(ctx context.Context, kind string, arguments hitori.JSON, actor string) (Job, error) {
	job := Job{
		ID: strings.ToLower(rand.Text()[:16]), Kind: kind, Arguments: arguments, State: JobWaiting,
		CreatedBy: actor, CreatedAt: j.clock.Now(),
	}
	if err := j.store.AddJob(ctx, job); err != nil {
		return job, err
	}
	select {
	case j.wake <- struct{}{}:
	default:
	}
	return job, nil
}

// Get returns a job, or an error of code NotFound.
func (j *Jobs) Get(ctx context.Context, id string) (Job, error) { return j.store.Job(ctx, id) }

// List lists jobs of a kind, or of all, the newest first.
func (j *Jobs) List(ctx context.Context, kind string, limit int) ([]Job, error) {
	return j.store.Jobs(ctx, kind, limit)
}

// Cancel asks a job to end; one that waits ends at once.
func (j *Jobs) Cancel(ctx context.Context, id string) error {
	return j.store.CancelJob(ctx, id, j.clock.Now())
}

// ReplaceResult replaces what a job that is over has left, when somebody in it is to be
// forgotten.
func (j *Jobs) ReplaceResult(ctx context.Context, id string, result hitori.JSON) error {
	return j.store.ReplaceResult(ctx, id, result)
}

// Start begins to run jobs.
func (j *Jobs) Start(ctx context.Context) error {
	j.runner.Run(ctx, j.run)
	return nil
}

// Stop interrupts the running job, which goes on from its checkpoint when jobs are started
// again, here or elsewhere.
func (j *Jobs) Stop() { j.runner.Stop() }

func (j *Jobs) run(ctx context.Context) {
	ticker := time.NewTicker(jobPoll)
	defer ticker.Stop()
	for {
		now := j.clock.Now()
		stale := now.Add(-jobStale)
		if j.Alone {
			stale = now.Add(time.Second)
		}
		job, found, err := j.store.ClaimJob(ctx, j.kinds, j.owner, now, stale)
		if err == nil && found {
			j.work(ctx, job)
			continue
		}
		if err != nil && ctx.Err() == nil {
			j.logger.Warn("no job could be claimed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-j.wake:
		case <-ticker.C:
		}
	}
}

func (j *Jobs) work(ctx context.Context, job Job) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &JobProgress{jobs: j, job: job, cancel: cancel}
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		p.beat(ctx)
	}()
	result, err := j.works[job.Kind](ctx, job, p)
	interrupted := ctx.Err() != nil
	cancel()
	<-beating
	p.finish(result, err, interrupted)
}

// JobProgress is how work tells how far it is.
type JobProgress struct {
	jobs      *Jobs
	job       Job
	cancel    context.CancelFunc
	cancelled atomic.Bool
	lost      atomic.Bool
	latest    Progress[Job]
}

// Report records progress and a checkpoint. It is cheap: what is stored is the latest
// report, every few seconds. Use [JobProgress.Save] where the checkpoint must be on disk.
func (p *JobProgress) Report(done, total int64, checkpoint hitori.JSON) {
	p.latest.Update(func(job *Job) { job.Done, job.Total, job.Checkpoint = done, total, checkpoint })
}

// Save records progress and a checkpoint now. It returns an error when the job was cancelled or taken over by another
// process; the work must end then.
func (p *JobProgress) Save(ctx context.Context, done, total int64, checkpoint hitori.JSON) error {
	p.Report(done, total, checkpoint)
	return p.save(ctx)
}

func (p *JobProgress) save(ctx context.Context) error {
	job := p.job
	p.latest.Value(func(latest Job) { job.Done, job.Total, job.Checkpoint = latest.Done, latest.Total, latest.Checkpoint })
	if job.Checkpoint == "" {
		job.Checkpoint = p.job.Checkpoint
	}
	cancelled, err := p.jobs.store.SaveJob(ctx, job, p.jobs.owner, p.jobs.clock.Now())
	if hitori.ErrorCode(err) == hitori.Conflict {
		p.lost.Store(true)
	}
	if cancelled {
		p.cancelled.Store(true)
		err = context.Canceled
	}
	if p.lost.Load() || p.cancelled.Load() {
		p.cancel()
	}
	return err
}

// beat stores the latest report now and then, which also says that this process lives.
func (p *JobProgress) beat(ctx context.Context) {
	ticker := time.NewTicker(jobBeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			_ = p.save(ctx)
		}
	}
}

// finish stores how the work ended. An interrupted job waits to be claimed again.
func (p *JobProgress) finish(result hitori.JSON, err error, interrupted bool) {
	if p.lost.Load() {
		return
	}
	job, now := p.job, p.jobs.clock.Now()
	p.latest.Value(func(latest Job) { job.Done, job.Total, job.Checkpoint = latest.Done, latest.Total, latest.Checkpoint })
	job.Result = result
	switch {
	case err == nil:
		job.State, job.FinishedAt = JobDone, &now
	case p.cancelled.Load():
		job.State, job.FinishedAt = JobCancelled, &now
	case interrupted:
		job.State = JobWaiting
	default:
		job.State, job.FinishedAt, job.Error = JobFailed, &now, newJobError(err)
		p.jobs.logger.Error("job failed", "kind", job.Kind, "job", job.ID, "error", err)
	}
	// The context of the work may be over; what became of it must be stored all the same.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := p.jobs.store.SaveJob(ctx, job, p.jobs.owner, now); err != nil {
		p.jobs.logger.Error("the end of a job could not be stored", "job", job.ID, "error", err)
		return
	}
	if then := p.jobs.thens[job.Kind]; then != nil && job.FinishedAt != nil {
		then(job)
	}
}

func newJobError(err error) *JobError {
	var told *hitori.Error
	if errors.As(err, &told) {
		return &JobError{Code: told.Code, Key: told.Key, Args: told.Args}
	}
	return &JobError{Code: hitori.Internal, Key: "internal"}
}
