package main

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/collect"
)

type importUndoCommand struct {
	Job    string `arg:"" help:"${arg_job}"`
	DryRun bool   `help:"${flag_dry_run_undo}"`
}

// Run takes an import back, or tells what that would remove.
func (c *importUndoCommand) Run(s *session) error {
	return s.with(func(client *client) error {
		var answer struct {
			Preview *collect.UndoPreview
			Job     *api.Job
		}
		path := "/imports/" + url.PathEscape(c.Job) + "/undo"
		if err := client.call(http.MethodPost, path, map[string]bool{"dry_run": c.DryRun}, &answer); err != nil {
			return err
		}
		if answer.Job == nil {
			if s.JSON {
				return s.show(answer.Preview)
			}
			s.sayUndo("undo_would", answer.Preview.UndoCounts)
			if answer.Preview.LaterImports > 0 {
				s.say("undo_later", "imports", answer.Preview.LaterImports)
			}
			return nil
		}
		job, err := client.follow(*answer.Job, "undoing")
		if err != nil {
			return err
		}
		var counts hitori.UndoCounts
		if err := json.Unmarshal([]byte(job.Result), &counts); err != nil {
			return err
		}
		if s.JSON {
			return s.show(counts)
		}
		s.sayUndo("undo_done", counts)
		return nil
	})
}

func (s *session) sayUndo(key string, counts hitori.UndoCounts) {
	s.say(key, "events", counts.Events, "orders", counts.Orders, "gone", counts.PeopleGone, "kept", counts.PeopleKept)
}
