package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/api"
)

type userCommand struct {
	Create  userCreateCommand  `cmd:"" help:"${user_create}"`
	List    userListCommand    `cmd:"" help:"${user_list}"`
	Disable userDisableCommand `cmd:"" help:"${user_disable}"`
	Enable  userEnableCommand  `cmd:"" help:"${user_enable}"`
	Link    userLinkCommand    `cmd:"" help:"${user_link}"`
}

type userCreateCommand struct {
	Email    string `arg:"" help:"${arg_user_email}"`
	Name     string `help:"${flag_user_name}"`
	Role     string `required:"" enum:"admin,marketer,analyst,sales,viewer" help:"${flag_user_role}"`
	Language string `default:"ja" enum:"ja,en" help:"${flag_user_language}"`
}

// Run makes a user and prints the link with which they choose a password.
func (c *userCreateCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		var user access.User
		err := api.call(http.MethodPost, "/users", map[string]any{
			"email": c.Email, "name": c.Name, "role": c.Role, "language": c.Language,
		}, &user)
		if err != nil {
			return err
		}
		return s.link(api, user)
	})
}

// link makes a link for a user and prints it.
func (s *session) link(client *client, user access.User) error {
	var link api.UserLink
	if err := client.call(http.MethodPost, "/users/"+user.ID+"/link", nil, &link); err != nil {
		return err
	}
	if client.own != nil && s.PublicURL == "" { // that program ends with this command
		link.URL = "http://localhost:8080" + access.LinkPath(link.Token)
	}
	if s.JSON {
		return s.show(map[string]any{"user": user, "link": link})
	}
	s.say("user_link_"+string(link.Kind), "email", user.Email, "url", link.URL, "until", s.when(link.ExpiresAt))
	return nil
}

type userListCommand struct{}

// Run lists the users.
func (c *userListCommand) Run(s *session) error {
	return list(s, "/users", "users", "", func(u *access.User) string {
		state := ""
		switch {
		case u.Disabled:
			state = s.text("user_disabled")
		case u.Invited:
			state = s.text("user_invited")
		}
		return fmt.Sprintf("%s\t%s\t%s\t%s", u.Email, u.Name, s.text("user_role_"+string(u.Role)), state)
	})
}

func (c *client) users() ([]access.User, error) {
	var answer struct{ Users []access.User }
	err := c.call(http.MethodGet, "/users", nil, &answer)
	return answer.Users, err
}

// user finds a user by address.
func (c *client) user(email string) (access.User, error) {
	users, err := c.users()
	if err != nil {
		return access.User{}, err
	}
	for _, u := range users {
		if strings.EqualFold(u.Email, strings.TrimSpace(email)) {
			return u, nil
		}
	}
	return access.User{}, hitori.NewError(hitori.NotFound, "user_unknown")
}

type userArgument struct {
	Email string `arg:"" help:"${arg_user_email}"`
}

func (a userArgument) disable(s *session, disabled bool) error {
	return s.with(func(api *client) error {
		user, err := api.user(a.Email)
		if err != nil {
			return err
		}
		change := map[string]any{"disabled": disabled, "version": user.Version}
		return api.call(http.MethodPatch, "/users/"+url.PathEscape(user.ID), change, nil)
	})
}

type userDisableCommand struct{ userArgument }

// Run keeps a user out, at once.
func (c *userDisableCommand) Run(s *session) error { return c.disable(s, true) }

type userEnableCommand struct{ userArgument }

// Run lets a user in again.
func (c *userEnableCommand) Run(s *session) error { return c.disable(s, false) }

type userLinkCommand struct{ userArgument }

// Run makes a link with which a user chooses a password.
func (c *userLinkCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		user, err := api.user(c.Email)
		if err != nil {
			return err
		}
		return s.link(api, user)
	})
}
