package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
)

// single are the paths for one event: the documented ones, and the letters the browser
// library uses.
var single = map[string]hitori.EventType{
	"track": hitori.Track, "t": hitori.Track, "page": hitori.Page, "p": hitori.Page,
	"screen": hitori.Screen, "s": hitori.Screen, "identify": hitori.Identify, "i": hitori.Identify,
	"group": hitori.Group, "g": hitori.Group, "alias": hitori.Alias, "a": hitori.Alias,
}

// serveCollection answers as Segment's tracking API does.
func (s *Server) serveCollection() {
	for _, name := range []string{"batch", "b", "import"} {
		s.mux.HandleFunc("POST /v1/"+name, s.crossOrigin(s.collectBatch))
	}
	for name, kind := range single {
		s.mux.HandleFunc("POST /v1/"+name, s.crossOrigin(func(w http.ResponseWriter, r *http.Request) { s.collectSingle(w, r, kind) }))
	}
	// The browser library reports its own performance; it wants an answer, and we want nothing.
	s.mux.HandleFunc("POST /v1/m", s.crossOrigin(func(w http.ResponseWriter, _ *http.Request) { accepted(w) }))
	s.mux.HandleFunc("GET /v1/projects/{key}/settings", s.crossOrigin(s.browserSettings))
	s.mux.HandleFunc("OPTIONS /v1/", s.crossOrigin(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
}

// crossOrigin allows pages of any site to send: a write key can only write.
func (s *Server) crossOrigin(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding, X-Retry-Count")
		h.Set("Access-Control-Expose-Headers", "Retry-After")
		h.Set("Access-Control-Max-Age", "86400")
		next(w, r)
	}
}

func (s *Server) collectBatch(w http.ResponseWriter, r *http.Request) {
	s.collect(w, r, s.cfg.Collector.ReadBatch)
}

func (s *Server) collectSingle(w http.ResponseWriter, r *http.Request, kind hitori.EventType) {
	s.collect(w, r, func(body []byte) (collect.Request, error) { return s.cfg.Collector.ReadSingle(body, kind) })
}

// collect reads, admits and accepts a request. It answers 200 only when the events are on
// disk.
func (s *Server) collect(w http.ResponseWriter, r *http.Request, read func([]byte) (collect.Request, error)) {
	body, err := s.readBody(w, r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	request, err := read(body)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	// The key in the body counts before that in the header, as with Segment: the browser
	// library sends both.
	secret := request.WriteKey
	if secret == "" {
		secret = bearer(r.Header.Get("Authorization"))
	}
	key, err := s.cfg.Keys.Check(r.Context(), secret)
	if err == nil && (key.Source == 0 || !key.Has(access.CollectWrite)) {
		err = hitori.NewError(hitori.Forbidden, "key_not_write")
	}
	if err == nil {
		err = s.cfg.Keys.Spend(&key, request.Len())
	}
	if err == nil {
		err = s.cfg.System.Room()
	}
	if err == nil {
		err = s.cfg.Collector.AcceptRequest(r.Context(), key.Source, request)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	accepted(w)
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"success":true}`) // the client may have gone
}

// readBody reads a body of limited size, packed with gzip or not.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limit := s.cfg.BodyBytes
	var body io.Reader = http.MaxBytesReader(w, r.Body, limit)
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, hitori.NewError(hitori.Invalid, "body_encoding").Because(err)
		}
		defer unzipped.Close()
		body = io.LimitReader(unzipped, limit+1)
	default:
		return nil, hitori.NewError(hitori.Invalid, "body_encoding")
	}
	data, err := readAll(body, r.ContentLength, limit)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge) || int64(len(data)) > limit:
		return nil, hitori.NewError(hitori.TooLarge, "body_too_large", "limit", limit)
	case errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum):
		return nil, hitori.NewError(hitori.Invalid, "body_encoding").Because(err)
	case err != nil:
		return nil, hitori.NewError(hitori.Invalid, "body_unread").Because(err)
	}
	return data, nil
}

// readAll reads everything, in one go where the length is known.
func readAll(r io.Reader, length, limit int64) ([]byte, error) {
	if length <= 0 || length > limit {
		return io.ReadAll(r)
	}
	data := make([]byte, 0, length+1)
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return data, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

// browserSettings answers what analytics.js asks before it starts: where to send events.
func (s *Server) browserSettings(w http.ResponseWriter, r *http.Request) {
	secret := r.PathValue("key")
	key, err := s.cfg.Keys.Check(r.Context(), secret)
	if err == nil && key.Source == 0 {
		err = hitori.NewError(hitori.Forbidden, "key_not_write")
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	protocol := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		protocol = "https"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"integrations": map[string]any{
			"Segment.io": map[string]any{
				"apiKey": secret, "apiHost": r.Host + "/v1", "protocol": protocol,
				"addBundledMetadata": true, "unbundledIntegrations": []string{}, "maybeBundledConfigIds": map[string]any{},
				"versionSettings": map[string]any{"version": "4.4.7", "componentTypes": []string{"browser"}},
			},
		},
		"plan":         map[string]any{"track": map[string]any{"__default": map[string]any{"enabled": true, "integrations": map[string]any{}}}, "identify": map[string]any{"__default": map[string]any{"enabled": true}}, "group": map[string]any{"__default": map[string]any{"enabled": true}}},
		"edgeFunction": map[string]any{}, "analyticsNextEnabled": true, "middlewareSettings": map[string]any{},
		"enabledMiddleware": map[string]any{}, "metrics": map[string]any{"sampleRate": 0}, "legacyVideoPluginsEnabled": false, "remotePlugins": []any{},
	}) // the client may have gone
}
