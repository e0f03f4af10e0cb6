package statetest

import (
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/understand"
)

// ownFeatures are kept as they were defined; who changes an older version is told.
func ownFeatures(t *testing.T, s *state.Store) {
	f := understand.OwnFeature{
		Key: "views", Title: "閲覧", Description: "30日間", Definition: `{"version":1}`, Type: query.TypeInteger, Unit: "times",
		CreatedAt: begin, CreatedBy: "u1", UpdatedAt: begin,
	}
	other := understand.OwnFeature{Key: "spend", Title: "あ", CreatedAt: begin, UpdatedAt: begin}
	for _, one := range []understand.OwnFeature{f, other} {
		if err := s.PutOwnFeature(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, s.PutOwnFeature(t.Context(), f), hitori.Conflict)
	f.Version, f.Title, f.UpdatedAt = 1, "商品の閲覧", begin.Add(1e9)
	if err := s.PutOwnFeature(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.PutOwnFeature(t.Context(), f), hitori.Conflict)
	all, err := s.OwnFeatures(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	f.Version = 2
	wantEqual(t, "by title", all[0].Key, "spend")
	wantEqual(t, "changed", all[1], f)
	if err := s.DeleteOwnFeature(t.Context(), "views"); err != nil {
		t.Fatal(err)
	}
	all, err = s.OwnFeatures(t.Context())
	if err != nil || len(all) != 1 || all[0].Key != "spend" {
		t.Error(all, err)
	}
}
