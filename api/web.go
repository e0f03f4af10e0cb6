package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/locale"
)

// The beginnings of paths that are no pages of the web app.
const (
	apiPrefix     = "/api/"
	authPrefix    = "/auth/"
	collectPrefix = "/v1/"
	hostedPrefix  = "/p/"
)

// assetsFolder holds files whose names change with their content.
const assetsFolder = "assets/"

// serveWeb answers whatever nothing else does: with a file of the web app, with its only page
// for every other path a browser asks for, and else with an error.
func (s *Server) serveWeb(pages bool) {
	var app http.Handler = http.HandlerFunc(s.notBuilt)
	if s.cfg.Web != nil {
		app = &webApp{files: s.cfg.Web, missing: s.missing}
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !pages || r.Method != http.MethodGet && r.Method != http.MethodHead || reserved(r.URL.Path) {
			s.missing(w, r)
			return
		}
		app.ServeHTTP(w, r)
	})
}

func (s *Server) missing(w http.ResponseWriter, r *http.Request) {
	s.refuse(w, r, hitori.NewError(hitori.NotFound, "path_unknown"))
}

// reserved reports whether a path belongs to programs.
func reserved(path string) bool {
	for _, prefix := range []string{apiPrefix, authPrefix, collectPrefix, hostedPrefix} {
		if strings.HasPrefix(path+"/", prefix) {
			return true
		}
	}
	return path == "/healthz" || path == "/readyz" || path == "/metrics"
}

var notBuiltPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="{{.Language}}"><head><meta charset="utf-8"><title>Hitori</title>
<style>body{font:16px/1.7 sans-serif;max-width:40em;margin:15vh auto;padding:0 1.5em}</style></head>
<body><h1>Hitori</h1><p>{{.Text}}</p><p><code>make web</code></p></body></html>
`))

// notBuilt is the page of a program that was built without its web app.
func (s *Server) notBuilt(w http.ResponseWriter, r *http.Request) {
	language := locale.Choose(r.Header.Get("Accept-Language"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_ = notBuiltPage.Execute(w, map[string]string{ // the client may have gone
		"Language": string(language), "Text": s.cfg.Texts.Text(language, "page.not_built", nil),
	})
}

// webApp serves the files of the web app.
type webApp struct {
	files   fs.FS
	missing http.HandlerFunc
	// packed remembers files as they are sent: there are few, and they never change.
	packed sync.Map // name and encoding → *webFile
}

// webFile is a file in one encoding.
type webFile struct {
	data     []byte
	encoding string
	etag     string
}

const indexFile = "index.html"

func (a *webApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if !a.has(name) {
		if strings.HasPrefix(name, assetsFolder) { // of an earlier version; a page would not run there
			a.missing(w, r)
			return
		}
		name = indexFile
	}
	file, err := a.open(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		a.missing(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, assetsFolder) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", file.etag)
	h.Add("Vary", "Accept-Encoding")
	if file.encoding != "" {
		h.Set("Content-Encoding", file.encoding)
	}
	if strings.Contains(r.Header.Get("If-None-Match"), file.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(file.data)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(file.data) // the client may have gone
}

func (a *webApp) has(name string) bool {
	if name == "" || strings.Contains("/"+name, "/.") { // what the build left for itself
		return false
	}
	info, err := fs.Stat(a.files, name)
	return err == nil && !info.IsDir()
}

// packedNames are the endings of files that were packed when the app was built.
var packedNames = map[string]string{"br": ".br", "gzip": ".gz"}

// open returns a file in the best encoding the browser accepts.
func (a *webApp) open(name, accepted string) (*webFile, error) {
	for _, encoding := range []string{"br", "gzip"} {
		if accepts(accepted, encoding) && a.has(name+packedNames[encoding]) {
			return a.load(name+packedNames[encoding], encoding, false)
		}
	}
	if accepts(accepted, "gzip") && compressible(name) {
		return a.load(name, "gzip", true)
	}
	return a.load(name, "", false)
}

func (a *webApp) load(name, encoding string, pack bool) (*webFile, error) {
	if file, ok := a.packed.Load(name + " " + encoding); ok {
		return file.(*webFile), nil
	}
	data, err := fs.ReadFile(a.files, name)
	if err != nil {
		return nil, err
	}
	if pack {
		var buffer bytes.Buffer
		writer := gzip.NewWriter(&buffer)
		_, _ = writer.Write(data) // never fails
		_ = writer.Close()
		if data = buffer.Bytes(); len(data) == 0 {
			encoding = ""
		}
	}
	sum := sha256.Sum256(data)
	file := &webFile{data: data, encoding: encoding, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	a.packed.Store(name+" "+encoding, file)
	return file, nil
}

// accepts reports whether an Accept-Encoding header names an encoding, and not with q=0.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, weighted := strings.CutPrefix(strings.TrimSpace(quality), "q=")
			return !weighted || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

// contentTypes are told by name, since what a machine knows of types differs.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
	".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon", ".woff2": "font/woff2", ".wasm": "application/wasm",
}

func contentType(name string) string {
	if t, ok := contentTypes[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

func compressible(name string) bool {
	switch path.Ext(name) {
	case ".png", ".jpg", ".webp", ".woff2":
		return false
	}
	return contentTypes[path.Ext(name)] != ""
}
