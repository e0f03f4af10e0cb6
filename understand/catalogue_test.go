package understand_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/understand"
)

// sorted is a reader of one feature that everybody has.
type sorted []float64

func (sorted) Features(context.Context, []hitori.CustomerID) (map[hitori.CustomerID]map[string]any, error) {
	return nil, nil
}

func (sorted) Value(context.Context, understand.Valued, hitori.CustomerID, []hitori.CustomerID) (any, error) {
	return nil, nil
}

func (sorted) Meeting(context.Context, query.Condition, query.Clock, *understand.MembersPlace, int) (understand.Members, error) {
	return understand.Members{}, nil
}

func (v sorted) Counts(context.Context, understand.Valued) (int64, int64, error) {
	return int64(len(v)), int64(len(v)), nil
}

func (v sorted) Order(_ context.Context, _ understand.Valued, places []int64) ([]float64, error) {
	values := make([]float64, len(places))
	for i, p := range places {
		values[i] = v[p-1]
	}
	return values, nil
}

func (v sorted) Below(_ context.Context, _ understand.Valued, bounds []float64) ([]int64, error) {
	counts := make([]int64, len(bounds))
	for i, b := range bounds {
		n, _ := slices.BinarySearch(v, b)
		counts[i] = int64(n)
	}
	return counts, nil
}

func (sorted) Commonest(context.Context, understand.Valued, int) ([]understand.ValueCount, error) {
	return nil, nil
}

// Whatever is spread, the bars hold everybody once, between round bounds.
func TestDistributionHoldsEverybody(t *testing.T) {
	linear := func(n int, step, from float64) sorted {
		v := make(sorted, n)
		for i := range v {
			v[i] = from + step*float64(i)
		}
		return v
	}
	for name, values := range map[string]sorted{
		"one": {7}, "same": {3, 3, 3}, "two": {0, 1}, "spread": linear(1000, 37, 0), "fractions": linear(500, 0.013, 2), "below zero": linear(300, 1, -150),
		"far out": append(linear(200, 1, 0), 1e9),
	} {
		for _, feature := range []string{"orders", "spend", "last_order_at"} {
			shop := understand.NewSegments(understand.SegmentsConfig{Features: values, Clock: service.SystemClock{}, Location: time.UTC})
			d, err := understand.NewCatalogue(shop).Distribution(t.Context(), feature)
			if err != nil {
				t.Fatal(err)
			}
			sum := int64(0)
			for i, b := range d.Bars {
				sum += b.People
				if b.People < 0 || i > 0 && b.From != d.Bars[i-1].To {
					t.Errorf("%s as %s: bar %+v after %+v", name, feature, b, d.Bars[max(0, i-1)])
				}
			}
			if sum != int64(len(values)) || len(d.Bars) > 25 {
				t.Errorf("%s as %s: %d bars hold %d of %d", name, feature, len(d.Bars), sum, len(values))
			}
			if q := d.Quantiles; q[0].Value != values[0] || q[len(q)-1].Value != values[len(values)-1] {
				t.Errorf("%s: quantiles %v", name, q)
			}
			if d.Type == query.TypeText {
				t.Errorf("%s is a text", feature)
			}
		}
	}
}
