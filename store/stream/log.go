package stream

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hitori-cdp/hitori"
)

// Config says where the log is.
type Config struct {
	// URL names a NATS cluster, for example
	// "nats://user:password@a:4222,b:4222?replicas=3&name=hitori". Empty runs the engine in
	// this process, below Dir.
	URL string
	Dir string
	// Partitions is used when the log is created; an existing log keeps its own.
	Partitions int
	Logger     *slog.Logger
}

var errNoAnswer = errors.New("the connection broke or the engine switched itself off before it answered")

const (
	defaultPartitions = 8
	maxPartitions     = 1 << 8
	// frameBytes is where a frame is closed; a larger one would not pass most servers'
	// limit on messages.
	frameBytes       = 900 << 10
	partitionsKey    = "hitori_partitions"
	publishersToWait = 256
)

// Log is the log of events.
type Log struct {
	engine     *embedded // nil when the engine is elsewhere
	conn       *nats.Conn
	js         jetstream.JetStream
	name       string // of the streams and the root of the subjects
	events     jetstream.Stream
	redacted   jetstream.Stream
	partitions int
	logger     *slog.Logger
}

// Open connects to the log, and creates it when it is not there.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Partitions == 0 {
		cfg.Partitions = defaultPartitions
	}
	l := &Log{name: "hitori", logger: cfg.Logger}
	replicas := 1
	if cfg.URL == "" {
		engine, err := startEmbedded(cfg.Dir, cfg.Logger)
		if err != nil {
			return nil, unavailable(err)
		}
		l.engine = engine
	}
	if err := l.connect(cfg, &replicas); err != nil {
		l.Close()
		return nil, err
	}
	if err := l.create(ctx, cfg.Partitions, replicas); err != nil {
		l.Close()
		return nil, unavailable(err)
	}
	return l, nil
}

func (l *Log) connect(cfg Config, replicas *int) (err error) {
	options := []nats.Option{
		nats.Name("hitori"), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectBufSize(-1), // never keep what was not sent: the caller is told instead
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			l.logger.Warn("stream connection", "error", err)
		}),
	}
	servers := cfg.URL
	if l.engine != nil {
		options = append(options, nats.InProcessServer(l.engine))
	} else if servers, err = l.readURL(cfg.URL, replicas); err != nil {
		return err
	}
	if l.conn, err = nats.Connect(servers, options...); err != nil {
		return unavailable(err)
	}
	l.js, err = jetstream.New(l.conn, jetstream.WithPublishAsyncMaxPending(publishersToWait),
		jetstream.WithPublishAsyncTimeout(20*time.Second))
	return err
}

// readURL takes the settings out of the query and returns the list of servers.
func (l *Log) readURL(raw string, replicas *int) (string, error) {
	base, query, _ := strings.Cut(raw, "?")
	settings, err := url.ParseQuery(query)
	if err != nil {
		return "", hitori.NewError(hitori.Invalid, "stream_url").Because(err)
	}
	if v := settings.Get("name"); v != "" {
		l.name = v
	}
	if v := settings.Get("replicas"); v != "" {
		if *replicas, err = strconv.Atoi(v); err != nil || *replicas < 1 || *replicas > 5 {
			return "", hitori.NewError(hitori.Invalid, "stream_url")
		}
	}
	return base, nil
}

func (l *Log) create(ctx context.Context, partitions, replicas int) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	config := jetstream.StreamConfig{
		Name: l.name + "_events", Subjects: []string{l.name + ".events.*"},
		Compression: jetstream.S2Compression, Replicas: replicas,
		// Not AllowDirect: a replica that lags would answer with an older end of the log.
		Metadata: map[string]string{partitionsKey: strconv.Itoa(partitions)},
	}
	if l.events, err = l.open(ctx, config); err != nil {
		return err
	}
	stored := l.events.CachedInfo().Config.Metadata[partitionsKey]
	if l.partitions, err = strconv.Atoi(stored); err != nil || l.partitions < 1 || l.partitions > maxPartitions {
		return fmt.Errorf("stream %s has no usable number of partitions: %q", config.Name, stored)
	}
	config.Name, config.Subjects = l.name+"_redacted", []string{l.name + ".redacted.*.*"}
	l.redacted, err = l.open(ctx, config)
	return err
}

// open returns the stream, and creates it when it is missing.
func (l *Log) open(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := l.js.Stream(ctx, config.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = l.js.CreateStream(ctx, config)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another process was faster
			return l.js.Stream(ctx, config.Name)
		}
	}
	return stream, err
}

// Close ends the connection and, when the engine is in this process, the engine. Closing
// twice does nothing.
func (l *Log) Close() {
	if l.conn != nil {
		l.conn.Close()
	}
	l.engine.stop()
}

// Partitions returns how many partitions the log has.
func (l *Log) Partitions() int { return l.partitions }

// partition keeps the events of one device, or else of one account, together.
func (l *Log) partition(e *hitori.Event) int {
	key := e.AnonymousID
	if key == "" {
		key = e.UserID
	}
	if key == "" {
		key = e.MessageID
	}
	h := fnv.New32a()
	h.Write([]byte(key))
	return int(h.Sum32() % uint32(l.partitions))
}

func (l *Log) subject(partition int) string { return fmt.Sprintf("%s.events.%d", l.name, partition) }

func (l *Log) redactedSubject(partition int, sequence uint64) string {
	return fmt.Sprintf("%s.redacted.%d.%d", l.name, partition, sequence)
}

// frame is a message in the making.
type frame struct {
	partition int
	data      []byte
	members   []int // indexes into the events given to Append
	ack       jetstream.PubAckFuture
}

// Append puts events on the log and sets their positions. When it returns without an error every
// event is on disk; after an error (code Unavailable) some of them may be.
func (l *Log) Append(ctx context.Context, events []hitori.Event) error {
	frames, reconnects := l.frames(events), l.conn.Stats().Reconnects
	for _, f := range frames {
		var err error
		if f.ack, err = l.js.PublishAsync(l.subject(f.partition), f.data); err != nil {
			return l.failed(err)
		}
	}
	for _, f := range frames {
		sequence, err := l.await(ctx, f.ack, reconnects)
		if err != nil {
			return err
		}
		for i, member := range f.members {
			events[member].Position = hitori.NewPosition(sequence, f.partition, i)
		}
	}
	return nil
}

// await returns the sequence number of a frame once it is on disk. An answer that can no
// longer come is looked out for: after a broken connection, and from an embedded engine
// that has switched itself off.
func (l *Log) await(ctx context.Context, ack jetstream.PubAckFuture, reconnects uint64) (uint64, error) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case ok := <-ack.Ok():
			return ok.Sequence, nil
		case err := <-ack.Err():
			return 0, l.failed(err)
		case <-ticker.C:
			if l.conn.Stats().Reconnects != reconnects || !l.conn.IsConnected() || l.engine.off() {
				return 0, l.failed(errNoAnswer)
			}
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// frames groups events by partition, in their order.
func (l *Log) frames(events []hitori.Event) []*frame {
	partitions := make([]int, len(events))
	left := make([]int, l.partitions) // bytes that are in no closed frame yet
	for i := range events {
		partitions[i] = l.partition(&events[i])
		left[partitions[i]] += encodedSize(&events[i])
	}
	var frames []*frame
	open := make([]*frame, l.partitions)
	for i, p := range partitions {
		f := open[p]
		if f == nil || len(f.data) >= frameBytes || len(f.members) == hitori.MaxFrameEvents {
			if f != nil {
				left[p] -= len(f.data)
			}
			f = &frame{partition: p, data: make([]byte, frameHead, frameHead+max(0, min(left[p], frameBytes)))}
			open[p] = f
			frames = append(frames, f)
		}
		f.members = append(f.members, i)
		f.data = appendEvent(f.data, &events[i])
	}
	for _, f := range frames {
		f.data = closeFrame(f.data, len(f.members))
	}
	return frames
}

// Last returns the sequence number of the newest frame of each partition that has one.
func (l *Log) Last(ctx context.Context) (map[int]uint64, error) {
	last := make(map[int]uint64, l.partitions)
	for p := range l.partitions {
		msg, err := l.events.GetLastMsgForSubject(ctx, l.subject(p))
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
		case err != nil:
			return nil, unavailable(err)
		default:
			last[p] = msg.Sequence
		}
	}
	return last, nil
}

// Behind returns about how many frames have not been applied: those behind the slowest
// partition, given what was applied and the newest frame of each partition.
func (l *Log) Behind(ctx context.Context, applied, last map[int]uint64) (int64, error) {
	first := uint64(0) // nothing is behind it in any partition
	for p, sequence := range last {
		if applied[p] < sequence && (first == 0 || applied[p]+1 < first) {
			first = applied[p] + 1
		}
	}
	if first == 0 {
		return 0, nil
	}
	info, err := l.events.Info(ctx)
	if err != nil {
		return 0, unavailable(err)
	}
	return int64(info.State.LastSeq - min(info.State.LastSeq, max(first, info.State.FirstSeq)-1)), nil
}

// Info says how large the log is.
type Info struct {
	Frames uint64
	Bytes  uint64
	Last   uint64
}

// Info returns the size of the log.
func (l *Log) Info(ctx context.Context) (Info, error) {
	info, err := l.events.Info(ctx)
	if err != nil {
		return Info{}, unavailable(err)
	}
	return Info{Frames: info.State.Msgs, Bytes: info.State.Bytes, Last: info.State.LastSeq}, nil
}

// failed turns a refusal of the engine into an error for the user, and revives an embedded
// engine that has switched itself off because its disk was full.
func (l *Log) failed(err error) error {
	l.engine.revive()
	return unavailable(err)
}

func unavailable(err error) error {
	var known *hitori.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return hitori.NewError(hitori.Unavailable, "stream_unavailable").After(2 * time.Second).Because(err)
}
