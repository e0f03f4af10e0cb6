package warehousetest

import (
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

var arrivalTests = map[string]func(*testing.T, Warehouse){"Counts": arrivalCounts}

// Events are counted by when they were received, those in quarantine and those of nobody too.
func arrivalCounts(t *testing.T, w Warehouse) {
	hour := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	var batch unify.Batch
	receive := func(source hitori.SourceID, at time.Time, customer hitori.CustomerID) {
		e := NewEvent(EventArgs{Number: len(batch.Events), Customer: customer, Time: hour.AddDate(-1, 0, 0)})
		e.Source, e.ReceivedAt = source, at
		batch.Events = append(batch.Events, e)
	}
	receive(7, hour.Add(-time.Millisecond), 1<<20) // before
	receive(7, hour, 1<<20)
	receive(7, hour.Add(59*time.Minute), 2<<20)
	receive(7, hour.Add(time.Hour), 3<<20)
	receive(8, hour.Add(30*time.Minute), 0)
	held := quarantined(QuarantinedArgs{Number: 100, Source: 8})
	held.ReceivedAt = hour.Add(40 * time.Minute)
	alone := quarantined(QuarantinedArgs{Number: 101, Source: 9})
	alone.ReceivedAt = hour.Add(3 * time.Hour)
	batch.Token, batch.Quarantined = "arrivals", []hitori.Event{held, alone}
	appendBatch(t, w, batch)
	got, err := w.Arrivals(within(t), hour, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	want := []hitori.Arrival{
		{Source: 7, Events: 2, Last: hour.Add(59 * time.Minute)},
		{Source: 7, Events: 1, Last: hour.Add(time.Hour)},
		{Source: 8, Events: 2, Last: hour.Add(40 * time.Minute)},
		{Source: 9, Events: 1, Last: hour.Add(3 * time.Hour)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	none, err := w.Arrivals(within(t), hour.Add(4*time.Hour), time.Minute)
	if err != nil || len(none) != 0 {
		t.Errorf("after everything: %v %v", none, err)
	}
}
