package simulate

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestPortableFunctions(t *testing.T) {
	r := rng(1)
	for range 200_000 {
		x := math.Ldexp(r.float(), r.below(200)-100)
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 1e-15*math.Max(math.Abs(want), 1) {
			t.Fatalf("ln(%g) = %g, want %g", x, got, want)
		}
		y := 200*r.float() - 100
		if got, want := exp(y), math.Exp(y); math.Abs(got/want-1) > 1e-15 {
			t.Fatalf("exp(%g) = %g, want %g", y, got, want)
		}
	}
	if exp(-1000) != 0 || !math.IsInf(exp(1000), 1) || exp(0) != 1 || ln(1) != 0 {
		t.Error("exp or ln is wrong at the ends")
	}
}

// TestDistributions draws from every distribution and compares with its cumulative
// distribution function (Kolmogorov and Smirnov; 1.95 is exceeded once in a thousand times).
func TestDistributions(t *testing.T) {
	const n = 20_000
	for name, c := range map[string]struct {
		draw func(*rng) float64
		cdf  func(float64) float64
	}{
		"uniform":     {(*rng).float, distuv.UnitUniform.CDF},
		"normal":      {(*rng).normal, distuv.UnitNormal.CDF},
		"exponential": {(*rng).exponential, distuv.Exponential{Rate: 1}.CDF},
		"gamma 0.25":  {func(r *rng) float64 { return r.gamma(0.25) }, distuv.Gamma{Alpha: 0.25, Beta: 1}.CDF},
		"gamma 6":     {func(r *rng) float64 { return r.gamma(6) }, distuv.Gamma{Alpha: 6, Beta: 1}.CDF},
		"beta":        {func(r *rng) float64 { return r.beta(0.8, 2.5) }, distuv.Beta{Alpha: 0.8, Beta: 2.5}.CDF},
	} {
		r := rng(42)
		sample := make([]float64, n)
		for k := range sample {
			sample[k] = c.draw(&r)
		}
		slices.Sort(sample)
		var worst float64
		for k, x := range sample {
			p := c.cdf(x)
			worst = max(worst, math.Abs(p-float64(k)/n), math.Abs(p-float64(k+1)/n))
		}
		if d := worst * math.Sqrt(n); d > 1.95 {
			t.Errorf("%s: distance %.2f", name, d)
		}
	}
	r := rng(7)
	for _, mean := range []float64{0.3, 5, 40} {
		var sum, squares float64
		for range n {
			x := float64(r.poisson(mean))
			sum, squares = sum+x, squares+x*x
		}
		m := sum / n
		if v := squares/n - m*m; math.Abs(m-mean) > 4*math.Sqrt(mean/n) || math.Abs(v/mean-1) > 0.05 {
			t.Errorf("poisson(%g): mean %g, variance %g", mean, m, v)
		}
	}
}

func TestNames(t *testing.T) {
	for kana, want := range map[string]string{
		"サトウ": "sato", "オオノ": "ono", "イノウエ": "inoue", "ハットリ": "hattori", "ホンマ": "homma", "シュンスケ": "shunsuke", "ユウコ": "yuko",
		"リョウ": "ryo", "ジュンイチ": "junichi", "チヅル": "chizuru", "キョウコ": "kyoko", "コンノ": "konno", "ナンブ": "nambu", "シンヤ": "shinya",
	} {
		if got := romanise(kana); got != want {
			t.Errorf("%s is %s, want %s", kana, got, want)
		}
	}
	if got := halfWidthKana("ガッコウ パーティー"); got != "ｶﾞｯｺｳ ﾊﾟｰﾃｨｰ" {
		t.Error(got)
	}
	if got := hiragana("ユウコ"); got != "ゆうこ" {
		t.Error(got)
	}
	table := names()
	all := slices.Clone(table.families)
	for sex := range table.given {
		for _, list := range table.given[sex] {
			all = append(all, list...)
		}
	}
	if len(all) < 600 {
		t.Errorf("only %d names", len(all))
	}
	for _, n := range all {
		letters := strings.Trim(n.romaji, "abcdefghijkmnoprstuvwyz") == ""
		katakana := strings.IndexFunc(n.kana, func(r rune) bool { return !isKatakana(r) }) < 0
		if n.kanji == "" || n.kana == "" || n.romaji == "" || !letters || !katakana {
			t.Errorf("%+v", n)
		}
		// A name written in hiragana must be its own reading.
		if first := []rune(n.kanji)[0]; first >= 'ぁ' && first <= 'ん' && hiragana(n.kana) != n.kanji {
			t.Errorf("%s is not read %s", n.kanji, n.kana)
		}
	}
	for kanji := range table.variants {
		if !slices.ContainsFunc(table.families, func(n name) bool { return n.kanji == kanji }) {
			t.Errorf("variants of %s, which is no name", kanji)
		}
	}
	for sex := range table.homophones {
		for kanji, others := range table.homophones[sex] {
			for _, other := range others {
				if other.kanji == kanji {
					t.Errorf("%s is its own homophone", kanji)
				}
			}
		}
	}
}

func TestWareki(t *testing.T) {
	for date, want := range map[string]string{
		"2019-04-30": "平成31年4月30日", "2019-05-01": "令和元年5月1日", "2024-04-01": "令和6年4月1日",
		"1989-01-07": "昭和64年1月7日", "1989-01-08": "平成元年1月8日", "1955-12-03": "昭和30年12月3日",
	} {
		day, _ := time.Parse("2006-01-02", date)
		if got := wareki(day); got != want {
			t.Errorf("%s is %s, want %s", date, got, want)
		}
	}
	if got := grouped(-1234567) + grouped(980) + grouped(-980); got != "-1,234,567980-980" {
		t.Error(got)
	}
}

func TestTimestamp(t *testing.T) {
	r := rng(3)
	for range 10_000 {
		at := time.UnixMilli(int64(r.below(4_000_000_000_000))).UTC()
		if got, want := string(appendTimestamp(nil, at.UnixMilli())), at.Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

func TestBijections(t *testing.T) {
	scrambled, phones, cards := make(map[uint64]bool), make(map[string]bool), make(map[string]bool)
	for i := range uint32(200_000) {
		scrambled[scramble(uint64(i)<<12, 40)] = true
		phones[mobile(i*1349)] = true
		cards[cardNumber(i)] = true
	}
	if len(scrambled) != 200_000 || len(phones) != 200_000 || len(cards) != 200_000 {
		t.Errorf("%d numbers, %d phones, %d cards of 200,000", len(scrambled), len(phones), len(cards))
	}
}

// TestCalendar: operational days average one over a year, in every rhythm and season, also where the
// clock is put forward.
func TestCalendar(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("no time zone files on this machine")
	}
	c := newCalendar(time.Date(2023, 1, 1, 9, 0, 0, 0, newYork), newYork, 364, 0.5)
	for k := range rhythms {
		if mean := c.operational[k][364] / 364; math.Abs(mean-1) > 0.01 {
			t.Errorf("%s: a day is %.4f operational days on average", rhythms[k].name, mean)
		}
	}
	for d := range 364 {
		if c.dayAt(c.midnights[d]) != d || c.dayAt(c.midnights[d+1]-1) != d {
			t.Errorf("day %d is not found", d)
		}
		if got := c.dayOfOperational(2, (c.operational[2][d]+c.operational[2][d+1])/2); got != d {
			t.Errorf("the operational noon of day %d is on day %d", d, got)
		}
	}
}

// TestCatalogue: the range of sizes, unique names, and the states a product goes through.
func TestCatalogue(t *testing.T) {
	for _, n := range []int{40, 20_000} {
		s, err := New(Config{Customers: 50, Products: n})
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		restocked := 0
		for i := range s.catalogue.products {
			p := &s.catalogue.products[i]
			if seen[p.name] {
				t.Errorf("%s is there twice", p.name)
			}
			seen[p.name] = true
			for k, state := range p.states {
				if k > 0 && p.states[k-1].stock == 0 && state.stock > 0 {
					restocked++
				}
			}
			for v := p.from; v < p.to; v++ {
				if price := s.catalogue.price(v, 700); price < 100 || price%100 != 0 && price%100 != 80 {
					t.Errorf("%s costs %d yen", s.catalogue.variants[v].sku, price)
				}
			}
		}
		if restocked == 0 {
			t.Errorf("of %d products none came back in stock", n)
		}
	}
}
