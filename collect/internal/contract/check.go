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
	var k check
	for _, part := range [...]struct {
		name string
		text *hitori.JSON
	}{{"properties", &e.Properties}, {"traits", &e.Traits}, {"context", &e.Context}} {
		n := root.members[part.name]
		if n == nil {
			continue
		}
		if *part.text == "" {
			k.missing(n, nil)
			continue
		}
		k.value(n, *part.text)
		if n.drops {
			*part.text = without(*part.text, n)
		}
	}
	return k.problems
}

// check is one walk over an event.
type check struct{ problems []hitori.Problem }

func (k *check) value(n *node, v hitori.JSON) {
	t := v.Type()
	k.judge(n, t, v)
	switch {
	case t == hitori.JSONObject && len(n.members) > 0:
		var present []*node
		for name, value := range v.Members() {
			m := n.members[name]
			if m == nil {
				continue
			}
			if value.Type() != hitori.JSONNull && len(n.required) > 0 {
				present = append(present, m)
			}
			k.value(m, value)
		}
		k.missing(n, present)
	case t == hitori.JSONArray && n.elements != nil:
		for element := range v.Elements() {
			k.value(n.elements, element)
		}
	}
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

// judge holds a value against the rule of its field.
func (k *check) judge(n *node, t hitori.JSONType, v hitori.JSON) {
	if n.rule == nil || t == hitori.JSONNull || n.rule.Allow || n.rule.Drop {
		return
	}
	text := v.Text()
	switch {
	case !fits(n.rule.Type, t, text):
		k.problem(hitori.ProblemType, n.path, found(t, text))
	case !n.rule.admits(t, text):
		k.problem(hitori.ProblemValue, n.path, found(t, text))
	}
}

// fits reports whether a value can be read as a type. Forms passes that lose nothing and
// that shops send every day: numbers as text, ids as numbers, truth as 0 and 1.
func fits(t hitori.PropertyType, is hitori.JSONType, text string) bool {
	switch t {
	case hitori.TypeString:
		return is == hitori.JSONString || is == hitori.JSONNumber || is == hitori.JSONBoolean
	case hitori.TypeNumber, hitori.TypeInteger:
		if is == hitori.JSONNumber && t == hitori.TypeNumber {
			return true
		}
		v, err := strconv.ParseFloat(text, 64)
		return is != hitori.JSONBoolean && err == nil && v == v && (t == hitori.TypeNumber || v == float64(int64(v)))
	case hitori.TypeBoolean:
		return is == hitori.JSONBoolean || slices.Contains([]string{"0", "1", "true", "false"}, strings.ToLower(text))
	case hitori.TypeTime:
		return is == hitori.JSONNumber || is == hitori.JSONString && isTime(text)
	case hitori.TypeObject:
		return is == hitori.JSONObject
	case hitori.TypeArray:
		return is == hitori.JSONArray
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
func (r *compiled) admits(t hitori.JSONType, text string) bool {
	if t == hitori.JSONObject || t == hitori.JSONArray {
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
func found(t hitori.JSONType, text string) string {
	if t == hitori.JSONObject || t == hitori.JSONArray {
		return t.String()
	}
	const most = 40
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}

// without returns a value without the fields that are to be dropped.
func without(v hitori.JSON, n *node) hitori.JSON {
	if !n.drops {
		return v
	}
	var b strings.Builder
	separator := ""
	switch v.Type() {
	case hitori.JSONObject:
		b.WriteByte('{')
		for name, value := range v.Members() {
			m := n.members[name]
			if m != nil && m.rule != nil && m.rule.Drop {
				continue
			}
			if m != nil {
				value = without(value, m)
			}
			quoted, _ := jsontext.AppendQuote(nil, name)
			b.WriteString(separator + string(quoted) + ":" + string(value))
			separator = ","
		}
		b.WriteByte('}')
	case hitori.JSONArray:
		if n.elements == nil {
			return v
		}
		b.WriteByte('[')
		for element := range v.Elements() {
			b.WriteString(separator + string(without(element, n.elements)))
			separator = ","
		}
		b.WriteByte(']')
	default:
		return v
	}
	return hitori.JSON(b.String())
}
