package simulate

// How a basket is filled. The numbers are part of the truth.
const (
	// complementChance is the chance that the next product is a complement of the last one.
	complementChance = 0.30
	// dueChance is the chance that a consumable is bought again when dueShare or more of its
	// interval has passed since it was last bought.
	dueChance = 0.65
	dueShare  = 0.8
	maxLines  = 8
	memory    = 8 // consumables a person remembers
)

// fillBasket picks products until their prices come to the order's latent value. Each
// pick is, in this order of preference: a consumable that has run out, a complement of the
// product before, a product by taste and popularity; from the third pick on, the dearest of
// the person's taste that fits what is left. What is left over in the end, too little for any
// product, is rounded at random, so that on average the basket is worth the latent value:
// a product that costs c is added for a remainder of m with probability m/c.
func (p *planner) fillBasket(o *order, r *rng) {
	c := p.s.catalogue
	d := p.s.calendar.dayAt(o.at)
	left := o.latent
	last := int32(-1)
	due := 0
	for k := 0; len(p.lines)-int(o.from) < maxLines && k < 2*maxLines; k++ {
		first := last < 0
		var v int32
		found := false
		if k < 2 {
			v, found = p.pick(r, d, left, last, &due, first)
		}
		if !found {
			taste := p.drawOneTaste(r)
			if v = c.variantNear(taste, left, true, d); float64(c.price(v, d)) > left {
				v = c.variantNear(taste, left, false, d)
			}
		}
		yen := float64(c.price(v, d))
		if yen > left && !first && !r.chance(left/yen) {
			break
		}
		p.addLine(o, v, 1)
		last = c.variants[v].product
		if left -= yen; left <= 0 {
			break
		}
	}
	if left > 0 && len(p.lines)-int(o.from) == maxLines {
		p.enlarge(o, left, r)
	}
	for _, l := range p.lines[o.from:] {
		p.remember(c.variants[l.variant].product, d)
	}
}

// pick tries for a product that fits what is left.
func (p *planner) pick(r *rng, d int, left float64, last int32, due *int, first bool) (int32, bool) {
	c := p.s.catalogue
	for ; *due < len(p.recent); *due++ {
		again := p.recent[*due]
		ran := float64(d-again.day) >= dueShare*float64(c.products[again.product].interval)
		if ran && c.products[again.product].sold(d) && r.chance(dueChance) {
			if v := p.size(again.product, r); float64(c.price(v, d)) <= left {
				*due++
				return v, true
			}
		}
	}
	if !first && r.chance(complementChance) {
		if with := c.products[last].complements; len(with) > 0 {
			product := with[r.below(len(with))]
			if v := p.size(product, r); c.products[product].sold(d) && float64(c.price(v, d)) <= left {
				return v, true
			}
		}
	}
	for range 4 {
		product := int32(c.byTaste[p.drawOneTaste(r)].pick(r))
		if v := p.size(product, r); c.products[product].sold(d) && float64(c.price(v, d)) <= left {
			return v, true
		}
	}
	return 0, false
}

// drawOneTaste is the taste that guides one pick.
func (b *basics) drawOneTaste(r *rng) uint8 {
	if r.chance(b.first) {
		return b.taste[0]
	}
	return b.taste[1]
}

// size draws a variant of the product.
func (p *planner) size(product int32, r *rng) int32 {
	chosen := &p.s.catalogue.products[product]
	return chosen.from + int32(r.below(int(chosen.to-chosen.from)))
}

// addLine puts a product into the basket; a second one of the same kind raises the count.
func (p *planner) addLine(o *order, v, count int32) {
	for k := int(o.from); k < len(p.lines); k++ {
		if p.lines[k].variant == v {
			p.lines[k].count += count
			return
		}
	}
	p.lines = append(p.lines, line{v, int32(p.s.catalogue.price(v, p.s.calendar.dayAt(o.at))), count})
}

// enlarge raises the count of the last line for a basket with more to spend than lines.
func (p *planner) enlarge(o *order, left float64, r *rng) {
	l := &p.lines[len(p.lines)-1]
	more := left / float64(l.price)
	l.count += int32(more)
	if r.chance(more - float64(int32(more))) {
		l.count++
	}
}

// remember keeps when a consumable was last bought.
func (p *planner) remember(product int32, d int) {
	if p.s.catalogue.products[product].interval == 0 {
		return
	}
	for k := range p.recent {
		if p.recent[k].product == product {
			p.recent[k].day = d
			return
		}
	}
	if len(p.recent) == memory {
		p.recent = append(p.recent[:0], p.recent[1:]...)
	}
	p.recent = append(p.recent, purchase{product, d})
}
