package state

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

const sessionColumns = "s.id, s.user_id, s.created_at, s.seen_at, s.address, s.agent"

// sessionTargets are where the columns of a session are scanned into; done is called afterwards.
func sessionTargets(session *access.Session) (targets []any, done func()) {
	var created, seen int64
	targets = []any{&session.ID, &session.User, &created, &seen, &session.Address, &session.Agent}
	return targets, func() { session.CreatedAt, session.SeenAt = fromMillis(created), fromMillis(seen) }
}

// AddSession implements [access.SessionStore].
func (s *Store) AddSession(ctx context.Context, session access.Session, hash string) error {
	_, err := s.engine.Exec(ctx, `INSERT INTO sessions (hash, id, user_id, created_at, seen_at, address, agent)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`, hash, session.ID, session.User, millis(session.CreatedAt), millis(session.SeenAt),
		session.Address, session.Agent)
	return s.wrap(err)
}

// Session implements [access.SessionStore].
func (s *Store) Session(ctx context.Context, hash string) (session access.Session, a access.Account, err error) {
	targets, done := sessionTargets(&session)
	ofUser, doneUser := userTargets(&a)
	found, err := one(ctx, s.engine, "SELECT "+sessionColumns+", "+userColumns+` FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.hash = ?1`, []any{hash}, append(targets, ofUser...)...)
	if err == nil && !found {
		err = hitori.NewError(hitori.NotFound, "session_unknown")
	}
	done()
	doneUser()
	return session, a, s.wrap(err)
}

// SeeSession implements [access.SessionStore].
func (s *Store) SeeSession(ctx context.Context, id string, at time.Time) error {
	_, err := s.engine.Exec(ctx, "UPDATE sessions SET seen_at = ?1 WHERE id = ?2 AND seen_at < ?1", millis(at), id)
	return s.wrap(err)
}

// Sessions implements [access.SessionStore].
func (s *Store) Sessions(ctx context.Context, user string) ([]access.Session, error) {
	sessions := []access.Session{}
	err := each(ctx, s.engine, func(r Rows) error {
		var session access.Session
		targets, done := sessionTargets(&session)
		err := r.Scan(targets...)
		done()
		sessions = append(sessions, session)
		return err
	}, "SELECT "+sessionColumns+" FROM sessions s WHERE s.user_id = ?1 ORDER BY s.seen_at DESC, s.id", user)
	return sessions, s.wrap(err)
}

// EndSession implements [access.SessionStore].
func (s *Store) EndSession(ctx context.Context, user, id string) error {
	ended, err := s.engine.Exec(ctx, "DELETE FROM sessions WHERE id = ?1 AND user_id = ?2", id, user)
	if err == nil && ended == 0 {
		return hitori.NewError(hitori.NotFound, "session_unknown")
	}
	return s.wrap(err)
}

// EndSessions implements [access.SessionStore].
func (s *Store) EndSessions(ctx context.Context, user, except string) error {
	_, err := s.engine.Exec(ctx, "DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2", user, except)
	return s.wrap(err)
}

// AddLink implements [access.SessionStore].
func (s *Store) AddLink(ctx context.Context, l access.Link, hash string) error {
	return s.wrap(s.engine.Write(ctx, func(c Conn) error {
		if _, err := c.Exec(ctx, "DELETE FROM links WHERE user_id = ?1", l.User); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "INSERT INTO links (hash, user_id, kind, created_at, created_by, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			hash, l.User, string(l.Kind), millis(l.CreatedAt), l.CreatedBy, millis(l.ExpiresAt))
		return err
	}))
}

// Link implements [access.SessionStore].
func (s *Store) Link(ctx context.Context, hash string) (l access.Link, err error) {
	var kind string
	var created, expires int64
	found, err := one(ctx, s.engine, "SELECT user_id, kind, created_at, created_by, expires_at FROM links WHERE hash = ?1", []any{hash},
		&l.User, &kind, &created, &l.CreatedBy, &expires)
	if err == nil && !found {
		err = hitori.NewError(hitori.NotFound, "link_useless")
	}
	l.Kind, l.CreatedAt, l.ExpiresAt = access.LinkKind(kind), fromMillis(created), fromMillis(expires)
	return l, s.wrap(err)
}

// TakeLink implements [access.SessionStore].
func (s *Store) TakeLink(ctx context.Context, hash string) (bool, error) {
	taken, err := s.engine.Exec(ctx, "DELETE FROM links WHERE hash = ?1", hash)
	return taken > 0, s.wrap(err)
}

// DropLinks implements [access.SessionStore].
func (s *Store) DropLinks(ctx context.Context, user string) error {
	_, err := s.engine.Exec(ctx, "DELETE FROM links WHERE user_id = ?1", user)
	return s.wrap(err)
}

// Expire implements [access.SessionStore].
func (s *Store) Expire(ctx context.Context, seen, now time.Time) error {
	return s.wrap(s.engine.Write(ctx, func(c Conn) error {
		if _, err := c.Exec(ctx, "DELETE FROM sessions WHERE seen_at <= ?1", millis(seen)); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "DELETE FROM links WHERE expires_at <= ?1", millis(now))
		return err
	}))
}
