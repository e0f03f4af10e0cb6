package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/access"
)

// Browser talks to a program as a browser does: it keeps cookies and says which site asks.
type Browser struct {
	T testing.TB
	// Base is the site it looks at.
	Base   string
	Client *http.Client
}

// Browser opens a browser in which nobody is signed in. Whatever name the program goes by is found at its address.
func (c *Client) Browser(base string) *Browser {
	c.T.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.T.Fatal(err)
	}
	if base == "" {
		base = c.App.URL()
	}
	here, site := mustParse(c.T, c.App.URL()), mustParse(c.T, base)
	return &Browser{T: c.T, Base: base, Client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if host, _, _ := net.SplitHostPort(address); host == site.Hostname() {
				address = here.Host
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		}},
	}}
}

func mustParse(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Answer is what a browser gets.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Key is that of the problem an answer tells; "" when it tells none.
func (a Answer) Key() string {
	var problem struct{ Key string }
	if a.Status < 400 || json.Unmarshal(a.Body, &problem) != nil {
		return ""
	}
	return problem.Key
}

// Do sends a request to a path of the site, or to a whole address. A body is sent as JSON.
func (b *Browser) Do(method, path string, body any) Answer {
	b.T.Helper()
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			b.T.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	if strings.HasPrefix(path, "/") {
		path = b.Base + path
	}
	request, err := http.NewRequestWithContext(b.T.Context(), method, path, reader)
	if err != nil {
		b.T.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Accept-Language", "en")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := b.Client.Do(request)
	if err != nil {
		b.T.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	return Answer{Status: response.StatusCode, Header: response.Header, Body: answer}
}

// Call sends a request to the API and decodes the answer into out; another status than 2xx fails
// the test.
func (b *Browser) Call(method, path string, body, out any) {
	b.T.Helper()
	answer := b.Do(method, "/api/v1"+path, body)
	if answer.Status >= 300 {
		b.T.Fatalf("%s %s: %d %s", method, path, answer.Status, answer.Body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		b.T.Fatalf("%s %s: %v in %s", method, path, err, answer.Body)
	}
}

// SignIn opens a browser in which a user of a role is signed in, and makes the user if need
// be. The first user of a program must be an administrator.
func (c *Client) SignIn(role access.Role) (*Browser, access.User) {
	c.T.Helper()
	ctx, email := c.T.Context(), fmt.Sprintf("%s@staff.example.jp", role)
	users, err := c.App.Users.List(ctx)
	if err != nil {
		c.T.Fatal(err)
	}
	var user access.User
	for _, u := range users {
		if u.Email == email {
			user = u
		}
	}
	if user.ID == "" {
		if user, err = c.App.Users.Create(ctx, access.User{Email: email, Role: role, Language: "en"}); err != nil {
			c.T.Fatal(err)
		}
	}
	token, err := c.App.Users.NewSignInLink(ctx, user.ID, "test")
	if err != nil {
		c.T.Fatal(err)
	}
	b := c.Browser("")
	b.Call(http.MethodPost, "/session/link", map[string]string{"token": token}, nil)
	return b, user
}
