package understand

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// Behind says whose list is asked for: the people behind a mark of an analysis.
type Behind struct {
	// Analysis is its name: rfm, decile, abc, lifecycle, cohorts, repeat, products-next or first-products.
	Analysis string
	Dates
	// Group is the mark: of rfm a cell (r5f3, r5f3m1), the name of a group or none for those who are in none; of decile 1 to 10; of abc A, B or C; of
	// lifecycle a [Stage]; of cohorts the month; of repeat f2, f3 or f4 for those who came, and f2-open, f3-open or f4-open
	// for those who have the order before and not this one yet; of products-next the product of the first order and that
	// of the second as a list in JSON, ["P1","P2"], or the first alone, ["P1"]; of first-products the product.
	Group string
	// Before and Was say, of a group of rfm, that people were in another one on an earlier day.
	Before, Was string
	// Later is, of cohorts, how many months after the first order.
	Later int64
	// Bounds and Thresholds are those the analysis was asked with.
	Bounds     Bounds
	Thresholds Thresholds

	After *MembersPlace // the last of the page before
	Limit int
}

// People returns a page of the people behind a mark, those who spent most first; prospects by when they came, the
// latest first. It returns an error with code [hitori.NotFound] for a mark that the analysis does not have.
func (a *Analyses) People(ctx context.Context, q Behind) (Members, error) {
	p, _, err := a.period(ctx, q.Dates)
	if err != nil {
		return Members{}, err
	}
	m, err := a.mark(ctx, p, q)
	if err != nil {
		return Members{}, err
	}
	m.After, m.Limit = q.After, q.Limit
	return a.buyers.Members(ctx, p, m)
}

// mark finds out who is meant.
func (a *Analyses) mark(ctx context.Context, p Period, q Behind) (m MembersQuery, err error) {
	switch q.Analysis {
	case "rfm":
		m, _, err = a.rfmMark(ctx, p, q)
	case "decile":
		if m.At, err = decileMark(q.Group); err == nil {
			m.Ranges, err = a.decileRanges(ctx, p)
		}
	case "abc":
		if m.At = slices.Index(abcNames, q.Group); m.At < 0 {
			return m, noMark(q.Group)
		}
		m.Ranges, err = a.abcRanges(ctx, p)
	case "lifecycle":
		if m.Idle = q.Group == string(Prospect); !m.Idle {
			m.Ranges, m.At, err = a.stageRanges(ctx, p, q)
		}
	case "cohorts":
		m.Cohort = &CohortCell{Later: q.Later}
		m.Cohort.Month, err = ParseMonth(q.Group)
	case "repeat":
		m.Ranges, err = repeatRanges(q.Group)
	case "products-next":
		m.Next, err = nextMark(q.Group)
	case "first-products":
		m.First = &q.Group
	default:
		err = noMark(q.Analysis)
	}
	return m, err
}

func noMark(mark string) error {
	return hitori.NewError(hitori.NotFound, "analysis_mark", "mark", mark).At("group")
}

var cellName = regexp.MustCompile(`^r([1-5])f([1-5])(?:m([1-5]))?$`)

// rfmMark also returns how customers are graded.
func (a *Analyses) rfmMark(ctx context.Context, p Period, q Behind) (m MembersQuery, g Grading, err error) {
	if _, g, _, err = a.graded(ctx, RFMQuery{Dates: q.Dates, Fixed: q.Bounds}); err != nil {
		return m, g, err
	}
	if q.Before == "" && cellName.MatchString(q.Group) {
		m.Ranges = []Range{g.Bounds().rangeOf(cellOf(q.Group))}
		return m, g, nil
	}
	m.Ranges = g.Ranges()
	if q.Before != "" {
		m.Moved = new(Moved)
		if m.Moved.Before, err = p.earlier(q.Before); err == nil {
			m.Moved.Was, err = g.at(q.Was)
		}
	}
	if err == nil {
		m.At, err = g.at(q.Group)
	}
	return m, g, err
}

// at is the place of a group, and -1 for none.
func (g Grading) at(mark string) (int, error) {
	i := groupAt(g.Groups, mark)
	if i < 0 && mark != NoRFMGroup {
		return i, noMark(mark)
	}
	return i, nil
}

// cellOf reads the name of a cell.
func cellOf(mark string) RFMGroup {
	found := cellName.FindStringSubmatch(mark)
	just := func(text string) [2]int64 {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return [2]int64{1, grades}
		}
		return [2]int64{n, n}
	}
	return RFMGroup{Recency: just(found[1]), Frequency: just(found[2]), Monetary: just(found[3])}
}

// repeatRanges is the range of those who placed an order with a number, or wait with it.
func repeatRanges(mark string) ([]Range, error) {
	for number := int64(2); number <= repeatSteps+1; number++ {
		switch name := stepName(int(number)); mark {
		case strings.ToLower(name):
			return []Range{{Any, Between{number, unreached}, Any}}, nil
		case strings.ToLower(name) + "-open":
			return []Range{{Any, Between{number - 1, number - 1}, Any}}, nil
		}
	}
	return nil, noMark(mark)
}

// nextMark reads products of first and second orders.
func nextMark(mark string) (*Pair, error) {
	var products []string
	if json.Unmarshal([]byte(mark), &products) != nil || len(products) == 0 || len(products) > 2 || slices.Contains(products, "") {
		return nil, noMark(mark)
	}
	pair := Pair{First: products[0]}
	if len(products) == 2 {
		pair.Second = products[1]
	}
	return &pair, nil
}

// decileMark is the number of a decile's range.
func decileMark(mark string) (int, error) {
	n, err := strconv.Atoi(mark)
	if err != nil || n < 1 || n > deciles {
		return 0, noMark(mark)
	}
	return deciles - n, nil
}

func (a *Analyses) stageRanges(ctx context.Context, p Period, q Behind) ([]Range, int, error) {
	t, _, err := a.thresholds(ctx, p, q.Thresholds)
	if err != nil {
		return nil, 0, err
	}
	stages, ranges := t.stageRanges()
	at := slices.Index(stages, Stage(q.Group))
	if at < 0 {
		return nil, 0, noMark(q.Group)
	}
	return ranges, at, nil
}
