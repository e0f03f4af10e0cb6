package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/app/storytest"
)

// pairs are the engines every behaviour is tested on.
var pairs = map[string]func(testing.TB) apptest.Engines{
	"embedded": func(testing.TB) apptest.Engines { return apptest.Engines{} },
	"external": apptest.External,
}

// onPairs runs a test on each of the pairs, side by side: much of the time the external one waits.
func onPairs(t *testing.T, test func(t *testing.T, engines apptest.Engines)) {
	for name, engines := range pairs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, engines(t))
		})
	}
}

// Every story is told to a program on the embedded engines and to one on the external ones,
// and must end the same.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("../testdata/stories/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d stories found, %v", len(files), err)
	}
	for name, engines := range pairs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, file := range files {
				story, err := storytest.Read(file)
				if err != nil {
					t.Fatal(err)
				}
				t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
					if reason := story.Differs[name]; reason != "" {
						t.Skip(reason)
					}
					storytest.Run(t, story, engines(t))
				})
			}
		})
	}
}
