package api

import (
	"context"
	"net/http"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/measure"
	"github.com/hitori-cdp/hitori/unify"
)

func (s *Server) serveHome() {
	handle(s, route{
		id: "get-home", method: http.MethodGet, path: "/home", scope: access.CustomersRead,
		summary: "The numbers of the shop by day, and today against the usual",
	}, s.getHome)
	handle(s, route{
		id: "list-buyers", method: http.MethodGet, path: "/home/buyers", scope: access.CustomersRead, looks: true,
		summary: "The people who ordered on a day or in a row of days, latest first",
	}, s.listBuyers)
	handle(s, route{
		id: "list-active", method: http.MethodGet, path: "/home/active", scope: access.CustomersRead, looks: true,
		summary: "The people who did anything on a day or in a row of days, visitors included, latest first",
	}, s.listActive)
}

type homeInput struct {
	Days int `query:"days" default:"35" minimum:"1" maximum:"800"`
}

func (s *Server) getHome(ctx context.Context, in *homeInput) (*body[measure.Numbers], error) {
	numbers, err := s.cfg.Numbers.Latest(ctx, in.Days)
	return &body[measure.Numbers]{numbers}, err
}

// DatesQuery selects a page of the people of some days.
type DatesQuery struct {
	Date  string `query:"date" format:"date" required:"true" doc:"A day of the shop"`
	To    string `query:"to" format:"date" doc:"The last day, included; date itself without it"`
	After string `query:"after" doc:"Where the previous page ended"`
	Limit int    `query:"limit" default:"200" minimum:"1" maximum:"1000"`
}

type buyersInput struct {
	DatesQuery
	Who measure.Doing `query:"who" enum:"all,new,returning" default:"all" doc:"new: it was their first order; returning: it was not"`
}

type datesOutput struct {
	Customers []unify.Card `json:"customers"`
	Total     int64        `json:"total" doc:"How many people the whole list has"`
	Next      string       `json:"next,omitempty" doc:"Where the next page begins"`
}

func (s *Server) listBuyers(ctx context.Context, in *buyersInput) (*body[datesOutput], error) {
	return s.listPeople(ctx, in.DatesQuery, in.Who)
}

func (s *Server) listActive(ctx context.Context, in *DatesQuery) (*body[datesOutput], error) {
	return s.listPeople(ctx, *in, measure.Active)
}

func (s *Server) listPeople(ctx context.Context, in DatesQuery, doing measure.Doing) (*body[datesOutput], error) {
	from, err := parseDate("date", in.Date)
	if err != nil {
		return nil, err
	}
	to := from
	if in.To != "" {
		if to, err = parseDate("to", in.To); err != nil {
			return nil, err
		}
	}
	after, err := parseCursor(in.After)
	if err != nil {
		return nil, err
	}
	people, err := s.cfg.Numbers.People(ctx, doing, from, to, measure.Place{Time: after.Time, Customer: hitori.CustomerID(after.Position)}, in.Limit)
	if err != nil {
		return nil, err
	}
	out := datesOutput{Total: people.Total}
	ids := make([]hitori.CustomerID, len(people.Page))
	for i, p := range people.Page {
		ids[i] = p.Customer
	}
	if len(ids) == in.Limit {
		last := people.Page[len(ids)-1]
		out.Next = formatCursor(unify.Cursor{Time: last.Time, Position: hitori.Position(last.Customer)})
	}
	out.Customers, err = s.cfg.Customers.Cards(ctx, ids)
	return &body[datesOutput]{out}, err
}

func parseDate(field, text string) (measure.Date, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return measure.Date{}, hitori.NewError(hitori.Invalid, "date_invalid", "value", text).At(field)
	}
	year, month, date := day.Date()
	return measure.Date{Year: year, Month: month, Day: date}, nil
}
