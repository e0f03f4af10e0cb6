package stream

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// readAhead is how many bytes of frames a reader holds ready.
const readAhead = 8 << 20

// Read delivers the frames of the given partitions that come after a sequence number, in
// the order of the log. It goes on with new frames as they arrive, until it is closed.
func (l *Log) Read(ctx context.Context, after map[int]uint64) (unify.Reader, error) {
	first := uint64(math.MaxUint64)
	var subjects []string
	for p, sequence := range after {
		first = min(first, sequence+1)
		subjects = append(subjects, l.subject(p))
	}
	if len(subjects) == 0 {
		return nil, errors.New("stream: no partition to read")
	}
	slices.Sort(subjects)
	if len(subjects) == l.partitions {
		// Without a filter the engine need not count what matches it, for which it reads the log.
		subjects = nil
	}
	redacted, err := l.redactedFrames(ctx, after)
	if err != nil {
		return nil, unavailable(err)
	}
	consumer, err := l.events.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: subjects, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: first,
	})
	if err != nil {
		return nil, unavailable(err)
	}
	info := consumer.CachedInfo()
	messages, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(4096, readAhead))
	if err != nil {
		return nil, unavailable(err)
	}
	return &reader{log: l, after: after, redacted: redacted, messages: messages, drained: info.NumPending == 0}, nil
}

type reader struct {
	log      *Log
	after    map[int]uint64
	messages jetstream.MessagesContext
	// redacted are the rewritten frames not yet delivered, in order.
	redacted []redactedFrame
	// drained says that every frame older than this reader has been delivered.
	drained bool
	held    jetstream.Msg // read, but behind a redacted frame
}

type redactedFrame struct {
	partition int
	sequence  uint64
}

// Next returns the next frame, waiting for it if need be.
func (r *reader) Next(ctx context.Context) (unify.Frame, error) {
	for {
		msg := r.held
		r.held = nil
		if msg == nil && !(r.drained && len(r.redacted) > 0) {
			var err error
			if msg, err = r.messages.Next(jetstream.NextContext(ctx)); err != nil {
				if ctx.Err() != nil {
					return unify.Frame{}, ctx.Err()
				}
				return unify.Frame{}, unavailable(err)
			}
		}
		if msg == nil {
			return r.nextRedacted(ctx)
		}
		meta, err := msg.Metadata()
		if err != nil {
			return unify.Frame{}, unavailable(err)
		}
		sequence := meta.Sequence.Stream
		if len(r.redacted) > 0 && r.redacted[0].sequence < sequence {
			r.held = msg
			return r.nextRedacted(ctx)
		}
		r.drained = r.drained || meta.NumPending == 0
		partition, err := lastNumber(msg.Subject())
		if err != nil {
			return unify.Frame{}, err
		}
		if sequence <= r.after[int(partition)] {
			continue
		}
		return newFrame(sequence, int(partition), msg.Data())
	}
}

func (r *reader) nextRedacted(ctx context.Context) (unify.Frame, error) {
	next := r.redacted[0]
	data, err := r.log.redactedFrame(ctx, next.partition, next.sequence)
	if err != nil {
		return unify.Frame{}, unavailable(err)
	}
	r.redacted = r.redacted[1:]
	return newFrame(next.sequence, next.partition, data)
}

// Close ends the delivery.
func (r *reader) Close() { r.messages.Stop() }

func newFrame(sequence uint64, partition int, data []byte) (unify.Frame, error) {
	events, err := decodeFrame(data)
	if err != nil {
		return unify.Frame{}, hitori.NewError(hitori.Internal, "stream_damaged", "sequence", sequence).Because(err)
	}
	for i := range events {
		events[i].Position = hitori.NewPosition(sequence, partition, i)
	}
	return unify.Frame{Sequence: sequence, Partition: partition, Bytes: len(data), Events: events}, nil
}

func lastNumber(subject string) (uint64, error) {
	n, err := strconv.ParseUint(subject[strings.LastIndexByte(subject, '.')+1:], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("stream: subject %q: %w", subject, err)
	}
	return n, nil
}
