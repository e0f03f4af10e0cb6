package normal

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// collated is how many letters of a name count for its place in a list.
const collated = 64

// Kana of one row of the syllabary each: what a sound that is drawn out ends with.
var drawnOut = map[rune]string{
	'ア': "アカサタナハマヤラワ", 'イ': "イキシチニヒミリ", 'ウ': "ウクスツヌフムユル", 'エ': "エケセテネヘメレ", 'オ': "オコソトノホモヨロヲ",
}

var large = strings.NewReplacer(
	"ァ", "ア", "ィ", "イ", "ゥ", "ウ", "ェ", "エ", "ォ", "オ", "ッ", "ツ", "ャ", "ヤ", "ュ", "ユ", "ョ", "ヨ", "ヮ", "ワ", "ヵ", "カ", "ヶ", "ケ",
)

// Collation returns a text whose bytes put names into the order of the Japanese syllabary (五十音順), as JIS X 4061
// has it in the main: whether a sound is voiced, small or drawn out counts only between names that are
// otherwise the same, and the family name counts before the given name where a space parts them. Latin letters come
// before kana, and kana before kanji, whose reading is not known. It is empty when the text holds no letter.
func Collation(s string) string {
	full := spaced(s)
	if !strings.ContainsFunc(full, unicode.IsLetter) {
		return ""
	}
	var sounds strings.Builder
	last := ' '
	for _, r := range large.Replace(norm.NFD.String(full)) {
		switch {
		case unicode.Is(unicode.Mn, r): // that a sound is voiced, an accent
			continue
		case r == 'ー':
			r = ending(last)
		}
		sounds.WriteRune(r)
		last = r
	}
	if sounds.String() == full {
		return full
	}
	return sounds.String() + "\x01" + full // before any longer name
}

// spaced folds a name as [Kana] does, but keeps where its parts begin.
func spaced(s string) string {
	words := strings.FieldsFunc(norm.NFKC.String(s), func(r rune) bool { return unicode.IsSpace(r) || r == '・' || r == '·' })
	kept := words[:0]
	for _, word := range words {
		if word = Kana(word); word != "" {
			kept = append(kept, word)
		}
	}
	letters := []rune(strings.Join(kept, " "))
	return strings.TrimSpace(string(letters[:min(len(letters), collated)]))
}

func ending(r rune) rune {
	for vowel, row := range drawnOut {
		if strings.ContainsRune(row, r) {
			return vowel
		}
	}
	return r
}
