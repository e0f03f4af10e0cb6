package query

import "slices"

// A coder goes over the members of a node in their canonical order: one reads them, one
// writes them, so that both know the same language.
type coder interface {
	text(name string, v *string, need need)
	choice(name string, v *string, allowed func(string) bool)
	texts(name string, v *[]string)
	number(name string, v *float64, need need)
	whole(name string, v *int)
	flag(name string, v *bool)
	date(name string, v *Date)
	node(name string, v *Condition, need need)
	nodes(name string, v *[]Condition)
	// member is an object; present is for the writer and says whether there is one.
	member(name string, need need, present bool, members func(coder))
	// items is a list of objects; count is for the writer.
	items(name string, count int, one func(i int, c coder))
}

// need says whether a member may be left out.
type need bool

const (
	required need = true
	optional need = false
)

func (a *All) members(c coder)        { c.nodes("of", &a.Of) }
func (a *Any) members(c coder)        { c.nodes("of", &a.Of) }
func (n *Not) members(c coder)        { c.node("of", &n.Of, required) }
func (i *Identifier) members(c coder) { c.text("kind", (*string)(&i.Kind), required) }
func (l *Level) members(c coder)      { c.texts("one_of", &l.OneOf) }
func (l *List) members(c coder)       { c.text("id", &l.ID, required) }

func (t *Trait) members(c coder) {
	c.text("name", &t.Name, required)
	c.member("is", required, true, t.Is.members)
}

func (f *Feature) members(c coder) {
	c.text("name", &f.Name, required)
	c.member("is", required, true, f.Is.members)
}

func (p *Property) members(c coder) {
	c.text("name", &p.Name, required)
	c.member("is", required, true, p.Is.members)
}

func (s *Consent) members(c coder) {
	c.text("channel", &s.Channel, required)
	c.text("purpose", &s.Purpose, required)
	choice(c, "state", &s.State, consentStates)
}

func (s *Segment) members(c coder) {
	c.text("id", &s.ID, required)
	choice(c, "state", &s.State, segmentStates)
	maybe(c, "window", &s.Window)
}

func (a *Answer) members(c coder) {
	c.text("survey", &a.Survey, required)
	c.text("question", &a.Question, optional)
	maybe(c, "window", &a.Window)
	c.member("is", required, true, a.Is.members)
}

func (e *Events) members(c coder) {
	c.text("event", &e.Name, optional)
	c.text("call", &e.Call, optional)
	c.text("kind", &e.Kind, optional)
	c.node("where", &e.Where, optional)
}

func (e *Event) members(c coder) {
	e.measured(c)
	c.member("is", required, true, e.Is.members)
}

// measured goes over the members but the test.
func (e *Event) measured(c coder) {
	e.Events.members(c)
	maybe(c, "window", &e.Window)
	maybe(c, "relative", &e.Relative)
	choice(c, "measure", &e.Measure, eventMeasures)
	c.text("property", &e.Property, optional)
}

func (r *Relative) members(c coder) {
	choice(c, "side", &r.Side, sides)
	choice(c, "which", &r.Which, occurrences)
	c.member("anchor", required, true, r.Anchor.members)
	maybe(c, "within", &r.Within)
}

func (s *Sequence) members(c coder) {
	maybe(c, "window", &s.Window)
	c.items("steps", len(s.Steps), func(i int, c coder) {
		if i == len(s.Steps) {
			s.Steps = append(s.Steps, Step{})
		}
		s.Steps[i].members(c)
	})
}

func (s *Step) members(c coder) {
	s.Events.members(c)
	maybe(c, "within", &s.Within)
	c.flag("absent", &s.Absent)
}

func (o *Order) members(c coder) {
	o.measured(c)
	c.member("is", required, true, o.Is.members)
}

// measured goes over the members but the test.
func (o *Order) measured(c coder) {
	choice(c, "state", &o.State, orderStates)
	c.node("where", &o.Where, optional)
	maybe(c, "window", &o.Window)
	choice(c, "measure", &o.Measure, orderMeasures)
	c.text("currency", (*string)(&o.Currency), optional)
}

// choice goes over a text that must be one of a few.
func choice[T ~string](c coder, name string, v *T, of []T) {
	text := string(*v)
	c.choice(name, &text, func(text string) bool { return slices.Contains(of, T(text)) })
	if T(text) != *v { // writers leave the condition alone: it may be shared
		*v = T(text)
	}
}

// maybe goes over an object that may be left out.
func maybe[T any, P interface {
	*T
	members(c coder)
}](c coder, name string, v *P) {
	c.member(name, optional, *v != nil, func(c coder) {
		if *v == nil {
			*v = new(T)
		}
		(*v).members(c)
	})
}
