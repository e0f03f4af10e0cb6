package app

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/store/stream"
	"github.com/hitori-cdp/hitori/unify"
)

// A backup is a tar archive packed with zstd that knows nothing of engines, so that it can
// be restored on any: a manifest, the rows of the state as of one moment, every frame of
// the log, the events of the warehouse that the state had applied at that moment, and a
// last entry that says that nothing is missing. It is taken while the program works: what
// comes meanwhile is on the log, behind what the state has applied, and is applied after
// the restore.
const (
	backupVersion  = 1
	manifestEntry  = "manifest.json"
	lastEntry      = "complete"
	stateFolder    = "state/"
	logFolder      = "log/"
	eventFolder    = "events/"
	entryBytes     = 4 << 20
	restoredEvents = 20_000
)

// Manifest says what a backup is.
type Manifest struct {
	Version    int       `json:"version"`
	Program    string    `json:"program"`
	CreatedAt  time.Time `json:"created_at"`
	Partitions int       `json:"partitions"`
}

// archive writes a backup.
type archive struct {
	tar    *tar.Writer
	now    time.Time
	number int
	buffer bytes.Buffer
	folder string
}

// Backup implements [api.System].
func (a *App) Backup(ctx context.Context, w api.Writer) error {
	packed, err := zstd.NewWriter(w)
	if err != nil {
		return err
	}
	out := &archive{tar: tar.NewWriter(packed), now: a.cfg.Clock.Now()}
	manifest, err := json.Marshal(Manifest{Version: backupVersion, Program: a.cfg.Version, CreatedAt: out.now, Partitions: a.Log.Partitions()})
	if err != nil {
		return err
	}
	if err := out.entry(manifestEntry, manifest); err != nil {
		return err
	}
	var applied unify.Progress
	err = a.State.Dump(ctx, func(p unify.Progress) error { applied = p; return nil }, out.rowset)
	if err != nil {
		return err
	}
	if err := errors.Join(out.flush(), a.Log.Copy(ctx, out.frame), out.flush()); err != nil {
		return err
	}
	// Rows of pending steps may or may not be in the warehouse; they are sent again.
	include := func(p hitori.Position) bool {
		return p.Sequence() <= applied.Applied[p.Partition()] && !pending(applied.Pending, p)
	}
	events := &eventWriter{archive: out}
	if err := a.Warehouse.Dump(ctx, include, events.stamped, events.quarantined); err != nil {
		return err
	}
	return errors.Join(events.flush(), out.entry(lastEntry, nil), out.tar.Close(), packed.Close())
}

func pending(steps []unify.Step, p hitori.Position) bool {
	for _, step := range steps {
		for _, r := range step.Ranges {
			if r.Partition == p.Partition() && p.Sequence() > r.After && p.Sequence() <= r.Last {
				return true
			}
		}
	}
	return false
}

func (o *archive) entry(name string, data []byte) error {
	if err := o.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(data)), ModTime: o.now}); err != nil {
		return err
	}
	_, err := o.tar.Write(data)
	return err
}

// gather adds data to the entry in the making, and closes it when it is large enough.
func (o *archive) gather(folder string, data []byte) error {
	o.folder = folder
	o.buffer.Write(data)
	if o.buffer.Len() < entryBytes {
		return nil
	}
	return o.flush()
}

func (o *archive) flush() error {
	if o.buffer.Len() == 0 {
		return nil
	}
	o.number++
	err := o.entry(fmt.Sprintf("%s%08d", o.folder, o.number), o.buffer.Bytes())
	o.buffer.Reset()
	return err
}

func (o *archive) rowset(set state.Rowset) error {
	line, err := json.Marshal(set)
	if err != nil {
		return err
	}
	return o.gather(stateFolder, append(line, '\n'))
}

func (o *archive) frame(f unify.Frame) error {
	data := stream.AppendFrame(nil, f.Events)
	head := binary.AppendUvarint(nil, f.Sequence)
	head = binary.AppendUvarint(head, uint64(f.Partition))
	head = binary.AppendUvarint(head, uint64(len(data)))
	return o.gather(logFolder, append(head, data...))
}

// eventWriter gathers events of the warehouse: their positions and customers, and a frame.
// What else a row has follows from the event. Customer zero is nobody, -1 is quarantine.
type eventWriter struct {
	archive *archive
	head    []byte
	events  []hitori.Event
	bytes   int
}

const inQuarantine = -1

func (w *eventWriter) stamped(s hitori.Stamped) error { return w.add(s.Event, int64(s.Customer)) }

func (w *eventWriter) quarantined(e hitori.Event) error { return w.add(e, inQuarantine) }

func (w *eventWriter) add(e hitori.Event, customer int64) error {
	w.head = binary.AppendVarint(w.head, int64(e.Position))
	w.head = binary.AppendVarint(w.head, customer)
	w.events = append(w.events, e)
	w.bytes += len(e.Properties) + len(e.Traits) + len(e.Context) + len(e.Raw) + 64
	if len(w.events) < hitori.MaxFrameEvents && w.bytes < entryBytes {
		return nil
	}
	return w.flush()
}

func (w *eventWriter) flush() error {
	if len(w.events) == 0 {
		return nil
	}
	data := binary.AppendUvarint(nil, uint64(len(w.events)))
	data = stream.AppendFrame(append(data, w.head...), w.events)
	w.head, w.events, w.bytes = nil, nil, 0
	w.archive.number++
	return w.archive.entry(fmt.Sprintf("%s%08d", eventFolder, w.archive.number), data)
}

// Restore loads a backup into empty engines. Nothing may be running on them. A backup that is damaged
// anywhere is refused before anything is loaded, with an error of code Invalid.
func (a *App) Restore(ctx context.Context, backup io.ReadSeeker) (manifest Manifest, err error) {
	if err := a.mustBeEmpty(ctx); err != nil {
		return manifest, err
	}
	if err := CheckBackup(backup); err != nil {
		return manifest, err
	}
	if _, err := backup.Seek(0, io.SeekStart); err != nil {
		return manifest, err
	}
	in := &restorer{app: a, ctx: ctx}
	err = entries(backup, func(name string, content io.Reader) error {
		data, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		switch {
		case name == manifestEntry:
			manifest, err = a.readManifest(ctx, data)
		case strings.HasPrefix(name, stateFolder):
			err = in.rows(data)
		case strings.HasPrefix(name, logFolder):
			err = in.frames(data)
		case strings.HasPrefix(name, eventFolder):
			err = in.events(data)
		}
		return err
	})
	if err != nil {
		return manifest, err
	}
	return manifest, in.finish()
}

func (a *App) mustBeEmpty(ctx context.Context) error {
	last, err := a.Log.Last(ctx)
	if err != nil {
		return err
	}
	counts, err := a.Customers.Counts(ctx)
	if err != nil {
		return err
	}
	info, err := a.Warehouse.Info(ctx)
	if err != nil {
		return err
	}
	if len(last) > 0 || counts.Profiles > 0 || info.Events > 0 {
		return hitori.NewError(hitori.Conflict, "restore_not_empty")
	}
	return nil
}

func (a *App) readManifest(ctx context.Context, data []byte) (m Manifest, err error) {
	if err := json.Unmarshal(data, &m); err != nil {
		return m, hitori.NewError(hitori.Invalid, "backup_damaged").Because(err)
	}
	if m.Version != backupVersion || m.Partitions != a.Log.Partitions() {
		return m, hitori.NewError(hitori.Invalid, "backup_version", "version", m.Version)
	}
	return m, a.State.Clear(ctx)
}

// restorer puts the parts of a backup back.
type restorer struct {
	app    *App
	ctx    context.Context
	batch  unify.Batch
	number int
}

func (r *restorer) rows(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	for decoder.More() {
		var set state.Rowset
		if err := decoder.Decode(&set); err != nil {
			return hitori.NewError(hitori.Invalid, "backup_damaged").Because(err)
		}
		if err := r.app.State.Load(r.ctx, set); err != nil {
			return err
		}
	}
	return nil
}

func (r *restorer) frames(data []byte) error {
	in := bytes.NewReader(data)
	for in.Len() > 0 {
		sequence, err1 := binary.ReadUvarint(in)
		partition, err2 := binary.ReadUvarint(in)
		size, err3 := binary.ReadUvarint(in)
		if errors.Join(err1, err2, err3) != nil || size > uint64(in.Len()) {
			return hitori.NewError(hitori.Invalid, "backup_damaged")
		}
		frame := make([]byte, size)
		_, _ = in.Read(frame) // it is there
		events, err := stream.DecodeFrame(frame)
		if err != nil {
			return hitori.NewError(hitori.Invalid, "backup_damaged").Because(err)
		}
		if err := r.app.Log.Restore(r.ctx, unify.Frame{Sequence: sequence, Partition: int(partition), Events: events}); err != nil {
			return err
		}
	}
	return nil
}

func (r *restorer) events(data []byte) error {
	in := bytes.NewReader(data)
	count, err := binary.ReadUvarint(in)
	if err != nil || count > hitori.MaxFrameEvents {
		return hitori.NewError(hitori.Invalid, "backup_damaged")
	}
	positions, customers := make([]int64, count), make([]int64, count)
	for i := range positions {
		var err1, err2 error
		positions[i], err1 = binary.ReadVarint(in)
		customers[i], err2 = binary.ReadVarint(in)
		if errors.Join(err1, err2) != nil {
			return hitori.NewError(hitori.Invalid, "backup_damaged")
		}
	}
	events, err := stream.DecodeFrame(data[len(data)-in.Len():])
	if err != nil || len(events) != len(positions) {
		return hitori.NewError(hitori.Invalid, "backup_damaged")
	}
	currency := hitori.Currency(r.app.cfg.Currency)
	for i, e := range events {
		e.Position = hitori.Position(positions[i])
		if customers[i] == inQuarantine {
			r.batch.Quarantined = append(r.batch.Quarantined, e)
			continue
		}
		r.batch.Events = append(r.batch.Events, unify.Stamp(e, hitori.CustomerID(customers[i]), currency))
	}
	if len(r.batch.Events)+len(r.batch.Quarantined) < restoredEvents {
		return nil
	}
	return r.append()
}

func (r *restorer) append() error {
	r.number++
	r.batch.Token = fmt.Sprint("restore-", r.number)
	err := r.app.Warehouse.Append(r.ctx, r.batch)
	r.batch = unify.Batch{}
	return err
}

// finish sends what is left, and who belongs to whom.
func (r *restorer) finish() error {
	info, err := r.app.Log.Info(r.ctx)
	if err != nil {
		return err
	}
	version := hitori.NewPosition(info.Last, 0, 0)
	err = r.app.State.Aliases(r.ctx, func(customer, root hitori.CustomerID) error {
		r.batch.Aliases = append(r.batch.Aliases, unify.Alias{Customer: customer, Root: root, Version: version})
		return nil
	})
	if err != nil {
		return err
	}
	return r.append()
}

// CheckBackup returns an error of code Invalid for what is no whole backup.
func CheckBackup(backup io.Reader) error {
	var first, last string
	err := entries(backup, func(name string, _ io.Reader) error {
		first, last = cmp.Or(first, name), name
		return nil
	})
	if err == nil && (first != manifestEntry || last != lastEntry) {
		err = errors.New("entries are missing")
	}
	if err != nil {
		return hitori.NewError(hitori.Invalid, "backup_damaged").Because(err)
	}
	return nil
}

// entries goes through the entries of a backup to the end of the file, where the checksum of the
// whole stands.
func entries(backup io.Reader, each func(name string, content io.Reader) error) error {
	unpacked, err := zstd.NewReader(backup)
	if err != nil {
		return err
	}
	defer unpacked.Close()
	for entries := tar.NewReader(unpacked); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, unpacked)
			return err
		}
		if err != nil {
			return err
		}
		if err := each(header.Name, entries); err != nil {
			return err
		}
	}
}
