package stream

import (
	"context"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// AppendFrame writes events in the form in which the log keeps them.
func AppendFrame(b []byte, events []hitori.Event) []byte {
	body := make([]byte, frameHead)
	for i := range events {
		body = appendEvent(body, &events[i])
	}
	return append(b, closeFrame(body, len(events))...)
}

// DecodeFrame reads what AppendFrame wrote; erased events have type zero.
func DecodeFrame(data []byte) ([]hitori.Event, error) { return decodeFrame(data) }

// Copy calls fn with every frame there is now, in the order of the log.
func (l *Log) Copy(ctx context.Context, fn func(unify.Frame) error) error {
	last, err := l.Last(ctx)
	if err != nil {
		return err
	}
	after := make(map[int]uint64, len(last))
	for p := range last {
		after[p] = 0
	}
	if len(after) == 0 {
		return nil
	}
	reader, err := l.Read(ctx, after)
	if err != nil {
		return err
	}
	defer reader.Close()
	for open := len(last); open > 0; {
		frame, err := reader.Next(ctx)
		if err != nil {
			return err
		}
		if frame.Sequence > last[frame.Partition] {
			continue
		}
		if err := fn(frame); err != nil {
			return err
		}
		if frame.Sequence == last[frame.Partition] {
			open--
		}
	}
	return nil
}

// Restore puts a frame back at its place on a log that ends before it. Frames must come in
// order; places in between stay empty.
func (l *Log) Restore(ctx context.Context, frame unify.Frame) error {
	if frame.Partition >= l.partitions {
		return hitori.NewError(hitori.Invalid, "backup_damaged")
	}
	for {
		ack, err := l.js.Publish(ctx, l.subject(frame.Partition), AppendFrame(nil, frame.Events))
		if err != nil {
			return l.failed(err)
		}
		if ack.Sequence == frame.Sequence {
			return nil
		}
		if ack.Sequence > frame.Sequence {
			return hitori.NewError(hitori.Conflict, "restore_not_empty")
		}
		if err := l.events.DeleteMsg(ctx, ack.Sequence); err != nil {
			return unavailable(err)
		}
	}
}
