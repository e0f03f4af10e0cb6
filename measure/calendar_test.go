package measure_test

import (
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/measure"
)

// Every time belongs to the day of its own date, and days are numbered one after the other, in zones with and without
// summer time, where midnight is skipped, and where a whole day is (and has no number).
func TestCalendar(t *testing.T) {
	for _, name := range []string{"Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"} {
		location, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := measure.NewCalendar(time.Date(2012, 3, 5, 12, 0, 0, 0, location), 500)
		i := 0
		for at := c.Days[0]; at.Before(c.End); at = at.Add(15 * time.Minute) {
			for i+1 < len(c.Days) && !at.Before(c.Days[i+1]) {
				i++
			}
			if y, m, d := at.Date(); c.Days[i].Day() != d || c.Days[i].Month() != m || c.Days[i].Year() != y {
				t.Fatalf("%s: %v falls on %v", name, at, c.Days[i])
			}
		}
		for i := range c.Days {
			if first := c.Number(0); name != "Pacific/Apia" && c.Number(i) != first+int64(i) {
				t.Fatalf("%s: %v is day %d, the first is %d", name, c.Days[i], c.Number(i), first)
			}
		}
	}
}
