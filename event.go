package hitori

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"
)

// EventType is the kind of call an event arrived as, after the Segment specification,
// plus [System] for decisions that Hitori itself puts on the log.
type EventType uint8

// The event types. Their numbers are stored and never change.
const (
	Track EventType = iota + 1
	Page
	Screen
	Identify
	Group
	Alias
	System
)

var eventTypeNames = [...]string{"", "track", "page", "screen", "identify", "group", "alias", "system"}

// String returns the name used on the wire, or "" for an unknown type.
func (t EventType) String() string {
	if int(t) < len(eventTypeNames) {
		return eventTypeNames[t]
	}
	return ""
}

// ParseEventType reads the name used on the wire. [System] is not accepted from outside.
func ParseEventType(s string) (EventType, bool) {
	for t := Track; t <= Alias; t++ {
		if eventTypeNames[t] == s {
			return t, true
		}
	}
	return 0, false
}

// EventID names one event for ever: a hash of its source and message id. Two events with
// the same id are the same event, whatever they carry; the first one on the log counts.
type EventID [16]byte

// NewEventID derives the id of the event that source sent as messageID.
func NewEventID(source SourceID, messageID string) EventID {
	buf := make([]byte, 4, 4+len(messageID))
	binary.BigEndian.PutUint32(buf, uint32(source))
	sum := sha256.Sum256(append(buf, messageID...))
	return EventID(sum[:16])
}

// String returns the id in hexadecimal.
func (id EventID) String() string { return hex.EncodeToString(id[:]) }

// Position is the place of an event on the log. It grows with the order of arrival within
// a partition, is unique over the whole log, and fits a signed 64-bit column: 43 bits of
// sequence number, 8 bits of partition and 12 bits of index within the frame.
type Position int64

// MaxFrameEvents is how many events one frame of the log may hold; see [Position].
const MaxFrameEvents = 1 << 12

// NewPosition packs the sequence number of a frame, its partition and the index of an
// event in it.
func NewPosition(sequence uint64, partition, index int) Position {
	return Position(sequence<<20 | uint64(partition)<<12 | uint64(index))
}

// Sequence is the number of the frame on the log.
func (p Position) Sequence() uint64 { return uint64(p) >> 20 }

// Partition is the part of the log the frame belongs to.
func (p Position) Partition() int { return int(p>>12) & 0xff }

// Index is the place of the event in its frame.
func (p Position) Index() int { return int(p) & (MaxFrameEvents - 1) }

// Event is one fact about one person (or, for catalogue and advertising events, about a
// product or a campaign), as the log keeps it.
type Event struct {
	// Position is where the event stands on the log; zero until it is there.
	Position Position
	ID       EventID
	// MessageID is the sender's own id of the event.
	MessageID string
	Source    SourceID
	Type      EventType
	// Name is the event of a track call, the page or screen name, or the command of a
	// system event.
	Name string
	// Time is when it happened, corrected for the sender's clock.
	Time time.Time
	// ReceivedAt is when Hitori accepted it.
	ReceivedAt time.Time

	UserID      string
	AnonymousID string
	PreviousID  string
	GroupID     string

	Properties JSON
	Traits     JSON
	Context    JSON

	// Raw is the whole message as it arrived, when it could not be read as an event; it is
	// then in quarantine.
	Raw JSON

	// Problems says why the event is in quarantine. An event with problems changes no
	// profile and no report until it has been replayed without them.
	Problems []Problem
}

// Problem is one breach of the data contract.
type Problem struct {
	// Code is one of the Problem… constants.
	Code string `json:"code"`
	// Field is the path of the offending field, such as "properties.price".
	Field string `json:"field"`
	// Detail is what was found, for example "string" where a number was expected.
	Detail string `json:"detail,omitempty"`
}

// The codes of problems. Their texts are in the locale files under "problem.".
const (
	ProblemType      = "type"      // a value of another type than the contract or the wire format asks for
	ProblemMissing   = "missing"   // a required field is absent
	ProblemValue     = "value"     // a value outside the allowed set or range
	ProblemTooLarge  = "too_large" // the event is larger than the limit
	ProblemNoPerson  = "no_person" // neither userId nor anonymousId nor another identifier
	ProblemTimestamp = "timestamp" // a time that cannot be read
)

// Stamped is an event with what unify found out about it.
type Stamped struct {
	Event
	// Customer is the profile the event belongs to, before merges: the owner of its
	// strongest identifier. Zero for events about no person.
	Customer CustomerID
	Kind     Kind
	// OrderID, Amount and Currency are read from commerce events; Amount is in minor
	// units of Currency (yen, cents).
	OrderID  string
	Amount   int64
	Currency Currency
	// Lines are the products the event names.
	Lines []Line
}

// Line is one product named by an event: an order line, or the product that was viewed.
type Line struct {
	ProductID string
	SKU       string
	Name      string
	Category  string
	Brand     string
	Variant   string
	// Price is that of one piece, in minor units of the event's currency.
	Price int64
	// Quantity is in thousandths, so that goods sold by weight can be counted.
	Quantity int64
}

// GoString helps to read test failures.
func (p Position) GoString() string {
	return fmt.Sprintf("%d/%d/%d", p.Sequence(), p.Partition(), p.Index())
}
