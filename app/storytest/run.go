package storytest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/service"
)

// runner tells one story to one program.
type runner struct {
	t       *testing.T // of the step
	whole   *testing.T // of the story, with which the program lives
	story   *Story
	cfg     app.Config
	clock   *service.ManualClock
	client  *apptest.Client
	keys    map[string]string // write keys by source
	status  int               // of the last step
	refused string            // the key of its error
}

// Run tells a story to a program on the given engines.
func Run(t *testing.T, story *Story, engines apptest.Engines) {
	clock := service.NewManualClock(story.Start)
	r := &runner{t: t, whole: t, story: story, clock: clock, keys: make(map[string]string), cfg: app.Config{
		Data: t.TempDir(), Clock: clock,
		StreamURL: engines.Stream, StateURL: engines.State, WarehouseURL: engines.Warehouse,
	}}
	r.client = apptest.Start(t, r.cfg)
	for i := range story.Steps {
		if !t.Run(story.Steps[i].title(i), func(t *testing.T) { r.in(t).step(&story.Steps[i]) }) {
			return // what follows would only fail too
		}
	}
}

// in makes failures belong to a step.
func (r *runner) in(t *testing.T) *runner {
	r.t, r.client.T = t, t
	return r
}

func (r *runner) step(s *Step) {
	switch {
	case s.At != nil:
		r.clock.Set(*s.At)
	case s.Forward != "":
		d, err := time.ParseDuration(s.Forward)
		if err != nil {
			r.t.Fatal(err)
		}
		r.clock.Advance(d)
	case s.Send != nil || s.Raw != "":
		r.send(s)
	case s.Restart:
		r.restart()
	case s.Refused != "" || s.Status != 0:
		r.wasRefused(s)
	case s.Expect != nil:
		r.expect(s.Expect)
	default:
		r.decide(s)
	}
}

func (s *Step) title(i int) string {
	kind := "decide"
	switch {
	case s.At != nil || s.Forward != "":
		kind = "clock"
	case s.Send != nil || s.Raw != "":
		kind = "send"
	case s.Expect != nil:
		kind = "expect"
	}
	return string(rune('a'+i/26)) + string(rune('a'+i%26)) + " " + kind
}

func (r *runner) key(source string) string {
	if source == "" {
		source = "web"
	}
	if r.keys[source] == "" {
		r.keys[source] = r.client.WriteKey(source)
	}
	return r.keys[source]
}

func (r *runner) send(s *Step) {
	var body any = s.Raw
	if s.Raw == "" {
		batch := map[string]any{"batch": s.Send}
		if s.SentAt != "" {
			batch["sentAt"] = s.SentAt
		}
		body = batch
	}
	r.do(http.MethodPost, "/v1/batch", r.key(s.Source), body)
	if r.status < 300 {
		r.client.Settle()
	}
}

// do sends a request and remembers how it went. Being refused fails the story only when no
// step behind it says that it must.
func (r *runner) do(method, path, secret string, body any) []byte {
	r.t.Helper()
	status, answer := r.client.Do(method, path, secret, body)
	r.status, r.refused = status, ""
	if status >= 300 {
		var problem struct{ Key string }
		_ = json.Unmarshal(answer, &problem) // an answer that is no problem has no key
		r.refused = problem.Key
		r.t.Logf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

func (r *runner) admin(method, path string, body any) []byte {
	r.t.Helper()
	return r.do(method, "/api/v1"+path, r.client.Secret, body)
}

func (r *runner) wasRefused(s *Step) {
	if s.Refused != "" && r.refused != s.Refused {
		r.t.Errorf("refused with %q, want %q", r.refused, s.Refused)
	}
	if s.Status != 0 && r.status != s.Status {
		r.t.Errorf("status %d, want %d", r.status, s.Status)
	}
}

func (r *runner) decide(s *Step) {
	person := func(ref string) string { return "/customers/" + url.PathEscape(ref) }
	switch {
	case s.Merge != nil:
		r.admin(http.MethodPost, person(s.Merge.People[0])+"/merge", map[string]string{"other": s.Merge.People[1]})
	case s.Separate != nil:
		r.admin(http.MethodPost, person(s.Separate.People[0])+"/separate", map[string]string{"other": s.Separate.People[1]})
	case s.Undo != "":
		r.undo(s.Undo)
	case s.Erase != "":
		r.admin(http.MethodDelete, person(s.Erase), nil)
		if err := r.client.App.Privacy.Erasures().Finish(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
	case s.Junk != "":
		r.admin(http.MethodPut, "/identity/identifiers/"+url.PathEscape(s.Junk), map[string]string{"state": "junk"})
	case s.Trust != "":
		r.admin(http.MethodPut, "/identity/identifiers/"+url.PathEscape(s.Trust), map[string]string{"state": "trusted"})
	case s.Rule != nil:
		r.admin(http.MethodPut, "/contract/rules", s.Rule)
	case s.Replay != nil:
		r.admin(http.MethodPost, "/quarantine/replay", s.Replay)
		r.client.Settle()
	case s.Discard != nil:
		r.admin(http.MethodPost, "/quarantine/discard", s.Discard)
	case s.Retain != nil:
		for event, days := range s.Retain {
			r.admin(http.MethodPut, "/retention/"+url.PathEscape(event), map[string]int{"days": days})
		}
	case s.Enforce:
		if _, err := r.client.App.Privacy.Enforce(r.t.Context(), func(int) {}); err != nil {
			r.t.Fatal(err)
		}
	default:
		r.t.Fatal("a step that does nothing")
	}
}

// undo takes back the newest merge of a person that stands.
func (r *runner) undo(ref string) {
	customer := r.customer(ref)
	for i := len(customer.Merges) - 1; i >= 0; i-- {
		if m := customer.Merges[i]; m.UndoneAt == nil {
			r.admin(http.MethodPost, "/merges/"+m.ID+"/undo", nil)
			return
		}
	}
	r.t.Fatalf("%s has no merge to undo", ref)
}

// restart stops the program and starts it again on the same data.
func (r *runner) restart() {
	secret := r.client.Secret
	r.client.App.Stop()
	r.client = apptest.Start(r.whole, r.cfg)
	r.client.Secret, r.client.T = secret, r.t
}
