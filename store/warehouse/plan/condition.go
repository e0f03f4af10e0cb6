package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// Condition is the query of the people who meet a valid condition at the calendar's now: one column, person. Its
// meaning is that of [query.Evaluate].
//
// Every leaf is an expression over a row for each person: what is derived about them is asked where they stand, and of events
// a row for each person is joined to it. Groups join these expressions.
func Condition(d Dialect, c query.Condition, at Calendar) string {
	k := compile(d, at)
	where := tree(c, k.leaf)
	return "SELECT person FROM " + k.people() + " WHERE " + where
}

// mostAtOnce is how many conditions are put into one number.
const mostAtOnce = 60

// Conditions is the query of the people who meet any of several conditions, at most [mostAtOnce]: two columns, person and met, in which
// bit n stands for the nth condition. What several of them ask is read once.
func Conditions(d Dialect, all []query.Condition, at Calendar) string {
	k := compile(d, at)
	bits := make([]string, len(all))
	for i, c := range all {
		bits[i] = fmt.Sprintf("CASE WHEN %s THEN %d ELSE 0 END", tree(c, k.leaf), int64(1)<<i)
	}
	return "SELECT person, met FROM (SELECT person, CAST(" + strings.Join(bits, " + ") + " AS BIGINT) AS met FROM " + k.people() + ") AS everybody WHERE met <> 0"
}

func compile(d Dialect, at Calendar) *compilation {
	return &compilation{Dialect: d, Calendar: at, clock: query.Clock{Now: at.Now, Location: at.Location}, columns: []string{"person"}}
}

type compilation struct {
	Dialect
	Calendar
	clock query.Clock
	// columns are those asked of people.
	columns []string
	// askings are what is asked of events.
	askings []*asking
	// profiles and person select the events, and what is derived, of one person; empty for everybody.
	profiles, person string
}

// column is the leaf of those of whom an expression over derived tables holds. They stand where the person does.
func (k *compilation) column(expression string) string {
	for i, c := range k.columns {
		if name := fmt.Sprintf("leaf%d", i); c == expression+" AS "+name {
			return name
		}
	}
	name := fmt.Sprintf("leaf%d", len(k.columns))
	k.columns = append(k.columns, expression+" AS "+name)
	return name
}

// tree joins the groups of a tree; leaf writes what is no group, as an expression that is never null.
func tree(c query.Condition, leaf func(query.Condition) string) string {
	switch n := c.(type) {
	case *query.All:
		return group(n.Of, " AND ", leaf)
	case *query.Any:
		return group(n.Of, " OR ", leaf)
	case *query.Not:
		return "(NOT " + tree(n.Of, leaf) + ")"
	}
	return leaf(c)
}

func group(of []query.Condition, joint string, leaf func(query.Condition) string) string {
	parts := make([]string, len(of))
	for i, c := range of {
		parts[i] = tree(c, leaf)
	}
	return "(" + strings.Join(parts, joint) + ")"
}

// all joins conditions, leaving out empty ones.
func all(conditions ...string) string {
	return strings.Join(slices.DeleteFunc(conditions, func(c string) bool { return c == "" }), " AND ")
}

// none is the leaf that nobody meets.
const none = "(1 = 0)"

// among is the leaf of those who are in the rows of derived tables that are Own; others turns it round. from is
// what stands in a FROM clause and what follows it.
func (k *compilation) among(from string, others bool) string {
	return k.column(but(others, "person IN (SELECT person FROM "+from+")"))
}

func but(not bool, condition string) string {
	if not {
		return "(NOT (" + condition + "))"
	}
	return "(" + condition + ")"
}

// leaf writes a leaf about the person.
func (k *compilation) leaf(c query.Condition) string {
	switch n := c.(type) {
	case *query.Trait:
		return k.trait(n)
	case *query.Feature:
		return k.feature(n)
	case *query.Identifier:
		return k.among(k.facts(understand.AboutIdentifier, string(n.Kind), ""), false)
	case *query.Consent:
		return k.consent(n)
	case *query.Level:
		return k.column(level(n))
	case *query.Segment:
		return k.segment(n)
	case *query.List:
		return k.among(k.Own("listed")+" WHERE list = "+k.Quote(n.ID), false)
	case *query.Event:
		return k.event(n)
	case *query.Answer:
		return k.event(n.Event())
	case *query.Sequence:
		return k.sequence(n)
	case *query.Order:
		return k.order(n)
	}
	return none
}

// facts are the facts of a name that meet a condition.
func (k *compilation) facts(about understand.About, name, condition string) string {
	return k.Own("facts") + " WHERE " + all(fmt.Sprintf("about = %d", about), "name = "+k.Quote(name), condition)
}

func (k *compilation) trait(n *query.Trait) string {
	about := understand.AboutTrait
	var condition string
	switch t := &n.Is; {
	case t.Op == query.Known:
		condition = fmt.Sprintf("kind <> %d AND NOT (kind = %d AND text = '')", hitori.JSONNull, hitori.JSONString)
	case t.Op == query.Includes:
		about, condition = understand.AboutElement, k.texts(t, "text")
	case t.Op.For(query.TypeText):
		condition = fmt.Sprintf("kind = %d AND %s", hitori.JSONString, k.texts(t, "text"))
	case t.Op.For(query.TypeNumber):
		condition = fmt.Sprintf("kind = %d AND %s", hitori.JSONNumber, numbers(t, "number"))
	case t.Op.For(query.TypeBoolean):
		condition = fmt.Sprintf("kind = %d AND text = '%t'", hitori.JSONBoolean, t.Op == query.IsTrue)
	default:
		condition = "dated AND " + k.instants(t, "instant")
	}
	return k.among(k.facts(about, n.Name, condition), false)
}

func (k *compilation) consent(n *query.Consent) string {
	name := understand.ConsentName(n.Channel, n.Purpose)
	if n.State == query.ConsentUnknown {
		return k.among(k.facts(understand.AboutConsent, name, ""), true)
	}
	return k.among(k.facts(understand.AboutConsent, name, "text = "+k.Quote(string(n.State))), false)
}

func level(n *query.Level) string {
	var levels []string
	for l := unify.Visitor; l <= unify.Member; l++ {
		if slices.Contains(n.OneOf, l.String()) {
			levels = append(levels, itoa(int64(l)))
		}
	}
	return "(level IN (" + strings.Join(levels, ", ") + "))"
}

func (k *compilation) segment(n *query.Segment) string {
	from := k.Own("memberships") + " WHERE segment = " + k.Quote(n.ID) + " AND "
	switch n.State {
	case query.SegmentEntered:
		from += k.instants(n.Window, "entered")
	case query.SegmentLeft:
		from += k.instants(n.Window, `"left"`)
	default:
		from += "is_in"
	}
	return k.among(from, false)
}

// feature asks the table of features. Those that are not computed for everybody are nowhere yet.
func (k *compilation) feature(n *query.Feature) string {
	features := understand.Features()
	i := slices.IndexFunc(features, func(f understand.Feature) bool { return f.Name == n.Name })
	if i < 0 {
		return none
	}
	f, t := features[i], n.Is
	if f.Unit == understand.UnitMoney {
		t = inMinorUnits(t, k.Currency)
	}
	var condition string
	switch {
	case t.Op == query.Known && f.Type == query.TypeText:
		condition = f.Name + " <> ''"
	case t.Op == query.Known:
		condition = f.Name + " IS NOT NULL"
	case t.Op.For(query.TypeText):
		condition = k.texts(&t, f.Name)
	case t.Op.For(query.TypeNumber):
		condition = numbers(&t, f.Name)
	default:
		condition = k.instants(&t, f.Name)
	}
	return k.among(k.Own("features")+" WHERE "+condition, false)
}
