package clickhouse

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

const (
	// removalPatience is how long parts that were replaced may stay on disk before that counts
	// as a failure: longer than any query should hold them.
	removalPatience = 2 * time.Minute
	// removalPoll is how often to look.
	removalPoll = 100 * time.Millisecond
)

// Erase removes every row of the given customers and the quarantined events that carry one
// of the identifiers: it has all parts that hold such rows written anew without them, and
// waits until the old ones are off the disk. When it fails or a node dies, erasing again
// completes it.
func (w *Warehouse) Erase(ctx context.Context, customers []hitori.CustomerID, identifiers []hitori.Identifier) error {
	carriers, err := warehouse.Carriers(ctx, w, identifiers)
	if err != nil {
		return err
	}
	conditions := make(map[string]string)
	if len(customers) > 0 {
		for _, table := range []string{events.name, lines.name, aliases.name} {
			conditions[table] = among("customer_id", customers)
		}
		conditions[touched] = conditions[events.name]
		for _, t := range slices.Concat(derivedTables, keptTables) {
			conditions[t.name] = among("person", customers)
		}
	}
	if len(carriers) > 0 {
		conditions[quarantined.name] = among("position", carriers)
	}
	if len(customers) == 0 && len(identifiers) == 0 {
		return nil
	}
	err = w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		for _, table := range append(slices.Clone(contentTables), derivedContent()...) {
			if err := s.remove(ctx, table, conditions[table]); err != nil {
				return err
			}
		}
		return s.awaitRemoval(ctx)
	})
	if err != nil {
		return err
	}
	return w.revise(ctx, false)
}

// remove has the parts of a table written anew without the rows that the condition selects, and
// without those that were only marked as removed before, which may be such rows too.
func (s *shard) remove(ctx context.Context, table, condition string) error {
	var commands []string
	if condition != "" {
		found, err := values[uint8](ctx, s, "SELECT 1 FROM "+table+where(condition)+" LIMIT 1")
		if err != nil {
			return err
		}
		if len(found) > 0 {
			commands = append(commands, "DELETE"+where(condition))
		}
	}
	marked, err := values[uint8](ctx, s, "SELECT 1 FROM system.parts"+
		where("database = currentDatabase()", "table = "+quote(table), "active", "has_lightweight_delete")+" LIMIT 1")
	if err != nil {
		return err
	}
	if len(marked) > 0 {
		commands = append(commands, "APPLY DELETED MASK")
	}
	if len(commands) == 0 {
		return nil
	}
	return s.exec(ctx, "ALTER TABLE "+table+" "+strings.Join(commands, ", "))
}

// awaitRemoval waits until the parts that are not in use now are off the disk. It does so also
// when nothing was removed: a failed erasure may have left them.
func (s *shard) awaitRemoval(ctx context.Context) error {
	old, err := s.unusedParts(ctx)
	if err != nil {
		return err
	}
	patience, cancel := context.WithTimeoutCause(ctx, removalPatience,
		unavailable(fmt.Errorf("parts of %s are not removed from the disk", s.address)))
	defer cancel()
	ticker := time.NewTicker(removalPoll)
	defer ticker.Stop()
	for len(old) > 0 {
		select {
		case <-ticker.C:
		case <-patience.Done():
			return context.Cause(patience)
		}
		now, err := s.unusedParts(patience)
		if err != nil {
			return err
		}
		maps.DeleteFunc(old, func(name string, _ bool) bool { return !now[name] })
	}
	return nil
}

// unusedParts names the parts that are on disk but not in use.
func (s *shard) unusedParts(ctx context.Context) (map[string]bool, error) {
	names, err := values[string](ctx, s, "SELECT concat(table, ' ', name) FROM system.parts"+
		where("database = currentDatabase()", "NOT active"))
	unused := make(map[string]bool, len(names))
	for _, name := range names {
		unused[name] = true
	}
	return unused, err
}

// Truncate removes everything, the tokens of batches included.
func (w *Warehouse) Truncate(ctx context.Context) error {
	w.appending.Lock()
	defer w.appending.Unlock()
	for _, table := range slices.Concat(contentTables, derivedContent(), []string{costs.name, forms.name, revisions.name}) {
		err := w.everywhere(ctx, func(ctx context.Context, s *shard) error { return s.exec(ctx, "TRUNCATE TABLE "+table+" SYNC") })
		if err != nil {
			return err
		}
	}
	return nil
}
