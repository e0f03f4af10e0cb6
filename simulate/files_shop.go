package simulate

import (
	"context"
	"strconv"
	"strings"
)

// orderHeader are the columns of an order export of Shopify that carry something here, in its
// order and with its names.
var orderHeader = []string{
	"Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total",
	"Discount Code", "Discount Amount", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
	"Billing Name", "Billing Zip", "Billing City", "Billing Province Name", "Billing Street", "Billing Phone", "Cancelled at", "Payment Method",
	"Refunded Amount", "Vendor", "Id", "Tags", "Source",
}

var salesHeader = []string{"店舗コード", "店舗名", "取引区分", "レシート番号", "売上日", "売上時刻", "会員カード番号", "商品コード", "商品名", "数量", "単価", "金額", "税率", "支払方法"}

// writeOrderFiles writes the online orders and the sales of the stores in the order of time.
func (s *Shop) writeOrderFiles(ctx context.Context, dir string) error {
	return withFiles(dir, []string{FileOrders, FileStoreSales}, func(out []*output) error {
		out[0].Write(appendRow(nil, orderHeader...))
		out[1].Write(appendRow(nil, salesHeader...))
		r := newRun(s)
		var row []byte
		for k := range r.waiting {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			plan := r.planSlice(k, isOrder)
			for n := range plan.items {
				it := &plan.items[n]
				o := &plan.orders[it.ref]
				lines := plan.lines[o.from:o.to]
				sheet := out[0]
				if o.channel == channelStore {
					row, sheet = s.appendSale(row[:0], o, lines, it), out[1]
				} else {
					row = s.appendOrder(row[:0], o, lines)
				}
				if _, err := sheet.Write(row); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func isOrder(it *item) bool {
	switch it.kind {
	case visitOrder, contractRenewed, storeOrder, storeRefund:
		return true
	}
	return false
}

// appendOrder appends the rows of an online order. As Shopify does it, what belongs to the
// order stands in the first row only.
func (s *Shop) appendOrder(dst []byte, o *order, lines []line) []byte {
	b := s.basics(o.person)
	id := s.identity(o.person, &b)
	const form = "2006-01-02 15:04:05 -0700"
	created := s.calendar.time(o.at).Format(form)
	status, fulfilled, cancelled, tags := "paid", "fulfilled", "", ""
	switch {
	case o.cancelledAt > 0:
		status, fulfilled, cancelled = "voided", "unfulfilled", s.calendar.time(o.cancelledAt).Format(form)
	case o.wholly:
		status = "refunded"
	case o.refunded > 0:
		status = "partially_refunded"
	}
	if o.channel == channelSubscription {
		tags = "定期"
	}
	for k, l := range lines {
		v := &s.catalogue.variants[l.variant]
		p := &s.catalogue.products[v.product]
		row := make([]string, len(orderHeader))
		row[0], row[1] = orderID(o), id.email
		row[13], row[14], row[15], row[16] = strconv.Itoa(int(l.count)), p.name+" - "+v.label, yen(l.price), v.sku
		row[26] = p.brand
		if k == 0 {
			row[2], row[3], row[4], row[5] = status, created, fulfilled, "JPY"
			row[6], row[7], row[8], row[9] = yen(o.revenue()), yen(o.shipping), yen(o.tax), yen(o.total())
			row[10], row[11], row[12] = coupons[o.coupon].code, yen(o.discount), created
			row[17], row[18], row[19], row[20] = id.family.kanji+" "+id.given.kanji, id.home.postal, id.home.city.name, id.home.city.prefecture
			row[21], row[22], row[23], row[24] = id.home.street(), id.phone, cancelled, paymentNames[o.payment]
			row[25], row[27], row[28], row[29] = yen(o.refunded), strings.TrimPrefix(orderID(o), "W-"), tags, "web"
		}
		dst = appendRow(dst, row...)
	}
	return dst
}

func yen(v int32) string { return strconv.Itoa(int(v)) }

// appendSale appends the rows of a receipt, or of goods taken back, with negative amounts.
// Every other store prints dates of the Japanese calendar.
func (s *Shop) appendSale(dst []byte, o *order, lines []line, it *item) []byte {
	kind, sign := "売上", int32(1)
	if it.kind == storeRefund {
		kind, sign = "返品", -1
		if !o.wholly {
			lines = lines[:1]
		}
	}
	at := s.calendar.time(it.at)
	date := at.Format("2006/01/02")
	if o.store%2 == 1 {
		date = wareki(at)
	}
	for _, l := range lines {
		v := &s.catalogue.variants[l.variant]
		p := &s.catalogue.products[v.product]
		dst = appendRow(dst, "S"+digits(int(o.store)+1, 2), storeNames[o.store], kind, strings.TrimPrefix(orderID(o), "S-"), date, at.Format("15:04"),
			cardNumber(o.person), v.sku, p.name+" "+v.label, yen(sign*l.count), grouped(l.price), grouped(sign*l.price*l.count),
			strconv.Itoa(p.taxRate())+"%", paymentLabels[o.payment])
	}
	return dst
}

var paymentLabels = [...]string{"クレジットカード", "コンビニ払い", "代金引換", "QRコード決済", "現金"}

// grouped writes thousands with commas: -12,800.
func grouped(v int32) string {
	text := strconv.Itoa(int(max(v, -v)))
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	if v < 0 {
		return "-" + text
	}
	return text
}

var productHeader = []string{"商品コード", "SKU", "商品名", "ブランド", "大カテゴリ", "小カテゴリ", "規格", "販売価格", "通常価格", "原価", "在庫数", "税率", "公開状態", "発売日"}

// writeProducts writes the catalogue as it is on the last day, and its truth.
func (s *Shop) writeProducts(dir string) error {
	return withFiles(dir, []string{FileProducts, FileTruthProducts}, func(out []*output) error {
		c, d := s.catalogue, s.calendar.days-1
		rows := appendRow([]byte(bom), productHeader...)
		for v := range c.variants {
			p := &c.products[c.variants[v].product]
			state, shown, launch := p.at(d), "非公開", ""
			if state.active {
				shown = "公開"
			}
			if first := p.states[0].day; first > 0 {
				launch = s.calendar.time(s.calendar.midnights[first]).Format("2006/01/02")
			}
			list := c.priceAt(int32(v), 100)
			rows = appendRow(rows, p.id, c.variants[v].sku, p.name, p.brand, p.shelf.top, p.shelf.sub, c.variants[v].label,
				strconv.Itoa(c.price(int32(v), d)), strconv.Itoa(list), strconv.Itoa(list*p.costFactor/100), strconv.Itoa(state.stock),
				strconv.Itoa(p.taxRate())+"%", shown, launch)
		}
		if _, err := out[0].Write(rows); err != nil {
			return err
		}
		for _, product := range s.Products() {
			if _, err := out[1].Write(appendJSON(nil, product)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Shop) writePanel(dir string) error {
	return withFiles(dir, []string{FilePanel}, func(out []*output) error {
		rows := appendRow([]byte(bom), panelHeader...)
		for n := range s.config.PanelRespondents {
			p := s.respondent(n)
			rows = appendRow(rows, p.row(n)...)
		}
		_, err := out[0].Write(rows)
		return err
	})
}

// writeAds writes what each campaign cost on each day.
func (s *Shop) writeAds(dir string) error {
	return withFiles(dir, []string{FileAds}, func(out []*output) error {
		rows := appendRow([]byte(bom), "日付", "媒体", "キャンペーンID", "表示回数", "クリック数", "獲得件数", "費用")
		for d := range s.ads {
			for k, a := range s.ads[d]() {
				if sources[k].network == "" {
					continue
				}
				rows = appendRow(rows, s.calendar.time(s.calendar.midnights[d]).Format("2006/01/02"), sources[k].label, sources[k].cmpID,
					strconv.Itoa(a.impressions), strconv.Itoa(a.clicks), strconv.Itoa(a.conversions), strconv.Itoa(a.cost))
			}
		}
		_, err := out[0].Write(rows)
		return err
	})
}
