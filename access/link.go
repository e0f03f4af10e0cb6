package access

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Link lets a user in once (使い捨てリンク).
type Link struct {
	User      string
	Kind      LinkKind
	CreatedAt time.Time
	CreatedBy string
	ExpiresAt time.Time
}

// LinkKind says what a link is for.
type LinkKind string

// The kinds of link.
const (
	// SignInLink signs in, which only the demo does.
	SignInLink LinkKind = "sign_in"
	// Invitation lets a new user choose a password.
	Invitation LinkKind = "invitation"
	// PasswordLink lets a user who forgot the password choose another.
	PasswordLink LinkKind = "password"
)

// life is how long a link is good for.
func (k LinkKind) life() time.Duration {
	if k == Invitation {
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}

// LinkPath is where a link leads. The token stands behind the #, which browsers keep to
// themselves, so that it is in no server's log.
func LinkPath(token string) string { return "/sign-in#token=" + token }

// NewLink makes a link for a user, an invitation when the user has no password yet.
// Earlier links of the user are useless from then on.
func (u *Users) NewLink(ctx context.Context, id, by string) (token string, l Link, err error) {
	a, err := u.store.User(ctx, id)
	if err != nil {
		return "", l, err
	}
	if a.Disabled {
		return "", l, hitori.NewError(hitori.Conflict, "link_disabled")
	}
	kind := PasswordLink
	if a.Hash == "" {
		kind = Invitation
	}
	return u.newLink(ctx, id, kind, by)
}

// NewSignInLink makes a link that signs a user in without more ado.
func (u *Users) NewSignInLink(ctx context.Context, id, by string) (token string, err error) {
	token, _, err = u.newLink(ctx, id, SignInLink, by)
	return token, err
}

func (u *Users) newLink(ctx context.Context, id string, kind LinkKind, by string) (string, Link, error) {
	token, now := strings.ToLower(rand.Text()), u.clock.Now()
	l := Link{User: id, Kind: kind, CreatedAt: now, CreatedBy: by, ExpiresAt: now.Add(kind.life())}
	return token, l, u.sessions.AddLink(ctx, l, Hash(token))
}

// Follow returns the user of a link, who has chosen a password where the link is for that.
// It returns an error of code Unauthorized for a link that is unknown, used or over, one of code Invalid, "password_needed", when a
// password must be chosen, and "second_factor_needed" as [Users.SignIn] does. The link can be followed again after
// those.
func (u *Users) Follow(ctx context.Context, token, password, code, address string) (User, error) {
	if err := u.throttle.attempt(u.clock.Now(), limit{"address " + neighbourhood(address), perAddress}); err != nil {
		return User{}, err
	}
	useless := hitori.NewError(hitori.Unauthorized, "link_useless")
	l, err := u.sessions.Link(ctx, Hash(token))
	if hitori.ErrorCode(err) == hitori.NotFound || err == nil && !u.clock.Now().Before(l.ExpiresAt) {
		return User{}, useless
	}
	if err != nil {
		return User{}, err
	}
	a, err := u.store.User(ctx, l.User)
	if err != nil {
		return User{}, err
	}
	if a.Disabled {
		return a.User, useless
	}
	// The link was right: whoever has it guesses nothing but the code.
	u.throttle.forgive(limit{"address " + neighbourhood(address), perAddress})
	hash := ""
	if l.Kind != SignInLink {
		if password == "" {
			return a.User, hitori.NewError(hitori.Invalid, "password_needed", "email", a.Email).At("password")
		}
		if err := checkPassword(password, a.Email); err != nil {
			return a.User, err
		}
		if hash, err = u.hasher.hash(ctx, password); err != nil {
			return a.User, err
		}
	}
	if err := u.throttledFactor(ctx, a, code, address); err != nil {
		return a.User, err
	}
	if taken, err := u.sessions.TakeLink(ctx, Hash(token)); err != nil || !taken {
		if err == nil {
			err = useless
		}
		return a.User, err
	}
	if hash == "" {
		return a.User, nil
	}
	a, err = u.store.ChangeUser(ctx, a.ID, func(a *Account) error { a.Hash, a.Password = hash, true; return nil })
	if err != nil {
		return a.User, err
	}
	return a.User, u.sessions.EndSessions(ctx, a.ID, "")
}

// throttledFactor is [Users.secondFactor] for those whose password was not asked for.
func (u *Users) throttledFactor(ctx context.Context, a Account, code, address string) error {
	if code == "" {
		return u.secondFactor(ctx, a, code)
	}
	pair := limit{"pair " + Hash(a.Email) + " " + neighbourhood(address), perPair}
	if err := u.throttle.attempt(u.clock.Now(), pair); err != nil {
		return err
	}
	err := u.secondFactor(ctx, a, code)
	if err == nil {
		u.throttle.clear(pair)
	}
	return err
}
