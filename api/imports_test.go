package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
)

// Every kind of file and every field has a name in both languages.
func TestImportTargetsAreNamed(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	c.SignIn(access.Administrator)
	b, _ := c.SignIn(access.Marketer)
	for _, language := range []string{"ja", "en"} {
		b.Call(http.MethodPatch, "/session", map[string]string{"language": language}, nil)
		var found struct{ Targets []api.ImportTarget }
		b.Call(http.MethodGet, "/imports/targets", nil, &found)
		if len(found.Targets) < 15 || found.Targets[0].Name != "orders" {
			t.Fatalf("%+v", found.Targets)
		}
		if want := map[string]string{"ja": "注文番号", "en": "Order number"}[language]; found.Targets[0].Fields[0].Title != want {
			t.Errorf("%s: %+v", language, found.Targets[0].Fields[0])
		}
		for _, target := range found.Targets {
			for _, field := range target.Fields {
				if target.Title == "" || strings.HasPrefix(target.Title, "import.") || strings.HasPrefix(field.Title, "import.") || field.Headers == nil {
					t.Errorf("%s: %q %+v", language, target.Title, field)
				}
			}
		}
	}
}
