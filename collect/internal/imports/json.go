package imports

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. s is valid UTF-8.
func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// appendMember appends `,"key":` to the inside of an object, without the comma at its head. key is
// quoted already.
func appendMember(dst, key []byte) []byte {
	if len(dst) > 0 {
		dst = append(dst, ',')
	}
	return append(append(dst, key...), ':')
}

// appendPair appends a member with a string.
func appendPair(dst []byte, key string, value []byte) []byte {
	return appendString(appendMember(dst, quoted(key)), value)
}

// quoted is a key as JSON writes it.
func quoted(key string) []byte {
	if !utf8.ValidString(key) {
		key = string([]rune(key))
	}
	return appendString(nil, []byte(key))
}
