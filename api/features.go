package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

func (s *Server) serveFeatures() {
	read := func(id, path, summary string) route {
		return route{id: id, method: http.MethodGet, path: path, scope: access.CustomersRead, summary: summary}
	}
	handle(s, read("list-features", "/features", "List what is computed about every person, with its definition"), s.listFeatures)
	handle(s, read("get-feature", "/features/{name}", "How a feature is spread over the people who are known"), s.getFeature)
	people := read("list-feature-people", "/features/{name}/people", "The people who have a value, those who spent most first")
	people.looks = true
	handle(s, people, s.listFeaturePeople)
	handle(s, read("describe-feature-people", "/features/{name}/condition", "The people who have a value, told as a condition for a segment"), s.describeFeaturePeople)
	of := read("get-customer-features", "/customers/{reference}/features", "Read what is computed about a person")
	of.looks = true
	handle(s, of, s.getCustomerFeatures)
	s.serveOwnFeatures()
}

// FeatureTexts are a feature's name and definition in the visitor's language.
type FeatureTexts struct {
	Title string `json:"title"`
	About string `json:"about" doc:"Its definition; of a feature of the shop's own what it measures, in words"`
	// Choices are what its values are called.
	Choices []Choice `json:"choices,omitempty" doc:"What its values are called, where they stand for names"`
}

func (s *Server) featureTexts(ctx context.Context, name string, choices map[string][]Choice) FeatureTexts {
	texts := s.queryTexts(ctx)
	return FeatureTexts{texts("feature."+name, nil), texts("feature."+name+".about", nil), choices[name]}
}

// FeatureEntry is a feature in the catalogue.
type FeatureEntry struct {
	understand.Feature
	FeatureTexts
	Own *OwnFeatureEntry `json:"own,omitempty" doc:"Of a feature that the shop defined"`
}

type featuresOutput struct {
	Features []FeatureEntry `json:"features"`
}

func (s *Server) listFeatures(ctx context.Context, _ *struct{}) (*body[featuresOutput], error) {
	choices, err := s.choices(ctx)
	if err != nil {
		return nil, err
	}
	var out featuresOutput
	for _, f := range understand.Features() {
		out.Features = append(out.Features, FeatureEntry{Feature: f, FeatureTexts: s.featureTexts(ctx, f.Name, choices)})
	}
	all, err := s.cfg.Segments.Own(ctx)
	if err != nil {
		return nil, err
	}
	own, err := s.ownEntries(ctx, all)
	out.Features = append(out.Features, own...)
	return &body[featuresOutput]{out}, err
}

// FeatureName names a feature.
type FeatureName struct {
	Name string `path:"name" doc:"Of a feature of the shop's own: own. and its key"`
}

// FeatureDistribution is a feature with how it is spread.
type FeatureDistribution struct {
	understand.Distribution
	FeatureTexts
}

func (s *Server) getFeature(ctx context.Context, in *FeatureName) (*body[FeatureDistribution], error) {
	texts, err := s.textsOf(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	d, err := s.cfg.Features.Distribution(ctx, in.Name)
	return &body[FeatureDistribution]{FeatureDistribution{d, texts}}, err
}

// FeaturePeople is a mark of a distribution.
type FeaturePeople struct {
	FeatureName
	From  string `query:"from" doc:"Those who have at least this value, as distributions tell it; any without it"`
	Below string `query:"below" doc:"Those who have less than this; the same as from for those who have just that. Any without it"`
	Value string `query:"value" maxLength:"500" doc:"Those who have this text"`
}

// mark reads what is asked for, of a feature that the visitor may know.
func (s *Server) mark(ctx context.Context, in FeaturePeople) (m understand.FeatureMark, err error) {
	if err := s.mayKnow(ctx, in.Name); err != nil {
		return m, err
	}
	m.Value = in.Value
	if m.From, err = parseBound("from", in.From); err == nil {
		m.Below, err = parseBound("below", in.Below)
	}
	return m, err
}

func parseBound(field, text string) (*float64, error) {
	if text == "" {
		return nil, nil
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number != number {
		return nil, hitori.NewError(hitori.Invalid, "query_type", "wanted", "number").At(field)
	}
	return &number, nil
}

type featurePeopleInput struct {
	FeaturePeople
	After string `query:"after" doc:"Where the previous page ended"`
	Limit int    `query:"limit" default:"200" minimum:"1" maximum:"1000"`
}

func (s *Server) listFeaturePeople(ctx context.Context, in *featurePeopleInput) (*body[datesOutput], error) {
	mark, err := s.mark(ctx, in.FeaturePeople)
	if err != nil {
		return nil, err
	}
	after, err := parseMembersPlace(in.After)
	if err != nil {
		return nil, err
	}
	people, err := s.cfg.Features.People(ctx, in.Name, mark, after, in.Limit)
	if err != nil {
		return nil, err
	}
	return s.membersPage(ctx, people, in.Limit)
}

func (s *Server) describeFeaturePeople(ctx context.Context, in *FeaturePeople) (*body[describedOutput], error) {
	mark, err := s.mark(ctx, *in)
	if err != nil {
		return nil, err
	}
	c, err := s.cfg.Features.Behind(ctx, in.Name, mark)
	if err != nil {
		return nil, err
	}
	return &body[describedOutput]{describedOutput{query.Encode(c)}}, nil
}

// CustomerFeature is a feature of a person.
type CustomerFeature struct {
	understand.FeatureValue
	FeatureTexts
}

type customerFeaturesOutput struct {
	Features []CustomerFeature `json:"features" doc:"Those that are known, in the order to show them"`
}

func (s *Server) getCustomerFeatures(ctx context.Context, in *Reference) (*body[customerFeaturesOutput], error) {
	person, err := s.person(ctx, *in)
	if err != nil {
		return nil, err
	}
	choices, err := s.choices(ctx)
	if err != nil {
		return nil, err
	}
	out := customerFeaturesOutput{Features: []CustomerFeature{}}
	values, err := s.cfg.Features.Of(ctx, person)
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		out.Features = append(out.Features, CustomerFeature{v, s.featureTexts(ctx, v.Name, choices)})
	}
	own, err := s.cfg.Features.OwnOf(ctx, person, s.mayKnowOf(ctx))
	for _, v := range own {
		out.Features = append(out.Features, CustomerFeature{v, FeatureTexts{Title: v.Own.Title, About: v.Own.Description}})
	}
	return &body[customerFeaturesOutput]{out}, err
}
