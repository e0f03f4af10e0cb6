package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/unify"
)

// body wraps an answer.
type body[T any] struct{ Body T }

// Reference names a person in a path.
type Reference struct {
	ID string `path:"reference" doc:"A customer id, or an identifier such as email:hanako@example.jp"`
}

// person is an operation on one person.
func (s *Server) person(ctx context.Context, r Reference) (hitori.CustomerID, error) {
	root, err := s.cfg.Customers.Resolve(ctx, r.ID)
	entryOf(ctx).Customer = root
	return root, err
}

func (s *Server) serveCustomers() {
	handle(s, route{id: "list-customers", method: http.MethodGet, path: "/customers", scope: access.CustomersRead, looks: true,
		summary: "Search people, or list them"}, s.listCustomers)
	handle(s, route{id: "get-customer", method: http.MethodGet, path: "/customers/{reference}", scope: access.CustomersRead, looks: true,
		summary: "Read everything known about a person"}, s.getCustomer)
	handle(s, route{id: "get-timeline", method: http.MethodGet, path: "/customers/{reference}/timeline", scope: access.CustomersRead, looks: true,
		summary: "Read what a person did, newest first"}, s.getTimeline)
	handle(s, route{id: "get-orders", method: http.MethodGet, path: "/customers/{reference}/orders", scope: access.CustomersRead, looks: true,
		summary: "Read a person's orders, oldest first"}, s.getOrders)
	handle(s, route{id: "merge-customers", method: http.MethodPost, path: "/customers/{reference}/merge", scope: access.CustomersWrite,
		summary: "Decide that two people are one"}, s.mergeCustomers)
	handle(s, route{id: "separate-customers", method: http.MethodPost, path: "/customers/{reference}/separate", scope: access.CustomersWrite,
		summary: "Decide that two people are not one, so that they are never joined by themselves", status: http.StatusNoContent}, s.separateCustomers)
	handle(s, route{id: "undo-merge", method: http.MethodPost, path: "/merges/{id}/undo", scope: access.CustomersWrite,
		summary: "Take a merge back; both histories are as they would be without it", status: http.StatusNoContent}, s.undoMerge)
	handle(s, route{id: "get-identity", method: http.MethodGet, path: "/identity", scope: access.DataRead,
		summary: "Count profiles, people, merges and conflicts"}, s.getIdentity)
	handle(s, route{id: "list-conflicts", method: http.MethodGet, path: "/identity/conflicts", scope: access.CustomersRead, looks: true,
		summary: "List joins that the rules refused, newest first"}, s.listConflicts)
	handle(s, route{id: "list-suspects", method: http.MethodGet, path: "/identity/suspects", scope: access.CustomersRead, looks: true,
		summary: "List shared devices and junk identifiers"}, s.listSuspects)
	handle(s, route{id: "set-identifier-state", method: http.MethodPut, path: "/identity/identifiers/{identifier}", scope: access.CustomersWrite,
		summary: "Mark an identifier as junk, or trust it again", status: http.StatusNoContent}, s.setIdentifier)
}

type listInput struct {
	Query  string   `query:"q" doc:"The beginning of a name, reading, address or number, or the last digits of a telephone number" maxLength:"200"`
	Levels []string `query:"level" enum:"member,lead,visitor" doc:"Only people of these levels; without it members and leads, or everybody who is found"`
	Sort   string   `query:"sort" enum:"-first_seen,first_seen,-updated_at,updated_at,name,-name" default:"-first_seen" doc:"By first sight, last change, or name in the order of the Japanese syllabary, which takes the right to see personal data; with a minus the last ones first. People who are searched come in the order of how well they fit"`
	Before string   `query:"before" doc:"Where the previous page ended"`
	Limit  int      `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type listOutput struct {
	Customers []unify.Card `json:"customers"`
	Next      string       `json:"next,omitempty" doc:"Where the next page begins"`
}

func (s *Server) listCustomers(ctx context.Context, in *listInput) (*body[listOutput], error) {
	levels := make([]unify.Level, len(in.Levels))
	for i, name := range in.Levels {
		levels[i] = map[string]unify.Level{"member": unify.Member, "lead": unify.Lead}[name] // or else visitor
	}
	in.Query = strings.TrimSpace(in.Query)
	v := visitorOf(ctx)
	switch {
	case in.Query != "" && !v.has(access.PersonalRead):
		return s.findCustomer(ctx, in.Query, in.Levels)
	case in.Query != "":
		cards, err := s.cfg.Customers.Search(ctx, in.Query, levels, in.Limit)
		return &body[listOutput]{listOutput{Customers: cards}}, err
	}
	query := unify.ListQuery{Levels: levels, Limit: in.Limit, Ascending: !strings.HasPrefix(in.Sort, "-")}
	query.By = map[string]unify.ListOrder{"updated_at": unify.ByChange, "name": unify.ByReading}[strings.TrimPrefix(in.Sort, "-")] // or else sight
	if query.By == unify.ByReading && !v.has(access.PersonalRead) {                                                                // or else names could be found out by comparing
		return nil, hitori.NewError(hitori.Forbidden, "sort_personal").At("sort")
	}
	var err error
	if query.After, err = parsePlace(query.By, in.Before); err != nil {
		return nil, err
	}
	cards, last, err := s.cfg.Customers.List(ctx, query)
	return &body[listOutput]{listOutput{Customers: cards, Next: formatPlace(query.By, last)}}, err
}

// formatPlace writes where a page of a list ends.
func formatPlace(by unify.ListOrder, p unify.ListPlace) string {
	switch {
	case p.Customer == 0:
		return ""
	case by == unify.ByReading:
		return fmt.Sprintf("%s.%d", base64.RawURLEncoding.EncodeToString([]byte(p.Reading)), int64(p.Customer))
	}
	return formatCursor(unify.Cursor{Time: p.Time, Position: hitori.Position(p.Customer)})
}

func parsePlace(by unify.ListOrder, s string) (unify.ListPlace, error) {
	if by != unify.ByReading || s == "" {
		c, err := parseCursor(s)
		return unify.ListPlace{Time: c.Time, Customer: hitori.CustomerID(c.Position)}, err
	}
	reading, id, _ := strings.Cut(s, ".")
	text, err := base64.RawURLEncoding.DecodeString(reading)
	customer, err2 := strconv.ParseInt(id, 10, 64)
	if err != nil || err2 != nil || !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return unify.ListPlace{}, hitori.NewError(hitori.Invalid, "cursor").At("before")
	}
	return unify.ListPlace{Reading: string(text), Customer: hitori.CustomerID(customer)}, nil
}

// findCustomer searches for who may not see personal data: only the one who is named in full is found,
// or else names and numbers could be found out letter by letter.
func (s *Server) findCustomer(ctx context.Context, text string, levels []string) (*body[listOutput], error) {
	out := &body[listOutput]{listOutput{Customers: []unify.Card{}}}
	root, err := s.cfg.Customers.Resolve(ctx, text)
	switch hitori.ErrorCode(err) {
	case "":
	case hitori.NotFound, hitori.Conflict:
		return out, nil
	default:
		return nil, err
	}
	customer, err := s.cfg.Customers.Get(ctx, root)
	if err != nil {
		return nil, err
	}
	if len(levels) > 0 && !slices.Contains(levels, customer.Level) {
		return out, nil
	}
	card := unify.Card{ID: customer.ID, Level: customer.Level, Name: customer.Name, Kana: customer.Kana, FirstSeen: customer.FirstSeen, UpdatedAt: customer.UpdatedAt}
	for _, id := range customer.Identifiers {
		switch {
		case id.Kind == hitori.Email && card.Email == "":
			card.Email = id.Value
		case id.Kind == hitori.Phone && card.Phone == "":
			card.Phone = id.Value
		}
	}
	out.Body.Customers = append(out.Body.Customers, card)
	return out, nil
}

func (s *Server) getCustomer(ctx context.Context, in *Reference) (*body[*unify.Customer], error) {
	root, err := s.person(ctx, *in)
	if err != nil {
		return nil, err
	}
	customer, err := s.cfg.Customers.Get(ctx, root)
	if err != nil {
		return nil, err
	}
	return &body[*unify.Customer]{customer}, nil
}

type timelineInput struct {
	Reference
	Kinds  []string `query:"kind" doc:"Only these kinds: purchase, web, message …"`
	Before string   `query:"before" doc:"Where the previous page ended, or a time (RFC 3339) to begin before"`
	Limit  int      `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

// Event is an event as the API shows it.
type Event struct {
	Position   int64             `json:"position"`
	Time       time.Time         `json:"time"`
	ReceivedAt time.Time         `json:"received_at"`
	Type       string            `json:"type"`
	Name       string            `json:"name,omitempty"`
	Kind       hitori.Kind       `json:"kind"`
	Source     hitori.SourceID   `json:"source"`
	Profile    hitori.CustomerID `json:"profile,omitempty" doc:"The profile it was stamped with, before merges"`
	OrderID    string            `json:"order_id,omitempty"`
	Amount     *int64            `json:"amount,omitempty" doc:"In minor units of the currency"`
	Currency   hitori.Currency   `json:"currency,omitempty"`
	Properties hitori.JSON       `json:"properties,omitempty"`
	Traits     hitori.JSON       `json:"traits,omitempty"`
	Context    hitori.JSON       `json:"context,omitempty"`
}

func newEvent(e *hitori.Stamped) Event {
	event := Event{
		Position: int64(e.Position), Time: e.Time, ReceivedAt: e.ReceivedAt, Type: e.Type.String(), Name: e.Name, Kind: e.Kind,
		Source: e.Source, Profile: e.Customer, OrderID: e.OrderID, Properties: e.Properties, Traits: e.Traits, Context: e.Context,
	}
	if e.Amount != 0 {
		event.Amount, event.Currency = &e.Amount, e.Currency
	}
	return event
}

type timelineOutput struct {
	Events []Event `json:"events"`
	Next   string  `json:"next,omitempty" doc:"Where the next page begins"`
}

func (s *Server) getTimeline(ctx context.Context, in *timelineInput) (*body[timelineOutput], error) {
	root, err := s.person(ctx, in.Reference)
	if err != nil {
		return nil, err
	}
	before, err := parseCursor(in.Before)
	if err != nil {
		return nil, err
	}
	kinds := make([]hitori.Kind, len(in.Kinds))
	for i, name := range in.Kinds {
		if err := kinds[i].UnmarshalText([]byte(name)); err != nil {
			return nil, err
		}
	}
	events, err := s.cfg.Customers.Timeline(ctx, root, kinds, before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := timelineOutput{Events: make([]Event, 0, len(events))}
	for i := range events {
		out.Events = append(out.Events, newEvent(&events[i]))
	}
	if len(events) == in.Limit {
		last := events[len(events)-1]
		out.Next = formatCursor(unify.Cursor{Time: last.Time, Position: last.Position})
	}
	return &body[timelineOutput]{out}, nil
}

func formatCursor(c unify.Cursor) string {
	return fmt.Sprintf("%d-%d", c.Time.UnixMilli(), int64(c.Position))
}

func parseCursor(s string) (unify.Cursor, error) {
	if s == "" {
		return unify.Cursor{}, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return unify.Cursor{Time: at}, nil
	}
	ms, position, ok := strings.Cut(s, "-")
	a, err := strconv.ParseInt(ms, 10, 64)
	b, err2 := strconv.ParseInt(position, 10, 64)
	if !ok || err != nil || err2 != nil {
		return unify.Cursor{}, hitori.NewError(hitori.Invalid, "cursor").At("before")
	}
	return unify.Cursor{Time: time.UnixMilli(a).UTC(), Position: hitori.Position(b)}, nil
}

// Order is an order as the API shows it. Amounts are in minor units of the currency.
type Order struct {
	ID        string          `json:"id,omitempty"`
	Time      time.Time       `json:"time"`
	Currency  hitori.Currency `json:"currency"`
	Amount    int64           `json:"amount"`
	Refunded  int64           `json:"refunded"`
	Net       int64           `json:"net"`
	Cancelled bool            `json:"cancelled"`
	Lines     []OrderLine     `json:"lines"`
}

// OrderLine is one product of an order.
type OrderLine struct {
	ProductID string  `json:"product_id,omitempty"`
	SKU       string  `json:"sku,omitempty"`
	Name      string  `json:"name,omitempty"`
	Category  string  `json:"category,omitempty"`
	Brand     string  `json:"brand,omitempty"`
	Variant   string  `json:"variant,omitempty"`
	Price     int64   `json:"price"`
	Quantity  float64 `json:"quantity"`
}

type ordersOutput struct {
	Orders []Order `json:"orders"`
}

func (s *Server) getOrders(ctx context.Context, in *Reference) (*body[ordersOutput], error) {
	root, err := s.person(ctx, *in)
	if err != nil {
		return nil, err
	}
	orders, err := s.cfg.Customers.OrdersOf(ctx, root)
	if err != nil {
		return nil, err
	}
	out := ordersOutput{Orders: make([]Order, 0, len(orders))}
	for i := range orders {
		o := &orders[i]
		order := Order{
			ID: o.ID, Time: o.Time, Currency: o.Currency, Amount: o.Amount, Refunded: o.Refunded, Net: o.Net(),
			Cancelled: o.Cancelled, Lines: make([]OrderLine, 0, len(o.Lines)),
		}
		for _, l := range o.Lines {
			order.Lines = append(order.Lines, OrderLine{
				ProductID: l.ProductID, SKU: l.SKU, Name: l.Name, Category: l.Category, Brand: l.Brand, Variant: l.Variant,
				Price: l.Price, Quantity: float64(l.Quantity) / 1000,
			})
		}
		out.Orders = append(out.Orders, order)
	}
	return &body[ordersOutput]{out}, nil
}

type otherInput struct {
	Reference
	Body struct {
		Other  string `json:"other" minLength:"1" doc:"The second person: a customer id or an identifier"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

// both finds the two people of a decision.
func (s *Server) both(ctx context.Context, in *otherInput) (a, b hitori.CustomerID, err error) {
	if b, err = s.person(ctx, Reference{in.Body.Other}); err != nil {
		return 0, 0, err
	}
	a, err = s.person(ctx, in.Reference) // last, so that the record names this one, and the other as the object
	touches(ctx, "customers/"+b.String(), "")
	return a, b, err
}

func (s *Server) mergeCustomers(ctx context.Context, in *otherInput) (*body[*unify.Customer], error) {
	a, b, err := s.both(ctx, in)
	if err != nil {
		return nil, err
	}
	decision := unify.Decision{Action: unify.ActionMerge, Customer: a, Other: b, Actor: actor(ctx), Reason: in.Body.Reason}
	if err := s.cfg.Customers.Decisions().Make(ctx, decision); err != nil {
		return nil, err
	}
	return s.getCustomer(ctx, &in.Reference)
}

func (s *Server) separateCustomers(ctx context.Context, in *otherInput) (*struct{}, error) {
	a, b, err := s.both(ctx, in)
	if err != nil {
		return nil, err
	}
	return nil, s.cfg.Customers.Decisions().Make(ctx, unify.Decision{
		Action: unify.ActionSeparate, Customer: a, Other: b, Actor: actor(ctx), Reason: in.Body.Reason,
	})
}

type mergeInput struct {
	ID string `path:"id" doc:"The id of the merge, from the person's merges"`
}

func (s *Server) undoMerge(ctx context.Context, in *mergeInput) (*struct{}, error) {
	position, loser, err := unify.ParseMergeID(in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.cfg.Customers.Decisions().Make(ctx, unify.Decision{
		Action: unify.ActionUnmerge, Customer: loser, Merge: position, Actor: actor(ctx),
	})
}

func (s *Server) getIdentity(ctx context.Context, _ *struct{}) (*body[unify.Counts], error) {
	counts, err := s.cfg.Customers.Counts(ctx)
	return &body[unify.Counts]{counts}, err
}

type conflictsInput struct {
	Before int64 `query:"before" doc:"Where the previous page ended"`
	Limit  int   `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type conflictsOutput struct {
	Conflicts []unify.CustomerConflict `json:"conflicts"`
	Next      int64                    `json:"next,omitempty"`
}

func (s *Server) listConflicts(ctx context.Context, in *conflictsInput) (*body[conflictsOutput], error) {
	conflicts, err := s.cfg.Customers.Conflicts(ctx, hitori.Position(in.Before), in.Limit)
	if err != nil {
		return nil, err
	}
	out := conflictsOutput{Conflicts: conflicts}
	if len(conflicts) == in.Limit {
		out.Next = conflicts[len(conflicts)-1].Position
	}
	return &body[conflictsOutput]{out}, nil
}

type suspectsInput struct {
	After string `query:"after" doc:"Where the previous page ended: kind:value"`
	Limit int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type suspectsOutput struct {
	Identifiers []unify.CustomerIdentifier `json:"identifiers"`
	Next        string                     `json:"next,omitempty"`
}

func (s *Server) listSuspects(ctx context.Context, in *suspectsInput) (*body[suspectsOutput], error) {
	after, _ := hitori.ParseIdentifier(in.After)
	list, err := s.cfg.Customers.Suspects(ctx, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := suspectsOutput{Identifiers: list}
	if len(list) == in.Limit {
		out.Next = list[len(list)-1].String()
	}
	return &body[suspectsOutput]{out}, nil
}

type identifierInput struct {
	Identifier string `path:"identifier" doc:"kind:value, as in phone:+81362054131"`
	Body       struct {
		State string `json:"state" enum:"junk,trusted"`
	}
}

func (s *Server) setIdentifier(ctx context.Context, in *identifierInput) (*struct{}, error) {
	id, ok := unify.NormaliseIdentifier(in.Identifier)
	if !ok {
		return nil, hitori.NewError(hitori.NotFound, "identifier_unknown", "identifier", in.Identifier)
	}
	action := unify.ActionJunk
	if in.Body.State == hitori.Trusted.String() {
		action = unify.ActionTrust
	}
	return nil, s.cfg.Customers.Decisions().Make(ctx, unify.Decision{Action: action, Identifier: &id, Actor: actor(ctx)})
}

var _ huma.StatusError = (*Problem)(nil)
