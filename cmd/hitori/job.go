package main

import (
	"fmt"
	"net/http"

	"github.com/hitori-cdp/hitori/api"
)

type jobCommand struct {
	List   jobListCommand   `cmd:"" default:"1" help:"${job_list}"`
	Cancel jobCancelCommand `cmd:"" help:"${job_cancel}"`
}

type jobListCommand struct{}

// Run lists jobs, newest first.
func (c *jobListCommand) Run(s *session) error {
	return list(s, "/jobs", "jobs", "", func(job *api.Job) string {
		state := s.text("job_" + string(job.State))
		return fmt.Sprintf("%s\t%s\t%s\t%d/%d\t%s\t%s", job.ID, job.Kind, state, job.Done, job.Total, s.when(job.CreatedAt), job.Reason)
	})
}

type jobCancelCommand struct {
	ID string `arg:"" help:"${arg_job}"`
}

// Run asks a job to end.
func (c *jobCancelCommand) Run(s *session) error {
	return s.with(func(client *client) error { return client.call(http.MethodPost, "/jobs/"+c.ID+"/cancel", nil, nil) })
}
