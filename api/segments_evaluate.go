package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori/query"
)

type evaluateInput struct {
	Body struct {
		Customer  string          `json:"customer" doc:"A customer id, or an identifier such as email:hanako@example.jp"`
		Condition json.RawMessage `json:"condition"`
	}
}

// ConditionAnswer is what one question of a condition comes to for a person.
type ConditionAnswer struct {
	Path     string `json:"path" doc:"Where it stands in the definition, as a JSON pointer"`
	Sentence string `json:"sentence"`
	Met      bool   `json:"met"`
}

type evaluateOutput struct {
	Met      bool              `json:"met"`
	Until    *time.Time        `json:"until,omitempty" doc:"When the answer changes at the earliest though nothing happens; missing for never"`
	Sentence string            `json:"sentence"`
	Answers  []ConditionAnswer `json:"answers" doc:"What each question of the condition comes to, in their order"`
}

func (s *Server) evaluateCondition(ctx context.Context, in *evaluateInput) (*body[evaluateOutput], error) {
	if err := s.mayAsk(ctx, in.Body.Condition); err != nil {
		return nil, err
	}
	person, err := s.person(ctx, Reference{in.Body.Customer})
	if err != nil {
		return nil, err
	}
	verdict, err := s.cfg.Segments.Evaluate(ctx, person, in.Body.Condition)
	if err != nil {
		return nil, err
	}
	schema, err := s.cfg.Segments.Schema(ctx, s.queryTexts(ctx))
	if err != nil {
		return nil, err
	}
	texts := s.queryTexts(ctx)
	out := evaluateOutput{Met: verdict.Met, Until: pointer(verdict.Until), Sentence: query.Sentence(verdict.Condition, schema, texts), Answers: []ConditionAnswer{}}
	for _, leaf := range verdict.Leaves {
		out.Answers = append(out.Answers, ConditionAnswer{leaf.Path, query.Sentence(leaf.Leaf, schema, texts), leaf.Met})
	}
	return &body[evaluateOutput]{out}, nil
}
