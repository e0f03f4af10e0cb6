package access

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/hitori-cdp/hitori"
)

// OIDCConfig says which OpenID provider users may sign in with.
type OIDCConfig struct {
	Issuer, ClientID, ClientSecret string
	// Name is what the button says; the issuer's host by default.
	Name string
	// Role is that of users whom the provider brings; without one it only lets in users who were
	// invited.
	Role Role
	// PublicURL is where browsers find this program.
	PublicURL string
}

// The paths of signing in with the provider.
const (
	OIDCStart    = "/auth/oidc/start"
	OIDCCallback = "/auth/oidc/callback"
)

// providerPatience is how long the provider may take to answer.
const providerPatience = 10 * time.Second

// OIDC signs users in with an OpenID provider: authorisation code flow with PKCE, state
// and nonce (OpenID Connect Core 3.1, RFC 7636).
type OIDC struct {
	cfg    OIDCConfig
	users  *Users
	client *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // found when it is first needed
}

// NewOIDC returns sign-in with a provider. It returns an error of code Invalid for a configuration that cannot work.
func NewOIDC(cfg OIDCConfig, users *Users) (*OIDC, error) {
	issuer, err := url.Parse(cfg.Issuer)
	switch {
	case err != nil || issuer.Host == "":
		return nil, hitori.NewError(hitori.Invalid, "oidc_issuer", "issuer", cfg.Issuer)
	case cfg.ClientID == "":
		return nil, hitori.NewError(hitori.Invalid, "oidc_client")
	case cfg.PublicURL == "":
		return nil, hitori.NewError(hitori.Invalid, "oidc_public_url")
	case cfg.Role != "" && cfg.Role.Scopes() == nil:
		return nil, hitori.NewError(hitori.Invalid, "user_role", "role", cfg.Role)
	}
	if cfg.Name == "" {
		cfg.Name = issuer.Hostname()
	}
	return &OIDC{cfg: cfg, users: users, client: &http.Client{Timeout: providerPatience}}, nil
}

// Name is what the provider is called.
func (o *OIDC) Name() string { return o.cfg.Name }

// Visit is one visit to the provider. The browser keeps it until it comes back.
type Visit struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	// Return is where the user wanted to go.
	Return string `json:"return"`
}

// Begin returns a visit and the provider's address to send the browser to.
func (o *OIDC) Begin(ctx context.Context, back string) (address string, v Visit, err error) {
	config, _, err := o.connect(ctx)
	if err != nil {
		return "", v, err
	}
	v = Visit{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Return: back}
	return config.AuthCodeURL(v.State, oidc.Nonce(v.Nonce), oauth2.S256ChallengeOption(v.Verifier)), v, nil
}

// Finish returns the user who came back from a visit with a code: the one the provider
// knows, or the one with the same confirmed address, or a new one. It returns an error of code
// Unauthorized for anybody else.
func (o *OIDC) Finish(ctx context.Context, v Visit, state, code string) (User, error) {
	if v.State == "" || v.State != state || code == "" {
		return User{}, hitori.NewError(hitori.Unauthorized, "oidc_failed")
	}
	config, provider, err := o.connect(ctx)
	if err != nil {
		return User{}, err
	}
	failed := func(err error) (User, error) {
		return User{}, hitori.NewError(hitori.Unauthorized, "oidc_failed").Because(err)
	}
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(v.Verifier))
	if err != nil {
		return failed(err)
	}
	text, _ := token.Extra("id_token").(string)
	verifier := provider.Verifier(&oidc.Config{ClientID: o.cfg.ClientID, Now: o.users.clock.Now})
	id, err := verifier.Verify(ctx, text)
	if err != nil {
		return failed(err)
	}
	if id.Nonce != v.Nonce {
		return failed(nil)
	}
	var claims claims
	if err := id.Claims(&claims); err != nil {
		return failed(err)
	}
	// A provider may tell of a person's address and name only where it is asked for them
	// (OpenID Connect Core 1.0, 5.4).
	if claims.Email == "" && provider.UserInfoEndpoint() != "" {
		info, err := provider.UserInfo(ctx, config.TokenSource(ctx, token))
		if err == nil && info.Subject != id.Subject {
			err = errors.New("the provider tells of somebody else")
		}
		if err == nil {
			err = info.Claims(&claims)
		}
		if err != nil {
			return failed(err)
		}
	}
	return o.admit(ctx, id.Subject, claims)
}

// claims are what the provider says about a person.
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // some send a text
	Name     string `json:"name"`
	Locale   string `json:"locale"`
}

func (c claims) verified() bool { return c.Verified == true || c.Verified == "true" }

func (o *OIDC) admit(ctx context.Context, subject string, c claims) (User, error) {
	users := o.users
	a, err := users.store.UserBySubject(ctx, o.cfg.Issuer, subject)
	if hitori.ErrorCode(err) == hitori.NotFound {
		email, ok := readEmail(c.Email)
		if !ok || !c.verified() {
			return User{}, hitori.NewError(hitori.Unauthorized, "oidc_email")
		}
		a, err = users.store.UserByEmail(ctx, email)
		if err == nil && a.Subject != "" { // somebody else's account at the provider
			return a.User, hitori.NewError(hitori.Unauthorized, "oidc_unknown", "email", email)
		}
		if hitori.ErrorCode(err) == hitori.NotFound {
			return o.create(ctx, subject, email, c)
		}
		if err == nil && !a.Disabled {
			a, err = users.store.ChangeUser(ctx, a.ID, func(a *Account) error {
				a.Issuer, a.Subject, a.Provider = o.cfg.Issuer, subject, true
				return nil
			})
		}
	}
	if err == nil && a.Disabled {
		err = hitori.NewError(hitori.Unauthorized, "user_disabled")
	}
	return a.User, err
}

func (o *OIDC) create(ctx context.Context, subject, email string, c claims) (User, error) {
	if o.cfg.Role == "" {
		return User{}, hitori.NewError(hitori.Unauthorized, "oidc_unknown", "email", email)
	}
	language := "ja"
	if strings.HasPrefix(strings.ToLower(c.Locale), "en") {
		language = "en"
	}
	name := []rune(c.Name)
	return o.users.add(ctx, Account{
		User: User{
			Name: string(name[:min(len(name), 100)]), Email: email, Role: o.cfg.Role, Language: language,
			Provider: true, CreatedBy: "oidc:" + o.cfg.Name,
		},
		Issuer: o.cfg.Issuer, Subject: subject,
	}, "", false)
}

// connect finds the provider out when it is first needed, so that the program starts
// without it.
func (o *OIDC) connect(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider == nil {
		// The provider keeps the context to fetch its keys with, long after this request.
		lasting := oidc.ClientContext(context.WithoutCancel(ctx), o.client)
		provider, err := oidc.NewProvider(lasting, o.cfg.Issuer)
		if err != nil {
			return nil, nil, hitori.NewError(hitori.Unavailable, "oidc_unreachable", "issuer", o.cfg.Issuer).Because(err)
		}
		o.provider = provider
	}
	return &oauth2.Config{
		ClientID: o.cfg.ClientID, ClientSecret: o.cfg.ClientSecret, Endpoint: o.provider.Endpoint(),
		RedirectURL: strings.TrimRight(o.cfg.PublicURL, "/") + OIDCCallback, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, o.provider, nil
}
