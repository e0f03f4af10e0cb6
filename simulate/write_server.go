package simulate

import (
	"strconv"
	"strings"
)

// server writes what the shop's server and the CRM system report about a member.
func (w *writer) server() {
	it := w.it
	switch it.kind {
	case orderShipped, orderDelivered, orderCancelled, orderRefunded:
		w.orderEvent()
	case contractRenewed, contractSkipped, contractCancelled:
		w.contractEvent()
	case pointsExpired:
		w.track(it.at, sourceWeb, "Points Expired")
		w.integer("points", int64(it.ref))
		w.integer("balance", 0)
		w.finish()
	case messageSent, messageBounced, messageOpened, messageClicked, messageNotSent:
		w.messageEvent()
	case consentWithdrawn:
		w.track(it.at, sourceCRM, "Consent Withdrawn")
		w.text("channel", channelsWritten[it.b])
		w.text("purpose", "marketing")
		w.text("method", "link")
		w.finish()
	case emailChanged, addressChanged, lineLinked, groupJoined:
		w.profileEvent()
	case surveySent, surveyAnswered, preferenceStated, walletStated:
		w.surveyEvent()
	default:
		w.voiceEvent()
	}
}

func (w *writer) orderEvent() {
	it, o := w.it, &w.orders[w.it.ref]
	id := orderID(o)
	switch it.kind {
	case orderShipped:
		w.track(it.at, sourceWeb, "Order Shipped")
		w.text("order_id", id)
		w.text("carrier", "宅配便")
		w.text("tracking_number", digits(int(w.s.hash(streamEpisode, uint64(w.person), uint64(it.n))%1e12), 12))
		w.finish()
	case orderDelivered:
		w.track(it.at, sourceWeb, "Order Delivered")
		w.text("order_id", id)
		w.finish()
		if o.earned > 0 {
			w.track(it.at+second, sourceWeb, "Points Earned")
			w.points(id, o.earned, o.balanceEarned, "purchase")
			w.finish()
		}
	case orderCancelled:
		w.track(it.at, sourceWeb, "Order Cancelled")
		w.text("order_id", id)
		w.integer("total", int64(o.total()))
		w.integer("revenue", int64(o.revenue()))
		w.text("currency", "JPY")
		w.text("channel", channelNames[o.channel])
		w.text("status", "cancelled")
		w.orderLines(w.lines[o.from:o.to])
		w.finish()
		if o.usedPoints > 0 {
			w.track(it.at+second, sourceWeb, "Points Adjusted")
			w.points(id, o.usedPoints, o.balanceRefunded, "cancel")
			w.finish()
		}
	case orderRefunded:
		w.track(it.at, sourceWeb, "Order Refunded")
		w.refund(o)
		w.finish()
		if back := o.refunded / 100; back > 0 {
			w.track(it.at+second, sourceWeb, "Points Adjusted")
			w.points(id, -back, o.balanceRefunded, "refund")
			w.finish()
		}
	}
}

func (w *writer) points(order string, points, balance int32, reason string) {
	w.integer("points", int64(points))
	w.integer("balance", int64(balance))
	w.text("reason", reason)
	w.text("order_id", order)
}

// refund writes what was taken back, which is the first line or the whole order.
func (w *writer) refund(o *order) {
	w.text("order_id", orderID(o))
	w.integer("total", int64(o.refunded))
	w.integer("revenue", int64(o.refunded))
	w.text("currency", "JPY")
	w.text("affiliation", affiliation(o))
	w.text("channel", channelNames[o.channel])
	if o.wholly {
		w.text("status", "refunded")
		w.orderLines(w.lines[o.from:o.to])
		return
	}
	w.text("status", "partially_refunded")
	w.orderLines(w.lines[o.from : o.from+1])
}

func contractID(person uint32) string { return "K-" + digits(int(scramble(uint64(person), 32)), 10) }

// contractAmount is the price of a delivery on a day: a tenth less than the listed price.
func (s *Shop) contractAmount(v int32, d int) int { return s.catalogue.price(v, d) * 9 / 10 }

func (w *writer) contract(v int32, status string) {
	w.text("contract_id", contractID(w.person))
	w.text("plan", "定期30日コース")
	w.text("product_id", w.s.catalogue.products[w.s.catalogue.variants[v].product].id)
	w.text("status", status)
	w.text("currency", "JPY")
	w.integer("amount", int64(w.s.contractAmount(v, w.s.calendar.dayAt(w.it.at))))
	w.integer("interval_days", contractDays)
}

// nextDelivery writes when the next delivery is due, a number of intervals from now.
func (w *writer) nextDelivery(intervals int) {
	w.text("next_at", w.s.calendar.time(w.it.at).AddDate(0, 0, contractDays*intervals).Format("2006-01-02"))
}

func (w *writer) contractEvent() {
	it := w.it
	v := w.s.contractVariant(w.person)
	switch it.kind {
	case contractRenewed:
		w.track(it.at, sourceWeb, "Contract Renewed")
		w.contract(v, "active")
		w.nextDelivery(1)
		w.finish()
		w.track(it.at+100, sourceWeb, "Order Completed")
		w.orderProperties(&w.orders[it.ref])
		w.finish()
		if o := &w.orders[it.ref]; o.usedPoints > 0 {
			w.track(it.at+200, sourceWeb, "Points Used")
			w.points(orderID(o), o.usedPoints, o.balanceUsed, "contract")
			w.finish()
		}
	case contractSkipped:
		w.track(it.at, sourceWeb, "Contract Skipped")
		w.contract(v, "active")
		w.nextDelivery(1)
		w.finish()
	case contractCancelled:
		w.track(it.at, sourceWeb, "Contract Cancelled")
		w.contract(v, "cancelled")
		w.text("reason", cancelReasons[w.s.hash(streamEpisode, uint64(w.person), uint64(it.n))%uint64(len(cancelReasons))])
		w.finish()
	}
}

var messageEventNames = map[itemKind]string{
	messageSent: "Message Sent", messageBounced: "Message Bounced", messageOpened: "Message Opened",
	messageClicked: "Message Clicked", messageNotSent: "Message Not Sent",
}

func (w *writer) messageEvent() {
	it := w.it
	w.track(it.at, sourceCRM, messageEventNames[it.kind])
	w.text("channel", channelsWritten[it.b])
	key := uint64(it.a)<<32 | uint64(uint32(it.ref))
	w.text("message_id", "msg_"+strconv.FormatUint(w.s.hash(streamCampaign, uint64(w.person), key), 36))
	if it.a == noTreatment {
		m := &w.s.mailings[it.ref]
		w.text("campaign_id", m.id)
		w.text("subject", m.subject)
	} else {
		t := &treatments[it.a]
		w.text("scenario_id", t.ID)
		w.text("step_id", t.ID+"_1")
		w.text("subject", t.Subject)
	}
	switch it.kind {
	case messageClicked:
		w.text("url", shopHost+"/")
	case messageBounced:
		w.text("bounce_type", "soft")
		w.text("reason", "mailbox full")
	case messageNotSent:
		w.text("reason", "holdout")
	}
	w.finish()
}

func (w *writer) profileEvent() {
	it := w.it
	id := w.s.identity(w.person, &w.basics)
	source := uint8(sourceWeb)
	if it.kind == lineLinked {
		source = sourceCRM
	}
	kind := "identify"
	if it.kind == groupJoined {
		kind = "group"
	}
	w.start(it.at, source, kind)
	w.messageID("node-next-")
	w.raw(`"context":{"library":{"name":"@segment/analytics-node","version":"2.1.0"},"app":{"name":"` + sourceNames[source] + `"}`)
	if it.kind == lineLinked {
		w.externalID("line_id", id.lineID)
	}
	w.raw(`},`)
	w.text("userId", w.userID)
	if it.kind == groupJoined {
		n := w.s.companyNumber(w.number)
		w.text("groupId", companyID(n))
		w.object("traits")
		w.text("name", companyNames[n%len(companyNames)])
		w.text("kind", "company")
		w.integer("employees", int64(5+w.s.hash(streamEpisode, uint64(w.person), 0)%200))
		w.finish()
		return
	}
	w.object("traits")
	switch it.kind {
	case emailChanged:
		w.text("email", id.newEmail)
	case addressChanged:
		w.addressTrait(&id.moved)
	}
	w.finish()
	if it.kind == lineLinked && it.b == 1 {
		w.track(it.at+consentAfter, sourceCRM, "Consent Granted")
		w.text("channel", channelsWritten[viaLINE])
		w.text("purpose", "marketing")
		w.text("method", "friend_added")
		w.finish()
	}
}

func (w *writer) surveyEvent() {
	it := w.it
	switch it.kind {
	case surveySent:
		w.track(it.at, sourceCRM, "Survey Sent")
		w.text("survey_id", "nps_after_purchase")
		w.text("channel", "email")
	case surveyAnswered:
		w.track(it.at, sourceCRM, "Survey Answered")
		w.text("survey_id", "nps_after_purchase")
		w.text("question_id", "nps")
		w.text("question", npsQuestion)
		w.integer("score", int64(it.a))
		w.textIf("comment", w.s.comment(it))
	case preferenceStated:
		w.track(it.at, sourceCRM, "Preference Stated")
		w.text("brand", shopTitle)
		w.text("intent", intents[it.a])
	case walletStated:
		w.track(it.at, sourceCRM, "Wallet Stated")
		w.text("category", walletCategories[w.taste[0]])
		w.text("currency", "JPY")
		w.integer("amount", int64(it.ref))
		w.integer("share", int64(it.a))
	}
	w.finish()
}

// intents are the answers to which shop is preferred: 消極 for none, 積極 for this one.
var intents = [...]string{"消極", "積極"}

// npsGroup is 0 for detractors (0–6), 1 for passives (7, 8), 2 for promoters (9, 10).
func npsGroup(score int) int {
	switch {
	case score <= 6:
		return 0
	case score <= 8:
		return 1
	}
	return 2
}

// comment is what a person adds to a score.
func (s *Shop) comment(it *item) string {
	list := npsComments[npsGroup(int(it.a))]
	return list[s.hash(streamEpisode, uint64(it.person), uint64(it.n))%uint64(len(list))]
}

func (w *writer) voiceEvent() {
	it, o := w.it, &w.orders[w.it.ref]
	product := &w.s.catalogue.products[w.s.catalogue.variants[w.lines[o.from].variant].product]
	inquiry := "Q-" + orderID(o)[2:]
	channel := "form"
	if w.byLINE {
		channel = "line"
	}
	switch it.kind {
	case inquiryReceived:
		t := &inquiryTopics[it.a]
		w.track(it.at, sourceCRM, "Inquiry Received")
		w.text("inquiry_id", inquiry)
		w.text("channel", channel)
		w.text("category", t.category)
		w.text("subject", t.subject)
		w.text("body", strings.Replace(t.body, "%s", product.name, 1))
	case inquiryAnswered:
		w.track(it.at, sourceCRM, "Inquiry Answered")
		w.text("inquiry_id", inquiry)
		w.text("channel", channel)
		w.text("agent", "agent_"+strconv.Itoa(1+int(it.n)%4))
		w.text("body", inquiryTopics[it.a].answer)
	case inquiryClosed:
		w.track(it.at, sourceCRM, "Inquiry Closed")
		w.text("inquiry_id", inquiry)
		w.text("resolution", "solved")
		w.integer("score", int64(it.a))
	case reviewed:
		w.track(it.at, sourceWeb, "Product Reviewed")
		w.text("product_id", product.id)
		w.text("review_id", "R-"+orderID(o)[2:])
		w.text("review_title", reviewTitles[it.a-1])
		w.text("review_body", w.review(product, int(it.a)))
		w.integer("rating", int64(it.a))
	}
	w.finish()
}

var reviewTitles = [...]string{"残念です", "いまひとつ", "ふつうです", "よかったです", "おすすめです"}

func (w *writer) review(p *product, stars int) string {
	band := [...]int{0, 0, 1, 2, 2}[stars-1]
	list := reviewTexts[p.shelf.maker][band]
	return list[w.s.hash(streamEpisode, uint64(w.person), uint64(w.it.n))%uint64(len(list))]
}
