package app_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/unify"
)

// An unmodified Segment SDK sends an anonymous history and then says who it was.
func TestSegmentSDK(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("HITORI_REQUIRE_ENGINES") == "1" {
			t.Fatal(err)
		}
		t.Skip("the SDK is not tested: there is no npm")
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", "sdk"))); err != nil {
		t.Fatal(err)
	}
	command(t, folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	c := apptest.Start(t, config(t, apptest.Engines{}))
	command(t, folder, "node", "send.mjs", c.App.URL(), c.WriteKey("shop"))
	c.Settle()

	var person unify.Customer
	c.Call(http.MethodGet, "/customers/anonymous_id:device-of-hanako", nil, &person)
	if person.Name != "山田 花子" || person.Activity.Events != 45 || person.Activity.Orders != 1 || len(person.Memberships) != 1 {
		t.Errorf("got %q with %d events, %d orders and memberships %v", person.Name, person.Activity.Events, person.Activity.Orders, person.Memberships)
	}
	for _, reference := range []string{"user_id:member-1", "email:hanako.yamada@example.jp"} {
		var same unify.Customer
		c.Call(http.MethodGet, "/customers/"+reference, nil, &same)
		if same.ID != person.ID {
			t.Errorf("%s is %v, not %v", reference, same.ID, person.ID)
		}
	}
}

func command(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
