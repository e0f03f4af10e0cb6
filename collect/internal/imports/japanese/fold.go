package japanese

import (
	"bytes"
	"unicode/utf8"
)

// halfKana are the full-width forms of U+FF61 to U+FF9F in order.
var halfKana = []rune("。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜")

const (
	voiced     = '\uFF9E' // ﾞ
	semiVoiced = '\uFF9F' // ﾟ
)

// AppendFold appends s with full-width digits and letters made half-width and half-width
// kana made full-width (ｶﾞ becomes ガ). Everything else, ① and ㈱ and 髙 included, stays as
// it is: those are spellings, not accidents of input.
func AppendFold(dst, s []byte) []byte {
	if bytes.IndexByte(s, 0xEF) < 0 { // all forms concerned are U+FF00 to U+FFEF
		return append(dst, s...)
	}
	return appendFold(dst, s, false)
}

// AppendCode appends s as AppendFold does, and makes full-width punctuation and spaces half-width
// as well: for numbers, dates, codes and addresses of all kinds.
func AppendCode(dst, s []byte) []byte {
	if ascii(s) {
		return append(dst, s...)
	}
	return appendFold(dst, s, true)
}

func appendFold(dst, s []byte, all bool) []byte {
	for len(s) > 0 {
		if s[0] < utf8.RuneSelf {
			dst, s = append(dst, s[0]), s[1:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		s = s[n:]
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			dst = append(dst, byte(r-'！'+'!'))
		case r >= '\uFF61' && r <= '\uFF9F':
			full := halfKana[r-'\uFF61']
			if mark, size := utf8.DecodeRune(s); mark == voiced || mark == semiVoiced {
				if v, ok := addMark(full, mark); ok {
					full, s = v, s[size:]
				}
			}
			dst = utf8.AppendRune(dst, full)
		case all && r >= '！' && r <= '～':
			dst = append(dst, byte(r-'！'+'!'))
		case all && (r == '　' || r == '\u00A0'):
			dst = append(dst, ' ')
		case all && r == '￥':
			dst = utf8.AppendRune(dst, '¥')
		case all && (r == '−' || r >= '\u2010' && r <= '\u2015' || r == '－'):
			dst = append(dst, '-')
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// addMark gives a katakana its dakuten or handakuten: in Unicode the marked letters follow
// the plain one, by one place and by two.
func addMark(r, mark rune) (rune, bool) {
	ha := r >= 'ハ' && r <= 'ホ'
	switch {
	case mark == semiVoiced && ha:
		return r + 2, true
	case mark == semiVoiced:
		return r, false
	case r == 'ウ':
		return 'ヴ', true
	case r >= 'カ' && r <= 'ト', ha:
		return r + 1, true
	}
	return r, false
}

// Trim cuts spaces of all widths, tabs, line breaks and NUL bytes from both ends.
func Trim(s []byte) []byte {
	if len(s) == 0 || !maySpace(s[0]) && !maySpaceEnd(s[len(s)-1]) {
		return s
	}
	return bytes.TrimFunc(s, func(r rune) bool {
		switch r {
		case ' ', '\t', '\r', '\n', 0, '　', '\u00A0', '\uFEFF', '\u200B':
			return true
		}
		return false
	})
}

// maySpace and maySpaceEnd tell by one byte whether there may be something to cut: the wide space is
// E3 80 80, the others C2 A0, EF BB BF and E2 80 8B.
func maySpace(c byte) bool { return c <= ' ' || c == 0xE3 || c == 0xC2 || c == 0xEF || c == 0xE2 }

func maySpaceEnd(c byte) bool { return c <= ' ' || c == 0x80 || c == 0xA0 || c == 0xBF || c == 0x8B }

func ascii(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// HasJapanese reports whether s has kana or kanji.
func HasJapanese(s []byte) bool {
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if r >= '\u3041' && r <= '\u30FF' || r >= '\u3400' && r <= '\u9FFF' || r >= '\uF900' && r <= '\uFAFF' || r == '々' {
			return true
		}
		s = s[n:]
	}
	return false
}
