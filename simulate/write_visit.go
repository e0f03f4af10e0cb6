package simulate

import (
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// page is what the browser shows.
type page struct{ name, path, search, title string }

// campaign is what the address of a landing page says of the advertisement.
type campaign struct{ name, source, medium string }

const (
	shopHost  = "https://shop.example.jp"
	shopTitle = "ひとり商店"
)

// stepKind is one thing done during a visit.
type stepKind uint8

const (
	stepLand stepKind = iota
	stepAdClick
	stepSearch
	stepList
	stepView
	stepWish
	stepAdd
	stepCart
	stepSignIn
	stepRegister
	stepSubscribe
	stepLinkCard
	stepCheckout
	stepCoupon
	stepOrder
	stepCrawl
)

type step struct {
	kind  stepKind
	ref   int32 // variant, or number of the shelf
	count int32
	at    int64
}

// visit writes one visit to the online shop: it makes a list of steps, gives each its time
// and writes them.
func (w *writer) visit() {
	it := w.it
	r := w.s.rng(streamEpisode, uint64(it.person), uint64(it.n))
	device := it.device()
	agents := userAgents[w.platform[device]]
	w.agent = agents[w.s.hash(streamDevice, uint64(it.person), uint64(device))%uint64(len(agents))]
	w.anonymous = w.s.appendAnonymousID(w.anonymous[:0], it.person, &w.basics, device, it.b)
	w.known = it.flags&flagKnown != 0
	w.steps = w.steps[:0]
	w.land(&r)
	switch it.kind {
	case visitBrowse:
		w.browseSteps(&r)
	case visitAbandon:
		w.cartSteps(&r)
	case visitOrder:
		w.orderSteps(&r)
	case visitCrawl:
		w.crawlSteps(&r)
	}
	if it.kind == visitOrder {
		w.timeOrder(&r)
	} else {
		w.timeSteps(&r)
	}
	for k := range w.steps {
		w.step(&w.steps[k])
	}
}

func (w *writer) do(kind stepKind, ref int32) {
	w.steps = append(w.steps, step{kind: kind, ref: ref, count: 1})
}

// land decides where the visit comes from.
func (w *writer) land(r *rng) {
	w.campaign, w.referrer = nil, ""
	w.page = page{"トップ", "/", "", shopTitle}
	w.do(stepLand, 0)
	flags := w.it.flags
	switch {
	case flags&flagFromMessage != 0:
		w.campaign = messageCampaigns[0]
		if w.byLINE {
			w.campaign = messageCampaigns[1]
		}
		w.page.search = "?utm_campaign=" + w.campaign.name + "&utm_source=" + w.campaign.source + "&utm_medium=" + w.campaign.medium
	case flags&flagFirst != 0:
		w.firstLanding()
	case r.chance(0.4):
		w.referrer = "https://www.google.com/"
	}
	switch {
	case w.it.kind == visitSignUp:
		w.do(stepRegister, 0)
	case w.it.kind == visitSubscribe:
		w.do(stepSubscribe, 0)
	case w.it.kind != visitOrder && flags&flagLogin != 0:
		w.do(stepSignIn, 0)
	}
	if w.it.kind == visitLinkCard {
		w.do(stepLinkCard, 0)
	}
}

var messageCampaigns = [...]*campaign{{"newsletter", "mail", "email"}, {"newsletter", "line", "message"}}

// firstLanding carries the mark of the source that the person came by.
func (w *writer) firstLanding() {
	from := &sources[w.it.source()]
	switch {
	case from.network != "":
		w.campaign = sourceCampaigns[w.it.source()]
		w.page = page{"ランディングページ", "/lp/" + from.network, "?utm_campaign=" + from.cmpID + "&utm_source=" + from.name + "&utm_medium=" + from.utmMedium, shopTitle + " はじめての方へ"}
		w.do(stepAdClick, int32(w.it.source()))
	case from.name == "referral":
		w.campaign = &campaign{"friend", "referral", "referral"}
	default:
		w.referrer = "https://www.google.com/"
	}
}

var sourceCampaigns = func() (list [len(sources)]*campaign) {
	for k := range sources {
		list[k] = &campaign{sources[k].cmpID, sources[k].name, sources[k].utmMedium}
	}
	return list
}()

// lookAround adds a list, perhaps a search, and some products of the person's taste.
func (w *writer) lookAround(r *rng, products int) {
	c := w.s.catalogue
	d := w.s.calendar.dayAt(w.it.at)
	for k := range products {
		product := int32(c.byTaste[w.drawOneTaste(r)].pick(r))
		if !c.products[product].sold(d) {
			continue
		}
		if shelfNumber := product % int32(len(shelves)); k == 0 {
			if r.chance(0.25) {
				w.do(stepSearch, shelfNumber)
			} else {
				w.do(stepList, shelfNumber)
			}
		}
		p := &c.products[product]
		w.do(stepView, p.from+int32(r.below(int(p.to-p.from))))
	}
}

func (w *writer) browseSteps(r *rng) {
	if r.chance(0.3) {
		return
	}
	w.lookAround(r, 1+min(r.geometric(1.3), 9))
	if last := w.steps[len(w.steps)-1]; last.kind == stepView && r.chance(0.09) {
		w.do(stepWish, last.ref)
	}
}

func (w *writer) cartSteps(r *rng) {
	w.lookAround(r, 2+min(r.geometric(0.8), 5))
	added := 0
	for _, seen := range w.steps {
		if seen.kind == stepView && (added == 0 || r.chance(0.4)) {
			w.do(stepAdd, seen.ref)
			added++
		}
	}
	if added > 0 {
		w.do(stepCart, 0)
		if r.chance(0.4) {
			w.do(stepCheckout, 0)
		}
	}
}

func (w *writer) orderSteps(r *rng) {
	o := &w.orders[w.it.ref]
	lines := w.lines[o.from:o.to]
	w.do(stepList, w.s.catalogue.variants[lines[0].variant].product%int32(len(shelves)))
	for _, l := range lines {
		if r.chance(0.5) {
			w.do(stepView, l.variant)
		}
	}
	for _, l := range lines {
		w.steps = append(w.steps, step{kind: stepAdd, ref: l.variant, count: l.count})
	}
	w.do(stepCart, 0)
	switch {
	case w.it.flags&flagRegister != 0:
		w.do(stepRegister, 0)
	case w.it.flags&flagLogin != 0:
		w.do(stepSignIn, 0)
	}
	w.do(stepCheckout, 0)
	if o.coupon > 0 {
		w.do(stepCoupon, 0)
	}
	w.do(stepOrder, 0)
}

func (w *writer) crawlSteps(r *rng) {
	for range 8 + r.below(18) {
		w.do(stepCrawl, int32(r.below(len(w.s.catalogue.products))))
	}
}

// timeSteps puts 4 to 70 seconds between steps, but for those whose moment is known.
func (w *writer) timeSteps(r *rng) {
	at := w.it.at
	for k := range w.steps {
		st := &w.steps[k]
		switch {
		case st.kind == stepCrawl:
			at += 700 + int64(r.below(900))
		case st.kind == stepSignIn:
			at = w.it.at + signInAfter
		case st.kind == stepRegister || st.kind == stepLinkCard || st.kind == stepSubscribe:
			at = w.it.at + signUpAfter
		case st.kind == stepAdClick:
			at += 300
		case k > 0:
			at += r.between(4*second, 70*second)
		}
		st.at = at
	}
}

// timeOrder spreads the steps so that the order is placed when the plan says, and signing
// in or registering happens checkoutLead before.
func (w *writer) timeOrder(r *rng) {
	o := &w.orders[w.it.ref]
	length := o.at - w.it.at
	lead := min(checkoutLead, length/4)
	checkout := 0
	for k := range w.steps {
		if kind := w.steps[k].kind; kind == stepSignIn || kind == stepRegister || kind == stepCheckout {
			checkout = k
			break
		}
	}
	gap := (length - lead) / int64(checkout)
	for k := range checkout {
		w.steps[k].at = w.it.at + gap*int64(k)
		if k > 0 && gap > 1 {
			w.steps[k].at += int64(r.below(int(gap)))
		}
	}
	rest := w.steps[checkout:]
	for k := range rest {
		rest[k].at = o.at - lead + lead*int64(k)/int64(len(rest)-1)
	}
}

// step writes the messages of one step.
func (w *writer) step(st *step) {
	switch st.kind {
	case stepLand:
		w.pageCall(st.at)
	case stepAdClick:
		from := &sources[st.ref]
		w.browserTrack(st.at, "Ad Clicked")
		w.text("campaign_id", from.cmpID)
		w.text("network", from.network)
		w.finish()
		w.campaign = nil
	case stepSearch:
		w.search(st)
	case stepList:
		w.list(st)
	case stepView, stepWish, stepAdd:
		w.productStep(st)
	case stepCart:
		w.open(page{"カート", "/cart", "", "カート | " + shopTitle})
		w.browserTrack(st.at, "Cart Viewed")
		w.text("cart_id", w.cartID())
		w.cartProducts()
		w.finish()
	case stepSignIn, stepRegister, stepSubscribe, stepLinkCard:
		w.identify(st)
	case stepCheckout:
		w.open(page{"ご注文手続き", "/checkout", "", "ご注文手続き | " + shopTitle})
		w.browserTrack(st.at, "Checkout Started")
		w.checkout()
		w.finish()
	case stepCoupon:
		w.coupon(st)
	case stepOrder:
		w.open(page{"ご注文完了", "/checkout/complete", "", "ご注文ありがとうございました | " + shopTitle})
		w.orderCompleted(st)
	case stepCrawl:
		p := &w.s.catalogue.products[st.ref]
		w.open(page{"商品詳細", "/products/" + p.id, "", p.name})
		w.pageCall(st.at)
	}
}

// open goes to another page. Pages that have an event of their own, such as a product's,
// send that and no page call.
func (w *writer) open(p page) {
	w.referrer = shopHost + w.page.path
	w.page, w.campaign = p, nil
}

func (w *writer) search(st *step) {
	words := searchWords()[st.ref]
	word := words[int(w.it.n)%len(words)]
	w.open(page{"検索結果", "/search", "?q=" + url.QueryEscape(word), "「" + word + "」の検索結果 | " + shopTitle})
	w.browserTrack(st.at, "Products Searched")
	w.text("query", word)
	w.finish()
}

// searchWords are the nouns of each shelf.
var searchWords = sync.OnceValue(func() [][]string {
	words := make([][]string, len(shelves))
	for k := range shelves {
		words[k] = append(strings.Fields(shelves[k].nouns), shelves[k].sub)
	}
	return words
})

func (w *writer) list(st *step) {
	sh := &shelves[st.ref]
	w.open(page{"商品一覧", "/collections/" + strconv.Itoa(int(st.ref)+1), "", sh.sub + " | " + shopTitle})
	w.browserTrack(st.at, "Product List Viewed")
	w.text("list_id", "collection_"+strconv.Itoa(int(st.ref)+1))
	w.text("category", sh.top+"/"+sh.sub)
	w.finish()
}

func (w *writer) productStep(st *step) {
	v := &w.s.catalogue.variants[st.ref]
	p := &w.s.catalogue.products[v.product]
	path := "/products/" + p.id
	if st.kind == stepView || w.page.path != path {
		w.open(page{"商品詳細", path, "", p.name + " | " + shopTitle})
	}
	switch st.kind {
	case stepView:
		w.browserTrack(st.at, "Product Viewed")
	case stepWish:
		w.browserTrack(st.at, "Product Added to Wishlist")
		w.text("wishlist_id", "wl_"+w.cartID())
	default:
		w.browserTrack(st.at, "Product Added")
		w.text("cart_id", w.cartID())
	}
	w.product(st.ref, w.s.calendar.dayAt(w.it.at))
	w.integer("quantity", int64(st.count))
	w.text("url", shopHost+path)
	w.finish()
}

// product writes the properties of a variant with its price on a day.
func (w *writer) product(v int32, d int) {
	w.raw(w.s.catalogue.variants[v].json)
	w.raw(",")
	w.integer("price", int64(w.s.catalogue.price(v, d)))
}

// cartID is that of the visit.
func (w *writer) cartID() string {
	return "ct" + strconv.FormatUint(w.s.hash(streamEpisode, uint64(w.person), uint64(w.it.n)|1<<40)>>16, 36)
}

// cartProducts lists what the visit has put into the cart.
func (w *writer) cartProducts() {
	w.array("products")
	d := w.s.calendar.dayAt(w.it.at)
	for _, st := range w.steps {
		if st.kind == stepAdd {
			w.buf = append(w.buf, '{')
			w.product(st.ref, d)
			w.integer("quantity", int64(st.count))
			w.end('}')
		}
	}
	w.end(']')
}
