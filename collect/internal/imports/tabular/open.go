package tabular

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/hitori-cdp/hitori"
)

// Open finds out what a file is and prepares to read it. Its errors are *[hitori.Error] with the
// keys import_empty, import_format_unknown, import_excel_locked, import_archive, import_nested,
// import_too_large, import_encoding_unknown, import_too_many_columns, import_sheet_unknown,
// import_no_header, import_json_broken, import_broken and import_temp.
func Open(ctx context.Context, src Source, opts Options) (*Table, error) {
	opts.Limits = opts.Limits.orDefaults()
	t := &Table{}
	if err := t.openAny(ctx, src, opts, 0); err != nil {
		_ = t.Close()
		return nil, err
	}
	return t, nil
}

// inputs are the bytes of a table, which can be read from the start more than once.
type inputs struct {
	open func() (*reading, error)
	// total is how many bytes there are after unpacking, 0 when that is not known.
	total int64
	// at is set when the bytes can be read at any place.
	at io.ReaderAt
}

// reading is one pass over the inputs.
type reading struct {
	io.Reader
	close func() error
	done  func() (done, total int64)
}

// counter counts what has been read; progress asks for it from elsewhere.
type counter struct {
	io.Reader
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func (c *counter) of(total int64) func() (int64, int64) {
	return func() (int64, int64) { return c.n.Load(), total }
}

var (
	magicZip     = []byte("PK\x03\x04")
	magicGzip    = []byte{0x1F, 0x8B}
	magicParquet = []byte("PAR1")
	magicOLE     = []byte{0xD0, 0xCF, 0x11, 0xE0}
)

func (t *Table) openAny(ctx context.Context, src Source, opts Options, depth int) error {
	head, err := readHead(src, 1024)
	if err != nil {
		return err
	}
	switch {
	case len(head) == 0:
		return hitori.NewError(hitori.Invalid, "import_empty")
	case depth > 2:
		return hitori.NewError(hitori.Invalid, "import_nested")
	case bytes.HasPrefix(head, magicGzip):
		return t.openGzip(ctx, src, opts, depth)
	case bytes.HasPrefix(head, magicZip):
		return t.openZip(ctx, src, opts, depth)
	case bytes.HasPrefix(head, magicParquet):
		return t.openParquet(src, opts)
	case bytes.HasPrefix(head, magicOLE):
		return hitori.NewError(hitori.Invalid, "import_excel_locked")
	case foreign(head):
		return hitori.NewError(hitori.Invalid, "import_format_unknown", "name", src.Name)
	}
	in := inputs{total: src.Size, at: src.ReaderAt, open: func() (*reading, error) {
		c := &counter{Reader: io.NewSectionReader(src, 0, src.Size)}
		return &reading{c, func() error { return nil }, c.of(src.Size)}, nil
	}}
	return t.openText(ctx, in, opts)
}

// foreign knows files that are not tables by their first bytes.
func foreign(head []byte) bool {
	for _, magic := range []string{
		"%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "<!DOCTYPE", "<!doctype", "<html",
		"<?xml", "SQLite format 3", "Rar!", "7z\xBC\xAF",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

func readHead(src io.ReaderAt, n int) ([]byte, error) {
	head := make([]byte, n)
	got, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return head[:got], nil
}

func (t *Table) openGzip(ctx context.Context, src Source, opts Options, depth int) error {
	t.Compression = "gzip"
	in := inputs{open: func() (*reading, error) {
		c := &counter{Reader: io.NewSectionReader(src, 0, src.Size)}
		z, err := gzip.NewReader(c)
		if err != nil {
			return nil, broken(err)
		}
		return &reading{guarded(z, src.Size, opts.Limits), z.Close, c.of(src.Size)}, nil
	}}
	return t.openPacked(ctx, in, opts, strings.TrimSuffix(src.Name, ".gz"), depth)
}

func (t *Table) openZip(ctx context.Context, src Source, opts Options, depth int) error {
	z, err := zip.NewReader(src, src.Size)
	if err != nil {
		return broken(err)
	}
	var files []*zip.File
	for _, f := range z.File {
		if f.Name == "xl/workbook.xml" {
			return t.openExcel(ctx, z, opts)
		}
		if !f.FileInfo().IsDir() && !strings.HasPrefix(f.Name, "__MACOSX/") && !strings.HasPrefix(f.Name, ".") {
			files = append(files, f)
		}
	}
	if len(files) != 1 {
		return hitori.NewError(hitori.Invalid, "import_archive", "files", len(files))
	}
	if files[0].Flags&1 != 0 {
		return hitori.NewError(hitori.Invalid, "import_excel_locked")
	}
	t.Compression = "zip"
	total := int64(files[0].UncompressedSize64)
	in := inputs{total: total, open: func() (*reading, error) {
		r, err := files[0].Open()
		if err != nil {
			return nil, broken(err)
		}
		c := &counter{Reader: guarded(r, int64(files[0].CompressedSize64), opts.Limits)}
		return &reading{c, r.Close, c.of(total)}, nil
	}}
	return t.openPacked(ctx, in, opts, files[0].Name, depth)
}

// openPacked reads text as it is unpacked. What has to be read in several places is unpacked
// to a temporary file first.
func (t *Table) openPacked(ctx context.Context, in inputs, opts Options, name string, depth int) error {
	r, err := in.open()
	if err != nil {
		return err
	}
	head := make([]byte, 1024)
	n, err := io.ReadFull(r, head)
	_ = r.close()
	head = head[:n]
	switch {
	case err != nil && !errors.Is(err, io.EOF) && (n == 0 || !errors.Is(err, io.ErrUnexpectedEOF)):
		return broken(err)
	case n == 0:
		return hitori.NewError(hitori.Invalid, "import_empty")
	case foreign(head) || bytes.HasPrefix(head, magicOLE):
		return hitori.NewError(hitori.Invalid, "import_format_unknown", "name", name)
	case !bytes.HasPrefix(head, magicZip) && !bytes.HasPrefix(head, magicGzip) && !bytes.HasPrefix(head, magicParquet):
		return t.openText(ctx, in, opts)
	}
	src, err := t.unpack(ctx, in, opts, name)
	if err != nil {
		return err
	}
	return t.openAny(ctx, src, opts, depth+1)
}

// unpack writes the input to a temporary file that goes with the table.
func (t *Table) unpack(ctx context.Context, in inputs, opts Options, name string) (Source, error) {
	f, err := t.temp(opts.TempDir)
	if err != nil {
		return Source{}, err
	}
	r, err := in.open()
	if err != nil {
		return Source{}, err
	}
	defer func() { _ = r.close() }()
	n, err := io.Copy(f, contextReader{ctx, r})
	if err != nil {
		return Source{}, broken(err)
	}
	return Source{ReaderAt: f, Size: n, Name: name}, nil
}

// temp makes a temporary file that is removed with the table.
func (t *Table) temp(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "hitori-import-*")
	if err != nil {
		return nil, hitori.NewError(hitori.Unavailable, "import_temp").Because(err)
	}
	t.close = append(t.close, func() error {
		return errors.Join(f.Close(), os.Remove(f.Name()))
	})
	return f, nil
}

// guard stops what becomes too large by unpacking.
type guard struct {
	io.Reader
	packed, n int64
	limits    Limits
}

func guarded(r io.Reader, packed int64, limits Limits) *guard {
	return &guard{Reader: r, packed: max(packed, 1), limits: limits}
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	g.n += int64(n)
	if g.n > g.limits.Unpacked || g.n > 64<<20 && g.n/g.packed > g.limits.Ratio {
		return 0, hitori.NewError(hitori.TooLarge, "import_too_large", "bytes", g.n)
	}
	return n, err
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// broken makes the error of a file that is damaged. Errors that say more stay as they are.
func broken(err error) error {
	var e *hitori.Error
	if err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return hitori.NewError(hitori.Invalid, "import_broken").Because(err)
}
