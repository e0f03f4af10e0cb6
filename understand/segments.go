package understand

import (
	"context"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// Segments tells who meets conditions. They must be valid; what they mean is what [query.Evaluate] says.
type Segments interface {
	// Size is how many people meet a condition.
	Size(ctx context.Context, c query.Condition, at query.Clock) (int64, error)
	// People returns those who do, in the order of their ids, from the one behind after; at most limit.
	People(ctx context.Context, c query.Condition, at query.Clock, after hitori.CustomerID, limit int) ([]hitori.CustomerID, error)
}
