package hitori

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Code says what kind of failure an error is. The API maps each code to one HTTP status,
// the command line to one exit status.
type Code string

// The codes.
const (
	Invalid      Code = "invalid"      // the request or the data is wrong; asking again does not help
	Unauthorized Code = "unauthorized" // no key, or an unknown one
	Forbidden    Code = "forbidden"    // the key lacks the right
	NotFound     Code = "not_found"
	Conflict     Code = "conflict" // it clashes with what is there
	TooLarge     Code = "too_large"
	Busy         Code = "busy"        // asking again later helps; see Error.RetryAfter
	Unavailable  Code = "unavailable" // an engine cannot be reached or its disk is full
	Internal     Code = "internal"
)

// Error is an error that can be told to a user. Its text is found in the locale files
// under "error." and Key, with Args filled in.
type Error struct {
	Code Code
	// Key names the text, for example "write_key_unknown".
	Key string
	// Args are filled into the text.
	Args map[string]string
	// Field is the input the error is about, if it is about one.
	Field string
	// RetryAfter is how long to wait before asking again, for Busy and Unavailable.
	RetryAfter time.Duration
	// Err is the cause. It is logged and never shown.
	Err error
}

// NewError makes an error; args are pairs of a name and a value for the text.
func NewError(code Code, key string, args ...any) *Error {
	e := &Error{Code: code, Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]string, len(args)/2)
		}
		e.Args[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	return e
}

// Error returns the code, the key, the arguments and the cause, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code) + ": " + e.Key)
	for _, name := range slices.Sorted(maps.Keys(e.Args)) {
		fmt.Fprintf(&b, " %s=%q", name, e.Args[name])
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// At says which input the error is about.
func (e *Error) At(field string) *Error { e.Field = field; return e }

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

// After says when asking again makes sense.
func (e *Error) After(d time.Duration) *Error { e.RetryAfter = d; return e }

// ErrorCode returns the code of err: [Internal] when it carries none, "" when it is nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
