package simulate

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// name is a family or given name in its three writings.
type name struct {
	kanji  string
	kana   string // full-width katakana
	romaji string // lower case, after the rules for passports
}

type nameTables struct {
	families []name
	// given is by sex (women first) and decade of birth.
	given         [2][6][]name
	familyChooser chooser
	variants      map[string][]string
	// homophones are given names of the same sex and reading, by kanji.
	homophones [2]map[string][]name
}

var names = sync.OnceValue(func() *nameTables {
	t := &nameTables{families: parseNames(familyNames), variants: make(map[string][]string)}
	t.familyChooser = newChooser(zipf(len(t.families), 8, 0.9))
	for sex := range givenNames {
		byKana := make(map[string][]name)
		for decade, list := range givenNames[sex] {
			t.given[sex][decade] = parseNames(list)
			for _, n := range t.given[sex][decade] {
				byKana[n.kana] = append(byKana[n.kana], n)
			}
		}
		t.homophones[sex] = make(map[string][]name)
		for _, same := range byKana {
			for _, n := range same {
				for _, other := range same {
					if other.kanji != n.kanji {
						t.homophones[sex][n.kanji] = append(t.homophones[sex][n.kanji], other)
					}
				}
			}
		}
	}
	for _, entry := range strings.Fields(nameVariants) {
		from, to, _ := strings.Cut(entry, "=")
		t.variants[from] = strings.Split(to, ",")
	}
	return t
})

// parseNames reads "佐藤サトウ …". A name that is itself kana, such as さくらサクラ, is
// written in hiragana first.
func parseNames(list string) []name {
	var out []name
	for _, entry := range strings.Fields(list) {
		split := strings.IndexFunc(entry, isKatakana)
		kana := entry[split:]
		out = append(out, name{entry[:split], kana, romanise(kana)})
	}
	return out
}

func isKatakana(r rune) bool { return r >= 'ァ' && r <= 'ヺ' || r == 'ー' }

var romajiDigraphs = map[string]string{
	"キャ": "kya", "キュ": "kyu", "キョ": "kyo", "シャ": "sha", "シュ": "shu", "ショ": "sho", "チャ": "cha", "チュ": "chu", "チョ": "cho",
	"ニャ": "nya", "ニュ": "nyu", "ニョ": "nyo", "ヒャ": "hya", "ヒュ": "hyu", "ヒョ": "hyo", "ミャ": "mya", "ミュ": "myu", "ミョ": "myo",
	"リャ": "rya", "リュ": "ryu", "リョ": "ryo", "ギャ": "gya", "ギュ": "gyu", "ギョ": "gyo", "ジャ": "ja", "ジュ": "ju", "ジョ": "jo",
	"ビャ": "bya", "ビュ": "byu", "ビョ": "byo", "ピャ": "pya", "ピュ": "pyu", "ピョ": "pyo",
}

// romajiSyllables pairs each kana with its letters.
const romajiSyllables = "ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko ガ ga ギ gi グ gu ゲ ge ゴ go サ sa シ shi ス su セ se ソ so ザ za ジ ji ズ zu ゼ ze ゾ zo " +
	"タ ta チ chi ツ tsu テ te ト to ダ da ヂ ji ヅ zu デ de ド do ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho バ ba ビ bi ブ bu ベ be ボ bo " +
	"パ pa ピ pi プ pu ペ pe ポ po マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo ラ ra リ ri ル ru レ re ロ ro ワ wa ヲ o ン n"

// romanise writes katakana in letters after the passport rules (modified Hepburn): ou, oo
// and uu are not doubled, ッ doubles the consonant, ン is m before b, m and p.
func romanise(kana string) string {
	if exception, ok := romajiExceptions[kana]; ok {
		return exception
	}
	syllables := romajiTable()
	var out []byte
	double := false
	for len(kana) > 0 {
		size := 3
		letters := ""
		if len(kana) >= 6 {
			letters, size = romajiDigraphs[kana[:6]], 6
		}
		if letters == "" {
			letters, size = syllables[kana[:3]], 3
		}
		kana = kana[size:]
		if letters == "" {
			double = true // ッ
			continue
		}
		if double {
			out, double = append(out, letters[0]), false
		}
		if n := len(out); n > 0 {
			last := out[n-1]
			if last == 'n' && strings.ContainsRune("bmp", rune(letters[0])) && len(letters) > 1 {
				out[n-1] = 'm'
			}
			if letters == "u" && (last == 'o' || last == 'u') || letters == "o" && last == 'o' {
				continue
			}
		}
		out = append(out, letters...)
	}
	return string(out)
}

var romajiTable = sync.OnceValue(func() map[string]string {
	table := make(map[string]string)
	words := strings.Fields(romajiSyllables)
	for i := 0; i < len(words); i += 2 {
		table[words[i]] = words[i+1]
	}
	return table
})

// hiragana writes katakana as hiragana.
func hiragana(kana string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, kana)
}

const (
	wideKana   = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー"
	narrowKana = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ"
	voiced     = "ガギグゲゴザジズゼゾダヂヅデドバビブベボ"
	unvoiced   = "カキクケコサシスセソタチツテトハヒフヘホ"
	halfVoiced = "パピプペポ"
	ofHalf     = "ハヒフヘホ"
)

// halfWidthKana writes katakana in half width, as old tills do: ガ becomes ｶﾞ.
func halfWidthKana(kana string) string {
	var out strings.Builder
	for _, r := range kana {
		mark := ""
		if base, ok := counterpart(r, voiced, unvoiced); ok {
			r, mark = base, "ﾞ"
		} else if base, ok := counterpart(r, halfVoiced, ofHalf); ok {
			r, mark = base, "ﾟ"
		}
		if narrow, ok := counterpart(r, wideKana, narrowKana); ok {
			r = narrow
		}
		out.WriteRune(r)
		out.WriteString(mark)
	}
	return out.String()
}

// counterpart is the letter of to at the place r has in from.
func counterpart(r rune, from, to string) (rune, bool) {
	i := strings.IndexRune(from, r)
	if i < 0 {
		return r, false
	}
	// All letters here are three bytes long in UTF-8.
	found, _ := utf8.DecodeRuneInString(to[i:])
	return found, true
}

// fullWidth writes digits and hyphens in full width.
func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r - '0' + '０'
		case r == '-':
			return '－'
		}
		return r
	}, s)
}
