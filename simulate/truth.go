package simulate

import (
	"slices"
	"time"
)

// Truth is what generated the data: parameters, rates and effects. What is known of single
// people, orders and products stands in [Person], [Order] and [Product].
type Truth struct {
	Seed      uint64    `json:"seed"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	Members   int       `json:"members"`
	StoreOnly int       `json:"store_only"`
	Visitors  int       `json:"visitors"`
	Bots      int       `json:"bots"`
	Products  int       `json:"products"`

	// Process are the parameters of purchases, contracts, cancellations and returns.
	Process Process `json:"process"`
	// MeanOrder is the mean of the latent order value in yen: SpendP SpendGamma/(SpendQ-1).
	MeanOrder float64 `json:"mean_order"`
	// Season is the weight of each day, before the weekday of a person's rhythm: an
	// operational day is a calendar day times Season times Rhythm.Weekday.
	Season  []float64 `json:"season"`
	Rhythms []Rhythm  `json:"rhythms"`

	Basket       BasketTruth       `json:"basket"`
	Satisfaction SatisfactionTruth `json:"satisfaction"`
	Classes      ClassTruth        `json:"classes"`
	Treatments   []TreatmentTruth  `json:"treatments"`
	Messages     MessageTruth      `json:"messages"`
	Sources      []SourceTruth     `json:"sources"`
	Market       Market            `json:"market"`

	// CookieDays is the mean life of a browser's cookie.
	CookieDays int `json:"cookie_days"`
	// JunkPhones belong to nobody: zeros, and the shop's own number.
	JunkPhones []string `json:"junk_phones"`
	Counts     Counts   `json:"counts"`
}

// Rhythm is when a kind of person shops.
type Rhythm struct {
	Name    string     `json:"name"`
	Weekday [7]float64 `json:"weekday"` // from Sunday; the mean is 1
	Hours   [24]uint64 `json:"hours"`   // weights
}

// BasketTruth is how baskets are filled; see the package documentation.
type BasketTruth struct {
	ComplementChance float64  `json:"complement_chance"`
	DueChance        float64  `json:"due_chance"`
	DueShare         float64  `json:"due_share"` // of the product's interval that must have passed
	Tastes           []string `json:"tastes"`
}

// SatisfactionTruth links answers to the chance p to drop out: an NPS score is
// Intercept + Slope p + Normal(0, SD), rounded and kept within 0 to 10; stars are half of
// that + 0.4, within 1 to 5; this shop is preferred with chance
// 1/(1+exp(-(PreferenceIntercept + PreferenceSlope p))).
type SatisfactionTruth struct {
	Intercept           float64 `json:"intercept"`
	Slope               float64 `json:"slope"`
	SD                  float64 `json:"sd"`
	PreferenceIntercept float64 `json:"preference_intercept"`
	PreferenceSlope     float64 `json:"preference_slope"`
	SurveyChance        float64 `json:"survey_chance"` // after a delivery, at most every 180 days
	AnswerChance        float64 `json:"answer_chance"`
}

// ClassTruth is how people fall into classes: persuadable with chance PersuadableBase +
// PersuadableSlope × discount affinity; else sleeping dog with what chance remains below
// SleepingDog; else sure thing when λ is above half its mean, and lost cause otherwise.
type ClassTruth struct {
	PersuadableBase  float64           `json:"persuadable_base"`
	PersuadableSlope float64           `json:"persuadable_slope"`
	SleepingDog      float64           `json:"sleeping_dog"`
	Unsubscribe      map[Class]float64 `json:"unsubscribe"` // chance of whoever opens a treatment
	Customers        map[Class]int     `json:"customers"`
}

// MessageTruth is how messages fare beside what stands with each person and treatment.
type MessageTruth struct {
	BounceRate float64 `json:"newsletter_bounce_rate"`
	// OpenAfterDropout is the share of a person's open rate that is left for newsletters after
	// the person has dropped out; NewsletterUnsubscribe the share of the chance to withdraw
	// consent after opening.
	OpenAfterDropout      float64 `json:"open_after_dropout"`
	NewsletterUnsubscribe float64 `json:"newsletter_unsubscribe"`
}

// TreatmentTruth is a treatment with what came of it.
type TreatmentTruth struct {
	Treatment
	// Assigned counts assignments by class, Treated those that were not held out.
	Assigned map[Class]int `json:"assigned"`
	Treated  int           `json:"treated"`
	HeldOut  int           `json:"held_out"`
	// MeanOrders without and with the treatment are over all assignments, both potential outcomes
	// being known. Orders are those of the process and the one that the treatment causes.
	MeanOrdersWithout float64 `json:"mean_orders_without"`
	MeanOrdersWith    float64 `json:"mean_orders_with"`
	// Share of assignments followed by at least one order within the horizon.
	BuyersWithout float64 `json:"buyers_without"`
	BuyersWith    float64 `json:"buyers_with"`
}

// SourceTruth is a source of customers. CostPerCustomer is what was paid for one.
type SourceTruth struct {
	Name            string  `json:"name"`
	CampaignID      string  `json:"campaign_id,omitempty"`
	Customers       int     `json:"customers"`
	Cost            int     `json:"cost"`
	CostPerCustomer float64 `json:"cost_per_customer"`
	// BaseShare is a weight; that of the stores counts only for members who hold a card too.
	// Lean: the chance of the source is its base share × exp(Lean × (p − mean p)).
	BaseShare float64 `json:"base_share"`
	Lean      float64 `json:"lean"`
}

// Counts are totals over the simulated time.
type Counts struct {
	Orders    map[string]int `json:"orders"` // by cause
	Cancelled int            `json:"cancelled"`
	Returned  int            `json:"returned"`
	Contracts int            `json:"contracts"`
}

// Truth returns the parameters. Totals, and what came of treatments and sources, are zero:
// they take a pass over all people, which [Shop.WriteFiles] makes.
func (s *Shop) Truth() Truth {
	c := s.calendar
	t := Truth{
		Seed: s.config.Seed, Start: c.time(c.start()), End: c.time(c.end()),
		Members: s.sizes[member], StoreOnly: s.sizes[storeOnly], Visitors: s.sizes[visitor], Bots: s.sizes[bot],
		Products: len(s.catalogue.products), Process: s.config.Process, Season: c.season,
		MeanOrder: s.config.Process.SpendP * s.config.Process.SpendGamma / (s.config.Process.SpendQ - 1),
		Basket:    BasketTruth{complementChance, dueChance, dueShare, tastes[:]},
		Satisfaction: SatisfactionTruth{
			satisfactionIntercept, satisfactionSlope, satisfactionSD, preferenceIntercept, preferenceSlope, surveyChance, answerChance,
		},
		Classes: ClassTruth{
			PersuadableBase: persuadableBase, PersuadableSlope: persuadableSlope, SleepingDog: sleepingShare,
			Unsubscribe: map[Class]float64{}, Customers: map[Class]int{},
		},
		Messages:   MessageTruth{bounceRate, openAfterDropout, newsletterUnsubscribe},
		CookieDays: cookieDays, JunkPhones: []string{junkPhone, shopPhone}, Market: s.market(),
		Counts: Counts{Orders: map[string]int{}},
	}
	for _, class := range []Class{Persuadable, SureThing, LostCause, SleepingDog} {
		t.Classes.Unsubscribe[class] = unsubscribeChance(class)
	}
	for _, r := range rhythms {
		t.Rhythms = append(t.Rhythms, Rhythm{r.name, r.weekday, r.hours})
	}
	for _, treatment := range Treatments() {
		t.Treatments = append(t.Treatments, TreatmentTruth{Treatment: treatment, Assigned: map[Class]int{}})
	}
	for _, from := range sources {
		t.Sources = append(t.Sources, SourceTruth{Name: from.name, CampaignID: from.cmpID, BaseShare: from.share, Lean: from.churnLean})
	}
	return t
}

// count adds a life to the totals.
func (t *Truth) count(l *life) {
	if l.kind > storeOnly {
		return
	}
	t.Classes.Customers[l.class]++
	if l.kind == member {
		t.Sources[l.source].Customers++
	}
	for k := range l.orders {
		o := &l.orders[k]
		t.Counts.Orders[causeNames[o.cause]]++
		if o.cancelledAt > 0 {
			t.Counts.Cancelled++
		}
		if o.refundedAt > 0 {
			t.Counts.Returned++
		}
	}
	if l.contract.started > 0 {
		t.Counts.Contracts++
	}
	for _, a := range l.assignments {
		t.Treatments[a.treatment].count(l.class, a)
	}
}

// count adds an assignment; the means are sums until finish.
func (t *TreatmentTruth) count(class Class, a assignment) {
	t.Assigned[class]++
	if a.treated {
		t.Treated++
	} else {
		t.HeldOut++
	}
	t.MeanOrdersWithout += float64(a.y0)
	t.MeanOrdersWith += float64(a.y1)
	t.BuyersWithout += float64(min(a.y0, 1))
	t.BuyersWith += float64(min(a.y1, 1))
}

// add joins the totals of two parts of the people.
func (t *Truth) add(other *Truth) {
	for class, n := range other.Classes.Customers {
		t.Classes.Customers[class] += n
	}
	for cause, n := range other.Counts.Orders {
		t.Counts.Orders[cause] += n
	}
	t.Counts.Cancelled += other.Counts.Cancelled
	t.Counts.Returned += other.Counts.Returned
	t.Counts.Contracts += other.Counts.Contracts
	for k := range t.Sources {
		t.Sources[k].Customers += other.Sources[k].Customers
	}
	for k := range t.Treatments {
		a, b := &t.Treatments[k], &other.Treatments[k]
		for class, n := range b.Assigned {
			a.Assigned[class] += n
		}
		a.Treated, a.HeldOut = a.Treated+b.Treated, a.HeldOut+b.HeldOut
		a.MeanOrdersWithout, a.MeanOrdersWith = a.MeanOrdersWithout+b.MeanOrdersWithout, a.MeanOrdersWith+b.MeanOrdersWith
		a.BuyersWithout, a.BuyersWith = a.BuyersWithout+b.BuyersWithout, a.BuyersWith+b.BuyersWith
	}
}

// finish turns sums into means and adds what advertising cost.
func (s *Shop) finish(t *Truth) {
	for k := range t.Treatments {
		a := &t.Treatments[k]
		n := float64(max(a.Treated+a.HeldOut, 1))
		a.MeanOrdersWithout, a.MeanOrdersWith = a.MeanOrdersWithout/n, a.MeanOrdersWith/n
		a.BuyersWithout, a.BuyersWith = a.BuyersWithout/n, a.BuyersWith/n
	}
	for k := range t.Sources {
		for _, ads := range s.ads {
			t.Sources[k].Cost += ads()[k].cost
		}
		t.Sources[k].CostPerCustomer = float64(t.Sources[k].Cost) / float64(max(t.Sources[k].Customers, 1))
	}
}

// Product is what is true of a product beside what the shop says of it.
type Product struct {
	ProductID string `json:"product_id"`
	// IntervalDays is after how many days it is used up; 0 for lasting goods.
	IntervalDays int `json:"interval_days"`
	// Choice is, for each taste, the chance that a free pick guided by that taste falls on
	// the product while everything is in stock.
	Choice [len(tastes)]float64 `json:"choice"`
	// Complements are bought together with it, each equally likely.
	Complements []string `json:"complements"`
}

// Products returns the truth of the catalogue.
func (s *Shop) Products() []Product {
	c := s.catalogue
	out := make([]Product, len(c.products))
	for i := range c.products {
		p := &c.products[i]
		out[i] = Product{ProductID: p.id, IntervalDays: p.interval, Complements: []string{}}
		for t := range tastes {
			out[i].Choice[t] = float64(p.popularity*p.shelf.taste[t]) / float64(c.byTaste[t].total())
		}
		for _, other := range p.complements {
			out[i].Complements = append(out[i].Complements, c.products[other].id)
		}
		slices.Sort(out[i].Complements)
	}
	return out
}
