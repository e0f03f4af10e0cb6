package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

func (s *Server) serveAnalyses() {
	analysis := func(name, summary string) route {
		return route{id: "analyze-" + name, method: http.MethodGet, path: "/analyses/" + name, scope: access.CustomersRead, summary: summary}
	}
	handle(s, analysis("rfm", "Customers by recency, frequency and monetary value, and who moved between groups"), s.analyzeRFM)
	handle(s, analysis("decile", "Customers or products in tenths by revenue"), s.analyzeDecile)
	handle(s, analysis("abc", "Customers or products by how much of the revenue they make"), s.analyzeABC)
	handle(s, analysis("lifecycle", "Customers by stage: prospect, new, active, at risk, dormant, churned"), s.analyzeLifecycle)
	handle(s, analysis("cohorts", "Which share of those who began in a month ordered in each month after it"), s.analyzeCohorts)
	handle(s, analysis("repeat", "Who places a second, third and fourth order, and after how many days"), s.analyzeRepeat)
	handle(s, analysis("dormancy", "After how many days a customer is likely gone, by the shop's own intervals"), s.analyzeDormancy)
	handle(s, analysis("products-next", "Which product is bought after which"), s.analyzeNextProducts)
	handle(s, analysis("first-products", "Which first product makes loyal customers"), s.analyzeFirstProducts)
	handle(s, route{
		id: "list-analyzed", method: http.MethodGet, path: "/analyses/{name}/people", scope: access.CustomersRead, looks: true,
		summary: "The customers behind a mark of an analysis, those who spent most first",
	}, s.listAnalyzed)
	handle(s, route{
		id: "describe-analyzed", method: http.MethodGet, path: "/analyses/{name}/condition", scope: access.CustomersRead,
		summary: "The customers behind a mark as they are today, told as a condition for a segment",
	}, s.describeAnalyzed)
}

// AsOf is the day of an analysis.
type AsOf struct {
	AsOf string `query:"as_of" format:"date" doc:"The last day whose orders count, as they stand now; today without it"`
}

// Since limits an analysis to a period.
type Since struct {
	From string `query:"from" format:"date" doc:"The first day whose orders count; all of time without it"`
}

// ByAxis chooses how a report is laid out.
type ByAxis struct {
	Axis understand.Axis `query:"axis" enum:"customer,product" default:"customer" doc:"By customer (顧客軸) or by product (商品軸)"`
}

// FixedBounds are bounds of grades.
type FixedBounds struct {
	Recency   []int64 `query:"recency" doc:"At most so many days for grades 2, 3, 4, 5; without bounds the shop's scale"`
	Frequency []int64 `query:"frequency" doc:"At least so many orders for grades 2, 3, 4, 5"`
	Monetary  []int64 `query:"monetary" doc:"At least so much, in minor units, for grades 2, 3, 4, 5"`
}

func (b FixedBounds) bounds() understand.Bounds { return understand.Bounds(b) }

// FixedThresholds are thresholds of stages.
type FixedThresholds struct {
	AtRisk  int64 `query:"at_risk" minimum:"0" doc:"Days after which a customer is at risk; the shop's own without any of the three"`
	Dormant int64 `query:"dormant" minimum:"0"`
	Churned int64 `query:"churned" minimum:"0"`
}

func (t FixedThresholds) thresholds() understand.Thresholds { return understand.Thresholds(t) }

type rfmInput struct {
	AsOf
	Since
	ByAxis
	FixedBounds
	Before string `query:"before" format:"date" doc:"An earlier day, to tell who moved between groups since; by product, what each group buys is added"`
}

func (s *Server) analyzeRFM(ctx context.Context, in *rfmInput) (*body[understand.RFM], error) {
	r, err := s.cfg.Analyses.RFM(ctx, understand.RFMQuery{
		Dates: understand.Dates{AsOf: in.AsOf.AsOf, From: in.From}, Fixed: in.bounds(), Before: in.Before, Axis: in.Axis,
	})
	return &body[understand.RFM]{r}, err
}

type spendInput struct {
	AsOf
	Since
	ByAxis
}

func (in *spendInput) dates() understand.Dates {
	return understand.Dates{AsOf: in.AsOf.AsOf, From: in.From}
}

func (s *Server) analyzeDecile(ctx context.Context, in *spendInput) (*body[understand.Deciles], error) {
	r, err := s.cfg.Analyses.Decile(ctx, in.dates(), in.Axis)
	return &body[understand.Deciles]{r}, err
}

func (s *Server) analyzeABC(ctx context.Context, in *spendInput) (*body[understand.ABC], error) {
	r, err := s.cfg.Analyses.ABC(ctx, in.dates(), in.Axis)
	return &body[understand.ABC]{r}, err
}

type lifecycleInput struct {
	AsOf
	ByAxis
	FixedThresholds
}

func (s *Server) analyzeLifecycle(ctx context.Context, in *lifecycleInput) (*body[understand.Lifecycle], error) {
	r, err := s.cfg.Analyses.Lifecycle(ctx, understand.LifecycleQuery{AsOf: in.AsOf.AsOf, Fixed: in.thresholds(), Axis: in.Axis})
	return &body[understand.Lifecycle]{r}, err
}

func (s *Server) analyzeCohorts(ctx context.Context, in *AsOf) (*body[understand.Cohorts], error) {
	r, err := s.cfg.Analyses.Cohorts(ctx, in.AsOf)
	return &body[understand.Cohorts]{r}, err
}

func (s *Server) analyzeRepeat(ctx context.Context, in *AsOf) (*body[understand.Repeat], error) {
	r, err := s.cfg.Analyses.Repeat(ctx, in.AsOf)
	return &body[understand.Repeat]{r}, err
}

func (s *Server) analyzeDormancy(ctx context.Context, in *AsOf) (*body[understand.Dormancy], error) {
	r, err := s.cfg.Analyses.Dormancy(ctx, in.AsOf)
	return &body[understand.Dormancy]{r}, err
}

func (s *Server) analyzeNextProducts(ctx context.Context, in *AsOf) (*body[understand.NextProducts], error) {
	r, err := s.cfg.Analyses.NextProducts(ctx, in.AsOf)
	return &body[understand.NextProducts]{r}, err
}

type firstProductsInput struct {
	AsOf
	Days int64 `query:"days" default:"365" minimum:"1" maximum:"3660" doc:"How long everybody is watched after the first order"`
}

func (s *Server) analyzeFirstProducts(ctx context.Context, in *firstProductsInput) (*body[understand.FirstProducts], error) {
	r, err := s.cfg.Analyses.FirstProducts(ctx, in.AsOf.AsOf, in.Days)
	return &body[understand.FirstProducts]{r}, err
}

// Mark is a mark of an analysis with what the analysis was asked with.
type Mark struct {
	AsOf
	Since
	FixedBounds
	FixedThresholds
	Name  string `path:"name" enum:"rfm,decile,abc,lifecycle,cohorts,repeat,products-next,first-products"`
	Group string `query:"group" required:"true" doc:"The mark: a cell (r5f3, r5f3m1) or group of rfm (none: those in no group), a decile, a class, a stage, a cohort's month, f2 (came to the second order) or f2-open (not yet; likewise f3, f4), products of the first and second order as a JSON list ([\"P1\",\"P2\"], or [\"P1\"] for any second), a product"`
	// Before and Was make a mark of rfm a cell of the move matrix.
	Before string `query:"before" format:"date" doc:"Of groups of rfm: the earlier day on which people were in the group that was says"`
	Was    string `query:"was" doc:"The group on the earlier day, none for no group"`
	Later  int64  `query:"later" minimum:"0" doc:"Of cohorts: months after that of the first order"`
}

func (m Mark) behind() understand.Behind {
	return understand.Behind{
		Analysis: m.Name, Dates: understand.Dates{AsOf: m.AsOf.AsOf, From: m.From}, Group: m.Group, Before: m.Before, Was: m.Was, Later: m.Later,
		Bounds: m.bounds(), Thresholds: m.thresholds(),
	}
}

type analyzedInput struct {
	Mark
	After string `query:"after" doc:"Where the previous page ended"`
	Limit int    `query:"limit" default:"200" minimum:"1" maximum:"1000"`
}

// listAnalyzed lists the people behind a mark. Pages end with a value and a customer, written as other cursors
// are.
func (s *Server) listAnalyzed(ctx context.Context, in *analyzedInput) (*body[datesOutput], error) {
	q := in.behind()
	q.Limit = in.Limit
	var err error
	if q.After, err = parseMembersPlace(in.After); err != nil {
		return nil, err
	}
	people, err := s.cfg.Analyses.People(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.membersPage(ctx, people, in.Limit)
}

// parseMembersPlace reads where a page of members ended.
func parseMembersPlace(cursor string) (*understand.MembersPlace, error) {
	if cursor == "" {
		return nil, nil
	}
	after, err := parseCursor(cursor)
	if err != nil {
		return nil, err
	}
	return &understand.MembersPlace{Value: after.Time.UnixMilli(), Customer: hitori.CustomerID(after.Position)}, nil
}

// membersPage shows a page of members.
func (s *Server) membersPage(ctx context.Context, people understand.Members, limit int) (*body[datesOutput], error) {
	out := datesOutput{Total: people.Total}
	ids := make([]hitori.CustomerID, len(people.Page))
	for i, p := range people.Page {
		ids[i] = p.Customer
	}
	if len(ids) == limit {
		last := people.Page[len(ids)-1]
		out.Next = formatCursor(unify.Cursor{Time: time.UnixMilli(last.Value), Position: hitori.Position(last.Customer)})
	}
	var err error
	out.Customers, err = s.cfg.Customers.Cards(ctx, ids)
	return &body[datesOutput]{out}, err
}

type describedInput struct {
	Mark
	ByAxis
}

type describedOutput struct {
	Condition definition `json:"condition" doc:"In the language of conditions, with its version"`
}

// definition is a condition as [query.Encode] writes it.
type definition []byte

// MarshalJSON implements [encoding/json.Marshaler].
func (d definition) MarshalJSON() ([]byte, error) { return d, nil }

// Schema implements [huma.SchemaProvider].
func (definition) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"version", "where"},
		Properties: map[string]*huma.Schema{
			"version": {Type: huma.TypeInteger, Description: "Of the language"},
			"where":   {Type: huma.TypeObject, AdditionalProperties: true, Description: "The condition: its type, and what that asks for"},
		},
	}
}

func (s *Server) describeAnalyzed(ctx context.Context, in *describedInput) (*body[describedOutput], error) {
	c, err := s.cfg.Analyses.Condition(ctx, understand.Marked{Behind: in.behind(), Axis: in.Axis}, s.cfg.Features)
	if err != nil {
		return nil, err
	}
	return &body[describedOutput]{describedOutput{query.Encode(c)}}, nil
}
