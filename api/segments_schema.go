package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/query"
)

func (s *Server) serveSegmentSchema() {
	read := func(id, path, summary string) route {
		return route{id: id, method: http.MethodGet, path: path, scope: access.CustomersRead, summary: summary}
	}
	handle(s, read("get-segment-schema", "/segments/schema", "What conditions can refer to, and the tests there are"), s.getSegmentSchema)
	handle(s, read("get-segment-fields", "/segments/schema/fields", "The properties of an event, or the questions of a survey"), s.getSegmentFields)
	handle(s, read("get-segment-values", "/segments/schema/values", "Values that a field has, the commonest first where that is known"), s.getSegmentValues)
}

// SchemaField is something a condition can refer to.
type SchemaField struct {
	Name  string     `json:"name"`
	Title string     `json:"title"`
	Type  query.Type `json:"type,omitempty"`
	Unit  string     `json:"unit,omitempty" doc:"times, pieces, people, days, years, points, percent, or a currency"`
	Line  bool       `json:"line,omitempty" doc:"Of fields of orders: that it belongs to a line of the order"`
	// Choices are all values there are, where they stand for names.
	Choices []Choice `json:"choices,omitempty" doc:"All values there are, where they stand for names"`
}

type schemaOutput struct {
	Traits      []SchemaField              `json:"traits"`
	Features    []SchemaField              `json:"features"`
	Events      []SchemaField              `json:"events"`
	Calls       []SchemaField              `json:"calls"`
	Kinds       []SchemaField              `json:"kinds"`
	Identifiers []SchemaField              `json:"identifiers"`
	Channels    []SchemaField              `json:"channels"`
	Purposes    []SchemaField              `json:"purposes"`
	Surveys     []SchemaField              `json:"surveys"`
	Segments    []SchemaField              `json:"segments"`
	Lists       []SchemaField              `json:"lists"`
	OrderFields []SchemaField              `json:"order_fields"`
	Ops         map[query.Type][]query.Op  `json:"ops" doc:"The tests for values of each type"`
	WindowOps   []query.Op                 `json:"window_ops"`
	Measures    map[string][]query.Measure `json:"measures" doc:"Of events and of orders"`
	Currency    string                     `json:"currency"`
}

func (s *Server) getSegmentSchema(ctx context.Context, _ *struct{}) (*body[schemaOutput], error) {
	schema, err := s.cfg.Segments.Schema(ctx, s.queryTexts(ctx))
	if err != nil {
		return nil, err
	}
	list := func(kind query.RefKind) []SchemaField { return schemaFields(schema.List(kind, "")) }
	out := schemaOutput{
		Traits: list(query.RefTrait), Features: list(query.RefFeature), Events: list(query.RefEvent), Calls: list(query.RefCall),
		Kinds: list(query.RefEventKind), Identifiers: list(query.RefIdentifier), Channels: list(query.RefChannel), Purposes: list(query.RefPurpose),
		Surveys: list(query.RefSurvey), Segments: list(query.RefSegment), Lists: list(query.RefList), OrderFields: []SchemaField{},
		Ops: map[query.Type][]query.Op{}, WindowOps: query.WindowOps(), Currency: s.cfg.Shop.Currency,
		Measures: map[string][]query.Measure{"event": query.EventMeasures(), "order": query.OrderMeasures()},
	}
	for _, f := range query.OrderFields() {
		unit := ""
		if f.Type == query.TypeNumber {
			unit = s.cfg.Shop.Currency
		}
		out.OrderFields = append(out.OrderFields, SchemaField{Name: f.Name, Title: s.queryTexts(ctx)("query.order_field."+f.Name, nil), Type: f.Type, Unit: unit, Line: f.Line})
	}
	choices, err := s.choices(ctx)
	if err != nil {
		return nil, err
	}
	for i := range out.Features {
		out.Features[i].Choices = choices[out.Features[i].Name]
	}
	for _, t := range []query.Type{
		query.TypeText, query.TypeNumber, query.TypeInteger, query.TypeBoolean, query.TypeDate, query.TypeTime, query.TypeTexts, query.TypePast,
	} {
		out.Ops[t] = query.OpsFor(t)
	}
	return &body[schemaOutput]{out}, nil
}

func schemaFields(fields []query.Field) []SchemaField {
	list := make([]SchemaField, len(fields))
	for i, f := range fields {
		list[i] = SchemaField{Name: f.Name, Title: f.Title, Type: f.Type, Unit: f.Unit}
	}
	return list
}

type schemaFieldsInput struct {
	Of     string `query:"of" doc:"An event: event:Product Viewed, call:page, kind:web"`
	Survey string `query:"survey" doc:"A survey"`
}

type schemaFieldsOutput struct {
	Fields []SchemaField `json:"fields"`
}

func (s *Server) getSegmentFields(ctx context.Context, in *schemaFieldsInput) (*body[schemaFieldsOutput], error) {
	schema, err := s.cfg.Segments.Schema(ctx, s.queryTexts(ctx))
	if err != nil {
		return nil, err
	}
	kind, of := query.RefProperty, in.Of
	if in.Survey != "" {
		kind, of = query.RefQuestion, in.Survey
	}
	return &body[schemaFieldsOutput]{schemaFieldsOutput{schemaFields(schema.List(kind, of))}}, nil
}

type schemaValuesInput struct {
	Kind string `query:"kind" enum:"trait,feature,property,order,answer" required:"true"`
	Name string `query:"name" required:"true" doc:"Of answers: the survey"`
	Of   string `query:"of" doc:"The event of a property: event:Product Viewed, call:page. The question of answers; those to all questions without it"`
}

type schemaValuesOutput struct {
	Values []string `json:"values"`
}

// offered is how many values are offered.
const offered = 100

func (s *Server) getSegmentValues(ctx context.Context, in *schemaValuesInput) (*body[schemaValuesOutput], error) {
	out := schemaValuesOutput{Values: []string{}}
	if known, err := s.mayKnowValues(ctx, in); err != nil || !known {
		return &body[schemaValuesOutput]{out}, err
	}
	var err error
	if in.Kind == "property" {
		out.Values, err = s.propertyValues(ctx, in)
	} else {
		out.Values, err = s.cfg.Segments.Values(ctx, in.Kind, in.Name, in.Of, offered)
	}
	if !s.seesPersonal(ctx) { // somebody may have written an address where none was asked for
		out.Values = slices.DeleteFunc(out.Values, func(v string) bool { return maskText(v, identifies(in.Name)) != v })
	}
	return &body[schemaValuesOutput]{out}, err
}

// mayKnowValues reports whether the values are no personal data, or the visitor may see those.
func (s *Server) mayKnowValues(ctx context.Context, in *schemaValuesInput) (bool, error) {
	switch in.Kind {
	case "feature":
		err := s.mayKnow(ctx, in.Name)
		if hitori.ErrorCode(err) == hitori.Forbidden {
			return false, nil
		}
		return true, err
	case "answer":
		if in.Of != "" || s.seesPersonal(ctx) {
			return s.seesPersonal(ctx) || !personalTrait(in.Of), nil
		}
		schema, err := s.cfg.Segments.Schema(ctx, nil)
		if err != nil {
			return false, err
		}
		return !slices.ContainsFunc(schema.List(query.RefQuestion, in.Name), func(f query.Field) bool { return personalTrait(f.Name) }), nil
	case "order":
		return true, nil
	}
	return s.seesPersonal(ctx) || !personalTrait(in.Name), nil
}

// propertyValues are recent texts of a property.
func (s *Server) propertyValues(ctx context.Context, in *schemaValuesInput) ([]string, error) {
	texts := []string{}
	key := hitori.FieldKey{Path: in.Name}
	kind, name, _ := strings.Cut(in.Of, ":")
	switch kind {
	case "event":
		key.Type, key.Name = hitori.Track, name
	case "call":
		if t, ok := hitori.ParseEventType(name); ok {
			key.Type = t
		}
	}
	if key.Type == 0 || in.Name == "name" {
		return texts, nil
	}
	values, err := s.cfg.Contract.SampleValues(ctx, key, offered)
	for _, v := range values {
		if v.Type() == hitori.JSONString {
			texts = append(texts, v.Text())
		}
	}
	return texts, err
}

// personalTrait reports whether the values of a trait are about one person.
func personalTrait(name string) bool {
	return personal(name[strings.LastIndexByte(name, '.')+1:], ofPerson)
}

func (s *Server) seesPersonal(ctx context.Context) bool {
	v := visitorOf(ctx)
	return v.has(access.PersonalRead)
}
