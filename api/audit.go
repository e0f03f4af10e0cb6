package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

func (s *Server) serveAudit() {
	handle(s, route{id: "list-audit", method: http.MethodGet, path: "/audit", scope: access.Admin,
		summary: "List who changed what and who looked at whom, newest first"}, s.listAudit)
}

type auditInput struct {
	Before string `query:"before" doc:"Where the previous page ended, or a time (RFC 3339) to begin before"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
	Actor  string `query:"actor" doc:"Only this one: user:address or key:name"`
	Action string `query:"action" doc:"Only this operation, as in merge-customers"`
	Object string `query:"object" doc:"Only what was done to this: a customer id, or as in keys/k1"`
}

type auditOutput struct {
	Entries []access.AuditEntry `json:"entries"`
	Next    string              `json:"next,omitempty" doc:"Where the next page begins"`
}

func (s *Server) listAudit(ctx context.Context, in *auditInput) (*body[auditOutput], error) {
	filter := access.AuditFilter{Actor: in.Actor, Action: in.Action, Limit: in.Limit}
	var err error
	if filter.Before, err = parseAuditCursor(in.Before); err != nil {
		return nil, err
	}
	if filter.Customer, err = hitori.ParseCustomerID(in.Object); err != nil {
		filter.Object = in.Object
	}
	entries, err := s.cfg.Audit.List(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := auditOutput{Entries: entries}
	if len(entries) == in.Limit {
		last := entries[len(entries)-1]
		out.Next = strconv.FormatInt(last.Time.UnixMilli(), 10) + "-" + last.ID
	}
	return &body[auditOutput]{out}, nil
}

// parseAuditCursor reads where a page begins: the time and id of the entry before it.
func parseAuditCursor(text string) (e access.AuditEntry, err error) {
	if text == "" {
		return e, nil
	}
	if e.Time, err = time.Parse(time.RFC3339, text); err == nil {
		return e, nil
	}
	digits, id, _ := strings.Cut(text, "-")
	ms, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || ms <= 0 {
		return e, hitori.NewError(hitori.Invalid, "cursor").At("before")
	}
	return access.AuditEntry{Time: time.UnixMilli(ms).UTC(), ID: id}, nil
}
