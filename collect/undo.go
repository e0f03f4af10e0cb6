package collect

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// UndoKind is that of the jobs that take imports back. They run in any process that has the engines.
const UndoKind = "undo-import"

// Undoer takes the events of an import back from people, warehouse and log.
type Undoer interface {
	// Preview counts what Undo will remove.
	Preview(ctx context.Context, work hitori.Import) (hitori.UndoCounts, error)
	// Undo removes it. It can be called again when it was cut off, with what was given to progress last.
	Undo(ctx context.Context, work hitori.Import, after hitori.CustomerID, progress func(done, total int64, after hitori.CustomerID)) error
}

// Undone says when an import was taken back, by whom, and what that removed.
type Undone struct {
	At  time.Time `json:"at"`
	By  string    `json:"by"`
	Job string    `json:"job" doc:"The job that did it"`
	hitori.UndoCounts
}

// UndoPreview is what taking an import back would do.
type UndoPreview struct {
	hitori.UndoCounts
	// LaterImports are those into the same source that stay. What they repeated of this import without a change was
	// left out then, and goes; importing such a file once more brings it.
	LaterImports int `json:"later_imports" doc:"Later imports into the same source that stay; what they only repeated of this one goes, until their file is imported again"`
}

// undoArguments are those of an undo's job.
type undoArguments struct {
	Import string `json:"import"`
	Source string `json:"source"`
}

// PreviewUndo tells what taking an import back would do. It returns an error of code NotFound for a job that is no
// import, and of code Conflict when the import cannot be taken back, at all or now.
func (i *Imports) PreviewUndo(ctx context.Context, id string) (UndoPreview, error) {
	job, request, work, err := i.undoable(ctx, id)
	if err != nil {
		return UndoPreview{}, err
	}
	var preview UndoPreview
	if preview.UndoCounts, err = i.cfg.Undo.Preview(ctx, work); err != nil {
		return preview, err
	}
	return preview, i.others(ctx, request.Source, func(other service.Job, pending bool, undoes string) error {
		if !pending && other.State == service.JobDone && undoes == "" && undoneBy(other) == nil && other.CreatedAt.After(job.CreatedAt) {
			preview.LaterImports++
		}
		return nil
	})
}

// Undo adds the job that takes an import back. Its errors are those of [Imports.PreviewUndo].
func (i *Imports) Undo(ctx context.Context, id, actor string) (service.Job, error) {
	_, request, _, err := i.undoable(ctx, id)
	if err != nil {
		return service.Job{}, err
	}
	arguments, err := json.Marshal(undoArguments{id, request.Source})
	if err != nil {
		return service.Job{}, err
	}
	return i.cfg.Jobs.Add(ctx, UndoKind, hitori.JSON(arguments), actor)
}

// undoable returns an import that can be taken back now.
func (i *Imports) undoable(ctx context.Context, id string) (job service.Job, request ImportRequest, work hitori.Import, err error) {
	if job, request, work, err = i.importToUndo(ctx, id); err != nil {
		return job, request, work, err
	}
	err = i.others(ctx, request.Source, func(other service.Job, pending bool, undoes string) error {
		switch {
		case !pending:
			return nil
		case undoes == id:
			return hitori.NewError(hitori.Conflict, "import_undo_running")
		case undoes != "":
			return hitori.NewError(hitori.Conflict, "import_source_undo", "source", request.Source)
		}
		return hitori.NewError(hitori.Conflict, "import_source_busy", "source", request.Source)
	})
	return job, request, work, err
}

// importToUndo finds the import of a job, when it is over and has anything to be taken back.
func (i *Imports) importToUndo(ctx context.Context, id string) (job service.Job, request ImportRequest, work hitori.Import, err error) {
	refuse := func(code hitori.Code, key string) (service.Job, ImportRequest, hitori.Import, error) {
		return job, request, work, hitori.NewError(code, key)
	}
	if job, err = i.cfg.Jobs.Get(ctx, id); err != nil {
		return job, request, work, err
	}
	if !strings.HasPrefix(job.Kind, importKind) {
		return refuse(hitori.NotFound, "import_unknown")
	}
	if err = json.Unmarshal([]byte(job.Arguments), &request); err != nil {
		return job, request, work, err
	}
	var at importCheckpoint
	if job.Checkpoint != "" {
		if err = json.Unmarshal([]byte(job.Checkpoint), &at); err != nil {
			return job, request, work, err
		}
	}
	switch {
	case request.DryRun:
		return refuse(hitori.Conflict, "import_tried_only")
	case isPending(job):
		return refuse(hitori.Conflict, "import_running")
	case undoneBy(job) != nil:
		return refuse(hitori.Conflict, "import_undone")
	case at.First == 0:
		return refuse(hitori.Conflict, "import_not_marked")
	}
	source, err := i.cfg.Sources.Ensure(ctx, request.Source, hitori.SourceImport)
	work = hitori.Import{ID: id, Source: source.ID, Begin: at.First - 1, End: at.End}
	return job, request, work, err
}

// undoneBy tells how an import was taken back, nil when it was not.
func undoneBy(job service.Job) *Undone {
	var result ImportResult
	if json.Unmarshal([]byte(job.Result), &result) != nil {
		return nil
	}
	return result.Undone
}

func isPending(job service.Job) bool {
	return job.State == service.JobWaiting || job.State == service.JobRunning
}

// others calls fn for every recent import into a source, on whatever machine, and every undo of one.
func (i *Imports) others(ctx context.Context, source string, fn func(job service.Job, pending bool, undoes string) error) error {
	jobs, err := i.cfg.Jobs.List(ctx, "", lookedAt)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		var r struct {
			Source string `json:"source"`
			Import string `json:"import"` // of an undo
			DryRun bool   `json:"dry_run"`
		}
		concerns := strings.HasPrefix(job.Kind, importKind) || job.Kind == UndoKind
		if !concerns || json.Unmarshal([]byte(job.Arguments), &r) != nil || r.Source != source || r.DryRun {
			continue
		}
		if err := fn(job, isPending(job), r.Import); err != nil {
			return err
		}
	}
	return nil
}

// noUndo returns an error of code Conflict while an import into a source is being taken back.
func (i *Imports) noUndo(ctx context.Context, source string) error {
	return i.others(ctx, source, func(_ service.Job, pending bool, undoes string) error {
		if pending && undoes != "" {
			return hitori.NewError(hitori.Conflict, "import_source_undo", "source", source)
		}
		return nil
	})
}

// undoCheckpoint is where an undo's job goes on.
type undoCheckpoint struct {
	Counts hitori.UndoCounts `json:"counts"`
	After  hitori.CustomerID `json:"after"`
}

func (c undoCheckpoint) encode() hitori.JSON {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers can always be written
	}
	return hitori.JSON(text)
}

// undo is the work of an undo's job. All of it can be done again: the log is the list of what remains, and the events go from
// it at last.
func (i *Imports) undo(ctx context.Context, job service.Job, progress *service.JobProgress) (hitori.JSON, error) {
	var arguments undoArguments
	if err := json.Unmarshal([]byte(job.Arguments), &arguments); err != nil {
		return "", err
	}
	of, request, work, err := i.importToUndo(ctx, arguments.Import)
	if undone := undoneBy(of); undone != nil && undone.Job == job.ID { // all but the end of this job was stored
		result, err := json.Marshal(undone.UndoCounts)
		return hitori.JSON(result), err
	}
	if err != nil {
		return "", err
	}
	var at undoCheckpoint
	if job.Checkpoint != "" {
		err = json.Unmarshal([]byte(job.Checkpoint), &at)
	} else if at.Counts, err = i.cfg.Undo.Preview(ctx, work); err == nil { // while all of it is there
		err = progress.Save(ctx, 0, 0, at.encode())
	}
	if err != nil {
		return "", err
	}
	err = i.cfg.Undo.Undo(ctx, work, at.After, func(done, total int64, after hitori.CustomerID) {
		at.After = after
		progress.Report(done, total, at.encode())
	})
	if err != nil {
		return "", err
	}
	if err := i.cfg.Store.UndoLedger(ctx, of.ID); err != nil {
		return "", err
	}
	if err := os.RemoveAll(i.folder(request.Upload)); err != nil {
		return "", i.folderFailed(err)
	}
	if err := i.markUndone(ctx, of, Undone{At: i.cfg.Clock.Now(), By: job.CreatedBy, Job: job.ID, UndoCounts: at.Counts}); err != nil {
		return "", err
	}
	if err := i.cfg.Undone(ctx, job, of.ID, at.Counts); err != nil {
		return "", err
	}
	result, err := json.Marshal(at.Counts)
	return hitori.JSON(result), err
}

// markUndone notes on an import's job that it was taken back. Its examples and preview speak of people who may be
// gone.
func (i *Imports) markUndone(ctx context.Context, of service.Job, undone Undone) error {
	var result ImportResult
	if of.Result != "" {
		if err := json.Unmarshal([]byte(of.Result), &result); err != nil {
			return err
		}
	}
	result.Undone, result.Preview, result.Rejects = &undone, nil, false
	for _, counts := range [][]ImportCount{result.Report.Rejects, result.Warnings} {
		for n := range counts {
			counts[n].Examples = nil
		}
	}
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return i.cfg.Jobs.ReplaceResult(ctx, of.ID, hitori.JSON(text))
}

// removeUndone removes the files of an import that was taken back by another machine's process.
func (i *Imports) removeUndone(job service.Job) {
	var r ImportRequest
	if json.Unmarshal([]byte(job.Arguments), &r) == nil && undoneBy(job) != nil {
		_ = os.RemoveAll(i.folder(r.Upload)) // or the next night
	}
}
