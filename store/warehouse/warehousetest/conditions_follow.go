package warehousetest

import (
	"iter"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// conditionFollows: what conditions ask of events follows what comes late, who is merged and separated again, what is moved and
// taken out, and who is erased, after each derivation of those who were touched.
func conditionFollows(t *testing.T, w Warehouse) {
	const people = 4
	root := make(map[hitori.CustomerID]hitori.CustomerID)
	number := 0
	viewed := func(person, daysAgo int, name string) hitori.Stamped {
		number++
		return NewEvent(EventArgs{Number: number, Customer: club(person), Name: name, Time: segmentNow.AddDate(0, 0, -daysAgo)})
	}
	refresh := func() {
		t.Helper()
		touched, err := w.Touched(within(t), form)
		must(t, err)
		wanted := make(map[hitori.CustomerID]bool)
		d := understand.Derivation{Everybody: touched.Everybody, Form: form, Currency: hitori.JPY, Now: segmentNow, Location: tokyo}
		for _, profile := range touched.Profiles {
			if r, merged := root[profile]; merged {
				wanted[r], d.Gone = true, append(d.Gone, profile)
			} else {
				wanted[profile] = true
			}
		}
		d.People = iter.Seq2[understand.Person, error](func(yield func(understand.Person, error) bool) {
			for n := range people {
				p := understand.Person{ID: club(1 + n), Profiles: []hitori.CustomerID{club(1 + n)}, Level: unify.Member, FirstSeen: segmentNow}
				for profile, r := range root {
					if r == p.ID {
						p.Profiles = append(p.Profiles, profile)
					}
				}
				if _, merged := root[p.ID]; !merged && (touched.Everybody || wanted[p.ID]) && !yield(p, nil) {
					return
				}
			}
		})
		derive(t, w, d)
		must(t, w.Untouch(within(t), touched))
	}
	reader := plan.Reader{Engine: w, Currency: hitori.JPY}
	check := func(when string, twice, bought []int) {
		t.Helper()
		for _, q := range []struct {
			what, where string
			want        []int
		}{
			{"twice", `{"type":"event","event":"Product Viewed","measure":"count","is":{"op":"at_least","number":2}}`, twice},
			{"bought after a view", `{"type":"sequence","steps":[{"event":"Product Viewed"},{"event":"Order Completed","within":{"n":2,"unit":"day"}}]}`, bought},
		} {
			c, err := query.Parse([]byte(`{"version":1,"where":` + q.where + `}`))
			must(t, err)
			met, err := reader.People(within(t), c, segmentClock, 0, 10)
			must(t, err)
			var got []int
			for _, id := range met {
				got = append(got, int(id>>20))
			}
			equal(t, when+": "+q.what, got, q.want)
		}
	}

	first := []hitori.Stamped{viewed(1, 9, "Product Viewed"), viewed(2, 8, "Product Viewed"), viewed(3, 8, "Product Viewed"), viewed(1, 7, "Order Completed"), viewed(3, 9, "Order Completed")}
	appendBatch(t, w, unify.Batch{Token: "first", Events: first})
	refresh()
	check("first", nil, []int{1})

	late := viewed(3, 10, "Product Viewed")
	appendBatch(t, w, unify.Batch{Token: "late", Events: []hitori.Stamped{late}})
	refresh()
	check("late", []int{3}, []int{1, 3})

	root[club(2)] = club(4)
	bought := viewed(4, 7, "Order Completed")
	appendBatch(t, w, unify.Batch{Token: "merged", Events: []hitori.Stamped{bought}, Aliases: []unify.Alias{{Customer: club(2), Root: club(4), Version: 1}}})
	refresh()
	check("merged", []int{3}, []int{1, 3, 4})

	delete(root, club(2))
	appendBatch(t, w, unify.Batch{Token: "separated", Aliases: []unify.Alias{{Customer: club(2), Root: club(2), Version: 2}}})
	refresh()
	check("separated", []int{3}, []int{1, 3})

	moved := late
	moved.Customer = club(2)
	must(t, w.Restamp(within(t), unify.Batch{Token: "moved", Events: []hitori.Stamped{moved}}))
	refresh()
	check("moved", []int{2}, []int{1})

	must(t, w.Drop(within(t), []hitori.Position{first[1].Position}))
	refresh()
	check("taken out", nil, []int{1})

	must(t, w.Erase(within(t), []hitori.CustomerID{club(1)}, nil))
	check("erased", nil, nil)
}
