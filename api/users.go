package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori/access"
)

func (s *Server) serveUsers() {
	handle(s, route{id: "list-users", method: http.MethodGet, path: "/users", scope: access.Admin, summary: "List users"}, s.listUsers)
	handle(s, route{id: "create-user", method: http.MethodPost, path: "/users", scope: access.Admin,
		summary: "Make a user, who gets in by a link", status: http.StatusCreated}, s.createUser)
	handle(s, route{id: "change-user", method: http.MethodPatch, path: "/users/{id}", scope: access.Admin,
		summary: "Change a user; disabling one ends their sessions"}, s.changeUser)
	handle(s, route{id: "delete-user", method: http.MethodDelete, path: "/users/{id}", scope: access.Admin,
		summary: "Remove a user", status: http.StatusNoContent}, s.deleteUser)
	handle(s, route{id: "create-link", method: http.MethodPost, path: "/users/{id}/link", scope: access.Admin,
		summary: "Make a one-time link with which a user chooses a password; earlier ones become useless", status: http.StatusCreated}, s.createLink)
}

type usersOutput struct {
	Users []access.User `json:"users"`
}

func (s *Server) listUsers(ctx context.Context, _ *struct{}) (*body[usersOutput], error) {
	users, err := s.cfg.Users.List(ctx)
	return &body[usersOutput]{usersOutput{users}}, err
}

type createUserInput struct {
	Body struct {
		Name     string      `json:"name,omitempty" maxLength:"100"`
		Email    string      `json:"email" minLength:"3" maxLength:"254"`
		Role     access.Role `json:"role" enum:"admin,marketer,analyst,sales,viewer"`
		Language string      `json:"language,omitempty" enum:"ja,en"`
	}
}

func (s *Server) createUser(ctx context.Context, in *createUserInput) (*body[access.User], error) {
	user, err := s.cfg.Users.Create(ctx, access.User{
		Name: in.Body.Name, Email: in.Body.Email, Role: in.Body.Role, Language: in.Body.Language, CreatedBy: actor(ctx),
	})
	if err == nil {
		touches(ctx, "users/"+user.ID, "role="+string(user.Role))
	}
	return &body[access.User]{user}, err
}

type changeUserInput struct {
	ID   string `path:"id"`
	Body struct {
		Name         *string      `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Role         *access.Role `json:"role,omitempty" enum:"admin,marketer,analyst,sales,viewer"`
		Language     *string      `json:"language,omitempty" enum:"ja,en"`
		Disabled     *bool        `json:"disabled,omitempty"`
		SecondFactor *bool        `json:"second_factor,omitempty" doc:"false takes the second factor away from one who has lost it"`
		Version      int64        `json:"version" doc:"That of the user when you read it"`
	}
}

func (s *Server) changeUser(ctx context.Context, in *changeUserInput) (*body[access.User], error) {
	var changes []string
	note := func(name string, value any) { changes = append(changes, fmt.Sprintf("%s=%v", name, value)) }
	if in.Body.Role != nil {
		note("role", *in.Body.Role)
	}
	if in.Body.Disabled != nil {
		note("disabled", *in.Body.Disabled)
	}
	if in.Body.SecondFactor != nil {
		note("second_factor", *in.Body.SecondFactor)
	}
	touches(ctx, "users/"+in.ID, strings.Join(changes, " "))
	user, err := s.cfg.Users.Change(ctx, in.ID, access.UserChange{
		Name: in.Body.Name, Role: in.Body.Role, Language: in.Body.Language, Disabled: in.Body.Disabled,
		SecondFactor: in.Body.SecondFactor, Version: in.Body.Version,
	})
	return &body[access.User]{user}, err
}

type deleteUserInput struct {
	ID      string `path:"id"`
	Version int64  `query:"version" required:"true" doc:"That of the user when you read it"`
}

func (s *Server) deleteUser(ctx context.Context, in *deleteUserInput) (*struct{}, error) {
	return nil, s.cfg.Users.Delete(ctx, in.ID, in.Version)
}

// UserLink is a one-time link.
type UserLink struct {
	Kind      access.LinkKind `json:"kind" enum:"invitation,password"`
	Token     string          `json:"token" doc:"Shown this once"`
	URL       string          `json:"url" doc:"What to send to the user"`
	ExpiresAt time.Time       `json:"expires_at"`
}

func (s *Server) createLink(ctx context.Context, in *keyInput) (*body[UserLink], error) {
	token, link, err := s.cfg.Users.NewLink(ctx, in.ID, actor(ctx))
	return &body[UserLink]{UserLink{
		Kind: link.Kind, Token: token, URL: clientOf(ctx).origin + access.LinkPath(token), ExpiresAt: link.ExpiresAt,
	}}, err
}

func (s *Server) serveViews() {
	handle(s, route{id: "list-views", method: http.MethodGet, path: "/views", scope: anyUser,
		summary: "List one's saved views of a place, and the shared ones"}, s.listViews)
	handle(s, route{id: "save-view", method: http.MethodPut, path: "/views", scope: anyUser,
		summary: "Save a view under its name"}, s.saveView)
	handle(s, route{id: "put-view", method: http.MethodPut, path: "/views/{id}", scope: anyUser, summary: "Change a saved view"}, s.putView)
	handle(s, route{id: "delete-view", method: http.MethodDelete, path: "/views/{id}", scope: anyUser,
		summary: "Remove a saved view", status: http.StatusNoContent}, s.deleteView)
}

type viewsInput struct {
	Place string `query:"place" required:"true" doc:"The page, as in customers"`
}

type viewsOutput struct {
	Views []access.View `json:"views"`
}

func (s *Server) listViews(ctx context.Context, in *viewsInput) (*body[viewsOutput], error) {
	views, err := s.cfg.Views.List(ctx, visitorOf(ctx).user, in.Place)
	return &body[viewsOutput]{viewsOutput{views}}, err
}

// ViewBody is a view as it is sent.
type ViewBody struct {
	Name   string `json:"name" minLength:"1" maxLength:"100"`
	Query  string `json:"query" doc:"What stands behind the ? of the address"`
	Shared bool   `json:"shared,omitempty" doc:"Everybody sees it"`
	// Version is needed to change a view by its id.
	Version int64 `json:"version,omitempty" doc:"That of the view when you read it"`
}

type saveViewInput struct {
	Place string `query:"place" required:"true" doc:"The page, as in customers"`
	Body  ViewBody
}

func (s *Server) saveView(ctx context.Context, in *saveViewInput) (*body[access.View], error) {
	view, err := s.cfg.Views.Save(ctx, visitorOf(ctx).user, access.View{
		Place: in.Place, Name: in.Body.Name, Query: in.Body.Query, Shared: in.Body.Shared, Version: in.Body.Version,
	})
	touches(ctx, "views/"+view.ID, "")
	return &body[access.View]{view}, err
}

type putViewInput struct {
	ID   string `path:"id"`
	Body ViewBody
}

func (s *Server) putView(ctx context.Context, in *putViewInput) (*body[access.View], error) {
	view, err := s.cfg.Views.Change(ctx, visitorOf(ctx).user, access.View{
		ID: in.ID, Name: in.Body.Name, Query: in.Body.Query, Shared: in.Body.Shared, Version: in.Body.Version,
	})
	return &body[access.View]{view}, err
}

type deleteViewInput struct {
	Version
	ID string `path:"id"`
}

func (s *Server) deleteView(ctx context.Context, in *deleteViewInput) (*struct{}, error) {
	return nil, s.cfg.Views.Delete(ctx, visitorOf(ctx).user, in.ID, in.Version.Version)
}
