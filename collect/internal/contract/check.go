package contract

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// maxProblems is how many problems of one event are noted.
const maxProblems = 10

// Check returns what is wrong with an event, and removes from it the fields that are to
// be dropped.
func (c *Checker) Check(e *hitori.Event) []hitori.Problem {
	name := e.Name
	if e.Type != hitori.Track {
		name = ""
	}
	root := c.events[eventKey{e.Type, name}]
	if root == nil {
		return nil
	}
	k := check{}
	for _, part := range [...]struct {
		name string
		text *hitori.JSON
	}{{"properties", &e.Properties}, {"traits", &e.Traits}, {"context", &e.Context}} {
		n := root.members[part.name]
		if n == nil {
			continue
		}
		k.text, k.cuts = string(*part.text), k.cuts[:0]
		if k.text == "" {
			k.missing(n, nil)
			continue
		}
		k.d = jsontext.NewDecoder(strings.NewReader(k.text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		k.value(n)
		*part.text = hitori.JSON(k.without())
	}
	return k.problems
}

// check is one walk over an event.
type check struct {
	d        *jsontext.Decoder
	text     string
	problems []hitori.Problem
	cuts     []cut // the members to drop, in order
}

// cut is a stretch of text from the end of what comes before a member to the member's end.
type cut struct{ from, to int64 }

func (k *check) value(n *node) {
	kind := k.d.PeekKind()
	switch {
	case kind == '{' && len(n.members) > 0:
		k.judge(n, kind, "")
		k.object(n)
	case kind == '[' && n.elements != nil:
		k.judge(n, kind, "")
		k.array(n.elements)
	default:
		raw, err := k.d.ReadValue()
		if err == nil {
			k.judge(n, kind, string(raw))
		}
	}
}

func (k *check) object(n *node) {
	_, _ = k.d.ReadToken()
	var present []*node
	for k.d.PeekKind() == '"' {
		before := k.d.InputOffset()
		name, err := k.d.ReadToken()
		if err != nil {
			return
		}
		m := n.members[name.String()]
		if m == nil {
			if k.d.SkipValue() != nil {
				return
			}
			continue
		}
		if k.d.PeekKind() != 'n' {
			present = append(present, m)
		}
		if m.rule != nil && m.rule.Drop {
			_ = k.d.SkipValue()
			k.cuts = append(k.cuts, cut{before, k.d.InputOffset()})
			continue
		}
		k.value(m)
	}
	_, _ = k.d.ReadToken()
	k.missing(n, present)
}

func (k *check) array(element *node) {
	_, _ = k.d.ReadToken()
	for k.d.PeekKind() != ']' && k.d.PeekKind() != 0 {
		before := k.d.InputOffset()
		k.value(element)
		if k.d.InputOffset() == before {
			return
		}
	}
	_, _ = k.d.ReadToken()
}

func (k *check) missing(n *node, present []*node) {
	for _, required := range n.required {
		if !slices.Contains(present, required) {
			k.problem(hitori.ProblemMissing, required.path, "")
		}
	}
}

func (k *check) problem(code, field, detail string) {
	if len(k.problems) < maxProblems {
		k.problems = append(k.problems, hitori.Problem{Code: code, Field: field, Detail: detail})
	}
}

// judge holds a value against the rule of its field. Objects and arrays that are walked
// into come without their text.
func (k *check) judge(n *node, kind jsontext.Kind, raw string) {
	if n.rule == nil || kind == 'n' || n.rule.Allow {
		return
	}
	text := raw
	if kind == '"' {
		unquoted, _ := jsontext.AppendUnquote(nil, raw)
		text = string(unquoted)
	}
	if !fits(n.rule.Type, kind, text) {
		k.problem(hitori.ProblemType, n.path, found(kind, text))
		return
	}
	if !n.rule.admits(kind, text) {
		k.problem(hitori.ProblemValue, n.path, found(kind, text))
	}
}

// fits reports whether a value can be read as a type. Forms passes that lose nothing and
// that shops send every day: numbers as text, ids as numbers, truth as 0 and 1.
func fits(t hitori.PropertyType, kind jsontext.Kind, text string) bool {
	scalar := kind == '"' || kind == '0' || kind == 't' || kind == 'f'
	switch t {
	case hitori.TypeString:
		return scalar
	case hitori.TypeNumber, hitori.TypeInteger:
		if kind != '0' && kind != '"' {
			return false
		}
		v, err := strconv.ParseFloat(text, 64)
		return err == nil && v == v && (t == hitori.TypeNumber || v == float64(int64(v)))
	case hitori.TypeBoolean:
		return kind == 't' || kind == 'f' || scalar && slices.Contains([]string{"0", "1", "true", "false"}, strings.ToLower(text))
	case hitori.TypeTime:
		return kind == '0' || kind == '"' && isTime(text)
	case hitori.TypeObject:
		return kind == '{'
	case hitori.TypeArray:
		return kind == '['
	}
	return true
}

func isTime(s string) bool {
	for _, layout := range [...]string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04:05Z0700"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// admits reports whether a value lies within the bounds of the rule.
func (r *compiled) admits(kind jsontext.Kind, text string) bool {
	if kind == '{' || kind == '[' {
		return true
	}
	if len(r.Allowed) > 0 && !slices.Contains(r.Allowed, text) {
		return false
	}
	if r.pattern != nil && !r.pattern.MatchString(text) {
		return false
	}
	if r.Minimum == nil && r.Maximum == nil {
		return true
	}
	v, err := strconv.ParseFloat(text, 64)
	return err == nil && (r.Minimum == nil || v >= *r.Minimum) && (r.Maximum == nil || v <= *r.Maximum)
}

// found describes a value for people: its type, and a short text as it is.
func found(kind jsontext.Kind, text string) string {
	switch kind {
	case '{':
		return "object"
	case '[':
		return "array"
	}
	const most = 40
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}

// without returns the text without its cuts. A cut begins behind what precedes the member,
// so it takes the comma before it along; the first member's cut leaves one too many behind it.
func (k *check) without() string {
	if len(k.cuts) == 0 {
		return k.text
	}
	var b strings.Builder
	last := int64(0)
	for _, c := range k.cuts {
		b.WriteString(k.text[last:max(last, c.from)])
		last = c.to
		if strings.HasSuffix(strings.TrimRight(b.String(), " \t\r\n"), "{") {
			rest := strings.TrimLeft(k.text[last:], " \t\r\n")
			if strings.HasPrefix(rest, ",") {
				last = int64(len(k.text) - len(rest) + 1)
			}
		}
	}
	b.WriteString(k.text[last:])
	return b.String()
}
