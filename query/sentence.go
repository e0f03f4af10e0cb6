package query

import (
	"strings"

	"github.com/hitori-cdp/hitori"
)

// Texts returns the text of a key in one language with {names} filled in.
type Texts func(key string, args map[string]string) string

// Sentence says in words what a condition asks. The schema's titles must be in the language
// of the texts. A group within a group stands in brackets.
func Sentence(c Condition, schema Schema, texts Texts) string {
	t := newTeller(schema, texts)
	said, _ := t.condition(Normalise(c), final, t.leaf)
	return said
}

func newTeller(schema Schema, texts Texts) *teller {
	t := &teller{schema: schema, texts: texts}
	for _, verb := range verbs {
		forms := strings.Split(texts("query.verb."+verb, nil), "|")
		for f := range t.verbs {
			t.verbs[f] = append(t.verbs[f], forms[f%len(forms)])
		}
	}
	return t
}

// form is how a verb ends. In the texts the four forms of a verb are separated by bars.
type form int

const (
	final         form = iota // ある
	continuing                // あり
	negated                   // ない
	negatedFollow             // なく
)

// not turns a form into its opposite.
func (f form) not() form { return f ^ negated }

var verbs = []string{
	"be", "have", "count", "none", "occur", "never", "exist", "contain", "begin", "end", "know", "agree", "withdraw",
	"undecided", "belong", "enter", "leave", "match", "answer",
}

type teller struct {
	schema Schema
	texts  Texts
	verbs  [4][]string // by form
}

// say returns a text with its verbs in a form and further blanks filled in, given as pairs.
func (t *teller) say(key string, f form, pairs ...string) string {
	args := make(map[string]string, len(pairs)/2+1)
	plain := t.texts("query."+key, nil)
	for i, verb := range verbs {
		if strings.Contains(plain, "{"+verb+"}") {
			args[verb] = t.verbs[f][i]
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return t.texts("query."+key, args)
}

func (t *teller) text(key string, pairs ...string) string { return t.say(key, final, pairs...) }

func (t *teller) quote(text string) string { return t.text("quote", "text", text) }

// title is what people call something: what the schema says, or else its name.
func (t *teller) title(ref Ref) (string, Field) {
	field, ok := t.schema.Lookup(ref)
	if !ok || field.Title == "" {
		return ref.Name, field
	}
	return field.Title, field
}

func (t *teller) quotedTitle(kind RefKind, name, of string) string {
	title, _ := t.title(Ref{Kind: kind, Name: name, Of: of})
	return t.quote(title)
}

// condition tells a node; leaf tells those that are no groups. It reports whether what was
// said has several parts, and needs brackets within a group.
func (t *teller) condition(c Condition, f form, leaf func(Condition, form) string) (said string, parts bool) {
	switch n := c.(type) {
	case *All:
		return t.negatable(t.join("all", n.Of, continuing, leaf), f), f < negated
	case *Any:
		return t.negatable(t.join("any", n.Of, final, leaf), f), f < negated
	case *Sequence:
		return t.negatable(t.sequence(n, f&^negated), f), f < negated
	case *Not:
		return t.condition(n.Of, f.not(), leaf)
	}
	return leaf(c, f), false
}

// negatable denies what has several parts as a whole.
func (t *teller) negatable(said string, f form) string {
	if f < negated {
		return said
	}
	return t.say("not", f, "of", said)
}

func (t *teller) join(kind string, of []Condition, midst form, leaf func(Condition, form) string) string {
	said := ""
	for i, c := range of {
		f := midst
		if i == len(of)-1 {
			f = final
		}
		one, parts := t.condition(c, f, leaf)
		if parts {
			one, _ = t.condition(c, final, leaf)
			one = t.text("group", "of", one)
		}
		switch {
		case i == 0:
			said = one
		case i == len(of)-1:
			said = t.text(kind+".last", "a", said, "b", one)
		default:
			said = t.text(kind+".next", "a", said, "b", one)
		}
	}
	return said
}

// leaf tells a leaf about a customer.
func (t *teller) leaf(c Condition, f form) string {
	switch n := c.(type) {
	case *Trait:
		return t.named(Ref{Kind: RefTrait, Name: n.Name}, &n.Is, f)
	case *Feature:
		return t.named(Ref{Kind: RefFeature, Name: n.Name}, &n.Is, f)
	case *Identifier:
		title, _ := t.title(Ref{Kind: RefIdentifier, Name: string(n.Kind)})
		return t.say("identifier", f, "kind", title)
	case *Consent:
		channel, _ := t.title(Ref{Kind: RefChannel, Name: n.Channel})
		return t.say("consent."+string(n.State), f, "channel", channel, "purpose", t.quotedTitle(RefPurpose, n.Purpose, ""))
	case *Level:
		names := t.text("level." + n.OneOf[0])
		for _, level := range n.OneOf[1:] {
			names = t.text("level.or", "a", names, "b", t.text("level."+level))
		}
		return t.say("level", f, "levels", names)
	case *Segment:
		return t.say("segment."+string(n.State), f, "segment", t.quotedTitle(RefSegment, n.ID, ""), "window", t.window("at", t.when(n.Window)))
	case *List:
		return t.say("list", f, "list", t.quotedTitle(RefList, n.ID, ""))
	case *Event:
		return t.event(n, f)
	case *Answer:
		return t.answer(n, f)
	case *Order:
		return t.order(n, f)
	}
	return ""
}

// named tells what is asked of a value with a name.
func (t *teller) named(ref Ref, is *Test, f form) string {
	title, field := t.title(ref)
	return t.test(title, is, field.Unit, f)
}

func (t *teller) event(n *Event, f form) string {
	if n.Measure == Count {
		return t.counted("event", "times", &n.Is, f, "events", t.events(&n.Events), "window", t.window("at", t.eventsWhen(n)))
	}
	subject, unit := t.eventMeasure(n)
	return t.test(subject, &n.Is, unit, f)
}

func (t *teller) eventsWhen(n *Event) string {
	if n.Relative != nil {
		return t.both(t.relative(n.Relative), t.when(n.Window))
	}
	return t.when(n.Window)
}

// eventMeasure tells what is measured over events, and the unit of the result.
func (t *teller) eventMeasure(n *Event) (said, unit string) {
	title, field := t.title(Ref{Kind: RefProperty, Name: n.Property, Of: n.Ref().String()})
	if n.Measure == DistinctCount {
		field.Unit = ""
	}
	return t.text("measure."+string(n.Measure), "events", t.events(&n.Events), "property", title, "window", t.window("of", t.eventsWhen(n))), field.Unit
}

// counted tells how often; never is told in its own words, and that at most may be never.
func (t *teller) counted(what, unit string, is *Test, f form, pairs ...string) string {
	switch {
	case is.Op == Equals && is.Number == 0:
		return t.say(what+".never", f, pairs...)
	case is.Op == AtMost:
		is = &Test{Op: Between, Max: is.Number}
	}
	return t.say(what+".count", f, append(pairs, "range", t.bounds(is, unit))...)
}

func (t *teller) relative(r *Relative) string {
	within := ""
	if r.Within != nil {
		within = t.text("relative.within", "span", t.span(*r.Within))
	}
	return t.text("relative."+r.Side+"."+r.Which, "anchor", t.events(&r.Anchor), "within", within)
}

func (t *teller) sequence(n *Sequence, f form) string {
	said := t.say("sequence.first", continuing, "events", t.events(&n.Steps[0].Events), "window", t.window("at", t.when(n.Window)))
	for i := range n.Steps[1:] {
		step, within, ends := &n.Steps[i+1], "", f
		if i+2 < len(n.Steps) {
			ends = continuing
		}
		if step.Absent {
			ends = ends.not()
		}
		if step.Within != nil {
			within = t.window("at", t.text("within", "span", t.span(*step.Within)))
		}
		said = t.say("sequence.next", ends, "before", said, "events", t.events(&step.Events), "within", within)
	}
	return said
}

// events tells what is selected.
func (t *teller) events(e *Events) string {
	title, _ := t.title(e.Ref())
	return t.selected(t.quote(title), e.Where, func(c Condition, f form) string {
		p := c.(*Property)
		return t.named(Ref{Kind: RefProperty, Name: p.Name, Of: e.Ref().String()}, &p.Is, f)
	})
}

func (t *teller) selected(what string, where Condition, leaf func(Condition, form) string) string {
	if where == nil {
		return what
	}
	said, _ := t.condition(where, final, leaf)
	return t.text("selected", "events", what, "where", said)
}

func (t *teller) order(n *Order, f form) string {
	if n.Measure == Count {
		return t.counted("order", "orders", &n.Is, f, "orders", t.orders(n), "window", t.window("at", t.when(n.Window)))
	}
	unit := string(n.Currency)
	if n.Measure == Quantity {
		unit = UnitPieces
	}
	return t.test(t.orderMeasure(string(n.Measure), n), &n.Is, unit, f)
}

// orders tells which are selected.
func (t *teller) orders(n *Order) string {
	return t.selected(t.text("order."+string(n.State)), n.Where, func(c Condition, f form) string {
		p := c.(*Property)
		return t.test(t.text("order_field."+p.Name), &p.Is, "", f)
	})
}

// orderMeasure tells what is measured over orders, by the text of the measure.
func (t *teller) orderMeasure(text string, n *Order) string {
	return t.text("order."+text, "orders", t.orders(n), "window", t.window("of", t.when(n.Window)))
}

func (t *teller) answer(n *Answer, f form) string {
	survey, when := t.quotedTitle(RefSurvey, n.Survey, ""), t.when(n.Window)
	field, _ := t.schema.Lookup(Ref{Kind: RefSurvey, Name: n.Survey})
	if n.Question != "" {
		survey = t.text("answer.question", "survey", survey, "question", t.quotedTitle(RefQuestion, n.Question, n.Survey))
		field, _ = t.schema.Lookup(Ref{Kind: RefQuestion, Name: n.Question, Of: n.Survey})
	}
	if n.Is.Op == Known {
		return t.say("answer.known", f, "survey", survey, "window", t.window("at", when))
	}
	return t.test(t.text("answer.latest", "survey", survey, "window", t.window("of", when)), &n.Is, field.Unit, f)
}

// isCurrencyUnit reports whether a unit is a currency code.
func isCurrencyUnit(unit string) bool { return isCurrency(hitori.Currency(unit)) }
