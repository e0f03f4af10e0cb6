package collect

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports"
	"github.com/hitori-cdp/hitori/service"
)

// eraseExamples removes somebody's values from the report that an import has left.
func (i *Imports) eraseExamples(ctx context.Context, job service.Job, theirs func(string) bool) error {
	var result ImportResult
	if job.Result == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(job.Result), &result); err != nil {
		return err
	}
	found := result.Preview != nil
	result.Preview = nil // rather all of it than one too few
	for _, counts := range [][]ImportCount{result.Report.Rejects, result.Warnings} {
		for n := range counts {
			counts[n].Examples = slices.DeleteFunc(counts[n].Examples, func(e imports.Example) bool {
				of := theirs(e.Value) || slices.ContainsFunc(slices.Collect(maps.Values(e.Args)), theirs)
				found = found || of
				return of
			})
		}
	}
	if !found {
		return nil
	}
	stripped, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return i.cfg.Jobs.ReplaceResult(ctx, job.ID, hitori.JSON(stripped))
}

// Erase removes somebody from the files: the rows of rejected files of which a cell is theirs,
// and whole files that wait for their import. It returns how many rows those were.
func (i *Imports) Erase(ctx context.Context, theirs func(cell string) bool) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	paths, err := filepath.Glob(filepath.Join(i.cfg.Folder, "*", rejectsFile))
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, path := range paths {
		n, err := eraseRows(path, theirs)
		if err != nil {
			return removed, i.folderFailed(err)
		}
		removed += n
	}
	return removed, i.eraseUploads(ctx, theirs)
}

// lookedAt is how many of the latest imports may still be under way.
const lookedAt = 1000

// eraseUploads removes the files that were looked at or tried out, wait for their import and
// speak of somebody. What cannot be read is removed too. A file that is being imported is removed
// when that is done.
func (i *Imports) eraseUploads(ctx context.Context, theirs func(cell string) bool) error {
	entries, err := os.ReadDir(i.cfg.Folder)
	if err != nil {
		return i.folderFailed(err)
	}
	jobs, err := i.cfg.Jobs.List(ctx, i.kind, lookedAt)
	if err != nil {
		return err
	}
	busy := make(map[string]bool)
	for _, job := range jobs {
		var r ImportRequest
		over := job.State != service.JobWaiting && job.State != service.JobRunning
		if json.Unmarshal([]byte(job.Arguments), &r) == nil && !over && !r.DryRun {
			busy[filepath.Base(r.Upload)] = true
		}
		if err := i.eraseExamples(ctx, job, theirs); err != nil {
			return err
		}
	}
	for _, entry := range entries {
		u, file, err := i.open(entry.Name())
		if err != nil || busy[entry.Name()] {
			continue // no upload, or one that is over
		}
		found, err := imports.Mentions(ctx, imports.Source{ReaderAt: file, Size: u.Size, Name: u.Name}, theirs)
		file.Close()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && !found {
			continue
		}
		if err := os.RemoveAll(i.folder(entry.Name())); err != nil {
			return i.folderFailed(err)
		}
	}
	return nil
}

// kept is how long files wait, and rejected rows are kept.
const kept = 30 * 24 * time.Hour

// Clean removes files that have been imported or that nobody came back for.
func (i *Imports) Clean(ctx context.Context) error {
	jobs, err := i.cfg.Jobs.List(ctx, i.kind, lookedAt)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		i.imported(job)
		i.removeUndone(job)
	}
	entries, err := os.ReadDir(i.cfg.Folder)
	if err != nil {
		return i.folderFailed(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !entry.IsDir() || i.cfg.Clock.Now().Sub(info.ModTime()) < kept {
			continue
		}
		if err := os.RemoveAll(i.folder(entry.Name())); err != nil {
			return i.folderFailed(err)
		}
	}
	return nil
}
