package unify

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hitori-cdp/hitori"
)

// DisplayName returns how a person is called and how that is read, family name first.
func DisplayName(traits hitori.Traits) (name, kana string) {
	values := make(map[string]jsontext.Value, len(traits))
	for key, trait := range traits {
		values[key] = jsontext.Value(trait.Value)
	}
	full := func(last, first, whole []string) string {
		parts := strings.TrimSpace(firstText(values, last...) + " " + firstText(values, first...))
		if parts == "" {
			return firstText(values, whole...)
		}
		return parts
	}
	return full([]string{"lastName", "last_name"}, []string{"firstName", "first_name"}, []string{"name"}),
		full([]string{"lastNameKana", "last_name_kana"}, []string{"firstNameKana", "first_name_kana"}, []string{"kana", "nameKana", "name_kana"})
}
