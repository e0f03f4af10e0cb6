package clickhouse

import (
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
	"github.com/hitori-cdp/hitori/unify"
)

// What rows hold besides the nouns they are made of is how the tables keep it.
type (
	eventRow struct {
		hitori.Stamped
		time, receivedAt int64
		lines            uint32
	}
	lineRow struct {
		warehouse.Line
		number          uint32
		customer, time  int64
		kind            uint8
		event, currency string
	}
	quarantinedRow struct {
		hitori.Event
		time, receivedAt int64
		problems         string
	}
	aliasRow   struct{ unify.Alias }
	appliedRow struct {
		token string
		done  uint8
		// begun is the beginning of what the batch inserts, as JSON.
		begun string
	}
	versionRow struct{ version, shard, shards uint32 }
)

func newEventRow(e hitori.Stamped) eventRow {
	for _, document := range []*hitori.JSON{&e.Properties, &e.Traits, &e.Context} {
		*document = hitori.JSON(warehouse.Document(*document))
	}
	return eventRow{Stamped: e, time: e.Time.UnixMilli(), receivedAt: e.ReceivedAt.UnixMilli(), lines: uint32(len(e.Lines))}
}

// stamped returns the event of a row that was read. Its lines are as many as they should be,
// and empty.
func (r eventRow) stamped() hitori.Stamped {
	r.Time, r.ReceivedAt = milliseconds(r.time), milliseconds(r.receivedAt)
	if r.lines > 0 {
		r.Lines = make([]hitori.Line, r.lines)
	}
	return r.Stamped
}

func newLineRow(e *hitori.Stamped, n int) lineRow {
	return lineRow{
		Line: warehouse.Line{Line: e.Lines[n], Position: e.Position}, number: uint32(n),
		customer: int64(e.Customer), time: e.Time.UnixMilli(), kind: uint8(e.Kind), event: e.Name, currency: string(e.Currency),
	}
}

// placed returns the line of a row that was read.
func (r lineRow) placed() warehouse.Line {
	r.Number = int(r.number)
	return r.Line
}

func newQuarantinedRow(e hitori.Event) (quarantinedRow, error) {
	problems, err := json.Marshal(e.Problems)
	return quarantinedRow{e, e.Time.UnixMilli(), e.ReceivedAt.UnixMilli(), string(problems)}, err
}

// quarantined returns the event of a row that was read.
func (r quarantinedRow) quarantined() (hitori.Event, error) {
	r.Time, r.ReceivedAt = milliseconds(r.time), milliseconds(r.receivedAt)
	r.ID = hitori.NewEventID(r.Source, r.MessageID)
	return r.Event, json.Unmarshal([]byte(r.problems), &r.Problems)
}

func milliseconds(t int64) time.Time { return time.UnixMilli(t).UTC() }
