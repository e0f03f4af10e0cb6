package state

import (
	"context"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

const userColumns = `u.id, u.email, u.name, u.role, u.language, u.theme, u.disabled, u.version, u.password, u.totp, u.totp_pending,
	u.totp_period, u.recovery, u.issuer, u.subject, u.created_at, u.created_by, u.signed_in_at`

// userTargets are where the columns of a user are scanned into; done is called afterwards.
func userTargets(a *access.Account) (targets []any, done func()) {
	var role, recovery string
	var disabled, created, signedIn int64
	targets = []any{&a.ID, &a.Email, &a.Name, &role, &a.Language, &a.Theme, &disabled, &a.Version, &a.Hash, &a.TOTP, &a.Pending,
		&a.Period, &recovery, &a.Issuer, &a.Subject, &created, &a.CreatedBy, &signedIn}
	return targets, func() {
		a.Role, a.Recovery, a.Disabled, a.CreatedAt = access.Role(role), strings.Fields(recovery), disabled != 0, fromMillis(created)
		if a.Invited = signedIn == 0; !a.Invited {
			at := fromMillis(signedIn)
			a.SignedInAt = &at
		}
		a.Password, a.Provider, a.SecondFactor = a.Hash != "", a.Subject != "", a.TOTP != ""
	}
}

// userValues are the columns of a user.
func userValues(a *access.Account) []any {
	var signedIn int64
	if a.SignedInAt != nil {
		signedIn = millis(*a.SignedInAt)
	}
	return []any{a.ID, a.Email, a.Name, string(a.Role), a.Language, a.Theme, number(a.Disabled), a.Version, a.Hash, a.TOTP, a.Pending,
		a.Period, strings.Join(a.Recovery, " "), a.Issuer, a.Subject, millis(a.CreatedAt), a.CreatedBy, signedIn}
}

// number is how a truth is stored.
func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// AddUser implements [access.UserStore].
func (s *Store) AddUser(ctx context.Context, a access.Account, alone bool) error {
	return s.wrap(s.engine.WriteAlone(ctx, func(c Conn) error {
		if alone {
			if there, err := hasUsers(ctx, c); err != nil || there {
				if err == nil {
					err = hitori.NewError(hitori.Conflict, "setup_done")
				}
				return err
			}
		}
		added, err := c.Exec(ctx, `INSERT INTO users (id, email, name, role, language, theme, disabled, version, password, totp, totp_pending,
			totp_period, recovery, issuer, subject, created_at, created_by, signed_in_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) ON CONFLICT DO NOTHING`, userValues(&a)...)
		if err == nil && added == 0 {
			return hitori.NewError(hitori.Conflict, "user_exists", "email", a.Email).At("email")
		}
		return err
	}))
}

func hasUsers(ctx context.Context, c Conn) (bool, error) {
	var id string
	return one(ctx, c, "SELECT id FROM users LIMIT 1", nil, &id)
}

// HasUsers implements [access.UserStore].
func (s *Store) HasUsers(ctx context.Context) (bool, error) {
	there, err := hasUsers(ctx, s.engine)
	return there, s.wrap(err)
}

func user(ctx context.Context, c Conn, condition string, args ...any) (a access.Account, err error) {
	targets, done := userTargets(&a)
	found, err := one(ctx, c, "SELECT "+userColumns+" FROM users u WHERE "+condition, args, targets...)
	if err == nil && !found {
		return a, hitori.NewError(hitori.NotFound, "user_unknown")
	}
	done()
	return a, err
}

// User implements [access.UserStore].
func (s *Store) User(ctx context.Context, id string) (access.Account, error) {
	a, err := user(ctx, s.engine, "u.id = ?1", id)
	return a, s.wrap(err)
}

// UserByEmail implements [access.UserStore].
func (s *Store) UserByEmail(ctx context.Context, email string) (access.Account, error) {
	a, err := user(ctx, s.engine, "u.email = ?1", email)
	return a, s.wrap(err)
}

// UserBySubject implements [access.UserStore].
func (s *Store) UserBySubject(ctx context.Context, issuer, subject string) (access.Account, error) {
	a, err := user(ctx, s.engine, "u.issuer = ?1 AND u.subject = ?2 AND u.subject <> ''", issuer, subject)
	return a, s.wrap(err)
}

// Users implements [access.UserStore].
func (s *Store) Users(ctx context.Context) ([]access.User, error) {
	users := []access.User{}
	err := each(ctx, s.engine, func(r Rows) error {
		var a access.Account
		targets, done := userTargets(&a)
		err := r.Scan(targets...)
		done()
		users = append(users, a.User)
		return err
	}, "SELECT "+userColumns+" FROM users u ORDER BY u.email")
	return users, s.wrap(err)
}

// mustKeepAdministrator returns an error when nobody but this user could let others in.
func mustKeepAdministrator(ctx context.Context, c Conn, id string) error {
	var other string
	found, err := one(ctx, c, "SELECT id FROM users WHERE role = 'admin' AND disabled = 0 AND id <> ?1 LIMIT 1", []any{id}, &other)
	if err == nil && !found {
		return hitori.NewError(hitori.Conflict, "last_admin")
	}
	return err
}

func administers(a *access.Account) bool { return a.Role == access.Administrator && !a.Disabled }

// ChangeUser implements [access.UserStore].
func (s *Store) ChangeUser(ctx context.Context, id string, change func(*access.Account) error) (a access.Account, err error) {
	err = s.engine.WriteAlone(ctx, func(c Conn) (err error) {
		if a, err = user(ctx, c, "u.id = ?1", id); err != nil {
			return err
		}
		before := administers(&a)
		if err := change(&a); err != nil {
			return err
		}
		if before && !administers(&a) {
			if err := mustKeepAdministrator(ctx, c, id); err != nil {
				return err
			}
		}
		_, err = c.Exec(ctx, `UPDATE users SET email = ?2, name = ?3, role = ?4, language = ?5, theme = ?6, disabled = ?7, version = ?8,
			password = ?9, totp = ?10, totp_pending = ?11, totp_period = ?12, recovery = ?13, issuer = ?14, subject = ?15,
			created_at = ?16, created_by = ?17, signed_in_at = ?18 WHERE id = ?1`, userValues(&a)...)
		return err
	})
	return a, s.wrap(err)
}

// DeleteUser implements [access.UserStore].
func (s *Store) DeleteUser(ctx context.Context, id string, check func(*access.Account) error) error {
	return s.wrap(s.engine.WriteAlone(ctx, func(c Conn) error {
		a, err := user(ctx, c, "u.id = ?1", id)
		if err != nil {
			return err
		}
		if err := check(&a); err != nil {
			return err
		}
		if administers(&a) {
			if err := mustKeepAdministrator(ctx, c, id); err != nil {
				return err
			}
		}
		for _, query := range []string{
			"DELETE FROM users WHERE id = ?1", "DELETE FROM sessions WHERE user_id = ?1", "DELETE FROM links WHERE user_id = ?1",
			"DELETE FROM marks WHERE user_id = ?1",
			"DELETE FROM views WHERE user_id = ?1 AND shared = 0", // the shared ones are the others', too
		} {
			if _, err := c.Exec(ctx, query, id); err != nil {
				return err
			}
		}
		return nil
	}))
}
