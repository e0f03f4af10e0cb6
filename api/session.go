package api

import (
	"context"
	"net/http"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

func (s *Server) serveSession() {
	handle(s, route{id: "get-setup", method: http.MethodGet, path: "/setup", scope: anybody,
		summary: "Show whether the first user is still to be made, and how to sign in"}, s.getSetup)
	handle(s, route{id: "set-up", method: http.MethodPost, path: "/setup", scope: anybody,
		summary: "Make the first user, an administrator, and sign in", status: http.StatusCreated}, s.setUp)
	handle(s, route{id: "sign-in", method: http.MethodPost, path: "/session", scope: anybody,
		summary: "Sign in"}, s.signIn)
	handle(s, route{id: "follow-link", method: http.MethodPost, path: "/session/link", scope: anybody,
		summary: "Sign in with a one-time link"}, s.followLink)
	handle(s, route{id: "get-session", method: http.MethodGet, path: "/session", scope: anyUser,
		summary: "Show who is signed in, and with which rights"}, s.getSession)
	handle(s, route{id: "change-session", method: http.MethodPatch, path: "/session", scope: anyUser,
		summary: "Change one's own name, language, theme or password"}, s.changeSession)
	handle(s, route{id: "sign-out", method: http.MethodDelete, path: "/session", scope: anyUser,
		summary: "Sign out", status: http.StatusNoContent}, s.signOut)
	handle(s, route{id: "list-sessions", method: http.MethodGet, path: "/sessions", scope: anyUser,
		summary: "List the browsers where one is signed in"}, s.listSessions)
	handle(s, route{id: "end-session", method: http.MethodDelete, path: "/sessions/{id}", scope: anyUser,
		summary: "Sign out at another browser", status: http.StatusNoContent}, s.endSession)
}

// Setup is what a browser must know before anybody has signed in.
type Setup struct {
	Needed bool `json:"needed" doc:"There is no user yet; the first one is made now"`
	Demo   bool `json:"demo"`
	// OIDC is the other way to sign in, if there is one.
	OIDC *SetupOIDC `json:"oidc,omitempty"`
}

// SetupOIDC is the OpenID provider one can sign in with.
type SetupOIDC struct {
	Name  string `json:"name"`
	Start string `json:"start" doc:"Where to send the browser; takes ?return="`
}

func (s *Server) getSetup(ctx context.Context, _ *struct{}) (*body[Setup], error) {
	there, err := s.cfg.Users.Any(ctx)
	out := Setup{Needed: !there, Demo: s.cfg.Demo}
	if s.cfg.OIDC != nil {
		out.OIDC = &SetupOIDC{Name: s.cfg.OIDC.Name(), Start: access.OIDCStart}
	}
	return &body[Setup]{out}, err
}

// Session is who is signed in.
type Session struct {
	User   access.User    `json:"user"`
	Rights []access.Scope `json:"rights"`
	// Demo says that everything shown is made up.
	Demo    bool   `json:"demo"`
	Version string `json:"version" doc:"That of the program"`
	Shop    Shop   `json:"shop"`
}

func (s *Server) newSession(user access.User) Session {
	return Session{User: user, Rights: user.Role.Scopes(), Demo: s.cfg.Demo, Version: s.cfg.Version, Shop: s.cfg.Shop}
}

// entered answers who has signed in, with the cookie.
type entered struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Session
}

// enter begins a session.
func (s *Server) enter(ctx context.Context, user access.User) (*entered, error) {
	c := clientOf(ctx)
	token, user, err := s.cfg.Users.Begin(ctx, user, c.Client)
	if err != nil {
		return nil, err
	}
	return &entered{SetCookie: c.cookie(sessionCookie, token, access.SessionLife), Body: s.newSession(user)}, nil
}

// as signs what follows with the name of a user who is not signed in yet.
func as(ctx context.Context, user access.User) {
	if user.ID != "" {
		entryOf(ctx).Actor = user.Actor()
		touches(ctx, "users/"+user.ID, "")
	}
}

type setUpInput struct {
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"100"`
		Email    string `json:"email" minLength:"3" maxLength:"254"`
		Password string `json:"password" maxLength:"1000"`
		Language string `json:"language,omitempty" enum:"ja,en"`
	}
}

func (s *Server) setUp(ctx context.Context, in *setUpInput) (*entered, error) {
	user, err := s.cfg.Users.SetUp(ctx, access.User{
		Name: in.Body.Name, Email: in.Body.Email, Language: in.Body.Language, CreatedBy: "setup",
	}, in.Body.Password)
	if err != nil {
		return nil, err
	}
	as(ctx, user)
	return s.enter(ctx, user)
}

type signInInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1000"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the second factor, or a recovery code"`
	}
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*entered, error) {
	user, err := s.cfg.Users.SignIn(ctx, access.Credentials{
		Email: in.Body.Email, Password: in.Body.Password, Code: in.Body.Code, Address: clientOf(ctx).Address,
	})
	as(ctx, user)
	if err != nil {
		return nil, err
	}
	return s.enter(ctx, user)
}

type followInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"100"`
		Password string `json:"password,omitempty" maxLength:"1000" doc:"The password one chooses, where the link is for that"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the second factor, or a recovery code"`
	}
}

func (s *Server) followLink(ctx context.Context, in *followInput) (*entered, error) {
	user, err := s.cfg.Users.Follow(ctx, in.Body.Token, in.Body.Password, in.Body.Code, clientOf(ctx).Address)
	as(ctx, user)
	if err != nil {
		return nil, err
	}
	return s.enter(ctx, user)
}

func (s *Server) getSession(ctx context.Context, _ *struct{}) (*body[Session], error) {
	return &body[Session]{s.newSession(visitorOf(ctx).user)}, nil
}

type changeSessionInput struct {
	Body struct {
		Name     *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Language *string `json:"language,omitempty" enum:"ja,en"`
		Theme    *string `json:"theme,omitempty" enum:"system,light,dark"`
		Password *struct {
			Current string `json:"current" maxLength:"1000" doc:"Empty for one who has no password yet"`
			New     string `json:"new" minLength:"1" maxLength:"1000"`
		} `json:"password,omitempty"`
	}
}

func (s *Server) changeSession(ctx context.Context, in *changeSessionInput) (*body[Session], error) {
	v := visitorOf(ctx)
	change := access.OwnChange{Name: in.Body.Name, Language: in.Body.Language, Theme: in.Body.Theme}
	detail := ""
	if in.Body.Password != nil {
		change.Current, change.New = in.Body.Password.Current, in.Body.Password.New
		detail = "password"
	}
	touches(ctx, "users/"+v.user.ID, detail)
	user, err := s.cfg.Users.ChangeOwn(ctx, v.user, v.session.ID, change)
	return &body[Session]{s.newSession(user)}, err
}

type left struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*left, error) {
	v := visitorOf(ctx)
	err := s.cfg.Users.End(ctx, v.user.ID, v.session.ID)
	if hitori.ErrorCode(err) == hitori.NotFound { // ended elsewhere
		err = nil
	}
	return &left{clientOf(ctx).cookie(sessionCookie, "", 0)}, err
}

// OpenSession is a browser where a user is signed in.
type OpenSession struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent" doc:"What the browser calls itself"`
	Current   bool      `json:"current" doc:"The one that asks"`
}

type sessionsOutput struct {
	Sessions []OpenSession `json:"sessions"`
}

func (s *Server) listSessions(ctx context.Context, _ *struct{}) (*body[sessionsOutput], error) {
	v := visitorOf(ctx)
	list, err := s.cfg.Users.Sessions(ctx, v.user.ID)
	out := sessionsOutput{Sessions: make([]OpenSession, 0, len(list))}
	for _, session := range list {
		out.Sessions = append(out.Sessions, OpenSession{
			ID: session.ID, CreatedAt: session.CreatedAt, SeenAt: session.SeenAt, Address: session.Address, Agent: session.Agent,
			Current: session.ID == v.session.ID,
		})
	}
	return &body[sessionsOutput]{out}, err
}

func (s *Server) endSession(ctx context.Context, in *keyInput) (*struct{}, error) {
	return nil, s.cfg.Users.End(ctx, visitorOf(ctx).user.ID, in.ID)
}

func (s *Server) serveSecondFactor() {
	handle(s, route{id: "offer-second-factor", method: http.MethodPost, path: "/session/second-factor", scope: anyUser,
		summary: "Get a secret for an authenticator app; it counts once a code of it was confirmed"}, s.offerSecondFactor)
	handle(s, route{id: "confirm-second-factor", method: http.MethodPut, path: "/session/second-factor", scope: anyUser,
		summary: "Confirm the authenticator app with a code; the recovery codes are shown this once"}, s.confirmSecondFactor)
	handle(s, route{id: "remove-second-factor", method: http.MethodDelete, path: "/session/second-factor", scope: anyUser,
		summary: "Sign in without a second factor from now on", status: http.StatusNoContent}, s.removeSecondFactor)
}

type offerOutput struct {
	Secret string `json:"secret"`
	URI    string `json:"uri" doc:"What the QR code holds"`
}

func (s *Server) offerSecondFactor(ctx context.Context, _ *struct{}) (*body[offerOutput], error) {
	secret, uri, err := s.cfg.Users.OfferSecondFactor(ctx, visitorOf(ctx).user)
	return &body[offerOutput]{offerOutput{secret, uri}}, err
}

type confirmInput struct {
	Body struct {
		Code string `json:"code" maxLength:"40"`
	}
}

type confirmOutput struct {
	RecoveryCodes []string `json:"recovery_codes" doc:"Each counts once, when the telephone is lost"`
}

func (s *Server) confirmSecondFactor(ctx context.Context, in *confirmInput) (*body[confirmOutput], error) {
	codes, err := s.cfg.Users.ConfirmSecondFactor(ctx, visitorOf(ctx).user, in.Body.Code)
	return &body[confirmOutput]{confirmOutput{codes}}, err
}

type removeInput struct {
	Body struct {
		Password string `json:"password" maxLength:"1000"`
	}
}

func (s *Server) removeSecondFactor(ctx context.Context, in *removeInput) (*struct{}, error) {
	return nil, s.cfg.Users.RemoveSecondFactor(ctx, visitorOf(ctx).user, in.Body.Password)
}
