package collect

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
	"github.com/hitori-cdp/hitori/service"
)

// The parts of an import that callers see.
type (
	// Mapping says what becomes of the columns of a file.
	Mapping = imports.Mapping
	// Inspection is what a file looks like and what could be made of it.
	Inspection = imports.Inspection
	// Report is what an import did, or in a dry run would have done.
	Report = imports.Report
	// ImportCount is how often something happened in an import, with examples.
	ImportCount = imports.Count
	// ImportTarget tells what a kind of file takes.
	ImportTarget = imports.TargetInfo
	// ImportField tells about a field of one.
	ImportField = imports.FieldInfo
	// Hash names a fact or its content in the ledger of imports.
	Hash = imports.Hash
	// LedgerEntry is what the ledger keeps for a key.
	LedgerEntry = imports.Entry
	// LedgerChange is what an import changes in the ledger.
	LedgerChange = imports.Change
)

// ImportStore keeps what imports must remember.
type ImportStore interface {
	// Mappings lists the saved mappings by name.
	Mappings(ctx context.Context) ([]Mapping, error)
	// PutMapping changes the mapping of a name that has the revision of the given one, or adds one when
	// that is zero. It returns an error of code Conflict when somebody was first.
	PutMapping(ctx context.Context, m Mapping, actor string, at time.Time) error
	// RenameMapping puts a mapping in the place of the one of another name that has its revision. It returns
	// an error of code Conflict for another revision, or when the new name is taken.
	RenameMapping(ctx context.Context, old string, m Mapping, actor string, at time.Time) error
	// DeleteMapping removes the mapping with a revision, or any of the name when that is zero. It returns an
	// error of code NotFound for an unknown name, and of code Conflict for another revision.
	DeleteMapping(ctx context.Context, name string, revision int64) error
	// Recall returns what was last said about each key of a source, the zero entry where
	// nothing is known.
	Recall(ctx context.Context, source hitori.SourceID, keys []Hash) ([]LedgerEntry, error)
	// Remember replaces entries, and keeps what they were before the import of that job.
	Remember(ctx context.Context, job string, source hitori.SourceID, changes []LedgerChange) error
	// UndoLedger makes the ledger what it would be without the import of that job.
	UndoLedger(ctx context.Context, job string) error
	// Known tells which events have been applied.
	Known(ctx context.Context, ids []hitori.EventID) ([]bool, error)
}

// ImportLog is what imports ask about the log.
type ImportLog interface {
	// End returns the number of the newest frame; everything accepted from then on is in later ones.
	End(ctx context.Context) (uint64, error)
	// Settled returns once everything accepted before has been applied.
	Settled(ctx context.Context) error
}

// ImportsConfig is what imports work with.
type ImportsConfig struct {
	// Folder is where files wait until they have been imported.
	Folder    string
	Store     ImportStore
	Log       ImportLog
	Collector *Collector
	// Undo takes imports back.
	Undo Undoer
	// Undone is called when an import has been taken back, which may be more than once.
	Undone   func(ctx context.Context, undo service.Job, of string, counts hitori.UndoCounts) error
	Sources  *Sources
	Jobs     *service.Jobs
	Clock    service.Clock
	Location *time.Location
	Currency hitori.Currency
	// Text turns a key and its arguments into the user's language, for files of rejected rows.
	Text func(language, key string, args map[string]string) string
}

// Imports takes files in. A file is uploaded, looked at, tried out and imported; the last
// two are jobs.
type Imports struct {
	cfg ImportsConfig
	// kind is that of this process's import jobs: the file is on this machine only.
	kind string
	mu   sync.Mutex // of the reject files
}

// importKind begins the kind of import jobs, with the machine behind it.
const importKind = "import@"

// NewImports returns imports whose jobs are run by the jobs of the configuration.
func NewImports(cfg ImportsConfig) (*Imports, error) {
	i := &Imports{cfg: cfg}
	if err := os.MkdirAll(cfg.Folder, 0o700); err != nil {
		return nil, i.folderFailed(err)
	}
	machine, err := i.machine()
	if err != nil {
		return nil, err
	}
	i.kind = importKind + machine
	cfg.Jobs.Handle(i.kind, i.run)
	cfg.Jobs.Then(i.kind, i.imported)
	cfg.Jobs.Handle(UndoKind, i.undo)
	return i, nil
}

func (i *Imports) folderFailed(err error) error {
	return hitori.NewError(hitori.Unavailable, "folder_unusable", "folder", i.cfg.Folder).Because(err)
}

// machine returns the name by which this folder's jobs are known.
func (i *Imports) machine() (string, error) {
	path := filepath.Join(i.cfg.Folder, "machine")
	name, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		name = []byte(strings.ToLower(rand.Text()[:10]))
		err = os.WriteFile(path, name, 0o600)
	}
	if err != nil {
		return "", i.folderFailed(err)
	}
	return string(name), nil
}

// Upload is a file that waits.
type Upload struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Size       int64     `json:"size"`
	UploadedAt time.Time `json:"uploaded_at"`
}

const (
	uploadFile  = "file"
	uploadAbout = "about.json"
	rejectsFile = "rejects.csv"
)

func (i *Imports) folder(id string) string { return filepath.Join(i.cfg.Folder, filepath.Base(id)) }

// Add takes a file in.
func (i *Imports) Add(name string, r io.Reader) (Upload, error) {
	u := Upload{ID: strings.ToLower(rand.Text()[:16]), Name: filepath.Base(name), UploadedAt: i.cfg.Clock.Now()}
	folder := i.folder(u.ID)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return u, i.folderFailed(err)
	}
	file, err := os.OpenFile(filepath.Join(folder, uploadFile), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return u, i.folderFailed(err)
	}
	u.Size, err = io.Copy(file, r)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil && u.Size == 0 {
		err = hitori.NewError(hitori.Invalid, "upload_missing")
	}
	if err == nil {
		var about []byte
		if about, err = json.Marshal(u); err == nil {
			err = os.WriteFile(filepath.Join(folder, uploadAbout), about, 0o600)
		}
	}
	if err != nil {
		_ = os.RemoveAll(folder) // half a file is none
		var known *hitori.Error
		if !errors.As(err, &known) {
			err = i.folderFailed(err)
		}
	}
	return u, err
}

// open opens an uploaded file. It returns an error of code NotFound when it is not there.
func (i *Imports) open(id string) (Upload, *os.File, error) {
	var u Upload
	unknown := hitori.NewError(hitori.NotFound, "upload_unknown")
	about, err := os.ReadFile(filepath.Join(i.folder(id), uploadAbout))
	if err != nil || json.Unmarshal(about, &u) != nil {
		return u, nil, unknown.Because(err)
	}
	file, err := os.Open(filepath.Join(i.folder(id), uploadFile))
	if err != nil {
		return u, nil, unknown.Because(err)
	}
	return u, file, nil
}

// ReadOptions say how a file is read, where its bytes leave that open.
type ReadOptions struct {
	Encoding   string `json:"encoding,omitempty" doc:"UTF-8, Shift_JIS, EUC-JP, ISO-2022-JP, UTF-16LE or UTF-16BE; found out when empty"`
	Delimiter  string `json:"delimiter,omitempty" doc:"One character; found out when empty" maxLength:"1"`
	Sheet      string `json:"sheet,omitempty" doc:"Of an Excel file; the first with data when empty"`
	HeaderLine int64  `json:"header_line,omitempty" doc:"Found out when 0"`
}

func (i *Imports) options(read ReadOptions, u Upload) (imports.Options, error) {
	o := imports.Options{
		AsOf: u.UploadedAt, Location: i.cfg.Location, Currency: i.cfg.Currency,
		Sheet: read.Sheet, HeaderLine: read.HeaderLine, TempDir: i.folder(u.ID),
	}
	if read.Delimiter != "" {
		o.Delimiter = read.Delimiter[0]
	}
	if read.Encoding != "" {
		encoding, ok := charset.Parse(read.Encoding)
		if !ok {
			return o, hitori.NewError(hitori.Invalid, "encoding_unknown", "encoding", read.Encoding).At("encoding")
		}
		o.Encoding = encoding
	}
	return o, nil
}

// Inspect looks at an uploaded file and proposes a mapping.
func (i *Imports) Inspect(ctx context.Context, id string, read ReadOptions, target string) (Inspection, error) {
	u, file, err := i.open(id)
	if err != nil {
		return Inspection{}, err
	}
	defer file.Close()
	options, err := i.options(read, u)
	if err != nil {
		return Inspection{}, err
	}
	options.Target = target
	if options.Saved, err = i.cfg.Store.Mappings(ctx); err != nil {
		return Inspection{}, err
	}
	return imports.Inspect(ctx, imports.Source{ReaderAt: file, Size: u.Size, Name: u.Name}, options)
}

// ImportRequest says how a file is to be imported.
type ImportRequest struct {
	Upload string `json:"upload"`
	// Source is the name of the source the events belong to.
	Source  string      `json:"source"`
	Mapping Mapping     `json:"mapping"`
	Read    ReadOptions `json:"read,omitzero"`
	DryRun  bool        `json:"dry_run,omitempty"`
	// MaxRejectShare stops the import when more than this share of the rows is rejected.
	MaxRejectShare float64 `json:"max_reject_share,omitempty"`
	// Language is that of the file of rejected rows.
	Language string `json:"language,omitempty"`
}

// Start adds the job of an import, or of its dry run. It returns an error of code Invalid for a
// mapping that does not fit the file.
func (i *Imports) Start(ctx context.Context, r ImportRequest, actor string) (service.Job, error) {
	if r.Source == "" {
		r.Source = "files"
	}
	if _, err := i.cfg.Sources.Ensure(ctx, r.Source, hitori.SourceImport); err != nil {
		return service.Job{}, err
	}
	if !r.DryRun {
		if err := i.noUndo(ctx, r.Source); err != nil {
			return service.Job{}, err
		}
	}
	inspection, err := i.Inspect(ctx, r.Upload, r.Read, r.Mapping.Target)
	if err != nil {
		return service.Job{}, err
	}
	if err := r.Mapping.Validate(inspection.Columns); err != nil {
		return service.Job{}, err
	}
	arguments, err := json.Marshal(r)
	if err != nil {
		return service.Job{}, err
	}
	return i.cfg.Jobs.Add(ctx, i.kind, hitori.JSON(arguments), actor)
}

// imported removes a file that has been imported: all of it is on the log. That must not be before
// the end of the job is stored, or a job that is begun again after a crash finds no file.
func (i *Imports) imported(job service.Job) {
	var r ImportRequest
	if job.State == service.JobDone && json.Unmarshal([]byte(job.Arguments), &r) == nil && !r.DryRun {
		_ = os.Remove(filepath.Join(i.folder(r.Upload), uploadFile)) // or every night
	}
}

// ImportResult is what an import's job leaves.
type ImportResult struct {
	Report
	DryRun bool `json:"dry_run,omitempty"`
	// Rejects says that there is a file of rejected rows.
	Rejects bool `json:"rejects_file"`
	// Undone says that the import was taken back since.
	Undone *Undone `json:"undone,omitempty"`
}

// importCheckpoint is where an import's job goes on, and where on the log its events are.
type importCheckpoint struct {
	imports.Checkpoint
	// First is the frame from which on its events can be, zero in imports of older versions, and End one
	// behind which they cannot, zero until the import is over.
	First uint64 `json:"first"`
	End   uint64 `json:"end,omitempty"`
}

func (c importCheckpoint) json() (hitori.JSON, error) {
	text, err := json.Marshal(c)
	return hitori.JSON(text), err
}

// run is the work of an import's job.
func (i *Imports) run(ctx context.Context, job service.Job, progress *service.JobProgress) (hitori.JSON, error) {
	var r ImportRequest
	if err := json.Unmarshal([]byte(job.Arguments), &r); err != nil {
		return "", err
	}
	u, file, err := i.open(r.Upload)
	if err != nil {
		return "", err
	}
	defer file.Close()
	source, err := i.cfg.Sources.Ensure(ctx, r.Source, hitori.SourceImport)
	if err != nil {
		return "", err
	}
	options, err := i.options(r.Read, u)
	if err != nil {
		return "", err
	}
	rejects, err := os.OpenFile(filepath.Join(i.folder(u.ID), rejectsFile), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return "", i.folderFailed(err)
	}
	defer rejects.Close()
	options.Source, options.DryRun, options.MaxRejectShare, options.Rejects = source.ID, r.DryRun, r.MaxRejectShare, rejects
	options.Ledger, options.Known = ledger{i.cfg.Store, source.ID, job.ID}, i.cfg.Store.Known
	options.Text = func(key string, args map[string]string) string { return i.cfg.Text(r.Language, key, args) }
	at, err := i.begin(ctx, job, progress)
	if err != nil {
		return "", err
	}
	options.Resume = at.Checkpoint
	options.Progress = func(p imports.Progress) {
		at.Checkpoint = p.Checkpoint
		if checkpoint, err := at.json(); err == nil {
			progress.Report(p.Done, p.Total, checkpoint)
		}
	}
	report, err := imports.Run(ctx, imports.Source{ReaderAt: file, Size: u.Size, Name: u.Name}, r.Mapping, options, marked{i.cfg.Collector, job.ID})
	if err != nil {
		return "", err
	}
	if at.End, err = i.cfg.Log.End(ctx); err != nil {
		return "", err
	}
	checkpoint, err := at.json()
	if err != nil {
		return "", err
	}
	progress.Report(u.Size, u.Size, checkpoint)
	result, err := json.Marshal(ImportResult{Report: report, DryRun: r.DryRun, Rejects: report.Rejected > 0})
	return hitori.JSON(result), err
}

// patience is how long an import waits for what was accepted before it to be applied, so that it
// can tell what is new.
const patience = 30 * time.Second

// begin returns where an import's job goes on. Where on the log its events begin is stored before the first of them
// is on it.
func (i *Imports) begin(ctx context.Context, job service.Job, progress *service.JobProgress) (at importCheckpoint, err error) {
	settled, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := i.cfg.Log.Settled(settled); err != nil && ctx.Err() != nil {
		return at, err
	}
	if job.Checkpoint != "" {
		if err := json.Unmarshal([]byte(job.Checkpoint), &at); err != nil {
			return at, err
		}
	}
	if at.First == 0 {
		end, err := i.cfg.Log.End(ctx)
		if err != nil {
			return at, err
		}
		at.First = end + 1
	}
	checkpoint, err := at.json()
	if err != nil {
		return at, err
	}
	return at, progress.Save(ctx, job.Done, job.Total, checkpoint)
}

// marked is the collector for one import: its events say which it is.
type marked struct {
	*Collector
	job string
}

// Accept implements [imports.Sink].
func (m marked) Accept(ctx context.Context, events []hitori.Event) error {
	for i := range events {
		events[i].Context = hitori.WithImport(events[i].Context, m.job)
	}
	return m.Collector.Accept(ctx, events)
}

// ledger is the memory of one source's imports, as one of them uses it.
type ledger struct {
	store  ImportStore
	source hitori.SourceID
	job    string
}

func (l ledger) Recall(ctx context.Context, keys []Hash) ([]LedgerEntry, error) {
	return l.store.Recall(ctx, l.source, keys)
}

func (l ledger) Remember(ctx context.Context, changes []LedgerChange) error {
	return l.store.Remember(ctx, l.job, l.source, changes)
}

// Rejects opens the file of rejected rows of an upload. It returns an error of code
// NotFound when there is none.
func (i *Imports) Rejects(id string) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(i.folder(id), rejectsFile))
	if err != nil {
		return nil, hitori.NewError(hitori.NotFound, "upload_unknown").Because(err)
	}
	return file, nil
}

// Kind is that of this process's import jobs.
func (i *Imports) Kind() string { return i.kind }
