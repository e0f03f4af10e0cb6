package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/service"
)

type importCommand struct {
	File importFileCommand `cmd:"" default:"withargs" help:"${import_file}"`
	Undo importUndoCommand `cmd:"" help:"${import_undo}"`
}

type importFileCommand struct {
	File      string  `arg:"" type:"existingfile" help:"${arg_file}"`
	Target    string  `help:"${flag_target}"`
	Source    string  `default:"files" help:"${flag_source}"`
	Mapping   string  `type:"existingfile" help:"${flag_mapping}"`
	Show      bool    `help:"${flag_show}"`
	Save      string  `help:"${flag_save}"`
	DryRun    bool    `help:"${flag_dry_run}"`
	Encoding  string  `help:"${flag_encoding}"`
	Delimiter string  `help:"${flag_delimiter}"`
	Sheet     string  `help:"${flag_sheet}"`
	Header    int64   `help:"${flag_header}"`
	Rejects   string  `type:"path" help:"${flag_rejects}"`
	MaxReject float64 `help:"${flag_max_reject}"`
}

// inspection is what the API says about a file.
type inspection struct {
	collect.Inspection
	Problem *api.Problem `json:"problem"`
}

// Run imports a file: it prints the mapping, tries it or imports it, shows the progress and
// writes the rejected rows beside the file.
func (c *importFileCommand) Run(s *session) error {
	return s.with(func(client *client) error {
		upload, err := c.upload(client)
		if err != nil {
			return err
		}
		read := collect.ReadOptions{Encoding: c.Encoding, Delimiter: c.Delimiter, Sheet: c.Sheet, HeaderLine: c.Header}
		found, err := c.inspect(client, upload, read)
		if err != nil {
			return err
		}
		if c.Show {
			return s.show(found.Mapping)
		}
		if !s.JSON {
			if err := s.showInspection(found); err != nil {
				return err
			}
		}
		if found.Problem != nil {
			return &hitori.Error{Code: found.Problem.Code, Key: found.Problem.Key, Args: found.Problem.Args}
		}
		if c.Save != "" {
			if err := client.saveMapping(c.Save, found.Mapping); err != nil {
				return err
			}
		}
		var job api.Job
		err = client.call(http.MethodPost, "/imports", collect.ImportRequest{
			Upload: upload.ID, Source: c.Source, Mapping: found.Mapping, Read: read, DryRun: c.DryRun, MaxRejectShare: c.MaxReject,
		}, &job)
		if err != nil {
			return err
		}
		if job, err = client.follow(job, "importing"); err != nil {
			return err
		}
		return c.report(s, client, upload, job)
	})
}

func (c *importFileCommand) upload(client *client) (upload collect.Upload, err error) {
	file, err := os.Open(c.File)
	if err != nil {
		return upload, hitori.NewError(hitori.Invalid, "upload_missing").Because(err)
	}
	defer file.Close()
	response, err := client.do(client.session.ctx, http.MethodPost, "/uploads?name="+url.QueryEscape(filepath.Base(c.File)), "application/octet-stream", file)
	if err != nil {
		return upload, err
	}
	defer response.Body.Close()
	return upload, json.NewDecoder(response.Body).Decode(&upload)
}

// saveMapping saves a mapping in the place of the one that has its name now.
func (c *client) saveMapping(name string, m collect.Mapping) error {
	var saved struct{ Mappings []collect.Mapping }
	if err := c.call(http.MethodGet, "/mappings", nil, &saved); err != nil {
		return err
	}
	m.Revision = 0
	for _, old := range saved.Mappings {
		if old.Name == name {
			m.Revision = old.Revision
		}
	}
	return c.call(http.MethodPut, "/mappings/"+url.PathEscape(name), m, nil)
}

// inspect asks for the mapping, or checks the one that was given.
func (c *importFileCommand) inspect(client *client, upload collect.Upload, read collect.ReadOptions) (found inspection, err error) {
	var given *collect.Mapping
	target := c.Target
	if c.Mapping != "" {
		data, err := os.ReadFile(c.Mapping)
		if err != nil {
			return found, hitori.NewError(hitori.Invalid, "mapping_file", "file", c.Mapping).Because(err)
		}
		if given, err = collect.ParseMapping(data); err != nil {
			return found, err
		}
		target = given.Target
	}
	type request struct {
		collect.ReadOptions
		Target string `json:"target,omitempty"`
	}
	if err := client.call(http.MethodPost, "/uploads/"+upload.ID+"/inspect", request{read, target}, &found); err != nil {
		return found, err
	}
	if given != nil {
		found.Mapping, found.Guesses, found.Problem = *given, nil, nil
	}
	return found, nil
}

func (s *session) showInspection(in inspection) error {
	s.say("file_is", "format", in.Format, "encoding", in.Encoding, "columns", len(in.Columns), "rows", in.Rows)
	switch {
	case in.Saved != "":
		s.say("mapping_saved", "name", in.Saved)
	case in.Preset != "":
		s.say("mapping_preset", "name", in.Preset)
	default:
		s.say("mapping_guessed")
	}
	table := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, s.text("mapping_head", "target", s.texts.Text(s.language, "import.target."+in.Mapping.Target, nil)))
	for _, column := range in.Columns {
		place := slices.Index(in.Columns, column)
		example := ""
		for _, row := range in.Sample {
			if place < len(row) && row[place] != "" {
				example = row[place]
				break
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", column, s.fieldOf(in, column), example)
	}
	return table.Flush()
}

// fieldOf names what becomes of a column, with how sure a guess is.
func (s *session) fieldOf(in inspection, column string) string {
	for _, m := range in.Mapping.Columns {
		if m.Column != column || m.Field == "" && m.Keep == "" {
			continue
		}
		text := m.Field
		if m.Field == "" {
			text = s.text("mapping_kept")
		}
		for _, guess := range in.Guesses {
			if guess.Column == column && guess.Field == m.Field && m.Field != "" {
				text += fmt.Sprintf(" (%d%%)", int(100*guess.Confidence))
			}
		}
		return "→ " + text
	}
	return "–"
}

// follow shows a job's progress until it ends, and returns how.
func (c *client) follow(job api.Job, key string) (api.Job, error) {
	s := c.session
	progress := s.progress(key)
	defer progress.end()
	for {
		if err := c.call(http.MethodGet, "/jobs/"+job.ID, nil, &job); err != nil {
			return job, err
		}
		switch job.State {
		case service.JobDone:
			return job, nil
		case service.JobFailed:
			return job, &hitori.Error{Code: job.Error.Code, Key: job.Error.Key, Args: job.Error.Args}
		case service.JobCancelled:
			return job, hitori.NewError(hitori.Conflict, "job_cancelled")
		}
		progress.report(job.Done, job.Total)
		select {
		case <-s.ctx.Done():
			return job, s.ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (c *importFileCommand) report(s *session, client *client, upload collect.Upload, job api.Job) error {
	var result collect.ImportResult
	if err := json.Unmarshal([]byte(job.Result), &result); err != nil {
		return err
	}
	if err := client.settle(); err != nil {
		return err
	}
	rejects := ""
	if result.Rejects {
		rejects = c.Rejects
		if rejects == "" {
			rejects = c.File + ".rejects.csv"
		}
		if err := client.download("/uploads/"+upload.ID+"/rejects", rejects); err != nil {
			return err
		}
	}
	if s.JSON {
		return s.show(result)
	}
	key := "imported"
	if c.DryRun {
		key = "tried"
	}
	s.say(key, "rows", result.Rows, "people", result.People, "unchanged", result.Unchanged)
	for _, name := range sortedKeys(result.Events) {
		fmt.Fprintf(s.out, "  %s: %d\n", s.eventName(&api.Event{Name: name}), result.Events[name])
	}
	for _, warning := range result.Warnings {
		fmt.Fprintf(s.out, "  ! %s: %d\n", s.texts.Text(s.language, "warning."+warning.Key, firstArgs(warning)), warning.Count)
	}
	if result.Rejected > 0 {
		s.say("rejected", "rows", result.Rejected, "file", rejects)
		for _, reason := range result.Report.Rejects {
			fmt.Fprintf(s.out, "  %s: %d\n", s.texts.Text(s.language, "reject."+reason.Key, firstArgs(reason)), reason.Count)
		}
	}
	return nil
}

// download writes an answer to a file.
func (c *client) download(path, file string) error {
	response, err := c.do(c.session.ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}
