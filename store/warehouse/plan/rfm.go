package plan

import (
	"fmt"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/understand"
)

// ofGrades tells the grades of people by their orders up to today, the group they are in by them and were in at the end of last
// month, and whether the one stands before the other.
func ofGrades(d Dialect, c Calendar, currency hitori.Currency, g understand.Grading) source {
	features := map[string]string{
		"rfm_recency_grade": "$r", "rfm_frequency_grade": "$f", "rfm_monetary_grade": "$m",
		understand.RFMGroupFeature: "$now_in", understand.RFMGroupLastMonth: "$was_in", understand.RFMMoveFeature: "$moved",
	}
	if !g.Known() {
		for name := range features {
			features[name] = "NULL"
		}
		return source{"SELECT person FROM " + d.Derived("people") + " WHERE 1 = 0", features}
	}
	today := understand.Period{From: understand.Ever, To: understand.Day(c.Today())}
	before := understand.Period{From: understand.Ever, To: understand.LastMonth(today.To)}
	a, b, groups := Analyst{Currency: currency}, g.Bounds(), g.Ranges()
	placed := fmt.Sprintf("SELECT person, %s AS r, %s AS f, %s AS m, %s AS place1, %s AS place0 FROM %s AS b",
		grade("recency1", "<=", b.Recency), grade("orders1", ">=", b.Frequency), grade("spend1", ">=", b.Monetary),
		first(groups, "1", "orders1 > 0"), first(groups, "0", "orders0 > 0"), a.compared(d, before, today))
	return source{fmt.Sprintf(`SELECT person, r, f, m, %s AS now_in, %s AS was_in,
			CASE WHEN place1 < 0 OR place0 < 0 THEN NULL WHEN place1 < place0 THEN %s WHEN place1 > place0 THEN %s ELSE %s END AS moved
		FROM (%s) AS placed`, named(d, g, "place1"), named(d, g, "place0"),
		d.Quote(understand.RFMRose), d.Quote(understand.RFMFell), d.Quote(understand.RFMStayed), placed), features}
}

// named is the name of the group at a place, and null for none.
func named(d Dialect, g understand.Grading, place string) string {
	var b strings.Builder
	b.WriteString("CASE " + place)
	for i := range g.Groups {
		fmt.Fprintf(&b, " WHEN %d THEN %s", i, d.Quote(g.Groups[i].Name))
	}
	return b.String() + " ELSE NULL END"
}
