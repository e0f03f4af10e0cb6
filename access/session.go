package access

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
)

// Session is a user signed in at one browser. Its token is kept only as a hash.
type Session struct {
	ID, User          string
	CreatedAt, SeenAt time.Time
	Address, Agent    string
}

// How long a session lasts: after the last request, and in all. seenEvery bounds how often
// a request is written down.
const (
	SessionIdle = 12 * time.Hour
	SessionLife = 30 * 24 * time.Hour
	seenEvery   = time.Minute
)

// over reports whether a session has ended by itself.
func (s *Session) over(now time.Time) bool {
	return now.Sub(s.SeenAt) >= SessionIdle || now.Sub(s.CreatedAt) >= SessionLife
}

// SessionStore keeps sessions and one-time links.
type SessionStore interface {
	AddSession(ctx context.Context, s Session, hash string) error
	// Session returns a session with its user, or an error of code NotFound.
	Session(ctx context.Context, hash string) (Session, Account, error)
	// SeeSession writes down when a session was last used.
	SeeSession(ctx context.Context, id string, at time.Time) error
	// Sessions lists a user's sessions, the last used first.
	Sessions(ctx context.Context, user string) ([]Session, error)
	// EndSession ends one session of a user; an error of code NotFound when there is none.
	EndSession(ctx context.Context, user, id string) error
	// EndSessions ends all sessions of a user but one.
	EndSessions(ctx context.Context, user, except string) error
	// AddLink adds a link; those the user had before are useless from then on.
	AddLink(ctx context.Context, l Link, hash string) error
	// Link returns a link, or an error of code NotFound.
	Link(ctx context.Context, hash string) (Link, error)
	// TakeLink removes a link and reports whether it was there: of two who take it, one gets it.
	TakeLink(ctx context.Context, hash string) (bool, error)
	// DropLinks removes the links of a user.
	DropLinks(ctx context.Context, user string) error
	// Expire removes sessions last used before seen, and links that ended before now.
	Expire(ctx context.Context, seen, now time.Time) error
}

// Client is the browser somebody signs in with.
type Client struct{ Address, Agent string }

// Begin begins a session of a user. The token is what the browser keeps.
func (u *Users) Begin(ctx context.Context, user User, client Client) (token string, _ User, err error) {
	token = strings.ToLower(rand.Text()) // 130 bits
	now := u.clock.Now()
	agent := []rune(client.Agent)
	s := Session{
		ID: strings.ToLower(rand.Text()[:12]), User: user.ID, CreatedAt: now, SeenAt: now,
		Address: client.Address, Agent: string(agent[:min(len(agent), 300)]),
	}
	if err := u.sessions.AddSession(ctx, s, Hash(token)); err != nil {
		return "", user, err
	}
	a, err := u.store.ChangeUser(ctx, user.ID, func(a *Account) error {
		a.SignedInAt, a.Invited = &now, false
		return nil
	})
	return token, a.User, err
}

// Check returns the session with this token and its user. It returns an error of code Unauthorized when there is
// none, it is over, or the user is disabled.
func (u *Users) Check(ctx context.Context, token string) (User, Session, error) {
	s, a, err := u.sessions.Session(ctx, Hash(token))
	now := u.clock.Now()
	switch {
	case hitori.ErrorCode(err) == hitori.NotFound:
		return User{}, s, hitori.NewError(hitori.Unauthorized, "signed_out")
	case err != nil:
		return User{}, s, err
	case s.over(now) || a.Disabled:
		return User{}, s, hitori.NewError(hitori.Unauthorized, "signed_out")
	}
	if now.Sub(s.SeenAt) >= seenEvery {
		err = u.sessions.SeeSession(ctx, s.ID, now)
	}
	return a.User, s, err
}

// Sessions lists a user's sessions that are not over, the last used first.
func (u *Users) Sessions(ctx context.Context, user string) ([]Session, error) {
	list, err := u.sessions.Sessions(ctx, user)
	now := u.clock.Now()
	return slices.DeleteFunc(list, func(s Session) bool { return s.over(now) }), err
}

// End ends one session of a user. It returns an error of code NotFound when it is none of theirs.
func (u *Users) End(ctx context.Context, user, id string) error {
	return u.sessions.EndSession(ctx, user, id)
}

// Clean removes links that are over, and sessions that have been for long: until then they
// tell from which addresses a user is no stranger.
func (u *Users) Clean(ctx context.Context) error {
	now := u.clock.Now()
	return u.sessions.Expire(ctx, now.Add(-SessionLife), now)
}
