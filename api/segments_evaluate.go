package api

import (
	"context"
	"encoding/json"
	"time"
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
	out := evaluateOutput{Met: verdict.Met, Until: pointer(verdict.Until), Answers: []ConditionAnswer{}}
	if out.Sentence, err = s.sentence(ctx, verdict.Condition, schema); err != nil {
		return nil, err
	}
	for _, leaf := range verdict.Leaves {
		sentence, err := s.sentence(ctx, leaf.Leaf, schema)
		if err != nil {
			return nil, err
		}
		out.Answers = append(out.Answers, ConditionAnswer{leaf.Path, sentence, leaf.Met})
	}
	return &body[evaluateOutput]{out}, nil
}
