package simulate

const (
	cookieDays = 200 // mean life of a browser's cookie
	// Signing in and registering happen at a known moment of a visit.
	signInAfter  = 20 * second
	signUpAfter  = 60 * second
	checkoutLead = 90 * second // before the order
	consentAfter = int64(100)  // after registering
)

// schedule lays out what is known from the start: the purchases, the visits before them,
// browsing, birthdays and changes of address.
func (p *planner) schedule() {
	r := p.s.rng(streamWeb, uint64(p.person), 0)
	for k, at := range p.base {
		p.push(at, onOrder, k)
	}
	if p.kind == storeOnly {
		return
	}
	p.visitsBefore(&r)
	p.browsing(&r)
	first := p.base[0]
	switch {
	case p.baseStore[0]:
		p.push(first+r.between(1, 30)*day, onSignUp, 0)
	case r.chance(0.12):
		p.push(first-r.between(1, 20)*day, onSignUp, 0)
	}
	p.yearly(&r)
	years := float64(p.s.calendar.days) / 365
	for what, rate := range [...]float64{0.03, 0.05} {
		if r.chance(min(rate*years, 1)) {
			p.push(r.between(first, p.s.calendar.end()), onProfile, what)
		}
	}
}

// visitsBefore adds the visits that lead to online purchases: several before the first,
// anonymous and on any device; at times one before the others, and then at times with a
// cart left behind.
func (p *planner) visitsBefore(r *rng) {
	for k, at := range p.base {
		if p.baseStore[k] {
			continue
		}
		if k == 0 {
			for range r.geometric(1.1) {
				u := r.float()
				p.push(at-hour-int64(float64(u*u)*float64(40*day)), onBrowse, 0)
			}
			continue
		}
		if r.chance(0.35) {
			kind := onBrowse
			if r.chance(0.3) {
				kind = onAbandon
			}
			p.push(at-r.between(4*hour, 60*hour), kind, 0)
		}
	}
}

// browsing adds visits that lead to nothing. Who buys often looks often; who has dropped
// out hardly looks any more.
func (p *planner) browsing(r *rng) {
	c := p.s.calendar
	clock := c.operational[p.rhythm]
	from, end := clock[c.dayAt(p.base[0])+1], clock[c.days]
	left := end
	if p.dropped != 0 {
		left = clock[c.dayAt(p.dropped)+1]
	}
	perDay := mul(p.s.browsing, 0.005+mul(0.45, p.lambda))
	p.spread(r, from, left, perDay)
	p.spread(r, left, end, perDay*0.1)
}

// spread puts visits at a rate per operational day between two times of that clock.
func (p *planner) spread(r *rng, from, to, perDay float64) {
	c := p.s.calendar
	for range r.poisson(float64(perDay * (to - from))) {
		x := from + mul(r.float(), to-from)
		kind := onBrowse
		if r.chance(0.14) {
			kind = onAbandon
		}
		d := min(c.dayOfOperational(p.rhythm, x), c.days-1)
		p.push(c.instant(d, p.rhythm, r), kind, 0)
	}
}

// yearly adds birthdays and, for companies, gifts at midsummer and the year's end (お中元・お歳暮).
func (p *planner) yearly(r *rng) {
	c := p.s.calendar
	for _, d := range c.dates[[2]int{p.birth[1], p.birth[2]}] {
		if at := c.midnights[d] + 8*hour + int64(r.below(int(hour))); at > p.base[0] {
			p.push(at, onBirthday, 0)
		}
	}
	if !p.company {
		return
	}
	for _, date := range [][2]int{{7, 3}, {12, 3}} {
		for _, d := range c.dates[date] {
			if at := c.midnights[d] + 10*hour + r.between(0, 6*hour); at > p.base[0] {
				p.push(at, onGiftOrder, 0)
			}
		}
	}
}

func (p *planner) openCookies() {
	for k := range p.cookies {
		owner, slot := uint64(p.person), uint64(k)
		if p.s.onTablet(&p.basics, uint8(k)) {
			owner, slot = p.s.household(p.person, &p.basics), 7
		}
		r := p.s.rng(streamCookie, owner, slot)
		p.cookies[k] = cookie{until: p.s.calendar.start() + lifetime(&r), rng: r}
	}
}

func lifetime(r *rng) int64 { return hour + int64(r.exponential()*float64(cookieDays*day)) }

// visit adds a visit: it chooses a device, loses its cookie when that has expired, and
// settles whether the person is known from the start, signs in, or stays anonymous. Nobody
// stays signed in on a family's tablet.
func (p *planner) visit(it item, mustSignIn bool) {
	r := p.s.rng(streamWeb, uint64(p.person), uint64(len(p.items))+1)
	device := 0
	if p.devices > 1 && it.flags&flagFromMessage == 0 && r.chance(0.35) {
		device = 1 + r.below(p.devices-1)
	}
	c := &p.cookies[device]
	for it.at >= c.until && c.n < 250 {
		c.n, c.known = c.n+1, false
		c.until += lifetime(&c.rng)
	}
	it.a, it.b = uint8(device)|p.latent.source<<2, c.n
	if p.consents[viaMail].granted > 0 && it.flags&flagRegister != 0 {
		it.flags |= flagConsent
	}
	if p.mailChanged > 0 {
		it.flags |= flagNewMail
	}
	shared := p.s.onTablet(&p.basics, it.device())
	if !p.seen {
		it.flags |= flagFirst
		p.seen = true
	}
	switch {
	case c.known:
		it.flags |= flagKnown
	case it.flags&flagRegister != 0:
		c.known = !shared
	case p.registered > 0 && (mustSignIn || r.chance(0.35)):
		it.flags |= flagLogin
		c.known = !shared
	}
	p.add(it)
}

// longestVisit bounds how long a visit without an order goes on. Visits of one person do not
// overlap, so that a browser which has learned who it is does not forget it.
const longestVisit = 20 * minute

// leisure tells whether there is time for a visit: none is going on and no order is due.
func (p *planner) leisure(at int64) bool {
	if at < p.free {
		return false
	}
	for _, m := range p.agenda {
		if (m.kind == onOrder || m.kind == onInducedOrder || m.kind == onGiftOrder) && m.at < at+2*longestVisit {
			return false
		}
	}
	p.free = at + longestVisit
	return true
}

func (p *planner) browse(at int64, fromMessage bool) {
	if !p.leisure(at) {
		return
	}
	it := item{at: at, kind: visitBrowse}
	if fromMessage {
		it.flags = flagFromMessage
	}
	p.visit(it, false)
}

func (p *planner) abandon(at int64) {
	if !p.leisure(at) {
		return
	}
	p.visit(item{at: at, kind: visitAbandon}, false)
	if it := p.items[len(p.items)-1]; it.flags&(flagKnown|flagLogin) != 0 {
		p.push(at+3*hour, onCartMail, 0)
	}
}

func (p *planner) signUp(at int64) {
	at = max(at, p.free)
	if p.registered == 0 && at < p.s.calendar.end() && p.leisure(at) {
		p.register(at + signUpAfter)
		p.visit(item{at: at, kind: visitSignUp, flags: flagRegister}, false)
	}
}

// register opens the online account: consent to mail is asked; LINE is linked some days
// later, mostly with consent to that.
func (p *planner) register(at int64) {
	r := p.s.rng(streamWeb, uint64(p.person), 1<<32)
	p.registered = at
	if r.chance(0.83) {
		p.consents[viaMail].granted = at + consentAfter
	}
	if p.lineUser {
		it := item{at: at + 5*minute + int64(r.exponential()*float64(10*day)), kind: lineLinked}
		if r.chance(0.9) {
			it.b = 1
			p.consents[viaLINE].granted = it.at + consentAfter
		}
		p.add(it)
	}
	if p.company {
		p.add(item{at: at + 10*minute, kind: groupJoined})
	}
	p.planLink(&r)
}

// planLink lets a third of those who have both an account and a card enter the card online.
func (p *planner) planLink(r *rng) {
	if p.registered == 0 || p.issued == 0 || p.linked != 0 || !r.chance(0.35) {
		return
	}
	p.push(max(p.registered, p.issued)+r.between(1, 60)*day, onLinkCard, 0)
}

func (p *planner) linkCard(at int64) {
	at = max(at, p.free)
	if p.leisure(at) && at < p.s.calendar.end() {
		p.linked = at + signUpAfter
		p.visit(item{at: at, kind: visitLinkCard}, true)
	}
}

func (p *planner) changeProfile(at int64, what int) {
	switch {
	case p.registered == 0:
	case what == 0:
		p.mailChanged = at
		p.add(item{at: at, kind: emailChanged})
	default:
		p.movedHome = at
		p.add(item{at: at, kind: addressChanged})
	}
}

// look is the life of a visitor: some visits within a few weeks, mostly short.
func (p *planner) look() {
	c := p.s.calendar
	r := p.s.rng(streamVisitor, uint64(p.person), 0)
	first := p.s.firstDay(p.person)
	at := c.instant(first, p.rhythm, &r)
	p.latent.source = p.s.drawSource(&r, &p.basics, 0.3)
	visits := 1 + r.geometric(min(0.8*p.s.browsing, 5))
	subscribes := r.chance(0.04)
	for k := range visits {
		kind := visitBrowse
		switch {
		case subscribes && k == visits-1:
			kind = visitSubscribe
		case r.chance(0.08):
			kind = visitAbandon
		}
		p.visit(item{at: at, kind: kind}, false)
		at += hour + int64(r.exponential()*float64(8*day))
	}
}

// crawl is the life of a bot: a burst of pages every few days.
func (p *planner) crawl() {
	c := p.s.calendar
	r := p.s.rng(streamVisitor, uint64(p.person), 0)
	for d := r.below(7); d < c.days; d += 3 + r.below(8) {
		p.add(item{at: c.midnights[d] + r.between(0, 23*hour), kind: visitCrawl})
	}
}
