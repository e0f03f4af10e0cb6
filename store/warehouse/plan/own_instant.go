package plan

import "github.com/hitori-cdp/hitori/query"

// instantsTold reads the texts that people told as instants, in milliseconds since 1970: a day is its first instant in the
// shop's zone. Other texts, and JSON that is none, give nothing.
func (k *compilation) instantsTold(told string) string {
	written := "SELECT person, " + k.Text("told") + " AS written FROM (" + told + ") AS t"
	kinds := "SELECT person, written, " + k.Matches("written", query.DatePattern) + " AS whole_day, " + k.Matches("written", query.InstantPattern) + " AS exact FROM (" + written + ") AS w"
	texts := "SELECT person, whole_day, CASE WHEN whole_day THEN written || 'T00:00:00Z' ELSE written END AS written FROM (" + kinds + ") AS k WHERE whole_day OR exact"
	// A day as if it were one of UTC, then about when it begins in the zone, then exactly.
	utc := "SELECT person, whole_day, " + k.milliseconds("written") + " AS utc FROM (" + texts + ") AS x"
	rough := "SELECT person, whole_day, utc, utc - " + k.shift("utc") + " AS rough FROM (" + utc + ") AS u"
	return "SELECT person, CAST(CASE WHEN whole_day THEN utc - " + k.shift("rough") + " ELSE utc END AS DOUBLE) AS value FROM (" + rough + ") AS r"
}
