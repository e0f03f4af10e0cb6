package understand

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// OwnFeature is a feature that a shop defined for itself (自分で作る特徴量): what a measure of events or orders gives. Nothing of
// it is stored by person: its value is measured when it is asked for, and conditions about it are put in terms of the
// measure ([query.Expand]) before they are compiled or evaluated.
type OwnFeature struct {
	// Key is its name among own features; conditions call it by [OwnFeature.Name].
	Key         string
	Title       string
	Description string
	// Definition is the measure in its canonical form ([query.EncodeMeasure]).
	Definition string
	// Type and Unit are those of the result, as they were when it was defined.
	Type query.Type
	Unit string

	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	Version   int64
}

// OwnPrefix begins the names of own features.
const OwnPrefix = "own."

// Name is what conditions and the catalogue call the feature: "own." and its key.
func (f *OwnFeature) Name() string { return OwnPrefix + f.Key }

// Feature is the feature as the catalogue tells of it. Its window stands in the measure.
func (f *OwnFeature) Feature() Feature { return Feature{Name: f.Name(), Type: f.Type, Unit: f.Unit} }

// Measure is what is measured; nil when the definition can no longer be read.
func (f *OwnFeature) Measure() query.Measurable {
	m, err := query.ParseMeasure([]byte(f.Definition))
	if err != nil {
		return nil
	}
	return m
}

// OwnStore keeps the definitions of own features.
type OwnStore interface {
	// OwnFeatures returns all of them, by title.
	OwnFeatures(ctx context.Context) ([]OwnFeature, error)
	// PutOwnFeature changes the feature of the same version, or adds one when that is zero. It returns an error of code
	// Conflict when somebody was first.
	PutOwnFeature(ctx context.Context, f OwnFeature) error
	// DeleteOwnFeature removes one.
	DeleteOwnFeature(ctx context.Context, key string) error
}

// OwnDraft is what people say about a feature of their own.
type OwnDraft struct {
	Key         string          `json:"key,omitempty" maxLength:"40" doc:"Its name in conditions and exports: a letter, then letters, digits and _ (all small). Made up when empty; it stays as it is"`
	Title       string          `json:"title" maxLength:"100"`
	Description string          `json:"description,omitempty" maxLength:"1000"`
	Unit        string          `json:"unit,omitempty" doc:"What numbers of events count, where the data do not tell: times, pieces, people, days, years, points, percent, or the currency of the shop; empty for what follows from the measure"`
	Definition  json.RawMessage `json:"definition" doc:"The measure: version, and measure with an event or order of the query language without its test"`
	Version     int64           `json:"version,omitempty" doc:"That of the feature as it was read; zero for a new one"`
}

var ownKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// longestTitle is how many letters a title has at most.
const longestTitle = 100

// Own returns the features that the shop defined, by title.
func (s *Segments) Own(ctx context.Context) ([]OwnFeature, error) { return s.cfg.Own.OwnFeatures(ctx) }

// OwnOf returns the own feature of a name. It returns an error of code NotFound when there is none.
func (s *Segments) OwnOf(ctx context.Context, name string) (OwnFeature, error) {
	all, err := s.Own(ctx)
	if err != nil {
		return OwnFeature{}, err
	}
	i := slices.IndexFunc(all, func(f OwnFeature) bool { return f.Name() == name })
	if i < 0 {
		return OwnFeature{}, hitori.NewError(hitori.NotFound, "feature_unknown", "name", name)
	}
	return all[i], nil
}

// Define adds a feature. It returns an error of code Invalid for a key or title that cannot be used or is taken, and
// [query.Faults] for a measure that is not valid.
func (s *Segments) Define(ctx context.Context, d OwnDraft, actor string) (OwnFeature, error) {
	f := OwnFeature{Key: d.Key, CreatedAt: s.cfg.Clock.Now(), CreatedBy: actor}
	if f.Key == "" {
		f.Key = "f" + strings.ToLower(rand.Text()[:9])
	}
	d.Version = 0
	return s.putOwn(ctx, f, d)
}

// Redefine changes the feature that has a name and the draft's version, and computes the segments anew whose rules ask about it.
// It returns the errors of [Segments.Define], NotFound, and Conflict when the feature has another version, or when rules ask
// about it in a way that its new measure has no answer to.
func (s *Segments) Redefine(ctx context.Context, name string, d OwnDraft) (OwnFeature, error) {
	old, err := s.OwnOf(ctx, name)
	if err != nil {
		return old, err
	}
	return s.putOwn(ctx, old, d)
}

func (s *Segments) putOwn(ctx context.Context, f OwnFeature, d OwnDraft) (OwnFeature, error) {
	all, err := s.Own(ctx)
	if err != nil {
		return f, err
	}
	f.Title, f.Description = strings.TrimSpace(d.Title), strings.TrimSpace(d.Description)
	f.Version, f.UpdatedAt = d.Version, s.cfg.Clock.Now()
	if err := f.check(all, d.Version == 0); err != nil {
		return f, err
	}
	schema, err := s.Schema(ctx, nil)
	if err != nil {
		return f, err
	}
	m, err := readMeasure(d.Definition, schema)
	if err != nil {
		return f, err
	}
	if f.Type, f.Unit, err = resultOf(m, d.Unit, schema); err != nil {
		return f, err
	}
	changed := f.Definition != "" && f.Definition != string(query.EncodeMeasure(m))
	f.Definition = string(query.EncodeMeasure(m))
	if err := s.stillAnswers(ctx, f, schema); err != nil {
		return f, err
	}
	if err := s.cfg.Own.PutOwnFeature(ctx, f); err != nil {
		return f, err
	}
	f.Version++
	if changed {
		s.recompute(ctx, f.Name())
	}
	return f, nil
}

// check refuses keys and titles.
func (f *OwnFeature) check(all []OwnFeature, isNew bool) error {
	taken := func(same func(o OwnFeature) bool) bool { return slices.ContainsFunc(all, same) }
	switch {
	case !ownKey.MatchString(f.Key):
		return hitori.NewError(hitori.Invalid, "feature_key", "key", f.Key).At("key")
	case isNew && taken(func(o OwnFeature) bool { return o.Key == f.Key }):
		return hitori.NewError(hitori.Invalid, "feature_key_taken", "key", f.Key).At("key")
	case f.Title == "":
		return hitori.NewError(hitori.Invalid, "feature_title_missing").At("title")
	case utf8.RuneCountInString(f.Title) > longestTitle:
		return hitori.NewError(hitori.Invalid, "feature_title_long", "limit", longestTitle).At("title")
	case taken(func(o OwnFeature) bool { return o.Key != f.Key && o.Title == f.Title }):
		return hitori.NewError(hitori.Invalid, "feature_title_taken", "title", f.Title).At("title")
	}
	return nil
}

// readMeasure reads and checks a definition.
func readMeasure(definition []byte, schema query.Schema) (query.Measurable, error) {
	m, err := query.ParseMeasure(definition)
	if err != nil {
		return nil, err
	}
	return m, query.ValidateMeasure(m, schema)
}

// resultOf is the type and unit of what a measure gives. A unit of their own have numbers that events tell: what a
// count or an order gives is known.
func resultOf(m query.Measurable, unit string, schema *Schema) (query.Type, string, error) {
	t, known := query.ResultOf(m, schema)
	if unit == "" || unit == known {
		return t, known, nil
	}
	e, ofEvents := m.(*query.Event)
	fits := ofEvents && e.Property != "" && (t == query.TypeNumber || t == query.TypeInteger)
	if !fits || unit != string(schema.money) && !slices.Contains(query.Units, unit) {
		return t, known, hitori.NewError(hitori.Invalid, "feature_unit").At("unit")
	}
	return t, unit, nil
}

// stillAnswers refuses a change by which rules that ask about the feature would mean nothing any more.
func (s *Segments) stillAnswers(ctx context.Context, f OwnFeature, schema *Schema) error {
	if f.Version == 0 {
		return nil
	}
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	users := Asking(all, f.Name())
	schema.put(f.field())
	users = slices.DeleteFunc(users, func(n Segment) bool { return query.Validate(n.Condition(), schema) == nil })
	if len(users) == 0 {
		return nil
	}
	return hitori.NewError(hitori.Conflict, "feature_asked_otherwise", "names", namesOf(users))
}

// recompute computes the segments whose rules ask about a feature.
func (s *Segments) recompute(ctx context.Context, name string) {
	all, err := s.List(ctx)
	if err == nil {
		err = s.computeAll(ctx, Asking(all, name))
	}
	if err != nil && ctx.Err() == nil { // they are tried again, and tell it
		s.cfg.Logger.WarnContext(ctx, "segments could not be computed", "feature", name, "error", err)
	}
}

// Forget removes an own feature. It returns an error of code Conflict when rules ask about it, and NotFound when there is none.
func (s *Segments) Forget(ctx context.Context, name string) error {
	f, err := s.OwnOf(ctx, name)
	if err != nil {
		return err
	}
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	if users := Asking(all, name); len(users) > 0 {
		return hitori.NewError(hitori.Conflict, "feature_used", "names", namesOf(users))
	}
	return s.cfg.Own.DeleteOwnFeature(ctx, f.Key)
}

// Asking returns those of some segments whose rules ask about a feature.
func Asking(segments []Segment, feature string) []Segment {
	return slices.DeleteFunc(slices.Clone(segments), func(n Segment) bool {
		c := n.Condition()
		return c == nil || !slices.Contains(query.DependsOn(c), query.Ref{Kind: query.RefFeature, Name: feature})
	})
}

func namesOf(segments []Segment) string {
	names := make([]string, len(segments))
	for i := range segments {
		names[i] = segments[i].Name
	}
	return strings.Join(names, ", ")
}

// field is the feature as conditions refer to it.
func (f *OwnFeature) field() query.Field {
	return query.Field{Ref: query.Ref{Kind: query.RefFeature, Name: f.Name()}, Title: f.Title, Type: f.Type, Unit: f.Unit}
}

// addOwn adds own features.
func (s *Segments) addOwn(ctx context.Context, c *Schema) error {
	var err error
	c.own, err = s.Own(ctx)
	for i := range c.own {
		c.add(c.own[i].field())
	}
	return err
}

// Expand puts what own features measure into their places, as far as there are such features.
func (c *Schema) Expand(condition query.Condition) query.Condition { return expand(condition, c.own) }

// Expand puts what own features measure into their places; see [query.Expand]. It returns an error of code Invalid for one
// that is not there: nobody must enter or leave a segment by that.
func (s *Segments) Expand(ctx context.Context, c query.Condition) (query.Condition, error) {
	asks := func(ref query.Ref) bool {
		return ref.Kind == query.RefFeature && strings.HasPrefix(ref.Name, OwnPrefix)
	}
	if !slices.ContainsFunc(query.DependsOn(c), asks) {
		return c, nil
	}
	all, err := s.Own(ctx)
	if err != nil {
		return nil, err
	}
	expanded := expand(c, all)
	for _, ref := range query.DependsOn(expanded) {
		if asks(ref) {
			return nil, hitori.NewError(hitori.Invalid, "feature_unknown", "name", ref.Name)
		}
	}
	return expanded, nil
}

func expand(c query.Condition, own []OwnFeature) query.Condition {
	return query.Expand(c, func(name string) (query.Measurable, query.Type) {
		for i := range own {
			if own[i].Name() == name {
				return own[i].Measure(), own[i].Type
			}
		}
		return nil, ""
	})
}
