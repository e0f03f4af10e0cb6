package simulate

import (
	"sort"
	"time"
)

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// monthSeason is how much is bought in each month compared with an average one, before it
// is scaled to a mean of 1 over a year.
var monthSeason = [12]float64{0.95, 0.86, 1.05, 0.98, 0.97, 1.02, 1.08, 0.90, 0.94, 1.00, 1.10, 1.28}

// rhythm is when in the week and the day a kind of person shops.
type rhythm struct {
	name    string
	weekday [7]float64 // from Sunday; the mean is 1
	hours   [24]uint64 // weights
}

var rhythms = []rhythm{
	{"morning", [7]float64{0.9, 1.1, 1.1, 1.1, 1.0, 1.0, 0.8}, [24]uint64{1, 0, 0, 0, 1, 6, 16, 22, 16, 8, 5, 4, 5, 3, 2, 2, 2, 2, 3, 4, 4, 4, 3, 1}},
	{"noon", [7]float64{0.7, 1.1, 1.15, 1.15, 1.1, 1.1, 0.7}, [24]uint64{1, 0, 0, 0, 0, 1, 2, 4, 4, 4, 6, 12, 28, 12, 5, 4, 3, 3, 4, 5, 6, 6, 4, 2}},
	{"evening", [7]float64{1.05, 1, 0.95, 0.95, 0.95, 1, 1.1}, [24]uint64{5, 2, 1, 0, 0, 1, 2, 3, 3, 3, 3, 3, 5, 3, 3, 3, 3, 4, 6, 10, 17, 22, 20, 12}},
	{"night", [7]float64{1.05, 0.95, 0.95, 0.95, 1, 1, 1.1}, [24]uint64{22, 16, 9, 4, 2, 1, 1, 1, 2, 2, 2, 3, 4, 3, 3, 3, 3, 3, 4, 6, 9, 13, 18, 22}},
	{"weekend", [7]float64{2.1, 0.5, 0.5, 0.5, 0.6, 0.8, 2.0}, [24]uint64{2, 1, 0, 0, 0, 0, 1, 3, 6, 10, 14, 14, 12, 12, 13, 13, 12, 10, 8, 8, 9, 9, 7, 4}},
}

var rhythmShare = newChooser([]uint64{18, 20, 34, 14, 14})

// calendar turns days into instants and back, and calendar time into operational time.
//
// Operational time is the clock the purchase process runs on. A calendar day of weight w
// is w operational days long, where w = season(month) × weekday weight of the person's
// rhythm. A process that is BG/NBD on this clock keeps the expectations of BG/NBD with t
// measured on it, whatever the seasonality (the time-rescaling theorem); the weights
// average 1, so parameters per operational day read as parameters per day. The process
// says on which day something is bought; the hour is drawn from the rhythm. Counts are
// therefore exact at midnights.
type calendar struct {
	loc  *time.Location
	days int
	// midnights are the local midnights in milliseconds, days+1 of them.
	midnights []int64
	// dates are the days with a month and day of the month.
	dates  map[[2]int][]int
	season []float64
	// operational[r][d] is the operational time from the start to midnight d in rhythm r.
	operational [][]float64
	hours       []chooser
	// acquired[d] is the share of first purchases made before midnight d.
	acquired []float64
}

// newCalendar covers the days from the midnight at which start's day begins in loc.
// Acquisition grows by growth of the first day's rate per year and follows the season.
func newCalendar(start time.Time, loc *time.Location, days int, growth float64) *calendar {
	c := &calendar{loc: loc, days: days, acquired: make([]float64, days+1), dates: make(map[[2]int][]int)}
	year, month, first := start.In(loc).Date()
	var yearSum float64
	for m, weight := range monthSeason {
		yearSum += mul(weight, float64(time.Date(2023, time.Month(m+2), 0, 0, 0, 0, 0, time.UTC).Day()))
	}
	c.operational = make([][]float64, len(rhythms))
	for i, r := range rhythms {
		c.operational[i] = make([]float64, days+1)
		c.hours = append(c.hours, newChooser(r.hours[:]))
	}
	for d := 0; d <= days; d++ {
		t := time.Date(year, month, first+d, 0, 0, 0, 0, loc)
		c.midnights = append(c.midnights, t.UnixMilli())
		if d == days {
			break
		}
		date := [2]int{int(t.Month()), t.Day()}
		c.dates[date] = append(c.dates[date], d)
		season := float64(monthSeason[t.Month()-1]*365) / yearSum
		c.season = append(c.season, season)
		for i := range rhythms {
			c.operational[i][d+1] = c.operational[i][d] + mul(season, rhythms[i].weekday[t.Weekday()])
		}
		c.acquired[d+1] = c.acquired[d] + mul(season, 1+float64(growth*float64(d))/365)
	}
	for d := range c.acquired {
		c.acquired[d] /= c.acquired[days]
	}
	return c
}

func (c *calendar) start() int64 { return c.midnights[0] }
func (c *calendar) end() int64   { return c.midnights[c.days] }

// dayAt is the day that holds the instant; instants outside belong to the nearest day.
func (c *calendar) dayAt(ms int64) int {
	d := int(clamp(float64((ms-c.midnights[0])/day), 0, float64(c.days-1)))
	for d > 0 && ms < c.midnights[d] {
		d--
	}
	for d < c.days-1 && ms >= c.midnights[d+1] {
		d++
	}
	return d
}

// dayOfOperational is the day in which the operational clock of a rhythm reaches x.
func (c *calendar) dayOfOperational(rhythm uint8, x float64) int {
	clock := c.operational[rhythm]
	return sort.Search(c.days, func(d int) bool { return clock[d+1] > x })
}

// acquisitionDay is the day by which the share x of customers has come.
func (c *calendar) acquisitionDay(x float64) int {
	return min(sort.Search(c.days, func(d int) bool { return c.acquired[d+1] > x }), c.days-1)
}

// instant draws an instant of the day from the rhythm's hours. A day on which the clock is put
// forward ends an hour early.
func (c *calendar) instant(d int, rhythm uint8, r *rng) int64 {
	return min(c.midnights[d]+int64(c.hours[rhythm].pick(r))*hour+int64(r.below(int(hour))), c.midnights[d+1]-1)
}

func (c *calendar) time(ms int64) time.Time { return time.UnixMilli(ms).In(c.loc) }
