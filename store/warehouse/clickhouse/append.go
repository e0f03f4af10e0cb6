package clickhouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// Append adds a batch. See the package's doc for how it does that once.
func (w *Warehouse) Append(ctx context.Context, batch unify.Batch) error {
	shares, err := w.deal(batch)
	if err != nil {
		return failed(err)
	}
	w.appending.Lock()
	defer w.appending.Unlock()
	home := w.shardOfToken(batch.Token)
	earlier, err := home.attempt(ctx, batch.Token)
	if err != nil || earlier.done {
		return err
	}
	if !earlier.begun {
		if err := home.begin(ctx, batch.Token, shares); err != nil {
			return err
		}
	}
	err = w.everywhere(ctx, func(ctx context.Context, s *shard) error {
		return s.append(ctx, batch.Token, shares[s.number], earlier)
	})
	if err != nil {
		return err
	}
	return home.finish(ctx, batch.Token)
}

// share is what one shard gets of a batch.
type share struct {
	aliases     []aliasRow
	quarantined []quarantinedRow
	lines       []lineRow
	events      []eventRow
}

// deal deals a batch to the shards.
func (w *Warehouse) deal(batch unify.Batch) ([]share, error) {
	shares := make([]share, len(w.shards))
	for i := range batch.Events {
		e := &batch.Events[i]
		to := &shares[w.shardOfEvent(e.Customer, e.Position).number]
		to.events = append(to.events, newEventRow(*e))
		for n := range e.Lines {
			to.lines = append(to.lines, newLineRow(e, n))
		}
	}
	for _, e := range batch.Quarantined {
		row, err := newQuarantinedRow(e)
		if err != nil {
			return nil, err
		}
		to := &shares[w.shardOf(int64(e.Position)).number]
		to.quarantined = append(to.quarantined, row)
	}
	for _, a := range batch.Aliases {
		for i := range shares {
			shares[i].aliases = append(shares[i].aliases, aliasRow{a})
		}
	}
	return shares, nil
}

// append adds a share of a batch. An alias may come twice, so it needs no witness.
func (s *shard) append(ctx context.Context, token string, mine share, earlier attempt) error {
	if err := s.touchOwners(ctx, mine.aliases); err != nil {
		return err
	}
	if err := aliases.insert(ctx, s, token, mine.aliases); err != nil {
		return err
	}
	first := firstRows(mine)
	then := earlier.first[s.number]
	if err := insertOnce(ctx, s, quarantined, token, mine.quarantined, earlier.begun, then.Quarantined, first.Quarantined); err != nil {
		return err
	}
	if err := insertOnce(ctx, s, lines, token, mine.lines, earlier.begun, then.Lines, first.Lines); err != nil {
		return err
	}
	return insertOnce(ctx, s, events, token, mine.events, earlier.begun, then.Events, first.Events)
}

// touchOwners notes to whom profiles belong that are about to become somebody else's: they lose what is theirs.
func (s *shard) touchOwners(ctx context.Context, moved []aliasRow) error {
	if len(moved) == 0 || s.number > 0 { // every shard has all aliases
		return nil
	}
	customers := make([]hitori.CustomerID, len(moved))
	for i := range moved {
		customers[i] = moved[i].Customer
	}
	owners, err := values[int64](ctx, s, "SELECT DISTINCT root_id FROM aliases"+where(among("customer_id", customers)))
	if err != nil {
		return err
	}
	return s.touch(ctx, owners)
}

// key is where a row stands. In quarantine there is only the position.
type key struct {
	Customer hitori.CustomerID `json:"c,omitempty"`
	Time     int64             `json:"t,omitempty"`
	Position hitori.Position   `json:"p"`
}

// keys are those of the first row of each insert on a shard.
type keys struct {
	Events      *key `json:"e,omitempty"`
	Lines       *key `json:"l,omitempty"`
	Quarantined *key `json:"q,omitempty"`
}

func firstRows(mine share) (first keys) {
	if len(mine.events) > 0 {
		r := &mine.events[0]
		first.Events = &key{r.Customer, r.time, r.Position}
	}
	if len(mine.lines) > 0 {
		r := &mine.lines[0]
		first.Lines = &key{hitori.CustomerID(r.customer), r.time, r.Position}
	}
	if len(mine.quarantined) > 0 {
		first.Quarantined = &key{Position: mine.quarantined[0].Position}
	}
	return first
}

// attempt is what is known of a batch's token.
type attempt struct {
	begun, done bool
	// first are by shard the first rows of the inserts that were begun.
	first map[int]keys
}

func (s *shard) attempt(ctx context.Context, token string) (a attempt, err error) {
	err = applied.each(ctx, s, where("token = "+quote(token)), func(r appliedRow) error {
		a.begun = true
		a.done = a.done || r.done > 0
		if r.begun == "" || a.first != nil {
			return nil
		}
		return json.Unmarshal([]byte(r.begun), &a.first)
	})
	return a, err
}

// begin notes what a batch will insert.
func (s *shard) begin(ctx context.Context, token string, shares []share) error {
	first := make(map[int]keys)
	for i := range shares {
		if k := firstRows(shares[i]); k != (keys{}) {
			first[i] = k
		}
	}
	if len(first) == 0 {
		return nil
	}
	begun, err := json.Marshal(first)
	if err != nil {
		return failed(err)
	}
	return applied.insert(ctx, s, "begun "+token, []appliedRow{{token: token, begun: string(begun)}})
}

func (s *shard) finish(ctx context.Context, token string) error {
	return applied.insert(ctx, s, "done "+token, []appliedRow{{token: token, done: 1}})
}

// insertions is how often an insert is repeated whose rows do not appear.
const insertions = 3

// insertOnce inserts rows unless that was done before. Of a batch that was begun earlier it looks for
// the first row that was to be inserted then, and for the first of those it is given, which are
// others when the contents are: an insert is written whole or not at all.
func insertOnce[R any](ctx context.Context, s *shard, t table[R], token string, rows []R, again bool, then, now *key) error {
	if !again || len(rows) == 0 {
		return t.insert(ctx, s, token, rows)
	}
	fresh := token
	for try := 1; ; try++ {
		there, err := s.has(ctx, t.name, then, now)
		if err != nil || there {
			return err
		}
		if try > insertions {
			return failed(errors.New("rows that were inserted do not appear"))
		}
		if err := t.insert(ctx, s, fresh, rows); err != nil {
			return err
		}
		// If they are still not there, the node remembers an insert whose rows it lost.
		fresh = fmt.Sprintf("%s again-%d", token, try)
	}
}

// has reports whether one of some rows is there.
func (s *shard) has(ctx context.Context, table string, keys ...*key) (bool, error) {
	for _, k := range keys {
		if k == nil {
			continue
		}
		condition := fmt.Sprintf("position = %d", k.Position)
		if table != quarantined.name {
			condition = fmt.Sprintf("customer_id = %d AND time = %d AND %s", k.Customer, k.Time, condition)
		}
		found, err := values[uint8](ctx, s, "SELECT 1 FROM "+table+where(condition)+" LIMIT 1")
		if err != nil || len(found) > 0 {
			return len(found) > 0, err
		}
	}
	return false, nil
}
