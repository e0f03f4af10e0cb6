package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hitori-cdp/hitori/access"
)

type keyCommand struct {
	Create keyCreateCommand `cmd:"" help:"${key_create}"`
	List   keyListCommand   `cmd:"" help:"${key_list}"`
	Revoke keyRevokeCommand `cmd:"" help:"${key_revoke}"`
}

type keyCreateCommand struct {
	Name   string   `arg:"" help:"${arg_key_name}"`
	Source string   `help:"${flag_key_source}"`
	Scope  []string `help:"${flag_key_scope}"`
	Rate   int      `help:"${flag_key_rate}"`
	Value  string   `help:"${flag_key_value}"`
}

// Run makes a key: a write key for a source, or an API key with scopes.
func (c *keyCreateCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		var made struct {
			access.Key
			Secret string `json:"secret"`
		}
		err := api.call(http.MethodPost, "/keys", map[string]any{
			"name": c.Name, "source": c.Source, "scopes": c.Scope, "rate": c.Rate, "secret": c.Value,
		}, &made)
		if err != nil {
			return err
		}
		if s.JSON {
			return s.show(made)
		}
		s.say("key_made", "secret", made.Secret)
		return nil
	})
}

type keyListCommand struct{}

// Run lists the keys.
func (c *keyListCommand) Run(s *session) error {
	return list(s, "/keys", "keys", "", func(k *access.Key) string {
		state := ""
		if k.RevokedAt != nil {
			state = s.text("key_revoked")
		}
		return fmt.Sprintf("%s\t%s\t…%s\t%s\t%s", k.ID, k.Name, k.Hint, joinScopes(k.Scopes), state)
	})
}

func joinScopes(scopes []access.Scope) string {
	texts := make([]string, len(scopes))
	for i, scope := range scopes {
		texts[i] = string(scope)
	}
	return strings.Join(texts, " ")
}

type keyRevokeCommand struct {
	ID string `arg:"" help:"${arg_key_id}"`
}

// Run makes a key useless.
func (c *keyRevokeCommand) Run(s *session) error {
	return s.with(func(api *client) error { return api.call(http.MethodDelete, "/keys/"+c.ID, nil, nil) })
}
