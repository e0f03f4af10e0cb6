package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

func (s *Server) serveRFM() {
	handle(s, route{id: "get-rfm", method: http.MethodGet, path: "/rfm", scope: access.CustomersRead,
		summary: "How customers are graded by recency, frequency and monetary value, and the groups that have names"}, s.getRFM)
	handle(s, route{id: "put-rfm", method: http.MethodPut, path: "/rfm", scope: access.CustomersWrite,
		summary: "Change how customers are graded and grouped; everybody's grades and groups are computed anew soon after"}, s.putRFM)
}

// RFMEntry is how a shop grades and groups its customers, with what follows from it.
type RFMEntry struct {
	understand.RFMSettings
	InForce  understand.RFMScales     `json:"in_force" doc:"The scales with the bounds that hold now; without bounds where nobody had ordered by the end of last month"`
	Cut      understand.RFMCut        `json:"cut" doc:"What was cut by quantiles last, for scales that go by it"`
	Defaults understand.RFMDefinition `json:"defaults" doc:"What a shop begins with"`
}

func (s *Server) rfmEntry(ctx context.Context, settings understand.RFMSettings) (*body[RFMEntry], error) {
	grading, err := s.cfg.Grader.Grading(ctx)
	if err != nil {
		return nil, err
	}
	cut, err := s.cfg.Grader.Cut(ctx)
	return &body[RFMEntry]{RFMEntry{settings, grading.Scales, cut, understand.DefaultRFM()}}, err
}

func (s *Server) getRFM(ctx context.Context, _ *struct{}) (*body[RFMEntry], error) {
	settings, err := s.cfg.Grader.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return s.rfmEntry(ctx, settings)
}

type putRFMInput struct{ Body understand.RFMDraft }

func (s *Server) putRFM(ctx context.Context, in *putRFMInput) (*body[RFMEntry], error) {
	settings, err := s.cfg.Grader.Change(ctx, in.Body, actor(ctx))
	if err != nil {
		return nil, err
	}
	touches(ctx, "rfm", "")
	return s.rfmEntry(ctx, settings)
}

// Choice is a value that stands for a name.
type Choice struct {
	Value string `json:"value"`
	Title string `json:"title"`
}

// choices are the values of features that stand for names, by feature: the groups of RFM in the visitor's language, the best
// first, and the ways to move between them.
func (s *Server) choices(ctx context.Context) (map[string][]Choice, error) {
	settings, err := s.cfg.Grader.Settings(ctx)
	text := s.queryTexts(ctx)
	groups := make([]Choice, len(settings.Groups))
	for i, g := range settings.Groups {
		groups[i] = Choice{g.Name, cmp.Or(g.Title, text("rfm."+g.Name, nil))}
	}
	var moves []Choice
	for _, move := range []string{understand.RFMRose, understand.RFMStayed, understand.RFMFell} {
		moves = append(moves, Choice{move, text("rfm_move."+move, nil)})
	}
	return map[string][]Choice{understand.RFMGroupFeature: groups, understand.RFMGroupLastMonth: groups, understand.RFMMoveFeature: moves}, err
}

// sentence says in words what a condition asks.
func (s *Server) sentence(ctx context.Context, c query.Condition, schema query.Schema) (string, error) {
	choices, err := s.choices(ctx)
	told := understand.Titled(c, func(feature, value string) string { return titled(choices[feature], value) })
	return query.Sentence(told, schema, s.queryTexts(ctx)), err
}

// titled is what a value is called, itself when no choice stands for it.
func titled(choices []Choice, value string) string {
	if i := slices.IndexFunc(choices, func(c Choice) bool { return c.Value == value }); i >= 0 {
		return choices[i].Title
	}
	return value
}
