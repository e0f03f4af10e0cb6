package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/understand"
)

func (s *Server) serveOwnFeatures() {
	write := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: path, scope: access.CustomersWrite, summary: summary, body: query.MaxBytes + 1<<16}
	}
	handle(s, write("create-feature", http.MethodPost, "/features", "Define a feature of the shop's own"), s.createFeature)
	try := write("preview-feature", http.MethodPost, "/features/preview", "How what a definition measures is spread")
	try.scope = access.CustomersRead
	handle(s, try, s.previewFeature)
	handle(s, write("put-feature", http.MethodPut, "/features/{name}", "Change a feature of the shop's own; segments that ask about it are computed anew, and nobody counts as having entered or left"), s.putFeature)
	remove := write("delete-feature", http.MethodDelete, "/features/{name}", "Remove a feature of the shop's own that no segment asks about")
	remove.status = http.StatusNoContent
	handle(s, remove, s.deleteFeature)
}

// OwnFeatureEntry is what is to be known about a feature that the shop defined.
type OwnFeatureEntry struct {
	Key         string               `json:"key"`
	Description string               `json:"description"`
	Definition  json.RawMessage      `json:"definition,omitempty" doc:"The measure; not told to who may not see the personal data it is about"`
	Personal    bool                 `json:"personal,omitempty" doc:"That it is about personal data, which the visitor may not see"`
	Faults      []Fault              `json:"faults,omitempty" doc:"Why the definition is no longer valid"`
	Quiet       []understand.Silence `json:"quiet,omitempty" doc:"What it reads that stopped arriving"`
	UsedBy      []SegmentName        `json:"used_by" doc:"Segments whose rules ask about it"`
	CreatedAt   time.Time            `json:"created_at"`
	CreatedBy   string               `json:"created_by"`
	UpdatedAt   time.Time            `json:"updated_at"`
	Version     int64                `json:"version"`
}

// ownEntries tells of own features in the visitor's language.
func (s *Server) ownEntries(ctx context.Context, own []understand.OwnFeature) ([]FeatureEntry, error) {
	if len(own) == 0 {
		return nil, nil
	}
	schema, err := s.cfg.Segments.Schema(ctx, s.queryTexts(ctx))
	if err != nil {
		return nil, err
	}
	segments, err := s.cfg.Segments.List(ctx)
	if err != nil {
		return nil, err
	}
	entries := make([]FeatureEntry, len(own))
	for i := range own {
		f := &own[i]
		e := &OwnFeatureEntry{
			Key: f.Key, Description: f.Description, Definition: json.RawMessage(f.Definition), UsedBy: []SegmentName{},
			CreatedAt: f.CreatedAt, CreatedBy: f.CreatedBy, UpdatedAt: f.UpdatedAt, Version: f.Version,
		}
		texts := FeatureTexts{Title: f.Title}
		if m := f.Measure(); m != nil && s.mayRead(ctx, m) != nil {
			e.Definition, e.Personal, texts.About = nil, true, s.queryTexts(ctx)("feature.personal", nil)
		} else if m != nil {
			texts.About = query.MeasureSentence(m, schema, s.queryTexts(ctx))
			e.Faults, e.Quiet = s.faults(visitorOf(ctx).language, query.ValidateMeasure(m, schema)), schema.Silent(m)
		}
		for _, user := range understand.Asking(segments, f.Name()) {
			e.UsedBy = append(e.UsedBy, SegmentName{user.ID, user.Name, user.Kind})
		}
		entries[i] = FeatureEntry{Feature: f.Feature(), FeatureTexts: texts, Own: e}
	}
	return entries, nil
}

// mayKnow refuses what is measured of personal data to who may not see them.
func (s *Server) mayKnow(ctx context.Context, name string) error {
	if !strings.HasPrefix(name, understand.OwnPrefix) {
		return nil
	}
	f, err := s.cfg.Segments.OwnOf(ctx, name)
	if err != nil {
		return err
	}
	return s.mayRead(ctx, f.Measure())
}

// mayKnowOf reports of own features whether the visitor may know their values.
func (s *Server) mayKnowOf(ctx context.Context) func(understand.OwnFeature) bool {
	return func(f understand.OwnFeature) bool { return s.mayRead(ctx, f.Measure()) == nil }
}

// mayDefine refuses definitions about personal data likewise. What cannot be read is refused elsewhere.
func (s *Server) mayDefine(ctx context.Context, definition json.RawMessage) error {
	if m, err := query.ParseMeasure(definition); err == nil {
		return s.mayRead(ctx, m)
	}
	return nil
}

// textsOf tells of a feature that the visitor may know.
func (s *Server) textsOf(ctx context.Context, name string) (FeatureTexts, error) {
	if !strings.HasPrefix(name, understand.OwnPrefix) {
		choices, err := s.choices(ctx)
		return s.featureTexts(ctx, name, choices), err
	}
	if err := s.mayKnow(ctx, name); err != nil {
		return FeatureTexts{}, err
	}
	f, err := s.cfg.Segments.OwnOf(ctx, name)
	if err != nil {
		return FeatureTexts{}, err
	}
	entries, err := s.ownEntries(ctx, []understand.OwnFeature{f})
	if err != nil {
		return FeatureTexts{}, err
	}
	return entries[0].FeatureTexts, nil
}

func (s *Server) ownEntry(ctx context.Context, f understand.OwnFeature) (*body[FeatureEntry], error) {
	touches(ctx, "features/"+f.Name(), f.Title)
	entries, err := s.ownEntries(ctx, []understand.OwnFeature{f})
	if err != nil {
		return nil, err
	}
	return &body[FeatureEntry]{entries[0]}, nil
}

type createFeatureInput struct{ Body understand.OwnDraft }

func (s *Server) createFeature(ctx context.Context, in *createFeatureInput) (*body[FeatureEntry], error) {
	if err := s.mayDefine(ctx, in.Body.Definition); err != nil {
		return nil, err
	}
	f, err := s.cfg.Segments.Define(ctx, in.Body, actor(ctx))
	if err != nil {
		return nil, err
	}
	return s.ownEntry(ctx, f)
}

type putFeatureInput struct {
	FeatureName
	Body understand.OwnDraft
}

func (s *Server) putFeature(ctx context.Context, in *putFeatureInput) (*body[FeatureEntry], error) {
	if err := s.mayKnow(ctx, in.Name); err != nil {
		return nil, err
	}
	if err := s.mayDefine(ctx, in.Body.Definition); err != nil {
		return nil, err
	}
	f, err := s.cfg.Segments.Redefine(ctx, in.Name, in.Body)
	if err != nil {
		return nil, err
	}
	return s.ownEntry(ctx, f)
}

func (s *Server) deleteFeature(ctx context.Context, in *FeatureName) (*struct{}, error) {
	return nil, s.cfg.Segments.Forget(ctx, in.Name)
}

type previewFeatureInput struct {
	Body struct {
		Definition json.RawMessage `json:"definition"`
		Unit       string          `json:"unit,omitempty"`
	}
}

type previewFeatureOutput struct {
	understand.Distribution
	Sentence string `json:"sentence" doc:"What is measured, in words"`
}

func (s *Server) previewFeature(ctx context.Context, in *previewFeatureInput) (*body[previewFeatureOutput], error) {
	if err := s.mayDefine(ctx, in.Body.Definition); err != nil {
		return nil, err
	}
	d, m, err := s.cfg.Features.Try(ctx, understand.OwnDraft{Definition: in.Body.Definition, Unit: in.Body.Unit})
	if err != nil {
		return nil, err
	}
	schema, err := s.cfg.Segments.Schema(ctx, s.queryTexts(ctx))
	if err != nil {
		return nil, err
	}
	return &body[previewFeatureOutput]{previewFeatureOutput{d, query.MeasureSentence(m, schema, s.queryTexts(ctx))}}, nil
}
