package measure

import "time"

// Calendar is a row of days in a time zone. Days may be 23 or 25 hours long.
type Calendar struct {
	// Days are the midnights with which the days begin.
	Days []time.Time
	// End is when the last day ends.
	End time.Time
}

// NewCalendar returns the day of now and those before it.
func NewCalendar(now time.Time, days int) Calendar {
	year, month, day := now.Date()
	var c Calendar
	for n := range days {
		c.Days = append(c.Days, midnight(year, month, day-days+1+n, now.Location()))
	}
	c.End = midnight(year, month, day+1, now.Location())
	return c
}

// midnight is when a day begins: an hour late where the clocks skip it.
func midnight(year int, month time.Month, day int, location *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, location)
	if t.Hour() != 0 {
		if _, end := t.ZoneBounds(); t.Hour() > 12 {
			return end
		}
	}
	return t
}

// Offset is how far local time is ahead of UTC from some moment on.
type Offset struct {
	From    time.Time
	Seconds int
}

// Offsets are those that hold within the calendar, in the order of time. A local day number
// is the number of whole days since 1970 of a time plus its offset.
func (c Calendar) Offsets() []Offset {
	var all []Offset
	add := func(t time.Time) {
		if _, seconds := t.Zone(); len(all) == 0 || all[len(all)-1].Seconds != seconds {
			all = append(all, Offset{t, seconds})
		}
	}
	for i, day := range c.Days {
		add(day)
		next := c.End
		if i+1 < len(c.Days) {
			next = c.Days[i+1]
		}
		// Zones change at most once a day; the moment is found by its end.
		if _, end := day.ZoneBounds(); !end.IsZero() && end.Before(next) {
			add(end)
		}
	}
	return all
}

// Number is the local day number of the day with that index.
func (c Calendar) Number(i int) int64 {
	year, month, day := c.Days[i].Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}
