package querytest

import (
	"math/rand/v2"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// Generator makes random conditions and customers.
type Generator struct {
	random  *rand.Rand
	catalog *Catalogue
}

// NewGenerator returns the generator of a seed.
func NewGenerator(seed uint64) *Generator {
	return &Generator{rand.New(rand.NewPCG(seed, 1)), NewCatalogue("ja")}
}

func pick[V any](g *Generator, of ...V) V { return of[g.random.IntN(len(of))] }

func (g *Generator) chance(percent int) bool { return g.random.IntN(100) < percent }

func (g *Generator) between(least, most int) int { return least + g.random.IntN(most-least+1) }

// Condition returns a condition that is valid for the catalogue.
func (g *Generator) Condition() query.Condition { return g.tree(3, g.leaf) }

func (g *Generator) tree(depth int, leaf func() query.Condition) query.Condition {
	if depth == 0 || g.chance(50) {
		return leaf()
	}
	if g.chance(25) {
		return &query.Not{Of: g.tree(depth-1, leaf)}
	}
	of := make([]query.Condition, g.between(1, 3))
	for i := range of {
		of[i] = g.tree(depth-1, leaf)
	}
	if g.chance(50) {
		return &query.All{Of: of}
	}
	return &query.Any{Of: of}
}

// leaf returns one of the leaves about a customer, each as likely, events and orders more so.
func (g *Generator) leaf() query.Condition {
	switch g.random.IntN(16) {
	case 0, 1:
		f := g.field(query.RefTrait, "")
		return &query.Trait{Name: f.Name, Is: g.test(f.Name, f.Type)}
	case 2:
		f := g.field(query.RefFeature, "")
		return &query.Feature{Name: f.Name, Is: g.test(f.Name, f.Type)}
	case 3:
		return &query.Identifier{Kind: hitori.IdentifierKind(g.field(query.RefIdentifier, "").Name)}
	case 4:
		return &query.Consent{
			Channel: g.field(query.RefChannel, "").Name, Purpose: g.field(query.RefPurpose, "").Name,
			State: pick(g, query.ConsentGranted, query.ConsentWithdrawn, query.ConsentUnknown),
		}
	case 5:
		return &query.Level{OneOf: pick(g, []string{"member"}, []string{"lead", "visitor"}, []string{"member", "lead"})}
	case 6:
		n := &query.Segment{ID: g.field(query.RefSegment, "").Name, State: pick(g, query.SegmentIn, query.SegmentEntered, query.SegmentLeft)}
		if n.State != query.SegmentIn {
			n.Window = g.window()
		}
		return n
	case 7:
		return &query.List{ID: g.field(query.RefList, "").Name}
	case 8:
		return g.answer()
	case 9, 10:
		return g.sequence()
	case 11, 12:
		return g.order()
	}
	return g.event()
}

func (g *Generator) field(kind query.RefKind, of string) query.Field {
	return pick(g, g.catalog.List(kind, of)...)
}

func (g *Generator) maybeWindow() *query.Test {
	if g.chance(50) {
		return nil
	}
	return g.window()
}

func (g *Generator) window() *query.Test {
	t := g.dates(pick(g, query.WindowOps()...), true)
	return &t
}

func (g *Generator) within() *query.Duration {
	switch g.random.IntN(4) {
	case 0:
		return nil
	case 1:
		return &query.Duration{N: g.between(1, 90), Unit: pick(g, query.Minute, query.Hour)}
	}
	return &query.Duration{N: g.between(1, 10), Unit: pick(g, query.Day, query.Week)}
}

func (g *Generator) events() query.Events {
	kind := pick(g, query.RefEvent, query.RefEvent, query.RefEvent, query.RefCall, query.RefEventKind)
	f := g.field(kind, "")
	e := query.Events{Name: f.Name}
	switch kind {
	case query.RefCall:
		e = query.Events{Call: f.Name}
	case query.RefEventKind:
		e = query.Events{Kind: f.Name}
	}
	if g.chance(40) {
		e.Where = g.tree(1, func() query.Condition {
			p := g.field(query.RefProperty, e.Ref().String())
			return &query.Property{Name: p.Name, Is: g.test(p.Name, p.Type)}
		})
	}
	return e
}

func (g *Generator) event() query.Condition {
	n := &query.Event{Events: g.events(), Window: g.maybeWindow(), Measure: query.Count}
	if g.chance(25) {
		n.Relative = &query.Relative{Side: pick(g, "after", "before"), Which: pick(g, "first", "last"), Anchor: g.events(), Within: g.within()}
	}
	property := g.field(query.RefProperty, n.Ref().String())
	switch measure := g.random.IntN(8); {
	case measure == 0:
		n.Measure = pick(g, query.FirstTime, query.LastTime)
		n.Is = g.test("", query.TypePast)
		return n
	case measure == 1 && property.Name != "properties.products[].category" && property.Name != "properties.products[].price":
		n.Measure, n.Property, n.Is = pick(g, query.FirstValue, query.LastValue), property.Name, g.test(property.Name, property.Type)
		return n
	case measure <= 4 && (property.Type == query.TypeNumber || property.Type == query.TypeInteger):
		n.Measure, n.Property = pick(g, query.Sum, query.Min, query.Max, query.Average), property.Name
		n.Is = g.numbers(pick(g, query.AtLeast, query.AtMost, query.MoreThan, query.LessThan, query.Between), 0, 9000, 4)
		return n
	case measure <= 4 && property.Type == query.TypeText:
		n.Measure, n.Property = query.DistinctCount, property.Name
	}
	n.Is = g.count()
	return n
}

// Measure returns a measure that is valid for the catalogue.
func (g *Generator) Measure() query.Measurable {
	for {
		leaf := g.event()
		if g.chance(40) {
			leaf = g.order()
		}
		m := leaf.(query.Measurable)
		if query.ValidateMeasure(m, g.catalog) == nil { // lists have no first value
			return m.With(query.Test{}).(query.Measurable)
		}
	}
}

// TestOf returns a test of what a measure gives, or of a feature that is defined by it.
func (g *Generator) TestOf(m query.Measurable) query.Test {
	t, _ := query.ResultOf(m, g.catalog)
	name := ""
	if e, ok := m.(*query.Event); ok {
		name = e.Property
	}
	return g.test(name, t)
}

func (g *Generator) count() query.Test {
	return g.numbers(pick(g, query.AtLeast, query.AtLeast, query.AtMost, query.Between, query.Equals), 1, 6, 1)
}

func (g *Generator) sequence() query.Condition {
	n := &query.Sequence{Window: g.maybeWindow(), Steps: make([]query.Step, g.between(2, 3))}
	for i := range n.Steps {
		n.Steps[i] = query.Step{Events: g.events()}
		if i > 0 {
			n.Steps[i].Within = g.within()
		}
	}
	n.Steps[len(n.Steps)-1].Absent = g.chance(50)
	return n
}

func (g *Generator) order() query.Condition {
	n := &query.Order{
		State:   pick(g, query.OrderKept, query.OrderKept, query.OrderReturned, query.OrderCancelled, query.OrderAll),
		Window:  g.maybeWindow(),
		Measure: pick(g, query.Count, query.Revenue, query.Profit, query.Average, query.Quantity, query.ItemRevenue, query.FirstTime, query.LastTime),
	}
	if g.chance(40) {
		n.Where = g.tree(1, func() query.Condition {
			f := pick(g, query.OrderFields()...)
			return &query.Property{Name: f.Name, Is: g.test(f.Name, f.Type)}
		})
	}
	switch n.Measure {
	case query.Count:
		n.Is = g.count()
	case query.FirstTime, query.LastTime:
		n.Is = g.test("", query.TypePast)
	case query.Quantity:
		n.Is = g.numbers(pick(g, query.AtLeast, query.LessThan), 0, 8, 1)
	default:
		n.Currency = pick(g, hitori.JPY, hitori.JPY, hitori.JPY, "USD")
		n.Is = g.numbers(pick(g, query.AtLeast, query.AtMost, query.MoreThan, query.LessThan, query.Between), 0, 20000, 1)
	}
	return n
}

func (g *Generator) answer() query.Condition {
	n := &query.Answer{Survey: pick(g, "nps", "exit"), Window: g.maybeWindow()}
	f, _ := g.catalog.Lookup(query.Ref{Kind: query.RefSurvey, Name: n.Survey})
	if n.Survey == "exit" && g.chance(70) {
		f = g.field(query.RefQuestion, "exit")
		n.Question = f.Name
	}
	n.Is = g.test(f.Name, f.Type)
	return n
}

// test returns a test for a type; the name chooses the texts.
func (g *Generator) test(name string, t query.Type) query.Test {
	op := pick(g, query.OpsFor(t)...)
	switch t {
	case query.TypeText, query.TypeTexts:
		if op == query.Known {
			return query.Test{Op: op}
		}
		return query.Test{Op: op, Values: g.values(op, pools[name])}
	case query.TypeNumber:
		return g.numbers(op, 0, 9000, 2)
	case query.TypeInteger:
		return g.numbers(op, 0, 6, 1)
	case query.TypeBoolean:
		return query.Test{Op: op}
	}
	return g.dates(op, t != query.TypeDate)
}

func (g *Generator) values(op query.Op, pool []string) []string {
	first := g.random.IntN(len(pool))
	values := []string{pool[first]}
	if g.chance(40) {
		values = append(values, pool[(first+1)%len(pool)])
	}
	if op == query.OneOf || op == query.Includes {
		return values
	}
	for i, value := range values { // a part of it, cut between characters
		runes := []rune(value)
		if op == query.EndsWith {
			values[i] = string(runes[len(runes)/2:])
		} else {
			values[i] = string(runes[:(len(runes)+1)/2])
		}
	}
	if len(values) > 1 && values[0] == values[1] {
		return values[:1]
	}
	return values
}

// numbers returns a test of numbers, whose bounds are halves when steps is 2, and so on.
func (g *Generator) numbers(op query.Op, least, most, steps int) query.Test {
	number := func() float64 { return float64(g.between(least*steps, most*steps)) / float64(steps) }
	t := query.Test{Op: op}
	switch op {
	case query.Between:
		t.Min = number()
		t.Max = t.Min + float64(g.between(1, max(2, most/2)))
	case query.Known:
	case query.Equals:
		t.Number = float64(g.between(0, 3))
	default:
		t.Number = number()
	}
	return t
}

// dates returns a test of dates around [Now].
func (g *Generator) dates(op query.Op, exact bool) query.Test {
	t := query.Test{Op: op}
	switch op {
	case query.InLast, query.InNext, query.BeforeLast:
		t.Unit = pick(g, query.Day, query.Day, query.Week, query.Month, query.Year)
		t.N = g.between(1, map[query.Unit]int{query.Day: 60, query.Week: 8, query.Month: 6, query.Year: 2}[t.Unit])
		if exact && g.chance(20) {
			t.Unit, t.N = pick(g, query.Minute, query.Hour), g.between(1, 72)
		}
	case query.InPeriod:
		t.Unit, t.N = pick(g, query.Day, query.Week, query.Month, query.Year), g.random.IntN(2)
	case query.DaysAgo:
		t.Min = float64(g.between(1, 20))
		t.Max = t.Min + float64(g.between(0, 20))
	case query.Anniversary:
		t.N = g.between(0, 60)
	case query.AnniversaryMonth:
		t.N = g.between(0, 3)
	case query.Age:
		t.Min = float64(g.between(1, 40))
		t.Max = pick(g, 0, t.Min, t.Min+10)
	case query.Since:
		t.From = g.day()
	case query.Until:
		t.To = g.day()
	case query.BetweenDates:
		from := g.daysAgo()
		t.From, t.To = dayBefore(from), dayBefore(from-g.random.IntN(30))
	}
	return t
}

func (g *Generator) daysAgo() int { return g.between(-10, 400) }

func (g *Generator) day() query.Date { return dayBefore(g.daysAgo()) }

func dayBefore(days int) query.Date {
	year, month, day := Now.In(Location).AddDate(0, 0, -days).Date()
	return query.Date{Year: year, Month: month, Day: day}
}

// Location is the shop's time zone, and Now the instant conditions and customers are made
// for: noon at the end of a month with 31 days.
var (
	Location = time.FixedZone("JST", 9*60*60)
	Now      = time.Date(2026, 3, 31, 12, 0, 0, 0, Location)
)
