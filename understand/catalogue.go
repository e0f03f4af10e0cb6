package understand

import (
	"context"
	"math"
	"slices"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// FeatureReader reads features as they were derived last.
type FeatureReader interface {
	// Features returns those of the given people that are known, by person and name: numbers as float64, instants
	// as float64 in milliseconds, texts as string.
	Features(ctx context.Context, people []hitori.CustomerID) (map[hitori.CustomerID]map[string]any, error)
	// Counts returns how many people there are of at least a level, and how many of them have a feature.
	Counts(ctx context.Context, f Feature) (people, known int64, err error)
	// Order returns the values that stand at the given places (from 1) when those of a feature are sorted.
	Order(ctx context.Context, f Feature, places []int64) ([]float64, error)
	// Below returns for each of the bounds how many values of a feature are less than it.
	Below(ctx context.Context, f Feature, bounds []float64) ([]int64, error)
	// Commonest returns the values that most people have.
	Commonest(ctx context.Context, f Feature, limit int) ([]ValueCount, error)
}

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

// Catalogue tells about features.
type Catalogue struct{ reader FeatureReader }

// NewCatalogue returns the catalogue of the features that a warehouse has derived.
func NewCatalogue(reader FeatureReader) *Catalogue { return &Catalogue{reader} }

// Of returns the features of a person that are known, in the order of [Features].
func (c *Catalogue) Of(ctx context.Context, person hitori.CustomerID) ([]FeatureValue, error) {
	found, err := c.reader.Features(ctx, []hitori.CustomerID{person})
	values := []FeatureValue{}
	for _, f := range Features() {
		if v, ok := found[person][f.Name]; ok {
			values = append(values, FeatureValue{f, v})
		}
	}
	return values, err
}

// FeatureValue is a feature of a person: a number, an instant in milliseconds since 1970, or a text.
type FeatureValue struct {
	Feature
	Value any `json:"value"`
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
	all := Features()
	at := slices.IndexFunc(all, func(f Feature) bool { return f.Name == name })
	if at < 0 {
		return Distribution{}, hitori.NewError(hitori.NotFound, "feature_unknown", "name", name)
	}
	d := Distribution{Feature: all[at]}
	var err error
	if d.People, d.Known, err = c.reader.Counts(ctx, d.Feature); err != nil || d.Known == 0 {
		return d, err
	}
	if d.Type == query.TypeText {
		d.Values, err = c.reader.Commonest(ctx, d.Feature, commonest)
		return d, err
	}
	places := make([]int64, 0, len(percents)+2)
	for _, p := range append(slices.Clone(percents), 1, 99) {
		places = append(places, max(1, (int64(p)*d.Known+99)/100))
	}
	values, err := c.reader.Order(ctx, d.Feature, places)
	if err != nil {
		return d, err
	}
	for i, p := range percents {
		d.Quantiles = append(d.Quantiles, Quantile{p, values[i]})
	}
	d.Bars, err = c.bars(ctx, d.Feature, values[len(percents)], values[len(percents)+1], values[0], values[len(percents)-1], d.Known)
	return d, err
}

// bars counts people between bounds from low to high; least and most are the ends of all.
func (c *Catalogue) bars(ctx context.Context, f Feature, low, high, least, most float64, known int64) ([]Bar, error) {
	if low == high {
		low, high = least, most
	}
	if low == high {
		return []Bar{{low, high, known}}, nil
	}
	width := (high - low) / float64(bars)
	if f.Type != query.TypeTime {
		width = roundUp(width)
		if f.Type == query.TypeInteger {
			width = max(1, width)
		}
		low = math.Floor(low/width) * width
	}
	n := int((high-low)/width) + 1
	bounds := make([]float64, n-1)
	for i := range bounds {
		bounds[i] = low + width*float64(i+1)
	}
	below, err := c.reader.Below(ctx, f, bounds)
	if err != nil {
		return nil, err
	}
	list := make([]Bar, n)
	before := int64(0)
	for i := range list {
		upTo := known
		if i < len(below) {
			upTo = below[i]
		}
		list[i] = Bar{low + width*float64(i), low + width*float64(i+1), upTo - before}
		before = upTo
	}
	return list, nil
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
