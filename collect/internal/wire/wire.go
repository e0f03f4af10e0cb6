// Package wire reads the requests of Segment's SDKs: the public HTTP tracking API, the
// batches of server libraries and the single calls of the browser library.
//
// Sources: the specification at segment.com/docs/connections/spec, and the requests that
// the libraries analytics-node, analytics.js, analytics-python and analytics-go send.
package wire

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// Limits of what is read.
type Limits struct {
	// EventBytes is the size of the largest event; larger ones in a batch go into quarantine.
	EventBytes int
	// Events is how many events one request may hold.
	Events int
}

// Request is a parsed request.
type Request struct {
	// WriteKey is the key in the body, if there is one.
	WriteKey string
	// Events have no source, id or time of receipt yet. Those that cannot be read have
	// problems and their raw text.
	Events []Event
}

// Event is an event with the clock of its sender.
type Event struct {
	hitori.Event
	// SentAt is when the sender says it sent the event, by its own clock.
	SentAt time.Time
	// Bytes is the size of the event in the request.
	Bytes int
}

// Batch reads the body of a batch request: an object with an array "batch".
func Batch(body []byte, limits Limits) (Request, error) {
	p := newParser(body, limits)
	request, err := p.batch()
	if err != nil {
		return Request{}, p.explain(err)
	}
	return request, nil
}

// Single reads the body of a request for one event, whose type the path tells.
func Single(body []byte, t hitori.EventType, limits Limits) (Request, error) {
	p := newParser(body, limits)
	if p.d.PeekKind() != '{' && p.d.PeekKind() != 0 {
		return Request{}, hitori.NewError(hitori.Invalid, "body_not_object")
	}
	e, err := p.event(t)
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return Request{}, p.explain(err)
	}
	return Request{WriteKey: p.writeKey, Events: []Event{e}}, nil
}

// parser reads values whose texts are parts of the body, so that nothing is copied.
type parser struct {
	d        *jsontext.Decoder
	text     string
	limits   Limits
	writeKey string
}

func newParser(body []byte, limits Limits) *parser {
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\ufffd"))
	}
	return &parser{
		d:    jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		text: string(body), limits: limits,
	}
}

func (p *parser) batch() (Request, error) {
	var request Request
	var context hitori.JSON
	var sentAt time.Time
	if p.d.PeekKind() != '{' && p.d.PeekKind() != 0 {
		return request, hitori.NewError(hitori.Invalid, "body_not_object")
	}
	hasBatch := false
	err := p.members(func(name string) error {
		switch name {
		case "batch":
			hasBatch = true
			return p.array(func() error {
				if len(request.Events) == p.limits.Events {
					return hitori.NewError(hitori.TooLarge, "batch_too_long", "limit", p.limits.Events)
				}
				e, err := p.event(0)
				request.Events = append(request.Events, e)
				return err
			})
		case "writeKey":
			value, err := p.value()
			request.WriteKey = value.string()
			return err
		case "sentAt":
			value, err := p.value()
			sentAt, _ = parseTime(value.string())
			return err
		case "context":
			value, err := p.value()
			if value.kind == '{' {
				context = hitori.JSON(value.text)
			}
			return err
		}
		return p.d.SkipValue()
	})
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return request, err
	}
	if !hasBatch {
		return request, hitori.NewError(hitori.Invalid, "batch_missing").At("batch")
	}
	for i := range request.Events {
		e := &request.Events[i]
		if e.SentAt.IsZero() {
			e.SentAt = sentAt
		}
		if e.Context == "" {
			e.Context = context
		}
	}
	return request, nil
}

func (p *parser) end() error {
	if p.d.PeekKind() != 0 {
		return hitori.NewError(hitori.Invalid, "body_trailing")
	}
	if _, err := p.d.ReadToken(); err != nil && !isEnd(err) {
		return err
	}
	return nil
}

// value is a JSON value with its kind: one of " 0 t f n { [.
type value struct {
	kind jsontext.Kind
	text string
}

// value reads the next value as a part of the body.
func (p *parser) value() (value, error) {
	kind := p.d.PeekKind()
	raw, err := p.d.ReadValue()
	if err != nil {
		return value{}, err
	}
	end := int(p.d.InputOffset())
	return value{kind, p.text[end-len(raw) : end]}, nil
}

// string returns the content of a JSON string, without the NUL that databases refuse, and
// "" for other values.
func (v value) string() string {
	if v.kind != '"' {
		return ""
	}
	inner := v.text[1 : len(v.text)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	unquoted, _ := jsontext.AppendUnquote(nil, v.text) // what cannot be shown becomes U+FFFD
	return strings.ReplaceAll(string(unquoted), "\x00", "")
}

func (p *parser) members(member func(name string) error) error {
	if _, err := p.d.ReadToken(); err != nil {
		return err
	}
	return p.rest(member)
}

// rest reads the members of an object whose beginning has been read.
func (p *parser) rest(member func(name string) error) error {
	for p.d.PeekKind() == '"' {
		name, err := p.value()
		if err != nil {
			return err
		}
		if err := member(name.string()); err != nil {
			return err
		}
	}
	_, err := p.d.ReadToken()
	return err
}

func (p *parser) array(element func() error) error {
	if p.d.PeekKind() != '[' {
		if err := p.d.SkipValue(); err != nil {
			return err
		}
		return hitori.NewError(hitori.Invalid, "batch_not_array").At("batch")
	}
	if _, err := p.d.ReadToken(); err != nil {
		return err
	}
	for p.d.PeekKind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := p.d.ReadToken()
	return err
}

// explain turns a syntax error into one that says where.
func (p *parser) explain(err error) error {
	var known *hitori.Error
	if errors.As(err, &known) {
		return err
	}
	offset := p.d.InputOffset()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		offset = syntax.ByteOffset
	}
	read := p.text[:min(int(offset), len(p.text))]
	line := 1 + strings.Count(read, "\n")
	column := 1 + len([]rune(read[strings.LastIndexByte(read, '\n')+1:]))
	return hitori.NewError(hitori.Invalid, "json_malformed", "offset", offset, "line", line, "column", column).Because(err)
}

// parseTime reads ISO 8601 as SDKs write it: with or without fractions, with "Z" or an offset;
// without an offset it is UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), plausible(t)
		}
	}
	return time.Time{}, false
}

// plausible keeps out years that no engine's column holds.
func plausible(t time.Time) bool { return t.Year() >= 1900 && t.Year() < 2200 }

// number reads a Unix time in seconds or milliseconds.
func number(s string) (time.Time, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n <= 0 || n > 1e13 {
		return time.Time{}, false
	}
	if n < 1e11 {
		n *= 1000
	}
	t := time.UnixMilli(int64(n)).UTC()
	return t, plausible(t)
}
