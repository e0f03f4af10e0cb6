package stream

import (
	"context"
	"errors"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/hitori-cdp/hitori"
)

// At returns the events at some positions, in the order of the log. Those that were erased are
// left out.
func (l *Log) At(ctx context.Context, positions []hitori.Position) ([]hitori.Event, error) {
	positions = slices.Clone(positions)
	slices.Sort(positions)
	var found []hitori.Event
	for len(positions) > 0 {
		first := positions[0]
		end := slices.IndexFunc(positions, func(p hitori.Position) bool {
			return p.Sequence() != first.Sequence() || p.Partition() != first.Partition()
		})
		if end < 0 {
			end = len(positions)
		}
		events, err := l.frameAt(ctx, first.Partition(), first.Sequence())
		if err != nil {
			return nil, err
		}
		for _, p := range slices.Compact(positions[:end]) {
			if i := p.Index(); i < len(events) && events[i].Type != 0 {
				found = append(found, events[i])
			}
		}
		positions = positions[end:]
	}
	return found, nil
}

// frameAt reads one frame; it has no events when it was cut off the log.
func (l *Log) frameAt(ctx context.Context, partition int, sequence uint64) ([]hitori.Event, error) {
	data, err := l.redactedFrame(ctx, partition, sequence) // a copy has lost more than the original
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		var original *jetstream.RawStreamMsg
		if original, err = l.events.GetMsg(ctx, sequence); err == nil {
			data = original.Data
		}
	}
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	frame, err := newFrame(sequence, partition, data)
	return frame.Events, err
}
