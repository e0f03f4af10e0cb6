// Package charset tells in which encoding a Japanese file is written, and decodes it cell
// by cell, so that one damaged name costs one row and not the file.
package charset

import (
	"encoding/hex"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// Encoding is how the characters of a file are stored.
type Encoding uint8

// The encodings. Unknown, the zero value, asks for detection.
const (
	Unknown Encoding = iota
	UTF8
	// ShiftJIS is Windows code page 932: Shift_JIS with the characters of NEC and IBM such as ① 髙
	// ㈱, and user-defined characters (外字) in the private use area.
	ShiftJIS
	// EUCJP is EUC-JP with the characters of NEC and JIS X 0212.
	EUCJP
	// ISO2022JP is the seven-bit encoding of old mail.
	ISO2022JP
	UTF16LE
	UTF16BE
)

var names = [...]string{"", "UTF-8", "Shift_JIS", "EUC-JP", "ISO-2022-JP", "UTF-16LE", "UTF-16BE"}

// String returns the name to show, "" when unknown.
func (e Encoding) String() string {
	if int(e) < len(names) {
		return names[e]
	}
	return ""
}

// Parse reads the name of an encoding as people write it. It reports false for others.
func Parse(name string) (Encoding, bool) {
	key := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	switch key {
	case "":
		return Unknown, true
	case "utf8", "utf8bom", "utf8n", "ascii", "usascii":
		return UTF8, true
	case "shiftjis", "sjis", "cp932", "ms932", "windows31j", "mskanji":
		return ShiftJIS, true
	case "eucjp", "euc", "ujis", "eucjpms", "eucjpwin", "cp51932":
		return EUCJP, true
	case "iso2022jp", "jis", "cp50221":
		return ISO2022JP, true
	case "utf16", "utf16le":
		return UTF16LE, true
	case "utf16be":
		return UTF16BE, true
	}
	return Unknown, false
}

// MarshalText writes the name.
func (e Encoding) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// Streamed reports whether text in this encoding can only be cut into cells after it was
// decoded as a whole: bytes of a character may look like a comma.
func (e Encoding) Streamed() bool { return e == ISO2022JP || e == UTF16LE || e == UTF16BE }

// Decoder returns a decoder for whole streams. What cannot be decoded becomes U+FFFD.
func (e Encoding) Decoder() *encoding.Decoder {
	switch e {
	case ShiftJIS:
		return japanese.ShiftJIS.NewDecoder()
	case EUCJP:
		return japanese.EUCJP.NewDecoder()
	case ISO2022JP:
		return japanese.ISO2022JP.NewDecoder()
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	}
	return encoding.Nop.NewDecoder()
}

// Append decodes src and appends it to dst as UTF-8. It returns -1, or the place in src of
// the first bytes that are no character; what was before them has been appended then. NUL bytes
// are left out. In streamed encodings src is UTF-8 already, with U+FFFD where decoding failed.
func (e Encoding) Append(dst, src []byte) ([]byte, int) {
	i := 0
	for i < len(src) && src[i] < utf8.RuneSelf && src[i] != 0 {
		i++
	}
	dst = append(dst, src[:i]...)
	if i == len(src) {
		return dst, -1
	}
	switch e {
	case ShiftJIS:
		return appendShiftJIS(dst, src, i)
	case EUCJP:
		return appendEUC(dst, src, i)
	}
	return appendUTF8(dst, src, i, e.Streamed())
}

func appendUTF8(dst, src []byte, i int, streamed bool) ([]byte, int) {
	for i < len(src) {
		if c := src[i]; c < utf8.RuneSelf {
			if c != 0 {
				dst = append(dst, c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && (n == 1 || streamed) {
			return dst, i
		}
		dst = append(dst, src[i:i+n]...)
		i += n
	}
	return dst, -1
}

func appendShiftJIS(dst, src []byte, i int) ([]byte, int) {
	table := shiftJISTable()
	for i < len(src) {
		c := src[i]
		switch {
		case c < utf8.RuneSelf:
			if c != 0 {
				dst = append(dst, c)
			}
			i++
		case c >= 0xA1 && c <= 0xDF: // half-width kana
			dst = utf8.AppendRune(dst, rune(c)-0xA1+0xFF61)
			i++
		default:
			if i+1 == len(src) {
				return dst, i
			}
			r := table[c-0x80][src[i+1]]
			if r == 0 {
				return dst, i
			}
			dst = utf8.AppendRune(dst, rune(r))
			i += 2
		}
	}
	return dst, -1
}

func appendEUC(dst, src []byte, i int) ([]byte, int) {
	tables := eucTables()
	for i < len(src) {
		c := src[i]
		switch {
		case c < utf8.RuneSelf:
			if c != 0 {
				dst = append(dst, c)
			}
			i++
			continue
		case c == 0x8E && i+1 < len(src) && src[i+1] >= 0xA1 && src[i+1] <= 0xDF:
			dst = utf8.AppendRune(dst, rune(src[i+1])-0xA1+0xFF61)
			i += 2
			continue
		}
		table, at := &tables[0], i
		if c == 0x8F {
			table, at = &tables[1], i+1
		}
		if at+1 >= len(src) || src[at] < 0xA1 || src[at] > 0xFE || src[at+1] < 0xA1 || src[at+1] > 0xFE {
			return dst, i
		}
		r := table[src[at]-0xA1][src[at+1]-0xA1]
		if r == 0 {
			return dst, i
		}
		dst = utf8.AppendRune(dst, rune(r))
		i = at + 2
	}
	return dst, -1
}

// shiftJISTable maps two bytes to a character; zero means there is none. It is built from
// x/text, which has no fast way to decode many short cells.
var shiftJISTable = sync.OnceValue(func() *[128][256]uint16 {
	var table [128][256]uint16
	decoder := japanese.ShiftJIS.NewDecoder()
	for lead := 0x81; lead <= 0xFC; lead++ {
		if lead >= 0xA0 && lead <= 0xDF {
			continue
		}
		for trail := 0x40; trail <= 0xFC; trail++ {
			if trail == 0x7F {
				continue
			}
			if lead >= 0xF0 && lead <= 0xF9 { // user-defined characters
				table[lead-0x80][trail] = userDefined(lead, trail)
				continue
			}
			table[lead-0x80][trail] = one(decoder, byte(lead), byte(trail))
		}
	}
	return &table
})

// userDefined is where code page 932 puts its 1,880 user-defined characters.
func userDefined(lead, trail int) uint16 {
	column := trail - 0x40
	if trail > 0x7F {
		column--
	}
	return uint16(0xE000 + (lead-0xF0)*188 + column)
}

var eucTables = sync.OnceValue(func() *[2][94][94]uint16 {
	var tables [2][94][94]uint16
	decoder := japanese.EUCJP.NewDecoder()
	for row := range 94 {
		for column := range 94 {
			a, b := byte(0xA1+row), byte(0xA1+column)
			tables[0][row][column] = one(decoder, a, b)
			tables[1][row][column] = one(decoder, 0x8F, a, b)
		}
	}
	return &tables
})

func one(decoder *encoding.Decoder, code ...byte) uint16 {
	out, err := decoder.Bytes(code)
	r, n := utf8.DecodeRune(out)
	if err != nil || n != len(out) || r == utf8.RuneError || r > 0xFFFF {
		return 0
	}
	return uint16(r)
}

// Hex shows the bytes at a place in a cell, for messages: "83 FF".
func Hex(cell []byte, at int) string {
	end := min(at+2, len(cell))
	if at < 0 || at >= end {
		return ""
	}
	text := strings.ToUpper(hex.EncodeToString(cell[at:end]))
	if len(text) > 2 {
		text = text[:2] + " " + text[2:]
	}
	return text
}
