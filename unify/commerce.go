package unify

import (
	"math"
	"strconv"

	"github.com/hitori-cdp/hitori"
)

// maxLines is how many products of one event are kept.
const maxLines = 500

// readCommerce fills the order, amount and products of an event in from its properties.
// Values of unexpected types are passed over: they stay in the properties.
func readCommerce(e *hitori.Stamped, shop hitori.Currency) {
	var single product // a product described by the event itself
	var products []product
	var amounts [len(amountNames)]string
	for name, value := range e.Properties.Members() {
		switch name {
		case "order_id", "orderId":
			e.OrderID = value.Text()
		case "currency":
			e.Currency = hitori.Currency(value.Text())
		case "products":
			products = readProducts(value)
		default:
			if i := amountIndex(name); i >= 0 {
				amounts[i] = value.Text()
			} else {
				single.read(name, value)
			}
		}
	}
	if len(e.Currency) != 3 {
		e.Currency = shop
	}
	if single.ProductID != "" && len(products) == 0 {
		products = append(products, single)
	}
	sum := addLines(e, products)
	for _, text := range amounts {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			e.Amount, _ = e.Currency.Minor(v)
			return
		}
	}
	if e.Kind == hitori.KindPurchase {
		e.Amount = sum
	}
}

// amountNames are the properties that tell what an event is worth; the first that is there
// counts.
var amountNames = [...]string{"refund", "total", "revenue", "value", "amount"}

func amountIndex(name string) int {
	for i, n := range amountNames {
		if n == name {
			return i
		}
	}
	return -1
}

// product is a line in the making.
type product struct {
	hitori.Line
	price, quantity string
}

func readProducts(list hitori.JSON) []product {
	var products []product
	for element := range list.Elements() {
		if len(products) == maxLines {
			break
		}
		if element.Type() != hitori.JSONObject {
			continue
		}
		var p product
		for name, value := range element.Members() {
			p.read(name, value)
		}
		products = append(products, p)
	}
	return products
}

// read takes one property of a product; others are passed over.
func (p *product) read(name string, value hitori.JSON) {
	switch name {
	case "product_id", "productId":
		p.ProductID = value.Text()
	case "sku":
		p.SKU = value.Text()
	case "name":
		p.Name = value.Text()
	case "category":
		p.Category = value.Text()
	case "brand":
		p.Brand = value.Text()
	case "variant":
		p.Variant = value.Text()
	case "price":
		p.price = value.Text()
	case "quantity":
		p.quantity = value.Text()
	}
}

// addLines gives an event its lines and returns what they are worth together.
func addLines(e *hitori.Stamped, products []product) (sum int64) {
	for _, p := range products {
		line := p.Line
		line.Quantity = 1000
		if v, err := strconv.ParseFloat(p.quantity, 64); err == nil && v != 0 && math.Abs(v) < 1e12 {
			line.Quantity = int64(math.Round(v * 1000))
		}
		if v, err := strconv.ParseFloat(p.price, 64); err == nil {
			line.Price, _ = e.Currency.Minor(v)
		}
		sum += line.Price * line.Quantity / 1000
		e.Lines = append(e.Lines, line)
	}
	return sum
}
