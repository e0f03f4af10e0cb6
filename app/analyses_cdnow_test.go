package app_test

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/understand"
)

// purchase is a line of the CDNOW file.
type purchase struct {
	customer, date string
	day            int // since 1970
	month          int // since the year 0
	cents          int64
}

// readCDNOW reads the purchases of all 23,570 customers of CDNOW, 1997 to June 1998.
func readCDNOW(t *testing.T) []purchase {
	t.Helper()
	shared := os.Getenv("HITORI_SHARED")
	if shared == "" {
		if os.Getenv("HITORI_REQUIRE_ENGINES") != "" {
			t.Fatal("HITORI_SHARED does not say where the data is")
		}
		t.Skip("CDNOW is not tested: HITORI_SHARED is not set")
	}
	file, err := os.Open(filepath.Join(shared, "data", "cdnow", "CDNOW_master.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []purchase
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) != 4 || fields[0] == "customer_id" {
			continue
		}
		var p purchase
		var dollars, cents int64
		if _, err := fmt.Sscanf(fields[3], "%d.%d", &dollars, &cents); err != nil {
			t.Fatal(err)
		}
		date, err := time.Parse("20060102", fields[1])
		if err != nil {
			t.Fatal(err)
		}
		p.customer, p.date, p.cents = fields[0], date.Format("2006-01-02"), dollars*100+cents
		p.day, p.month = int(date.Unix()/86400), date.Year()*12+int(date.Month())
		all = append(all, p)
	}
	return all
}

// CDNOW comes in through the import, and what the analyses tell of it equals a plain computation over the file.
func TestAnalysesOfCDNOW(t *testing.T) {
	purchases := readCDNOW(t)
	var csv strings.Builder
	csv.WriteString("注文番号,注文日時,会員ID,合計金額\n")
	for i, p := range purchases {
		fmt.Fprintf(&csv, "O%06d,%s 12:00:00,C%s,%d.%02d\n", i, p.date, p.customer, p.cents/100, p.cents%100)
	}
	onPairs(t, func(t *testing.T, engines apptest.Engines) {
		cfg := config(t, engines)
		cfg.Currency, cfg.TimeZone = "USD", "America/New_York"
		c := apptest.Start(t, cfg)
		job := importNamed(t, c, "cdnow.csv", "orders", csv.String())
		if err := c.App.Deriver.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if t.Logf("%s", job.Result); len(purchases) != 69_659 {
			t.Fatalf("%d purchases in the file", len(purchases))
		}
		for _, asOf := range []string{"1998-06-30", "1997-09-30"} {
			shop := cdnow(purchases, asOf)
			t.Run(asOf, func(t *testing.T) {
				began := time.Now()
				shop.rfm(t, c)
				shop.decile(t, c)
				shop.abc(t, c)
				shop.cohorts(t, c)
				shop.repeat(t, c)
				shop.lifecycle(t, c)
				t.Logf("compared in %v", time.Since(began))
			})
		}
	})
}

// cdnowShop is what was bought by a day, by customer in the order of days.
type cdnowShop struct {
	asOf       string
	day, month int
	customers  [][]purchase
}

func cdnow(all []purchase, asOf string) *cdnowShop {
	date, _ := time.Parse("2006-01-02", asOf)
	s := &cdnowShop{asOf: asOf, day: int(date.Unix() / 86400), month: date.Year()*12 + int(date.Month())}
	by := make(map[string][]purchase)
	for _, p := range all {
		if p.day <= s.day {
			by[p.customer] = append(by[p.customer], p)
		}
	}
	for _, purchases := range by {
		slices.SortStableFunc(purchases, func(a, b purchase) int { return cmp.Compare(a.day, b.day) })
		s.customers = append(s.customers, purchases)
	}
	return s
}

func (s *cdnowShop) ask(t *testing.T, c *apptest.Client, path string, answer any) {
	t.Helper()
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	c.Call(http.MethodGet, "/analyses/"+path+sign+"as_of="+s.asOf, nil, answer)
}

// values are minus the days since the last purchase, purchases and cents of each customer, so that more is better.
func (s *cdnowShop) values() [][3]int64 {
	all := make([][3]int64, len(s.customers))
	for i, purchases := range s.customers {
		all[i] = [3]int64{int64(purchases[len(purchases)-1].day - s.day), int64(len(purchases)), 0}
		for _, p := range purchases {
			all[i][2] += p.cents
		}
	}
	return all
}

// worse is how many have a smaller value of a kind, by value.
func worse(all [][3]int64, kind int) map[int64]int64 {
	sorted := make([]int64, len(all))
	for i, v := range all {
		sorted[i] = v[kind]
	}
	slices.Sort(sorted)
	below := make(map[int64]int64)
	for i, v := range sorted {
		if _, known := below[v]; !known {
			below[v] = int64(i)
		}
	}
	return below
}

func (s *cdnowShop) rfm(t *testing.T, c *apptest.Client) {
	t.Helper()
	var got understand.RFM
	s.ask(t, c, "rfm", &got)
	if s.asOf == "1998-06-30" && len(s.customers) != 23_570 || got.Customers != int64(len(s.customers)) {
		t.Errorf("%d customers, want %d", got.Customers, len(s.customers))
	}
	all := s.values()
	below := [3]map[int64]int64{worse(all, 0), worse(all, 1), worse(all, 2)}
	want := make(map[[3]int64][3]int64)
	for _, v := range all {
		var grades [3]int64
		for kind := range grades {
			grades[kind] = 1 + 5*below[kind][v[kind]]/int64(len(all))
		}
		sum := want[grades]
		want[grades] = [3]int64{sum[0] + 1, sum[1] + v[1], sum[2] + v[2]}
	}
	found := make(map[[3]int64][3]int64)
	for _, cell := range got.Cells {
		found[[3]int64{cell.Recency, cell.Frequency, cell.Monetary}] = [3]int64{cell.People, cell.Orders, cell.Spend}
	}
	compare(t, "cells of RFM", found, want)
	var behind struct{ Total int64 }
	s.ask(t, c, "rfm/people?limit=5&group=r5f5", &behind)
	for _, cell := range got.Grid {
		if cell.Recency == 5 && cell.Frequency == 5 && cell.People != behind.Total {
			t.Errorf("%d behind a cell of %d", behind.Total, cell.People)
		}
	}
}

func (s *cdnowShop) decile(t *testing.T, c *apptest.Client) {
	t.Helper()
	var got understand.Deciles
	s.ask(t, c, "decile", &got)
	all := s.values()
	below := worse(all, 2)
	want := make(map[int][2]int64)
	for _, v := range all {
		decile := 10 - int(10*below[v[2]]/int64(len(all)))
		want[decile] = [2]int64{want[decile][0] + 1, want[decile][1] + v[2]}
	}
	found := make(map[int][2]int64)
	for _, d := range got.Deciles {
		found[d.Decile] = [2]int64{d.Count, d.Revenue}
	}
	compare(t, "deciles", found, want)
}

func (s *cdnowShop) abc(t *testing.T, c *apptest.Client) {
	t.Helper()
	var got understand.ABC
	s.ask(t, c, "abc", &got)
	all := s.values()
	slices.SortFunc(all, func(a, b [3]int64) int { return cmp.Compare(b[2], a[2]) })
	var whole, upto, above int64
	for _, v := range all {
		whole += v[2]
	}
	want := make(map[string][2]int64)
	for i, v := range all {
		if i == 0 || v[2] != all[i-1][2] {
			above = upto
		}
		upto += v[2]
		class := "C"
		if 10*above < 7*whole {
			class = "A"
		} else if 10*above < 9*whole {
			class = "B"
		}
		want[class] = [2]int64{want[class][0] + 1, want[class][1] + v[2]}
	}
	found := make(map[string][2]int64)
	for _, class := range got.Classes {
		found[class.Class] = [2]int64{class.Count, class.Revenue}
	}
	compare(t, "classes", found, want)
}

func (s *cdnowShop) cohorts(t *testing.T, c *apptest.Client) {
	t.Helper()
	var got understand.Cohorts
	s.ask(t, c, "cohorts", &got)
	type cell struct{ first, later int }
	want := make(map[cell][2]int64)
	for _, purchases := range s.customers {
		counted := make(map[int]bool)
		first := purchases[0].month
		for later := range s.month - first + 1 {
			sum := want[cell{first, later}]
			want[cell{first, later}] = sum // nobody came, which is not the same as not known
		}
		for _, p := range purchases {
			at := cell{first, p.month - first}
			sum := want[at]
			if sum[1] += p.cents; !counted[p.month] {
				sum[0]++
			}
			counted[p.month], want[at] = true, sum
		}
	}
	found := make(map[cell][2]int64)
	for _, cohort := range got.Cohorts {
		first, err := time.Parse("2006-01", cohort.Month)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range cohort.Points {
			found[cell{first.Year()*12 + int(first.Month()), int(p.Later)}] = [2]int64{p.People, p.Spend}
		}
	}
	compare(t, "cohorts", found, want)
}

// share is the product-limit estimate of who came by each day, by the table of those at risk, with Greenwood's variance
// of who did not.
func limit(came, gone map[int]int) (shares, variances map[int]float64) {
	atRisk, last := 0, 0
	for _, counts := range []map[int]int{came, gone} {
		for day, n := range counts {
			atRisk += n
			last = max(last, day)
		}
	}
	shares, variances = make(map[int]float64), make(map[int]float64)
	surviving, sum := 1.0, 0.0
	for day := 0; day <= last; day++ {
		d, n := float64(came[day]), float64(atRisk)
		if d > 0 {
			surviving *= (n - d) / n
			sum += d / (n * (n - d))
		}
		shares[day], variances[day] = 1-surviving, surviving*surviving*sum
		atRisk -= came[day] + gone[day]
	}
	return shares, variances
}

func (s *cdnowShop) repeat(t *testing.T, c *apptest.Client) {
	t.Helper()
	var got understand.Repeat
	s.ask(t, c, "repeat", &got)
	for i, step := range got.Steps {
		came, gone := make(map[int]int), make(map[int]int)
		var people, reached int64
		for _, purchases := range s.customers {
			switch {
			case len(purchases) > i+1:
				came[purchases[i+1].day-purchases[i].day]++
				people, reached = people+1, reached+1
			case len(purchases) == i+1:
				gone[s.day-purchases[i].day]++
				people++
			}
		}
		if step.People != people || step.Came != reached {
			t.Errorf("%s: %d of %d, want %d of %d", step.Step, step.Came, step.People, reached, people)
		}
		shares, variances := limit(came, gone)
		if len(step.Curve) != len(came) {
			t.Errorf("%s: %d days, want %d", step.Step, len(step.Curve), len(came))
		}
		for _, p := range step.Curve {
			want, surviving := shares[int(p.Days)], 1-shares[int(p.Days)]
			if math.Abs(p.Estimate-want) > 1e-12 {
				t.Fatalf("%s: %v by day %d, want %v", step.Step, p.Estimate, p.Days, want)
			}
			// the bounds of log(-log S) by the delta method
			half := 1.959964 * math.Sqrt(variances[int(p.Days)]) / math.Abs(surviving*math.Log(surviving))
			middle := math.Log(-math.Log(surviving))
			if low, high := 1-math.Exp(-math.Exp(middle-half)), 1-math.Exp(-math.Exp(middle+half)); math.Abs(p.Low-low) > 1e-6 || math.Abs(p.High-high) > 1e-6 {
				t.Fatalf("%s: %v to %v by day %d, want %v to %v", step.Step, p.Low, p.High, p.Days, low, high)
			}
		}
	}
}

func (s *cdnowShop) lifecycle(t *testing.T, c *apptest.Client) {
	t.Helper()
	var dormancy understand.Dormancy
	s.ask(t, c, "dormancy", &dormancy)
	came, gone := make(map[int]int), make(map[int]int)
	for _, purchases := range s.customers {
		for i, p := range purchases {
			switch {
			case i+1 == len(purchases):
				gone[s.day-p.day]++
			case purchases[i+1].day > p.day:
				came[purchases[i+1].day-p.day]++
			}
		}
	}
	shares, _ := limit(came, gone)
	horizon := shares[int(dormancy.Horizon)]
	for _, level := range dormancy.Levels {
		by := int(level.Days)
		if shares[by] < level.Share*horizon-1e-12 || shares[by-1] >= level.Share*horizon {
			t.Errorf("%v of %v come by day %d: %v", level.Share, horizon, by, shares[by])
		}
	}
	var got understand.Lifecycle
	s.ask(t, c, "lifecycle", &got)
	if got.Thresholds != dormancy.Stages || !got.Own {
		t.Errorf("thresholds %+v, want %+v", got.Thresholds, dormancy.Stages)
	}
	want := make(map[string]int64)
	for _, v := range s.values() {
		switch since := -v[0]; {
		case since > got.Thresholds.Churned:
			want["churned"]++
		case since > got.Thresholds.Dormant:
			want["dormant"]++
		case v[1] == 1:
			want["new"]++
		case since > got.Thresholds.AtRisk:
			want["at_risk"]++
		default:
			want["active"]++
		}
	}
	found := make(map[string]int64)
	for _, st := range got.Stages {
		if st.People > 0 && st.Stage != understand.Prospect {
			found[string(st.Stage)] = st.People
		}
	}
	compare(t, "stages", found, want)
	t.Logf("thresholds %+v, horizon %d, %v come again", dormancy.Stages, dormancy.Horizon, dormancy.Return)
}

// compare compares two tables.
func compare[K, V comparable](t *testing.T, what string, got, want map[K]V) {
	t.Helper()
	if len(want) == 0 || len(got) != len(want) {
		t.Errorf("%s: %d, want %d", what, len(got), len(want))
	}
	for k := range want {
		if got[k] != want[k] {
			t.Errorf("%s: %v is %v, want %v", what, k, got[k], want[k])
		}
	}
}
