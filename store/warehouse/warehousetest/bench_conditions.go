package warehousetest

import (
	"iter"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/warehouse/plan"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// benchConditions are what marketers ask, from quick to slow.
var benchConditions = []struct{ name, where string }{
	{"Traits", `{"type":"all","of":[{"type":"trait","name":"prefecture","is":{"op":"one_of","values":["東京都","大阪府"]}},{"type":"consent","channel":"email","purpose":"marketing","state":"granted"}]}`},
	{"Birthday", `{"type":"trait","name":"birthday","is":{"op":"anniversary","n":30}}`},
	{"Features", `{"type":"all","of":[{"type":"feature","name":"orders","is":{"op":"at_least","number":3}},{"type":"feature","name":"last_order_at","is":{"op":"before_last","n":3,"unit":"day"}}]}`},
	{"Orders", `{"type":"order","state":"kept","where":{"type":"property","name":"product_name","is":{"op":"contains","values":["緑茶 12"]}},"measure":"revenue","currency":"JPY","is":{"op":"at_least","number":5000}}`},
	{"Once", `{"type":"event","event":"Product Viewed","window":{"op":"in_last","n":1,"unit":"day"},"measure":"count","is":{"op":"at_least","number":1}}`},
	{"Never", `{"type":"event","event":"Cart Viewed","measure":"count","is":{"op":"equals","number":0}}`},
	{"Often", `{"type":"event","event":"Product Viewed","measure":"count","is":{"op":"at_least","number":5}}`},
	{"Property", `{"type":"event","event":"Product Viewed","window":{"op":"in_last","n":7,"unit":"day"},"where":{"type":"property","name":"properties.product_id","is":{"op":"one_of","values":["P0012"]}},"measure":"count","is":{"op":"at_least","number":1}}`},
	{"Sum", `{"type":"event","event":"Product Added","measure":"sum","property":"properties.price","is":{"op":"at_least","number":50000}}`},
	{"Abandoned", `{"type":"sequence","window":{"op":"in_last","n":7,"unit":"day"},"steps":[{"event":"Product Added"},{"event":"Order Completed","within":{"n":1,"unit":"day"},"absent":true}]}`},
	{"Funnel", `{"type":"sequence","steps":[{"event":"Product Viewed"},{"event":"Product Added","within":{"n":3,"unit":"day"}},{"event":"Order Completed","within":{"n":1,"unit":"day"}}]}`},
}

// benchmarkConditions counts the people who meet conditions.
func benchmarkConditions(b *testing.B, w Warehouse, shop *Shop) {
	location := time.FixedZone("JST", 9*60*60)
	at := query.Clock{Now: Epoch.Add(time.Duration(shop.number) * time.Second), Location: location}
	derivation := understand.Derivation{
		People: shop.people(at), Everybody: true, Form: form, Currency: hitori.JPY, Now: at.Now, Location: location,
	}
	start := time.Now()
	if err := w.Derive(b.Context(), derivation); err != nil {
		b.Fatal(err)
	}
	b.Logf("derived in %v", time.Since(start).Round(time.Millisecond))
	reader := plan.Reader{Engine: w, Currency: hitori.JPY}
	for _, c := range benchConditions {
		condition, err := query.Parse([]byte(`{"version":1,"where":` + c.where + `}`))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			var size int64
			for b.Loop() {
				if size, _, err = reader.Size(b.Context(), condition, at); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size), "people")
		})
	}
}

// people describes the customers.
func (s *Shop) people(at query.Clock) iter.Seq2[understand.Person, error] {
	prefectures := []hitori.JSON{`"東京都"`, `"大阪府"`, `"京都府"`, `"北海道"`, `"沖縄県"`}
	return func(yield func(understand.Person, error) bool) {
		for n := range s.customers {
			birthday := at.Now.AddDate(0, 0, -n%20_000).Format(`"` + time.DateOnly + `"`)
			r := unify.Record{Root: s.Customer(n), Members: []hitori.CustomerID{s.Customer(n)}, Level: unify.Member, FirstSeen: Epoch, Document: unify.NewDocument()}
			r.Document.Traits["prefecture"] = hitori.Trait{Value: prefectures[n%5]}
			r.Document.Traits["birthday"] = hitori.Trait{Value: hitori.JSON(birthday)}
			r.Document.Consents[unify.ConsentKey{Channel: "email", Purpose: "marketing"}] = hitori.Consent{Granted: n%3 > 0}
			if !yield(understand.NewPerson(&r, at.Location), nil) {
				return
			}
		}
	}
}
