package access_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/access/accesstest"
)

func TestSecondFactor(t *testing.T) {
	s := open(t)
	user := s.admin()
	_, err := s.ConfirmSecondFactor(t.Context(), user, "000000")
	want(t, "not offered", err, "second_factor_not_offered")
	key, uri, err := s.OfferSecondFactor(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Scheme != "otpauth" || parsed.Host != "totp" || parsed.Query().Get("secret") != key || parsed.Query().Get("issuer") != "Hitori" {
		t.Errorf("%s %v", uri, err)
	}
	want(t, "offered only", s.signIn(secret, "", "192.0.2.1"), "")
	_, err = s.ConfirmSecondFactor(t.Context(), user, "00000x")
	want(t, "wrong code", err, "second_factor_code")
	code := accesstest.Code(t, key, s.clock.Now())
	recovery, err := s.ConfirmSecondFactor(t.Context(), user, " "+code[:3]+" "+code[3:])
	if err != nil || len(recovery) != 10 {
		t.Fatal(recovery, err)
	}

	want(t, "no code", s.signIn(secret, "", "192.0.2.1"), "second_factor_needed")
	want(t, "no code and a wrong password", s.signIn("wrong", "", "192.0.2.1"), "sign_in_failed")
	want(t, "the code that was shown to confirm", s.signIn(secret, code, "192.0.2.1"), "second_factor_wrong")
	s.clock.Advance(30 * time.Second)
	code = accesstest.Code(t, key, s.clock.Now())
	want(t, "the next code", s.signIn(secret, code, "192.0.2.1"), "")
	want(t, "the same again", s.signIn(secret, code, "192.0.2.1"), "second_factor_wrong")
	want(t, "the same from elsewhere", s.signIn(secret, code, "192.0.2.2"), "second_factor_wrong")
	want(t, "a code for recovery", s.signIn(secret, recovery[3], "192.0.2.1"), "")
	want(t, "the same again", s.signIn(secret, recovery[3], "192.0.2.1"), "second_factor_wrong")
	want(t, "another", s.signIn(secret, recovery[4], "192.0.2.1"), "")

	// A link to choose a new password is no way around it, and can be followed again.
	link, _, err := s.NewLink(t.Context(), user.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Follow(t.Context(), link, "another password", "", "192.0.2.1")
	want(t, "a link alone", err, "second_factor_needed")
	s.clock.Advance(time.Minute)
	_, err = s.Follow(t.Context(), link, "another password", accesstest.Code(t, key, s.clock.Now()), "192.0.2.1")
	want(t, "a link with a code", err, "")

	want(t, "removing it with the old password", s.RemoveSecondFactor(t.Context(), user, secret), "password_wrong")
	want(t, "removing it", s.RemoveSecondFactor(t.Context(), user, "another password"), "")
	want(t, "without it", s.signIn("another password", "", "192.0.2.1"), "")
}

// Codes are guessed no faster than passwords.
func TestGuessedCodes(t *testing.T) {
	s := open(t)
	user := s.admin()
	key, _, err := s.OfferSecondFactor(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ConfirmSecondFactor(t.Context(), user, accesstest.Code(t, key, s.clock.Now())); err != nil {
		t.Fatal(err)
	}
	throttled := false
	for n := range 10 {
		throttled = throttled || retryAfter(s.signIn(secret, fmt.Sprintf("%06d", n), "192.0.2.1")) > 0
	}
	if !throttled {
		t.Error("not slowed down")
	}
}

// Of many browsers that send the same code at the same time one gets in.
func TestACodeLetsOneIn(t *testing.T) {
	s := open(t)
	user := s.admin()
	key, _, err := s.OfferSecondFactor(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ConfirmSecondFactor(t.Context(), user, accesstest.Code(t, key, s.clock.Now())); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(30 * time.Second)
	code := accesstest.Code(t, key, s.clock.Now())
	var wait sync.WaitGroup
	results := make(chan error, 4)
	for n := range cap(results) {
		wait.Go(func() {
			_, err := s.SignIn(context.Background(), access.Credentials{
				Email: user.Email, Password: secret, Code: code, Address: fmt.Sprint("192.0.2.", n),
			})
			results <- err
		})
	}
	wait.Wait()
	close(results)
	in := 0
	for err := range results {
		if err == nil {
			in++
		} else if hitori.ErrorCode(err) != hitori.Unauthorized {
			t.Error(err)
		}
	}
	if in != 1 {
		t.Errorf("%d got in", in)
	}
}

// An administrator takes the second factor away from one who has lost it, and ends what was begun with it.
func TestALostSecondFactor(t *testing.T) {
	s := open(t)
	user := s.admin()
	key, _, err := s.OfferSecondFactor(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ConfirmSecondFactor(t.Context(), user, accesstest.Code(t, key, s.clock.Now())); err != nil {
		t.Fatal(err)
	}
	token, user, err := s.Begin(t.Context(), user, access.Client{})
	if err != nil {
		t.Fatal(err)
	}
	no := false
	user, err = s.Change(t.Context(), user.ID, access.UserChange{SecondFactor: &no, Version: user.Version})
	if err != nil || user.SecondFactor {
		t.Fatal(user, err)
	}
	_, _, err = s.Check(t.Context(), token)
	want(t, "the session", err, "signed_out")
	want(t, "without it", s.signIn(secret, "", "192.0.2.1"), "")
}
