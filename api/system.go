package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/service"
)

// alive answers as long as the process does.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"status":"ok"}`)) // the client may have gone
}

// ready answers 200 when every engine works, and says which does not otherwise.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	health, ok := s.cfg.System.Health(r.Context())
	w.Header().Set("Content-Type", "application/json")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(health) // the client may have gone
}

func (s *Server) serveSystem() {
	handle(s, route{id: "get-health", method: http.MethodGet, path: "/system/health", scope: access.DataRead,
		summary: "Show how the engines are and how far the profiles are behind"}, s.getHealth)
	handle(s, route{id: "backup", method: http.MethodGet, path: "/system/backup", scope: access.Admin, looks: true,
		summary: "Download a backup of everything"}, s.backup)
	handle(s, route{id: "list-jobs", method: http.MethodGet, path: "/jobs", scope: access.DataRead, summary: "List jobs, newest first"}, s.listJobs)
	handle(s, route{id: "get-job", method: http.MethodGet, path: "/jobs/{id}", scope: access.DataRead, summary: "Show a job with its progress"}, s.getJob)
	handle(s, route{id: "cancel-job", method: http.MethodPost, path: "/jobs/{id}/cancel", scope: access.DataWrite,
		summary: "Ask a job to end", status: http.StatusNoContent}, s.cancelJob)
}

func (s *Server) getHealth(ctx context.Context, _ *struct{}) (*body[Health], error) {
	health, _ := s.cfg.System.Health(ctx)
	return &body[Health]{health}, nil
}

// backup streams a backup. One that is cut off is noticed by whoever reads it, since its
// last entry is missing.
func (s *Server) backup(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/x-tar+zstd")
		if err := s.cfg.System.Backup(ctx, c.BodyWriter()); err != nil {
			s.cfg.Logger.ErrorContext(ctx, "a backup was cut off", "error", err)
		}
	}}, nil
}

type jobsInput struct {
	Kind  string `query:"kind"`
	Limit int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

// Job is a job as the API shows it.
type Job struct {
	service.Job
	// Reason is the error in the language of the request.
	Reason string `json:"reason,omitempty"`
}

func (s *Server) newJob(ctx context.Context, job service.Job) Job {
	shown := Job{Job: job}
	if job.Error != nil {
		shown.Reason = s.cfg.Texts.Text(visitorOf(ctx).language, "error."+job.Error.Key, job.Error.Args)
	}
	return shown
}

type jobsOutput struct {
	Jobs []Job `json:"jobs"`
}

func (s *Server) listJobs(ctx context.Context, in *jobsInput) (*body[jobsOutput], error) {
	list, err := s.cfg.Jobs.List(ctx, in.Kind, in.Limit)
	out := jobsOutput{Jobs: make([]Job, 0, len(list))}
	for _, job := range list {
		out.Jobs = append(out.Jobs, s.newJob(ctx, job))
	}
	return &body[jobsOutput]{out}, err
}

type jobInput struct {
	ID string `path:"id"`
}

func (s *Server) getJob(ctx context.Context, in *jobInput) (*body[Job], error) {
	job, err := s.cfg.Jobs.Get(ctx, in.ID)
	return &body[Job]{s.newJob(ctx, job)}, err
}

func (s *Server) cancelJob(ctx context.Context, in *jobInput) (*struct{}, error) {
	return nil, s.cfg.Jobs.Cancel(ctx, in.ID)
}
