package query_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

// busy is a customer with 10,000 events, a third of which are the viewing of a product, with
// properties as a browser sends them.
func busy() *querytest.Customer {
	customer := &querytest.Customer{Known: "member"}
	for i := range 10_000 {
		e := hitori.Stamped{Event: hitori.Event{
			Type: hitori.Track, Name: [...]string{"Product Viewed", "Product Added", "Inquiry Received"}[i%3], Position: hitori.Position(i),
			Time: querytest.Now.Add(time.Duration(i-10_000) * time.Hour),
			Properties: hitori.JSON(fmt.Sprintf(`{"product_id":"P%05d","sku":"P%05d-01","name":"コーヒー豆 ブレンド 200g","url":"https://shop.example.jp/products/%05d?utm_source=line",`+
				`"image_url":"https://shop.example.jp/images/%05d.jpg","category":"コーヒー豆","brand":"Hinode","price":%d,"quantity":1,"in_stock":true,"released_on":"2025-04-01"}`, i, i, i, i, 500+i%100)),
		}}
		e.Kind = hitori.KindOf(e.Type, e.Name)
		customer.Story = append(customer.Story, e)
	}
	return customer
}

// expensive is a condition that looks at three properties of every viewing.
const expensive = `{"type":"event","event":"Product Viewed","where":{"type":"all","of":[{"type":"property","name":"properties.category","is":{"op":"one_of","values":["コーヒー豆"]}},` +
	`{"type":"property","name":"properties.price","is":{"op":"at_least","number":520}}]},"measure":"sum","property":"properties.quantity","is":{"op":"at_least","number":99999}}`

func TestEvaluationAllocatesLittle(t *testing.T) {
	customer, c := busy(), parse(t, expensive)
	if allocations := testing.AllocsPerRun(3, func() { query.Evaluate(c, customer, querytest.Now, querytest.Location) }); allocations > 40 {
		t.Errorf("%v allocations for 10,000 events", allocations)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	customer := busy()
	for _, bench := range []struct{ name, where string }{
		{"count in a window", once(`{"op":"in_last","n":30,"unit":"day"}`)},
		{"count of all", `{"type":"event","event":"Product Viewed","measure":"count","is":{"op":"at_least","number":99999}}`},
		{"count with dates", `{"type":"event","event":"Product Viewed","where":{"type":"property","name":"properties.released_on","is":{"op":"in_last","n":30,"unit":"day"}},"measure":"count","is":{"op":"at_least","number":1}}`},
		{"sum with properties", expensive},
		{"distinct", `{"type":"event","event":"Product Viewed","measure":"distinct_count","property":"properties.category","is":{"op":"at_least","number":2}}`},
		{"sequence", `{"type":"sequence","window":{"op":"in_last","n":1,"unit":"year"},"steps":[{"event":"Product Viewed"},{"event":"Product Added","within":{"n":3,"unit":"day"}},{"event":"Order Completed","within":{"n":1,"unit":"day"},"absent":true}]}`},
	} {
		c := parse(b, bench.where)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				query.Evaluate(c, customer, querytest.Now, querytest.Location)
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}

// processorTime is what the process has used so far. Beside other work it tells more than the
// time that has passed.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
