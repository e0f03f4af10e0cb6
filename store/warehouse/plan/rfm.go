package plan

import (
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// ofGrades tells the grades and groups of people by their orders up to today, whose values end with 1, and at the end of last
// month, whose values end with 0.
func ofGrades(d Dialect, c Calendar, currency hitori.Currency, g understand.Grading) source {
	features := map[string]string{"rfm_recency_grade": "$r", "rfm_frequency_grade": "$f", "rfm_monetary_grade": "$m", understand.RFMGroupFeature: "$now", understand.RFMGroupLastMonth: "$was"}
	if !g.Known() {
		for name := range features {
			features[name] = "NULL"
		}
		return source{"SELECT person FROM " + d.Derived("people") + " WHERE 1 = 0", features}
	}
	today := understand.Period{From: understand.Ever, To: understand.Day(c.Today())}
	before := understand.Period{From: understand.Ever, To: understand.LastMonth(today.To)}
	a, b := Analyst{Currency: currency}, g.Bounds()
	return source{fmt.Sprintf("SELECT person, %s AS r, %s AS f, %s AS m, %s AS now, %s AS was FROM %s AS b",
		grade("recency1", "<=", b.Recency), grade("orders1", ">=", b.Frequency), grade("spend1", ">=", b.Monetary),
		named(d, g, "1"), named(d, g, "0"), a.compared(d, before, today)), features}
}

// named is the name of the group in which values are, and null for none.
func named(d Dialect, g understand.Grading, suffix string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CASE WHEN orders%s = 0 THEN NULL", suffix)
	for i, r := range g.Ranges() {
		fmt.Fprintf(&b, " WHEN %s THEN %s", inside(r, suffix), d.Quote(g.Groups[i].Name))
	}
	return b.String() + " END"
}
