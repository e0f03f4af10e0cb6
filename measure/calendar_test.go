package measure_test

import (
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/measure"
)

// The day number that follows from the offsets is the local day, at every hour of two years
// in zones with and without summer time, half hours and a skipped day.
func TestOffsets(t *testing.T) {
	for _, name := range []string{"Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"} {
		location, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2012, 3, 5, 12, 0, 0, 0, location)
		c := measure.NewCalendar(now, 500)
		offsets := c.Offsets()
		index := make(map[int64]int)
		for i := range c.Days {
			index[c.Number(i)] = i
		}
		for at := c.Days[0]; at.Before(c.End); at = at.Add(15 * time.Minute) {
			seconds := 0
			for _, o := range offsets {
				if !at.Before(o.From) {
					seconds = o.Seconds
				}
			}
			number := (at.Unix() + int64(seconds)) / 86400
			i, ok := index[number]
			if !ok {
				t.Fatalf("%s: %v falls on no day", name, at)
			}
			if y, m, d := at.Date(); c.Days[i].Day() != d || c.Days[i].Month() != m || c.Days[i].Year() != y {
				t.Fatalf("%s: %v falls on %v", name, at, c.Days[i])
			}
		}
	}
}
