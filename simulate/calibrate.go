package simulate

// calibrate sets how much people browse and how many newsletters are sent so that there
// are about as many events per customer as asked for. It writes the lives of a sample at two
// settings and takes the line through both.
func (s *Shop) calibrate() {
	low, high := 0.25, 1.5
	at := func(browsing float64) float64 {
		s.browsing = browsing
		s.mailings = s.newMailings()
		return s.sampleEvents()
	}
	few, many := at(low), at(high)
	s.browsing = clamp(low+float64((s.config.EventsPerCustomer-few)*(high-low))/(many-few), 0.02, 200)
	s.mailings = s.newMailings()
}

// sampleEvents is the mean number of events per member, those of other people shared out.
// Bots, products and advertising do not count.
func (s *Shop) sampleEvents() float64 {
	p, w := planner{s: s}, writer{s: s}
	var events float64
	first := 0
	for _, size := range s.sizes[:bot] {
		sample := min(size, 400)
		count := 0
		for k := range sample {
			l := p.plan(uint32(first + k*size/sample))
			w.reset(l.orders, l.lines)
			for n := range l.items {
				w.write(&l.items[n])
			}
			count += len(w.entries)
		}
		if sample > 0 {
			events += float64(count) * float64(size) / float64(sample)
		}
		first += size
	}
	return events / float64(s.sizes[member])
}
