// Package stream keeps the log of events in NATS JetStream: inside the process when no
// server is named, or in a NATS cluster. Both speak the same protocol, so there is one
// implementation.
//
// One JetStream stream holds the log. Its subjects are the partitions; events of one device
// or account always go to the same partition and so keep their order. A message is a frame:
// up to [hitori.MaxFrameEvents] events in the binary form of codec.go. The position of an
// event follows from the sequence number of its frame, its partition and its index.
//
// Erasing a person rewrites the frames that hold the person's events: the frame without
// them is written to a second stream under the old sequence number, then the original is
// overwritten on disk and removed. A reader finds the copy where the original stood.
package stream
