package stream

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/hitori-cdp/hitori"
)

// A frame is a format byte, the number of events, and the events. Numbers are varints,
// times are milliseconds since 1970 in UTC, and texts carry their length before them. Event
// ids are not stored: they follow from the source and the message id. An erased event is a
// single zero byte, so that the events behind it keep their positions.
const frameFormat = 1

var errFrame = errors.New("stream: damaged frame")

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendEvent(b []byte, e *hitori.Event) []byte {
	b = append(b, byte(e.Type))
	if e.Type == 0 {
		return b
	}
	b = binary.AppendUvarint(b, uint64(e.Source))
	b = binary.AppendVarint(b, e.Time.UnixMilli())
	b = binary.AppendVarint(b, e.ReceivedAt.UnixMilli())
	for _, s := range [...]string{
		e.MessageID, e.Name, e.UserID, e.AnonymousID, e.PreviousID, e.GroupID,
		string(e.Properties), string(e.Traits), string(e.Context), string(e.Raw),
	} {
		b = appendText(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Problems)))
	for _, p := range e.Problems {
		b = appendText(appendText(appendText(b, p.Code), p.Field), p.Detail)
	}
	return b
}

// frameHead is how much room the head of a frame takes at most. It stands before the encoded events.
const frameHead = 3

// encodedSize is about how many bytes an event takes in a frame, and not less but for its problems.
func encodedSize(e *hitori.Event) int {
	const numbers = 64 // and lengths
	return numbers + len(e.MessageID) + len(e.Name) + len(e.UserID) + len(e.AnonymousID) + len(e.PreviousID) + len(e.GroupID) +
		len(e.Properties) + len(e.Traits) + len(e.Context) + len(e.Raw)
}

// closeFrame puts the head into the room before the encoded events of a frame.
func closeFrame(data []byte, count int) []byte {
	head := binary.AppendUvarint([]byte{frameFormat}, uint64(count))
	data = data[frameHead-len(head):]
	copy(data, head)
	return data
}

// frameReader walks over a frame. The texts it returns share the frame's memory.
type frameReader struct {
	rest string
	err  error
}

func (r *frameReader) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return v
		}
	}
	r.fail()
	return 0
}

func (r *frameReader) varint() int64 {
	v := r.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *frameReader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *frameReader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *frameReader) fail() { r.err, r.rest = errFrame, "" }

func (r *frameReader) event(e *hitori.Event) {
	if e.Type = hitori.EventType(r.byte()); e.Type == 0 {
		return
	}
	e.Source = hitori.SourceID(r.uvarint())
	e.Time = time.UnixMilli(r.varint()).UTC()
	e.ReceivedAt = time.UnixMilli(r.varint()).UTC()
	e.MessageID = r.text()
	e.ID = hitori.NewEventID(e.Source, e.MessageID)
	e.Name = r.text()
	e.UserID = r.text()
	e.AnonymousID = r.text()
	e.PreviousID = r.text()
	e.GroupID = r.text()
	e.Properties = hitori.JSON(r.text())
	e.Traits = hitori.JSON(r.text())
	e.Context = hitori.JSON(r.text())
	e.Raw = hitori.JSON(r.text())
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return
	}
	for range n {
		e.Problems = append(e.Problems, hitori.Problem{Code: r.text(), Field: r.text(), Detail: r.text()})
	}
}

// decodeFrame reads the events of a frame; erased ones have type zero.
func decodeFrame(data []byte) ([]hitori.Event, error) {
	r := frameReader{rest: string(data)}
	if r.byte() != frameFormat {
		return nil, errFrame
	}
	n := r.uvarint()
	if r.err != nil || n > hitori.MaxFrameEvents {
		return nil, errFrame
	}
	events := make([]hitori.Event, n)
	for i := range events {
		if r.event(&events[i]); r.err != nil {
			return nil, r.err
		}
	}
	return events, nil
}
