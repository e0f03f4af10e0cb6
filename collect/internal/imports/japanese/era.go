package japanese

// civil is a day without a zone.
type civil struct{ year, month, day int }

func (c civil) before(o civil) bool {
	if c.year != o.year {
		return c.year < o.year
	}
	if c.month != o.month {
		return c.month < o.month
	}
	return c.day < o.day
}

// era is a reign (元号). The days are those of the Gregorian calendar; Japan took it up on
// 明治6年1月1日, and earlier days of 明治 are read as if it had always held.
type era struct {
	names       []string
	first, last civil
}

var eras = []era{
	{[]string{"令和", "㋿", "R", "r"}, civil{2019, 5, 1}, civil{9999, 12, 31}},
	{[]string{"平成", "㍻", "H", "h"}, civil{1989, 1, 8}, civil{2019, 4, 30}},
	{[]string{"昭和", "㍼", "S", "s"}, civil{1926, 12, 25}, civil{1989, 1, 7}},
	{[]string{"大正", "㍽", "T", "t"}, civil{1912, 7, 30}, civil{1926, 12, 24}},
	{[]string{"明治", "㍾", "M", "m"}, civil{1868, 1, 25}, civil{1912, 7, 29}},
}

func (e *era) holds(year, month, day int) bool {
	c := civil{year, month, day}
	return !c.before(e.first) && !e.last.before(c)
}

func (p *parser) readEra() bool {
	if len(p.s) == 0 || p.s[0] >= '0' && p.s[0] <= '9' {
		return false
	}
	for i := range eras {
		for _, name := range eras[i].names {
			if p.cut(name) {
				p.era = &eras[i]
				p.spaces()
				p.cut(".") // "R.6.5.1"
				return true
			}
		}
	}
	return false
}
