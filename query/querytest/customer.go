package querytest

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// Customer is a customer in memory. It is a [query.Subject].
type Customer struct {
	Traits      map[string]hitori.JSON
	Identifiers []hitori.IdentifierKind
	Consents    map[[2]string]bool // by channel and purpose
	Known       string             // the level
	Features    map[string]hitori.JSON
	Segments    map[string]query.Membership
	Lists       []string
	// Story are the events, by time, then position.
	Story []hitori.Stamped
	// Costs are those of one piece by product id, in yen.
	Costs map[string]int64
}

// Trait returns the value of a trait.
func (c *Customer) Trait(name string) hitori.JSON { return c.Traits[name] }

// HasIdentifier reports whether there is an identifier of a kind.
func (c *Customer) HasIdentifier(kind hitori.IdentifierKind) bool {
	return slices.Contains(c.Identifiers, kind)
}

// Consent returns the latest statement.
func (c *Customer) Consent(channel, purpose string) (granted, known bool) {
	granted, known = c.Consents[[2]string{channel, purpose}]
	return granted, known
}

// Level returns the level.
func (c *Customer) Level() string { return c.Known }

// Feature returns the value of a feature.
func (c *Customer) Feature(name string) hitori.JSON { return c.Features[name] }

// Segment returns the membership in a segment.
func (c *Customer) Segment(id string) query.Membership { return c.Segments[id] }

// OnList reports whether the customer is on a list.
func (c *Customer) OnList(id string) bool { return slices.Contains(c.Lists, id) }

// Events returns the whole story.
func (c *Customer) Events([]query.Ref) iter.Seq[*hitori.Stamped] {
	return func(yield func(*hitori.Stamped) bool) {
		for i := range c.Story {
			if !yield(&c.Story[i]) {
				return
			}
		}
	}
}

// Orders returns the orders the story tells.
func (c *Customer) Orders() []query.PlacedOrder { return query.Orders(c.Story, c.cost) }

func (c *Customer) cost(line hitori.Line, currency hitori.Currency) (int64, bool) {
	cost, known := c.Costs[line.ProductID]
	return cost * line.Quantity / 1000, known && currency == hitori.JPY
}

// Add puts an event into the story, behind those of the same time, and gives it a position.
func (c *Customer) Add(event hitori.Stamped) {
	event.Position = hitori.Position(len(c.Story) + 1)
	if event.Type == 0 {
		event.Type = hitori.Track
	}
	event.Kind = hitori.KindOf(event.Type, event.Name)
	at, _ := slices.BinarySearchFunc(c.Story, event, func(a, b hitori.Stamped) int {
		if !a.Time.After(b.Time) {
			return -1
		}
		return 1
	})
	c.Story = slices.Insert(c.Story, at, event)
}

// Customer returns a random customer with up to so many events. Values are sometimes null,
// missing or of another type than the catalogue says, and times lie on the edges of days.
func (g *Generator) Customer(events int) *Customer {
	c := &Customer{
		Traits: make(map[string]hitori.JSON), Features: make(map[string]hitori.JSON),
		Consents: make(map[[2]string]bool), Segments: make(map[string]query.Membership),
		Known: pick(g, "member", "lead", "visitor"), Costs: map[string]int64{"P1": 300, "P2": 450},
	}
	for _, f := range g.catalog.List(query.RefTrait, "") {
		c.Traits[f.Name] = g.value(f)
	}
	for _, f := range g.catalog.List(query.RefFeature, "") {
		c.Features[f.Name] = g.value(f)
	}
	for _, f := range g.catalog.List(query.RefIdentifier, "") {
		if g.chance(50) {
			c.Identifiers = append(c.Identifiers, hitori.IdentifierKind(f.Name))
		}
	}
	for _, channel := range []string{"email", "line"} {
		for _, purpose := range []string{"marketing", "research"} {
			if g.chance(70) {
				c.Consents[[2]string{channel, purpose}] = g.chance(60)
			}
		}
	}
	for _, f := range g.catalog.List(query.RefSegment, "") {
		c.Segments[f.Name] = g.membership()
	}
	if g.chance(50) {
		c.Lists = append(c.Lists, "vip_event")
	}
	for range g.random.IntN(events + 1) {
		c.Add(g.happening())
	}
	return c
}

func (g *Generator) membership() query.Membership {
	var m query.Membership
	if g.chance(70) {
		m.Entered = g.instant()
		if g.chance(50) {
			m.Left = g.instant()
		}
	}
	m.In = m.Entered.After(m.Left)
	return m
}

// instant is a time in the last 400 days or the next few, often just at the edge of a day.
func (g *Generator) instant() time.Time {
	day := g.day()
	start := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, Location)
	switch g.random.IntN(6) {
	case 0:
		return start
	case 1:
		return start.Add(-time.Millisecond)
	case 2:
		return Now.Add(-time.Duration(g.random.IntN(5000)) * time.Minute)
	}
	return start.Add(time.Duration(g.random.IntN(24*60*60*1000)) * time.Millisecond)
}

// value is one of the type the catalogue says, or nothing, or one of another type.
func (g *Generator) value(f query.Field) hitori.JSON {
	switch g.random.IntN(12) {
	case 0:
		return ""
	case 1:
		return "null"
	case 2:
		return pick[hitori.JSON](g, `""`, `0`, `"2026-02-30"`, `true`, `[]`, `{"a":1}`, `"12"`, `["12"]`)
	}
	switch f.Type {
	case query.TypeText:
		return text(pick(g, pools[f.Name]...))
	case query.TypeTexts:
		return "[" + text(pick(g, pools[f.Name]...)) + "," + text(pick(g, pools[f.Name]...)) + "]"
	case query.TypeNumber:
		return hitori.JSON(strconv.FormatFloat(float64(g.between(-100, 36000))/4, 'f', -1, 64))
	case query.TypeInteger:
		return hitori.JSON(strconv.Itoa(g.between(0, 6)))
	case query.TypeBoolean:
		return pick[hitori.JSON](g, "true", "false")
	case query.TypeDate:
		return text(pick(g, g.day().String(), "2004-02-29", g.instant().Format(time.RFC3339)))
	case query.TypeTime:
		return text(pick(g, g.instant().UTC().Format("2006-01-02T15:04:05.000Z07:00"), g.day().String()))
	}
	return ""
}

func text(s string) hitori.JSON {
	return hitori.JSON(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`)
}

// happening is one event of those the catalogue knows, or one about an order.
func (g *Generator) happening() hitori.Stamped {
	e := hitori.Stamped{Event: hitori.Event{Type: hitori.Track, Time: g.instant()}}
	switch kind := g.random.IntN(10); {
	case kind < 3:
		return g.orderEvent(e)
	case kind < 5:
		e.Type, e.Name = hitori.Page, pick(g, pools["name"]...)
		e.Context = `{"campaign":{"source":` + g.orNull(g.value(query.Field{Ref: query.Ref{Name: "context.campaign.source"}, Type: query.TypeText})) + `}}`
	default:
		e.Name = pick(g, "Product Viewed", "Product Viewed", "Product Added", "Survey Answered", "Inquiry Received")
		e.Properties = g.properties("event:" + e.Name)
		if e.Name == "Survey Answered" {
			e.Properties = g.answerProperties()
		}
	}
	return e
}

func (g *Generator) orNull(v hitori.JSON) hitori.JSON {
	if v == "" {
		return "null"
	}
	return v
}

func (g *Generator) properties(of string) hitori.JSON {
	var members []string
	for _, f := range g.catalog.List(query.RefProperty, of) {
		if v := g.value(f); v != "" {
			members = append(members, fmt.Sprintf("%q:%s", strings.TrimPrefix(f.Name, "properties."), v))
		}
	}
	return hitori.JSON("{" + strings.Join(members, ",") + "}")
}

func (g *Generator) answerProperties() hitori.JSON {
	if g.chance(50) {
		return hitori.JSON(fmt.Sprintf(`{"survey_id":"nps","score":%d}`, g.between(0, 10)))
	}
	if g.chance(50) {
		return hitori.JSON(fmt.Sprintf(`{"survey_id":"exit","question_id":"satisfaction","score":%d}`, g.between(0, 10)))
	}
	return `{"survey_id":"exit","question_id":"reason","answer":` + text(pick(g, pools["reason"]...)) + `}`
}

// orderEvent tells something about one of a few orders.
func (g *Generator) orderEvent(e hitori.Stamped) hitori.Stamped {
	e.Name = pick(g, "Order Completed", "Order Completed", "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled")
	e.OrderID = pick(g, "A", "B", "C", "D", "E", "F", "G")
	e.Currency = pick(g, hitori.JPY, hitori.JPY, hitori.JPY, "USD")
	if e.Name == "Order Cancelled" {
		return e
	}
	if e.Name == "Order Refunded" {
		e.Amount = int64(pick(g, 0, 100, 2500))
		return e
	}
	var products []string
	for range g.between(0, 2) {
		i := g.random.IntN(3)
		line := hitori.Line{
			ProductID: pools["product_id"][i], SKU: pools["sku"][i], Name: pools["product_name"][i],
			Category: pick(g, categories...), Brand: pick(g, "Hinode", "月灯り", ""), Variant: pick(g, "粉", "豆", ""),
			Price: int64(g.between(1, 90) * 100), Quantity: int64(pick(g, 1000, 2000, 500)),
		}
		e.Lines = append(e.Lines, line)
		e.Amount += line.Price * line.Quantity / 1000
		price := strconv.FormatFloat(hitori.Money{Amount: line.Price, Currency: e.Currency}.Major(), 'f', -1, 64)
		products = append(products, fmt.Sprintf(`{"category":%s,"price":%s}`, text(line.Category), price))
	}
	e.Properties = hitori.JSON(fmt.Sprintf(`{"coupon":%s,"channel":%s,"affiliation":%s,"payment_method":"card","tags":["gift",%s],"products":[%s]}`,
		g.orNull(g.value(query.Field{Ref: query.Ref{Name: "coupon"}, Type: query.TypeText})), text(pick(g, pools["channel"]...)),
		text(pick(g, pools["affiliation"]...)), text(pick(g, pools["properties.tags"]...)), strings.Join(products, ",")))
	return e
}
