package query

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode returns the canonical form of a definition: members in a fixed order, nothing that
// may be left out, groups as [Normalise] leaves them. Conditions that say the same in the
// same order give the same bytes, so they can be compared and hashed.
func Encode(c Condition) []byte {
	c = Normalise(c)
	return encode(func(w *writer) { w.node("where", &c, required) })
}

func encode(write func(w *writer)) []byte {
	var buffer bytes.Buffer
	w := &writer{jsontext.NewEncoder(&buffer, jsontext.AllowInvalidUTF8(true))}
	w.token(jsontext.BeginObject)
	version := Version
	w.whole("version", &version)
	write(w)
	w.token(jsontext.EndObject)
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}

// Normalise returns the condition without what says nothing: groups of one, groups within a
// group of the same kind, and a not of a not. The condition itself stays as it is.
func Normalise(c Condition) Condition {
	switch n := c.(type) {
	case *All, *Any:
		of := flatten(c)
		if len(of) == 1 {
			return of[0]
		}
		if c.kind() == "all" {
			return &All{of}
		}
		return &Any{of}
	case *Not:
		of := Normalise(n.Of)
		if inner, ok := of.(*Not); ok {
			return inner.Of
		}
		return &Not{of}
	case *Event:
		e := *n
		e.Where = Normalise(e.Where)
		if e.Relative != nil {
			r := *e.Relative
			r.Anchor.Where = Normalise(r.Anchor.Where)
			e.Relative = &r
		}
		return &e
	case *Sequence:
		s := *n
		s.Steps = slices.Clone(n.Steps)
		for i := range s.Steps {
			s.Steps[i].Where = Normalise(s.Steps[i].Where)
		}
		return &s
	case *Order:
		o := *n
		o.Where = Normalise(o.Where)
		return &o
	}
	return c
}

// flatten normalises the members of a group and puts those of inner groups in their place.
func flatten(group Condition) []Condition {
	var flat []Condition
	for _, c := range children(group) {
		if c = Normalise(c); c != nil && c.kind() == group.kind() {
			flat = append(flat, children(c)...)
		} else {
			flat = append(flat, c)
		}
	}
	return flat
}

// writer writes the members of objects. It leaves out what is optional and empty.
type writer struct{ to *jsontext.Encoder }

// token cannot fail: the buffer takes everything, and the coder's calls are well formed.
func (w *writer) token(t jsontext.Token) { _ = w.to.WriteToken(t) }

func (w *writer) value(name string, v jsontext.Token) {
	w.token(jsontext.String(name))
	w.token(v)
}

func (w *writer) text(name string, v *string, need need) {
	if *v != "" || need == required {
		w.value(name, jsontext.String(*v))
	}
}

func (w *writer) choice(name string, v *string, _ func(string) bool) {
	w.value(name, jsontext.String(*v))
}

func (w *writer) texts(name string, v *[]string) {
	w.value(name, jsontext.BeginArray)
	for _, text := range *v {
		w.token(jsontext.String(text))
	}
	w.token(jsontext.EndArray)
}

func (w *writer) number(name string, v *float64, need need) {
	if *v != 0 || need == required {
		w.value(name, jsontext.Float(*v+0)) // -0 is 0
	}
}

func (w *writer) whole(name string, v *int) { w.value(name, jsontext.Int(int64(*v))) }

func (w *writer) flag(name string, v *bool) {
	if *v {
		w.value(name, jsontext.True)
	}
}

func (w *writer) date(name string, v *Date) { w.value(name, jsontext.String(v.String())) }

func (w *writer) node(name string, v *Condition, need need) {
	if *v != nil || need == required {
		w.token(jsontext.String(name))
		w.writeNode(*v)
	}
}

func (w *writer) nodes(name string, v *[]Condition) {
	w.value(name, jsontext.BeginArray)
	for _, c := range *v {
		w.writeNode(c)
	}
	w.token(jsontext.EndArray)
}

func (w *writer) writeNode(c Condition) {
	if c == nil {
		w.token(jsontext.Null)
		return
	}
	w.token(jsontext.BeginObject)
	w.value("type", jsontext.String(c.kind()))
	c.members(w)
	w.token(jsontext.EndObject)
}

func (w *writer) member(name string, _ need, present bool, members func(coder)) {
	if present {
		w.value(name, jsontext.BeginObject)
		members(w)
		w.token(jsontext.EndObject)
	}
}

func (w *writer) items(name string, count int, one func(i int, c coder)) {
	w.value(name, jsontext.BeginArray)
	for i := range count {
		w.token(jsontext.BeginObject)
		one(i, w)
		w.token(jsontext.EndObject)
	}
	w.token(jsontext.EndArray)
}
