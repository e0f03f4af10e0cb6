package api

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

func (s *Server) serveNotifications() {
	handle(s, route{
		id: "list-notifications", method: http.MethodGet, path: "/notifications", scope: anyUser,
		summary: "List what needs somebody, latest first",
	}, s.listNotifications)
	handle(s, route{
		id: "read-notifications", method: http.MethodPost, path: "/notifications/read", scope: anyUser,
		summary: "Mark notifications as read, for oneself, until they get worse", status: http.StatusNoContent,
	}, s.readNotifications)
}

// Notification is something that needs somebody.
type Notification struct {
	ID       string            `json:"id" doc:"Stays the same for as long as it is about the same thing"`
	Kind     string            `json:"kind" enum:"import_failed,import_rejects,quarantine,source_silent,disk_low,disk_full,erasure_stuck,identity_conflicts,sign_in_conflict,key_rate"`
	Severity hitori.Severity   `json:"severity" enum:"info,warning,error"`
	Time     time.Time         `json:"time" doc:"When it last became worse"`
	Text     string            `json:"text" doc:"In the language of the request"`
	Args     map[string]string `json:"args"`
	Link     string            `json:"link" doc:"The page where something can be done about it"`
	Read     bool              `json:"read"`
}

type notificationsOutput struct {
	Notifications []Notification `json:"notifications"`
	Unread        int            `json:"unread"`
	// Complete is false when an engine is away, so that there may be more.
	Complete bool `json:"complete" doc:"false when an engine is away, so that there may be more"`
}

func (s *Server) listNotifications(ctx context.Context, _ *struct{}) (*body[notificationsOutput], error) {
	v := visitorOf(ctx)
	letters, missing, err := s.cfg.Inbox.List(ctx, v.user)
	if err != nil {
		return nil, err
	}
	if missing != nil {
		s.cfg.Logger.Log(ctx, slog.LevelWarn, "not all notifications could be found out", "error", missing)
	}
	out := notificationsOutput{Notifications: make([]Notification, 0, len(letters)), Complete: missing == nil}
	for _, l := range letters {
		args := maps.Clone(l.Args)
		if l.Cause != nil {
			args["reason"] = s.cfg.Texts.Error(v.language, l.Cause)
		}
		if !l.Read {
			out.Unread++
		}
		if !v.has(access.PersonalRead) {
			for name, value := range args { // before they are part of the text
				args[name] = maskText(value, name == "customer")
			}
		}
		out.Notifications = append(out.Notifications, Notification{
			ID: l.ID, Kind: l.Kind, Severity: l.Severity, Time: l.Time, Text: s.cfg.Texts.Text(v.language, "notice."+l.Kind, args),
			Args: args, Link: l.Link, Read: l.Read,
		})
	}
	return &body[notificationsOutput]{out}, nil
}

type readInput struct {
	Body struct {
		Notifications []struct {
			ID   string    `json:"id" maxLength:"200"`
			Time time.Time `json:"time" doc:"That of the notification as it was shown"`
		} `json:"notifications" maxItems:"1000"`
	}
}

func (s *Server) readNotifications(ctx context.Context, in *readInput) (*struct{}, error) {
	read := make(map[string]time.Time)
	for _, n := range in.Body.Notifications {
		read[n.ID] = n.Time
	}
	return nil, s.cfg.Inbox.Read(ctx, visitorOf(ctx).user, read)
}
