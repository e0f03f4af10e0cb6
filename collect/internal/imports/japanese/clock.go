package japanese

import (
	"time"
	"unicode/utf8"
)

// clock is a time of day.
type clock struct {
	absent               bool
	hour, minute, second int
	nanos                int
	zoned                bool
	offset               int // seconds east of Greenwich
}

// on returns the time of day on a day. It is told in loc where that has the zone's offset,
// so that the day stays the one that was written.
func (c clock) on(year, month, day int, loc *time.Location) time.Time {
	if !c.zoned {
		return time.Date(year, time.Month(month), day, c.hour, c.minute, c.second, c.nanos, loc)
	}
	t := time.Date(year, time.Month(month), day, c.hour, c.minute, c.second-c.offset, c.nanos, time.UTC).In(loc)
	if _, offset := t.Zone(); offset != c.offset {
		t = t.In(time.FixedZone("", c.offset))
	}
	return t
}

// clock reads what follows the day: a weekday in brackets, a time, a zone. It reports false
// when something is left over.
func (p *parser) clock() (c clock, ok bool) {
	p.spaces()
	p.weekday()
	p.spaces()
	if len(p.s) == 0 {
		return clock{absent: true}, true
	}
	if p.s[0] == 'T' || p.s[0] == '-' || p.s[0] == ',' { // ISO 8601; "2024-05-01-13:05"
		p.s = p.s[1:]
		p.spaces()
	}
	afternoon, half := p.half()
	if !p.hands(&c) {
		return c, false
	}
	p.spaces()
	if !half {
		afternoon, half = p.half()
		p.spaces()
	}
	if half {
		if c.hour > 12 {
			return c, false
		}
		if c.hour %= 12; afternoon {
			c.hour += 12
		}
	}
	if !p.zone(&c) || len(p.s) > 0 {
		return c, false
	}
	return c, c.hour < 30 && c.minute < 60 && c.second <= 60
}

// hands reads 13:05:09.123, 13時05分09秒, 130509 or 1305.
func (p *parser) hands(c *clock) bool {
	n, width := p.number()
	switch width {
	case 6:
		c.hour, c.minute, c.second = n/10000, n/100%100, n%100
		return true
	case 5: // the leading zero of 90509 is lost in spreadsheets
		c.hour, c.minute, c.second = n/10000, n/100%100, n%100
		return true
	case 4:
		c.hour, c.minute = n/100, n%100
		return true
	case 1, 2:
		c.hour = n
	default:
		return false
	}
	switch {
	case p.cut(":"):
		c.minute, width = p.number()
		if width == 0 || width > 2 {
			return false
		}
		if !p.cut(":") {
			return true
		}
		c.second, width = p.number()
		if width == 0 || width > 2 {
			return false
		}
		if len(p.s) > 0 && (p.s[0] == '.' || p.s[0] == ',') {
			p.s = p.s[1:]
			c.nanos, width = p.number()
			if width == 0 || width > 9 {
				return false
			}
			for ; width < 9; width++ {
				c.nanos *= 10
			}
		}
		return true
	case p.skip('時'):
		p.spaces()
		if p.skip('半') {
			c.minute = 30
			return true
		}
		if c.minute, width = p.number(); width == 0 {
			return true
		}
		if width > 2 || !p.skip('分') {
			return false
		}
		p.spaces()
		if c.second, width = p.number(); width > 0 {
			return width <= 2 && p.skip('秒')
		}
		return true
	}
	// "9 AM" is the only form with a bare hour.
	return len(p.s) > 1 && (p.s[0] == ' ' || p.s[0]|32 == 'a' || p.s[0]|32 == 'p')
}

func (p *parser) half() (afternoon, ok bool) {
	switch {
	case p.cut("午前"):
		return false, p.spacesTrue()
	case p.cut("午後"):
		return true, p.spacesTrue()
	}
	if len(p.s) >= 2 && p.s[1]|32 == 'm' && (len(p.s) == 2 || p.s[2] == ' ') {
		switch p.s[0] | 32 {
		case 'a', 'p':
			afternoon = p.s[0]|32 == 'p'
			p.s = p.s[2:]
			return afternoon, true
		}
	}
	return false, false
}

func (p *parser) spacesTrue() bool { p.spaces(); return true }

// zone reads Z, +09:00, +0900, +09 or a name.
func (p *parser) zone(c *clock) bool {
	switch {
	case len(p.s) == 0:
		return true
	case p.cut("Z"), p.cut("UTC"), p.cut("GMT"):
		c.zoned = true
		return true
	case p.cut("JST"):
		c.zoned, c.offset = true, 9*3600
		return true
	}
	sign := 1
	switch p.s[0] {
	case '+':
	case '-':
		sign = -1
	default:
		return false
	}
	p.s = p.s[1:]
	n, width := p.number()
	switch {
	case width == 4:
		c.offset = n/100*3600 + n%100*60
	case width == 2 && p.cut(":"):
		m, w := p.number()
		if w != 2 {
			return false
		}
		c.offset = n*3600 + m*60
	case width == 2:
		c.offset = n * 3600
	default:
		return false
	}
	if c.offset > 14*3600 {
		return false
	}
	c.offset *= sign
	c.zoned = true
	return true
}

// weekday skips "(水)", "（水曜日）" and "水曜日".
func (p *parser) weekday() {
	s := p.s
	bracket := len(s) > 0 && s[0] == '('
	if bracket {
		s = s[1:]
	}
	r, n := utf8.DecodeRune(s)
	if n == 0 {
		return
	}
	switch r {
	case '日', '月', '火', '水', '木', '金', '土', '祝':
	default:
		return
	}
	rest := parser{s: s[n:]}
	if !rest.cut("曜日") {
		rest.cut("曜")
	}
	if bracket && !rest.cut(")") {
		return
	}
	p.s = rest.s
}
