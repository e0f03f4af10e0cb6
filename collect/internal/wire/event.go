package wire

import (
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// maxIdentifier is the length of the longest id or name taken.
const maxIdentifier = 1024

// event reads one event. Syntax errors are returned; whatever else is wrong with the event is
// one of its problems.
func (p *parser) event(t hitori.EventType) (Event, error) {
	var e Event
	if kind := p.d.PeekKind(); kind != '{' {
		v, err := p.value()
		e.Raw, e.Bytes = hitori.JSON(v.text), len(v.text)
		e.problem(hitori.ProblemType, "", jsonType(kind))
		return e, err
	}
	e.Type = t
	var category string
	var timestamp, original value
	if _, err := p.d.ReadToken(); err != nil {
		return e, err
	}
	start := p.d.InputOffset() - 1
	err := p.rest(func(name string) error {
		v, err := p.value()
		if err != nil {
			return err
		}
		switch name {
		case "type":
			if e.Type == 0 {
				e.readType(v)
			}
		case "messageId":
			e.MessageID = e.id("messageId", v)
		case "userId":
			e.UserID = e.id("userId", v)
		case "anonymousId":
			e.AnonymousID = e.id("anonymousId", v)
		case "previousId":
			e.PreviousID = e.id("previousId", v)
		case "groupId":
			e.GroupID = e.id("groupId", v)
		case "event", "name":
			if text := e.id(name, v); text != "" {
				e.Name = text
			}
		case "category":
			category = v.string()
		case "properties":
			e.Properties = e.object("properties", v)
		case "traits":
			e.Traits = e.object("traits", v)
		case "context":
			e.Context = e.object("context", v)
		case "timestamp":
			timestamp = v
		case "originalTimestamp":
			original = v
		case "sentAt":
			e.SentAt, _ = parseTime(v.string())
		case "writeKey":
			p.writeKey = v.string()
		}
		return nil
	})
	if err != nil {
		return e, err
	}
	if timestamp.kind == 0 || timestamp.kind == 'n' {
		timestamp = original
	}
	e.readTimestamp(timestamp)
	if category != "" && (e.Type == hitori.Page || e.Type == hitori.Screen) {
		e.Properties = withMember(e.Properties, "category", category)
	}
	e.complete()
	text := p.text[start:p.d.InputOffset()]
	e.Bytes = len(text)
	if e.Bytes > p.limits.EventBytes {
		e.problem(hitori.ProblemTooLarge, "", "")
	}
	if len(e.Problems) > 0 {
		e.Raw = hitori.JSON(text)
	}
	return e, nil
}

func (e *Event) problem(code, field, detail string) {
	e.Problems = append(e.Problems, hitori.Problem{Code: code, Field: field, Detail: detail})
}

func (e *Event) readType(v value) {
	t, ok := hitori.ParseEventType(v.string())
	switch {
	case v.kind != '"':
		e.problem(hitori.ProblemType, "type", jsonType(v.kind))
	case !ok:
		e.problem(hitori.ProblemValue, "type", clip(v.string()))
	}
	e.Type = t
}

// id reads a text; numbers are taken as their digits, since many senders do not quote ids.
func (e *Event) id(field string, v value) string {
	var text string
	switch v.kind {
	case '"':
		text = v.string()
	case '0':
		text = v.text
	case 'n':
	default:
		e.problem(hitori.ProblemType, field, jsonType(v.kind))
	}
	if len(text) > maxIdentifier {
		e.problem(hitori.ProblemTooLarge, field, "")
		return ""
	}
	return text
}

func (e *Event) object(field string, v value) hitori.JSON {
	switch v.kind {
	case '{':
		return hitori.JSON(v.text)
	case 'n':
	default:
		e.problem(hitori.ProblemType, field, jsonType(v.kind))
	}
	return ""
}

func (e *Event) readTimestamp(v value) {
	ok := true
	switch v.kind {
	case 0, 'n':
	case '"':
		e.Time, ok = parseTime(v.string())
	case '0':
		e.Time, ok = number(v.text)
	default:
		ok = false
	}
	if !ok {
		e.problem(hitori.ProblemTimestamp, "timestamp", clip(v.text))
	}
}

// complete looks for what must be there.
func (e *Event) complete() {
	switch {
	case e.Type == 0 && len(e.Problems) == 0:
		e.problem(hitori.ProblemMissing, "type", "")
	case e.Type == hitori.Track && e.Name == "":
		e.problem(hitori.ProblemMissing, "event", "")
	case e.Type == hitori.Group && e.GroupID == "":
		e.problem(hitori.ProblemMissing, "groupId", "")
	case e.Type == hitori.Alias && e.PreviousID == "":
		e.problem(hitori.ProblemMissing, "previousId", "")
	}
	if e.Type != 0 && !e.aboutSomebody() {
		e.problem(hitori.ProblemNoPerson, "userId", "")
	}
}

// aboutSomebody reports whether the event names a person, or need not.
func (e *Event) aboutSomebody() bool {
	if e.UserID != "" || e.AnonymousID != "" {
		return true
	}
	if spec, ok := hitori.LookupEvent(e.Name); ok && e.Type == hitori.Track && spec.Subject != hitori.AboutPerson {
		return true
	}
	if e.Type == hitori.Identify && identifies(e.Traits) {
		return true
	}
	for name, value := range e.Context.Members() {
		if name == "externalIds" || name == "traits" && identifies(value) {
			return true
		}
	}
	return false
}

// identifies reports whether traits hold an identifier.
func identifies(traits hitori.JSON) bool {
	for name := range traits.Members() {
		if _, ok := hitori.TraitIdentifier(name); ok {
			return true
		}
	}
	return false
}

// withMember adds a member to a JSON object unless it has one of that name.
func withMember(object hitori.JSON, name, text string) hitori.JSON {
	key, _ := jsontext.AppendQuote(nil, name)
	if strings.Contains(string(object), string(key)+":") {
		return object
	}
	quoted, _ := jsontext.AppendQuote(nil, text)
	inner := strings.TrimSpace(strings.TrimPrefix(string(object), "{"))
	if inner == "" || inner == "}" {
		return hitori.JSON("{" + string(key) + ":" + string(quoted) + "}")
	}
	return hitori.JSON("{" + string(key) + ":" + string(quoted) + "," + inner)
}

func jsonType(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return hitori.JSONNull.String()
	case 't', 'f':
		return hitori.JSONBoolean.String()
	case '0':
		return hitori.JSONNumber.String()
	case '"':
		return hitori.JSONString.String()
	case '{':
		return hitori.JSONObject.String()
	case '[':
		return hitori.JSONArray.String()
	}
	return ""
}

func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }
