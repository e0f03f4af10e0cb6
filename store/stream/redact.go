package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/hitori-cdp/hitori"
)

// Redact erases events from the log for good. The other events of their frames stay, at
// their positions. Only frames that every reader has passed may be redacted, since a
// reader learns of redacted frames when it starts.
func (l *Log) Redact(ctx context.Context, positions []hitori.Position) error {
	type key struct {
		partition int
		sequence  uint64
	}
	frames := make(map[key][]int)
	for _, p := range positions {
		k := key{p.Partition(), p.Sequence()}
		frames[k] = append(frames[k], p.Index())
	}
	for k, indexes := range frames {
		if err := l.redactFrame(ctx, k.partition, k.sequence, indexes); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// redactFrame writes the copy before it removes the original, so that a crash in between
// leaves both and loses nothing; Redact is then called again.
func (l *Log) redactFrame(ctx context.Context, partition int, sequence uint64, indexes []int) error {
	original, err := l.events.GetMsg(ctx, sequence)
	gone := errors.Is(err, jetstream.ErrMsgNotFound)
	if err != nil && !gone {
		return err
	}
	data, err := l.redactedFrame(ctx, partition, sequence)
	switch {
	case err == nil: // a copy is there: it has lost more than the original
	case !errors.Is(err, jetstream.ErrMsgNotFound):
		return err
	case gone:
		return nil // neither is there: the log was cut before this frame
	default:
		data = original.Data
	}
	events, err := decodeFrame(data)
	if err != nil {
		return err
	}
	kept := make([]byte, frameHead)
	for i := range events {
		if slices.Contains(indexes, i) {
			events[i] = hitori.Event{}
		}
		kept = appendEvent(kept, &events[i])
	}
	subject := l.redactedSubject(partition, sequence)
	ack, err := l.js.Publish(ctx, subject, closeFrame(kept, len(events)))
	if err != nil {
		return err
	}
	if err := l.removeOlderCopies(ctx, subject, ack.Sequence); err != nil || gone {
		return err
	}
	return l.events.SecureDeleteMsg(ctx, sequence)
}

// removeOlderCopies overwrites the copies of a frame that an earlier redaction wrote.
func (l *Log) removeOlderCopies(ctx context.Context, subject string, newest uint64) error {
	for {
		older, err := l.redacted.GetMsg(ctx, 1, jetstream.WithGetMsgSubject(subject))
		if err != nil || older.Sequence >= newest {
			return err
		}
		if err := l.redacted.SecureDeleteMsg(ctx, older.Sequence); err != nil {
			return err
		}
	}
}

func (l *Log) redactedFrame(ctx context.Context, partition int, sequence uint64) ([]byte, error) {
	msg, err := l.redacted.GetLastMsgForSubject(ctx, l.redactedSubject(partition, sequence))
	if err != nil {
		return nil, err
	}
	return msg.Data, nil
}

// redactedFrames lists the rewritten frames of the given partitions after a sequence
// number, in the order of the log.
func (l *Log) redactedFrames(ctx context.Context, after map[int]uint64) ([]redactedFrame, error) {
	info, err := l.redacted.Info(ctx, jetstream.WithSubjectFilter(l.name+".redacted.>"))
	if err != nil {
		return nil, err
	}
	var frames []redactedFrame
	for subject := range info.State.Subjects {
		var f redactedFrame
		if _, err := fmt.Sscanf(subject[len(l.name):], ".redacted.%d.%d", &f.partition, &f.sequence); err != nil {
			return nil, fmt.Errorf("stream: subject %q: %w", subject, err)
		}
		if start, wanted := after[f.partition]; wanted && f.sequence > start {
			frames = append(frames, f)
		}
	}
	slices.SortFunc(frames, func(a, b redactedFrame) int { return cmp.Compare(a.sequence, b.sequence) })
	return frames, nil
}
