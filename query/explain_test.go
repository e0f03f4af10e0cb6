package query_test

import (
	"fmt"
	"testing"

	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

// TestExplain joins what the leaves come to, and holds it to the evaluation of the whole.
func TestExplain(t *testing.T) {
	g := querytest.NewGenerator(7)
	several := 0
	for range generated / 5 {
		c, customer := g.Condition(), g.Customer(20)
		leaves := make(map[string]bool)
		for _, leaf := range query.Explain(c, itself, customer, querytest.Now, querytest.Location) {
			leaves[leaf.Path] = leaf.Met
			if alone, _ := query.Evaluate(leaf.Leaf, customer, querytest.Now, querytest.Location); alone != leaf.Met {
				t.Fatalf("%s\nleaf %s is %v, alone %v", query.Encode(c), leaf.Path, leaf.Met, alone)
			}
		}
		if len(leaves) > 1 {
			several++
		}
		want, _ := query.Evaluate(c, customer, querytest.Now, querytest.Location)
		if got := joined(t, c, "/where", leaves); got != want {
			t.Fatalf("%s\nleaves %v say %v, the whole is %v", query.Encode(c), leaves, got, want)
		}
	}
	if several < generated/20 {
		t.Errorf("only %d conditions have several leaves", several)
	}
}

func itself(c query.Condition) query.Condition { return c }

// joined is what a tree comes to by its leaves.
func joined(t *testing.T, c query.Condition, path string, leaves map[string]bool) bool {
	t.Helper()
	each := func(of []query.Condition, stop bool) bool {
		for i, inner := range of {
			if joined(t, inner, fmt.Sprintf("%s/of/%d", path, i), leaves) == stop {
				return stop
			}
		}
		return !stop
	}
	switch n := c.(type) {
	case *query.All:
		return each(n.Of, false)
	case *query.Any:
		return each(n.Of, true)
	case *query.Not:
		return !joined(t, n.Of, path+"/of", leaves)
	}
	met, told := leaves[path]
	if !told {
		t.Fatalf("nothing is told about the leaf %s", path)
	}
	return met
}
