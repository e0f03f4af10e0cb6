package understand

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// FeatureReader reads features: as they were derived last, and what measures give at the moment of asking.
type FeatureReader interface {
	// Features returns those that are derived, of the given people, as far as they are known, by person and name: numbers as
	// float64, instants as float64 in milliseconds, texts as string.
	Features(ctx context.Context, people []hitori.CustomerID) (map[hitori.CustomerID]map[string]any, error)
	// Value returns what a measure gives for a person, whose profiles are told; nil when there is nothing to tell.
	Value(ctx context.Context, v Valued, person hitori.CustomerID, profiles []hitori.CustomerID) (any, error)
	// Counts returns how many people there are who are known, and how many of them have a feature.
	Counts(ctx context.Context, v Valued) (people, known int64, err error)
	// Order returns the values that stand at the given places (from 1) when those of a feature are sorted.
	Order(ctx context.Context, v Valued, places []int64) ([]float64, error)
	// Below returns for each of the bounds how many values of a feature are less than it.
	Below(ctx context.Context, v Valued, bounds []float64) ([]int64, error)
	// Commonest returns the values that most people have.
	Commonest(ctx context.Context, v Valued, limit int) ([]ValueCount, error)
	// Meeting returns how many people meet a condition, and a page of them, those who spent most first.
	Meeting(ctx context.Context, c query.Condition, at query.Clock, after *MembersPlace, limit int) (Members, error)
}

// Valued is a feature whose values are asked for.
type Valued struct {
	Feature
	// Measure is what gives the value, at the moment At; nil for features that are derived.
	Measure query.Measurable
	At      query.Clock
}

// Written reports whether the values are texts; those of booleans are "true" and "false".
func (v Valued) Written() bool { return v.Type == query.TypeText || v.Type == query.TypeBoolean }

// Dated reports whether the values are instants, in milliseconds since 1970; those of days are their first.
func (v Valued) Dated() bool { return v.Type == query.TypeTime || v.Type == query.TypeDate }

// ValueCount is how many people have a value.
type ValueCount struct {
	Value  string `json:"value"`
	People int64  `json:"people"`
}

// Distribution is how a feature is spread over the people who are known (members and leads).
type Distribution struct {
	Feature
	// People is how many known people there are, Known how many of them have the feature.
	People int64 `json:"people"`
	Known  int64 `json:"known"`
	// Quantiles are the values at 0, 10, 25, 50, 75, 90 and 100 percent: the smallest value that at least that share
	// of people do not exceed.
	Quantiles []Quantile `json:"quantiles,omitempty"`
	// Bars count people between round bounds of equal distance that hold the middle 98 percent; the first and the
	// last take in what lies outside.
	Bars []Bar `json:"bars,omitempty"`
	// Values are the commonest texts.
	Values []ValueCount `json:"values,omitempty"`
}

// Quantile is a value with the share of people who do not exceed it.
type Quantile struct {
	Percent int     `json:"percent"`
	Value   float64 `json:"value"`
}

// Bar is how many people have a value of at least From and less than To; the last one takes To in.
type Bar struct {
	From   float64 `json:"from"`
	To     float64 `json:"to"`
	People int64   `json:"people"`
}

// Catalogue tells about features: those that are computed for everybody, and the shop's own.
type Catalogue struct{ segments *Segments }

// NewCatalogue returns the catalogue of the features that conditions of segments can ask about.
func NewCatalogue(segments *Segments) *Catalogue { return &Catalogue{segments} }

func (c *Catalogue) reader() FeatureReader { return c.segments.cfg.Features }

// Of returns the features of a person that are derived and known, in the order of [Features].
func (c *Catalogue) Of(ctx context.Context, person hitori.CustomerID) ([]FeatureValue, error) {
	found, err := c.reader().Features(ctx, []hitori.CustomerID{person})
	values := []FeatureValue{}
	for _, f := range Features() {
		if v, ok := found[person][f.Name]; ok {
			values = append(values, FeatureValue{Feature: f, Value: v})
		}
	}
	return values, err
}

// OwnOf returns the features of the shop's own that are known of a person, by title, as far as they are wanted.
func (c *Catalogue) OwnOf(ctx context.Context, person hitori.CustomerID, wanted func(OwnFeature) bool) ([]FeatureValue, error) {
	values := []FeatureValue{}
	own, err := c.segments.Own(ctx)
	own = slices.DeleteFunc(own, func(f OwnFeature) bool { return !wanted(f) })
	if err != nil || len(own) == 0 {
		return values, err
	}
	records, err := c.segments.cfg.State.Records(ctx, []hitori.CustomerID{person})
	if err != nil || len(records) == 0 {
		return values, err
	}
	for i := range own {
		v, err := c.segments.measured(&own[i])
		if err != nil { // it can no longer be read; the catalogue says so
			continue
		}
		value, err := c.reader().Value(ctx, v, person, records[0].Members)
		if err != nil {
			return values, err
		}
		if value != nil {
			values = append(values, FeatureValue{Feature: v.Feature, Value: value, Own: &own[i]})
		}
	}
	return values, nil
}

// FeatureValue is a feature of a person: a number, an instant in milliseconds since 1970, or a text.
type FeatureValue struct {
	Feature
	Value any `json:"value"`
	// Own is the definition of a feature of the shop's own.
	Own *OwnFeature `json:"-"`
}

var (
	percents = []int{0, 10, 25, 50, 75, 90, 100}
	// bars is about how many there are.
	bars = 20
	// commonest is how many texts are shown.
	commonest = 20
)

// Distribution tells how a feature is spread. It returns an error of code NotFound when there is none of that name.
func (c *Catalogue) Distribution(ctx context.Context, name string) (Distribution, error) {
	v, err := c.segments.valued(ctx, name)
	if err != nil {
		return Distribution{}, err
	}
	return c.spread(ctx, v)
}

// Try tells how what a draft measures is spread. It returns [query.Faults] for a measure that is not valid.
func (c *Catalogue) Try(ctx context.Context, d OwnDraft) (Distribution, query.Measurable, error) {
	schema, err := c.segments.Schema(ctx, nil)
	if err != nil {
		return Distribution{}, nil, err
	}
	m, err := readMeasure(d.Definition, schema)
	if err != nil {
		return Distribution{}, nil, err
	}
	v := Valued{Measure: m, At: c.segments.clock()}
	if v.Type, v.Unit, err = resultOf(m, d.Unit, schema); err != nil {
		return Distribution{}, nil, err
	}
	of, err := c.spread(ctx, v)
	return of, m, err
}

func (c *Catalogue) spread(ctx context.Context, v Valued) (Distribution, error) {
	d := Distribution{Feature: v.Feature}
	var err error
	if d.People, d.Known, err = c.reader().Counts(ctx, v); err != nil || d.Known == 0 {
		return d, err
	}
	if v.Written() {
		d.Values, err = c.reader().Commonest(ctx, v, commonest)
		return d, err
	}
	places := make([]int64, 0, len(percents)+2)
	for _, p := range append(slices.Clone(percents), 1, 99) {
		places = append(places, max(1, (int64(p)*d.Known+99)/100))
	}
	values, err := c.reader().Order(ctx, v, places)
	if err != nil {
		return d, err
	}
	for i, p := range percents {
		d.Quantiles = append(d.Quantiles, Quantile{p, values[i]})
	}
	low, high := values[len(percents)], values[len(percents)+1]
	if low == high {
		low, high = values[0], values[len(percents)-1]
	}
	d.Bars, err = c.bars(ctx, v, c.segments.edges(v, low, high), d.Known)
	return d, err
}

// bars counts people between edges.
func (c *Catalogue) bars(ctx context.Context, v Valued, edges []float64, known int64) ([]Bar, error) {
	below, err := c.reader().Below(ctx, v, edges[1:len(edges)-1])
	if err != nil {
		return nil, err
	}
	list := make([]Bar, len(edges)-1)
	before := int64(0)
	for i, upTo := range append(below, known) {
		list[i] = Bar{edges[i], edges[i+1], upTo - before}
		before = upTo
	}
	return list, nil
}

// edges are the bounds of the bars that hold values from low to high: round numbers, or the beginnings of days.
func (s *Segments) edges(v Valued, low, high float64) []float64 {
	switch {
	case v.Dated():
		return s.days(int64(low), int64(high))
	case low == high:
		return []float64{low, high}
	}
	width := roundUp((high - low) / float64(bars))
	if v.Type == query.TypeInteger {
		width = max(1, width)
	}
	var edges []float64
	for at := math.Floor(low / width); ; at++ {
		edge := math.Round(at*width*1e9) / 1e9 // 3 × 0.1 is 0.3
		if edges = append(edges, edge); edge > high {
			return edges
		}
	}
}

// days are the beginnings of days of the shop that lie as far apart, from that of an instant to behind that of another.
func (s *Segments) days(low, high int64) []float64 {
	clock := s.clock()
	day := func(ms int64) Day { return DayOf(time.UnixMilli(ms).In(clock.Location)) }
	width := (day(high)-day(low))/Day(bars) + 1
	var edges []float64
	for at := day(low); ; at += width {
		if edges = append(edges, float64(clock.Start(dateOf(at)))); at > day(high) {
			return edges
		}
	}
}

// roundUp returns the next number that is 1, 2 or 5 times a power of ten.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v {
			return m * power
		}
	}
	return 10 * power
}
