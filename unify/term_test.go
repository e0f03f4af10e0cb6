package unify

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hitori-cdp/hitori"
)

// A name without end has terms that fit into an index, and is found by its beginning and by all of it.
func TestTermsOfLongNames(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	name := strings.Map(func(rune) rune { return rune('一' + random.IntN(20_000)) }, strings.Repeat("x", 10_000))
	d := NewDocument()
	d.Traits["name"] = hitori.Trait{Value: hitori.JSON(`"` + name + `"`)}
	terms := nameTerms(d)
	if len(terms) != 1 || utf8.RuneCountInString(terms[0]) != termLetters {
		t.Fatalf("%d terms of %d letters", len(terms), utf8.RuneCountInString(terms[0]))
	}
	for _, typed := range []string{name, string([]rune(name)[:5])} {
		found := false
		for _, beginning := range searchTerms(typed) {
			found = found || strings.HasPrefix(terms[0], beginning)
		}
		if !found {
			t.Errorf("not found by %d letters", utf8.RuneCountInString(typed))
		}
	}
}
