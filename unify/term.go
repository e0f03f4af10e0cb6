package unify

import (
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/normal"
)

// People are searched by the beginnings of terms: the family name first, the given name,
// their readings, addresses and numbers. Telephone numbers are kept backwards too, because
// people at a counter are asked for the last four digits.
const backwards = "~"

// termLetters is how many letters of a term are kept: an index takes no text of any length, and nobody types more.
const termLetters = 100

// nameTerms are the terms that follow from the names and addresses in a document. They
// include addresses that are not the profile's identifiers because another one has them.
func nameTerms(d Document) []string {
	values := texts(d.Traits)
	last, first := firstOf(values, "lastName", "last_name"), firstOf(values, "firstName", "first_name")
	lastKana, firstKana := firstOf(values, "lastNameKana", "last_name_kana"), firstOf(values, "firstNameKana", "first_name_kana")
	terms := []string{
		normal.Name(last + first), normal.Name(first), normal.Name(values["name"]),
		normal.Kana(lastKana + firstKana), normal.Kana(firstKana), normal.Kana(firstOf(values, "kana", "nameKana", "name_kana")),
		normal.Name(firstOf(values, "company", "companyName", "company_name")),
	}
	for trait, kind := range hitori.TraitIdentifiers() {
		if id, ok := normal.Identifier(kind, values[trait]); ok {
			terms = append(terms, identifierTerms(id)...)
		}
	}
	return tidy(terms)
}

// tidy cuts terms to the length that is kept, and leaves out empty ones and repeats.
func tidy(terms []string) []string {
	for i, term := range terms {
		if letters := []rune(term); len(letters) > termLetters {
			terms[i] = string(letters[:termLetters])
		}
	}
	slices.Sort(terms)
	return slices.DeleteFunc(slices.Compact(terms), func(s string) bool { return s == "" })
}

// identifierTerms are the terms by which an identifier is found; devices are looked up
// whole and not searched.
func identifierTerms(id hitori.Identifier) []string {
	switch {
	case id.Kind == hitori.Phone:
		national := id.Value
		if rest, ok := strings.CutPrefix(id.Value, "+81"); ok {
			national = "0" + rest
		}
		return []string{national, backwards + reverse(national)}
	case id.Kind.Class() == hitori.Device:
		return nil
	}
	return []string{strings.ToLower(id.Value)}
}

// searchTerms are the beginnings to look for when a user types a text.
func searchTerms(text string) []string {
	name := normal.Name(text)
	terms := []string{name, normal.Kana(text), strings.ToLower(strings.TrimSpace(text))}
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, text)
	if rest, ok := strings.CutPrefix(digits, "81"); ok && strings.HasPrefix(strings.TrimSpace(text), "+") {
		digits = "0" + rest
	}
	if len(digits) >= 4 {
		terms = append(terms, digits, backwards+reverse(digits))
	}
	return tidy(terms)
}

func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
