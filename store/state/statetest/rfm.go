package statetest

import (
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/understand"
)

// rfm: settings are changed by one at a time, and a month has the cut that was put last.
func rfm(t *testing.T, s *state.Store) {
	settings := func() understand.RFMSettings {
		t.Helper()
		got, err := s.RFMSettings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	wantEqual(t, "nothing yet", settings(), understand.RFMSettings{})
	want := understand.RFMSettings{RFMDefinition: understand.DefaultRFM(), UpdatedAt: begin, UpdatedBy: "user:a"}
	want.Groups[0].Title = "上得意 'A'"
	want.Scales.Monetary = understand.RFMScale{Method: understand.ByFixed, Bounds: []int64{-5, 0, 1 << 40, 1 << 50}, Since: "2026-04-01"}
	put := func(n understand.RFMSettings, key string) {
		t.Helper()
		if err := s.PutRFMSettings(t.Context(), n); key == "" && err != nil || key != "" && hitori.ErrorCode(err) != hitori.Conflict {
			t.Fatalf("put version %d: %v", n.Version, err)
		}
	}
	put(want, "")
	put(want, "there_already")
	want.Version = 1
	wantEqual(t, "first", settings(), want)
	want.UpdatedBy, want.Groups = "user:b", want.Groups[:3]
	put(want, "")
	put(want, "changed_meanwhile")
	want.Version = 2
	wantEqual(t, "second", settings(), want)

	cut := func(month string, want understand.RFMCut) {
		t.Helper()
		got, err := s.RFMCut(t.Context(), month)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "cut of "+month, got, want)
	}
	cut("2026-04", understand.RFMCut{})
	march := understand.RFMCut{Month: "2026-03", Bounds: understand.Bounds{Recency: []int64{90, 60, 30, 0}, Frequency: []int64{2}, Monetary: []int64{}}, People: 12, CutAt: begin}
	may := march
	may.Month, may.People = "2026-05", 30
	for _, c := range []understand.RFMCut{march, may} {
		if err := s.PutRFMCut(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	cut("2026-02", understand.RFMCut{})
	cut("2026-04", march)
	cut("2026-05", may)
	may.People, may.CutAt = 60, begin.Add(time.Hour)
	if err := s.PutRFMCut(t.Context(), may); err != nil {
		t.Fatal(err)
	}
	cut("2027-01", may)
}
