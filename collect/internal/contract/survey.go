package contract

import (
	"time"

	"github.com/hitori-cdp/hitori"
)

const (
	// maxFields is how many fields of one kind of event a survey tells apart; names made of
	// data, such as ids as keys, would otherwise grow without end.
	maxFields = 2000
	// maxDepth is how deep a survey looks into nested values.
	maxDepth = 6
)

// Survey counts the fields of a run of events. What is counted is the presence of a field in an event,
// and the types and sizes of its values.
func Survey(events []hitori.Event) []hitori.FieldCount {
	s := survey{events: make(map[eventKey]*counted)}
	for i := range events {
		s.add(&events[i])
	}
	counts := make(map[hitori.FieldKey]*hitori.FieldCount)
	for key, root := range s.events {
		root.collect(hitori.FieldKey{Type: key.kind, Name: key.name}, counts)
	}
	list := make([]hitori.FieldCount, 0, len(counts))
	for _, count := range counts {
		list = append(list, *count)
	}
	return list
}

type survey struct {
	events map[eventKey]*counted
	fields int
	at     time.Time
	event  int // the number of the current event, to count a field once in each
}

// counted is a field in the tree of an event's fields.
type counted struct {
	count    hitori.FieldCount
	members  map[string]*counted
	elements *counted
	last     int // the number of the last event that had it
}

func (s *survey) add(e *hitori.Event) {
	key := eventKey{kind: e.Type}
	if e.Type == hitori.Track {
		key.name = e.Name
	}
	root := s.events[key]
	if root == nil {
		root = new(counted)
		s.events[key] = root
	}
	s.event++
	s.at, s.fields = e.ReceivedAt, 0
	size := len(e.Properties) + len(e.Traits) + len(e.Context)
	s.note(root, hitori.JSONObject, size)
	for _, part := range [...]struct {
		name string
		text hitori.JSON
	}{{"properties", e.Properties}, {"traits", e.Traits}, {"context", e.Context}} {
		if part.text == "" {
			continue
		}
		s.value(root.member(part.name), part.text, 0)
	}
}

func (s *survey) note(c *counted, t hitori.JSONType, size int) {
	n := &c.count
	if c.last != s.event {
		c.last = s.event
		n.Events++
	}
	n.Values[t]++
	n.Bytes += int64(size)
	if n.First.IsZero() || s.at.Before(n.First) {
		n.First = s.at
	}
	if s.at.After(n.Last) {
		n.Last = s.at
	}
}

func (s *survey) value(c *counted, v hitori.JSON, depth int) {
	t := v.Type()
	s.note(c, t, len(v))
	switch {
	case depth == maxDepth:
	case t == hitori.JSONObject:
		for name, value := range v.Members() {
			m := c.members[name]
			if m == nil {
				if s.fields++; s.fields > maxFields || len(c.members) >= maxFields {
					continue
				}
				m = c.member(name)
			}
			s.value(m, value, depth+1)
		}
	case t == hitori.JSONArray:
		if c.elements == nil {
			c.elements = new(counted)
		}
		for element := range v.Elements() {
			s.value(c.elements, element, depth+1)
		}
	}
}

func (c *counted) member(name string) *counted {
	if c.members == nil {
		c.members = make(map[string]*counted)
	}
	m := c.members[name]
	if m == nil {
		m = new(counted)
		c.members[name] = m
	}
	return m
}

// collect lists a field and those below it. Two names can have one path: "a.b" and "b" in
// "a"; they are counted together.
func (c *counted) collect(key hitori.FieldKey, counts map[hitori.FieldKey]*hitori.FieldCount) {
	if same := counts[key]; same != nil {
		same.Add(&c.count)
	} else if c.count.Events > 0 {
		c.count.FieldKey = key
		counts[key] = &c.count
	}
	for name, m := range c.members {
		below := key
		if below.Path != "" {
			below.Path += "."
		}
		below.Path += shortName(name)
		m.collect(below, counts)
	}
	if c.elements != nil {
		below := key
		below.Path += "[]"
		c.elements.collect(below, counts)
	}
}

// shortName keeps a name short.
func shortName(name string) string {
	if r := []rune(name); len(r) > 100 {
		return string(r[:100])
	}
	return name
}
