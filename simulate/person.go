package simulate

import "math"

// population says what part a person plays.
type population uint8

const (
	// member buys online, and perhaps in the stores too.
	member population = iota
	// storeOnly holds a card of the stores and is unknown online.
	storeOnly
	// visitor looks and never buys.
	visitor
	// bot is a crawler.
	bot
)

var populationNames = [...]string{"member", "store_only", "visitor", "bot"}

// populationOf tells what person i is, and which of its kind.
func (s *Shop) populationOf(i uint32) (population, int) {
	n := int(i)
	for kind, size := range s.sizes {
		if n < size {
			return population(kind), n
		}
		n -= size
	}
	return bot, n
}

// Class is how a person answers to marketing (アップリフトの4分類).
type Class string

// The classes.
const (
	Persuadable Class = "persuadable"  // buys more when addressed
	SureThing   Class = "sure_thing"   // buys anyway
	LostCause   Class = "lost_cause"   // does not buy anyway
	SleepingDog Class = "sleeping_dog" // buys no less, but unsubscribes when addressed
)

// source is where customers come from (流入元).
type source struct {
	name, label      string
	share            float64
	churnLean        float64 // how much more likely with a high chance to drop out
	network          string  // empty when nothing is paid per day
	utmMedium, cmpID string
	dailyCost        float64 // yen per expected customer of the day
}

var sources = [...]source{
	{"organic", "自然検索", 0.30, -0.5, "", "organic", "", 0},
	{"listing", "リスティング広告", 0.22, 0, "listing", "cpc", "ad_listing_brand", 4200},
	{"sns", "SNS広告", 0.20, 1.2, "sns", "paid_social", "ad_sns_video", 3600},
	{"affiliate", "アフィリエイト", 0.12, 2.2, "affiliate", "affiliate", "ad_affiliate_lp", 5500},
	{"referral", "紹介", 0.09, -2.5, "", "referral", "", 0},
	{"store", "店舗", 0.60, -1, "", "", "", 0}, // of those only who hold a card too
}

const storeSource = 5

// basics are the traits of a person that cost little to draw and that every event needs.
type basics struct {
	kind     population
	number   int // within its kind
	female   bool
	birth    [3]int // year, month, day
	rhythm   uint8
	taste    [2]uint8
	first    float64 // chance that a pick follows the first taste
	devices  int
	platform [3]uint8 // of each device, see platforms
	pair     bool     // lives with the neighbour of the same pair (世帯)
	tablet   bool     // the last device is the family's
	dual     bool     // member who also holds a card
	company  bool     // buys gifts for a company too
	lineUser bool
	byLINE   bool // reached by LINE rather than by mail
}

const (
	platformPhoneA = iota
	platformPhoneB
	platformDesktop
	platformTablet
	platformBot
)

func (s *Shop) basics(i uint32) basics {
	b := basics{}
	b.kind, b.number = s.populationOf(i)
	r := s.rng(streamBasics, uint64(i), 0)
	b.female = r.chance(0.72)
	age := 20 + 10*ages.pick(&r) + r.below(10)
	b.birth = [3]int{s.config.Start.Year() - age, 1 + r.below(12), 1 + r.below(28)}
	if b.kind == member {
		s.drawHousehold(&b, i)
	}
	b.rhythm = uint8(rhythmShare.pick(&r))
	b.drawTaste(&r)
	b.devices = 1 + devicesShare.pick(&r)
	b.platform[0] = platformPhoneA
	if r.chance(0.38) {
		b.platform[0] = platformPhoneB
	}
	b.platform[1], b.platform[2] = platformDesktop, platformTablet
	b.lineUser = r.chance(0.35)
	b.byLINE = b.lineUser && r.chance(0.6)
	dual := r.chance(s.dualShare)
	if b.kind != member {
		b.devices, b.lineUser, b.byLINE = 1, false, false
		if b.kind == bot {
			b.platform[0] = platformBot
		}
		return b
	}
	b.company = s.isCompany(b.number)
	b.dual = dual && !b.company
	if b.tablet {
		b.devices = max(b.devices, 2)
		b.platform[b.devices-1] = platformTablet
	}
	return b
}

var (
	ages         = newChooser([]uint64{14, 22, 24, 22, 13, 5})
	devicesShare = newChooser([]uint64{50, 38, 12})
)

// drawTaste chooses two tastes; men seldom have the first four, which are about beauty.
func (b *basics) drawTaste(r *rng) {
	weights := &tasteOfMen
	if b.female {
		weights = &tasteOfWomen
	}
	b.taste[0], b.taste[1] = uint8(weights.pick(r)), uint8(weights.pick(r))
	b.first = 0.65 + mul(0.25, r.float())
}

var (
	tasteOfWomen = newChooser([]uint64{22, 18, 14, 14, 11, 8, 8, 5})
	tasteOfMen   = newChooser([]uint64{8, 4, 8, 2, 28, 20, 18, 12})
)

// drawHousehold lets two members who came one after the other live together.
func (s *Shop) drawHousehold(b *basics, i uint32) {
	if int(i|1) >= s.sizes[member] {
		return
	}
	r := s.rng(streamHousehold, uint64(i/2), 0)
	if !r.chance(householdShare) {
		return
	}
	b.pair = true
	b.female = r.chance(0.5) == (i&1 == 0)
	b.tablet = r.chance(0.5)
}

const householdShare = 0.06

// isCompany spreads the company accounts over the members.
func (s *Shop) isCompany(n int) bool {
	c := s.companyNumber(n)
	return c < s.companies && n == (2*c+1)*s.sizes[member]/(2*s.companies)
}

// companyNumber is that of the company a member buys gifts for.
func (s *Shop) companyNumber(n int) int { return n * s.companies / s.sizes[member] }

func companyID(n int) string { return "company_" + digits(n+1, 4) }

// latent is what drives a person's behaviour. Nothing of it is seen in the events.
type latent struct {
	lambda   float64 // purchases per operational day
	dropout  float64 // chance to drop out after a repeat purchase
	nu       float64 // rate of order values; the mean is SpendP/nu yen
	discount float64 // leaning towards discounts, 0 to 1
	open     float64 // chance to open a message
	click    float64 // chance to click in an opened one
	class    Class
	source   uint8
	theta    float64 // chance to end the subscription at each renewal
	wallet   float64 // our share of what is spent on such goods anywhere
	store    float64 // share of purchases in stores, for holders of both
}

func (s *Shop) latent(i uint32, b *basics) latent {
	p := &s.config.Process
	r := s.rng(streamLatent, uint64(i), 0)
	l := latent{
		lambda:   r.gamma(p.R) / p.Alpha,
		dropout:  r.beta(p.A, p.B),
		nu:       r.gamma(p.SpendQ) / p.SpendGamma,
		discount: r.beta(2, 3),
		open:     r.beta(1.5, 3.5),
		click:    r.beta(1.2, 7),
		theta:    r.beta(p.ContractAlpha, p.ContractBeta),
		wallet:   r.beta(2, 4),
		store:    r.beta(2, 2),
	}
	l.class = l.drawClass(&r, p)
	l.source = s.drawSource(&r, b, l.dropout)
	return l
}

// drawClass makes bargain hunters persuadable and frequent buyers sure things.
func (l *latent) drawClass(r *rng, p *Process) Class {
	switch u := r.float(); {
	case u < persuadableChance(l.discount):
		return Persuadable
	case u > 1-sleepingShare:
		return SleepingDog
	case l.lambda > 0.5*p.R/p.Alpha:
		return SureThing
	}
	return LostCause
}

const (
	persuadableBase  = 0.10
	persuadableSlope = 0.55
	sleepingShare    = 0.10
)

func persuadableChance(discount float64) float64 {
	return persuadableBase + mul(persuadableSlope, discount)
}

// drawSource weighs the sources by exp(churnLean × (dropout − mean dropout)).
func (s *Shop) drawSource(r *rng, b *basics, dropout float64) uint8 {
	u := r.float()
	if b.kind == storeOnly {
		return storeSource
	}
	mean := s.config.Process.A / (s.config.Process.A + s.config.Process.B)
	var weights [len(sources)]float64
	var sum float64
	for k := range sources {
		if k == storeSource && !b.dual {
			continue
		}
		weights[k] = float64(sources[k].share * exp(mul(sources[k].churnLean, dropout-mean)))
		sum += weights[k]
	}
	u = mul(u, sum)
	for k := range sources {
		if u -= weights[k]; u < 0 {
			return uint8(k)
		}
	}
	return 0
}

// firstDay is the day of the first purchase of a person who buys, and of the first visit
// of one who does not. People are numbered in the order they come.
func (s *Shop) firstDay(i uint32) int {
	kind, n := s.populationOf(i)
	r := s.rng(streamAcquisition, uint64(i), 0)
	return s.calendar.acquisitionDay((float64(n) + r.float()) / float64(max(s.sizes[kind], 1)))
}

// Satisfaction is the mean of a person's answers on a scale of 0 to 10: whoever is likely to
// drop out is less content. Single answers scatter around it.
const (
	satisfactionIntercept = 9.2
	satisfactionSlope     = -5.5
	satisfactionSD        = 1.3

	preferenceIntercept = 1.5
	preferenceSlope     = -5
)

func (r *rng) satisfaction(dropout float64) float64 {
	return satisfactionIntercept + mul(satisfactionSlope, dropout) + mul(satisfactionSD, r.normal())
}

func (r *rng) npsScore(dropout float64) int {
	return int(clamp(math.Round(r.satisfaction(dropout)), 0, 10))
}

// stars is a review's rating.
func (r *rng) stars(dropout float64) int {
	return int(clamp(math.Round(mul(r.satisfaction(dropout), 0.5)+0.4), 1, 5))
}

// prefers tells whether the person prefers this shop to others next time (積極).
func (r *rng) prefers(dropout float64) bool {
	return r.chance(logistic(preferenceIntercept + mul(preferenceSlope, dropout)))
}
