package api

import (
	"context"
	"net/http"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/understand"
)

func (s *Server) serveFeatures() {
	handle(s, route{id: "list-features", method: http.MethodGet, path: "/features", scope: access.CustomersRead,
		summary: "List what is computed about every person, with its definition"}, s.listFeatures)
	handle(s, route{id: "get-feature", method: http.MethodGet, path: "/features/{name}", scope: access.CustomersRead,
		summary: "How a feature is spread over the people who are known"}, s.getFeature)
	handle(s, route{id: "get-customer-features", method: http.MethodGet, path: "/customers/{reference}/features", scope: access.CustomersRead, looks: true,
		summary: "Read what is computed about a person"}, s.getCustomerFeatures)
}

// FeatureTexts are a feature's name and definition in the visitor's language.
type FeatureTexts struct {
	Title string `json:"title"`
	About string `json:"about" doc:"Its definition"`
	// Choices are what its values are called.
	Choices []Choice `json:"choices,omitempty" doc:"What its values are called, where they stand for names"`
}

func (s *Server) featureTexts(ctx context.Context, f understand.Feature, choices map[string][]Choice) FeatureTexts {
	l := visitorOf(ctx).language
	return FeatureTexts{s.cfg.Texts.Text(l, "feature."+f.Name, nil), s.cfg.Texts.Text(l, "feature."+f.Name+".about", nil), choices[f.Name]}
}

// FeatureEntry is a feature in the catalogue.
type FeatureEntry struct {
	understand.Feature
	FeatureTexts
}

type featuresOutput struct {
	Features []FeatureEntry `json:"features"`
}

func (s *Server) listFeatures(ctx context.Context, _ *struct{}) (*body[featuresOutput], error) {
	choices, err := s.choices(ctx)
	var out featuresOutput
	for _, f := range understand.Features() {
		out.Features = append(out.Features, FeatureEntry{f, s.featureTexts(ctx, f, choices)})
	}
	return &body[featuresOutput]{out}, err
}

type featureInput struct {
	Name string `path:"name"`
}

// FeatureDistribution is a feature with how it is spread.
type FeatureDistribution struct {
	understand.Distribution
	FeatureTexts
}

func (s *Server) getFeature(ctx context.Context, in *featureInput) (*body[FeatureDistribution], error) {
	d, err := s.cfg.Features.Distribution(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	choices, err := s.choices(ctx)
	return &body[FeatureDistribution]{FeatureDistribution{d, s.featureTexts(ctx, d.Feature, choices)}}, err
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
	values, err := s.cfg.Features.Of(ctx, person)
	if err != nil {
		return nil, err
	}
	choices, err := s.choices(ctx)
	out := customerFeaturesOutput{Features: []CustomerFeature{}}
	for _, v := range values {
		out.Features = append(out.Features, CustomerFeature{v, s.featureTexts(ctx, v.Feature, choices)})
	}
	return &body[customerFeaturesOutput]{out}, err
}
