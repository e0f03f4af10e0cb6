package query

import "slices"

// walk calls f for a condition and everything below it, wheres included, with the pointer of
// each.
func walk(path string, c Condition, f func(path string, c Condition)) {
	if c == nil {
		return
	}
	f(path, c)
	inside := func(path string, e *Events) { walk(below(path, "where"), e.Where, f) }
	switch n := c.(type) {
	case *All, *Any:
		for i, inner := range children(c) {
			walk(item(below(path, "of"), i), inner, f)
		}
	case *Not:
		walk(below(path, "of"), n.Of, f)
	case *Event:
		inside(path, &n.Events)
		if n.Relative != nil {
			inside(below(below(path, "relative"), "anchor"), &n.Relative.Anchor)
		}
	case *Sequence:
		for i := range n.Steps {
			inside(item(below(path, "steps"), i), &n.Steps[i].Events)
		}
	case *Order:
		walk(below(path, "where"), n.Where, f)
	}
}

// DependsOn lists what a condition refers to, sorted, each once: what makes it change, who
// uses a field, what must not be deleted. An order condition depends on the events that tell
// of orders.
func DependsOn(c Condition) []Ref {
	var refs []Ref
	add := func(all ...Ref) { refs = append(refs, all...) }
	walk(root, c, func(_ string, c Condition) {
		switch n := c.(type) {
		case *Trait:
			add(Ref{Kind: RefTrait, Name: n.Name})
		case *Feature:
			add(Ref{Kind: RefFeature, Name: n.Name})
		case *Identifier:
			add(Ref{Kind: RefIdentifier, Name: string(n.Kind)})
		case *Consent:
			add(Ref{Kind: RefChannel, Name: n.Channel}, Ref{Kind: RefPurpose, Name: n.Purpose})
		case *Segment:
			add(Ref{Kind: RefSegment, Name: n.ID})
		case *List:
			add(Ref{Kind: RefList, Name: n.ID})
		case *Order:
			for _, name := range []string{"Order Completed", "Order Updated", "Order Refunded", "Order Cancelled"} {
				add(Ref{Kind: RefEvent, Name: name})
			}
		case *Answer:
			add(Ref{Kind: RefSurvey, Name: n.Survey})
			if n.Question != "" {
				add(Ref{Kind: RefQuestion, Name: n.Question, Of: n.Survey})
			}
			add(n.Event().refs()...)
		case *Event:
			add(n.refs()...)
		case *Sequence:
			for i := range n.Steps {
				add(n.Steps[i].refs()...)
			}
		}
	})
	slices.SortFunc(refs, compareRefs)
	return slices.Compact(refs)
}

// refs are the events selected and the properties they are selected by.
func (e *Events) refs() []Ref {
	refs := []Ref{e.Ref()}
	walk("", e.Where, func(_ string, c Condition) {
		if p, ok := c.(*Property); ok {
			refs = append(refs, Ref{Kind: RefProperty, Name: p.Name, Of: e.Ref().String()})
		}
	})
	return refs
}

func (n *Event) refs() []Ref {
	refs := n.Events.refs()
	if n.Property != "" {
		refs = append(refs, Ref{Kind: RefProperty, Name: n.Property, Of: n.Ref().String()})
	}
	if n.Relative != nil {
		refs = append(refs, n.Relative.Anchor.refs()...)
	}
	return refs
}

// Asks lists the traits, properties and questions whose values a condition tests or measures, each once; those of which it is only asked
// whether they are known are left out.
func Asks(c Condition) []Ref {
	var refs []Ref
	properties := func(e *Events) {
		walk("", e.Where, func(_ string, c Condition) {
			if p, ok := c.(*Property); ok && p.Is.Op != Known {
				refs = append(refs, Ref{Kind: RefProperty, Name: p.Name, Of: e.Ref().String()})
			}
		})
	}
	walk(root, c, func(_ string, c Condition) {
		switch n := c.(type) {
		case *Trait:
			if n.Is.Op != Known {
				refs = append(refs, Ref{Kind: RefTrait, Name: n.Name})
			}
		case *Answer:
			if n.Is.Op != Known && n.Question != "" {
				refs = append(refs, Ref{Kind: RefQuestion, Name: n.Question, Of: n.Survey})
			}
		case *Event:
			if properties(&n.Events); n.Property != "" {
				refs = append(refs, Ref{Kind: RefProperty, Name: n.Property, Of: n.Ref().String()})
			}
			if n.Relative != nil {
				properties(&n.Relative.Anchor)
			}
		case *Sequence:
			for i := range n.Steps {
				properties(&n.Steps[i].Events)
			}
		}
	})
	slices.SortFunc(refs, compareRefs)
	return slices.Compact(refs)
}
