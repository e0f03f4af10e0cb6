package understand

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/unify"
)

// valued is the feature of a name. It returns an error of code NotFound when there is none.
func (s *Segments) valued(ctx context.Context, name string) (Valued, error) {
	features := Features()
	if i := slices.IndexFunc(features, func(f Feature) bool { return f.Name == name }); i >= 0 {
		return Valued{Feature: features[i]}, nil
	}
	f, err := s.OwnOf(ctx, name)
	if err != nil {
		return Valued{}, err
	}
	return s.measured(&f)
}

// measured is an own feature as it is measured now.
func (s *Segments) measured(f *OwnFeature) (Valued, error) {
	v := Valued{Feature: f.Feature(), Measure: f.Measure(), At: s.clock()}
	if v.Measure == nil {
		return v, hitori.NewError(hitori.Invalid, "feature_unreadable", "title", f.Title)
	}
	return v, nil
}

// FeatureMark is a mark of a distribution: a bar, or a text. Without anything it is all who have the feature.
type FeatureMark struct {
	// From and Below are the ends of a bar, as [Bar] has them; nil for that of the first or last bar, which take in what lies
	// outside.
	From, Below *float64
	// Value is a text.
	Value string
}

// Behind tells who is behind a mark as a condition. It returns an error of code NotFound when there is no such feature.
func (c *Catalogue) Behind(ctx context.Context, name string, m FeatureMark) (query.Condition, error) {
	v, err := c.segments.valued(ctx, name)
	if err != nil {
		return nil, err
	}
	all := &query.All{Of: []query.Condition{&query.Level{OneOf: []string{unify.Member.String(), unify.Lead.String()}}}}
	for _, is := range c.segments.tests(v, m) {
		all.Of = append(all.Of, feature(name, is))
	}
	return all, nil
}

// People returns a page of the people behind a mark, those who spent most first.
func (c *Catalogue) People(ctx context.Context, name string, m FeatureMark, after *MembersPlace, limit int) (Members, error) {
	condition, err := c.Behind(ctx, name, m)
	if err != nil {
		return Members{}, err
	}
	if condition, err = c.segments.Expand(ctx, condition); err != nil {
		return Members{}, err
	}
	return c.reader().Meeting(ctx, condition, c.segments.clock(), after, limit)
}

// tests are what those behind a mark meet.
func (s *Segments) tests(v Valued, m FeatureMark) []query.Test {
	switch {
	case m.Value != "" && v.Type == query.TypeBoolean:
		return []query.Test{{Op: map[bool]query.Op{true: query.IsTrue, false: query.IsFalse}[m.Value == "true"]}}
	case m.Value != "":
		return []query.Test{{Op: query.OneOf, Values: []string{m.Value}}}
	case m.From == nil && m.Below == nil:
		return []query.Test{{Op: query.Known}}
	case v.Dated():
		return []query.Test{s.dates(m)}
	}
	return numbers(v, m, s.cfg.Currency)
}

// dates is that an instant lies on one of the days from an instant to before another.
func (s *Segments) dates(m FeatureMark) query.Test {
	var t query.Test
	day := func(ms float64) Day { return DayOf(time.UnixMilli(int64(ms)).In(s.cfg.Location)) }
	if m.From != nil {
		t.Op, t.From = query.Since, dateOf(day(*m.From))
	}
	if m.Below != nil {
		t.Op, t.To = query.Until, dateOf(day(*m.Below)-1)
	}
	if m.From != nil && m.Below != nil {
		t.Op = query.BetweenDates
	}
	return t
}

// numbers are that a number is in a bar; one whose ends are the same holds that number.
func numbers(v Valued, m FeatureMark, currency hitori.Currency) []query.Test {
	scale := 1.0
	if v.Unit == UnitMoney {
		scale = math.Pow10(currency.Exponent())
	}
	var tests []query.Test
	if m.From != nil {
		tests = append(tests, query.Test{Op: query.AtLeast, Number: *m.From / scale})
	}
	switch {
	case m.Below == nil:
	case m.From != nil && *m.From == *m.Below:
		return []query.Test{{Op: query.Equals, Number: *m.From / scale}}
	case v.Type == query.TypeInteger:
		last := math.Ceil(*m.Below) - 1
		if m.From != nil && *m.From == last {
			return []query.Test{{Op: query.Equals, Number: last}}
		}
		tests = append(tests, query.Test{Op: query.AtMost, Number: last})
	default:
		tests = append(tests, query.Test{Op: query.LessThan, Number: *m.Below / scale})
	}
	return tests
}
