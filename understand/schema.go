package understand

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// FieldReader tells what arrives.
type FieldReader interface {
	// Fields returns what is known about the fields of one kind of event, or, with an empty type, one entry for
	// every kind of event, with an empty path.
	Fields(ctx context.Context, t hitori.EventType, name string) ([]hitori.FieldCount, error)
}

// Schema is what the conditions of a shop can refer to: what has arrived and what Hitori's vocabulary documents, features,
// segments and lists.
type Schema struct {
	texts  query.Texts
	fields map[query.Ref]query.Field
	order  []query.Ref // as they were added
	// arrived is what is known about what a reference reads, where that comes with events.
	arrived map[query.Ref]hitori.FieldCount
	latest  time.Time // when anything arrived last
	money   hitori.Currency
	own     []OwnFeature
}

var _ query.Schema = (*Schema)(nil)

// Schema returns what conditions can refer to at the moment, with titles in the language of the texts; nil texts do
// where nobody reads them.
func (s *Segments) Schema(ctx context.Context, texts query.Texts) (*Schema, error) {
	if texts == nil {
		texts = func(key string, _ map[string]string) string { return key }
	}
	c := &Schema{texts: texts, fields: map[query.Ref]query.Field{}, arrived: map[query.Ref]hitori.FieldCount{}, money: s.cfg.Currency}
	for _, add := range []func(context.Context, *Schema) error{s.addEvents, s.addAsked, s.addOwn, s.addGroups} {
		if err := add(ctx, c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Lookup implements [query.Schema].
func (c *Schema) Lookup(ref query.Ref) (query.Field, bool) {
	f, ok := c.fields[ref]
	return f, ok
}

// List implements [query.Schema].
func (c *Schema) List(kind query.RefKind, of string) []query.Field {
	list := []query.Field{}
	for _, ref := range c.order {
		if ref.Kind == kind && ref.Of == of {
			list = append(list, c.fields[ref])
		}
	}
	return list
}

// add takes a field up, unless there is one of that reference.
func (c *Schema) add(f query.Field) {
	if _, there := c.fields[f.Ref]; !there {
		c.fields[f.Ref] = f
		c.order = append(c.order, f.Ref)
	}
}

// put takes a field up in place of that of the same reference.
func (c *Schema) put(f query.Field) {
	c.add(f)
	c.fields[f.Ref] = f
}

// title is the text of the first key that has one, or else the name.
func (c *Schema) title(name string, keys ...string) string {
	for _, key := range keys {
		if text := c.texts(key, nil); text != "" && text != key {
			return text
		}
	}
	return name
}

// addEvents adds what arrived, the most frequent first, and then what is documented.
func (s *Segments) addEvents(ctx context.Context, c *Schema) error {
	counts, err := s.cfg.Fields.Fields(ctx, 0, "")
	if err != nil {
		return err
	}
	slices.SortStableFunc(counts, func(a, b hitori.FieldCount) int { return cmp.Compare(b.Events, a.Events) })
	for _, count := range counts {
		if count.Last.After(c.latest) {
			c.latest = count.Last
		}
		fields, err := s.cfg.Fields.Fields(ctx, count.Type, count.Name)
		if err != nil {
			return err
		}
		switch count.Type {
		case hitori.Identify:
			c.addTraits(fields)
		case hitori.Track, hitori.Page, hitori.Screen:
			c.addEvent(count, fields)
		}
	}
	for _, spec := range hitori.Vocabulary() {
		if spec.Subject == hitori.AboutPerson {
			c.addEvent(hitori.FieldCount{FieldKey: hitori.FieldKey{Type: hitori.Track, Name: spec.Name}}, nil)
		}
	}
	return nil
}

// addEvent adds an event of people and what its properties are.
func (c *Schema) addEvent(count hitori.FieldCount, fields []hitori.FieldCount) {
	ref := query.Ref{Kind: query.RefEvent, Name: count.Name}
	documented := map[string]hitori.PropertyType{}
	if count.Type != hitori.Track {
		ref = query.Ref{Kind: query.RefCall, Name: count.Type.String()}
		documented["name"] = hitori.TypeString
	} else if spec, ok := hitori.LookupEvent(count.Name); ok {
		if spec.Subject != hitori.AboutPerson {
			return
		}
		documented = documentedProperties(spec)
	}
	c.add(query.Field{Ref: ref, Title: c.title(count.Name, string(ref.Kind)+"."+ref.Name)})
	if count.Events > 0 {
		c.arrived[ref] = count
	}
	kind := query.Ref{Kind: query.RefEventKind, Name: hitori.KindOf(count.Type, count.Name).String()}
	c.add(query.Field{Ref: kind, Title: c.title(kind.Name, "kind."+kind.Name)})
	byPath := make(map[string]hitori.FieldCount, len(fields))
	for _, f := range fields {
		byPath[f.Path] = f
	}
	if _, named := byPath["name"]; !named && count.Type != hitori.Track {
		byPath["name"] = hitori.FieldCount{}
	}
	for path := range documented {
		if _, there := byPath[path]; !there {
			byPath[path] = hitori.FieldCount{}
		}
	}
	for _, path := range slices.SortedFunc(keys(byPath), propertyOrder) {
		t, ok := typeOf(path, byPath, documented[path])
		if !ok || strings.HasPrefix(path, "traits.") {
			continue
		}
		for _, of := range []query.Ref{ref, kind} {
			p := query.Ref{Kind: query.RefProperty, Name: path, Of: of.String()}
			c.add(query.Field{Ref: p, Title: c.nameOf(path), Type: t, Unit: c.unitOf(path, t)})
			if f := byPath[path]; f.Events > 0 && of == ref {
				c.arrived[p] = f
			}
		}
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// propertyOrder puts properties before what the context says.
func propertyOrder(a, b string) int {
	in := func(path string) int {
		if strings.HasPrefix(path, "context.") {
			return 1
		}
		return 0
	}
	return cmp.Or(in(a)-in(b), cmp.Compare(a, b))
}

func documentedProperties(spec hitori.EventSpec) map[string]hitori.PropertyType {
	types := make(map[string]hitori.PropertyType)
	for _, property := range spec.Properties {
		if property.Name == "products" {
			for _, member := range hitori.ProductProperties() {
				types["properties.products[]."+member.Name] = member.Type
			}
		} else {
			types["properties."+property.Name] = property.Type
		}
	}
	return types
}

func (c *Schema) addTraits(fields []hitori.FieldCount) {
	byPath := make(map[string]hitori.FieldCount, len(fields))
	for _, f := range fields {
		byPath[f.Path] = f
	}
	for _, f := range fields {
		name, ok := strings.CutPrefix(f.Path, "traits.")
		if !ok || strings.ContainsAny(name, ".[") {
			continue
		}
		if t, ok := typeOf(f.Path, byPath, ""); ok {
			ref := query.Ref{Kind: query.RefTrait, Name: name}
			c.add(query.Field{Ref: ref, Title: c.nameOf(name), Type: t, Unit: c.unitOf(name, t)})
			c.arrived[ref] = f
		}
	}
}

// dated are names whose texts are days or instants.
var dated = regexp.MustCompile(`(?i)(^|[_.])(date|day|birthday|birthdate|dob)$|_(at|on|date|day)$|(日|日時)$`)

// datedCamel is the same for names written as createdAt.
var datedCamel = regexp.MustCompile(`[a-z](At|On|Date)$`)

// typeOf is the type of a field by its documentation or else by what most of its values are. It reports false for
// objects and lists of them, which have no value to test.
func typeOf(path string, byPath map[string]hitori.FieldCount, documented hitori.PropertyType) (query.Type, bool) {
	switch documented {
	case hitori.TypeTime:
		return query.TypeTime, true
	case hitori.TypeInteger:
		return query.TypeInteger, true
	case hitori.TypeNumber:
		return query.TypeNumber, true
	case hitori.TypeBoolean:
		return query.TypeBoolean, true
	case hitori.TypeString:
		return query.TypeText, true
	case hitori.TypeObject:
		return "", false
	}
	f := byPath[path]
	most := hitori.JSONNull
	for t, n := range f.Values {
		if hitori.JSONType(t) != hitori.JSONNull && n > 0 && (most == hitori.JSONNull || n > f.Values[most]) {
			most = hitori.JSONType(t)
		}
	}
	switch most {
	case hitori.JSONBoolean:
		return query.TypeBoolean, true
	case hitori.JSONNumber:
		return query.TypeNumber, true
	case hitori.JSONString:
		if name := strings.TrimSuffix(path, "[]"); dated.MatchString(name) || datedCamel.MatchString(name) {
			return query.TypeDate, true
		}
		return query.TypeText, !strings.HasSuffix(path, "[]")
	case hitori.JSONArray:
		return query.TypeTexts, byPath[path+"[]"].Values[hitori.JSONString] > 0
	}
	return "", false
}

// camel divides names written as firstName.
var camel = regexp.MustCompile(`([a-z])([A-Z])`)

// nameOf is what people call a field: by the last part of its path.
func (c *Schema) nameOf(path string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(path, "properties."), "traits.")
	parts := strings.Split(strings.ReplaceAll(name, "[]", ""), ".")
	last := strings.ToLower(camel.ReplaceAllString(parts[len(parts)-1], "${1}_$2"))
	if parts[0] == "products" && len(parts) == 2 {
		return c.title(name, "field.product."+last, "import.field."+last)
	}
	return c.title(name, "field."+strings.Join(parts, "."), "field."+last, "import.field."+last)
}

// amounts are names of fields that are money.
var amounts = []string{"amount", "cost", "discount", "list_price", "price", "revenue", "shipping", "subtotal", "tax", "total", "value"}

func (c *Schema) unitOf(path string, t query.Type) string {
	if t != query.TypeNumber && t != query.TypeInteger {
		return ""
	}
	name := path[strings.LastIndexByte(path, '.')+1:]
	switch {
	case slices.Contains(amounts, name):
		return string(c.money)
	case name == "quantity" || name == "stock":
		return query.UnitPieces
	case name == "score" || name == "rating" || name == "points" || name == "balance":
		return query.UnitPoints
	}
	return ""
}

// addAsked adds features, identifiers, consents and surveys.
func (s *Segments) addAsked(ctx context.Context, c *Schema) error {
	for _, f := range Features() {
		unit := f.Unit
		if unit == UnitMoney {
			unit = string(c.money)
		}
		c.add(query.Field{Ref: query.Ref{Kind: query.RefFeature, Name: f.Name}, Title: c.title(f.Name, "feature."+f.Name), Type: f.Type, Unit: unit})
	}
	for _, kind := range []hitori.IdentifierKind{hitori.UserID, hitori.Card, hitori.Email, hitori.Phone, hitori.LINE, hitori.AnonymousID} {
		c.add(query.Field{Ref: query.Ref{Kind: query.RefIdentifier, Name: string(kind)}, Title: c.title(string(kind), "import.field."+string(kind))})
	}
	known, err := s.cfg.Reader.Vocabulary(ctx)
	if err != nil {
		return err
	}
	consents := slices.Clone(known.Consents)
	for _, channel := range []string{"email", "line", "sms", "push", "phone", "postal"} {
		consents = append(consents, [2]string{channel, "marketing"})
	}
	for _, consent := range consents {
		c.add(query.Field{Ref: query.Ref{Kind: query.RefChannel, Name: consent[0]}, Title: c.title(consent[0], "channel."+consent[0])})
		c.add(query.Field{Ref: query.Ref{Kind: query.RefPurpose, Name: consent[1]}, Title: c.title(consent[1], "purpose."+consent[1])})
	}
	for _, q := range known.Questions {
		t, unit := query.TypeText, ""
		if 2*q.Scores > q.Answers {
			t, unit = query.TypeNumber, query.UnitPoints
		}
		c.add(query.Field{Ref: query.Ref{Kind: query.RefSurvey, Name: q.Survey}, Title: q.Survey, Type: t, Unit: unit})
		if q.Name != "" {
			c.add(query.Field{Ref: query.Ref{Kind: query.RefQuestion, Name: q.Name, Of: q.Survey}, Title: q.Name, Type: t, Unit: unit})
		}
	}
	return nil
}

func (s *Segments) addGroups(ctx context.Context, c *Schema) error {
	all, err := s.List(ctx)
	for i := range all {
		kind := query.RefSegment
		if all[i].Kind == AsList {
			kind = query.RefList
		}
		c.add(query.Field{Ref: query.Ref{Kind: kind, Name: all[i].ID}, Title: all[i].Name})
	}
	return err
}

// Silence is a field that used to arrive and no longer does.
type Silence struct {
	Ref   string    `json:"field"`
	Of    string    `json:"of,omitempty" doc:"The event it is a property of"`
	Title string    `json:"title"`
	Last  time.Time `json:"last_seen"`
}

// quiet is for how long at least a field must have been silent, and rhythm how many times its usual interval.
const (
	quiet  = 7 * 24 * time.Hour
	rhythm = 10
)

// Silent lists what a condition reads that stopped arriving: silent for a week, and for ten times as long as it
// usually takes to come again, while other things still came.
func (c *Schema) Silent(condition query.Condition) []Silence {
	var silences []Silence
	for _, ref := range query.DependsOn(condition) {
		f, ok := c.arrived[ref]
		if !ok || f.Events == 0 {
			continue
		}
		usual := f.Last.Sub(f.First) / time.Duration(f.Events)
		if c.latest.Sub(f.Last) > max(quiet, rhythm*usual) {
			silences = append(silences, Silence{ref.Name, ref.Of, c.fields[ref].Title, f.Last})
		}
	}
	return silences
}
