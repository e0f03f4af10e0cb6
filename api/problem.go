package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/query"
)

// Problem is an error as it is sent (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title" doc:"What is wrong and how to mend it, in the language of the request"`
	Status int    `json:"status"`
	// Code and Key are for programs: they never change with the language.
	Code  hitori.Code       `json:"code"`
	Key   string            `json:"key"`
	Args  map[string]string `json:"args,omitempty"`
	Field string            `json:"field,omitempty" doc:"The input the problem is about"`
	// Errors are the single faults of a request that does not fit its description.
	Errors []Fault `json:"errors,omitempty"`
	retry  float64
}

// Fault is one fault of a request.
type Fault struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Title }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements [huma.HeadersError].
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retry))))
	}
	return h
}

// statuses is the one place where codes become HTTP.
var statuses = map[hitori.Code]int{
	hitori.Invalid:      http.StatusBadRequest,
	hitori.Unauthorized: http.StatusUnauthorized,
	hitori.Forbidden:    http.StatusForbidden,
	hitori.NotFound:     http.StatusNotFound,
	hitori.Conflict:     http.StatusConflict,
	hitori.TooLarge:     http.StatusRequestEntityTooLarge,
	hitori.Busy:         http.StatusTooManyRequests,
	hitori.Unavailable:  http.StatusServiceUnavailable,
	hitori.Internal:     http.StatusInternalServerError,
}

// problem turns an error into what is sent. What is not meant for users is logged and
// told without its text.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	var told *hitori.Error
	if !errors.As(err, &told) {
		told = hitori.NewError(hitori.Internal, "internal").Because(err)
	}
	code, known := statuses[told.Code]
	if !known {
		code = http.StatusInternalServerError
	}
	if code >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.cfg.Logger.Log(ctx, slog.LevelError, "request failed", "error", err)
	}
	text := told
	if told.Code == hitori.Internal {
		text = hitori.NewError(hitori.Internal, "internal")
	}
	p := &Problem{
		Type: "about:blank", Title: s.cfg.Texts.Error(visitorOf(ctx).language, text), Status: code,
		Code: told.Code, Key: text.Key, Args: text.Args, Field: told.Field, retry: told.RetryAfter.Seconds(),
	}
	p.Errors = s.faults(visitorOf(ctx).language, err)
	return p
}

// faultsOf are the single faults of a condition.
func faultsOf(err error) query.Faults {
	var faults query.Faults
	_ = errors.As(err, &faults)
	return faults
}

// invalid turns what huma finds wrong with a request into a problem.
func (s *Server) invalid(ctx huma.Context, status int, message string, errs []error) huma.StatusError {
	language := locale.Japanese
	if ctx != nil {
		language = locale.Choose(ctx.Header("Accept-Language"))
		if v, ok := ctx.Context().Value(visitorKey{}).(visitor); ok {
			language = v.language
		}
	}
	told := hitori.NewError(hitori.Invalid, "request_invalid")
	if status == http.StatusRequestEntityTooLarge {
		told = hitori.NewError(hitori.TooLarge, "body_too_large", "limit", "1048576")
	}
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	p := &Problem{Type: "about:blank", Title: s.cfg.Texts.Error(language, told), Status: status, Code: told.Code, Key: told.Key, Args: told.Args}
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) {
			p.Errors = append(p.Errors, Fault{Field: detail.Location, Detail: detail.Message})
		} else if err != nil {
			p.Errors = append(p.Errors, Fault{Detail: err.Error()})
		}
	}
	if len(errs) == 0 && message != "" {
		p.Errors = append(p.Errors, Fault{Detail: message})
	}
	return p
}

// refuse answers a plain request with an error.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ctx := context.WithValue(r.Context(), visitorKey{}, visitor{language: locale.Choose(r.Header.Get("Accept-Language"))})
	s.writeProblem(ctx, err, w.Header().Set, w.WriteHeader, w)
}

func (s *Server) writeProblem(ctx context.Context, err error, header func(string, string), status func(int), body io.Writer) {
	p := s.problem(ctx, err)
	header("Content-Type", "application/problem+json")
	for name, values := range p.GetHeaders() {
		header(name, values[0])
	}
	if p.Status == http.StatusUnauthorized {
		header("WWW-Authenticate", `Bearer realm="hitori"`)
	}
	status(p.Status)
	_ = json.NewEncoder(body).Encode(p) // the client may have gone
}
