package unify

import (
	"cmp"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/normal"
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

// Reading is what a person is listed by in the order of the Japanese syllabary (五十音順), compared byte by byte: how the
// name is read, or else the name. It is empty when there is neither.
func Reading(traits hitori.Traits) string {
	name, kana := DisplayName(traits)
	return cmp.Or(normal.Collation(kana), normal.Collation(name))
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
