package unify

import (
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// maxLines is how many products of one event are kept.
const maxLines = 500

// commerce is what the properties of an event say about money and products.
type commerce struct {
	orderID  string
	currency hitori.Currency
	amounts  map[string]float64
	products []product
}

type product struct {
	hitori.Line
	price, quantity float64
	priced          bool
}

// readCommerce fills the order, amount and products of an event in from its properties.
// Values of unexpected types are passed over: they stay in the properties.
func readCommerce(e *hitori.Stamped, shop hitori.Currency) {
	var c commerce
	var single product // a product described by the event itself
	walkObject(string(e.Properties), func(name string, d *jsontext.Decoder) bool {
		switch name {
		case "order_id", "orderId":
			c.orderID = readScalar(d)
		case "currency":
			c.currency = hitori.Currency(readScalar(d))
		case "total", "revenue", "value", "amount", "refund":
			if v, err := strconv.ParseFloat(readScalar(d), 64); err == nil {
				if c.amounts == nil {
					c.amounts = make(map[string]float64, 2)
				}
				c.amounts[name] = v
			}
		case "products":
			c.readProducts(d)
		default:
			return single.read(name, d)
		}
		return true
	})
	if single.ProductID != "" && len(c.products) == 0 {
		c.products = append(c.products, single)
	}
	c.fill(e, shop)
}

func (c *commerce) fill(e *hitori.Stamped, shop hitori.Currency) {
	e.OrderID = c.orderID
	e.Currency = c.currency
	if len(e.Currency) != 3 {
		e.Currency = shop
	}
	var sum int64
	for _, p := range c.products {
		line := p.Line
		if line.Quantity = int64(math.Round(p.quantity * 1000)); line.Quantity == 0 {
			line.Quantity = 1000
		}
		line.Price, _ = e.Currency.Minor(p.price)
		sum += line.Price * line.Quantity / 1000
		e.Lines = append(e.Lines, line)
	}
	for _, name := range [...]string{"refund", "total", "revenue", "value", "amount"} {
		if v, ok := c.amounts[name]; ok {
			e.Amount, _ = e.Currency.Minor(v)
			return
		}
	}
	if e.Kind == hitori.KindPurchase {
		e.Amount = sum
	}
}

func (c *commerce) readProducts(d *jsontext.Decoder) {
	if d.PeekKind() != '[' {
		_ = d.SkipValue()
		return
	}
	_, _ = d.ReadToken()
	for d.PeekKind() != ']' && d.PeekKind() != 0 {
		if d.PeekKind() != '{' || len(c.products) == maxLines {
			if d.SkipValue() != nil {
				return
			}
			continue
		}
		var p product
		readMembers(d, p.read)
		c.products = append(c.products, p)
	}
	_, _ = d.ReadToken()
}

// read takes one property of a product and reports whether it was one.
func (p *product) read(name string, d *jsontext.Decoder) bool {
	text := func(to *string) { *to = readScalar(d) }
	switch name {
	case "product_id", "productId":
		text(&p.ProductID)
	case "sku":
		text(&p.SKU)
	case "name":
		text(&p.Name)
	case "category":
		text(&p.Category)
	case "brand":
		text(&p.Brand)
	case "variant":
		text(&p.Variant)
	case "price":
		p.price, _ = strconv.ParseFloat(readScalar(d), 64)
	case "quantity":
		p.quantity, _ = strconv.ParseFloat(readScalar(d), 64)
	default:
		return false
	}
	return true
}
