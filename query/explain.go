package query

import (
	"time"
)

// Explained is what one leaf of a condition comes to for a customer.
type Explained struct {
	// Path is the JSON pointer of the leaf in its definition.
	Path string
	Leaf Condition
	Met  bool
}

// Explain evaluates every leaf of a condition for a customer at an instant, in their order, also those that [Evaluate] need
// not look at. What a leaf means is evaluated in its place: where features are defined by measures that is what [Expand]
// puts there. The condition must be valid.
func Explain(c Condition, meaning func(Condition) Condition, s Subject, now time.Time, location *time.Location) []Explained {
	e := newEvaluation(s, now, location)
	var leaves []Explained
	walk(root, c, func(path string, c Condition) {
		switch c.(type) {
		case *All, *Any, *Not, *Property: // a property is told with its leaf
			return
		}
		leaves = append(leaves, Explained{path, c, holds(meaning(c), e.leaf)})
	})
	return leaves
}
