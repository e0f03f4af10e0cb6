package imports

import (
	"context"
	"io"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect/internal/imports/charset"
	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// Source is a file; see [tabular.Source].
type Source = tabular.Source

// Limits bound what a file may ask for; see [tabular.Limits].
type Limits = tabular.Limits

// Options are what an import is told beside the file and the mapping. The zero value of every
// field is a usable default, but for AsOf.
type Options struct {
	// Source is the source the events belong to.
	Source hitori.SourceID
	// AsOf is when the file was written: its modification time, or when it was uploaded. What a
	// file says without a date is known from then on. It must be set.
	AsOf time.Time
	// Location is the zone of times that name none; Asia/Tokyo when nil.
	Location *time.Location
	// Currency of amounts where neither the file nor the mapping names one; the yen when empty.
	Currency hitori.Currency

	// Encoding, Delimiter, Sheet and HeaderLine override what the file's bytes say.
	Encoding   charset.Encoding
	Delimiter  byte
	Sheet      string
	HeaderLine int64
	Limits     Limits
	// TempDir is where files go while an import runs; the system's when empty.
	TempDir string

	// Saved are mappings made before, to be recognised by the header of a file; see [Inspect].
	Saved []Mapping
	// Target limits the guess of [Inspect] to one target.
	Target string

	// DryRun does everything but hand events to the sink.
	DryRun bool
	// Preview is how many rows [Report.Preview] shows; 10 when zero.
	Preview int
	// ChunkEvents is how many events the sink gets at once; 5,000 when zero.
	ChunkEvents int
	// InFlight is how many calls of the sink may run at a time; 2 when zero.
	InFlight int
	// Progress is called when the sink has accepted more chunks and the ledger knows of them, in order and by
	// one goroutine.
	Progress func(Progress)
	// Resume continues an import of the same file with the same mapping.
	Resume Checkpoint
	// Ledger remembers what earlier imports of the source said; see [Ledger]. It may be nil.
	Ledger Ledger
	// Known tells which events the log has already, so that they are neither handed on nor counted. It may be
	// nil.
	Known func(ctx context.Context, ids []hitori.EventID) ([]bool, error)
	// Rejects gets the rejected rows as CSV: line, column, value, reason, then the row, so that
	// it can be mended and imported again. It may be nil.
	Rejects io.Writer
	// Text turns a key below "reject." or "reject_file." and its arguments into the user's
	// language; nil writes the key.
	Text func(key string, args map[string]string) string
	// MaxRejectShare stops the import when more than this share of at least 1,000 rows was
	// rejected, since the mapping is wrong then; 0 never stops.
	MaxRejectShare float64
}

func (o *Options) location() *time.Location {
	if o.Location != nil {
		return o.Location
	}
	return tokyo
}

// tokyo has had no summer time since 1951, so that a fixed zone serves where the machine has no
// time zone data.
var tokyo = func() *time.Location {
	if loc, err := time.LoadLocation("Asia/Tokyo"); err == nil {
		return loc
	}
	return time.FixedZone("JST", 9*60*60)
}()

func (o *Options) tabular() tabular.Options {
	return tabular.Options{
		Encoding: o.Encoding, Delimiter: o.Delimiter, Sheet: o.Sheet, HeaderLine: o.HeaderLine,
		TempDir: o.TempDir, Limits: o.Limits,
	}
}

// Sink takes events. Accept returns when they are kept for good; calls may run at the same time.
// Events it gets twice have the same ids.
type Sink interface {
	Accept(ctx context.Context, events []hitori.Event) error
}

// Progress is how far an import is.
type Progress struct {
	// Done of Total is how much of the file has been read, in bytes or rows. Total is 0 when it is
	// not known.
	Done, Total int64
	Rows        int64 // read
	Rejected    int64
	// Events the sink has accepted.
	Events int64
	// Checkpoint is where to resume if the process ends now.
	Checkpoint Checkpoint
}

// Checkpoint names a place in an import. Keep it as it is; the zero value is the beginning.
type Checkpoint struct {
	// Chunks is how many chunks were accepted, all those before included.
	Chunks int64 `json:"chunks"`
	// State ties the checkpoint to the file, the mapping and the options that matter.
	State string `json:"state"`
	// Told is what had been told by then.
	Told *Told `json:"told,omitempty"`
}

// Told counts what an import told.
type Told struct {
	// Events counts what was new, by name; "identify" for events without one.
	Events map[string]int64 `json:"events"`
	// Unchanged counts events left out because an earlier import said the same.
	Unchanged int64 `json:"unchanged"`
}

// plus adds up; the result shares nothing with either.
func (t Told) plus(other Told) Told {
	sum := Told{Events: make(map[string]int64, len(t.Events)+len(other.Events)), Unchanged: t.Unchanged + other.Unchanged}
	for _, events := range []map[string]int64{t.Events, other.Events} {
		for name, n := range events {
			sum.Events[name] += n
		}
	}
	return sum
}

// Report is what an import did, or with DryRun would have done.
type Report struct {
	Target   string `json:"target"`
	Rows     int64  `json:"rows"`
	Rejected int64  `json:"rejected"`
	Told
	// Rejects and Warnings are counted by reason, most frequent first.
	Rejects  []Count `json:"rejects"`
	Warnings []Count `json:"warnings"`
	// Earliest and Latest are those of the events' times.
	Earliest time.Time `json:"earliest,omitzero"`
	Latest   time.Time `json:"latest,omitzero"`
	// People is about how many there are in the file; the error is around 1%.
	People int64 `json:"people"`
	// Preview shows what the first rows became.
	Preview []Preview `json:"preview,omitempty"`
	// Checkpoint is the last one.
	Checkpoint Checkpoint `json:"checkpoint,omitzero"`
}

// Count is how often something happened, with the first examples.
type Count struct {
	// Key names the text, below "reject." or "warning.".
	Key      string    `json:"key"`
	Count    int64     `json:"count"`
	Examples []Example `json:"examples"`
}

// Example is one place in the file.
type Example struct {
	Line   int64             `json:"line"`
	Column string            `json:"column,omitempty"`
	Value  string            `json:"value,omitempty"`
	Args   map[string]string `json:"args,omitempty"`
}

// Preview is what a row became.
type Preview struct {
	Line   int64          `json:"line"`
	Events []hitori.Event `json:"events"`
}
