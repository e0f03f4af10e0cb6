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
	handle(s, route{id: "get-home", method: http.MethodGet, path: "/home", scope: access.CustomersRead,
		summary: "The numbers of the shop by day"}, s.getHome)
	handle(s, route{id: "list-buyers", method: http.MethodGet, path: "/home/buyers", scope: access.CustomersRead, looks: true,
		summary: "The people who ordered on a day"}, s.listBuyers)
}

type homeInput struct {
	Days int `query:"days" default:"35" minimum:"1" maximum:"800"`
}

func (s *Server) getHome(ctx context.Context, in *homeInput) (*body[measure.Numbers], error) {
	numbers, err := s.cfg.Numbers.Latest(ctx, in.Days)
	return &body[measure.Numbers]{numbers}, err
}

type buyersInput struct {
	Date  string `query:"date" format:"date" required:"true" doc:"A day of the shop"`
	Who   string `query:"who" enum:"all,new,returning" default:"all"`
	Limit int    `query:"limit" default:"200" minimum:"1" maximum:"1000"`
}

type buyersOutput struct {
	Customers []unify.Card `json:"customers"`
}

func (s *Server) listBuyers(ctx context.Context, in *buyersInput) (*body[buyersOutput], error) {
	day, err := time.Parse(time.DateOnly, in.Date)
	if err != nil {
		return nil, hitori.NewError(hitori.Invalid, "date_invalid", "value", in.Date).At("date")
	}
	year, month, date := day.Date()
	ids, err := s.cfg.Numbers.Buyers(ctx, year, month, date, in.Who != "returning", in.Who != "new", in.Limit)
	if err != nil {
		return nil, err
	}
	cards, err := s.cfg.Customers.Cards(ctx, ids)
	return &body[buyersOutput]{buyersOutput{cards}}, err
}
