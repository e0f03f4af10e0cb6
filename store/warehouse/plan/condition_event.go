package plan

import (
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// scan is how events are read: whole, or where that is enough, by when they happened.
type scan struct {
	rows  func(columns, condition string) string
	named func(name string) string
	whose string
}

// scan returns how to read events of which whole says that more is asked than [Dialect.Acts] tells. Of one person they are
// always read whole, and as they are now.
func (k *compilation) scan(whole bool) scan {
	if !whole && k.profiles == "" {
		return scan{rows: k.Acts, named: k.Named}
	}
	named := func(name string) string {
		return fmt.Sprintf("(type = %d AND name = %s)", hitori.Track, k.Quote(name))
	}
	return scan{k.Events, named, all(k.profiles, "customer_id <> 0")}
}

// selected tells which events are meant, by what is quick to look at.
func (e scan) selected(s *query.Events) string {
	switch {
	case s.Name != "":
		return e.named(s.Name)
	case s.Call != "":
		call, _ := hitori.ParseEventType(s.Call)
		return fmt.Sprintf("(type = %d)", call)
	}
	var kind hitori.Kind
	if kind.UnmarshalText([]byte(s.Kind)) != nil {
		return none
	}
	return fmt.Sprintf("(kind = %d)", kind)
}

// where tests the properties of events; it is empty when there is nothing to test.
func (k *compilation) where(c query.Condition) string {
	if c == nil {
		return ""
	}
	return tree(c, func(c query.Condition) string {
		p := c.(*query.Property)
		return k.property(p.Name, &p.Is)
	})
}

// happened are the events of people that have happened by now and meet conditions.
func (k *compilation) happened(e scan, columns string, conditions ...string) string {
	return e.rows(columns, all(e.whose, "time <= "+itoa(k.Now.UnixMilli()), all(conditions...)))
}

// matching are the events that are meant, as far as they meet conditions; whole says that these, or the columns, ask more of
// events than [Dialect.Acts] tells.
func (k *compilation) matching(s *query.Events, whole bool, columns string, conditions ...string) string {
	e := k.scan(whole || s.Where != nil)
	return k.happened(e, columns, e.selected(s), k.where(s.Where), all(conditions...))
}

// during selects events by a window.
func (k *compilation) during(window *query.Test) string {
	if window == nil {
		return ""
	}
	return k.instants(window, "time")
}

// property tests a property of an event.
func (k *compilation) property(name string, t *query.Test) string {
	if name == "name" {
		return k.pageName(t)
	}
	document, path := pathOf(name)
	if document == "" {
		return none
	}
	is := *t
	if t.Op == query.Includes { // one of the list's elements is one of the texts
		path[len(path)-1] += "[]"
		is.Op = query.OneOf
	}
	var condition string
	if many(path) {
		condition = k.Any(k.Values(document, path...), "value", k.json(&is, "value"))
	} else {
		condition = k.json(&is, k.Value(document, path...))
	}
	if hint := k.mayHold(document, t); hint != "" {
		condition = "(" + hint + " AND " + condition + ")"
	}
	return condition
}

// pageName tests the name of a page or screen.
func (k *compilation) pageName(t *query.Test) string {
	switch {
	case t.Op == query.Known || t.Op == query.HasText:
		return "(name <> '')"
	case t.Op == query.Includes || !t.Op.For(query.TypeText):
		return none // it is a text
	}
	return k.texts(t, "name")
}

// pathOf splits the path of a property into the document and the names in it.
func pathOf(name string) (document string, path []string) {
	for _, document := range []string{"properties", "context"} {
		if path, ok := strings.CutPrefix(name, document+"."); ok {
			return document, strings.Split(path, ".")
		}
	}
	return "", nil
}

func many(path []string) bool { return strings.Contains(strings.Join(path, "."), "[]") }

// fewTexts is up to how many texts are looked for in a document before it is parsed.
const fewTexts = 8

// mayHold is a quick test that documents pass in which one of the texts may stand. Where nothing is escaped, a
// text stands as it is.
func (k *compilation) mayHold(document string, t *query.Test) string {
	if len(t.Values) == 0 || len(t.Values) > fewTexts {
		return ""
	}
	looks := []string{k.Contains(document, `\`)}
	for _, value := range t.Values {
		looks = append(looks, k.Contains(document, value))
	}
	return "(" + strings.Join(looks, " OR ") + ")"
}
