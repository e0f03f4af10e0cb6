package simulate

import "math"

// cause says why an order was placed.
type cause uint8

const (
	causeProcess   cause = iota // the purchase process, the first order included
	causeTreatment              // a message worked
	causeContract               // a delivery of a subscription
	causeGift                   // a company's seasonal gifts
)

var causeNames = [...]string{"process", "treatment", "contract", "gift"}

// channels of orders, as in the property "channel".
const (
	channelWeb = iota
	channelStore
	channelSubscription
)

var channelNames = [...]string{"web", "store", "subscription"}

// order is one purchase. Amounts are yen; prices include tax.
type order struct {
	at     int64
	latent float64 // the value the process asked for; 0 for deliveries of subscriptions
	person uint32
	number uint16 // within the life, from 0
	base   int16  // number in life.base for causeProcess
	cause  cause
	channel,
	coupon,
	payment,
	store uint8
	treatment uint8 // noTreatment unless it is the cause

	from, to int32 // its lines

	subtotal, discount, shipping, tax int32
	usedPoints, balanceUsed           int32 // balance after use
	earned, balanceEarned             int32
	refunded, balanceRefunded         int32
	wholly                            bool // the refund is of the whole order
	cancelledAt, refundedAt           int64
}

// line is one product of an order.
type line struct {
	variant int32
	price   int32 // of one piece
	count   int32
}

func (o *order) revenue() int32 { return o.subtotal - o.discount }
func (o *order) total() int32   { return o.revenue() + o.shipping }

// coupon is a discount code; percent and yen are what it takes off.
type coupon struct {
	code, name   string
	percent, yen int32
}

var coupons = []coupon{
	{},
	{"WELCOME10", "はじめてのお買い物10%OFF", 10, 0},
	{"MAIL5", "会員さま限定5%OFF", 5, 0},
	{"OKAERI500", "おかえりなさいクーポン500円OFF", 0, 500},
	{"BIRTHDAY10", "お誕生日10%OFF", 10, 0},
	{"SALE8", "季節のセール8%OFF", 8, 0},
}

const (
	couponWelcome = 1
	couponMail    = 2
)

var (
	paymentNames  = [...]string{"credit_card", "convenience_store", "cash_on_delivery", "qr_code", "cash"}
	onlinePayment = newChooser([]uint64{62, 12, 8, 18})
	storePayment  = newChooser([]uint64{38, 0, 0, 27, 35})
)

// storeNames are the physical stores.
var storeNames = [...]string{"銀座店", "吉祥寺店", "横浜店", "名古屋栄店", "梅田店", "神戸三宮店", "福岡天神店", "札幌大通店"}

// newOrder draws value, basket, coupon and points. A coupon or points do not change what is
// put into the basket.
func (p *planner) newOrder(at int64, why cause, ref int, channel uint8) *order {
	key := uint64(why)<<32 | uint64(uint32(ref))
	if why != causeProcess {
		key |= uint64(len(p.orders)) << 40
	}
	r := p.s.rng(streamBasket, uint64(p.person), key)
	o := order{
		at: at, person: p.person, number: uint16(len(p.orders)), cause: why, channel: channel, treatment: noTreatment,
		from: int32(len(p.lines)), base: -1,
	}
	switch why {
	case causeProcess:
		o.base = int16(ref)
	case causeTreatment:
		o.treatment = uint8(ref)
	}
	if why == causeContract {
		p.addLine(&o, p.contract.variant, 1)
		o.lastLine(p).price = o.lastLine(p).price * 9 / 10
	} else {
		o.latent = r.gamma(p.s.config.Process.SpendP) / p.nu
		if why == causeGift {
			o.latent *= 10
		}
		p.fillBasket(&o, &r)
	}
	o.to = int32(len(p.lines))
	p.price(&o, &r)
	p.orders = append(p.orders, o)
	p.lastOrder = at
	p.push(p.morningAfter(at, dormantDays), onDormantMail, int(o.number))
	return &p.orders[len(p.orders)-1]
}

func (o *order) lastLine(p *planner) *line { return &p.lines[len(p.lines)-1] }

// price adds up the basket and takes off coupon and points.
func (p *planner) price(o *order, r *rng) {
	for _, l := range p.lines[o.from:o.to] {
		amount := l.price * l.count
		rate := int32(p.s.catalogue.products[p.s.catalogue.variants[l.variant].product].taxRate())
		o.subtotal += amount
		o.tax += amount * rate / (100 + rate)
	}
	o.payment = uint8(storePayment.pick(r))
	if o.channel == channelStore {
		home := p.s.address(streamAddress, p.s.household(p.person, &p.basics))
		o.store = home.city.stores[r.below(2)]
		return
	}
	o.payment = 0
	if o.channel == channelWeb {
		o.payment = uint8(onlinePayment.pick(r))
		o.coupon = p.couponFor(o, r)
		c := coupons[o.coupon]
		o.discount = o.subtotal*c.percent/100 + min(c.yen, o.subtotal)
	}
	if p.balance >= 100 && r.chance(0.2+mul(0.4, p.discount)) {
		o.usedPoints = min(p.balance, o.revenue()/2)
		o.discount += o.usedPoints
		p.balance -= o.usedPoints
	}
	o.balanceUsed = p.balance
	if o.channel == channelWeb && o.revenue() < freeShippingFrom {
		o.shipping = shippingFee
	}
}

const (
	freeShippingFrom = 5500
	shippingFee      = 550
)

func (p *planner) couponFor(o *order, r *rng) uint8 {
	switch {
	case o.cause == causeGift:
		return 0
	case o.cause == causeTreatment:
		return treatments[o.treatment].coupon
	case o.base == 0 && r.chance(0.2+mul(0.6, p.discount)):
		return couponWelcome
	case o.base != 0 && r.chance(mul(0.3, p.discount)):
		return couponMail
	}
	return 0
}

// orderOnline places an order at the end of a visit.
func (p *planner) orderOnline(at int64, why cause, ref int) {
	o := p.newOrder(at, why, ref, channelWeb)
	r := p.s.rng(streamAfter, uint64(p.person), uint64(o.number))
	length := min(r.between(3*minute, 16*minute), at-p.s.calendar.start())
	// The visit starts when the one before is over.
	length = max(min(length, at-p.free), second)
	p.free = at + second
	it := item{at: at - length, kind: visitOrder, ref: int32(o.number)}
	if why == causeTreatment {
		it.flags |= flagFromMessage
	}
	if p.registered == 0 {
		it.flags |= flagRegister
		p.register(at - min(checkoutLead, length/4))
	}
	if why == causeProcess && o.base == 0 && p.startsContract(&r) {
		it.flags |= flagContract
		p.startContract(at)
	}
	p.visit(it, true)
	if o.base == 0 {
		p.push(p.morningAfter(at, secondOrderDays), onSecondOrderMail, int(o.number))
	}
	p.after(o, &r)
}

// after plans what follows an online order: dispatch, delivery, cancellation, return,
// review and inquiry.
func (p *planner) after(o *order, r *rng) {
	process := &p.s.config.Process
	if r.chance(process.CancelRate) {
		if at := o.at + r.between(10*minute, 20*hour); at < p.s.calendar.end() {
			p.push(at, onCancel, int(o.number))
			return
		}
	}
	shipped := o.at + r.between(8*hour, 30*hour)
	delivered := shipped + r.between(20*hour, 60*hour)
	p.add(item{at: shipped, kind: orderShipped, ref: int32(o.number)})
	p.push(delivered, onDelivered, int(o.number))
	if r.chance(process.ReturnRate) {
		p.push(delivered+r.between(2*day, 9*day), onRefund, int(o.number))
	}
	if r.chance(0.05) {
		p.add(item{at: delivered + r.between(5*day, 20*day), kind: reviewed, ref: int32(o.number), a: uint8(r.stars(p.dropout))})
	}
	if r.chance(0.03) {
		asked, topic := o.at+r.between(6*hour, 6*day), uint8(r.below(len(inquiryTopics)))
		answered := asked + r.between(hour, 24*hour)
		p.add(item{at: asked, kind: inquiryReceived, ref: int32(o.number), a: topic})
		p.add(item{at: answered, kind: inquiryAnswered, ref: int32(o.number), a: topic})
		p.add(item{at: answered + r.between(hour, 3*day), kind: inquiryClosed, ref: int32(o.number), a: uint8(r.npsScore(p.dropout))})
	}
}

// cancel calls an order off before it is sent; points used come back.
func (p *planner) cancel(number int, at int64) {
	o := &p.orders[number]
	p.balance += o.usedPoints
	o.cancelledAt, o.balanceRefunded = at, p.balance
	p.add(item{at: at, kind: orderCancelled, ref: int32(number)})
}

// deliver hands over the parcel, credits points and at times asks for an opinion.
func (p *planner) deliver(number int, at int64) {
	o := &p.orders[number]
	r := p.s.rng(streamSurvey, uint64(p.person), uint64(number))
	o.earned = o.revenue() / 100
	p.balance += o.earned
	o.balanceEarned = p.balance
	p.add(item{at: at, kind: orderDelivered, ref: int32(number)})
	if p.balance > 0 {
		p.push(p.lastOrder+365*day, onExpire, 0)
	}
	if at-p.surveyed < 180*day && p.surveyed > 0 || !r.chance(surveyChance) {
		return
	}
	p.surveyed = at
	p.survey(p.s.calendar.midnights[p.s.calendar.dayAt(at)]+14*day+10*hour, &r)
}

const (
	surveyChance = 0.5
	answerChance = 0.32
)

// survey asks how likely a recommendation is (NPS), and half of those who answer also which
// shop they prefer and how their spending is split.
func (p *planner) survey(at int64, r *rng) {
	p.add(item{at: at, kind: surveySent})
	if !r.chance(answerChance) {
		return
	}
	at += 10*minute + int64(r.exponential()*float64(12*hour))
	p.add(item{at: at, kind: surveyAnswered, a: uint8(r.npsScore(p.dropout))})
	if !r.chance(0.5) {
		return
	}
	var prefers uint8
	if r.prefers(p.dropout) {
		prefers = 1
	}
	p.add(item{at: at + 40*second, kind: preferenceStated, a: prefers})
	share := clamp(math.Round(mul(100, p.wallet)+mul(5, r.normal())), 1, 99)
	p.add(item{at: at + 90*second, kind: walletStated, a: uint8(share), ref: p.s.walletSize(&p.latent)})
}

// walletSize is what a person spends in a year on such goods anywhere, in yen: the mean
// order times 365 λ, that within 0.5 and 24, over our share, in full thousands.
func (s *Shop) walletSize(l *latent) int32 {
	yearly := s.config.Process.SpendP / l.nu * clamp(365*l.lambda, 0.5, 24)
	return int32(min(math.Round(yearly/l.wallet/1000), 10_000)) * 1000
}

// refund takes back one line of an order, or all of it, and the points with it.
func (p *planner) refund(number int, at int64) {
	o := &p.orders[number]
	first := p.lines[o.from]
	o.refunded = min(first.price*first.count, o.revenue())
	if o.wholly = o.to-o.from == 1 || p.s.hash(streamAfter, uint64(p.person), uint64(number)|1<<32)%5 < 2; o.wholly {
		o.refunded = o.revenue()
	}
	p.balance = max(p.balance-o.refunded/100, 0)
	o.balanceRefunded, o.refundedAt = p.balance, at
	kind := orderRefunded
	if o.channel == channelStore {
		kind = storeRefund
	}
	p.add(item{at: at, kind: kind, ref: int32(number)})
}

// expire takes points away a year after the last order.
func (p *planner) expire(at int64) {
	if p.balance > 0 && at >= p.lastOrder+365*day {
		p.add(item{at: at, kind: pointsExpired, ref: p.balance})
		p.balance = 0
	}
}

// orderInStore sells at the till. The first time a card is made out.
func (p *planner) orderInStore(at int64, base int) {
	o := p.newOrder(at, causeProcess, base, channelStore)
	r := p.s.rng(streamAfter, uint64(p.person), uint64(o.number))
	if p.issued == 0 {
		p.issued = at - 3*minute
		p.add(item{at: p.issued, kind: cardIssued})
		p.planLink(&r)
	}
	p.add(item{at: at, kind: storeOrder, ref: int32(o.number)})
	if r.chance(p.s.config.Process.StoreReturnRate) {
		p.push(at+r.between(day, 12*day), onRefund, int(o.number))
	}
}

// startsContract tells whether the first order also starts a subscription.
func (p *planner) startsContract(r *rng) bool {
	return r.chance(p.s.config.Process.ContractShare) && len(p.s.catalogue.consumables) > 0
}

const (
	contractDays     = 30
	contractSkipRate = 0.04
)

func (p *planner) startContract(at int64) {
	p.contract = contractLife{started: at, variant: p.s.contractVariant(p.person)}
	p.planRenewal(1)
}

// contractVariant is what a person would subscribe to.
func (s *Shop) contractVariant(i uint32) int32 {
	r := s.rng(streamContract, uint64(i), 0)
	c := s.catalogue
	chosen := &c.products[c.consumables[c.pickRegular.pick(&r)]]
	return chosen.from + int32(r.below(int(chosen.to-chosen.from)))
}

// planRenewal is the sBG model (Fader and Hardie 2007): at every renewal the person leaves
// with the same chance theta of their own. Who leaves says so some days before.
func (p *planner) planRenewal(number int) {
	c := p.s.calendar
	r := p.s.rng(streamContract, uint64(p.person), uint64(number))
	d := c.dayAt(p.contract.started) + contractDays*number
	if d >= c.days {
		return
	}
	at := c.midnights[d] + 5*hour + r.between(0, 20*minute)
	if r.chance(p.theta) {
		p.push(at-r.between(day, 12*day), onContractEnd, number)
		return
	}
	p.push(at, onRenewal, number)
}

func (p *planner) renew(at int64, number int) {
	r := p.s.rng(streamContract, uint64(p.person), uint64(number)|1<<32)
	p.contract.renewals = number
	if r.chance(contractSkipRate) {
		p.add(item{at: at, kind: contractSkipped, a: uint8(number)})
	} else {
		o := p.newOrder(at, causeContract, number, channelSubscription)
		p.add(item{at: at, kind: contractRenewed, ref: int32(o.number), a: uint8(number)})
		after := p.s.rng(streamAfter, uint64(p.person), uint64(o.number))
		p.after(o, &after)
	}
	p.planRenewal(number + 1)
}

func (p *planner) endContract(at int64, number int) {
	p.contract.cancelled = at
	p.add(item{at: at, kind: contractCancelled, a: uint8(number)})
}
