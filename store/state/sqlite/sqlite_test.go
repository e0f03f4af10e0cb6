package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/store/state/sqlite"
	"github.com/hitori-cdp/hitori/store/state/statetest"
)

func TestState(t *testing.T) {
	statetest.Run(t, func(t *testing.T) state.Engine {
		engine, err := sqlite.Open(filepath.Join(t.TempDir(), "state.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := engine.Close(); err != nil {
				t.Error(err)
			}
		})
		return engine
	})
}
