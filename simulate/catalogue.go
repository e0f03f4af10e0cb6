package simulate

import (
	"slices"
	"sort"
	"strconv"
	"strings"
)

// product is one entry of the catalogue (商品). Its variants share its name and differ in
// size, scent or colour.
type product struct {
	id     string
	name   string
	brand  string
	shelf  *shelf
	number int
	// from and to are its variants in catalogue.variants.
	from, to   int32
	popularity uint64
	// factor turns the listed price into the cost, in hundredths.
	costFactor int
	// pricePointZero says that prices end in 00 instead of 80.
	pricePointZero bool
	base           int
	// interval is the true mean re-purchase interval in days, 0 for lasting goods.
	interval int
	// complements are bought together with it, see complementChance.
	complements []int32
	// states are in order of their days; the first is the launch.
	states []productState
}

// productState is what the shop says of a product from a day on.
type productState struct {
	day    int
	factor int // of the listed price, in hundredths
	stock  int
	active bool
}

type variant struct {
	product int32
	sku     string
	label   string
	factor  int    // of the product's price, in hundredths
	json    string // the properties that never change
}

type catalogue struct {
	products []product
	variants []variant
	// byTaste draws a product in proportion to popularity × taste weight.
	byTaste [len(tastes)]chooser
	// byPrice are the variants of a taste in order of listed price.
	byPrice [len(tastes)][]int32
	// consumables draws products that run out, in proportion to popularity.
	consumables []int32
	pickRegular chooser
}

func (p *product) category() string { return p.shelf.top + "/" + p.shelf.sub }

// taxRate is that of Japan in per cent: food has the reduced rate.
func (p *product) taxRate() int {
	if p.shelf.maker == "food" || p.shelf.maker == "health" {
		return 8
	}
	return 10
}

// at is the state on a day; before the launch the product is not active.
func (p *product) at(d int) productState {
	state := productState{factor: 100}
	for _, next := range p.states {
		if next.day > d {
			break
		}
		state = next
	}
	return state
}

func (p *product) sold(d int) bool {
	state := p.at(d)
	return state.active && state.stock > 0
}

// price is that of a variant on a day in yen, tax included (総額表示).
func (c *catalogue) price(v int32, d int) int {
	p := &c.products[c.variants[v].product]
	return c.priceAt(v, p.at(d).factor)
}

func (c *catalogue) priceAt(v int32, factor int) int {
	p := &c.products[c.variants[v].product]
	yen := p.base * c.variants[v].factor * factor / 10_000
	rounded := max((yen+50)/100*100, 200)
	if p.pricePointZero {
		return rounded
	}
	return rounded - 20
}

// newCatalogue invents n products, over all shelves.
func (s *Shop) newCatalogue(n int) *catalogue {
	c := &catalogue{products: make([]product, n)}
	r := s.rng(streamCatalogue, 0, 0)
	popularity := zipf(n, 6, 0.85)
	for i := n - 1; i > 0; i-- {
		j := r.below(i + 1)
		popularity[i], popularity[j] = popularity[j], popularity[i]
	}
	taken := make(map[string]bool, n)
	for i := range c.products {
		c.products[i] = s.newProduct(i, popularity[i], taken)
		c.addVariants(int32(i))
	}
	c.index()
	s.pairUp(c)
	return c
}

func (s *Shop) newProduct(i int, popularity uint64, taken map[string]bool) product {
	r := s.rng(streamProduct, uint64(i), 0)
	p := product{id: "P" + digits(i+1, 5), shelf: &shelves[i%len(shelves)], number: i, popularity: popularity}
	p.brand = pickWord(&r, brandsOf[p.shelf.maker])
	noun := pickWord(&r, p.shelf.nouns)
	p.name = p.brand + " " + pickWord(&r, lineNames[p.shelf.maker]) + noun
	if taken[p.name] {
		p.name += " 第" + strconv.Itoa(i+1) + "号"
	}
	taken[p.name] = true
	span := float64(p.shelf.highest) / float64(p.shelf.lowest)
	p.base = int(float64(p.shelf.lowest) * power(span, r.float()))
	p.costFactor = 22 + r.below(26)
	p.pricePointZero = r.chance(0.35)
	if p.shelf.interval > 0 {
		p.interval = int(float64(p.shelf.interval) * (0.75 + mul(0.5, r.float())))
	}
	p.states = s.productStates(&r)
	return p
}

func pickWord(r *rng, list string) string {
	words := strings.Fields(list)
	return words[r.below(len(words))]
}

// productStates plans launch, end, price changes and times without stock.
func (s *Shop) productStates(r *rng) []productState {
	days := s.calendar.days
	launch := productState{factor: 100, stock: 80 + r.below(900), active: true}
	if r.chance(0.12) {
		launch.day = r.below(days)
	}
	type change struct {
		day   int
		apply func(*productState)
	}
	var changes []change
	add := func(d int, apply func(*productState)) {
		if d > launch.day && d < days {
			changes = append(changes, change{d, apply})
		}
	}
	if r.chance(0.3) { // a new price for good
		factor := 90 + 5*r.below(6)
		add(launch.day+20+r.below(days), func(p *productState) { p.factor = factor })
	}
	if len(changes) == 0 && r.chance(0.3) { // a price cut of two weeks
		d := launch.day + 10 + r.below(days)
		add(d, func(p *productState) { p.factor -= 20 })
		add(d+14, func(p *productState) { p.factor += 20 })
	}
	if r.chance(0.25) { // few left, none left, back in stock
		d, refill := launch.day+10+r.below(days), 100+r.below(600)
		add(d, func(p *productState) { p.stock = 3 })
		add(d+2, func(p *productState) { p.stock = 0 })
		add(d+7+r.below(14), func(p *productState) { p.stock = refill })
	}
	if r.chance(0.03) { // end of sale
		add(launch.day+60+r.below(days), func(p *productState) { p.active = false })
	}
	slices.SortStableFunc(changes, func(a, b change) int { return a.day - b.day })
	states := []productState{launch}
	for _, c := range changes {
		next := states[len(states)-1]
		next.day = c.day
		c.apply(&next)
		states = append(states, next)
	}
	return states
}

func (c *catalogue) addVariants(i int32) {
	p := &c.products[i]
	p.from = int32(len(c.variants))
	for j, unit := range strings.Fields(p.shelf.units) {
		label, factor, _ := strings.Cut(unit, "=")
		v := variant{product: i, sku: p.id + "-" + strconv.Itoa(j+1), label: label}
		v.factor, _ = strconv.Atoi(factor)
		v.json = `"product_id":"` + p.id + `","sku":"` + v.sku + `","name":"` + p.name + `","category":"` + p.category() +
			`","brand":"` + p.brand + `","variant":"` + v.label + `"`
		c.variants = append(c.variants, v)
	}
	p.to = int32(len(c.variants))
}

func (c *catalogue) index() {
	for t := range tastes {
		weights := make([]uint64, len(c.products))
		for i := range c.products {
			p := &c.products[i]
			weights[i] = p.popularity * p.shelf.taste[t]
			if weights[i] > 0 {
				for v := p.from; v < p.to; v++ {
					c.byPrice[t] = append(c.byPrice[t], v)
				}
			}
		}
		c.byTaste[t] = newChooser(weights)
		slices.SortStableFunc(c.byPrice[t], func(a, b int32) int { return c.priceAt(a, 100) - c.priceAt(b, 100) })
	}
	var weights []uint64
	for i := range c.products {
		// Subscriptions are sold for what is there from the first day to the last.
		p := &c.products[i]
		steady := p.states[0].day == 0 && p.states[len(p.states)-1].active
		if p.interval > 0 && steady && p.shelf.maker != "home" {
			c.consumables = append(c.consumables, int32(i))
			weights = append(weights, p.popularity)
		}
	}
	if len(weights) > 0 {
		c.pickRegular = newChooser(weights)
	}
}

// pairUp gives every product one complement from each shelf that goes with its own.
func (s *Shop) pairUp(c *catalogue) {
	onShelf := make(map[string][]int32)
	weights := make(map[string][]uint64)
	for i := range c.products {
		sub := c.products[i].shelf.sub
		onShelf[sub] = append(onShelf[sub], int32(i))
		weights[sub] = append(weights[sub], c.products[i].popularity)
	}
	choosers := make(map[string]chooser)
	for sub := range onShelf {
		choosers[sub] = newChooser(weights[sub])
	}
	for i := range c.products {
		r := s.rng(streamProduct, uint64(i), 1)
		for _, sub := range strings.Fields(c.products[i].shelf.goesWith) {
			c.products[i].complements = append(c.products[i].complements, onShelf[sub][choosers[sub].pick(&r)])
		}
	}
}

// variantNear is a variant of the taste that costs about as much as given, the dearest not
// above it when below, else the cheapest not below it. It is sold on the day if one of the
// next few is.
func (c *catalogue) variantNear(taste uint8, yen float64, below bool, d int) int32 {
	list := c.byPrice[taste]
	at := sort.Search(len(list), func(i int) bool { return float64(c.priceAt(list[i], 100)) > yen })
	step := 1
	if below {
		at, step = at-1, -1
	}
	var found int32
	for range 40 {
		at = min(max(at, 0), len(list)-1)
		if found = list[at]; c.products[c.variants[found].product].sold(d) {
			break
		}
		at += step
	}
	return found
}
