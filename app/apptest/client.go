package apptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/app"
)

// Client talks to a program as others do: over HTTP.
type Client struct {
	T   testing.TB
	App *app.App
	// Secret is that of an admin key.
	Secret string
}

// Start starts a program and stops it with the test.
func Start(t testing.TB, cfg app.Config) *Client {
	t.Helper()
	if cfg.Data == "" {
		cfg.Data = t.TempDir()
	}
	cfg.Listen = "127.0.0.1:0"
	cfg.DiskReserve = 1
	a, err := app.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Stop)
	c := &Client{T: t, App: a}
	_, c.Secret, err = a.Keys.Create(t.Context(), access.Key{Name: "test", Scopes: []access.Scope{access.Admin}}, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// WriteKey makes a write key for a source.
func (c *Client) WriteKey(source string) string {
	c.T.Helper()
	s, err := c.App.Sources.Ensure(c.T.Context(), source, hitori.SourceSDK)
	if err != nil {
		c.T.Fatal(err)
	}
	_, secret, err := c.App.Keys.Create(c.T.Context(), access.Key{Name: source, Source: s.ID, Scopes: []access.Scope{access.CollectWrite}}, "")
	if err != nil {
		c.T.Fatal(err)
	}
	return secret
}

// Do sends a request and returns the status and the body. A body that is not a string or
// bytes is sent as JSON.
func (c *Client) Do(method, path, secret string, body any) (int, []byte) {
	c.T.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = bytes.NewReader([]byte(b))
	case []byte:
		reader = bytes.NewReader(b)
	default:
		data, err := json.Marshal(body)
		if err != nil {
			c.T.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(c.T.Context(), method, c.App.URL()+path, reader)
	if err != nil {
		c.T.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Language", "en")
	if secret != "" {
		request.Header.Set("Authorization", "Bearer "+secret)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.T.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	return response.StatusCode, answer
}

// Call is Do with the admin key; the answer is decoded into out, and another status than 2xx
// fails the test.
func (c *Client) Call(method, path string, body, out any) {
	c.T.Helper()
	status, answer := c.Do(method, "/api/v1"+path, c.Secret, body)
	if status >= 300 {
		c.T.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			c.T.Fatalf("%s %s: %v in %s", method, path, err, answer)
		}
	}
}

// Send sends a batch of messages and waits until they have been applied.
func (c *Client) Send(key string, messages ...any) {
	c.T.Helper()
	status, answer := c.Do(http.MethodPost, "/v1/batch", key, map[string]any{"batch": messages})
	if status != http.StatusOK {
		c.T.Fatalf("batch: %d %s", status, answer)
	}
	c.Settle()
}

// Settle waits until everything accepted has been applied.
func (c *Client) Settle() {
	c.T.Helper()
	if err := c.App.Settled(c.T.Context()); err != nil {
		c.T.Fatal(fmt.Errorf("what was accepted is not applied: %w", err))
	}
}
