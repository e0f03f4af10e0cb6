package warehouse

import (
	"encoding/json"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// SampledEvents is how many of the latest events of a name are looked at for values of a
// field.
const SampledEvents = 1000

// Sampler collects distinct values of one field out of JSON documents.
type Sampler struct {
	// Column is the column the documents stand in: "properties", "traits" or "context".
	Column string

	steps  []string
	limit  int
	seen   map[string]bool
	values []hitori.JSON
}

// element is the step into the elements of an array.
const element = "[]"

// NewSampler returns a sampler for a path such as "properties.products[].price". It
// returns an error with code [hitori.Invalid] when the path starts with no such column.
func NewSampler(path string, limit int) (*Sampler, error) {
	s := &Sampler{limit: limit, seen: make(map[string]bool)}
	for i, part := range strings.Split(path, ".") {
		name := strings.TrimRight(part, element)
		if i == 0 {
			s.Column = name
		} else {
			s.steps = append(s.steps, name)
		}
		for range (len(part) - len(name)) / len(element) {
			s.steps = append(s.steps, element)
		}
	}
	switch s.Column {
	case "properties", "traits", "context":
		return s, nil
	}
	return nil, hitori.NewError(hitori.Invalid, "field_path", "path", path)
}

// Add takes the values of a document. It reports whether more documents are wanted. What is
// null is no value.
func (s *Sampler) Add(document hitori.JSON) bool {
	if document != "" {
		s.walk(json.RawMessage(document), s.steps)
	}
	return len(s.values) < s.limit
}

// Values are the values found, in the order in which they were found.
func (s *Sampler) Values() []hitori.JSON { return s.values }

func (s *Sampler) walk(value json.RawMessage, steps []string) {
	switch {
	case len(s.values) >= s.limit:
	case len(steps) == 0:
		s.take(string(value))
	case steps[0] == element:
		var elements []json.RawMessage
		if json.Unmarshal(value, &elements) != nil {
			return
		}
		for _, e := range elements {
			s.walk(e, steps[1:])
		}
	default:
		var members map[string]json.RawMessage
		if json.Unmarshal(value, &members) != nil {
			return
		}
		if member, ok := members[steps[0]]; ok {
			s.walk(member, steps[1:])
		}
	}
}

func (s *Sampler) take(value string) {
	if value == "null" || s.seen[value] {
		return
	}
	s.seen[value] = true
	s.values = append(s.values, hitori.JSON(value))
}
