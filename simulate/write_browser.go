package simulate

// browser begins a message of the browser SDK; the caller goes on after the context.
func (w *writer) browser(at int64, kind string) {
	w.start(at, sourceWeb, kind)
	w.raw(`"userId":`)
	if w.known {
		w.raw(`"`)
		w.raw(w.userID)
		w.raw(`"`)
	} else {
		w.raw(`null`)
	}
	w.raw(`,"anonymousId":"`)
	w.buf = append(w.buf, w.anonymous...)
	w.raw(`",`)
	w.messageID("ajs-next-")
	w.object("context")
	w.object("page")
	w.pageMembers()
	w.end('}')
	w.text("userAgent", w.agent)
	w.text("locale", "ja-JP")
	w.text("timezone", w.s.config.Location.String())
	if w.campaign != nil {
		w.object("campaign")
		w.text("name", w.campaign.name)
		w.text("source", w.campaign.source)
		w.text("medium", w.campaign.medium)
		w.end('}')
	}
	w.raw(`"library":{"name":"analytics.js","version":"npm:next-1.70.0"}`)
}

func (w *writer) pageMembers() {
	w.text("path", w.page.path)
	w.text("referrer", w.referrer)
	w.text("search", w.page.search)
	w.text("title", w.page.title)
	w.raw(`"url":"` + shopHost)
	w.raw(w.page.path)
	w.raw(w.page.search)
	w.raw(`",`)
}

func (w *writer) browserTrack(at int64, event string) {
	w.browser(at, "track")
	w.raw(`},`)
	w.text("event", event)
	w.object("properties")
}

func (w *writer) pageCall(at int64) {
	w.browser(at, "page")
	w.raw(`},`)
	w.text("name", w.page.name)
	w.object("properties")
	w.pageMembers()
	w.finish()
}

// identify writes a sign-in, a registration, a newsletter subscription or a card that was
// entered online. From here on the browser knows who it is.
func (w *writer) identify(st *step) {
	login := page{"ログイン", "/account/login", "", "ログイン | " + shopTitle}
	if st.kind == stepRegister {
		login = page{"会員登録", "/account/register", "", "会員登録 | " + shopTitle}
	}
	w.open(login)
	w.known = w.kind == member
	w.browser(st.at, "identify")
	if st.kind == stepLinkCard {
		w.externalID("card", cardNumber(w.person))
	}
	w.raw(`},`)
	w.object("traits")
	id := w.s.identity(w.person, &w.basics)
	switch {
	case st.kind == stepRegister:
		w.traits(&id)
	case w.it.flags&flagNewMail != 0:
		w.text("email", id.newEmail)
	default:
		w.text("email", id.email)
	}
	w.finish()
	if st.kind == stepSubscribe || st.kind == stepRegister && w.it.flags&flagConsent != 0 {
		w.consentGranted(st.at)
	}
}

// consentGranted writes the box that is ticked in the form.
func (w *writer) consentGranted(at int64) {
	w.browserTrack(at+consentAfter, "Consent Granted")
	w.text("channel", channelsWritten[viaMail])
	w.text("purpose", "marketing")
	w.text("method", "checkbox")
	w.text("text", "お得な情報を受け取る")
	w.text("version", "2024-01")
	w.finish()
}

// channelsWritten are the names of viaMail and viaLINE.
var channelsWritten = [...]string{viaMail: "email", viaLINE: "line"}

func (w *writer) externalID(kind, id string) {
	w.raw(`,"externalIds":[{"id":"`)
	w.raw(id)
	w.raw(`","type":"`)
	w.raw(kind)
	w.raw(`","collection":"users","encoding":"none"}]`)
}

// traits writes all that a person fills in when registering, with Segment's reserved names.
func (w *writer) traits(id *identity) {
	w.text("email", id.email)
	w.text("phone", id.phone)
	w.text("name", id.family.kanji+" "+id.given.kanji)
	w.text("firstName", id.given.kanji)
	w.text("lastName", id.family.kanji)
	w.text("firstNameKana", id.given.kana)
	w.text("lastNameKana", id.family.kana)
	w.text("birthday", id.birthday)
	w.text("gender", w.gender())
	w.addressTrait(&id.home)
}

func (w *writer) gender() string {
	if w.female {
		return "female"
	}
	return "male"
}

func (w *writer) addressTrait(a *address) {
	w.object("address")
	w.text("postalCode", a.postal)
	w.text("state", a.city.prefecture)
	w.text("city", a.city.name)
	w.text("street", a.street())
	w.text("country", "JP")
	w.end('}')
}

// checkout writes what an order is before coupon and points.
func (w *writer) checkout() {
	w.text("order_id", w.checkoutID())
	var subtotal int64
	d := w.s.calendar.dayAt(w.it.at)
	for _, st := range w.steps {
		if st.kind == stepAdd {
			subtotal += int64(w.s.catalogue.price(st.ref, d)) * int64(st.count)
		}
	}
	w.integer("revenue", subtotal)
	w.text("currency", "JPY")
	w.cartProducts()
}

// checkoutID is the order's when there will be one, else that of the cart.
func (w *writer) checkoutID() string {
	if w.it.kind == visitOrder {
		return orderID(&w.orders[w.it.ref])
	}
	return "W-" + w.cartID()
}

func (w *writer) coupon(st *step) {
	o := &w.orders[w.it.ref]
	c := coupons[o.coupon]
	for _, event := range [...]string{"Coupon Entered", "Coupon Applied"} {
		w.browserTrack(st.at, event)
		w.text("coupon_id", c.code)
		w.text("order_id", orderID(o))
		w.text("cart_id", w.cartID())
		if event == "Coupon Applied" {
			w.text("coupon_name", c.name)
			w.integer("discount", int64(o.discount-o.usedPoints))
		}
		w.finish()
		st.at += 400
	}
}

// orderCompleted writes the order, the points it used and the subscription it started.
func (w *writer) orderCompleted(st *step) {
	o := &w.orders[w.it.ref]
	w.browserTrack(st.at, "Order Completed")
	w.orderProperties(o)
	w.finish()
	if o.usedPoints > 0 {
		w.track(st.at+500, sourceWeb, "Points Used")
		w.integer("points", int64(o.usedPoints))
		w.integer("balance", int64(o.balanceUsed))
		w.text("order_id", orderID(o))
		w.finish()
	}
	if w.it.flags&flagContract != 0 {
		w.track(st.at+800, sourceWeb, "Contract Started")
		w.contract(w.s.contractVariant(w.person), "active")
		w.nextDelivery(1)
		w.finish()
	}
}

// orderID hides the person and the number of the order behind a bijection.
func orderID(o *order) string {
	prefix := "W-"
	if o.channel == channelStore {
		prefix = "S-"
	}
	return prefix + digits(int(scramble(uint64(o.person)<<12|uint64(o.number), 40)), 13)
}

// orderProperties writes an order. Prices include tax, so total = revenue + shipping and
// tax is the part of the subtotal that is consumption tax; subtotal is the sum of the lines and
// revenue the subtotal less discount (coupon and points).
func (w *writer) orderProperties(o *order) {
	w.text("order_id", orderID(o))
	w.integer("total", int64(o.total()))
	w.integer("revenue", int64(o.revenue()))
	w.integer("subtotal", int64(o.subtotal))
	w.integer("shipping", int64(o.shipping))
	w.integer("tax", int64(o.tax))
	w.integer("discount", int64(o.discount))
	w.text("currency", "JPY")
	w.textIf("coupon", coupons[o.coupon].code)
	w.text("affiliation", affiliation(o))
	w.text("channel", channelNames[o.channel])
	w.text("payment_method", paymentNames[o.payment])
	w.text("status", "paid")
	w.orderLines(w.lines[o.from:o.to])
}

func affiliation(o *order) string {
	if o.channel == channelStore {
		return storeNames[o.store]
	}
	return "オンラインストア"
}

func (w *writer) orderLines(lines []line) {
	w.array("products")
	for _, l := range lines {
		w.buf = append(w.buf, '{')
		w.raw(w.s.catalogue.variants[l.variant].json)
		w.raw(",")
		w.integer("price", int64(l.price))
		w.integer("quantity", int64(l.count))
		w.end('}')
	}
	w.end(']')
}
