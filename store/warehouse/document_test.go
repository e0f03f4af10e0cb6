package warehouse_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

func TestDocument(t *testing.T) {
	for in, want := range map[hitori.JSON]string{
		``: ``, `{"a":1}`: `{"a":1}`, `"\u00e9\\u0000\n"`: `"\u00e9\\u0000\n"`,
		`"\ud83c\udf75"`: `"\ud83c\udf75"`, `"\uD83C"`: `"\ufffd"`, `"\udf75\ud83c"`: `"\ufffd\ufffd"`,
		`{"\ud83c\ud83c\udf75":"\u0000x\u0000"}`:                                                `{"\ufffd\ud83c\udf75":"x"}`,
		`{"n":123456789012345678901234567890,"m":-1e400}`:                                       `{"n":123456789012345678901234567890.0,"m":null}`,
		`[9223372036854775807,18446744073709551616,-9223372036854775809,1E+400,1e-400,1.5e300]`: `[9223372036854775807,18446744073709551616.0,-9223372036854775809.0,null,1e-400,1.5e300]`,
		`{"1234567890123456789012":"\"1e999","n":1234567890123456789012}`:                       `{"1234567890123456789012":"\"1e999","n":1234567890123456789012.0}`,
		`"\\\ud800"`: `"\\\ufffd"`, `"\\\\ud800"`: `"\\\\ud800"`, `"\"`: `"\"`, `"\u12"`: `"\u12"`, "\"\xff\"": "\"\uFFFD\"",
	} {
		if got := warehouse.Document(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// What is told of a document is the same before and after.
func TestDocumentKeepsTexts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	parts := []string{`\ud83c`, `\udf75`, `\u0000`, `\u0061`, `\\`, `\"`, `\n`, "u0000", "茶", "x", `\/`}
	changed := 0
	for range 20_000 {
		var b strings.Builder
		for range random.IntN(8) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		document := hitori.JSON(`"` + b.String() + `"`)
		if !json.Valid([]byte(document)) {
			t.Fatalf("%s is no JSON", document)
		}
		cleaned := hitori.JSON(warehouse.Document(document))
		if document.Text() != cleaned.Text() {
			t.Fatalf("%s became %s: %q, not %q", document, cleaned, cleaned.Text(), document.Text())
		}
		if document != cleaned {
			changed++
		}
	}
	if changed < 1000 {
		t.Errorf("only %d were changed", changed)
	}
}
