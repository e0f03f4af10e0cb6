package statetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/service"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

func advance(s *state.Store, step unify.Step, settled ...string) error {
	return s.Update(context.Background(), func(tx unify.Tx) error { return tx.Advance(context.Background(), step, settled) })
}

func stepsAreTakenOnce(t *testing.T, s *state.Store) {
	first := unify.Step{Token: "0-5", Ranges: []unify.Range{{Partition: 0, Last: 5}, {Partition: 3, Last: 6}}, Plan: []byte{0, 1, 255}}
	if err := advance(s, first); err != nil {
		t.Fatal(err)
	}
	wantCode(t, advance(s, unify.Step{Token: "0-7", Ranges: []unify.Range{{Partition: 0, Last: 7}}}), hitori.Conflict)
	wantCode(t, advance(s, unify.Step{Token: "0-9", Ranges: []unify.Range{{Partition: 1, Last: 2}, {Partition: 3, After: 4, Last: 9}}}), hitori.Conflict)
	if err := advance(s, unify.Step{Token: "0-8", Ranges: []unify.Range{{Partition: 0, After: 5, Last: 8}}}); err != nil {
		t.Fatal(err)
	}
	progress, err := s.Progress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "applied", progress.Applied, map[int]uint64{0: 8, 3: 6})
	if len(progress.Pending) != 2 || progress.Pending[0].Token != "0-5" || string(progress.Pending[0].Plan) != string(first.Plan) || progress.Pending[0].Ranges[1].Last != 6 {
		t.Errorf("pending %+v", progress.Pending)
	}
	if err := advance(s, unify.Step{}, "0-5"); err != nil {
		t.Fatal(err)
	}
	progress, err = s.Progress(t.Context())
	if err != nil || len(progress.Pending) != 1 || progress.Pending[0].Token != "0-8" {
		t.Errorf("pending %+v, %v", progress.Pending, err)
	}
}

// Two processes write at the same time; each change is there once, and of two that take
// the same frame one is refused.
func twoProcesses(t *testing.T, first state.Engine, open func(t *testing.T) state.Engine) {
	if first.Name() == "sqlite" {
		t.Skip("SQLite is one process's own")
	}
	a := store(t, first)
	b := store(t, open(t))
	var wait sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for _, s := range []*state.Store{a, b} {
		wait.Go(func() {
			for n := range uint64(40) {
				err := s.Update(t.Context(), func(tx unify.Tx) error {
					if _, err := tx.Sight(t.Context(), []unify.Sighting{sighting(int(n), int(n)+1)}); err != nil {
						return err
					}
					return tx.Advance(t.Context(), unify.Step{Token: fmt.Sprint("0-", n+1), Ranges: []unify.Range{{After: n, Last: n + 1}}}, nil)
				})
				switch hitori.ErrorCode(err) {
				case "":
					mu.Lock()
					taken++
					mu.Unlock()
				case hitori.Conflict: // the other was faster, or is behind
				default:
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	progress, err := a.Progress(t.Context())
	if err != nil || int(progress.Applied[0]) != taken || len(progress.Pending) != taken {
		t.Errorf("%d steps taken, applied %d, pending %d, %v", taken, progress.Applied[0], len(progress.Pending), err)
	}
	mine, err := a.Assigned(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "alone", len(mine), 8)
	theirs, err := b.Assigned(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "nothing free yet", len(theirs), 0)
	mine, _ = a.Assigned(t.Context(), 8)
	theirs, _ = b.Assigned(t.Context(), 8)
	wantEqual(t, "half each", []int{len(mine), len(theirs)}, []int{4, 4})
	for _, p := range mine {
		for _, q := range theirs {
			if p == q {
				t.Errorf("partition %d is both's", p)
			}
		}
	}
}

func fields(t *testing.T, s *state.Store) {
	key := hitori.FieldKey{Type: hitori.Track, Name: "Seat Booked", Path: "properties.seat"}
	count := func(events int64, at time.Time) hitori.FieldCount {
		f := hitori.FieldCount{FieldKey: key, Events: events, Bytes: 10 * events, First: at, Last: at}
		f.Values[hitori.JSONString] = events
		return f
	}
	save(t, s, func(c *unify.Changes) {
		c.Fields = []hitori.FieldCount{count(2, begin.Add(time.Hour)), {FieldKey: hitori.FieldKey{Type: hitori.Track, Name: "Seat Booked"}, Events: 5, First: begin, Last: begin}}
	})
	save(t, s, func(c *unify.Changes) { c.Fields = []hitori.FieldCount{count(3, begin)} })
	got, err := s.Fields(t.Context(), hitori.Track, "Seat Booked")
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, f := range got {
		if f.Path != "" && (f.Events != 5 || f.Values[hitori.JSONString] != 5 || f.Bytes != 50 || !f.First.Equal(begin) || !f.Last.Equal(begin.Add(time.Hour))) {
			t.Errorf("%+v", f)
		}
	}
	kinds, err := s.Fields(t.Context(), 0, "")
	if err != nil || len(kinds) != 1 || kinds[0].Events != 5 {
		t.Errorf("kinds %+v, %v", kinds, err)
	}
}

func rules(t *testing.T, s *state.Store) {
	key := hitori.FieldKey{Type: hitori.Identify, Path: "traits.age"}
	low := 0.0
	rule := collect.Rule{Type: hitori.TypeInteger, Required: true, Minimum: &low}
	if err := s.PutRule(t.Context(), key, rule, "a", begin); err != nil {
		t.Fatal(err)
	}
	got, err := s.Rules(t.Context())
	if err != nil || len(got) != 1 || got[key].Type != hitori.TypeInteger || *got[key].Minimum != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.DeleteRule(t.Context(), key, 1); err != nil {
		t.Fatal(err)
	}
	got, err = s.Rules(t.Context())
	if err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func keys(t *testing.T, s *state.Store) {
	key := access.Key{ID: "k1", Name: "名前", Hint: "wxyz", Scopes: []access.Scope{access.DataRead, access.Admin}, Source: 3, Rate: 10, CreatedAt: begin, CreatedBy: "a"}
	if err := s.AddKey(t.Context(), key, "hash"); err != nil {
		t.Fatal(err)
	}
	key.ID = "k2"
	wantCode(t, s.AddKey(t.Context(), key, "hash"), hitori.Conflict)
	got, err := s.KeyByHash(t.Context(), "hash")
	key.ID = "k1"
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "key", got, key)
	_, err = s.KeyByHash(t.Context(), "other")
	wantCode(t, err, hitori.NotFound)
	if err := s.RevokeKey(t.Context(), "k1", begin); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.RevokeKey(t.Context(), "k1", begin), hitori.NotFound)
	list, err := s.Keys(t.Context())
	if err != nil || len(list) != 1 || list[0].RevokedAt == nil {
		t.Errorf("%+v, %v", list, err)
	}
}

func sources(t *testing.T, s *state.Store) {
	a, err := s.AddSource(t.Context(), "本店", hitori.SourceSDK, begin)
	if err != nil || a.ID == hitori.SystemSource || a.ID == 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	_, err = s.AddSource(t.Context(), "本店", hitori.SourceSDK, begin)
	wantCode(t, err, hitori.Conflict)
	list, err := s.Sources(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != hitori.SystemSource || list[1] != a {
		t.Errorf("%+v, %v", list, err)
	}
}

func jobs(t *testing.T, s *state.Store) {
	add := func(id, kind string, at time.Time) {
		if err := s.AddJob(t.Context(), service.Job{ID: id, Kind: kind, Arguments: `{"a":1}`, State: service.JobWaiting, CreatedBy: "x", CreatedAt: at}); err != nil {
			t.Fatal(err)
		}
	}
	add("j1", "import", begin)
	add("j2", "export", begin.Add(time.Second))
	now := begin.Add(time.Minute)
	_, found, err := s.ClaimJob(t.Context(), []string{"other"}, "me", now, now)
	if found || err != nil {
		t.Fatalf("claimed a job of another kind: %v", err)
	}
	job, found, err := s.ClaimJob(t.Context(), []string{"import", "export"}, "me", now, now)
	if !found || err != nil || job.ID != "j1" || job.Arguments != `{"a":1}` || job.State != service.JobRunning {
		t.Fatalf("%+v %t %v", job, found, err)
	}
	job.Done, job.Total, job.Checkpoint = 5, 10, `{"row":5}`
	if cancelled, err := s.SaveJob(t.Context(), job, "me", now); cancelled || err != nil {
		t.Fatalf("%t %v", cancelled, err)
	}
	_, err = s.SaveJob(t.Context(), job, "other", now)
	wantCode(t, err, hitori.Conflict)
	// Its owner has died: another takes it over, with the checkpoint.
	job, found, err = s.ClaimJob(t.Context(), []string{"import"}, "other", now.Add(time.Hour), now.Add(time.Minute))
	if !found || err != nil || job.Checkpoint != `{"row":5}` || job.Done != 5 {
		t.Fatalf("%+v %t %v", job, found, err)
	}
	if err := s.CancelJob(t.Context(), "j1", now); err != nil {
		t.Fatal(err)
	}
	if cancelled, err := s.SaveJob(t.Context(), job, "other", now); !cancelled || err != nil {
		t.Errorf("%t %v", cancelled, err)
	}
	if err := s.CancelJob(t.Context(), "j2", now); err != nil {
		t.Fatal(err)
	}
	j2, err := s.Job(t.Context(), "j2")
	if err != nil || j2.State != service.JobCancelled || j2.FinishedAt == nil {
		t.Errorf("%+v %v", j2, err)
	}
	wantCode(t, s.CancelJob(t.Context(), "j2", now), hitori.Conflict)
	wantCode(t, s.CancelJob(t.Context(), "j9", now), hitori.NotFound)
	end := now
	job.State, job.FinishedAt, job.Error = service.JobFailed, &end, &service.JobError{Code: hitori.Invalid, Key: "k", Args: map[string]string{"a": "b"}}
	if _, err := s.SaveJob(t.Context(), job, "other", now); err != nil {
		t.Fatal(err)
	}
	failed, err := s.Job(t.Context(), "j1")
	if err != nil || failed.Error == nil || failed.Error.Args["a"] != "b" || !failed.FinishedAt.Equal(end) {
		t.Errorf("%+v %v", failed, err)
	}
	list, err := s.Jobs(t.Context(), "", 10)
	if err != nil || len(list) != 2 || list[0].ID != "j2" {
		t.Errorf("%+v %v", list, err)
	}
	if list, err = s.Jobs(t.Context(), "import", 10); err != nil || len(list) != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

func jobsAreClaimedOnce(t *testing.T, s *state.Store) {
	for n := range 20 {
		if err := s.AddJob(t.Context(), service.Job{ID: fmt.Sprint("j", n), Kind: "k", State: service.JobWaiting, CreatedAt: begin}); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	claimed := make(map[string]int)
	for worker := range 4 {
		wait.Go(func() {
			for {
				job, found, err := s.ClaimJob(t.Context(), []string{"k"}, fmt.Sprint("w", worker), begin, begin.Add(-time.Hour))
				if err != nil || !found {
					if err != nil {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				claimed[job.ID]++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	for n := range 20 {
		wantEqual(t, fmt.Sprint("claims of job ", n), claimed[fmt.Sprint("j", n)], 1)
	}
}

func policies(t *testing.T, s *state.Store) {
	if err := s.PutRetention(t.Context(), unify.Retention{Event: "Page Viewed", Days: 30, UpdatedAt: begin, UpdatedBy: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutRetention(t.Context(), unify.Retention{Event: "Page Viewed", Days: 60, UpdatedAt: begin, UpdatedBy: "a", Version: 1}); err != nil {
		t.Fatal(err)
	}
	list, err := s.Retention(t.Context())
	if err != nil || len(list) != 1 || list[0].Days != 60 {
		t.Errorf("%+v %v", list, err)
	}
	if err := s.PutRetention(t.Context(), unify.Retention{Event: "Page Viewed"}); err != nil {
		t.Fatal(err)
	}
	list, err = s.Retention(t.Context())
	wantEqual(t, "retention", len(list), 0)
	if err != nil {
		t.Fatal(err)
	}
	purpose := unify.Purpose{Name: "delivery", Title: "商品のお届け", Fields: []string{"traits.address"}, UpdatedAt: begin, UpdatedBy: "a"}
	if err := s.PutPurpose(t.Context(), purpose); err != nil {
		t.Fatal(err)
	}
	purposes, err := s.Purposes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	purpose.Version = 1
	wantEqual(t, "purposes", purposes, []unify.Purpose{purpose})
	if err := s.DeletePurpose(t.Context(), "delivery", 0); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.DeletePurpose(t.Context(), "delivery", 0), hitori.NotFound)
}
