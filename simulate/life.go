package simulate

import (
	"slices"
	"sort"
)

// itemKind is one thing that happens in a person's life and becomes one or more messages.
type itemKind uint8

const (
	visitBrowse itemKind = iota + 1
	visitAbandon
	visitOrder     // ref: order
	visitSignUp    //
	visitSubscribe // a visitor leaves an e-mail address for the newsletter
	visitLinkCard  // the card is entered in the online account
	visitCrawl
	orderShipped      // ref: order
	orderDelivered    // ref: order
	orderCancelled    // ref: order
	orderRefunded     // ref: order
	contractRenewed   // ref: order; a: number of the renewal
	contractSkipped   // a: number of the renewal
	contractCancelled // a: number of the renewal that did not come
	pointsExpired     // ref: points
	messageSent       // ref: mailing or occurrence; a: treatment or noTreatment; b: 1 for LINE
	messageBounced    // as messageSent, and so are the next three
	messageOpened
	messageClicked
	messageNotSent
	consentWithdrawn // b: 1 for LINE
	emailChanged
	addressChanged
	lineLinked // b: 1 when the person also agrees to be written to
	groupJoined
	surveySent
	surveyAnswered   // a: score
	preferenceStated // a: 1 when the person prefers this shop
	walletStated     // a: our share in per cent; ref: yen a year
	inquiryReceived  // ref: order; a: topic
	inquiryAnswered  // as inquiryReceived
	inquiryClosed    // ref: order; a: score
	reviewed         // ref: order; a: stars
	cardIssued
	storeOrder     // ref: order
	storeRefund    // ref: order
	productUpdated // ref: product; a: state
	adCost         // ref: day
)

const noTreatment = 255

// item is one entry of the plan, to be written as messages from its time on.
type item struct {
	at     int64
	person uint32
	n      uint32 // its number in the life, which seeds what is drawn when it is written
	ref    int32
	kind   itemKind
	// a and b are, for a visit, device + 4 × source and cookie; for other kinds see above.
	a, b  uint8
	flags uint8
}

func (it *item) device() uint8 { return it.a & 3 }
func (it *item) source() uint8 { return it.a >> 2 }

const (
	flagKnown       = 1 << iota // the browser knows who it is from the start
	flagLogin                   // the person signs in during the visit
	flagRegister                // the person registers during the visit
	flagFirst                   // the first visit of all, from where customers come
	flagFromMessage             // the visit follows a link in a message
	flagContract                // the order of this visit starts a subscription
	flagConsent                 // with the registration the person agrees to be written to
	flagNewMail                 // the person's e-mail address has changed before
)

// assignment is one decision about a treatment for one person.
type assignment struct {
	treatment int
	at        int64
	treated   bool
	// y0 counts the orders of the purchase process within the horizon; y1 adds the order
	// that the treatment causes, or would have caused.
	y0, y1 int
}

// life is everything that happens to one person. It is a pure function of the shop and the
// person's number.
type life struct {
	person uint32
	basics
	latent
	items  []item
	orders []order
	lines  []line
	// base are the instants of the purchase process, the first purchase among them.
	base      []int64
	baseStore []bool
	// dropped is the instant of the purchase after which the person dropped out, 0 for whoever
	// was still active at the end.
	dropped int64
	// operational is how long the person was watched after the first day, in operational days.
	operational float64

	registered, issued, linked int64 // 0 for never
	mailChanged, movedHome     int64
	consents                   [2]consent // to mail and to LINE
	contract                   contractLife
	assignments                []assignment
	balance                    int32
}

// consent is from when until when the person agreed to a channel; 0 for never.
type consent struct{ granted, withdrawn int64 }

const (
	viaMail = iota
	viaLINE
)

func (c consent) at(ms int64) bool {
	return c.granted > 0 && c.granted <= ms && (c.withdrawn == 0 || ms < c.withdrawn)
}

type contractLife struct {
	started, cancelled int64
	variant            int32
	renewals           int
}

// planner makes lives one after the other, reusing its memory.
type planner struct {
	s *Shop
	life
	agenda    agenda
	mailing   int // the next one in shop.mailings
	recent    []purchase
	cookies   [3]cookie
	pushed    int32
	seen      bool  // there was a visit before
	free      int64 // from when on there can be another
	lastOrder int64
	freeAt    int64 // end of the horizon of the last assignment
	surveyed  int64
}

type cookie struct {
	n     uint8
	until int64
	rng   rng
	known bool
}

// purchase is what a person remembers having bought.
type purchase struct {
	product int32
	day     int
}

// plan simulates the life of person i. The result is valid until the next call.
func (p *planner) plan(i uint32) *life {
	p.life = life{
		person: i, basics: p.s.basics(i), items: p.items[:0], orders: p.orders[:0], lines: p.lines[:0],
		base: p.base[:0], baseStore: p.baseStore[:0], assignments: p.assignments[:0],
	}
	p.agenda, p.recent = p.agenda[:0], p.recent[:0]
	p.mailing, p.pushed, p.seen, p.free, p.lastOrder, p.freeAt, p.surveyed = 0, 0, false, 0, 0, 0, 0
	switch p.kind {
	case member, storeOnly:
		p.latent = p.s.latent(i, &p.basics)
		p.openCookies()
		p.purchases()
		p.schedule()
		p.walk()
	case visitor:
		p.openCookies()
		p.look()
	case bot:
		p.crawl()
	}
	return &p.life
}

// maxPurchases bounds what a person buys when a test chooses wild parameters; with the default
// ones nobody comes near.
const maxPurchases = 2000

// purchases runs the purchase process: BG/NBD on the operational clock of the person's
// rhythm, which starts at the midnight after the first purchase.
func (p *planner) purchases() {
	s, c := p.s, p.s.calendar
	r := s.rng(streamLife, uint64(p.person), 0)
	first := s.firstDay(p.person)
	p.base = append(p.base, c.instant(first, p.rhythm, &r))
	clock := c.operational[p.rhythm]
	x, end := clock[first+1], clock[c.days]
	p.operational = end - x
	for dropped := false; !dropped && len(p.base) < maxPurchases; {
		if x += r.exponential() / p.lambda; !(x < end) {
			break
		}
		p.base = append(p.base, c.instant(c.dayOfOperational(p.rhythm, x), p.rhythm, &r))
		if dropped = r.chance(p.dropout); dropped {
			p.dropped = 1
		}
	}
	slices.Sort(p.base) // several on one day are drawn in any order
	for k := range p.base {
		if k > 0 && p.base[k] < p.base[k-1]+10*minute {
			p.base[k] = min(p.base[k-1]+10*minute, c.end()-1)
		}
		p.baseStore = append(p.baseStore, p.inStore(k, &r))
	}
	if p.dropped != 0 {
		p.dropped = p.base[len(p.base)-1]
	}
}

func (p *planner) inStore(k int, r *rng) bool {
	u := r.float()
	switch {
	case p.kind == storeOnly:
		return true
	case !p.dual:
		return false
	case k == 0:
		return p.source == storeSource
	}
	return u < p.store
}

// active tells whether the person had not dropped out yet.
func (l *life) active(at int64) bool { return l.dropped == 0 || at <= l.dropped }

// baseBetween counts the purchases of the process in (from, to].
func (l *life) baseBetween(from, to int64) int {
	after := func(t int64) int {
		return sort.Search(len(l.base), func(k int) bool { return l.base[k] > t })
	}
	return after(to) - after(from)
}

func (p *planner) add(it item) {
	if it.at < p.s.calendar.start() || it.at >= p.s.calendar.end() {
		return
	}
	it.person, it.n = p.person, uint32(len(p.items))
	p.items = append(p.items, it)
}

// moment is something that will be decided when its time comes.
type moment struct {
	at   int64
	n    int32 // order of insertion, so that ties are broken alike everywhere
	kind momentKind
	a    int32
}

type momentKind uint8

const (
	onOrder        momentKind = iota + 1 // a: number in base
	onInducedOrder                       // a: treatment
	onGiftOrder
	onBrowse
	onAbandon
	onClick // follows a message
	onSignUp
	onLinkCard
	onDelivered // a: order
	onCancel    // a: order
	onRefund    // a: order
	onExpire
	onRenewal         // a: number of the renewal
	onContractEnd     // a: number of the renewal that does not come
	onSecondOrderMail // a: order
	onDormantMail     // a: order
	onCartMail
	onBirthday
	onProfile // a: 0 e-mail, 1 address
)

// agenda is a heap of moments, the earliest on top.
type agenda []moment

func (a agenda) before(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].n < a[j].n
}

func (p *planner) push(at int64, kind momentKind, ref int) {
	if at < p.s.calendar.start() || at >= p.s.calendar.end() {
		return
	}
	p.pushed++
	a := append(p.agenda, moment{at, p.pushed, kind, int32(ref)})
	for i := len(a) - 1; i > 0; {
		parent := (i - 1) / 2
		if !a.before(i, parent) {
			break
		}
		a[i], a[parent] = a[parent], a[i]
		i = parent
	}
	p.agenda = a
}

func (p *planner) pop() moment {
	a := p.agenda
	top, last := a[0], len(a)-1
	a[0] = a[last]
	a = a[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && a.before(child+1, child) {
			child++
		}
		if !a.before(child, i) {
			break
		}
		a[i], a[child] = a[child], a[i]
		i = child
	}
	p.agenda = a
	return top
}

// walk lets everything happen in the order of time.
func (p *planner) walk() {
	mailings := p.s.mailings
	for {
		next := p.s.calendar.end()
		if len(p.agenda) > 0 {
			next = p.agenda[0].at
		}
		for ; p.mailing < len(mailings) && mailings[p.mailing].at < next; p.mailing++ {
			p.mail(p.mailing)
		}
		if len(p.agenda) == 0 && p.mailing == len(mailings) {
			return
		}
		if len(p.agenda) > 0 {
			p.happen(p.pop())
		}
	}
}

func (p *planner) happen(m moment) {
	switch m.kind {
	case onOrder:
		if p.baseStore[m.a] {
			p.orderInStore(m.at, int(m.a))
		} else {
			p.orderOnline(m.at, causeProcess, int(m.a))
		}
	case onInducedOrder:
		p.orderOnline(m.at, causeTreatment, int(m.a))
	case onGiftOrder:
		p.orderOnline(m.at, causeGift, 0)
	case onBrowse, onClick:
		p.browse(m.at, m.kind == onClick)
	case onAbandon:
		p.abandon(m.at)
	case onSignUp:
		p.signUp(m.at)
	case onLinkCard:
		p.linkCard(m.at)
	case onDelivered:
		p.deliver(int(m.a), m.at)
	case onCancel:
		p.cancel(int(m.a), m.at)
	case onRefund:
		p.refund(int(m.a), m.at)
	case onExpire:
		p.expire(m.at)
	case onRenewal:
		p.renew(m.at, int(m.a))
	case onContractEnd:
		p.endContract(m.at, int(m.a))
	case onSecondOrderMail, onDormantMail, onCartMail, onBirthday:
		p.trigger(m)
	case onProfile:
		p.changeProfile(m.at, int(m.a))
	}
}
