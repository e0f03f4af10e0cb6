package access

import (
	"context"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori"
)

// use reports whether a code, of the app or for recovery, is right, and makes it useless.
func (a *Account) use(code string, now time.Time) bool {
	if period, ok := totpMatch(a.TOTP, code, now, a.Period); ok {
		a.Period = period
		return true
	}
	if i := slices.Index(a.Recovery, Hash(code)); i >= 0 {
		a.Recovery = slices.Delete(a.Recovery, i, i+1)
		return true
	}
	return false
}

func (a *Account) dropSecondFactor() {
	a.TOTP, a.Pending, a.Period, a.Recovery, a.SecondFactor = "", "", 0, nil, false
}

// OfferSecondFactor returns a new secret for a user's authenticator app, as text and as the
// address in its QR code. It counts once [Users.ConfirmSecondFactor] has seen a code of it.
func (u *Users) OfferSecondFactor(ctx context.Context, user User) (secret, uri string, err error) {
	secret = newTOTPSecret()
	_, err = u.store.ChangeUser(ctx, user.ID, func(a *Account) error { a.Pending = secret; return nil })
	return secret, totpURI(secret, user.Email), err
}

// ConfirmSecondFactor takes over the secret that was offered, and returns codes for the day
// the telephone is lost. It returns an error of code Invalid for a wrong code.
func (u *Users) ConfirmSecondFactor(ctx context.Context, user User, code string) ([]string, error) {
	own := limit{"confirm " + user.ID, perPair}
	if err := u.throttle.attempt(u.clock.Now(), own); err != nil {
		return nil, err
	}
	codes, hashes := newRecoveryCodes()
	_, err := u.store.ChangeUser(ctx, user.ID, func(a *Account) error {
		if a.Pending == "" {
			return hitori.NewError(hitori.Conflict, "second_factor_not_offered")
		}
		period, ok := totpMatch(a.Pending, plainCode(code), u.clock.Now(), 0)
		if !ok {
			return hitori.NewError(hitori.Invalid, "second_factor_code").At("code")
		}
		a.TOTP, a.Pending, a.Period, a.Recovery, a.SecondFactor = a.Pending, "", period, hashes, true
		return nil
	})
	if err != nil {
		return nil, err
	}
	u.throttle.clear(own)
	return codes, nil
}

// RemoveSecondFactor takes the second factor away from a user who gives their password.
func (u *Users) RemoveSecondFactor(ctx context.Context, user User, password string) error {
	if err := u.confirm(ctx, user, password); err != nil {
		return err
	}
	_, err := u.store.ChangeUser(ctx, user.ID, func(a *Account) error { a.dropSecondFactor(); return nil })
	return err
}
