package query_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori/locale"
	"github.com/hitori-cdp/hitori/query"
	"github.com/hitori-cdp/hitori/query/querytest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The conditions of testdata stand there in their canonical form, one a line; what is said
// about them in both languages stands in the golden file.
func TestSentences(t *testing.T) {
	ja, en := texts(t, locale.Japanese), texts(t, locale.English)
	catalogueJa, catalogueEn := querytest.NewCatalogue("ja"), querytest.NewCatalogue("en")
	var out strings.Builder
	for i, line := range lines(t, "testdata/conditions.jsonl") {
		definition := `{"version":1,"where":` + line + `}`
		c, err := query.Parse([]byte(definition))
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if err := query.Validate(c, catalogueJa); err != nil {
			t.Errorf("line %d: %v", i+1, err)
		}
		if encoded := string(query.Encode(c)); encoded != definition {
			t.Errorf("line %d is not canonical:\n%s\n%s", i+1, definition, encoded)
		}
		out.WriteString(line + "\n" + query.Sentence(c, catalogueJa, ja) + "\n" + query.Sentence(c, catalogueEn, en) + "\n\n")
	}
	golden(t, "testdata/sentences.golden", out.String())
}

func lines(t testing.TB, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(bytes.TrimSpace(data)), "\n")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at the difference after -update", file)
	}
}
