package simulate

// nobody is the person of messages about products and campaigns.
const nobody = ^uint32(0)

// till writes what the stores' system reports. It knows people by their card only.
func (w *writer) till() {
	it := w.it
	switch it.kind {
	case cardIssued:
		id := w.s.identity(w.person, &w.basics)
		c := w.s.cardRecord(w.person, &w.basics, &id)
		w.tillMessage(it.at, "identify")
		w.object("traits")
		w.textIf("email", c.email)
		w.textIf("phone", c.phone)
		w.text("name", c.family+" "+c.given)
		w.text("firstName", c.given)
		w.text("lastName", c.family)
		w.textIf("firstNameKana", c.givenKana)
		w.textIf("lastNameKana", c.familyKana)
		w.textIf("birthday", c.birthday)
		w.text("gender", w.gender())
		w.object("address")
		w.text("postalCode", c.postal)
		w.textIf("state", c.state)
		w.text("city", c.city)
		w.text("street", c.street)
		w.end('}')
	case storeOrder:
		w.tillMessage(it.at, "track")
		w.text("event", "Order Completed")
		w.object("properties")
		w.orderProperties(&w.orders[it.ref])
	case storeRefund:
		w.tillMessage(it.at, "track")
		w.text("event", "Order Refunded")
		w.object("properties")
		w.refund(&w.orders[it.ref])
	}
	w.finish()
}

func (w *writer) tillMessage(at int64, kind string) {
	w.start(at, sourceStore, kind)
	w.messageID("pos-")
	w.raw(`"context":{"library":{"name":"analytics-go","version":"3.0.0"},"app":{"name":"pos"}`)
	w.externalID("card", cardNumber(w.person))
	w.raw(`},`)
}

// productUpdated writes the state of every variant of a product.
func (w *writer) productUpdated() {
	it := w.it
	c := w.s.catalogue
	p := &c.products[it.ref]
	state := p.states[it.a]
	for v := p.from; v < p.to; v++ {
		w.node(it.at, sourceWeb, "track")
		w.text("event", "Product Updated")
		w.object("properties")
		w.raw(c.variants[v].json)
		w.raw(",")
		w.text("url", shopHost+"/products/"+p.id)
		w.text("currency", "JPY")
		price := c.priceAt(v, state.factor)
		w.integer("price", int64(price))
		w.integer("list_price", int64(c.priceAt(v, 100)))
		w.integer("cost", int64(c.priceAt(v, 100)*p.costFactor/100))
		w.integer("stock", int64(state.stock))
		w.flag("active", state.active)
		w.flag("consumable", p.interval > 0)
		w.finish()
	}
}

func (w *writer) flag(k string, v bool) {
	w.key(k)
	if v {
		w.raw("true,")
	} else {
		w.raw("false,")
	}
}

// adCost writes what each campaign cost on one day.
func (w *writer) adCost() {
	for k, a := range w.s.ads[w.it.ref]() {
		from := &sources[k]
		if from.network == "" {
			continue
		}
		w.node(w.it.at, sourceWeb, "track")
		w.text("event", "Ad Cost Reported")
		w.object("properties")
		w.text("campaign_id", from.cmpID)
		w.text("network", from.network)
		w.text("currency", "JPY")
		w.integer("cost", int64(a.cost))
		w.integer("impressions", int64(a.impressions))
		w.integer("clicks", int64(a.clicks))
		w.integer("conversions", int64(a.conversions))
		w.text("date", w.s.calendar.time(w.it.at).Format("2006-01-02"))
		w.finish()
	}
}

// adDay is one day of one campaign. Conversions are the members whose first order was
// placed on that day and who came by the campaign.
type adDay struct{ cost, impressions, clicks, conversions int }

// adDays are a day's figures by source; those without a campaign cost nothing.
type adDays [len(sources)]adDay

// advertise works out what advertising cost and brought on a day.
func (s *Shop) advertise(d int) (bySource adDays) {
	c := s.calendar
	expected := (c.acquired[d+1] - c.acquired[d]) * float64(s.sizes[member])
	for k, conversions := range s.conversions(d) {
		a := &bySource[k]
		a.conversions = conversions
		if sources[k].network == "" {
			continue
		}
		r := s.rng(streamAds, uint64(d), uint64(k))
		a.cost = 500 + int(expected*sources[k].share*sources[k].dailyCost*(0.8+mul(0.4, r.float())))
		a.clicks = conversions*12 + a.cost/90
		a.impressions = a.clicks * (60 + r.below(80))
	}
	return bySource
}

// conversions counts the members of each source whose first purchase was on the day.
// Members are numbered in the order they come, so that only those near the day's share need
// looking at.
func (s *Shop) conversions(d int) (bySource [len(sources)]int) {
	n := s.sizes[member]
	from := max(int(s.calendar.acquired[d]*float64(n))-1, 0)
	to := min(int(s.calendar.acquired[d+1]*float64(n))+1, n-1)
	for i := from; i <= to; i++ {
		if s.firstDay(uint32(i)) == d {
			b := s.basics(uint32(i))
			l := s.latent(uint32(i), &b)
			bySource[l.source]++
		}
	}
	return bySource
}
