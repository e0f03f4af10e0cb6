package hitori_test

import (
	"testing"

	"github.com/hitori-cdp/hitori"
)

func TestImportInContext(t *testing.T) {
	for context, want := range map[hitori.JSON]hitori.JSON{
		"":                            `{"import":{"id":"j1"}}`,
		"{}":                          `{"import":{"id":"j1"}}`,
		" { } ":                       `{"import":{"id":"j1"}}`,
		`{"traits":{"email":"a"}}`:    `{"traits":{"email":"a"},"import":{"id":"j1"}}`,
		`{"import":{"id":"another"}}`: `{"import":{"id":"another"},"import":{"id":"j1"}}`,
	} {
		e := hitori.Event{Context: hitori.WithImport(context, "j1")}
		if e.Context != want || e.Import() != "j1" {
			t.Errorf("%q becomes %q, from import %q", context, e.Context, e.Import())
		}
	}
	for _, context := range []hitori.JSON{"", "{}", `{"page":{"import":{"id":"j1"}}}`, `{"import":"j1"}`, `{"note":"\"import\""}`} {
		if e := (hitori.Event{Context: context}); e.Import() != "" {
			t.Errorf("%q is from import %q", context, e.Import())
		}
	}
}
