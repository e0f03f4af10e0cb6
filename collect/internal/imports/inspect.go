package imports

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/hitori-cdp/hitori/collect/internal/imports/tabular"
)

// Inspection is what a file looks like and what could be made of it.
type Inspection struct {
	Format      string `json:"format"` // "csv", "xlsx", "json" or "parquet"
	Compression string `json:"compression,omitempty"`
	// Encoding of text, with how sure that is between 0 and 1.
	Encoding           string  `json:"encoding,omitempty"`
	EncodingConfidence float64 `json:"encoding_confidence,omitempty"`
	Delimiter          string  `json:"delimiter,omitempty"`
	// Sheets of an Excel file, and the one that was looked at.
	Sheets []string `json:"sheets,omitempty"`
	Sheet  string   `json:"sheet,omitempty"`
	// HeaderLine is 0 when the file has no header.
	HeaderLine int64    `json:"header_line"`
	Columns    []string `json:"columns"`
	// Sample are the first rows.
	Sample [][]string `json:"sample"`
	// Rows is an estimate unless RowsExact; 0 means not known.
	Rows      int64 `json:"rows"`
	RowsExact bool  `json:"rows_exact"`
	// Fingerprint names the form of the file; see [Mapping.Fingerprint].
	Fingerprint string `json:"fingerprint"`
	// Mapping is the saved one or the preset that was recognised, or else the guess.
	Mapping Mapping `json:"mapping"`
	// Saved and Preset are the names of what was recognised.
	Saved  string `json:"saved,omitempty"`
	Preset string `json:"preset,omitempty"`
	// Guesses say why, column by column, when the mapping is a guess.
	Guesses []Guess `json:"guesses,omitempty"`
	// Problem is what the mapping still lacks, nil when it can be used as it is; see
	// [Mapping.Validate].
	Problem error `json:"-"`
}

// sampleRows is how many rows an inspection reads.
const sampleRows = 200

// Inspect looks at a file and proposes a mapping: a saved one of the same header, a preset that
// knows the header, or a guess from headers and values. Its errors are those of [tabular.Open].
func Inspect(ctx context.Context, src Source, opts Options) (Inspection, error) {
	o := opts.tabular()
	o.Known = func(columns []string) bool {
		_, saved := savedFor(columns, opts.Saved)
		_, known := recognise(columns)
		return saved || known
	}
	table, err := tabular.Open(ctx, src, o)
	if err != nil {
		return Inspection{}, err
	}
	defer func() { _ = table.Close() }()
	in := Inspection{
		Format: string(table.Format), Compression: table.Compression, Sheets: table.Sheets, Sheet: table.Sheet, HeaderLine: table.HeaderLine,
		Columns: table.Columns, Rows: table.Rows, RowsExact: table.RowsExact, Fingerprint: Fingerprint(table.Columns),
	}
	if table.Format == tabular.CSV {
		in.Delimiter = string(table.Delimiter)
	}
	if table.Format == tabular.CSV || table.Format == tabular.JSON {
		in.Encoding, in.EncodingConfidence = table.Encoding.Encoding.String(), table.Encoding.Confidence
	}
	if in.Sample, err = readSample(ctx, table); err != nil {
		return Inspection{}, err
	}
	in.propose(&opts)
	in.Problem = in.Mapping.Validate(in.Columns)
	return in, nil
}

func (in *Inspection) propose(opts *Options) {
	if m, ok := savedFor(in.Columns, opts.Saved); ok && (opts.Target == "" || m.Target == opts.Target) {
		in.Mapping, in.Saved = m, m.Name
		return
	}
	if p, ok := recognise(in.Columns); ok && (opts.Target == "" || p.target == opts.Target) {
		in.Mapping, in.Preset = p.mapping(in.Columns), p.name
		return
	}
	g := guessTarget(in.Columns, lookAt(len(in.Columns), in.Sample, opts.location()), opts.Target)
	in.Mapping, in.Guesses = g.mapping, g.guesses
}

func savedFor(columns []string, saved []Mapping) (Mapping, bool) {
	if len(saved) == 0 {
		return Mapping{}, false
	}
	fingerprint := Fingerprint(columns)
	i := slices.IndexFunc(saved, func(m Mapping) bool { return m.Fingerprint == fingerprint && m.Validate(columns) == nil })
	if i < 0 {
		return Mapping{}, false
	}
	return saved[i], true
}

func readSample(ctx context.Context, table *tabular.Table) ([][]string, error) {
	rows, err := table.Read(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var sample [][]string
	for tries := 0; len(sample) < sampleRows && tries < 10*sampleRows; tries++ {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if len(sample) > 0 {
				break // the import tells where
			}
			return nil, err
		}
		if row.Problem != nil {
			continue
		}
		cells := make([]string, len(table.Columns))
		for i := range cells {
			cells[i] = string(row.AppendLenient(nil, i))
		}
		sample = append(sample, cells)
	}
	return sample, nil
}

// OpenTable opens a file without looking at what it is about. Its errors are those of [tabular.Open].
func OpenTable(ctx context.Context, src Source, opts Options) (*tabular.Table, error) {
	return tabular.Open(ctx, src, opts.tabular())
}

// Mentions reports whether a cell of a file is somebody's. Of an Excel file with several sheets
// it says so without looking: only one of them is ever read.
func Mentions(ctx context.Context, src Source, theirs func(cell string) bool) (bool, error) {
	table, err := tabular.Open(ctx, src, tabular.Options{})
	if err != nil {
		return false, err
	}
	defer func() { _ = table.Close() }()
	if len(table.Sheets) > 1 {
		return true, nil
	}
	rows, err := table.Read(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }()
	var cell []byte
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		for i := range row.Cells {
			if cell = row.AppendLenient(cell[:0], i); theirs(string(cell)) {
				return true, nil
			}
		}
	}
}
