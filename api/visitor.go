package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/locale"
)

// visitor is who asks, and in which language: a program with a key, or a user.
type visitor struct {
	key      access.Key
	user     access.User
	session  access.Session
	language locale.Language
}

// signedIn reports whether it is a user.
func (v *visitor) signedIn() bool { return v.user.ID != "" }

// has reports whether the visitor has a right.
func (v *visitor) has(scope access.Scope) bool {
	switch {
	case scope == anybody:
		return true
	case scope == anyUser:
		return v.signedIn()
	case v.signedIn():
		return v.user.Role.Has(scope)
	}
	return v.key.Has(scope)
}

type visitorKey struct{}

func visitorOf(ctx context.Context) visitor {
	v, ok := ctx.Value(visitorKey{}).(visitor)
	if !ok {
		v.language = locale.Japanese
	}
	return v
}

// actor is how what a visitor does is signed.
func actor(ctx context.Context) string {
	v := visitorOf(ctx)
	switch {
	case v.signedIn():
		return v.user.Actor()
	case v.key.ID != "":
		return "key:" + v.key.Name
	}
	return "visitor"
}

// visit finds out who asks, by the key or else the cookie they bring, and returns an error
// unless they have the rights.
func (s *Server) visit(ctx context.Context, header func(string) string, scopes []access.Scope) (visitor, error) {
	v := visitor{language: locale.Choose(header("Accept-Language"))}
	if scopes[0] == anybody {
		return v, nil
	}
	if secret := bearer(header("Authorization")); secret != "" {
		key, err := s.cfg.Keys.Check(ctx, secret)
		if err != nil {
			return v, err
		}
		v.key = key
	} else {
		token := clientOf(ctx).token(header("Cookie"))
		if token == "" {
			return v, hitori.NewError(hitori.Unauthorized, "sign_in_needed")
		}
		user, session, err := s.cfg.Users.Check(ctx, token)
		if err != nil {
			return v, err
		}
		v.user, v.session, v.language = user, session, locale.Choose(user.Language)
	}
	for _, scope := range scopes {
		switch {
		case v.has(scope):
		case scope == anyUser:
			return v, hitori.NewError(hitori.Forbidden, "user_only")
		case v.signedIn():
			return v, hitori.NewError(hitori.Forbidden, "user_scope", "scope", scope)
		default:
			return v, hitori.NewError(hitori.Forbidden, "key_scope", "scope", scope)
		}
	}
	return v, nil
}

// bearer returns the key in an Authorization header: after "Bearer", or as the user of
// "Basic", as Segment's libraries send it.
func bearer(header string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	switch strings.ToLower(scheme) {
	case "bearer":
		return strings.TrimSpace(rest)
	case "basic":
		r := http.Request{Header: http.Header{"Authorization": {header}}}
		user, _, _ := r.BasicAuth()
		return user
	}
	return ""
}
