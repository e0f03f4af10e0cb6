package access

import (
	"context"

	"github.com/hitori-cdp/hitori"
)

// Credentials are what somebody types to get in.
type Credentials struct {
	Email, Password string
	// Code is that of the second factor, or a recovery code.
	Code string
	// Address is where they are.
	Address string
}

// SignIn returns the user with these credentials, or an error of code Unauthorized: "second_factor_needed" when only
// the code is missing. After many attempts it returns one of code Busy with the time to wait.
// A known user is returned with the error, for the record.
func (u *Users) SignIn(ctx context.Context, c Credentials) (User, error) {
	email, _ := readEmail(c.Email)
	a, err := u.store.UserByEmail(ctx, email)
	known := err == nil
	if err != nil && hitori.ErrorCode(err) != hitori.NotFound {
		return User{}, err
	}
	limits, err := u.limits(ctx, a, email, c.Address)
	if err != nil {
		return a.User, err
	}
	if err := u.throttle.attempt(u.clock.Now(), limits...); err != nil {
		return a.User, err
	}
	hash := a.Hash
	if hash == "" {
		hash = u.hasher.decoy // so that it takes as long as with a user
	}
	same, outdated, err := u.hasher.matches(ctx, hash, c.Password)
	switch {
	case err != nil:
		return a.User, err
	case !known || a.Hash == "" || !same:
		return a.User, hitori.NewError(hitori.Unauthorized, "sign_in_failed")
	case a.Disabled:
		return a.User, hitori.NewError(hitori.Unauthorized, "user_disabled")
	}
	if err := u.secondFactor(ctx, a, c.Code); err != nil {
		if c.Code == "" { // nothing was guessed
			u.throttle.forgive(limits...)
		}
		return a.User, err
	}
	u.throttle.forgive(limits...)
	u.throttle.welcome(limits[0])
	if outdated {
		if hash, err := u.hasher.hash(ctx, c.Password); err == nil {
			_, err = u.store.ChangeUser(ctx, a.ID, func(a *Account) error { a.Hash = hash; return nil })
			return a.User, err
		}
	}
	return a.User, nil
}

// limits are the counts an attempt falls under, the pair of account and address first.
func (u *Users) limits(ctx context.Context, a Account, email, address string) ([]limit, error) {
	place := neighbourhood(address)
	limits := []limit{
		{"pair " + Hash(email) + " " + place, perPair},
		{"address " + place, perAddress},
	}
	if u.throttle.knows(limits[0]) {
		return limits, nil
	}
	if a.ID != "" {
		sessions, err := u.sessions.Sessions(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range sessions {
			if neighbourhood(s.Address) == place {
				return limits, nil // no stranger
			}
		}
	}
	return append(limits, limit{"account " + Hash(email), perAccount}), nil
}

// secondFactor checks the code of a user who has a second factor. A code counts once.
func (u *Users) secondFactor(ctx context.Context, a Account, code string) error {
	if a.TOTP == "" {
		return nil
	}
	if code = plainCode(code); code == "" {
		return hitori.NewError(hitori.Unauthorized, "second_factor_needed").At("code")
	}
	_, err := u.store.ChangeUser(ctx, a.ID, func(a *Account) error {
		if !a.use(code, u.clock.Now()) {
			return hitori.NewError(hitori.Unauthorized, "second_factor_wrong").At("code")
		}
		return nil
	})
	return err
}
