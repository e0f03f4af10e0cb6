package simulate

import "math"

// Market is everybody who could buy such goods, customers of the shop or not. The panel
// survey is a sample of it, drawn unevenly by sex and age; its weights set that right.
type Market struct {
	// Size is the number of people.
	Size int `json:"size"`
	// Segments are the true shares of the nine segments: four stages with and without a
	// preference for this shop (積極・消極), and those who do not know it.
	Segments map[string]float64 `json:"segments"`
	// Respondents is the number of rows of the panel.
	Respondents int `json:"respondents"`
}

// The stages of the 5 and 9 segments.
const (
	StageLoyal   = "ロイヤル"
	StageGeneral = "一般"
	StageLapsed  = "離反"
	StageAware   = "認知未購買"
	StageUnaware = "未認知"
)

// segment is one of the nine with its share of people in the reference stratum.
type segment struct {
	stage     string
	prefers   bool
	share     float64
	frequency string
}

var segments = [...]segment{
	{StageLoyal, true, 0.020, "月に1回以上"},
	{StageLoyal, false, 0.010, "月に1回以上"},
	{StageGeneral, true, 0.025, "年に数回"},
	{StageGeneral, false, 0.035, "年に数回"},
	{StageLapsed, true, 0.015, "現在は購入していない"},
	{StageLapsed, false, 0.055, "現在は購入していない"},
	{StageAware, true, 0.060, ""},
	{StageAware, false, 0.230, ""},
	{StageUnaware, false, 0.550, ""},
}

// name is the key of the segment in [Market].
func (g *segment) name() string {
	switch {
	case g.stage == StageUnaware:
		return g.stage
	case g.prefers:
		return "積極" + g.stage
	}
	return "消極" + g.stage
}

// stratum is a group of the population: its share, its share in the panel, and how much
// better than others it knows the shop.
type stratum struct {
	sex, age         string
	share, panel     float64
	awarenessFactors float64
}

var strata = [...]stratum{
	{"女性", "20代", 0.085, 0.14, 1.1},
	{"女性", "30代", 0.095, 0.16, 1.4},
	{"女性", "40代", 0.120, 0.14, 1.4},
	{"女性", "50代", 0.115, 0.08, 1.2},
	{"女性", "60代", 0.095, 0.04, 0.9},
	{"男性", "20代", 0.090, 0.10, 0.6},
	{"男性", "30代", 0.100, 0.12, 0.8},
	{"男性", "40代", 0.125, 0.11, 0.8},
	{"男性", "50代", 0.115, 0.07, 0.7},
	{"男性", "60代", 0.060, 0.04, 0.6},
}

// in is the share of the segment within the stratum: shares of the aware grow with the
// stratum's factor and the unaware are the rest.
func (g *segment) in(t *stratum) float64 {
	if g.stage != StageUnaware {
		return g.share * t.awarenessFactors
	}
	rest := 1.0
	for k := range segments[:len(segments)-1] {
		rest -= float64(segments[k].share * t.awarenessFactors)
	}
	return rest
}

// market is the true market: 250 people for every member, at least a million.
func (s *Shop) market() Market {
	m := Market{Size: max(s.sizes[member]*250, 1_000_000), Segments: map[string]float64{}, Respondents: s.config.PanelRespondents}
	for k := range segments {
		var share float64
		for n := range strata {
			share += mul(strata[n].share, segments[k].in(&strata[n]))
		}
		m.Segments[segments[k].name()] = math.Round(share*1e9) / 1e9
	}
	return m
}

// respondent is one row of the panel.
type respondent struct {
	stratum *stratum
	segment *segment
	city    *city
	weight  float64
}

func (s *Shop) respondent(n int) respondent {
	r := s.rng(streamPanel, uint64(n), 0)
	var out respondent
	u := r.float()
	for k := range strata {
		out.stratum = &strata[k]
		if u -= strata[k].panel; u < 0 {
			break
		}
	}
	u = r.float()
	for k := range segments {
		out.segment = &segments[k]
		if u -= segments[k].in(out.stratum); u < 0 {
			break
		}
	}
	out.city = &places().cities[places().chooser.pick(&r)]
	out.weight = math.Round(out.stratum.share/out.stratum.panel*1000) / 1000
	return out
}

// The answers of the panel's questions.
const (
	panelYes       = "はい"
	panelNo        = "いいえ"
	panelThisShop  = "当店で買いたい"
	panelOtherShop = "他店で買いたい・こだわらない"
)

// panelHeader are the questions.
var panelHeader = []string{"回答者ID", "性別", "年代", "都道府県", "当店を知っている", "当店で購入したことがある", "現在の購入頻度", "次回購入したいブランド", "ウェイト"}

// row is the respondent as a row of the file.
func (p *respondent) row(n int) []string {
	known, bought, next := panelYes, panelYes, panelOtherShop
	switch p.segment.stage {
	case StageUnaware:
		known, bought, next = panelNo, panelNo, ""
	case StageAware:
		bought = panelNo
	}
	if p.segment.prefers {
		next = panelThisShop
	}
	return []string{"R" + digits(n+1, 6), p.stratum.sex, p.stratum.age, p.city.prefecture, known, bought, p.segment.frequency, next, decimal(p.weight)}
}
