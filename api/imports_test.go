package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/collect"
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

// A saved mapping is renamed and removed by who has seen what it is now.
func TestMappingsAreRenamedAndRemoved(t *testing.T) {
	c := apptest.Start(t, app.Config{})
	c.SignIn(access.Administrator)
	hanako, _ := c.SignIn(access.Marketer)
	save := func(name string) {
		t.Helper()
		hanako.Call(http.MethodPut, "/mappings/"+name, map[string]any{"version": 1, "target": "orders", "columns": []any{}}, nil)
	}
	rename := func(from, to string, revision int64) apptest.Answer {
		return hanako.Do(http.MethodPost, "/api/v1/mappings/"+from+"/rename", map[string]any{"name": to, "revision": revision})
	}
	names := func() (list []string) {
		var found struct{ Mappings []collect.Mapping }
		hanako.Call(http.MethodGet, "/mappings", nil, &found)
		for _, m := range found.Mappings {
			list = append(list, fmt.Sprint(m.Name, " ", m.Revision))
		}
		return list
	}
	save("orders")
	save("others")
	expect(t, "to nothing", rename("orders", "  ", 1), 400, "mapping_name")
	expect(t, "to another's name", rename("orders", "others", 1), 409, "mapping_taken")
	expect(t, "of before", rename("orders", "注文", 7), 409, "changed_meanwhile")
	if answer := rename("orders", " 注文 ", 1); answer.Status != http.StatusOK {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	if answer := rename("others", "others", 1); answer.Status != http.StatusOK { // nothing to do
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	if got := names(); !slices.Equal(got, []string{"others 1", "注文 2"}) {
		t.Errorf("%v", got)
	}
	expect(t, "removing what it was", hanako.Do(http.MethodDelete, "/api/v1/mappings/%E6%B3%A8%E6%96%87?version=1", nil), 409, "changed_meanwhile")
	if answer := hanako.Do(http.MethodDelete, "/api/v1/mappings/%E6%B3%A8%E6%96%87?version=2", nil); answer.Status != http.StatusNoContent {
		t.Errorf("%d %s", answer.Status, answer.Body)
	}
	if got := names(); !slices.Equal(got, []string{"others 1"}) {
		t.Errorf("%v", got)
	}
}
