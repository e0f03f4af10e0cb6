package hitori

import "time"

// Notice (お知らせ) tells of something that needs a person. It follows from what is stored, as long as
// that lasts: nobody keeps a list of notices.
type Notice struct {
	// ID stays the same for as long as it is about the same thing.
	ID string
	// Kind names the text, below "notice.".
	Kind     string
	Severity Severity
	// Time is when it last became worse. Who has read it before that has not read it.
	Time time.Time
	// Args are filled into the text.
	Args map[string]string
	// Cause is why, where something failed; its text is filled in as "reason".
	Cause *Error
	// Link is the page of the web app where something can be done about it.
	Link string
}

// Severity is how bad it is when nobody does anything.
type Severity string

// The severities.
const (
	Info    Severity = "info"    // it can wait
	Warning Severity = "warning" // something is lost or gets worse
	Failure Severity = "error"   // something does not work
)

// Arrival is how many events of a source were received within one step of time.
type Arrival struct {
	Source SourceID
	Events int64
	// Last is when the last of them was received.
	Last time.Time
}
