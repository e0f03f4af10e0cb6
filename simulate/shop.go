package simulate

import "sync"

// Shop is a simulated shop. It never changes and is safe for concurrent use.
type Shop struct {
	config    Config
	calendar  *calendar
	catalogue *catalogue
	mailings  []mailing
	sizes     [4]int // by population
	companies int
	dualShare float64
	ads       []func() adDays // by day, worked out when first asked for
	browsing  float64         // how much more than by default people browse and newsletters are sent
}

// New prepares a shop. Errors have code [hitori.Invalid] and key "simulate_config".
func New(config Config) (*Shop, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Shop{config: config, browsing: 1}
	s.calendar = newCalendar(config.Start, config.Location, config.Days, config.Process.Growth)
	both := min(int(float64(config.StoreMembers)*config.StoreOverlap), config.Customers)
	s.dualShare = float64(both) / float64(config.Customers)
	s.sizes = [4]int{member: config.Customers, storeOnly: config.StoreMembers - both, visitor: config.Visitors, bot: 2 + config.Customers/100_000}
	s.companies = min(max(3, config.Customers/2500), config.Customers)
	s.catalogue = s.newCatalogue(config.Products)
	for d := range config.Days {
		s.ads = append(s.ads, sync.OnceValue(func() adDays { return s.advertise(d) }))
	}
	s.calibrate()
	return s, nil
}

// people is the number of people of all kinds.
func (s *Shop) people() int { return s.sizes[0] + s.sizes[1] + s.sizes[2] + s.sizes[3] }

// Customers is the number of people who buy: members first, then those who only hold a
// card of the stores. People are numbered from 0 in that order.
func (s *Shop) Customers() int { return s.sizes[member] + s.sizes[storeOnly] }

// Config is the configuration with its defaults filled in.
func (s *Shop) Config() Config { return s.config }
