package hitori_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hitori-cdp/hitori"

// nouns and the three packages next to them may be imported from everywhere.
var foundation = []string{".", "query", "experiment", "service"}

// mayImport is the table of the design: which of Hitori's own packages a part may import,
// besides its own subfolders. Parts that are not in it may import everything.
var mayImport = map[string][]string{
	".":          {},
	"query":      {"."},
	"experiment": {"."},
	"service":    {"."},
	"locale":     {"."},
	"simulate":   {"."},
	"access":     foundation,
	"collect":    foundation,
	"unify":      foundation,
	"understand": append([]string{"unify"}, foundation...),
	"voice":      append([]string{"unify"}, foundation...),
	"relate":     append([]string{"unify"}, foundation...),
	"act":        append([]string{"unify", "understand", "voice", "relate"}, foundation...),
	"measure":    append([]string{"understand"}, foundation...),
	"store":      append(append([]string{"store", "access"}, rooms...), foundation...),
	"api":        append(append([]string{"access", "locale", "web"}, rooms...), foundation...),
	"web":        {},
}

var rooms = []string{"collect", "unify", "understand", "voice", "act", "measure", "relate"}

// engines are the libraries that may be imported below store/ only, and by app, which picks
// them.
var engines = []string{
	"github.com/duckdb/", "github.com/ClickHouse/", "github.com/jackc/pgx", "github.com/mattn/go-sqlite3", "github.com/nats-io/", "database/sql",
}

func TestImports(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		files++
		checkImports(t, filepath.ToSlash(file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Fatalf("only %d files were looked at", files)
	}
}

func checkImports(t *testing.T, file string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	part, _, _ := strings.Cut(path.Dir(file), "/")
	allowed, bound := mayImport[part]
	for _, spec := range parsed.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		own, inside := strings.CutPrefix(imported+"/", module+"/")
		switch {
		case inside:
			of, _, _ := strings.Cut(own, "/")
			if of == "" {
				of = "."
			}
			if bound && of != part && !slices.Contains(allowed, of) {
				t.Errorf("%s imports %s, which %s must not", file, imported, part)
			}
			if strings.Contains(own, "/internal/") && of != part {
				t.Errorf("%s imports %s, the inside of another room", file, imported)
			}
		case part == "." && strings.Contains(imported, "."):
			t.Errorf("%s imports %s: the nouns need the standard library only", file, imported)
		case bound && part != "store" && slices.ContainsFunc(engines, func(e string) bool { return strings.HasPrefix(imported, e) }):
			t.Errorf("%s imports the engine %s, which stands below store/", file, imported)
		}
	}
}
