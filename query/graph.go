package query

import (
	"maps"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// References checks that a segment with this definition, beside the definitions of the others,
// does not refer to itself through them. It returns [Faults] that mark each reference by which
// a circle closes.
func References(id string, c Condition, others map[string]Condition) error {
	var faults Faults
	walk(root, c, func(path string, c Condition) {
		if s, ok := c.(*Segment); ok && (s.ID == id || leads(s.ID, id, others, make(map[string]bool))) {
			faults.add(hitori.NewError(hitori.Invalid, "query_circle", "segment", s.ID).At(below(path, "id")))
		}
	})
	return faults.err()
}

// leads reports whether a segment refers to another, by way of others or directly.
func leads(from, to string, definitions map[string]Condition, seen map[string]bool) bool {
	for _, next := range segments(definitions[from]) {
		if next == to {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if leads(next, to, definitions, seen) {
				return true
			}
		}
	}
	return false
}

// segments lists those a condition refers to.
func segments(c Condition) []string {
	var ids []string
	for _, ref := range DependsOn(c) {
		if ref.Kind == RefSegment {
			ids = append(ids, ref.Name)
		}
	}
	return ids
}

// EvaluationOrder returns the segments so that each comes after those it refers to, and by id
// where that leaves a choice. It returns an error of code Invalid when they form a circle;
// references to segments that are not defined are passed over.
func EvaluationOrder(definitions map[string]Condition) ([]string, error) {
	const begun, done = 1, 2
	state := make(map[string]int)
	var order []string
	var visit func(id string) error
	visit = func(id string) error {
		c, defined := definitions[id]
		switch {
		case !defined || state[id] == done:
			return nil
		case state[id] == begun:
			return hitori.NewError(hitori.Invalid, "query_circle", "segment", id)
		}
		state[id] = begun
		for _, next := range segments(c) {
			if err := visit(next); err != nil {
				return err
			}
		}
		state[id] = done
		order = append(order, id)
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(definitions)) {
		if err := visit(id); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// UsedBy lists the ids of the definitions that depend on something, sorted.
func UsedBy(ref Ref, definitions map[string]Condition) []string {
	var ids []string
	for id, c := range definitions {
		if slices.Contains(DependsOn(c), ref) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
