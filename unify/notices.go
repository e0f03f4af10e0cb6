package unify

import (
	"context"
	"fmt"
	"time"

	"github.com/hitori-cdp/hitori"
)

// stuck is how long an erasure may take: it is a matter of moments, unless an engine is away.
const stuck = time.Hour

// Notices tells of erasures that should have been finished long ago.
func (e *Erasures) Notices(ctx context.Context) ([]hitori.Notice, error) {
	pending, err := e.store.PendingErasures(ctx)
	if err != nil {
		return nil, err
	}
	var notices []hitori.Notice
	for _, erasure := range pending {
		if e.clock.Now().Sub(erasure.RequestedAt) >= stuck {
			notices = append(notices, hitori.Notice{
				ID: fmt.Sprint("erasure:", int64(erasure.Position)), Kind: "erasure_stuck", Severity: hitori.Failure, Time: erasure.RequestedAt.Add(stuck),
				Args: map[string]string{"customer": erasure.Customer.String()}, Link: "/settings/privacy",
			})
		}
	}
	return notices, nil
}

// someConflicts is up to how many conflicts are counted.
const someConflicts = 100

// Notices tells that there are joins which the rules refused and nobody has decided. Its time is
// that of the latest.
func (c *Customers) Notices(ctx context.Context) ([]hitori.Notice, error) {
	conflicts, err := c.store.Conflicts(ctx, 0, someConflicts)
	if err != nil || len(conflicts) == 0 {
		return nil, err
	}
	count := fmt.Sprint(len(conflicts))
	if len(conflicts) == someConflicts {
		count += "+"
	}
	notice := hitori.Notice{
		ID: "conflicts", Kind: "identity_conflicts", Severity: hitori.Info, Args: map[string]string{"conflicts": count}, Link: "/data/identity",
	}
	for _, conflict := range conflicts {
		if conflict.Time.After(notice.Time) {
			notice.Time = conflict.Time
		}
	}
	return []hitori.Notice{notice}, nil
}
