package charset

import (
	"bytes"
	"unicode/utf8"
)

// Detection is what a sample says about its encoding.
type Detection struct {
	Encoding Encoding
	// BOM is the length of the byte order mark at the head of the file.
	BOM int
	// Confidence is between 0 and 1. Text of ASCII only is UTF-8 with confidence 1.
	Confidence float64
	// Others are encodings that fit nearly as well, best first.
	Others []Encoding
}

// evidence is how a sample reads in one encoding.
type evidence struct {
	errors int
	// characters outside ASCII
	characters int
	kana       int
	// score sums how usual the characters are in Japanese text.
	score int
}

// fit is the mean score of a character, with every error counting against it like ten
// unusual characters. Text in its own encoding reaches 1 to 3; in another one it is below 0.5.
func (ev evidence) fit() float64 {
	if ev.characters == 0 && ev.errors == 0 {
		return 0
	}
	return (float64(ev.score) - 10*float64(ev.errors)) / float64(ev.characters+ev.errors)
}

const (
	// leastFit is the fit below which no text is believed to be Japanese.
	leastFit = 0.35
	// leastMargin is how much better the best encoding must fit than the next.
	leastMargin = 0.25
	// manyCharacters without any kana are not Japanese: Chinese in GBK reads as EUC-JP without an
	// error, as kanji only.
	manyCharacters = 100
)

// Detect tells the encoding of a file from pieces of it, the first being its head; the others begin
// after a line break. It decodes the pieces in every encoding Japanese files come in, counts what
// cannot be decoded, and weighs how usual the characters are that come out. Encoding is [Unknown]
// when nothing fits, or two fit alike.
func Detect(pieces [][]byte) Detection {
	if len(pieces) == 0 {
		return Detection{Encoding: UTF8, Confidence: 1}
	}
	head := pieces[0]
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return Detection{Encoding: UTF8, BOM: 3, Confidence: 1}
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return Detection{Encoding: UTF16LE, BOM: 2, Confidence: 1}
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return Detection{Encoding: UTF16BE, BOM: 2, Confidence: 1}
	}
	if e := utf16(head); e != Unknown {
		return Detection{Encoding: e, Confidence: 0.9}
	}
	high, escapes := false, false
	for _, p := range pieces {
		for _, c := range p {
			high = high || c >= utf8.RuneSelf
		}
		escapes = escapes || bytes.Contains(p, []byte("\x1b$B")) || bytes.Contains(p, []byte("\x1b$@"))
	}
	switch {
	case !high && escapes:
		return Detection{Encoding: ISO2022JP, Confidence: 1}
	case !high:
		return Detection{Encoding: UTF8, Confidence: 1}
	}
	return compare(pieces)
}

func compare(pieces [][]byte) Detection {
	u := weigh(pieces, UTF8)
	// UTF-8 is never right by chance: its lead bytes announce what follows.
	if u.characters > 0 && u.errors*50 <= u.characters {
		return Detection{Encoding: UTF8, Confidence: 1 - float64(u.errors)/float64(u.characters+u.errors)}
	}
	euc := weigh(pieces, EUCJP)
	fits := map[Encoding]float64{ShiftJIS: weigh(pieces, ShiftJIS).fit(), EUCJP: euc.fit()}
	best, next := ShiftJIS, EUCJP
	if fits[EUCJP] > fits[ShiftJIS] {
		best, next = next, best
	}
	d := Detection{Encoding: best, Confidence: min(1, (fits[best]-max(fits[next], 0))/2+0.5)}
	if fits[next] > leastFit {
		d.Others = []Encoding{next}
	}
	chinese := best == EUCJP && euc.characters >= manyCharacters && euc.kana == 0
	if chinese || fits[best] < leastFit || fits[best]-fits[next] < leastMargin {
		return Detection{Encoding: Unknown, Others: append([]Encoding{best}, d.Others...)}
	}
	return d
}

func weigh(pieces [][]byte, e Encoding) evidence {
	var ev evidence
	var out []byte
	for _, p := range pieces {
		for len(p) > 0 {
			var bad int
			out, bad = e.Append(out[:0], p)
			ev.add(out, e)
			if bad < 0 {
				break
			}
			if bad+4 >= len(p) && len(p) > 64 { // a character cut by the end of the piece
				break
			}
			ev.errors++
			p = p[bad+1:]
		}
	}
	return ev
}

// add weighs decoded text. Kana and the kanji everybody writes speak for an encoding; private
// characters, kanji nobody uses and half-width kana in impossible places speak against it, since
// they are what the bytes of one encoding look like in another.
func (ev *evidence) add(text []byte, e Encoding) {
	var before rune
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			if c := text[0]; c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x1A && c != 0 {
				ev.errors++
			}
			text, before = text[1:], 0
			continue
		}
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		ev.characters++
		switch {
		case r >= 'ぁ' && r <= 'ー': // both kana
			ev.kana++
			ev.score += 3
		case r >= '｡' && r <= 'ﾟ' && e == EUCJP: // announced by a byte of their own
			ev.kana++
			ev.score += 3
		case r >= '｡' && r <= 'ﾟ':
			ev.score += halfKanaWeight(before, r)
		case r >= '\uE000' && r <= '\uF8FF':
			ev.score -= 2
		case r >= '一' && r <= '\u9FFF':
			ev.score += kanjiWeight(r)
		case r >= '！' && r <= '～' || r >= '　' && r <= '】' || r == '￥':
			ev.score += 2
		case r >= '①' && r <= '⑳' || r == '㈱' || r == '㈲' || r == '№' || r == '℡':
			ev.score++
		case r >= '\u0370' && r <= '\u04FF' || r >= '─' && r <= '╂': // Greek, Cyrillic and box drawing
			ev.score--
		case r >= '←' && r <= '☆':
			ev.score++
		default:
			ev.score--
		}
		before = r
	}
}

// halfKanaWeight is 1 for half-width kana in words, as in ﾔﾏﾀﾞ, and negative for what EUC-JP read
// as Shift_JIS is full of: ､ and ･ between letters, and voicing marks on letters that take none.
func halfKanaWeight(before, r rune) int {
	switch {
	case r <= '･':
		return -2
	case r < 'ﾞ':
		return 1
	case r == 'ﾞ' && (before == 'ｳ' || before >= 'ｶ' && before <= 'ﾄ' || before >= 'ﾊ' && before <= 'ﾎ'),
		r == 'ﾟ' && before >= 'ﾊ' && before <= 'ﾎ':
		return 2
	}
	return -5
}

// kanjiWeight is 2 for the 2,965 kanji of JIS level 1, which all daily text is made of, and -1 for
// the rest.
func kanjiWeight(r rune) int {
	if levelOne()[r-'一'] {
		return 2
	}
	return -1
}

// utf16 tells UTF-16 without a byte order mark by its zero bytes: the commas, digits and
// line breaks of a table have one each, always on the same side.
func utf16(head []byte) Encoding {
	if len(head) < 4 {
		return Unknown
	}
	var zero [2]int
	for i, c := range head[:len(head)&^1] {
		if c == 0 {
			zero[i&1]++
		}
	}
	units := len(head) / 2
	switch {
	case zero[1]*5 >= units && zero[0]*20 <= zero[1] && decodesAs(head, UTF16LE):
		return UTF16LE
	case zero[0]*5 >= units && zero[1]*20 <= zero[0] && decodesAs(head, UTF16BE):
		return UTF16BE
	}
	return Unknown
}

func decodesAs(head []byte, e Encoding) bool {
	text, err := e.Decoder().Bytes(head[:len(head)&^1])
	if err != nil {
		return false
	}
	return bytes.Count(text, []byte("\uFFFD"))*100 <= utf8.RuneCount(text) && bytes.ContainsAny(text, "\n\r,\t")
}
