package api

import (
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/service"
)

// idle is a system that does nothing.
type idle struct{}

func (idle) Health(context.Context) (Health, bool)      { return Health{Status: "ok"}, true }
func (idle) Metrics() http.Handler                      { return http.NotFoundHandler() }
func (idle) Room() error                                { return nil }
func (idle) Backup(ctx context.Context, w Writer) error { return nil }

var page = strings.Repeat("<!doctype html><title>Hitori</title>", 100)

func webFiles() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"index.html": file(page), "favicon.svg": file("<svg/>"), ".keep": file(""), ".vite/manifest.json": file("{}"),
		"assets/app-1a2b.js": file(strings.Repeat("script ", 200)), "assets/app-1a2b.js.br": file("brotli"), "assets/app-1a2b.js.gz": file("gzip"),
		"assets/logo-3c4d.png": file("png"), "assets/style-5e6f.css": file(strings.Repeat("a{} ", 500)),
	}
}

func server(t *testing.T, change func(*Config)) *Server {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Texts: texts, Clock: service.SystemClock{}, Logger: slog.New(slog.DiscardHandler), System: idle{}, Web: webFiles()}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg, Parts{Web: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(s *Server, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "http://cdp.example.jp"+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPagesAndFiles(t *testing.T) {
	s := server(t, nil)
	for _, test := range []struct {
		path, accept      string
		status            int
		kind, cache, code string
		body              string
	}{
		{"/", "", 200, "text/html; charset=utf-8", "no-cache", "", page},
		{"/customers/c_0000000000001?tab=timeline", "", 200, "text/html; charset=utf-8", "no-cache", "", page},
		{"/sign-in", "", 200, "text/html; charset=utf-8", "no-cache", "", page},
		{"/apidocs", "", 200, "text/html; charset=utf-8", "no-cache", "", page},
		{"/assets", "", 200, "text/html; charset=utf-8", "no-cache", "", page},
		{"/favicon.svg", "", 200, "image/svg+xml", "no-cache", "", "<svg/>"},
		{"/assets/app-1a2b.js", "", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "", strings.Repeat("script ", 200)},
		{"/assets/app-1a2b.js", "gzip, deflate, br, zstd", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "br", "brotli"},
		{"/assets/app-1a2b.js", "gzip", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", "gzip"},
		{"/assets/app-1a2b.js", "br;q=0, gzip;q=0.5", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", "gzip"},
		{"/assets/logo-3c4d.png", "gzip", 200, "image/png", "public, max-age=31536000, immutable", "", "png"},
		{"/assets/gone-9z9z.js", "", 404, "application/problem+json", "", "", ""},
		{"/.vite/manifest.json", "", 200, "text/html; charset=utf-8", "no-cache", "", page},
		{"/.keep", "", 200, "text/html; charset=utf-8", "no-cache", "", page},
		{"/api/v1/nothing", "", 404, "application/problem+json", "no-store", "", ""},
		{"/api", "", 404, "application/problem+json", "", "", ""},
		{"/auth/nothing", "", 404, "application/problem+json", "no-store", "", ""},
		{"/v1/nothing", "", 404, "application/problem+json", "", "", ""},
		{"/p/nothing", "", 404, "application/problem+json", "", "", ""},
		{"/healthz", "", 200, "application/json", "", "", `{"status":"ok"}`},
	} {
		r := ask(s, http.MethodGet, test.path, "Accept-Encoding", test.accept)
		body := text(t, r.Body)
		if r.StatusCode != test.status || r.Header.Get("Content-Type") != test.kind || r.Header.Get("Cache-Control") != test.cache ||
			r.Header.Get("Content-Encoding") != test.code || test.body != "" && body != test.body {
			t.Errorf("%s (%s): %d %v %.40q", test.path, test.accept, r.StatusCode, r.Header, body)
		}
	}
	for _, path := range []string{"/../go.mod", "/..%2f..%2fetc/passwd", "/assets/../../index.html"} {
		if r := ask(s, http.MethodGet, path); strings.Contains(text(t, r.Body), "module") {
			t.Errorf("%s leads out", path)
		}
	}
	if r := ask(s, http.MethodPost, "/customers"); r.StatusCode != http.StatusNotFound {
		t.Errorf("POST to a page: %d", r.StatusCode)
	}
	if r := ask(s, http.MethodHead, "/"); r.StatusCode != http.StatusOK || text(t, r.Body) != "" || r.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v", r.StatusCode, r.Header)
	}
}

func TestFilesArePackedAndRemembered(t *testing.T) {
	s := server(t, nil)
	for range 2 {
		r := ask(s, http.MethodGet, "/assets/style-5e6f.css", "Accept-Encoding", "gzip")
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil || r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Vary") != "Accept-Encoding" {
			t.Fatal(r.Header, err)
		}
		if text(t, unpacked) != strings.Repeat("a{} ", 500) {
			t.Error("another text came out")
		}
	}
	tag := ask(s, http.MethodGet, "/").Header.Get("ETag")
	if tag == "" || tag == ask(s, http.MethodGet, "/", "Accept-Encoding", "gzip").Header.Get("ETag") {
		t.Errorf("tag %q", tag)
	}
	if r := ask(s, http.MethodGet, "/", "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
		t.Errorf("known page: %d", r.StatusCode)
	}
}

func TestProgramWithoutItsWebApp(t *testing.T) {
	s := server(t, func(c *Config) { c.Web = nil })
	for language, word := range map[string]string{"ja": "画面", "en": "without its web app"} {
		r := ask(s, http.MethodGet, "/customers", "Accept-Language", language)
		if body := text(t, r.Body); r.StatusCode != http.StatusOK || !strings.Contains(body, word) || !strings.Contains(body, `lang="`+language) {
			t.Errorf("%d %s", r.StatusCode, body)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	s := server(t, nil)
	for _, path := range []string{"/", "/assets/app-1a2b.js", "/api/v1/session", "/api/openapi.json", "/healthz", "/nothing"} {
		h := ask(s, http.MethodGet, path).Header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
				"object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
	secure := server(t, func(c *Config) { c.PublicURL = "https://cdp.example.jp" })
	if got := ask(secure, http.MethodGet, "/").Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("over TLS: %q", got)
	}
}

func TestOtherSitesChangeNothing(t *testing.T) {
	s := server(t, func(c *Config) { c.PublicURL = "https://public.example.jp" })
	for _, test := range []struct {
		name, method, path string
		header             []string
		refused            bool
	}{
		{"a program", "POST", "/api/v1/nothing", nil, false},
		{"this site", "POST", "/api/v1/nothing", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://cdp.example.jp"}, false},
		{"this site behind a proxy, an old browser", "POST", "/api/v1/nothing", []string{"Origin", "https://public.example.jp"}, false},
		{"another site", "POST", "/api/v1/nothing", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, true},
		{"another site, an old browser", "POST", "/api/v1/session", []string{"Origin", "https://evil.example"}, true},
		{"a neighbour", "DELETE", "/api/v1/session", []string{"Sec-Fetch-Site", "same-site"}, true},
		{"nowhere", "PUT", "/api/v1/session", []string{"Origin", "null"}, true},
		{"another site by a form", "POST", "/api/v1/uploads", []string{"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"}, true},
		{"another site that looks", "GET", "/api/v1/nothing", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"another site that sends events", "POST", "/v1/nothing", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://shop.example"}, false},
		{"another site by a detour", "POST", "/v1/../api/v1/session", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false},
	} {
		r := ask(s, test.method, test.path, test.header...)
		if got := strings.Contains(text(t, r.Body), `"cross_origin"`); got != test.refused {
			t.Errorf("%s: refused is %t", test.name, got)
		}
		if test.name == "another site by a detour" && r.StatusCode < 300 {
			t.Errorf("the detour led through: %d", r.StatusCode)
		}
	}
}

func TestAddressOfAClient(t *testing.T) {
	for _, test := range []struct {
		remote    string
		forwarded []string
		want      string
	}{
		{"203.0.113.5:1234", nil, "203.0.113.5"},
		{"203.0.113.5:1234", []string{"198.51.100.1"}, "203.0.113.5"}, // no proxy of ours
		{"127.0.0.1:1234", []string{"198.51.100.1"}, "198.51.100.1"},
		{"127.0.0.1:1234", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"}, // the first was made up by the client
		{"127.0.0.1:1234", []string{"1.1.1.1, 198.51.100.1", "10.1.2.3"}, "198.51.100.1"},
		{"127.0.0.1:1234", []string{"nonsense"}, "127.0.0.1"},
		{"127.0.0.1:1234", nil, "127.0.0.1"},
		{"[::1]:1234", []string{"2001:db8::1"}, "2001:db8::1"},
	} {
		g, err := newGuard("", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/8")})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = test.remote
		for _, value := range test.forwarded {
			r.Header.Add("X-Forwarded-For", value)
		}
		if got := g.client(r).Address; got != test.want {
			t.Errorf("%s via %s: %s, want %s", test.remote, test.forwarded, got, test.want)
		}
	}
}

func TestPublicURL(t *testing.T) {
	for url, ok := range map[string]bool{
		"": true, "https://cdp.example.jp": true, "https://cdp.example.jp/": true, "http://localhost:8080": true,
		"cdp.example.jp": false, "https://cdp.example.jp/hitori": false, "ftp://cdp.example.jp": false, "https://": false,
	} {
		if _, err := newGuard(url, nil); (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// After signing in one stays on this site.
func TestReturnStaysHere(t *testing.T) {
	for path, want := range map[string]string{
		"": "/", "/": "/", "/customers?q=%E4%BD%90&x=1#a": "/customers?q=%E4%BD%90&x=1#a", "/顧客": "/%E9%A1%A7%E5%AE%A2",
		"https://evil.example/": "/", "//evil.example": "/", "///evil.example": "/", "/\\evil.example": "/", "\\\\evil.example": "/",
		"/%2fevil.example": "/", "/%5cevil.example": "/", "javascript:alert(1)": "/", "customers": "/", "/\tevil": "/", "/\r\nSet-Cookie: a=b": "/",
		"http:/evil.example": "/", "/api/v1/session": "/", "/auth/oidc/start": "/", "/x?return=//evil.example": "/x?return=//evil.example",
		"https:evil.example": "/", "/a/..//evil.example": "/a/..//evil.example",
	} {
		if got := localPath(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}
