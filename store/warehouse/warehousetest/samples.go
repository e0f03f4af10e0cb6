package warehousetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hitori-cdp/hitori"
)

var sampleTests = map[string]func(*testing.T, Warehouse){
	"Paths":       samplePaths,
	"NewestFirst": sampleNewestFirst,
	"UnknownPath": sampleUnknownPath,
	"RareEvent":   sampleRareEvent,
}

func samples(t testing.TB, w Warehouse, kind hitori.EventType, name, path string, limit int) []hitori.JSON {
	t.Helper()
	values, err := w.SampleValues(within(t), kind, name, path, limit)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func samplePaths(t *testing.T, w Warehouse) {
	e := NewEvent(EventArgs{
		Number: 1, Customer: 1,
		Properties: `{"price":1.50,"products":[{"price":100,"tags":["a","b"]},{"price":200},7],"none":null,"o":{"a b":{"c":"値"}},"list":[[1],[2]]}`,
	})
	e.Traits, e.Context = `{"age":42}`, `{"app":{"name":"shop"}}`
	add(t, w, e,
		NewEvent(EventArgs{Number: 2, Customer: 1, Properties: `"a text"`}),
		NewEvent(EventArgs{Number: 3, Customer: 1, Type: hitori.Page, Properties: `{"price":9}`}),
		NewEvent(EventArgs{Number: 4, Customer: 1}))
	for path, want := range map[string][]hitori.JSON{
		"properties.price":            {"1.50"},
		"properties.products[].price": {"100", "200"},
		"properties.products[].tags":  {`["a","b"]`},
		"properties.products[].tags[]": {
			`"a"`, `"b"`,
		},
		"properties.list[][]": {"1", "2"},
		"properties.o.a b.c":  {`"値"`},
		"properties.none":     nil,
		"properties.absent":   nil,
		"properties.price[]":  nil,
		"traits.age":          {"42"},
		"context.app.name":    {`"shop"`},
		"context.app":         {`{"name":"shop"}`},
	} {
		if got := samples(t, w, hitori.Track, "Product Viewed", path, 10); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if got := samples(t, w, hitori.Page, "", "properties.price", 10); !slices.Equal(got, []hitori.JSON{"9"}) {
		t.Errorf("of a page: got %v", got)
	}
}

func sampleNewestFirst(t *testing.T, w Warehouse) {
	number := 0
	for range 6 {
		var events []hitori.Stamped
		for range 500 {
			number++
			events = append(events, NewEvent(EventArgs{
				Number: number, Customer: hitori.CustomerID(1 + number%7), Properties: hitori.JSON(fmt.Sprintf(`{"n":%d,"same":true}`, number)),
			}))
		}
		add(t, w, events...)
	}
	values := samples(t, w, hitori.Track, "Product Viewed", "properties.n", 20)
	if len(values) != 20 {
		t.Fatalf("%d values, not 20", len(values))
	}
	for i, v := range values {
		var n int
		if _, err := fmt.Sscan(string(v), &n); err != nil || n <= 2000 || slices.Contains(values[:i], v) {
			t.Errorf("value %q is not recent, or doubled", v)
		}
	}
	if got := samples(t, w, hitori.Track, "Product Viewed", "properties.same", 20); !slices.Equal(got, []hitori.JSON{"true"}) {
		t.Errorf("got %v", got)
	}
}

func sampleUnknownPath(t *testing.T, w Warehouse) {
	for _, path := range []string{"", "price", "raw.x", "properties; DROP"} {
		if _, err := w.SampleValues(within(t), hitori.Track, "x", path, 5); hitori.ErrorCode(err) != hitori.Invalid {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

func sampleRareEvent(t *testing.T, w Warehouse) {
	add(t, w, NewEvent(EventArgs{Number: 0, Customer: 5, Name: "Rare's", Properties: `{"x":1}`}))
	shop := NewShop(1, 10)
	shop.number = 10
	for range 5 {
		add(t, w, shop.Next(400)...)
	}
	if got := samples(t, w, hitori.Track, "Rare's", "properties.x", 5); !slices.Equal(got, []hitori.JSON{"1"}) {
		t.Fatalf("got %v", got)
	}
	if got := samples(t, w, hitori.Track, "Never", "properties.x", 5); len(got) > 0 {
		t.Fatalf("got %v", got)
	}
}
