package simulate

import "time"

// Person is what is true of one person: latent values, what came of them, and every
// identifier in every system. Fields that have no meaning for the person are absent.
type Person struct {
	// Person is the number of the person; Kind is "member", "store_only", "visitor" or "bot".
	Person int    `json:"person"`
	Kind   string `json:"kind"`

	Process     *PersonProcess     `json:"process,omitempty"`
	Acquisition *PersonAcquisition `json:"acquisition,omitempty"`
	Web         *WebRecord         `json:"web,omitempty"`
	Store       *StoreRecord       `json:"store,omitempty"`
	Household   *Household         `json:"household,omitempty"`
	Company     string             `json:"company_id,omitempty"`
	Contract    *Contract          `json:"contract,omitempty"`
	Treatments  []Assignment       `json:"treatments,omitempty"`
}

// PersonProcess holds the latent values of a person who buys.
type PersonProcess struct {
	Class Class `json:"class"`
	// Lambda is purchases per operational day, Dropout the chance p to drop out after a
	// repeat purchase.
	Lambda  float64 `json:"lambda"`
	Dropout float64 `json:"dropout"`
	// MeanOrder is SpendP/ν, the mean of the latent order value in yen.
	MeanOrder float64 `json:"mean_order"`
	// FirstOrder, and when the person dropped out; nil for whoever was active at the end.
	FirstOrder time.Time  `json:"first_order"`
	DroppedOut *time.Time `json:"dropped_out"`
	// OperationalDays is T of BG/NBD: from the midnight after the first order to the end.
	OperationalDays float64 `json:"operational_days"`
	// Repeats is x of BG/NBD: purchases of the process after the first.
	Repeats      int      `json:"repeats"`
	Discount     float64  `json:"discount_affinity"`
	OpenRate     float64  `json:"open_rate"`
	ClickRate    float64  `json:"click_rate"` // of opened messages
	Wallet       float64  `json:"wallet_share"`
	WalletSize   int      `json:"wallet_yen_a_year"`
	StoreShare   float64  `json:"store_share,omitempty"` // of later purchases, for holders of both
	Rhythm       string   `json:"rhythm"`
	Tastes       []string `json:"tastes"`
	FirstTaste   float64  `json:"first_taste_share"` // of picks guided by the first taste
	OrdersPlaced int      `json:"orders"`            // of all causes
}

// PersonAcquisition is where a member came from. Cost is the day's cost of the campaign
// over the members it brought on that day.
type PersonAcquisition struct {
	Source string  `json:"source"`
	Cost   float64 `json:"cost"`
}

// WebRecord is what the online shop knows.
type WebRecord struct {
	UserID       string     `json:"user_id,omitempty"`
	RegisteredAt *time.Time `json:"registered_at,omitempty"`
	Email        string     `json:"email,omitempty"`
	NewEmail     string     `json:"new_email,omitempty"`
	EmailChanged *time.Time `json:"email_changed_at,omitempty"`
	Phone        string     `json:"phone,omitempty"`
	LINE         string     `json:"line_id,omitempty"`
	LastName     string     `json:"last_name,omitempty"`
	FirstName    string     `json:"first_name,omitempty"`
	LastKana     string     `json:"last_name_kana,omitempty"`
	FirstKana    string     `json:"first_name_kana,omitempty"`
	LastRomaji   string     `json:"last_name_romaji,omitempty"`
	FirstRomaji  string     `json:"first_name_romaji,omitempty"`
	Birthday     string     `json:"birthday,omitempty"`
	Postal       string     `json:"postal_code,omitempty"`
	Address      string     `json:"address,omitempty"`
	MovedAt      *time.Time `json:"moved_at,omitempty"`
	NewAddress   string     `json:"new_address,omitempty"`
	// Consents are what the person agreed to, by channel.
	Consents []Consent `json:"consents,omitempty"`
	// Browsers are the browsers used, each with the instants it was first used and first signed in
	// by this person.
	Browsers []Browser `json:"browsers,omitempty"`
}

// Consent is from when until when a person agreed to be written to.
type Consent struct {
	Channel   string     `json:"channel"` // "email" or "line"
	Granted   time.Time  `json:"granted_at"`
	Withdrawn *time.Time `json:"withdrawn_at,omitempty"`
}

// Browser is one anonymous id.
type Browser struct {
	AnonymousID string     `json:"anonymous_id"`
	Device      string     `json:"device"`
	Shared      bool       `json:"shared,omitempty"` // the household's tablet
	FirstSeen   time.Time  `json:"first_seen"`
	Identified  *time.Time `json:"identified_at,omitempty"`
}

// StoreRecord is what the stores' system knows.
type StoreRecord struct {
	Card      string    `json:"card"`
	IssuedAt  time.Time `json:"issued_at"`
	LastName  string    `json:"last_name"`
	FirstName string    `json:"first_name"`
	LastKana  string    `json:"last_name_kana,omitempty"`
	FirstKana string    `json:"first_name_kana,omitempty"`
	Phone     string    `json:"phone,omitempty"`
	// PhoneOf is whose number that is: "own", "household", "partner", "junk", "shop" or
	// "none".
	PhoneOf  string `json:"phone_of"`
	Email    string `json:"email,omitempty"`
	Postal   string `json:"postal_code"`
	Address  string `json:"address"`
	Birthday string `json:"birthday,omitempty"`
	// Variants are the ways in which the record differs from the person's own spelling.
	Variants []string `json:"variants,omitempty"`
	// LinkedAt is when the card was entered in the online account.
	LinkedAt *time.Time `json:"linked_at,omitempty"`
}

// Household says who lives with whom.
type Household struct {
	Partner int    `json:"partner"` // number of the other person
	Tablet  bool   `json:"shared_tablet"`
	Phone   string `json:"phone"` // the fixed line
}

// Contract is a subscription and the chance to leave it at each renewal.
type Contract struct {
	ContractID string     `json:"contract_id"`
	ProductID  string     `json:"product_id"`
	Theta      float64    `json:"theta"`
	Started    time.Time  `json:"started_at"`
	Renewals   int        `json:"renewals"` // survived by the end, skipped deliveries included
	Cancelled  *time.Time `json:"cancelled_at"`
}

// Assignment is one decision about a treatment, with both potential outcomes: orders within
// the horizon, those of the process alone (Without) and with the one the treatment causes.
type Assignment struct {
	Treatment string    `json:"treatment"`
	At        time.Time `json:"at"`
	Treated   bool      `json:"treated"`
	Without   int       `json:"orders_without"`
	With      int       `json:"orders_with"`
}

// Person returns the truth of one person; i counts members, people known to the stores
// only, visitors and bots, in that order.
func (s *Shop) Person(i int) Person {
	p := planner{s: s}
	return s.person(p.plan(uint32(i)))
}

func (a adDay) perConversion() float64 { return float64(a.cost) / float64(max(a.conversions, 1)) }

func (s *Shop) person(l *life) Person {
	out := Person{Person: int(l.person), Kind: populationNames[l.kind]}
	id := s.identity(l.person, &l.basics)
	out.Web = s.webRecord(l, &id)
	if l.kind > storeOnly {
		return out
	}
	out.Process = s.personProcess(l)
	if l.kind == member {
		ads := s.ads[s.firstDay(l.person)]()
		out.Acquisition = &PersonAcquisition{sources[l.source].name, ads[l.source].perConversion()}
	}
	if l.issued > 0 {
		out.Store = s.storeRecord(l, &id)
	}
	if l.pair {
		out.Household = &Household{int(l.person ^ 1), l.tablet, id.landline}
	}
	if l.company {
		out.Company = companyID(s.companyNumber(l.number))
	}
	if k := &l.contract; k.started > 0 {
		product := s.catalogue.products[s.catalogue.variants[k.variant].product].id
		out.Contract = &Contract{contractID(l.person), product, l.theta, s.calendar.time(k.started), k.renewals, s.when(k.cancelled)}
	}
	for _, a := range l.assignments {
		out.Treatments = append(out.Treatments, Assignment{treatments[a.treatment].ID, s.calendar.time(a.at), a.treated, a.y0, a.y1})
	}
	return out
}

// when is nil for never.
func (s *Shop) when(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := s.calendar.time(ms)
	return &t
}

func (s *Shop) personProcess(l *life) *PersonProcess {
	out := &PersonProcess{
		Class: l.class, Lambda: l.lambda, Dropout: l.dropout, MeanOrder: s.config.Process.SpendP / l.nu,
		FirstOrder: s.calendar.time(l.base[0]), DroppedOut: s.when(l.dropped),
		OperationalDays: l.operational, Repeats: len(l.base) - 1,
		Discount: l.discount, OpenRate: l.open, ClickRate: l.click, Wallet: l.wallet, WalletSize: int(s.walletSize(&l.latent)),
		Rhythm: rhythms[l.rhythm].name, Tastes: []string{tastes[l.taste[0]], tastes[l.taste[1]]}, FirstTaste: l.first,
		OrdersPlaced: len(l.orders),
	}
	if l.dual {
		out.StoreShare = l.store
	}
	return out
}

func (s *Shop) webRecord(l *life, id *identity) *WebRecord {
	out := &WebRecord{Browsers: s.browsers(l)}
	if l.registered > 0 {
		out.UserID, out.RegisteredAt, out.Email, out.Phone = id.userID, s.when(l.registered), id.email, id.phone
		out.LastName, out.FirstName, out.LastKana, out.FirstKana = id.family.kanji, id.given.kanji, id.family.kana, id.given.kana
		out.LastRomaji, out.FirstRomaji = id.family.romaji, id.given.romaji
		out.Birthday, out.Postal, out.Address = id.birthday, id.home.postal, id.home.whole()
		for k, c := range l.consents {
			if c.granted > 0 && c.granted < s.calendar.end() {
				out.Consents = append(out.Consents, Consent{channelsWritten[k], s.calendar.time(c.granted), s.when(c.withdrawn)})
			}
		}
		if l.mailChanged > 0 {
			out.NewEmail, out.EmailChanged = id.newEmail, s.when(l.mailChanged)
		}
		if l.movedHome > 0 {
			out.NewAddress, out.MovedAt = id.moved.whole(), s.when(l.movedHome)
		}
	}
	for k := range l.items {
		switch l.items[k].kind {
		case lineLinked:
			out.LINE = id.lineID
		case visitSubscribe:
			out.Email = id.email
			at := s.calendar.time(l.items[k].at + signUpAfter + consentAfter)
			out.Consents = append(out.Consents, Consent{channelsWritten[viaMail], at, nil})
		}
	}
	if out.UserID == "" && len(out.Browsers) == 0 {
		return nil
	}
	return out
}

var deviceNames = [...]string{"phone", "phone", "desktop", "tablet", "crawler"}

// browsers lists the cookies a person has had, in order of first use.
func (s *Shop) browsers(l *life) []Browser {
	var out []Browser
	at := make(map[[2]uint8]int)
	for k := range l.items {
		it := &l.items[k]
		if it.kind > visitCrawl {
			continue
		}
		key := [2]uint8{it.device(), it.b}
		n, seen := at[key]
		if !seen {
			n = len(out)
			at[key] = n
			out = append(out, Browser{
				AnonymousID: string(s.appendAnonymousID(nil, l.person, &l.basics, it.device(), it.b)),
				Device:      deviceNames[l.platform[it.device()]], Shared: s.onTablet(&l.basics, it.device()), FirstSeen: s.calendar.time(it.at),
			})
		}
		if first := s.calendar.time(it.at); first.Before(out[n].FirstSeen) {
			out[n].FirstSeen = first
		}
		if it.flags&(flagLogin|flagRegister) != 0 && out[n].Identified == nil {
			out[n].Identified = s.when(l.identifiedAt(it))
		}
	}
	return out
}

// identifiedAt is when within a visit the person signs in or registers.
func (l *life) identifiedAt(it *item) int64 {
	switch {
	case it.kind == visitOrder:
		at := l.orders[it.ref].at
		return at - min(checkoutLead, (at-it.at)/4)
	case it.kind == visitSignUp:
		return it.at + signUpAfter
	}
	return it.at + signInAfter
}

func (s *Shop) storeRecord(l *life, id *identity) *StoreRecord {
	c := s.cardRecord(l.person, &l.basics, id)
	return &StoreRecord{
		Card: c.card, IssuedAt: s.calendar.time(l.issued), LastName: c.family, FirstName: c.given, LastKana: c.familyKana, FirstKana: c.givenKana,
		Phone: c.phone, PhoneOf: c.phoneOf, Email: c.email, Postal: c.postal, Address: c.state + c.city + c.street, Birthday: c.birthday,
		Variants: c.variants, LinkedAt: s.when(l.linked),
	}
}

// Order is what is true of one order.
type Order struct {
	OrderID string    `json:"order_id"`
	Person  int       `json:"person"`
	At      time.Time `json:"at"`
	// Cause is "process", "treatment", "contract" or "gift".
	Cause     string `json:"cause"`
	Channel   string `json:"channel"`
	Treatment string `json:"treatment,omitempty"`
	// Latent is the value that the process asked for, Subtotal what the basket came to, both in yen,
	// tax included, before coupon and points.
	Latent    float64    `json:"latent_value,omitempty"`
	Subtotal  int        `json:"subtotal"`
	Revenue   int        `json:"revenue"`
	Refunded  int        `json:"refunded,omitempty"`
	Cancelled *time.Time `json:"cancelled_at,omitempty"`
	Returned  *time.Time `json:"returned_at,omitempty"`
}

// Orders returns the truth of one person's orders, in the order of time.
func (s *Shop) Orders(i int) []Order {
	p := planner{s: s}
	return s.ordersOf(p.plan(uint32(i)))
}

func (s *Shop) ordersOf(l *life) []Order {
	var out []Order
	for k := range l.orders {
		o := &l.orders[k]
		truth := Order{
			OrderID: orderID(o), Person: int(o.person), At: s.calendar.time(o.at), Cause: causeNames[o.cause], Channel: channelNames[o.channel],
			Latent: o.latent, Subtotal: int(o.subtotal), Revenue: int(o.revenue()), Refunded: int(o.refunded),
			Cancelled: s.when(o.cancelledAt), Returned: s.when(o.refundedAt),
		}
		if o.treatment != noTreatment {
			truth.Treatment = treatments[o.treatment].ID
		}
		out = append(out, truth)
	}
	return out
}
