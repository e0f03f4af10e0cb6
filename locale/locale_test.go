package locale_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/locale"
)

func load(t *testing.T) *locale.Texts {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestBothLanguagesHaveEveryKey(t *testing.T) {
	texts := load(t)
	ja, en := texts.Keys(locale.Japanese), texts.Keys(locale.English)
	for _, key := range ja {
		if !slices.Contains(en, key) {
			t.Errorf("%s is missing in English", key)
		}
	}
	for _, key := range en {
		if !slices.Contains(ja, key) {
			t.Errorf("%s is missing in Japanese", key)
		}
	}
}

var blank = regexp.MustCompile(`\{(\w+)\}`)

func TestBothLanguagesFillInTheSame(t *testing.T) {
	texts := load(t)
	for _, key := range texts.Keys(locale.Japanese) {
		names := func(l locale.Language) []string {
			list := blank.FindAllString(texts.Text(l, key, nil), -1)
			slices.Sort(list)
			return slices.Compact(list)
		}
		if ja, en := names(locale.Japanese), names(locale.English); !slices.Equal(ja, en) {
			t.Errorf("%s: %v in Japanese, %v in English", key, ja, en)
		}
	}
}

var (
	errorCall  = regexp.MustCompile(`hitori\.NewError\(\s*[\w.]+,\s*"([a-z0-9_]+)"`)
	insideRoot = regexp.MustCompile(`[^.\w]NewError\([A-Z]\w+,\s*"([a-z0-9_]+)"`)
	argument   = regexp.MustCompile(`"([a-z_]+)",`)
)

// errorCalls finds the errors a file makes: for each the call, its key, and the rest of the statement.
func errorCalls(source string, call *regexp.Regexp) [][3]string {
	var found [][3]string
	for _, place := range call.FindAllStringSubmatchIndex(source, -1) {
		rest := source[place[1]:]
		if end := regexp.MustCompile(`\)(\.\w+\(.*\))*\n`).FindStringIndex(rest); end != nil {
			rest = rest[:end[1]]
		}
		found = append(found, [3]string{source[place[0]:place[1]], source[place[2]:place[3]], rest})
	}
	return found
}

// Every error made anywhere has its text, and the text's blanks are filled.
func TestEveryErrorHasItsText(t *testing.T) {
	texts := load(t)
	known := texts.Keys(locale.Japanese)
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		calls := errorCalls(string(source), errorCall)
		if filepath.Dir(path) == ".." {
			calls = append(calls, errorCalls(string(source), insideRoot)...)
		}
		for _, call := range calls {
			found++
			key := "error." + call[1]
			if !slices.Contains(known, key) {
				t.Errorf("%s: no text for %s", path, key)
				continue
			}
			given := argument.FindAllStringSubmatch(call[2], -1)
			for _, wanted := range blank.FindAllStringSubmatch(texts.Text(locale.Japanese, key, nil), -1) {
				if !slices.ContainsFunc(given, func(g []string) bool { return g[1] == wanted[1] }) {
					t.Errorf("%s: %s needs %s", path, key, wanted[0])
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 40 {
		t.Errorf("only %d errors found; has the way they are made changed?", found)
	}
}

// Every documented event has its title.
func TestEveryEventHasItsTitle(t *testing.T) {
	texts := load(t)
	for _, spec := range hitori.Vocabulary() {
		for _, language := range []locale.Language{locale.Japanese, locale.English} {
			if key := "event." + spec.Name; texts.Text(language, key, nil) == key {
				t.Errorf("no %s text for %s", language, key)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	for wish, want := range map[string]locale.Language{
		"": locale.Japanese, "ja,en-US;q=0.7": locale.Japanese, "en-GB,en;q=0.9,ja;q=0.8": locale.English,
		"fr": locale.Japanese, "en_US.UTF-8": locale.English, "ja_JP.UTF-8": locale.Japanese, "C.UTF-8": locale.Japanese,
	} {
		if got := locale.Choose(wish); got != want {
			t.Errorf("%q: %s, want %s", wish, got, want)
		}
	}
}
