package unify

import (
	"context"

	"github.com/hitori-cdp/hitori"
)

// Log is the durable order of everything that happened.
type Log interface {
	// Partitions returns how many partitions the log has. Events of one device or account
	// are all in one partition, in the order they were accepted.
	Partitions() int
	// Read delivers the frames of each given partition that come after the given sequence
	// number, and goes on with new ones as they arrive.
	Read(ctx context.Context, after map[int]uint64) (Reader, error)
	// Append puts an event on the log and sets its position. It returns once it is on disk.
	Append(ctx context.Context, events []hitori.Event) error
	// Redact erases events for good. The frames they are in must have been read by
	// every worker.
	Redact(ctx context.Context, positions []hitori.Position) error
	// Last returns the sequence number of the newest frame of each partition that has one.
	Last(ctx context.Context) (map[int]uint64, error)
}

// Reader delivers frames in the order of the log.
type Reader interface {
	// Next waits for the next frame. It returns an error of code Unavailable when the log
	// cannot be reached; reading must then begin anew.
	Next(ctx context.Context) (Frame, error)
	Close()
}

// Frame is a run of events that became durable together.
type Frame struct {
	Sequence  uint64
	Partition int
	// Bytes is the size of the frame on the log.
	Bytes int
	// Events have their positions set. Erased ones have type zero.
	Events []hitori.Event
}
