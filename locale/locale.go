// Package locale holds every text a user sees, in Japanese and English. No text stands in
// code: code names a key, and the texts of both languages stand side by side in the files
// of this folder.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
)

// Language is "ja" or "en".
type Language string

// The languages. Japanese is the default.
const (
	Japanese Language = "ja"
	English  Language = "en"
)

//go:embed ja.json en.json
var files embed.FS

// Texts are the texts of both languages.
type Texts struct {
	byLanguage map[Language]map[string]string
}

// Load reads the texts.
func Load() (*Texts, error) {
	t := &Texts{byLanguage: make(map[Language]map[string]string)}
	for _, language := range []Language{Japanese, English} {
		data, err := files.ReadFile(string(language) + ".json")
		if err != nil {
			return nil, err
		}
		texts := make(map[string]string)
		if err := json.Unmarshal(data, &texts); err != nil {
			return nil, fmt.Errorf("locale: %s.json: %w", language, err)
		}
		t.byLanguage[language] = texts
	}
	return t, nil
}

// Choose picks the language of an Accept-Language header or a LANG variable: English when
// it is named before Japanese, Japanese otherwise.
func Choose(wish string) Language {
	wish = strings.ToLower(wish)
	english, japanese := strings.Index(wish, "en"), strings.Index(wish, "ja")
	if english >= 0 && (japanese < 0 || english < japanese) {
		return English
	}
	return Japanese
}

// Text returns the text of a key with {names} filled in. A missing key is shown itself, so
// that it is noticed.
func (t *Texts) Text(language Language, key string, args map[string]string) string {
	text, ok := t.byLanguage[language][key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Error returns the text of an error for a user.
func (t *Texts) Error(language Language, err *hitori.Error) string {
	return t.Text(language, "error."+err.Key, err.Args)
}

// Keys lists the keys of a language.
func (t *Texts) Keys(language Language) []string {
	return slices.Sorted(maps.Keys(t.byLanguage[language]))
}
