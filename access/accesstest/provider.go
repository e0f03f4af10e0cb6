// Package accesstest runs an OpenID provider for tests: discovery, authorisation code with
// PKCE, signed identity tokens and their keys, over real HTTP.
package accesstest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/hitori-cdp/hitori/service"
)

// Person is who is signed in at the provider.
type Person struct {
	Subject, Email string
	Verified       bool
	Name, Locale   string
}

// Signing is how the provider signs its tokens: as it should, or in one of the ways that
// must not be believed.
type Signing int

// The ways to sign.
const (
	Honest Signing = iota
	ForeignKey
	ForeignAudience
	ForeignIssuer
	Expired
	Unsigned
)

// Provider is an OpenID provider. Person and Sign can be changed between visits.
type Provider struct {
	ClientID, ClientSecret string
	Person                 Person
	Sign                   Signing

	t        testing.TB
	clock    service.Clock
	redirect string
	server   *httptest.Server
	own      *rsa.PrivateKey
	foreign  *rsa.PrivateKey

	mu     sync.Mutex
	grants map[string]url.Values // what was asked for, by code
}

// NewProvider starts a provider with one client that comes back to redirect.
func NewProvider(t testing.TB, clock service.Clock, redirect string) *Provider {
	t.Helper()
	p := &Provider{
		ClientID: "hitori", ClientSecret: "s3cr&t/ü", t: t, clock: clock, redirect: redirect,
		own: newKey(t), foreign: newKey(t), grants: make(map[string]url.Values),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

func newKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Issuer is the provider's name and address.
func (p *Provider) Issuer() string { return p.server.URL }

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.Issuer(), "authorization_endpoint": p.Issuer() + "/authorize", "token_endpoint": p.Issuer() + "/token",
		"jwks_uri": p.Issuer() + "/keys", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.own.PublicKey, KeyID: "own", Algorithm: "RS256", Use: "sig"}}})
}

// authorize sends the browser back with a code, as if the person had agreed.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ClientID || q.Get("redirect_uri") != p.redirect || q.Get("response_type") != "code" ||
		q.Get("state") == "" || q.Get("nonce") == "" || q.Get("code_challenge") == "" || q.Get("code_challenge_method") != "S256" {
		p.t.Errorf("the provider was asked for %s", q)
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.grants[code] = q
	p.mu.Unlock()
	http.Redirect(w, r, p.redirect+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// token exchanges a code, once, for a signed identity.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id) // RFC 6749 2.3.1
	secret, _ = url.QueryUnescape(secret)
	p.mu.Lock()
	grant, ok := p.grants[r.PostFormValue("code")]
	delete(p.grants, r.PostFormValue("code"))
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case id != p.ClientID || secret != p.ClientSecret:
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	case !ok || r.PostFormValue("redirect_uri") != p.redirect || grant.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]):
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	token, err := p.identity(grant.Get("nonce"))
	if err != nil {
		p.t.Error(err)
	}
	answer(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": token})
}

func (p *Provider) identity(nonce string) (string, error) {
	now := p.clock.Now()
	claims := map[string]any{
		"iss": p.Issuer(), "aud": p.ClientID, "sub": p.Person.Subject, "nonce": nonce,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"email": p.Person.Email, "email_verified": p.Person.Verified, "name": p.Person.Name, "locale": p.Person.Locale,
	}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.own, KeyID: "own"}}
	switch p.Sign {
	case ForeignKey:
		key.Key = jose.JSONWebKey{Key: p.foreign, KeyID: "own"}
	case ForeignAudience:
		claims["aud"] = "another"
	case ForeignIssuer:
		claims["iss"] = "https://id.example.jp"
	case Expired:
		claims["exp"] = now.Add(-time.Minute).Unix()
	case Unsigned:
		body, err := json.Marshal(claims)
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + ".", err
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
