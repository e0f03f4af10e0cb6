package simulate

import "time"

// Treatment is one way of addressing a customer, with the effect it truly has.
//
// The history holds every treatment as a randomised experiment. Whoever meets its trigger,
// has registered and agreed to be reached is assigned: to the holdout with the given
// chance, by a hash of treatment and person, so always to the same arm. Nobody is assigned
// while the horizon of an earlier assignment runs, nor so late that the horizon would end
// after the simulation. A treated person gets the message ("Message Sent" with the
// scenario_id); for a held-out one "Message Not Sent" with reason "holdout" is recorded.
// The message adds, with the chance given for the person's class, exactly one order within
// the horizon to those of the purchase process, which goes on as if nothing had happened.
// The true effect on the number of orders within the horizon is therefore that chance.
type Treatment struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Trigger string `json:"trigger"`
	// HorizonDays is how long after the assignment outcomes are counted.
	HorizonDays int `json:"horizon_days"`
	// Holdout is the share that is not addressed.
	Holdout float64 `json:"holdout"`
	// Effect is the chance of one more order, by class.
	Effect map[Class]float64 `json:"effect"`
	// DelayHours is the mean time from the message to that order; it is exponential, half an
	// hour at least and at most three days.
	DelayHours float64 `json:"delay_hours"`
	// Coupon is the code given with the message and used in that order.
	Coupon string `json:"coupon,omitempty"`
	// Subject is the subject line.
	Subject string `json:"subject"`
	coupon  uint8
}

const (
	treatCart = iota
	treatSecondOrder
	treatDormant
	treatBirthday
	treatSale

	secondOrderDays = 10
	dormantDays     = 120
)

// treatments are read often and never changed.
var treatments = Treatments()

// Treatments returns those the shop has used; [Shop.Respond] knows them by their place.
func Treatments() []Treatment {
	return []Treatment{
		treatCart: {
			ID: "cart_abandon", Name: "カゴ落ちメール", Trigger: "three hours after a signed-in visit that left a cart behind, without an order since",
			HorizonDays: 7, Holdout: 0.3, DelayHours: 12, Subject: "お買い忘れはありませんか？",
			Effect: map[Class]float64{Persuadable: 0.22, SureThing: 0.03},
		},
		treatSecondOrder: {
			ID: "f2_step", Name: "F2ステップメール", Trigger: "on the tenth day after the first purchase, without another order",
			HorizonDays: 30, Holdout: 0.2, DelayHours: 24, Subject: "その後の使い心地はいかがですか？",
			Effect: map[Class]float64{Persuadable: 0.18, SureThing: 0.02},
		},
		treatDormant: {
			ID: "dormant_winback", Name: "休眠掘り起こしクーポン", Trigger: "on the 120th day after the last order",
			HorizonDays: 30, Holdout: 0.3, DelayHours: 30, Subject: "お久しぶりです。500円クーポンをお届けします", Coupon: "OKAERI500", coupon: 3,
			Effect: map[Class]float64{Persuadable: 0.14, SureThing: 0.02, LostCause: 0.01},
		},
		treatBirthday: {
			ID: "birthday", Name: "お誕生日クーポン", Trigger: "on the birthday",
			HorizonDays: 14, Holdout: 0.2, DelayHours: 20, Subject: "お誕生日おめでとうございます", Coupon: "BIRTHDAY10", coupon: 4,
			Effect: map[Class]float64{Persuadable: 0.15, SureThing: 0.04},
		},
		treatSale: {
			ID: "seasonal_sale", Name: "季節のセール", Trigger: "on the 20th of February, May, August and November",
			HorizonDays: 7, Holdout: 0.2, DelayHours: 18, Subject: "【3日間限定】季節のセールがはじまりました", Coupon: "SALE8", coupon: 5,
			Effect: map[Class]float64{Persuadable: 0.10, SureThing: 0.02},
		},
	}
}

// unsubscribeChance is the chance that whoever opens a treatment, and does not buy because of
// it, withdraws consent, by class. Newsletters have 0.6 of it.
func unsubscribeChance(c Class) float64 {
	if c == SleepingDog {
		return 0.08
	}
	return 0.002
}

// Response is what a person does about a message.
type Response struct {
	Opened, Clicked, Unsubscribed bool
	// Order is when the person places an order because of the message; zero when not. The
	// order is one that would not have been placed without it.
	Order time.Time
}

// Respond tells how a person would answer to a treatment sent at the given time, for tests
// that run their own campaigns on the simulated customers. It is a pure function of the
// shop, person, treatment and time (to the millisecond): the effect of [Treatment] holds
// on average over people of a class. It does not ask whether the person has registered,
// agreed or been treated a moment ago. Person is a number below [Shop.Customers];
// treatment a place in [Treatments].
func (s *Shop) Respond(person, treatment int, at time.Time) Response {
	i := uint32(person)
	b := s.basics(i)
	l := s.latent(i, &b)
	r := s.respond(i, &l, treatment, at.UnixMilli())
	out := Response{Opened: r.opened, Clicked: r.clicked, Unsubscribed: r.unsubscribed}
	if r.order > 0 {
		out.Order = s.calendar.time(r.order)
	}
	return out
}

type response struct {
	opened, clicked, unsubscribed bool
	order                         int64
}

func (s *Shop) respond(i uint32, l *latent, treatment int, at int64) response {
	r := s.rng(streamResponse, uint64(i), uint64(at)<<4|uint64(treatment))
	t := &treatments[treatment]
	u, delay := r.float(), int64(r.exponential()*t.DelayHours*float64(hour))
	out := response{opened: r.chance(l.open), unsubscribed: r.chance(unsubscribeChance(l.class))}
	out.clicked = r.chance(l.click) && out.opened
	if u < t.Effect[l.class] && !s.config.NoEffects {
		out.opened, out.clicked = true, true
		out.order = at + min(30*minute+delay, 3*day)
	}
	return out
}

// channelFor is the channel by which the shop may write to the person: LINE for those who
// like that better, else mail, else the other one.
func (p *planner) channelFor(at int64) (channel uint8, ok bool) {
	mail, line := p.consents[viaMail].at(at), p.consents[viaLINE].at(at)
	if line && (p.byLINE || !mail) {
		return viaLINE, true
	}
	return viaMail, mail
}

// trigger decides about a treatment whose moment has come.
func (p *planner) trigger(m moment) {
	switch m.kind {
	case onCartMail:
		if p.lastOrder <= m.at-3*hour {
			p.assign(treatCart, m.at)
		}
	case onSecondOrderMail:
		if int(m.a) == len(p.orders)-1 {
			p.assign(treatSecondOrder, m.at)
		}
	case onDormantMail:
		if int(m.a) == len(p.orders)-1 {
			p.assign(treatDormant, m.at)
		}
	case onBirthday:
		p.assign(treatBirthday, m.at)
	}
}

// morningAfter is between ten and eleven o'clock a number of days after an instant.
func (p *planner) morningAfter(at int64, days int) int64 {
	c := p.s.calendar
	d := c.dayAt(at) + days
	if d >= c.days {
		return c.end()
	}
	return c.midnights[d] + 10*hour + int64(p.s.hash(streamAssignment, uint64(p.person), uint64(at))%uint64(hour))
}

// assign puts the person into an arm of the treatment and lets the message work.
func (p *planner) assign(treatment int, at int64) {
	s, t := p.s, &treatments[treatment]
	horizon := at + int64(t.HorizonDays)*day
	channel, ok := p.channelFor(at)
	if !ok || at < p.freeAt || horizon > s.calendar.end() {
		return
	}
	p.freeAt = horizon
	arm := s.rng(streamAssignment, uint64(p.person), uint64(treatment))
	r := s.respond(p.person, &p.latent, treatment, at)
	a := assignment{treatment: treatment, at: at, treated: !arm.chance(t.Holdout), y0: p.baseBetween(at, horizon)}
	a.y1 = a.y0
	if r.order > 0 {
		a.y1++
	}
	it := item{at: at, kind: messageSent, ref: int32(len(p.assignments)), a: uint8(treatment), b: channel}
	p.assignments = append(p.assignments, a)
	if !a.treated {
		it.kind = messageNotSent
		p.add(it)
		return
	}
	p.add(it)
	draw := s.rng(streamResponse, uint64(p.person), uint64(at)<<4|15)
	opened := at + 2*minute + int64(draw.exponential()*float64(3*hour))
	if r.order > 0 {
		opened = min(opened, r.order-25*minute)
		p.push(r.order, onInducedOrder, treatment)
	}
	p.react(it, opened, r)
}

// react plans opening, clicking and unsubscribing.
func (p *planner) react(it item, opened int64, r response) {
	if !r.opened {
		return
	}
	it.at, it.kind = opened, messageOpened
	p.add(it)
	if r.clicked {
		it.at, it.kind = opened+40*second, messageClicked
		p.add(it)
		if r.order == 0 {
			p.push(it.at+second, onClick, 0)
		}
	}
	if r.unsubscribed && r.order == 0 {
		p.withdraw(opened+minute, it.b)
	}
}

// withdraw ends the consent to one channel, once.
func (p *planner) withdraw(at int64, channel uint8) {
	if c := &p.consents[channel]; at < p.s.calendar.end() && c.withdrawn == 0 {
		c.withdrawn = at
		p.add(item{at: at, kind: consentWithdrawn, b: channel})
	}
}
