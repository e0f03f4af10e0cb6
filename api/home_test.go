package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

func order(person string, at time.Time, total int) any {
	id := fmt.Sprint(person, at.Unix())
	return map[string]any{
		"type": "track", "event": "Order Completed", "userId": person, "messageId": id, "timestamp": at.Format(time.RFC3339),
		"properties": map[string]any{"order_id": id, "total": total},
	}
}

// Today up to now is compared with the same weekday of the weeks before, up to the same time.
func TestTodayAgainstTheUsual(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 4, 20, 15, 0, 0, 0, tokyo) // a Monday
	c := apptest.Start(t, app.Config{Clock: service.NewManualClock(now)})
	key := c.WriteKey("shop")
	day := func(weeks, hour int) time.Time { return time.Date(2026, 4, 20-7*weeks, hour, 30, 0, 0, tokyo) }
	today := func() measure.Today {
		t.Helper()
		if err := c.App.Deriver.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		var home measure.Numbers
		c.Call(http.MethodGet, "/home", nil, &home)
		return home.Today
	}
	// The first order ever was four weeks ago, so that three whole weeks count.
	c.Send(key,
		order("a", day(4, 9), 50_000),
		order("a", day(3, 0), 1000), order("b", day(3, 10), 2000), order("c", day(3, 15), 70_000), // the last one too late
		order("a", day(2, 14), 4000), order("a", day(2, 13), 1000),
		order("d", day(1, 23), 90_000), order("e", day(1, 14).AddDate(0, 0, -1), 80_000), // both on another day, or too late
		order("f", day(0, 0), 3000), order("a", day(0, 14), 6000),
	)
	got := today()
	if len(got.Weeks) != 3 || !got.Weeks[0].Date.Equal(time.Date(2026, 4, 13, 0, 0, 0, 0, tokyo)) || !got.Until.Equal(now) {
		t.Fatalf("%+v", got)
	}
	jpy := func(net, returning int64) []measure.Revenue {
		return []measure.Revenue{{Currency: "JPY", Net: net, Returning: returning}}
	}
	for what, pair := range map[string][2]any{
		"today":     {got.SoFar, measure.Sales{Orders: 2, Buyers: 2, Revenue: jpy(9000, 6000)}},
		"last week": {got.Weeks[0].Sales, measure.Sales{Revenue: []measure.Revenue{}}},
		"two ago":   {got.Weeks[1].Sales, measure.Sales{Orders: 2, Buyers: 1, Revenue: jpy(5000, 5000)}},
		"three ago": {got.Weeks[2].Sales, measure.Sales{Orders: 2, Buyers: 2, Revenue: jpy(3000, 1000)}},
		// The medians of 0, 2, 2 orders; of 0, 1, 2 buyers; of 0, 5000, 3000 yen.
		"usual": {*got.Usual, measure.Usual{Orders: 2, Buyers: 1, Revenue: jpy(3000, 1000)}},
	} {
		if fmt.Sprint(pair[0]) != fmt.Sprint(pair[1]) {
			t.Errorf("%s: %+v, want %+v", what, pair[0], pair[1])
		}
	}
}

// What follows from events is not there yet when the first have come, and that is said instead of nothing was bought.
func TestComputingIsSaid(t *testing.T) {
	clock := service.NewManualClock(time.Date(2026, 4, 20, 6, 0, 0, 0, time.UTC))
	c := apptest.Start(t, app.Config{Clock: clock})
	said := func(when string, want bool) {
		t.Helper()
		var home measure.Numbers
		c.Call(http.MethodGet, "/home", nil, &home)
		var decile understand.Deciles
		c.Call(http.MethodGet, "/analyses/decile", nil, &decile)
		if home.Computing != want || decile.Computing != want {
			t.Errorf("%s: home %v, decile %v", when, home.Computing, decile.Computing)
		}
		clock.Advance(time.Minute) // the numbers of home are kept for a while
	}
	said("of a new shop", false)
	c.Send(c.WriteKey("shop"), order("a", clock.Now().Add(-time.Hour), 1000))
	c.Settle()
	said("when an order has come", true)
	if err := c.App.Deriver.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	said("when it is derived", false)
}

// A shop of which nothing is known yet has no usual.
func TestTodayOfANewShop(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	var home measure.Numbers
	c.Call(http.MethodGet, "/home", nil, &home)
	if home.Today.Usual != nil || len(home.Today.Weeks) != 0 || home.Today.SoFar.Orders != 0 || home.Today.Weeks == nil || home.Today.SoFar.Revenue == nil {
		t.Errorf("%+v", home.Today)
	}
}

// The people behind the numbers of a row of days are listed page by page.
func TestPeopleBehindTheNumbers(t *testing.T) {
	now := time.Date(2026, 4, 20, 6, 0, 0, 0, time.UTC)
	c := apptest.Start(t, app.Config{Clock: service.NewManualClock(now)})
	var messages []any
	for n := range 7 { // p0 to p6 order on the 1st to the 7th, the even ones again on the 12th
		person, first := fmt.Sprint("p", n), time.Date(2026, 4, 1+n, 3, n, 0, 0, time.UTC)
		messages = append(messages, order(person, first, 1000))
		if n%2 == 0 {
			messages = append(messages, order(person, time.Date(2026, 4, 12, 3, n, 0, 0, time.UTC), 1000))
		}
	}
	messages = append(messages, map[string]any{"type": "page", "anonymousId": "visitor", "messageId": "v", "timestamp": "2026-04-12T05:00:00Z"})
	c.Send(c.WriteKey("shop"), messages...)
	if err := c.App.Deriver.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := make(map[hitori.CustomerID]string)
	for _, reference := range []string{"user_id:p0", "user_id:p1", "user_id:p2", "user_id:p3", "user_id:p4", "user_id:p5", "user_id:p6", "anonymous_id:visitor"} {
		var customer unify.Customer
		c.Call(http.MethodGet, "/customers/"+url.PathEscape(reference), nil, &customer)
		ids[customer.ID] = reference[len(reference)-2:]
	}
	list := func(query string) (names []string) {
		t.Helper()
		next, total := "", int64(-1)
		for page := 0; page == 0 || next != ""; page++ {
			var answer struct {
				Customers []unify.Card
				Total     int64
				Next      string
			}
			c.Call(http.MethodGet, "/home/"+query+"&limit=2&after="+next, nil, &answer)
			for _, card := range answer.Customers {
				names = append(names, ids[card.ID])
				total = answer.Total
			}
			next = answer.Next
		}
		if total != int64(len(names)) && len(names) > 0 {
			t.Errorf("%s: %d people in all, %d on the pages", query, total, len(names))
		}
		return names
	}
	for query, want := range map[string][]string{
		"buyers?date=2026-04-01&to=2026-04-30":               {"p6", "p4", "p2", "p0", "p5", "p3", "p1"},
		"buyers?date=2026-04-01&to=2026-04-30&who=new":       {"p6", "p5", "p4", "p3", "p2", "p1", "p0"},
		"buyers?date=2026-04-05&to=2026-04-30&who=returning": {"p6", "p4", "p2", "p0"},
		"buyers?date=2026-04-12&who=new":                     nil,
		"buyers?date=2026-04-02":                             {"p1"},
		"active?date=2026-04-12":                             {"or", "p6", "p4", "p2", "p0"},
		"active?date=2026-04-06&to=2026-04-12":               {"or", "p6", "p4", "p2", "p0", "p5"},
	} {
		if got := list(query); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	b, _ := c.SignIn("admin")
	expect(t, "days in the wrong order", b.Do(http.MethodGet, "/api/v1/home/buyers?date=2026-04-02&to=2026-04-01", nil), 400, "dates_range")
	expect(t, "too many days", b.Do(http.MethodGet, "/api/v1/home/active?date=2020-04-02&to=2026-04-01", nil), 400, "dates_range")
	expect(t, "no place", b.Do(http.MethodGet, "/api/v1/home/active?date=2026-04-02&after=x", nil), 400, "cursor")
}
