package simulate

// mailing is a message to everybody: a newsletter, which has no effect on purchases at all,
// or a seasonal sale, which is a treatment.
type mailing struct {
	at      int64
	id      string
	subject string
	sale    bool
}

var newsletterSubjects = [...]string{
	"今月の新商品のご紹介", "季節の変わり目のスキンケア特集", "スタッフのおすすめ5選", "レビューで人気の商品ランキング", "暮らしを整える小さな習慣",
	"茶葉の産地をたずねて", "つめかえで始める環境にやさしい暮らし", "ギフト選びのご相談承ります", "夜のリラックスタイムに", "読者アンケートの結果発表",
}

const (
	bounceRate            = 0.003
	openAfterDropout      = 0.35 // of the open rate, for newsletters
	newsletterUnsubscribe = 0.6  // of a treatment's chance
)

const newsletterDays = 14 // between newsletters, at the default number of events

// newMailings plans newsletters every newsletterDays/browsing days and the sales.
func (s *Shop) newMailings() []mailing {
	c := s.calendar
	var out []mailing
	interval := clamp(newsletterDays/s.browsing, 0.5, 3660)
	due, number := interval/2, 0
	for d := range c.days {
		date := c.time(c.midnights[d] + 12*hour)
		if date.Day() == 20 && date.Month()%3 == 2 {
			out = append(out, mailing{c.midnights[d] + 11*hour, "sale_" + date.Format("2006_01"), treatments[treatSale].Subject, true})
		}
		for ; due < float64(d+1); due += interval {
			at := c.midnights[d] + 9*hour + int64(number%3)*5*hour/2
			out = append(out, mailing{at, "news_" + date.Format("2006_01_02") + "_" + digits(number+1, 3), newsletterSubjects[number%len(newsletterSubjects)], false})
			number++
		}
	}
	return out
}

// mail sends mailing k to the person, some time within the hour that the sending takes.
func (p *planner) mail(k int) {
	m := &p.s.mailings[k]
	if p.registered == 0 {
		return
	}
	r := p.s.rng(streamMailing, uint64(p.person), uint64(k))
	at := m.at + r.between(0, 50*minute)
	if m.sale {
		p.assign(treatSale, at)
		return
	}
	channel, ok := p.channelFor(at)
	if !ok {
		return
	}
	it := item{at: at, kind: messageSent, ref: int32(k), a: noTreatment, b: channel}
	p.add(it)
	if r.chance(bounceRate) {
		it.at, it.kind = at+20*second, messageBounced
		p.add(it)
		return
	}
	chance := p.open
	if !p.active(at) {
		chance *= openAfterDropout
	}
	if !r.chance(chance) {
		return
	}
	opened := response{opened: true, clicked: r.chance(p.click), unsubscribed: r.chance(unsubscribeChance(p.class) * newsletterUnsubscribe)}
	p.react(it, at+2*minute+min(int64(r.exponential()*float64(4*hour)), 40*hour), opened)
}
