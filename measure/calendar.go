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

// Number is the local day number of the day with that index.
func (c Calendar) Number(i int) int64 {
	year, month, day := c.Days[i].Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}
