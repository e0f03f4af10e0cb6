package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

// guard keeps browsers from being used against their users: it tells who asks from where,
// refuses changes that another site's page asks for, and sets the headers that say what
// this site's own pages may do.
type guard struct {
	public  *url.URL // nil when unknown
	proxies []netip.Prefix
	origins *http.CrossOriginProtection
}

func newGuard(public string, proxies []netip.Prefix) (*guard, error) {
	g := &guard{proxies: proxies, origins: http.NewCrossOriginProtection()}
	if public == "" {
		return g, nil
	}
	u, err := url.Parse(public)
	if err == nil {
		// Behind a proxy the host that the browser knows is not the one the request names.
		err = g.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host)
	}
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
		return nil, hitori.NewError(hitori.Invalid, "public_url", "url", public).Because(err)
	}
	g.public = u
	return g, nil
}

// client is the browser or program that asks.
type client struct {
	access.Client
	secure bool // over TLS
	origin string
}

type clientKey struct{}

func clientOf(ctx context.Context) client {
	c, _ := ctx.Value(clientKey{}).(client)
	return c
}

func (g *guard) client(r *http.Request) client {
	c := client{Client: access.Client{Address: g.address(r), Agent: r.UserAgent()}, secure: r.TLS != nil, origin: "http://" + r.Host}
	if c.secure {
		c.origin = "https://" + r.Host
	}
	if g.public != nil {
		c.secure = c.secure || g.public.Scheme == "https"
		c.origin = g.public.Scheme + "://" + g.public.Host
	}
	return c
}

// address is where a request comes from: the last address in X-Forwarded-For that is none
// of our proxies, if a proxy brought it.
func (g *guard) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && g.ours(host); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		host = next.Unmap().String()
	}
	return host
}

func (g *guard) ours(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, prefix := range g.proxies {
		if prefix.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// The Content-Security-Policy of every page: scripts only from files of this site. Charts
// and editors set styles from script, hence the one exception.
const contentPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

func (g *guard) harden(h http.Header, r *http.Request, c client) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if c.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if strings.HasPrefix(r.URL.Path, apiPrefix) || strings.HasPrefix(r.URL.Path, authPrefix) {
		h.Set("Cache-Control", "no-store") // personal data stay out of the browser's cache
	}
}

// sessionCookie holds the token of a session. Over TLS it goes by a name that browsers take
// from this very host only.
const (
	sessionCookie = "hitori_session"
	hostPrefix    = "__Host-"
)

func (c client) cookieName(name string) string {
	if c.secure {
		return hostPrefix + name
	}
	return name
}

// cookie makes a cookie that scripts cannot read and other sites' forms do not send. An empty value removes it.
func (c client) cookie(name, value string, life time.Duration) http.Cookie {
	age := int(life.Seconds())
	if value == "" {
		age = -1
	}
	return http.Cookie{
		Name: c.cookieName(name), Value: value, Path: "/", MaxAge: age, Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// token is that of the session in a Cookie header.
func (c client) token(header string) string { return c.readCookie(header, sessionCookie) }

func (c client) readCookie(header, name string) string {
	r := http.Request{Header: http.Header{"Cookie": {header}}}
	cookie, err := r.Cookie(c.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// localPath is where to go after signing in: a page of this site, whatever was asked for.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\\r\n\t") ||
		strings.HasPrefix(u.Path, apiPrefix) || strings.HasPrefix(u.Path, authPrefix) {
		return "/"
	}
	return u.String()
}
