package main

import (
	"fmt"
	"net/http"
	"text/tabwriter"

	"github.com/hitori-cdp/hitori/api"
)

type jobCommand struct {
	List   jobListCommand   `cmd:"" default:"1" help:"${job_list}"`
	Cancel jobCancelCommand `cmd:"" help:"${job_cancel}"`
}

type jobListCommand struct{}

// Run lists jobs, newest first.
func (c *jobListCommand) Run(s *session) error {
	return s.with(func(client *client) error {
		var answer struct{ Jobs []api.Job }
		if err := client.call(http.MethodGet, "/jobs", nil, &answer); err != nil {
			return err
		}
		if s.JSON {
			return s.show(answer.Jobs)
		}
		table := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		for _, job := range answer.Jobs {
			fmt.Fprintf(table, "%s\t%s\t%s\t%d/%d\t%s\t%s\n", job.ID, job.Kind, s.text("job_"+string(job.State)), job.Done, job.Total, s.when(job.CreatedAt), job.Reason)
		}
		return table.Flush()
	})
}

type jobCancelCommand struct {
	ID string `arg:"" help:"${arg_job}"`
}

// Run asks a job to end.
func (c *jobCancelCommand) Run(s *session) error {
	return s.with(func(client *client) error { return client.call(http.MethodPost, "/jobs/"+c.ID+"/cancel", nil, nil) })
}
