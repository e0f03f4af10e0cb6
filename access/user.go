package access

import (
	"context"
	"crypto/rand"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/service"
)

// User is somebody who signs in.
type User struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Role     Role   `json:"role" enum:"admin,marketer,analyst,sales,viewer"`
	Language string `json:"language" enum:"ja,en"`
	Theme    string `json:"theme" enum:"system,light,dark"`
	Disabled bool   `json:"disabled"`
	// Invited says that the user has never signed in.
	Invited      bool       `json:"invited" doc:"The user has never signed in"`
	Password     bool       `json:"password" doc:"The user has a password"`
	Provider     bool       `json:"provider" doc:"The user signs in through the OpenID provider"`
	SecondFactor bool       `json:"second_factor"`
	CreatedAt    time.Time  `json:"created_at"`
	CreatedBy    string     `json:"created_by"`
	SignedInAt   *time.Time `json:"signed_in_at,omitempty"`
	// Version grows with every change an administrator makes; see [UserChange].
	Version int64 `json:"version"`
}

// Actor is how what the user does is signed.
func (u *User) Actor() string { return "user:" + u.Email }

// Account is a user with what proves who they are. It never leaves the program.
type Account struct {
	User
	Hash string // of the password
	// TOTP is the secret of the second factor; Pending is one that was shown and not yet
	// confirmed. Period is the last one whose code was used.
	TOTP, Pending string
	Period        int64
	Recovery      []string // hashes of the codes that are left
	// Issuer and Subject are who the user is to the OpenID provider.
	Issuer, Subject string
}

// The languages and themes a user can choose.
var (
	languages = []string{"ja", "en"}
	themes    = []string{"system", "light", "dark"}
)

// UserStore keeps users.
type UserStore interface {
	// AddUser adds a user; alone says that it must be the first one. It returns an error of code Conflict
	// when the address is taken, or when there is somebody already.
	AddUser(ctx context.Context, a Account, alone bool) error
	// HasUsers reports whether there is anybody.
	HasUsers(ctx context.Context) (bool, error)
	// User returns a user, or an error of code NotFound.
	User(ctx context.Context, id string) (Account, error)
	// UserByEmail returns a user, or an error of code NotFound.
	UserByEmail(ctx context.Context, email string) (Account, error)
	// UserBySubject returns the user a provider knows, or an error of code NotFound.
	UserBySubject(ctx context.Context, issuer, subject string) (Account, error)
	// Users lists the users in the order of their addresses.
	Users(ctx context.Context) ([]User, error)
	// ChangeUser calls change with a user and stores what it made of it, with no other change
	// in between. Nothing is stored when it fails, or when no enabled administrator would be left:
	// an error of code Conflict.
	ChangeUser(ctx context.Context, id string, change func(*Account) error) (Account, error)
	// DeleteUser removes a user with everything of theirs, after check has agreed. The last
	// administrator stays: an error of code Conflict.
	DeleteUser(ctx context.Context, id string, check func(*Account) error) error
}

// Users knows the users and lets them in.
type Users struct {
	store    UserStore
	sessions SessionStore
	clock    service.Clock
	hasher   *hasher
	throttle *throttle
}

// NewUsers returns the users kept in stores.
func NewUsers(store UserStore, sessions SessionStore, clock service.Clock) *Users {
	return &Users{store: store, sessions: sessions, clock: clock, hasher: newHasher(currentCost), throttle: newThrottle()}
}

// Any reports whether there is a user; the first one is made by [Users.SetUp].
func (u *Users) Any(ctx context.Context) (bool, error) { return u.store.HasUsers(ctx) }

// List lists the users in the order of their addresses.
func (u *Users) List(ctx context.Context) ([]User, error) { return u.store.Users(ctx) }

// Get returns a user, or an error of code NotFound.
func (u *Users) Get(ctx context.Context, id string) (User, error) {
	a, err := u.store.User(ctx, id)
	return a.User, err
}

// SetUp makes the first user, an administrator. It returns an error of code Conflict when there is one already.
func (u *Users) SetUp(ctx context.Context, user User, password string) (User, error) {
	user.Role = Administrator
	return u.add(ctx, Account{User: user}, password, true)
}

// Create makes a user, who gets in by a link (see [Users.NewLink]) or through the OpenID provider.
func (u *Users) Create(ctx context.Context, user User) (User, error) {
	return u.add(ctx, Account{User: user}, "", false)
}

func (u *Users) add(ctx context.Context, a Account, password string, alone bool) (_ User, err error) {
	if err := a.complete(); err != nil {
		return User{}, err
	}
	someone, err := u.store.HasUsers(ctx)
	switch {
	case err != nil:
		return User{}, err
	case alone && someone: // checked again when it is stored; here before a password is hashed in vain
		return User{}, hitori.NewError(hitori.Conflict, "setup_done")
	case !someone && a.Role != Administrator: // nobody could let others in
		return User{}, hitori.NewError(hitori.Conflict, "user_first_admin").At("role")
	}
	if alone {
		if err := checkPassword(password, a.Email); err != nil {
			return User{}, err
		}
		if a.Hash, err = u.hasher.hash(ctx, password); err != nil {
			return User{}, err
		}
		a.Password = true
	}
	a.ID = strings.ToLower(rand.Text()[:12])
	a.CreatedAt, a.Version, a.Invited = u.clock.Now(), 1, true
	return a.User, u.store.AddUser(ctx, a, alone)
}

// complete tidies what was typed, fills in defaults and returns an error of code Invalid for
// what cannot be.
func (a *Account) complete() error {
	if a.Language == "" {
		a.Language = languages[0]
	}
	if a.Theme == "" {
		a.Theme = themes[0]
	}
	var ok bool
	if a.Email, ok = readEmail(a.Email); !ok {
		return hitori.NewError(hitori.Invalid, "user_email").At("email")
	}
	if a.Name = strings.TrimSpace(a.Name); a.Name == "" {
		a.Name, _, _ = strings.Cut(a.Email, "@")
	}
	switch {
	case utf8.RuneCountInString(a.Name) > 100:
		return hitori.NewError(hitori.Invalid, "user_name").At("name")
	case !slices.Contains(Roles(), a.Role):
		return hitori.NewError(hitori.Invalid, "user_role", "role", a.Role).At("role")
	case !slices.Contains(languages, a.Language):
		return hitori.NewError(hitori.Invalid, "user_language", "language", a.Language).At("language")
	case !slices.Contains(themes, a.Theme):
		return hitori.NewError(hitori.Invalid, "user_theme", "theme", a.Theme).At("theme")
	}
	return nil
}

// readEmail brings an address into the form in which it is compared.
func readEmail(text string) (string, bool) {
	text = strings.ToLower(strings.TrimSpace(string(normalise(text))))
	parsed, err := mail.ParseAddress(text)
	return text, err == nil && parsed.Address == text && len(text) <= 254
}

// UserChange is what an administrator changes about a user; nil is left as it is.
type UserChange struct {
	Name     *string
	Role     *Role
	Language *string
	Disabled *bool
	// SecondFactor can only be taken away, from one who has lost it.
	SecondFactor *bool
	// Version is that of the user as the administrator saw them; another gives an error of code Conflict.
	Version int64
}

// Change changes a user. A disabled user's sessions end at once, as do those of one whose
// second factor was taken away.
func (u *Users) Change(ctx context.Context, id string, c UserChange) (User, error) {
	a, err := u.store.ChangeUser(ctx, id, func(a *Account) error {
		if err := a.sameAs(c.Version); err != nil {
			return err
		}
		set(&a.Name, c.Name)
		set(&a.Role, c.Role)
		set(&a.Language, c.Language)
		set(&a.Disabled, c.Disabled)
		if c.SecondFactor != nil && !*c.SecondFactor {
			a.dropSecondFactor()
		}
		a.Version++
		return a.complete()
	})
	if err != nil {
		return User{}, err
	}
	if a.Disabled || c.SecondFactor != nil && !*c.SecondFactor {
		err = u.sessions.EndSessions(ctx, id, "")
	}
	if err == nil && a.Disabled {
		err = u.sessions.DropLinks(ctx, id)
	}
	return a.User, err
}

func set[T any](target *T, value *T) {
	if value != nil {
		*target = *value
	}
}

// sameAs returns an error of code Conflict when the user is not what an administrator saw.
func (a *Account) sameAs(version int64) error {
	if version != a.Version {
		return hitori.NewError(hitori.Conflict, "changed_meanwhile")
	}
	return nil
}

// Delete removes a user with their sessions and what they saved for themselves.
func (u *Users) Delete(ctx context.Context, id string, version int64) error {
	return u.store.DeleteUser(ctx, id, func(a *Account) error { return a.sameAs(version) })
}

// OwnChange is what users change about themselves; nil is left as it is.
type OwnChange struct {
	Name, Language, Theme *string
	// Current is the password until now, and New the one from now on.
	Current, New string
}

// ChangeOwn changes what users may change about themselves. After a change of the password all sessions but
// the given one end.
func (u *Users) ChangeOwn(ctx context.Context, user User, session string, c OwnChange) (User, error) {
	hash := ""
	if c.New != "" {
		if err := u.confirm(ctx, user, c.Current); err != nil {
			return user, err
		}
		if err := checkPassword(c.New, user.Email); err != nil {
			return user, err
		}
		var err error
		if hash, err = u.hasher.hash(ctx, c.New); err != nil {
			return user, err
		}
	}
	a, err := u.store.ChangeUser(ctx, user.ID, func(a *Account) error {
		set(&a.Name, c.Name)
		set(&a.Language, c.Language)
		set(&a.Theme, c.Theme)
		if hash != "" {
			a.Hash, a.Password = hash, true
		}
		return a.complete()
	})
	if err != nil || hash == "" {
		return a.User, err
	}
	if err := u.sessions.DropLinks(ctx, user.ID); err != nil {
		return a.User, err
	}
	return a.User, u.sessions.EndSessions(ctx, user.ID, session)
}

// confirm returns an error when a signed-in user's password is another. One who has no
// password has none to confirm.
func (u *Users) confirm(ctx context.Context, user User, password string) error {
	a, err := u.store.User(ctx, user.ID)
	if err != nil || a.Hash == "" {
		return err
	}
	own := limit{"confirm " + user.ID, perPair}
	if err := u.throttle.attempt(u.clock.Now(), own); err != nil {
		return err
	}
	same, _, err := u.hasher.matches(ctx, a.Hash, password)
	if err != nil {
		return err
	}
	if !same {
		return hitori.NewError(hitori.Invalid, "password_wrong").At("password")
	}
	u.throttle.clear(own)
	return nil
}
