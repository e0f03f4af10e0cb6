package unify

import (
	"strings"

	"github.com/hitori-cdp/hitori"
)

// DisplayName returns how a person is called and how that is read, family name first.
func DisplayName(traits hitori.Traits) (name, kana string) {
	values := texts(traits)
	full := func(last, first, whole []string) string {
		parts := strings.TrimSpace(firstOf(values, last...) + " " + firstOf(values, first...))
		if parts == "" {
			return firstOf(values, whole...)
		}
		return parts
	}
	return full([]string{"lastName", "last_name"}, []string{"firstName", "first_name"}, []string{"name"}),
		full([]string{"lastNameKana", "last_name_kana"}, []string{"firstNameKana", "first_name_kana"}, []string{"kana", "nameKana", "name_kana"})
}

// texts are the traits that are text or numbers.
func texts(traits hitori.Traits) map[string]string {
	values := make(map[string]string, len(traits))
	for name, trait := range traits {
		if text := trait.Value.Text(); text != "" {
			values[name] = text
		}
	}
	return values
}
