package understand

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/service"
)

// RFMMethod is where the bounds of grades come from.
type RFMMethod string

// The methods.
const (
	ByQuantiles RFMMethod = "quantiles" // fifths of the customers
	ByFixed     RFMMethod = "fixed"     // what the shop has decided
	ByGiven     RFMMethod = "given"     // what an analysis was asked with; no setting
)

// RFMScale is how one value of customers is graded.
type RFMScale struct {
	Method RFMMethod `json:"method" enum:"quantiles,fixed,given" doc:"quantiles are cut anew when a month begins, from the orders up to the end of the month before"`
	Bounds []int64   `json:"bounds,omitempty" doc:"What it takes for grades 2, 3, 4, 5: at most so many days, at least so many orders, at least so much in minor units. A setting by quantiles has none"`
	Since  string    `json:"since,omitempty" format:"date" doc:"From which day the bounds hold; none where an analysis took them from the customers of its own days"`
}

// RFMScales are how the three values are graded.
type RFMScales struct {
	Recency   RFMScale `json:"recency"`
	Frequency RFMScale `json:"frequency"`
	Monetary  RFMScale `json:"monetary"`
}

// each goes over the scales with their names, the bounds of each among others, and the sign with which bounds rise.
func (s *RFMScales) each(b *Bounds, f func(name string, scale *RFMScale, bounds *[]int64, sign int64)) {
	f("recency", &s.Recency, &b.Recency, -1)
	f("frequency", &s.Frequency, &b.Frequency, 1)
	f("monetary", &s.Monetary, &b.Monetary, 1)
}

// RFMDefinition is what a shop says about its grades and groups.
type RFMDefinition struct {
	Scales RFMScales  `json:"scales"`
	Groups []RFMGroup `json:"groups" doc:"The best first: who moves to a group before has become better. Of several that fit the first counts; who fits none is in no group"`
}

// DefaultRFM is what a shop begins with.
func DefaultRFM() RFMDefinition {
	cut := RFMScale{Method: ByQuantiles}
	return RFMDefinition{RFMScales{cut, cut, cut}, DefaultRFMGroups()}
}

// RFMSettings are how a shop grades and groups its customers.
type RFMSettings struct {
	RFMDefinition
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	UpdatedBy string    `json:"updated_by,omitempty"`
	Version   int64     `json:"version" doc:"Zero as long as nobody has changed them"`
}

// RFMCut are bounds that were cut by quantiles.
type RFMCut struct {
	Month  string    `json:"month" doc:"In which they hold, as in 2026-04; they are cut from the orders up to the end of the month before"`
	Bounds Bounds    `json:"bounds"`
	People int64     `json:"people" doc:"From how many customers they were cut"`
	CutAt  time.Time `json:"cut_at"`
}

// RFMStore keeps settings and cuts.
type RFMStore interface {
	// RFMSettings returns those that were put last; their version is zero when none were.
	RFMSettings(ctx context.Context) (RFMSettings, error)
	// PutRFMSettings replaces the settings of the same version. It returns an error of code Conflict when somebody was
	// first.
	PutRFMSettings(ctx context.Context, s RFMSettings) error
	// RFMCut returns the cut of a month or, without one, the latest before it; its month is empty when there is none.
	RFMCut(ctx context.Context, month string) (RFMCut, error)
	// PutRFMCut keeps a cut, in place of one of the same month.
	PutRFMCut(ctx context.Context, c RFMCut) error
}

// Grading is how customers are graded and grouped now: what the features that begin with rfm_ are computed by.
type Grading struct {
	// Scales have the bounds that hold and the day since when. Those by quantiles have no day as long as there were
	// no orders to cut them from.
	Scales RFMScales
	Groups []RFMGroup
}

// Known reports whether all bounds are.
func (g Grading) Known() bool {
	return g.Scales.Recency.Since != "" && g.Scales.Frequency.Since != "" && g.Scales.Monetary.Since != ""
}

// Bounds are those of the three scales.
func (g Grading) Bounds() Bounds {
	return Bounds{g.Scales.Recency.Bounds, g.Scales.Frequency.Bounds, g.Scales.Monetary.Bounds}
}

// Ranges are the groups by values of customers, in their order.
func (g Grading) Ranges() []Range { return ranges(g.Groups, g.Bounds()) }

// shape tells everything on which features depend.
func (g Grading) shape() string {
	if !g.Known() {
		return ""
	}
	parts := []string{fmt.Sprint(g.Bounds())}
	for _, group := range g.Groups {
		parts = append(parts, fmt.Sprint(group.Name, group.Recency, group.Frequency, group.Monetary))
	}
	return strings.Join(parts, " ")
}

// LastMonth is the last day of the month before that of a day.
func LastMonth(today Day) Day { return today.Month().First() - 1 }

// GraderConfig is what a [Grader] works with.
type GraderConfig struct {
	Store  RFMStore
	Buyers Buyers
	// Used tells which segments ask for a group: their names, by the name of the group.
	Used     func(ctx context.Context) (map[string][]string, error)
	Clock    service.Clock
	Location *time.Location
	// Changed is called when the settings were changed.
	Changed func()
}

// Grader keeps how a shop grades and groups its customers by RFM. Bounds by quantiles are cut once a month and kept, so that
// who moves between groups within a month has changed and not the yardstick.
type Grader struct{ cfg GraderConfig }

// NewGrader returns the grader of a shop.
func NewGrader(cfg GraderConfig) *Grader { return &Grader{cfg} }

func (g *Grader) today() Day { return DayOf(g.cfg.Clock.Now().In(g.cfg.Location)) }

// Settings returns what holds for the shop.
func (g *Grader) Settings(ctx context.Context) (RFMSettings, error) {
	s, err := g.cfg.Store.RFMSettings(ctx)
	if s.Version == 0 {
		s.RFMDefinition = DefaultRFM()
	}
	return s, err
}

// Cut returns the bounds that were cut last.
func (g *Grader) Cut(ctx context.Context) (RFMCut, error) {
	return g.cfg.Store.RFMCut(ctx, g.today().Month().String())
}

// Grading returns how customers are graded now.
func (g *Grader) Grading(ctx context.Context) (Grading, error) {
	settings, err := g.Settings(ctx)
	if err != nil {
		return Grading{}, err
	}
	cut, err := g.Cut(ctx)
	if err != nil {
		return Grading{}, err
	}
	now := Grading{settings.Scales, settings.Groups}
	now.Scales.each(&cut.Bounds, func(_ string, scale *RFMScale, bounds *[]int64, _ int64) {
		if scale.Method == ByQuantiles && cut.Month != "" {
			scale.Bounds, scale.Since = *bounds, cut.Month+"-01"
		}
	})
	return now, nil
}

// grown is how many times more customers there must be than those a cut was made from, for it to be made again within its
// month: the orders of earlier months were imported since.
const grown = 2

// Recut cuts bounds when a month has begun, and reports whether it did. Orders must have been derived. Whether there are many
// more customers by now is looked at when asked to, since that takes a while in a large shop.
func (g *Grader) Recut(ctx context.Context, look bool) (bool, error) {
	last := LastMonth(g.today())
	month, p := (last + 1).Month().String(), Period{Ever, last}
	old, err := g.cfg.Store.RFMCut(ctx, month)
	if err != nil || old.Month == month && !look {
		return false, err
	}
	sums, err := g.cfg.Buyers.Groups(ctx, p, []Range{Everyone})
	if err != nil {
		return false, err
	}
	people := sums[0].People
	if people == 0 || old.Month == month && people < grown*old.People {
		return false, nil
	}
	found, err := g.cfg.Buyers.Quantiles(ctx, p, grades, Recency, Orders, Spend)
	if err != nil {
		return false, err
	}
	return true, g.cfg.Store.PutRFMCut(ctx, RFMCut{month, Bounds{found[0], found[1], found[2]}, people, g.cfg.Clock.Now()})
}

// RFMDraft is what people say about grades and groups.
type RFMDraft struct {
	RFMDefinition
	Version int64 `json:"version,omitempty" doc:"That of the settings as they were read"`
}

// Change changes the settings that have the draft's version. It returns [query.Faults] for what makes no sense, whose fields are
// JSON pointers into the draft, and an error of code Conflict when somebody was first, or when a segment asks for a group
// that is to go.
func (g *Grader) Change(ctx context.Context, d RFMDraft, actor string) (RFMSettings, error) {
	old, err := g.Settings(ctx)
	if err != nil {
		return old, err
	}
	if err := d.mend(old.Scales, g.today()); err != nil {
		return old, err
	}
	if err := g.unused(ctx, old.Groups, d.Groups); err != nil {
		return old, err
	}
	s := RFMSettings{d.RFMDefinition, g.cfg.Clock.Now(), actor, d.Version}
	if err := g.cfg.Store.PutRFMSettings(ctx, s); err != nil {
		return old, err
	}
	g.cfg.Changed()
	return g.Settings(ctx)
}

// unused refuses to remove groups for which segments ask.
func (g *Grader) unused(ctx context.Context, old, groups []RFMGroup) error {
	used, err := g.cfg.Used(ctx)
	for _, group := range old {
		if named := used[group.Name]; len(named) > 0 && groupAt(groups, group.Name) < 0 {
			return hitori.NewError(hitori.Conflict, "rfm_group_used", "names", strings.Join(named, ", ")).At("/groups")
		}
	}
	return err
}

func groupAt(groups []RFMGroup, name string) int {
	return slices.IndexFunc(groups, func(g RFMGroup) bool { return g.Name == name })
}

const (
	maxRFMGroups = 25 // as many as the grid of recency and frequency has cells
	maxRFMTitle  = 40
)

// NoRFMGroup is the mark of those who are in no group.
const NoRFMGroup = "none"

var rfmName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// mend checks a draft, names new groups and dates new bounds.
func (d *RFMDraft) mend(old RFMScales, today Day) error {
	var faults query.Faults
	wrong := func(at, key string, args ...any) {
		faults = append(faults, hitori.NewError(hitori.Invalid, key, args...).At(at))
	}
	before := map[string]RFMScale{"recency": old.Recency, "frequency": old.Frequency, "monetary": old.Monetary}
	d.Scales.each(new(Bounds), func(name string, scale *RFMScale, _ *[]int64, sign int64) {
		switch scale.Method {
		case ByQuantiles:
			*scale = RFMScale{Method: ByQuantiles}
		case ByFixed:
			if len(scale.Bounds) != grades-1 || !inOrder(scale.Bounds, sign) {
				wrong("/scales/"+name+"/bounds", "rfm_bounds", "count", grades-1)
			}
			if scale.Since = today.String(); before[name].Method == ByFixed && slices.Equal(before[name].Bounds, scale.Bounds) {
				scale.Since = before[name].Since
			}
		default:
			wrong("/scales/"+name+"/method", "rfm_method")
		}
	})
	if n := len(d.Groups); n == 0 || n > maxRFMGroups {
		wrong("/groups", "rfm_groups", "most", maxRFMGroups)
	}
	d.Groups = slices.Clone(d.Groups)
	for i := range d.Groups {
		d.Groups[i].mend(d.Groups[:i], func(member, key string, args ...any) { wrong(fmt.Sprintf("/groups/%d/%s", i, member), key, args...) })
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// mend checks a group that stands behind others.
func (g *RFMGroup) mend(before []RFMGroup, wrong func(member, key string, args ...any)) {
	if g.Name == "" {
		g.Name = "g" + strings.ToLower(rand.Text()[:8])
	}
	if !rfmName.MatchString(g.Name) || g.Name == NoRFMGroup || cellName.MatchString(g.Name) || groupAt(before, g.Name) >= 0 {
		wrong("name", "rfm_group_name", "name", g.Name)
	}
	g.Title = strings.TrimSpace(g.Title)
	switch {
	case g.Title == "" && groupAt(DefaultRFMGroups(), g.Name) < 0:
		wrong("title", "rfm_group_untitled")
	case utf8.RuneCountInString(g.Title) > maxRFMTitle:
		wrong("title", "rfm_group_title_long", "limit", maxRFMTitle)
	case g.Title != "" && slices.ContainsFunc(before, func(o RFMGroup) bool { return o.Title == g.Title }):
		wrong("title", "rfm_group_title_taken", "title", g.Title)
	}
	for _, of := range []struct {
		member string
		grades [2]int64
	}{{"recency", g.Recency}, {"frequency", g.Frequency}, {"monetary", g.Monetary}} {
		if of.grades[0] < 1 || of.grades[1] > grades || of.grades[0] > of.grades[1] {
			wrong(of.member, "rfm_group_grades", "most", grades)
		}
	}
}

// eachNamed goes over the tests of features whose values stand for names.
func eachNamed(c query.Condition, f func(feature string, is *query.Test)) {
	var of []query.Condition
	switch n := c.(type) {
	case *query.All:
		of = n.Of
	case *query.Any:
		of = n.Of
	case *query.Not:
		of = []query.Condition{n.Of}
	case *query.Feature:
		if n.Name == RFMGroupFeature || n.Name == RFMGroupLastMonth || n.Name == RFMMoveFeature {
			f(n.Name, &n.Is)
		}
	}
	for _, below := range of {
		eachNamed(below, f)
	}
}

// groupsIn are the names of groups that a condition asks for.
func groupsIn(c query.Condition) map[string]struct{} {
	names := make(map[string]struct{})
	eachNamed(c, func(feature string, is *query.Test) {
		for _, name := range is.Values {
			if feature != RFMMoveFeature {
				names[name] = struct{}{}
			}
		}
	})
	return names
}

// Titled is a condition with values that stand for names as people call them, to be told in words.
func Titled(c query.Condition, title func(feature, value string) string) query.Condition {
	told, err := query.Parse(query.Encode(c))
	if err != nil {
		return c
	}
	eachNamed(told, func(feature string, is *query.Test) {
		for i, value := range is.Values {
			is.Values[i] = title(feature, value)
		}
	})
	return told
}
