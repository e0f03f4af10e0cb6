package warehousetest

import (
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
)

var retentionTests = map[string]func(*testing.T, Warehouse){
	"ExpiredIsDropped": expiredIsDropped,
	"DropNothing":      dropNothing,
}

func expired(t testing.TB, w Warehouse, name string, before time.Time, limit int) []hitori.Position {
	t.Helper()
	positions, err := w.Expired(within(t), name, before, limit)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(positions)
	return positions
}

func drop(t testing.TB, w Warehouse, positions ...hitori.Position) {
	t.Helper()
	if err := w.Drop(within(t), positions); err != nil {
		t.Fatal(err)
	}
}

func expiredIsDropped(t *testing.T, w Warehouse) {
	shop := NewShop(6, 20)
	var all, stay model
	for range 6 {
		events := shop.Next(100)
		add(t, w, events...)
		all = append(all, events...)
	}
	for i, e := range []hitori.Stamped{ // stay, however old they are
		NewEvent(EventArgs{Number: 2000, Customer: 5, Type: hitori.Identify}), NewEvent(EventArgs{Number: 2001, Customer: 5, Name: "Consent Granted"}),
		NewEvent(EventArgs{Number: 2002, Customer: 5, Type: hitori.System, Name: "Customers Merged"}),
	} {
		e.Time = Epoch.Add(time.Duration(i) * time.Second)
		e.ReceivedAt = e.Time
		add(t, w, e)
		stay = append(stay, e)
	}
	waiting := quarantined(QuarantinedArgs{Number: 3000, Name: "Cart Viewed"})
	waiting.Time = Epoch.Add(time.Second)
	quarantine(t, w, waiting)
	before := Epoch.Add(200 * time.Second)

	want := []hitori.Position{waiting.Position}
	for _, e := range all {
		if e.Name == "Cart Viewed" && e.Time.Before(before) {
			want = append(want, e.Position)
		}
	}
	slices.Sort(want)
	if got := expired(t, w, "Cart Viewed", before, 10_000); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	drop(t, w, want...)
	drop(t, w, want...)

	for rounds := 0; ; rounds++ {
		positions := expired(t, w, "", before, 70)
		if len(positions) > 70 || rounds > 20 {
			t.Fatalf("%d positions in round %d", len(positions), rounds)
		}
		if len(positions) == 0 {
			break
		}
		drop(t, w, positions...)
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(e hitori.Stamped) bool { return e.Time.Before(before) })
	dump(t, w).equals(t, dumped{events: append(rest, stay...)})
}

func dropNothing(t *testing.T, w Warehouse) {
	events := NewShop(1, 10).Next(20)
	add(t, w, events...)
	drop(t, w)
	drop(t, w, 1, 2, 3)
	dump(t, w).equals(t, dumped{events: events})
	if got := expired(t, w, "Never", Epoch.AddDate(9, 0, 0), 5); len(got) > 0 {
		t.Fatalf("got %v", got)
	}
}
