package statetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/unify"
)

// versions tells the same story of everything that two people may change at the same time: the
// second one is told, and what the first one did stays.
func versions(t *testing.T, s *state.Store) {
	key := hitori.FieldKey{Type: hitori.Track, Name: "Order Completed", Path: "properties.total"}
	type thing struct {
		put    func(ctx context.Context, text string, version int64) error
		remove func(ctx context.Context, version int64) error
		// get returns the text and version that are stored; zero for none.
		get func(ctx context.Context) (string, int64, error)
	}
	for name, of := range map[string]thing{
		"rule": {
			func(ctx context.Context, text string, version int64) error {
				return s.PutRule(ctx, key, collect.Rule{Pattern: text, Version: version}, "a", begin)
			},
			func(ctx context.Context, version int64) error { return s.DeleteRule(ctx, key, version) },
			func(ctx context.Context) (string, int64, error) {
				rules, err := s.Rules(ctx)
				return rules[key].Pattern, rules[key].Version, err
			},
		},
		"mapping": {
			func(ctx context.Context, text string, version int64) error {
				return s.PutMapping(ctx, collect.Mapping{Name: "m", Target: text, Revision: version}, "a", begin)
			},
			func(ctx context.Context, version int64) error { return s.DeleteMapping(ctx, "m", version) },
			func(ctx context.Context) (string, int64, error) {
				list, err := s.Mappings(ctx)
				if len(list) == 0 {
					return "", 0, err
				}
				return list[0].Target, list[0].Revision, err
			},
		},
		"view": {
			func(ctx context.Context, text string, version int64) error {
				return s.PutView(ctx, access.View{ID: "v", Owner: "u", Place: "p", Name: text, Version: version})
			},
			func(ctx context.Context, version int64) error { return s.DeleteView(ctx, "v", version) },
			func(ctx context.Context) (string, int64, error) {
				v, err := s.View(ctx, "v")
				if hitori.ErrorCode(err) == hitori.NotFound {
					err = nil
				}
				return v.Name, v.Version, err
			},
		},
		"purpose": {
			func(ctx context.Context, text string, version int64) error {
				return s.PutPurpose(ctx, unify.Purpose{Name: "p", Title: text, Fields: []string{}, Version: version})
			},
			func(ctx context.Context, version int64) error { return s.DeletePurpose(ctx, "p", version) },
			func(ctx context.Context) (string, int64, error) {
				list, err := s.Purposes(ctx)
				if len(list) == 0 {
					return "", 0, err
				}
				return list[0].Title, list[0].Version, err
			},
		},
		"retention": {
			func(ctx context.Context, text string, version int64) error {
				return s.PutRetention(ctx, unify.Retention{Event: "e", Days: 1, UpdatedBy: text, Version: version})
			},
			func(ctx context.Context, version int64) error {
				return s.PutRetention(ctx, unify.Retention{Event: "e", Version: version})
			},
			func(ctx context.Context) (string, int64, error) {
				list, err := s.Retention(ctx)
				if len(list) == 0 {
					return "", 0, err
				}
				return list[0].UpdatedBy, list[0].Version, err
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			is := func(when, text string, version int64) {
				t.Helper()
				gotText, gotVersion, err := of.get(ctx)
				if err != nil || gotText != text || gotVersion != version {
					t.Fatalf("%s: %q of version %d, %v; want %q of version %d", when, gotText, gotVersion, err, text, version)
				}
			}
			succeed := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			wantCode(t, of.put(ctx, "never there", 3), hitori.Conflict)
			is("nothing", "", 0)
			succeed(of.put(ctx, "first", 0))
			is("added", "first", 1)
			wantCode(t, of.put(ctx, "added again", 0), hitori.Conflict)
			is("added again", "first", 1)
			succeed(of.put(ctx, "second", 1))
			is("changed", "second", 2)
			wantCode(t, of.put(ctx, "late", 1), hitori.Conflict)
			wantCode(t, of.remove(ctx, 1), hitori.Conflict)
			is("changed by who saw the first", "second", 2)

			var won atomic.Int64
			var wait sync.WaitGroup
			for range 8 {
				wait.Go(func() {
					switch err := of.put(ctx, "one of eight", 2); hitori.ErrorCode(err) {
					case "":
						won.Add(1)
					case hitori.Conflict:
					default:
						t.Error(err)
					}
				})
			}
			wait.Wait()
			wantEqual(t, "how many of eight were first", won.Load(), int64(1))
			is("changed by eight at once", "one of eight", 3)

			succeed(of.remove(ctx, 3))
			is("removed", "", 0)
			wantCode(t, of.put(ctx, "came back", 3), hitori.Conflict)
			is("changed after it was removed", "", 0)
			succeed(of.put(ctx, "new", 0))
			succeed(of.remove(ctx, 0))
			is("removed whatever it was", "", 0)
		})
	}
}

// mappingsAreRenamed: a mapping goes by its new name and by no other, unless somebody was first.
func mappingsAreRenamed(t *testing.T, s *state.Store) {
	put := func(name string, revision int64) {
		t.Helper()
		if err := s.PutMapping(t.Context(), collect.Mapping{Name: name, Target: name, Revision: revision}, "a", begin); err != nil {
			t.Fatal(err)
		}
	}
	rename := func(old, name string, revision int64) error {
		return s.RenameMapping(t.Context(), old, collect.Mapping{Name: name, Target: "old", Revision: revision}, "a", begin)
	}
	want := func(when, list string) {
		t.Helper()
		mappings, err := s.Mappings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range mappings {
			got = append(got, fmt.Sprint(m.Name, m.Target, m.Revision))
		}
		wantEqual(t, when, got, list)
	}
	put("old", 0)
	put("old", 1)
	put("other", 0)
	wantCode(t, rename("old", "new", 1), hitori.Conflict)
	wantCode(t, rename("old", "other", 2), hitori.Conflict)
	wantCode(t, rename("nobody", "new", 1), hitori.Conflict)
	want("refused", "[oldold2 otherother1]")
	if err := rename("old", "new", 2); err != nil {
		t.Fatal(err)
	}
	want("renamed", "[newold3 otherother1]")
}
